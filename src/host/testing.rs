//! A small house for the tests of this floor: an engine in memory, a clock that stands still, a few nodes.

use std::{sync::Arc, time::Duration};

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
        engine::{Batch, Engine, EngineOptions, Key, LocalEngine},
        memory::MemoryDatabase,
        records::{AccountKind, AccountRecord, ContainerRecord, ContentRef, FileHead, VersionStamp, encode, keys},
    },
};

pub(crate) const KEYS: KeySettings = KeySettings {
    rotate_after: Duration::from_secs(240 * 3600),
    keep_for: Duration::from_secs(30 * 3600),
    longest_token: Duration::from_secs(20 * 3600),
};

pub(crate) fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub(crate) struct House {
    pub(crate) database: MemoryDatabase,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) clock: Arc<ManualClock>,
}

impl House {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_250)));
        let database = MemoryDatabase::new();
        let engine = LocalEngine::open(database.tree("records"), EngineOptions::default()).unwrap();
        Self { database, engine, clock }
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
