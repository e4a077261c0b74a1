//! The collector against uploads, in every order that matters, brought about and not hoped for.

use std::sync::{Mutex, atomic::AtomicBool};

use super::*;
use crate::store::collect::Ending;

const SIZE: usize = 200_000;

/// A store with a content that nothing names any more, and its bytes.
fn with_garbage() -> (Store, Vec<u8>) {
    let (store, bytes) = (Store::new(), noise(1, SIZE));
    store.save(&node("gone"), &bytes);
    store.forget(keys::file(&node("gone")));
    (store, bytes)
}

#[test]
fn an_upload_that_finds_a_chunk_just_before_the_collector_deletes_it_keeps_it() {
    for committed_at_once in [true, false] {
        let (store, bytes) = with_garbage();
        let before = store.chunk_numbers();
        let (file, held) = (node("file"), Arc::new(Mutex::new(None)));
        store.content.hook.set(Moment::BeforeDelete, {
            let (store, file, bytes, held) = (store.clone(), file.clone(), bytes.clone(), Arc::clone(&held));
            move || {
                let stored = store.store(&file, &bytes);
                assert_eq!(stored.new_bytes, 0);
                if committed_at_once {
                    store.commit(&file, stored);
                } else {
                    *held.lock().unwrap() = Some(stored);
                }
            }
        });
        assert_eq!(store.collect().chunks_removed, 0);
        assert!(store.content.hook.has_fired());
        if let Some(stored) = held.lock().unwrap().take() {
            store.commit(&file, stored);
        }
        assert_eq!(store.chunk_numbers(), before);
        let content = store.current(&file);
        assert!(store.read(&file, &content).unwrap() == bytes);
        assert_eq!(store.collect().chunks_removed, 0);
        assert!(store.read(&file, &content).unwrap() == bytes);
    }
}

