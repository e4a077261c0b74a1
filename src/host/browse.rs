//! Folders as a person looks at them: folders first, sorted, searched, some rows at a time.
//!
//! The store has one order, that of folded names, and a person wants others. A folder of up to [`LOOKED_AT`] items is taken
//! into memory by its names (some hundred bytes each) and sorted there; of those that are shown, and no others, the files'
//! records are read, unless the order asks for all of them. A larger folder is walked along the index, in the order of
//! names, and told to be large; another order then sorts its first items only, and says so. What is read and kept is bounded
//! for a folder of any size.

use std::{collections::VecDeque, sync::Arc};

use super::{Host, HostError, access::Access, naming::stored_name, shared_with_me};
use crate::{
    ids::NodeId,
    lock::LockId,
    names::{self, FileName},
    permission::Role,
    store::records::{FileHead, NodeKind, StoredLock, keys},
};

/// The items of one folder that are sorted in memory.
pub const LOOKED_AT: usize = 10_000;

/// The names that one search looks at.
pub const SEARCHED: usize = 20_000;

/// The most rows that are told at once.
pub const MOST_ROWS: usize = 1_000;

/// Names read in one go.
const PAGE: usize = 256;

/// The longest way to a place that is told, in folders: a thousand of them may be nested, with names of 250 letters.
const LONGEST_WAY: usize = 8;

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Folded name.
    #[default]
    Name,
    /// When a file's content last changed. Folders come first, by name.
    Changed,
    /// Bytes. Folders come first, by name.
    Size,
}

/// What somebody wants to see of a folder.
#[derive(Clone, Debug, Default)]
pub struct Browse {
    /// In which order.
    pub order: Order,
    /// From the end.
    pub descending: bool,
    /// Only what has this text in its name, whatever the case of the letters.
    pub find: Option<String>,
    /// With `find`: in the folders below, too.
    pub below: bool,
    /// Rows to pass over.
    pub from: usize,
    /// In a large folder: the name after which to go on.
    pub after: Option<FileName>,
    /// How many rows; at most [`MOST_ROWS`].
    pub rows: usize,
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder it is in.
    pub id: NodeId,
    /// The names from the folder in which the search began down to there, with ` / ` between; empty for that folder. Of a
    /// way that is long, the end.
    pub names: String,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Item {
    /// File or folder.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// A file's record; `None` for a folder.
    pub head: Option<Box<FileHead>>,
    /// What the caller may do with it.
    pub role: Role,
    /// Whether an editor holds the file.
    pub held: bool,
    /// Where it was found, by a search below the folder.
    pub place: Option<Arc<Place>>,
}

/// Why not everything was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Only the first [`LOOKED_AT`] items by name were sorted.
    Sorting,
    /// Only [`SEARCHED`] names were looked at, or more than [`MOST_ROWS`] were found below.
    Search,
}

/// How to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// With this row.
    From(usize),
    /// Behind this name.
    After(String),
}

/// Some rows of a folder.
#[derive(Clone, Debug, Default)]
pub struct Browsed {
    /// The rows.
    pub items: Vec<Item>,
    /// How to go on, if there is more.
    pub next: Option<Next>,
    /// How many rows there are in all; `None` for a folder that is too large to be counted.
    pub total: Option<usize>,
    /// Set when not everything was looked at.
    pub cut: Option<Cut>,
}

/// An item before its row is made.
struct Found {
    folded: String,
    kind: NodeKind,
    id: NodeId,
    name: String,
    head: Option<Box<FileHead>>,
    place: Option<Arc<Place>>,
}

/// A folder on the way of a search. The ways of all that wait are held as one tree: written out, each would be as long as
/// folders are nested deep.
struct Step {
    id: NodeId,
    name: String,
    /// The folder around it; `None` where the search began.
    above: Option<Arc<Step>>,
}

impl Step {
    fn below(self: &Arc<Self>, id: NodeId, name: String) -> Arc<Self> {
        Arc::new(Self { id, name, above: Some(Arc::clone(self)) })
    }

    fn place(&self) -> Arc<Place> {
        let (mut names, mut here) = (Vec::new(), self);
        while let Some(above) = &here.above {
            if names.len() == LONGEST_WAY {
                names.push("…");
                break;
            }
            names.push(here.name.as_str());
            here = above;
        }
        names.reverse();
        Arc::new(Place { id: self.id.clone(), names: names.join(" / ") })
    }
}

impl Drop for Step {
    /// One after the other: each would drop the one around it, as deep as folders are nested.
    fn drop(&mut self) {
        let mut above = self.above.take();
        while let Some(step) = above {
            above = Arc::into_inner(step).and_then(|mut step| step.above.take());
        }
    }
}

