//! `/lock/{id}`: who is editing a document now, and how that is ended when nobody is there any more.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    figures::moment,
    people::People,
    subject::{self, Subject, Tab},
    trail,
};
use crate::{
    host::{HeldLock, HostError, Unless},
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    store::records::{AuditEvent, FileHead},
    web::{
        assets::{DOCUMENTS_CSS, DOCUMENTS_JS},
        desk::{Desk, DeskPage, Section, Tone},
        language::DocumentTexts,
        locks::{editor_of, fingerprint},
        visit::Depth,
    },
};

/// A document as somebody may look at its lock.
struct Watched {
    id: NodeId,
    head: FileHead,
    /// `None` for an administrator who has no right to the document itself.
    subject: Option<Subject>,
    may_break: bool,
}

impl Watched {
    fn find(desk: &Desk<'_>, id: &str) -> Result<Self, HostError> {
        match Subject::file(desk, id) {
            Ok((subject, head)) => {
                let may_break = subject.role().is_owner() || desk.me.admin;
                Ok(Self { id: subject.id.clone(), head, subject: Some(subject), may_break })
            }
            Err(HostError::NotFound | HostError::NoRight | HostError::Access(_)) if desk.me.admin => {
                let id = NodeId::parse(id).map_err(|_| HostError::NotFound)?;
                Ok(Self { head: desk.host().head(&id)?, id, subject: None, may_break: true })
            }
            Err(error) => Err(error),
        }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<section class="card"><p class="state{% if lock.is_some() %} held{% endif %}">{{ state }}</p>
<dl class="facts">{% if let Some(lock) = lock %}<dt>{{ texts.held_by }}</dt><dd>{{ editor }}</dd>
<dt>{{ texts.ends }}</dt><dd>{{ ends|safe }} <span class="quiet">({{ texts.prolonged }})</span></dd>
{% endif %}<dt>{{ texts.last_save }}</dt><dd>{{ saved|safe }} {{ saved_by }}</dd>
{% if let Some(lock) = lock %}<dt>{{ texts.lock_id }}</dt><dd><code>{{ lock.id }}</code></dd>{% endif %}</dl></section>
{% if lock.is_some() %}{% if may_break %}<section class="card" aria-labelledby="break"><h2 id="break">{{ texts.break_lock }}</h2><p class="message warn" id="warning">{{ texts.warning }}</p>
<form method="post"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="held" value="{{ held }}"><label class="check"><input type="checkbox" name="sure" value="yes" required aria-describedby="warning"> {{ texts.sure }}</label><button class="danger" name="deed" value="break">{{ texts.break_lock }}</button></form></section>
{% else %}<p class="quiet">{{ texts.only_owner }}</p>
{% endif %}{% endif %}"#
)]
struct Page<'a> {
    mark: &'a str,
    texts: &'static DocumentTexts,
    state: &'static str,
    lock: Option<HeldLock>,
    editor: &'static str,
    ends: String,
    held: String,
    saved: String,
    saved_by: String,
    may_break: bool,
}

/// `GET /lock/{id}`.
pub(super) async fn show(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "lock page");
    match Desk::open(&request, &identity, Depth::Two).await {
        Ok(desk) => page(&desk, &id).await.unwrap_or_else(|error| desk.refusal(&error)),
        Err(answer) => answer,
    }
}

async fn page(desk: &Desk<'_>, id: &str) -> Result<HttpResponse, HostError> {
    let watched = Watched::find(desk, id)?;
    let texts = DocumentTexts::of(desk.language());
    let lock = desk.host().lock_of(&watched.id).await?;
    let mut people = People::new(desk);
    let page = Page {
        mark: desk.mark(),
        texts,
        state: if lock.is_some() { texts.held } else { texts.free },
        editor: lock.as_ref().and_then(|lock| editor_of(&lock.id)).unwrap_or(texts.unknown_editor),
        ends: lock.as_ref().map(|lock| moment(lock.expires)).unwrap_or_default(),
        held: lock.as_ref().map(|lock| fingerprint(&lock.id)).unwrap_or_default(),
        lock,
        saved: moment(watched.head.modified),
        saved_by: texts.by.replace("{name}", &people.name(&watched.head.modified_by)),
        may_break: watched.may_break,
    };
    let content = page.render().unwrap_or_default();
    let title = texts.title_lock.replace("{name}", &watched.head.name);
    let message = said(desk, texts);
    match &watched.subject {
        Some(subject) => subject::answer(desk, subject, Tab::Lock, &title, message, &content),
        None => Ok(desk.answer(
            StatusCode::OK,
            &DeskPage {
                title: &title,
                section: Section::Admin,
                message,
                content: &content,
                styles: &[DOCUMENTS_CSS],
                scripts: &[DOCUMENTS_JS],
                ..DeskPage::default()
            },
        )),
    }
}

/// `POST /lock/{id}`: breaks the lock that the page showed, and no other.
pub(super) async fn submit(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "breaking a lock");
    let (desk, fields) = match Desk::form(&request, &identity, Depth::Two, &body).await {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    match break_lock(&desk, &id, field("held"), field("sure") == "yes").await {
        Ok(said) => desk.go(&format!("lock/{}?said={said}", id.as_str())),
        Err(error) => desk.refusal(&error),
    }
}

async fn break_lock(desk: &Desk<'_>, id: &str, held: &str, sure: bool) -> Result<&'static str, HostError> {
    let watched = Watched::find(desk, id)?;
    if !watched.may_break {
        return Ok("refused");
    }
    if !sure {
        return Ok("unsure");
    }
    let Some(lock) = desk.host().lock_of(&watched.id).await? else { return Ok("changed") };
    if fingerprint(&lock.id) != held {
        return Ok("changed");
    }
    // Only this one: by now another may be there.
    let Unless::Done(Some(_)) = desk.host().break_lock(&watched.id, Some(&lock)).await? else { return Ok("changed") };
    let note = trail::noted(desk, AuditEvent::LockBroken, &watched.id).detail(&lock.id.escape_default().to_string());
    trail::note(desk, note).await;
    Ok("broken")
}

fn said(desk: &Desk<'_>, texts: &'static DocumentTexts) -> Option<(Tone, &'static str)> {
    Some(match desk.parameter("said")?.as_str() {
        "broken" => (Tone::Good, texts.said_broken),
        "changed" => (Tone::Neutral, texts.said_changed),
        "unsure" => (Tone::Bad, texts.said_unsure),
        "refused" => (Tone::Bad, texts.said_refused),
        _ => return None,
    })
}
