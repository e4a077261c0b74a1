//! How fast the judge is: a correct history with much overlapping and many lost replies, and the time and memory that it
//! takes to acquit it. The measure set: a million operations over a thousand files in under a minute and 2 GiB.
//!
//! Settings, as environment variables: `LOCKHOUSE_BENCH_FILES` (1000), `LOCKHOUSE_BENCH_OPERATIONS` (per file, 1000),
//! `LOCKHOUSE_BENCH_CLIENTS` (per file, 16).
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints and may panic"
)]

use std::{
    env, fs,
    time::{Duration, Instant},
};

use lockhouse::judge::{
    History, Judge, Profile, Verdict,
    synthetic::{Shape, make},
};

fn setting(name: &str, default: u32) -> u32 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The most memory that this process has had, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let files = setting("LOCKHOUSE_BENCH_FILES", 1000);
    let operations = setting("LOCKHOUSE_BENCH_OPERATIONS", 1000);
    let clients = setting("LOCKHOUSE_BENCH_CLIENTS", 16);
    println!("{files} files, {operations} operations and {clients} clients on each");
    println!("{:<34}{:>10}{:>14}{:>12}{:>10}", "history", "seconds", "operations/s", "peak MiB", "widest");
    for (name, ids, lost, crashes) in [
        ("ids of their own, none lost", 0, 0, 0),
        ("ids of their own, 1 % lost", 0, 10, 20),
        ("two shared ids, none lost", 2, 0, 0),
        ("two shared ids, 1 % lost", 2, 10, 20),
    ] {
        let shape = Shape {
            files,
            operations,
            clients,
            ids,
            lost,
            crashes,
            unentitled: 5,
            pauses: 1,
            empty: 0,
            lock_timeout: Duration::from_secs(1800),
            restart_slack: Duration::from_secs(60),
            fault: None,
            seed: 1,
        };
        let history: History = make(&shape).history;
        let begun = Instant::now();
        let report = Judge::new(Profile::strict()).judge(&history);
        let took = begun.elapsed().as_secs_f64();
        let rate = history.operations.len() as f64 / took;
        println!("{name:<34}{took:>10.2}{rate:>14.0}{:>12}{:>10}", peak(), report.widest);
        assert!(report.verdict() != Verdict::Convicted, "{report}");
        if !report.undecided.is_empty() {
            println!("    undecided: {} files", report.undecided.len());
        }
    }
}
