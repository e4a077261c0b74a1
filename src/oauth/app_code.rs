//! `POST /api/office/code`: a code for Office, asked for by the operator's own app on the device (bootstrapper-oauth.md
//! section 8). Office has started the app and waits for its answer; the app has asked the user.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use serde::{Deserialize, Serialize};

use super::{
    Identity, Params,
    redirect::{self, ErrorCode, Hints},
    request::{AuthorizationRequest, Wrong, split_scopes},
};
use crate::{
    host::{
        audit::Note,
        oauth::{Bearer, GrantError, NewCode},
        trouble::Trouble,
    },
    server::{bearer, note_operation, note_reason, visitor_address},
    store::records::AuditEvent,
};

/// The scope that a token must have.
const SCOPE: &str = "app";

/// What the app asks. It passes on what Office gave it: on iOS behind the colon of its URL scheme, on Android in the extra
/// `AuthorizeUrlQueryParams`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    client_id: String,
    redirect_uri: Option<String>,
    scope: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    app: Option<String>,
    platform: Option<String>,
    action: Option<String>,
    /// Android's extra `UserId`: the user whom Office wants signed in.
    user_id: Option<String>,
}

/// What the app gets. `return_url` is for iOS: the app opens it. `response_params` is for Android: it becomes the extra
/// `ResponseUrlQueryParams`.
#[derive(Debug, Default, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_params: Option<String>,
}

impl Answer {
    fn with(self, status: StatusCode) -> HttpResponse {
        HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(self)
    }
}

/// The scheme by which an Office app on iOS is given the answer (rule B-78).
fn return_scheme(app: &str) -> Option<&'static str> {
    const SCHEMES: [(&str, &str); 5] = [
        ("word", "ms-word-tp"),
        ("excel", "ms-excel-tp"),
        ("powerpoint", "ms-powerpoint-tp"),
        ("officemobile", "ms-officemobile-tp"),
        ("office", "ms-officemobile-tp"),
    ];
    SCHEMES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(app.trim())).map(|(_, scheme)| scheme)
}

impl Wanted {
    fn is_ios(&self) -> bool {
        self.platform.as_deref().is_some_and(|platform| platform.eq_ignore_ascii_case("ios"))
    }

    /// The URL by which an iOS app answers; none for other platforms and apps that are not known.
    fn return_url(&self, answer: &[(&str, &str)]) -> Option<String> {
        let scheme = return_scheme(self.app.as_deref()?).filter(|_| self.is_ios())?;
        let action = self.action.as_deref().map(|action| ("action", action));
        Some(format!("{scheme}:{}", redirect::parameters(answer.iter().copied().chain(action))))
    }