impl Host {
    /// Some rows of the container that `access` names. May wait for the disk.
    ///
    /// # Errors
    /// [`HostError::NotFound`], or what the store says.
    pub fn browse(&self, access: &Access, wish: &Browse) -> Result<Browsed, HostError> {
        let (id, _) = access.resource().node().ok_or(HostError::NotFound)?;
        let wish = Browse { rows: wish.rows.clamp(1, MOST_ROWS), ..wish.clone() };
        let find = wish.find.as_deref().map(names::folded).filter(|find| !find.is_empty());
        let granted = shared_with_me::drive_of(id).is_some();
        if !granted {
            self.container(id)?;
        }
        if let Some(after) = wish.after.as_ref().filter(|_| !granted && find.is_none()) {
            return self.walk(access, id, Some(after), wish.rows);
        }
        let by_name = wish.order == Order::Name && !wish.descending;
        let (found, cut) = match &find {
            Some(find) if wish.below => self.search_below(access, id, granted, find)?,
            _ if granted => self.granted(access, find.as_deref())?,
            _ => {
                let limit = if find.is_some() { SEARCHED } else { LOOKED_AT };
                let (found, all) = self.names_in(id, find.as_deref(), limit)?;
                if !all && find.is_none() && by_name {
                    return self.walk(access, id, None, wish.rows);
                }
                let cut = if find.is_some() { Cut::Search } else { Cut::Sorting };
                (found, (!all).then_some(cut))
            }
        };
        self.arrange(access, found, cut, &wish)
    }

    /// Sorts, takes the rows that are wanted, and reads what they show.
    fn arrange(
        &self,
        access: &Access,
        mut found: Vec<Found>,
        cut: Option<Cut>,
        wish: &Browse,
    ) -> Result<Browsed, HostError> {
        if wish.order != Order::Name {
            for item in &mut found {
                self.read_head(item);
            }
            found.retain(|item| item.kind == NodeKind::Container || item.head.is_some());
        }
        sort(&mut found, wish.order, wish.descending);
        let total = found.len();
        let mut items = Vec::with_capacity(wish.rows.min(total));
        for item in found.into_iter().skip(wish.from).take(wish.rows) {
            items.extend(self.row(access, item)?);
        }
        let end = wish.from.saturating_add(wish.rows);
        Ok(Browsed { items, next: (end < total).then_some(Next::From(end)), total: Some(total), cut })
    }

    /// Rows of a large folder in the order of names, files and folders among each other.
    fn walk(
        &self,
        access: &Access,
        folder: &NodeId,
        after: Option<&FileName>,
        rows: usize,
    ) -> Result<Browsed, HostError> {
        let mut children = self.children_after(folder, after, rows + 1)?;
        let goes_on = children.len() > rows;
        children.truncate(rows);
        let next = children.last().filter(|_| goes_on).map(|last| Next::After(last.name.clone()));
        let mut items = Vec::with_capacity(children.len());
        for child in children {
            let found = Found {
                folded: String::new(),
                kind: child.kind,
                id: child.node,
                name: child.name,
                head: None,
                place: None,
            };
            items.extend(self.row(access, found)?);
        }
        Ok(Browsed { items, next, total: None, cut: None })
    }

    /// The names in a folder, with what is searched in them, and whether these are all.
    fn names_in(&self, folder: &NodeId, find: Option<&str>, limit: usize) -> Result<(Vec<Found>, bool), HostError> {
        let mut found = Vec::new();
        let mut looked = 0;
        let all = self.each_name(folder, &mut |item| {
            looked += 1;
            if looked > limit {
                return false;
            }
            if find.is_none_or(|find| item.folded.contains(find)) {
                found.push(item);
            }
            true
        })?;
        Ok((found, all))
    }

