//! `GET /file/{id}`: one file or folder, what is known of it, and all that can be done with it; what a row's menu leads to
//! where there is no script.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Bytes},
};
use askama::Template;

use super::{
    super::{
        assets::{FOLDER_CSS, FOLDER_JS},
        desk::{Desk, DeskPage, Section, Tone, icons},
        downloads,
        frame::redirect,
        language::{DocumentTexts, FolderTexts},
        locks::editor_of,
        moments,
        sizes::size,
        visit::Depth,
    },
    Crumb, anything, back,
    items::may_take_away,
    rows::{Rows, kind, picture},
    said, way,
};
use crate::{
    host::{HostError, Unless, access::Access, shared_with_me, tokens::Resource},
    ids::NodeId,
    launch::{OfficeApp, Origin},
    lock::LockId,
    oauth::Identity,
    office::{Launcher, Wish},
    permission::Role,
    server::{note_operation, note_reason},
    wopi::Wopi,
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<nav class="crumbs" aria-label="{{ texts.way }}"><ol>{% for crumb in way %}<li><a href="../folder/{{ crumb.id }}">{{ crumb.name }}</a>{% endfor %}</ol></nav>
<h1 class="titled"><i class="{{ picture }}"></i><bdi>{{ name }}</bdi></h1>
{% if held %}<p class="message warn">{{ icons::LOCK|safe }} {{ texts.held_long }}</p>
{% endif %}<div class="buttons">{% if !open.is_empty() %}<a class="button first" href="{{ open }}">{{ texts.open }}</a>{% endif %}{% if is_file %}<a class="button" href="{{ id }}/download" download>{{ icons::DOWNLOAD|safe }}<span>{{ texts.download }}</span></a>{% if office %}<a class="button on-phones" href="{{ id }}/app">{{ texts.open_in_app }}</a>{% endif %}<a class="button" href="../versions/{{ id }}">{{ icons::HISTORY|safe }}<span>{{ texts.versions }}</span></a>{% endif %}{% if may_share %}<a class="button" href="../share/{{ id }}">{{ icons::PEOPLE|safe }}<span>{{ texts.share }}</span></a>{% endif %}</div>
<dl class="card facts"><div><dt>{{ texts.kind }}</dt><dd>{{ kind }}</dd></div>{% for (name, value) in facts %}<div><dt>{{ name }}</dt><dd>{{ value }}</dd></div>{% endfor %}{% for (name, at, when) in times %}<div><dt>{{ name }}</dt><dd><time datetime="{{ at }}">{{ when }} UTC</time></dd></div>{% endfor %}</dl>
{% if may_rename %}<form class="card narrow" method="post" action="{{ id }}/rename"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="back" value="file/{{ id }}"><label for="name">{{ texts.name }}</label><div class="field-row"><input id="name" name="name" value="{{ stem }}" required maxlength="250" autocomplete="off"><button>{{ texts.rename }}</button></div></form>
{% endif %}<div class="buttons">{% if may_remove || is_file %}<a class="button" href="../folder/{{ parent }}/move?items={{ id }}&amp;back=file/{{ id }}">{{ icons::FOLDER|safe }}<span>{{ texts.move_or_copy }}</span></a>{% endif %}{% if may_remove %}<form method="post" action="../folder/{{ parent }}/items"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="i{{ id }}" value="on"><button name="act" value="bin" class="danger"{% if !is_file %} data-confirm="{{ texts.sure_folder }}"{% endif %}>{{ icons::BIN|safe }}<span>{{ texts.delete }}</span></button></form>{% endif %}</div>"##
)]
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that is shown or not")]
struct Content<'a> {
    texts: &'a FolderTexts,
    mark: &'a str,
    id: &'a str,
    name: &'a str,
    stem: &'a str,
    picture: char,
    kind: &'static str,
    parent: String,
    way: Vec<Crumb>,
    open: String,
    is_file: bool,
    office: bool,
    held: bool,
    may_share: bool,
    may_rename: bool,
    may_remove: bool,
    facts: Vec<(&'static str, String)>,
    times: Vec<(&'static str, String, String)>,
}

pub(super) async fn page(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    wopi: web::Data<Wopi>,
) -> HttpResponse {
    note_operation(&request, "file page");
    let desk = match Desk::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    show(&desk, &id, &wopi).unwrap_or_else(|error| desk.refusal(&error))
}

fn thing(desk: &Desk<'_>, id: &str) -> Result<(NodeId, Access), HostError> {
    let id = NodeId::parse(id).map_err(|_| HostError::NotFound)?;
    let access = anything(desk, &id)?;
    if access.head.as_ref().is_some_and(|head| head.binned.is_some()) {
        return Err(HostError::NotFound);
    }
    Ok((id, access))
}

fn show(desk: &Desk<'_>, id: &str, wopi: &Wopi) -> Result<HttpResponse, HostError> {
    let texts = FolderTexts::of(desk.language());
    let (id, access) = thing(desk, id)?;
    let way = way(desk, &access)?;
    let is_shared = way.first().is_some_and(|first| shared_with_me::drive_of(&first.id).is_some());
    let content = content(desk, wopi, &id, &access, way)?;
    let message = said::message(desk, texts);
    let message = message.as_ref().map(|(tone, text)| (*tone, text.as_str()));
    Ok(desk.answer(
        StatusCode::OK,
        &DeskPage {
            title: &content.0,
            section: if is_shared { Section::Shared } else { Section::Files },
            message,
            content: &content.1,
            own_heading: true,
            styles: &[FOLDER_CSS],
            scripts: &[FOLDER_JS],
            ..DeskPage::default()
        },
    ))
}

/// The name, and what is on the page.
fn content(
    desk: &Desk<'_>,
    wopi: &Wopi,
    id: &NodeId,
    access: &Access,
    way: Vec<Crumb>,
) -> Result<(String, String), HostError> {
    let texts = FolderTexts::of(desk.language());
    let may_remove = may_take_away(desk, access).is_ok();
    let parent = way.last().map_or_else(|| desk.me.drive.to_string(), |parent| parent.id.to_string());
    let mut rows = Rows::new(desk, wopi);
    let name;
    let mut content = Content {
        texts,
        mark: desk.mark(),
        id: id.as_str(),
        name: "",
        stem: "",
        picture: 'f',
        kind: texts.folder,
        parent,
        way,
        open: format!("../folder/{id}"),
        is_file: false,
        office: false,
        held: false,
        may_share: access.role.can_share(),
        may_rename: access.role.can_write(),
        may_remove,
        facts: Vec::new(),
        times: Vec::new(),
    };
    if let Some(head) = &access.head {
        name = head.name.clone();
        content.picture = picture(&name, false);
        content.kind = kind(content.picture, texts);
        content.is_file = true;
        content.office = OfficeApp::of_file(&name).is_some();
        content.held = desk.host().is_held(id, head);
        let way_in = if access.role.can_write() { "edit" } else { "view" };
        let opened = rows.is_opened(&name, access.role);
        content.open = if opened { format!("../{way_in}/{id}") } else { String::new() };
        content.facts = vec![
            (texts.size, size(head.content.size, desk.language())),
            (texts.by, rows.person(&head.modified_by)?),
            (texts.owner, rows.person(&head.owner)?),
        ];
        content.times = vec![
            (texts.changed, moments::second(head.modified), moments::minute(head.modified)),
            (texts.created, moments::second(head.created), moments::minute(head.created)),
        ];
    } else {
        let facts = desk.host().container_facts(access, id)?;
        let record = desk.host().container(id)?;
        name = super::special_name(desk, id).map_or(facts.name, str::to_owned);
        content.may_rename = facts.may_rename;
        content.may_share = facts.may_share;
        content.facts = vec![(texts.owner, rows.person(&record.owner)?)];
        content.times = vec![(texts.created, moments::second(record.created), moments::minute(record.created))];
    }
    let stem = if content.is_file { stem(&name).to_owned() } else { name.clone() };
    let content = Content { name: &name, stem: &stem, ..content };
    let rendered = content.render().unwrap_or_default();
    Ok((name, rendered))
}

/// The name without its extension, which renaming keeps.
fn stem(name: &str) -> &str {
    name.rfind('.').filter(|dot| *dot > 0).map_or(name, |dot| &name[..dot])
}

pub(super) async fn rename(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    body: Bytes,
) -> HttpResponse {
    note_operation(&request, "renamed");
    let (desk, fields) = match Desk::form(&request, &identity, Depth::Three, &body).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let texts = FolderTexts::of(desk.language());
    let name = fields.get("name").map_or("", |name| name.trim());
    let wrong = match rename_one(&desk, &id, name).await {
        Ok(Unless::Done(())) => return back(&desk, fields.get("back"), &format!("file/{id}"), "said=renamed"),
        Ok(Unless::Locked(current)) => return held(&desk, &id, current.as_ref().map_or("", LockId::as_str)),
        Err(HostError::NameTaken) => (StatusCode::CONFLICT, texts.name_taken),
        Err(HostError::IllegalName(_)) => (StatusCode::UNPROCESSABLE_ENTITY, texts.name_illegal),
        Err(error) => return desk.refusal(&error),
    };
    refused(&desk, &id, wrong, "")
}

/// Somebody has it open: in what, and the way to who edits it.
fn held(desk: &Desk<'_>, id: &str, lock: &str) -> HttpResponse {
    let texts = FolderTexts::of(desk.language());
    let editor = editor_of(lock).map(|editor| texts.held_with.replace("{editor}", editor));
    let editor = editor.map(|text| format!("<p>{text}</p>")).unwrap_or_default();
    let who = DocumentTexts::of(desk.language()).lock;
    let more = format!(r#"{editor}<p><a class="button" href="../../lock/{id}">{who}</a></p>"#);
    refused(desk, id, (StatusCode::LOCKED, texts.held_refused), &more)
}

/// The name cannot be had: a page that says so, with a way back. The id must be a good one.
fn refused(desk: &Desk<'_>, id: &str, wrong: (StatusCode, &str), more: &str) -> HttpResponse {
    let texts = FolderTexts::of(desk.language());
    let content = format!(r#"{more}<p><a class="button first" href="../{id}">{}</a></p>"#, texts.go_back);
    desk.answer(
        wrong.0,
        &DeskPage {
            title: texts.rename,
            section: Section::Files,
            message: Some((Tone::Bad, wrong.1)),
            content: &content,
            ..DeskPage::default()
        },
    )
}

async fn rename_one(desk: &Desk<'_>, id: &str, name: &str) -> Result<Unless<()>, HostError> {
    let (id, access) = thing(desk, id)?;
    if access.head.is_none() {
        let name = crate::names::FileName::parse(name)?;
        desk.host().rename_container(&access, &name).await?;
        return Ok(Unless::Done(()));
    }
    access.require(Role::Editor)?;
    let present = desk.host().name_of(crate::store::records::NodeKind::File, &id)?;
    // Whoever typed the extension as well means the same name.
    let extension = present.extension();
    let typed = name.strip_suffix(extension).filter(|stem| !stem.is_empty()).unwrap_or(name);
    let to = present.with_stem(typed)?;
    desk.host().rename_exactly(&access, &to).await
}

/// The bytes, as an attachment, for whoever has a session: no token is in the address.
pub(super) async fn download(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "download by session");
    let desk = match Desk::open(&request, &identity, Depth::Three).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let reading = NodeId::parse(&id).map_err(|_| HostError::NotFound).and_then(|id| {
        let access = desk.access(Resource::File(id))?;
        desk.host().read(access.file()?)
    });
    match reading {
        Ok(reading) => downloads::deliver(&request, reading).await,
        Err(error) => {
            note_reason(&request, error.to_string());
            desk.refusal(&error)
        }
    }
}

/// On to the Office app, which signs its user in by itself: the link holds no token (rule B-86).
pub(super) async fn app(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "open in the app");
    let desk = match Desk::open(&request, &identity, Depth::Three).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let launcher = Launcher { host: desk.host(), urls: &identity.urls, settings: &identity.settings };
    let wish = Wish { origin: Origin::Web, ..Wish::default() };
    let launch = NodeId::parse(&id).ok().and_then(|id| launcher.link(&desk.me, &id, wish).ok());
    match launch {
        Some(launch) => redirect(StatusCode::SEE_OTHER, &launch.link),
        None => desk.refusal(&HostError::NotFound),
    }
}
