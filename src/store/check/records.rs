//! Every record by itself, and against the records that it refers to and that refer to it.

use std::{
    ops::{Bound, ControlFlow},
    sync::Arc,
};

use serde::de::DeserializeOwned;

use super::{
    CheckError, CheckProgress, Finding, Report, Severity,
    fault::Fault,
    go_on,
    names::{load, names, path_of},
    sign_in,
};
use crate::{
    ids::{NodeId, UserId},
    names::FileName,
    store::{
        Store,
        backing::Backing,
        content::Page,
        engine::{Engine, EngineError, Key, Record, prefix_end, raw},
        records::{
            AccountRecord, AuditRecord, BinRow, CodeRecord, ContainerRecord, FileHead, GrantRecord, ManifestId,
            NameRow, NodeKind, RecordError, ShareLinkRecord, SigningKeyRecord, StoreFacts, VersionRow, decode, keys,
            keys::prefix,
        },
    },
};

/// Records that are read in one step, up to 6 KiB each.
const PAGE: usize = 256;
/// How often a record is looked at that changes all the time.
const LOOKS: usize = 16;
/// Deeper than this nobody nests containers.
const MAX_DEPTH: usize = 160;

/// Looks at all records.
pub(super) fn check(
    store: &Store,
    report: &mut Report,
    tell: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(CheckProgress) -> ControlFlow<()>,
) -> Result<(), CheckError> {
    let engine: &dyn Engine = store.engine.as_ref();
    let mut walk = Walk::all(store)?;
    let mut examiner = Examiner::new(engine);
    while let Some((page, unreadable)) = walk.next()? {
        for key in unreadable {
            tell(Fault::Undecodable("it is too short to be one".to_owned()).finding(&key, None));
        }
        for (key, record) in page {
            report.records += 1;
            report.files += u64::from(key.starts_with(prefix::FILES));
            let faults = match examiner.settled(&key, record) {
                Err(EngineError::Read(reason)) => vec![Fault::Undecodable(format!("what belongs to it: {reason}"))],
                faults => faults?,
            };
            for fault in faults {
                let path = keys::node_of(&key).filter(|_| fault.severity() == Severity::Damage);
                tell(fault.finding(&key, path.and_then(|node| path_of(engine, &node))));
            }
        }
        go_on(progress(CheckProgress::Records { done: report.records }))?;
    }
    Ok(())
}

/// Reads records page by page, also past such as the engine cannot read.
pub(super) struct Walk<'a> {
    engine: &'a dyn Engine,
    raw: Arc<dyn Backing>,
    from: Bound<Key>,
    to: Bound<Key>,
}

/// Records, and the keys of those that are none.
type Steps = (Vec<(Key, Record)>, Vec<Key>);

impl<'a> Walk<'a> {
    /// Through all records.
    pub(super) fn all(store: &'a Store) -> Result<Self, CheckError> {
        Ok(Self {
            engine: store.engine.as_ref(),
            raw: store.raw_records()?,
            from: Bound::Unbounded,
            to: Bound::Unbounded,
        })
    }

    /// Through those whose key begins with `prefix`.
    pub(super) fn under(store: &'a Store, prefix: &[u8]) -> Result<Self, CheckError> {
        let to = prefix_end(prefix).map_or(Bound::Unbounded, Bound::Excluded);
        Ok(Self { from: Bound::Included(prefix.to_vec()), to, ..Self::all(store)? })
    }

    pub(super) fn next(&mut self) -> Result<Option<Steps>, CheckError> {
        let (from, to) = (self.from.as_ref().map(Vec::as_slice), self.to.as_ref().map(Vec::as_slice));
        let page = match self.engine.scan(from, to, PAGE) {
            Ok(page) => page,
            Err(EngineError::Read(_)) => return self.next_raw(),
            Err(error) => return Err(error.into()),
        };
        let Some((last, _)) = page.last() else { return Ok(None) };
        self.from = Bound::Excluded(last.clone());
        Ok(Some((page, Vec::new())))
    }

