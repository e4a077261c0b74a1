//! What is in a file: its bytes, earlier versions, rescued versions, and what clients told about its comments.

use bytes::Bytes;

use super::{Answer, FileActor, Known, place::signed};
use crate::{
    actors::{
        ActorError,
        messages::{Contribution, VersionChoice, Write},
    },
    clock::Timestamp,
    ids::{NodeId, UserId},
    lock::Command,
    names::FileName,
    retention,
    store::{
        engine::{Batch, EngineError, MAX_VALUE, scan_prefix},
        records::{self, ContentRef, FileHead, NameRow, NodeKind, SaveKind, VersionRow, VersionStamp, keys},
    },
};

/// Versions dropped in one commit at most; the rest goes with the next save.
const DROPPED_AT_ONCE: usize = 64;

/// How many rows of history are read at a time.
const ROWS: usize = 512;

/// How many rescued versions a file keeps; the oldest go.
const MOST_RESCUED: usize = 100;

/// How many activities a file keeps; the oldest go.
const MOST_ACTIVITIES: usize = 256;

impl FileActor {
    pub(super) fn write(&mut self, write: &Write) -> Result<Answer, ActorError> {
        let size = self.here()?.head.content.size;
        let command = Command::Write { lock: write.lock.clone(), size, lockless: write.lockless };
        if let Some(obstacle) = self.obstacle(&command)? {
            return Ok(obstacle);
        }
        let state = self.here()?;
        if write.believed.is_some_and(|believed| believed != state.head.modified) {
            let holder = state.lock.at(self.around.clock.monotonic()).current_id().cloned();
            return Ok(Answer::Outdated(holder));
        }
        self.replace_content(&write.contribution)
    }

    pub(super) fn overwrite(&mut self, contribution: &Contribution) -> Result<Answer, ActorError> {
        match self.obstacle(&Command::Vacate)? {
            Some(obstacle) => Ok(obstacle),
            None => self.replace_content(contribution),
        }
    }

    pub(super) fn overwrite_named(
        &mut self,
        parent: &NodeId,
        name: &FileName,
        contribution: &Contribution,
    ) -> Result<Answer, ActorError> {
        let head = &self.here()?.head;
        let has_it = FileName::parse(&head.name).is_ok_and(|present| present.folded() == name.folded());
        if head.parent != *parent || !has_it {
            return Err(ActorError::NotFound);
        }
        let mut batch = Batch::new();
        if head.name != name.as_str() {
            let row = NameRow { kind: NodeKind::File, node: self.id.clone(), name: name.as_str().to_owned() };
            batch = batch.set(keys::name(parent, &name.folded()), records::encode(&row));
        }
        match self.obstacle(&Command::Vacate)? {
            Some(obstacle) => Ok(obstacle),
            None => self.replace_content_as(Some(name), batch, contribution),
        }
    }

    fn replace_content(&mut self, contribution: &Contribution) -> Result<Answer, ActorError> {
        self.replace_content_as(None, Batch::new(), contribution)
    }

    /// The next version of the file: sequence and time both move, whatever the bytes are.
    fn replace_content_as(
        &mut self,
        name: Option<&FileName>,
        batch: Batch,
        contribution: &Contribution,
    ) -> Result<Answer, ActorError> {
        let now = self.around.clock.wall();
        self.load_history()?;
        let state = self.here()?;
        let old_size = state.head.content.size;
        let head = FileHead {
            name: name.map_or_else(|| state.head.name.clone(), |name| name.as_str().to_owned()),
            modified: now.max(state.head.modified.next_tick()),
            modified_by: contribution.by.clone(),
            version: VersionStamp { sequence: state.head.version.sequence + 1, incarnation: self.around.incarnation },
            content: contribution.content.clone(),
            ..(*state.head).clone()
        };
        let lock = state.lock.clone();
        let mut history = state.history.clone();
        let mut dropped = Vec::new();
        if let Some(history) = &mut history {
            history.push(retention::Kept {
                sequence: head.version.sequence,
                at: head.modified,
                automatic: contribution.kind == SaveKind::Autosave,
                size: head.content.size,
            });
            dropped = retention::expendable(history, self.around.retention, now);
            dropped.truncate(DROPPED_AT_ONCE);
            self.note_dropped(history.iter().filter(|kept| dropped.contains(&kept.sequence)).map(|kept| kept.size));
            history.retain(|kept| !dropped.contains(&kept.sequence));
        }

        let mut batch = Self::with_version(batch, &self.id, &head, contribution);
        for sequence in dropped {
            batch = batch.clear(keys::version(&self.id, sequence));
        }
        let grown = signed(head.content.size) - signed(old_size);
        if grown != 0 {
            batch = batch.add(keys::usage_bytes(&head.owner), grown);
        }
        let head = self.commit_head(head, lock, batch)?;
        if let Known::Here(state) = &mut self.known {
            state.history = history;
        }
        Ok(Answer::Done(head))
    }

