//! Where a file is: created, renamed, moved, deleted, brought back, removed for good.
//!
//! A name is unique in its container because its row must be absent when it is written; a container cannot be deleted
//! under a file because both name the container's records.

use std::sync::Arc;

use super::{Answer, FileActor, FileState, Known};
use crate::{
    actors::{ActorError, messages::Create},
    ids::{NodeId, UserId},
    lock::{Command, LockId, LockState},
    names::FileName,
    store::{
        engine::{Batch, Expect, Key, scan_prefix},
        records::{self, BinRow, Binned, FileHead, NameRow, NodeKind, VersionRow, VersionStamp, keys},
    },
};

/// How many records one commit of a removal clears at most.
const CLEARED_AT_ONCE: usize = 256;

impl FileActor {
    pub(super) fn create(&mut self, create: &Create) -> Result<Answer, ActorError> {
        if !matches!(self.known, Known::Gone) {
            return Err(ActorError::NameTaken);
        }
        let now = self.around.clock.wall();
        let contribution = &create.contribution;
        let head = FileHead {
            parent: create.parent.clone(),
            name: create.name.as_str().to_owned(),
            owner: create.owner.clone(),
            created: now,
            modified: now,
            modified_by: contribution.by.clone(),
            version: VersionStamp { sequence: 1, incarnation: self.around.incarnation },
            content: contribution.content.clone(),
            lock: None,
            binned: None,
        };
        let key = keys::file(&self.id);
        let batch = self.enter(Batch::new(), &create.parent, &create.name)?;
        let batch = Self::with_version(batch, &self.id, &head, contribution)
            .require(key.clone(), Expect::Absent)
            .set(key, records::encode(&head))
            .add(keys::usage_files(&create.owner), 1)
            .add(keys::usage_bytes(&create.owner), signed(head.content.size));
        let revision = self.submit(batch)?;
        let head = Arc::new(head);
        self.known =
            Known::Here(FileState { head: Arc::clone(&head), revision, lock: LockState::Unlocked, history: None });
        Ok(Answer::Done(head))
    }

    /// Takes the name in the container, on condition that it is free and the container exists.
    fn enter(&self, batch: Batch, parent: &NodeId, name: &FileName) -> Result<Batch, ActorError> {
        let key = keys::name(parent, &name.folded());
        if let Some(record) = self.around.engine.get(&key)? {
            let row: NameRow = records::decode(&key, &record.value)?;
            // One's own name may be on its way out: the commit decides.
            if row.node != self.id {
                return Err(ActorError::NameTaken);
            }
        }
        if self.around.engine.get(&keys::container(parent))?.is_none() {
            return Err(ActorError::NotFound);
        }
        let row = NameRow { kind: NodeKind::File, node: self.id.clone(), name: name.as_str().to_owned() };
        Ok(batch
            .require(key.clone(), Expect::Absent)
            .require(keys::container(parent), Expect::Present)
            .set(key, records::encode(&row))
            .set(keys::child_revision(parent), records::MARK))
    }

    /// Gives the name back.
    fn leave(batch: Batch, parent: &NodeId, folded: &str) -> Batch {
        batch.clear(keys::name(parent, folded)).set(keys::child_revision(parent), records::MARK)
    }

    pub(super) fn rename(&mut self, lock: Option<LockId>, to: &FileName) -> Result<Answer, ActorError> {
        if let Some(obstacle) = self.obstacle(&Command::Rename(lock))? {
            return Ok(obstacle);
        }
        let parent = self.here()?.head.parent.clone();
        self.relocate(&parent, None, to)
    }

    pub(super) fn move_to(
        &mut self,
        from: Option<&NodeId>,
        parent: &NodeId,
        owner: &UserId,
        name: Option<&FileName>,
    ) -> Result<Answer, ActorError> {
        let head = Arc::clone(&self.here()?.head);
        if from.is_some_and(|from| head.parent != *from) {
            return Err(ActorError::NotFound);
        }
        let Some(name) = name else { return self.relocate(parent, Some(owner), &FileName::stored(&head.name)) };
        // A lock holds bytes and name, and follows the file through a move (files.md section 2.1).
        if head.name != name.as_str()
            && let Some(obstacle) = self.obstacle(&Command::Vacate)?
        {
            return Ok(obstacle);
        }
        self.relocate(parent, Some(owner), name)
    }

