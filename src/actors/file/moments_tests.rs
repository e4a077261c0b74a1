//! Moments that happen by chance once a year, each brought about: an actor stands in the midst of an operation until it is
//! let go, a flush is held until it is released, and time stands still unless it is moved. One thread serves all actors here.

use std::sync::{Arc, Mutex, mpsc};

use tokio::task::JoinHandle;

use super::tests::{House, id, node, options};
use crate::{
    actors::{ActorError, Answer, Operation, messages::Amid},
    clock::Clock as _,
    ids::NodeId,
    lock::{Command, LOCK_TIMEOUT, Outcome},
    store::{
        engine::{Batch, Engine as _, EngineError},
        records::{self, keys},
    },
};

type Asked = JoinHandle<Result<Answer, ActorError>>;

/// A place in an operation at which its actor stands still.
struct Gate {
    entered: mpsc::Receiver<()>,
    open: mpsc::Sender<()>,
}

impl Gate {
    /// A gate, and what is to be done at it. What stands at a gate that is gone goes on.
    fn new() -> (Self, Arc<dyn Fn() + Send + Sync>) {
        let ((enter, entered), (open, opened)) = (mpsc::channel(), mpsc::channel());
        let opened = Mutex::new(opened);
        let stand = move || {
            _ = enter.send(());
            _ = opened.lock().unwrap().recv();
        };
        (Self { entered, open }, Arc::new(stand))
    }

    /// Waits until an actor stands at the gate.
    fn wait(&self) {
        self.entered.recv().unwrap();
    }

    fn open(self) {
        self.open.send(()).unwrap();
    }
}

fn nothing() -> Arc<dyn Fn() + Send + Sync> {
    Arc::new(|| ())
}

fn death() -> Arc<dyn Fn() + Send + Sync> {
    Arc::new(|| panic!("asked to"))
}

fn lock(text: &str) -> Operation {
    Operation::Lock(Command::Lock(Some(id(text))))
}

fn get() -> Operation {
    Operation::Lock(Command::Get)
}

fn amid(before: Arc<dyn Fn() + Send + Sync>, operation: Operation, after: Arc<dyn Fn() + Send + Sync>) -> Operation {
    Operation::Amid(Amid { before, operation: Box::new(operation), after, at_once: false })
}

/// The same on the caller's thread, if the actor has no mail.
fn at_once(before: Arc<dyn Fn() + Send + Sync>, operation: Operation, after: Arc<dyn Fn() + Send + Sync>) -> Operation {
    Operation::Amid(Amid { before, operation: Box::new(operation), after, at_once: true })
}

/// An operation that comes by mail, whatever it is.
fn mailed(operation: Operation) -> Operation {
    amid(nothing(), operation, nothing())
}

fn refresh(text: &str) -> Operation {
    Operation::Lock(Command::Refresh(Some(id(text))))
}

fn relock(old: &str, new: &str) -> Operation {
    Operation::Lock(Command::Relock { old: id(old), new: Some(id(new)) })
}

fn done(answer: &Result<Answer, ActorError>) -> bool {
    matches!(answer, Ok(Answer::Lock(Outcome::Done, _)))
}

impl House {
    fn ask(&self, file: &NodeId, operation: Operation) -> Asked {
        let (directory, file) = (Arc::clone(&self.directory), file.clone());
        tokio::spawn(async move { directory.ask(&file, operation).await })
    }

