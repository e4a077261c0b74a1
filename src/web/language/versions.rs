//! What the page of versions says.

use super::table::texts;

texts! {
    /// What the page of versions says.
    pub(crate) struct VersionTexts;
    /// Its heading: `{name}`.
    title { en: "Versions of “{name}”", de: "Versionen von „{name}“", fr: "Versions de « {name} »", es: "Versiones de «{name}»", ja: "「{name}」のバージョン", zh: "“{name}”的版本" }
    /// For somebody who may only look.
    viewer { en: "Earlier versions are shown to people who may edit.", de: "Frühere Versionen sehen alle, die bearbeiten dürfen.", fr: "Les versions antérieures sont visibles pour les personnes qui peuvent modifier.", es: "Las versiones anteriores las ven quienes pueden editar.", ja: "以前のバージョンは編集できる人にだけ表示されます。", zh: "早期版本仅对可编辑者显示。" }
    /// Heading of what was rescued.
    rescued { en: "Kept texts that could not be saved", de: "Aufgehobene Texte, die nicht gespeichert werden konnten", fr: "Textes conservés qui n’ont pas pu être enregistrés", es: "Textos conservados que no se pudieron guardar", ja: "保存できなかったが保管されている内容", zh: "未能保存但已保留的内容" }
    /// Under it.
    rescued_lead { en: "These saves were refused, so they are not in the document. Look at them, and decide what becomes of them.", de: "Diese Speichervorgänge wurden abgewiesen und sind darum nicht im Dokument. Sieh sie dir an und entscheide, was aus ihnen wird.", fr: "Ces enregistrements ont été refusés et ne figurent donc pas dans le document. Examinez-les et décidez de leur sort.", es: "Estos guardados se rechazaron y por eso no están en el documento. Míralos y decide qué hacer con ellos.", ja: "これらの保存は拒否されたため、ドキュメントには含まれていません。内容を確認して、どうするか決めてください。", zh: "这些保存被拒绝，因此未包含在文档中。请查看并决定如何处理。" }
    /// What was rescued and is in a version since.
    settled { en: "Kept texts that are in a version since ({n})", de: "Aufgehobene Texte, die seither in einer Version sind ({n})", fr: "Textes conservés repris depuis dans une version ({n})", es: "Textos conservados que ya están en una versión ({n})", ja: "その後バージョンに取り込まれた内容（{n}）", zh: "此后已纳入版本的内容（{n}）" }
    /// Why it was refused.
    reason_other_session { en: "Another session had the document locked.", de: "Eine andere Sitzung hatte das Dokument gesperrt.", fr: "Une autre session avait verrouillé le document.", es: "Otra sesión tenía el documento bloqueado.", ja: "別のセッションがドキュメントをロックしていました。", zh: "另一会话已锁定该文档。" }
    /// Why it was refused.
    reason_lost { en: "The editor’s lock was lost or had run out.", de: "Die Sperre des Editors war verloren oder abgelaufen.", fr: "Le verrou de l’éditeur était perdu ou expiré.", es: "El bloqueo del editor se había perdido o había caducado.", ja: "エディターのロックが失われたか、期限切れでした。", zh: "编辑器的锁已丢失或过期。" }
    /// Why it was refused.
    reason_outdated { en: "The document had been changed since it was opened.", de: "Das Dokument war seit dem Öffnen geändert worden.", fr: "Le document avait été modifié depuis son ouverture.", es: "El documento había cambiado desde que se abrió.", ja: "開いた後にドキュメントが変更されていました。", zh: "文档打开后已被更改。" }
    /// Why it was refused.
    reason_deleted { en: "The document had been deleted.", de: "Das Dokument war gelöscht worden.", fr: "Le document avait été supprimé.", es: "El documento se había eliminado.", ja: "ドキュメントが削除されていました。", zh: "文档已被删除。" }
    /// Why it was refused.
    reason_replaced { en: "The document was locked while it was to be replaced.", de: "Das Dokument war gesperrt, als es ersetzt werden sollte.", fr: "Le document était verrouillé au moment d’être remplacé.", es: "El documento estaba bloqueado cuando se iba a reemplazar.", ja: "置き換え時にドキュメントがロックされていました。", zh: "替换时文档处于锁定状态。" }
    /// Why it was refused.
    reason_moved { en: "The document was deleted or renamed while it was to be replaced.", de: "Das Dokument wurde gelöscht oder umbenannt, während es ersetzt werden sollte.", fr: "Le document a été supprimé ou renommé pendant son remplacement.", es: "El documento se eliminó o cambió de nombre mientras se reemplazaba.", ja: "置き換え中にドキュメントが削除または名前変更されました。", zh: "替换期间文档被删除或重命名。" }
    /// Heading of the list.
    history { en: "History", de: "Verlauf", fr: "Historique", es: "Historial", ja: "履歴", zh: "历史记录" }
    /// Under it.
    restore_hint { en: "Bringing a version back makes a new one of it. Nothing is overwritten.", de: "Eine zurückgeholte Version wird zu einer neuen. Nichts wird überschrieben.", fr: "Restaurer une version en crée une nouvelle. Rien n’est écrasé.", es: "Recuperar una versión crea una nueva. No se sobrescribe nada.", ja: "バージョンを復元すると新しいバージョンになります。上書きはされません。", zh: "恢复某个版本会生成一个新版本，不会覆盖任何内容。" }
    /// Mark of the present version.
    current { en: "Current", de: "Aktuell", fr: "Actuelle", es: "Actual", ja: "現在", zh: "当前" }
    /// A kind of version.
    created { en: "Created", de: "Angelegt", fr: "Créée", es: "Creada", ja: "作成", zh: "创建" }
    /// A kind of version.
    saved { en: "Saved", de: "Gespeichert", fr: "Enregistrée", es: "Guardada", ja: "保存", zh: "保存" }
    /// A kind of version.
    autosaved { en: "Saved automatically", de: "Automatisch gespeichert", fr: "Enregistrée automatiquement", es: "Guardada automáticamente", ja: "自動保存", zh: "自动保存" }
    /// A kind of version.
    closed { en: "Saved on closing", de: "Beim Schließen gespeichert", fr: "Enregistrée à la fermeture", es: "Guardada al cerrar", ja: "閉じるときに保存", zh: "关闭时保存" }
    /// A kind of version.
    restored { en: "Brought back", de: "Zurückgeholt", fr: "Restaurée", es: "Recuperada", ja: "復元", zh: "恢复" }
    /// Mark of the last automatic save of a session.
    session_end { en: "End of a session", de: "Ende einer Sitzung", fr: "Fin d’une session", es: "Fin de una sesión", ja: "セッションの最後", zh: "会话结束" }
    /// What a version is called: `{n}`.
    version { en: "Version {n}", de: "Version {n}", fr: "Version {n}", es: "Versión {n}", ja: "バージョン {n}", zh: "版本 {n}" }
    /// What a rescued one is called: `{n}`.
    kept { en: "Kept text {n}", de: "Aufgehobener Text {n}", fr: "Texte conservé {n}", es: "Texto conservado {n}", ja: "保管された内容 {n}", zh: "保留内容 {n}" }
    /// Who wrote, besides or instead of the one who saved: `{names}`.
    edited_by { en: "edited by {names}", de: "bearbeitet von {names}", fr: "modifié par {names}", es: "editado por {names}", ja: "編集者 {names}", zh: "编辑者 {names}" }
    /// Between names.
    comma { en: ", ", de: ", ", fr: ", ", es: ", ", ja: "、", zh: "、" }
    /// A folded run: `{n}`, `{name}`.
    run { en: "{n} automatic saves by {name}", de: "{n} automatische Speicherungen von {name}", fr: "{n} enregistrements automatiques par {name}", es: "{n} guardados automáticos de {name}", ja: "{name} による自動保存 {n} 件", zh: "{name} 的 {n} 次自动保存" }
    /// Behind a difference in size.
    than_before { en: "than the version before", de: "als die Version davor", fr: "par rapport à la version précédente", es: "que la versión anterior", ja: "前のバージョンとの差", zh: "与上一版本相比" }
    /// Behind a difference in size.
    than_current { en: "than the current version", de: "als die aktuelle Version", fr: "par rapport à la version actuelle", es: "que la versión actual", ja: "現在のバージョンとの差", zh: "与当前版本相比" }
    /// Link.
    download { en: "Download", de: "Herunterladen", fr: "Télécharger", es: "Descargar", ja: "ダウンロード", zh: "下载" }
    /// Button.
    restore { en: "Bring back", de: "Zurückholen", fr: "Restaurer", es: "Recuperar", ja: "復元", zh: "恢复" }
    /// Button.
    make_current { en: "Make it the current version", de: "Zur aktuellen Version machen", fr: "En faire la version actuelle", es: "Convertir en la versión actual", ja: "現在のバージョンにする", zh: "设为当前版本" }
    /// Button.
    keep_copy { en: "Keep as a copy", de: "Als Kopie behalten", fr: "Conserver comme copie", es: "Conservar como copia", ja: "コピーとして保存", zh: "保留为副本" }
    /// Why nothing can be brought back now.
    locked { en: "While somebody is editing, no version can be brought back.", de: "Solange jemand bearbeitet, kann keine Version zurückgeholt werden.", fr: "Tant que quelqu’un modifie le document, aucune version ne peut être restaurée.", es: "Mientras alguien edita, no se puede recuperar ninguna versión.", ja: "編集中はバージョンを復元できません。", zh: "有人编辑时无法恢复版本。" }
    /// Instead of that, when it is this person's own browser that has the document open.
    open_here { en: "You have it open in another tab. If you bring a version back, your work there is saved first, and the tab then shows that version.", de: "Du hast es in einem anderen Tab geöffnet. Wenn du eine Version zurückholst, wird deine Arbeit dort zuerst gespeichert, und der Tab zeigt dann diese Version.", fr: "Vous l’avez ouvert dans un autre onglet. Si vous restaurez une version, votre travail y est d’abord enregistré, puis l’onglet affiche cette version.", es: "Lo tienes abierto en otra pestaña. Si recuperas una versión, primero se guarda tu trabajo allí y después la pestaña muestra esa versión.", ja: "別のタブで開いています。バージョンを復元すると、まずそのタブの内容が保存され、その後そのバージョンが表示されます。", zh: "您已在另一个标签页中打开它。恢复某个版本时，会先保存那里的内容，然后该标签页会显示该版本。" }
    /// A question before a version is brought back.
    unsaved { en: "This document is open in another tab, and not everything there could be saved. Bring the version back all the same? What is not saved there will be lost.", de: "Dieses Dokument ist in einem anderen Tab geöffnet, und dort konnte nicht alles gespeichert werden. Die Version trotzdem zurückholen? Was dort nicht gespeichert ist, geht verloren.", fr: "Ce document est ouvert dans un autre onglet, où tout n’a pas pu être enregistré. Restaurer quand même la version ? Ce qui n’y est pas enregistré sera perdu.", es: "Este documento está abierto en otra pestaña y allí no se ha podido guardar todo. ¿Recuperar la versión de todos modos? Lo que no esté guardado allí se perderá.", ja: "このドキュメントは別のタブで開かれており、そこに保存できていない内容があります。それでも復元しますか？ 保存されていない内容は失われます。", zh: "此文档在另一个标签页中打开，且那里有内容未能保存。仍要恢复该版本吗？那里未保存的内容将会丢失。" }
    /// Link.
    older { en: "Older versions", de: "Ältere Versionen", fr: "Versions plus anciennes", es: "Versiones más antiguas", ja: "以前のバージョン", zh: "更早的版本" }
    /// Link.
    newest { en: "Newest versions", de: "Neueste Versionen", fr: "Versions les plus récentes", es: "Versiones más recientes", ja: "最新のバージョン", zh: "最新版本" }
    /// Done.
    said_restored { en: "The version was brought back. It is the current one now.", de: "Die Version wurde zurückgeholt. Sie ist jetzt die aktuelle.", fr: "La version a été restaurée. C’est maintenant la version actuelle.", es: "La versión se ha recuperado. Ahora es la actual.", ja: "バージョンを復元しました。これが現在のバージョンです。", zh: "版本已恢复，现为当前版本。" }
    /// Done: `{name}`.
    said_copied { en: "The text is in a file of its own now: “{name}”.", de: "Der Text ist jetzt in einer eigenen Datei: „{name}“.", fr: "Le texte est maintenant dans un fichier à part : « {name} ».", es: "El texto está ahora en un archivo propio: «{name}».", ja: "内容を別のファイル「{name}」として保存しました。", zh: "内容已保存为单独的文件“{name}”。" }
    /// Not done.
    said_locked { en: "Nothing was brought back: somebody is editing the document.", de: "Nichts wurde zurückgeholt: Jemand bearbeitet das Dokument.", fr: "Rien n’a été restauré : quelqu’un modifie le document.", es: "No se ha recuperado nada: alguien está editando el documento.", ja: "ドキュメントが編集中のため、復元されませんでした。", zh: "未恢复：有人正在编辑该文档。" }
    /// Not done.
    said_gone { en: "There is no such version any more.", de: "Diese Version gibt es nicht mehr.", fr: "Cette version n’existe plus.", es: "Esa versión ya no existe.", ja: "そのバージョンはもうありません。", zh: "该版本已不存在。" }
    /// Not done.
    said_no_space { en: "Nothing was done: there is not enough room on the disk.", de: "Nichts wurde getan: Auf der Platte ist nicht genug Platz.", fr: "Rien n’a été fait : il n’y a pas assez de place sur le disque.", es: "No se ha hecho nada: no hay suficiente espacio en el disco.", ja: "ディスクの空き容量が足りないため、何も行われませんでした。", zh: "未执行任何操作：磁盘空间不足。" }
}
