//! The line, the commit thread and what readers may see, under a scheduler that decides after every step who goes on: some
//! thousand orders of each story, at random and with few, well-placed changes of thread (`tests/README.md`).

use std::{
    ops::Bound,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64 as Plain, Ordering},
    },
};

use bytes::Bytes;
use shuttle::thread::{self, JoinHandle};
use tokio::sync::oneshot;

use super::{
    Batch, CommitError, Cut as _, EngineError, Expect, Record, Revision,
    committer::{Committer, Shared},
    cut::LocalCut,
    published::Published,
    queue::{Limits, Queue},
    stored,
    sync::AtomicU64,
};
use crate::store::{
    backing::{Backing, BackingError},
    memory::MemoryDatabase,
};

/// How many orders of each story are tried in each of two ways.
fn orders() -> usize {
    std::env::var("LOCKHOUSE_TEST_ORDERS").ok().and_then(|text| text.parse().ok()).unwrap_or(2000)
}

fn try_orders(story: fn()) {
    shuttle::check_random(story, orders());
    shuttle::check_pct(story, orders(), 3);
}

/// A disk at which others may overtake before every step.
struct Slow(Arc<dyn Backing>);

impl Backing for Slow {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, BackingError> {
        thread::yield_now();
        self.0.get(key)
    }

    fn insert(&self, key: &[u8], value: &[u8]) -> Result<(), BackingError> {
        thread::yield_now();
        self.0.insert(key, value)
    }

    fn remove(&self, key: &[u8]) -> Result<(), BackingError> {
        thread::yield_now();
        self.0.remove(key)
    }

    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Bytes)>, BackingError> {
        thread::yield_now();
        self.0.scan(from, to, limit)
    }

    fn last_key(&self) -> Result<Option<Vec<u8>>, BackingError> {
        self.0.last_key()
    }

    fn flush(&self) -> Result<(), BackingError> {
        thread::yield_now();
        let flushed = self.0.flush();
        thread::yield_now();
        flushed
    }

    fn size_on_disk(&self) -> Result<u64, BackingError> {
        self.0.size_on_disk()
    }
}

type Answer = oneshot::Receiver<Result<(), CommitError>>;

/// An engine without its face. Batch `n` of a story sets the records `a` and `b` to `n`.
#[derive(Clone)]
struct Model {
    database: MemoryDatabase,
    shared: Arc<Shared>,
}

impl Model {
    fn start() -> (Self, JoinHandle<()>) {
        let database = MemoryDatabase::new();
        let shared = Arc::new(Shared {
            backing: Arc::new(Slow(database.tree("records"))),
            queue: Queue::new(Limits { batches: 8, bytes: 1 << 20, group: 2 }, 1),
            published: Published::default(),
            cut: Arc::default(),
            cut_limit: 1 << 20,
            in_flight: Arc::default(),
            observer: None,
            seldom: |_| true,
            epoch: AtomicU64::new(0),
            durable: AtomicU64::new(0),
            marked: AtomicU64::new(0),
        });
        let committer = Committer::new(Arc::clone(&shared), 0);
        let commit = thread::spawn(move || committer.run());
        (Self { database, shared }, commit)
    }

    fn submit(&self, batch: Batch) -> Result<(Revision, Answer), EngineError> {
        let (answer, done) = oneshot::channel();
        self.shared.queue.push(batch, answer).map(|revision| (revision, done))
    }

    fn set(&self, n: u64) -> Result<(Revision, Answer), EngineError> {
        let value = n.to_be_bytes().to_vec();
        self.submit(Batch::new().set("a", value.clone()).set("b", value))
    }

    /// What a reader sees.
    fn seen(&self, key: &str) -> u64 {
        number(self.shared.published.get(&*self.shared.backing, key.as_bytes()).unwrap())
    }

    /// What a crash would leave.
    fn durable(&self, key: &str) -> u64 {
        let after = self.database.crashed(0).tree("records").get(key.as_bytes()).unwrap();
        number(after.map(|stored| stored::decode(key.as_bytes(), &stored).unwrap()))
    }

    fn epoch(&self) -> u64 {
        self.shared.epoch.load(Ordering::Acquire)
    }
}

fn number(record: Option<Record>) -> u64 {
    record.map_or(0, |record| u64::from_be_bytes(record.value.as_ref().try_into().unwrap()))
}

