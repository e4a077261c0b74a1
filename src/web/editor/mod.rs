//! The host page: a document in its editor, in the browser (web-host.md sections 2 to 7 and 9 to 11).
//!
//! ```text
//! GET /view/{id}, /edit/{id} ─ session ─ right ─ opening::choose ─┬─ page: frame, form with a fresh token, bar
//!                                                                  └─ plain: no editor, an old format, nothing in it
//! POST /edit/{id}            ─ the copy of an old format, after its page has said what happens
//! POST /edit/{id}/token      ─ a fresh token for a page that stays open
//! GET  /state/{id}           ─ what the host itself knows of the document's saves
//! GET  /s/{code}/view, open … ─ the same for whoever holds a share link
//! ```
//!
//! The page says the same to all editors; what each of them says otherwise is in `assets/host_page/`.

mod guest;
mod opening;
mod page;
mod plain;
mod renewal;
mod state;
mod template;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

pub(crate) use self::opening::Mode;
use self::opening::{Chosen, Opens};
use super::{
    desk::Desk,
    visit::{Depth, Visit},
};
use crate::{
    host::{FileFacts, HostError, access::Access, tokens::Resource},
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    wopi::Wopi,
};

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource("/view/{id}").route(read().to(view)))
        .service(web::resource("/edit/{id}").route(read().to(edit)).route(web::post().to(convert)))
        .service(web::resource("/edit/{id}/token").route(web::post().to(renewal::token)))
        .service(web::resource("/edit/{id}/embed").route(web::post().to(renewal::embed)))
        .service(web::resource("/state/{id}").route(web::get().to(state::of_account)))
        .service(web::resource("/template/{id}").route(read().to(template::handle)))
        .service(web::resource("/s/{link}/view").route(read().to(guest::view)))
        .service(web::resource("/s/{link}/open").route(read().to(guest::open)).route(web::post().to(guest::convert)))
        .service(web::resource("/s/{link}/embed").route(read().to(guest::embed)))
        .service(web::resource("/s/{link}/state").route(web::get().to(guest::state)))
        .service(web::resource("/s/{link}/token").route(web::post().to(guest::token)));
}

/// Somebody in front of a document, as of this moment.
pub(crate) struct Seat<'a> {
    /// His request.
    pub(crate) visit: Visit<'a>,
    /// Host, editors, capabilities.
    pub(crate) wopi: &'a Wopi,
    /// The document.
    pub(crate) file: NodeId,
    /// What he may do with it, as himself.
    pub(crate) access: Access,
    /// What he may know of it.
    pub(crate) facts: FileFacts,
    /// Where the page's links lead.
    pub(crate) places: Places,
    /// For the scripts of the page; empty for guests, whose address is secret enough.
    pub(crate) mark: String,
}

/// Where the links of a page lead, seen from the root of the house; what is `None` is not offered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// What the host knows of saves.
    pub(crate) state: String,
    /// Fresh tokens.
    pub(crate) token: String,
    /// Where an address for other pages to frame is made.
    pub(crate) embed: Option<String>,
    /// The page that reads.
    pub(crate) view: String,
    /// The page that edits, and takes the word that an old format may be copied.
    pub(crate) edit: Option<String>,
    /// The page that shares.
    pub(crate) share: Option<String>,
    /// The page of versions.
    pub(crate) versions: Option<String>,
    /// The bytes, by the session or the link: no token is in the address.
    pub(crate) download: String,
    /// Where closing leads.
    pub(crate) close: String,
    /// Where somebody signs in whose session has ended.
    pub(crate) sign_in: Option<String>,
}

impl Places {
    fn of_account(file: &NodeId, access: &Access, facts: &FileFacts) -> Self {
        let sharing = access.role.can_share();
        Self {
            state: format!("state/{file}"),
            token: format!("edit/{file}/token"),
            view: format!("view/{file}"),
            embed: sharing.then(|| format!("edit/{file}/embed")),
            edit: access.role.can_write().then(|| format!("edit/{file}")),
            share: sharing.then(|| format!("share/{file}")),
            versions: Some(format!("versions/{file}")),
            download: format!("file/{file}/download"),
            close: facts.folder.as_ref().map_or_else(String::new, |_| format!("folder/{}", facts.head.parent)),
            sign_in: Some("sign-in?return_to=%2F".to_owned()),
        }
    }
}

