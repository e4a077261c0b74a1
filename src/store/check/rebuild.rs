//! Making a lost record anew from what other records tell.

use super::{
    mend::{Mender, NAMELESS},
    names::load,
    repair::RepairError,
};
use crate::{
    ids::{NodeId, UserId},
    store::{
        engine::{Batch, Key, scan_prefix},
        records::{
            self, AccountKind, AccountRecord, ContainerRecord, FileHead, NameRow, NodeKind, decode, keys, keys::prefix,
        },
    },
};

const PAGE: usize = 512;

impl Mender<'_> {
    /// Moves a record aside that cannot be understood, and makes it anew if the others tell enough.
    pub(super) fn rebuild(&mut self, key: &Key) -> Result<(), RepairError> {
        let node = keys::node_of(key);
        match (key.first_chunk::<2>(), node) {
            (Some(b"f/"), Some(node)) if *key == keys::file(&node) => self.rebuild_head(key, &node),
            (Some(b"c/"), Some(node)) if *key == keys::container(&node) => self.rebuild_container(key, &node),
            (Some(b"a/"), _) => match keys::last_part(key).and_then(|user| UserId::parse(user).ok()) {
                Some(user) if *key == keys::account(&user) => {
                    self.keep(key)?;
                    self.rebuild_account(&user)
                }
                _ => self.remove(key, "it cannot be understood: moved aside"),
            },
            _ => self.remove(key, "it cannot be understood: moved aside"),
        }
    }

    fn rebuild_head(&mut self, key: &Key, node: &NodeId) -> Result<(), RepairError> {
        let versions = self.versions(node)?;
        let (Some((_, oldest)), Some((_, newest))) = (versions.first(), versions.last()) else {
            return self.remove(key, "the file's record cannot be understood and it has no versions: moved aside");
        };
        let (created, newest) = (oldest.at, newest.clone());
        let listed = self.listed(node, NodeKind::File)?;
        let around: Option<ContainerRecord> = match &listed {
            Some((parent, _)) => load(self.engine(), &keys::container(parent))?,
            None => None,
        };
        let owner = around.map_or_else(|| newest.by.clone(), |container| container.owner);
        let account: Option<AccountRecord> = load(self.engine(), &keys::account(&owner))?;
        let drive = account.map_or_else(|| node.clone(), |account| account.drive);
        let in_place = listed.is_some();
        let (parent, name) = listed.unwrap_or_else(|| (drive, NAMELESS.to_owned()));
        let head = FileHead {
            parent,
            name,
            owner,
            created,
            modified: newest.at,
            modified_by: newest.by,
            version: newest.version,
            content: newest.content,
            lock: None,
            binned: None,
        };
        self.keep(key)?;
        if in_place {
            self.commit(&Batch::new().set(key.clone(), records::encode(&head)))?;
            self.say(key, "the file's record was made anew from its newest version; a lock on it is lost");
        } else {
            let batch = self.put_into_bin(Batch::new(), node, head);
            self.commit(&batch)?;
            self.say(
                key,
                "the file's record was made anew from its newest version; its name is lost, it is in the bin",
            );
        }
        Ok(())
    }

    fn rebuild_container(&mut self, key: &Key, id: &NodeId) -> Result<(), RepairError> {
        if let Some((parent, name)) = self.listed(id, NodeKind::Container)?
            && let Some(around) = load::<ContainerRecord>(self.engine(), &keys::container(&parent))?
        {
            self.keep(key)?;
            let created = self.clock.wall();
            let record = ContainerRecord { parent: Some(parent), name, owner: around.owner, created };
            self.commit(&Batch::new().set(key.clone(), records::encode(&record)))?;
            self.say(key, "the folder's record was made anew");
            return Ok(());
        }
        let owner = self.find(prefix::ACCOUNTS, |_, account: AccountRecord| {
            (account.drive == *id && !account.removed).then_some(account.user)
        })?;
        match owner {
            Some(owner) => {
                self.say(key, "the root of the drive was made anew");
                self.make_root(id, &owner)
            }
            None => self.remove(key, "the folder's record cannot be understood: moved aside"),
        }
    }

    /// Makes an account that nobody can sign in to, so that its files have an owner again.
    pub(super) fn rebuild_account(&mut self, user: &UserId) -> Result<(), RepairError> {
        let root = self.find(prefix::CONTAINERS, |key, container: ContainerRecord| {
            let his = container.parent.is_none() && container.owner.folded() == user.folded();
            his.then(|| keys::node_of(key)).flatten().map(|id| (id, container.owner))
        })?;
        let mut bits = [0; 16];
        aws_lc_rs::rand::fill(&mut bits).map_err(|_| RepairError::Randomness)?;
        let made = root.is_none();
        let (drive, name) = root.unwrap_or_else(|| (NodeId::from_random_bits(bits), user.clone()));
        let now = self.clock.wall();
        let key = keys::account(user);
        let account = AccountRecord {
            display_name: name.as_str().to_owned(),
            user: name.clone(),
            email: None,
            password: None,
            admin: false,
            kind: AccountKind::default(),
            disabled: true,
            removed: false,
            // Higher than any that a password change can have led to: the tokens of before stay dead.
            generation: now.ticks().unsigned_abs(),
            drive: drive.clone(),
            created: now,
            region: None,
            subject: None,
            known_as: None,
            language: None,
        };
        self.say(&key, "the account was made anew, disabled and without a password: see `lockhouse user`");
        if made {
            self.make_root(&drive, &name)?;
        }
        self.commit(&Batch::new().set(key, records::encode(&account)))
    }

    /// Where a file or container is listed, and under which name.
    fn listed(&self, node: &NodeId, kind: NodeKind) -> Result<Option<(NodeId, String)>, RepairError> {
        self.find(prefix::NAMES, |key, row: NameRow| {
            let his = row.node == *node && row.kind == kind;
            his.then(|| keys::node_of(key)).flatten().map(|parent| (parent, row.name))
        })
    }

    fn find<T: serde::de::DeserializeOwned, F>(
        &self,
        prefix: &[u8],
        wanted: impl Fn(&[u8], T) -> Option<F>,
    ) -> Result<Option<F>, RepairError> {
        let mut after: Option<Key> = None;
        loop {
            let rows = scan_prefix(self.engine(), prefix, after.as_deref(), PAGE)?;
            let Some((last, _)) = rows.last() else { return Ok(None) };
            after = Some(last.clone());
            for (key, record) in rows {
                if let Some(found) = decode::<T>(&key, &record.value).ok().and_then(|row| wanted(&key, row)) {
                    return Ok(Some(found));
                }
            }
        }
    }
}
