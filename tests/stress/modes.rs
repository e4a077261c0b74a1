//! What not every machine allows: where it does, the host is acquitted; where it does not, the exit code says so.

use std::time::{Duration, Instant};

use super::{Scratch, stress, text};

const IMPOSSIBLE: i32 = 12;

fn root() -> bool {
    rustix::process::geteuid().is_root()
}

#[track_caller]
fn possible_or_said(mode: &str, deed: &str, needs_root: bool) {
    let run = stress(&[
        "--local",
        mode,
        "--workload",
        "saves",
        "--duration",
        "2500ms",
        "--warm-up",
        "0",
        "--every",
        "700ms",
        "--clients",
        "6",
        "--sizes",
        "lognormal:20kB",
        "--json",
    ]);
    if run.code == IMPOSSIBLE {
        assert!(run.stderr.contains("not possible on this machine"), "{}", run.told());
        return;
    }
    assert!(root() || !needs_root, "{mode} needs root: {}", run.told());
    assert_eq!(run.code, 0, "{}", run.told());
    assert!(run.json()["run"]["faults"][deed].as_u64().unwrap() > 0, "{}", run.told());
}

#[test]
fn a_full_disk() {
    possible_or_said("--full-disk", "full_disks", true);
}

#[test]
fn a_power_cut() {
    possible_or_said("--power-cut", "power_cuts", true);
}

#[test]
fn a_clock_that_moves() {
    possible_or_said("--move-clock", "clocks_moved", false);
}

#[test]
fn a_process_that_is_stopped_for_seconds() {
    possible_or_said("--stop", "stops", false);
}

/// What a host did until it could not be started again is worth the most.
#[test]
fn what_was_recorded_is_kept_when_the_host_does_not_start_again() {
    let scratch = Scratch::new();
    let (data, history) = (scratch.file("data"), scratch.file("history.jsonl"));
    let away = scratch.file("away");
    let taken = std::thread::spawn({
        let (data, away) = (data.clone(), away.clone());
        move || {
            let holder = || std::fs::read_to_string(data.join("lock")).ok().filter(|holder| !holder.trim().is_empty());
            // Held by another process than at first: the host was killed and started again, so that the run goes on.
            let first = eventually("the host has started", Duration::from_secs(60), holder);
            let moved_on = || holder().filter(|holder| *holder != first);
            eventually("the host was started again", Duration::from_secs(60), moved_on);
            // The directory goes away under the host; a file takes its place, which no host can open.
            std::fs::rename(&data, &away).expect("the data goes away");
            std::fs::write(&data, "no directory").expect("a file is there");
        }
    });
    let run = stress(&[
        "--local",
        "--data-dir",
        text(&data),
        "--workload",
        "mutex",
        "--clients",
        "4",
        "--duration",
        "20s",
        "--warm-up",
        "0",
        "--crash",
        "--every",
        "500ms",
        "--history",
        text(&history),
    ]);
    taken.join().expect("the data was taken away");
    assert_ne!(run.code, 0, "{}", run.told());
    let judged = stress(&["judge", text(&history)]);
    assert_eq!(judged.code, 0, "{}", judged.told());
    assert!(judged.stdout.contains("ACQUITTED"), "{}", judged.told());
}

#[track_caller]
fn eventually<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
