//! What collection removes and what it spares.

use super::*;
use crate::store::collect::{Ending, due};

const SIZE: usize = 300_000;

#[test]
fn what_nothing_names_is_removed_to_the_last_byte() {
    let (store, file) = (Store::new(), node("file"));
    store.save(&file, &noise(1, 6_000_000));
    store.forget(keys::file(&file));
    drop(store.store(&node("uncommitted"), &noise(2, 5_000_000)));
    let mut died = store.content.begin_upload(&node("died"), None).unwrap();
    died.write(&noise(3, 2_000_000)).unwrap();
    drop(died);
    assert!(store.manifest_pages() > 3);
    let report = store.collect();
    assert_eq!(report.ending, Ending::Complete);
    assert!(report.manifests_removed >= 2 && report.bytes_freed > 12_900_000, "{report:?}");
    assert_eq!((store.chunk_numbers(), store.index_numbers(), store.manifest_pages()), (vec![], vec![], 0));
    assert_eq!((store.content.garbage_estimate(), store.content.live_estimate()), (0, 0));
    assert_eq!(store.database.unflushed(), 0);
}

#[test]
fn what_the_head_a_version_or_a_rescued_version_names_stays() {
    let (store, file) = (Store::new(), node("file"));
    let all = [noise(1, SIZE), noise(2, SIZE), noise(3, SIZE), noise(4, SIZE)];
    let kept = store.save(&file, &all[0]);
    store.engine.apply(Batch::new().set(keys::version(&file, 1), records::encode(&version(&kept))));
    let rescued = store.save(&file, &all[1]);
    store.engine.apply(Batch::new().set(keys::rescued(&file, 1), records::encode(&version(&rescued))));
    let pruned = store.save(&file, &all[2]);
    let current = store.save(&file, &all[3]);
    let report = store.collect();
    assert_eq!((report.manifests_removed, report.bytes_freed), (1, SIZE as u64));
    for (content, bytes) in [(&kept, &all[0]), (&rescued, &all[1]), (&current, &all[3])] {
        assert!(&store.read(&file, content).unwrap() == bytes);
        store.verified(&file, content);
    }
    assert!(matches!(store.read(&file, &pruned), Err(ContentError::Missing { .. })));
    let (live, again) = (store.content.live_estimate(), store.collect());
    assert_eq!((live, again.chunks_removed, again.manifests_removed), (3 * SIZE as u64, 0, 0));
}

#[test]
fn a_chunk_that_one_of_two_contents_names_stays() {
    let (store, one, two) = (Store::new(), node("one"), node("two"));
    let shared = noise(1, SIZE);
    let mut longer = shared.clone();
    longer.extend(noise(2, SIZE));
    store.save(&one, &longer);
    let content = store.save(&two, &shared);
    store.forget(keys::file(&one));
    assert!(store.collect().bytes_freed >= SIZE as u64);
    assert!(store.read(&two, &content).unwrap() == shared);
}

#[test]
fn a_reader_in_flight_reads_to_its_end_and_then_the_space_goes() {
    let (store, file) = (Store::new(), node("file"));
    let old = noise(1, SIZE);
    let content = store.save(&file, &old);
    let mut reader = store.reader(&file, &content);
    let mut read = reader.next(1000).unwrap().unwrap().to_vec();
    store.save(&file, &noise(2, SIZE));
    assert_eq!(store.collect().chunks_removed, 0);
    read.extend(read_to_end(&mut reader, 5000).unwrap());
    assert!(read == old);
    drop(reader);
    assert_eq!(store.collect().bytes_freed, SIZE as u64);
}

#[test]
fn an_upload_in_flight_keeps_its_chunks_and_those_it_reuses() {
    let (store, file) = (Store::new(), node("file"));
    let (old, new) = (noise(1, SIZE), noise(2, 6_000_000));
    store.save(&node("gone"), &old);
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    upload.write(&old).unwrap();
    store.forget(keys::file(&node("gone")));
    store.collect();
    upload.write(&new).unwrap();
    assert_eq!(store.collect().chunks_removed, 0);
    let stored = upload.finish().unwrap();
    assert_eq!(store.collect().chunks_removed, 0);
    let content = store.commit(&file, stored);
    assert_eq!(store.collect().chunks_removed, 0);
    assert!(store.read(&file, &content).unwrap() == [old, new].concat());
}

#[test]
fn what_an_interrupted_removal_left_behind_keeps_nothing_alive_and_is_cleared() {
    let (store, gone, file) = (Store::new(), node("gone"), node("file"));
    for (seed, file) in [(1, &gone), (2, &file)] {
        let old = store.save(file, &noise(seed, SIZE));
        let rescued = store.save(file, &noise(seed + 10, SIZE));
        let mut batch = Batch::new().set(keys::rescued(file, 1), records::encode(&version(&rescued)));
        // More than are read in one step, and some that cannot be understood.
        for n in 1..1100 {
            batch = batch
                .set(keys::version(file, n), records::encode(&version(&old)))
                .set(keys::activity(file, n), &b"x"[..]);
        }
        store.engine.apply(batch);
        store.save(file, b"current");
    }
    store.engine.apply(Batch::new().set(keys::version(&gone, 7), &b"\x63newer"[..]).clear(keys::file(&gone)));
    let rows =
        |prefix: &[u8]| crate::store::engine::scan_prefix(store.engine.as_ref(), prefix, None, usize::MAX).unwrap();
    let report = store.collect();
    assert_eq!((report.ending, report.manifests_removed, report.bytes_freed), (Ending::Complete, 3, 2 * SIZE as u64));
    for (prefix, left) in [(&b"v/"[..], 1099), (b"r/", 1), (b"t/", 1099)] {
        let rows = rows(prefix);
        assert_eq!(rows.len(), left);
        assert!(rows.iter().all(|(key, _)| keys::node_of(key) == Some(node("file"))));
    }
    assert_eq!(store.current(&file).size, 7);
    store.verified(&file, &store.current(&file));
}

