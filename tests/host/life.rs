//! What needs time to pass, or a person to look after the house.

use std::time::Duration;

use bytes::Bytes;
use lockhouse::{
    actors::messages::VersionChoice,
    host::{HostError, PutOutcome, PutRequest, Unless},
    lock::{Command, LOCK_TIMEOUT, Outcome},
    permission::Role,
};

use super::house::{House, anna, id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_ran_out_is_none_for_every_operation() {
    let house = House::new().await;
    let file = house.file("a.docx", b"text").await;
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    house.clock.advance(LOCK_TIMEOUT - Duration::from_millis(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
    assert_eq!(house.lock(&file, Command::Refresh(Some(id("A")))).await, Outcome::Conflict(None));
    assert_eq!(house.lock(&file, Command::Unlock(Some(id("A")))).await, Outcome::Conflict(None));
    assert_eq!(house.put(&file, Some("A"), b"late").await, PutOutcome::Locked(None));
    assert_eq!(house.bytes(&file).await, b"text");
    assert_eq!(house.lock(&file, Command::Lock(Some(id("B")))).await, Outcome::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_lock_operations_extend_a_lock() {
    let house = House::new().await;
    let file = house.file("a.docx", b"text").await;
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    house.clock.advance(LOCK_TIMEOUT / 2);
    assert!(matches!(house.put(&file, Some("A"), b"more").await, PutOutcome::Saved { .. }));
    house.bytes(&file).await;
    house.lock(&file, Command::Get).await;
    let access = house.access("anna", &file);
    house.host.facts(&access).unwrap();
    assert!(matches!(house.host.rename(&access, Some(id("A")), "b").await.unwrap(), Unless::Done(_)));
    house.clock.advance(LOCK_TIMEOUT / 2);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_save_with_a_lost_lock_is_refused_and_its_bytes_can_be_brought_back() {
    let house = House::new().await;
    let file = house.file("a.docx", b"text").await;
    let late = vec![7; 300_000];
    assert_eq!(house.put(&file, Some("A"), &late).await, PutOutcome::Locked(None));
    let house = house.restart().await;
    let history = house.host.history(&file).unwrap();
    let rescued = history.iter().find(|entry| entry.row.reason.is_some()).unwrap();
    assert!(rescued.row.reason.as_ref().unwrap().contains("lock"));
    house.lock(&file, Command::Lock(Some(id("B")))).await;
    let refused = house.host.restore_version(&file, rescued.choice, &anna()).await.unwrap();
    assert_eq!(refused, Unless::Locked(Some(id("B"))), "not while somebody edits");
    house.lock(&file, Command::Unlock(Some(id("B")))).await;
    assert_eq!(house.host.restore_version(&file, rescued.choice, &anna()).await.unwrap(), Unless::Done(()));
    assert_eq!(house.bytes(&file).await, late);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_versions_go_and_what_is_kept_can_still_be_read_after_collection() {
    let house = House::with(|options| options.retention.versions = 3).await;
    let file = house.file("a.docx", b"text").await;
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    for n in 0..10_u8 {
        house.put(&file, Some("A"), &vec![n; 100_000]).await;
    }
    let report = house.host.collect_now().await.unwrap();
    assert!(report.chunks_removed > 0, "{report:?}");
    let history = house.host.history(&file).unwrap();
    assert_eq!(history.len(), 3);
    for (entry, n) in history.iter().zip(7..10_u8) {
        let (_, mut reading) = house.host.read_version(&file, entry.choice).unwrap();
        let mut all = Vec::new();
        while let Some(piece) = reading.next().await.unwrap() {
            all.extend_from_slice(&piece);
        }
        assert_eq!(all, vec![n; 100_000]);
    }
    assert!(history.last().unwrap().current);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_its_version_whole_while_others_save_and_collect() {
    let house = House::with(|options| options.retention.versions = 1).await;
    let old = vec![1; 3_000_000];
    let file = house.file("a.docx", &old).await;
    let mut reading = house.host.read(&file).unwrap();
    let mut seen = reading.next().await.unwrap().unwrap().to_vec();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    house.put(&file, Some("A"), &vec![2; 3_000_000]).await;
    house.host.collect_now().await.unwrap();
    while let Some(piece) = reading.next().await.unwrap() {
        seen.extend_from_slice(&piece);
    }
    assert!(seen == old, "the reader got a mixture");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_deleted_for_good_while_it_is_read_is_read_to_its_end() {
    let house = House::new().await;
    let old: Vec<u8> = (0..2_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let file = house.file("a.docx", &old).await;
    let mut reading = house.host.read(&file).unwrap();
    let mut seen = reading.next().await.unwrap().unwrap().to_vec();
    house.host.delete(&house.access("anna", &file)).await.unwrap();
    house.host.purge(&file).await.unwrap();
    house.host.collect_now().await.unwrap();
    while let Some(piece) = reading.next().await.unwrap() {
        seen.extend_from_slice(&piece);
    }
    assert!(seen == old);
    drop(reading);
    let report = house.host.collect_now().await.unwrap();
    assert!(report.bytes_freed >= 7_000_000, "{report:?}");
    assert!(matches!(house.host.read(&file), Err(HostError::NotFound)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_changes_nothing_and_a_withdrawn_right_counts_at_once() {
    let house = House::new().await;
    house.add_user("bert").await;
    let file = house.file("a.docx", b"text").await;
    let bert = lockhouse::ids::UserId::parse("bert").unwrap();
    house.host.rights().grant(&anna(), &bert, &file, Role::Viewer).await.unwrap();
    let access = house.access("bert", &file);
    assert!(house.host.lock(&access, Command::Lock(Some(id("A")))).await.is_err());
    assert!(house.host.begin_put(&access, lockhouse::host::PutRequest::default()).await.is_err());
    assert!(house.host.rename(&access, None, "b").await.is_err());
    assert!(house.host.delete(&access).await.is_err());
    house.host.rights().grant(&anna(), &bert, &file, Role::Editor).await.unwrap();
    assert!(house.host.lock(&house.access("bert", &file), Command::Lock(Some(id("A")))).await.is_ok());
    house.host.rights().revoke(&bert, &file).await.unwrap();
    let gone = house.host.rights().role_on(&bert, &file).unwrap();
    assert_eq!(gone, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_can_be_named_that_do_not_exist() {
    let house = House::new().await;
    let file = house.file("a.docx", b"text").await;
    for choice in [VersionChoice::Version(99), VersionChoice::Rescued(1)] {
        let restored = house.host.restore_version(&file, choice, &anna()).await;
        assert!(matches!(restored, Err(HostError::NotFound)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_save_of_a_file_that_was_deleted_meanwhile_is_kept_beside_it_in_the_bin() {
    let house = House::new().await;
    let file = house.file("a.docx", b"text").await;
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let access = house.access("anna", &file);
    let request = PutRequest { lock: Some(id("A")), ..PutRequest::default() };
    let mut put = house.host.begin_put(&access, request.clone()).await.unwrap();
    put.write(&Bytes::from_static(b"the first that came too late")).await.unwrap();
    house.lock(&file, Command::Unlock(Some(id("A")))).await;
    house.host.delete(&access).await.unwrap();
    assert_eq!(put.finish().await.unwrap(), PutOutcome::Gone);
    let mut put = house.host.begin_put(&access, request).await.unwrap();
    put.write(&Bytes::from_static(b"the second that came too late")).await.unwrap();
    assert_eq!(put.finish().await.unwrap(), PutOutcome::Gone);
    house.host.undelete(&file).await.unwrap();
    let rescued = house.host.history(&file).unwrap().into_iter().filter(|entry| entry.row.reason.is_some());
    assert_eq!(rescued.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_after_its_last_byte_has_saved_all_the_same() {
    let house = House::new().await;
    let file = house.file("a.docx", b"").await;
    let access = house.access("anna", &file);
    let mut put = house.host.begin_put(&access, PutRequest::default()).await.unwrap();
    put.write(&Bytes::from_static(b"whole")).await.unwrap();
    let mut finish = Box::pin(put.finish());
    // The server polls the answer once and drops it when the connection breaks.
    assert!(futures::poll!(&mut finish).is_pending());
    drop(finish);
    let saved = async {
        while house.host.head(&file).unwrap().content.size == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), saved).await.expect("it was saved");
    assert_eq!(house.bytes(&file).await, b"whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_was_withdrawn_while_the_body_arrived_saves_nothing() {
    let house = House::new().await;
    house.add_user("bert").await;
    let file = house.file("a.docx", b"text").await;
    let bert = lockhouse::ids::UserId::parse("bert").unwrap();
    house.host.rights().grant(&anna(), &bert, &file, Role::Editor).await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let request = PutRequest { lock: Some(id("A")), ..PutRequest::default() };
    let mut put = house.host.begin_put(&house.access("bert", &file), request).await.unwrap();
    put.write(&Bytes::from_static(b"other")).await.unwrap();
    house.host.rights().revoke(&bert, &file).await.unwrap();
    assert!(put.finish().await.is_err());
    assert_eq!(house.bytes(&file).await, b"text");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_whose_records_are_gone_does_not_begin_anew() {
    let house = House::new().await;
    house.file("a.docx", b"text").await;
    let (options, directory) = house.closed().await;
    std::fs::remove_dir_all(options.data_dir.join("meta")).unwrap();
    // Whoever looks first does not wipe away the trace for the next one.
    for _ in 0..2 {
        let clock = std::sync::Arc::new(lockhouse::clock::SystemClock);
        let refused = lockhouse::host::Host::open(options.clone(), clock).await.unwrap_err().to_string();
        assert!(refused.contains("are gone") && refused.contains("restore-backup"), "{refused}");
    }
    drop(directory);
}
