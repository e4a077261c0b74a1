//! What clients do. Each workload is a cycle that a client goes through again and again; it leaves no lock behind, even when
//! an answer was lost and it must find out first what became of its request.

mod editing;
mod expiry;
mod fights;
mod intruder;

use std::{rc::Rc, time::Duration};

use tokio::time::sleep;

pub use self::expiry::race_for_expired;
use self::intruder::intrude;
use super::{
    chance::Zipf,
    client::{Client, Seen},
    plan::Workload,
    run::Run,
    target::Target,
};
use crate::judge::history::{Call, Text};

/// How unevenly the files of `many` are wanted.
const SKEW: f64 = 0.99;

/// A client works until the run ends.
pub async fn work(mut client: Client) {
    let run = Rc::clone(&client.run);
    let zipf = Zipf::new(run.worked, SKEW);
    while client.going() {
        let workload = match run.plan.workload {
            Workload::Mixed => Workload::ALL[client.chance.place(Workload::ALL.len() - 1)],
            workload => workload,
        };
        let place = place(&mut client, workload, &run, &zipf);
        let Some(target) = run.targets.get(place) else { return };
        match workload {
            Workload::Mutex => fights::mutex(&mut client, target).await,
            Workload::Takeover => fights::takeover(&mut client, target, place).await,
            Workload::Flood => fights::flood(&mut client, target).await,
            Workload::Saves => editing::saves(&mut client, target).await,
            Workload::Coauthors => editing::coauthors(&mut client, target).await,
            Workload::Many | Workload::Mixed => editing::visit(&mut client, target).await,
        }
        if client.chance.of_thousand(run.plan.intruders.saturating_mul(5).min(1000)) {
            intrude(&mut client, target).await;
        }
    }
}

/// On which file the next cycle is.
fn place(client: &mut Client, workload: Workload, run: &Run, zipf: &Zipf) -> usize {
    let files = run.worked;
    match (run.plan.workload, workload) {
        (Workload::Many, _) => zipf.draw(&mut client.chance),
        (Workload::Mixed, _) => client.chance.place(files),
        // Everybody wants the same.
        (_, Workload::Mutex | Workload::Takeover | Workload::Coauthors | Workload::Flood) if files <= 1 => 0,
        _ => usize::try_from(client.number).unwrap_or(0) % files,
    }
}

/// As calls want it.
#[expect(clippy::unnecessary_wraps, reason = "calls may go without an id; these do not")]
fn id(text: &str) -> Option<Text> {
    Some(text.into())
}

async fn lock(client: &mut Client, target: &Target, with: &str) -> Seen {
    client.send(target, Call::Lock { id: id(with) }).await
}

async fn refresh(client: &mut Client, target: &Target, with: &str) -> Seen {
    client.send(target, Call::Refresh { id: id(with) }).await
}

/// Releases a lock that may or may not be held, and does not rest before an answer says that it is not: a lock left behind
/// would stand in everybody's way for half an hour.
async fn release(client: &mut Client, target: &Target, with: &str) {
    const TRIES: u32 = 2000;
    for _ in 0..TRIES {
        match client.send(target, Call::Unlock { id: id(with) }).await {
            Seen::Reply(reply) if !reply.leaves_open() && reply.status != 503 => return,
            _ if !client.going() => {
                // The run is over: a few more attempts, for the sake of whoever uses the file next.
                if client.chance.of_thousand(200) {
                    return;
                }
                sleep(Duration::from_millis(50)).await;
            }
            _ => sleep(Duration::from_millis(5)).await,
        }
    }
}

/// After a refusal: a short pause, so that those who wait are not all that the host is busy with.
async fn stand_back(client: &mut Client) {
    if client.run.plan.rate.is_none() {
        let micros = 200 + client.chance.below(2000);
        sleep(Duration::from_micros(micros)).await;
    }
}

async fn look(client: &mut Client, target: &Target) -> Seen {
    let call = match client.chance.below(4) {
        0 | 1 => Call::GetLock,
        2 => Call::Get,
        _ => Call::Info,
    };
    client.send(target, call).await
}
