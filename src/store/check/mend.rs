//! Mending records, one fault at a time.

use super::{
    Severity,
    aside::Aside,
    fault::Fault,
    names::{load, path_of},
    records::{Examiner, Walk, folded},
    repair::{Action, RepairError},
    usage,
};
use crate::{
    clock::Clock,
    ids::{NodeId, UserId},
    names::FileName,
    store::{
        Store,
        assembly::new_incarnation,
        content::Submitter,
        engine::{Batch, Engine, Key},
        records::{
            self, AccountRecord, BinRow, Binned, ContainerRecord, FileHead, GrantFamilyRecord, GrantRecord, NameRow,
            NodeKind, SaveKind, SessionRecord, ShareLinkRecord, StoreFacts, VersionRow, decode, keys, keys::prefix,
            printable,
        },
    },
};

/// How often all records are gone through: mending one may show what is wrong with another.
const ROUNDS: usize = 4;
/// How many names are tried for what must be listed somewhere.
const NAMES: u32 = 10_000;
/// What a folder or file is called whose name is lost.
pub(super) const NAMELESS: &str = "Recovered";

/// Mends a store.
pub(super) struct Mender<'a> {
    pub(super) store: &'a Store,
    pub(super) clock: &'a dyn Clock,
    pub(super) aside: &'a mut Aside,
    did: &'a mut dyn FnMut(Action),
    actions: u64,
    /// The incarnation from the first change on.
    pub(super) incarnation: u32,
    renewed: bool,
}

impl<'a> Mender<'a> {
    pub(super) fn new(
        store: &'a Store,
        clock: &'a dyn Clock,
        aside: &'a mut Aside,
        did: &'a mut dyn FnMut(Action),
        actions: u64,
    ) -> Result<Self, RepairError> {
        let mut incarnation = store.incarnation;
        while incarnation == store.incarnation {
            incarnation = new_incarnation().ok_or(RepairError::Randomness)?;
        }
        Ok(Self { store, clock, aside, did, actions, incarnation, renewed: false })
    }

    /// How many things were done, and the new incarnation if any were.
    pub(super) fn finish(mut self) -> Result<(u64, Option<u32>), RepairError> {
        if self.actions > 0 {
            self.renew()?;
        }
        Ok((self.actions, self.renewed.then_some(self.incarnation)))
    }