    /// Adds the row of the version that `head` names, and the rest of its manifest.
    pub(super) fn with_version(batch: Batch, id: &NodeId, head: &FileHead, contribution: &Contribution) -> Batch {
        let row = VersionRow {
            version: head.version,
            content: head.content.clone(),
            at: head.modified,
            by: contribution.by.clone(),
            editors: contribution.editors.clone(),
            kind: contribution.kind,
            reason: None,
        };
        let batch = batch.set(keys::version(id, head.version.sequence), records::encode(&row));
        contribution.pages.iter().fold(batch, |batch, (key, page)| batch.set(key.clone(), page.clone()))
    }

    /// Tells the collection how much may have become garbage.
    pub(super) fn note_dropped(&self, sizes: impl Iterator<Item = u64>) {
        self.around.dropped_bytes.fetch_add(sizes.sum(), std::sync::atomic::Ordering::Relaxed);
    }

    fn load_history(&mut self) -> Result<(), ActorError> {
        let unlimited = self.around.retention.versions == usize::MAX && self.around.retention.age.is_none();
        if unlimited || self.anywhere()?.history.is_some() {
            return Ok(());
        }
        let mut history: Vec<_> = self
            .rows(&keys::versions_of(&self.id))?
            .into_iter()
            .map(|(_, row)| retention::Kept {
                sequence: row.version.sequence,
                at: row.at,
                automatic: row.kind == SaveKind::Autosave,
                size: row.content.size,
            })
            .collect();
        // The version just created may not be published yet; the head knows it.
        let head = &self.anywhere()?.head;
        if history.last().is_none_or(|newest| newest.sequence < head.version.sequence) {
            history.push(retention::Kept {
                sequence: head.version.sequence,
                at: head.modified,
                automatic: false,
                size: head.content.size,
            });
        }
        if let Known::Here(state) = &mut self.known {
            state.history = Some(history);
        }
        Ok(())
    }

