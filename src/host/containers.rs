//! What a caller may do with containers, and does: create in them, rename, remove, share (containers-ecosystem.md section 4).
//!
//! Every change of a name space is one commit of records that name what the decision was made on: of two creations under
//! one name exactly one happens, a rename that races a removal ends in one of the two, and no container goes away under a
//! file ([`crate::actors::tree`], [`crate::actors::file`]).
//!
//! A file that a client creates and never fills stays, as zero bytes under its name (rule C-69 leaves that to the host): it
//! costs two records, its owner sees it and can delete it, and no rule could tell it from one that somebody meant to be
//! empty. A user's files are removed by nobody but users.

use std::sync::Arc;

use super::{
    Host, HostError, RelativeTarget,
    access::Access,
    files::unexpected,
    naming::{NAMES_TRIED, candidate, container_candidate},
    saving::{nothing, unhurried},
    shared_with_me,
};
use crate::{
    actors::{Answer, Operation, messages::Create, tree::TreeOperation},
    ids::NodeId,
    lock::LockId,
    names::{ContainerName, FileName},
    permission::Role,
    store::records::{FileHead, NodeKind, SaveKind},
};

/// How often a creation under one exact name is decided again when files come and go under that name meanwhile.
const ATTEMPTS: usize = 16;

/// What a caller may know of a container, and do with it: the source of CheckContainerInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is one permission of its own in the protocol")]
pub struct ContainerFacts {
    /// The container.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// Whether it is the root of a drive.
    pub is_root: bool,
    /// Whether the caller may put files and containers into it.
    pub may_create: bool,
    /// Whether he may remove it, once it is empty.
    pub may_delete: bool,
    /// Whether he may give it another name.
    pub may_rename: bool,
    /// Whether he may hand out links to it.
    pub may_share: bool,
}

/// The name that is asked for a new container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerTarget {
    /// Exactly this one.
    Specific(ContainerName),
    /// This one or one like it.
    Suggested(ContainerName),
}

/// What became of CreateChildFile.
#[derive(Clone, Debug)]
pub enum NewFile {
    /// The file is there and has no bytes.
    Made(NodeId, Arc<FileHead>),
    /// The name is taken.
    Taken,
    /// Somebody holds the file that was to be replaced.
    Locked(Option<LockId>),
}

impl Host {
    /// What the caller may know of a container and do with it: as himself, and no more than his token allows.
    ///
    /// # Errors
    /// [`HostError::NotFound`] or [`HostError::NoRight`].
    pub fn container_facts(&self, access: &Access, id: &NodeId) -> Result<ContainerFacts, HostError> {
        let role = self.role_in(access, id)?.ok_or(HostError::NoRight)?;
        if shared_with_me::drive_of(id).is_some() {
            let account = access.account().ok_or(HostError::NoRight)?;
            return Ok(ContainerFacts {
                id: id.clone(),
                name: self.shared_with_me_name(account)?,
                is_root: false,
                may_create: false,
                may_delete: false,
                may_rename: false,
                may_share: false,
            });
        }
        let record = self.container(id)?;
        let may_delete = match &record.parent {
            None => false,
            Some(_) if role.is_owner() => true,
            Some(parent) => role.can_write() && self.role_in(access, parent)?.is_some_and(Role::can_write),
        };
        Ok(ContainerFacts {
            id: id.clone(),
            is_root: record.parent.is_none(),
            name: record.name,
            may_create: role.can_write(),
            may_delete,
            may_rename: role.can_write() && record.parent.is_some(),
            may_share: role.can_share() && !access.is_anonymous(),
        })
    }

    /// Whether the caller may see a file or container, and which of the two it is.
    ///
    /// # Errors
    /// [`HostError::NotFound`], [`HostError::NoRight`].
    pub fn visible(&self, access: &Access, node: &NodeId) -> Result<NodeKind, HostError> {
        self.role_in(access, node)?.ok_or(HostError::NoRight)?;
        if shared_with_me::drive_of(node).is_some() {
            return Ok(NodeKind::Container);
        }
        match self.head(node) {
            Ok(_) => Ok(NodeKind::File),
            Err(HostError::NotFound) => self.container(node).map(|_| NodeKind::Container),
            Err(error) => Err(error),
        }
    }

    /// The container that `access` names, on which its holder may do what `may` looks for.
    fn demand(&self, access: &Access, may: impl Fn(&ContainerFacts) -> bool) -> Result<ContainerFacts, HostError> {
        let (node, _) = access.resource().node().ok_or(HostError::NotFound)?;
        let facts = self.container_facts(access, node)?;
        if may(&facts) { Ok(facts) } else { Err(HostError::NoRight) }
    }

    /// CreateChildContainer in the container that `access` names.
    ///
    /// # Errors
    /// [`HostError::NoRight`], [`HostError::NameTaken`], or [`HostError::Misplaced`] when it would be nested too deeply.
    pub async fn create_child_container(&self, access: &Access, target: &ContainerTarget) -> Result<NodeId, HostError> {
        let parent = self.demand(access, |facts| facts.may_create)?.id;
        match target {
            ContainerTarget::Specific(name) => self.make_container(&parent, name).await,
            ContainerTarget::Suggested(name) => {
                for attempt in 1..=NAMES_TRIED {
                    match self.make_container(&parent, &container_candidate(name, attempt)?).await {
                        Err(HostError::NameTaken) => {}
                        outcome => return outcome,
                    }
                }
                Err(HostError::NameTaken)
            }
        }
    }

