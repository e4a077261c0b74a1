//! The hard moments of a file's actor and of the directory that keeps it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    actors::{
        ActorError, ActorSystem, Answer, Directory, DirectoryOptions, Operation,
        messages::{Contribution, Create, VersionChoice, Write},
    },
    clock::{Clock as _, ManualClock, Timestamp},
    ids::{NodeId, UserId},
    lock::{Command, LOCK_TIMEOUT, LockId, Outcome},
    names::FileName,
    retention,
    store::{
        engine::{Batch, Engine, EngineOptions, LocalEngine},
        memory::MemoryDatabase,
        records::{self, ContainerRecord, ContentRef, FileHead, SaveKind, keys},
    },
};

pub(super) struct House {
    pub(super) database: MemoryDatabase,
    pub(super) engine: Arc<LocalEngine>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) directory: Arc<Directory>,
    root: NodeId,
}

pub(super) fn options() -> DirectoryOptions {
    DirectoryOptions {
        in_flight_per_file: 8,
        idle: Duration::from_secs(60),
        retention: retention::Policy { versions: 3, age: None, automatic_first: true },
        incarnation: 7,
    }
}

pub(super) fn user() -> UserId {
    UserId::parse("anna").unwrap()
}

pub(super) fn node(n: u8) -> NodeId {
    NodeId::from_random_bits([n; 16])
}

pub(super) fn id(text: &str) -> LockId {
    LockId::parse(text.as_bytes()).unwrap().unwrap()
}

fn contribution(sha: &str, size: u64) -> Contribution {
    Contribution {
        content: ContentRef { manifest: None, size, sha256: sha.to_owned() },
        pages: Vec::new(),
        by: user(),
        editors: Vec::new(),
        kind: SaveKind::Save,
    }
}

fn write(lock: Option<&str>, sha: &str) -> Operation {
    Operation::Write(Write { lock: lock.map(id), lockless: false, believed: None, contribution: contribution(sha, 5) })
}

