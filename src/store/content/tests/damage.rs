//! Crashes, full disks and damaged chunks.

use super::*;
use crate::store::{backing::BackingError, engine::EngineError};

#[test]
fn a_crash_at_any_write_of_an_upload_leaves_what_was_committed_and_no_chunk_that_is_never_found() {
    let (store, file) = (Store::new(), node("file"));
    let old = noise(1, 700_000);
    let content = store.save(&file, &old);
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    let new = noise(2, 900_000);
    upload.write(&new).unwrap();
    let writes = store.database.unflushed();
    assert!(writes > 50);
    for keep in (0..=writes).step_by(7).chain([1, writes]) {
        let after = Store::over(store.database.crashed(keep), Arc::clone(&store.engine));
        assert!(after.read(&file, &content).unwrap() == old);
        let (chunks, index) = (after.chunk_numbers(), after.index_numbers());
        assert!(chunks.iter().all(|number| index.contains(number)), "a chunk has no row after {keep} writes");
        let again = after.store(&node("again"), &new);
        assert!(again.content.size == 900_000);
        drop(again);
        after.collect();
        assert!(after.read(&file, &content).unwrap() == old);
        let live = after.content.live_estimate();
        assert_eq!(live, 700_000, "after {keep} writes");
    }
}

#[test]
fn chunks_whose_rows_a_crash_took_can_still_be_collected() {
    // Two databases: that of the chunks came onto the disk, that of the index did not.
    for clean in [true, false] {
        let (chunks, index, engine) = (MemoryDatabase::new(), MemoryDatabase::new(), Arc::new(PlainEngine::default()));
        let open = |chunks: &MemoryDatabase, index: &MemoryDatabase| {
            let options = ContentOptions::new(Arc::new(|| Ok(u64::MAX)), 0);
            let engine = Arc::clone(&engine) as Arc<dyn Engine>;
            Content::open(chunks.tree("c"), index.tree("i"), engine, options).unwrap()
        };
        let content = open(&chunks, &index);
        let mut upload = content.begin_upload(&node("dropped"), None).unwrap();
        upload.write(&noise(1, 100_000)).unwrap();
        drop(upload.finish().unwrap());
        let content = if clean {
            content.close().unwrap();
            open(&chunks, &index)
        } else {
            content
        };
        let mut upload = content.begin_upload(&node("file"), None).unwrap();
        upload.write(&noise(2, 900_000)).unwrap();
        assert!(index.unflushed() > 0 && chunks.unflushed() > 0);
        let (after, lost) = (chunks.crashed(usize::MAX), index.crashed(0));
        let content = open(&after, &lost);
        let numbers = |database: &MemoryDatabase| scan_all(database.tree("c").as_ref()).len();
        assert!(numbers(&after) > 50);
        collect(&content, &mut || ControlFlow::Continue(())).unwrap();
        assert_eq!((numbers(&after), scan_all(lost.tree("i").as_ref()).len()), (0, 1));
    }
}

#[test]
fn everything_that_a_finished_upload_names_survives_a_crash() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 3_000_000);
    // Another upload has written the same chunks and not flushed the last of them.
    let mut other = store.content.begin_upload(&node("other"), None).unwrap();
    other.write(&bytes).unwrap();
    assert!(store.database.unflushed() > 0);
    let content = store.save(&file, &bytes);
    let after = Store::over(store.database.crashed(0), Arc::clone(&store.engine));
    assert!(after.read(&file, &content).unwrap() == bytes);
}

#[test]
fn a_damaged_chunk_is_named_and_its_bytes_are_never_returned() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 200_000);
    let content = store.save(&file, &bytes);
    let bad = store.chunk_numbers()[7];
    store.spoil(bad);
    let mut reader = store.reader(&file, &content);
    let mut read = Vec::new();
    let error = loop {
        match reader.next(1_000_000) {
            Ok(part) => read.extend_from_slice(&part.expect("the end was reached")),
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, ContentError::Corrupt { chunk: Some(number), .. } if *number == bad), "{error}");
    assert!(error.to_string().contains(&format!("chunk {bad}")), "{error}");
    assert!(!read.is_empty() && bytes.starts_with(&read));
    assert!(reader.next(10).is_err());
    let damages = store.content.verify_manifest(&file, content.manifest.unwrap(), &content).unwrap_err();
    assert_eq!(damages.iter().map(|damage| damage.chunk).collect::<Vec<_>>(), [Some(bad)]);
    assert_eq!(damages[0].offset, read.len() as u64);
}