    /// CreateChildFile in the container that `access` names: a file of zero bytes. One that is replaced keeps its id, and
    /// its bytes until now stay in its history.
    ///
    /// # Errors
    /// [`HostError::NoRight`]; [`HostError::SwitchedOff`] for a caller who may create files here but not replace the one of
    /// that name, which the protocol answers with 501 (rule C-21).
    pub async fn create_child_file(&self, access: &Access, target: RelativeTarget) -> Result<NewFile, HostError> {
        let parent = self.demand(access, |facts| facts.may_create)?.id;
        let (host, access) = (self.clone(), access.clone());
        // Whoever hangs up after asking for it finds it done or not done, never half decided.
        unhurried(async move {
            match target {
                RelativeTarget::Suggested(name) => host.create_like(&access, &parent, &name).await,
                RelativeTarget::Specific { name, overwrite } => {
                    host.create_exactly(&access, &parent, &name, overwrite).await
                }
            }
        })
        .await?
    }

    async fn create_like(&self, access: &Access, parent: &NodeId, name: &FileName) -> Result<NewFile, HostError> {
        let id = super::new_id()?;
        for attempt in 1..=NAMES_TRIED {
            match self.create_empty(access, &id, parent, &candidate(name, attempt)?).await {
                Err(HostError::NameTaken) => {}
                outcome => return outcome.map(|head| NewFile::Made(id, head)),
            }
        }
        Ok(NewFile::Taken)
    }

    async fn create_exactly(
        &self,
        access: &Access,
        parent: &NodeId,
        name: &FileName,
        overwrite: bool,
    ) -> Result<NewFile, HostError> {
        let id = super::new_id()?;
        for _ in 0..ATTEMPTS {
            match self.lookup(parent, name)? {
                None => match self.create_empty(access, &id, parent, name).await {
                    // Somebody was faster: his file is now the one to replace.
                    Err(HostError::NameTaken) if overwrite => {}
                    Err(HostError::NameTaken) => return Ok(NewFile::Taken),
                    outcome => return outcome.map(|head| NewFile::Made(id, head)),
                },
                Some((NodeKind::File, there)) if overwrite => {
                    match self.empty_file(access, &there, parent, name).await {
                        // It was deleted or renamed meanwhile: the name may be free now.
                        Err(HostError::NotFound) => {}
                        outcome => return outcome,
                    }
                }
                Some(_) => return Ok(NewFile::Taken),
            }
        }
        Err(HostError::Overloaded)
    }

    async fn create_empty(
        &self,
        access: &Access,
        id: &NodeId,
        parent: &NodeId,
        name: &FileName,
    ) -> Result<Arc<FileHead>, HostError> {
        let create = Create {
            parent: parent.clone(),
            owner: self.container(parent)?.owner,
            name: name.clone(),
            contribution: nothing(&access.user_id(), SaveKind::Created),
        };
        match self.ask(id, Operation::Create(create)).await? {
            Answer::Done(head) => Ok(head),
            other => Err(unexpected(&other)),
        }
    }

    /// Takes the bytes out of the file of that name, unless somebody holds it.
    async fn empty_file(
        &self,
        access: &Access,
        file: &NodeId,
        parent: &NodeId,
        name: &FileName,
    ) -> Result<NewFile, HostError> {
        if !self.role_in(access, file)?.ok_or(HostError::NotFound)?.can_write() {
            return Err(HostError::SwitchedOff);
        }
        let operation = Operation::OverwriteNamed {
            parent: parent.clone(),
            name: name.clone(),
            contribution: nothing(&access.user_id(), SaveKind::Save),
        };
        match self.ask(file, operation).await? {
            Answer::Done(head) => Ok(NewFile::Made(file.clone(), head)),
            Answer::Locked(current) => Ok(NewFile::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// DeleteContainer: removes the container that `access` names, if nothing is in it. What is in the bin does not count;
    /// what the caller cannot see does.
    ///
    /// # Errors
    /// [`HostError::SwitchedOff`] for the root of a drive, which nobody can remove; [`HostError::NoRight`];
    /// [`HostError::Misplaced`] when it is not empty.
    pub async fn delete_container(&self, access: &Access) -> Result<(), HostError> {
        let facts = self.demand(access, |facts| facts.may_delete || facts.is_root && facts.may_create)?;
        if facts.is_root {
            return Err(HostError::SwitchedOff);
        }
        self.remove_container(&facts.id).await
    }

    /// RenameContainer: gives the container that `access` names another name; answers the facts as they are then.
    ///
    /// # Errors
    /// [`HostError::NoRight`], [`HostError::NameTaken`].
    pub async fn rename_container(&self, access: &Access, name: &ContainerName) -> Result<ContainerFacts, HostError> {
        let facts = self.demand(access, |facts| facts.may_rename)?;
        self.tree().ask(TreeOperation::Rename { id: facts.id.clone(), name: name.clone() }).await?;
        Ok(ContainerFacts { name: name.as_str().to_owned(), ..facts })
    }

    /// A name like this one that is free for a container at the moment.
    ///
    /// # Errors
    /// [`HostError::NameTaken`] when none was found.
    pub fn free_container_name(&self, parent: &NodeId, name: &ContainerName) -> Result<ContainerName, HostError> {
        for attempt in 2..=NAMES_TRIED {
            let candidate = container_candidate(name, attempt)?;
            if self.lookup(parent, &candidate)?.is_none() {
                return Ok(candidate);
            }
        }
        Err(HostError::NameTaken)
    }
}
