//! What every engine promises; each test runs over the disk and over memory.

use std::ops::Bound;

use lockhouse::store::engine::{
    Batch, CommitError, Engine as _, EngineError, EngineOptions, Expect, MAX_BATCH, MAX_KEY, MAX_VALUE, scan_prefix,
};

use crate::place::{commit, everything, outcome, over_both, value};

fn conflict(key: &str) -> Result<u64, CommitError> {
    Err(CommitError::Conflict { key: key.into() })
}

#[test]
fn a_record_is_read_as_it_was_written_with_the_revision_of_its_ticket() {
    over_both(|place| {
        let engine = place.open();
        assert_eq!(engine.get(b"a").unwrap(), None);
        let revision = commit(&engine, Batch::new().set("a", "1")).unwrap();
        let record = engine.get(b"a").unwrap().unwrap();
        assert_eq!((record.revision, record.value.as_ref()), (revision, b"1".as_slice()));
        assert_eq!(engine.durable_revision(), revision);
        let later = commit(&engine, Batch::new().set("a", "").set("b", "2")).unwrap();
        assert!(later > revision);
        assert_eq!(value(&engine, b"a"), Some(Vec::new()));
        commit(&engine, Batch::new().clear("a").clear("never there")).unwrap();
        assert_eq!(value(&engine, b"a"), None);
        assert_eq!(value(&engine, b"b").as_deref(), Some(b"2".as_slice()));
    });
}

#[test]
fn a_scan_gives_what_lies_between_its_bounds_in_order_and_none_of_the_engines_own() {
    over_both(|place| {
        let engine = place.open();
        let batch = ["p/b", "p/a", "p/c", "o", "q"].iter().fold(Batch::new(), |batch, key| batch.set(*key, *key));
        commit(&engine, batch).unwrap();
        let keys = |from, to, limit| -> Vec<String> {
            let page = engine.scan(from, to, limit).unwrap();
            page.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect()
        };
        assert_eq!(keys(Bound::Unbounded, Bound::Unbounded, 99), ["o", "p/a", "p/b", "p/c", "q"]);
        assert_eq!(keys(Bound::Included(b""), Bound::Excluded(b"q"), 2), ["o", "p/a"]);
        assert_eq!(keys(Bound::Excluded(b"p/a"), Bound::Included(b"p/c"), 99), ["p/b", "p/c"]);
        assert_eq!(keys(Bound::Included(b"z"), Bound::Included(b"a"), 99), [""; 0]);
        assert_eq!(keys(Bound::Unbounded, Bound::Excluded(b"\0zzz"), 99), [""; 0]);
        let page = scan_prefix(&*engine, b"p/", Some(b"p/a"), 99).unwrap();
        assert_eq!(page.iter().map(|(key, _)| key.as_slice()).collect::<Vec<_>>(), [b"p/b", b"p/c"]);
    });
}

#[test]
fn a_batch_whose_precondition_fails_changes_nothing_and_harms_no_other() {
    over_both(|place| {
        let engine = place.open();
        let first = commit(&engine, Batch::new().require("a", Expect::Absent).set("a", "1")).unwrap();
        let tickets = [
            Batch::new().require("a", Expect::Absent).set("a", "2").set("b", "2"),
            Batch::new().require("x", Expect::Present).set("b", "3"),
            Batch::new().require("a", Expect::Revision(first + 1)).set("b", "4"),
            Batch::new().require("a", Expect::Present).require("a", Expect::Revision(first)).set("c", "5"),
        ]
        .map(|batch| engine.submit(batch).unwrap());
        let [absent, present, revision, good] = tickets.map(outcome);
        assert_eq!((absent, present, revision), (conflict("a"), conflict("x"), conflict("a")));
        good.unwrap();
        assert_eq!(value(&engine, b"a").as_deref(), Some(b"1".as_slice()));
        assert_eq!(value(&engine, b"b"), None);
        assert_eq!(value(&engine, b"c").as_deref(), Some(b"5".as_slice()));
    });
}

