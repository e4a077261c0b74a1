//! What whoever owns the house does with what is in it, whole trees at a time: always file by file through the files'
//! actors, and folder by folder through the tree's.

use super::{
    BinEntry, Host, HostError,
    files::{Unless, unexpected},
    naming::stored_name,
    tree::{Child, DrivePath},
};
use crate::{
    actors::{Answer, Operation},
    ids::{NodeId, UserId},
    names::FileName,
    store::{
        engine::scan_prefix,
        records::{AccountRecord, NodeKind, keys},
    },
};

/// Children looked at in one go.
const PAGE: usize = 256;

/// How many names are tried when the one that was wanted is taken.
const NAMES_TRIED: u32 = 10_000;

/// Locked files that are told by path.
const LOCKED_TOLD: usize = 100;

/// What a user owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Files in his drive.
    pub files: u64,
    /// Folders at the root of his drive.
    pub folders: u64,
    /// Files in his bin.
    pub binned: u64,
}

/// What a user uses, by the counters that are kept with every commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Files, the bin included.
    pub files: u64,
    /// Bytes of their present contents.
    pub bytes: u64,
}

/// What the removal of a tree did.
#[derive(Clone, Debug, Default)]
pub struct Cleared {
    /// Files that went to the bin.
    pub binned: u64,
    /// Folders that are gone.
    pub folders: u64,
    /// Files that stay because somebody holds them: the first hundred.
    pub locked: Vec<DrivePath>,
    /// How many those are.
    pub locked_count: u64,
}

/// What the transfer of a drive did.
#[derive(Clone, Debug, Default)]
pub struct Transferred {
    /// Files that were moved.
    pub files: u64,
    /// The folder they are in now; `None` when there was nothing.
    pub folder: Option<DrivePath>,
}

/// A folder that is being walked through.
struct Level {
    id: NodeId,
    after: Option<Vec<u8>>,
}

impl Host {
    /// What a folder holds under a name, whatever the case of its letters.
    ///
    /// # Errors
    /// What the store says.
    pub fn child(&self, parent: &NodeId, name: &FileName) -> Result<Option<Child>, HostError> {
        let found = self.lookup(parent, name)?;
        Ok(found.map(|(kind, node)| Child { kind, node, name: name.as_str().to_owned() }))
    }

    /// What a user uses.
    ///
    /// # Errors
    /// What the store says.
    pub fn usage(&self, user: &UserId) -> Result<Usage, HostError> {
        let counter = |key: Vec<u8>| -> Result<u64, HostError> {
            let record = self.engine().get(&key)?;
            let count = record.map_or(0, |record| record.value.as_ref().try_into().map_or(0, i64::from_le_bytes));
            Ok(u64::try_from(count).unwrap_or(0))
        };
        Ok(Usage { files: counter(keys::usage_files(user))?, bytes: counter(keys::usage_bytes(user))? })
    }

    /// What a user owns.
    ///
    /// # Errors
    /// What the store says.
    pub fn belongings(&self, account: &AccountRecord) -> Result<Belongings, HostError> {
        let (mut binned, mut folders, mut in_root) = (0, 0, 0);
        let mut after: Option<Vec<u8>> = None;
        loop {
            let (entries, next) = self.bin_page(&account.user, after.as_deref())?;
            binned += entries.len() as u64;
            after = next;
            if after.is_none() {
                break;
            }
        }
        loop {
            let page = self.children(&account.drive, after.as_deref(), PAGE)?;
            let Some((mark, _)) = page.last() else { break };
            after = Some(mark.clone());
            for (_, child) in &page {
                match child.kind {
                    NodeKind::Container => folders += 1,
                    NodeKind::File => in_root += 1,
                }
            }
        }
        // The counter knows those in folders too; it counts the bin.
        let files = self.usage(&account.user)?.files.saturating_sub(binned).max(in_root);
        Ok(Belongings { files, folders, binned })
    }

    /// A page of the files in a user's bin after the mark `after`; and the mark to go on from, `None` at the end.
    ///
    /// # Errors
    /// What the store says.
    pub fn bin_page(
        &self,
        owner: &UserId,
        after: Option<&[u8]>,
    ) -> Result<(Vec<BinEntry>, Option<Vec<u8>>), HostError> {
        let rows = scan_prefix(self.engine(), &keys::bin_of(owner), after, PAGE)?;
        let next = rows.last().filter(|_| rows.len() == PAGE).map(|(key, _)| key.clone());
        let mut entries = Vec::with_capacity(rows.len());
        for (key, _) in rows {
            let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
            if let Some(head) = self.head_anywhere(&node)?.filter(|head| head.binned.is_some()) {
                entries.push(BinEntry { node, head });
            }
        }
        Ok((entries, next))
    }