fn node(id: &str) -> Result<NodeId, HostError> {
    NodeId::parse(id).map_err(|_| HostError::NotFound)
}

/// Somebody who is signed in, in front of a document.
fn seat<'a>(desk: &Desk<'a>, wopi: &'a Wopi, id: &str) -> Result<Seat<'a>, HostError> {
    let file = node(id)?;
    let access = desk.access(Resource::File(file.clone()))?;
    let facts = wopi.host.facts(&access)?;
    let places = Places::of_account(&file, &access, &facts);
    Ok(Seat { visit: desk.visit, wopi, file, access, facts, places, mark: desk.mark().to_owned() })
}

async fn view(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "host page");
    show(&request, &id, &wopi, &identity, Mode::View).await
}

async fn edit(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "host page");
    show(&request, &id, &wopi, &identity, Mode::Edit).await
}

async fn show(request: &HttpRequest, id: &str, wopi: &Wopi, identity: &Identity, mode: Mode) -> HttpResponse {
    let desk = match Desk::open(request, identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let shown = async {
        let seat = seat(&desk, wopi, id)?;
        let opens = opening::choose(&seat, mode).await?;
        page_or_plain(&desk, &seat, mode, &opens)
    };
    shown.await.unwrap_or_else(|error| desk.refusal(&error))
}

/// `POST /edit/{id}`: the editor makes the copy of an old format; its page has said so before (rule W-44).
async fn convert(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
    body: web::Bytes,
) -> HttpResponse {
    note_operation(&request, "host page");
    let desk = match Desk::form(&request, &identity, Depth::Two, &body).await {
        Ok((desk, _)) => desk,
        Err(answer) => return answer,
    };
    let shown = async {
        let seat = seat(&desk, &wopi, &id)?;
        let opens = opening::choose(&seat, Mode::Edit).await?.agreed();
        page_or_plain(&desk, &seat, Mode::Edit, &opens)
    };
    shown.await.unwrap_or_else(|error: HostError| desk.refusal(&error))
}

fn page_or_plain(desk: &Desk<'_>, seat: &Seat<'_>, mode: Mode, opens: &Opens) -> Result<HttpResponse, HostError> {
    if let Opens::Editor(chosen) = opens
        && let Some(page) = page_for(seat, mode, chosen)?
    {
        return Ok(desk.with_cookie(page));
    }
    Ok(plain::of_account(desk, seat, opens))
}

/// The host page of a document in the editor that was chosen for it, for somebody signed in or a guest. `None` when the editor
/// gives no address that could be used.
///
/// # Errors
/// [`HostError`] when no token can be issued.
pub(crate) fn page_for(seat: &Seat<'_>, mode: Mode, chosen: &Chosen) -> Result<Option<HttpResponse>, HostError> {
    let Some(url) = opening::url(seat, chosen) else { return Ok(None) };
    page::answer(seat, mode, chosen, &url).map(Some)
}

/// JSON that nobody keeps.
fn json(status: StatusCode, value: &serde_json::Value) -> HttpResponse {
    let mut response = HttpResponse::build(status).json(value);
    super::frame::guard(&mut response);
    response
}

/// JSON for a script that asks without a right to be answered: 401 for whoever is not signed in any more, 404 for whoever
/// has nothing here (any more).
fn refused(error: &HostError) -> HttpResponse {
    let (status, word) = match error {
        HostError::NotFound | HostError::NoRight | HostError::Access(_) => (StatusCode::NOT_FOUND, "nothing-here"),
        HostError::Overloaded | HostError::ShuttingDown => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        HostError::SwitchedOff => (StatusCode::NOT_IMPLEMENTED, "switched-off"),
        other => {
            tracing::error!(error = %other, "a page's script could not be answered");
            (StatusCode::INTERNAL_SERVER_ERROR, "trouble")
        }
    };
    json(status, &serde_json::json!({ "error": word }))
}
