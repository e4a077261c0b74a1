//! Plain pages at the addresses that are handed out to people.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};
use askama::Template;

use super::shared_folder;
use crate::{
    host::{
        Host, HostError,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::NodeId,
    permission::Role,
    server::note_operation,
    wopi::Wopi,
};

/// A page with one message and perhaps one link.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} - Lockhouse</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1.5rem;color-scheme:light dark}</style>
<main>
<h1>{{ title }}</h1>
<p>{{ text }}</p>
{% if !link.is_empty() %}<p><a href="{{ link }}" rel="noreferrer">{{ label }}</a></p>{% endif %}
</main>
</html>
"#
)]
struct Page<'a> {
    title: &'a str,
    text: &'a str,
    link: &'a str,
    label: &'a str,
}

fn page(status: StatusCode, page: &Page<'_>) -> HttpResponse {
    html(status, page)
}

/// A page without scripts that nothing may frame.
pub(super) fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}

/// The pages of a document: the same for everybody, so that they tell nobody whether it exists.
pub(super) async fn plain(request: HttpRequest) -> HttpResponse {
    note_operation(&request, "page");
    let text = "This document is kept here safely. Open it from the editor or app in which you found it; this host has no \
                pages for it in the browser.";
    page(StatusCode::OK, &Page { title: "A document in Lockhouse", text, link: "", label: "" })
}

/// The page behind a share link: what it is, and the bytes, or what is in it.
pub(super) async fn shared(request: HttpRequest, link: web::Path<String>, wopi: web::Data<Wopi>) -> HttpResponse {
    note_operation(&request, "share link");
    offered(&request, &wopi, &link).unwrap_or_else(|_| {
        let text = "This link is not valid any more, or never was. Ask whoever gave it to you for a new one.";
        page(StatusCode::NOT_FOUND, &Page { title: "Nothing here", text, link: "", label: "" })
    })
}

fn offered(request: &HttpRequest, wopi: &Wopi, code: &str) -> Result<HttpResponse, HostError> {
    let links = wopi.host.links();
    let link = links.by_code(code)?.ok_or(HostError::NotFound)?;
    let node = links.get(&link)?.ok_or(HostError::NotFound)?.node;
    if wopi.host.container(&node).is_ok() {
        return shared_folder::page(request, &wopi.host, &wopi.urls, code, (&link, &node));
    }
    let (name, token) = document(&wopi.host, link, &node)?;
    let (link, text) = (wopi.urls.download(&node, &token), "Somebody shared this document with you.");
    Ok(page(StatusCode::OK, &Page { title: &name, text, link: &link, label: "Download" }))
}

fn document(host: &Host, link: NodeId, file: &NodeId) -> Result<(String, String), HostError> {
    let new = NewToken::for_link(link, Resource::File(file.clone()), Role::Viewer, ClientKind::Any);
    let token = host.tokens().issue(&new, host.options().token_lifetime)?;
    // Asks whether the link still opens the file: whoever made it may have lost the right.
    let access = host.access_control().authorize(&token.text, &Resource::File(file.clone()))?;
    Ok((host.head(file)?.name, host.tokens().issue_download(&access.claims, file)?.text))
}
