//! What is read back from a disk or from a backup that somebody brought: records, manifest pages, interrupted batches,
//! backups.

#![no_main]

use std::{
    io,
    sync::{Arc, LazyLock},
};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use lockhouse::{
    clock::{ManualClock, Timestamp},
    fuzzing,
    ids::NodeId,
    store::{
        backup::{self, RestoreOptions},
        content::{Content, ContentOptions},
        engine::{Batch, Engine, EngineOptions, LocalEngine},
        memory::MemoryDatabase,
        records::{self, keys},
    },
};
use serde::{Serialize, de::DeserializeOwned};

fuzz_target!(|bytes: &[u8]| {
    let Some((&what, rest)) = bytes.split_first() else { return };
    match what % 8 {
        0 | 1 => every_record(rest),
        2 => interrupted(rest),
        3 => every_key(rest),
        4 | 5 => contents(rest),
        6 => backed_up(&mut &*rest),
        _ => assembled(rest, what >= 0xf0),
    }
});

fn every_record(value: &[u8]) {
    record::<records::AccountRecord>(value);
    record::<records::BinRow>(value);
    record::<records::ClientRecord>(value);
    record::<records::CodeRecord>(value);
    record::<records::ConsentRecord>(value);
    record::<records::ContainerRecord>(value);
    record::<records::FileHead>(value);
    record::<records::GrantFamilyRecord>(value);
    record::<records::GrantRecord>(value);
    record::<records::NameRow>(value);
    record::<records::SessionRecord>(value);
    record::<records::ShareLinkRecord>(value);
    record::<records::SigningKeyRecord>(value);
    record::<records::StoreFacts>(value);
    record::<records::VersionRow>(value);
    record::<String>(value);
}

/// What was read is written, and read again, the same.
fn record<T: Serialize + DeserializeOwned>(value: &[u8]) {
    match records::decode::<T>(b"f/x", value) {
        Ok(record) => {
            let written = records::encode(&record);
            let again: T = records::decode(b"f/x", &written).expect("what is written can be read");
            assert_eq!(records::encode(&again), written);
        }
        Err(error) => assert!(error.to_string().contains("f/x")),
    }
}

fn every_key(key: &[u8]) {
    let _ = (keys::node_of(key), keys::last_part(key), keys::last_number(key), keys::changes_seldom(key));
    if let Some((node, manifest, page)) = keys::parse_manifest_page(key) {
        assert_eq!(keys::manifest_page(&node, manifest, page), key, "one content has one key");
    }
}

/// Pieces with a length of one byte, twice that long at most.
fn pieces(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&length, rest) = bytes.split_first()?;
        let (piece, rest) = rest.split_at(usize::from(length).min(rest.len()));
        bytes = rest;
        Some(piece)
    })
}

/// A batch that a crash interrupted, or what is left of one: it is completed, dropped or told damaged, and nothing of the
/// engine's own is changed by it.
fn interrupted(bytes: &[u8]) {
    let backing = MemoryDatabase::new().tree("records");
    backing.insert(b"\0n", &7u64.to_be_bytes()).unwrap();
    for piece in pieces(bytes).take(16) {
        let Some(([revision, number], value)) = piece.split_first_chunk() else { continue };
        let mut key = b"\0d".to_vec();
        key.extend_from_slice(&u64::from(*revision).to_be_bytes());
        key.extend_from_slice(&u32::from(*number).to_be_bytes());
        backing.insert(&key, value).unwrap();
    }
    let understood = fuzzing::recover(&*backing).unwrap();
    let after = fuzzing::all_of(&*backing).unwrap();
    assert_eq!(backing.get(b"\0n").unwrap().as_deref(), Some(7u64.to_be_bytes().as_slice()));
    if understood {
        assert!(!after.iter().any(|(key, _)| fuzzing::is_redo(key)));
        assert!(fuzzing::recover(&*backing).unwrap());
        assert_eq!(fuzzing::all_of(&*backing).unwrap(), after);
    }
}

struct House {
    engine: Arc<LocalEngine>,
    content: Arc<Content>,
    node: NodeId,
    /// One manifest page of two chunks, and the bytes.
    page: Bytes,
    whole: Vec<u8>,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let database = MemoryDatabase::new();
    let engine = LocalEngine::open(database.tree("records"), EngineOptions::default()).unwrap();
    let free = Arc::new(|| io::Result::Ok(u64::MAX));
    let (chunks, index) = (database.tree("chunks"), database.tree("index"));
    let content = Content::open(chunks, index, engine.clone(), ContentOptions::new(free, 0)).unwrap();
    let node = NodeId::from_random_bits([1; 16]);
    let whole: Vec<u8> = (0u32..8_000).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()).collect();
    let mut upload = content.begin_upload(&node, None).unwrap();
    upload.write(&whole).unwrap();
    let stored = upload.finish().unwrap();
    let page = stored.pages.last().unwrap().1.clone();
    stored.committed();
    House { engine, content, node, page, whole }
});

