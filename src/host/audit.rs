//! The audit trail: who signed in, shared, broke locks, administered; from where; when.
//!
//! A [`Note`] says what was done; [`Audit::note`] writes it down and returns once that is durable, in the group commit of
//! everything else. No secret belongs into one. What differs by nothing but its time is counted in one record for a while,
//! and of sign-ins that fail only so many records are made in an hour: nobody fills the disk with them, or pushes other
//! records out.

use std::{
    collections::VecDeque,
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    clock::{Clock, Timestamp},
    host::{
        Host, random,
        trouble::{PAGE, Trouble, commit, load},
    },
    ids::{NodeId, UserId},
    store::{
        engine::{Batch, Engine, Key, Record, Ticket, scan_prefix},
        records::{self, AuditEvent, AuditRecord, decode, encode, keys},
    },
};

/// What stands in place of an address for what commands do.
pub const COMMAND_LINE: &str = "command line";

/// The same for what the house does of its own accord.
pub const HOST: &str = "host";

/// The same for failed sign-ins when too many addresses fail at once.
pub const MANY: &str = "many addresses";

/// Records that are kept at most, beside those of failed sign-ins.
pub const MOST: usize = 200_000;

/// Records of failed sign-ins that are kept at most.
pub const MOST_FAILED: usize = 20_000;

/// How long the same is counted in one record.
const SAME: Duration = Duration::from_secs(600);

/// The same for sign-ins that fail.
const SAME_FAILED: Duration = Duration::from_secs(3600);

/// How long after it began a record may still be counted up.
pub const LONGEST_COUNTED: Duration = SAME_FAILED;

/// Records that can still be counted up.
const OPEN: usize = 256;

/// Records of failed sign-ins that are made within [`SAME_FAILED`]; one more counts all others.
const OPEN_FAILED: usize = 128;

/// The longest text of one field, in bytes.
const LONGEST: usize = 512;

/// What was done, to be written down.
#[derive(Clone, Debug)]
#[must_use = "it is written down by `Audit::note`"]
pub struct Note(AuditRecord);

impl Note {
    fn new(event: AuditEvent, by: Option<&UserId>, from: String) -> Self {
        Self(AuditRecord {
            at: Timestamp::from_ticks(0),
            event,
            by: by.cloned(),
            from,
            agent: None,
            user: None,
            path: None,
            id: None,
            detail: None,
            times: 1,
            last: None,
        })
    }

    /// Something that a user did, or somebody who is not known.
    pub fn by(event: AuditEvent, by: Option<&UserId>, from: IpAddr) -> Self {
        Self::new(event, by, from.to_canonical().to_string())
    }

    /// Something that a command did.
    pub fn by_command(event: AuditEvent) -> Self {
        Self::new(event, None, COMMAND_LINE.to_owned())
    }

    /// Something that the house did of its own accord.
    pub fn by_host(event: AuditEvent) -> Self {
        Self::new(event, None, HOST.to_owned())
    }

    /// The browser with which.
    pub fn agent(mut self, agent: &str) -> Self {
        self.0.agent = text(agent);
        self
    }

    /// The user to whom.
    pub fn about(mut self, user: &UserId) -> Self {
        self.0.user = Some(user.clone());
        self
    }

    /// The file or folder, by the path that it has now.
    pub fn at(self, host: &Host, node: &NodeId) -> Self {
        let path = match host.path_of(node) {
            Ok(path) => path.to_string(),
            // In the bin it has no path.
            Err(_) => host.head_anywhere(node).ok().flatten().map(|head| head.name).unwrap_or_default(),
        };
        self.on(&path, node)
    }

    /// The file or folder, when the path is known.
    pub fn on(mut self, path: &str, node: &NodeId) -> Self {
        self.0.path = text(path);
        self.id(node.as_str())
    }

    /// The client or key.
    pub fn id(mut self, id: &str) -> Self {
        self.0.id = text(id);
        self
    }

    /// More about it: a role, the way of signing in. Never a secret.
    pub fn detail(mut self, detail: &str) -> Self {
        self.0.detail = text(detail);
        self
    }

    /// The record of it, for a store that no host has opened.
    pub fn into_record(self, at: Timestamp) -> AuditRecord {
        AuditRecord { at, ..self.0 }
    }

    fn is_same(&self, other: &AuditRecord) -> bool {
        let AuditRecord { at: _, event, by, from, agent, user, path, id, detail, times: _, last: _ } = &self.0;
        *event == other.event
            && *by == other.by
            && *from == other.from
            && *agent == other.agent
            && *user == other.user
            && *path == other.path
            && *id == other.id
            && *detail == other.detail
    }
}

/// A text for a record: short, without controls; of one that is too long, its end.
fn text(text: &str) -> Option<String> {
    let mut clean: String = text.chars().filter(|c| !c.is_control()).collect();
    if clean.len() > LONGEST {
        let from = (clean.len() - LONGEST..clean.len()).find(|at| clean.is_char_boundary(*at)).unwrap_or(0);
        clean = format!("…{}", &clean[from..]);
    }
    Some(clean).filter(|clean| !clean.is_empty())
}

/// A record that can still be counted up.
type Open = (Key, AuditRecord);

#[derive(Default)]
struct Recent {
    failed: VecDeque<Open>,
    others: VecDeque<Open>,
}

/// The audit trail of the house.
#[derive(Clone)]
pub struct Audit {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    recent: Arc<Mutex<Recent>>,
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl Audit {
    /// Works on the records of `engine`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock, recent: Arc::default() }
    }

