//! `versions`, `restore`, `collect`.

use serde_json::Value;

use super::{Outcome, print, session::Session};
use crate::api::{
    Place,
    calls::{Collect, Restore, VersionInfo, Versions},
};

pub(super) async fn versions(session: &mut Session, place: Place, json: bool) -> Outcome {
    let versions = session.call(&Versions { place }).await?;
    if json {
        return print::json(&versions);
    }
    let row = |version: &VersionInfo| {
        let kind = match serde_json::to_value(version.kind) {
            Ok(Value::String(kind)) => kind,
            _ => String::new(),
        };
        let remark = match (&version.reason, version.rescued, version.current) {
            (Some(reason), true, _) => format!("rescued: {reason}"),
            (None, true, _) => "rescued".to_owned(),
            (_, _, true) => "current".to_owned(),
            _ => String::new(),
        };
        let (number, by) = (version.number.to_string(), version.by.to_string());
        vec![number, version.at.clone(), by, print::bytes(version.size), kind, remark]
    };
    print::table(&["NUMBER", "STORED", "BY", "SIZE", "KIND", ""], &versions.iter().map(row).collect::<Vec<_>>())
}

pub(super) async fn restore(session: &mut Session, place: Place, number: u64, rescued: bool) -> Outcome {
    let restored = session.call(&Restore { place, number, rescued }).await?;
    let kind = if rescued { "rescued version" } else { "version" };
    print::line(&format!("{} is {kind} {number} again, as its newest version", restored.path))
}

pub(super) async fn collect(session: &mut Session) -> Outcome {
    let collected = session.call(&Collect {}).await?;
    print::line(&format!("freed {}", print::bytes(collected.bytes_freed)))
}
