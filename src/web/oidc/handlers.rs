//! The two addresses of a journey: where it begins, and where it comes back to.

use std::{collections::HashMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::time::Duration as Age,
    http::{StatusCode, header},
    web,
};
use openidconnect::{
    CsrfToken, LanguageTag, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope,
    core::{CoreAuthPrompt, CoreAuthenticationFlow},
};

use super::{
    OidcError, Provider,
    journey::{self, Journey},
    redeem::redeem,
};
use crate::{
    host::{
        accounts::outside::{EnterError, Outsider},
        trouble::Trouble,
    },
    oauth::Identity,
    server::{note_operation, note_reason, reply},
    store::records::AuditEvent,
    web::{
        frame,
        sign_in::{
            ReturnTo, again, fields,
            finish::{add, finish},
            guard,
            page::Say,
        },
        visit::{Depth, Visit},
    },
};

/// The cookie of a journey. One at a time: a browser that begins another forgets the first.
const COOKIE: &str = "lockhouse-journey";

/// The path of the redirect URI.
const CALLBACK: &str = "/sign-in/oidc";

/// The longest code, issuer or error that is read, in bytes.
const LONGEST: usize = 4096;

/// `POST /sign-in/oidc/start`: the button on the sign-in page, with the fields `form`, `rs` and `return_to`.
pub(super) async fn start(
    request: HttpRequest,
    body: web::Bytes,
    identity: web::Data<Identity>,
    provider: Option<web::Data<Provider>>,
) -> HttpResponse {
    note_operation(&request, "sign-in by provider");
    let Some(provider) = provider else { return reply::not_found() };
    let fields = fields(&request, &body).unwrap_or_default();
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let return_to = ReturnTo::parse(field("return_to"));
    let culture = fields.get("rs").cloned().or_else(|| return_to.as_ref().and_then(ReturnTo::culture));
    let visit = Visit::new(&request, &identity, Depth::Three, culture.as_deref());
    let begun = begin(&visit, &provider, return_to.as_ref(), field("form")).await;
    begun.unwrap_or_else(|trouble| frame::trouble(&visit, &trouble))
}

async fn begin(
    visit: &Visit<'_>,
    provider: &Provider,
    return_to: Option<&ReturnTo>,
    mark: &str,
) -> Result<HttpResponse, Trouble> {
    if !guard::passes(visit, None, mark).await? {
        return refuse(visit, return_to, Say::Stale, "the form was not made for this browser").await;
    }
    let host = &visit.identity.host;
    // Where each consent demands a sign-in of its own, one that the provider remembers is none.
    let fresh = !visit.identity.settings.oauth.reuse_session;
    let to = return_to.map_or("", ReturnTo::as_str);
    let journey = Journey::begin(to, visit.texts.language, fresh, host.clock().wall())?;
    let Some(cookie) = journey.seal(host.keys())? else {
        return refuse(visit, None, Say::ProviderFailed, "the address to return to is too long for a cookie").await;
    };
    match send(visit, provider, &journey).await {
        Ok(url) => {
            let mut response = frame::redirect(StatusCode::SEE_OTHER, &url);
            let age = Age::try_from(journey::LIFETIME).ok();
            add(&mut response, &visit.keep(COOKIE, cookie, age));
            Ok(response)
        }
        Err(error) => refuse(visit, return_to, say(&error), error.to_string()).await,
    }
}

/// The URL at the provider for a journey (`OpenID` Connect Core section 3.1.2.1).
async fn send(visit: &Visit<'_>, provider: &Provider, journey: &Journey) -> Result<String, OidcError> {
    let known = provider.discovery.known(visit.identity.host.clock()).await?;
    let client = provider.client(&known, callback_url(visit))?;
    let (state, nonce) = (CsrfToken::new(journey.state.clone()), Nonce::new(journey.nonce.clone()));
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(journey.verifier.clone()));
    let scopes = visit.identity.settings.oidc.scopes.iter().map(|scope| Scope::new(scope.to_owned()));
    let request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .add_scopes(scopes)
        .add_ui_locale(LanguageTag::new(visit.texts.tag.to_owned()))
        .set_pkce_challenge(challenge);
    let request = if journey.fresh {
        // Some providers heed the one, some the other; by the second the token tells when it was.
        request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO)
    } else {
        request
    };
    let (url, _, _) = request.url();
    Ok(url.into())
}

/// `GET /sign-in/oidc`: the redirect URI at the provider.
pub(super) async fn callback(
    request: HttpRequest,
    identity: web::Data<Identity>,
    provider: Option<web::Data<Provider>>,
) -> HttpResponse {
    note_operation(&request, "sign-in by provider");
    let Some(provider) = provider else { return reply::not_found() };
    let answer = Answer::read(request.query_string());
    let cookie = Visit::new(&request, &identity, Depth::Two, None).cookie(COOKIE);
    let journey = cookie.and_then(|cookie| Journey::open(&cookie, identity.host.keys(), identity.host.clock().wall()));
    let return_to = journey.as_ref().and_then(|journey| ReturnTo::parse(&journey.return_to));
    let culture = journey.as_ref().map(|journey| journey.language.as_str());
    let visit = Visit::new(&request, &identity, Depth::Two, culture);
    let ended = match (&journey, answer) {
        (Some(journey), Some(answer)) if journey.is_of(&answer.state) && does(journey, &identity) => {
            let ended = end(&visit, &provider, journey, answer, return_to.as_ref()).await;
            ended.map(|mut response| {
                add(&mut response, &visit.drop(COOKIE));
                response
            })
        }
        // The journey that the browser may be on goes on.
        _ => refuse(&visit, None, Say::Stale, "the browser is on no such journey").await,
    };
    ended.unwrap_or_else(|trouble| frame::trouble(&visit, &trouble))
}

