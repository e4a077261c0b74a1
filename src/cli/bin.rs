//! `bin`.

use super::{Outcome, args::BinCommand, print, session::Session, users};
use crate::api::calls::{BinInfo, EmptyBin, ListBin, RestoreBin};

pub(super) async fn run(session: &mut Session, command: BinCommand) -> Outcome {
    match command {
        BinCommand::List { drive, json } => list(session, drive.user, json).await,
        BinCommand::Restore { file, drive } => {
            // A name may be written with its drive, as everywhere else.
            let (user, what) = match file.split_once(":/") {
                Some((user, name)) => (Some(user.to_owned()), name.to_owned()),
                None => (drive.user, file),
            };
            let restored = session.call(&RestoreBin { what, user }).await?;
            print::line(&restored.path)
        }
        BinCommand::Empty { file, user } => {
            let purged = session.call(&EmptyBin { user, what: file }).await?.purged;
            print::line(&format!("{} removed for good", print::count(purged, "file")))
        }
    }
}

async fn list(session: &mut Session, user: Option<String>, json: bool) -> Outcome {
    let owners = match user {
        Some(user) => vec![user],
        None => users::all(session).await?.into_iter().map(|user| user.user.to_string()).collect(),
    };
    let mut array = print::Array::new();
    let mut head = ["ID", "OWNER", "DELETED", "SIZE", "NAME"];
    for user in owners {
        let mut after = None;
        loop {
            let page = session.call(&ListBin { user: user.clone(), after }).await?;
            if json {
                page.files.iter().try_for_each(|file| array.push(file))?;
            } else if !page.files.is_empty() {
                print::table(&head, &page.files.iter().map(row).collect::<Vec<_>>())?;
                head = [""; 5];
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    if json { array.end() } else { Ok(()) }
}

fn row(file: &BinInfo) -> Vec<String> {
    let (id, owner) = (file.id.to_string(), file.owner.to_string());
    vec![id, owner, file.deleted.clone(), print::bytes(file.size), file.name.clone()]
}
