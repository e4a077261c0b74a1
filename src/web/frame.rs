//! The frame of the pages: layout, looks, and the headers that guard them (rules B-42 to B-45).

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::visit::Visit;
use crate::host::trouble::Trouble;

/// How the head of every page begins: nothing of it is kept, found, or told to the next site.
pub(crate) const HEAD: &str = r#"<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">"#;

/// The sign of the house.
pub(crate) const HOUSE: &str = r#"<svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" focusable="false"><path d="M4 21V10l8-7 8 7v11z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/><path d="M12 12v9M8 15l4-3 4 3" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;

/// The looks: one column from 320 px on, light and dark, no script, no picture from elsewhere.
const STYLE: &str = include_str!("frame.css");

/// The style's hash: the one style that the browser may apply.
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(digest(&SHA256, STYLE.as_bytes())));

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="{{ tag }}">
<head>
{{ HEAD|safe }}
<title>{{ title }} – {{ place }}</title>
<style>{{ style|safe }}</style>
</head>
<body>
<header>{{ HOUSE|safe }}<span>{{ place }}</span></header>
<main>
<h1>{{ title }}</h1>
{{ content|safe }}
</main>
<footer><a href="{{ privacy }}" rel="noreferrer">{{ privacy_label }}</a></footer>
</body>
</html>
"##
)]
struct Frame<'a> {
    tag: &'a str,
    title: &'a str,
    place: &'a str,
    style: &'a str,
    content: &'a str,
    privacy: &'a str,
    privacy_label: &'a str,
}

/// A page: what is in the frame.
pub(crate) struct Page<'a> {
    /// Its heading, and the window's title.
    pub(crate) title: &'a str,
    /// What is below, rendered.
    pub(crate) content: &'a str,
    /// Where its forms may lead besides to this house, as sources of a content security policy: browsers hold the
    /// redirect that answers a form to the same rule.
    pub(crate) leads_to: &'a [String],
}

/// Where the privacy statement is.
fn privacy_link(visit: &Visit<'_>) -> String {
    match visit.identity.settings.sign_in.privacy_url.trim() {
        "" => format!("{}privacy?rs={}", visit.depth.root(), visit.texts.language),
        elsewhere => elsewhere.to_owned(),
    }
}

/// Puts a page into the frame.
pub(crate) fn answer(visit: &Visit<'_>, status: StatusCode, page: &Page<'_>) -> HttpResponse {
    let privacy = privacy_link(visit);
    let frame = Frame {
        tag: visit.texts.tag,
        title: page.title,
        place: visit.place(),
        style: STYLE,
        content: page.content,
        privacy: &privacy,
        privacy_label: visit.texts.privacy,
    };
    let mut response = HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, visit.texts.tag))
        .body(frame.render().unwrap_or_default());
    guard(&mut response);
    let forms: String = page.leads_to.iter().flat_map(|source| [" ", source.as_str()]).collect();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'self'{forms}; frame-ancestors 'none'",
        *STYLE_HASH
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Sends the browser on: after a form with 303, so that it asks with GET.
pub(crate) fn redirect(status: StatusCode, location: &str) -> HttpResponse {
    let mut response = HttpResponse::build(status).finish();
    guard(&mut response);
    match HeaderValue::from_str(location) {
        Ok(location) => _ = response.headers_mut().insert(header::LOCATION, location),
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}

/// The headers of every answer here, redirects among them: nothing is cached, framed, or told to the next site.
pub(super) fn guard(response: &mut HttpResponse) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p>{{ text }}</p>{% if !detail.is_empty() %}<p class="quiet" lang="en">{{ detail }}</p>{% endif %}"#
)]
struct Notice<'a> {
    text: &'a str,
    detail: &'a str,
}

/// A page with one message, and a line for those who build apps.
pub(crate) fn notice(visit: &Visit<'_>, status: StatusCode, title: &str, text: &str, detail: &str) -> HttpResponse {
    let content = Notice { text, detail }.render().unwrap_or_default();
    answer(visit, status, &Page { title, content: &content, leads_to: &[] })
}

/// The page for what is nobody's fault but the machine's.
pub(crate) fn trouble(visit: &Visit<'_>, trouble: &Trouble) -> HttpResponse {
    let status = if trouble.is_passing() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
    if !trouble.is_passing() {
        tracing::error!(%trouble, "a page could not be answered");
    }
    let mut response = notice(visit, status, visit.texts.title_trouble, visit.texts.trouble, "");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_cannot_end_its_element_nor_load_anything() {
        for word in ["</", "@import", "url("] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
