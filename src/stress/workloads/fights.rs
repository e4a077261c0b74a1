//! Workloads in which one lock is fought for.

use std::rc::Rc;

use super::{id, lock, look, refresh, release, stand_back};
use crate::{
    judge::history::Call,
    stress::{
        client::{Client, Seen},
        target::Target,
    },
};

/// Lock, hold, refresh, save, release; whoever does not get it looks who has it, and tries again.
pub(super) async fn mutex(client: &mut Client, target: &Target) {
    let mine = client.fresh_id();
    let got = lock(client, target, &mine).await;
    if got.refused() {
        if client.chance.of_thousand(200) {
            look(client, target).await;
        }
        stand_back(client).await;
        return;
    }
    if matches!(got, Seen::NotSent) {
        return;
    }
    if got.done() {
        hold(client, target, &mine).await;
    }
    release(client, target, &mine).await;
    if client.chance.of_thousand(50) {
        // A stale id: the lock is somebody else's now, or nobody's.
        refresh(client, target, &mine).await;
    }
}

/// What the holder does.
async fn hold(client: &mut Client, target: &Target, mine: &str) {
    if !std::mem::replace(&mut client.has_held, true) {
        // An id that is not the lock's, which must not touch it: each client's first hold puts that to the test, so that a
        // short run does, too.
        let stale = client.fresh_id();
        refresh(client, target, &stale).await;
    }
    client.hold().await;
    for _ in 0..client.chance.below(3) {
        match client.chance.below(5) {
            0 => _ = refresh(client, target, mine).await,
            1 => _ = lock(client, target, mine).await,
            2 => _ = look(client, target).await,
            _ => {
                let body = client.body();
                client.put(target, Some(mine), &body).await;
            }
        }
        client.hold().await;
    }
}

/// UnlockAndRelock from the id that is current, as far as this client knows, to one of its own.
pub(super) async fn takeover(client: &mut Client, target: &Target, place: usize) {
    let mine = client.fresh_id();
    let run = Rc::clone(&client.run);
    let current = run.current.borrow().get(place).cloned().flatten();
    let (seen, old) = match current {
        Some(old) if !client.chance.of_thousand(30) => {
            let call = Call::Relock { old: (&*old).into(), new: id(&mine) };
            (client.send(target, call).await, Some(old))
        }
        _ => (lock(client, target, &mine).await, None),
    };
    let set = |to: Option<Rc<str>>| {
        if let Some(current) = run.current.borrow_mut().get_mut(place) {
            *current = to;
        }
    };
    if matches!(seen, Seen::NotSent) {
        return;
    }
    if seen.refused() {
        set(seen.holder().map(Rc::from));
        if let Some(old) = old.filter(|_| client.chance.of_thousand(100)) {
            client.send(target, Call::Unlock { id: id(&old) }).await;
        }
        return stand_back(client).await;
    }
    if !seen.done() {
        return settle(client, target, place, &mine).await;
    }
    set(Some(Rc::clone(&mine)));
    client.hold().await;
    if client.chance.of_thousand(250) {
        let body = client.body();
        client.put(target, Some(&mine), &body).await;
    }
    if client.chance.of_thousand(250) {
        look(client, target).await;
    }
    if client.chance.of_thousand(60) || !client.going() {
        release(client, target, &mine).await;
        set(None);
    }
}

/// Nobody knows who holds the file: the host is asked, and whoever it is hands on from there.
async fn settle(client: &mut Client, target: &Target, place: usize, mine: &str) {
    let seen = client.send(target, Call::GetLock).await;
    if let Some(current) = client.run.current.borrow_mut().get_mut(place) {
        *current = seen.holder().map(Rc::from);
    }
    if !client.going() {
        release(client, target, mine).await;
    }
}

/// The first client of each file locks, and refreshes without pause by further Locks; the others want to work.
pub(super) async fn flood(client: &mut Client, target: &Target) {
    const STORM: u32 = 2000;
    let files = u32::try_from(client.run.worked).unwrap_or(u32::MAX);
    if client.number > files {
        if client.chance.of_thousand(100) {
            return mutex(client, target).await;
        }
        look(client, target).await;
        return stand_back(client).await;
    }
    let mine = client.fresh_id();
    if lock(client, target, &mine).await.done() {
        for turn in 0..STORM {
            let seen =
                if turn % 8 == 7 { refresh(client, target, &mine).await } else { lock(client, target, &mine).await };
            if seen.refused() || !client.going() {
                break;
            }
            if turn % 500 == 499 {
                let body = client.body();
                client.put(target, Some(&mine), &body).await;
            }
        }
    } else {
        stand_back(client).await;
    }
    release(client, target, &mine).await;
}
