//! A cut shows all records as they were at one moment, whatever is committed meanwhile.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use lockhouse::store::engine::{Batch, Cut, Engine as _, EngineError, EngineOptions, Key, Record};

use crate::place::{Place, commit, everything, in_memory, over_both};

fn key(n: u32) -> Key {
    format!("k{n:03}").into_bytes()
}

fn read_all(cut: &mut dyn Cut, limit: usize) -> Vec<(Key, Record)> {
    let mut all = Vec::new();
    loop {
        let page = cut.next_page(limit).unwrap();
        assert!(page.len() <= limit);
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

#[test]
fn a_cut_is_what_was_there_when_it_began() {
    over_both(|place| {
        let engine = place.open();
        for n in 0..60 {
            commit(&engine, Batch::new().set(key(n * 2), vec![1; 20])).unwrap();
        }
        for limit in [1, 3, 7, 1000] {
            let expected = everything(&engine);
            let mut cut = engine.begin_cut().unwrap();
            let mut seen = Vec::new();
            let mut step = 0_u32;
            loop {
                // Ahead of the reader and behind it: changed, removed, and new.
                step += 1;
                let batch = Batch::new()
                    .set(key(step * 7 % 120), step.to_be_bytes().to_vec())
                    .clear(key(step * 31 % 120))
                    .set(key(step * 13 % 120), "")
                    .clear(key(119 - step % 60));
                commit(&engine, batch).unwrap();
                let page = cut.next_page(limit).unwrap();
                if page.is_empty() {
                    break;
                }
                seen.extend(page);
            }
            assert_eq!(seen, expected, "in pages of {limit}");
            assert_eq!(cut.next_page(limit).unwrap(), [], "the end is the end");
        }
    });
}

#[test]
fn a_cut_under_concurrent_transfers_always_adds_up() {
    over_both(|place| {
        let engine = place.open();
        let opening = (0..50).fold(Batch::new(), |batch, n| batch.add(key(n), 100));
        commit(&engine, opening).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for seed in 1..=3_u32 {
                let (engine, stop) = (&engine, &stop);
                scope.spawn(move || {
                    let mut n = seed;
                    while !stop.load(Ordering::Relaxed) {
                        n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        let (from, to) = ((n >> 8) % 50, (n >> 16) % 50);
                        if from != to {
                            commit(engine, Batch::new().add(key(from), -1).add(key(to), 1)).unwrap();
                        }
                    }
                });
            }
            for _ in 0..20 {
                let all = read_all(&mut *engine.begin_cut().unwrap(), 3);
                let sum: i64 =
                    all.iter().map(|(_, record)| i64::from_le_bytes(record.value.as_ref().try_into().unwrap())).sum();
                if sum != 5000 || all.len() != 50 {
                    stop.store(true, Ordering::Relaxed);
                }
                assert_eq!((all.len(), sum), (50, 5000));
            }
            stop.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn there_is_one_cut_at_a_time_until_it_is_dropped() {
    let (_, engine) = in_memory();
    let cut = engine.begin_cut().unwrap();
    assert!(matches!(engine.begin_cut(), Err(EngineError::Busy)));
    drop(cut);
    assert_eq!(read_all(&mut *engine.begin_cut().unwrap(), 5), []);
}

#[test]
fn a_cut_that_would_keep_too_much_fails_and_the_engine_goes_on() {
    let place = Place::Memory(lockhouse::store::memory::MemoryDatabase::new());
    let engine = place.open_with(EngineOptions { cut_limit: 2000, ..EngineOptions::default() });
    for n in 0..20 {
        commit(&engine, Batch::new().set(key(n), vec![0; 100])).unwrap();
    }
    let before: BTreeMap<Key, Record> = everything(&engine).into_iter().collect();
    // Behind the reader nothing is kept.
    let mut cut = engine.begin_cut().unwrap();
    let mut seen = cut.next_page(15).unwrap();
    for n in 0..15 {
        commit(&engine, Batch::new().set(key(n), vec![1; 100])).unwrap();
    }
    seen.extend(read_all(&mut *cut, 15));
    assert_eq!(seen.into_iter().collect::<BTreeMap<_, _>>(), before);
    drop(cut);
    let mut cut = engine.begin_cut().unwrap();
    for n in 0..20 {
        commit(&engine, Batch::new().set(key(n), vec![2; 100])).unwrap();
    }
    assert!(matches!(cut.next_page(5), Err(EngineError::Read(_))));
    drop(cut);
    assert_eq!(read_all(&mut *engine.begin_cut().unwrap(), 5).len(), 20);
}

#[test]
fn a_cut_goes_on_after_a_failed_flush_with_what_was_durable() {
    let (database, engine) = in_memory();
    commit(&engine, Batch::new().set("a", "1").set("b", "1")).unwrap();
    let expected = everything(&engine);
    let mut cut = engine.begin_cut().unwrap();
    database.fail_next_flush();
    commit(&engine, Batch::new().set("a", "2").clear("b").set("c", "2")).unwrap_err();
    assert_eq!(read_all(&mut *cut, 9), expected);
    drop(cut);
    assert!(matches!(engine.begin_cut(), Err(EngineError::ReadOnly(_))));
}