#[test]
fn a_chunk_in_the_place_of_another_is_noticed() {
    let (store, file) = (Store::new(), node("file"));
    let content = store.save(&file, &noise(1, 100_000));
    let numbers = store.chunk_numbers();
    let tree = store.database.tree("chunks");
    let other = tree.get(&numbers[0].to_be_bytes()).unwrap().unwrap();
    tree.insert(&numbers[1].to_be_bytes(), &other).unwrap();
    assert!(matches!(store.read(&file, &content), Err(ContentError::Corrupt { .. })));
}

#[test]
fn a_number_that_is_given_out_again_after_a_loss_never_stands_for_other_bytes() {
    let (store, file, other) = (Store::new(), node("file"), node("other"));
    let old = store.save(&file, &noise(1, 3000));
    // The databases of the contents have lost all of it; the records have not.
    let after = Store::over(MemoryDatabase::new(), Arc::clone(&store.engine));
    let bytes = noise(2, 3000);
    let new = after.save(&other, &bytes);
    assert_eq!(after.chunk_numbers(), store.chunk_numbers());
    assert!(after.read(&other, &new).unwrap() == bytes);
    let error = after.read(&file, &old).unwrap_err();
    assert!(matches!(&error, ContentError::Corrupt { chunk: Some(1), .. }), "{error}");
    let damages = after.content.verify_manifest(&file, old.manifest.unwrap(), &old).unwrap_err();
    assert_eq!(damages[0].chunk, Some(1));
    // The row of the index that the loss left over is of no harm either: the bytes are stored anew.
    let row = scan_all(store.database.tree("index").as_ref()).into_iter().find(|(key, _)| key.len() == 24).unwrap();
    after.database.tree("index").insert(&row.0, &row.1).unwrap();
    let healed = after.save(&file, &noise(1, 3000));
    assert!(after.read(&file, &healed).unwrap() == noise(1, 3000));
}

#[test]
fn a_missing_chunk_or_page_is_an_error() {
    let (store, file) = (Store::new(), node("file"));
    let content = store.save(&file, &noise(1, 5_000_000));
    let manifest = content.manifest.unwrap();
    let bad = store.chunk_numbers()[3];
    store.database.tree("chunks").remove(&bad.to_be_bytes()).unwrap();
    assert!(matches!(store.read(&file, &content), Err(ContentError::Missing { chunk: Some(n), .. }) if n == bad));
    store.forget(keys::manifest_page(&file, manifest, 1));
    let mut reader = store.reader(&file, &content);
    reader.seek(3_000_000);
    assert!(matches!(reader.next(1), Err(ContentError::Missing { chunk: None, .. })));
    reader.seek(0);
    assert!(reader.next(100).is_ok(), "what is there can still be read");
    let damages = store.content.verify_manifest(&file, manifest, &content).unwrap_err();
    assert!(damages.iter().any(|damage| damage.chunk.is_none() && damage.reason.contains("page 1")), "{damages:?}");
}

#[test]
fn pages_that_do_not_follow_each_other_are_an_error_and_never_other_bytes() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 8_000_000);
    let content = store.save(&file, &bytes);
    let page = |number| keys::manifest_page(&file, content.manifest.unwrap(), number);
    let last = store.engine.get(&page(3)).unwrap().unwrap().value;
    store.engine.apply(Batch::new().set(page(1), last));
    for offset in (0..8_000_000).step_by(500_000) {
        let mut reader = store.reader(&file, &content);
        reader.seek(offset);
        if let Ok(read) = reader.next(1000) {
            assert!(bytes[usize::try_from(offset).unwrap()..].starts_with(&read.unwrap()), "at {offset}");
        }
    }
    assert!(matches!(store.read(&file, &content), Err(ContentError::Corrupt { chunk: None, .. })));
}

#[test]
fn a_damaged_chunk_is_not_reused_and_the_next_upload_heals() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 100_000);
    store.save(&file, &bytes);
    store.spoil(store.chunk_numbers()[2]);
    let stored = store.store(&node("copy"), &bytes);
    assert!(stored.new_bytes > 0 && stored.new_bytes <= MAX_CHUNK as u64);
    let copy = store.commit(&node("copy"), stored);
    assert!(store.read(&node("copy"), &copy).unwrap() == bytes);
    // Both chunks of the same bytes are found again when nothing names them.
    store.forget(keys::file(&file));
    store.forget(keys::file(&node("copy")));
    store.collect();
    assert_eq!((store.chunk_numbers(), store.index_numbers()), (vec![], vec![]));
}

