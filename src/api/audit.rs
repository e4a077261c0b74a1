//! The audit trail, and the backups that it and the pages of administrators tell of.

use actix_web::web;

use super::{
    Admin, Perform, Refusal,
    calls::{AuditInfo, AuditPage, BackupMade, Carrying, ListAudit},
    files::{mark_bytes, mark_text},
    route,
};
use crate::{
    clock::Timestamp,
    host::audit::Note,
    ids::UserId,
    store::records::{AuditEvent, AuditRecord, LastBackup},
};

/// Records looked at in one go.
const PAGE: usize = 512;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<ListAudit>(config);
    route::<BackupMade>(config);
    route::<Carrying>(config);
}

fn time(text: &str) -> Result<Timestamp, Refusal> {
    Timestamp::parse_iso(text).ok_or_else(|| Refusal::invalid(format!("`{text}` is no time in the form of ISO 8601")))
}

fn told(record: AuditRecord) -> AuditInfo {
    let AuditRecord { at, event, by, from, agent, user, path, id, detail, times, last } = record;
    let last = last.map(Timestamp::to_iso);
    AuditInfo { at: at.to_iso(), event, by, from, agent, user, path, id, detail, times, last }
}

impl Perform for ListAudit {
    async fn perform(self, admin: &Admin) -> Result<AuditPage, Refusal> {
        let since = self.since.as_deref().map(time).transpose()?;
        // Also of one who is gone.
        let user = self.user.as_deref().map(UserId::parse).transpose();
        let user = user.map_err(|error| Refusal::invalid(error.to_string()))?.map(|user| user.folded());
        let page = admin.host.audit().page(mark_bytes(self.after.as_deref())?.as_deref(), PAGE)?;
        let mut next = page.last().filter(|_| page.len() == PAGE).map(|(mark, _)| mark_text(mark));
        let mut entries = Vec::new();
        for (_, record) in page {
            if since.is_some_and(|since| record.last.unwrap_or(record.at) < since) {
                // One that began earlier may still have gone on later, but not by more than an hour.
                if since.is_some_and(|since| since.since(record.at) > crate::host::audit::LONGEST_COUNTED) {
                    next = None;
                    break;
                }
                continue;
            }
            let is = |who: &Option<UserId>| who.as_ref().map(UserId::folded) == user;
            if user.is_none() || is(&record.by) || is(&record.user) {
                entries.push(told(record));
            }
        }
        Ok(AuditPage { entries, next })
    }
}

impl Perform for Carrying {
    async fn perform(self, admin: &Admin) -> Result<(), Refusal> {
        let event = if self.into { AuditEvent::Imported } else { AuditEvent::Exported };
        admin.host.audit().note(Note::by_command(event).at(&admin.host, &self.node)).await;
        Ok(())
    }
}

impl Perform for BackupMade {
    async fn perform(self, admin: &Admin) -> Result<(), Refusal> {
        let Self { at, file, records, bytes, unreadable } = self;
        let file: String = file.chars().take(1024).collect();
        admin.host.audit().note(Note::by_command(AuditEvent::BackupMade).detail(&file)).await;
        admin.host.remember_backup(&LastBackup { at: time(&at)?, file, records, bytes, unreadable }).await?;
        Ok(())
    }
}