    fn rows(&self, prefix: &[u8]) -> Result<Vec<(u64, VersionRow)>, ActorError> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = scan_prefix(self.around.engine.as_ref(), prefix, after.as_deref(), ROWS)?;
            let full = page.len() == ROWS;
            after = page.last().map(|(key, _)| key.clone());
            for (key, record) in page {
                let number = keys::last_number(&key).unwrap_or_default();
                match records::decode(&key, &record.value) {
                    Ok(row) => rows.push((number, row)),
                    // One damaged row of history must not keep people from saving.
                    Err(error) => tracing::error!(file.id = %self.id, %error, "{error}"),
                }
            }
            if !full {
                return Ok(rows);
            }
        }
    }

    pub(super) fn prune(&mut self) -> Result<Answer, ActorError> {
        self.load_history()?;
        let now = self.around.clock.wall();
        let state = self.anywhere()?;
        let history = state.history.clone().unwrap_or_default();
        let mut dropped = retention::expendable(&history, self.around.retention, now);
        dropped.truncate(DROPPED_AT_ONCE);
        if dropped.is_empty() {
            return Ok(Answer::Pruned(Vec::new()));
        }
        let (head, lock) = ((*state.head).clone(), state.lock.clone());
        self.note_dropped(history.iter().filter(|version| dropped.contains(&version.sequence)).map(|kept| kept.size));
        let mut batch = Batch::new();
        let mut rows = Vec::new();
        for (sequence, row) in self.rows(&keys::versions_of(&self.id))? {
            if dropped.contains(&sequence) {
                batch = batch.clear(keys::version(&self.id, sequence));
                rows.push(row);
            }
        }
        self.commit_head(head, lock, batch)?;
        if let Known::Here(state) = &mut self.known {
            state.history = Some(history.into_iter().filter(|kept| !dropped.contains(&kept.sequence)).collect());
        }
        Ok(Answer::Pruned(rows))
    }

    /// The caller holds a pin on the version's content until this is durable.
    pub(super) fn restore(&mut self, which: VersionChoice, by: &UserId) -> Result<Answer, ActorError> {
        if let Some(obstacle) = self.obstacle(&Command::Vacate)? {
            return Ok(obstacle);
        }
        self.load_history()?;
        if let (VersionChoice::Version(wanted), Some(history)) = (which, &self.here()?.history)
            && !history.iter().any(|kept| kept.sequence == wanted)
        {
            // It was dropped, though that is not published yet.
            return Err(ActorError::NotFound);
        }
        let key = match which {
            VersionChoice::Version(sequence) => keys::version(&self.id, sequence),
            VersionChoice::Rescued(number) => keys::rescued(&self.id, number),
        };
        let record = self.around.engine.get(&key)?.ok_or(ActorError::NotFound)?;
        let row: VersionRow = records::decode(&key, &record.value)?;
        // Both rows name one manifest from now on; it goes when neither does.
        self.replace_content(&Contribution {
            content: row.content,
            pages: Vec::new(),
            by: by.clone(),
            editors: row.editors,
            kind: SaveKind::Restored,
        })
    }

    pub(super) fn keep_rescued(
        &mut self,
        contribution: &Contribution,
        reason: &str,
        most_bytes: u64,
    ) -> Result<Answer, ActorError> {
        let now = self.around.clock.wall();
        let state = self.anywhere()?;
        let ContentRef { size, ref sha256, .. } = contribution.content;
        if size == 0 || *sha256 == state.head.content.sha256 || size > most_bytes {
            return Ok(Answer::Rescued(None));
        }
        let (head, lock, version) = ((*state.head).clone(), state.lock.clone(), state.head.version);
        let kept = self.rows(&keys::rescued_of(&self.id))?;
        if let Some((number, _)) = kept.iter().find(|(_, row)| row.content.sha256 == *sha256) {
            return Ok(Answer::Rescued(Some(*number)));
        }
        let row = VersionRow {
            version,
            content: contribution.content.clone(),
            at: now,
            by: contribution.by.clone(),
            editors: contribution.editors.clone(),
            kind: SaveKind::Rescued,
            reason: Some(reason.to_owned()),
        };
        // The revision of the commit before is unique and ascending, so the number is too.
        let number = kept.last().map_or(1, |(newest, _)| newest + 1).max(self.anywhere()?.revision);
        let mut batch = Batch::new().set(keys::rescued(&self.id, number), records::encode(&row));
        for (key, page) in &contribution.pages {
            batch = batch.set(key.clone(), page.clone());
        }
        let mut bytes = size + kept.iter().map(|(_, row)| row.content.size).sum::<u64>();
        let mut count = kept.len() + 1;
        for (old, row) in kept {
            if bytes <= most_bytes && count <= MOST_RESCUED {
                break;
            }
            bytes -= row.content.size;
            count -= 1;
            self.note_dropped(std::iter::once(row.content.size));
            batch = batch.clear(keys::rescued(&self.id, old));
        }
        self.commit_head(head, lock, batch)?;
        Ok(Answer::Rescued(Some(number)))
    }

    pub(super) fn drop_rescued(&mut self, before: Timestamp) -> Result<Answer, ActorError> {
        let state = self.anywhere()?;
        let (head, lock) = ((*state.head).clone(), state.lock.clone());
        let mut old = self.rows(&keys::rescued_of(&self.id))?;
        old.retain(|(_, row)| row.at < before);
        old.truncate(DROPPED_AT_ONCE);
        if old.is_empty() {
            return Ok(Answer::Pruned(Vec::new()));
        }
        let batch = old.iter().fold(Batch::new(), |batch, (number, _)| batch.clear(keys::rescued(&self.id, *number)));
        self.commit_head(head, lock, batch)?;
        Ok(Answer::Pruned(old.into_iter().map(|(_, row)| row).collect()))
    }

    pub(super) fn add_activities(&mut self, activities: &[Bytes]) -> Result<Answer, ActorError> {
        let state = self.here()?;
        let (head, lock) = ((*state.head).clone(), state.lock.clone());
        let rows = scan_prefix(self.around.engine.as_ref(), &keys::activities_of(&self.id), None, ROWS)?;
        let kept: Vec<u64> = rows.iter().filter_map(|(key, _)| keys::last_number(key)).collect();
        let activities = &activities[activities.len().saturating_sub(MOST_ACTIVITIES)..];
        // Every commit of the file has a revision of its own, so no number is given twice.
        let first = state.revision.saturating_mul(MOST_ACTIVITIES as u64);
        let mut batch = Batch::new();
        for (number, activity) in (first..).zip(activities) {
            if activity.len() > MAX_VALUE {
                return Err(EngineError::TooLarge { size: activity.len(), limit: MAX_VALUE }.into());
            }
            batch = batch.set(keys::activity(&self.id, number), activity.clone());
        }
        let surplus = (kept.len() + activities.len()).saturating_sub(MOST_ACTIVITIES);
        for old in kept.into_iter().take(surplus) {
            batch = batch.clear(keys::activity(&self.id, old));
        }
        Ok(Answer::Done(self.commit_head(head, lock, batch)?))
    }
}
