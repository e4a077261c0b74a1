//! Folders and files: find, list, make, move, remove.

use actix_web::web;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Admin, Perform, Refusal,
    calls::{Entry, FileInfo, Find, List, Listing, Located, MakeFolder, Move, Probe, Remove, Removed},
    route,
};
use crate::{
    host::{Child, HostError, Unless, audit::Note},
    ids::NodeId,
    names::FileName,
    store::records::{AuditEvent, FileHead, NodeKind},
};

/// Children told of at once.
const PAGE: usize = 256;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<Find>(config);
    route::<List>(config);
    route::<MakeFolder>(config);
    route::<Move>(config);
    route::<Remove>(config);
    route::<Probe>(config);
}

/// The mark of a page, as text.
pub(super) fn mark_text(mark: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(mark)
}

/// The mark of a page, from text.
pub(super) fn mark_bytes(mark: Option<&str>) -> Result<Option<Vec<u8>>, Refusal> {
    let decode = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::invalid("the mark of the page is none"));
    mark.map(decode).transpose()
}

pub(super) fn told_file(admin: &Admin, id: &NodeId, head: &FileHead) -> Entry {
    let now = admin.host.clock().wall();
    Entry {
        kind: NodeKind::File,
        id: id.clone(),
        name: head.name.clone(),
        file: Some(FileInfo {
            size: head.content.size,
            sha256: head.content.sha256.clone(),
            modified: head.modified.to_iso(),
            modified_by: head.modified_by.clone(),
            version: head.version.sequence,
            locked: head.lock.as_ref().is_some_and(|lock| lock.expires > now),
        }),
    }
}

/// A child; `None` when it was deleted meanwhile.
fn told(admin: &Admin, child: Child) -> Result<Option<Entry>, HostError> {
    match child.kind {
        NodeKind::Container => Ok(Some(Entry { kind: child.kind, id: child.node, name: child.name, file: None })),
        NodeKind::File => match admin.host.head(&child.node) {
            Ok(head) => Ok(Some(told_file(admin, &child.node, &head))),
            Err(HostError::NotFound) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

impl Perform for Find {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        admin.find(&self.place)
    }
}

impl Perform for List {
    async fn perform(self, admin: &Admin) -> Result<Listing, Refusal> {
        match admin.host.head(&self.node) {
            Ok(head) => return Ok(Listing { entries: vec![told_file(admin, &self.node, &head)], next: None }),
            Err(HostError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        admin.host.container(&self.node)?;
        let after = mark_bytes(self.after.as_deref())?;
        let children = admin.host.children(&self.node, after.as_deref(), PAGE)?;
        let next = children.last().filter(|_| children.len() == PAGE).map(|(mark, _)| mark_text(mark));
        let mut entries = Vec::with_capacity(children.len());
        for (_, child) in children {
            entries.extend(told(admin, child)?);
        }
        Ok(Listing { entries, next })
    }
}

impl Perform for MakeFolder {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        let place = admin.drive(&self.place)?;
        let made = admin.host.make_path(&place.account.drive, &place.names()?).await;
        let id = made.map_err(|error| match error {
            HostError::NameTaken => {
                Refusal::conflict(format!("`{}` cannot be made: a file on the way has that name", place.path))
            }
            error => Refusal::about(&place.path, &error),
        })?;
        Ok(Located { kind: NodeKind::Container, id, path: place.path.to_string(), owner: place.account.user })
    }
}

impl Perform for Move {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        let from = admin.find(&self.from)?;
        let to = admin.drive(&self.to)?;
        let (parent, name) = match admin.host.resolve(&to.path, None) {
            // Into the folder, unless that is where it is: then a folder is named by another spelling of its own name.
            Ok((NodeKind::Container, folder)) if folder != from.id => {
                (folder, admin.host.name_of(from.kind, &from.id)?)
            }
            Ok(_) | Err(HostError::NotFound) => {
                let mut names = to.names()?;
                let Some(name) = names.pop() else {
                    return Err(Refusal::conflict(format!("`{}` cannot be moved into itself", from.path)));
                };
                let mut above = to.path.clone();
                above.names.pop();
                match admin.host.resolve(&above, None) {
                    Ok((NodeKind::Container, folder)) => (folder, name),
                    Ok(_) | Err(HostError::NotFound) => {
                        return Err(Refusal::not_found(format!(
                            "there is no folder `{above}`; make it with `lockhouse mkdir {above}`"
                        )));
                    }
                    Err(error) => return Err(Refusal::about(&above, &error)),
                }
            }
            Err(error) => return Err(Refusal::about(&to.path, &error)),
        };
        relocate(admin, &from, &parent, &name).await.map_err(|error| match error {
            HostError::NameTaken => Refusal::about(&to.path, &error),
            error => Refusal::about(&from.path, &error),
        })?;
        let to = admin.located(from.kind, &from.id)?;
        let note = Note::by_command(AuditEvent::Moved).on(&to.path, &to.id);
        let note = if to.owner == from.owner { note } else { note.about(&to.owner) };
        admin.host.audit().note(note.detail(&format!("from {}", from.path))).await;
        Ok(to)
    }
}

async fn relocate(admin: &Admin, from: &Located, parent: &NodeId, name: &FileName) -> Result<(), HostError> {
    match from.kind {
        NodeKind::Container => admin.host.move_container(&from.id, parent, name).await,
        NodeKind::File => match admin.host.move_file(&from.id, parent, name).await? {
            Unless::Done(()) => Ok(()),
            Unless::Locked(_) => Err(HostError::Locked),
        },
    }
}

impl Perform for Remove {
    async fn perform(self, admin: &Admin) -> Result<Removed, Refusal> {
        let found = admin.find(&self.place)?;
        let removed = remove(admin, &found, self.recursive).await?;
        let note = Note::by_command(AuditEvent::Deleted).on(&found.path, &found.id);
        admin.host.audit().note(note).await;
        Ok(removed)
    }
}

async fn remove(admin: &Admin, found: &Located, recursive: bool) -> Result<Removed, Refusal> {
    let failed = |error: &HostError| Refusal::about(&found.path, error);
    match found.kind {
        NodeKind::File => match admin.host.bin_file(&found.id, &found.owner).await {
            Ok(Unless::Done(())) => Ok(Removed { binned: 1, folders: 0, locked: Vec::new(), locked_count: 0 }),
            Ok(Unless::Locked(_)) => Err(Refusal::locked(&found.path)),
            Err(error) => Err(failed(&error)),
        },
        NodeKind::Container if recursive => {
            let cleared = admin.host.remove_tree(&found.id, &found.owner).await.map_err(|error| failed(&error))?;
            Ok(Removed {
                binned: cleared.binned,
                folders: cleared.folders,
                locked: cleared.locked.iter().map(ToString::to_string).collect(),
                locked_count: cleared.locked_count,
            })
        }
        NodeKind::Container => {
            admin.host.remove_container(&found.id).await.map_err(|error| match error {
                HostError::Misplaced(_) => Refusal::conflict(format!(
                    "`{}` is not empty, or the root of a drive: add --recursive to remove all that is in it",
                    found.path
                )),
                error => failed(&error),
            })?;
            Ok(Removed { binned: 0, folders: 1, locked: Vec::new(), locked_count: 0 })
        }
    }
}

impl Perform for Probe {
    async fn perform(self, admin: &Admin) -> Result<Option<Entry>, Refusal> {
        let name = FileName::parse(&self.name).map_err(|error| Refusal::about(&self.name, &error.into()))?;
        match admin.host.child(&self.parent, &name)? {
            Some(child) => Ok(told(admin, child)?),
            None => Ok(None),
        }
    }
}