impl House {
    pub(super) async fn new() -> Self {
        Self::over(MemoryDatabase::new(), Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_000_000)))).await
    }

    async fn over(database: MemoryDatabase, clock: Arc<ManualClock>) -> Self {
        let engine = LocalEngine::open(database.tree("records"), EngineOptions::default()).unwrap();
        // One thread for all actors: a test that stops one stops them all.
        let system = Arc::new(ActorSystem::start(1).unwrap());
        let directory = Arc::new(Directory::new(engine.clone(), clock.clone(), system, options()));
        let root = node(0);
        let container = ContainerRecord { parent: None, name: "anna".into(), owner: user(), created: clock.wall() };
        let batch = Batch::new().set(keys::container(&root), records::encode(&container));
        engine.submit(batch).unwrap().wait().await.unwrap();
        Self { database, engine, clock, directory, root }
    }

    /// The same disk after the process was killed: only what was flushed is there, and every actor is gone.
    pub(super) async fn killed(self) -> Self {
        let disk = self.database.crashed(0);
        Self::over(disk, self.clock).await
    }

    pub(super) async fn create(&self, file: &NodeId, name: &str) -> Result<Answer, ActorError> {
        let create = Create {
            parent: self.root.clone(),
            owner: user(),
            name: FileName::parse(name).unwrap(),
            contribution: contribution("first", 5),
        };
        self.directory.ask(file, Operation::Create(create)).await
    }

    pub(super) async fn lock(&self, file: &NodeId, command: Command) -> Outcome {
        match self.directory.ask(file, Operation::Lock(command)).await.unwrap() {
            Answer::Lock(outcome, _) => outcome,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn head(&self, file: &NodeId) -> FileHead {
        let key = keys::file(file);
        records::decode(&key, &self.engine.get(&key).unwrap().unwrap().value).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_that_dies_is_replaced_and_only_the_operation_that_hit_it_fails() {
    let house = House::new().await;
    let (file, other) = (node(1), node(2));
    house.create(&file, "a.docx").await.unwrap();
    house.create(&other, "b.docx").await.unwrap();
    assert_eq!(house.lock(&file, Command::Lock(Some(id("A")))).await, Outcome::Done);

    let dying = house.directory.ask(&file, Operation::Panic);
    let queued = house.directory.ask(&file, Operation::Lock(Command::Get));
    let elsewhere = house.directory.ask(&other, Operation::Lock(Command::Get));
    let (dead, queued, elsewhere) = tokio::join!(dying, queued, elsewhere);
    assert_eq!(dead.unwrap_err(), ActorError::Crashed);
    assert!(matches!(queued.unwrap(), Answer::Lock(Outcome::Held(Some(held)), _) if held == id("A")));
    assert!(matches!(elsewhere.unwrap(), Answer::Lock(Outcome::Held(None), _)));
    assert_eq!(house.lock(&file, Command::Unlock(Some(id("A")))).await, Outcome::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_and_its_exact_expiry_outlive_a_dead_actor() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    house.directory.ask(&file, Operation::Panic).await.unwrap_err();
    house.clock.advance(LOCK_TIMEOUT - Duration::from_secs(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_answered_before_it_is_durable_and_the_queue_goes_on_meanwhile() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let held = house.database.hold_flushes();
    let mut lock = tokio::spawn({
        let directory = Arc::clone(&house.directory);
        let file = file.clone();
        async move { directory.ask(&file, Operation::Lock(Command::Lock(Some(id("A"))))).await }
    });
    held.wait_until_flushing();
    // The actor has moved on, and knows; but what it knows may be taken back, so GetLock waits too.
    let mut look = tokio::spawn({
        let directory = Arc::clone(&house.directory);
        let file = file.clone();
        async move { directory.ask(&file, Operation::Lock(Command::Get)).await }
    });
    let early = tokio::time::timeout(Duration::from_millis(50), async {
        tokio::select! { _ = &mut lock => (), _ = &mut look => () }
    });
    assert!(early.await.is_err(), "answered before the flush");
    assert!(house.head(&file).lock.is_none(), "published before the flush");
    held.release();
    assert!(matches!(lock.await.unwrap().unwrap(), Answer::Lock(Outcome::Done, _)));
    assert!(matches!(look.await.unwrap().unwrap(), Answer::Lock(Outcome::Held(Some(_)), _)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_on_one_file_is_refused_at_once_and_other_files_are_served() {
    let house = House::new().await;
    let (file, other) = (node(1), node(2));
    house.create(&file, "a.docx").await.unwrap();
    house.create(&other, "b.docx").await.unwrap();
    let held = house.database.hold_flushes();
    let waiting: Vec<_> = (0..options().in_flight_per_file)
        .map(|n| {
            let (directory, file) = (Arc::clone(&house.directory), file.clone());
            let command = Command::Lock(Some(id(&format!("L{n}"))));
            tokio::spawn(async move { directory.ask(&file, Operation::Lock(command)).await })
        })
        .collect();
    held.wait_until_flushing();
    while house.directory.in_flight() < options().in_flight_per_file {
        tokio::task::yield_now().await;
    }
    let refused = house.directory.ask(&file, Operation::Lock(Command::Get)).await;
    assert_eq!(refused.unwrap_err(), ActorError::Overloaded);
    assert!(matches!(
        house.directory.ask(&other, Operation::Lock(Command::Get)).await.unwrap(),
        Answer::Lock(Outcome::Held(None), _)
    ));
    held.release();
    let mut won = 0;
    for task in waiting {
        won += usize::from(matches!(task.await.unwrap().unwrap(), Answer::Lock(Outcome::Done, _)));
    }
    assert_eq!(won, 1, "one of the clients got the lock");
    assert_eq!(house.directory.in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_actor_is_retired_and_comes_back_with_what_it_knew() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    assert_eq!(house.directory.retire_idle(), 0, "it is not idle yet");
    house.clock.advance(options().idle);
    assert_eq!(house.directory.retire_idle(), 1);
    assert_eq!(house.directory.live(), 0);
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_with_a_change_on_its_way_to_the_disk_is_not_retired() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let held = house.database.hold_flushes();
    let (directory, asked) = (Arc::clone(&house.directory), file.clone());
    let client =
        tokio::spawn(async move { directory.ask(&asked, Operation::Lock(Command::Lock(Some(id("A"))))).await });
    held.wait_until_flushing();
    // The client hangs up: its lease is gone, the commit is not.
    client.abort();
    _ = client.await;
    while house.directory.in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    house.clock.advance(options().idle * 2);
    assert_eq!(house.directory.retire_idle(), 0);
    held.release();
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_refreshes_costs_one_write_a_minute() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let before = house.database.flushes();
    for _ in 0..600 {
        house.clock.advance(Duration::from_millis(500));
        assert_eq!(house.lock(&file, Command::Lock(Some(id("A")))).await, Outcome::Done);
    }
    let written = house.database.flushes() - before;
    assert!((4..=6).contains(&written), "{written} flushes in five minutes");
    // And the expiry is exact all the same.
    house.clock.advance(LOCK_TIMEOUT - Duration::from_millis(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
    // A retired actor must not bring it back from the rounded expiry on the disk.
    house.clock.advance(Duration::from_secs(1));
    house.directory.retire_idle();
    assert_eq!(house.lock(&file, Command::Refresh(Some(id("A")))).await, Outcome::Conflict(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_a_lock_lives_at_most_a_minute_longer_and_never_shorter() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    house.clock.advance(Duration::from_secs(59));
    house.lock(&file, Command::Refresh(Some(id("A")))).await;
    let house = house.killed().await;
    house.clock.advance(LOCK_TIMEOUT - Duration::from_millis(1));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    house.clock.advance(Duration::from_secs(60));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setting_the_system_clock_neither_frees_nor_eternalises_a_lock() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let now = house.clock.wall();
    house.clock.set_wall(now.plus(Duration::from_secs(86_400)));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    // Set back a day, then killed: what is stored would let it live a day more.
    house.clock.set_wall(Timestamp::from_unix_ms(0));
    let house = house.killed().await;
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("A"))));
    house.clock.advance(LOCK_TIMEOUT + Duration::from_secs(60));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_files_that_want_one_name_exactly_one_gets_it() {
    let house = Arc::new(House::new().await);
    let tasks: Vec<_> = (1..=16_u8)
        .map(|n| {
            let house = Arc::clone(&house);
            tokio::spawn(async move { house.create(&node(n), if n % 2 == 0 { "A.docx" } else { "a.DOCX" }).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error, ActorError::NameTaken),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rename_that_loses_the_race_for_a_name_leaves_the_file_as_it_was() {
    let house = House::new().await;
    let (a, b) = (node(1), node(2));
    house.create(&a, "a.docx").await.unwrap();
    house.create(&b, "b.docx").await.unwrap();
    let to = || FileName::parse("c.docx").unwrap();
    let rename = |file: &NodeId| {
        let (directory, file) = (Arc::clone(&house.directory), file.clone());
        tokio::spawn(async move { directory.ask(&file, Operation::Rename { lock: None, to: to() }).await })
    };
    let (first, second) = (rename(&a), rename(&b));
    let outcomes = [first.await.unwrap(), second.await.unwrap()];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let names = [house.head(&a).name, house.head(&b).name];
    assert!(
        names.contains(&"c.docx".to_owned()) && (names.contains(&"a.docx".into()) || names.contains(&"b.docx".into()))
    );
    for (file, name) in [(&a, &names[0]), (&b, &names[1])] {
        let row = house.engine.get(&keys::name(&house.root, name)).unwrap().unwrap();
        let row: records::NameRow = records::decode(b"n", &row.value).unwrap();
        assert_eq!(&row.node, file, "the row of {name} names its file");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_save_is_a_new_version_and_the_oldest_go() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let mut versions = vec![house.head(&file).version];
    for _ in 0..5 {
        let Answer::Done(head) = house.directory.ask(&file, write(Some("A"), "same")).await.unwrap() else { panic!() };
        assert!(!versions.contains(&head.version));
        versions.push(head.version);
    }
    let rows = house.engine.scan(std::ops::Bound::Included(&keys::versions_of(&file)), std::ops::Bound::Unbounded, 100);
    let kept: Vec<_> = rows.unwrap().into_iter().filter_map(|(key, _)| keys::last_number(&key)).collect();
    assert_eq!(kept, vec![4, 5, 6], "three versions are kept, the current one among them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_bytes_are_kept_once_within_their_bound_and_can_be_brought_back() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let keep = |sha: &str, size: u64| Operation::KeepRescued {
        contribution: contribution(sha, size),
        reason: "the lock was lost".to_owned(),
        most_bytes: 100,
    };
    let number = async |operation| match house.directory.ask(&file, operation).await.unwrap() {
        Answer::Rescued(number) => number,
        other => panic!("{other:?}"),
    };
    assert_eq!(number(keep("first", 5)).await, None, "the same bytes as the current ones");
    assert_eq!(number(keep("", 0)).await, None, "nothing");
    let first = number(keep("mine", 60)).await.unwrap();
    assert_eq!(number(keep("mine", 60)).await, Some(first), "the same bytes again");
    let second = number(keep("yours", 60)).await.unwrap();
    assert!(second > first);
    let restore = |number| Operation::Restore { which: VersionChoice::Rescued(number), by: user() };
    let gone = house.directory.ask(&file, restore(first)).await;
    assert_eq!(gone.unwrap_err(), ActorError::NotFound, "the older one made room");
    let Answer::Done(head) = house.directory.ask(&file, restore(second)).await.unwrap() else { panic!() };
    assert_eq!(head.content.sha256, "yours");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_flush_fails_what_waits_and_published_values_are_still_read() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.database.fail_next_flush();
    let failed = house.directory.ask(&file, Operation::Lock(Command::Lock(Some(id("A"))))).await;
    assert!(matches!(failed.unwrap_err(), ActorError::ReadOnly(_)));
    assert!(house.head(&file).lock.is_none());
    let refused = house.directory.ask(&file, write(None, "x")).await;
    assert!(!matches!(refused, Ok(Answer::Done(_))), "{refused:?}");
    let again = house.directory.ask(&file, Operation::Lock(Command::Lock(Some(id("B"))))).await;
    assert!(matches!(again.unwrap_err(), ActorError::ReadOnly(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_the_bin_does_not_exist_until_it_is_brought_back_and_then_has_its_id() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.directory.ask(&file, Operation::Delete { by: user() }).await.unwrap();
    let gone = house.directory.ask(&file, Operation::Lock(Command::Get)).await;
    assert_eq!(gone.unwrap_err(), ActorError::NotFound);
    let twice = house.directory.ask(&file, Operation::Delete { by: user() }).await;
    assert_eq!(twice.unwrap_err(), ActorError::NotFound);
    house.create(&node(2), "a.docx").await.unwrap();
    let back = |name: &str| Operation::Undelete {
        parent: house.root.clone(),
        owner: user(),
        name: FileName::parse(name).unwrap(),
    };
    assert_eq!(house.directory.ask(&file, back("a.docx")).await.unwrap_err(), ActorError::NameTaken);
    house.directory.ask(&file, back("a (2).docx")).await.unwrap();
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
    house.directory.ask(&file, Operation::Delete { by: user() }).await.unwrap();
    let alive = house.directory.ask(&node(2), Operation::ClearLeftovers { traces: Vec::new() }).await;
    assert_eq!(alive.unwrap_err(), ActorError::NameTaken, "nothing is cleared of a file that exists");
    house.directory.ask(&file, Operation::Purge).await.unwrap();
    assert!(house.engine.get(&keys::purged(&file)).unwrap().is_some(), "a crash now leaves a note of what is left");
    house.directory.ask(&file, Operation::ClearLeftovers { traces: Vec::new() }).await.unwrap();
    assert!(house.engine.get(&keys::purged(&file)).unwrap().is_none());
    assert_eq!(house.directory.ask(&file, back("b.docx")).await.unwrap_err(), ActorError::NotFound);
    let left = house.engine.scan(
        std::ops::Bound::Included(&keys::versions_of(&file)),
        std::ops::Bound::Excluded(crate::store::engine::prefix_end(&keys::versions_of(&file)).unwrap().as_slice()),
        9,
    );
    assert_eq!(left.unwrap(), Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_closes_refuses_what_comes_and_finishes_what_it_took() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let held = house.database.hold_flushes();
    let (directory, asked) = (Arc::clone(&house.directory), file.clone());
    let taken = tokio::spawn(async move { directory.ask(&asked, Operation::Lock(Command::Lock(Some(id("A"))))).await });
    held.wait_until_flushing();
    house.directory.close();
    let late = house.directory.ask(&file, Operation::Lock(Command::Get)).await;
    assert_eq!(late.unwrap_err(), ActorError::ShuttingDown);
    held.release();
    assert!(matches!(taken.await.unwrap().unwrap(), Answer::Lock(Outcome::Done, _)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activities_are_kept_within_their_bound() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    for _ in 0..3 {
        let many = (0..200).map(|n| Bytes::from(format!("\u{1}{n}"))).collect();
        house.directory.ask(&file, Operation::AddActivities(many)).await.unwrap();
    }
    let rows = crate::store::engine::scan_prefix(house.engine.as_ref(), &keys::activities_of(&file), None, 1000);
    assert_eq!(rows.unwrap().len(), 256);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_waits_for_what_it_was_decided_on() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let held = house.database.hold_flushes();
    let ask = |operation: Operation| {
        let (directory, file) = (Arc::clone(&house.directory), file.clone());
        tokio::spawn(async move { directory.ask(&file, operation).await })
    };
    let deleting = ask(Operation::Delete { by: user() });
    held.wait_until_flushing();
    // The actor knows that the file is gone; a crash would bring it back.
    let mut look = ask(Operation::Lock(Command::Get));
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut look).await.is_err(), "answered before the flush");
    held.release();
    deleting.await.unwrap().unwrap();
    assert_eq!(look.await.unwrap().unwrap_err(), ActorError::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_can_be_renamed_there_and_back_in_one_flush() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let held = house.database.hold_flushes();
    let rename = |to: &str| {
        let (directory, file, to) = (Arc::clone(&house.directory), file.clone(), FileName::parse(to).unwrap());
        tokio::spawn(async move { directory.ask(&file, Operation::Rename { lock: None, to }).await })
    };
    let there = rename("b.docx");
    held.wait_until_flushing();
    let back = rename("a.docx");
    while house.directory.in_flight() < 2 {
        tokio::task::yield_now().await;
    }
    held.release();
    there.await.unwrap().unwrap();
    back.await.unwrap().unwrap();
    assert_eq!(house.head(&file).name, "a.docx");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_row_of_history_does_not_keep_people_from_saving() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let damaged = Batch::new().set(keys::version(&file, 0), b"\x01nonsense".to_vec());
    house.engine.submit(damaged).unwrap().wait().await.unwrap();
    assert!(matches!(house.directory.ask(&file, write(Some("A"), "new")).await.unwrap(), Answer::Done(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_ran_out_stays_gone_though_the_wall_clock_was_set_back() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    house.clock.set_wall(Timestamp::from_unix_ms(0));
    house.clock.advance(LOCK_TIMEOUT);
    let run_out = house.directory.board().run_out(house.clock.monotonic(), 10);
    assert_eq!(run_out, vec![file.clone()]);
    // What the housekeeper does: the actor settles it on the disk.
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
    assert!(house.head(&file).lock.is_none());
    assert!(house.directory.board().is_empty());
    let house = house.killed().await;
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rescued_versions_are_bounded_in_number_too() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    for n in 0..110 {
        let operation = Operation::KeepRescued {
            contribution: contribution(&format!("mine {n}"), 1),
            reason: "the lock was lost".to_owned(),
            most_bytes: 1 << 20,
        };
        house.directory.ask(&file, operation).await.unwrap();
    }
    let rows = crate::store::engine::scan_prefix(house.engine.as_ref(), &keys::rescued_of(&file), None, 1000);
    assert_eq!(rows.unwrap().len(), 100);
}

#[tokio::test]
async fn a_lock_is_broken_only_if_it_is_the_one_that_was_seen() {
    let house = House::new().await;
    let file = node(1);
    house.create(&file, "a.docx").await.unwrap();
    let end = async |held: Option<&str>| {
        house.directory.ask(&file, Operation::BreakLock { held: held.map(id) }).await.unwrap()
    };
    assert!(matches!(end(None).await, Answer::Broken(None)));
    assert!(matches!(end(Some("A")).await, Answer::Locked(None)), "it has run out or was given back");
    house.lock(&file, Command::Lock(Some(id("B")))).await;
    assert!(matches!(end(Some("A")).await, Answer::Locked(Some(held)) if held == id("B")));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(Some(id("B"))));
    assert!(matches!(end(Some("B")).await, Answer::Broken(Some(ended)) if ended == id("B")));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
    house.lock(&file, Command::Lock(Some(id("C")))).await;
    assert!(matches!(end(None).await, Answer::Broken(Some(ended)) if ended == id("C")));
    assert_eq!(house.lock(&file, Command::Get).await, Outcome::Held(None));
}