    /// The next page in which something is no record.
    fn next_raw(&mut self) -> Result<Option<Steps>, CheckError> {
        let (from, to) = (self.from.as_ref().map(Vec::as_slice), self.to.as_ref().map(Vec::as_slice));
        let entries = self.raw.scan(from, to, PAGE)?;
        let Some((last, _)) = entries.last() else { return Ok(None) };
        self.from = Bound::Excluded(last.clone());
        let (mut page, mut unreadable) = (Vec::new(), Vec::new());
        for (key, stored) in entries {
            if raw::is_reserved(&key) {
                continue;
            }
            if raw::decode(&stored).is_none() {
                unreadable.push(key);
            } else if let Some(record) = self.engine.get(&key)? {
                page.push((key, record));
            }
        }
        Ok(Some((page, unreadable)))
    }
}

/// Looks at single records.
pub(super) struct Examiner<'a> {
    engine: &'a dyn Engine,
    /// The manifest that the last page belonged to, and whether anything names it: pages follow each other.
    manifest: Option<(NodeId, ManifestId, bool)>,
}

impl<'a> Examiner<'a> {
    pub(super) fn new(engine: &'a dyn Engine) -> Self {
        Self { engine, manifest: None }
    }

    /// What is wrong with a record, and was while it did not change.
    pub(super) fn settled(&mut self, key: &[u8], mut record: Record) -> Result<Vec<Fault>, EngineError> {
        for _ in 0..LOOKS {
            let faults = self.examine(key, &record)?;
            if faults.is_empty() {
                return Ok(faults);
            }
            match self.engine.get(key)? {
                None => return Ok(Vec::new()),
                Some(again) if again.revision == record.revision => {
                    // Once more: this time nothing that was read is older than the record itself.
                    self.manifest = None;
                    let faults = self.examine(key, &record)?;
                    if self.engine.get(key)?.is_some_and(|last| last.revision == record.revision) {
                        return Ok(faults);
                    }
                }
                Some(again) => record = again,
            }
        }
        // It changes faster than it can be looked at: somebody can read and write it, so it is well.
        Ok(Vec::new())
    }

    fn examine(&mut self, key: &[u8], record: &Record) -> Result<Vec<Fault>, EngineError> {
        let value = &record.value;
        match key.first_chunk::<2>() {
            Some(b"a/") => self.decoded(key, value, Self::account),
            Some(b"b/") => self.decoded(key, value, Self::bin_row),
            Some(b"c/") => self.decoded(key, value, Self::container),
            Some(b"d/") => self.belongs_to_node(key, NodeKind::Container),
            Some(b"e/") => self.decoded(key, value, |_, _, _: &CodeRecord| Ok(Vec::new())),
            Some(b"f/") => self.decoded(key, value, Self::head),
            Some(b"g/") => self.decoded(key, value, Self::grant),
            Some(b"h/") => self.granted(key),
            Some(b"i/") => self.decoded(key, value, Self::user_info),
            Some(b"j/") => self.shared(key),
            Some(b"k/") => self.decoded(key, value, |_, _, _: &SigningKeyRecord| Ok(Vec::new())),
            Some(b"l/") => self.decoded(key, value, Self::link),
            Some(b"m/") => self.page(key, record),
            Some(b"n/") => self.decoded(key, value, Self::name),
            Some(b"o/") => self.decoded(key, value, sign_in::client),
            Some(b"q/") => Ok(counter(key, value)),
            Some(b"r/" | b"v/") => self.decoded(key, value, Self::version),
            Some(b"s/") if *key == *keys::system("store") => {
                self.decoded(key, value, |_, _, _: &StoreFacts| Ok(Vec::new()))
            }
            Some(b"s/") => Ok(Vec::new()),
            Some(b"t/") => self.belongs_to_node(key, NodeKind::File),
            Some(b"u/") => self.decoded(key, value, sign_in::family),
            Some(b"w/") => sign_in::family_of(self, key),
            Some(b"x/") => self.decoded(key, value, sign_in::session),
            Some(b"y/") => sign_in::session_of(self, key),
            Some(b"z/") => self.decoded(key, value, sign_in::consent),
            Some(b"A/") => self.decoded(key, value, |_, key, record: &AuditRecord| {
                let well = keys::audit_time(key) == Some(record.at);
                Ok(fault_unless(well, Fault::Misplaced("it is of another time than its key says")))
            }),
            Some(b"S/") => self.decoded(key, value, Self::subject),
            _ => Ok(vec![Fault::Unknown]),
        }
    }

