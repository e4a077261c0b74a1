//! Earlier versions, rescued versions, the bin, and who holds what: what an owner or administrator looks after.

use crate::{
    actors::{Answer, Operation, messages::VersionChoice},
    clock::Timestamp,
    host::{
        Host, HostError,
        files::{Unless, unexpected},
        naming::{NAMES_TRIED, candidate, stored_name},
        reading::Reading,
        saving::unhurried,
    },
    ids::{NodeId, UserId},
    lock::{Command, LockId, Outcome},
    names::FileName,
    store::{
        engine::scan_prefix,
        records::{self, FileHead, VersionRow, keys},
    },
};

const PAGE: usize = 256;

/// A version in a file's history.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// What to name it by: the sequence number, or the number of the rescued version.
    pub choice: VersionChoice,
    /// The version.
    pub row: VersionRow,
    /// Whether it is the file's present content.
    pub current: bool,
}

/// A file in the bin.
#[derive(Clone, Debug)]
pub struct BinEntry {
    /// Its id.
    pub node: NodeId,
    /// The file as it was.
    pub head: FileHead,
}

/// A lock that somebody holds.
#[derive(Clone, Debug)]
pub struct HeldLock {
    /// On which file.
    pub node: NodeId,
    /// The lock id.
    pub id: String,
    /// When it runs out; exact for locks taken or refreshed in this run.
    pub expires: Timestamp,
}

