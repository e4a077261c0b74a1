//! What the databases on the disk must do: be durable, and fail with words instead of panics.

use std::{
    fs::{self, OpenOptions},
    io::{Seek as _, SeekFrom, Write as _},
    ops::Bound,
    path::Path,
};

use lockhouse::store::{
    durable,
    sled::{OpenError, SledDatabase, SledOptions, blobs_in},
};

const CACHE: u64 = 4 * 1024 * 1024;

#[test]
fn a_program_that_uses_the_library_flushes_the_disk_and_proves_it() {
    let home = tempfile::tempdir().unwrap();
    let scratch = home.path().join("scratch");
    let before = durable::calls();
    durable::self_test(&scratch).unwrap();
    assert!(!cfg!(target_os = "linux") || durable::calls() > before);
    assert!(!scratch.exists(), "the self-test leaves nothing behind");
}

#[test]
fn every_flush_of_a_changed_database_reaches_the_disk() {
    let home = tempfile::tempdir().unwrap();
    let database = SledDatabase::open(home.path(), SledOptions::meta(CACHE)).unwrap();
    let tree = database.tree("t").unwrap();
    for round in 0..10_u8 {
        let before = durable::calls();
        tree.insert(&[round], b"value").unwrap();
        tree.flush().unwrap();
        assert!(!cfg!(target_os = "linux") || durable::calls() > before, "round {round}");
    }
    assert!(tree.size_on_disk().unwrap() > 0);
}

#[test]
fn the_self_test_says_where_it_cannot_write() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let error = durable::self_test(&file.join("scratch")).unwrap_err().to_string();
    assert!(error.contains("scratch"), "{error}");
}

#[test]
fn the_largest_values_make_no_blobs() {
    let home = tempfile::tempdir().unwrap();
    for (options, name, size) in
        [(SledOptions::meta(CACHE), "meta", 6152), (SledOptions::content(CACHE), "content", 65_536)]
    {
        let path = home.path().join(name);
        let database = SledDatabase::open(&path, options).unwrap();
        let tree = database.tree("t").unwrap();
        let value: Vec<u8> = (0..size).map(|at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for number in 0..100_u32 {
            tree.insert(&[&[b'k'; 1000], number.wrapping_mul(7919).to_be_bytes().as_slice()].concat(), &value).unwrap();
        }
        tree.flush().unwrap();
        assert_eq!(blobs_in(&path).unwrap(), 0, "{name}");
    }
}

#[test]
fn a_database_that_is_open_cannot_be_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let _first = SledDatabase::open(home.path(), SledOptions::meta(CACHE)).unwrap();
    let error = SledDatabase::open(home.path(), SledOptions::meta(CACHE)).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    assert!(error.to_string().contains(home.path().to_str().unwrap()), "{error}");
}

#[test]
fn ranges_that_hold_nothing_are_empty_and_do_not_panic() {
    let home = tempfile::tempdir().unwrap();
    let database = SledDatabase::open(home.path(), SledOptions::meta(CACHE)).unwrap();
    let tree = database.tree("t").unwrap();
    tree.insert(b"b", b"1").unwrap();
    assert!(tree.scan(Bound::Excluded(b"b"), Bound::Excluded(b"b"), 9).unwrap().is_empty());
    assert!(tree.scan(Bound::Included(b"c"), Bound::Included(b"a"), 9).unwrap().is_empty());
    assert_eq!(tree.scan(Bound::Unbounded, Bound::Unbounded, 0).unwrap(), []);
    assert_eq!(tree.last_key().unwrap(), Some(b"b".to_vec()));
}

/// Writes a log of several flushes, then 64 bytes of garbage into its middle.
fn damaged_database(path: &Path) {
    let database = SledDatabase::open(path, SledOptions::meta(CACHE)).unwrap();
    let tree = database.tree("t").unwrap();
    for number in 0..3000_u32 {
        tree.insert(&number.to_be_bytes(), &[7; 100]).unwrap();
        if number.is_multiple_of(100) {
            tree.flush().unwrap();
        }
    }
    tree.flush().unwrap();
    drop((tree, database));
    let mut log = OpenOptions::new().write(true).open(path.join("db")).unwrap();
    log.seek(SeekFrom::Start(150_000)).unwrap();
    log.write_all(&[0xAB; 64]).unwrap();
    // What sled noted of its log at the last opening would hide the damage.
    for entry in fs::read_dir(path).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

#[test]
fn garbage_in_the_middle_of_a_log_is_an_error_that_names_the_way_out() {
    let home = tempfile::tempdir().unwrap();
    damaged_database(home.path());
    let error = SledDatabase::open(home.path(), SledOptions::meta(CACHE)).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, OpenError::Damaged { .. }), "{text}");
    for needed in [home.path().to_str().unwrap(), "lockhouse check --repair", "lockhouse restore-backup FILE"] {
        assert!(text.contains(needed), "{text}");
    }
}
