//! The bin as a person looks through it: what was deleted last comes first.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{BinEntry, Host, HostError};
use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
    store::{
        engine::scan_prefix,
        records::{self, BinRow, FileHead, keys},
    },
};

/// Rows looked at in one go.
const ROWS: usize = 256;

/// Where a page of the bin ends: when its last file was deleted, and which one it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BinMark {
    /// When it was deleted.
    pub at: Timestamp,
    /// The file.
    pub node: NodeId,
}

impl Host {
    /// At most `limit` files of a user's bin, the one that was deleted last first, after the mark `after`; and the mark to
    /// go on from, `None` at the end.
    ///
    /// The rows of a bin are in the order of ids. All of them are looked at, and no more than `limit` are held in memory.
    /// May wait for the disk.
    ///
    /// # Errors
    /// What the store says.
    pub fn bin_newest_first(
        &self,
        owner: &UserId,
        after: Option<&BinMark>,
        limit: usize,
    ) -> Result<(Vec<BinEntry>, Option<BinMark>), HostError> {
        let prefix = keys::bin_of(owner);
        let mut newest = BinaryHeap::with_capacity(limit + 2);
        let mut scanned: Option<Vec<u8>> = None;
        loop {
            let rows = scan_prefix(self.engine(), &prefix, scanned.as_deref(), ROWS)?;
            let Some((last, _)) = rows.last() else { break };
            scanned = Some(last.clone());
            for (key, record) in rows {
                let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
                let row: BinRow = records::decode(&key, &record.value)?;
                let mark = BinMark { at: row.at, node };
                if after.is_none_or(|after| mark < *after) {
                    newest.push(Reverse(mark));
                    // The oldest of too many goes; one more than asked for tells that there are more.
                    if newest.len() > limit + 1 {
                        newest.pop();
                    }
                }
            }
        }
        let mut marks: Vec<BinMark> = newest.into_sorted_vec().into_iter().map(|Reverse(mark)| mark).collect();
        let goes_on = marks.len() > limit;
        marks.truncate(limit);
        let next = marks.last().filter(|_| goes_on).cloned();
        let mut entries = Vec::with_capacity(marks.len());
        for mark in marks {
            if let Some(head) = self.in_bin_of(owner, &mark.node)? {
                entries.push(BinEntry { node: mark.node, head });
            }
        }
        Ok((entries, next))
    }

    /// The file, if it lies in the bin of this user.
    ///
    /// # Errors
    /// What the store says.
    pub fn in_bin_of(&self, owner: &UserId, file: &NodeId) -> Result<Option<FileHead>, HostError> {
        let head = self.head_anywhere(file)?;
        Ok(head.filter(|head| head.binned.is_some() && super::rights::same(&head.owner, owner)))
    }
}
