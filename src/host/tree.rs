//! Folders: walking paths, listing, making, moving, removing.

use std::fmt;

use super::{
    Host, HostError,
    access::Access,
    files::{Unless, unexpected},
    naming::stored_name,
};
use crate::{
    actors::{Answer, Operation, tree::TreeOperation},
    ids::{NodeId, UserId},
    names::FileName,
    permission::Role,
    store::{
        engine::scan_prefix,
        records::{self, ContainerRecord, NameRow, NodeKind, keys},
    },
};

/// A place in somebody's drive, as administrators write it: `/folder/file.docx`, or `anna:/folder/file.docx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrivePath {
    /// Whose drive; `None` for that of the user whom the command names.
    pub drive: Option<UserId>,
    /// The names on the way, none for the drive's root.
    pub names: Vec<String>,
}

impl DrivePath {
    /// Reads a path. Empty parts and `.` are passed over; `..` is refused.
    ///
    /// # Errors
    /// [`HostError::Invalid`] with words for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let (drive, path) = match text.split_once(':') {
            Some((name, path)) if !name.contains('/') && !name.is_empty() => {
                let user = UserId::parse(name).map_err(|error| HostError::Invalid(error.to_string()))?;
                (Some(user), path)
            }
            _ => (None, text),
        };
        let mut names = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => return Err(HostError::Invalid(format!("the path `{text}` must not contain `..`"))),
                name => names.push(name.to_owned()),
            }
        }
        Ok(Self { drive, names })
    }
}

impl fmt::Display for DrivePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.drive {
            write!(f, "{user}:")?;
        }
        write!(f, "/{}", self.names.join("/"))
    }
}

/// A child of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// File or container.
    pub kind: NodeKind,
    /// Its id.
    pub node: NodeId,
    /// Its name.
    pub name: String,
}

