//! `/admin/locks`: files that editors hold now.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Shown, Tab, mark_bytes, mark_text, query};
use crate::{
    host::{Host, HostError},
    ids::NodeId,
    oauth::Identity,
    store::records::AuditEvent,
    web::{
        account::shown::When,
        desk::{Desk, Tone},
        language::AdminTexts,
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
<details class="sure"><summary class="button">{{ texts.break_lock }}</summary><form method="post" action="locks"><p>{{ texts.break_warning }}</p><input type="hidden" name="form" value="{{ mark }}"><button class="danger" type="submit" name="file" value="{{ lock.id }}">{{ texts.break_now }}</button></form></details></li>
{% endfor %}</ul></div>
{% endif %}{% if !next.is_empty() %}<p class="buttons"><a class="button" href="locks?{{ next }}">{{ texts.more }}</a></p>{% endif %}"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    mark: &'a str,
    locks: Vec<Row>,
    next: String,
}

/// Which editor makes lock ids like this one, as far as is known.
fn app_of(lock: &str) -> Option<&'static str> {
    if lock.starts_with("cool-lock") || lock.starts_with("lool-lock") {
        return Some("Collabora Online");
    }
    (lock.starts_with('{') && lock.contains("\"S\"")).then_some("Microsoft Office")
}

/// `GET /admin/locks?after=`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    let texts = AdminTexts::of(desk.language());
    let page = Shown::new(&desk, Tab::Locks);
    let page = if desk.parameter("said").is_some() { page.saying(Tone::Good, texts.broken) } else { page };
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
        holder: texts.held_by.replace("{app}", app_of(&held.id).unwrap_or(texts.some_editor)),
        ends: held.expires.into(),
        saver: texts.saved_by.replace("{user}", head.modified_by.as_str()),
        saved: head.modified.into(),
    }))
}

/// `POST /admin/locks`: ends a lock.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    let (desk, fields) = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let done = async {
        let file = NodeId::parse(fields.get("file").map_or("", String::as_str)).map_err(|_| HostError::NotFound)?;
        if desk.host().lock_of(&file).await?.is_some() {
            desk.host().break_lock(&file).await?;
            let note = desk.noted(AuditEvent::LockBroken).at(desk.host(), &file);
            desk.host().audit().note(note).await;
        }
        Ok::<_, HostError>(desk.go("admin/locks?said=broken"))
    };
    done.await.unwrap_or_else(|error| desk.refusal(&error))
}

#[cfg(test)]
mod tests {
    use super::app_of;

    #[test]
    fn editors_are_told_by_their_lock_ids() {
        assert_eq!(app_of("cool-lock1234abcd"), Some("Collabora Online"));
        assert_eq!(app_of("{\"S\":\"4a0c\",\"F\":4,\"E\":2}"), Some("Microsoft Office"));
        assert_eq!(app_of("anything"), None);
    }
}
