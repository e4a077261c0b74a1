//! What readers and writers see when the disk is slow, fails, or hangs.

use std::{
    ops::Bound,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use futures::FutureExt as _;
use lockhouse::store::{
    engine::{Batch, CommitError, CommitObserver, Engine as _, EngineError, EngineOptions, Expect, LocalEngine},
    memory::MemoryDatabase,
};

use crate::place::{commit, everything, in_memory, outcome, value};

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn readers_see_only_what_is_durable_while_a_flush_is_held() {
    let (database, engine) = in_memory();
    commit(&engine, Batch::new().set("changed", "old").set("removed", "old").set("same", "old")).unwrap();
    let (before, durable) = (everything(&engine), engine.durable_revision());
    let held = database.hold_flushes();
    let changes = Batch::new().set("changed", "new").clear("removed").set("added", "new").set("zz", "new");
    let ticket = engine.submit(changes).unwrap();
    held.wait_until_flushing();
    assert_eq!(everything(&engine), before);
    assert_eq!(value(&engine, b"changed").as_deref(), Some(b"old".as_slice()));
    assert_eq!(value(&engine, b"added"), None);
    assert_eq!(engine.durable_revision(), durable);
    assert!(ticket.clone().wait().now_or_never().is_none(), "nothing is acknowledged");
    for limit in 1..6 {
        let page = engine.scan(Bound::Unbounded, Bound::Unbounded, limit).unwrap();
        assert_eq!(page, before[..limit.min(before.len())], "limit {limit}");
    }
    held.release();
    let revision = outcome(ticket).unwrap();
    assert_eq!(engine.durable_revision(), revision);
    let keys: Vec<_> = everything(&engine).into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect();
    assert_eq!(keys, ["added", "changed", "same", "zz"]);
}

#[test]
fn batches_that_wait_for_a_flush_share_the_next_one() {
    #[derive(Default)]
    struct Sizes(Mutex<Vec<usize>>);
    impl CommitObserver for Sizes {
        fn committed(&self, batches: usize, _flush: Duration) {
            self.0.lock().unwrap().push(batches);
        }
    }
    let (database, sizes) = (MemoryDatabase::new(), Arc::new(Sizes::default()));
    let observer: Arc<dyn CommitObserver> = Arc::<Sizes>::clone(&sizes);
    let options = EngineOptions { observer: Some(observer), ..EngineOptions::default() };
    let engine = LocalEngine::open(database.tree("records"), options).unwrap();
    let held = database.hold_flushes();
    let first = engine.submit(Batch::new().set("a", "0")).unwrap();
    held.wait_until_flushing();
    let mut last = first.revision();
    let tickets: Vec<_> = (0..100_u8)
        .map(|n| {
            let ticket = engine.submit(Batch::new().require("a", Expect::Revision(last)).set("a", vec![n])).unwrap();
            last = ticket.revision();
            ticket
        })
        .collect();
    assert_eq!(engine.stats().queue_depth, 100);
    held.release();
    outcome(first).unwrap();
    assert!(tickets.into_iter().all(|ticket| outcome(ticket).is_ok()));
    engine.close();
    assert_eq!(*sizes.0.lock().unwrap(), [1, 100]);
    assert_eq!(database.flushes(), 2);
    assert_eq!(value(&engine, b"a"), Some(vec![99]));
}

#[test]
fn a_full_queue_refuses_at_once() {
    let database = MemoryDatabase::new();
    let options = EngineOptions { queue: 3, ..EngineOptions::default() };
    let engine = LocalEngine::open(database.tree("records"), options).unwrap();
    let held = database.hold_flushes();
    let mut tickets = vec![engine.submit(Batch::new().set("a", "x")).unwrap()];
    held.wait_until_flushing();
    tickets.extend((0..3).map(|_| engine.submit(Batch::new().set("b", "x")).unwrap()));
    assert_eq!(engine.submit(Batch::new().set("c", "x")).unwrap_err(), EngineError::Busy);
    held.release();
    assert!(tickets.into_iter().all(|ticket| outcome(ticket).is_ok()));
    commit(&engine, Batch::new().set("c", "x")).unwrap();
}

#[test]
fn a_queue_full_of_bytes_refuses_but_lets_one_large_batch_pass() {
    let database = MemoryDatabase::new();
    let options = EngineOptions { queue_bytes: 1000, ..EngineOptions::default() };
    let engine = LocalEngine::open(database.tree("records"), options).unwrap();
    let held = database.hold_flushes();
    let first = engine.submit(Batch::new().set("a", "x")).unwrap();
    held.wait_until_flushing();
    let large = engine.submit(Batch::new().set("b", vec![0; 5000])).unwrap();
    assert_eq!(engine.submit(Batch::new().set("c", "x")).unwrap_err(), EngineError::Busy);
    held.release();
    outcome(first).unwrap();
    outcome(large).unwrap();
}

fn assert_read_only(engine: &LocalEngine, reason: &str) {
    let expected = EngineError::ReadOnly(reason.into());
    assert_eq!(engine.submit(Batch::new().set("later", "x")).unwrap_err(), expected);
    assert_eq!(engine.health().unwrap_err(), expected);
    assert!(matches!(engine.begin_cut(), Err(EngineError::ReadOnly(_))));
}

#[test]
fn after_a_failed_flush_nothing_is_acknowledged_and_published_values_are_still_read() {
    let (database, engine) = in_memory();
    commit(&engine, Batch::new().set("a", "old").set("b", "old")).unwrap();
    let before = everything(&engine);
    let held = database.hold_flushes();
    let in_flight = engine.submit(Batch::new().set("a", "new").clear("b").set("c", "new")).unwrap();
    held.wait_until_flushing();
    let waiting = engine.submit(Batch::new().require("a", Expect::Absent)).unwrap();
    database.fail_next_flush();
    held.release();
    assert!(matches!(outcome(in_flight), Err(CommitError::Failed(_))));
    assert!(
        matches!(outcome(waiting), Err(CommitError::Failed(_))),
        "a conflict with what is not durable is no answer"
    );
    assert_read_only(&engine, "the flush failed, as it was told to");
    assert_eq!(everything(&engine), before);
    assert_eq!(value(&engine, b"a").as_deref(), Some(b"old".as_slice()));
    assert_eq!(value(&engine, b"c"), None);
    engine.close();
    assert_eq!(everything(&engine), before);
    // A restart, after which none of it reached the disk.
    drop(engine);
    database.crash(0);
    let engine = LocalEngine::open(database.tree("records"), EngineOptions::default()).unwrap();
    assert_eq!(everything(&engine), before);
    commit(&engine, Batch::new().set("a", "newer")).unwrap();
}

#[test]
fn a_disk_that_fills_up_at_any_write_loses_nothing_acknowledged() {
    for writes in 0..30 {
        let (database, engine) = in_memory();
        database.fail_after_writes(writes);
        let mut acked = Vec::new();
        for n in 1..=20_u8 {
            match engine.submit(Batch::new().set([n], "x").set([n, n], "y")).map(outcome) {
                Ok(Ok(_)) => acked.push(n),
                Ok(Err(error)) => assert!(matches!(error, CommitError::Failed(_))),
                Err(error) => assert_eq!(error, EngineError::ReadOnly("the disk is full".into())),
            }
        }
        assert!(acked.len() < 20);
        assert_read_only(&engine, "the disk is full");
        assert_eq!(everything(&engine).len(), acked.len() * 2);
        drop(engine);
        for keep in [0, database.unflushed() / 2, database.unflushed()] {
            let crashed = database.crashed(keep);
            let engine = LocalEngine::open(crashed.tree("records"), EngineOptions::default()).unwrap();
            let all = everything(&engine);
            assert!(all.len().is_multiple_of(2) && acked.iter().all(|n| value(&engine, &[*n]).is_some()), "{all:?}");
        }
    }
}

#[test]
fn a_flush_that_hangs_is_reported_once() {
    let database = MemoryDatabase::new();
    let (hung, told) = mpsc::channel();
    let times = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&times);
    let options = EngineOptions {
        flush_limit: Duration::from_millis(30),
        on_hang: Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = hung.send(());
        }),
        ..EngineOptions::default()
    };
    let engine = LocalEngine::open(database.tree("records"), options).unwrap();
    let held = database.hold_flushes();
    let ticket = engine.submit(Batch::new().set("a", "x")).unwrap();
    told.recv_timeout(PATIENCE).unwrap();
    held.release();
    outcome(ticket).unwrap();
    engine.close();
    assert_eq!(times.load(Ordering::SeqCst), 1);
}

#[test]
fn a_commit_thread_that_panics_leaves_a_store_that_can_be_read() {
    struct Panics;
    impl CommitObserver for Panics {
        fn committed(&self, _batches: usize, _flush: Duration) {
            panic!("as it was told to");
        }
    }
    let database = MemoryDatabase::new();
    let options = EngineOptions { observer: Some(Arc::new(Panics)), ..EngineOptions::default() };
    let engine = LocalEngine::open(database.tree("records"), options).unwrap();
    commit(&engine, Batch::new().set("a", "x")).unwrap();
    if let Ok(ticket) = engine.submit(Batch::new().set("b", "x")) {
        assert!(matches!(outcome(ticket), Err(CommitError::Failed(_))));
    }
    engine.close();
    assert_read_only(&engine, "the commit thread panicked");
    assert_eq!(value(&engine, b"a").as_deref(), Some(b"x".as_slice()));
}