#[test]
fn a_batch_may_build_on_one_that_is_not_durable_yet_and_falls_with_it() {
    over_both(|place| {
        let engine = place.open();
        let first = engine.submit(Batch::new().set("a", "1")).unwrap();
        let second =
            engine.submit(Batch::new().require("a", Expect::Revision(first.revision())).set("a", "2")).unwrap();
        let third =
            engine.submit(Batch::new().require("a", Expect::Revision(second.revision())).set("a", "3")).unwrap();
        assert!(first.revision() < second.revision() && second.revision() < third.revision());
        let last = outcome(third).unwrap();
        assert_eq!(engine.get(b"a").unwrap().unwrap().revision, last);
        let first = engine.submit(Batch::new().require("a", Expect::Absent).set("a", "4")).unwrap();
        let second =
            engine.submit(Batch::new().require("a", Expect::Revision(first.revision())).set("a", "5")).unwrap();
        assert_eq!(outcome(second), conflict("a"));
        assert_eq!(outcome(first), conflict("a"));
        assert_eq!(value(&engine, b"a").as_deref(), Some(b"3".as_slice()));
    });
}

#[test]
fn counters_add_up_whatever_the_order_and_with_other_records() {
    over_both(|place| {
        let engine = place.open();
        let tickets: Vec<_> = (1..=100_i64)
            .map(|n| engine.submit(Batch::new().add("sum", n).add("sum", -1).set(format!("k{n}"), "x")).unwrap())
            .collect();
        assert!(tickets.into_iter().all(|ticket| outcome(ticket).is_ok()));
        assert_eq!(value(&engine, b"sum"), Some(4950_i64.to_le_bytes().to_vec()));
        commit(&engine, Batch::new().set("sum", 7_i64.to_le_bytes().to_vec()).add("sum", 1)).unwrap();
        assert_eq!(value(&engine, b"sum"), Some(8_i64.to_le_bytes().to_vec()));
        commit(&engine, Batch::new().add("sum", i64::MAX)).unwrap();
        assert_eq!(value(&engine, b"sum"), Some(i64::MAX.to_le_bytes().to_vec()), "it saturates");
        commit(&engine, Batch::new().clear("sum").add("sum", 2)).unwrap();
        assert_eq!(value(&engine, b"sum"), Some(2_i64.to_le_bytes().to_vec()));
    });
}

#[test]
fn an_empty_batch_is_done_after_everything_before_it() {
    over_both(|place| {
        let engine = place.open();
        let before = engine.submit(Batch::new().set("a", "1")).unwrap();
        let revision = outcome(engine.submit(Batch::new()).unwrap()).unwrap();
        assert_eq!(value(&engine, b"a").as_deref(), Some(b"1".as_slice()));
        assert!(before.revision() < revision && engine.durable_revision() >= revision);
    });
}

#[test]
fn a_restart_finds_everything_and_repeats_no_revision() {
    over_both(|place| {
        let mut newest = 0;
        for round in 0..3_u8 {
            let engine = place.open();
            assert_eq!(engine.opened().tail_lost, None);
            let all = everything(&engine);
            assert_eq!(all.len(), usize::from(round) * 20, "round {round}");
            for n in 0..20_u8 {
                let revision = commit(&engine, Batch::new().set([b'k', round, n], vec![n; 500])).unwrap();
                assert!(revision > newest);
                newest = revision;
            }
            // A revision that nothing was written under is not repeated either.
            newest = commit(&engine, Batch::new()).unwrap();
        }
    });
}

