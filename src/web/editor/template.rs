//! `GET /template/{id}?t=`: the document that Collabora begins a new file with (`TemplateSource`, rule W-68). It asks with a
//! plain GET, so the address carries a download token; it answers only as long as nothing is in the file.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};

use crate::{
    host::{Host, HostError},
    ids::NodeId,
    server::{note_operation, note_reason, reply},
    wopi::{Wopi, template_for},
};

pub(super) async fn handle(request: HttpRequest, id: web::Path<String>, wopi: web::Data<Wopi>) -> HttpResponse {
    note_operation(&request, "template");
    match find(&request, &id, &wopi.host) {
        Ok(bytes) => HttpResponse::Ok()
            .content_type("application/octet-stream")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(bytes),
        Err(error) => {
            note_reason(&request, error.to_string());
            match error {
                HostError::NotFound | HostError::NoRight => {
                    reply::message(StatusCode::NOT_FOUND, "there is no template for this file")
                }
                HostError::Access(_) => {
                    reply::message(StatusCode::UNAUTHORIZED, "this link is not valid or has expired")
                }
                _ => reply::message(StatusCode::INTERNAL_SERVER_ERROR, "the host's log says why"),
            }
        }
    }
}

fn find(request: &HttpRequest, id: &str, host: &Host) -> Result<&'static [u8], HostError> {
    let raw = request.query_string().split('&').find_map(|pair| pair.strip_prefix("t=")).unwrap_or_default();
    let token = percent_encoding::percent_decode_str(raw).decode_utf8_lossy();
    let access = host.access_control().authorize_download(&token)?;
    let file = access.file()?;
    if NodeId::parse(id).as_ref() != Ok(file) {
        return Err(HostError::NotFound);
    }
    let head = host.head(file)?;
    template_for(&head.name).filter(|_| head.content.size == 0).ok_or(HostError::NotFound)
}
