//! What a person carries from folder to folder.
//!
//! Rights come from where something is. So a thing is moved only from the place for which its mover had the right, and a
//! copy, whose bytes may take long, asks for the right to its folder once more before it becomes a file.

use std::sync::Arc;

use super::{
    Creation, Host, HostError, Reading,
    access::Access,
    files::{Unless, unexpected},
    naming::stored_name,
    tokens::Resource,
};
use crate::{
    actors::{Answer, Operation, tree::TreeOperation},
    ids::NodeId,
    permission::Role,
    store::records::FileHead,
};

/// A copy of a file that is on its way.
#[derive(Debug)]
pub struct Copying {
    host: Host,
    access: Access,
    target: NodeId,
    reading: Reading,
    creation: Creation,
}

impl Host {
    /// Whether the caller may take the file or container of `access` away from where it is: as its owner, or as somebody who
    /// may write it and in the container around it.
    ///
    /// # Errors
    /// What the store says.
    pub fn may_take_away(&self, access: &Access) -> Result<bool, HostError> {
        match (access.resource(), &access.head) {
            (Resource::File(_), Some(head)) => Ok(access.role.is_owner() || self.may_create_in(access, &head.parent)?),
            (Resource::Container(id), _) => Ok(self.container_facts(access, id)?.may_delete),
            _ => Ok(false),
        }
    }

    /// Moves the file or container of `access` into another container, under the name that it has. Into another drive only
    /// its owner gives a file away; a container stays in its drive.
    ///
    /// # Errors
    /// [`HostError::NoRight`]; [`HostError::NotFound`] when it is not any more where it was when `access` was given;
    /// [`HostError::NameTaken`], [`HostError::Misplaced`].
    pub async fn carry(&self, access: &Access, target: &NodeId) -> Result<Unless<()>, HostError> {
        let from = match (access.resource(), &access.head) {
            (Resource::File(_), Some(head)) => head.parent.clone(),
            (Resource::Container(id), _) => self.container(id)?.parent.ok_or(HostError::NoRight)?,
            _ => return Err(HostError::NotFound),
        };
        if !self.may_take_away(access)? || !self.role_in(access, target)?.is_some_and(Role::can_write) {
            return Err(HostError::NoRight);
        }
        let (parent, owner) = (target.clone(), self.container(target)?.owner);
        let Some(head) = &access.head else {
            let (id, _) = access.resource().node().ok_or(HostError::NotFound)?;
            let operation = TreeOperation::Move { id: id.clone(), from: Some(from), parent, name: None };
            self.tree().ask(operation).await?;
            return Ok(Unless::Done(()));
        };
        if owner != head.owner {
            access.require(Role::Owner)?;
        }
        match self.ask(access.file()?, Operation::Move { from: Some(from), parent, owner, name: None }).await? {
            Answer::Done(_) => Ok(Unless::Done(())),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// Begins a copy of the file of `access` in a container.
    ///
    /// # Errors
    /// [`HostError::NoRight`] for whoever may not put files there.
    pub async fn begin_copy(&self, access: &Access, target: &NodeId) -> Result<Copying, HostError> {
        self.still_writes(access, target)?;
        let reading = self.read(access.file()?)?;
        let creation = self.begin_creation(&access.user_id(), target, Some(reading.left())).await?;
        Ok(Copying { host: self.clone(), access: access.clone(), target: target.clone(), reading, creation })
    }
}

impl Copying {
    /// Makes it a file, under the same name or the nearest free one. The bytes may take long: whoever lost the right to the
    /// container or to the file meanwhile has made none.
    ///
    /// # Errors
    /// [`HostError::NoRight`] and its like; those of a new file.
    pub async fn finish(self) -> Result<(NodeId, Arc<FileHead>), HostError> {
        let Self { host, access, target, mut reading, mut creation } = self;
        while let Some(piece) = reading.next().await? {
            creation.write(&piece).await?;
        }
        host.still_writes(&access, &target)?;
        creation.finish_suggested(&stored_name(&reading.head.name)).await
    }
}
