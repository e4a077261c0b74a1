//! `lock`.

use super::{Outcome, args::LockCommand, print, session::Session};
use crate::api::calls::{BreakLock, ListLocks, LockInfo, ShowLock};

pub(super) async fn run(session: &mut Session, command: LockCommand) -> Outcome {
    match command {
        LockCommand::List { json } => list(session, json).await,
        LockCommand::Show { path, drive, json } => {
            let held = session.call(&ShowLock { place: drive.place(path) }).await?;
            match held {
                held if json => print::json(&held),
                Some(held) => print::line(&told(&held)),
                None => print::line("not locked"),
            }
        }
        LockCommand::Break { path, drive } => {
            let held = session.call(&BreakLock { place: drive.place(path) }).await?;
            print::line(&match held {
                Some(held) => format!("ended the lock of {} with the id {}", held.path, id(&held)),
                None => "it was not locked".to_owned(),
            })
        }
    }
}

/// The lock id is the editor's own text: what a terminal would obey is shown instead.
fn id(held: &LockInfo) -> impl std::fmt::Display {
    held.lock.escape_default()
}

fn told(held: &LockInfo) -> String {
    format!("{} is locked until {} with the id {}", held.path, held.expires, id(held))
}

async fn list(session: &mut Session, json: bool) -> Outcome {
    let mut array = print::Array::new();
    let mut after = None;
    loop {
        let page = session.call(&ListLocks { after }).await?;
        if json {
            page.locks.iter().try_for_each(|held| array.push(held))?;
        } else {
            page.locks.iter().try_for_each(|held| print::line(&told(held)))?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if json { array.end() } else { Ok(()) }
}
