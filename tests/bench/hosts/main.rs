//! The host over HTTP, each figure beside its limit, driven by the same generator on the same machine in the same minutes.
//!
//! `LOCKHOUSE_BENCH_ROUNDS` (5) and `LOCKHOUSE_BENCH_SECONDS` (3) change the length, `LOCKHOUSE_BENCH_DIR` the disk.
//! `LOCKHOUSE_BENCH_ONLY` runs the rows whose name contains it. `LOCKHOUSE_BENCH_LARGE=1` adds what needs 100,000 files and 5 GB.
//! `LOCKHOUSE_BENCH_OTHER` is the URL of a file on another WOPI host, its token included: its figures stand in a column.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::format_push_string,
    unreachable_pub,
    missing_docs,
    reason = "a benchmark prints and may panic"
)]

mod house;
mod large;
mod load;
mod peers;
mod rows;

use std::env;

/// A number from the environment.
pub fn setting(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() {
    if peers::play() {
        return;
    }
    rows::all();
    if setting("LOCKHOUSE_BENCH_LARGE", 0) > 0 {
        large::all();
    }
}
