//! `bin`.

use super::{Outcome, args::BinCommand, print, session::Session};
use crate::api::calls::{BinInfo, EmptyBin, ListBin, RestoreBin};

pub(super) async fn run(session: &mut Session, command: BinCommand) -> Outcome {
    match command {
        BinCommand::List { drive, json } => {
            let files = session.call(&ListBin { user: drive.user }).await?;
            if json {
                return print::json(&files);
            }
            let row = |file: &BinInfo| {
                let (id, owner) = (file.id.to_string(), file.owner.to_string());
                vec![id, owner, file.deleted.clone(), print::bytes(file.size), file.name.clone()]
            };
            print::table(&["ID", "OWNER", "DELETED", "SIZE", "NAME"], &files.iter().map(row).collect::<Vec<_>>())
        }
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