impl Host {
    /// The file's versions and rescued versions, oldest first.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub fn history(&self, file: &NodeId) -> Result<Vec<HistoryEntry>, HostError> {
        let head = self.head_anywhere(file)?.ok_or(HostError::NotFound)?;
        let mut entries = Vec::new();
        for (prefix, rescued) in [(keys::versions_of(file), false), (keys::rescued_of(file), true)] {
            let mut after: Option<Vec<u8>> = None;
            loop {
                let page = scan_prefix(self.engine(), &prefix, after.as_deref(), PAGE)?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.clone());
                for (key, record) in page {
                    let number = keys::last_number(&key).unwrap_or_default();
                    let row: VersionRow = records::decode(&key, &record.value)?;
                    let choice = if rescued { VersionChoice::Rescued(number) } else { VersionChoice::Version(number) };
                    let current = !rescued && row.version == head.version;
                    entries.push(HistoryEntry { choice, row, current });
                }
            }
        }
        Ok(entries)
    }

    /// Brings a version back as the newest; refused while anybody holds the file. The caller has checked the right.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when there is no such version.
    pub async fn restore_version(
        &self,
        file: &NodeId,
        which: VersionChoice,
        by: &UserId,
    ) -> Result<Unless<()>, HostError> {
        let (host, file, by) = (self.clone(), file.clone(), by.clone());
        // Goes on to its end should the caller hang up: the pin must outlive the commit.
        unhurried(async move { host.restore_pinned(&file, which, by).await }).await?
    }

    async fn restore_pinned(&self, file: &NodeId, which: VersionChoice, by: UserId) -> Result<Unless<()>, HostError> {
        // Reading it pins its content, which the collection spares until the new head names it.
        let (_, _pinned) = self.read_version(file, which)?;
        match self.ask(file, Operation::Restore { which, by }).await? {
            Answer::Done(_) => Ok(Unless::Done(())),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// Opens the bytes of a version.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when there is no such version.
    pub fn read_version(&self, file: &NodeId, which: VersionChoice) -> Result<(VersionRow, Reading), HostError> {
        let key = match which {
            VersionChoice::Version(sequence) => keys::version(file, sequence),
            VersionChoice::Rescued(number) => keys::rescued(file, number),
        };
        self.read_row(file, &key)
    }

    /// The files in a user's bin.
    ///
    /// # Errors
    /// What the store says.
    pub fn bin(&self, owner: &UserId) -> Result<Vec<BinEntry>, HostError> {
        let prefix = keys::bin_of(owner);
        let mut entries = Vec::new();
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = scan_prefix(self.engine(), &prefix, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(entries) };
            after = Some(last.clone());
            for (key, _) in page {
                let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
                if let Some(head) = self.head_anywhere(&node)?.filter(|head| head.binned.is_some()) {
                    entries.push(BinEntry { node, head });
                }
            }
        }
    }

    /// Brings a file back out of the bin: to where it was, or to the root of its owner's drive when that is gone; under its
    /// name, or the nearest free one.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when it is not in the bin.
    pub async fn undelete(&self, file: &NodeId) -> Result<FileName, HostError> {
        let head = self.head_anywhere(file)?.filter(|head| head.binned.is_some()).ok_or(HostError::NotFound)?;
        let (parent, owner) = match self.container(&head.parent) {
            Ok(container) => (head.parent.clone(), container.owner),
            Err(HostError::NotFound) => {
                let account = self.accounts().get(&head.owner)?.ok_or(HostError::NotFound)?;
                (account.drive, head.owner.clone())
            }
            Err(error) => return Err(error),
        };
        let wanted = stored_name(&head.name);
        for attempt in 1..=NAMES_TRIED {
            let name = candidate(&wanted, attempt)?;
            let operation = Operation::Undelete { parent: parent.clone(), owner: owner.clone(), name: name.clone() };
            match self.ask(file, operation).await {
                Ok(_) => return Ok(name),
                Err(HostError::NameTaken) => {}
                Err(error) => return Err(error),
            }
        }
        Err(HostError::NameTaken)
    }

    /// Removes a file in the bin for good.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when it is not in the bin.
    pub async fn purge(&self, file: &NodeId) -> Result<(), HostError> {
        self.ask(file, Operation::Purge).await?;
        self.clear_leftovers(file).await
    }

    /// Removes what is left of a file that was removed for good.
    pub(super) async fn clear_leftovers(&self, file: &NodeId) -> Result<(), HostError> {
        let traces = self.rights().traces_of(file)?;
        self.ask(file, Operation::ClearLeftovers { traces }).await?;
        Ok(())
    }

    /// Who holds the file, and until when.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub async fn lock_of(&self, file: &NodeId) -> Result<Option<HeldLock>, HostError> {
        match self.ask(file, Operation::Lock(Command::Get)).await? {
            Answer::Lock(Outcome::Held(Some(id)), _) => {
                let (wall, now) = (self.clock().wall(), self.clock().monotonic());
                let left = self
                    .directory()
                    .board()
                    .exact(file, &id)
                    .map_or_else(|| crate::lock::LOCK_TIMEOUT, |expires| expires.saturating_sub(now));
                Ok(Some(HeldLock { node: file.clone(), id: id.as_str().to_owned(), expires: wall.plus(left) }))
            }
            _ => Ok(None),
        }
    }

    /// Files after `after` that may be locked, a page at a time: those whose stored lock has not run out; and the mark to go
    /// on from, `None` at the end.
    ///
    /// # Errors
    /// What the store says.
    pub fn maybe_locked(&self, after: Option<&[u8]>) -> Result<(Vec<NodeId>, Option<Vec<u8>>), HostError> {
        let page = scan_prefix(self.engine(), keys::prefix::FILES, after, PAGE * 4)?;
        let mark = page.last().map(|(key, _)| key.clone());
        let now = self.clock().wall();
        let mut files = Vec::new();
        for (key, record) in page {
            let head: FileHead = records::decode(&key, &record.value)?;
            let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
            // What this run knows exactly does not depend on the wall clock.
            let known = |id: &str| LockId::parse(id.as_bytes()).ok().flatten();
            let held = |lock: &records::StoredLock| {
                let exact = known(&lock.id).and_then(|id| self.directory().board().exact(&node, &id));
                exact.map_or(lock.expires > now, |expires| expires > self.clock().monotonic())
            };
            if head.lock.as_ref().is_some_and(held) {
                files.push(node);
            }
        }
        Ok((files, mark))
    }

    /// Ends the lock of a file: the one that was seen, or else whichever holds the file; the lock that was ended, `None` when
    /// there was none. Another lock than the one that was seen stays. The caller has checked the right.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub async fn break_lock(
        &self,
        file: &NodeId,
        seen: Option<&HeldLock>,
    ) -> Result<Unless<Option<LockId>>, HostError> {
        let id = |seen: &HeldLock| LockId::parse(seen.id.as_bytes()).ok().flatten().ok_or(HostError::NotFound);
        let held = seen.map(id).transpose()?;
        match self.ask(file, Operation::BreakLock { held }).await? {
            Answer::Broken(ended) => Ok(Unless::Done(ended)),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }
}
