//! Those who may not, and try all the same.

use super::id;
use crate::{
    judge::history::{Authority, Call, Framing},
    stress::{client::Client, target::Target},
};

/// One attempt that must change nothing.
pub(super) async fn intrude(client: &mut Client, target: &Target) {
    match client.chance.below(10) {
        0..=3 if !target.view.is_empty() => {
            let token = &target.view[client.chance.place(target.view.len())];
            attempt(client, target, Authority::ViewOnly, token).await;
        }
        4..=6 if !target.other.is_empty() => {
            let token = &target.other[client.chance.place(target.other.len())];
            attempt(client, target, Authority::OtherFile, token).await;
        }
        7 => attempt(client, target, Authority::Invalid, "bm8tc3VjaC10b2tlbg").await,
        8 => {
            let body = client.body();
            client.cut_off(target, Some("never-locked"), &body).await;
        }
        _ => stale(client, target).await,
    }
}

/// With a token that does not allow it. The holder's own lock id makes it worse, where it is known.
async fn attempt(client: &mut Client, target: &Target, authority: Authority, token: &str) {
    let fresh = client.fresh_id();
    let place = client.run.targets.iter().position(|other| other.number == target.number).unwrap_or(0);
    let current = client.run.current.borrow().get(place).cloned().flatten();
    let lock = current.unwrap_or(fresh);
    let reads = if authority == Authority::ViewOnly { 0 } else { 2 };
    let (call, bytes) = match client.chance.below(7 + reads) {
        0 => (Call::Lock { id: id(&lock) }, Vec::new()),
        1 => (Call::Refresh { id: id(&lock) }, Vec::new()),
        2 => (Call::Unlock { id: id(&lock) }, Vec::new()),
        3 => {
            let body = client.body();
            let framing = if client.chance.of_thousand(500) { Framing::Chunked } else { Framing::Length };
            (Call::Put { lock: id(&lock), body: body.content, framing, cut: false }, body.bytes)
        }
        4 => (Call::Rename { lock: id(&lock), name: format!("stolen {}.txt", client.run.serial()).into() }, Vec::new()),
        5 => (Call::Delete, Vec::new()),
        6 => (Call::UserInfo, b"stress".to_vec()),
        7 => (Call::Get, Vec::new()),
        _ => (Call::Info, Vec::new()),
    };
    client.send_as(target, authority, token, call, &bytes).await;
}

/// With a lock id that is not current.
async fn stale(client: &mut Client, target: &Target) {
    let stale = client.fresh_id();
    let call = match client.chance.below(4) {
        0 => Call::Unlock { id: id(&stale) },
        1 => Call::Refresh { id: id(&stale) },
        2 => Call::Relock { old: (&*stale).into(), new: id("stolen") },
        _ => {
            let body = client.body();
            client.put(target, Some(&stale), &body).await;
            return;
        }
    };
    client.send(target, call).await;
}
