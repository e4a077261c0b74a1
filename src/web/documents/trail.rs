//! What the audit trail is told of these pages.

use crate::{host::audit::Note, ids::NodeId, store::records::AuditEvent, web::desk::Desk};

/// Something that the reader did to a file or folder just now; the path is the one that it has at this moment.
pub(super) fn noted(desk: &Desk<'_>, event: AuditEvent, node: &NodeId) -> Note {
    desk.noted(event).at(desk.host(), node)
}

/// Writes it down.
pub(super) async fn note(desk: &Desk<'_>, note: Note) {
    desk.host().audit().note(note).await;
}
