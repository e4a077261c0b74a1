//! What the pages tell the audit trail ([`crate::host::audit`]).

use super::{desk::Desk, visit::Visit};
use crate::{host::audit::Note, ids::UserId, store::records::AuditEvent};

impl Desk<'_> {
    /// Something that whoever is signed in here did just now: `desk.host().audit().note(desk.noted(event)).await`.
    pub(crate) fn noted(&self, event: AuditEvent) -> Note {
        self.visit.noted(event, Some(&self.me.user))
    }
}

impl Visit<'_> {
    /// Something that was done from here just now, by a user or by somebody who is not known.
    pub(crate) fn noted(&self, event: AuditEvent, by: Option<&UserId>) -> Note {
        Note::by(event, by, self.address()).agent(self.agent())
    }
}
