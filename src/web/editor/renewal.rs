//! What the script of a page that stays open asks for: a fresh token (rule W-54), and an address for other pages to frame
//! (rule W-45).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::{
    super::{desk::Desk, visit::Depth},
    Mode, Seat, json,
    opening::{self, Opens, family},
    refused, seat,
    state::signed_out,
};
use crate::{
    host::{HostError, tokens::Resource},
    oauth::Identity,
    permission::Role,
    server::note_operation,
    wopi::Wopi,
};

/// Whoever sends a page's mark, or the answer for a script: 401 where a page would lead to signing in.
async fn asker<'a>(request: &'a HttpRequest, identity: &'a Identity) -> Result<Desk<'a>, HttpResponse> {
    Desk::script(request, identity, Depth::Three).await.map_err(|answer| match answer.status() {
        StatusCode::SEE_OTHER => signed_out(),
        StatusCode::FORBIDDEN => json(StatusCode::FORBIDDEN, &json!({ "error": "stale" })),
        status => json(status, &json!({ "error": "trouble" })),
    })
}

/// `POST /edit/{id}/token?mode=&client=`: a token such as the page has that asks, if it would be opened in the same way now.
pub(super) async fn token(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "fresh token");
    let desk = match asker(&request, &identity).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let renewed = async { fresh(&seat(&desk, &wopi, &id)?, Mode::Edit).await };
    renewed.await.unwrap_or_else(|error| refused(&error))
}

/// A token for the page that asks with these parameters; no more than `most` is opened.
///
/// # Errors
/// [`HostError`].
pub(super) async fn fresh(seat: &Seat<'_>, most: Mode) -> Result<HttpResponse, HostError> {
    let query = seat.visit.request.query_string();
    let parameter = |wanted: &str| {
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value)
    };
    let mode = if parameter("mode").as_deref() == Some("edit") { most } else { Mode::View };
    match opening::choose(seat, mode).await? {
        // A page that edits is not calmed with a token that only reads.
        Opens::Editor(chosen)
            if chosen.edits == (mode == Mode::Edit)
                && parameter("client").as_deref() == Some(family(chosen.opening.client)) =>
        {
            let token = opening::issue(seat, &chosen)?;
            Ok(json(
                StatusCode::OK,
                &json!({ "access_token": token.text, "access_token_ttl": token.expires.unix_ms() }),
            ))
        }
        _ => Ok(json(StatusCode::CONFLICT, &json!({ "error": "opens-otherwise" }))),
    }
}

/// `POST /edit/{id}/embed`: the address at which other pages frame the document: a link that only reads.
pub(super) async fn embed(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "embedding");
    let desk = match asker(&request, &identity).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let made = async {
        if !wopi.supports.share_url {
            return Err(HostError::SwitchedOff);
        }
        let access = desk.access(Resource::File(super::node(&id)?))?;
        let code = wopi.host.share_link(&access, Role::Viewer).await?;
        Ok(json(StatusCode::OK, &json!({ "url": wopi.urls.embedded(&code) })))
    };
    made.await.unwrap_or_else(|error| refused(&error))
}
