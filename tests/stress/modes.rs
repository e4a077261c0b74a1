//! What not every machine allows: where it does, the host is acquitted; where it does not, the exit code says so.

use super::stress;

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
