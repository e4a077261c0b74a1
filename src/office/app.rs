//! The JSON interface for the operator's own app, as far as it opens Office: `GET /api/office/link/{file id}` and
//! `GET /api/office/apps`. Whoever asks holds an OAuth access token with the scope `app`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use serde::Deserialize;

use super::{Launcher, NoLaunch, Wish};
use crate::{
    host::oauth::GrantError,
    ids::NodeId,
    launch::{Mode, Origin, Scheme},
    oauth::Identity,
    server::{bearer, note_operation, note_reason, reply},
    store::records::AccountRecord,
};

/// The scope of this interface.
const SCOPE: &str = "app";

/// What can be wished of a link.
#[derive(Deserialize)]
pub(super) struct Query {
    mode: Option<Mode>,
    origin: Option<Origin>,
    pass_back: Option<String>,
    context: Option<String>,
}

pub(super) async fn only_get() -> HttpResponse {
    reply::method_not_allowed("GET")
}

/// Why nothing is answered.
struct Refused {
    status: StatusCode,
    /// `WWW-Authenticate`.
    challenge: Option<&'static str>,
    /// Seconds after which to come again.
    again: Option<u32>,
    text: String,
}

impl Refused {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, challenge: None, again: None, text: text.into() }
    }

    fn unauthorized(status: StatusCode, challenge: &'static str, text: &str) -> Self {
        Self { challenge: Some(challenge), ..Self::new(status, text) }
    }

    fn until(seconds: u32, status: StatusCode, text: &str) -> Self {
        Self { again: Some(seconds), ..Self::new(status, text) }
    }

    fn response(&self) -> HttpResponse {
        let mut response = reply::message(self.status, &self.text);
        if let Some(seconds) = self.again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

impl From<NoLaunch> for Refused {
    fn from(error: NoLaunch) -> Self {
        let status = match &error {
            NoLaunch::NotFound => StatusCode::NOT_FOUND,
            NoLaunch::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            NoLaunch::Wish(_) => StatusCode::BAD_REQUEST,
            NoLaunch::NoAddress => StatusCode::CONFLICT,
            NoLaunch::Host(error) => {
                tracing::error!(%error, "a link into Office could not be made");
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the host could not look for the file");
            }
        };
        Self::new(status, error.to_string())
    }
}

fn answered(outcome: Result<HttpResponse, Refused>) -> HttpResponse {
    outcome.unwrap_or_else(|refused| refused.response())
}

pub(super) async fn link(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    query: Result<web::Query<Query>, actix_web::Error>,
) -> HttpResponse {
    note_operation(&request, "Office link");
    answered(authorized(&request, &identity).and_then(|account| {
        let Ok(web::Query(query)) = query else {
            let text = "the query is `mode=edit|view`, `origin=app|web`, `pass_back=SCHEME` and `context=TEXT`, each at \
                        most once";
            return Err(Refused::new(StatusCode::BAD_REQUEST, text));
        };
        Ok(built(&account, &id, query, &identity)?)
    }))
}

fn built(account: &AccountRecord, id: &str, query: Query, identity: &Identity) -> Result<HttpResponse, NoLaunch> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let wish = Wish {
        view: query.mode == Some(Mode::View),
        origin: query.origin.unwrap_or_default(),
        pass_back: given(query.pass_back).map(|scheme| Scheme::parse(&scheme)).transpose()?,
        context: given(query.context),
    };
    let file = NodeId::parse(id).map_err(|_| NoLaunch::NotFound)?;
    let Identity { host, urls, settings, .. } = identity;
    let launch = Launcher { host, urls, settings }.link(account, &file, wish)?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(launch))
}

pub(super) async fn apps(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "Office apps");
    answered(authorized(&request, &identity).map(|_| {
        let known = super::apps(&identity.settings.office);
        HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(known)
    }))
}

/// Who asks, if his token is good for this interface (RFC 6750 section 3).
fn authorized(request: &HttpRequest, identity: &Identity) -> Result<AccountRecord, Refused> {
    let Some(token) = bearer(request) else {
        return Err(Refused::unauthorized(StatusCode::UNAUTHORIZED, "Bearer", "an access token is needed"));
    };
    match identity.host.grants().authorize(token) {
        Ok(bearer) if bearer.may(SCOPE) => {
            // The same share as for codes.
            let often = |seconds| Refused::until(seconds, StatusCode::TOO_MANY_REQUESTS, "the app asks too often");
            identity.limits.bootstrapper(&bearer.family).map_err(often)?;
            Ok(bearer.account)
        }
        Ok(_) => {
            let challenge = "Bearer error=\"insufficient_scope\", scope=\"app\"";
            Err(Refused::unauthorized(StatusCode::FORBIDDEN, challenge, "the access token lacks the scope `app`"))
        }
        Err(GrantError::Trouble(trouble)) => {
            note_reason(request, trouble.to_string());
            let text = "the access token cannot be looked at just now";
            Err(Refused::until(1, StatusCode::SERVICE_UNAVAILABLE, text))
        }
        Err(error) => {
            note_reason(request, error.to_string());
            let challenge = "Bearer error=\"invalid_token\"";
            Err(Refused::unauthorized(StatusCode::UNAUTHORIZED, challenge, "the access token is not valid"))
        }
    }
}
