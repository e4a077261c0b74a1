//! A host on a temporary directory.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use lockhouse::{
    clock::{ManualClock, Timestamp},
    host::{
        Host, HostOptions, PutOutcome, PutRequest,
        access::Access,
        accounts::NewAccount,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::{NodeId, UserId},
    lock::{Command, LockId, Outcome},
    names::FileName,
    permission::Role,
    store::records::AccountKind,
};
use tempfile::TempDir;

pub struct House {
    pub host: Host,
    pub clock: Arc<ManualClock>,
    directory: TempDir,
    change: fn(&mut HostOptions),
}

pub fn id(text: &str) -> LockId {
    LockId::parse(text.as_bytes()).unwrap().unwrap()
}

pub fn anna() -> UserId {
    UserId::parse("anna").unwrap()
}

fn options(directory: &TempDir, change: fn(&mut HostOptions)) -> HostOptions {
    let mut options = HostOptions::new(directory.path().join("store"));
    options.store.free_space_floor = 0;
    // The tests look after the house themselves.
    options.housekeeping = Duration::from_secs(3600);
    change(&mut options);
    options
}

impl House {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub async fn with(change: fn(&mut HostOptions)) -> Self {
        let directory = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_000)));
        let host = Host::open(options(&directory, change), clock.clone()).await.unwrap();
        let house = Self { host, clock, directory, change };
        house.add_user("anna").await;
        house
    }

    pub async fn add_user(&self, name: &str) {
        let new = NewAccount {
            user: UserId::parse(name).unwrap(),
            display_name: "",
            email: None,
            password: None,
            admin: false,
            kind: AccountKind::Consumer,
        };
        self.host.accounts().add(new).await.unwrap();
    }

    /// Ends the host and opens it again on the same directory.
    pub async fn restart(self) -> Self {
        let Self { host, clock, directory, change } = self;
        tokio::task::spawn_blocking(move || {
            host.close();
            drop(host);
        })
        .await
        .unwrap();
        let host = Host::open(options(&directory, change), clock.clone()).await.unwrap();
        Self { host, clock, directory, change }
    }

    /// Ends the host for good and leaves its directory.
    pub async fn closed(self) -> (HostOptions, TempDir) {
        let Self { host, directory, change, .. } = self;
        tokio::task::spawn_blocking(move || {
            host.close();
            drop(host);
        })
        .await
        .unwrap();
        (options(&directory, change), directory)
    }

    pub async fn file(&self, name: &str, bytes: &[u8]) -> NodeId {
        let drive = self.host.accounts().get(&anna()).unwrap().unwrap().drive;
        let name = FileName::parse(name).unwrap();
        self.host.create_file(&anna(), &drive, &name, Bytes::copy_from_slice(bytes)).await.unwrap()
    }

    /// What a token of this user is worth on the file now.
    pub fn access(&self, user: &str, file: &NodeId) -> Access {
        let account = self.host.accounts().get(&UserId::parse(user).unwrap()).unwrap().unwrap();
        let resource = Resource::File(file.clone());
        let new = NewToken::for_user(&account, resource.clone(), Role::Owner, ClientKind::Any);
        let token = self.host.tokens().issue(&new, Duration::from_secs(36_000)).unwrap();
        self.host.access_control().authorize(&token.text, &resource).unwrap()
    }

    pub async fn lock(&self, file: &NodeId, command: Command) -> Outcome {
        self.host.lock(&self.access("anna", file), command).await.unwrap().outcome
    }

    pub async fn put(&self, file: &NodeId, lock: Option<&str>, bytes: &[u8]) -> PutOutcome {
        let request = PutRequest { lock: lock.map(id), ..PutRequest::default() };
        let mut put = self.host.begin_put(&self.access("anna", file), request).await.unwrap();
        for piece in bytes.chunks(100_000) {
            put.write(&Bytes::copy_from_slice(piece)).await.unwrap();
        }
        put.finish().await.unwrap()
    }

    pub async fn bytes(&self, file: &NodeId) -> Vec<u8> {
        let mut reading = self.host.read(file).unwrap();
        let mut all = Vec::new();
        while let Some(piece) = reading.next().await.unwrap() {
            all.extend_from_slice(&piece);
        }
        all
    }
}