impl Host {
    /// A container.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub fn container(&self, id: &NodeId) -> Result<ContainerRecord, HostError> {
        let key = keys::container(id);
        let record = self.engine().get(&key)?.ok_or(HostError::NotFound)?;
        Ok(records::decode(&key, &record.value)?)
    }

    /// Follows a path from the root of a drive.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or [`HostError::Invalid`] when no drive is named or there is no such user.
    pub fn resolve(&self, path: &DrivePath, default_drive: Option<&UserId>) -> Result<(NodeKind, NodeId), HostError> {
        let user = path.drive.as_ref().or(default_drive).ok_or_else(|| {
            HostError::Invalid(format!("whose drive is `{path}` in? Name it: --user NAME, or NAME:/path"))
        })?;
        let account =
            self.accounts().get(user)?.ok_or_else(|| HostError::Invalid(format!("there is no user `{user}`")))?;
        let mut here = (NodeKind::Container, account.drive);
        for name in &path.names {
            if here.0 != NodeKind::Container {
                return Err(HostError::NotFound);
            }
            let name = FileName::parse(name).map_err(|_| HostError::NotFound)?;
            here = self.lookup(&here.1, &name)?.ok_or(HostError::NotFound)?;
        }
        Ok(here)
    }

    /// The path of a file or container, from the root of its drive: `anna:/folder/file.docx`.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub fn path_of(&self, node: &NodeId) -> Result<DrivePath, HostError> {
        let mut names = Vec::new();
        let mut above = match self.head_anywhere(node)? {
            Some(head) => {
                names.push(head.name);
                head.parent
            }
            None => node.clone(),
        };
        for _ in 0..=crate::host::rights::DEEPEST {
            let record = self.container(&above)?;
            let Some(parent) = record.parent else {
                names.reverse();
                return Ok(DrivePath { drive: Some(record.owner), names });
            };
            names.push(record.name);
            above = parent;
        }
        Err(HostError::Misplaced("the folders are nested too deeply"))
    }

    /// The children of a container in the order of their folded names, at most `limit` after the folded name `after`; with
    /// each the mark to go on from.
    ///
    /// # Errors
    /// What the store says.
    pub fn children(
        &self,
        container: &NodeId,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Child)>, HostError> {
        let prefix = keys::names_in(container);
        let rows = scan_prefix(self.engine(), &prefix, after, limit)?;
        rows.into_iter()
            .map(|(key, record)| {
                let NameRow { kind, node, name } = records::decode(&key, &record.value)?;
                Ok((key, Child { kind, node, name }))
            })
            .collect()
    }

    /// At most `limit` children of a container after the name `after`, in the order of their folded names.
    ///
    /// # Errors
    /// What the store says.
    pub fn children_after(
        &self,
        container: &NodeId,
        after: Option<&FileName>,
        limit: usize,
    ) -> Result<Vec<Child>, HostError> {
        let after = after.map(|name| keys::name(container, &name.folded()));
        Ok(self.children(container, after.as_deref(), limit)?.into_iter().map(|(_, child)| child).collect())
    }

    /// The caller's role in a container or on another file than his token names: that of his person.
    pub(super) fn role_in(&self, access: &Access, node: &NodeId) -> Result<Option<Role>, HostError> {
        Ok(self.access_control().role_elsewhere(access, node)?)
    }

    /// Makes a container. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError::NameTaken`] and the others.
    pub async fn make_container(&self, parent: &NodeId, name: &FileName) -> Result<NodeId, HostError> {
        let id = super::new_id()?;
        self.tree().ask(TreeOperation::Create { id: id.clone(), parent: parent.clone(), name: name.clone() }).await?;
        Ok(id)
    }

    /// Makes the containers of a path that are missing, and returns the last. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError::NameTaken`] when a file stands in the way.
    pub async fn make_path(&self, start: &NodeId, names: &[FileName]) -> Result<NodeId, HostError> {
        let mut here = start.clone();
        for name in names {
            here = match self.lookup(&here, name)? {
                Some((NodeKind::Container, id)) => id,
                Some((NodeKind::File, _)) => return Err(HostError::NameTaken),
                None => match self.make_container(&here, name).await {
                    Ok(id) => id,
                    // Somebody else made it meanwhile.
                    Err(HostError::NameTaken) => match self.lookup(&here, name)? {
                        Some((NodeKind::Container, id)) => id,
                        _ => return Err(HostError::NameTaken),
                    },
                    Err(error) => return Err(error),
                },
            };
        }
        Ok(here)
    }

    /// Removes an empty container. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError::Misplaced`] when it is not empty or the root of a drive.
    pub async fn remove_container(&self, id: &NodeId) -> Result<(), HostError> {
        self.tree().ask(TreeOperation::Delete { id: id.clone() }).await?;
        Ok(())
    }

    /// Moves a container within its drive. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError::Misplaced`], [`HostError::NameTaken`].
    pub async fn move_container(&self, id: &NodeId, parent: &NodeId, name: &FileName) -> Result<(), HostError> {
        let record = self.container(id)?;
        let operation = if record.parent.as_ref() == Some(parent) {
            TreeOperation::Rename { id: id.clone(), name: name.clone() }
        } else {
            TreeOperation::Move { id: id.clone(), from: None, parent: parent.clone(), name: Some(name.clone()) }
        };
        self.tree().ask(operation).await?;
        Ok(())
    }

    /// Moves a file, perhaps under another name. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError::NameTaken`] and the others.
    pub async fn move_file(&self, file: &NodeId, parent: &NodeId, name: &FileName) -> Result<Unless<()>, HostError> {
        let owner = self.container(parent)?.owner;
        let operation = Operation::Move { from: None, parent: parent.clone(), owner, name: Some(name.clone()) };
        match self.ask(file, operation).await? {
            Answer::Done(_) => Ok(Unless::Done(())),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }

    /// The names of a path, checked.
    ///
    /// # Errors
    /// [`HostError::IllegalName`].
    pub fn checked_names(names: &[String]) -> Result<Vec<FileName>, HostError> {
        names.iter().map(|name| FileName::parse(name).map_err(Into::into)).collect()
    }

    /// The name of a node as it is stored.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub fn name_of(&self, kind: NodeKind, node: &NodeId) -> Result<FileName, HostError> {
        Ok(stored_name(&match kind {
            NodeKind::File => self.head(node)?.name,
            NodeKind::Container => self.container(node)?.name,
        }))
    }
}