/// Waits for an answer; the time that a gathering commit thread waits for others runs out meanwhile.
fn outcome(model: &Model, mut answer: Answer) -> Result<(), CommitError> {
    loop {
        match answer.try_recv() {
            Ok(outcome) => return outcome,
            Err(oneshot::error::TryRecvError::Empty) => {
                model.shared.queue.tick();
                thread::yield_now();
            }
            Err(oneshot::error::TryRecvError::Closed) => panic!("a batch was dropped without an answer"),
        }
    }
}

#[test]
fn nobody_sees_what_is_not_durable_and_nothing_goes_back() {
    try_orders(|| {
        let (model, commit) = Model::start();
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let model = model.clone();
                thread::spawn(move || {
                    let mut newest = 0;
                    for _ in 0..3 {
                        let a = model.seen("a");
                        assert!(model.durable("a") >= a && a >= newest);
                        let b = model.seen("b");
                        assert!(b >= a, "a batch is published whole");
                        let (from, to) = (Bound::Included(b"a".as_slice()), Bound::Unbounded);
                        let page = model.shared.published.scan(&*model.shared.backing, from, to, 9).unwrap();
                        newest = b;
                        for (key, record) in page {
                            let value = number(Some(record));
                            assert!(model.durable(std::str::from_utf8(&key).unwrap()) >= value && value >= a);
                            newest = newest.max(value);
                        }
                    }
                })
            })
            .collect();
        let answers: Vec<_> = (1..=3).map(|n| model.set(n).unwrap().1).collect();
        for answer in answers {
            outcome(&model, answer).unwrap();
        }
        for reader in readers {
            reader.join().unwrap();
        }
        model.shared.queue.close();
        commit.join().unwrap();
        assert_eq!((model.seen("a"), model.durable("b")), (3, 3));
    });
}

#[test]
fn an_acknowledgement_comes_last_so_what_was_kept_of_an_epoch_is_not_older_than_what_was_acknowledged() {
    try_orders(|| {
        let (model, commit) = Model::start();
        let acknowledged = Arc::new(Plain::new(0));
        let writer = {
            let (model, acknowledged) = (model.clone(), Arc::clone(&acknowledged));
            thread::spawn(move || {
                for n in 1..=2 {
                    let before = model.epoch();
                    let (revision, answer) = model.set(n).unwrap();
                    outcome(&model, answer).unwrap();
                    assert!(model.epoch() > before && model.seen("a") >= n);
                    assert!(model.shared.durable.load(Ordering::Acquire) >= revision);
                    acknowledged.store(n, Ordering::SeqCst);
                }
            })
        };
        for _ in 0..3 {
            // What is made of a record is kept with the epoch before it was read.
            let (epoch, kept) = (model.epoch(), model.seen("a"));
            thread::yield_now();
            let acknowledged = acknowledged.load(Ordering::SeqCst);
            if model.epoch() == epoch {
                assert!(kept >= acknowledged, "{kept} is believed after {acknowledged} was acknowledged");
            }
        }
        writer.join().unwrap();
        model.shared.queue.close();
        commit.join().unwrap();
    });
}

#[test]
fn what_was_kept_under_a_mark_that_stays_is_not_older_than_what_anybody_has_read() {
    try_orders(|| {
        let (model, commit) = Model::start();
        let newest = Arc::new(Plain::new(0));
        let reader = {
            let (model, newest) = (model.clone(), Arc::clone(&newest));
            thread::spawn(move || {
                for _ in 0..3 {
                    let seen = model.seen("a");
                    newest.fetch_max(seen, Ordering::SeqCst);
                }
            })
        };
        let answers: Vec<_> = (1..=2).map(|n| model.set(n).unwrap().1).collect();
        for _ in 0..3 {
            let (mark, kept) = (model.shared.published.mark(b"a"), model.seen("a"));
            thread::yield_now();
            let others = newest.load(Ordering::SeqCst);
            if mark.is_some() && model.shared.published.mark(b"a") == mark {
                assert!(kept >= others, "{kept} is believed after {others} was read");
            }
        }
        for answer in answers {
            outcome(&model, answer).unwrap();
        }
        reader.join().unwrap();
        model.shared.queue.close();
        commit.join().unwrap();
    });
}

