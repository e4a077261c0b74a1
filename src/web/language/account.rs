//! What the account page says.

use super::table::texts;

texts! {
    /// What the account page says.
    pub(crate) struct AccountTexts;
    /// Its heading.
    title { en: "My account", de: "Mein Konto", fr: "Mon compte", es: "Mi cuenta", ja: "マイアカウント", zh: "我的账户" }
    /// Heading of who one is.
    profile { en: "About you", de: "Über dich", fr: "À propos de vous", es: "Sobre ti", ja: "プロフィール", zh: "关于您" }
    /// Label of the name by which one signs in.
    user { en: "User name", de: "Benutzername", fr: "Nom d’utilisateur", es: "Nombre de usuario", ja: "ユーザー名", zh: "用户名" }
    /// Label of the name that others see.
    name { en: "Name shown to others", de: "Name, den andere sehen", fr: "Nom affiché aux autres", es: "Nombre que ven los demás", ja: "表示名", zh: "显示名称" }
    /// Label.
    email { en: "E-mail address", de: "E-Mail-Adresse", fr: "Adresse e-mail", es: "Dirección de correo", ja: "メールアドレス", zh: "电子邮件地址" }
    /// Label of what one's documents take.
    storage { en: "Storage used", de: "Belegter Speicher", fr: "Espace utilisé", es: "Espacio utilizado", ja: "使用容量", zh: "已用空间" }
    /// One file.
    one_file { en: "1 file", de: "1 Datei", fr: "1 fichier", es: "1 archivo", ja: "1 個のファイル", zh: "1 个文件" }
    /// `{n}` files.
    files { en: "{n} files", de: "{n} Dateien", fr: "{n} fichiers", es: "{n} archivos", ja: "{n} 個のファイル", zh: "{n} 个文件" }
    /// Who changes these.
    ask_admin { en: "An administrator can change your name and e-mail address.", de: "Name und E-Mail-Adresse kann jemand aus der Verwaltung ändern.", fr: "Un administrateur peut modifier votre nom et votre adresse e-mail.", es: "Un administrador puede cambiar tu nombre y tu dirección de correo.", ja: "名前とメールアドレスは管理者が変更できます。", zh: "管理员可以更改您的名称和电子邮件地址。" }
    /// Heading of the language.
    language { en: "Language", de: "Sprache", fr: "Langue", es: "Idioma", ja: "言語", zh: "语言" }
    /// Label of the choice.
    language_label { en: "Show pages in", de: "Seiten anzeigen auf", fr: "Afficher les pages en", es: "Mostrar las páginas en", ja: "ページの表示言語", zh: "页面语言" }
    /// The choice that leaves it to the browser.
    as_browser { en: "As my browser says", de: "Wie mein Browser es sagt", fr: "Comme mon navigateur", es: "Como diga mi navegador", ja: "ブラウザーの設定に従う", zh: "跟随浏览器" }
    /// Button.
    save { en: "Save", de: "Speichern", fr: "Enregistrer", es: "Guardar", ja: "保存", zh: "保存" }
    /// It was done.
    language_saved { en: "Your language was saved.", de: "Deine Sprache wurde gespeichert.", fr: "Votre langue a été enregistrée.", es: "Se ha guardado tu idioma.", ja: "言語を保存しました。", zh: "语言已保存。" }
    /// Heading of the password.
    password { en: "Password", de: "Passwort", fr: "Mot de passe", es: "Contraseña", ja: "パスワード", zh: "密码" }
    /// What happens when it is changed.
    password_note { en: "A new password signs you out of all other browsers and apps.", de: "Ein neues Passwort meldet dich in allen anderen Browsern und Apps ab.", fr: "Un nouveau mot de passe vous déconnecte de tous les autres navigateurs et applications.", es: "Una contraseña nueva cierra tu sesión en todos los demás navegadores y aplicaciones.", ja: "パスワードを変更すると、他のすべてのブラウザーとアプリからサインアウトされます。", zh: "更改密码后，其他所有浏览器和应用都会退出登录。" }
    /// Label.
    old_password { en: "Current password", de: "Bisheriges Passwort", fr: "Mot de passe actuel", es: "Contraseña actual", ja: "現在のパスワード", zh: "当前密码" }
    /// Label.
    new_password { en: "New password", de: "Neues Passwort", fr: "Nouveau mot de passe", es: "Contraseña nueva", ja: "新しいパスワード", zh: "新密码" }
    /// What it must be.
    password_rule { en: "At least 8 characters. A few words in a row are easy to keep in mind.", de: "Mindestens 8 Zeichen. Ein paar Wörter hintereinander merkt man sich leicht.", fr: "Au moins 8 caractères. Quelques mots à la suite se retiennent facilement.", es: "Al menos 8 caracteres. Unas cuantas palabras seguidas son fáciles de recordar.", ja: "8 文字以上。いくつかの単語を並べると覚えやすくなります。", zh: "至少 8 个字符。几个连在一起的词语容易记住。" }
    /// Label.
    repeat_password { en: "New password again", de: "Neues Passwort noch einmal", fr: "Nouveau mot de passe, encore une fois", es: "Repite la contraseña nueva", ja: "新しいパスワード（確認）", zh: "再次输入新密码" }
    /// Button.
    change_password { en: "Change password", de: "Passwort ändern", fr: "Changer le mot de passe", es: "Cambiar contraseña", ja: "パスワードを変更", zh: "更改密码" }
    /// It was done.
    password_changed { en: "Your password was changed. Other browsers and apps are signed out.", de: "Dein Passwort wurde geändert. Andere Browser und Apps sind abgemeldet.", fr: "Votre mot de passe a été modifié. Les autres navigateurs et applications sont déconnectés.", es: "Se ha cambiado tu contraseña. Los demás navegadores y aplicaciones han cerrado sesión.", ja: "パスワードを変更しました。他のブラウザーとアプリはサインアウトされました。", zh: "密码已更改。其他浏览器和应用已退出登录。" }
    /// The old one is not right.
    wrong_password { en: "The current password is not correct.", de: "Das bisherige Passwort stimmt nicht.", fr: "Le mot de passe actuel est incorrect.", es: "La contraseña actual no es correcta.", ja: "現在のパスワードが正しくありません。", zh: "当前密码不正确。" }
    /// The two new ones differ.
    passwords_differ { en: "The two new passwords are not the same.", de: "Die beiden neuen Passwörter sind nicht gleich.", fr: "Les deux nouveaux mots de passe ne sont pas identiques.", es: "Las dos contraseñas nuevas no son iguales.", ja: "新しいパスワードが一致しません。", zh: "两次输入的新密码不一致。" }
    /// The new one is too short.
    password_short { en: "The new password is too short: it needs at least 8 characters.", de: "Das neue Passwort ist zu kurz: Es braucht mindestens 8 Zeichen.", fr: "Le nouveau mot de passe est trop court : il faut au moins 8 caractères.", es: "La contraseña nueva es demasiado corta: necesita al menos 8 caracteres.", ja: "新しいパスワードが短すぎます。8 文字以上必要です。", zh: "新密码太短：至少需要 8 个字符。" }
    /// The new one is too long.
    password_long { en: "The new password is too long: 1024 bytes are the most.", de: "Das neue Passwort ist zu lang: Höchstens 1024 Bytes sind möglich.", fr: "Le nouveau mot de passe est trop long : 1024 octets au maximum.", es: "La contraseña nueva es demasiado larga: como máximo 1024 bytes.", ja: "新しいパスワードが長すぎます。最大 1024 バイトです。", zh: "新密码太长：最多 1024 字节。" }
    /// Heading of the apps.
    apps { en: "Signed-in apps", de: "Angemeldete Apps", fr: "Applications connectées", es: "Aplicaciones con sesión iniciada", ja: "サインイン中のアプリ", zh: "已登录的应用" }
    /// There is none.
    no_apps { en: "No app uses your documents.", de: "Keine App verwendet deine Dokumente.", fr: "Aucune application n’utilise vos documents.", es: "Ninguna aplicación usa tus documentos.", ja: "ドキュメントを使用しているアプリはありません。", zh: "没有应用在使用您的文档。" }
    /// Since when an app is allowed; a time follows.
    since { en: "Allowed since", de: "Erlaubt seit", fr: "Autorisée depuis", es: "Permitida desde", ja: "許可した日時", zh: "允许时间" }
    /// When something was used last; a time follows.
    last_used { en: "Last used", de: "Zuletzt benutzt", fr: "Dernière utilisation", es: "Último uso", ja: "最終使用", zh: "上次使用" }
    /// Button: takes back what an app was allowed.
    revoke { en: "Take back", de: "Zurücknehmen", fr: "Retirer", es: "Retirar", ja: "取り消す", zh: "收回" }
    /// The same, for those who do not see which: `{app}`.
    revoke_app { en: "Take back what {app} was allowed", de: "Zurücknehmen, was {app} erlaubt ist", fr: "Retirer l’autorisation de {app}", es: "Retirar el permiso de {app}", ja: "{app} の許可を取り消す", zh: "收回 {app} 的权限" }
    /// The question before it: `{app}`.
    revoke_sure { en: "{app} will have to ask you again before it can open your documents. Continue?", de: "{app} muss dich dann neu fragen, bevor es deine Dokumente öffnen kann. Fortfahren?", fr: "{app} devra vous redemander avant de pouvoir ouvrir vos documents. Continuer ?", es: "{app} tendrá que volver a preguntarte antes de abrir tus documentos. ¿Continuar?", ja: "{app} がドキュメントを開くには、再度許可が必要になります。続行しますか？", zh: "{app} 需要再次征得您的同意才能打开您的文档。是否继续？" }
    /// It was done.
    revoked { en: "The app cannot use your documents any more.", de: "Die App kann deine Dokumente nicht mehr verwenden.", fr: "L’application ne peut plus utiliser vos documents.", es: "La aplicación ya no puede usar tus documentos.", ja: "アプリはドキュメントを使用できなくなりました。", zh: "该应用不能再使用您的文档。" }
    /// Heading of the browsers.
    sessions { en: "Where you are signed in", de: "Wo du angemeldet bist", fr: "Où vous êtes connecté", es: "Dónde has iniciado sesión", ja: "サインインしている場所", zh: "登录位置" }
    /// The session that shows the page.
    this_one { en: "This browser", de: "Dieser Browser", fr: "Ce navigateur", es: "Este navegador", ja: "このブラウザー", zh: "此浏览器" }
    /// When a session was used last; a time follows.
    last_seen { en: "Last seen", de: "Zuletzt gesehen", fr: "Vu pour la dernière fois", es: "Visto por última vez", ja: "最終アクセス", zh: "上次活动" }
    /// Since when a session lasts; a time follows.
    signed_in { en: "Signed in", de: "Angemeldet", fr: "Connecté", es: "Sesión iniciada", ja: "サインイン", zh: "登录时间" }
    /// Button.
    end { en: "Sign out", de: "Abmelden", fr: "Déconnecter", es: "Cerrar sesión", ja: "サインアウト", zh: "退出" }
    /// The same, for those who do not see which: `{browser}`.
    end_named { en: "Sign out {browser}", de: "{browser} abmelden", fr: "Déconnecter {browser}", es: "Cerrar la sesión de {browser}", ja: "{browser} をサインアウト", zh: "退出 {browser}" }
    /// Button.
    end_others { en: "Sign out all other browsers", de: "Alle anderen Browser abmelden", fr: "Déconnecter tous les autres navigateurs", es: "Cerrar sesión en los demás navegadores", ja: "他のすべてのブラウザーをサインアウト", zh: "退出其他所有浏览器" }
    /// It was done.
    ended { en: "That browser is signed out.", de: "Dieser Browser ist abgemeldet.", fr: "Ce navigateur est déconnecté.", es: "Se ha cerrado la sesión de ese navegador.", ja: "そのブラウザーはサインアウトされました。", zh: "该浏览器已退出登录。" }
    /// It was done.
    others_ended { en: "All other browsers are signed out.", de: "Alle anderen Browser sind abgemeldet.", fr: "Tous les autres navigateurs sont déconnectés.", es: "Se ha cerrado la sesión en los demás navegadores.", ja: "他のすべてのブラウザーはサインアウトされました。", zh: "其他所有浏览器已退出登录。" }
    /// A browser of which nothing is known.
    unknown_browser { en: "Unknown browser", de: "Unbekannter Browser", fr: "Navigateur inconnu", es: "Navegador desconocido", ja: "不明なブラウザー", zh: "未知浏览器" }
    /// A browser on a system: `{browser}`, `{system}`.
    browser_on { en: "{browser} on {system}", de: "{browser} auf {system}", fr: "{browser} sur {system}", es: "{browser} en {system}", ja: "{browser}（{system}）", zh: "{system} 上的 {browser}" }
}