#[test]
fn what_cannot_be_stored_is_refused_before_it_is_queued() {
    over_both(|place| {
        let engine = place.open();
        let refused = |batch: Batch| engine.submit(batch).unwrap_err();
        let too_large = |size, limit| EngineError::TooLarge { size, limit };
        assert_eq!(refused(Batch::new().set("a", vec![0; MAX_VALUE + 1])), too_large(MAX_VALUE + 1, MAX_VALUE));
        assert_eq!(refused(Batch::new().clear(vec![1; MAX_KEY + 1])), too_large(MAX_KEY + 1, MAX_KEY));
        for reserved in [b"".as_slice(), b"\0", b"\0n", b"\0anything"] {
            assert_eq!(refused(Batch::new().set(reserved, "x")), EngineError::Reserved);
            assert_eq!(refused(Batch::new().require(reserved, Expect::Absent)), EngineError::Reserved);
            assert_eq!(refused(Batch::new().add(reserved, 1)), EngineError::Reserved);
            assert_eq!(engine.get(reserved).unwrap(), None);
        }
        let value = bytes::Bytes::from(vec![0; MAX_VALUE]);
        let many = u32::try_from(MAX_BATCH / MAX_VALUE + 1).unwrap();
        let batch = (0..many).fold(Batch::new(), |batch, n| batch.set(n.to_le_bytes().map(|b| b | 1), value.clone()));
        assert!(matches!(refused(batch), EngineError::TooLarge { limit: MAX_BATCH, .. }));
        let largest = vec![255; MAX_KEY];
        commit(&engine, Batch::new().set(largest.clone(), value.clone()).set("b", value)).unwrap();
        assert_eq!(engine.get(&largest).unwrap().unwrap().value.len(), MAX_VALUE);
        assert_eq!(everything(&engine).len(), 2);
    });
}

#[test]
fn a_closed_engine_has_done_what_it_took_and_takes_no_more() {
    over_both(|place| {
        let engine = place.open();
        let tickets: Vec<_> = (1..=50_u8).map(|n| engine.submit(Batch::new().set([n], "x")).unwrap()).collect();
        engine.close();
        engine.close();
        assert!(tickets.into_iter().all(|ticket| outcome(ticket).is_ok()));
        assert_eq!(engine.submit(Batch::new()).unwrap_err(), EngineError::Closed);
        assert_eq!(engine.health(), Err(EngineError::Closed));
        assert!(matches!(engine.begin_cut(), Err(EngineError::Closed)));
        assert_eq!(everything(&engine).len(), 50, "reading goes on");
        drop(engine);
        assert_eq!(everything(&place.open()).len(), 50);
    });
}

#[test]
fn many_threads_that_count_with_preconditions_lose_no_count() {
    over_both(|place| {
        let engine = place.open();
        let count_once = || loop {
            let record = engine.get(b"n").unwrap();
            let (expect, count) = record.map_or((Expect::Absent, 0), |record| {
                (Expect::Revision(record.revision), u64::from_be_bytes(record.value.as_ref().try_into().unwrap()))
            });
            let batch = Batch::new().require("n", expect).set("n", (count + 1).to_be_bytes().to_vec());
            if commit(&engine, batch).is_ok() {
                return;
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..25).for_each(|_| count_once()));
            }
        });
        assert_eq!(value(&engine, b"n"), Some(100_u64.to_be_bytes().to_vec()));
    });
}

#[test]
fn a_log_that_lost_its_tail_is_noticed_and_revisions_go_on_above_it() {
    over_both(|place| {
        let home = tempfile::tempdir().unwrap();
        let options = EngineOptions { acked: Some(home.path().join("acked")), ..EngineOptions::default() };
        let engine = place.open_with(options.clone());
        let first = commit(&engine, Batch::new().set("a", "1")).unwrap();
        drop(engine);
        let engine = place.open_with(options.clone());
        assert_eq!(engine.opened().tail_lost, None);
        assert!(commit(&engine, Batch::new().set("a", "2")).unwrap() > first);
        drop(engine);
        // The same witness beside an older state of the records.
        let older = crate::place::in_memory().0;
        let engine = lockhouse::store::engine::LocalEngine::open(older.tree("records"), options).unwrap();
        let lost = engine.opened().tail_lost.unwrap();
        assert_eq!(lost.recovered, 0);
        assert!(lost.acked > first);
        assert!(commit(&engine, Batch::new().set("a", "3")).unwrap() > lost.acked);
    });
}
