//! What the pages about one document have in common, and the page of its lock.

use super::table::texts;

texts! {
    /// What the pages about one document have in common, and the page of its lock.
    pub(crate) struct DocumentTexts;
    /// What the list of the pages about a document is called.
    about { en: "Pages about this item", de: "Seiten zu diesem Element", fr: "Pages sur cet élément", es: "Páginas de este elemento", ja: "この項目のページ", zh: "关于此项目的页面" }
    /// Link to the page of sharing.
    share { en: "Share", de: "Freigeben", fr: "Partager", es: "Compartir", ja: "共有", zh: "共享" }
    /// Link to the page of versions.
    versions { en: "Versions", de: "Versionen", fr: "Versions", es: "Versiones", ja: "バージョン", zh: "版本" }
    /// Link to the page of the lock.
    lock { en: "Who is editing", de: "Wer bearbeitet", fr: "Qui modifie", es: "Quién edita", ja: "編集中の人", zh: "谁在编辑" }
    /// Link to the document.
    back_document { en: "Back to the document", de: "Zurück zum Dokument", fr: "Retour au document", es: "Volver al documento", ja: "ドキュメントに戻る", zh: "返回文档" }
    /// Link to the folder that the page is about.
    back_folder { en: "Back to the folder", de: "Zurück zum Ordner", fr: "Retour au dossier", es: "Volver a la carpeta", ja: "フォルダーに戻る", zh: "返回文件夹" }
    /// Link to the folder around a document: `{folder}`.
    to_folder { en: "Folder “{folder}”", de: "Ordner „{folder}“", fr: "Dossier « {folder} »", es: "Carpeta «{folder}»", ja: "フォルダー「{folder}」", zh: "文件夹“{folder}”" }
    /// A role.
    viewer { en: "Can view", de: "Darf ansehen", fr: "Peut consulter", es: "Puede ver", ja: "閲覧のみ", zh: "可查看" }
    /// A role.
    editor { en: "Can edit", de: "Darf bearbeiten", fr: "Peut modifier", es: "Puede editar", ja: "編集可能", zh: "可编辑" }
    /// A role.
    owner { en: "Owner", de: "Eigentümer", fr: "Propriétaire", es: "Propietario", ja: "所有者", zh: "所有者" }
    /// Behind the reader's own name: `{name}`.
    you { en: "{name} (you)", de: "{name} (du)", fr: "{name} (vous)", es: "{name} (tú)", ja: "{name}（自分）", zh: "{name}（您）" }
    /// Somebody who came by a share link.
    guest { en: "a guest with a link", de: "ein Gast mit Link", fr: "un invité avec un lien", es: "un invitado con enlace", ja: "リンクを使ったゲスト", zh: "通过链接访问的访客" }
    /// Heading of the page of the lock: `{name}`.
    title_lock { en: "Who is editing “{name}”", de: "Wer „{name}“ bearbeitet", fr: "Qui modifie « {name} »", es: "Quién edita «{name}»", ja: "「{name}」を編集中の人", zh: "谁在编辑“{name}”" }
    /// Nobody holds the document.
    free { en: "Nobody has this document open for editing.", de: "Niemand hat dieses Dokument zum Bearbeiten geöffnet.", fr: "Personne n’a ouvert ce document pour le modifier.", es: "Nadie tiene este documento abierto para editarlo.", ja: "このドキュメントを編集している人はいません。", zh: "目前没有人在编辑此文档。" }
    /// Somebody holds it.
    held { en: "This document is open for editing.", de: "Dieses Dokument ist zum Bearbeiten geöffnet.", fr: "Ce document est ouvert en modification.", es: "Este documento está abierto para edición.", ja: "このドキュメントは編集中です。", zh: "此文档正在被编辑。" }
    /// Before the program that holds it.
    held_by { en: "Opened with", de: "Geöffnet mit", fr: "Ouvert avec", es: "Abierto con", ja: "使用中のアプリ", zh: "打开方式" }
    /// The program cannot be told.
    unknown_editor { en: "A program that does not say its name", de: "Ein Programm, das seinen Namen nicht nennt", fr: "Un programme qui ne dit pas son nom", es: "Un programa que no dice su nombre", ja: "名前を通知しないアプリ", zh: "未表明名称的程序" }
    /// Before the moment at which the lock ends.
    ends { en: "Ends by itself", de: "Endet von selbst", fr: "Prend fin de lui-même", es: "Termina por sí solo", ja: "自動終了", zh: "自动结束时间" }
    /// Behind that moment.
    prolonged { en: "later, for as long as the document stays open", de: "später, solange das Dokument geöffnet bleibt", fr: "plus tard, tant que le document reste ouvert", es: "más tarde, mientras el documento siga abierto", ja: "ドキュメントが開いている間は延長されます", zh: "文档保持打开时会延后" }
    /// Before the last save.
    last_save { en: "Last saved", de: "Zuletzt gespeichert", fr: "Dernier enregistrement", es: "Último guardado", ja: "最終保存", zh: "上次保存" }
    /// Who did it: `{name}`.
    by { en: "by {name}", de: "von {name}", fr: "par {name}", es: "por {name}", ja: "{name}", zh: "{name}" }
    /// Before the text by which the editor knows its lock.
    lock_id { en: "The editor’s mark", de: "Kennung des Editors", fr: "Marque de l’éditeur", es: "Marca del editor", ja: "エディターの識別子", zh: "编辑器标识" }
    /// Heading, and button: end the lock.
    break_lock { en: "Break the lock", de: "Sperre aufheben", fr: "Lever le verrou", es: "Romper el bloqueo", ja: "ロックを解除", zh: "解除锁定" }
    /// What may be lost.
    warning { en: "Only do this when nobody is at work there any more. What is being typed and was not saved yet may be lost. The next save of that editor will be refused; its text is kept and offered on the page of versions.", de: "Tu das nur, wenn dort niemand mehr arbeitet. Was gerade getippt und noch nicht gespeichert wurde, kann verloren gehen. Das nächste Speichern dieses Editors wird abgewiesen; sein Text wird aufgehoben und auf der Seite der Versionen angeboten.", fr: "Ne le faites que si plus personne n’y travaille. Ce qui est en cours de saisie et n’a pas été enregistré peut être perdu. Le prochain enregistrement de cet éditeur sera refusé ; son texte sera conservé et proposé sur la page des versions.", es: "Hazlo solo cuando ya nadie esté trabajando ahí. Lo que se está escribiendo y aún no se ha guardado puede perderse. El próximo guardado de ese editor se rechazará; su texto se conserva y se ofrece en la página de versiones.", ja: "誰も作業していないときにだけ行ってください。入力中で未保存の内容は失われる可能性があります。そのエディターの次の保存は拒否されますが、内容は保管され、バージョンのページから取り出せます。", zh: "请仅在确定没有人继续编辑时执行此操作。正在输入但尚未保存的内容可能会丢失。该编辑器的下一次保存将被拒绝，但其内容会被保留，并可在版本页面中取回。" }
    /// Check box before it.
    sure { en: "I know that unsaved text may be lost", de: "Mir ist klar, dass nicht Gespeichertes verloren gehen kann", fr: "Je sais que le texte non enregistré peut être perdu", es: "Sé que el texto sin guardar puede perderse", ja: "未保存の内容が失われる可能性があることを理解しました", zh: "我知道未保存的内容可能会丢失" }
    /// For everybody else.
    only_owner { en: "Only the owner or an administrator can break the lock.", de: "Nur der Eigentümer oder ein Administrator kann die Sperre aufheben.", fr: "Seul le propriétaire ou un administrateur peut lever le verrou.", es: "Solo el propietario o un administrador puede romper el bloqueo.", ja: "ロックを解除できるのは所有者または管理者だけです。", zh: "只有所有者或管理员可以解除锁定。" }
    /// The lock was broken.
    said_broken { en: "The lock is broken.", de: "Die Sperre ist aufgehoben.", fr: "Le verrou est levé.", es: "El bloqueo se ha roto.", ja: "ロックを解除しました。", zh: "已解除锁定。" }
    /// It was another one already.
    said_changed { en: "Nothing was done: meanwhile the lock had changed.", de: "Nichts wurde getan: Die Sperre hatte sich inzwischen geändert.", fr: "Rien n’a été fait : le verrou avait changé entre-temps.", es: "No se ha hecho nada: el bloqueo había cambiado entretanto.", ja: "ロックの状態が変わったため、何も行われませんでした。", zh: "未执行任何操作：锁定状态已发生变化。" }
    /// The box was not checked.
    said_unsure { en: "Nothing was done: please confirm that unsaved text may be lost.", de: "Nichts wurde getan: Bitte bestätige, dass nicht Gespeichertes verloren gehen kann.", fr: "Rien n’a été fait : confirmez que le texte non enregistré peut être perdu.", es: "No se ha hecho nada: confirma que el texto sin guardar puede perderse.", ja: "何も行われませんでした。未保存の内容が失われる可能性があることを確認してください。", zh: "未执行任何操作：请确认未保存的内容可能会丢失。" }
    /// Somebody may not do what he asked for.
    said_refused { en: "You may not do that.", de: "Das darfst du nicht.", fr: "Vous n’êtes pas autorisé à faire cela.", es: "No puedes hacer eso.", ja: "この操作は許可されていません。", zh: "您无权执行此操作。" }
}
