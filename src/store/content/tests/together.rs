//! Uploads that end while a flush is under way share the next one.

use tokio::sync::oneshot;

use super::*;

type Waits = oneshot::Receiver<Result<Stored, ContentError>>;

/// An upload that has come to its end, in the line.
fn ended(store: &Store, name: &str) -> (Option<FlushDuty>, Waits) {
    let mut upload = store.content.begin_upload(&node(name), None).unwrap();
    upload.write(name.as_bytes()).unwrap();
    let (answer, waits) = oneshot::channel();
    (store.content.line_up(upload.seal().unwrap(), answer), waits)
}

#[test]
fn one_flush_serves_all_who_came_before_it_began_and_none_who_came_after() {
    let store = Store::new();
    let (duty, mut first) = ended(&store, "first");
    let held = store.database.hold_flushes();
    let before = store.database.flushes();
    let serving = std::thread::spawn(move || duty.unwrap().serve());
    held.wait_until_flushing();
    let mut later: Vec<_> = ["second", "third", "fourth"].map(|name| ended(&store, name)).into();
    assert!(later.iter().all(|(duty, _)| duty.is_none()), "somebody has the duty");
    assert!(first.try_recv().is_err());
    held.release();
    serving.join().unwrap();
    assert_eq!(store.database.flushes() - before, 2 * 2, "of two trees, once for the first and once for all others");
    let crashed = Store::over(store.database.crashed(0), Arc::clone(&store.engine));
    let all = std::iter::once(&mut first).chain(later.iter_mut().map(|(_, waits)| waits));
    for (waits, name) in all.zip(["first", "second", "third", "fourth"]) {
        let content = store.commit(&node(name), waits.try_recv().unwrap().unwrap());
        assert_eq!(crashed.read(&node(name), &content).unwrap(), name.as_bytes(), "it is durable");
    }
    assert!(ended(&store, "fifth").0.is_some(), "the duty is free again");
}

#[test]
fn a_flush_that_fails_fails_all_who_waited_for_it() {
    let store = Store::new();
    let (duty, mut first) = ended(&store, "first");
    let (_, mut second) = ended(&store, "second");
    store.database.fail_next_flush();
    duty.unwrap().serve();
    for waits in [&mut first, &mut second] {
        assert!(waits.try_recv().unwrap().is_err());
    }
    assert!(store.content.health().is_err());
}

#[test]
fn a_duty_that_nobody_can_serve_is_told_to_all_who_wait_and_passes_on() {
    let store = Store::new();
    let (duty, mut first) = ended(&store, "first");
    let (none, mut second) = ended(&store, "second");
    assert!(none.is_none());
    drop(duty);
    for waits in [&mut first, &mut second] {
        assert!(matches!(waits.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
    }
    let (duty, mut third) = ended(&store, "third");
    duty.unwrap().serve();
    assert!(third.try_recv().unwrap().is_ok());
}
