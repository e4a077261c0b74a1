//! What is around an editor, and what stands in its place where there is none.

use super::table::texts;

texts! {
    /// What is around an editor, and what stands in its place where there is none.
    pub(crate) struct EditorTexts;
    /// What the bar above an editor is called.
    bar { en: "Document", de: "Dokument", fr: "Document", es: "Documento", ja: "ドキュメント", zh: "文档" }
    /// Link to the folder of the document.
    back { en: "Back to the folder", de: "Zurück zum Ordner", fr: "Retour au dossier", es: "Volver a la carpeta", ja: "フォルダーに戻る", zh: "返回文件夹" }
    /// Link from reading to editing.
    edit { en: "Edit", de: "Bearbeiten", fr: "Modifier", es: "Editar", ja: "編集", zh: "编辑" }
    /// Link to sharing.
    share { en: "Share", de: "Freigeben", fr: "Partager", es: "Compartir", ja: "共有", zh: "共享" }
    /// Link to the versions.
    versions { en: "Versions", de: "Versionen", fr: "Versions", es: "Versiones", ja: "バージョン", zh: "版本" }
    /// Link to the bytes.
    download { en: "Download", de: "Herunterladen", fr: "Télécharger", es: "Descargar", ja: "ダウンロード", zh: "下载" }
    /// Button that makes the bar small.
    collapse { en: "Hide this bar", de: "Leiste ausblenden", fr: "Masquer cette barre", es: "Ocultar esta barra", ja: "バーを隠す", zh: "隐藏此栏" }
    /// Button that makes it large again.
    expand { en: "Show the bar of the document", de: "Dokumentleiste einblenden", fr: "Afficher la barre du document", es: "Mostrar la barra del documento", ja: "ドキュメントバーを表示", zh: "显示文档栏" }
    /// What the frame of the editor is called.
    frame { en: "Document editor", de: "Dokument-Editor", fr: "Éditeur de document", es: "Editor de documentos", ja: "ドキュメントエディター", zh: "文档编辑器" }
    /// Instead of an editor, without script.
    no_script { en: "The editor needs JavaScript, which is switched off in this browser.", de: "Der Editor braucht JavaScript, das in diesem Browser ausgeschaltet ist.", fr: "L’éditeur a besoin de JavaScript, qui est désactivé dans ce navigateur.", es: "El editor necesita JavaScript, que está desactivado en este navegador.", ja: "エディターには JavaScript が必要ですが、このブラウザーでは無効になっています。", zh: "编辑器需要 JavaScript，但此浏览器已将其禁用。" }
    /// While the editor loads.
    opening { en: "Opening …", de: "Wird geöffnet …", fr: "Ouverture …", es: "Abriendo …", ja: "開いています…", zh: "正在打开…" }
    /// Nothing was changed yet.
    unchanged { en: "No changes", de: "Keine Änderungen", fr: "Aucune modification", es: "Sin cambios", ja: "変更なし", zh: "无更改" }
    /// Something was changed that has not arrived.
    unsaved { en: "Changes not saved yet", de: "Änderungen noch nicht gespeichert", fr: "Modifications pas encore enregistrées", es: "Cambios aún sin guardar", ja: "未保存の変更があります", zh: "更改尚未保存" }
    /// A save has arrived: `{time}`.
    saved { en: "Saved {time}", de: "Gespeichert {time}", fr: "Enregistré {time}", es: "Guardado {time}", ja: "保存済み {time}", zh: "已保存 {time}" }
    /// The document is only read.
    read_only { en: "Read only", de: "Nur lesen", fr: "Lecture seule", es: "Solo lectura", ja: "読み取り専用", zh: "只读" }
    /// How many people are in the document: `{n}`.
    people { en: "{n} people here", de: "{n} Personen hier", fr: "{n} personnes ici", es: "{n} personas aquí", ja: "{n} 人が表示中", zh: "{n} 人正在查看" }
    /// A save was refused: `{why}`.
    refused { en: "The last save was refused: {why}.", de: "Das letzte Speichern wurde abgelehnt: {why}.", fr: "Le dernier enregistrement a été refusé : {why}.", es: "Se rechazó el último guardado: {why}.", ja: "最後の保存は拒否されました: {why}。", zh: "上次保存被拒绝：{why}。" }
    /// What was refused is kept.
    kept { en: "What you wrote was kept as a rescued version.", de: "Dein Text wurde als gerettete Version aufbewahrt.", fr: "Votre travail a été conservé comme version récupérée.", es: "Lo que escribiste se conservó como versión rescatada.", ja: "内容は救出されたバージョンとして保管されました。", zh: "您的内容已作为抢救版本保留。" }
    /// What was refused is nowhere.
    not_kept { en: "It was not kept: leave the editor open, and copy your work out of it.", de: "Es wurde nicht aufbewahrt: Lass den Editor offen und kopiere deine Arbeit heraus.", fr: "Il n’a pas été conservé : laissez l’éditeur ouvert et copiez-en votre travail.", es: "No se conservó: deja el editor abierto y copia tu trabajo.", ja: "保管されていません。エディターを開いたまま、内容をコピーしてください。", zh: "未能保留：请保持编辑器打开，并复制出您的内容。" }
    /// A reason.
    why_locked { en: "another app or session holds this document", de: "eine andere App oder Sitzung hält dieses Dokument", fr: "une autre application ou session détient ce document", es: "otra aplicación o sesión tiene este documento", ja: "別のアプリまたはセッションがこのドキュメントを使用中です", zh: "其他应用或会话正占用此文档" }
    /// A reason.
    why_lost { en: "this editing session had ended", de: "diese Bearbeitungssitzung war beendet", fr: "cette session de modification était terminée", es: "esta sesión de edición había terminado", ja: "この編集セッションは終了していました", zh: "此编辑会话已结束" }
    /// A reason.
    why_outdated { en: "the document was changed elsewhere in the meantime", de: "das Dokument wurde inzwischen an anderer Stelle geändert", fr: "le document a été modifié ailleurs entre-temps", es: "el documento se cambió en otro lugar mientras tanto", ja: "その間に別の場所でドキュメントが変更されました", zh: "文档在此期间已在别处更改" }
    /// A reason.
    why_gone { en: "the document was deleted", de: "das Dokument wurde gelöscht", fr: "le document a été supprimé", es: "el documento se eliminó", ja: "ドキュメントは削除されました", zh: "文档已被删除" }
    /// A reason.
    why_right { en: "you may not change this document any more", de: "du darfst dieses Dokument nicht mehr ändern", fr: "vous n’avez plus le droit de modifier ce document", es: "ya no puedes cambiar este documento", ja: "このドキュメントを変更する権限がなくなりました", zh: "您不再有权更改此文档" }
    /// A reason.
    why_large { en: "the document is too large", de: "das Dokument ist zu groß", fr: "le document est trop volumineux", es: "el documento es demasiado grande", ja: "ドキュメントが大きすぎます", zh: "文档过大" }
    /// A reason.
    why_space { en: "there is no room left on the server", de: "auf dem Server ist kein Platz mehr", fr: "il n’y a plus de place sur le serveur", es: "no queda espacio en el servidor", ja: "サーバーの空き容量がありません", zh: "服务器空间不足" }
    /// A reason.
    why_busy { en: "the server is busy; the editor will try again", de: "der Server ist ausgelastet; der Editor versucht es erneut", fr: "le serveur est occupé ; l’éditeur réessaiera", es: "el servidor está ocupado; el editor lo intentará de nuevo", ja: "サーバーが混み合っています。エディターが再試行します", zh: "服务器繁忙；编辑器将重试" }
    /// A reason.
    why_failed { en: "the server could not store it", de: "der Server konnte es nicht speichern", fr: "le serveur n’a pas pu l’enregistrer", es: "el servidor no pudo almacenarlo", ja: "サーバーが保存できませんでした", zh: "服务器无法存储" }
    /// The editor believes what did not happen.
    unconfirmed { en: "The editor says that everything is saved, but your last changes have not arrived here.", de: "Der Editor meldet, alles sei gespeichert, aber deine letzten Änderungen sind hier nicht angekommen.", fr: "L’éditeur indique que tout est enregistré, mais vos dernières modifications ne sont pas arrivées ici.", es: "El editor dice que todo está guardado, pero tus últimos cambios no han llegado aquí.", ja: "エディターは保存済みと表示していますが、最後の変更はまだ届いていません。", zh: "编辑器显示已全部保存，但您最后的更改尚未到达此处。" }
    /// No save for long: `{time}`, such as `5 minutes`.
    overdue { en: "Your changes have not been saved for {time}.", de: "Deine Änderungen wurden seit {time} nicht gespeichert.", fr: "Vos modifications ne sont pas enregistrées depuis {time}.", es: "Tus cambios llevan {time} sin guardarse.", ja: "変更が {time}間保存されていません。", zh: "您的更改已有 {time}未保存。" }
    /// The host does not answer.
    unreachable { en: "This site cannot be reached at the moment. Keep this page open: nothing is saved until it is back.", de: "Diese Seite ist gerade nicht erreichbar. Lass sie offen: Bis sie wieder da ist, wird nichts gespeichert.", fr: "Ce site est injoignable pour le moment. Gardez cette page ouverte : rien n’est enregistré avant son retour.", es: "No se puede acceder a este sitio en este momento. Deja esta página abierta: nada se guarda hasta que vuelva.", ja: "現在サイトに接続できません。ページを開いたままにしてください。復旧するまで何も保存されません。", zh: "目前无法访问此站点。请保持页面打开：恢复之前不会保存任何内容。" }
    /// The editor failed.
    editor_failed { en: "The editor could not open this document.", de: "Der Editor konnte dieses Dokument nicht öffnen.", fr: "L’éditeur n’a pas pu ouvrir ce document.", es: "El editor no pudo abrir este documento.", ja: "エディターでこのドキュメントを開けませんでした。", zh: "编辑器无法打开此文档。" }
    /// The editor says nothing.
    editor_silent { en: "The editor does not answer. It may not be reachable from here.", de: "Der Editor antwortet nicht. Vielleicht ist er von hier aus nicht erreichbar.", fr: "L’éditeur ne répond pas. Il est peut-être injoignable d’ici.", es: "El editor no responde. Puede que no sea accesible desde aquí.", ja: "エディターが応答しません。ここからは接続できない可能性があります。", zh: "编辑器没有响应，可能无法从此处访问。" }
    /// The editor says that saving failed.
    save_failed { en: "The editor could not save the document.", de: "Der Editor konnte das Dokument nicht speichern.", fr: "L’éditeur n’a pas pu enregistrer le document.", es: "El editor no pudo guardar el documento.", ja: "エディターでドキュメントを保存できませんでした。", zh: "编辑器无法保存文档。" }
    /// The token ends soon: `{time}`, such as `1 minute`.
    ending { en: "This session ends in {time}. Save your work, then reload this page.", de: "Diese Sitzung endet in {time}. Speichere deine Arbeit und lade die Seite neu.", fr: "Cette session se termine dans {time}. Enregistrez votre travail, puis rechargez la page.", es: "Esta sesión termina en {time}. Guarda tu trabajo y vuelve a cargar la página.", ja: "このセッションはあと {time}で終了します。保存してからページを再読み込みしてください。", zh: "此会话将在 {time}后结束。请保存您的工作，然后重新加载页面。" }
    /// The token has ended.
    ended { en: "This session has ended: nothing more is saved. Copy what is missing out of the editor, then reload this page.", de: "Diese Sitzung ist beendet: Es wird nichts mehr gespeichert. Kopiere, was fehlt, aus dem Editor und lade die Seite neu.", fr: "Cette session est terminée : plus rien n’est enregistré. Copiez ce qui manque hors de l’éditeur, puis rechargez la page.", es: "Esta sesión ha terminado: ya no se guarda nada. Copia del editor lo que falte y vuelve a cargar la página.", ja: "セッションが終了したため、これ以上保存されません。必要な内容をコピーしてからページを再読み込みしてください。", zh: "此会话已结束，不会再保存任何内容。请从编辑器中复制缺少的部分，然后重新加载页面。" }
    /// The person is not signed in any more.
    signed_out { en: "You were signed out. Sign in again in a new tab: this page goes on then.", de: "Du wurdest abgemeldet. Melde dich in einem neuen Tab wieder an, dann geht es hier weiter.", fr: "Vous avez été déconnecté. Reconnectez-vous dans un nouvel onglet : cette page reprendra.", es: "Se ha cerrado tu sesión. Vuelve a iniciarla en otra pestaña y esta página continuará.", ja: "サインアウトされました。新しいタブで再度サインインすると、このページを続けられます。", zh: "您已退出登录。请在新标签页中重新登录，此页面随后会继续。" }
    /// Another person is signed in now.
    somebody_else { en: "Somebody else is signed in now. Reload this page to go on as this person.", de: "Inzwischen ist jemand anderes angemeldet. Lade die Seite neu, um als diese Person weiterzumachen.", fr: "Une autre personne est connectée maintenant. Rechargez la page pour continuer en tant que cette personne.", es: "Ahora ha iniciado sesión otra persona. Vuelve a cargar la página para seguir como ella.", ja: "別の人がサインインしています。その人として続けるには再読み込みしてください。", zh: "现在登录的是另一个人。请重新加载页面，以该身份继续。" }
    /// The document was changed by something else than this editor.
    changed { en: "This document was changed outside this editor, for example by bringing back an earlier version. Reload this page to go on with it.", de: "Dieses Dokument wurde außerhalb dieses Editors geändert, etwa durch eine wiederhergestellte Version. Lade die Seite neu, um damit weiterzuarbeiten.", fr: "Ce document a été modifié hors de cet éditeur, par exemple par le rétablissement d’une version. Rechargez la page pour continuer.", es: "Este documento se cambió fuera de este editor, por ejemplo al recuperar una versión anterior. Vuelve a cargar la página para continuar.", ja: "このドキュメントはエディターの外で変更されました（以前のバージョンの復元など）。続けるには再読み込みしてください。", zh: "此文档已在编辑器之外更改，例如恢复了早期版本。请重新加载页面以继续。" }
    /// A reader is shown an old version.
    newer { en: "A newer version was saved.", de: "Eine neuere Version wurde gespeichert.", fr: "Une version plus récente a été enregistrée.", es: "Se guardó una versión más reciente.", ja: "新しいバージョンが保存されました。", zh: "已保存较新的版本。" }
    /// The document is not there any more.
    gone { en: "This document does not exist any more, or is not shared with you any more.", de: "Dieses Dokument gibt es nicht mehr, oder es ist nicht mehr für dich freigegeben.", fr: "Ce document n’existe plus, ou n’est plus partagé avec vous.", es: "Este documento ya no existe o ya no se comparte contigo.", ja: "このドキュメントは存在しないか、共有されなくなりました。", zh: "此文档已不存在，或不再与您共享。" }
    /// The right to write was taken away while the document is open to be edited.
    no_right { en: "You may no longer change this document: nothing more is saved. Copy your text out of the editor, then reload this page.", de: "Du darfst dieses Dokument nicht mehr ändern: Es wird nichts mehr gespeichert. Kopiere deinen Text aus dem Editor und lade die Seite dann neu.", fr: "Vous n’avez plus le droit de modifier ce document : plus rien n’est enregistré. Copiez votre texte hors de l’éditeur, puis rechargez la page.", es: "Ya no puedes cambiar este documento: no se guarda nada más. Copia tu texto del editor y vuelve a cargar la página.", ja: "このドキュメントを変更する権限がなくなったため、これ以上保存されません。内容をエディターからコピーしてから、ページを再読み込みしてください。", zh: "您不再有权更改此文档，不会再保存任何内容。请先从编辑器中复制您的文本，然后重新加载页面。" }
    /// Somebody works on it with another app.
    elsewhere { en: "Somebody is editing this document in another app. You see what was saved last.", de: "Jemand bearbeitet dieses Dokument gerade in einer anderen App. Du siehst den zuletzt gespeicherten Stand.", fr: "Quelqu’un modifie ce document dans une autre application. Vous voyez le dernier enregistrement.", es: "Alguien está editando este documento en otra aplicación. Ves lo último que se guardó.", ja: "別のアプリでこのドキュメントが編集されています。最後に保存された内容を表示しています。", zh: "有人正在其他应用中编辑此文档。您看到的是上次保存的内容。" }
    /// Button.
    reload { en: "Reload", de: "Neu laden", fr: "Recharger", es: "Volver a cargar", ja: "再読み込み", zh: "重新加载" }
    /// Link.
    sign_in { en: "Sign in", de: "Anmelden", fr: "Se connecter", es: "Iniciar sesión", ja: "サインイン", zh: "登录" }
    /// Link to rescued and earlier versions.
    see_versions { en: "See versions", de: "Versionen ansehen", fr: "Voir les versions", es: "Ver versiones", ja: "バージョンを見る", zh: "查看版本" }
    /// Button that takes a message away.
    dismiss { en: "Dismiss", de: "Ausblenden", fr: "Ignorer", es: "Descartar", ja: "閉じる", zh: "忽略" }
    /// Button of a dialog that changes nothing.
    cancel { en: "Cancel", de: "Abbrechen", fr: "Annuler", es: "Cancelar", ja: "キャンセル", zh: "取消" }
    /// A link that the browser did not open by itself.
    new_tab { en: "Open in a new tab", de: "In neuem Tab öffnen", fr: "Ouvrir dans un nouvel onglet", es: "Abrir en una pestaña nueva", ja: "新しいタブで開く", zh: "在新标签页中打开" }
    /// Field of the dialog that makes a copy.
    copy_name { en: "Name of the copy", de: "Name der Kopie", fr: "Nom de la copie", es: "Nombre de la copia", ja: "コピーの名前", zh: "副本名称" }
    /// Its button.
    save_copy { en: "Save a copy", de: "Kopie speichern", fr: "Enregistrer une copie", es: "Guardar una copia", ja: "コピーを保存", zh: "保存副本" }
    /// No editor for this type.
    no_editor { en: "No editor that is set up here opens files of this type. You can download it and open it on your device.", de: "Kein hier eingerichteter Editor öffnet Dateien dieser Art. Du kannst sie herunterladen und auf deinem Gerät öffnen.", fr: "Aucun éditeur configuré ici n’ouvre ce type de fichier. Vous pouvez le télécharger et l’ouvrir sur votre appareil.", es: "Ningún editor configurado aquí abre archivos de este tipo. Puedes descargarlo y abrirlo en tu dispositivo.", ja: "この種類のファイルを開けるエディターが設定されていません。ダウンロードして端末で開いてください。", zh: "此处配置的编辑器均无法打开此类文件。您可以下载后在设备上打开。" }
    /// An editor is set up of which nothing is known yet.
    editor_away { en: "The editor cannot be reached at the moment. Try again shortly; until then you can download the file.", de: "Der Editor ist gerade nicht erreichbar. Versuche es gleich noch einmal; bis dahin kannst du die Datei herunterladen.", fr: "L’éditeur est injoignable pour le moment. Réessayez bientôt ; en attendant, vous pouvez télécharger le fichier.", es: "No se puede acceder al editor en este momento. Inténtalo de nuevo en breve; mientras tanto puedes descargar el archivo.", ja: "現在エディターに接続できません。少し待ってからもう一度お試しください。それまではダウンロードできます。", zh: "目前无法连接编辑器。请稍后再试；在此之前您可以下载文件。" }
    /// Nothing is in the file, and the reader may not begin it.
    empty { en: "Nobody has written anything in this document yet.", de: "In diesem Dokument hat noch niemand etwas geschrieben.", fr: "Personne n’a encore rien écrit dans ce document.", es: "Nadie ha escrito nada en este documento todavía.", ja: "このドキュメントにはまだ何も書かれていません。", zh: "此文档中尚无任何内容。" }
    /// Link that opens an Office app: `{app}`.
    in_app { en: "Open in {app}", de: "In {app} öffnen", fr: "Ouvrir dans {app}", es: "Abrir en {app}", ja: "{app} で開く", zh: "在 {app} 中打开" }
    /// Label of the size.
    size { en: "Size", de: "Größe", fr: "Taille", es: "Tamaño", ja: "サイズ", zh: "大小" }
    /// Label of the time of the last change.
    changed_at { en: "Changed", de: "Geändert", fr: "Modifié", es: "Modificado", ja: "更新日時", zh: "修改时间" }
    /// Label of the type of file.
    kind { en: "Type", de: "Art", fr: "Type", es: "Tipo", ja: "種類", zh: "类型" }
    /// An old format is not edited as it is: `{extension}`.
    convert { en: "This document is in an older format. To edit it, the editor makes a copy of it in today’s format ({extension}) in the same folder. The original stays as it is. The layout of the copy may differ a little.", de: "Dieses Dokument hat ein älteres Format. Zum Bearbeiten legt der Editor im selben Ordner eine Kopie im heutigen Format ({extension}) an. Das Original bleibt, wie es ist. Das Layout der Kopie kann etwas abweichen.", fr: "Ce document est dans un ancien format. Pour le modifier, l’éditeur en crée une copie au format actuel ({extension}) dans le même dossier. L’original reste tel quel. La mise en page de la copie peut légèrement différer.", es: "Este documento está en un formato antiguo. Para editarlo, el editor crea una copia en el formato actual ({extension}) en la misma carpeta. El original se queda como está. El diseño de la copia puede variar un poco.", ja: "このドキュメントは古い形式です。編集するには、同じフォルダーに現在の形式 ({extension}) のコピーを作成します。元のファイルはそのまま残ります。コピーのレイアウトは少し異なる場合があります。", zh: "此文档为旧格式。若要编辑，编辑器会在同一文件夹中创建当前格式 ({extension}) 的副本。原文件保持不变。副本的版式可能略有差异。" }
    /// Its button.
    convert_now { en: "Make a copy and edit it", de: "Kopie anlegen und bearbeiten", fr: "Créer une copie et la modifier", es: "Crear una copia y editarla", ja: "コピーを作成して編集", zh: "创建副本并编辑" }
    /// The other one.
    only_read { en: "Only read the original", de: "Nur das Original lesen", fr: "Lire seulement l’original", es: "Solo leer el original", ja: "元のファイルを読むだけ", zh: "仅阅读原文件" }
}
