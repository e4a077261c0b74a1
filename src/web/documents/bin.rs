//! `/bin`: deleted files of one's own: bring them back, or delete them for good.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{figures::moment, people::People, trail};
use crate::{
    clock::Timestamp,
    host::{BinEntry, BinMark, Host, HostError},
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    store::records::AuditEvent,
    web::{
        assets::{DOCUMENTS_CSS, DOCUMENTS_JS},
        desk::{Desk, DeskPage, Section, Tone, icons},
        language::{BinTexts, DocumentTexts},
        sizes::size,
        visit::Depth,
    },
};

/// Files on one page.
const PAGE: usize = 50;

struct Row {
    id: NodeId,
    name: String,
    when: String,
    by: String,
    /// Where it was; empty when that is gone.
    place: String,
    size: String,
}

/// What is asked before it is done.
struct Question {
    text: String,
    deed: &'static str,
    file: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% if let Some(question) = question %}<section class="card ask" aria-labelledby="question"><p id="question" role="alert"><b>{{ question.text }}</b></p>
<form method="post" action="bin" class="buttons"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="file" value="{{ question.file }}"><button class="danger" name="deed" value="{{ question.deed }}" autofocus>{% if question.deed == "empty" %}{{ texts.empty_bin }}{% else %}{{ texts.purge }}{% endif %}</button><a class="button plain" href="bin">{{ cancel }}</a></form></section>
{% endif %}<p class="quiet">{{ lead }}</p>
{% if rows.is_empty() %}<p class="empty">{{ bin|safe }}{{ texts.empty }}</p>{% else %}<p class="buttons"><a class="button" href="bin?ask=all">{{ texts.empty_bin }}</a></p>
<div class="card flat"><table class="stack bin"><caption class="seldom">{{ texts.caption }}</caption><thead><tr><th scope="col">{{ texts.name }}</th><th scope="col">{{ texts.deleted }}</th><th scope="col">{{ texts.place }}</th><th scope="col" class="number">{{ texts.size }}</th><th scope="col"><span class="seldom">{{ texts.actions }}</span></th></tr></thead><tbody>
{% for row in rows %}<tr><th scope="row"><span class="file">{{ file|safe }}{{ row.name }}</span></th><td>{{ row.when|safe }} <span class="quiet">{{ row.by }}</span></td><td data-label="{{ texts.place }}">{% if row.place.is_empty() %}<span class="quiet">{{ texts.place_gone }}</span>{% else %}{{ row.place }}{% endif %}</td><td class="number" data-label="{{ texts.size }}">{{ row.size }}</td>
<td><div class="acts"><form method="post" action="bin"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="file" value="{{ row.id }}"><button name="deed" value="back">{{ texts.bring_back }}<span class="seldom"> {{ row.name }}</span></button></form><a class="button plain bad" href="bin?ask={{ row.id }}">{{ texts.purge }}<span class="seldom"> {{ row.name }}</span></a></div></td></tr>
{% endfor %}</tbody></table></div>
{% endif %}{% if is_later || !more.is_empty() %}<p class="buttons">{% if is_later %}<a class="button" href="bin">{{ texts.newest }}</a>{% endif %}{% if !more.is_empty() %}<a class="button" href="bin?after={{ more }}">{{ texts.more }}</a>{% endif %}</p>
{% endif %}"##
)]
struct Page<'a> {
    mark: &'a str,
    texts: &'static BinTexts,
    cancel: &'static str,
    lead: String,
    question: Option<Question>,
    rows: Vec<Row>,
    bin: &'static str,
    file: &'static str,
    is_later: bool,
    more: String,
}

/// `GET /bin?after=&ask=`.
pub(super) async fn show(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "bin page");
    Desk::page(&request, &identity, Depth::One, async |desk| page(desk).await).await
}

async fn page(desk: &Desk<'_>) -> Result<HttpResponse, HostError> {
    let texts = BinTexts::of(desk.language());
    let after = desk.parameter("after").and_then(|text| mark(&text));
    let is_later = after.is_some();
    let (host, me) = (desk.host().clone(), desk.me.user.clone());
    let (entries, next) = desk.host().away(move || host.bin_newest_first(&me, after.as_ref(), PAGE)).await?;
    let mut people = People::new(desk);
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(row(desk, entry, &mut people)?);
    }
    let lead = match desk.host().options().bin_age {
        Some(age) => texts.lead.replace("{n}", &age.as_secs().div_ceil(86_400).to_string()),
        None => texts.lead_endless.to_owned(),
    };
    let page = Page {
        mark: desk.mark(),
        texts,
        cancel: desk.texts().cancel,
        lead,
        question: question(desk, texts)?,
        rows,
        bin: icons::BIN,
        file: icons::FILE,
        is_later,
        more: next.map(|next| format!("{}.{}", next.at.ticks(), next.node)).unwrap_or_default(),
    };
    let content = page.render().unwrap_or_default();
    let said = said(desk, texts)?;
    Ok(desk.answer(
        StatusCode::OK,
        &DeskPage {
            title: desk.texts().bin,
            section: Section::Bin,
            message: said.as_ref().map(|(tone, text)| (*tone, text.as_str())),
            content: &content,
            styles: &[DOCUMENTS_CSS],
            scripts: &[DOCUMENTS_JS],
            ..DeskPage::default()
        },
    ))
}