#[test]
fn an_upload_that_comes_just_after_the_collector_deleted_a_chunk_stores_it_anew() {
    let (store, bytes) = with_garbage();
    let file = node("file");
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    store.content.hook.set(Moment::BeforeLookup, {
        let store = store.clone();
        move || assert_eq!(store.collect().bytes_freed, SIZE as u64)
    });
    upload.write(&bytes).unwrap();
    let stored = upload.finish().unwrap();
    assert!(store.content.hook.has_fired());
    assert_eq!(stored.new_bytes, SIZE as u64);
    let content = store.commit(&file, stored);
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn a_chunk_that_is_being_compared_is_not_deleted() {
    let (store, bytes) = with_garbage();
    let file = node("file");
    store.content.hook.set(Moment::AfterPin, {
        let store = store.clone();
        move || assert!(store.collect().bytes_freed < SIZE as u64)
    });
    let stored = store.store(&file, &bytes);
    assert!(store.content.hook.has_fired());
    // The first chunk was found before the collection and all others after it.
    assert!(stored.reused_bytes > 0 && stored.new_bytes > 0);
    let content = store.commit(&file, stored);
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn while_the_collector_deletes_a_chunk_no_upload_can_find_it() {
    // The look-up and the deletion exclude each other: a look-up that waits for the deletion sees its outcome.
    let (store, bytes) = with_garbage();
    let file = node("file");
    let (mut upload, bytes) = (store.content.begin_upload(&file, None).unwrap(), &bytes);
    let (at_the_door, upload_comes) = std::sync::mpsc::channel();
    store.content.hook.set(Moment::BeforeLookup, move || at_the_door.send(()).unwrap());
    let cycle = store.content.pins.begin_cycle(|| u64::MAX).unwrap();
    let (rows, _) = store.content.chunks.index_page(None, usize::MAX).unwrap();
    let first = rows.iter().min_by_key(|row| row.number).unwrap();
    std::thread::scope(|scope| {
        let mut waiting = None;
        let deleted = cycle.unless_reused::<ContentError>(first.number, || {
            waiting = Some(scope.spawn(move || {
                upload.write(bytes).unwrap();
                upload.finish().unwrap().new_bytes
            }));
            upload_comes.recv().unwrap();
            (0..1000).for_each(|_| std::thread::yield_now());
            Ok(store.content.chunks.remove(first)?) // The row is still there.
        });
        assert!(deleted.unwrap());
        assert_eq!(waiting.unwrap().join().unwrap(), u64::from(first.length));
    });
}

#[test]
fn an_upload_that_commits_after_the_collector_has_passed_its_file_keeps_what_it_reuses() {
    let (store, bytes) = with_garbage();
    // The walk comes by `a`, `gone` and `z`; the upload to `a` ends when it is at `z`.
    let (file, other) = (node("a"), noise(2, SIZE));
    store.save(&file, &other);
    store.save(&node("z"), &other);
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    upload.write(&bytes).unwrap();
    let ended = Arc::new(Mutex::new(None));
    store.content.hook.set_nth(3, Moment::FileRead, {
        let (store, file, ended) = (store.clone(), file.clone(), Arc::clone(&ended));
        move || *ended.lock().unwrap() = Some(store.commit(&file, upload.finish().unwrap()))
    });
    let report = store.collect();
    assert_eq!((report.ending, report.chunks_removed), (Ending::Complete, 0));
    let content = ended.lock().unwrap().take().expect("the upload has ended during the walk");
    assert!(store.read(&file, &content).unwrap() == bytes);
    // What was protected for that cycle is now protected by the record that names it.
    store.collect();
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn an_upload_that_dies_during_a_cycle_is_collected_by_the_next() {
    let (store, bytes) = with_garbage();
    store.save(&node("a"), &noise(2, SIZE));
    let mut upload = store.content.begin_upload(&node("b"), None).unwrap();
    upload.write(&bytes).unwrap();
    store.content.hook.set(Moment::FileRead, move || drop(upload));
    // The last chunk or two were not cut yet, and so not looked for.
    let first = store.collect().bytes_freed;
    assert!(first <= 2 * MAX_CHUNK as u64);
    assert_eq!(first + store.collect().bytes_freed, SIZE as u64);
}

#[test]
fn a_condemned_content_can_no_longer_be_pinned_and_a_pinned_one_is_not_condemned() {
    let (store, file) = (Store::new(), node("file"));
    let old = store.save(&file, &noise(1, SIZE));
    store.save(&file, &noise(2, SIZE));
    let manifest = old.manifest.unwrap();
    let pin = Arc::new(Mutex::new(None));
    store.content.hook.set(Moment::FileRead, {
        let (store, file, pin) = (store.clone(), file.clone(), Arc::clone(&pin));
        move || *pin.lock().unwrap() = store.content.pin(&file, manifest)
    });
    assert_eq!(store.collect().manifests_removed, 0);
    drop(pin.lock().unwrap().take().expect("it was pinned in time"));
    store.content.hook.set(Moment::BeforeDelete, {
        let (store, file) = (store.clone(), file.clone());
        move || assert!(store.content.pin(&file, manifest).is_none())
    });
    assert_eq!(store.collect().manifests_removed, 1);
    assert!(store.content.hook.has_fired());
}

#[test]
fn uploads_readers_and_collections_at_once_lose_nothing_and_leave_nothing() {
    let store = Store::new();
    let done = AtomicBool::new(false);
    let files: Vec<_> = (0..3).map(|n| node(&format!("file-{n}"))).collect();
    std::thread::scope(|scope| {
        let collector = scope.spawn(|| {
            let mut cycles = 0;
            while !done.load(SeqCst) {
                assert_eq!(store.collect().ending, Ending::Complete);
                cycles += 1;
            }
            cycles
        });
        let writers: Vec<_> = (0_u64..)
            .zip(&files)
            .map(|(writer, file)| {
                let store = &store;
                scope.spawn(move || {
                    for round in 0..40 {
                        // Few different parts, so that much is reused while it is also becoming garbage.
                        let parts = [noise((round * 7 + writer) % 5, 60_000), noise(round % 3 + 9, 60_000)];
                        let content = store.save(file, &parts.concat());
                        assert!(store.read(file, &content).unwrap() == parts.concat());
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, SeqCst);
        assert!(collector.join().unwrap() > 0);
    });
    for file in &files {
        store.verified(file, &store.current(file));
        store.forget(keys::file(file));
    }
    store.collect();
    assert_eq!((store.chunk_numbers(), store.index_numbers(), store.manifest_pages()), (vec![], vec![], 0));
}
