//! A host with a bit of everything in it, and ways to look at and into its data directory.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use lockhouse::{
    actors::messages::VersionChoice,
    clock::{ManualClock, Timestamp},
    host::{
        Host, HostOptions, Unless,
        access::Access,
        accounts::NewAccount,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::{NodeId, UserId},
    lock::{Command, LockId},
    names::FileName,
    permission::Role,
    store::{
        OpenError, Store, StoreOptions,
        backing::Backing,
        directory::DirectoryError,
        engine::{Engine, Record, scan_prefix},
        records::AccountKind,
        sled::{SledDatabase, SledOptions},
    },
};

pub(crate) fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub(crate) fn name(text: &str) -> FileName {
    FileName::parse(text).unwrap()
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_000)))
}

/// Bytes that no two seeds share.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(step).take(length).collect()
}

pub(crate) fn store_options() -> StoreOptions {
    StoreOptions { free_space_floor: 0, meta_cache: 1 << 20, content_cache: 1 << 20, ..StoreOptions::default() }
}

pub(crate) async fn open_host(path: &Path, clock: Arc<ManualClock>) -> Host {
    let options = HostOptions { store: store_options(), arbiters: 1, ..HostOptions::new(path) };
    Host::open(options, clock).await.unwrap()
}

/// Closes a host and waits until its databases are closed too: the last of its threads may still hold them for a moment.
pub(crate) async fn close_host(host: Host, path: &Path) {
    host.close();
    drop(host);
    close_store(open_store(path).await);
}

pub(crate) async fn open_store(path: &Path) -> Store {
    let began = Instant::now();
    loop {
        match Store::open(path, &store_options(), &*clock()).await {
            Ok(store) => return store,
            Err(error) if began.elapsed() < Duration::from_secs(20) && is_in_use(&error) => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn is_in_use(error: &OpenError) -> bool {
    matches!(
        error,
        OpenError::Directory(DirectoryError::InUse { .. })
            | OpenError::Database(lockhouse::store::sled::OpenError::InUse { .. })
    )
}

pub(crate) fn close_store(store: Store) {
    store.close();
    drop(store);
}

/// All records of a store.
pub(crate) fn records(engine: &dyn Engine) -> BTreeMap<Vec<u8>, Record> {
    scan_prefix(engine, b"", None, usize::MAX).unwrap().into_iter().collect()
}

/// Changes a database that nobody has open.
pub(crate) fn raw(path: &Path, tree: &str, change: impl FnOnce(&dyn Backing)) {
    let (directory, options) = match tree {
        "records" => (path.join("meta"), SledOptions::meta(1 << 20)),
        "index" => (path.join("index"), SledOptions::meta(1 << 20)),
        _ => (path.join("content"), SledOptions::content(1 << 20)),
    };
    let database = SledDatabase::open(&directory, options).unwrap();
    let tree = database.tree(tree).unwrap();
    change(&*tree);
    tree.flush().unwrap();
}

/// What was put into a house.
pub(crate) struct House {
    pub(crate) _home: tempfile::TempDir,
    pub(crate) path: PathBuf,
    pub(crate) folder: NodeId,
    /// In the folder, with four versions and a rescued one, shared by grant and by link, locked.
    pub(crate) report: NodeId,
    pub(crate) report_versions: Vec<Vec<u8>>,
    pub(crate) rescued: Vec<u8>,
    /// In the drive's root, with one version.
    pub(crate) notes: NodeId,
    pub(crate) notes_bytes: Vec<u8>,
    /// In the bin.
    pub(crate) old: NodeId,
}

pub(crate) async fn write(host: &Host, file: &NodeId, bytes: &[u8]) {
    let mut over = host.begin_replacement(&user("anna"), file, None).unwrap();
    over.write(&Bytes::copy_from_slice(bytes)).await.unwrap();
    assert!(matches!(over.finish().await.unwrap(), Unless::Done(_)));
}

pub(crate) async fn read(host: &Host, file: &NodeId) -> Vec<u8> {
    all(host.read(file).unwrap()).await
}

pub(crate) async fn read_version(host: &Host, file: &NodeId, which: VersionChoice) -> Vec<u8> {
    all(host.read_version(file, which).unwrap().1).await
}

async fn all(mut reading: lockhouse::host::Reading) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(piece) = reading.next().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    bytes
}

pub(crate) fn access(host: &Host, file: &NodeId) -> Access {
    let anna = host.accounts().get(&user("anna")).unwrap().unwrap();
    let new = NewToken::for_user(&anna, Resource::File(file.clone()), Role::Owner, ClientKind::Any);
    let token = host.tokens().issue(&new, Duration::from_secs(3600)).unwrap();
    host.access_control().authorize(&token.text, &Resource::File(file.clone())).unwrap()
}

/// Fills a host.
pub(crate) async fn furnish(
    host: &Host,
    clock: &ManualClock,
) -> (NodeId, NodeId, Vec<Vec<u8>>, Vec<u8>, NodeId, Vec<u8>, NodeId) {
    let add = |name: &'static str| {
        let new = NewAccount {
            user: user(name),
            display_name: "",
            email: None,
            password: None,
            admin: false,
            kind: AccountKind::Consumer,
        };
        host.accounts().add(new)
    };
    let anna = add("anna").await.unwrap();
    add("ben").await.unwrap();
    let by = user("anna");
    let folder = host.make_container(&anna.drive, &name("Reports")).await.unwrap();
    let mut versions = vec![noise(1, 200_000)];
    let first = Bytes::from(versions[0].clone());
    let report = host.create_file(&by, &folder, &name("report.docx"), first).await.unwrap();
    for seed in 2..5 {
        clock.advance(Duration::from_secs(60));
        let mut bytes = versions[versions.len() - 1].clone();
        bytes[90_000..110_000].copy_from_slice(&noise(seed, 20_000));
        write(host, &report, &bytes).await;
        versions.push(bytes);
    }
    let ben = user("ben");
    host.rights().grant(&by, &ben, &report, Role::Editor).await.unwrap();
    host.links().create_or_reuse(&folder, Role::Viewer, &by, None).await.unwrap();
    host.accounts().set_user_info(&ben, "zoom=100").await.unwrap();
    host.add_activities(&access(host, &report), vec![Bytes::from_static(b"{\"type\":\"Comment\"}")]).await.unwrap();
    let lock = Command::Lock(LockId::parse(b"session").unwrap());
    host.lock(&access(host, &report), lock).await.unwrap();
    let rescued = noise(9, 50_000);
    let mut over = host.begin_replacement(&by, &report, None).unwrap();
    over.write(&Bytes::from(rescued.clone())).await.unwrap();
    assert!(matches!(over.finish().await.unwrap(), Unless::Locked(_)));
    let notes_bytes = noise(7, 30_000);
    let notes = host.create_file(&by, &anna.drive, &name("notes.txt"), notes_bytes.clone().into()).await.unwrap();
    host.create_file(&by, &anna.drive, &name("empty.txt"), Bytes::new()).await.unwrap();
    let old = host.create_file(&by, &folder, &name("old.docx"), noise(8, 20_000).into()).await.unwrap();
    host.delete(&access(host, &old)).await.unwrap();
    (folder, report, versions, rescued, notes, notes_bytes, old)
}

/// A data directory with a bit of everything, closed.
pub(crate) async fn house() -> House {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("data");
    let clock = clock();
    let host = open_host(&path, clock.clone()).await;
    let (folder, report, report_versions, rescued, notes, notes_bytes, old) = furnish(&host, &clock).await;
    close_host(host, &path).await;
    House { _home: home, path, folder, report, report_versions, rescued, notes, notes_bytes, old }
}
