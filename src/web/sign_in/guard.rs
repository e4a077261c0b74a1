//! Forms that another site cannot send (rule B-45).
//!
//! A form carries a mark that this house made over a random text in a cookie, and over the session if there is one. Another
//! site can read neither, so it cannot make a form that passes. Browsers that say where a form comes from are believed too.

use actix_web::{
    cookie::Cookie,
    http::header::{self, HeaderMap},
};

use super::super::visit::Visit;
use crate::{
    host::{random, sessions::name_of, trouble::Trouble},
    ids::NodeId,
    server::Visitor,
    settings::PublicUrl,
};

/// The cookie with the random text.
const COOKIE: &str = "lockhouse-form";

/// What seals are for.
const PURPOSE: &str = "form";

/// A mark for a form, and the cookie that goes with it if the browser has none yet.
pub(crate) struct Mark {
    /// For the field `form`.
    pub(crate) text: String,
    /// To be set.
    pub(crate) cookie: Option<Cookie<'static>>,
}

/// Makes the mark for the forms of a page, which is shown to the holder of this session, or to nobody known.
///
/// # Errors
/// [`Trouble`] when the key cannot be read.
pub(crate) async fn mark(visit: &Visit<'_>, session: Option<&str>) -> Result<Mark, Trouble> {
    let (nonce, cookie) = if let Some(nonce) = nonce(visit) {
        (nonce, None)
    } else {
        let nonce = random::node_id()?.to_string();
        let cookie = visit.keep(COOKIE, nonce.clone(), None);
        (nonce, Some(cookie))
    };
    let text = visit.identity.host.sessions().seal().on(PURPOSE, &[&nonce, &about(session)]).await?;
    Ok(Mark { text, cookie })
}

/// Whether a form was made by this house for this browser and this session.
///
/// # Errors
/// [`Trouble`] when the key cannot be read.
pub(crate) async fn passes(visit: &Visit<'_>, session: Option<&str>, form: &str) -> Result<bool, Trouble> {
    if !is_own(visit) {
        return Ok(false);
    }
    let Some(nonce) = nonce(visit) else { return Ok(false) };
    visit.identity.host.sessions().seal().fits(PURPOSE, &[&nonce, &about(session)], form).await
}

fn nonce(visit: &Visit<'_>) -> Option<String> {
    visit.cookie(COOKIE).filter(|nonce| NodeId::parse(nonce).is_ok_and(|nonce| nonce.as_str().len() == 22))
}

fn about(session: Option<&str>) -> String {
    session.map(name_of).unwrap_or_default()
}

/// Whether the request comes from a page of this host, as far as the browser tells.
fn is_own(visit: &Visit<'_>) -> bool {
    let headers = visit.request.headers();
    if let Some(site) = text(headers, "sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    // Our pages send no referrer, and then browsers call the origin `null`.
    let Some(origin) = text(headers, header::ORIGIN.as_str()).filter(|origin| *origin != "null") else { return true };
    let from = origin.split_once("://").map_or("", |(_, authority)| authority);
    let asked = text(headers, header::HOST.as_str());
    let extensions = actix_web::HttpMessage::extensions(visit.request);
    let forwarded = extensions.get::<Visitor>().and_then(|visitor| visitor.forwarded_host.as_deref());
    let public = |url: &Option<PublicUrl>| url.as_ref().is_some_and(|url| url.authority().eq_ignore_ascii_case(from));
    let settings = &visit.identity.settings;
    [asked, forwarded].into_iter().flatten().any(|host| host.eq_ignore_ascii_case(from))
        || public(&settings.public_url)
        || public(&settings.oauth.public_url)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}
