//! What the page of sharing says.

use super::table::texts;

texts! {
    /// What the page of sharing says.
    pub(crate) struct SharingTexts;
    /// Its heading: `{name}`.
    title { en: "Share “{name}”", de: "„{name}“ freigeben", fr: "Partager « {name} »", es: "Compartir «{name}»", ja: "「{name}」を共有", zh: "共享“{name}”" }
    /// For somebody who may only look: `{owner}`.
    may_not { en: "You can view this, but not share it. Whoever may is {owner}.", de: "Du kannst dies ansehen, aber nicht freigeben. Das kann {owner}.", fr: "Vous pouvez consulter cet élément, mais pas le partager. {owner} peut le faire.", es: "Puedes ver esto, pero no compartirlo. Puede hacerlo {owner}.", ja: "閲覧はできますが、共有はできません。共有できるのは {owner} です。", zh: "您可以查看此内容，但不能共享。可由 {owner} 共享。" }
    /// Button: give up one's own right.
    leave { en: "Remove it from what is shared with me", de: "Aus dem entfernen, was für mich freigegeben ist", fr: "Retirer de ce qui est partagé avec moi", es: "Quitar de lo compartido conmigo", ja: "自分への共有から外す", zh: "从与我共享的内容中移除" }
    /// The question before it.
    leave_question { en: "You will no longer see this. Go on?", de: "Du siehst dies dann nicht mehr. Fortfahren?", fr: "Vous ne verrez plus cet élément. Continuer ?", es: "Dejarás de ver esto. ¿Continuar?", ja: "この項目は表示されなくなります。続けますか？", zh: "您将不再看到此内容。是否继续？" }
    /// Heading of the list of people.
    people { en: "Who has access", de: "Wer Zugriff hat", fr: "Qui a accès", es: "Quién tiene acceso", ja: "アクセスできる人", zh: "谁有访问权限" }
    /// Head of a column.
    person { en: "Person", de: "Person", fr: "Personne", es: "Persona", ja: "ユーザー", zh: "人员" }
    /// Head of a column.
    access { en: "Access", de: "Zugriff", fr: "Accès", es: "Acceso", ja: "権限", zh: "权限" }
    /// Head of a column.
    change { en: "Change", de: "Ändern", fr: "Modifier", es: "Cambiar", ja: "変更", zh: "更改" }
    /// Where an inherited right comes from: `{folder}`.
    from_folder { en: "by the folder “{folder}”", de: "durch den Ordner „{folder}“", fr: "par le dossier « {folder} »", es: "por la carpeta «{folder}»", ja: "フォルダー「{folder}」から", zh: "来自文件夹“{folder}”" }
    /// The same, for somebody who may not see that folder.
    from_above { en: "by a folder around it", de: "durch einen übergeordneten Ordner", fr: "par un dossier parent", es: "por una carpeta superior", ja: "上位のフォルダーから", zh: "来自上级文件夹" }
    /// Link to the folder's page: `{folder}`.
    change_there { en: "Change at “{folder}”", de: "Bei „{folder}“ ändern", fr: "Modifier dans « {folder} »", es: "Cambiar en «{folder}»", ja: "「{folder}」で変更", zh: "在“{folder}”处更改" }
    /// Label of the choice in a row: `{name}`.
    role_of { en: "What {name} may do", de: "Was {name} darf", fr: "Ce que {name} peut faire", es: "Qué puede hacer {name}", ja: "{name} の権限", zh: "{name} 的权限" }
    /// Button.
    save { en: "Save", de: "Speichern", fr: "Enregistrer", es: "Guardar", ja: "保存", zh: "保存" }
    /// Button.
    take { en: "Remove", de: "Entfernen", fr: "Retirer", es: "Quitar", ja: "削除", zh: "移除" }
    /// The question before it: `{name}`.
    take_question { en: "Take access away from {name}?", de: "{name} den Zugriff nehmen?", fr: "Retirer l’accès à {name} ?", es: "¿Quitar el acceso a {name}?", ja: "{name} のアクセス権を削除しますか？", zh: "要移除 {name} 的访问权限吗？" }
    /// Heading of the form.
    add { en: "Share with a person", de: "Für eine Person freigeben", fr: "Partager avec une personne", es: "Compartir con una persona", ja: "ユーザーと共有", zh: "与某人共享" }
    /// Label of its field.
    who { en: "User name or e-mail address", de: "Benutzername oder E-Mail-Adresse", fr: "Nom d’utilisateur ou adresse e-mail", es: "Nombre de usuario o correo electrónico", ja: "ユーザー名またはメールアドレス", zh: "用户名或电子邮件地址" }
    /// Label of the choice of a role.
    role { en: "Access", de: "Zugriff", fr: "Accès", es: "Acceso", ja: "権限", zh: "权限" }
    /// Button.
    give { en: "Share", de: "Freigeben", fr: "Partager", es: "Compartir", ja: "共有", zh: "共享" }
    /// Heading of the links.
    links { en: "Share by a link", de: "Über einen Link freigeben", fr: "Partager par un lien", es: "Compartir con un enlace", ja: "リンクで共有", zh: "通过链接共享" }
    /// Under it.
    links_lead { en: "Whoever has the link gets in without an account. Give it only to people whom you trust.", de: "Wer den Link hat, kommt ohne Konto hinein. Gib ihn nur Menschen, denen du vertraust.", fr: "Toute personne ayant le lien y accède sans compte. Ne le donnez qu’à des personnes de confiance.", es: "Quien tenga el enlace entra sin cuenta. Dáselo solo a personas de confianza.", ja: "リンクを知っている人は誰でもアカウントなしで開けます。信頼できる人にだけ渡してください。", zh: "拥有链接的任何人无需账户即可访问。请只发给您信任的人。" }
    /// Label.
    ends { en: "Ends", de: "Endet", fr: "Expire", es: "Caduca", ja: "有効期限", zh: "到期" }
    /// A choice.
    never { en: "Never", de: "Nie", fr: "Jamais", es: "Nunca", ja: "無期限", zh: "永不" }
    /// A choice.
    week { en: "In 7 days", de: "In 7 Tagen", fr: "Dans 7 jours", es: "En 7 días", ja: "7 日後", zh: "7 天后" }
    /// A choice.
    month { en: "In 30 days", de: "In 30 Tagen", fr: "Dans 30 jours", es: "En 30 días", ja: "30 日後", zh: "30 天后" }
    /// A choice.
    day { en: "After a certain day", de: "Nach einem bestimmten Tag", fr: "Après un jour précis", es: "Después de un día concreto", ja: "日付を指定", zh: "指定日期之后" }
    /// Label of the day.
    last_day { en: "Last day (UTC)", de: "Letzter Tag (UTC)", fr: "Dernier jour (UTC)", es: "Último día (UTC)", ja: "最終日（UTC）", zh: "最后一天 (UTC)" }
    /// Button.
    make { en: "Make a link", de: "Link erstellen", fr: "Créer un lien", es: "Crear un enlace", ja: "リンクを作成", zh: "创建链接" }
    /// Heading of the list.
    existing { en: "Links that work now", de: "Links, die jetzt gelten", fr: "Liens valides actuellement", es: "Enlaces que funcionan ahora", ja: "有効なリンク", zh: "当前有效的链接" }
    /// There is none.
    no_links { en: "There is no link to this yet.", de: "Es gibt noch keinen Link hierauf.", fr: "Aucun lien pour l’instant.", es: "Todavía no hay ningún enlace.", ja: "リンクはまだありません。", zh: "还没有链接。" }
    /// Label of the field with the address: `{n}`.
    address { en: "Address of link {n}", de: "Adresse von Link {n}", fr: "Adresse du lien {n}", es: "Dirección del enlace {n}", ja: "リンク {n} のアドレス", zh: "链接 {n} 的地址" }
    /// In place of the address of somebody else's link.
    hidden { en: "Only its maker and the owner see the address of this link.", de: "Die Adresse dieses Links sehen nur sein Ersteller und der Eigentümer.", fr: "Seuls son créateur et le propriétaire voient l’adresse de ce lien.", es: "Solo quien lo creó y el propietario ven la dirección de este enlace.", ja: "このリンクのアドレスは作成者と所有者にだけ表示されます。", zh: "只有创建者和所有者能看到此链接的地址。" }
    /// Button.
    copy { en: "Copy", de: "Kopieren", fr: "Copier", es: "Copiar", ja: "コピー", zh: "复制" }
    /// What it says afterwards.
    copied { en: "Copied", de: "Kopiert", fr: "Copié", es: "Copiado", ja: "コピーしました", zh: "已复制" }
    /// It has no end.
    endless { en: "Never ends", de: "Endet nie", fr: "N’expire jamais", es: "No caduca", ja: "無期限", zh: "永不到期" }
    /// Before the moment of its end.
    until { en: "Ends", de: "Endet", fr: "Expire le", es: "Caduca el", ja: "期限", zh: "到期时间" }
    /// Who made it: `{name}`.
    made_by { en: "made by {name}", de: "erstellt von {name}", fr: "créé par {name}", es: "creado por {name}", ja: "作成者 {name}", zh: "由 {name} 创建" }
    /// Button.
    end_link { en: "End this link", de: "Link beenden", fr: "Supprimer ce lien", es: "Anular este enlace", ja: "リンクを無効にする", zh: "停用此链接" }
    /// The question before it.
    end_question { en: "The link will stop working at once. Go on?", de: "Der Link gilt dann sofort nicht mehr. Fortfahren?", fr: "Le lien cessera aussitôt de fonctionner. Continuer ?", es: "El enlace dejará de funcionar al instante. ¿Continuar?", ja: "リンクはすぐに使えなくなります。続けますか？", zh: "链接将立即失效。是否继续？" }
    /// Done.
    said_added { en: "Shared.", de: "Freigegeben.", fr: "Partagé.", es: "Compartido.", ja: "共有しました。", zh: "已共享。" }
    /// Done.
    said_changed { en: "The access was changed.", de: "Der Zugriff wurde geändert.", fr: "L’accès a été modifié.", es: "El acceso se ha cambiado.", ja: "権限を変更しました。", zh: "权限已更改。" }
    /// Done.
    said_taken { en: "The access was taken away.", de: "Der Zugriff wurde genommen.", fr: "L’accès a été retiré.", es: "El acceso se ha quitado.", ja: "アクセス権を削除しました。", zh: "访问权限已移除。" }
    /// Done.
    said_linked { en: "The link is ready.", de: "Der Link ist bereit.", fr: "Le lien est prêt.", es: "El enlace está listo.", ja: "リンクを作成しました。", zh: "链接已创建。" }
    /// Done.
    said_unlinked { en: "The link was ended.", de: "Der Link wurde beendet.", fr: "Le lien a été supprimé.", es: "El enlace se ha anulado.", ja: "リンクを無効にしました。", zh: "链接已停用。" }
    /// Not done.
    said_unknown { en: "Nobody here has that name or address.", de: "Niemand hier hat diesen Namen oder diese Adresse.", fr: "Personne ici n’a ce nom ou cette adresse.", es: "Nadie aquí tiene ese nombre o esa dirección.", ja: "その名前またはアドレスのユーザーは見つかりません。", zh: "没有人使用该名称或地址。" }
    /// Not done.
    said_several { en: "More than one person has that name or address. Please give the user name.", de: "Mehrere Personen haben diesen Namen oder diese Adresse. Bitte gib den Benutzernamen an.", fr: "Plusieurs personnes ont ce nom ou cette adresse. Indiquez le nom d’utilisateur.", es: "Más de una persona tiene ese nombre o esa dirección. Indica el nombre de usuario.", ja: "該当するユーザーが複数います。ユーザー名を入力してください。", zh: "有多人使用该名称或地址。请输入用户名。" }
    /// Not done.
    said_owner { en: "The owner has every right already.", de: "Der Eigentümer hat bereits jedes Recht.", fr: "Le propriétaire a déjà tous les droits.", es: "El propietario ya tiene todos los derechos.", ja: "所有者はすでにすべての権限を持っています。", zh: "所有者已拥有全部权限。" }
    /// Not done.
    said_self { en: "You have access already.", de: "Du hast bereits Zugriff.", fr: "Vous avez déjà accès.", es: "Ya tienes acceso.", ja: "すでにアクセス権があります。", zh: "您已拥有访问权限。" }
    /// Not done.
    said_day { en: "No link was made: please choose a day that is not over.", de: "Kein Link wurde erstellt: Bitte wähle einen Tag, der noch nicht vorbei ist.", fr: "Aucun lien créé : choisissez un jour qui n’est pas passé.", es: "No se ha creado ningún enlace: elige un día que no haya pasado.", ja: "リンクは作成されませんでした。過ぎていない日付を選んでください。", zh: "未创建链接：请选择尚未过去的日期。" }
    /// Not done.
    said_many { en: "No link was made: there are very many already. Please end some.", de: "Kein Link wurde erstellt: Es gibt schon sehr viele. Bitte beende einige.", fr: "Aucun lien créé : il y en a déjà beaucoup. Supprimez-en quelques-uns.", es: "No se ha creado ningún enlace: ya hay muchísimos. Anula algunos.", ja: "リンクが多すぎるため作成されませんでした。不要なリンクを無効にしてください。", zh: "未创建链接：链接数量过多，请先停用一些。" }
}
