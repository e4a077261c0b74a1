//! Acknowledged work survives whatever happens to the process: the real binary is killed at random moments
//! under load, stopped in order under load, and made to fail its writes.
//!
//! `LOCKHOUSE_TEST_KILLS` sets how many times it is killed (20 by default), `LOCKHOUSE_TEST_SEED` the seed
//! of everything that is random here, which is printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod full_disk;
mod load;
mod model;

use load::{Load, Random};
use std::time::Duration;
use support::Binary;

fn number_from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn seeded(salt: u64) -> Random {
    let seed = number_from_environment("LOCKHOUSE_TEST_SEED", 0x10C_C0DE);
    eprintln!("seed: LOCKHOUSE_TEST_SEED={seed}");
    Random::new(seed ^ salt)
}

fn prepared() -> (Binary, Load) {
    let server = Binary::serve();
    server.add_user("alice", &[]);
    let load = Load::prepare(&server);
    (server, load)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kills_at_random_moments() {
    let mut random = seeded(1);
    let kills = number_from_environment("LOCKHOUSE_TEST_KILLS", 20);
    let (mut server, load) = prepared();
    for kill in 0..kills {
        let running = load.begin(&mut random);
        load.first_progress().await;
        tokio::time::sleep(Duration::from_millis(random.below(300))).await;
        server.kill();
        running.end().await;
        if kill % 5 == 4 {
            // A second death, while the store is being opened and repaired.
            server.launch_and_kill(Duration::from_millis(random.below(120)));
        }
        server.launch();
        load.verify(&format!("after kill {kill}")).await;
    }
    load.report();
    assert!(server.terminate().success());
    server.cli_ok(&["check"], "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orderly_stop_under_load_finishes_what_it_acknowledged() {
    let mut random = seeded(2);
    let (mut server, load) = prepared();
    for stop in 0..3 {
        let running = load.begin(&mut random);
        load.first_progress().await;
        tokio::time::sleep(Duration::from_millis(random.below(200))).await;
        running.expect_refusals();
        let status = server.terminate();
        running.end().await;
        assert_eq!(status.code(), Some(0));
        server.launch();
        load.verify(&format!("after stop {stop}")).await;
    }
    load.report();
}
