//! `POST /versions/{id}`: a version is brought back, or becomes a file of its own. The field `deed` says which.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    subject::Subject,
    trail,
    version_bytes::name_of,
    versions::{may_see, read},
};
use crate::{
    host::{HostError, Unless},
    oauth::Identity,
    permission::Role,
    server::note_operation,
    store::records::AuditEvent,
    web::{desk::Desk, visit::Depth},
};

/// `POST /versions/{id}`.
pub(super) async fn submit(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "bringing back a version");
    Desk::sent(&request, &identity, Depth::Two, &body, async |desk, fields| {
        let said = decide(desk, &id, fields).await?;
        Ok(desk.go(&format!("versions/{}?said={said}", id.as_str())))
    })
    .await
}

async fn decide(desk: &Desk<'_>, id: &str, fields: &HashMap<String, String>) -> Result<String, HostError> {
    let (subject, head) = Subject::file(desk, id)?;
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let Some(choice) = read(field("version")) else { return Ok("gone".to_owned()) };
    let row = match desk.host().read_version(&subject.id, choice) {
        Ok((row, _)) => row,
        Err(HostError::NotFound) => return Ok("gone".to_owned()),
        Err(error) => return Err(error),
    };
    if !may_see(desk, &subject, choice, &row, row.version == head.version) {
        return Ok("refused".to_owned());
    }
    let done = match field("deed") {
        "restore" if subject.role().can_write() => {
            match desk.host().restore_version(&subject.id, choice, &desk.me.user).await {
                Ok(Unless::Done(())) => {
                    let note = trail::noted(desk, AuditEvent::VersionRestored, &subject.id).detail(field("version"));
                    trail::note(desk, note).await;
                    Ok("restored".to_owned())
                }
                Ok(Unless::Locked(_)) => Ok("locked".to_owned()),
                Err(error) => Err(error),
            }
        }
        "copy" => {
            // Beside the document, or among one's own files where one may not put anything beside it.
            let beside = desk.host().access_control().role_elsewhere(&subject.access, &head.parent)?;
            let parent = if beside.is_some_and(Role::can_write) { &head.parent } else { &desk.me.drive };
            let name = name_of(desk, &head.name, choice, &row);
            let copy = desk.host().copy_version(&subject.id, choice, &desk.me.user, parent, &name).await;
            copy.map(|(copy, _)| format!("copied&copy={copy}"))
        }
        _ => Ok("refused".to_owned()),
    };
    match done {
        Err(HostError::NotFound) => Ok("gone".to_owned()),
        Err(HostError::NoSpace { .. }) => Ok("space".to_owned()),
        done => done,
    }
}
