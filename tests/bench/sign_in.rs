//! What a sign-in of Office costs the server apart from password hashing: the authorization endpoint with its consent, the
//! token endpoint, Bootstrap; and a refresh, for comparison.
//!
//! A browser that is signed in consents again and again, so that no password is hashed. What is measured is the processor
//! time of the server's process, in user and in system; the time that a person would wait is shown beside it.
//!
//! `LOCKHOUSE_BENCH_SIGN_INS` sets how many in a round (300), `LOCKHOUSE_BENCH_ROUNDS` the rounds (3).
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    dead_code,
    reason = "a benchmark prints and may panic, and uses a part of what the tests share"
)]

#[path = "../office/client.rs"]
mod client;
#[path = "../office/desk.rs"]
mod desk;
#[path = "../office/net.rs"]
mod net;
#[path = "../support/mod.rs"]
mod support;
#[path = "../office/web_view.rs"]
mod web_view;

use client::{Office, Returned};
use desk::{Desk, settings};
use std::time::Instant;
use support::PASSWORD;

/// Clock ticks a second in `/proc`, which is the same on every Linux.
const TICKS: f64 = 100.0;

/// What a sign-in may cost, in milliseconds of processor time.
const WANTED: f64 = 5.0;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Milliseconds of processor time that the server has used so far.
fn used(desk: &Desk) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", desk.binary().pid())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks as f64 * 1000.0 / TICKS
}

/// Processor time and waiting time of each of `count` repetitions, in milliseconds.
async fn measure(desk: &Desk, count: usize, mut once: impl AsyncFnMut()) -> (f64, f64) {
    let (before, begun) = (used(desk), Instant::now());
    for _ in 0..count {
        once().await;
    }
    let per = |total: f64| total / count as f64;
    (per(used(desk) - before), per(begun.elapsed().as_secs_f64() * 1000.0))
}

/// Authorize, consent and back to the stop URL.
async fn authorize(office: &mut Office, user: &str, url: &str) -> Returned {
    let landing = office.view.open(url).await;
    let stop = office.view.consent(landing, user, PASSWORD).await;
    office.view.seen.clear();
    Returned::read(&stop)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (count, rounds) = (setting("LOCKHOUSE_BENCH_SIGN_INS", 300), setting("LOCKHOUSE_BENCH_ROUNDS", 3));
    let start = settings()
        .set("LOCKHOUSE_LOG__FILTER", "info,actix_server=warn,actix_http=off")
        .set("LOCKHOUSE_OAUTH__TOKEN_RATE", "1000000")
        .set("LOCKHOUSE_OAUTH__BOOTSTRAPPER_RATE", "1000000");
    let desk = Desk::with(start);
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let mut place = office.add_place(&user).await;
    let challenge = office.challenge().await;
    let url = office.authorize_url(&challenge, &[]);
    let names = ["whole sign-in", "authorize alone", "refresh", "Bootstrap"];
    let mut rows: Vec<(Vec<f64>, Vec<f64>)> = vec![(Vec::new(), Vec::new()); names.len()];
    for _ in 0..rounds {
        let results = [
            measure(&desk, count, async || {
                let returned = authorize(&mut office, &user, &url).await;
                office.service.accept(&returned, &challenge).await;
            })
            .await,
            measure(&desk, count, async || drop(authorize(&mut office, &user, &url).await)).await,
            measure(&desk, count, async || drop(place.refreshed().await.expect(200))).await,
            measure(&desk, count, async || drop(place.bootstrap().await)).await,
        ];
        for (row, (cpu, wall)) in rows.iter_mut().zip(results) {
            row.0.push(cpu);
            row.1.push(wall);
        }
    }
    println!("\n{count} of each in a round, median of {rounds} rounds, milliseconds each\n");
    println!("| | processor time of the server | waiting | wanted |");
    println!("|---|---:|---:|---:|");
    for (n, (name, (cpu, wall))) in names.iter().zip(rows).enumerate() {
        let wanted = if n == 0 { format!("under {WANTED}") } else { String::new() };
        println!("| {name} | {:.2} | {:.2} | {wanted} |", median(cpu), median(wall));
    }
}
