//! The page behind a share link of a folder: what is in it, a page at a time, each file with a link to its bytes.
//!
//! Whoever holds the link sees the folder and everything below it, as the link's role holds there; never what is around it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::pages::html;
use crate::{
    host::{
        Host, HostError,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::NodeId,
    names::FileName,
    permission::Role,
    store::records::NodeKind,
    urls::Urls,
};

/// Children on one page.
const PAGE: usize = 200;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} - Lockhouse</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:8vh auto;padding:0 1.5rem;color-scheme:light dark;overflow-wrap:anywhere}ul{padding:0;list-style:none}li{margin:.4rem 0}</style>
<main>
<h1>{{ title }}</h1>
<p>Somebody shared this folder with you.</p>
{% if !up.is_empty() %}<p><a href="{{ up }}" rel="noreferrer">Folder above</a></p>{% endif %}
{% if rows.is_empty() %}<p>Nothing is in it.</p>{% else %}<ul>
{% for row in rows %}<li>{% if row.folder %}Folder {% endif %}<a href="{{ row.link }}" rel="noreferrer">{{ row.name }}</a></li>
{% endfor %}</ul>{% endif %}
{% if !more.is_empty() %}<p><a href="{{ more }}" rel="noreferrer">More</a></p>{% endif %}
</main>
</html>
"#
)]
struct FolderPage {
    title: String,
    up: String,
    rows: Vec<Row>,
    more: String,
}

struct Row {
    name: String,
    link: String,
    folder: bool,
}

/// The page of a folder that is, or is in, the folder `top` behind the link whose code this is.
///
/// # Errors
/// Whatever stands against it; outside it is all one.
pub(super) fn page(
    request: &HttpRequest,
    host: &Host,
    urls: &Urls,
    code: &str,
    (link, top): (&NodeId, &NodeId),
) -> Result<HttpResponse, HostError> {
    let folder = match parameter(request, "folder") {
        Some(id) => NodeId::parse(id).map_err(|_| HostError::NotFound)?,
        None => top.clone(),
    };
    let resource = Resource::Container(folder.clone());
    let new = NewToken::for_link(link.clone(), resource.clone(), Role::Viewer, ClientKind::Any);
    let token = host.tokens().issue(&new, host.options().token_lifetime)?;
    // Asks whether the link still opens this folder: whoever made it may have lost the right.
    let access = host.access_control().authorize(&token.text, &resource)?;
    let record = host.container(&folder)?;
    let up = match record.parent.filter(|_| folder != *top) {
        Some(parent) => urls.share_link_folder(code, &parent, None),
        None => String::new(),
    };

    let after = parameter(request, "after").and_then(mark);
    let mut children = host.children_after(&folder, after.as_ref(), PAGE + 1)?;
    let goes_on = children.len() > PAGE;
    children.truncate(PAGE);
    let more = match children.last().filter(|_| goes_on) {
        Some(last) => urls.share_link_folder(code, &folder, Some(&URL_SAFE_NO_PAD.encode(&last.name))),
        None => String::new(),
    };
    let mut rows = Vec::with_capacity(children.len());
    for child in children {
        let link = match child.kind {
            NodeKind::Container => urls.share_link_folder(code, &child.node, None),
            NodeKind::File => {
                let token = host.tokens().issue_download(&access.claims, &child.node)?;
                urls.download(&child.node, &token.text)
            }
        };
        rows.push(Row { name: child.name, link, folder: child.kind == NodeKind::Container });
    }
    Ok(html(StatusCode::OK, &FolderPage { title: record.name, up, rows, more }))
}

fn parameter<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The name after which a page begins; what is none begins at the start.
fn mark(text: &str) -> Option<FileName> {
    let name = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    FileName::parse(&name).ok()
}
