//! `/sign-in` and `/sign-out`. Forms carry the language (`rs`) in which they were shown.
//!
//! Where the settings leave signing in to an outside provider alone (`oidc.passwords = false`), the page shows no field for a
//! password. `/sign-in?password` does, for administrators: the way in when the provider fails. Anybody else's password is
//! wrong there, in the same words and the same time.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};

use super::{
    ReturnTo,
    attempts::Attempt,
    device,
    finish::{add, finish},
    guard,
    page::{self, Say, SignInPage, offers_passwords},
    return_to::culture,
};
use crate::{
    host::{
        accounts::{LONGEST_NAME, SignInError},
        passwords::PasswordError,
        trouble::Trouble,
    },
    ids::UserId,
    oauth::{Identity, authorize},
    server::{note_operation, note_reason},
    store::records::AuditEvent,
    web::{
        frame,
        visit::{Depth, Visit},
    },
};

/// The most bytes of one of our forms: the longest way back, name and password, all percent-encoded, and as much again.
const LARGEST_FORM: usize = 32 * 1024;

/// The fields of a form; `None` when it is none of ours: another type, too large, or a field twice.
pub(crate) fn fields(request: &HttpRequest, body: &[u8]) -> Option<HashMap<String, String>> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") || body.len() > LARGEST_FORM {
        return None;
    }
    let mut fields = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(fields)
}

/// `GET /sign-in?return_to=&rs=`.
pub(in crate::web) async fn form(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "sign-in page");
    let query = request.query_string();
    let parameter = |wanted: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let return_to = parameter("return_to").and_then(|text| ReturnTo::parse(&text));
    let asked_for = culture(query).or_else(|| return_to.as_ref().and_then(ReturnTo::culture));
    let visit = Visit::new(&request, &identity, Depth::One, asked_for.as_deref());
    let say = if parameter("signed_out").is_some() { Say::SignedOut } else { Say::Nothing };
    let shown = async {
        match visit.signed_in()? {
            Some(signed_in) if !asks(return_to.as_ref()) => {
                identity.host.sessions().touch(&signed_in.cookie).await?;
                page::show_signed_in(&visit, &signed_in, return_to.as_ref()).await
            }
            _ => again(&visit, return_to.as_ref(), "", say, parameter("password").is_some()).await,
        }
    };
    shown.await.unwrap_or_else(|trouble| frame::trouble(&visit, &trouble))
}

/// Whether an app waits behind the sign-in; it decides itself whether the session will do.
fn asks(return_to: Option<&ReturnTo>) -> bool {
    return_to.is_some_and(|return_to| return_to.query_of(authorize::PATH).is_some())
}

/// Shows the sign-in page, with the app that waits behind it.
pub(in crate::web) async fn again(
    visit: &Visit<'_>,
    return_to: Option<&ReturnTo>,
    name: &str,
    say: Say,
    passwords: bool,
) -> Result<HttpResponse, Trouble> {
    let query = return_to.and_then(|return_to| return_to.query_of(authorize::PATH));
    let asked = match query {
        Some(query) => authorize::read(visit.identity, query)?.ok(),
        None => None,
    };
    page::show(visit, &SignInPage { return_to, asked: asked.as_ref(), name, say, passwords }).await
}

/// `POST /sign-in`.
pub(in crate::web) async fn sign_in(
    request: HttpRequest,
    body: web::Bytes,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "sign-in");
    let Some(fields) = fields(&request, &body) else {
        let visit = Visit::new(&request, &identity, Depth::One, None);
        let texts = visit.texts;
        return frame::notice(&visit, StatusCode::BAD_REQUEST, texts.title_refused, texts.stale, "");
    };
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let return_to = ReturnTo::parse(field("return_to"));
    let asked_for = fields.get("rs").cloned().or_else(|| return_to.as_ref().and_then(ReturnTo::culture));
    let visit = Visit::new(&request, &identity, Depth::One, asked_for.as_deref());
    let form = SignInForm { name: field("name").trim(), password: field("password"), mark: field("form"), return_to };
    let done = judge(&visit, &form).await;
    done.unwrap_or_else(|trouble| frame::trouble(&visit, &trouble))
}

