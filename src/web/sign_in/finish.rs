//! The end of every sign-in, by password or by an outside provider.

use actix_web::{
    HttpResponse,
    cookie::{Cookie, time::Duration as Age},
    http::StatusCode,
};

use super::{
    super::{
        frame,
        visit::{SignedIn, Visit},
    },
    ReturnTo, device,
};
use crate::{
    clock::Timestamp,
    host::{sessions::name_of, trouble::Trouble},
    store::records::AccountRecord,
};

/// The cookie that says that a password was given just now; only where each consent demands it.
const FRESH: &str = "lockhouse-fresh";

/// What seals are for.
const PURPOSE: &str = "fresh";

/// How long a consent may take after its sign-in.
const FRESH_FOR: std::time::Duration = std::time::Duration::from_secs(600);

/// Signs somebody in who has proved who he is: ends the session that the browser had, begins a new one (its secret is never
/// one that was there before the sign-in), remembers the device, and sends the browser on to `return_to`.
///
/// # Errors
/// [`Trouble`] when the session cannot be stored.
pub(crate) async fn finish(
    visit: &Visit<'_>,
    account: &AccountRecord,
    return_to: Option<&ReturnTo>,
) -> Result<HttpResponse, Trouble> {
    let sessions = visit.identity.host.sessions();
    if let Some(old) = visit.session_cookie() {
        sessions.end(&old).await?;
    }
    let session = sessions.begin(account, visit.agent()).await?;
    let device = device::remember(visit, &account.user).await?;
    let onward = match return_to {
        Some(return_to) => return_to.reference(visit.depth),
        None => visit.depth.root().to_owned(),
    };
    let fresh = fresh(visit, &session).await?;
    let mut response = frame::redirect(StatusCode::SEE_OTHER, &onward);
    for cookie in [Some(visit.keep_session(session)), Some(device), fresh].into_iter().flatten() {
        add(&mut response, &cookie);
    }
    Ok(response)
}

/// Whether somebody who is signed in may consent: where the operator wants a password each time, only shortly after it.
///
/// # Errors
/// [`Trouble`] when the key cannot be read.
pub(crate) async fn may_consent(visit: &Visit<'_>, signed_in: &SignedIn) -> Result<bool, Trouble> {
    if visit.identity.settings.oauth.reuse_session {
        return Ok(true);
    }
    let Some(cookie) = visit.cookie(FRESH) else { return Ok(false) };
    let Some((until, seal)) = cookie.split_once('.') else { return Ok(false) };
    let Ok(until_ms) = until.parse::<i64>() else { return Ok(false) };
    if Timestamp::from_unix_ms(until_ms) <= visit.identity.host.clock().wall() {
        return Ok(false);
    }
    visit.identity.host.sessions().seal().fits(PURPOSE, &[&name_of(&signed_in.cookie), until], seal).await
}

/// Uses up the password that was given: the next consent demands it again.
pub(crate) fn consented(visit: &Visit<'_>, response: &mut HttpResponse) {
    if !visit.identity.settings.oauth.reuse_session {
        add(response, &visit.drop(FRESH));
    }
}

/// The cookie that says so, for a session in which a password was given just now; `None` where no consent demands it.
///
/// # Errors
/// [`Trouble`] when the key cannot be read.
pub(crate) async fn fresh(visit: &Visit<'_>, session: &str) -> Result<Option<Cookie<'static>>, Trouble> {
    if visit.identity.settings.oauth.reuse_session {
        return Ok(None);
    }
    let until = visit.identity.host.clock().wall().plus(FRESH_FOR).unix_ms().to_string();
    let seal = visit.identity.host.sessions().seal().on(PURPOSE, &[&name_of(session), &until]).await?;
    Ok(Some(visit.keep(FRESH, format!("{until}.{seal}"), Some(Age::seconds(600)))))
}

/// Puts a cookie into an answer.
pub(crate) fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    // Names and values are ours and fit; a cookie that did not would be left out.
    _ = response.add_cookie(cookie);
}
