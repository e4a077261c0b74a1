//! The ecosystem endpoint (containers-ecosystem.md section 5).

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::json;

use super::{
    Wopi, containers, headers,
    reply::{self, Problem},
    session,
    shapes::{Shapes, offers_containers},
};
use crate::{
    host::{HostError, access::Access, tokens::Resource},
    server::note_operation,
    store::records::NodeKind,
    urls::Named,
};

/// `GET /ecosystem`: CheckEcosystem.
pub(super) async fn check(request: HttpRequest, wopi: web::Data<Wopi>) -> Result<HttpResponse, Problem> {
    note_operation(&request, "CheckEcosystem");
    match session::open_ecosystem(&request, &wopi) {
        Ok(access) => Ok(reply::ok().json(json!({ "SupportsContainers": offers_containers(&wopi.supports, &access) }))),
        Err(problem) => Err(problem.noted(&request)),
    }
}

/// `GET /ecosystem/root_container_pointer`: GetRootContainer.
pub(super) async fn root(request: HttpRequest, wopi: web::Data<Wopi>) -> Result<HttpResponse, Problem> {
    note_operation(&request, "GetRootContainer");
    let outcome = session::open_ecosystem(&request, &wopi).and_then(|access| {
        session::require_containers(&access, &wopi)?;
        Ok(reply::ok().json(Shapes::from(wopi.get_ref()).root(&access)?))
    });
    outcome.map_err(|problem| problem.noted(&request))
}

/// `POST /ecosystem`: GetFileWopiSrc is all there is.
pub(super) async fn post(
    request: HttpRequest,
    wopi: web::Data<Wopi>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    note_operation(&request, "unknown");
    let outcome = session::open_ecosystem(&request, &wopi).and_then(|access| {
        session::require_containers(&access, &wopi)?;
        let name = headers::text(&request, "X-WOPI-Override").unwrap_or_default();
        if !name.eq_ignore_ascii_case("GET_WOPI_SRC_WITH_ACCESS_TOKEN") {
            return Err(Problem::NotSupported("this operation"));
        }
        note_operation(&request, "GetFileWopiSrc");
        Ok(reply::ok().json(wopi_src(&request, &access, Shapes::from(wopi.get_ref()))?))
    });
    containers::without_body(&request, payload, &wopi, outcome).await
}

/// The answer of GetFileWopiSrc.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WopiSrc {
    url: String,
}

/// What the text in the header leads to, if the caller may see it by a right of his own: a share link gives its right to
/// whoever comes with the link alone, and does not make this caller anybody else.
pub(super) fn wopi_src(request: &HttpRequest, access: &Access, shapes: Shapes<'_>) -> Result<WopiSrc, HostError> {
    let Shapes { host, urls, .. } = shapes;
    let text = headers::text(request, "X-WOPI-HostNativeFileName").unwrap_or_default();
    let node = match urls.named_by(text).ok_or(HostError::NotFound)? {
        Named::Node(node) => node,
        Named::Link(code) => {
            let link = host.links().by_code(&code)?.ok_or(HostError::NotFound)?;
            host.links().get(&link)?.ok_or(HostError::NotFound)?.node
        }
    };
    let resource = match host.visible(access, &node)? {
        NodeKind::File => Resource::File(node.clone()),
        NodeKind::Container => Resource::Container(node.clone()),
    };
    let is_file = matches!(resource, Resource::File(_));
    let token = host.tokens().issue_traded(&access.claims, resource)?;
    let url = if is_file {
        urls.wopi_src_with_token(&node, &token.text)
    } else {
        urls.wopi_container_with_token(&node, &token.text)
    };
    Ok(WopiSrc { url: format!("{url}&access_token_ttl={}", token.expires.unix_ms()) })
}

/// `/folders/…`, which OneNote alone would use: not there (rule C-120).
pub(super) async fn folders(request: HttpRequest) -> Result<HttpResponse, Problem> {
    note_operation(&request, "folders");
    Err(Problem::NotSupported("folders as OneNote uses them").noted(&request))
}
