//! The host page itself (web-host.md section 4).

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use askama::Template;
use serde_json::{Value, json};

use super::{
    super::{
        assets::{HOST_PAGE_CSS, HOST_PAGE_JS},
        desk::icons,
        frame::guard,
        language::EditorTexts,
    },
    Seat,
    opening::{self, Chosen, Mode, family},
};
use crate::{
    discovery::action_url,
    host::{HostError, tokens::ClientKind},
    store::records::AccountRecord,
};

/// Where Office's frames go on to: its discovery document names one of many machines (rule W-31).
const OFFICE_DOMAINS: [&str; 2] = ["officeapps.live.com", "officeapps-df.live.com"];

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="{{ tag }}">
<head>
<meta charset="utf-8">
<title>{{ name }} – {{ place }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=1, minimum-scale=1, user-scalable=no">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
{% if let Some(icon) = icon %}<link rel="icon" href="{{ icon }}">
{% endif %}<link rel="stylesheet" href="{{ root }}{{ style }}">
<script src="{{ root }}{{ script }}" defer></script>
</head>
<body data-page="{{ data }}" data-form="{{ mark }}">
<header id="bar" aria-label="{{ texts.bar }}"{% if !bar %} hidden{% endif %}>
<div id="line">
<a class="tool" id="back" href="{{ root }}{{ places.close }}" title="{{ texts.back }}" aria-label="{{ texts.back }}"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M15 5l-7 7 7 7"/></svg></a>
<b id="name" title="{{ name }}">{{ name }}</b>
<span id="status" role="status"><span id="dot" aria-hidden="true"></span><span id="said">{{ texts.opening }}</span></span>
<span id="people" hidden></span>
<span class="space"></span>
{% if let Some(path) = edit %}<a class="tool" id="edit" href="{{ root }}{{ path }}">{{ icons::EDIT|safe }}<span>{{ texts.edit }}</span></a>
{% endif %}{% if let Some(path) = places.versions %}<a class="tool" data-tab href="{{ root }}{{ path }}">{{ icons::HISTORY|safe }}<span>{{ texts.versions }}</span></a>
{% endif %}{% if let Some(path) = places.share %}<a class="tool" data-tab href="{{ root }}{{ path }}">{{ icons::PEOPLE|safe }}<span>{{ texts.share }}</span></a>
{% endif %}<button class="tool" id="collapse" type="button" title="{{ texts.collapse }}" aria-label="{{ texts.collapse }}" aria-controls="line" aria-expanded="true"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M6 15l6-6 6 6"/></svg></button>
</div>
<div id="warning" role="alert" hidden><span id="warned"></span><span id="acts"></span></div>
</header>
<main id="frameholder"><noscript><p>{{ texts.no_script }} <a href="{{ root }}{{ places.close }}">{{ texts.back }}</a></p></noscript></main>
<form id="office_form" name="office_form" target="office_frame" method="post" action="{{ url }}" autocomplete="off">
<input type="hidden" name="access_token" value="{{ token }}">
<input type="hidden" name="access_token_ttl" value="{{ ttl }}">
<input type="hidden" name="user_id" value="{{ user }}">
<input type="hidden" name="owner_id" value="{{ owner }}">
</form>
</body>
</html>
"##
)]
struct Page<'a> {
    tag: &'a str,
    name: &'a str,
    place: &'a str,
    icon: Option<&'a str>,
    root: &'a str,
    style: String,
    script: String,
    data: String,
    mark: &'a str,
    bar: bool,
    texts: &'static EditorTexts,
    places: &'a super::Places,
    edit: Option<&'a str>,
    url: &'a str,
    token: &'a str,
    ttl: i64,
    user: &'a str,
    owner: &'a str,
}

/// The page of a document that is opened at `url`.
///
/// # Errors
/// [`HostError`] when no token can be issued.
pub(super) fn answer(seat: &Seat<'_>, mode: Mode, chosen: &Chosen, url: &str) -> Result<HttpResponse, HostError> {
    let token = opening::issue(seat, chosen)?;
    let (host, head) = (&seat.wopi.host, &seat.facts.head);
    let owner = host.accounts().get(&head.owner)?;
    let owner = owner.as_ref().map_or(&head.owner, AccountRecord::wopi_id).clone();
    let origins = Origins::of(seat, chosen, url);
    let (client, user) = (chosen.opening.client, seat.access.wopi_id());
    let page = Page {
        tag: seat.visit.texts.tag,
        name: &head.name,
        place: seat.visit.place(),
        icon: chosen.opening.icon.as_deref(),
        root: seat.visit.depth.root(),
        style: HOST_PAGE_CSS.path(),
        script: HOST_PAGE_JS.path(),
        data: data(seat, mode, chosen, &origins, token.expires.unix_ms()).to_string(),
        mark: &seat.mark,
        // Around Office's editors there is nothing of the house's (rule W-25), unless something is wrong.
        bar: mode != Mode::Embed && client != ClientKind::Office,
        texts: EditorTexts::of(seat.visit.texts),
        places: &seat.places,
        edit: seat.places.edit.as_deref().filter(|_| !chosen.edits && !chosen.elsewhere && mode == Mode::View),
        url,
        token: &token.text,
        ttl: token.expires.unix_ms(),
        user: user.as_str(),
        owner: owner.as_str(),
    };
    let body = page.render().map_err(|error| HostError::Failed(error.to_string().into()))?;
    let mut response = HttpResponse::build(StatusCode::OK)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, seat.visit.texts.tag))
        .body(body);
    protect(&mut response, mode, &origins, chosen.opening.icon.as_deref());
    Ok(response)
}

