//! RenameFile and DeleteFile (files.md sections 4.6 and 4.7).

use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{
    Wopi, headers,
    reply::{self, LOCK, Problem},
    session::Session,
};
use crate::{
    host::{HostError, Unless, access::Access, audit::Note},
    ids::NodeId,
    server::visitor_address,
    store::records::AuditEvent,
};

const REQUESTED_NAME: &str = "X-WOPI-RequestedName";

pub(super) async fn rename(request: &HttpRequest, session: &Session, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    session.access.require(crate::permission::Role::Editor).map_err(HostError::from)?;
    let stem = match headers::utf7_text(request, REQUESTED_NAME) {
        None => return Err(Problem::BadName(format!("the request needs {REQUESTED_NAME} and has none"))),
        Some(Err(error)) => return Err(Problem::BadName(format!("{REQUESTED_NAME}: {error}"))),
        Some(Ok(stem)) => stem,
    };
    let lock = headers::lock_id(request, LOCK.as_str())?;
    match wopi.host.rename(&session.access, lock, &stem).await {
        Ok(Unless::Done(name)) => {
            let modified = wopi.host.head(&session.file)?.modified;
            Ok(reply::ok().json(json!({ "Name": name.stem(), "LastModifiedTime": modified.to_iso() })))
        }
        Ok(Unless::Locked(current)) => Err(Problem::Locked(current)),
        Err(HostError::NameTaken) => Err(Problem::BadName("no free name like that was found".to_owned())),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn delete(request: &HttpRequest, session: &Session, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    // Made before it is gone, and with it its path.
    let note = deleted(request, &session.access, &session.file, wopi).detail("to the bin, by WOPI");
    match wopi.host.delete(&session.access).await? {
        Unless::Done(()) => {
            wopi.host.audit().note(note).await;
            Ok(reply::ok().finish())
        }
        Unless::Locked(current) => Err(Problem::Locked(current)),
    }
}

/// What the audit trail is told of a deletion.
pub(super) fn deleted(request: &HttpRequest, access: &Access, node: &NodeId, wopi: &Wopi) -> Note {
    Note::by(AuditEvent::Deleted, Some(&access.user_id()), visitor_address(request)).at(&wopi.host, node)
}