/// Manifest pages of any bytes: reading gives an error or a beginning of what some pages name, and comes to an end.
fn contents(bytes: &[u8]) {
    let house = &*HOUSE;
    let Some((head, rest)) = bytes.split_first_chunk::<10>() else { return };
    let size = u64::from_be_bytes([head[0], head[1], head[2], head[3], head[4], head[5], head[6], head[7]]);
    let manifest = records::ManifestId(1 << 40);
    let mut batch = Batch::new();
    let mut numbers = Vec::new();
    for (number, piece) in (0u32..).zip(pieces(rest).take(6)) {
        // Mostly the good page, somewhat altered; or anything.
        let value = match piece.split_first() {
            Some((0, anything)) => anything.to_vec(),
            _ => {
                let mut page = house.page.to_vec();
                for change in piece.chunks_exact(2) {
                    let at = usize::from(change[0]) % page.len();
                    page[at] = change[1];
                }
                page
            }
        };
        let key = keys::manifest_page(&house.node, manifest, number);
        numbers.push(key.clone());
        batch = batch.set(key, value);
    }
    submit(house, batch);
    let pin = house.content.pin(&house.node, manifest).unwrap();
    let mut reader = house.content.reader(pin, size);
    for offset in [0, u64::from(head[8]) * 100, size.wrapping_sub(u64::from(head[9]))] {
        reader.seek(offset);
        let mut read = 0;
        while let Ok(Some(piece)) = reader.next(1 + usize::from(head[9]) * 64) {
            assert!(!piece.is_empty());
            read += piece.len() as u64;
            assert!(reader.offset() <= size);
            assert!(read <= 6 * 255 * 16 * 1024, "no more than the pages name");
        }
    }
    let expected = records::ContentRef { manifest: Some(manifest), size, sha256: String::new() };
    assert!(house.content.verify_manifest(&house.node, manifest, &expected).is_err(), "nothing has that hash");
    if bytes.len() == 10 {
        assert_eq!(house.whole.len(), 32_000);
    }
    let clear = numbers.into_iter().fold(Batch::new(), Batch::clear);
    submit(house, clear);
}

fn submit(house: &House, batch: Batch) {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().unwrap());
    RUNTIME.block_on(house.engine.submit(batch).unwrap().wait()).unwrap();
}

/// Any bytes: no backup, or one that says the same each time, byte for byte.
fn backed_up(input: &mut &[u8]) {
    let whole = *input;
    let mut copied = Vec::new();
    let first = backup::copy(input, &mut copied, &mut |_| ());
    assert!(whole.starts_with(&copied));
    let second = backup::verify(&mut &*whole, &mut |_| ());
    match (first, second) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first, second);
            assert_eq!(copied, whole);
        }
        (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
        (first, second) => panic!("{first:?}, {second:?}"),
    }
}

/// A backup with right checksums, whatever is in it: what passes can be restored, and opened.
fn assembled(bytes: &[u8], restored: bool) {
    let Some(([incarnation, revision, split], rest)) = bytes.split_first_chunk() else { return };
    let mut out = b"LHBACKUP\0\0\0\x01".to_vec();
    let revision = if *revision == 0xff { u64::MAX } else { u64::from(*revision) };
    let facts =
        format!(r#"{{"time":"2026-01-02T03:04:05Z","product":"0","incarnation":{incarnation},"revision":{revision}}}"#);
    section(&mut out, 1, facts.as_bytes());
    let (mut records, mut chunks) = (Vec::new(), Vec::new());
    let (mut record_count, mut chunk_count, mut chunk_bytes) = (0, 0, 0);
    let all: Vec<&[u8]> = pieces(rest).take(64).collect();
    let (first, second) = all.split_at(usize::from(*split).min(all.len()));
    for piece in first {
        let Some((&length, rest)) = piece.split_first() else { continue };
        let (key, value) = rest.split_at(usize::from(length).min(rest.len()));
        records.extend_from_slice(&u16::try_from(key.len()).unwrap().to_be_bytes());
        records.extend_from_slice(key);
        records.extend_from_slice(&(revision.min(1)).to_be_bytes());
        records.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
        records.extend_from_slice(value);
        record_count += 1;
    }
    for (number, chunk) in (1u64..).zip(second) {
        let number = if chunk.first() == Some(&0xff) { u64::MAX } else { number };
        chunks.extend_from_slice(&number.to_be_bytes());
        chunks.extend_from_slice(&u32::try_from(chunk.len()).unwrap().to_be_bytes());
        chunks.extend_from_slice(chunk);
        (chunk_count, chunk_bytes) = (chunk_count + 1, chunk_bytes + chunk.len());
    }
    section(&mut out, 2, &records);
    section(&mut out, 3, &chunks);
    let sum: String = digest(&SHA256, &out).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let trailer = format!(
        r#"{{"records":{record_count},"chunks":{chunk_count},"chunk_bytes":{chunk_bytes},"unreadable":0,"sha256":"{sum}"}}"#
    );
    section(&mut out, 4, trailer.as_bytes());
    backed_up(&mut &*out);
    if restored && backup::verify(&mut &*out, &mut |_| ()).is_ok() {
        restore(&out);
    }
}

fn section(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    if payload.is_empty() {
        return;
    }
    let mut section = vec![kind];
    section.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
    section.extend_from_slice(payload);
    let sum = crc32fast::hash(&section);
    out.extend_from_slice(&section);
    out.extend_from_slice(&sum.to_be_bytes());
}

fn restore(backup: &[u8]) {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let into = place.path().join("store");
    let clock = ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_250));
    let options = RestoreOptions { meta_cache: 1 << 20, content_cache: 1 << 20, ..RestoreOptions::default() };
    backup::restore(&mut &*backup, &into, &options, &clock, &mut |_| ()).expect("what was proved can be restored");
    // The store's own record aside, what is in it is not looked at before it is needed.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let opened = runtime.block_on(lockhouse::store::Store::open(&into, &Default::default(), &clock));
    opened.expect("what was restored can be opened").close();
}
