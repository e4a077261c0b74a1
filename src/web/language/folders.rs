//! What the pages of folders and files say.

use super::table::texts;

texts! {
    /// What the pages of folders and files say.
    pub(crate) struct FolderTexts;
    /// What the way of folders to a page is called.
    way { en: "Where this is", de: "Wo das ist", fr: "Emplacement", es: "Ubicación", ja: "場所", zh: "所在位置" }
    /// Button that opens the menu of what can be made.
    new { en: "New", de: "Neu", fr: "Nouveau", es: "Nuevo", ja: "新規", zh: "新建" }
    /// What a new folder is called at first, and the heading of the page that makes one.
    new_folder { en: "New folder", de: "Neuer Ordner", fr: "Nouveau dossier", es: "Carpeta nueva", ja: "新しいフォルダー", zh: "新建文件夹" }
    /// A folder.
    folder { en: "Folder", de: "Ordner", fr: "Dossier", es: "Carpeta", ja: "フォルダー", zh: "文件夹" }
    /// A text document, and what a new one is called at first.
    document { en: "Document", de: "Dokument", fr: "Document", es: "Documento", ja: "文書", zh: "文档" }
    /// A spreadsheet, and what a new one is called at first.
    spreadsheet { en: "Spreadsheet", de: "Tabelle", fr: "Classeur", es: "Hoja de cálculo", ja: "スプレッドシート", zh: "电子表格" }
    /// A presentation, and what a new one is called at first.
    presentation { en: "Presentation", de: "Präsentation", fr: "Présentation", es: "Presentación", ja: "プレゼンテーション", zh: "演示文稿" }
    /// A picture.
    image { en: "Picture", de: "Bild", fr: "Image", es: "Imagen", ja: "画像", zh: "图片" }
    /// A file of another kind.
    file { en: "File", de: "Datei", fr: "Fichier", es: "Archivo", ja: "ファイル", zh: "文件" }
    /// Button that chooses files of one's own machine.
    upload { en: "Upload", de: "Hochladen", fr: "Importer", es: "Subir", ja: "アップロード", zh: "上传" }
    /// Beside it, without script.
    upload_needs_script { en: "Uploading needs JavaScript; everything else works without it.", de: "Zum Hochladen wird JavaScript gebraucht; alles andere geht auch ohne.", fr: "L’import nécessite JavaScript ; tout le reste fonctionne sans.", es: "Para subir archivos se necesita JavaScript; todo lo demás funciona sin él.", ja: "アップロードには JavaScript が必要です。その他の操作は JavaScript なしで使えます。", zh: "上传需要 JavaScript；其他功能无需它即可使用。" }
    /// Field and button that look for names.
    find { en: "Search by name", de: "Nach Namen suchen", fr: "Rechercher par nom", es: "Buscar por nombre", ja: "名前で検索", zh: "按名称搜索" }
    /// Whether the folders below are searched, too.
    below { en: "In subfolders too", de: "Auch in Unterordnern", fr: "Sous-dossiers aussi", es: "También en subcarpetas", ja: "サブフォルダーも", zh: "包括子文件夹" }
    /// Link to the rows.
    as_list { en: "Show as list", de: "Als Liste zeigen", fr: "Afficher en liste", es: "Mostrar como lista", ja: "リスト表示", zh: "以列表显示" }
    /// Link to the tiles.
    as_grid { en: "Show as tiles", de: "Als Kacheln zeigen", fr: "Afficher en vignettes", es: "Mostrar como mosaico", ja: "タイル表示", zh: "以平铺显示" }
    /// Before the text that was looked for.
    found { en: "Results for", de: "Ergebnisse für", fr: "Résultats pour", es: "Resultados de", ja: "検索結果:", zh: "搜索结果：" }
    /// Link back to all of the folder.
    show_all { en: "Show everything", de: "Alles zeigen", fr: "Tout afficher", es: "Mostrar todo", ja: "すべて表示", zh: "显示全部" }
    /// Link to the first rows.
    to_first { en: "Back to the beginning", de: "Zum Anfang", fr: "Revenir au début", es: "Volver al principio", ja: "先頭に戻る", zh: "返回开头" }
    /// A search without results.
    nothing_found { en: "No name matches.", de: "Kein Name passt.", fr: "Aucun nom ne correspond.", es: "Ningún nombre coincide.", ja: "一致する名前はありません。", zh: "没有匹配的名称。" }
    /// An empty “Shared with me”.
    nothing_shared { en: "Nobody has shared anything with you yet.", de: "Noch hat niemand etwas für dich freigegeben.", fr: "Personne n’a encore rien partagé avec vous.", es: "Nadie ha compartido nada contigo todavía.", ja: "共有されたものはまだありません。", zh: "还没有人与您共享任何内容。" }
    /// An empty folder.
    empty { en: "This folder is empty", de: "Dieser Ordner ist leer", fr: "Ce dossier est vide", es: "Esta carpeta está vacía", ja: "このフォルダーは空です", zh: "此文件夹为空" }
    /// What to do about it.
    empty_hint { en: "Make something new, or drop files here.", de: "Lege etwas Neues an oder zieh Dateien hierher.", fr: "Créez quelque chose ou déposez des fichiers ici.", es: "Crea algo nuevo o arrastra archivos aquí.", ja: "新規作成するか、ファイルをここにドロップしてください。", zh: "新建内容，或将文件拖放到此处。" }
    /// Before the buttons for the rows that were ticked.
    chosen { en: "Ticked items:", de: "Angekreuzte:", fr: "Éléments cochés :", es: "Elementos marcados:", ja: "選択した項目:", zh: "已勾选的项目：" }
    /// The same by script: `{n}`.
    chosen_count { en: "{n} selected", de: "{n} ausgewählt", fr: "{n} sélectionné(s)", es: "{n} seleccionados", ja: "{n} 件を選択中", zh: "已选择 {n} 项" }
    /// Head of the column of ticks.
    choose { en: "Selection", de: "Auswahl", fr: "Sélection", es: "Selección", ja: "選択", zh: "选择" }
    /// The tick for all rows.
    choose_all { en: "Select all", de: "Alle auswählen", fr: "Tout sélectionner", es: "Seleccionar todo", ja: "すべて選択", zh: "全选" }
    /// A name; head of the column.
    name { en: "Name", de: "Name", fr: "Nom", es: "Nombre", ja: "名前", zh: "名称" }
    /// When something changed; head of the column.
    changed { en: "Changed", de: "Geändert", fr: "Modifié", es: "Modificado", ja: "更新日時", zh: "修改时间" }
    /// Bytes; head of the column.
    size { en: "Size", de: "Größe", fr: "Taille", es: "Tamaño", ja: "サイズ", zh: "大小" }
    /// Who changed something last; head of the column.
    by { en: "Changed by", de: "Geändert von", fr: "Modifié par", es: "Modificado por", ja: "更新者", zh: "修改者" }
    /// Whose it is.
    owner { en: "Owner", de: "Besitzer", fr: "Propriétaire", es: "Propietario", ja: "所有者", zh: "所有者" }
    /// When something came to be.
    created { en: "Created", de: "Angelegt", fr: "Créé", es: "Creado", ja: "作成日時", zh: "创建时间" }
    /// What kind of thing it is.
    kind { en: "Kind", de: "Art", fr: "Type", es: "Tipo", ja: "種類", zh: "类型" }
    /// Head of the column of menus.
    more_actions { en: "Actions", de: "Aktionen", fr: "Actions", es: "Acciones", ja: "操作", zh: "操作" }
    /// What the menu of a row is called; a colon and the name follow.
    actions { en: "Actions", de: "Aktionen", fr: "Actions", es: "Acciones", ja: "操作", zh: "操作" }
    /// Link to further rows.
    show_more { en: "Show more", de: "Mehr zeigen", fr: "Afficher plus", es: "Mostrar más", ja: "さらに表示", zh: "显示更多" }
    /// How many there are: `{n}`.
    count { en: "Items: {n}", de: "Einträge: {n}", fr: "Éléments : {n}", es: "Elementos: {n}", ja: "{n} 件", zh: "共 {n} 项" }
    /// Only the first `{n}` by name were looked at.
    cut_sorting { en: "This folder is very large: only the first {n} items by name were sorted. Sorted by name from the beginning, all are shown.", de: "Dieser Ordner ist sehr groß: Nur die ersten {n} Einträge nach Namen wurden sortiert. Nach Namen von vorn sortiert erscheinen alle.", fr: "Ce dossier est très grand : seuls les {n} premiers éléments par nom ont été triés. Triés par nom dans l’ordre croissant, tous s’affichent.", es: "Esta carpeta es muy grande: solo se ordenaron los primeros {n} elementos por nombre. Ordenados por nombre de forma ascendente aparecen todos.", ja: "フォルダーが非常に大きいため、名前順で最初の {n} 件だけを並べ替えました。名前の昇順ではすべて表示されます。", zh: "此文件夹很大：仅对按名称排在前 {n} 项进行了排序。按名称升序可显示全部。" }
    /// Only `{n}` names were looked at.
    cut_search { en: "The search ended after {n} names or 1000 results: there may be more. Search in a subfolder to find the rest.", de: "Die Suche endete nach {n} Namen oder 1000 Ergebnissen: Es kann mehr geben. Suche in einem Unterordner, um den Rest zu finden.", fr: "La recherche s’est arrêtée après {n} noms ou 1000 résultats : il peut y en avoir d’autres. Cherchez dans un sous-dossier pour trouver le reste.", es: "La búsqueda terminó tras {n} nombres o 1000 resultados: puede haber más. Busca en una subcarpeta para encontrar el resto.", ja: "検索は {n} 個の名前または 1000 件の結果で終了しました。ほかにもある可能性があります。サブフォルダーで検索してください。", zh: "搜索在查看 {n} 个名称或找到 1000 个结果后结束：可能还有更多。请在子文件夹中搜索其余内容。" }
    /// Where something was found: in this folder.
    this_folder { en: "in this folder", de: "in diesem Ordner", fr: "dans ce dossier", es: "en esta carpeta", ja: "このフォルダー", zh: "在此文件夹中" }
    /// Somebody who came by a link.
    guest { en: "Guest", de: "Gast", fr: "Invité", es: "Invitado", ja: "ゲスト", zh: "访客" }
    /// A file that an editor holds.
    held { en: "Being edited", de: "Wird bearbeitet", fr: "En cours de modification", es: "En edición", ja: "編集中", zh: "正在编辑" }
    /// The same on the page of the file.
    held_long { en: "Somebody has this file open in an editor. Until it is closed, it cannot be renamed, deleted or replaced.", de: "Jemand hat diese Datei in einem Editor offen. Solange kann sie nicht umbenannt, gelöscht oder ersetzt werden.", fr: "Quelqu’un a ouvert ce fichier dans un éditeur. Il ne peut être ni renommé, ni supprimé, ni remplacé pour le moment.", es: "Alguien tiene este archivo abierto en un editor. Mientras tanto no se puede cambiar de nombre, eliminar ni reemplazar.", ja: "このファイルは編集中です。編集が終わるまで、名前の変更、削除、置き換えはできません。", zh: "有人正在编辑器中打开此文件。在此期间无法重命名、删除或替换。" }
    /// A refusal for that reason.
    held_refused { en: "Nothing was changed: somebody has this file open in an editor. Try again when it is closed.", de: "Nichts wurde geändert: Jemand hat diese Datei in einem Editor offen. Versuche es wieder, wenn sie geschlossen ist.", fr: "Rien n’a été modifié : quelqu’un a ouvert ce fichier dans un éditeur. Réessayez quand il sera fermé.", es: "No se ha cambiado nada: alguien tiene este archivo abierto en un editor. Inténtalo cuando esté cerrado.", ja: "何も変更されていません。このファイルは編集中です。閉じられてからもう一度お試しください。", zh: "未作任何更改：有人正在编辑器中打开此文件。请在其关闭后重试。" }
    /// In which program it is open: `{editor}`.
    held_with { en: "It is open in {editor}.", de: "Sie ist in {editor} geöffnet.", fr: "Il est ouvert dans {editor}.", es: "Está abierto en {editor}.", ja: "{editor} で開かれています。", zh: "它正在 {editor} 中打开。" }
    /// Opens something.
    open { en: "Open", de: "Öffnen", fr: "Ouvrir", es: "Abrir", ja: "開く", zh: "打开" }
    /// Fetches the bytes.
    download { en: "Download", de: "Herunterladen", fr: "Télécharger", es: "Descargar", ja: "ダウンロード", zh: "下载" }
    /// Opens it in Word, Excel or PowerPoint on a phone.
    open_in_app { en: "Open in the Office app", de: "In der Office-App öffnen", fr: "Ouvrir dans l’app Office", es: "Abrir en la app de Office", ja: "Office アプリで開く", zh: "在 Office 应用中打开" }
    /// Leads to the page of who may see it.
    share { en: "Share", de: "Freigeben", fr: "Partager", es: "Compartir", ja: "共有", zh: "共享" }
    /// Leads to the page of earlier versions.
    versions { en: "Versions", de: "Versionen", fr: "Versions", es: "Versiones", ja: "バージョン", zh: "版本" }
    /// Gives another name.
    rename { en: "Rename", de: "Umbenennen", fr: "Renommer", es: "Cambiar nombre", ja: "名前の変更", zh: "重命名" }
    /// Leads to the choice of a folder.
    move_or_copy { en: "Move or copy", de: "Verschieben oder kopieren", fr: "Déplacer ou copier", es: "Mover o copiar", ja: "移動またはコピー", zh: "移动或复制" }
    /// Leads to the page of the file.
    details { en: "Details", de: "Details", fr: "Détails", es: "Detalles", ja: "詳細", zh: "详细信息" }
    /// Puts it into the bin.
    delete { en: "Delete", de: "Löschen", fr: "Supprimer", es: "Eliminar", ja: "削除", zh: "删除" }
    /// Button that makes something new.
    create { en: "Create", de: "Anlegen", fr: "Créer", es: "Crear", ja: "作成", zh: "创建" }
    /// Button that closes the list of uploads.
    done { en: "Close", de: "Schließen", fr: "Fermer", es: "Cerrar", ja: "閉じる", zh: "关闭" }
    /// Link back from a refusal.
    go_back { en: "Back", de: "Zurück", fr: "Retour", es: "Volver", ja: "戻る", zh: "返回" }
    /// Button that moves.
    move_here { en: "Move here", de: "Hierher verschieben", fr: "Déplacer ici", es: "Mover aquí", ja: "ここに移動", zh: "移动到此处" }
    /// Button that copies.
    copy_here { en: "Copy here", de: "Hierher kopieren", fr: "Copier ici", es: "Copiar aquí", ja: "ここにコピー", zh: "复制到此处" }
    /// A folder without folders.
    no_folders { en: "There are no folders in here.", de: "Hier sind keine Ordner.", fr: "Aucun dossier ici.", es: "Aquí no hay carpetas.", ja: "ここにフォルダーはありません。", zh: "这里没有文件夹。" }
    /// Not all were shown.
    more_folders { en: "There are more folders than are shown here.", de: "Es gibt mehr Ordner, als hier gezeigt werden.", fr: "Il y a plus de dossiers que ceux affichés ici.", es: "Hay más carpetas de las que se muestran.", ja: "ここに表示されていないフォルダーがあります。", zh: "此处未显示全部文件夹。" }
    /// The name is taken.
    name_taken { en: "That name is taken here. Choose another one.", de: "Diesen Namen gibt es hier schon. Wähle einen anderen.", fr: "Ce nom est déjà pris ici. Choisissez-en un autre.", es: "Ese nombre ya existe aquí. Elige otro.", ja: "その名前は既に使われています。別の名前を選んでください。", zh: "此处已有该名称。请另选一个。" }
    /// The name cannot be used.
    name_illegal { en: "That name cannot be used. Names have at most 250 characters, none of / \\ : * ? \" < > |, no dot at the start, no dot or space at the end.", de: "Dieser Name geht nicht. Namen haben höchstens 250 Zeichen, keines von / \\ : * ? \" < > |, keinen Punkt am Anfang, keinen Punkt und kein Leerzeichen am Ende.", fr: "Ce nom ne convient pas. Un nom a 250 caractères au plus, aucun de / \\ : * ? \" < > |, pas de point au début, ni point ni espace à la fin.", es: "Ese nombre no se puede usar. Como máximo 250 caracteres, ninguno de / \\ : * ? \" < > |, sin punto al principio, sin punto ni espacio al final.", ja: "その名前は使えません。250 文字以内で、/ \\ : * ? \" < > | は使えません。先頭のピリオド、末尾のピリオドや空白も使えません。", zh: "该名称无法使用。名称最多 250 个字符，不能包含 / \\ : * ? \" < > |，不能以点开头，也不能以点或空格结尾。" }
    /// Told afterwards: `{n}`.
    said_moved { en: "Moved: {n}.", de: "Verschoben: {n}.", fr: "Déplacés : {n}.", es: "Movidos: {n}.", ja: "移動: {n} 件。", zh: "已移动：{n}。" }
    /// Told afterwards: `{n}`.
    said_copied { en: "Copied: {n}.", de: "Kopiert: {n}.", fr: "Copiés : {n}.", es: "Copiados: {n}.", ja: "コピー: {n} 件。", zh: "已复制：{n}。" }
    /// Told afterwards: `{n}`.
    said_binned { en: "Moved to the bin: {n}.", de: "In den Papierkorb gelegt: {n}.", fr: "Mis à la corbeille : {n}.", es: "Movidos a la papelera: {n}.", ja: "ごみ箱に移動: {n} 件。", zh: "已移至回收站：{n}。" }
    /// Told afterwards.
    said_renamed { en: "Renamed.", de: "Umbenannt.", fr: "Renommé.", es: "Nombre cambiado.", ja: "名前を変更しました。", zh: "已重命名。" }
    /// Told afterwards.
    said_made { en: "The folder was made.", de: "Der Ordner wurde angelegt.", fr: "Le dossier a été créé.", es: "La carpeta se ha creado.", ja: "フォルダーを作成しました。", zh: "已创建文件夹。" }
    /// Nothing was ticked.
    said_none { en: "Tick something first.", de: "Kreuze zuerst etwas an.", fr: "Cochez d’abord quelque chose.", es: "Marca algo primero.", ja: "先に項目を選択してください。", zh: "请先勾选项目。" }
    /// Too much was ticked.
    said_many { en: "Nothing was done: at most 500 at once.", de: "Nichts wurde getan: höchstens 500 auf einmal.", fr: "Rien n’a été fait : 500 au plus à la fois.", es: "No se ha hecho nada: como máximo 500 a la vez.", ja: "何も行われていません。一度に 500 件までです。", zh: "未执行任何操作：一次最多 500 项。" }
    /// Some were held by editors: `{n}`.
    said_held { en: "Open in an editor, and left as it was: {n}.", de: "In einem Editor offen und so gelassen: {n}.", fr: "Ouverts dans un éditeur, laissés tels quels : {n}.", es: "Abiertos en un editor, sin cambios: {n}.", ja: "編集中のためそのまま: {n} 件。", zh: "正在编辑，未更改：{n}。" }
    /// Some names were taken there: `{n}`.
    said_taken { en: "Name taken there: {n}.", de: "Name dort vergeben: {n}.", fr: "Nom déjà pris à cet endroit : {n}.", es: "Nombre ya usado allí: {n}.", ja: "同名の項目が既にあり: {n} 件。", zh: "目标处名称已存在：{n}。" }
    /// Some did not go: `{n}`.
    said_refused { en: "Not possible: {n}.", de: "Nicht möglich: {n}.", fr: "Impossible : {n}.", es: "No fue posible: {n}.", ja: "実行できず: {n} 件。", zh: "无法执行：{n}。" }
    /// Asked before a file is deleted by key: `{name}`.
    sure { en: "Move “{name}” to the bin?", de: "„{name}“ in den Papierkorb legen?", fr: "Mettre « {name} » à la corbeille ?", es: "¿Mover «{name}» a la papelera?", ja: "「{name}」をごみ箱に移動しますか？", zh: "将“{name}”移至回收站？" }
    /// Asked before a folder is deleted.
    sure_folder { en: "Move this folder’s files, and those in all folders below it, to the bin?", de: "Die Dateien dieses Ordners und aller Ordner darin in den Papierkorb legen?", fr: "Mettre à la corbeille les fichiers de ce dossier et de tous ses sous-dossiers ?", es: "¿Mover a la papelera los archivos de esta carpeta y de todas sus subcarpetas?", ja: "このフォルダーとその中のすべてのフォルダーのファイルをごみ箱に移動しますか？", zh: "将此文件夹及其所有子文件夹中的文件移至回收站？" }
    /// Asked before several are deleted: `{n}`.
    sure_many { en: "Move {n} items, with all that is in them, to the bin?", de: "{n} Einträge mit allem darin in den Papierkorb legen?", fr: "Mettre {n} éléments et tout leur contenu à la corbeille ?", es: "¿Mover {n} elementos con todo su contenido a la papelera?", ja: "{n} 件をその中身とともにごみ箱に移動しますか？", zh: "将 {n} 项及其全部内容移至回收站？" }
    /// Heading when the name of an upload is taken.
    taken_title { en: "A file of this name is here already", de: "Eine Datei dieses Namens ist schon da", fr: "Un fichier de ce nom existe déjà", es: "Ya existe un archivo con este nombre", ja: "同じ名前のファイルがあります", zh: "已存在同名文件" }
    /// The question: `{name}`.
    taken_text { en: "What shall become of “{name}”? Replacing makes a new version; the present one stays among the versions.", de: "Was soll mit „{name}“ geschehen? Ersetzen macht eine neue Version; die jetzige bleibt unter den Versionen.", fr: "Que faire de « {name} » ? Remplacer crée une nouvelle version ; l’actuelle reste parmi les versions.", es: "¿Qué hacer con «{name}»? Reemplazar crea una versión nueva; la actual queda entre las versiones.", ja: "「{name}」をどうしますか？置き換えると新しいバージョンになり、現在のものはバージョンに残ります。", zh: "如何处理“{name}”？替换会生成新版本；当前版本保留在版本列表中。" }
    /// The question when an editor holds it: `{name}`.
    taken_held { en: "“{name}” cannot be replaced now: somebody has it open in an editor.", de: "„{name}“ kann jetzt nicht ersetzt werden: Jemand hat es in einem Editor offen.", fr: "« {name} » ne peut pas être remplacé : quelqu’un l’a ouvert dans un éditeur.", es: "«{name}» no se puede reemplazar ahora: alguien lo tiene abierto en un editor.", ja: "「{name}」は編集中のため、今は置き換えられません。", zh: "现在无法替换“{name}”：有人正在编辑器中打开它。" }
    /// The question when it cannot be replaced: `{name}`.
    taken_folder { en: "What has the name “{name}” here cannot be replaced.", de: "Was hier „{name}“ heißt, kann nicht ersetzt werden.", fr: "Ce qui porte le nom « {name} » ici ne peut pas être remplacé.", es: "Lo que aquí se llama «{name}» no se puede reemplazar.", ja: "ここにある「{name}」は置き換えられません。", zh: "此处名为“{name}”的内容无法替换。" }
    /// Whether the answer holds for all that follow.
    for_all { en: "Do the same for all others", de: "Mit allen weiteren ebenso", fr: "Faire de même pour tous les autres", es: "Hacer lo mismo con los demás", ja: "残りにも適用", zh: "对其余项目执行相同操作" }
    /// Answer: leave it.
    skip_one { en: "Skip", de: "Überspringen", fr: "Ignorer", es: "Omitir", ja: "スキップ", zh: "跳过" }
    /// Answer: a new version.
    replace { en: "Replace", de: "Ersetzen", fr: "Remplacer", es: "Reemplazar", ja: "置き換える", zh: "替换" }
    /// Answer: another name.
    keep_both { en: "Keep both", de: "Beide behalten", fr: "Garder les deux", es: "Conservar ambos", ja: "両方残す", zh: "保留两者" }
    /// Shown while files are dragged over the page.
    drop_here { en: "Drop to upload here", de: "Loslassen, um hierher hochzuladen", fr: "Déposez pour importer ici", es: "Suelta para subir aquí", ja: "ここにドロップしてアップロード", zh: "松开即可上传到此处" }
    /// Heading of the list of uploads: `{n}` of `{m}`.
    sending { en: "Uploading {n} of {m}", de: "{n} von {m} wird hochgeladen", fr: "Import de {n} sur {m}", es: "Subiendo {n} de {m}", ja: "アップロード中 {n} / {m}", zh: "正在上传 {n} / {m}" }
    /// Heading when all arrived: `{n}`.
    sent { en: "Uploaded: {n}", de: "Hochgeladen: {n}", fr: "Importés : {n}", es: "Subidos: {n}", ja: "アップロード済み: {n}", zh: "已上传：{n}" }
    /// Heading when some did not arrive: `{n}` did, `{m}` did not.
    sent_some { en: "Uploaded: {n}, not uploaded: {m}", de: "Hochgeladen: {n}, nicht hochgeladen: {m}", fr: "Importés : {n}, non importés : {m}", es: "Subidos: {n}, no subidos: {m}", ja: "アップロード済み: {n}、未完了: {m}", zh: "已上传：{n}，未上传：{m}" }
    /// An upload whose turn has not come.
    waiting { en: "Waiting", de: "Wartet", fr: "En attente", es: "En espera", ja: "待機中", zh: "等待中" }
    /// An upload that tries again after a failure of the network.
    again { en: "Connection lost, trying again…", de: "Verbindung verloren, neuer Versuch …", fr: "Connexion perdue, nouvel essai…", es: "Conexión perdida, reintentando…", ja: "接続が切れました。再試行中…", zh: "连接中断，正在重试…" }
    /// An upload that failed, when no more is known.
    failed { en: "Not uploaded", de: "Nicht hochgeladen", fr: "Non importé", es: "No subido", ja: "アップロードできませんでした", zh: "未上传" }
    /// Button that stops an upload; the name follows.
    cancel_one { en: "Cancel", de: "Abbrechen", fr: "Annuler", es: "Cancelar", ja: "キャンセル", zh: "取消" }
    /// Button that tries an upload again.
    retry { en: "Try again", de: "Noch einmal", fr: "Réessayer", es: "Reintentar", ja: "再試行", zh: "重试" }
    /// An upload that was left out.
    skipped { en: "Skipped", de: "Übersprungen", fr: "Ignoré", es: "Omitido", ja: "スキップしました", zh: "已跳过" }
    /// An upload that was cancelled.
    stopped { en: "Cancelled", de: "Abgebrochen", fr: "Annulé", es: "Cancelado", ja: "キャンセルしました", zh: "已取消" }
    /// An upload that was to replace a file which an editor took meanwhile.
    kept_aside { en: "The file was opened in an editor meanwhile. Your upload is kept among its versions.", de: "Die Datei wurde inzwischen in einem Editor geöffnet. Das Hochgeladene liegt unter ihren Versionen.", fr: "Le fichier a été ouvert dans un éditeur entre-temps. Votre import est conservé parmi ses versions.", es: "Entretanto el archivo se abrió en un editor. Lo subido se guarda entre sus versiones.", ja: "その間にファイルが編集用に開かれました。アップロードした内容はバージョンに保存されています。", zh: "该文件已被编辑器打开。您上传的内容保存在其版本中。" }
    /// An upload that became a new version.
    new_version { en: "New version", de: "Neue Version", fr: "Nouvelle version", es: "Versión nueva", ja: "新しいバージョン", zh: "新版本" }
    /// Asked before the page is left while files are on their way.
    leave { en: "Files are still being uploaded.", de: "Es werden noch Dateien hochgeladen.", fr: "Des fichiers sont encore en cours d’import.", es: "Todavía se están subiendo archivos.", ja: "ファイルのアップロード中です。", zh: "文件仍在上传。" }
    /// An upload whose session has ended.
    signed_out { en: "You are signed out. Sign in in another tab, then try again.", de: "Du bist abgemeldet. Melde dich in einem anderen Tab an und versuche es noch einmal.", fr: "Vous êtes déconnecté. Reconnectez-vous dans un autre onglet, puis réessayez.", es: "Tu sesión ha terminado. Inicia sesión en otra pestaña y reinténtalo.", ja: "サインアウトしています。別のタブでサインインしてから再試行してください。", zh: "您已退出登录。请在另一个标签页登录后重试。" }
    /// An upload over the limit: `{size}`.
    too_large { en: "Too large: files may have at most {size} here.", de: "Zu groß: Dateien dürfen hier höchstens {size} haben.", fr: "Trop volumineux : {size} au plus par fichier.", es: "Demasiado grande: como máximo {size} por archivo.", ja: "大きすぎます。ファイルは {size} までです。", zh: "文件过大：最大允许 {size}。" }
    /// No room on the server’s disk.
    no_space { en: "The server’s disk is full. Tell your administrator.", de: "Die Platte des Servers ist voll. Sag deiner Administration Bescheid.", fr: "Le disque du serveur est plein. Prévenez votre administrateur.", es: "El disco del servidor está lleno. Avisa a tu administrador.", ja: "サーバーのディスクがいっぱいです。管理者に連絡してください。", zh: "服务器磁盘已满。请联系管理员。" }
    /// Too much at once.
    busy { en: "The server is busy. It is tried again in a moment.", de: "Der Server ist beschäftigt. Gleich wird es noch einmal versucht.", fr: "Le serveur est occupé. Nouvel essai dans un instant.", es: "El servidor está ocupado. Se reintenta en un momento.", ja: "サーバーが混み合っています。まもなく再試行します。", zh: "服务器繁忙，稍后将重试。" }
    /// While further rows are fetched.
    loading { en: "Loading…", de: "Wird geladen …", fr: "Chargement…", es: "Cargando…", ja: "読み込み中…", zh: "正在加载…" }
}