    fn decoded<T: DeserializeOwned>(
        &self,
        key: &[u8],
        value: &[u8],
        look: impl FnOnce(&Self, &[u8], &T) -> Result<Vec<Fault>, EngineError>,
    ) -> Result<Vec<Fault>, EngineError> {
        match decode(key, value) {
            Ok(record) => look(self, key, &record),
            Err(RecordError::Newer { found, .. }) => Ok(vec![Fault::Newer(found)]),
            Err(RecordError::Damaged { reason, .. }) => Ok(vec![Fault::Undecodable(reason)]),
        }
    }

    pub(super) fn has(&self, key: &[u8]) -> Result<bool, EngineError> {
        Ok(self.engine.get(key)?.is_some())
    }

    pub(super) fn has_account(&self, user: &UserId) -> Result<bool, EngineError> {
        Ok(load::<AccountRecord>(self.engine, &keys::account(user))?.is_some_and(|account| !account.removed))
    }

    fn has_node(&self, node: &NodeId) -> Result<bool, EngineError> {
        Ok(self.has(&keys::file(node))? || self.has(&keys::container(node))?)
    }

    fn account(&self, key: &[u8], account: &AccountRecord) -> Result<Vec<Fault>, EngineError> {
        if keys::account(&account.user) != key {
            return Ok(vec![Fault::Misplaced("it is under the name of another user")]);
        }
        if account.removed {
            return Ok(Vec::new());
        }
        let drive = load::<ContainerRecord>(self.engine, &keys::container(&account.drive))?;
        let mut faults = fault_unless(drive.is_some(), Fault::DriveMissing);
        if let Some(subject) = &account.subject {
            let found = load::<UserId>(self.engine, &keys::subject(subject))?;
            let his = found.is_some_and(|user| keys::account(&user) == key);
            faults.extend(fault_unless(his, Fault::SubjectMissing));
        }
        Ok(faults)
    }

    fn subject(&self, key: &[u8], user: &UserId) -> Result<Vec<Fault>, EngineError> {
        let account = load::<AccountRecord>(self.engine, &keys::account(user))?.filter(|account| !account.removed);
        let his = account.and_then(|account| account.subject).is_some_and(|subject| keys::subject(&subject) == key);
        Ok(fault_unless(his, Fault::Leftover("it leads to a user whom the outside provider does not sign in")))
    }

    fn bin_row(&self, key: &[u8], _: &BinRow) -> Result<Vec<Fault>, EngineError> {
        let node = keys::last_part(key).and_then(|id| NodeId::parse(id).ok());
        let Some(node) = node else { return Ok(vec![Fault::BinRowOfNothing]) };
        let head = load::<FileHead>(self.engine, &keys::file(&node))?;
        let there = head.is_some_and(|head| head.binned.is_some() && keys::bin_row(&head.owner, &node) == key);
        Ok(fault_unless(there, Fault::BinRowOfNothing))
    }

    fn container(&self, key: &[u8], container: &ContainerRecord) -> Result<Vec<Fault>, EngineError> {
        let Some(id) = keys::node_of(key) else { return Ok(vec![Fault::Misplaced("its key is not an id")]) };
        let Some(parent) = &container.parent else {
            let owner = load::<AccountRecord>(self.engine, &keys::account(&container.owner))?;
            let his = owner.is_some_and(|owner| owner.drive == id);
            return Ok(fault_unless(his, Fault::NobodysDrive));
        };
        if load::<ContainerRecord>(self.engine, &keys::container(parent))?.is_none() {
            return Ok(vec![Fault::ParentMissing]);
        }
        let mut faults =
            fault_unless(self.is_listed(parent, &container.name, &id, NodeKind::Container)?, Fault::NameMissing);
        faults.extend(fault_unless(self.reaches_a_root(parent.clone())?, Fault::Circle));
        Ok(faults)
    }

