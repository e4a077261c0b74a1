//! `ls`, `mkdir`, `mv`, `rm`.

use serde_json::json;

use super::{
    Outcome,
    args::LsArgs,
    failure::{Code, Failure},
    print,
    session::Session,
    users,
};
use crate::{
    api::{
        Place,
        calls::{Entry, Find, List, Located, MakeFolder, Move, Remove},
    },
    ids::NodeId,
    store::records::NodeKind,
};

/// A page of what is in a folder, and the mark for the next one.
pub(super) async fn page(
    session: &mut Session,
    node: &NodeId,
    after: Option<String>,
) -> Result<(Vec<Entry>, Option<String>), Failure> {
    let listing = session.call(&List { node: node.clone(), after }).await?;
    Ok((listing.entries, listing.next))
}

pub(super) async fn list(session: &mut Session, arguments: LsArgs) -> Outcome {
    let LsArgs { path, drive, json, long } = arguments;
    if path.is_none() && drive.user.is_none() {
        return drives(session, json).await;
    }
    let found = session.call(&Find { place: drive.place(path.unwrap_or_else(|| "/".to_owned())) }).await?;
    let mut array = print::Array::new();
    let mut head = ["SIZE", "CHANGED", "BY", "VERSION", "LOCKED", "NAME"];
    let mut after = None;
    loop {
        let (entries, next) = page(session, &found.id, after).await?;
        if json {
            entries.iter().try_for_each(|entry| array.push(&with_path(entry, &found)))?;
        } else if long && !entries.is_empty() {
            print::table(&head, &entries.iter().map(detailed).collect::<Vec<_>>())?;
            head = [""; 6];
        } else {
            entries.iter().try_for_each(|entry| print::line(&shown(entry)))?;
        }
        after = next;
        if after.is_none() {
            return if json { array.end() } else { Ok(()) };
        }
    }
}

fn with_path(entry: &Entry, folder: &Located) -> serde_json::Value {
    let path = match folder.kind {
        NodeKind::File => folder.path.clone(),
        NodeKind::Container => format!("{}/{}", folder.path.trim_end_matches('/'), entry.name),
    };
    let mut value = json!(entry);
    value["kind"] = json!(kind(entry.kind));
    value["path"] = json!(path);
    value
}

/// A folder is what the protocol calls a container.
const fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::File => "file",
        NodeKind::Container => "folder",
    }
}

fn shown(entry: &Entry) -> String {
    match entry.kind {
        NodeKind::File => entry.name.clone(),
        NodeKind::Container => format!("{}/", entry.name),
    }
}

fn detailed(entry: &Entry) -> Vec<String> {
    match &entry.file {
        Some(file) => vec![
            print::bytes(file.size),
            file.modified.clone(),
            file.modified_by.to_string(),
            file.version.to_string(),
            if file.locked { "locked".to_owned() } else { String::new() },
            shown(entry),
        ],
        None => vec![String::new(), String::new(), String::new(), String::new(), String::new(), shown(entry)],
    }
}

async fn drives(session: &mut Session, json: bool) -> Outcome {
    let users = users::all(session).await?;
    if json {
        let drive = |user: &crate::api::calls::UserInfo| json!({ "kind": "drive", "name": user.user, "path": format!("{}:/", user.user), "files": user.files });
        return print::json(&users.iter().map(drive).collect::<Vec<_>>());
    }
    users.iter().try_for_each(|user| print::line(&format!("{}:/", user.user)))
}

pub(super) async fn make(session: &mut Session, place: Place) -> Outcome {
    let made = session.call(&MakeFolder { place }).await?;
    print::line(&made.path)
}

pub(super) async fn relocate(session: &mut Session, from: Place, to: Place) -> Outcome {
    let moved = session.call(&Move { from, to }).await?;
    print::line(&moved.path)
}

pub(super) async fn remove(session: &mut Session, place: Place, recursive: bool) -> Outcome {
    let removed = session.call(&Remove { place, recursive }).await?;
    let files = print::count(removed.binned, "file");
    let folders = print::count(removed.folders, "folder");
    print::line(&match (removed.binned, removed.folders) {
        (_, 0) => format!("{files} put into the bin"),
        (0, _) => format!("{folders} removed"),
        _ => format!("{files} put into the bin, {folders} removed"),
    })?;
    if removed.locked_count == 0 {
        return Ok(());
    }
    removed.locked.iter().for_each(|path| print::complaint(&format!("locked by an editor, and kept: {path}")));
    let kept = print::count(removed.locked_count, "file");
    Err(Failure::new(
        Code::Refused,
        format!(
            "not everything was removed, because editors have {kept} locked: wait until they are closed, or break the \
             locks with `lockhouse lock break`"
        ),
    ))
}
