//! A backup and its way back.

use std::{fs, path::Path};

use lockhouse::{
    actors::messages::VersionChoice,
    store::{
        backup::{self, ReadError, RestoreError, RestoreOptions},
        engine::Engine,
        records::{StoreFacts, decode, keys},
    },
};

use crate::house::{self, House, clock, house, records};

async fn backup_of(house: &House) -> Vec<u8> {
    let store = house::open_store(&house.path).await;
    let mut bytes = Vec::new();
    let summary = backup::write(&store, &*clock(), &mut bytes, &mut |_| {}).unwrap();
    assert_eq!(summary.unreadable, 0);
    house::close_store(store);
    bytes
}

fn restore(mut bytes: &[u8], into: &Path) -> Result<backup::Restored, RestoreError> {
    backup::restore(&mut bytes, into, &RestoreOptions::default(), &*clock(), &mut |_| {})
}

#[tokio::test]
async fn what_is_restored_is_what_was_backed_up_but_for_the_incarnation() {
    let house = house().await;
    let store = house::open_store(&house.path).await;
    let mut before = records(&*store.engine);
    let incarnation = store.incarnation;
    let newest = store.engine.durable_revision();
    house::close_store(store);
    let bytes = backup_of(&house).await;
    let into = house.path.with_file_name("restored");
    let restored = restore(&bytes, &into).unwrap();
    assert_ne!(restored.incarnation, incarnation);
    assert_eq!(restored.summary.incarnation, incarnation);
    assert_eq!(restored.moved_aside, None);

    let store = house::open_store(&into).await;
    assert_eq!(store.incarnation, restored.incarnation);
    assert!(store.engine.durable_revision() > newest, "revisions go on");
    let mut after = records(&*store.engine);
    let own = keys::system("store");
    let facts: [StoreFacts; 2] =
        [&mut before, &mut after].map(|records| decode(&own, &records.remove(&own).unwrap().value).unwrap());
    assert_eq!(facts[0].created, facts[1].created);
    assert_eq!(after, before, "records, and their revisions");
    house::close_store(store);

    let host = house::open_host(&into, clock()).await;
    for (sequence, bytes) in (1..).zip(&house.report_versions) {
        let version = house::read_version(&host, &house.report, VersionChoice::Version(sequence)).await;
        assert!(version == *bytes, "version {sequence}");
    }
    let rescued =
        host.history(&house.report).unwrap().into_iter().find(|entry| !entry.current && entry.row.reason.is_some());
    assert!(house::read_version(&host, &house.report, rescued.unwrap().choice).await == house.rescued);
    assert!(house::read(&host, &house.notes).await == house.notes_bytes);
    assert!(host.lock_of(&house.report).await.unwrap().is_some(), "the lock is kept");
    assert_eq!(host.bin(&house::user("anna")).unwrap().len(), 1);
    let before = host.head(&house.notes).unwrap().version;
    house::write(&host, &house.notes, &house.notes_bytes).await;
    let after = host.head(&house.notes).unwrap().version;
    assert_eq!((after.sequence, after.incarnation), (before.sequence + 1, restored.incarnation));
    assert_ne!(before.incarnation, after.incarnation);
    let reused = host.store().content.stats();
    assert_eq!(reused.chunks_new, 0, "the index from hash to chunk was built anew: {reused:?}");
    house::close_host(host, &into).await;
}

#[tokio::test]
async fn a_restored_store_can_be_backed_up_again_and_holds_the_same() {
    let house = house().await;
    let first = backup_of(&house).await;
    let into = house.path.with_file_name("restored");
    restore(&first, &into).unwrap();
    let store = house::open_store(&into).await;
    let mut second = Vec::new();
    let summary = backup::write(&store, &*clock(), &mut second, &mut |_| {}).unwrap();
    let earlier = backup::verify(&mut first.as_slice(), &mut |_| {}).unwrap();
    assert_eq!(
        (summary.records, summary.chunks, summary.chunk_bytes),
        (earlier.records, earlier.chunks, earlier.chunk_bytes)
    );
    house::close_store(store);
}

#[tokio::test]
async fn a_backup_cut_off_or_altered_anywhere_is_refused_and_leaves_nothing_behind() {
    let house = house().await;
    let bytes = backup_of(&house).await;
    let home = house.path.parent().unwrap();
    let into = home.join("restored");
    let (mut cuts, mut flips) = (0, 0);
    // Every place near the ends, where all that is special is, and some in between.
    let places: Vec<usize> = (0..200)
        .chain((200..bytes.len() - 200).step_by(bytes.len() / 97))
        .chain(bytes.len() - 200..bytes.len())
        .collect();
    for &at in &places {
        assert!(backup::verify(&mut &bytes[..at], &mut |_| {}).is_err(), "cut off at {at}");
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        let verified = backup::verify(&mut altered.as_slice(), &mut |_| {});
        assert!(verified.is_err(), "altered at {at}: {verified:?}");
    }
    for &at in places.iter().step_by(29) {
        let refused = restore(&bytes[..at], &into).unwrap_err();
        cuts += usize::from(matches!(refused, RestoreError::Backup(ReadError::Truncated { .. })));
        assert!(!into.exists(), "cut off at {at}");
        let mut altered = bytes.clone();
        altered[at] ^= 0x10;
        let refused = restore(&altered, &into).unwrap_err();
        flips += usize::from(matches!(refused, RestoreError::Backup(ReadError::Damaged { .. })));
        assert!(!into.exists(), "altered at {at}");
    }
    assert!(cuts > 10 && flips > 10, "{cuts} {flips}");
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(restore(&longer, &into).is_err());
    fs::create_dir(&into).unwrap();
    assert!(restore(&bytes[..bytes.len() - 1], &into).is_err());
    assert_eq!(fs::read_dir(&into).unwrap().count(), 0, "a directory that was there stays, empty");
    restore(&bytes, &into).unwrap();
}

