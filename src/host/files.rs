//! What can be done with one file: see, lock, rename, delete, describe.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    Host, HostError,
    access::{Access, Surroundings},
    error::log_failure,
    naming::{NAMES_TRIED, candidate, stored_name},
    tokens::Resource,
};
use crate::{
    actors::{Answer, Operation},
    ids::NodeId,
    lock::{Command, LockId, Outcome},
    names::FileName,
    permission::Role,
    store::records::{self, FileHead, NodeKind, VersionStamp, keys},
};

/// What a caller may know of a file: the source of CheckFileInfo.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// The file.
    pub head: Arc<FileHead>,
    /// What the caller may do with it.
    pub role: Role,
    /// Whether the caller may put files beside it.
    pub may_create_siblings: bool,
    /// The name of the container it is in, if the caller may see that.
    pub folder: Option<String>,
    /// What PutUserInfo stored last for this caller.
    pub user_info: Option<String>,
}

/// The answer to a lock operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockAnswer {
    /// What the state machine said.
    pub outcome: Outcome,
    /// The file's version at that moment.
    pub version: VersionStamp,
}

/// The answer to an operation against which a lock may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unless<T> {
    /// It happened.
    Done(T),
    /// The lock stands against it; the id that holds the file, if one does.
    Locked(Option<LockId>),
}

