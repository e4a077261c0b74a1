//! Hosts with planted faults, and one without: the verdict, the exit code, the promise that was broken, the timeline.

use super::{
    Run, Scratch,
    faulty::{Fault, Faulty},
    stress, text,
};

fn tried(fault: Fault, workload: &str) -> Run {
    let host = Faulty::serve(fault);
    let scratch = Scratch::new();
    let targets = scratch.file("targets.json");
    std::fs::write(&targets, host.targets()).unwrap();
    let arguments = ["--targets", text(&targets), "--workload", workload, "--duration", "1s", "--warm-up", "0"];
    let load = ["--clients", "6", "--seed", "11", "--intruders", "100", "--sizes", "fixed:500B"];
    stress(&[&arguments[..], &load[..]].concat())
}

#[track_caller]
fn convicted(fault: Fault, workload: &str, of: &str) {
    let run = tried(fault, workload);
    assert_eq!(run.code, 10, "{fault:?}: {}", run.told());
    assert!(run.stdout.contains("CONVICTED"), "{}", run.told());
    assert!(run.stdout.contains(&format!("{of} is broken on")), "{fault:?} breaks {of}: {}", run.told());
    // A drawing, with an arrow at what cannot be.
    assert!(run.stdout.contains("seconds") && run.stdout.contains("◄──"), "{}", run.told());
}

#[test]
fn a_right_host_is_acquitted() {
    let run = tried(Fault::None, "mixed");
    assert_eq!(run.code, 0, "{}", run.told());
    assert!(run.stdout.contains("ACQUITTED"), "{}", run.told());
}

#[test]
fn an_unlock_that_is_lost() {
    convicted(Fault::LostUnlock, "mutex", "linearizability");
}

#[test]
fn two_holders() {
    convicted(Fault::TwoHolders, "mutex", "two_owners");
}

#[test]
fn a_get_lock_that_tells_what_was() {
    convicted(Fault::StaleGetLock, "mixed", "linearizability");
}

#[test]
fn a_torn_read() {
    convicted(Fault::TornRead, "saves", "linearizability");
}

#[test]
fn an_acknowledged_write_that_is_gone() {
    convicted(Fault::ForgetsWrites, "saves", "linearizability");
}

#[test]
fn an_unlock_that_asks_for_no_id() {
    convicted(Fault::StaleUnlock, "takeover", "stale_id_touches_nothing");
}

#[test]
fn a_conflict_that_names_nobody() {
    convicted(Fault::NamelessConflict, "mutex", "conflict_names_current_lock");
}

#[test]
fn a_view_token_that_may_write() {
    convicted(Fault::ViewMayWrite, "mutex", "view_token_changes_nothing");
}

#[test]
fn a_token_that_opens_every_file() {
    convicted(Fault::AnyToken, "mutex", "token_for_one_file_only");
}