/// Whether a journey is of the kind that is wanted now; the settings may have changed since it began.
fn does(journey: &Journey, identity: &Identity) -> bool {
    journey.fresh || identity.settings.oauth.reuse_session
}

/// What came back.
struct Answer {
    state: String,
    code: Result<String, String>,
    issuer: Option<String>,
}

impl Answer {
    /// Reads the query; `None` when it is no answer, or says something twice.
    fn read(query: &str) -> Option<Self> {
        let mut fields = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        let mut take =
            |name: &str| fields.remove(name).map(|value| if value.len() > LONGEST { String::new() } else { value });
        let (state, code, error, issuer) = (take("state")?, take("code"), take("error"), take("iss"));
        let code = match (code, error) {
            (Some(code), None) => Ok(code),
            (_, error) => Err(error.unwrap_or_default()),
        };
        Some(Self { state, code, issuer })
    }
}

/// Ends a journey, well or not.
async fn end(
    visit: &Visit<'_>,
    provider: &Provider,
    journey: &Journey,
    answer: Answer,
    return_to: Option<&ReturnTo>,
) -> Result<HttpResponse, Trouble> {
    if answer.issuer.is_some_and(|issuer| issuer != provider.issuer.as_str()) {
        // RFC 9207: an answer of another provider.
        return refuse(visit, return_to, Say::ProviderFailed, "the answer is of another issuer").await;
    }
    let code = match answer.code {
        Ok(code) if !code.is_empty() => code,
        Ok(_) => return refuse(visit, return_to, Say::ProviderFailed, "the code is empty or too long").await,
        Err(error) => {
            let reason = format!("the outside provider answers `{}`", error.escape_default());
            return refuse(visit, return_to, said(&error), reason).await;
        }
    };
    // A code that is made up costs a question at the provider as well: only those that it knows are given back.
    let Identity { host, attempts, .. } = visit.identity;
    let admitted = match attempts.admit_code(visit.address()) {
        Ok(admitted) => admitted,
        Err(wait) => {
            return refuse(visit, return_to, Say::too_many(wait), "too many codes that the provider does not know")
                .await;
        }
    };
    let Some(_turn) = provider.turn().await else {
        attempts.give_back(&admitted);
        return refuse(visit, return_to, Say::Busy, "too many codes are being redeemed").await;
    };
    match redeem(provider, host.clock(), journey, code, callback_url(visit)).await {
        Ok(who) => {
            attempts.give_back(&admitted);
            enter(visit, &who, return_to).await
        }
        Err(error) => refuse(visit, return_to, say(&error), error.to_string()).await,
    }
}

/// Lets somebody in whom the provider vouches for.
async fn enter(visit: &Visit<'_>, who: &Outsider, return_to: Option<&ReturnTo>) -> Result<HttpResponse, Trouble> {
    let oidc = &visit.identity.settings.oidc;
    let newcomers = oidc.create_users.then_some(oidc.kind);
    let accounts = visit.identity.host.accounts();
    let is_known = accounts.by_subject(&who.subject)?.is_some();
    match accounts.enter(who, newcomers).await {
        Ok(account) => {
            if !is_known {
                let note = visit.noted(AuditEvent::UserAdded, None).about(&account.user).detail("provider");
                visit.identity.host.audit().note(note).await;
            }
            let note = visit.noted(AuditEvent::SignIn, Some(&account.user)).detail("provider");
            visit.identity.host.audit().note(note).await;
            finish(visit, &account, return_to).await
        }
        Err(EnterError::Trouble(trouble)) => Err(trouble),
        Err(error) => {
            // Who is disabled and who has no account hear the same.
            note_reason(visit.request, error.to_string());
            let note = visit.noted(AuditEvent::SignInFailed, None).detail("provider");
            visit.identity.host.audit().note(note).await;
            let texts = visit.texts;
            let text = texts.no_account.replace("{provider}", &oidc.name).replace("{place}", visit.place());
            Ok(frame::notice(visit, StatusCode::FORBIDDEN, texts.title_no_account, &text, who.subject.as_str()))
        }
    }
}

/// The sign-in page with a reason.
async fn refuse(
    visit: &Visit<'_>,
    return_to: Option<&ReturnTo>,
    say: Say,
    reason: impl Into<String>,
) -> Result<HttpResponse, Trouble> {
    note_reason(visit.request, reason.into());
    again(visit, return_to, "", say, false).await
}

const fn say(error: &OidcError) -> Say {
    match error {
        OidcError::Unreachable(_) => Say::ProviderDown,
        OidcError::Refused(_) => Say::ProviderFailed,
    }
}

/// What an error of the provider means for whoever signs in (`OpenID` Connect Core section 3.1.2.6).
fn said(error: &str) -> Say {
    match error {
        "access_denied"
        | "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => Say::ProviderDenied,
        "temporarily_unavailable" | "server_error" => Say::ProviderDown,
        _ => Say::ProviderFailed,
    }
}

/// The redirect URI: at the host that was asked, because the journey's cookie is there. Of all names that a request may
/// give, only the two that the settings know count.
fn callback_url(visit: &Visit<'_>) -> String {
    let connection = visit.request.connection_info();
    let asked = visit.request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    match &visit.identity.settings.oauth.public_url {
        Some(url)
            if [Some(connection.host()), asked]
                .into_iter()
                .flatten()
                .any(|host| host.eq_ignore_ascii_case(url.authority())) =>
        {
            format!("{}{CALLBACK}", url.as_str())
        }
        _ => visit.identity.urls.outside_callback(),
    }
}
