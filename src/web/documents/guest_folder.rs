//! A folder behind a share link: what is in it, a page at a time, each file with a link to its bytes.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::guest::{Guest, parameter};
use crate::{
    host::{HostError, rights::DEEPEST, tokens::Resource},
    ids::NodeId,
    launch::OfficeApp,
    names::FileName,
    store::records::NodeKind,
    web::{
        desk::icons,
        frame::{self, Page},
        language::ShareLinkTexts,
        sizes::size,
    },
};

/// Children on one page.
const PAGE: usize = 200;

struct Row {
    name: String,
    /// To the folder, or to the bytes of the file.
    link: String,
    /// To the file in an editor; empty for one that none opens, and for a folder.
    open: String,
    folder: bool,
    /// Empty for a folder.
    size: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% if !way.is_empty() %}<nav aria-label="{{ texts.way }}"><ol class="way">{% for (link, name) in way %}<li><a href="{{ link }}" rel="noreferrer">{{ name }}</a></li>{% endfor %}</ol></nav>
{% endif %}<p>{{ texts.folder }}{% if !ends.is_empty() %} <span class="quiet">{{ texts.ends }} {{ ends|safe }}</span>{% endif %}</p>
{% if !place.is_empty() %}<p class="note">{{ texts.own_right }} <a href="{{ place }}">{{ texts.real_place }}</a></p>
{% endif %}{% if rows.is_empty() %}<p class="quiet">{{ texts.empty }}</p>{% else %}<ul class="things" aria-label="{{ texts.contents }}">
{% for row in rows %}<li>{% if row.folder %}<a href="{{ row.link }}" rel="noreferrer">{{ folder|safe }}<span><span class="seldom">{{ texts.folder_mark }} </span>{{ row.name }}</span></a>{% else %}{% if row.open.is_empty() %}<span class="thing">{{ file|safe }}<span>{{ row.name }}</span><span class="quiet">{{ row.size }}</span></span>{% else %}<a href="{{ row.open }}" rel="noreferrer">{{ file|safe }}<span>{{ row.name }}</span><span class="quiet">{{ row.size }}</span></a>{% endif %}<a class="get" href="{{ row.link }}" rel="noreferrer" aria-label="{{ self.download(row) }}">{{ down|safe }}</a>{% endif %}</li>
{% endfor %}</ul>{% endif %}
{% if !more.is_empty() %}<p class="do"><a class="button" href="{{ more }}" rel="noreferrer">{{ texts.more }}</a></p>{% endif %}"#
)]
struct Folder {
    texts: &'static ShareLinkTexts,
    ends: String,
    place: String,
    way: Vec<(String, String)>,
    rows: Vec<Row>,
    more: String,
    folder: &'static str,
    file: &'static str,
    down: &'static str,
}

impl Folder {
    fn download(&self, row: &Row) -> String {
        self.texts.download_of.replace("{name}", &row.name)
    }
}

/// The page of a folder that is, or is in, the folder behind the link.
///
/// # Errors
/// Whatever stands against it; outside it is all one.
pub(super) fn page(guest: &Guest<'_>) -> Result<HttpResponse, HostError> {
    let (host, request, top) = (guest.host(), guest.visit.request, &guest.record.node);
    let folder = match parameter(request, "folder") {
        Some(id) => NodeId::parse(id).map_err(|_| HostError::NotFound)?,
        None => top.clone(),
    };
    let resource = Resource::Container(folder.clone());
    guest.access(&resource)?;
    let record = host.container(&folder)?;

    let after = parameter(request, "after").and_then(mark);
    let mut children = host.children_after(&folder, after.as_ref(), PAGE + 1)?;
    let goes_on = children.len() > PAGE;
    children.truncate(PAGE);
    let more = match children.last().filter(|_| goes_on) {
        Some(last) => format!("{}&after={}", address(guest, &folder), URL_SAFE_NO_PAD.encode(&last.name)),
        None => String::new(),
    };
    let mut rows = Vec::with_capacity(children.len());
    for child in children {
        rows.push(match child.kind {
            NodeKind::Container => {
                let link = address(guest, &child.node);
                Row { link, open: String::new(), name: child.name, folder: true, size: String::new() }
            }
            NodeKind::File => {
                let head = match host.head(&child.node) {
                    Ok(head) => head,
                    // It went meanwhile.
                    Err(HostError::NotFound) => continue,
                    Err(error) => return Err(error),
                };
                let link = format!("{}/download?file={}", guest.code, child.node);
                let opens = OfficeApp::of_file(&head.name).is_some();
                let open = if opens { format!("{}/open?file={}", guest.code, child.node) } else { String::new() };
                let size = size(head.content.size, guest.visit.texts);
                Row { link, open, name: child.name, folder: false, size }
            }
        });
    }
    let page = Folder {
        texts: guest.texts,
        ends: guest.ends(),
        place: guest
            .insider(resource)
            .map(|_| format!("{}folder/{folder}", guest.visit.depth.root()))
            .unwrap_or_default(),
        way: way(guest, &folder)?,
        rows,
        more,
        folder: icons::FOLDER,
        file: icons::FILE,
        down: icons::DOWNLOAD,
    };
    let content = page.render().unwrap_or_default();
    let page = Page { title: &record.name, content: &content, leads_to: &[] };
    Ok(frame::answer(&guest.visit, StatusCode::OK, &page))
}

/// A folder's page behind the same link, seen from there.
fn address(guest: &Guest<'_>, folder: &NodeId) -> String {
    format!("{}?folder={folder}", guest.code)
}

/// The folders around one, from that of the link on; none around that one itself.
fn way(guest: &Guest<'_>, folder: &NodeId) -> Result<Vec<(String, String)>, HostError> {
    let (host, top) = (guest.host(), &guest.record.node);
    let mut way = Vec::new();
    let mut here = folder.clone();
    for _ in 0..DEEPEST {
        if here == *top {
            break;
        }
        let Some(parent) = host.container(&here)?.parent else { break };
        way.push((address(guest, &parent), host.container(&parent)?.name));
        here = parent;
    }
    way.reverse();
    Ok(way)
}

/// The name after which a page begins; what is none begins at the start.
fn mark(text: &str) -> Option<FileName> {
    let name = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    FileName::parse(&name).ok()
}
