//! PutUserInfo and GetShareUrl (files.md section 4.8, containers-ecosystem.md section 4.9).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{
    Wopi,
    dispatch::body_of,
    headers,
    reply::{self, Problem},
    session::Session,
    shapes::share_types,
};
use crate::{
    host::{access::Access, audit::Note, tokens::Resource},
    permission::Role,
    server::visitor_address,
    store::records::AuditEvent,
};

/// Longest body that is read to find that it is too long; the limit itself is 1024 characters.
const LONGEST_USER_INFO_BODY: u64 = 16 * 1024;

/// Whether PutUserInfo is taken. A right to read is enough for it (files.md section 4.8), but a token that was issued for
/// looking only changes nothing at all, whoever it speaks for.
pub(super) fn keeps_user_info(access: &Access) -> bool {
    !access.is_anonymous() && access.claims.ceiling.can_write()
}

pub(super) async fn put_user_info(
    request: &HttpRequest,
    session: &Session,
    wopi: &Wopi,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    if !keeps_user_info(&session.access) {
        return Err(Problem::NotSupported("user info for guests and with a token that only reads"));
    }
    let mut body = body_of(request, payload, wopi, LONGEST_USER_INFO_BODY);
    let bytes = match body.read_all().await {
        Ok(bytes) => bytes,
        // The protocol knows 413 for documents alone; a text that is too long is malformed.
        Err(crate::server::BodyError::TooLarge { .. }) => {
            body.drain(LONGEST_USER_INFO_BODY).await;
            return Err(too_long());
        }
        Err(error) => return Err(error.into()),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| too_long())?;
    wopi.host.put_user_info(&session.access, text).await?;
    Ok(reply::ok().finish())
}

fn too_long() -> Problem {
    Problem::Bad("the user info must be at most 1024 ASCII characters".to_owned())
}

/// Whether a caller may ask for links to his file.
pub(super) fn may_share(access: &Access) -> bool {
    access.role.can_share() && !access.is_anonymous()
}

pub(super) async fn share_url(request: &HttpRequest, session: &Session, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    answer(request, &session.access, may_share(&session.access), wopi).await
}

/// GetShareUrl for a file or a container alike.
pub(super) async fn answer(
    request: &HttpRequest,
    access: &Access,
    may_share: bool,
    wopi: &Wopi,
) -> Result<HttpResponse, Problem> {
    let kind = headers::text(request, "X-WOPI-UrlType").unwrap_or_default();
    let role = match kind {
        "ReadOnly" => Role::Viewer,
        "ReadWrite" => Role::Editor,
        _ => return Err(Problem::NotSupported("this type of share URL")),
    };
    if !share_types(may_share, &wopi.supports).contains(&kind) {
        return Err(Problem::NotSupported("share URLs for this user"));
    }
    let link = wopi.host.share_link(access, role).await?;
    let note = Note::by(AuditEvent::LinkMade, Some(&access.user_id()), visitor_address(request));
    let node = match &access.claims.resource {
        Resource::File(node) | Resource::Container(node) => Some(node),
        Resource::Ecosystem => None,
    };
    let note = node.map_or_else(|| note.clone(), |node| note.clone().at(&wopi.host, node));
    wopi.host.audit().note(note.detail(role.as_str())).await;
    Ok(reply::ok().json(json!({ "ShareUrl": wopi.urls.share_link(&link) })))
}
