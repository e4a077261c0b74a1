//! What the token and revocation endpoints answer when they refuse (bootstrapper-oauth.md section 7.3).

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use serde_json::json;

use super::redirect::printable;
use crate::{
    host::{oauth::GrantError, trouble::Trouble},
    server::{BodyError, note_reason},
};

/// Seconds after which a house with a problem that may last is asked again.
const LASTING: u32 = 30;

/// Why there are no tokens.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// A parameter is missing, repeated or malformed; the words are for a developer.
    Request(&'static str),
    /// Who asks did not show who he is.
    Client {
        /// For the log alone.
        reason: &'static str,
        /// Whether he tried HTTP Basic.
        basic: bool,
    },
    /// Neither a code nor a refresh token is offered.
    GrantType,
    /// A hint at a kind of token that there is not.
    TokenType,
    /// What the code or token is worth.
    Grant(GrantError),
    /// Too often: after so many seconds.
    TooOften(u32),
    /// The body did not arrive.
    Body(BodyError),
}

impl From<GrantError> for Refusal {
    fn from(error: GrantError) -> Self {
        Self::Grant(error)
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self::Grant(trouble.into())
    }
}

impl Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Request(_) | Self::Body(_) => "invalid_request",
            Self::Client { .. } => "invalid_client",
            Self::GrantType => "unsupported_grant_type",
            Self::TokenType => "unsupported_token_type",
            Self::Grant(GrantError::Invalid(_)) => "invalid_grant",
            Self::Grant(GrantError::Scope) => "invalid_scope",
            Self::Grant(GrantError::Trouble(_)) | Self::TooOften(_) => "temporarily_unavailable",
        }
    }

    /// Trouble of the house is 503, never `invalid_grant`: that one throws people out (rule B-72).
    fn status(&self) -> StatusCode {
        match self {
            Self::Client { .. } => StatusCode::UNAUTHORIZED,
            Self::Grant(GrantError::Trouble(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Body(error) => error.status(),
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// In words: first for whoever asks, then for the log.
    fn words(&self) -> (String, String) {
        match self {
            Self::Request(words) => ((*words).to_owned(), (*words).to_owned()),
            Self::Client { reason, .. } => ("client authentication failed".to_owned(), (*reason).to_owned()),
            Self::GrantType => same("grant_type must be authorization_code or refresh_token"),
            Self::TokenType => same("token_type_hint must be access_token or refresh_token"),
            Self::Grant(GrantError::Trouble(trouble)) => {
                ("this host has a problem at the moment; try again".to_owned(), trouble.to_string())
            }
            Self::Grant(error) => same(&error.to_string()),
            Self::TooOften(_) => same("too many requests; try again later"),
            Self::Body(error) => same(&error.to_string()),
        }
    }

    /// The answer; the reason goes into the request's log line.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let (told, logged) = self.words();
        note_reason(request, format!("{}: {logged}", self.code()));
        let mut answer = unkept(self.status());
        if let Self::Client { basic: true, .. } = self {
            answer.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"lockhouse\""));
        }
        let retry = match self {
            Self::TooOften(seconds) => Some(*seconds),
            Self::Grant(GrantError::Trouble(trouble)) => Some(if trouble.is_passing() { 1 } else { LASTING }),
            _ => None,
        };
        if let Some(seconds) = retry {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        answer.body(json!({ "error": self.code(), "error_description": printable(&told) }).to_string())
    }
}

fn same(words: &str) -> (String, String) {
    (words.to_owned(), words.to_owned())
}

/// JSON that no cache keeps (RFC 6749 section 5.1).
pub(super) fn unkept(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, "application/json;charset=UTF-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"));
    answer
}