struct SignInForm<'a> {
    name: &'a str,
    password: &'a str,
    mark: &'a str,
    return_to: Option<ReturnTo>,
}

async fn judge(visit: &Visit<'_>, form: &SignInForm<'_>) -> Result<HttpResponse, Trouble> {
    let attempts = &visit.identity.attempts;
    let return_to = form.return_to.as_ref();
    // Shown again as it was typed, unless nobody can be called that.
    let name = if form.name.len() <= LONGEST_NAME { form.name } else { "" };
    let refuse = |say: Say, reason: &'static str| {
        note_reason(visit.request, reason);
        again(visit, return_to, name, say, true)
    };
    if !guard::passes(visit, None, form.mark).await? {
        return refuse(Say::Stale, "the form was not made for this browser").await;
    }
    let account = form.name.to_ascii_lowercase();
    let device = device::known(visit, &account).await?;
    let attempt = Attempt { address: visit.address(), account: &account, device: device.as_deref() };
    let admitted = match attempts.admit(attempt) {
        Ok(admitted) => admitted,
        Err(wait) => return refuse(Say::too_many(wait), "too many failed attempts").await,
    };
    match visit.identity.host.accounts().authenticate(form.name, form.password).await {
        Ok(account) if !offers_passwords(visit) && !account.admin => {
            failed(visit, Some(&account.user)).await;
            refuse(Say::Wrong, "not signed in: passwords are for administrators").await
        }
        Ok(account) => {
            attempts.give_back(&admitted);
            let note = visit.noted(AuditEvent::SignIn, Some(&account.user)).detail("password");
            visit.identity.host.audit().note(note).await;
            finish(visit, &account, return_to).await
        }
        Err(SignInError::Refused(reason)) => {
            note_reason(visit.request, format!("not signed in: {reason:?}"));
            let meant = visit.identity.host.accounts().find(form.name)?;
            failed(visit, meant.as_ref().map(|account| &account.user)).await;
            again(visit, return_to, name, Say::Wrong, true).await
        }
        Err(SignInError::Password(PasswordError::Busy)) => {
            attempts.give_back(&admitted);
            refuse(Say::Busy, "too many people are signing in").await
        }
        Err(SignInError::Password(error)) => {
            attempts.give_back(&admitted);
            tracing::error!(%error, "a password could not be verified");
            refuse(Say::Busy, "the password could not be verified").await
        }
        Err(SignInError::Trouble(trouble)) => {
            attempts.give_back(&admitted);
            Err(trouble)
        }
    }
}

/// Writes down that somebody did not get in. Which account was meant is told when there is one; what was typed otherwise is
/// not: some type their password there.
async fn failed(visit: &Visit<'_>, meant: Option<&UserId>) {
    let mut note = visit.noted(AuditEvent::SignInFailed, None).detail("password");
    if let Some(user) = meant {
        note = note.about(user);
    }
    visit.identity.host.audit().note(note).await;
}

/// `POST /sign-out`.
pub(in crate::web) async fn sign_out(
    request: HttpRequest,
    body: web::Bytes,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "sign-out");
    let fields = fields(&request, &body).unwrap_or_default();
    let visit = Visit::new(&request, &identity, Depth::One, fields.get("rs").map(String::as_str));
    let done = async {
        let cookie = visit.session_cookie();
        if !guard::passes(&visit, cookie.as_deref(), fields.get("form").map_or("", String::as_str)).await? {
            note_reason(&request, "the form was not made for this browser");
            return again(&visit, None, "", Say::Stale, false).await;
        }
        if let Some(cookie) = cookie {
            if let Some((account, _)) = identity.host.sessions().find(&cookie)? {
                identity.host.audit().note(visit.noted(AuditEvent::SignOut, Some(&account.user))).await;
            }
            identity.host.sessions().end(&cookie).await?;
        }
        let mut response =
            frame::redirect(StatusCode::SEE_OTHER, &format!("./sign-in?signed_out=1&rs={}", visit.texts.language));
        add(&mut response, &visit.drop_session());
        Ok(response)
    };
    done.await.unwrap_or_else(|trouble: Trouble| frame::trouble(&visit, &trouble))
}
