//! What is on every page for somebody who is signed in.

use super::table::texts;

texts! {
    /// What is on every page for somebody who is signed in.
    pub(crate) struct DeskTexts;
    /// The link that leads past the navigation.
    skip { en: "Skip to the content", de: "Zum Inhalt springen", fr: "Aller au contenu", es: "Ir al contenido", ja: "本文へ移動", zh: "跳到内容" }
    /// What the navigation is called.
    navigation { en: "Main navigation", de: "Hauptnavigation", fr: "Navigation principale", es: "Navegación principal", ja: "メインナビゲーション", zh: "主导航" }
    /// Link to the folders.
    files { en: "Files", de: "Dateien", fr: "Fichiers", es: "Archivos", ja: "ファイル", zh: "文件" }
    /// Link to what others share.
    shared { en: "Shared with me", de: "Für mich freigegeben", fr: "Partagés avec moi", es: "Compartido conmigo", ja: "共有アイテム", zh: "与我共享" }
    /// Link to the bin.
    bin { en: "Bin", de: "Papierkorb", fr: "Corbeille", es: "Papelera", ja: "ごみ箱", zh: "回收站" }
    /// Link to the pages of administrators.
    administration { en: "Administration", de: "Verwaltung", fr: "Administration", es: "Administración", ja: "管理", zh: "管理" }
    /// What the menu of the account is called: `{name}`.
    account_menu { en: "Account of {name}", de: "Konto von {name}", fr: "Compte de {name}", es: "Cuenta de {name}", ja: "{name} のアカウント", zh: "{name} 的账户" }
    /// Link to the account page.
    account { en: "My account", de: "Mein Konto", fr: "Mon compte", es: "Mi cuenta", ja: "マイアカウント", zh: "我的账户" }
    /// Heading when there is nothing for this person at an address.
    title_nothing { en: "Nothing here for you", de: "Hier ist nichts für dich", fr: "Rien pour vous ici", es: "Aquí no hay nada para ti", ja: "表示できるものがありません", zh: "这里没有可显示的内容" }
    /// Its text: the same whether the thing does not exist or is not shared with him.
    nothing { en: "What you are looking for does not exist any more, or it is not shared with this account.", de: "Das Gesuchte gibt es nicht mehr, oder es ist für dieses Konto nicht freigegeben.", fr: "Ce que vous cherchez n’existe plus, ou n’est pas partagé avec ce compte.", es: "Lo que buscas ya no existe o no se ha compartido con esta cuenta.", ja: "お探しのものは存在しないか、このアカウントと共有されていません。", zh: "您要找的内容已不存在，或未与此账户共享。" }
    /// Link from there.
    to_files { en: "To my files", de: "Zu meinen Dateien", fr: "Vers mes fichiers", es: "A mis archivos", ja: "自分のファイルへ", zh: "前往我的文件" }
    /// A form that was too old, or came from elsewhere.
    stale { en: "Nothing was changed: the page had been open for too long. Please try again.", de: "Nichts wurde geändert: Die Seite war zu lange offen. Bitte versuche es noch einmal.", fr: "Rien n’a été modifié : la page était ouverte depuis trop longtemps. Veuillez réessayer.", es: "No se ha cambiado nada: la página llevaba demasiado tiempo abierta. Inténtalo de nuevo.", ja: "何も変更されていません。ページを開いてから時間が経ちすぎました。もう一度お試しください。", zh: "未作任何更改：页面打开时间过长。请重试。" }
    /// Button that closes a dialog and changes nothing.
    cancel { en: "Cancel", de: "Abbrechen", fr: "Annuler", es: "Cancelar", ja: "キャンセル", zh: "取消" }
}