#[test]
fn of_two_who_decide_on_one_record_one_wins_whatever_the_order() {
    try_orders(|| {
        let (model, commit) = Model::start();
        let rivals: Vec<_> = (1..=3_u64)
            .map(|n| {
                let model = model.clone();
                thread::spawn(move || {
                    let batch = Batch::new().require("a", Expect::Absent).set("a", n.to_be_bytes().to_vec());
                    let answer = model.submit(batch).unwrap().1;
                    outcome(&model, answer).is_ok().then_some(n)
                })
            })
            .collect();
        let won: Vec<u64> = rivals.into_iter().filter_map(|rival| rival.join().unwrap()).collect();
        model.shared.queue.close();
        commit.join().unwrap();
        assert_eq!(won, [model.durable("a")]);
    });
}

#[test]
fn a_flush_that_fails_is_told_to_all_who_wait_and_seen_by_nobody() {
    try_orders(|| {
        let (model, commit) = Model::start();
        let writers: Vec<_> = (1..=2_u64)
            .map(|n| {
                let model = model.clone();
                thread::spawn(move || {
                    let mut acknowledged = 0;
                    for n in [n, n + 2] {
                        match model.submit(Batch::new().set(format!("{}", n % 2), n.to_be_bytes().to_vec())) {
                            Ok((_, answer)) => match outcome(&model, answer) {
                                Ok(()) => acknowledged = n,
                                Err(error) => assert!(matches!(error, CommitError::Failed(_))),
                            },
                            Err(error) => assert!(matches!(error, EngineError::ReadOnly(_))),
                        }
                    }
                    let key = format!("{}", n % 2);
                    assert_eq!(model.durable(&key), acknowledged);
                    assert_eq!(model.seen(&key), acknowledged);
                })
            })
            .collect();
        thread::yield_now();
        model.database.fail_next_flush();
        for writer in writers {
            writer.join().unwrap();
        }
        model.shared.queue.close();
        commit.join().unwrap();
    });
}

#[test]
fn whoever_got_into_the_line_before_it_closed_is_answered_and_nobody_after() {
    try_orders(|| {
        let (model, commit) = Model::start();
        let clients: Vec<_> = (1..=3)
            .map(|n| {
                let model = model.clone();
                thread::spawn(move || match model.set(n) {
                    Ok((_, answer)) => outcome(&model, answer).map(|()| n).unwrap(),
                    Err(error) => {
                        assert_eq!(error, EngineError::Closed);
                        0
                    }
                })
            })
            .collect();
        model.shared.queue.close();
        let done: Vec<u64> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        commit.join().unwrap();
        let last = model.durable("a");
        assert!(done.contains(&last) && (last > 0 || done == [0, 0, 0]));
    });
}

#[test]
fn a_cut_shows_one_moment_while_commits_go_on() {
    static MOMENTS: OnceLock<()> = OnceLock::new();
    try_orders(|| {
        let (model, commit) = Model::start();
        let first = model.set(1).unwrap().1;
        let writer = {
            let model = model.clone();
            thread::spawn(move || {
                for n in 2..=3 {
                    let answer = model.set(n).unwrap().1;
                    outcome(&model, answer).unwrap();
                }
            })
        };
        assert!(model.shared.cut.take());
        let begun = model.shared.queue.ask_for_cut().unwrap();
        while begun.try_recv().is_err() {
            model.shared.queue.tick();
            thread::yield_now();
        }
        let mut cut = LocalCut { slot: Arc::clone(&model.shared.cut), backing: Arc::clone(&model.shared.backing) };
        let mut values = Vec::new();
        loop {
            let page = cut.next_page(1).unwrap();
            let Some((_, record)) = page.into_iter().next() else { break };
            values.push(number(Some(record)));
        }
        drop(cut);
        assert!(values.is_empty() || (values.len() == 2 && values[0] == values[1]), "{values:?}");
        if values.first().is_some_and(|value| *value < 3) {
            _ = MOMENTS.set(());
        }
        outcome(&model, first).unwrap();
        writer.join().unwrap();
        model.shared.queue.close();
        commit.join().unwrap();
    });
    assert!(MOMENTS.get().is_some(), "some cuts were overtaken by commits");
}
