//! A small house for the tests of this floor: an engine in memory, a clock that stands still, a few nodes.

use std::{collections::BTreeMap, ops::Bound, sync::Arc, sync::Mutex, time::Duration};

use bytes::Bytes;

use crate::{
    clock::{ManualClock, Timestamp},
    host::{
        access::AccessControl,
        accounts::{Accounts, NewAccount},
        keys::{KeyRing, KeySettings},
        links::Links,
        random,
        rights::Rights,
        tokens::Tokens,
        trouble::MARK,
    },
    ids::{NodeId, UserId},
    store::{
        engine::{Batch, CommitError, Cut, Engine, EngineError, Expect, Key, Record, Revision, Ticket},
        records::{AccountKind, AccountRecord, ContainerRecord, ContentRef, FileHead, VersionStamp, encode, keys},
    },
};

pub(crate) const KEYS: KeySettings =
    KeySettings { rotate_after: Duration::from_secs(240 * 3600), longest_token: Duration::from_secs(20 * 3600) };

pub(crate) fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub(crate) struct House {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) clock: Arc<ManualClock>,
}

impl House {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_250)));
        Self { engine: Arc::new(Memory::default()), clock }
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(self.engine.clone(), self.clock.clone())
    }

    pub(crate) fn rights(&self) -> Rights {
        Rights::new(self.engine.clone(), self.clock.clone())
    }

    pub(crate) fn links(&self) -> Links {
        Links::new(self.engine.clone(), self.clock.clone())
    }

    pub(crate) async fn key_ring(&self) -> KeyRing {
        KeyRing::open(self.engine.clone(), self.clock.clone(), KEYS).await.unwrap()
    }

    pub(crate) async fn access(&self) -> AccessControl {
        let tokens = Tokens::new(Arc::new(self.key_ring().await), self.clock.clone());
        AccessControl::new(self.engine.clone(), self.clock.clone(), tokens)
    }

    pub(crate) async fn add(&self, name: &str) -> AccountRecord {
        let new = NewAccount {
            user: user(name),
            display_name: "",
            email: None,
            password: None,
            admin: false,
            kind: AccountKind::Consumer,
        };
        self.accounts().add(new).await.unwrap()
    }

    pub(crate) async fn commit(&self, batch: Batch) {
        self.engine.submit(batch).unwrap().wait().await.unwrap();
    }

    pub(crate) fn folder(&self, parent: &NodeId, owner: &str) -> NodeId {
        let node = random::node_id().unwrap();
        self.folder_at(&node, Some(parent), owner);
        node
    }

    pub(crate) fn folder_at(&self, node: &NodeId, parent: Option<&NodeId>, owner: &str) {
        let record = ContainerRecord {
            parent: parent.cloned(),
            name: "folder".to_owned(),
            owner: user(owner),
            created: Timestamp::from_ticks(0),
        };
        self.put(keys::container(node), encode(&record));
    }

    pub(crate) fn file(&self, parent: &NodeId, owner: &str) -> NodeId {
        let node = random::node_id().unwrap();
        let head = FileHead {
            parent: parent.clone(),
            name: "a.docx".to_owned(),
            owner: user(owner),
            created: Timestamp::from_ticks(0),
            modified: Timestamp::from_ticks(0),
            modified_by: user(owner),
            version: VersionStamp { sequence: 1, incarnation: 1 },
            content: ContentRef { manifest: None, size: 0, sha256: String::new() },
            lock: None,
            binned: None,
        };
        self.put(keys::file(&node), encode(&head));
        node
    }

    pub(crate) fn named(&self, parent: &NodeId, name: &str) {
        self.put(keys::name(parent, name), Bytes::from_static(MARK));
    }

    pub(crate) fn remove_node(&self, node: &NodeId) {
        let batch = Batch::new().clear(keys::file(node)).clear(keys::container(node));
        futures::executor::block_on(self.commit(batch));
    }

    fn put(&self, key: Key, value: Bytes) {
        futures::executor::block_on(self.commit(Batch::new().set(key, value)));
    }
}

/// The shortest engine that keeps the contract's preconditions: every batch is durable when it is submitted.
#[derive(Default)]
struct Memory(Mutex<(Revision, BTreeMap<Key, Record>)>);

impl Engine for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Record>, EngineError> {
        Ok(self.0.lock().unwrap().1.get(key).cloned())
    }

    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Key, Record)>, EngineError> {
        let held = self.0.lock().unwrap();
        let all = held.1.range::<[u8], _>((from, to));
        Ok(all.take(limit).map(|(key, record)| (key.clone(), record.clone())).collect())
    }

    fn submit(&self, batch: Batch) -> Result<Ticket, EngineError> {
        let mut held = self.0.lock().unwrap();
        held.0 += 1;
        let revision = held.0;
        let broken = batch.require.iter().find(|(key, expect)| match (held.1.get(key), expect) {
            (None, Expect::Absent) | (Some(_), Expect::Present) => false,
            (Some(record), Expect::Revision(wanted)) => record.revision != *wanted,
            _ => true,
        });
        let outcome = match broken {
            Some((key, _)) => Err(CommitError::Conflict { key: key.clone() }),
            None => Ok(()),
        };
        if outcome.is_ok() {
            for (key, value) in batch.set {
                held.1.insert(key, Record { revision, value });
            }
            for key in batch.clear {
                held.1.remove(&key);
            }
            for (key, difference) in batch.add {
                let before = held.1.get(&key).map_or(0, |it| i64::from_le_bytes(it.value.as_ref().try_into().unwrap()));
                let value = Bytes::copy_from_slice(&(before + difference).to_le_bytes());
                held.1.insert(key, Record { revision, value });
            }
        }
        Ok(Ticket::new(revision, std::future::ready(outcome)))
    }

    fn durable_revision(&self) -> Revision {
        self.0.lock().unwrap().0
    }

    fn begin_cut(&self) -> Result<Box<dyn Cut>, EngineError> {
        Err(EngineError::Busy)
    }

    fn health(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn close(&self) {}
}
