//! The way from a user's root down to a file or container (containers-ecosystem.md section 4.6).
//!
//! Roles are inherited downwards and never taken away further down, so what a user may see of a line of containers is its
//! lower end: from the topmost one that is his own or was granted to him. In his own drive that is all of it. In another's
//! drive the line is cut there, and hangs below "Shared with me" ([`super::shared_with_me`]), where he finds the same
//! container when he browses: so no line is empty, each begins at his root, and none names what he may not see (rules C-82,
//! C-85, C-86, C-107).

use super::{Host, HostError, access::Access, rights::DEEPEST, shared_with_me};
use crate::{
    ids::{NodeId, UserId},
    store::records::{AccountRecord, keys},
};

/// A container on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancestor {
    /// Its id.
    pub id: NodeId,
    /// Its name.
    pub name: String,
}

impl Host {
    /// The containers around the file or container that `access` names, as far as its user may see them: his root first,
    /// the direct parent last. Empty for his root.
    ///
    /// # Errors
    /// [`HostError::NoRight`] for whoever holds a share link: he sees one thing and nothing around it.
    /// [`HostError::NotFound`] when the thing, or the right to it, has gone meanwhile.
    pub fn ancestors(&self, access: &Access) -> Result<Vec<Ancestor>, HostError> {
        let account = access.account().ok_or(HostError::NoRight)?;
        let Some((node, kind)) = access.resource().node() else { return Ok(Vec::new()) };
        if *node == account.drive {
            return Ok(Vec::new());
        }
        let root = Ancestor { id: account.drive.clone(), name: self.container(&account.drive)?.name };
        if shared_with_me::drive_of(node).is_some() {
            return Ok(vec![root]);
        }
        let record = self.rights().node_of_kind(node, kind)?.ok_or(HostError::NotFound)?;
        let mut line = self.seen_above(account, node, record.owner(), record.parent())?;
        if line.last().is_none_or(|top| top.id != account.drive) {
            if let Some(id) = shared_with_me::id_for(&account.drive) {
                line.push(Ancestor { id, name: self.shared_with_me_name(account)? });
            }
            line.push(root);
        }
        line.reverse();
        Ok(line)
    }

    /// The containers above a node that the user may see, the nearest first.
    fn seen_above(
        &self,
        account: &AccountRecord,
        node: &NodeId,
        owner: &UserId,
        parent: Option<&NodeId>,
    ) -> Result<Vec<Ancestor>, HostError> {
        let mut line = Vec::new();
        // How much of the line is below the topmost place where he has a right.
        let mut seen = self.has_right_at(account, node, owner)?.then_some(0);
        let mut above = parent.cloned();
        while let Some(id) = above.take().filter(|_| line.len() < DEEPEST) {
            let record = match self.container(&id) {
                Ok(record) => record,
                Err(HostError::NotFound) => break,
                Err(error) => return Err(error),
            };
            let right = self.has_right_at(account, &id, &record.owner)?;
            line.push(Ancestor { id, name: record.name });
            if right {
                seen = Some(line.len());
            }
            above = record.parent;
        }
        line.truncate(seen.ok_or(HostError::NotFound)?);
        Ok(line)
    }

    /// Whether a user owns exactly this node, or has a grant on it.
    fn has_right_at(&self, account: &AccountRecord, node: &NodeId, owner: &UserId) -> Result<bool, HostError> {
        Ok(super::rights::same(owner, &account.user) || self.engine().get(&keys::grant(node, &account.user))?.is_some())
    }
}
