//! "Shared with me": the container that is in nobody's drive.
//!
//! It stands in the root of every user to whom something was granted, and holds exactly the files and containers that were
//! granted to him and are not his own, so that whoever walks down from his root comes to everything he may see, and
//! whoever walks up from anything he may see comes to his root (containers-ecosystem.md rules C-85, C-86, C-107, C-108).
//! Nothing of it is stored: its id is made of the id of the user's drive, its children are the rows of his grants, its
//! name is one that is free in his root. Nothing can be made in it, renamed or removed.

use super::{Host, HostError, rights::Node};
use crate::{
    ids::NodeId,
    names::FileName,
    store::{
        engine::{Key, scan_prefix},
        records::{AccountRecord, keys},
    },
};

/// What its id begins with; the id of the drive follows.
const PREFIX: &str = "shared-";

/// How long the id of a drive is. No id that is stored is as long as one of ours.
const DRIVE_ID: usize = 22;

/// How it is called; with a number behind it where somebody has given a folder of his own this name.
const NAME: &str = "Shared with me";

/// How many names are tried.
const NAMES_TRIED: u32 = 100;

/// Grants looked at in one go.
const PAGE: usize = 128;

/// The id of "Shared with me" of the user whose drive this is; `None` for a drive whose id is not of our making.
pub fn id_for(drive: &NodeId) -> Option<NodeId> {
    let made = drive.as_str().len() == DRIVE_ID;
    made.then(|| NodeId::parse(&format!("{PREFIX}{drive}")).ok()).flatten()
}

/// The drive of the user whose "Shared with me" this is; `None` for every other id.
pub fn drive_of(id: &NodeId) -> Option<NodeId> {
    let drive = id.as_str().strip_prefix(PREFIX).filter(|drive| drive.len() == DRIVE_ID)?;
    NodeId::parse(drive).ok()
}

/// A page of what was granted to somebody, and the mark to go on from; `None` at the end.
pub(super) type GrantedPage = (Vec<(NodeId, Node)>, Option<Key>);

impl Host {
    /// What "Shared with me" of this user is called.
    pub(super) fn shared_with_me_name(&self, account: &AccountRecord) -> Result<String, HostError> {
        let plain = FileName::sanitised(NAME, "");
        for attempt in 1..=NAMES_TRIED {
            let name = if attempt == 1 { plain.clone() } else { plain.with_counter(attempt) };
            if self.lookup(&account.drive, &name)?.is_none() {
                return Ok(name.as_str().to_owned());
            }
        }
        Ok(NAME.to_owned())
    }

    /// The id of this user's "Shared with me", if anything was shared with him.
    pub(super) fn shared_with_me(&self, account: &AccountRecord) -> Result<Option<NodeId>, HostError> {
        let Some(id) = id_for(&account.drive) else { return Ok(None) };
        let mut after = None;
        loop {
            let (granted, next) = self.granted_page(account, after.as_deref())?;
            if !granted.is_empty() {
                return Ok(Some(id));
            }
            after = next;
            if after.is_none() {
                return Ok(None);
            }
        }
    }

    /// What was granted to this user, is there, and is not his own: some of it, after the mark `after`, by id.
    pub(super) fn granted_page(&self, account: &AccountRecord, after: Option<&[u8]>) -> Result<GrantedPage, HostError> {
        let rows = scan_prefix(self.engine(), &keys::granted_to(&account.user), after, PAGE)?;
        let next = rows.last().filter(|_| rows.len() == PAGE).map(|(key, _)| key.clone());
        let mut granted = Vec::with_capacity(rows.len());
        for (key, _) in rows {
            let Some(id) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
            let Some(node) = self.rights().node(&id)? else { continue };
            let binned = matches!(&node, Node::File(head) if head.binned.is_some());
            if !binned && !super::rights::same(node.owner(), &account.user) {
                granted.push((id, node));
            }
        }
        Ok((granted, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_id_leads_to_the_drive_and_no_stored_id_does() {
        let drive = NodeId::from_random_bits([5; 16]);
        let id = id_for(&drive).unwrap();
        assert_eq!(drive_of(&id), Some(drive.clone()));
        assert_eq!(drive_of(&drive), None);
        assert_eq!(drive_of(&NodeId::parse("shared-abcdefghijklmno").unwrap()), None, "as long as a stored id");
        assert_eq!(id_for(&NodeId::parse("short").unwrap()), None);
    }
}