    /// Hands on the names in a folder until `take` has had enough; whether these were all.
    fn each_name(&self, folder: &NodeId, take: &mut dyn FnMut(Found) -> bool) -> Result<bool, HostError> {
        let before = keys::names_in(folder).len();
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = self.children(folder, after.as_deref(), PAGE)?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|(mark, _)| mark.clone());
            for (key, child) in page {
                let folded = String::from_utf8_lossy(key.get(before..).unwrap_or_default()).into_owned();
                let found =
                    Found { folded, kind: child.kind, id: child.node, name: child.name, head: None, place: None };
                if !take(found) {
                    return Ok(false);
                }
            }
            if is_last {
                return Ok(true);
            }
        }
    }

    /// What was granted to the caller.
    fn granted(&self, access: &Access, find: Option<&str>) -> Result<(Vec<Found>, Option<Cut>), HostError> {
        let account = access.account().ok_or(HostError::NoRight)?;
        let (mut found, mut after, mut looked) = (Vec::new(), None, 0);
        loop {
            let (page, next) = self.granted_page(account, after.as_deref())?;
            for (id, node) in page {
                looked += 1;
                let (kind, name, head) = match node {
                    super::rights::Node::Container(record) => (NodeKind::Container, record.name, None),
                    super::rights::Node::File(head) => (NodeKind::File, head.name.clone(), Some(head)),
                };
                let folded = stored_name(&name).folded();
                if find.is_none_or(|find| folded.contains(find)) {
                    found.push(Found { folded, kind, id, name, head, place: None });
                }
            }
            after = next;
            if after.is_none() || looked >= LOOKED_AT {
                return Ok((found, after.is_some().then_some(Cut::Sorting)));
            }
        }
    }

    /// Looks through a folder and those below it, one level after the other.
    fn search_below(
        &self,
        access: &Access,
        top: &NodeId,
        granted: bool,
        find: &str,
    ) -> Result<(Vec<Found>, Option<Cut>), HostError> {
        let mut found = Vec::new();
        let mut waiting = VecDeque::new();
        let start = Arc::new(Step { id: top.clone(), name: String::new(), above: None });
        if granted {
            let place = start.place();
            for item in self.granted(access, None)?.0 {
                if item.kind == NodeKind::Container {
                    waiting.push_back(start.below(item.id.clone(), item.name.clone()));
                }
                if item.folded.contains(find) {
                    found.push(Found { place: Some(Arc::clone(&place)), ..item });
                }
            }
        } else {
            waiting.push_back(start);
        }
        let (mut looked, mut cut) = (0, None);
        while let Some(step) = waiting.pop_front() {
            let mut place = None;
            let all = self.each_name(&step.id, &mut |item| {
                looked += 1;
                if looked > SEARCHED || found.len() >= MOST_ROWS {
                    return false;
                }
                if item.kind == NodeKind::Container {
                    waiting.push_back(step.below(item.id.clone(), item.name.clone()));
                }
                if item.folded.contains(find) {
                    let place = place.get_or_insert_with(|| step.place());
                    found.push(Found { place: Some(Arc::clone(place)), ..item });
                }
                true
            })?;
            if !all {
                cut = Some(Cut::Search);
                break;
            }
        }
        Ok((found, cut))
    }

    /// The row of an item; none for what has gone meanwhile.
    fn row(&self, access: &Access, mut item: Found) -> Result<Option<Item>, HostError> {
        self.read_head(&mut item);
        if item.kind == NodeKind::File && item.head.is_none() {
            return Ok(None);
        }
        // Whoever owns the folder owns what is in it; others may have been given more further down.
        let role = if access.role.is_owner() { Some(Role::Owner) } else { self.role_in(access, &item.id)? };
        let Some(role) = role else { return Ok(None) };
        let held = item.head.as_ref().is_some_and(|head| self.is_held(&item.id, head));
        let Found { id, name, head, place, .. } = item;
        let name = head.as_ref().map_or(name, |head| head.name.clone());
        Ok(Some(Item { id, name, head, role, held, place }))
    }

    /// Reads a file's record. One that is damaged is passed over, so that the others can still be reached.
    fn read_head(&self, item: &mut Found) {
        if item.kind == NodeKind::Container || item.head.is_some() {
            return;
        }
        match self.head(&item.id) {
            Ok(head) => item.head = Some(Box::new(head)),
            Err(HostError::NotFound) => {}
            Err(error) => {
                tracing::error!(file = %item.id, %error, "a file is left out of its folder's page; run `lockhouse check`");
            }
        }
    }

    /// Whether somebody holds this file, as far as its record and this run know.
    pub fn is_held(&self, file: &NodeId, head: &FileHead) -> bool {
        let Some(StoredLock { id, expires }) = &head.lock else { return false };
        let exact =
            LockId::parse(id.as_bytes()).ok().flatten().and_then(|id| self.directory().board().exact(file, &id));
        // What this run knows exactly does not depend on the wall clock.
        exact.map_or_else(|| *expires > self.clock().wall(), |expires| expires > self.clock().monotonic())
    }
}

/// Folders first; then by what is asked, and by name where that is equal.
fn sort(found: &mut [Found], order: Order, descending: bool) {
    found.sort_by(|one, other| {
        let folders_first = (one.kind == NodeKind::File).cmp(&(other.kind == NodeKind::File));
        let by_name = || one.folded.cmp(&other.folded);
        let asked = match (&one.head, &other.head) {
            (Some(one), Some(other)) if order == Order::Changed => one.modified.cmp(&other.modified),
            (Some(one), Some(other)) if order == Order::Size => one.content.size.cmp(&other.content.size),
            _ => by_name(),
        };
        let asked = if descending { asked.reverse() } else { asked };
        folders_first.then(asked).then_with(by_name)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_place_is_told_by_its_end_however_deep_folders_are_nested() {
        let id = |text: &str| NodeId::parse(text).unwrap();
        let start = Arc::new(Step { id: id("top"), name: String::new(), above: None });
        assert_eq!(start.place().names, "");
        let two = start.below(id("a"), "a".to_owned()).below(id("b"), "b".to_owned());
        assert_eq!((two.place().id.as_str(), &*two.place().names), ("b", "a / b"));
        let mut deep = start;
        for _ in 0..200_000 {
            deep = deep.below(id("x"), "x".repeat(250));
        }
        let names = &deep.place().names;
        assert!(names.starts_with("… / x") && names.len() < 3_000, "{} bytes", names.len());
    }
}
