//! `/oauth/authorize`: where an app sends people to sign in and to allow it something (bootstrapper-oauth.md section 5).
//!
//! ```text
//! GET /oauth/authorize ─ who asks, for what ─ nobody signed in ── sign-in page ─ 303 back here
//!                                           └ somebody ── consent page ─ POST /oauth/consent ─ 303 to the app
//! ```
//!
//! No state is kept between the steps: each form carries the query of the request, which is read anew.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use super::{
    Identity, Params, consent,
    redirect::{self, ErrorCode},
    request::{AuthorizationRequest, Wrong},
};
use crate::{
    host::trouble::Trouble,
    server::{note_operation, note_reason},
    web::{
        frame,
        sign_in::{
            ReturnTo,
            finish::may_consent,
            page::{self, Say, SignInPage},
        },
        visit::{Depth, Visit},
    },
};

/// Its path.
pub(crate) const PATH: &str = "/oauth/authorize";

/// The longest query that is carried from page to page, in bytes.
const LONGEST_QUERY: usize = 4000;

/// Said of a query that is longer, or has characters that an address cannot have.
const TOO_LONG: &str = "The address of this page is too long, or no proper address.";

/// A request of an app, and the query that it came with.
pub(crate) struct Asked {
    /// What is asked.
    pub(crate) request: AuthorizationRequest,
    /// The query, to be carried along.
    pub(crate) query: String,
}

impl Asked {
    /// Where the answer goes, as a source of a content security policy.
    pub(crate) fn redirect_source(&self) -> String {
        match url::Url::parse(&self.request.answer_to) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.origin().ascii_serialization(),
            Ok(url) => format!("{}:", url.scheme()),
            // A registered redirect URI parses.
            Err(_) => String::new(),
        }
    }

    /// The way back to this request after a sign-in.
    pub(crate) fn return_to(&self) -> Option<ReturnTo> {
        ReturnTo::parse(&format!("{PATH}?{}", self.query))
    }

    /// Refuses the app what it asks for.
    pub(crate) fn refusal(&self, error: ErrorCode, description: &str) -> String {
        redirect::failure(&self.request.answer_to, error, description, self.request.state.as_deref())
    }
}

/// Reads a request from its query.
///
/// # Errors
/// The outer one when the store cannot be read.
pub(crate) fn read(identity: &Identity, query: &str) -> Result<Result<Asked, Wrong>, Trouble> {
    let plain =
        query.len() <= LONGEST_QUERY && query.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#".contains(&byte));
    if !plain {
        return Ok(Err(Wrong::Page(TOO_LONG)));
    }
    match AuthorizationRequest::read(identity, &Params::parse(query.as_bytes())) {
        Ok(request) => Ok(Ok(Asked { request, query: query.to_owned() })),
        Err(Wrong::Trouble(trouble)) => Err(trouble),
        Err(wrong) => Ok(Err(wrong)),
    }
}

/// The culture in which the app asks, which decides the language.
pub(super) fn culture(query: &str) -> Option<String> {
    Params::parse(query.as_bytes()).any_case("rs").map(str::to_owned)
}

/// Answers a request that cannot be put before anybody.
pub(super) fn wrong(visit: &Visit<'_>, wrong: Wrong, redirect: StatusCode) -> HttpResponse {
    match wrong {
        Wrong::Page(reason) => {
            note_reason(visit.request, reason);
            let texts = visit.texts;
            let text = texts.refused.replace("{place}", visit.place());
            frame::notice(visit, StatusCode::BAD_REQUEST, texts.title_refused, &text, reason)
        }
        Wrong::Redirect { location, reason, .. } => {
            note_reason(visit.request, reason);
            frame::redirect(redirect, &location)
        }
        Wrong::Trouble(trouble) => frame::trouble(visit, &trouble),
    }
}