#[test]
fn an_upload_that_would_cross_the_floor_is_refused_before_and_while_it_comes() {
    let (store, file) = (Store::new(), node("file"));
    store.free.store(FLOOR + 2_000, SeqCst);
    assert!(matches!(
        store.content.begin_upload(&file, Some(1_001)),
        Err(ContentError::NoSpace { free, floor: FLOOR, needed: 2_002 }) if free == FLOOR + 2_000
    ));
    let mut upload = store.content.begin_upload(&file, Some(1_000)).unwrap();
    store.free.store(FLOOR - 1, SeqCst);
    let bytes = noise(1, 2_000_000);
    assert!(matches!(upload.write(&bytes), Err(ContentError::NoSpace { .. })));
    assert!(matches!(upload.write(&[1]), Err(ContentError::NoSpace { .. })));
    assert!(matches!(upload.finish(), Err(ContentError::NoSpace { .. })));
    // Nothing failed for good, and what was written counts as garbage.
    assert!(store.content.garbage_estimate() >= 1024 * 1024);
    store.free.store(u64::MAX, SeqCst);
    store.collect();
    assert!(store.chunk_numbers().is_empty());
    let content = store.save(&file, &bytes);
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn after_a_failed_write_contents_are_served_and_none_is_taken() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 100_000);
    let content = store.save(&file, &bytes);
    store.database.fail_after_writes(5);
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    assert!(matches!(upload.write(&noise(2, 2_000_000)), Err(ContentError::Backing(BackingError::Full))));
    drop(upload);
    assert!(matches!(store.content.begin_upload(&file, None), Err(ContentError::ReadOnly(_))));
    assert!(store.content.health().is_err());
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn while_the_records_are_read_only_no_upload_begins_and_contents_are_served() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 100_000);
    let content = store.save(&file, &bytes);
    store.engine.refuse_writes("as it was told to");
    let refused = store.content.begin_upload(&file, None).unwrap_err();
    assert!(matches!(refused, ContentError::Engine(EngineError::ReadOnly(_))), "{refused}");
    assert!(store.content.health().is_ok());
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn a_failed_flush_fails_the_upload() {
    let (store, file) = (Store::new(), node("file"));
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    upload.write(b"a few bytes").unwrap();
    store.database.fail_next_flush();
    assert!(upload.finish().is_err());
    assert!(store.content.health().is_err());
}

#[test]
fn a_flush_of_contents_that_hangs_is_reported_once_whichever_thread_makes_it() {
    for in_the_background in [true, false] {
        let (database, engine) = (MemoryDatabase::new(), Arc::new(PlainEngine::default()));
        let (hung, told) = std::sync::mpsc::channel();
        let options = ContentOptions {
            flush_limit: Duration::from_millis(30),
            on_hang: Arc::new(move || hung.send(()).unwrap()),
            ..ContentOptions::new(Arc::new(|| Ok(u64::MAX)), 0)
        };
        let content = Content::open(database.tree("c"), database.tree("i"), engine, options).unwrap();
        let mut upload = content.begin_upload(&node("file"), None).unwrap();
        let held = database.hold_flushes();
        // One window is flushed while the next comes in; the end of an upload is flushed by its own thread.
        upload.write(&noise(1, if in_the_background { 1_500_000 } else { 1000 })).unwrap();
        std::thread::scope(|scope| {
            let ending = (!in_the_background).then_some(&content).map(|content| scope.spawn(|| content.flush()));
            told.recv_timeout(Duration::from_secs(30)).unwrap();
            held.release();
            if let Some(ending) = ending {
                ending.join().unwrap().unwrap();
            }
        });
        upload.finish().unwrap();
        assert!(told.try_recv().is_err());
    }
}

#[test]
fn a_database_of_a_newer_program_is_not_opened() {
    let store = Store::new();
    store.database.tree("index").insert(b"state", b"\x02rest").unwrap();
    let options = ContentOptions::new(Arc::new(|| Ok(0)), 0);
    let (chunks, index) = (store.database.tree("chunks"), store.database.tree("index"));
    assert!(Content::open(chunks, index, store.engine.clone(), options).is_err());
}
