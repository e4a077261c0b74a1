//! What is around a file or container: EnumerateAncestors and GetEcosystem (containers-ecosystem.md sections 4.6 and 4.8).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{
    Wopi,
    reply::{self, Problem},
    session,
    shapes::Shapes,
};
use crate::{
    host::{HostError, access::Access},
    server::note_operation,
};

/// `GET /files/{id}/ancestry`.
pub(super) fn of_file(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    note_operation(request, "EnumerateAncestors");
    ancestors(wopi, session::open_browsing(request, id, wopi))
}

/// `GET /containers/{id}/ancestry`.
pub(super) async fn of_container(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
) -> Result<HttpResponse, Problem> {
    note_operation(&request, "EnumerateAncestors");
    let access = session::open_container(&request, &id, &wopi).map(|session| session.access);
    ancestors(&wopi, access).map_err(|problem| problem.noted(&request))
}

/// `GET /files/{id}/ecosystem_pointer`.
pub(super) fn ecosystem_of_file(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    note_operation(request, "GetEcosystem");
    ecosystem(wopi, session::open_browsing(request, id, wopi))
}

/// `GET /containers/{id}/ecosystem_pointer`.
pub(super) async fn ecosystem_of_container(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
) -> Result<HttpResponse, Problem> {
    note_operation(&request, "GetEcosystem");
    let access = session::open_container(&request, &id, &wopi).map(|session| session.access);
    ecosystem(&wopi, access).map_err(|problem| problem.noted(&request))
}

fn ancestors(wopi: &Wopi, access: Result<Access, Problem>) -> Result<HttpResponse, Problem> {
    let access = access?;
    let shapes = Shapes::from(wopi);
    let line = wopi.host.ancestors(&access)?;
    let pointers: Result<Vec<_>, HostError> =
        line.iter().map(|ancestor| shapes.pointer(&access, &ancestor.id, &ancestor.name)).collect();
    Ok(reply::ok().json(json!({ "AncestorsWithRootFirst": pointers? })))
}

fn ecosystem(wopi: &Wopi, access: Result<Access, Problem>) -> Result<HttpResponse, Problem> {
    Ok(reply::ok().json(json!({ "Url": Shapes::from(wopi).ecosystem_url(&access?)? })))
}
