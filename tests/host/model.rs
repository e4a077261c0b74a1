//! A model of what files.md section 2 says, and the real host beside it.

use std::{collections::BTreeSet, time::Duration};

use lockhouse::{
    host::PutOutcome,
    lock::{Command, LOCK_TIMEOUT, Outcome},
};
use proptest::{prelude::*, test_runner::TestRunner};

use super::house::{House, id};

#[derive(Clone, Debug)]
enum Step {
    Lock(&'static str),
    Refresh(&'static str),
    Unlock(&'static str),
    Relock(&'static str, &'static str),
    Get,
    Put(Option<&'static str>, u8, usize),
    Wait(u64),
    Restart,
}

fn lock_id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["A", "B"])
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => lock_id().prop_map(Step::Lock),
        2 => lock_id().prop_map(Step::Refresh),
        2 => lock_id().prop_map(Step::Unlock),
        2 => (lock_id(), lock_id()).prop_map(|(old, new)| Step::Relock(old, new)),
        2 => Just(Step::Get),
        5 => (prop::option::of(lock_id()), any::<u8>(), prop::sample::select(vec![0, 1, 700, 20_000, 90_000]))
            .prop_map(|(lock, byte, size)| Step::Put(lock, byte, size)),
        2 => (1..1900_u64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

/// What the protocol says the file is.
#[derive(Default)]
struct Model {
    lock: Option<&'static str>,
    /// Time left; after a restart a lock may live up to a minute longer, so there are two ends to it.
    left: Duration,
    slack: Duration,
    content: Vec<u8>,
    versions: BTreeSet<String>,
}

impl Model {
    fn wait(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
    }

    /// Who holds the file, if that is certain.
    fn holder(&mut self, told: Option<&str>) -> Option<&'static str> {
        if self.lock.is_some() && self.left.is_zero() && (self.slack.is_zero() || told.is_none()) {
            self.lock = None;
        }
        self.lock
    }

    fn take(&mut self, lock: &'static str) {
        (self.lock, self.left, self.slack) = (Some(lock), LOCK_TIMEOUT, Duration::ZERO);
    }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut house = House::new().await;
    let file = house.file("model.docx", b"").await;
    let mut model = Model::default();
    model.versions.insert(house.host.head(&file).unwrap().version.to_string());
    for step in steps {
        // Look first: in the minute after a restart only the host knows whether the lock has run out.
        let Outcome::Held(told) = house.lock(&file, Command::Get).await else { panic!("GetLock always answers") };
        let told = told.map(|id| id.as_str().to_owned());
        let holder = model.holder(told.as_deref());
        prop_assert_eq!(told.as_deref(), holder, "before {:?}", &step);
        let current = holder.map(id);
        match step {
            Step::Get => {}
            Step::Wait(seconds) => {
                house.clock.advance(Duration::from_secs(seconds));
                model.wait(Duration::from_secs(seconds));
            }
            Step::Restart => {
                house = house.restart().await;
                model.slack = Duration::from_secs(60);
            }
            Step::Lock(wanted) => {
                let outcome = house.lock(&file, Command::Lock(Some(id(wanted)))).await;
                if holder.is_none_or(|holder| holder == wanted) {
                    prop_assert_eq!(outcome, Outcome::Done);
                    model.take(wanted);
                } else {
                    prop_assert_eq!(outcome, Outcome::Conflict(current));
                }
            }
            Step::Refresh(wanted) => {
                let outcome = house.lock(&file, Command::Refresh(Some(id(wanted)))).await;
                if holder == Some(wanted) {
                    prop_assert_eq!(outcome, Outcome::Done);
                    model.take(wanted);
                } else {
                    prop_assert_eq!(outcome, Outcome::Conflict(current));
                }
            }
            Step::Unlock(wanted) => {
                let outcome = house.lock(&file, Command::Unlock(Some(id(wanted)))).await;
                if holder == Some(wanted) {
                    prop_assert_eq!(outcome, Outcome::Done);
                    model.lock = None;
                } else {
                    prop_assert_eq!(outcome, Outcome::Conflict(current));
                }
            }
            Step::Relock(old, new) => {
                let outcome = house.lock(&file, Command::Relock { old: id(old), new: Some(id(new)) }).await;
                if holder == Some(old) {
                    prop_assert_eq!(outcome, Outcome::Done);
                    model.take(new);
                } else {
                    prop_assert_eq!(outcome, Outcome::Conflict(current));
                }
            }
            Step::Put(lock, byte, size) => {
                let bytes = vec![byte; size];
                let outcome = house.put(&file, lock, &bytes).await;
                let allowed = match holder {
                    Some(holder) => lock == Some(holder),
                    None => model.content.is_empty(),
                };
                if allowed {
                    let PutOutcome::Saved { version, .. } = outcome else {
                        return Err(TestCaseError::fail(format!("refused: {outcome:?}")));
                    };
                    prop_assert!(model.versions.insert(version.to_string()), "a version came twice");
                    model.content = bytes;
                } else {
                    prop_assert_eq!(outcome, PutOutcome::Locked(current));
                    kept(&house, &file, &bytes, &model.content)?;
                }
            }
        }
        prop_assert_eq!(house.bytes(&file).await, &model.content[..]);
        prop_assert_eq!(house.host.head(&file).unwrap().content.size, model.content.len() as u64);
    }
    Ok(())
}

/// Bytes that had to be refused are kept (promise 4), unless there was nothing new in them.
fn kept(house: &House, file: &lockhouse::ids::NodeId, bytes: &[u8], current: &[u8]) -> Result<(), TestCaseError> {
    if bytes.is_empty() || bytes == current {
        return Ok(());
    }
    let rescued = house.host.history(file).unwrap();
    prop_assert!(
        rescued.iter().any(|entry| entry.row.reason.is_some() && entry.row.content.size == bytes.len() as u64),
        "{} refused bytes were not kept",
        bytes.len()
    );
    Ok(())
}

#[test]
fn the_host_does_what_the_protocol_says_across_restarts() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = std::env::var("LOCKHOUSE_TEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24);
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    runner.run(&prop::collection::vec(step(), 1..40), |steps| runtime.block_on(run(steps))).unwrap();
}