    /// The same request as the authorization endpoint would read it: the same rules hold.
    fn as_params(&self) -> Params {
        let pairs = [
            ("response_type", Some("code")),
            ("client_id", Some(self.client_id.as_str())),
            ("redirect_uri", self.redirect_uri.as_deref()),
            ("scope", self.scope.as_deref()),
            ("code_challenge", self.code_challenge.as_deref()),
            ("code_challenge_method", self.code_challenge_method.as_deref()),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Params::parse(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().as_bytes())
    }

    /// Says no, in the forms in which the app passes it on (rules B-79, section 8.2).
    fn refuse(&self, status: StatusCode, error: ErrorCode, description: &str) -> HttpResponse {
        let description = redirect::printable(description);
        let told = [("error", error.as_str()), ("error_description", &*description)];
        let encoded = redirect::parameters([("", &*description)]).split_off(1);
        Answer {
            error: Some(error.as_str()),
            return_url: self.return_url(&told),
            // On Android the description stands in quotes.
            response_params: Some(format!("{}&error_description=\"{}\"", redirect::parameters([told[0]]), encoded)),
            error_description: Some(description),
            ..Answer::default()
        }
        .with(status)
    }
}

/// 401 or 403 for a token that does not do (RFC 6750 section 3).
fn turned_away(status: StatusCode, error: &'static str, description: &'static str) -> HttpResponse {
    let told = Answer { error: Some(error), error_description: Some(description.to_owned()), ..Answer::default() };
    let mut response = told.with(status);
    if let Ok(challenge) = HeaderValue::from_str(&format!("Bearer error=\"{error}\", scope=\"{SCOPE}\"")) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Answers the app.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "code for an app");
    let bearer = match bearer(&request).map(|token| identity.host.grants().authorize(token)) {
        Some(Ok(bearer)) if bearer.may(SCOPE) => bearer,
        Some(Ok(_)) => {
            return turned_away(StatusCode::FORBIDDEN, "insufficient_scope", "the token has not the scope app");
        }
        Some(Err(GrantError::Trouble(trouble))) => return troubled(&Wanted::default(), &trouble),
        Some(Err(error)) => {
            note_reason(&request, error.to_string());
            return turned_away(StatusCode::UNAUTHORIZED, "invalid_token", "the token is not valid");
        }
        None => return turned_away(StatusCode::UNAUTHORIZED, "invalid_token", "there is no token"),
    };
    if let Err(seconds) = identity.limits.bootstrapper(&bearer.family) {
        let (status, error) = (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TemporarilyUnavailable);
        let mut response = Wanted::default().refuse(status, error, "the app asks too often");
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let Ok(wanted) = serde_json::from_slice::<Wanted>(&body) else {
        let description = "the body must be a JSON object with client_id";
        return Wanted::default().refuse(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, description);
    };
    match issue(&request, &identity, &bearer, &wanted).await {
        Ok(response) => response,
        Err(trouble) => troubled(&wanted, &trouble),
    }
}

fn troubled(wanted: &Wanted, trouble: &Trouble) -> HttpResponse {
    let (status, error) = if trouble.is_passing() {
        (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable)
    } else {
        tracing::error!(%trouble, "a code for an app could not be made");
        (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServerError)
    };
    let mut response = wanted.refuse(status, error, "the host has a problem; try again shortly");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

async fn issue(
    request: &HttpRequest,
    identity: &Identity,
    bearer: &Bearer,
    wanted: &Wanted,
) -> Result<HttpResponse, Trouble> {
    let mut asked = match AuthorizationRequest::read(identity, &wanted.as_params()) {
        Ok(asked) => asked,
        Err(Wrong::Trouble(trouble)) => return Err(trouble),
        Err(Wrong::Page(reason)) => {
            return Ok(wanted.refuse(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, reason));
        }
        Err(Wrong::Redirect { error, reason, .. }) => {
            return Ok(wanted.refuse(StatusCode::BAD_REQUEST, error, reason));
        }
    };
    let account = &bearer.account;
    // Office knows him by the id that the bootstrapper gives (rule B-82), which need not be his name.
    let wants_another = |id: &str| !id.is_empty() && !id.eq_ignore_ascii_case(account.wopi_id().as_str());
    if wanted.user_id.as_deref().is_some_and(wants_another) {
        let description = "another user is signed in to the app than the one asked for";
        return Ok(wanted.refuse(StatusCode::FORBIDDEN, ErrorCode::AccessDenied, description));
    }
    if asked.client.id == bearer.client {
        let description = "an app asks for a code for Office, not for itself";
        return Ok(wanted.refuse(StatusCode::BAD_REQUEST, ErrorCode::UnauthorizedClient, description));
    }
    if asked.client.is_public() {
        // Nothing but the code shows who such a client is, and the app would hold it.
        let description = "an app asks for a code for Office, which has a secret of its own";
        return Ok(wanted.refuse(StatusCode::BAD_REQUEST, ErrorCode::UnauthorizedClient, description));
    }
    // Nobody has consented to another app: a token of this one is not to become a token of that one.
    let named = wanted.scope.as_deref().is_some_and(|scope| split_scopes(scope).iter().any(|scope| scope == SCOPE));
    asked.scopes.retain(|scope| scope != SCOPE);
    if named || asked.scopes.is_empty() {
        let description = "an app asks for what Office needs, and the scope app is not of it";
        return Ok(wanted.refuse(StatusCode::BAD_REQUEST, ErrorCode::InvalidScope, description));
    }
    let grants = identity.host.grants();
    grants.allow(&account.user, &asked.client.id, &asked.scopes).await?;
    let note = Note::by(AuditEvent::AppAllowed, Some(&account.user), visitor_address(request)).id(&asked.client.id);
    identity.host.audit().note(note.detail(&format!("by {}", bearer.client))).await;
    let code = NewCode {
        client: asked.client.id.clone(),
        redirect_uri: asked.redirect_uri,
        user: account.user.clone(),
        generation: account.generation,
        scopes: asked.scopes,
        challenge: asked.challenge,
    };
    let code = grants.issue_code(code).await?;
    let hints = Hints::of(&identity.settings.oauth, account.region.as_deref());
    let mut told = vec![("code", code.as_str())];
    told.extend(hints.token_endpoint.as_deref().map(|tk| ("tk", tk)));
    told.extend(hints.session_context.as_deref().map(|sc| ("sc", sc)));
    let answer = Answer {
        return_url: wanted.return_url(&told),
        response_params: Some(redirect::parameters(told.iter().copied())),
        user_id: Some(account.wopi_id().to_string()),
        code: Some(code.clone()),
        tk: hints.token_endpoint.clone(),
        sc: hints.session_context.clone(),
        ..Answer::default()
    };
    Ok(answer.with(StatusCode::OK))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(app: &str, platform: &str) -> Wanted {
        Wanted {
            app: Some(app.to_owned()),
            platform: Some(platform.to_owned()),
            action: Some("0b7d-{1}".to_owned()),
            ..Wanted::default()
        }
    }

    #[test]
    fn each_office_app_on_ios_is_answered_by_its_own_scheme_with_its_action() {
        let told = [("code", "ac.1"), ("tk", "https://eu.example/t/?region=eu1")];
        for (app, scheme) in [
            ("word", "ms-word-tp"),
            ("Excel", "ms-excel-tp"),
            ("POWERPOINT", "ms-powerpoint-tp"),
            ("officemobile", "ms-officemobile-tp"),
        ] {
            assert_eq!(
                wanted(app, "iOS").return_url(&told).unwrap(),
                format!("{scheme}:code=ac.1&tk=https%3A%2F%2Feu.example%2Ft%2F%3Fregion%3Deu1&action=0b7d-%7B1%7D")
            );
        }
        assert_eq!(wanted("word", "android").return_url(&told), None);
        assert_eq!(wanted("notepad", "iOS").return_url(&told), None);
    }
}
