//! Plain pages at the addresses that are handed out to people.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header};
use askama::Template;

use crate::server::note_operation;

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
fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
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