    fn relocate(&mut self, parent: &NodeId, owner: Option<&UserId>, to: &FileName) -> Result<Answer, ActorError> {
        let state = self.here()?;
        let old = FileName::parse(&state.head.name).map_or_else(|_| state.head.name.clone(), |name| name.folded());
        let stays = state.head.parent == *parent && old == to.folded();
        if stays && state.head.name == to.as_str() {
            return Ok(Answer::Done(Arc::clone(&state.head)));
        }
        let mut batch = Batch::new();
        if stays {
            // Only the spelling changes: the row is the same.
            let row = NameRow { kind: NodeKind::File, node: self.id.clone(), name: to.as_str().to_owned() };
            batch = batch.set(keys::name(parent, &old), records::encode(&row));
        } else {
            batch = self.enter(batch, parent, to)?;
            batch = Self::leave(batch, &state.head.parent, &old);
        }
        let owner = owner.unwrap_or(&state.head.owner).clone();
        if owner != state.head.owner {
            batch = transfer_usage(batch, &state.head, &owner);
        }
        let head = FileHead { parent: parent.clone(), name: to.as_str().to_owned(), owner, ..(*state.head).clone() };
        let lock = state.lock.clone();
        Ok(Answer::Done(self.commit_head(head, lock, batch)?))
    }

    pub(super) fn delete(&mut self, by: &UserId) -> Result<Answer, ActorError> {
        if let Some(obstacle) = self.obstacle(&Command::Vacate)? {
            return Ok(obstacle);
        }
        let at = self.around.clock.wall();
        let state = self.here()?;
        let folded = FileName::parse(&state.head.name).map_or_else(|_| state.head.name.clone(), |name| name.folded());
        let batch = Self::leave(Batch::new(), &state.head.parent, &folded)
            .set(keys::bin_row(&state.head.owner, &self.id), records::encode(&BinRow { at }));
        let head = FileHead { lock: None, binned: Some(Binned { at, by: by.clone() }), ..(*state.head).clone() };
        Ok(Answer::Done(self.commit_head(head, LockState::Unlocked, batch)?))
    }

    pub(super) fn undelete(&mut self, parent: &NodeId, owner: &UserId, name: &FileName) -> Result<Answer, ActorError> {
        let state = self.anywhere()?;
        if state.head.binned.is_none() {
            return Err(ActorError::NotFound);
        }
        let mut batch = self.enter(Batch::new(), parent, name)?.clear(keys::bin_row(&state.head.owner, &self.id));
        if *owner != state.head.owner {
            batch = transfer_usage(batch, &state.head, owner);
        }
        let head = FileHead {
            parent: parent.clone(),
            owner: owner.clone(),
            name: name.as_str().to_owned(),
            binned: None,
            ..(*state.head).clone()
        };
        Ok(Answer::Done(self.commit_head(head, LockState::Unlocked, batch)?))
    }

    /// The file itself goes, in one commit that also notes that something is left of it.
    pub(super) fn purge(&mut self) -> Result<Answer, ActorError> {
        let state = self.anywhere()?;
        if state.head.binned.is_none() {
            return Err(ActorError::NotFound);
        }
        let head = Arc::clone(&state.head);
        let key = keys::file(&self.id);
        let batch = Batch::new()
            .require(key.clone(), Expect::Revision(state.revision))
            .clear(key)
            .clear(keys::bin_row(&head.owner, &self.id))
            .set(keys::purged(&self.id), records::MARK)
            .add(keys::usage_files(&head.owner), -1)
            .add(keys::usage_bytes(&head.owner), -signed(head.content.size));
        self.submit(batch)?;
        self.known = Known::Gone;
        self.around.board.note(&self.id, None);
        Ok(Answer::Purged(head))
    }

    /// Clears what nothing names any more. The file must be gone for good: an id is never given twice.
    pub(super) fn clear_leftovers(&mut self, traces: &[Key]) -> Result<Answer, ActorError> {
        if !matches!(self.known, Known::Gone) {
            return Err(ActorError::NameTaken);
        }
        for prefix in [keys::versions_of(&self.id), keys::rescued_of(&self.id), keys::activities_of(&self.id)] {
            let mut after = None;
            loop {
                let rows = scan_prefix(self.around.engine.as_ref(), &prefix, after.as_deref(), CLEARED_AT_ONCE)?;
                let Some((last, _)) = rows.last() else { break };
                after = Some(last.clone());
                self.note_dropped(rows.iter().filter_map(|(key, record)| {
                    records::decode::<VersionRow>(key, &record.value).ok().map(|row| row.content.size)
                }));
                let found: Vec<Key> = rows.into_iter().map(|(key, _)| key).collect();
                self.clear_all(&found)?;
            }
        }
        self.clear_all(traces)?;
        self.clear_all(&[keys::purged(&self.id)])?;
        Ok(Answer::Cleared)
    }

    fn clear_all(&mut self, found: &[Key]) -> Result<(), ActorError> {
        for some in found.chunks(CLEARED_AT_ONCE) {
            let batch = Batch::new().require(keys::file(&self.id), Expect::Absent);
            self.submit(some.iter().fold(batch, |batch, key| batch.clear(key.clone())))?;
        }
        Ok(())
    }
}

fn transfer_usage(batch: Batch, head: &FileHead, to: &UserId) -> Batch {
    let bytes = signed(head.content.size);
    batch
        .add(keys::usage_files(&head.owner), -1)
        .add(keys::usage_bytes(&head.owner), -bytes)
        .add(keys::usage_files(to), 1)
        .add(keys::usage_bytes(to), bytes)
}

pub(super) fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
