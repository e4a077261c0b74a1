//! The host page for whoever holds a share link and need not be signed in: `/s/{code}/open` reads or edits as the link says,
//! `/s/{code}/view` only reads, `/s/{code}/embed` only reads and may be framed by any page (rules W-45 and W-46). In a folder
//! that is shared, `?file=` says which document.
//!
//! The copy of an old format is a new file beside the old one, so it is offered behind a link that lets people write into the
//! folder, and not behind a link to the document alone.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::{
    super::{
        frame::notice,
        language::{DeskTexts, EditorTexts},
        visit::{Depth, Visit},
    },
    Mode, Places, Seat, json, opening,
    opening::Opens,
    page_for, plain, refused, renewal, state as saves,
};
use crate::{
    host::{
        HostError,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::NodeId,
    oauth::Identity,
    permission::Role,
    server::{note_operation, note_reason},
    wopi::Wopi,
};

/// The header that scripts of other sites cannot send.
const BY_SCRIPT: &str = "x-lockhouse-form";

pub(super) async fn open(
    request: HttpRequest,
    code: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "host page");
    show(&request, &code, &wopi, &identity, Mode::Edit, false).await
}

/// `POST /s/{code}/open`: the copy of an old format, after the page has said so (rule W-44). Whoever can send this has the
/// link, and there is no session that another site could use.
pub(super) async fn convert(
    request: HttpRequest,
    code: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "host page");
    show(&request, &code, &wopi, &identity, Mode::Edit, true).await
}

pub(super) async fn view(
    request: HttpRequest,
    code: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "host page");
    show(&request, &code, &wopi, &identity, Mode::View, false).await
}

pub(super) async fn embed(
    request: HttpRequest,
    code: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "host page");
    show(&request, &code, &wopi, &identity, Mode::Embed, false).await
}

pub(super) async fn state(
    request: HttpRequest,
    code: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "document state");
    let told = seat(&request, &code, &wopi, &identity, Role::Editor)
        .and_then(|seat| saves::answer(&request, &wopi, &seat.file, &seat.access, None));
    told.unwrap_or_else(|error| refused(&error))
}

/// A fresh token. There is no session that another site could use; the header is only ours to send all the same.
pub(super) async fn token(
    request: HttpRequest,
    code: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "fresh token");
    if !request.headers().contains_key(BY_SCRIPT) {
        return json(StatusCode::FORBIDDEN, &json!({ "error": "stale" }));
    }
    let renewed = async { renewal::fresh(&seat(&request, &code, &wopi, &identity, Role::Editor)?, Mode::Edit).await };
    renewed.await.unwrap_or_else(|error| refused(&error))
}

async fn show(
    request: &HttpRequest,
    code: &str,
    wopi: &Wopi,
    identity: &Identity,
    mode: Mode,
    agreed: bool,
) -> HttpResponse {
    let most = if mode == Mode::Embed { Role::Viewer } else { Role::Editor };
    let shown = async {
        let seat = seat(request, code, wopi, identity, most)?;
        let opens = opening::choose(&seat, mode).await?;
        let opens = if agreed { opens.agreed() } else { opens };
        if let Opens::Editor(chosen) = &opens
            && let Some(page) = page_for(&seat, mode, chosen)?
        {
            return Ok(page);
        }
        Ok(plain::of_guest(&seat, &opens))
    };
    shown.await.unwrap_or_else(|error: HostError| {
        note_reason(request, error.to_string());
        refusal(request, identity, error)
    })
}

fn refusal(request: &HttpRequest, identity: &Identity, error: HostError) -> HttpResponse {
    let visit = Visit::new(request, identity, Depth::Three, None);
    match error {
        HostError::NotFound | HostError::NoRight | HostError::Access(_) => {
            let (title, text) = (DeskTexts::of(visit.texts).title_nothing, EditorTexts::of(visit.texts).gone);
            notice(&visit, StatusCode::NOT_FOUND, title, text, "")
        }
        other => {
            tracing::error!(error = %other, "a page could not be answered");
            notice(&visit, StatusCode::INTERNAL_SERVER_ERROR, visit.texts.title_trouble, visit.texts.trouble, "")
        }
    }
}

/// A guest in front of a document: what the link opens, now, and never more than `most`.
fn seat<'a>(
    request: &'a HttpRequest,
    code: &str,
    wopi: &'a Wopi,
    identity: &'a Identity,
    most: Role,
) -> Result<Seat<'a>, HostError> {
    let links = wopi.host.links();
    let link = links.by_code(code)?.ok_or(HostError::NotFound)?;
    let top = links.get(&link)?.ok_or(HostError::NotFound)?.node;
    let asked = url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == "file")
        .map(|(_, value)| value);
    let file = match &asked {
        Some(id) => NodeId::parse(id).map_err(|_| HostError::NotFound)?,
        None => top.clone(),
    };
    let resource = Resource::File(file.clone());
    let new = NewToken::for_link(link, resource.clone(), most, ClientKind::Any);
    let token = wopi.host.tokens().issue(&new, wopi.host.options().token_lifetime)?;
    // Asks whether the link still opens the file: whoever made it may have lost the right.
    let access = wopi.host.access_control().authorize(&token.text, &resource)?;
    let facts = wopi.host.facts(&access)?;
    // As CloseUrl says it.
    let inner = facts.folder.is_some() && facts.head.parent != top;
    let folder = if inner { format!("?folder={}", facts.head.parent) } else { String::new() };
    let which = asked.map(|_| format!("?file={file}")).unwrap_or_default();
    let places = Places {
        state: format!("s/{code}/state{which}"),
        token: format!("s/{code}/token{which}"),
        download: format!("s/{code}/download{which}"),
        close: format!("s/{code}{folder}"),
        view: format!("s/{code}/view{which}"),
        edit: access.role.can_write().then(|| format!("s/{code}/open{which}")),
        ..Places::default()
    };
    let visit = Visit::new(request, identity, Depth::Three, None);
    Ok(Seat { visit, wopi, file, access, facts, places, mark: String::new() })
}