/// `GET /oauth/authorize`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "authorize");
    let query = request.query_string();
    let visit = Visit::new(&request, &identity, Depth::Two, culture(query).as_deref());
    let asked = match read(&identity, query) {
        Ok(Ok(asked)) => asked,
        Ok(Err(reason)) => return wrong(&visit, reason, StatusCode::FOUND),
        Err(trouble) => return frame::trouble(&visit, &trouble),
    };
    match put_before(&visit, &asked).await {
        Ok(response) => response,
        Err(trouble) => troubled(&visit, &asked, &trouble, StatusCode::FOUND),
    }
}

/// `POST /oauth/authorize` (rule B-41): the same request in a form. Browsers keep cookies back from a form of another site,
/// so it is asked again with GET.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "authorize");
    // A form that is too long is refused as it is: cut off, it could be another request.
    let form = if body.len() <= LONGEST_QUERY { &body[..] } else { &[] };
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(url::form_urlencoded::parse(form)).finish();
    let visit = Visit::new(&request, &identity, Depth::Two, culture(&query).as_deref());
    if form.len() < body.len() {
        return wrong(&visit, Wrong::Page(TOO_LONG), StatusCode::SEE_OTHER);
    }
    match read(&identity, &query) {
        Ok(Ok(_)) => frame::redirect(StatusCode::SEE_OTHER, &format!("./authorize?{query}")),
        Ok(Err(reason)) => wrong(&visit, reason, StatusCode::SEE_OTHER),
        Err(trouble) => frame::trouble(&visit, &trouble),
    }
}

/// Shows the consent page to somebody who is signed in, the sign-in page to anybody else.
async fn put_before(visit: &Visit<'_>, asked: &Asked) -> Result<HttpResponse, Trouble> {
    if let Some(signed_in) = visit.signed_in()?
        && may_consent(visit, &signed_in).await?
    {
        visit.identity.host.sessions().touch(&signed_in.cookie).await?;
        return consent::show(visit, asked, &signed_in).await;
    }
    sign_in_page(visit, asked, Say::Nothing).await
}

/// The sign-in page for a request.
pub(super) async fn sign_in_page(visit: &Visit<'_>, asked: &Asked, say: Say) -> Result<HttpResponse, Trouble> {
    let return_to = asked.return_to();
    let asks = SignInPage { return_to: return_to.as_ref(), asked: Some(asked), name: "", say, passwords: false };
    page::show(visit, &asks).await
}

/// Tells the app that the house has a problem (section 6.1): a status could not reach it here.
pub(super) fn troubled(visit: &Visit<'_>, asked: &Asked, trouble: &Trouble, redirect: StatusCode) -> HttpResponse {
    note_reason(visit.request, trouble.to_string());
    let (error, description) = if trouble.is_passing() {
        (ErrorCode::TemporarilyUnavailable, "the host is busy; try again shortly")
    } else {
        tracing::error!(%trouble, "an authorization request could not be answered");
        (ErrorCode::ServerError, "the host has a problem")
    };
    frame::redirect(redirect, &asked.refusal(error, description))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Timestamp, store::records::ClientRecord};

    fn asked(answer_to: &str) -> Asked {
        let client = ClientRecord {
            id: "a".to_owned(),
            name: "A".to_owned(),
            secrets: Vec::new(),
            redirect_uris: vec![answer_to.to_owned()],
            scopes: vec!["wopi".to_owned()],
            created: Timestamp::from_unix_ms(0),
        };
        let request = AuthorizationRequest {
            client,
            redirect_uri: None,
            answer_to: answer_to.to_owned(),
            scopes: Vec::new(),
            state: None,
            challenge: None,
        };
        Asked { request, query: String::new() }
    }

    #[test]
    fn a_form_may_lead_to_the_app_that_asks_and_to_no_other_place() {
        for (to, source) in [
            ("https://localhost", "https://localhost"),
            ("https://a.example:8443/b?c=d", "https://a.example:8443"),
            ("http://127.0.0.1:99/cb", "http://127.0.0.1:99"),
            ("com.example.app:/back", "com.example.app:"),
        ] {
            assert_eq!(asked(to).redirect_source(), source);
        }
    }
}