impl Host {
    /// The durable head of a file that is not in the bin.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub fn head(&self, file: &NodeId) -> Result<FileHead, HostError> {
        match self.head_anywhere(file)? {
            Some(head) if head.binned.is_none() => Ok(head),
            Some(_) | None => Err(HostError::NotFound),
        }
    }

    /// The durable head of a file, in the bin or not.
    pub(super) fn head_anywhere(&self, file: &NodeId) -> Result<Option<FileHead>, HostError> {
        let key = keys::file(file);
        match self.engine().get(&key)? {
            Some(record) => Ok(Some(records::decode(&key, &record.value)?)),
            None => Ok(None),
        }
    }

    /// Asks the file's actor; the one way to change a file.
    pub(super) async fn ask(&self, file: &NodeId, operation: Operation) -> Result<Answer, HostError> {
        let answer = self.directory().ask(file, operation).await.map_err(HostError::from);
        if let Err(error) = &answer {
            log_failure(file, error);
        }
        answer
    }

    /// What `access` may know of its file, as of the moment at which it was given.
    ///
    /// # Errors
    /// [`HostError`].
    pub fn facts(&self, access: &Access) -> Result<FileFacts, HostError> {
        access.file()?;
        let head = access.head.clone().filter(|head| head.binned.is_none()).ok_or(HostError::NotFound)?;
        if access.surroundings.get().is_none() {
            let fresh = self.surroundings(access, &head.parent)?;
            // Another thread may have been faster, with the same.
            _ = access.surroundings.set(fresh);
        }
        let around = access.surroundings.get().cloned().unwrap_or_default();
        Ok(FileFacts {
            role: access.role,
            may_create_siblings: around.may_create,
            folder: around.folder,
            user_info: around.user_info,
            head,
        })
    }

    fn surroundings(&self, access: &Access, parent: &NodeId) -> Result<Surroundings, HostError> {
        let role = self.role_in(access, parent)?;
        let folder = role.map(|_| self.container(parent)).transpose()?.map(|container| container.name);
        let may_create = access.role.can_write() && role.is_some_and(Role::can_write);
        Ok(Surroundings { folder, may_create, user_info: self.accounts().user_info(&access.user_id())? })
    }

    /// Whether the caller may put files into `container`: as himself, and no more than his token allows.
    pub(super) fn may_create_in(&self, access: &Access, container: &NodeId) -> Result<bool, HostError> {
        Ok(access.role.can_write() && self.role_in(access, container)?.is_some_and(Role::can_write))
    }

    /// Performs a lock operation, or looks at the lock as one would.
    ///
    /// # Errors
    /// [`HostError::NoRight`] for a caller who may not write; GetLock needs no more than reading.
    pub async fn lock(&self, access: &Access, command: Command) -> Result<LockAnswer, HostError> {
        if command != Command::Get {
            access.require(Role::Editor)?;
        }
        let release = matches!(command, Command::Unlock(_));
        let is_contact = command != Command::Get;
        match self.ask(access.file()?, Operation::Lock(command)).await? {
            Answer::Lock(outcome, version) => {
                if is_contact && outcome == Outcome::Done {
                    self.saves().note_lock(access.file()?, access.client(), self.clock().wall(), !release);
                }
                Ok(LockAnswer { outcome, version })
            }
            other => Err(unexpected(&other)),
        }
    }

    /// Gives the file another stem; the extension stays (files.md section 4.6). A name that cannot be used or is taken is
    /// changed into one that can.
    ///
    /// # Errors
    /// [`HostError::NoRight`], or [`HostError::NameTaken`] when no free name was found.
    pub async fn rename(
        &self,
        access: &Access,
        lock: Option<LockId>,
        stem: &str,
    ) -> Result<Unless<FileName>, HostError> {
        access.require(Role::Editor)?;
        let head = self.head(access.file()?)?;
        let present = stored_name(&head.name);
        let wanted = present.with_stem_sanitised(stem);
        for attempt in 1..=NAMES_TRIED {
            let to = candidate(&wanted, attempt)?;
            match self.ask(access.file()?, Operation::Rename { lock: lock.clone(), to: to.clone() }).await {
                Ok(Answer::Done(_)) => return Ok(Unless::Done(to)),
                Ok(Answer::Locked(current)) => return Ok(Unless::Locked(current)),
                Ok(other) => return Err(unexpected(&other)),
                Err(HostError::NameTaken) => {}
                Err(error) => return Err(error),
            }
        }
        Err(HostError::NameTaken)
    }

    /// Gives the file exactly this name, wherever it is at that moment; for whoever holds no lock.
    ///
    /// # Errors
    /// [`HostError::NoRight`], [`HostError::NameTaken`].
    pub async fn rename_exactly(&self, access: &Access, name: &FileName) -> Result<Unless<()>, HostError> {
        access.require(Role::Editor)?;
        match self.ask(access.file()?, Operation::Rename { lock: None, to: name.clone() }).await? {
            Answer::Done(_) => Ok(Unless::Done(())),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// Puts the file into its owner's bin; refused while anybody holds it.
    ///
    /// # Errors
    /// [`HostError::NoRight`] for a caller who may not write in the file's container, nor owns the file.
    pub async fn delete(&self, access: &Access) -> Result<Unless<()>, HostError> {
        access.require(Role::Editor)?;
        let head = self.head(access.file()?)?;
        if !access.role.is_owner() && !self.may_create_in(access, &head.parent)? {
            return Err(HostError::NoRight);
        }
        match self.ask(access.file()?, Operation::Delete { by: access.user_id() }).await? {
            Answer::Done(_) => Ok(Unless::Done(())),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// Stores the text of PutUserInfo for the caller (files.md section 4.8).
    ///
    /// # Errors
    /// [`HostError::Invalid`] when it is longer than 1024 characters or not ASCII.
    pub async fn put_user_info(&self, access: &Access, text: &str) -> Result<(), HostError> {
        self.head(access.file()?)?;
        Ok(self.accounts().set_user_info(&access.user_id(), text).await?)
    }

    /// Stores what AddActivities reported.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn add_activities(&self, access: &Access, activities: Vec<Bytes>) -> Result<(), HostError> {
        self.head(access.file()?)?;
        if !activities.is_empty() {
            self.ask(access.file()?, Operation::AddActivities(activities)).await?;
        }
        Ok(())
    }

    /// The code of a link that gives whoever holds it `role` on the file or container: the same one each time.
    ///
    /// # Errors
    /// [`HostError::NoRight`] for a caller who may not share it.
    pub async fn share_link(&self, access: &Access, role: Role) -> Result<String, HostError> {
        access.require(Role::Editor)?;
        if access.is_anonymous() {
            return Err(HostError::NoRight);
        }
        let node = match access.resource() {
            Resource::File(file) => self.head(file).map(|_| file)?,
            Resource::Container(container) => self.container(container).map(|_| container)?,
            Resource::Ecosystem => return Err(HostError::NotFound),
        };
        let link = self.links().create_or_reuse(node, role, &access.user_id(), None).await?;
        Ok(self.links().code_of(&link)?)
    }

    /// What a name stands for in a container, by the folded name.
    pub(super) fn lookup(&self, parent: &NodeId, name: &FileName) -> Result<Option<(NodeKind, NodeId)>, HostError> {
        let key = keys::name(parent, &name.folded());
        match self.engine().get(&key)? {
            None => Ok(None),
            Some(record) => {
                let row: records::NameRow = records::decode(&key, &record.value)?;
                Ok(Some((row.kind, row.node)))
            }
        }
    }
}

/// Our own mistake: an actor answered another question.
pub(super) fn unexpected(answer: &Answer) -> HostError {
    HostError::Failed(Arc::from(format!("unexpected answer from the file's actor: {answer:?}")))
}