    pub(super) fn engine(&self) -> &'a dyn Engine {
        self.store.engine.as_ref()
    }

    pub(super) fn say(&mut self, key: &[u8], done: &str) {
        self.actions += 1;
        let path = keys::node_of(key).and_then(|node| path_of(self.engine(), &node));
        (self.did)(Action { key: printable(key), path, done: done.to_owned() });
    }

    /// Keeps a record as it is, if there is one.
    pub(super) fn keep(&mut self, key: &[u8]) -> Result<(), RepairError> {
        let Some(record) = self.engine().get(key)? else { return Ok(()) };
        let path = self.aside.root().to_owned();
        self.aside.record(key, &record.value).map_err(|error| RepairError::Aside { path, error })
    }

    fn renew(&mut self) -> Result<(), RepairError> {
        if !self.renewed {
            let key = keys::system("store");
            let known: Option<StoreFacts> = load(self.engine(), &key)?;
            let created = known.map_or_else(|| self.clock.wall(), |facts| facts.created);
            let facts = StoreFacts { incarnation: self.incarnation, created };
            self.submit(&Batch::new().set(key, records::encode(&facts)))?;
            self.renewed = true;
        }
        Ok(())
    }

    fn submit(&self, batch: &Batch) -> Result<(), RepairError> {
        let mut submitter = Submitter::default();
        submitter.submit(self.engine(), batch)?;
        Ok(submitter.finish()?)
    }

    /// Makes a change durable; before the first one the incarnation is renewed.
    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), RepairError> {
        self.renew()?;
        self.submit(batch)
    }

    /// Keeps a record aside and removes it.
    pub(super) fn remove(&mut self, key: &[u8], done: &str) -> Result<(), RepairError> {
        self.keep(key)?;
        self.say(key, done);
        self.commit(&Batch::new().clear(key))
    }

    /// Mends all records.
    pub(super) fn records(&mut self) -> Result<(), RepairError> {
        for _ in 0..ROUNDS {
            let before = self.actions;
            let mut walk = Walk::all(self.store)?;
            let mut examiner = Examiner::new(self.engine());
            while let Some((page, _)) = walk.next()? {
                for (key, record) in page {
                    for fault in examiner.settled(&key, record)? {
                        if fault.severity() == Severity::Damage {
                            self.mend(&key, &fault)?;
                        }
                    }
                }
            }
            if self.actions == before {
                break;
            }
        }
        Ok(())
    }

    fn mend(&mut self, key: &Key, fault: &Fault) -> Result<(), RepairError> {
        match fault {
            Fault::Newer(_) => return Err(RepairError::Newer(printable(key))),
            Fault::Unknown | Fault::Leftover(_) => return Ok(()),
            Fault::Undecodable(_) | Fault::Misplaced(_) => return self.rebuild(key),
            Fault::NameOfNothing => return self.remove(key, "the name stood for nothing: removed"),
            Fault::BinRowOfNothing => return self.remove(key, "the file is not in the bin: taken off its list"),
            Fault::HalfShared(_) => return self.share(key),
            Fault::DriveMissing => return self.account_drive(key),
            Fault::SubjectMissing => return self.account_subject(key),
            _ => {}
        }
        let Some(node) = keys::node_of(key) else { return Ok(()) };
        if key.starts_with(prefix::CONTAINERS) {
            return match load::<ContainerRecord>(self.engine(), key)? {
                Some(container) => self.container(&node, container, fault),
                None => Ok(()),
            };
        }
        match load::<FileHead>(self.engine(), key)? {
            Some(head) => self.head(&node, head, fault),
            None => Ok(()),
        }
    }

    fn head(&mut self, node: &NodeId, head: FileHead, fault: &Fault) -> Result<(), RepairError> {
        let key = keys::file(node);
        match fault {
            Fault::ParentMissing => {
                self.say(&key, "its folder is gone: put into its owner's bin");
                let batch = self.put_into_bin(Batch::new(), node, head);
                self.commit(&batch)
            }
            Fault::NameMissing => {
                let name = self.free_name(&head.parent, &head.name, node)?;
                self.say(&key, &format!("listed in its folder again, as `{name}`"));
                let row = NameRow { kind: NodeKind::File, node: node.clone(), name: name.clone() };
                let listed = keys::name(&head.parent, &folded(&name));
                self.keep(&listed)?;
                let head = FileHead { name, ..head };
                let batch = Batch::new().set(key, records::encode(&head)).set(listed, records::encode(&row));
                self.commit(&batch)
            }
            Fault::VersionMissing => {
                let at = keys::version(node, head.version.sequence);
                self.keep(&at)?;
                self.say(&at, "the current version was entered into the history again");
                let row = VersionRow {
                    version: head.version,
                    content: head.content,
                    at: head.modified,
                    by: head.modified_by,
                    editors: Vec::new(),
                    kind: SaveKind::Save,
                    reason: None,
                };
                self.commit(&Batch::new().set(at, records::encode(&row)))
            }
            Fault::BinRowMissing => {
                self.say(&key, "listed in the bin again");
                let at = head.binned.as_ref().map_or(head.modified, |binned| binned.at);
                let row = keys::bin_row(&head.owner, node);
                self.commit(&Batch::new().set(row, records::encode(&BinRow { at })))
            }
            Fault::OwnerMissing => self.rebuild_account(&head.owner),
            _ => Ok(()),
        }
    }

    /// Puts a file into its owner's bin, without its lock.
    pub(super) fn put_into_bin(&self, batch: Batch, node: &NodeId, head: FileHead) -> Batch {
        let at = self.clock.wall();
        let row = keys::bin_row(&head.owner, node);
        let binned = head.binned.clone().unwrap_or(Binned { at, by: head.owner.clone() });
        let head = FileHead { lock: None, binned: Some(binned), ..head };
        batch.set(keys::file(node), records::encode(&head)).set(row, records::encode(&BinRow { at }))
    }

    fn container(&mut self, id: &NodeId, container: ContainerRecord, fault: &Fault) -> Result<(), RepairError> {
        let key = keys::container(id);
        if *fault == Fault::NameMissing
            && let Some(parent) = container.parent.clone()
        {
            self.say(&key, "listed in its folder again");
            return self.put_container(id, container, parent);
        }
        let Some(account) =
            load::<AccountRecord>(self.engine(), &keys::account(&container.owner))?.filter(|it| !it.removed)
        else {
            return self.rebuild_account(&container.owner);
        };
        if account.drive == *id {
            // The root itself stands in a circle or in what is gone: a root is in nothing.
            self.say(&key, "made the root of its owner's drive again");
            let root = ContainerRecord { parent: None, ..container };
            return self.commit(&Batch::new().set(key, records::encode(&root)));
        }
        self.say(&key, "put into the root of its owner's drive");
        if let Some(parent) = &container.parent {
            let listed = keys::name(parent, &folded(&container.name));
            if load::<NameRow>(self.engine(), &listed)?.is_some_and(|row| row.node == *id) {
                self.commit(&Batch::new().clear(listed))?;
            }
        }
        self.put_container(id, container, account.drive)
    }

    /// Lists a container in another one, under its name or the nearest free one.
    pub(super) fn put_container(
        &mut self,
        id: &NodeId,
        container: ContainerRecord,
        parent: NodeId,
    ) -> Result<(), RepairError> {
        let name = self.free_name(&parent, &container.name, id)?;
        let row = NameRow { kind: NodeKind::Container, node: id.clone(), name: name.clone() };
        let listed = keys::name(&parent, &folded(&name));
        self.keep(&listed)?;
        let container = ContainerRecord { parent: Some(parent), name, ..container };
        self.commit(
            &Batch::new()
                .set(keys::container(id), records::encode(&container))
                .set(listed, records::encode(&row))
                .set(keys::child_revision(id), records::MARK),
        )
    }

    /// The name itself, or the nearest one that nothing else in the folder has.
    fn free_name(&self, parent: &NodeId, name: &str, node: &NodeId) -> Result<String, RepairError> {
        let wanted = FileName::parse(name).unwrap_or_else(|_| FileName::sanitised(name, ""));
        for attempt in 1..=NAMES {
            let name = if attempt == 1 { wanted.clone() } else { wanted.with_counter(attempt) };
            let row: Option<NameRow> = load(self.engine(), &keys::name(parent, &name.folded()))?;
            if row.is_none_or(|row| row.node == *node || !self.has_it(&row, parent)) {
                return Ok(name.as_str().to_owned());
            }
        }
        Ok(node.as_str().to_owned())
    }

    /// Whether what a name stands for is really there under it.
    fn has_it(&self, row: &NameRow, parent: &NodeId) -> bool {
        match row.kind {
            NodeKind::File => load::<FileHead>(self.engine(), &keys::file(&row.node))
                .ok()
                .flatten()
                .is_some_and(|head| head.binned.is_none() && head.parent == *parent && head.name == row.name),
            NodeKind::Container => load::<ContainerRecord>(self.engine(), &keys::container(&row.node))
                .ok()
                .flatten()
                .is_some_and(|container| container.parent.as_ref() == Some(parent) && container.name == row.name),
        }
    }

    /// Completes or removes what is half of a grant, a share link, a grant to a client or a session.
    fn share(&mut self, key: &Key) -> Result<(), RepairError> {
        let node = keys::node_of(key);
        let other = if key.starts_with(prefix::GRANTS) {
            let grant: Option<GrantRecord> = load(self.engine(), key)?;
            node.zip(grant).map(|(node, grant)| keys::granted(&grant.user, &node))
        } else if key.starts_with(prefix::SHARE_LINKS) {
            let link: Option<ShareLinkRecord> = load(self.engine(), key)?;
            node.zip(link).map(|(id, link)| keys::shared(&link.node, &id))
        } else if key.starts_with(prefix::FAMILIES) {
            let family: Option<GrantFamilyRecord> = load(self.engine(), key)?;
            node.zip(family).map(|(id, family)| keys::family_of(&family.user, &id))
        } else if key.starts_with(prefix::SESSIONS) {
            let session: Option<SessionRecord> = load(self.engine(), key)?;
            keys::last_part(key).zip(session).map(|(hash, session)| keys::session_of(&session.user, hash))
        } else {
            None
        };
        match other {
            Some(other) => {
                self.say(key, "entered into its list again");
                self.commit(&Batch::new().set(other, records::MARK))
            }
            None => self.remove(key, "it listed what is not there: removed"),
        }
    }

    fn account_drive(&mut self, key: &Key) -> Result<(), RepairError> {
        let Some(account) = load::<AccountRecord>(self.engine(), key)? else { return Ok(()) };
        self.say(key, "the root of the user's drive was made again");
        self.make_root(&account.drive, &account.user)
    }

    /// Lets the outside provider's subject lead to the account again; if it leads to somebody else, that stands.
    fn account_subject(&mut self, key: &Key) -> Result<(), RepairError> {
        let Some(account) = load::<AccountRecord>(self.engine(), key)? else { return Ok(()) };
        let Some(subject) = &account.subject else { return Ok(()) };
        let row = keys::subject(subject);
        let holder = match load::<UserId>(self.engine(), &row)? {
            Some(user) => load::<AccountRecord>(self.engine(), &keys::account(&user))?,
            None => None,
        };
        let taken = holder.is_some_and(|holder| !holder.removed && holder.subject.as_ref() == Some(subject));
        self.keep(&row)?;
        let batch = if taken {
            self.keep(key)?;
            self.say(
                key,
                "the outside provider signs somebody else in by the same subject: it was taken off this user",
            );
            Batch::new().set(key.clone(), records::encode(&AccountRecord { subject: None, ..account }))
        } else {
            self.say(key, "the outside provider's sign-in leads to the user again");
            Batch::new().set(row, records::encode(&account.user))
        };
        self.commit(&batch)
    }

    pub(super) fn make_root(&mut self, drive: &NodeId, owner: &UserId) -> Result<(), RepairError> {
        let key = keys::container(drive);
        self.keep(&key)?;
        let created = self.clock.wall();
        let root = ContainerRecord { parent: None, name: owner.as_str().to_owned(), owner: owner.clone(), created };
        let batch = Batch::new().set(key, records::encode(&root)).set(keys::child_revision(drive), records::MARK);
        self.commit(&batch)
    }

    /// Sets the counters of usage to what they count.
    pub(super) fn usage(&mut self) -> Result<(), RepairError> {
        let (counters, owned) = (usage::counters(self.store)?, usage::count(self.store)?);
        for (key, expected) in usage::expected(&owned, &counters, &counters) {
            let found = counters.get(&key).map_or(0, |counter| counter.1);
            if found != expected {
                self.say(&key, &format!("the counter was set from {found} to {expected}"));
                self.commit(&Batch::new().set(key, expected.to_le_bytes().to_vec()))?;
            }
        }
        Ok(())
    }

    /// The file's rows of history that can be understood, oldest first.
    pub(super) fn versions(&self, node: &NodeId) -> Result<Vec<(Key, VersionRow)>, RepairError> {
        let mut versions = Vec::new();
        let mut after: Option<Key> = None;
        let prefix = keys::versions_of(node);
        loop {
            let rows = crate::store::engine::scan_prefix(self.engine(), &prefix, after.as_deref(), 256)?;
            let Some((last, _)) = rows.last() else { return Ok(versions) };
            after = Some(last.clone());
            for (key, record) in rows {
                if let Ok(row) = decode::<VersionRow>(&key, &record.value)
                    && keys::last_number(&key) == Some(row.version.sequence)
                {
                    versions.push((key, row));
                }
            }
        }
    }
}
