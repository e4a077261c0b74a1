//! `link`.

use super::{Outcome, args::LinkCommand, print, session::Session};
use crate::api::{
    Place,
    calls::{LinkInfo, ListLinks, RevokeLinks},
};

pub(super) async fn run(session: &mut Session, command: LinkCommand) -> Outcome {
    match command {
        LinkCommand::List { path, drive, json } => list(session, drive.place(path), json).await,
        LinkCommand::Revoke { what, drive } => {
            let is_path = drive.user.is_some() || what.contains(['/', ':']);
            let call = if is_path {
                RevokeLinks { id: None, place: Some(drive.place(what)) }
            } else {
                RevokeLinks { id: Some(what), place: None }
            };
            let ended = session.call(&call).await?;
            print::line(&format!("ended {} on {}", print::count(ended.ended, "link"), ended.path))
        }
    }
}

async fn list(session: &mut Session, place: Place, json: bool) -> Outcome {
    let links = session.call(&ListLinks { place }).await?;
    if json {
        return print::json(&links);
    }
    let row = |link: &LinkInfo| {
        let ends = match &link.ends {
            Some(ends) if link.over => format!("{ends} (over)"),
            Some(ends) => ends.clone(),
            None => "never".to_owned(),
        };
        vec![link.id.clone(), link.role.as_str().to_owned(), link.by.to_string(), link.made.clone(), ends]
    };
    print::table(&["ID", "ROLE", "BY", "MADE", "ENDS"], &links.iter().map(row).collect::<Vec<_>>())
}