    /// Waits until so many operations are in flight.
    async fn in_flight(&self, count: usize) {
        while self.directory.in_flight() != count {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until so many batches stand in line behind a held flush.
    async fn in_line(&self, count: usize) {
        while self.engine.stats().queue_depth != count {
            tokio::task::yield_now().await;
        }
    }

    async fn with_file() -> (Self, NodeId) {
        let (house, file) = (Self::new().await, node(1));
        house.create(&file, "a.docx").await.unwrap();
        (house, file)
    }
}

async fn gone(client: Asked) {
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
}

// Retire against send.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_in_the_midst_of_an_operation_is_not_retired_though_the_caller_has_gone() {
    let (house, file) = House::with_file().await;
    let (gate, stand) = Gate::new();
    let client = house.ask(&file, amid(stand, lock("A"), nothing()));
    gate.wait();
    gone(client).await;
    house.clock.advance(options().idle * 2);
    assert_eq!(house.directory.retire_idle(), 0, "it is about to submit a change");
    gate.open();
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    house.clock.advance(options().idle);
    assert_eq!(house.directory.retire_idle(), 1);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_with_an_operation_in_its_mailbox_is_not_retired_whether_or_not_the_caller_waits() {
    for waits in [true, false] {
        let (house, file) = House::with_file().await;
        let other = node(2);
        house.create(&other, "b.docx").await.unwrap();
        let (gate, stand) = Gate::new();
        let elsewhere = house.ask(&other, amid(stand, get(), nothing()));
        gate.wait();
        // The thread stands, so this is sent and not taken up.
        let client = house.ask(&file, mailed(lock("A")));
        house.in_flight(2).await;
        let client = if waits {
            Some(client)
        } else {
            gone(client).await;
            None
        };
        house.clock.advance(options().idle * 2);
        assert_eq!(house.directory.retire_idle(), 0);
        gate.open();
        elsewhere.await.unwrap().unwrap();
        if let Some(client) = client {
            assert!(done(&client.await.unwrap()));
            assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
        }
        house.in_flight(0).await;
        house.clock.advance(options().idle);
        assert_eq!(house.directory.retire_idle(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_taken_at_the_end_of_the_idle_time_keeps_the_actor_and_one_after_it_starts_another() {
    let (house, file) = House::with_file().await;
    assert!(done(&house.ask(&file, lock("A")).await.unwrap()));
    house.clock.advance(options().idle);
    let (gate, stand) = Gate::new();
    let leased = house.ask(&file, amid(stand, refresh("A"), nothing()));
    gate.wait();
    assert_eq!(house.directory.retire_idle(), 0, "the lease came first");
    gate.open();
    assert!(done(&leased.await.unwrap()));
    house.in_flight(0).await;
    assert_eq!(house.directory.retire_idle(), 0, "the idle time begins with the lease");
    house.clock.advance(options().idle);
    assert_eq!((house.directory.retire_idle(), house.directory.live()), (1, 0), "retirement came first");
    assert_eq!(house.lock(&file, Command::Unlock(Some(id("A")))).await, Outcome::Done);
    assert_eq!(house.directory.live(), 1);
}

// Panic against reply.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_waits_for_the_disk_outlives_its_actor_and_the_next_actor_waits_for_the_same_commit() {
    let (house, file) = House::with_file().await;
    let held = house.database.hold_flushes();
    let client = house.ask(&file, lock("A"));
    held.wait_until_flushing();
    let dead = house.ask(&file, Operation::Panic).await.unwrap();
    assert_eq!(dead.unwrap_err(), ActorError::Crashed);
    let look = house.ask(&file, get());
    // The new actor stands in line behind what the dead one submitted, and has loaded nothing.
    house.in_line(1).await;
    assert!(!client.is_finished() && !look.is_finished());
    held.release();
    assert!(done(&client.await.unwrap()));
    assert!(matches!(look.await.unwrap(), Ok(Answer::Lock(Outcome::Held(Some(held)), _)) if held == id("A")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_dies_when_it_has_submitted_is_unknown_to_its_caller_and_known_to_the_next() {
    let (house, file) = House::with_file().await;
    let held = house.database.hold_flushes();
    let dead = house.ask(&file, amid(nothing(), lock("A"), death())).await.unwrap();
    assert_eq!(dead.unwrap_err(), ActorError::Crashed, "it may or may not have happened");
    let look = house.ask(&file, get());
    house.in_line(1).await;
    assert!(!look.is_finished());
    held.release();
    assert!(matches!(look.await.unwrap(), Ok(Answer::Lock(Outcome::Held(Some(held)), _)) if held == id("A")));
    // Its end is exact, though nobody was told of it.
    house.clock.advance(LOCK_TIMEOUT);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_those_who_stood_behind_a_death_each_is_asked_again_once_and_one_gets_the_lock() {
    let (house, file) = House::with_file().await;
    let (gate, stand) = Gate::new();
    let dying = house.ask(&file, amid(stand, get(), death()));
    gate.wait();
    let behind: Vec<_> = ["A", "B", "C"].map(|text| house.ask(&file, lock(text))).into();
    house.in_flight(4).await;
    gate.open();
    assert_eq!(dying.await.unwrap().unwrap_err(), ActorError::Crashed);
    let mut won = Vec::new();
    for (text, client) in ["A", "B", "C"].into_iter().zip(behind) {
        match client.await.unwrap().unwrap() {
            Answer::Lock(Outcome::Done, _) => won.push(id(text)),
            Answer::Lock(Outcome::Conflict(Some(_)), _) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(won.len(), 1);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(won.pop()));
    house.in_flight(0).await;
}

// Deciding on the caller's thread against everything else.

fn conflict(answer: Result<Answer, ActorError>) -> Option<String> {
    match answer {
        Ok(Answer::Lock(Outcome::Conflict(held), _)) => held.map(|held| held.as_str().to_owned()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_finds_nothing_in_the_mail_needs_no_other_thread() {
    let (house, file) = House::with_file().await;
    let other = node(2);
    house.create(&other, "b.docx").await.unwrap();
    assert!(done(&house.ask(&file, lock("A")).await.unwrap()));
    let (gate, stand) = Gate::new();
    // The one thread of all actors stands still.
    let elsewhere = house.ask(&other, amid(stand, get(), nothing()));
    gate.wait();
    house.clock.advance(LOCK_TIMEOUT / 2);
    assert!(done(&house.ask(&file, refresh("A")).await.unwrap()));
    house.clock.advance(LOCK_TIMEOUT / 2);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))), "it was refreshed");
    house.clock.advance(LOCK_TIMEOUT / 2);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None), "to the moment");
    gate.open();
    elsewhere.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_comes_after_a_takeover_was_sent_is_decided_after_it() {
    let (house, file) = House::with_file().await;
    assert!(done(&house.ask(&file, lock("A")).await.unwrap()));
    let (gate, stand) = Gate::new();
    let takeover = house.ask(&file, amid(stand, relock("A", "B"), nothing()));
    gate.wait();
    let late = house.ask(&file, refresh("A"));
    house.in_flight(2).await;
    assert!(!late.is_finished(), "it stands behind the takeover");
    gate.open();
    assert!(done(&takeover.await.unwrap()));
    assert_eq!(conflict(late.await.unwrap()).as_deref(), Some("B"));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("B"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_while_a_caller_decides_comes_after_him_by_mail_or_not() {
    for by_mail in [false, true] {
        let (house, file) = House::with_file().await;
        let (gate, stand) = Gate::new();
        let first = house.ask(&file, at_once(stand, lock("A"), nothing()));
        gate.wait();
        house.clock.advance(options().idle * 2);
        assert_eq!(house.directory.retire_idle(), 0, "it is at work, if on another's thread");
        let second = house.ask(&file, if by_mail { mailed(lock("B")) } else { lock("B") });
        while house.directory.in_flight() != 2 {
            std::thread::yield_now();
        }
        assert!(!second.is_finished());
        gate.open();
        assert!(done(&first.await.unwrap()));
        assert_eq!(conflict(second.await.unwrap()).as_deref(), Some("A"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_at_once_reveals_no_lock_that_is_not_durable() {
    let (house, file) = House::with_file().await;
    let held = house.database.hold_flushes();
    let locking = house.ask(&file, lock("A"));
    held.wait_until_flushing();
    let refreshing = house.ask(&file, refresh("A"));
    house.in_flight(2).await;
    house.database.fail_next_flush();
    assert!(!refreshing.is_finished());
    held.release();
    for waiting in [locking, refreshing] {
        assert!(matches!(waiting.await.unwrap().unwrap_err(), ActorError::ReadOnly(_)));
    }
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_that_dies_on_a_callers_thread_harms_only_him_and_what_is_in_the_mail_is_asked_again() {
    let (house, file) = House::with_file().await;
    let (gate, stand) = Gate::new();
    let stand_and_die = move || {
        stand();
        panic!("asked to");
    };
    let dying = house.ask(&file, at_once(nothing(), lock("A"), Arc::new(stand_and_die)));
    gate.wait();
    let behind = house.ask(&file, mailed(lock("B")));
    house.in_flight(2).await;
    gate.open();
    assert_eq!(dying.await.unwrap().unwrap_err(), ActorError::Crashed, "it may or may not have happened");
    assert_eq!(conflict(behind.await.unwrap()).as_deref(), Some("A"), "it had submitted");
    assert!(done(&house.ask(&file, relock("A", "C")).await.unwrap()));
    house.in_flight(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_new_actor_waits_for_the_commits_before_it_nobody_decides_at_once() {
    let (house, file) = House::with_file().await;
    let held = house.database.hold_flushes();
    let locking = house.ask(&file, lock("A"));
    held.wait_until_flushing();
    assert_eq!(house.ask(&file, Operation::Panic).await.unwrap().unwrap_err(), ActorError::Crashed);
    let refreshing: Vec<_> = (0..2).map(|_| house.ask(&file, refresh("A"))).collect();
    house.in_line(1).await;
    assert!(refreshing.iter().all(|asked| !asked.is_finished()), "the new actor has loaded nothing");
    held.release();
    assert!(done(&locking.await.unwrap()));
    for asked in refreshing {
        assert!(done(&asked.await.unwrap()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_that_waits_for_the_commits_before_it_is_not_retired_so_that_nobody_loads_too_early() {
    let (house, file) = House::with_file().await;
    let held = house.database.hold_flushes();
    let locking = house.ask(&file, lock("A"));
    held.wait_until_flushing();
    assert_eq!(house.ask(&file, Operation::Panic).await.unwrap().unwrap_err(), ActorError::Crashed);
    house.in_line(1).await;
    house.clock.advance(options().idle * 2);
    assert_eq!(house.directory.retire_idle(), 0);
    let early = house.ask(&file, get());
    house.in_flight(1).await;
    held.release();
    assert!(done(&locking.await.unwrap()));
    assert!(matches!(early.await.unwrap(), Ok(Answer::Lock(Outcome::Held(Some(held)), _)) if held == id("A")));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))), "it was acknowledged");
}

// Shutdown against commit.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_waits_for_the_commit_that_a_reply_waits_for() {
    let (house, file) = House::with_file().await;
    let held = house.database.hold_flushes();
    let client = house.ask(&file, lock("A"));
    held.wait_until_flushing();
    house.directory.close();
    let engine = Arc::clone(&house.engine);
    let closing = std::thread::spawn(move || engine.close());
    while house.engine.health() != Err(EngineError::Closed) {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.ask(&file, get()).await.unwrap().unwrap_err(), ActorError::ShuttingDown);
    assert!(!client.is_finished() && !closing.is_finished());
    held.release();
    assert!(done(&client.await.unwrap()));
    closing.join().unwrap();
    let house = house.killed().await;
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_is_decided_when_the_store_has_closed_is_refused_and_leaves_no_trace() {
    let (house, file) = House::with_file().await;
    let (gate, stand) = Gate::new();
    let client = house.ask(&file, amid(stand, lock("A"), nothing()));
    gate.wait();
    house.directory.close();
    house.engine.close();
    gate.open();
    assert_eq!(client.await.unwrap().unwrap_err(), ActorError::ShuttingDown);
    assert!(house.directory.board().is_empty());
    let house = house.killed().await;
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_during_the_last_flush_leaves_the_outcome_open_and_the_file_whole() {
    for keep in [0, usize::MAX] {
        let (house, file) = House::with_file().await;
        let held = house.database.hold_flushes();
        let client = house.ask(&file, lock("A"));
        held.wait_until_flushing();
        house.directory.close();
        house.database.crash(keep);
        assert!(matches!(client.await.unwrap().unwrap_err(), ActorError::ReadOnly(_)));
        drop(held);
        let expected = (keep > 0).then(|| id("A"));
        let house = house.killed().await;
        assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(expected));
    }
}

// Replacement against a waiting reply.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_flush_that_failed_every_reply_that_waited_for_it_is_an_error_and_the_lock_before_it_stands() {
    let (house, file) = House::with_file().await;
    assert!(done(&house.ask(&file, lock("A")).await.unwrap()));
    let held = house.database.hold_flushes();
    let changed = house.ask(&file, relock("A", "B"));
    held.wait_until_flushing();
    // Decided on the change: it must not be told either. Nor may another change be built on it.
    let look = house.ask(&file, get());
    let onwards = house.ask(&file, Operation::Lock(Command::Unlock(Some(id("B")))));
    house.in_flight(3).await;
    house.in_line(1).await;
    house.database.fail_next_flush();
    held.release();
    for waiting in [changed, look, onwards] {
        assert!(matches!(waiting.await.unwrap().unwrap_err(), ActorError::ReadOnly(_)));
    }
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    assert_eq!(house.directory.board().exact(&file, &id("B")), None);
    house.in_flight(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_commit_whose_caller_has_gone_is_known_to_nobody() {
    let (house, file) = House::with_file().await;
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
    let held = house.database.hold_flushes();
    let first = house.engine.submit(Batch::new().set(keys::user_info(&super::tests::user()), "x")).unwrap();
    held.wait_until_flushing();
    // Somebody else changes the record behind the actor's back, which the actor cannot know yet.
    let head = records::encode(&house.head(&file));
    let other = house.engine.submit(Batch::new().set(keys::file(&file), head)).unwrap();
    let client = house.ask(&file, lock("A"));
    house.in_line(2).await;
    gone(client).await;
    let look = house.ask(&file, get());
    house.in_flight(1).await;
    held.release();
    first.wait().await.unwrap();
    other.wait().await.unwrap();
    assert!(matches!(look.await.unwrap(), Ok(Answer::Lock(Outcome::Held(None), _))));
    assert!(house.directory.board().is_empty(), "the lock never was");
    house.clock.advance(LOCK_TIMEOUT);
    assert_eq!(house.directory.board().run_out(house.clock.monotonic(), 9), Vec::new());
    assert!(done(&house.ask(&file, lock("B")).await.unwrap()));
}