    /// Whether the way up ends. A container on it that is missing is found by itself.
    fn reaches_a_root(&self, mut above: NodeId) -> Result<bool, EngineError> {
        for _ in 0..MAX_DEPTH {
            match load::<ContainerRecord>(self.engine, &keys::container(&above))?.and_then(|record| record.parent) {
                Some(parent) => above = parent,
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    fn is_listed(&self, parent: &NodeId, name: &str, node: &NodeId, kind: NodeKind) -> Result<bool, EngineError> {
        let row = load::<NameRow>(self.engine, &keys::name(parent, &folded(name)))?;
        Ok(row.is_some_and(|row| row.node == *node && row.kind == kind))
    }

    fn head(&self, key: &[u8], head: &FileHead) -> Result<Vec<Fault>, EngineError> {
        let Some(id) = keys::node_of(key) else { return Ok(vec![Fault::Misplaced("its key is not an id")]) };
        let mut faults = Vec::new();
        if head.binned.is_some() {
            faults.extend(fault_unless(self.has(&keys::bin_row(&head.owner, &id))?, Fault::BinRowMissing));
        } else if load::<ContainerRecord>(self.engine, &keys::container(&head.parent))?.is_none() {
            faults.push(Fault::ParentMissing);
        } else {
            let listed = self.is_listed(&head.parent, &head.name, &id, NodeKind::File)?;
            faults.extend(fault_unless(listed, Fault::NameMissing));
        }
        let row = load::<VersionRow>(self.engine, &keys::version(&id, head.version.sequence))?;
        let kept = row.is_some_and(|row| row.version == head.version && row.content == head.content);
        faults.extend(fault_unless(kept, Fault::VersionMissing));
        faults.extend(fault_unless(self.has_account(&head.owner)?, Fault::OwnerMissing));
        Ok(faults)
    }

    fn grant(&self, key: &[u8], grant: &GrantRecord) -> Result<Vec<Fault>, EngineError> {
        let Some(node) = keys::node_of(key).filter(|node| keys::grant(node, &grant.user) == key) else {
            return Ok(vec![Fault::Misplaced("it is a grant to somebody else than its key says")]);
        };
        if !self.has_node(&node)? {
            return Ok(vec![Fault::Leftover("a grant on something that is gone")]);
        }
        if !self.has_account(&grant.user)? {
            return Ok(vec![Fault::Leftover("a grant to a user who is gone")]);
        }
        let seen = self.has(&keys::granted(&grant.user, &node))?;
        Ok(fault_unless(seen, Fault::HalfShared("the user's list of what was granted to him lacks it")))
    }

    fn granted(&self, key: &[u8]) -> Result<Vec<Fault>, EngineError> {
        let user = std::str::from_utf8(key).ok().and_then(|key| key.split('/').nth(1));
        let user = user.and_then(|user| UserId::parse(user).ok());
        let node = keys::last_part(key).and_then(|id| NodeId::parse(id).ok());
        let (Some(user), Some(node)) = (user, node) else {
            return Ok(vec![Fault::Misplaced("its key is not that of a grant")]);
        };
        let there = self.has(&keys::grant(&node, &user))?;
        Ok(fault_unless(there, Fault::HalfShared("it lists something that was not granted")))
    }

    fn user_info(&self, key: &[u8], _: &String) -> Result<Vec<Fault>, EngineError> {
        let user = keys::last_part(key).and_then(|user| UserId::parse(user).ok());
        let Some(user) = user else { return Ok(vec![Fault::Misplaced("its key is not that of a user")]) };
        Ok(fault_unless(self.has_account(&user)?, Fault::Leftover("the settings of a user who is gone")))
    }

    fn shared(&self, key: &[u8]) -> Result<Vec<Fault>, EngineError> {
        let link = keys::last_part(key).and_then(|id| NodeId::parse(id).ok());
        let (Some(node), Some(link)) = (keys::node_of(key), link) else {
            return Ok(vec![Fault::Misplaced("its key is not that of a share link")]);
        };
        let there = load::<ShareLinkRecord>(self.engine, &keys::share_link(&link))?;
        let there = there.is_some_and(|link| link.node == node);
        Ok(fault_unless(there, Fault::HalfShared("it lists a share link that is not there")))
    }

    fn link(&self, key: &[u8], link: &ShareLinkRecord) -> Result<Vec<Fault>, EngineError> {
        let Some(id) = keys::node_of(key) else { return Ok(vec![Fault::Misplaced("its key is not an id")]) };
        if !self.has_node(&link.node)? {
            return Ok(vec![Fault::Leftover("a share link to something that is gone")]);
        }
        let seen = self.has(&keys::shared(&link.node, &id))?;
        Ok(fault_unless(seen, Fault::HalfShared("the list of share links to the same file lacks it")))
    }

    fn page(&mut self, key: &[u8], record: &Record) -> Result<Vec<Fault>, EngineError> {
        let Some((node, manifest, _)) = keys::parse_manifest_page(key) else {
            return Ok(vec![Fault::Misplaced("its key is not that of a manifest page")]);
        };
        if let Err(reason) = Page::decode(record.value.clone()) {
            return Ok(vec![Fault::Undecodable(reason)]);
        }
        let named = match &self.manifest {
            Some((last_node, last, named)) if *last_node == node && *last == manifest => *named,
            _ => names(self.engine, &node, manifest)?,
        };
        self.manifest = Some((node, manifest, named));
        Ok(fault_unless(named, Fault::Leftover("a content that no version names; it is collected in time")))
    }

    fn name(&self, key: &[u8], row: &NameRow) -> Result<Vec<Fault>, EngineError> {
        let Some(parent) = keys::node_of(key).filter(|parent| keys::name(parent, &folded(&row.name)) == key) else {
            return Ok(vec![Fault::NameOfNothing]);
        };
        let there = match row.kind {
            NodeKind::File => load::<FileHead>(self.engine, &keys::file(&row.node))?
                .filter(|head| head.binned.is_none())
                .map(|head| (Some(head.parent), head.name)),
            NodeKind::Container => load::<ContainerRecord>(self.engine, &keys::container(&row.node))?
                .map(|container| (container.parent, container.name)),
        };
        Ok(fault_unless(there == Some((Some(parent), row.name.clone())), Fault::NameOfNothing))
    }

    fn version(&self, key: &[u8], row: &VersionRow) -> Result<Vec<Fault>, EngineError> {
        let (Some(node), Some(number)) = (keys::node_of(key), keys::last_number(key)) else {
            return Ok(vec![Fault::Misplaced("its key is not that of a version")]);
        };
        if key.starts_with(prefix::VERSIONS) && row.version.sequence != number {
            return Ok(vec![Fault::Misplaced("it is another version than its key says")]);
        }
        Ok(fault_unless(self.has(&keys::file(&node))?, Fault::Leftover("a version of a file that is gone")))
    }

    fn belongs_to_node(&self, key: &[u8], kind: NodeKind) -> Result<Vec<Fault>, EngineError> {
        let Some(node) = keys::node_of(key) else { return Ok(vec![Fault::Misplaced("its key is not an id")]) };
        let there = match kind {
            NodeKind::File => self.has(&keys::file(&node))?,
            NodeKind::Container => self.has(&keys::container(&node))?,
        };
        Ok(fault_unless(there, Fault::Leftover("it belongs to something that is gone")))
    }
}

pub(super) fn fault_unless(well: bool, fault: Fault) -> Vec<Fault> {
    if well { Vec::new() } else { vec![fault] }
}

fn counter(key: &[u8], value: &[u8]) -> Vec<Fault> {
    let known = key.ends_with(b"/bytes") || key.ends_with(b"/files");
    let counts = value.len() == 8;
    fault_unless(known && counts, Fault::Undecodable("it is no counter".to_owned()))
}

/// A name as its row's key has it.
pub(super) fn folded(name: &str) -> String {
    FileName::parse(name).map_or_else(|_| name.to_owned(), |name| name.folded())
}