#[test]
fn a_file_that_is_being_made_while_its_place_is_looked_at_keeps_its_content() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 6_000_000);
    let stored = store.store(&file, &bytes);
    assert!(store.manifest_pages() > 1, "pages are there before the head is");
    store.content.hook.set(Moment::FileRead, {
        let (store, file) = (store.clone(), file.clone());
        move || {
            let row = records::encode(&version(&stored.content));
            store.engine.apply(Batch::new().set(keys::version(&file, 1), row));
            store.commit(&file, stored);
        }
    });
    let report = store.collect();
    assert!(store.content.hook.has_fired());
    assert_eq!((report.manifests_removed, report.chunks_removed), (0, 0));
    assert_eq!(store.collect().manifests_removed, 0);
    assert!(store.read(&file, &store.current(&file)).unwrap() == bytes);
    assert!(store.engine.get(&keys::version(&file, 1)).unwrap().is_some());
}

#[test]
fn rows_of_a_file_that_came_into_being_meanwhile_are_not_cleared() {
    let (store, file) = (Store::new(), node("file"));
    store.engine.apply(Batch::new().set(keys::activity(&file, 1), &b"x"[..]));
    store.content.hook.set(Moment::OrphansFound, {
        let (store, file) = (store.clone(), file.clone());
        move || drop(store.save(&file, b"now"))
    });
    assert_eq!(store.collect().ending, Ending::Complete);
    assert!(store.content.hook.has_fired());
    assert!(store.engine.get(&keys::activity(&file, 1)).unwrap().is_some());
}

#[test]
fn nothing_is_removed_when_a_record_cannot_be_understood() {
    for key in [keys::version(&node("file"), 3), keys::rescued(&node("file"), 1), keys::file(&node("file"))] {
        let (store, file) = (Store::new(), node("file"));
        let content = store.save(&file, &noise(1, SIZE));
        store.engine.apply(Batch::new().set(keys::version(&file, 1), records::encode(&version(&content))));
        store.save(&node("gone"), &noise(2, SIZE));
        store.forget(keys::file(&node("gone")));
        store.engine.apply(Batch::new().set(key, &b"\x63newer"[..]));
        let outcome = collect(&store.content, &mut || ControlFlow::Continue(()));
        assert!(matches!(outcome, Err(ContentError::Record(_))), "{outcome:?}");
        assert_eq!(store.index_numbers(), store.chunk_numbers());
        store.verified(&file, &content);
        // The cycle is over: once the record is right again, the next one runs.
        store.save(&file, b"x");
        store.forget(keys::version(&file, 3));
        store.forget(keys::rescued(&file, 1));
        assert_eq!(store.collect().ending, Ending::Complete);
    }
}

#[test]
fn a_damaged_manifest_page_stops_collection() {
    let (store, file) = (Store::new(), node("file"));
    let content = store.save(&file, &noise(1, SIZE));
    let page = keys::manifest_page(&file, content.manifest.unwrap(), 0);
    store.engine.apply(Batch::new().set(page, &b"\x01short"[..]));
    assert!(collect(&store.content, &mut || ControlFlow::Continue(())).is_err());
    assert!(!store.chunk_numbers().is_empty());
}

#[test]
fn collection_waits_while_it_is_held_and_stops_when_it_is_told() {
    let (store, file) = (Store::new(), node("file"));
    store.save(&file, &noise(1, SIZE));
    store.forget(keys::file(&file));
    let hold = store.content.hold_collection();
    assert_eq!(store.collect().ending, Ending::Held);
    drop(hold);
    let mut hold = None;
    let mut steps = 0;
    let pace = &mut || {
        steps += 1;
        if steps == 6 {
            hold = Some(store.content.hold_collection());
        }
        ControlFlow::Continue(())
    };
    assert_eq!(collect(&store.content, pace).unwrap().ending, Ending::Held);
    drop(hold);
    assert!(!store.chunk_numbers().is_empty());
    assert_eq!(collect(&store.content, &mut || ControlFlow::Break(())).unwrap().ending, Ending::Stopped);
    let again = &mut || {
        assert_eq!(store.collect().ending, Ending::AlreadyRunning);
        ControlFlow::Continue(())
    };
    assert_eq!(collect(&store.content, again).unwrap().ending, Ending::Complete);
    assert!(store.chunk_numbers().is_empty());
}

#[test]
fn a_cycle_is_due_when_it_pays_and_the_estimate_outlives_a_restart() {
    const MIB: u64 = 1024 * 1024;
    let store = Store::new();
    store.content.note_garbage(64 * MIB);
    assert!(!due(&store.content));
    store.content.note_garbage(1);
    assert!(due(&store.content));
    let after = store.reopened();
    assert!(after.content.garbage_estimate() > 48 * MIB);
    store.content.close().unwrap();
    assert!(due(&store.reopened().content));
    store.collect();
    assert!(!due(&store.content) && !due(&store.reopened().content));
}

#[test]
fn the_number_of_a_removed_chunk_is_never_given_out_again() {
    let (store, file) = (Store::new(), node("file"));
    store.save(&file, &noise(1, SIZE));
    let last = *store.chunk_numbers().last().unwrap();
    store.forget(keys::file(&file));
    store.collect();
    let after = store.reopened();
    after.save(&file, &noise(2, SIZE));
    assert!(after.chunk_numbers()[0] > last);
}
