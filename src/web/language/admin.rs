//! What the pages of administrators say.

use super::table::texts;

texts! {
    /// What the pages of administrators say.
    pub(crate) struct AdminTexts;
    /// Heading of the first page.
    title { en: "Administration", de: "Verwaltung", fr: "Administration", es: "Administración", ja: "管理", zh: "管理" }
    /// Name of the pages' own navigation.
    pages { en: "Administration pages", de: "Seiten der Verwaltung", fr: "Pages d’administration", es: "Páginas de administración", ja: "管理ページ", zh: "管理页面" }
    /// Link.
    overview { en: "Overview", de: "Überblick", fr: "Aperçu", es: "Resumen", ja: "概要", zh: "概览" }
    /// Link and heading.
    users { en: "Users", de: "Benutzer", fr: "Utilisateurs", es: "Usuarios", ja: "ユーザー", zh: "用户" }
    /// Link and heading.
    editors { en: "Editors", de: "Editoren", fr: "Éditeurs", es: "Editores", ja: "エディター", zh: "编辑器" }
    /// Link and heading.
    store { en: "Storage", de: "Speicher", fr: "Stockage", es: "Almacenamiento", ja: "ストレージ", zh: "存储" }
    /// Link and heading.
    locks { en: "Locks", de: "Sperren", fr: "Verrous", es: "Bloqueos", ja: "ロック", zh: "锁定" }
    /// Link and heading.
    audit { en: "Audit trail", de: "Protokoll", fr: "Journal d’audit", es: "Registro de auditoría", ja: "監査ログ", zh: "审计记录" }
    /// Link and heading.
    doctor { en: "Check-up", de: "Prüfung", fr: "Diagnostic", es: "Revisión", ja: "診断", zh: "检查" }
    /// Heading.
    health { en: "How things are", de: "Wie es steht", fr: "État général", es: "Estado general", ja: "現在の状態", zh: "当前状况" }
    /// Nothing is wrong with the store.
    store_well { en: "Documents can be read and saved.", de: "Dokumente können gelesen und gespeichert werden.", fr: "Les documents peuvent être lus et enregistrés.", es: "Los documentos se pueden leer y guardar.", ja: "ドキュメントの読み取りと保存が可能です。", zh: "文档可以读取和保存。" }
    /// Something is; the reason follows in English.
    store_ill { en: "Saving does not work:", de: "Speichern geht nicht:", fr: "L’enregistrement ne fonctionne pas :", es: "No se puede guardar:", ja: "保存できません:", zh: "无法保存：" }
    /// Little space is left: `{free}`.
    space_low { en: "Only {free} are free on the disk.", de: "Auf der Platte sind nur noch {free} frei.", fr: "Il ne reste que {free} sur le disque.", es: "Solo quedan {free} libres en el disco.", ja: "ディスクの空き容量は残り {free} です。", zh: "磁盘仅剩 {free} 可用空间。" }
    /// Enough is: `{free}`.
    space_well { en: "{free} are free on the disk.", de: "Auf der Platte sind {free} frei.", fr: "{free} sont libres sur le disque.", es: "Hay {free} libres en el disco.", ja: "ディスクの空き容量は {free} です。", zh: "磁盘可用空间为 {free}。" }
    /// There was none.
    backup_none { en: "No backup was made yet. Make one with `lockhouse backup FILE`, best every night.", de: "Es gibt noch kein Backup. Mach eines mit `lockhouse backup DATEI`, am besten jede Nacht.", fr: "Aucune sauvegarde n’a encore été faite. Faites-en une avec `lockhouse backup FICHIER`, de préférence chaque nuit.", es: "Aún no se ha hecho ninguna copia de seguridad. Haz una con `lockhouse backup ARCHIVO`, mejor cada noche.", ja: "バックアップはまだありません。`lockhouse backup FILE` で作成してください（毎晩の実行をお勧めします）。", zh: "尚未进行备份。请用 `lockhouse backup 文件` 进行备份，最好每晚一次。" }
    /// It is old; a time follows.
    backup_old { en: "The last backup is more than a week old:", de: "Das letzte Backup ist über eine Woche alt:", fr: "La dernière sauvegarde date de plus d’une semaine :", es: "La última copia de seguridad tiene más de una semana:", ja: "最後のバックアップから 1 週間以上経過しています:", zh: "上次备份已超过一周：" }
    /// It is recent; a time follows.
    backup_well { en: "The last backup was made:", de: "Das letzte Backup wurde gemacht:", fr: "Dernière sauvegarde :", es: "Última copia de seguridad:", ja: "最後のバックアップ:", zh: "上次备份：" }
    /// It lacks something.
    backup_torn { en: "The last backup lacks contents that could not be read. `lockhouse check` tells which.", de: "Dem letzten Backup fehlen Inhalte, die nicht lesbar waren. `lockhouse check` sagt, welche.", fr: "Il manque à la dernière sauvegarde des contenus illisibles. `lockhouse check` indique lesquels.", es: "A la última copia le faltan contenidos que no se pudieron leer. `lockhouse check` dice cuáles.", ja: "最後のバックアップには読み取れなかった内容が欠けています。`lockhouse check` で確認できます。", zh: "上次备份缺少无法读取的内容。`lockhouse check` 会指出是哪些。" }
    /// The last check found damage: `{n}`.
    check_ill { en: "The last check found damage ({n}). `lockhouse check` tells where; `lockhouse check --repair` mends it.", de: "Die letzte Prüfung hat Schäden gefunden ({n}). `lockhouse check` sagt, wo; `lockhouse check --repair` behebt sie.", fr: "La dernière vérification a trouvé des dommages ({n}). `lockhouse check` indique où ; `lockhouse check --repair` les répare.", es: "La última comprobación encontró daños ({n}). `lockhouse check` dice dónde; `lockhouse check --repair` los repara.", ja: "前回の検査で破損が見つかりました（{n}）。`lockhouse check` で場所を確認し、`lockhouse check --repair` で修復できます。", zh: "上次检查发现损坏（{n} 处）。`lockhouse check` 指出位置，`lockhouse check --repair` 进行修复。" }
    /// No editor is set up.
    editors_none { en: "No editor is set up: documents cannot be opened in the browser. The setting is `editors.discovery`.", de: "Kein Editor ist eingerichtet: Dokumente lassen sich nicht im Browser öffnen. Die Einstellung ist `editors.discovery`.", fr: "Aucun éditeur n’est configuré : les documents ne peuvent pas s’ouvrir dans le navigateur. Le réglage est `editors.discovery`.", es: "No hay ningún editor configurado: los documentos no se pueden abrir en el navegador. El ajuste es `editors.discovery`.", ja: "エディターが設定されていないため、ブラウザーでドキュメントを開けません。設定項目は `editors.discovery` です。", zh: "未设置编辑器：无法在浏览器中打开文档。设置项为 `editors.discovery`。" }
    /// All answer.
    editors_well { en: "All editors answer.", de: "Alle Editoren antworten.", fr: "Tous les éditeurs répondent.", es: "Todos los editores responden.", ja: "すべてのエディターが応答しています。", zh: "所有编辑器均有响应。" }
    /// One does not: `{name}`.
    editor_ill { en: "The editor {name} does not answer:", de: "Der Editor {name} antwortet nicht:", fr: "L’éditeur {name} ne répond pas :", es: "El editor {name} no responde:", ja: "エディター {name} が応答しません:", zh: "编辑器 {name} 没有响应：" }
    /// The public URL is not set.
    url_none { en: "The setting `public_url` is not set: editors and people on other machines may not find this host.", de: "Die Einstellung `public_url` fehlt: Editoren und Leute auf anderen Rechnern finden diesen Host womöglich nicht.", fr: "Le réglage `public_url` manque : les éditeurs et les personnes sur d’autres machines pourraient ne pas trouver cet hôte.", es: "Falta el ajuste `public_url`: es posible que los editores y las personas en otros equipos no encuentren este servidor.", ja: "設定 `public_url` がありません。他のマシンのエディターや利用者がこのホストに到達できない可能性があります。", zh: "未设置 `public_url`：其他机器上的编辑器和用户可能找不到此主机。" }
    /// Its severities, for those who do not see colours: all is well.
    well { en: "Well", de: "Gut", fr: "Bien", es: "Bien", ja: "正常", zh: "正常" }
    /// To be looked at.
    look { en: "Look at this", de: "Ansehen", fr: "À voir", es: "Revisar", ja: "要確認", zh: "请查看" }
    /// To be mended.
    ill { en: "Not well", de: "Nicht gut", fr: "Problème", es: "Problema", ja: "異常", zh: "异常" }
    /// Heading.
    latest { en: "What happened lately", de: "Was zuletzt geschah", fr: "Derniers événements", es: "Lo último que ha pasado", ja: "最近の出来事", zh: "最近发生的事" }
    /// Link.
    see_all { en: "See all", de: "Alles ansehen", fr: "Tout voir", es: "Ver todo", ja: "すべて表示", zh: "查看全部" }
    /// Heading.
    about { en: "This host", de: "Dieser Host", fr: "Cet hôte", es: "Este servidor", ja: "このホスト", zh: "此主机" }
    /// Label.
    version { en: "Version", de: "Version", fr: "Version", es: "Versión", ja: "バージョン", zh: "版本" }
    /// Label.
    address { en: "Address", de: "Adresse", fr: "Adresse", es: "Dirección", ja: "アドレス", zh: "地址" }
    /// Label: files whose actor is in memory.
    in_use { en: "Files in use now", de: "Dateien, die gerade benutzt werden", fr: "Fichiers en cours d’utilisation", es: "Archivos en uso ahora", ja: "現在使用中のファイル", zh: "当前使用的文件" }
    /// Label.
    rescued { en: "Rescued saves since the start", de: "Gerettete Speicherungen seit dem Start", fr: "Enregistrements sauvés depuis le démarrage", es: "Guardados rescatados desde el inicio", ja: "起動以降に救済した保存", zh: "启动以来挽救的保存" }
    /// Label of the search.
    search { en: "Search by name or e-mail", de: "Nach Name oder E-Mail suchen", fr: "Rechercher par nom ou e-mail", es: "Buscar por nombre o correo", ja: "名前またはメールで検索", zh: "按名称或邮箱搜索" }
    /// Button.
    search_button { en: "Search", de: "Suchen", fr: "Rechercher", es: "Buscar", ja: "検索", zh: "搜索" }
    /// Nobody was found.
    nobody { en: "Nobody was found.", de: "Niemand wurde gefunden.", fr: "Personne n’a été trouvé.", es: "No se ha encontrado a nadie.", ja: "該当するユーザーはいません。", zh: "未找到任何人。" }
    /// Link to the next page.
    more { en: "Show more", de: "Mehr anzeigen", fr: "Afficher la suite", es: "Mostrar más", ja: "さらに表示", zh: "显示更多" }
    /// Link to the first page.
    from_start { en: "Back to the start", de: "Zurück zum Anfang", fr: "Retour au début", es: "Volver al principio", ja: "先頭に戻る", zh: "回到开头" }
    /// Tag.
    administrator { en: "Administrator", de: "Verwaltung", fr: "Administrateur", es: "Administrador", ja: "管理者", zh: "管理员" }
    /// Tag.
    disabled { en: "Shut out", de: "Ausgesperrt", fr: "Exclu", es: "Excluido", ja: "無効", zh: "已停用" }
    /// Tag.
    outside { en: "Single sign-on", de: "Single Sign-on", fr: "Authentification unique", es: "Inicio de sesión único", ja: "シングルサインオン", zh: "单点登录" }
    /// Tag: whoever looks at the page.
    you { en: "You", de: "Du", fr: "Vous", es: "Tú", ja: "あなた", zh: "您" }
    /// Heading and button.
    add_user { en: "Add a user", de: "Benutzer hinzufügen", fr: "Ajouter un utilisateur", es: "Añadir un usuario", ja: "ユーザーを追加", zh: "添加用户" }
    /// Label.
    user_name { en: "User name", de: "Benutzername", fr: "Nom d’utilisateur", es: "Nombre de usuario", ja: "ユーザー名", zh: "用户名" }
    /// What it must be.
    user_name_rule { en: "Letters and digits; it cannot be changed later.", de: "Buchstaben und Ziffern; später nicht mehr zu ändern.", fr: "Lettres et chiffres ; il ne pourra plus être modifié.", es: "Letras y cifras; después no se puede cambiar.", ja: "英数字のみ。後から変更できません。", zh: "字母和数字；以后不能更改。" }
    /// Label.
    display_name { en: "Name shown to others", de: "Name, den andere sehen", fr: "Nom affiché aux autres", es: "Nombre que ven los demás", ja: "表示名", zh: "显示名称" }
    /// Label.
    email { en: "E-mail address", de: "E-Mail-Adresse", fr: "Adresse e-mail", es: "Dirección de correo", ja: "メールアドレス", zh: "电子邮件地址" }
    /// Label.
    may_administer { en: "May administer this host", de: "Darf diesen Host verwalten", fr: "Peut administrer cet hôte", es: "Puede administrar este servidor", ja: "このホストを管理できる", zh: "可以管理此主机" }
    /// What follows.
    password_follows { en: "A password is made up and shown once.", de: "Ein Passwort wird erzeugt und einmal gezeigt.", fr: "Un mot de passe est généré et affiché une seule fois.", es: "Se genera una contraseña y se muestra una sola vez.", ja: "パスワードは自動生成され、一度だけ表示されます。", zh: "密码将自动生成，仅显示一次。" }
    /// Heading of the page with a password: `{user}`.
    password_for { en: "Password for {user}", de: "Passwort für {user}", fr: "Mot de passe de {user}", es: "Contraseña de {user}", ja: "{user} のパスワード", zh: "{user} 的密码" }
    /// Its text.
    password_once { en: "Write it down or pass it on now: it is shown only this once. Nobody can look it up later, but it can be replaced.", de: "Schreib es jetzt auf oder gib es weiter: Es wird nur dieses eine Mal gezeigt. Niemand kann es später nachsehen, aber es lässt sich ersetzen.", fr: "Notez-le ou transmettez-le maintenant : il n’est affiché que cette fois. Personne ne pourra le retrouver, mais il peut être remplacé.", es: "Anótala o comunícala ahora: solo se muestra esta vez. Nadie podrá consultarla después, pero se puede sustituir.", ja: "今すぐ控えるか本人に伝えてください。表示されるのはこの一度だけです。後から確認することはできませんが、再設定はできます。", zh: "请现在记下或告知本人：只显示这一次。以后无法查询，但可以重新设置。" }
    /// Button.
    copy { en: "Copy", de: "Kopieren", fr: "Copier", es: "Copiar", ja: "コピー", zh: "复制" }
    /// After it.
    copied { en: "Copied", de: "Kopiert", fr: "Copié", es: "Copiado", ja: "コピーしました", zh: "已复制" }
    /// Link.
    to_user { en: "Go on to {user}", de: "Weiter zu {user}", fr: "Continuer vers {user}", es: "Ir a {user}", ja: "{user} のページへ", zh: "前往 {user}" }
    /// Refusal: taken.
    name_taken { en: "There is a user of that name already.", de: "Es gibt schon einen Benutzer dieses Namens.", fr: "Un utilisateur de ce nom existe déjà.", es: "Ya hay un usuario con ese nombre.", ja: "その名前のユーザーは既に存在します。", zh: "已有同名用户。" }
    /// Refusal: no name.
    name_bad { en: "A user name is 1 to 64 letters and digits, without accents.", de: "Ein Benutzername hat 1 bis 64 Buchstaben und Ziffern, ohne Umlaute.", fr: "Un nom d’utilisateur compte 1 à 64 lettres et chiffres, sans accents.", es: "Un nombre de usuario tiene de 1 a 64 letras y cifras, sin acentos.", ja: "ユーザー名は 1～64 文字の英数字です。", zh: "用户名为 1 至 64 个英文字母和数字。" }
    /// Refusal: something else about the texts.
    text_bad { en: "The name or the e-mail address cannot be used: at most 256 bytes each.", de: "Name oder E-Mail-Adresse gehen nicht: höchstens je 256 Bytes.", fr: "Le nom ou l’adresse e-mail ne convient pas : 256 octets au plus chacun.", es: "El nombre o el correo no son válidos: como máximo 256 bytes cada uno.", ja: "名前またはメールアドレスが使用できません（それぞれ最大 256 バイト）。", zh: "名称或邮箱不可用：各最多 256 字节。" }
    /// Refusal: the last administrator.
    last_admin { en: "Nothing was changed: this is the last administrator who can sign in.", de: "Nichts wurde geändert: Niemand sonst, der sich anmelden kann, darf verwalten.", fr: "Rien n’a été modifié : c’est le dernier administrateur qui peut se connecter.", es: "No se ha cambiado nada: es el último administrador que puede iniciar sesión.", ja: "変更されませんでした。サインインできる最後の管理者です。", zh: "未作更改：这是最后一位可以登录的管理员。" }
    /// Label.
    made { en: "Account made", de: "Konto angelegt", fr: "Compte créé", es: "Cuenta creada", ja: "作成日時", zh: "创建时间" }
    /// Label.
    storage { en: "Storage used", de: "Belegter Speicher", fr: "Espace utilisé", es: "Espacio utilizado", ja: "使用容量", zh: "已用空间" }
    /// Label.
    signed_in_at { en: "Browsers signed in", de: "Angemeldete Browser", fr: "Navigateurs connectés", es: "Navegadores con sesión", ja: "サインイン中のブラウザー", zh: "已登录的浏览器" }
    /// Label.
    apps { en: "Signed-in apps", de: "Angemeldete Apps", fr: "Applications connectées", es: "Aplicaciones con sesión", ja: "サインイン中のアプリ", zh: "已登录的应用" }
    /// None of these.
    none { en: "None", de: "Keine", fr: "Aucun", es: "Ninguno", ja: "なし", zh: "无" }
    /// Label: what a user is and may do.
    state { en: "State", de: "Zustand", fr: "État", es: "Estado", ja: "状態", zh: "状态" }
    /// An ordinary user who can sign in.
    ordinary { en: "Can sign in", de: "Kann sich anmelden", fr: "Peut se connecter", es: "Puede iniciar sesión", ja: "サインイン可能", zh: "可以登录" }
    /// Heading.
    actions { en: "What can be done", de: "Was zu tun ist", fr: "Actions", es: "Acciones", ja: "操作", zh: "操作" }
    /// Button.
    reset_password { en: "New password", de: "Neues Passwort", fr: "Nouveau mot de passe", es: "Contraseña nueva", ja: "新しいパスワード", zh: "新密码" }
    /// What it does.
    reset_note { en: "Makes up a password and shows it once; everything that is signed in with the old one ends.", de: "Erzeugt ein Passwort und zeigt es einmal; alles, was mit dem alten angemeldet ist, endet.", fr: "Génère un mot de passe et l’affiche une fois ; tout ce qui est connecté avec l’ancien se termine.", es: "Genera una contraseña y la muestra una vez; termina todo lo iniciado con la anterior.", ja: "パスワードを生成して一度だけ表示します。以前のパスワードによるサインインはすべて終了します。", zh: "生成一个密码并显示一次；用旧密码登录的一切都会终止。" }
    /// Button.
    sign_out { en: "Sign out everywhere", de: "Überall abmelden", fr: "Déconnecter partout", es: "Cerrar sesión en todas partes", ja: "すべてサインアウト", zh: "全部退出登录" }
    /// What it does.
    sign_out_note { en: "Ends all browsers, apps and open documents; the password stays.", de: "Beendet alle Browser, Apps und offenen Dokumente; das Passwort bleibt.", fr: "Ferme tous les navigateurs, applications et documents ouverts ; le mot de passe reste.", es: "Termina navegadores, aplicaciones y documentos abiertos; la contraseña se mantiene.", ja: "すべてのブラウザー、アプリ、開いているドキュメントを終了します。パスワードは変わりません。", zh: "终止所有浏览器、应用和打开的文档；密码不变。" }
    /// Button.
    disable { en: "Shut out", de: "Aussperren", fr: "Exclure", es: "Excluir", ja: "無効にする", zh: "停用" }
    /// What it does.
    disable_note { en: "Signing in is not possible any more; the files stay.", de: "Anmelden geht nicht mehr; die Dateien bleiben.", fr: "La connexion n’est plus possible ; les fichiers restent.", es: "Ya no se puede iniciar sesión; los archivos se conservan.", ja: "サインインできなくなります。ファイルは残ります。", zh: "无法再登录；文件会保留。" }
    /// Button.
    enable { en: "Let in again", de: "Wieder zulassen", fr: "Réadmettre", es: "Volver a admitir", ja: "有効にする", zh: "重新启用" }
    /// Button.
    make_admin { en: "Make an administrator", de: "Verwalten lassen", fr: "Nommer administrateur", es: "Hacer administrador", ja: "管理者にする", zh: "设为管理员" }
    /// What it does.
    make_admin_note { en: "May then do everything on these pages, for everybody.", de: "Darf dann auf diesen Seiten alles, und das für alle.", fr: "Pourra tout faire sur ces pages, pour tout le monde.", es: "Podrá hacerlo todo en estas páginas, para todos.", ja: "これらのページのすべての操作を行えるようになります。", zh: "可以在这些页面上进行所有操作。" }
    /// Button.
    unmake_admin { en: "No longer an administrator", de: "Nicht mehr verwalten lassen", fr: "Retirer l’administration", es: "Dejar de ser administrador", ja: "管理者を解除", zh: "取消管理员" }
    /// What it does.
    unmake_admin_note { en: "Becomes an ordinary user.", de: "Wird ein gewöhnlicher Benutzer.", fr: "Devient un utilisateur ordinaire.", es: "Pasa a ser un usuario corriente.", ja: "通常のユーザーになります。", zh: "变为普通用户。" }
    /// The question before each: `{user}`.
    sure { en: "Do this to {user}?", de: "Das bei {user} tun?", fr: "Confirmer pour {user} ?", es: "¿Hacer esto con {user}?", ja: "{user} に対して実行しますか？", zh: "确定对 {user} 执行此操作？" }
    /// In place of them, on one's own page.
    yourself { en: "This is you. Your password and your browsers are on your own account page; another administrator can do the rest.", de: "Das bist du. Dein Passwort und deine Browser sind auf deiner Kontoseite; den Rest kann jemand anders aus der Verwaltung tun.", fr: "C’est vous. Votre mot de passe et vos navigateurs sont sur la page de votre compte ; un autre administrateur peut faire le reste.", es: "Eres tú. Tu contraseña y tus navegadores están en la página de tu cuenta; otro administrador puede hacer lo demás.", ja: "これはあなた自身です。パスワードとブラウザーはアカウントページで管理できます。その他は別の管理者が行えます。", zh: "这是您本人。密码和浏览器在您的账户页面上管理；其余操作可由其他管理员进行。" }
    /// Link to the audit trail of a user.
    what_he_did { en: "What happened with this account", de: "Was mit diesem Konto geschah", fr: "Ce qui s’est passé avec ce compte", es: "Qué ha pasado con esta cuenta", ja: "このアカウントの履歴", zh: "此账户的记录" }
    /// It was done.
    done { en: "Done.", de: "Erledigt.", fr: "C’est fait.", es: "Hecho.", ja: "完了しました。", zh: "已完成。" }
    /// Tag: the last fetch succeeded.
    answers { en: "Answers", de: "Antwortet", fr: "Répond", es: "Responde", ja: "応答あり", zh: "有响应" }
    /// Tag: it failed, and an earlier document counts.
    kept { en: "Does not answer; an earlier document counts", de: "Antwortet nicht; ein früheres Dokument gilt", fr: "Ne répond pas ; un document antérieur fait foi", es: "No responde; vale un documento anterior", ja: "応答なし（以前の情報を使用中）", zh: "无响应；使用较早的文档" }
    /// Tag: nothing is known of it.
    unknown { en: "Could never be reached", de: "War nie erreichbar", fr: "N’a jamais pu être joint", es: "Nunca se ha podido alcanzar", ja: "一度も到達できていません", zh: "从未连接成功" }
    /// Label.
    discovery { en: "Discovery document", de: "Discovery-Dokument", fr: "Document de découverte", es: "Documento de descubrimiento", ja: "ディスカバリードキュメント", zh: "发现文档" }
    /// Label; a time follows.
    fetched { en: "Fetched", de: "Geholt", fr: "Récupéré", es: "Obtenido", ja: "取得日時", zh: "获取时间" }
    /// Label; a time follows.
    tried { en: "Last tried", de: "Zuletzt versucht", fr: "Dernier essai", es: "Último intento", ja: "最終試行", zh: "上次尝试" }
    /// Label.
    failure { en: "Why it failed", de: "Warum es nicht ging", fr: "Cause de l’échec", es: "Por qué falló", ja: "失敗の理由", zh: "失败原因" }
    /// Label.
    proofs { en: "Proof of origin", de: "Herkunftsnachweis", fr: "Preuve d’origine", es: "Prueba de origen", ja: "送信元の証明", zh: "来源证明" }
    /// Label.
    proof_key { en: "Key", de: "Schlüssel", fr: "Clé", es: "Clave", ja: "鍵", zh: "密钥" }
    /// It gives none.
    no_key { en: "It gives none.", de: "Er gibt keinen.", fr: "Il n’en donne pas.", es: "No da ninguna.", ja: "提供されていません。", zh: "未提供。" }
    /// Label.
    opens { en: "What it opens", de: "Was er öffnet", fr: "Ce qu’il ouvre", es: "Qué abre", ja: "開けるファイル", zh: "可打开的文件" }
    /// `{n}` kinds of files.
    kinds { en: "{n} kinds of files", de: "{n} Arten von Dateien", fr: "{n} types de fichiers", es: "{n} tipos de archivos", ja: "{n} 種類のファイル", zh: "{n} 种文件" }
    /// Button.
    ask_again { en: "Ask again now", de: "Jetzt neu fragen", fr: "Redemander maintenant", es: "Preguntar de nuevo", ja: "今すぐ再取得", zh: "立即重新获取" }
    /// It was asked.
    asked { en: "The editor was asked again.", de: "Der Editor wurde neu gefragt.", fr: "L’éditeur a été redemandé.", es: "Se ha preguntado de nuevo al editor.", ja: "エディターに再度問い合わせました。", zh: "已重新询问编辑器。" }
    /// It will be.
    asked_later { en: "The editor was asked only a moment ago; it is asked again within a minute.", de: "Der Editor wurde eben erst gefragt; er wird binnen einer Minute neu gefragt.", fr: "L’éditeur vient d’être interrogé ; il le sera de nouveau dans la minute.", es: "Se acaba de preguntar al editor; se volverá a preguntar en un minuto.", ja: "エディターには問い合わせたばかりです。1 分以内に再度問い合わせます。", zh: "刚刚询问过编辑器；将在一分钟内再次询问。" }
    /// Requests that no key proved: `{n}`.
    refused { en: "{n} requests were refused since the start because no key proved them.", de: "{n} Anfragen wurden seit dem Start abgewiesen, weil kein Schlüssel sie belegt.", fr: "{n} requêtes ont été refusées depuis le démarrage, faute de preuve par une clé.", es: "Desde el inicio se han rechazado {n} peticiones porque ninguna clave las probaba.", ja: "起動以降、鍵で証明されない要求を {n} 件拒否しました。", zh: "启动以来，因无密钥证明而拒绝了 {n} 个请求。" }
    /// Label.
    free { en: "Free on the disk", de: "Frei auf der Platte", fr: "Libre sur le disque", es: "Libre en el disco", ja: "ディスクの空き容量", zh: "磁盘可用空间" }
    /// Label.
    floor { en: "Kept free", de: "Bleibt frei", fr: "Réservé", es: "Se mantiene libre", ja: "確保する空き容量", zh: "保留空间" }
    /// Label.
    records { en: "Records on the disk", de: "Einträge auf der Platte", fr: "Enregistrements sur le disque", es: "Registros en el disco", ja: "レコードのサイズ", zh: "记录占用" }
    /// Label.
    contents { en: "Contents on the disk", de: "Inhalte auf der Platte", fr: "Contenus sur le disque", es: "Contenidos en el disco", ja: "コンテンツのサイズ", zh: "内容占用" }
    /// Label.
    garbage { en: "Can be freed, about", de: "Kann frei werden, etwa", fr: "Peut être libéré, environ", es: "Se puede liberar, aprox.", ja: "解放可能（概算）", zh: "大约可释放" }
    /// Button.
    collect { en: "Free it now", de: "Jetzt freigeben", fr: "Libérer maintenant", es: "Liberar ahora", ja: "今すぐ解放", zh: "立即释放" }
    /// It was begun.
    collecting { en: "Space is being freed; the figures follow.", de: "Platz wird freigegeben; die Zahlen folgen.", fr: "De l’espace est en cours de libération ; les chiffres suivront.", es: "Se está liberando espacio; las cifras se actualizarán.", ja: "領域を解放しています。数値は後ほど更新されます。", zh: "正在释放空间；数字随后更新。" }
    /// Label.
    data_dir { en: "Data directory", de: "Datenverzeichnis", fr: "Répertoire de données", es: "Directorio de datos", ja: "データディレクトリ", zh: "数据目录" }
    /// Heading.
    backup { en: "Last backup", de: "Letztes Backup", fr: "Dernière sauvegarde", es: "Última copia de seguridad", ja: "最後のバックアップ", zh: "上次备份" }
    /// Label.
    when { en: "When", de: "Wann", fr: "Quand", es: "Cuándo", ja: "日時", zh: "时间" }
    /// Label.
    place { en: "Where", de: "Wo", fr: "Où", es: "Dónde", ja: "場所", zh: "位置" }
    /// Label.
    holds { en: "What it holds", de: "Was es enthält", fr: "Ce qu’elle contient", es: "Qué contiene", ja: "内容", zh: "包含" }
    /// `{n}` records, `{size}` of contents.
    records_and { en: "{n} records, {size} of contents", de: "{n} Einträge, {size} Inhalte", fr: "{n} enregistrements, {size} de contenus", es: "{n} registros, {size} de contenidos", ja: "レコード {n} 件、コンテンツ {size}", zh: "{n} 条记录，{size} 内容" }
    /// Heading.
    check { en: "Last full check", de: "Letzte ganze Prüfung", fr: "Dernière vérification complète", es: "Última comprobación completa", ja: "最後の完全検査", zh: "上次全面检查" }
    /// There was none.
    check_none { en: "Not done yet. `lockhouse check` reads everything and says what is damaged, also while this host runs.", de: "Noch nie gemacht. `lockhouse check` liest alles und sagt, was beschädigt ist, auch während dieser Host läuft.", fr: "Pas encore faite. `lockhouse check` lit tout et dit ce qui est endommagé, même pendant que cet hôte tourne.", es: "Aún no se ha hecho. `lockhouse check` lo lee todo y dice qué está dañado, también con el servidor en marcha.", ja: "まだ実行されていません。`lockhouse check` は稼働中でもすべてを読み取り、破損を報告します。", zh: "尚未进行。`lockhouse check` 会读取全部内容并指出损坏，主机运行时也可以。" }
    /// Label.
    damages { en: "Damage found", de: "Gefundene Schäden", fr: "Dommages trouvés", es: "Daños encontrados", ja: "見つかった破損", zh: "发现的损坏" }
    /// No file is locked.
    no_locks { en: "No file is locked.", de: "Keine Datei ist gesperrt.", fr: "Aucun fichier n’est verrouillé.", es: "No hay archivos bloqueados.", ja: "ロックされているファイルはありません。", zh: "没有被锁定的文件。" }
    /// What a lock is.
    locks_note { en: "An editor locks a file while somebody has it open, and gives it free by itself. A lock ends at its time unless the editor renews it.", de: "Ein Editor sperrt eine Datei, solange jemand sie offen hat, und gibt sie von selbst frei. Eine Sperre endet zu ihrer Zeit, wenn der Editor sie nicht erneuert.", fr: "Un éditeur verrouille un fichier tant que quelqu’un l’a ouvert, et le libère de lui-même. Un verrou prend fin à son heure si l’éditeur ne le renouvelle pas.", es: "Un editor bloquea un archivo mientras alguien lo tiene abierto y lo libera él mismo. Un bloqueo termina a su hora si el editor no lo renueva.", ja: "エディターは誰かがファイルを開いている間ロックし、自動的に解放します。更新されないロックは期限で終了します。", zh: "有人打开文件时，编辑器会将其锁定，并自行释放。若不续期，锁定到时结束。" }
    /// By which editor: `{app}`.
    held_by { en: "Held by {app}", de: "Gehalten von {app}", fr: "Tenu par {app}", es: "Retenido por {app}", ja: "保持: {app}", zh: "持有者：{app}" }
    /// An editor that is not known.
    some_editor { en: "an editor", de: "einem Editor", fr: "un éditeur", es: "un editor", ja: "エディター", zh: "编辑器" }
    /// Until when; a time follows.
    until { en: "ends", de: "endet", fr: "finit", es: "termina", ja: "期限", zh: "到期" }
    /// Who saved last: `{user}`; a time follows.
    saved_by { en: "last saved by {user}", de: "zuletzt gespeichert von {user}", fr: "enregistré en dernier par {user}", es: "guardado por última vez por {user}", ja: "最終保存: {user}", zh: "上次由 {user} 保存" }
    /// Button that shows the warning.
    break_lock { en: "End lock…", de: "Sperre beenden …", fr: "Lever le verrou…", es: "Quitar bloqueo…", ja: "ロックを解除…", zh: "解除锁定…" }
    /// The warning.
    break_warning { en: "Whoever has the file open cannot save into it any more. What is saved nevertheless is kept as a rescued version.", de: "Wer die Datei offen hat, kann nicht mehr in sie speichern. Was trotzdem gespeichert wird, bleibt als gerettete Version erhalten.", fr: "La personne qui a le fichier ouvert ne pourra plus y enregistrer. Ce qui est enregistré malgré tout est gardé comme version sauvée.", es: "Quien tenga el archivo abierto ya no podrá guardar en él. Lo que se guarde a pesar de ello se conserva como versión rescatada.", ja: "ファイルを開いている人は保存できなくなります。それでも保存された内容は救済版として残ります。", zh: "打开该文件的人将无法再保存。仍然提交的保存会作为挽救版本保留。" }
    /// Button that does it.
    break_now { en: "End the lock", de: "Sperre beenden", fr: "Lever le verrou", es: "Quitar el bloqueo", ja: "ロックを解除する", zh: "解除锁定" }
    /// It was done.
    broken { en: "The lock was ended.", de: "Die Sperre wurde beendet.", fr: "Le verrou a été levé.", es: "Se ha quitado el bloqueo.", ja: "ロックを解除しました。", zh: "锁定已解除。" }
    /// Label of a filter.
    filter_user { en: "User", de: "Benutzer", fr: "Utilisateur", es: "Usuario", ja: "ユーザー", zh: "用户" }
    /// Label of a filter.
    filter_event { en: "Event", de: "Ereignis", fr: "Événement", es: "Suceso", ja: "イベント", zh: "事件" }
    /// Its first choice.
    all_events { en: "All", de: "Alle", fr: "Tous", es: "Todos", ja: "すべて", zh: "全部" }
    /// Button.
    filter { en: "Show", de: "Anzeigen", fr: "Afficher", es: "Mostrar", ja: "表示", zh: "显示" }
    /// There is nothing.
    nothing { en: "Nothing of the kind is written down here.", de: "Davon ist hier nichts vermerkt.", fr: "Rien de tel n’est consigné ici.", es: "No hay nada de eso anotado aquí.", ja: "該当する記録はありません。", zh: "没有此类记录。" }
    /// Link.
    earlier { en: "Earlier", de: "Früheres", fr: "Plus ancien", es: "Anteriores", ja: "以前", zh: "更早" }
    /// By the command line.
    command_line { en: "Command line", de: "Kommandozeile", fr: "Ligne de commande", es: "Línea de órdenes", ja: "コマンドライン", zh: "命令行" }
    /// By the host itself.
    by_host { en: "The host itself", de: "Der Host selbst", fr: "L’hôte lui-même", es: "El propio servidor", ja: "ホスト自身", zh: "主机自身" }
    /// Failed sign-ins from too many addresses to name.
    many_addresses { en: "Many addresses", de: "Viele Adressen", fr: "De nombreuses adresses", es: "Muchas direcciones", ja: "多数のアドレス", zh: "多个地址" }
    /// Nobody knows who.
    somebody { en: "Somebody", de: "Jemand", fr: "Quelqu’un", es: "Alguien", ja: "不明", zh: "某人" }
    /// `{n}` times.
    times { en: "{n} times", de: "{n}-mal", fr: "{n} fois", es: "{n} veces", ja: "{n} 回", zh: "{n} 次" }
    /// For how long it is kept: `{days}`.
    audit_kept { en: "Kept for {days} days. `lockhouse audit` prints it.", de: "{days} Tage lang aufbewahrt. `lockhouse audit` gibt es aus.", fr: "Conservé {days} jours. `lockhouse audit` l’affiche.", es: "Se conserva {days} días. `lockhouse audit` lo muestra.", ja: "{days} 日間保存されます。`lockhouse audit` で出力できます。", zh: "保存 {days} 天。`lockhouse audit` 可输出。" }
    /// What a check-up is.
    doctor_note { en: "Looks at how this host, its proxy and its editors are wired together, and says what to change and where.", de: "Sieht nach, wie dieser Host, sein Proxy und seine Editoren verbunden sind, und sagt, was wo zu ändern ist.", fr: "Examine comment cet hôte, son proxy et ses éditeurs sont reliés, et dit quoi changer et où.", es: "Mira cómo están conectados este servidor, su proxy y sus editores, y dice qué cambiar y dónde.", ja: "このホスト、プロキシ、エディターの接続を調べ、何をどこで変更すべきかを示します。", zh: "检查此主机、代理和编辑器之间的连接，并指出应在何处更改什么。" }
    /// Button.
    check_now { en: "Check now", de: "Jetzt prüfen", fr: "Vérifier maintenant", es: "Revisar ahora", ja: "今すぐ診断", zh: "立即检查" }
    /// Heading of what was found.
    findings { en: "What was found", de: "Was gefunden wurde", fr: "Résultats", es: "Resultados", ja: "結果", zh: "结果" }
}