fn row(desk: &Desk<'_>, entry: BinEntry, people: &mut People<'_>) -> Result<Row, HostError> {
    let common = DocumentTexts::of(desk.language());
    let place = place(desk, &entry.node)?.unwrap_or_default();
    let (when, by) = match &entry.head.binned {
        Some(binned) => (moment(binned.at), common.by.replace("{name}", &people.name(&binned.by))),
        None => Default::default(),
    };
    let size = size(entry.head.content.size, desk.language());
    Ok(Row { id: entry.node, name: entry.head.name, when, by, place, size })
}

/// The folders around a file, as its owner knows them; `None` when they are gone.
fn place(desk: &Desk<'_>, file: &NodeId) -> Result<Option<String>, HostError> {
    match desk.host().path_of(file) {
        Ok(mut path) => {
            path.names.pop();
            let names = std::iter::once(desk.texts().files).chain(path.names.iter().map(String::as_str));
            Ok(Some(names.collect::<Vec<_>>().join(" / ")))
        }
        Err(HostError::NotFound | HostError::Misplaced(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn question(desk: &Desk<'_>, texts: &'static BinTexts) -> Result<Option<Question>, HostError> {
    let Some(asked) = desk.parameter("ask") else { return Ok(None) };
    if asked == "all" {
        return Ok(Some(Question { text: texts.ask_all.to_owned(), deed: "empty", file: String::new() }));
    }
    let Ok(file) = NodeId::parse(&asked) else { return Ok(None) };
    let head = desk.host().in_bin_of(&desk.me.user, &file)?;
    Ok(head.map(|head| Question {
        text: texts.ask_one.replace("{name}", &head.name),
        deed: "purge",
        file: file.to_string(),
    }))
}

/// Where a page begins, as its address says it: `<ticks>.<id>`.
fn mark(text: &str) -> Option<BinMark> {
    let (at, node) = text.split_once('.')?;
    Some(BinMark { at: Timestamp::from_ticks(at.parse().ok()?), node: NodeId::parse(node).ok()? })
}

/// `POST /bin`.
pub(super) async fn submit(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "bin");
    let act = async |desk: &Desk<'_>, fields: &_| Ok(desk.go(&format!("bin?said={}", decide(desk, fields).await?)));
    Desk::sent(&request, &identity, Depth::One, &body, act).await
}

async fn decide(desk: &Desk<'_>, fields: &HashMap<String, String>) -> Result<String, HostError> {
    let deed = fields.get("deed").map_or("", String::as_str);
    if deed == "empty" {
        empty(desk.host(), desk).await?;
        trail::note(desk, desk.noted(AuditEvent::Purged).detail("the whole bin")).await;
        return Ok("emptied".to_owned());
    }
    let file = fields.get("file").and_then(|file| NodeId::parse(file).ok());
    let Some(file) = file else { return Ok("gone".to_owned()) };
    // Only what lies in his own bin is his to decide on.
    if desk.host().in_bin_of(&desk.me.user, &file)?.is_none() {
        return Ok("gone".to_owned());
    }
    let done = match deed {
        "back" => {
            let back = desk.host().undelete(&file).await;
            if back.is_ok() {
                trail::note(desk, trail::noted(desk, AuditEvent::Undeleted, &file)).await;
            }
            back.map(|_| format!("back&file={file}"))
        }
        "purge" => {
            // Made before it is gone, and with it its path.
            let note = trail::noted(desk, AuditEvent::Purged, &file);
            let purged = desk.host().purge(&file).await;
            if purged.is_ok() {
                trail::note(desk, note).await;
            }
            purged.map(|()| "purged".to_owned())
        }
        _ => return Ok("nothing".to_owned()),
    };
    match done {
        Err(HostError::NotFound) => Ok("gone".to_owned()),
        done => done,
    }
}

/// Goes on to its end should the browser not wait for it.
async fn empty(host: &Host, desk: &Desk<'_>) -> Result<u64, HostError> {
    let (host, me) = (host.clone(), desk.me.user.clone());
    let emptied = actix_web::rt::spawn(async move { host.empty_bin(&me).await }).await;
    emptied.map_err(|_| HostError::ShuttingDown)?
}

fn said(desk: &Desk<'_>, texts: &'static BinTexts) -> Result<Option<(Tone, String)>, HostError> {
    let (tone, text) = match desk.parameter("said").unwrap_or_default().as_str() {
        "back" => {
            let file = desk.parameter("file").and_then(|file| NodeId::parse(&file).ok());
            let head = file.as_ref().and_then(|file| desk.host().head(file).ok());
            // The address may name anything: only his own files are told by name.
            let head = head.filter(|head| head.owner.folded() == desk.me.user.folded());
            let (Some(file), Some(head)) = (file, head) else { return Ok(None) };
            let place = place(desk, &file)?.unwrap_or_default();
            (Tone::Good, texts.said_back.replace("{place}", &place).replace("{name}", &head.name))
        }
        "purged" => (Tone::Good, texts.said_purged.to_owned()),
        "emptied" => (Tone::Good, texts.said_emptied.to_owned()),
        "gone" => (Tone::Neutral, texts.said_gone.to_owned()),
        _ => return Ok(None),
    };
    Ok(Some((tone, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_an_address_is_a_moment_and_a_file() {
        let good = mark("17.abc").unwrap();
        assert_eq!((good.at.ticks(), good.node.as_str()), (17, "abc"));
        for none in ["", "17", "x.abc", "17.", "17.a b", ".abc", "99999999999999999999.abc"] {
            assert_eq!(mark(none), None, "{none}");
        }
    }
}