    /// Puts a file into its owner's bin; refused while anybody holds it. The caller has checked the right.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub async fn bin_file(&self, file: &NodeId, by: &UserId) -> Result<Unless<()>, HostError> {
        match self.ask(file, Operation::Delete { by: by.clone() }).await? {
            Answer::Done(_) => Ok(Unless::Done(())),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// Puts every file below a folder into the bin and removes the folders; files that somebody holds stay, and the folders
    /// around them. The root of a drive stays. The caller has checked the right.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says; what was removed before stays removed.
    pub async fn remove_tree(&self, folder: &NodeId, by: &UserId) -> Result<Cleared, HostError> {
        self.container(folder)?;
        let mut cleared = Cleared::default();
        let mut way = vec![Level { id: folder.clone(), after: None }];
        while let Some(level) = way.last_mut() {
            let page = self.children(&level.id, level.after.as_deref(), PAGE)?;
            if page.is_empty() {
                let id = level.id.clone();
                way.pop();
                self.remove_if_empty(&id, &mut cleared).await?;
                continue;
            }
            for (mark, child) in page {
                level.after = Some(mark);
                if child.kind == NodeKind::Container {
                    way.push(Level { id: child.node, after: None });
                    break;
                }
                match self.bin_file(&child.node, by).await {
                    Ok(Unless::Done(())) => cleared.binned += 1,
                    Ok(Unless::Locked(_)) => {
                        cleared.locked_count += 1;
                        if cleared.locked.len() < LOCKED_TOLD {
                            cleared.locked.push(self.path_of(&child.node)?);
                        }
                    }
                    Err(HostError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(cleared)
    }

    async fn remove_if_empty(&self, id: &NodeId, cleared: &mut Cleared) -> Result<(), HostError> {
        if matches!(self.container(id), Ok(record) if record.parent.is_none()) {
            return Ok(());
        }
        match self.remove_container(id).await {
            Ok(()) => cleared.folders += 1,
            // A locked file stays in it, or somebody put something in meanwhile.
            Err(HostError::Misplaced(_) | HostError::NotFound) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Removes everything in a user's bin for good; the number of files.
    ///
    /// # Errors
    /// What the store says.
    pub async fn empty_bin(&self, owner: &UserId) -> Result<u64, HostError> {
        let mut purged = 0;
        let mut after: Option<Vec<u8>> = None;
        loop {
            let (entries, next) = self.bin_page(owner, after.as_deref())?;
            for entry in entries {
                match self.purge(&entry.node).await {
                    Ok(()) => purged += 1,
                    Err(HostError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(purged)
    }

    /// Moves what is in the drive of `from` into a folder of his name in the drive of `to`, with the grants on it; can be
    /// repeated after a failure. The caller has checked the right.
    ///
    /// # Errors
    /// [`HostError::NameTaken`], or what the store says; what was moved before stays moved.
    pub async fn transfer_drive(&self, from: &AccountRecord, to: &AccountRecord) -> Result<Transferred, HostError> {
        let mut done = Transferred::default();
        if self.children(&from.drive, None, 1)?.is_empty() {
            return Ok(done);
        }
        let name = FileName::sanitised(from.user.as_str(), "");
        let target = self.make_folder_like(&to.drive, &name).await?;
        done.folder = Some(self.path_of(&target)?);
        self.copy_grants(&from.drive, &target, to).await?;
        let mut way = vec![(Level { id: from.drive.clone(), after: None }, target)];
        while let Some((level, target)) = way.last_mut() {
            let page = self.children(&level.id, level.after.as_deref(), PAGE)?;
            if page.is_empty() {
                let id = level.id.clone();
                way.pop();
                self.remove_if_empty(&id, &mut Cleared::default()).await?;
                continue;
            }
            for (mark, child) in page {
                level.after = Some(mark);
                let name = stored_name(&child.name);
                if child.kind == NodeKind::Container {
                    let inner = self.make_folder_like(target, &name).await?;
                    self.copy_grants(&child.node, &inner, to).await?;
                    way.push((Level { id: child.node, after: None }, inner));
                    break;
                }
                match self.move_file_like(&child.node, target, &name).await {
                    Ok(()) => done.files += 1,
                    Err(HostError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(done)
    }

    /// A folder of this name, or of one like it when a file has the name.
    async fn make_folder_like(&self, parent: &NodeId, name: &FileName) -> Result<NodeId, HostError> {
        for attempt in 1..=NAMES_TRIED {
            let candidate = if attempt == 1 { name.clone() } else { name.with_counter(attempt) };
            match self.make_path(parent, &[candidate]).await {
                Err(HostError::NameTaken) => {}
                outcome => return outcome,
            }
        }
        Err(HostError::NameTaken)
    }

    async fn move_file_like(&self, file: &NodeId, parent: &NodeId, name: &FileName) -> Result<(), HostError> {
        for attempt in 1..=NAMES_TRIED {
            let candidate = if attempt == 1 { name.clone() } else { name.with_counter(attempt) };
            match self.move_file(file, parent, &candidate).await {
                Ok(Unless::Done(())) => return Ok(()),
                Ok(Unless::Locked(_)) => return Err(HostError::Locked),
                Err(HostError::NameTaken) => {}
                Err(error) => return Err(error),
            }
        }
        Err(HostError::NameTaken)
    }

    async fn copy_grants(&self, from: &NodeId, to: &NodeId, heir: &AccountRecord) -> Result<(), HostError> {
        for grant in self.rights().grants_on(from)? {
            if grant.user.folded() != heir.user.folded() {
                self.rights().grant(&heir.user, &grant.user, to, grant.role).await?;
            }
        }
        Ok(())
    }
}
