//! `GET`, `POST /folder/{id}/move`: the folder into which files and folders are moved or copied, found by walking: no script
//! is needed.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Bytes},
};
use askama::Template;

use super::{
    super::{
        assets::{FOLDER_CSS, FOLDER_JS},
        desk::{Desk, DeskPage, Section, icons},
        language::FolderTexts,
        visit::Depth,
    },
    Crumb, anything, back, folder,
    items::MOST,
    said::{Fate, Tally},
    special_name, way,
};
use crate::{
    host::{
        HostError, Listed, Unless,
        access::{Access, Face},
        shared_with_me,
        tokens::Resource,
    },
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    store::records::NodeKind,
};

/// Folders that are offered on one page.
const FOLDERS: usize = 1_000;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p class="quiet">{{ what }}</p>
<nav class="crumbs" aria-label="{{ texts.way }}"><ol>{% for crumb in way %}<li><a href="move?items={{ items }}&amp;to={{ crumb.id }}{{ back_query }}">{{ crumb.name }}</a>{% endfor %}<li><b>{{ name }}</b></ol></nav>
<ul class="choose">{% for child in folders %}<li><a href="move?items={{ items }}&amp;to={{ child.id }}{{ back_query }}"><i class="f"></i>{{ child.name }}</a></li>
{% endfor %}</ul>
{% if folders.is_empty() %}<p class="quiet">{{ texts.no_folders }}</p>{% endif %}{% if cut %}<p class="quiet">{{ texts.more_folders }}</p>{% endif %}
<form class="choose-buttons" method="post" action="move"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="items" value="{{ items }}"><input type="hidden" name="to" value="{{ to }}"><input type="hidden" name="back" value="{{ back }}">
<a class="button" href="../../{{ back }}">{{ cancel }}</a>{% if copies %}<button name="act" value="copy"{% if !may %} disabled{% endif %}>{{ texts.copy_here }}</button>{% endif %}<button name="act" value="move" class="first"{% if !may %} disabled{% endif %}>{{ icons::FOLDER|safe }}<span>{{ texts.move_here }}</span></button></form>"#
)]
struct Content<'a> {
    texts: &'a FolderTexts,
    cancel: &'a str,
    mark: &'a str,
    what: String,
    items: &'a str,
    to: &'a str,
    name: String,
    way: Vec<Crumb>,
    folders: Vec<Crumb>,
    cut: bool,
    may: bool,
    copies: bool,
    back: &'a str,
    back_query: String,
}

fn chosen(items: &str) -> Result<Vec<NodeId>, HostError> {
    let mut ids: Vec<NodeId> = items.split('.').filter_map(|id| NodeId::parse(id).ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST { Err(HostError::NotFound) } else { Ok(ids) }
}

pub(super) async fn page(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "page to choose a folder");
    let desk = match Desk::open(&request, &identity, Depth::Three).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    show(&desk, &id).unwrap_or_else(|error| desk.refusal(&error))
}

fn show(desk: &Desk<'_>, here: &str) -> Result<HttpResponse, HostError> {
    let texts = FolderTexts::of(desk.language());
    let here = NodeId::parse(here).map_err(|_| HostError::NotFound)?;
    let items = desk.parameter("items").unwrap_or_default();
    let ids = chosen(&items)?;
    let (to, access) = match desk.parameter("to") {
        Some(to) => folder(desk, &to)?,
        None => match folder(desk, here.as_str()) {
            Ok(found) if shared_with_me::drive_of(&found.0).is_none() => found,
            _ => folder(desk, desk.me.drive.as_str())?,
        },
    };
    let facts = desk.host().container_facts(&access, &to)?;
    let (folders, cut) = folders_in(desk, &access, &ids)?;
    let accesses: Vec<Access> = ids.iter().filter_map(|id| anything(desk, id).ok()).collect();
    let what = match accesses.as_slice() {
        [] => return Err(HostError::NotFound),
        [one] => name_of(desk, one)?,
        several => texts.count.replace("{n}", &several.len().to_string()),
    };
    let back = desk.parameter("back").filter(|back| back.starts_with("folder/") || back.starts_with("file/"));
    let back = back.unwrap_or_else(|| format!("folder/{here}"));
    let encoded: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let content = Content {
        texts,
        cancel: desk.texts().cancel,
        mark: desk.mark(),
        what,
        items: &ids.iter().map(NodeId::as_str).collect::<Vec<_>>().join("."),
        to: to.as_str(),
        name: special_name(desk, &to).map_or(facts.name, str::to_owned),
        way: way(desk, &access)?,
        folders,
        cut,
        may: facts.may_create,
        copies: accesses.iter().any(|access| access.head.is_some()),
        back: &back,
        back_query: format!("&back={encoded}"),
    };
    Ok(desk.answer(
        StatusCode::OK,
        &DeskPage {
            title: texts.move_or_copy,
            section: Section::Files,
            content: &content.render().unwrap_or_default(),
            styles: &[FOLDER_CSS],
            scripts: &[FOLDER_JS],
            ..DeskPage::default()
        },
    ))
}

fn name_of(desk: &Desk<'_>, access: &Access) -> Result<String, HostError> {
    let (id, kind) = access.resource().node().ok_or(HostError::NotFound)?;
    Ok(desk.host().name_of(kind, id)?.to_string())
}

