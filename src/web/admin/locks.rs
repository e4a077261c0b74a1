//! `/admin/locks`: files that editors hold now.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Shown, Tab, mark_bytes, mark_text, query};
use crate::{
    host::{Host, HostError, Unless},
    ids::NodeId,
    oauth::Identity,
    store::records::AuditEvent,
    web::{
        account::shown::When,
        desk::{Desk, Tone},
        language::{AdminTexts, DocumentTexts},
        locks::{editor_of, fingerprint},
        visit::Depth,
    },
};

/// Files of a page, about.
const PAGE: usize = 50;

/// Pages of files that are looked through for one page of locks.
const LOOKED_THROUGH: usize = 64;

struct Row {
    id: String,
    path: String,
    held: String,
    holder: String,
    ends: When,
    saver: String,
    saved: When,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p class="quiet">{{ texts.locks_note }}</p>
{% if locks.is_empty() && next.is_empty() %}<p class="card empty">{{ texts.no_locks }}</p>
{% else %}<div class="card"><ul class="rows">
{% for lock in locks %}<li><div><b>{{ lock.path }}</b>
<span class="quiet">{{ lock.holder }} · {{ texts.until }} <time datetime="{{ lock.ends.machine }}">{{ lock.ends.person }}</time> · {{ lock.saver }} <time datetime="{{ lock.saved.machine }}">{{ lock.saved.person }}</time></span></div>
<details class="sure"><summary class="button">{{ texts.break_lock }}</summary><form method="post" action="locks"><p>{{ texts.break_warning }}</p><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="held" value="{{ lock.held }}"><button class="danger" type="submit" name="file" value="{{ lock.id }}">{{ texts.break_now }}</button></form></details></li>
{% endfor %}</ul></div>
{% endif %}{% if !next.is_empty() %}<p class="buttons"><a class="button" href="locks?{{ next }}">{{ texts.more }}</a></p>{% endif %}"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    mark: &'a str,
    locks: Vec<Row>,
    next: String,
}

/// `GET /admin/locks?after=`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    let texts = AdminTexts::of(desk.language());
    let page = Shown::new(&desk, Tab::Locks);
    let page = match desk.parameter("said").as_deref() {
        Some("broken") => page.saying(Tone::Good, texts.broken),
        Some("changed") => page.saying(Tone::Neutral, DocumentTexts::of(desk.language()).said_changed),
        _ => page,
    };
    match body(&desk).await {
        Ok(body) => page.answer(&desk, &body),
        Err(error) => desk.refusal(&error),
    }
}

/// Files that may be locked, and the mark to go on from.
fn find(host: &Host, mut after: Option<Vec<u8>>) -> Result<(Vec<NodeId>, Option<Vec<u8>>), HostError> {
    let mut found = Vec::new();
    for _ in 0..LOOKED_THROUGH {
        let (files, next) = host.maybe_locked(after.as_deref())?;
        found.extend(files);
        after = next;
        if after.is_none() || found.len() >= PAGE {
            break;
        }
    }
    Ok((found, after))
}

async fn body<'a>(desk: &'a Desk<'_>) -> Result<Body<'a>, HostError> {
    let (host, texts, after) = (desk.host(), AdminTexts::of(desk.language()), mark_bytes(desk));
    let looking = host.clone();
    let (files, next) = super::off_the_loop(move || find(&looking, after)).await?;
    let mut locks = Vec::new();
    for file in files {
        match row(host, texts, &file).await {
            Ok(found) => locks.extend(found),
            // Deleted meanwhile.
            Err(HostError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let next = next.map(|mark| query(&[("after", &mark_text(&mark))])).unwrap_or_default();
    Ok(Body { texts, mark: desk.mark(), locks, next })
}

async fn row(host: &Host, texts: &AdminTexts, file: &NodeId) -> Result<Option<Row>, HostError> {
    let Some(held) = host.lock_of(file).await? else { return Ok(None) };
    let head = host.head(file)?;
    Ok(Some(Row {
        id: file.to_string(),
        path: host.path_of(file)?.to_string(),
        held: fingerprint(&held.id),
        holder: texts.held_by.replace("{app}", editor_of(&held.id).unwrap_or(texts.some_editor)),
        ends: held.expires.into(),
        saver: texts.saved_by.replace("{user}", head.modified_by.as_str()),
        saved: head.modified.into(),
    }))
}

/// `POST /admin/locks`: ends the lock that the page showed, and no other.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    let (desk, fields) = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    match end(&desk, field("file"), field("held")).await {
        Ok(said) => desk.go(&format!("admin/locks?said={said}")),
        Err(error) => desk.refusal(&error),
    }
}

async fn end(desk: &Desk<'_>, file: &str, held: &str) -> Result<&'static str, HostError> {
    let file = NodeId::parse(file).map_err(|_| HostError::NotFound)?;
    let Some(lock) = desk.host().lock_of(&file).await?.filter(|lock| fingerprint(&lock.id) == held) else {
        return Ok("changed");
    };
    // Only this one: by now another may be there.
    let Unless::Done(Some(_)) = desk.host().break_lock(&file, Some(&lock)).await? else { return Ok("changed") };
    let note = desk.noted(AuditEvent::LockBroken).at(desk.host(), &file);
    desk.host().audit().note(note.detail(&lock.id.escape_default().to_string())).await;
    Ok("broken")
}