#[tokio::test]
async fn a_directory_with_data_is_refused_and_with_force_moved_aside() {
    let house = house().await;
    let bytes = backup_of(&house).await;
    let refused = restore(&bytes, &house.path).unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty { .. }), "{refused}");
    assert!(refused.to_string().contains("--force"), "{refused}");

    let store = house::open_store(&house.path).await;
    let force = RestoreOptions { force: true, ..RestoreOptions::default() };
    let in_use = backup::restore(&mut bytes.as_slice(), &house.path, &force, &*clock(), &mut |_| {}).unwrap_err();
    assert!(matches!(in_use, RestoreError::Directory(_)), "{in_use}");
    let incarnation = store.incarnation;
    house::close_store(store);

    let damaged = backup::restore(&mut &bytes[..bytes.len() / 2], &house.path, &force, &*clock(), &mut |_| {});
    assert!(damaged.is_err());
    let store = house::open_store(&house.path).await;
    assert_eq!(store.incarnation, incarnation, "what is there stays until the backup is proved");
    house::close_store(store);

    let restored = backup::restore(&mut bytes.as_slice(), &house.path, &force, &*clock(), &mut |_| {}).unwrap();
    let aside = restored.moved_aside.unwrap();
    assert_eq!(aside.parent(), Some(house.path.as_path()));
    for path in [&aside, &house.path] {
        house::close_store(house::open_store(path).await);
    }
}

#[tokio::test]
async fn a_backup_file_appears_whole_or_not_at_all_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = house().await;
    let home = house.path.parent().unwrap();
    let file = home.join("night.backup");
    let store = house::open_store(&house.path).await;
    let summary = backup::write_file(&store, &*clock(), &file, &mut |_| {}).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let verified = backup::verify(&mut fs::File::open(&file).unwrap(), &mut |_| {}).unwrap();
    assert_eq!(verified, summary);
    let before = fs::read(&file).unwrap();

    let mut copy = backup::NewFile::create(&home.join("copy.backup")).unwrap();
    assert!(backup::copy(&mut &before[..before.len() - 9], &mut copy, &mut |_| {}).is_err());
    drop(copy);
    let mut copy = backup::NewFile::create(&home.join("copy.backup")).unwrap();
    backup::copy(&mut before.as_slice(), &mut copy, &mut |_| {}).unwrap();
    copy.keep().unwrap();
    assert!(fs::read(home.join("copy.backup")).unwrap() == before);
    let mut there: Vec<_> = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["copy.backup", "data", "night.backup"]);
    house::close_store(store);
}

#[test]
fn what_is_no_backup_is_said_to_be_none_and_creates_nothing() {
    let home = tempfile::tempdir().unwrap();
    let into = home.path().join("data");
    for nonsense in [&b""[..], b"PK\x03\x04 a zip file", b"LHBACKU"] {
        let refused = restore(nonsense, &into).unwrap_err();
        assert!(matches!(refused, RestoreError::Backup(ReadError::NotABackup)), "{refused}");
        assert!(!into.exists());
    }
    let refused = restore(b"LHBACKUP\0\0\0\x02xxxx", &into).unwrap_err();
    assert!(matches!(refused, RestoreError::Backup(ReadError::Newer { found: 2 })), "{refused}");
}

#[tokio::test]
async fn a_damaged_version_does_not_prevent_a_backup_of_the_rest_and_is_named() {
    let house = house().await;
    house::raw(&house.path, "chunks", |chunks| {
        let spoiled = crate::check::spoil(
            chunks,
            |bytes| house.notes_bytes.starts_with(bytes),
            |value| {
                value[6] ^= 1;
                true
            },
        );
        assert_eq!(spoiled, 1);
    });
    let store = house::open_store(&house.path).await;
    let mut bytes = Vec::new();
    let summary = backup::write(&store, &*clock(), &mut bytes, &mut |_| {}).unwrap();
    house::close_store(store);
    assert_eq!((summary.unreadable, summary.damaged.len()), (1, 1));
    assert_eq!(summary.damaged[0].path.as_deref(), Some("anna:/notes.txt"));
    let into = house.path.with_file_name("restored");
    assert_eq!(restore(&bytes, &into).unwrap().summary.unreadable, 1);
    let host = house::open_host(&into, clock()).await;
    assert!(house::read(&host, &house.report).await == *house.report_versions.last().unwrap());
    assert!(host.read(&house.notes).unwrap().next().await.is_err());
    house::close_host(host, &into).await;
}
