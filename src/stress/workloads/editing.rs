//! Workloads in which documents are opened, saved and read.

use super::{id, lock, look, refresh, release, stand_back};
use crate::{
    judge::history::Call,
    stress::{
        client::{Client, Seen},
        target::Target,
    },
};

/// Every fourth client reads what the others write; the others open, save some times, and close.
pub(super) async fn saves(client: &mut Client, target: &Target) {
    if client.number % 4 == 3 {
        let call = if client.chance.of_thousand(700) { Call::Get } else { Call::Info };
        client.send(target, call).await;
        return;
    }
    let mine = client.fresh_id();
    match lock(client, target, &mine).await {
        Seen::NotSent => return,
        seen if seen.refused() => return stand_back(client).await,
        seen if seen.done() => {
            for _ in 0..=client.chance.below(6) {
                client.hold().await;
                save(client, target, &mine).await;
            }
        }
        _ => {}
    }
    release(client, target, &mine).await;
}

/// One save, often read back, sometimes cut off in the middle.
async fn save(client: &mut Client, target: &Target, mine: &str) {
    let body = client.body();
    if client.run.plan.intruders > 0 && client.chance.of_thousand(client.run.plan.intruders) {
        client.cut_off(target, Some(mine), &body).await;
    } else {
        client.put(target, Some(mine), &body).await;
    }
    if client.chance.of_thousand(300) {
        client.send(target, Call::Get).await;
    }
}

/// Everybody locks with the same id, as an editor's server does for all who edit together; each saves with a token of its
/// own, and any of them may be the one who unlocks.
pub(super) async fn coauthors(client: &mut Client, target: &Target) {
    const SHARED: &str = "stress-coauthors";
    if !lock(client, target, SHARED).await.done() {
        return stand_back(client).await;
    }
    for _ in 0..client.chance.below(8) {
        client.hold().await;
        match client.chance.below(6) {
            0 | 1 => _ = refresh(client, target, SHARED).await,
            2 | 3 => {
                let body = client.body();
                client.put(target, Some(SHARED), &body).await;
            }
            _ => _ = look(client, target).await,
        }
    }
    if client.chance.of_thousand(300) || !client.going() {
        release(client, target, SHARED).await;
    }
}

/// A short visit: mostly looking, sometimes a whole session, rarely a new name.
pub(super) async fn visit(client: &mut Client, target: &Target) {
    match client.chance.below(10) {
        0..=3 => _ = client.send(target, Call::Info).await,
        4 | 5 => _ = client.send(target, Call::Get).await,
        6 if client.run.plan.renames => rename(client, target).await,
        _ => {
            let mine = client.fresh_id();
            match lock(client, target, &mine).await {
                Seen::NotSent => return,
                seen if seen.refused() => return,
                seen if seen.done() => {
                    client.hold().await;
                    if client.chance.of_thousand(500) {
                        save(client, target, &mine).await;
                    }
                    if client.chance.of_thousand(200) {
                        client.send(target, Call::GetLock).await;
                    }
                }
                _ => {}
            }
            release(client, target, &mine).await;
        }
    }
}

/// A new name, with the extension that the file has.
async fn rename(client: &mut Client, target: &Target) {
    let Some(name) = target.start.name.as_deref() else { return };
    let Some((_, extension)) = name.rsplit_once('.') else { return };
    let name = format!("stress {}.{extension}", client.run.serial());
    client.send(target, Call::Rename { lock: None, name: name.into() }).await;
    if client.chance.of_thousand(500) {
        client.send(target, Call::Info).await;
    }
    // A stale id does nothing here either.
    if client.chance.of_thousand(100) {
        client.send(target, Call::Unlock { id: id("never-locked") }).await;
    }
}
