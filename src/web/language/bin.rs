//! What the page of the bin says.

use super::table::texts;

texts! {
    /// What the page of the bin says.
    pub(crate) struct BinTexts;
    /// How long files stay: `{n}`.
    lead { en: "Deleted files stay here for {n} days. Then they go for good.", de: "Gelöschte Dateien bleiben {n} Tage hier. Danach sind sie endgültig weg.", fr: "Les fichiers supprimés restent ici {n} jours, puis disparaissent définitivement.", es: "Los archivos eliminados permanecen aquí {n} días. Después desaparecen para siempre.", ja: "削除したファイルは {n} 日間ここに残り、その後完全に削除されます。", zh: "已删除的文件会在此保留 {n} 天，之后将被永久删除。" }
    /// The same without an end.
    lead_endless { en: "Deleted files stay here until you delete them for good.", de: "Gelöschte Dateien bleiben hier, bis du sie endgültig löschst.", fr: "Les fichiers supprimés restent ici jusqu’à leur suppression définitive.", es: "Los archivos eliminados permanecen aquí hasta que los borres para siempre.", ja: "削除したファイルは、完全に削除するまでここに残ります。", zh: "已删除的文件会一直保留在此，直到您永久删除。" }
    /// Nothing is in it.
    empty { en: "Nothing is in the bin.", de: "Der Papierkorb ist leer.", fr: "La corbeille est vide.", es: "La papelera está vacía.", ja: "ごみ箱は空です。", zh: "回收站为空。" }
    /// What the table is called.
    caption { en: "Deleted files, the last one first", de: "Gelöschte Dateien, die letzte zuerst", fr: "Fichiers supprimés, le dernier en premier", es: "Archivos eliminados, el último primero", ja: "削除したファイル（新しい順）", zh: "已删除的文件（最近的在前）" }
    /// Head of a column.
    name { en: "Name", de: "Name", fr: "Nom", es: "Nombre", ja: "名前", zh: "名称" }
    /// Head of a column.
    deleted { en: "Deleted", de: "Gelöscht", fr: "Supprimé", es: "Eliminado", ja: "削除日時", zh: "删除时间" }
    /// Head of a column.
    place { en: "Where it was", de: "Wo sie war", fr: "Emplacement", es: "Dónde estaba", ja: "元の場所", zh: "原位置" }
    /// Head of a column.
    size { en: "Size", de: "Größe", fr: "Taille", es: "Tamaño", ja: "サイズ", zh: "大小" }
    /// Head of a column.
    actions { en: "What to do", de: "Was tun", fr: "Actions", es: "Qué hacer", ja: "操作", zh: "操作" }
    /// Its folder is not there any more.
    place_gone { en: "Its folder is gone; it comes back to the top of your files", de: "Ihr Ordner ist weg; sie kommt zuoberst in deine Dateien", fr: "Son dossier n’existe plus ; il reviendra à la racine de vos fichiers", es: "Su carpeta ya no existe; volverá a la raíz de tus archivos", ja: "元のフォルダーがないため、ファイルの最上位に戻ります", zh: "原文件夹已不存在，将恢复到您的文件顶层" }
    /// Button.
    bring_back { en: "Bring back", de: "Zurückholen", fr: "Restaurer", es: "Recuperar", ja: "元に戻す", zh: "还原" }
    /// Link, and button.
    purge { en: "Delete for good", de: "Endgültig löschen", fr: "Supprimer définitivement", es: "Eliminar para siempre", ja: "完全に削除", zh: "永久删除" }
    /// Link, and button.
    empty_bin { en: "Empty the bin", de: "Papierkorb leeren", fr: "Vider la corbeille", es: "Vaciar la papelera", ja: "ごみ箱を空にする", zh: "清空回收站" }
    /// The question: `{name}`.
    ask_one { en: "Delete “{name}” for good, with all its versions? It cannot be brought back then.", de: "„{name}“ mit allen Versionen endgültig löschen? Sie kann dann nicht mehr zurückgeholt werden.", fr: "Supprimer définitivement « {name} » et toutes ses versions ? Il ne pourra plus être restauré.", es: "¿Eliminar «{name}» para siempre, con todas sus versiones? Después no se podrá recuperar.", ja: "「{name}」をすべてのバージョンとともに完全に削除しますか？元に戻せなくなります。", zh: "要永久删除“{name}”及其所有版本吗？删除后将无法恢复。" }
    /// The question.
    ask_all { en: "Delete everything in the bin for good? Nothing of it can be brought back then.", de: "Alles im Papierkorb endgültig löschen? Nichts davon kann dann zurückgeholt werden.", fr: "Supprimer définitivement tout le contenu de la corbeille ? Rien ne pourra plus être restauré.", es: "¿Eliminar para siempre todo lo que hay en la papelera? Después no se podrá recuperar nada.", ja: "ごみ箱の中身をすべて完全に削除しますか？元に戻せなくなります。", zh: "要永久删除回收站中的所有内容吗？删除后将无法恢复。" }
    /// Link.
    more { en: "Deleted earlier", de: "Früher gelöscht", fr: "Supprimés plus tôt", es: "Eliminados antes", ja: "さらに前に削除", zh: "更早删除的文件" }
    /// Link.
    newest { en: "Deleted last", de: "Zuletzt gelöscht", fr: "Supprimés en dernier", es: "Eliminados recientemente", ja: "最近削除", zh: "最近删除的文件" }
    /// Done: `{name}`, `{place}`.
    said_back { en: "“{name}” is back in {place}.", de: "„{name}“ ist wieder in {place}.", fr: "« {name} » est de retour dans {place}.", es: "«{name}» está de nuevo en {place}.", ja: "「{name}」を {place} に戻しました。", zh: "“{name}”已还原到 {place}。" }
    /// Done.
    said_purged { en: "The file was deleted for good.", de: "Die Datei wurde endgültig gelöscht.", fr: "Le fichier a été supprimé définitivement.", es: "El archivo se ha eliminado para siempre.", ja: "ファイルを完全に削除しました。", zh: "文件已永久删除。" }
    /// Done.
    said_emptied { en: "The bin is empty now.", de: "Der Papierkorb ist jetzt leer.", fr: "La corbeille est maintenant vide.", es: "La papelera está vacía ahora.", ja: "ごみ箱を空にしました。", zh: "回收站已清空。" }
    /// Not done.
    said_gone { en: "That file is not in the bin any more.", de: "Diese Datei ist nicht mehr im Papierkorb.", fr: "Ce fichier n’est plus dans la corbeille.", es: "Ese archivo ya no está en la papelera.", ja: "そのファイルはもうごみ箱にありません。", zh: "该文件已不在回收站中。" }
}