    /// Writes down what was done; returns once that is durable. What cannot be written is in the log: what was done stands.
    pub async fn note(&self, note: Note) {
        let event = note.0.event;
        let done = match self.submit(note) {
            Ok(ticket) => ticket.wait().await.map_err(Trouble::from),
            Err(trouble) => Err(trouble),
        };
        if let Err(trouble) = done {
            tracing::error!(event = event.name(), %trouble, "the audit trail lacks something");
        }
    }

    fn submit(&self, note: Note) -> Result<Ticket, Trouble> {
        let record = &note.0;
        tracing::info!(
            target: "lockhouse::audit",
            event = record.event.name(),
            by = record.by.as_ref().map(UserId::as_str),
            from = record.from,
            user = record.user.as_ref().map(UserId::as_str),
            path = record.path,
            id = record.id,
            detail = record.detail,
            "audit: {}", record.event.name()
        );
        let now = self.clock.wall();
        // Handed over under the lock: what is counted up is written in the order of the counts.
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let is_failed = note.0.event == AuditEvent::SignInFailed;
        let (open, most, window) =
            if is_failed { (&mut recent.failed, OPEN_FAILED, SAME_FAILED) } else { (&mut recent.others, OPEN, SAME) };
        open.retain(|(_, record)| record.at <= now && now.since(record.at) < window);
        let is_known = open.iter().any(|(_, record)| note.is_same(record));
        let note = if is_failed && !is_known && open.len() >= most {
            Note::new(AuditEvent::SignInFailed, None, MANY.to_owned())
        } else {
            note
        };
        let known = open.iter_mut().find(|(_, record)| note.is_same(record));
        let (key, record) = if let Some((key, record)) = known {
            record.times = record.times.saturating_add(1);
            record.last = Some(now);
            (key.clone(), record.clone())
        } else {
            let key = keys::audit(now, random::bytes()?);
            let record = AuditRecord { at: now, ..note.0 };
            if open.len() > most {
                open.pop_front();
            }
            open.push_back((key.clone(), record.clone()));
            (key, record)
        };
        Ok(self.engine.submit(Batch::new().set(key, encode(&record)))?)
    }

    /// At most `limit` records, newest first, after the mark `after`; each with its mark. One that cannot be read is left out.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn page(&self, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, AuditRecord)>, Trouble> {
        let mut found = Vec::new();
        let mut after = after.map(<[u8]>::to_vec);
        while found.len() < limit {
            let page = scan_prefix(&*self.engine, keys::prefix::AUDIT, after.as_deref(), limit.min(PAGE))?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            let read = |(key, record): (Key, Record)| {
                let read = decode::<AuditRecord>(&key, &record.value).ok()?;
                Some((key, read))
            };
            found.extend(page.into_iter().filter_map(read));
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Removes what is older than `keep`, and what is too much, until `stopped` says so. Returns how many records.
    ///
    /// # Errors
    /// [`Trouble`]; what was removed before stays removed.
    pub async fn prune(&self, keep: Duration, stopped: &(dyn Fn() -> bool + Sync)) -> Result<u64, Trouble> {
        self.prune_to(keep, MOST, MOST_FAILED, stopped).await
    }

    async fn prune_to(
        &self,
        keep: Duration,
        most: usize,
        most_failed: usize,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<u64, Trouble> {
        let (mut failed, mut others, mut removed) = (0, 0, 0);
        let mut after: Option<Key> = None;
        let now = self.clock.wall();
        while !stopped() {
            let page = scan_prefix(&*self.engine, keys::prefix::AUDIT, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            let mut batch = Batch::new();
            for (key, record) in page {
                let event = decode::<AuditRecord>(&key, &record.value).map(|record| record.event);
                let (count, most) = match event {
                    Ok(AuditEvent::SignInFailed) => (&mut failed, most_failed),
                    _ => (&mut others, most),
                };
                *count += 1;
                let is_old = keys::audit_time(&key).is_some_and(|at| now.since(at) > keep);
                if is_old || *count > most {
                    batch = batch.clear(key);
                }
            }
            if !batch.clear.is_empty() {
                removed += batch.clear.len() as u64;
                commit(&*self.engine, batch).await?;
            }
        }
        Ok(removed)
    }
}

/// The last backup, as the command that made it told.
pub fn last_backup_key() -> Key {
    keys::system("last-backup")
}

/// The last look through the whole store.
pub fn last_check_key() -> Key {
    keys::system("last-check")
}

impl Host {
    /// Remembers that a backup was made.
    ///
    /// # Errors
    /// What the store says.
    pub async fn remember_backup(&self, backup: &records::LastBackup) -> Result<(), Trouble> {
        self.remember(last_backup_key(), encode(backup)).await
    }

    /// Remembers that the store was looked through.
    ///
    /// # Errors
    /// What the store says.
    pub async fn remember_check(&self, check: &records::LastCheck) -> Result<(), Trouble> {
        self.remember(last_check_key(), encode(check)).await
    }

    async fn remember(&self, key: Key, value: bytes::Bytes) -> Result<(), Trouble> {
        commit(self.engine(), Batch::new().set(key, value)).await.map(drop)
    }

    /// The last backup that was remembered; `None` also when that cannot be read.
    pub fn last_backup(&self) -> Option<records::LastBackup> {
        load(self.engine(), &last_backup_key()).ok().flatten().map(|(found, _)| found)
    }

    /// The last look through the whole store; `None` also when that cannot be read.
    pub fn last_check(&self) -> Option<records::LastCheck> {
        load(self.engine(), &last_check_key()).ok().flatten().map(|(found, _)| found)
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