/// The folders in a folder, without those that are to be moved; and whether there are more.
fn folders_in(desk: &Desk<'_>, access: &Access, but: &[NodeId]) -> Result<(Vec<Crumb>, bool), HostError> {
    let mut listing = desk.host().listing(access, NodeKind::Container)?;
    let mut folders = Vec::new();
    while let Some(page) = listing.next_page()? {
        for listed in page {
            let Listed::Container { id, name } = listed else { continue };
            if folders.len() >= FOLDERS {
                return Ok((folders, true));
            }
            if !but.contains(&id) {
                let name = special_name(desk, &id).map_or(name, str::to_owned);
                folders.push(Crumb { id, name });
            }
        }
    }
    Ok((folders, false))
}

pub(super) async fn act(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    body: Bytes,
) -> HttpResponse {
    note_operation(&request, "moved or copied");
    let (desk, fields) = match Desk::form(&request, &identity, Depth::Three, &body).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    match carry(&desk, &fields).await {
        Ok(said) => back(&desk, fields.get("back"), &format!("folder/{id}"), &said),
        Err(error) => desk.refusal(&error),
    }
}

async fn carry(desk: &Desk<'_>, fields: &HashMap<String, String>) -> Result<String, HostError> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let target = NodeId::parse(field("to")).map_err(|_| HostError::NotFound)?;
    if !takes(desk, &target)? {
        return Err(HostError::NoRight);
    }
    let copies = field("act") == "copy";
    let one = async |item: &NodeId| {
        if copies { copy(desk, item, &target).await } else { move_one(desk, item, &target).await }
    };
    let tally = carry_all(&chosen(field("items"))?, || takes(desk, &target), one).await?;
    Ok(tally.said(if copies { "copied" } else { "moved" }))
}

/// Carries one after the other for as long as the folder takes things from him: the right to it may be taken back while many
/// are on their way. What is left over then counts as not possible.
async fn carry_all(
    items: &[NodeId],
    takes: impl Fn() -> Result<bool, HostError>,
    one: impl AsyncFn(&NodeId) -> Result<Fate, HostError>,
) -> Result<Tally, HostError> {
    let mut tally = Tally::default();
    for (n, item) in items.iter().enumerate() {
        if !takes()? {
            tally.count(Fate::Refused, (items.len() - n) as u64);
            break;
        }
        tally.note(one(item).await)?;
    }
    Ok(tally)
}

/// Whether he may put things into the folder at this moment.
fn takes(desk: &Desk<'_>, target: &NodeId) -> Result<bool, HostError> {
    match folder(desk, target.as_str()) {
        Ok((_, access)) => Ok(desk.host().container_facts(&access, target)?.may_create),
        Err(HostError::NotFound | HostError::NoRight) => Ok(false),
        Err(HostError::Access(error)) if error.face() != Face::Trouble => Ok(false),
        Err(error) => Err(error),
    }
}

async fn move_one(desk: &Desk<'_>, item: &NodeId, target: &NodeId) -> Result<Fate, HostError> {
    let access = anything(desk, item)?;
    match desk.host().carry(&access, target).await? {
        Unless::Done(()) => Ok(Fate::Done),
        Unless::Locked(_) => Ok(Fate::Held),
    }
}

/// Makes a file of the same bytes; what is stored already is not stored again.
async fn copy(desk: &Desk<'_>, item: &NodeId, target: &NodeId) -> Result<Fate, HostError> {
    let access = desk.access(Resource::File(item.clone()))?;
    let copying = desk.host().begin_copy(&access, target).await?;
    // Goes on to its end should the browser hang up.
    let copied = actix_web::rt::spawn(copying.finish());
    copied.await.map_err(|_| HostError::Failed("copying was interrupted".into()))??;
    Ok(Fate::Done)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn ids(count: u8) -> Vec<NodeId> {
        (0..count).map(|n| NodeId::from_random_bits([n; 16])).collect()
    }

    #[test]
    fn what_is_named_twice_is_chosen_once_and_too_many_are_refused() {
        let [one, other] = [3, 1].map(|n| NodeId::from_random_bits([n; 16]));
        assert_eq!(chosen(&format!("{one}.{other}.{one}.<b>.{other}")).unwrap().len(), 2);
        assert!(chosen("").is_err());
        let many = |count: usize| {
            let ids = (0..count).map(|n| NodeId::from_random_bits((n as u128).to_le_bytes()).to_string());
            chosen(&ids.chain([one.to_string(), one.to_string()]).collect::<Vec<_>>().join("."))
        };
        assert_eq!(many(MOST - 1).unwrap().len(), MOST);
        assert!(many(MOST).is_err());
    }

    #[actix_web::test]
    async fn whoever_loses_the_right_to_the_folder_carries_no_more_and_hears_how_many_he_carried() {
        let (asked, carried) = (Cell::new(0), Cell::new(0));
        let takes = || {
            asked.set(asked.get() + 1);
            Ok(asked.get() <= 2)
        };
        let one = async |_: &NodeId| {
            carried.set(carried.get() + 1);
            Ok(Fate::Done)
        };
        let tally = carry_all(&ids(5), takes, one).await.unwrap();
        assert_eq!((carried.get(), tally.said("moved").as_str()), (2, "said=moved&done=2&refused=3"));
    }
}
