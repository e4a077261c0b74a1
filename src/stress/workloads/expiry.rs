//! The race for a lock that has run out, in runs that are long enough to see one.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{task::spawn_local, time::sleep};

use super::{id, lock, release};
use crate::{
    judge::history::Call,
    stress::{client::Client, run::Run},
};

/// How many race.
const RACERS: u32 = 6;
/// How long before its time the lock is watched.
const BEFORE: Duration = Duration::from_secs(1);
/// Numbers of clients that take part in races only.
const FIRST: u32 = 1_000_000;

/// On the last file, which the workload must not use: a lock is left to run out, and several want it. Again and again, as
/// long as the run goes on.
pub async fn race_for_expired(run: Rc<Run>, place: usize, slack: Duration) {
    let mut client = Client::aside(FIRST, &run);
    loop {
        let Some(target) = run.targets.get(place) else { return };
        let left = client.fresh_id();
        if !lock(&mut client, target, &left).await.done() {
            sleep(Duration::from_millis(100)).await;
            if !run.going() {
                return;
            }
            continue;
        }
        let begun = Instant::now();
        let watch = run.plan.lock_timeout.saturating_sub(BEFORE);
        while begun.elapsed() < watch {
            if !run.going() {
                return release(&mut client, target, &left).await;
            }
            sleep(Duration::from_millis(100).min(watch)).await;
        }
        let until = begun + run.plan.lock_timeout + slack + 2 * BEFORE;
        let racers: Vec<_> =
            (1..=RACERS).map(|number| spawn_local(race(Client::aside(FIRST + number, &run), place, until))).collect();
        for racer in racers {
            _ = racer.await;
        }
    }
}

/// Wants the lock until it has it, or the time for that is over.
async fn race(mut client: Client, place: usize, until: Instant) {
    let run = Rc::clone(&client.run);
    let Some(target) = run.targets.get(place) else { return };
    while run.going() && Instant::now() < until {
        let mine = client.fresh_id();
        if !lock(&mut client, target, &mine).await.refused() {
            sleep(Duration::from_millis(20)).await;
            client.send(target, Call::Refresh { id: id(&mine) }).await;
            release(&mut client, target, &mine).await;
            return;
        }
        sleep(Duration::from_millis(client.chance.below(20))).await;
    }
}
