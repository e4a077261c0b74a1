//! `/account`: one's own account. What can be done there is a form each, told apart by the field `do`: `language`,
//! `password`, `session` and `sessions` (browsers that are signed in), `app` (what was allowed to clients, rule B-99).

pub(super) mod apps;
mod page;
pub(super) mod shown;

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};

use super::{
    desk::{Desk, Tone},
    language::{self, AccountTexts},
    sign_in::{
        attempts::Attempt,
        finish::{self, add},
    },
    visit::Depth,
};
use crate::{
    host::{
        HostError,
        accounts::{AccountError, SignInError},
        passwords::{self, PasswordError},
        sessions::name_of,
    },
    oauth::Identity,
    server::{note_operation, note_reason},
    store::records::AuditEvent,
};

/// `GET /account`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "account");
    Desk::page(&request, &identity, Depth::One, async |desk| {
        let texts = AccountTexts::of(desk.language());
        let said = desk.parameter("said");
        let message = said.as_deref().and_then(|said| match said {
            "language" => Some(texts.language_saved),
            "password" => Some(texts.password_changed),
            "app" => Some(texts.revoked),
            "session" => Some(texts.ended),
            "sessions" => Some(texts.others_ended),
            _ => None,
        });
        Ok(page::show(desk, StatusCode::OK, message.map(|text| (Tone::Good, text))))
    })
    .await
}

/// `POST /account`.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "account");
    Desk::sent(&request, &identity, Depth::One, &body, async |desk, fields| {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        match field("do") {
            "language" => set_language(desk, field("language")).await,
            "password" => change_password(desk, fields).await,
            "session" => end_session(desk, field("session")).await,
            "sessions" => end_others(desk).await,
            "app" => revoke(desk, field("client")).await,
            _ => Err(HostError::NotFound),
        }
    })
    .await
}

async fn set_language(desk: &Desk<'_>, tag: &str) -> Result<HttpResponse, HostError> {
    let chosen = if tag.is_empty() { None } else { language::of_culture(tag) };
    if chosen.is_none() && !tag.is_empty() {
        return Err(HostError::NotFound);
    }
    desk.host().accounts().set_language(&desk.me.user, chosen.map(|texts| texts.tag)).await?;
    Ok(desk.go("account?said=language"))
}

/// Why a password was not changed.
fn refuse(desk: &Desk<'_>, status: StatusCode, text: &str) -> HttpResponse {
    page::show(desk, status, Some((Tone::Bad, text)))
}

async fn change_password(desk: &Desk<'_>, fields: &HashMap<String, String>) -> Result<HttpResponse, HostError> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let (texts, old, new) = (AccountTexts::of(desk.language()), field("old"), field("new"));
    if !page::has_password(desk)? {
        return Err(HostError::NoRight);
    }
    if new != field("again") {
        return Ok(refuse(desk, StatusCode::UNPROCESSABLE_ENTITY, texts.passwords_differ));
    }
    match passwords::check_new(new) {
        Ok(()) => {}
        Err(PasswordError::TooLong) => {
            return Ok(refuse(desk, StatusCode::UNPROCESSABLE_ENTITY, texts.password_long));
        }
        Err(_) => return Ok(refuse(desk, StatusCode::UNPROCESSABLE_ENTITY, texts.password_short)),
    }
    if let Some(refusal) = old_password(desk, old).await? {
        return Ok(refusal);
    }
    let host = desk.host();
    let account = match host.accounts().set_password(&desk.me.user, new).await {
        Ok(account) => account,
        Err(AccountError::Password(PasswordError::Busy)) => {
            return Ok(refuse(desk, StatusCode::SERVICE_UNAVAILABLE, desk.language().busy));
        }
        Err(error) => return Err(error.into()),
    };
    host.audit().note(desk.noted(AuditEvent::PasswordChanged).about(&account.user)).await;
    // All sessions ended with the old password, this one among them; a new one goes on in its place.
    let session = host.sessions().begin(&account, desk.visit.agent()).await?;
    let fresh = finish::fresh(&desk.visit, &session).await?;
    let mut response = desk.go("account?said=password");
    for cookie in [Some(desk.visit.keep_session(session)), fresh].into_iter().flatten() {
        add(&mut response, &cookie);
    }
    Ok(response)
}

/// Demands the old password, with the count of the sign-in: whoever has got hold of a session does not guess here either.
async fn old_password(desk: &Desk<'_>, old: &str) -> Result<Option<HttpResponse>, HostError> {
    let (attempts, account) = (&desk.visit.identity.attempts, desk.me.user.folded());
    let attempt = Attempt { address: desk.visit.address(), account: &account, device: None };
    let admitted = match attempts.admit(attempt) {
        Ok(admitted) => admitted,
        Err(wait) => {
            note_reason(desk.visit.request, "too many failed attempts");
            let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
            let text = desk.language().too_many.replace("{wait}", &desk.language().wait(seconds));
            let mut response = refuse(desk, StatusCode::TOO_MANY_REQUESTS, &text);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            return Ok(Some(response));
        }
    };
    match desk.host().accounts().authenticate(desk.me.user.as_str(), old).await {
        Ok(_) => {
            attempts.give_back(&admitted);
            Ok(None)
        }
        Err(SignInError::Refused(_)) => {
            note_reason(desk.visit.request, "the old password is wrong");
            let note = desk.noted(AuditEvent::SignInFailed).about(&desk.me.user).detail("password change");
            desk.host().audit().note(note).await;
            let texts = AccountTexts::of(desk.language());
            Ok(Some(refuse(desk, StatusCode::FORBIDDEN, texts.wrong_password)))
        }
        Err(SignInError::Password(error)) => {
            attempts.give_back(&admitted);
            note_reason(desk.visit.request, error.to_string());
            Ok(Some(refuse(desk, StatusCode::SERVICE_UNAVAILABLE, desk.language().busy)))
        }
        Err(SignInError::Trouble(trouble)) => {
            attempts.give_back(&admitted);
            Err(trouble.into())
        }
    }
}

async fn end_session(desk: &Desk<'_>, name: &str) -> Result<HttpResponse, HostError> {
    let sessions = desk.host().sessions();
    let is_own = sessions.of_user(&desk.me.user)?.iter().any(|(own, _)| own == name);
    if is_own && name != name_of(&desk.cookie) {
        sessions.end_named(name).await?;
        desk.host().audit().note(desk.noted(AuditEvent::SessionsEnded).about(&desk.me.user)).await;
    }
    // One that has ended meanwhile is as good.
    Ok(desk.go("account?said=session"))
}

async fn end_others(desk: &Desk<'_>) -> Result<HttpResponse, HostError> {
    let (sessions, this) = (desk.host().sessions(), name_of(&desk.cookie));
    for (name, _) in sessions.of_user(&desk.me.user)? {
        if name != this {
            sessions.end_named(&name).await?;
        }
    }
    desk.host().audit().note(desk.noted(AuditEvent::SessionsEnded).about(&desk.me.user)).await;
    Ok(desk.go("account?said=sessions"))
}

async fn revoke(desk: &Desk<'_>, client: &str) -> Result<HttpResponse, HostError> {
    desk.host().grants().revoke_client(&desk.me.user, client).await?;
    desk.host().audit().note(desk.noted(AuditEvent::AppRevoked).about(&desk.me.user).id(client)).await;
    Ok(desk.go("account?said=app"))
}