/// Where the editor's frame comes from, and may go on to.
struct Origins {
    /// Exact ones; the first is that of the form's action.
    exact: BTreeSet<String>,
    /// Domains whose machines are all the editor's, over https.
    domains: Vec<&'static str>,
}

impl Origins {
    fn of(seat: &Seat<'_>, chosen: &Chosen, url: &str) -> Self {
        let mut exact = BTreeSet::from([chosen.opening.origin.clone()]);
        exact.extend(action_url::origin(url));
        if let Some(known) = seat.wopi.editors.known(&chosen.opening.editor)
            && let Some(discovery) = &known.discovery
        {
            exact.extend(discovery.origins());
        }
        let is_under = |domain: &&str| {
            exact.iter().any(|origin| origin.starts_with("https://") && origin.ends_with(&format!(".{domain}")))
        };
        let domains = OFFICE_DOMAINS.into_iter().filter(is_under).collect();
        Self { exact, domains }
    }

    /// As sources of a content security policy.
    fn sources(&self) -> String {
        let domains = self.domains.iter().map(|domain| format!("https://*.{domain}"));
        self.exact.iter().cloned().chain(domains).collect::<Vec<_>>().join(" ")
    }
}

/// The headers: exactly those of rule W-21 against caches, and a policy that knows this editor and no other place.
fn protect(response: &mut HttpResponse, mode: Mode, origins: &Origins, icon: Option<&str>) {
    guard(response);
    let framed_by = if mode == Mode::Embed { "*" } else { "'self'" };
    let sources = origins.sources();
    let icon = icon.and_then(action_url::origin).map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{icon}; connect-src 'self'; \
         frame-src {sources}; form-action {sources}; base-uri 'none'; frame-ancestors {framed_by}"
    );
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::EXPIRES, HeaderValue::from_static("-1"));
    // So that the next page's editor begins in the right colours.
    let colours = HeaderValue::from_static("Sec-CH-Prefers-Color-Scheme");
    headers.insert(HeaderName::from_static("accept-ch"), colours);
    if mode == Mode::Embed {
        headers.remove(header::X_FRAME_OPTIONS);
    } else {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// What the script has to know; no token is among it.
fn data(seat: &Seat<'_>, mode: Mode, chosen: &Chosen, origins: &Origins, ttl: i64) -> Value {
    let (places, root) = (&seat.places, seat.visit.depth.root());
    let at = |path: &str| format!("{root}{path}");
    let texts = EditorTexts::of(seat.visit.texts);
    let client = family(chosen.opening.client);
    // An empty file is filled from `/view`, too: its fresh tokens have to go on writing.
    let asked = if chosen.edits { "edit" } else { "view" };
    json!({
        "id": seat.file.as_str(),
        "family": client,
        "edits": chosen.edits,
        "embedded": mode == Mode::Embed,
        "elsewhere": chosen.elsewhere,
        "origin": chosen.opening.origin,
        "origins": origins.exact,
        "domains": origins.domains,
        "name": seat.facts.head.name,
        "place": seat.visit.place(),
        "language": seat.visit.texts.tag,
        "user": seat.access.wopi_id().as_str(),
        "version": seat.facts.head.version.to_string(),
        "ttl": ttl,
        "now": seat.wopi.host.clock().wall().unix_ms(),
        "state": at(&places.state),
        "token": with_query(&at(&places.token), &format!("mode={asked}&client={client}")),
        "embed": places.embed.as_deref().map(at),
        "edit": places.edit.as_deref().map(at),
        "share": places.share.as_deref().map(at),
        "versions": places.versions.as_deref().map(at),
        "close": at(&places.close),
        "signIn": places.sign_in.as_deref().map(at),
        "texts": texts_of(texts),
    })
}

fn with_query(path: &str, more: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{more}")
}

fn texts_of(texts: &EditorTexts) -> Value {
    json!({
        "frame": texts.frame,
        "opening": texts.opening,
        "unchanged": texts.unchanged,
        "unsaved": texts.unsaved,
        "saved": texts.saved,
        "readOnly": texts.read_only,
        "people": texts.people,
        "refused": texts.refused,
        "kept": texts.kept,
        "notKept": texts.not_kept,
        "why": {
            "locked": texts.why_locked,
            "lock-lost": texts.why_lost,
            "outdated": texts.why_outdated,
            "gone": texts.why_gone,
            "no-right": texts.why_right,
            "too-large": texts.why_large,
            "no-space": texts.why_space,
            "busy": texts.why_busy,
            "failed": texts.why_failed,
        },
        "unconfirmed": texts.unconfirmed,
        "overdue": texts.overdue,
        "unreachable": texts.unreachable,
        "failed": texts.editor_failed,
        "silent": texts.editor_silent,
        "saveFailed": texts.save_failed,
        "ending": texts.ending,
        "ended": texts.ended,
        "signedOut": texts.signed_out,
        "somebodyElse": texts.somebody_else,
        "changed": texts.changed,
        "newer": texts.newer,
        "gone": texts.gone,
        "noRight": texts.no_right,
        "elsewhere": texts.elsewhere,
        "reload": texts.reload,
        "signIn": texts.sign_in,
        "versions": texts.see_versions,
        "dismiss": texts.dismiss,
        "cancel": texts.cancel,
        "newTab": texts.new_tab,
        "copyName": texts.copy_name,
        "saveCopy": texts.save_copy,
        "collapse": texts.collapse,
        "expand": texts.expand,
    })
}
