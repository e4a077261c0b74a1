//! What the pages behind share links say to guests.

use super::table::texts;

texts! {
    /// What the pages behind share links say to guests.
    pub(crate) struct ShareLinkTexts;
    /// Heading for a link that opens nothing.
    title_over { en: "This link does not work", de: "Dieser Link gilt nicht", fr: "Ce lien ne fonctionne pas", es: "Este enlace no funciona", ja: "このリンクは使えません", zh: "此链接无效" }
    /// Its text: the same whether it is over, was ended, or never was.
    over { en: "It has ended or was taken back, or it is not complete. Ask whoever gave it to you for a new one.", de: "Er ist abgelaufen oder wurde zurückgenommen, oder er ist unvollständig. Wer ihn dir gegeben hat, kann dir einen neuen schicken.", fr: "Il a expiré, a été retiré ou est incomplet. Demandez-en un nouveau à la personne qui vous l’a donné.", es: "Ha caducado, se ha anulado o está incompleto. Pide uno nuevo a quien te lo dio.", ja: "期限切れか、無効にされたか、アドレスが不完全です。リンクを送った人に新しいリンクを依頼してください。", zh: "它已过期、被撤回或不完整。请向提供链接的人索取新链接。" }
    /// Under the name of a document.
    document { en: "Somebody shared this document with you.", de: "Jemand hat dieses Dokument für dich freigegeben.", fr: "Quelqu’un a partagé ce document avec vous.", es: "Alguien ha compartido este documento contigo.", ja: "このドキュメントがあなたと共有されています。", zh: "有人与您共享了此文档。" }
    /// Under the name of a folder.
    folder { en: "Somebody shared this folder with you.", de: "Jemand hat diesen Ordner für dich freigegeben.", fr: "Quelqu’un a partagé ce dossier avec vous.", es: "Alguien ha compartido esta carpeta contigo.", ja: "このフォルダーがあなたと共有されています。", zh: "有人与您共享了此文件夹。" }
    /// What the link allows.
    may_view { en: "You can view it.", de: "Du kannst es ansehen.", fr: "Vous pouvez le consulter.", es: "Puedes verlo.", ja: "閲覧できます。", zh: "您可以查看。" }
    /// What the link allows.
    may_edit { en: "You can view and change it.", de: "Du kannst es ansehen und ändern.", fr: "Vous pouvez le consulter et le modifier.", es: "Puedes verlo y cambiarlo.", ja: "閲覧と編集ができます。", zh: "您可以查看和修改。" }
    /// Before the end of the link.
    ends { en: "This link ends", de: "Dieser Link endet", fr: "Ce lien expire le", es: "Este enlace caduca el", ja: "このリンクの有効期限", zh: "此链接到期时间" }
    /// Link.
    open { en: "Open", de: "Öffnen", fr: "Ouvrir", es: "Abrir", ja: "開く", zh: "打开" }
    /// Link.
    download { en: "Download", de: "Herunterladen", fr: "Télécharger", es: "Descargar", ja: "ダウンロード", zh: "下载" }
    /// What such a link is called: `{name}`.
    download_of { en: "Download {name}", de: "{name} herunterladen", fr: "Télécharger {name}", es: "Descargar {name}", ja: "{name} をダウンロード", zh: "下载 {name}" }
    /// Link into the app.
    in_app { en: "Open in the Office app", de: "In der Office-App öffnen", fr: "Ouvrir dans l’application Office", es: "Abrir en la aplicación de Office", ja: "Office アプリで開く", zh: "在 Office 应用中打开" }
    /// For somebody with a right of his own.
    own_right { en: "You are signed in and have access of your own.", de: "Du bist angemeldet und hast selbst Zugriff.", fr: "Vous êtes connecté et disposez d’un accès personnel.", es: "Has iniciado sesión y tienes acceso propio.", ja: "サインイン中で、ご自身のアクセス権があります。", zh: "您已登录，并且自己拥有访问权限。" }
    /// Link there.
    real_place { en: "Go to it with my account", de: "Mit meinem Konto dorthin", fr: "Y aller avec mon compte", es: "Ir con mi cuenta", ja: "自分のアカウントで開く", zh: "用我的账户前往" }
    /// Nothing is in the folder.
    empty { en: "Nothing is in it.", de: "Es ist nichts darin.", fr: "Il est vide.", es: "Está vacía.", ja: "中身はありません。", zh: "其中没有内容。" }
    /// Link to the next page.
    more { en: "More", de: "Mehr", fr: "Suite", es: "Más", ja: "さらに表示", zh: "更多" }
    /// What the way through the folders is called.
    way { en: "Folders around this one", de: "Ordner um diesen", fr: "Dossiers parents", es: "Carpetas superiores", ja: "上位のフォルダー", zh: "上级文件夹" }
    /// What the list is called.
    contents { en: "What is in it", de: "Was darin ist", fr: "Contenu", es: "Contenido", ja: "中身", zh: "内容" }
    /// Before the name of a folder, for those who do not see its picture.
    folder_mark { en: "Folder", de: "Ordner", fr: "Dossier", es: "Carpeta", ja: "フォルダー", zh: "文件夹" }
}
