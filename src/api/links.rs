//! Share links.

use actix_web::web;

use super::{
    Admin, Perform, Place, Refusal,
    calls::{LinkInfo, LinksEnded, ListLinks, RevokeLinks},
    route,
};
use crate::{
    host::{HostError, audit::Note},
    ids::NodeId,
    store::records::{AuditEvent, NodeKind, ShareLinkRecord},
};

/// Characters of a link's id that are shown. A link has 128 random bits; those that are left cannot be guessed.
const SHOWN: usize = 8;

/// Fewer characters are not taken for the beginning of an id.
const FEWEST: usize = 4;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<ListLinks>(config);
    route::<RevokeLinks>(config);
}

fn told(admin: &Admin, link: &NodeId, record: ShareLinkRecord) -> LinkInfo {
    let now = admin.host.clock().wall();
    LinkInfo {
        id: link.as_str().chars().take(SHOWN).collect(),
        role: record.role,
        by: record.by,
        made: record.at.to_iso(),
        ends: record.expires.map(crate::clock::Timestamp::to_iso),
        over: record.expires.is_some_and(|end| end <= now),
    }
}

impl Perform for ListLinks {
    async fn perform(self, admin: &Admin) -> Result<Vec<LinkInfo>, Refusal> {
        let found = admin.find(&self.place)?;
        let links = admin.host.links().on(&found.id)?;
        Ok(links.into_iter().map(|(link, record)| told(admin, &link, record)).collect())
    }
}

impl Perform for RevokeLinks {
    async fn perform(self, admin: &Admin) -> Result<LinksEnded, Refusal> {
        match (self.id, self.place) {
            (Some(id), None) => end_one(admin, &id).await,
            (None, Some(place)) => end_all(admin, &place).await,
            _ => Err(Refusal::invalid("name either a link or a file or folder")),
        }
    }
}

async fn end_one(admin: &Admin, id: &str) -> Result<LinksEnded, Refusal> {
    let none = || {
        Refusal::not_found(
            "there is no such link; `lockhouse link list PATH` shows those on a file or folder, and a path holds a `/`",
        )
    };
    let start = NodeId::parse(id).map_err(|_| none())?;
    if id.len() < FEWEST {
        return Err(Refusal::invalid(format!("name at least {FEWEST} characters of the link's id")));
    }
    let mut links = admin.host.links().beginning_with(&start, 2)?;
    let (link, record) = match (links.pop(), links.is_empty()) {
        (Some(only), true) => only,
        (Some(_), false) => return Err(Refusal::conflict("more than one link begins so: name more of its id")),
        (None, _) => return Err(none()),
    };
    let ended = u64::from(admin.host.links().revoke(&link).await?);
    let path = match admin.located(NodeKind::File, &record.node) {
        Err(HostError::NotFound) => admin.located(NodeKind::Container, &record.node),
        outcome => outcome,
    };
    let path = match path {
        Ok(located) => located.path,
        Err(HostError::NotFound) => "a file or folder that is gone".to_owned(),
        Err(error) => return Err(error.into()),
    };
    admin.host.audit().note(Note::by_command(AuditEvent::LinkEnded).on(&path, &record.node)).await;
    Ok(LinksEnded { ended, path })
}

async fn end_all(admin: &Admin, place: &Place) -> Result<LinksEnded, Refusal> {
    let found = admin.find(place)?;
    let mut ended = 0;
    for (link, _) in admin.host.links().on(&found.id)? {
        ended += u64::from(admin.host.links().revoke(&link).await?);
    }
    if ended == 0 {
        return Err(Refusal::not_found(format!("there is no link on `{}` itself", found.path)));
    }
    let note = Note::by_command(AuditEvent::LinkEnded).on(&found.path, &found.id);
    admin.host.audit().note(note.detail(&format!("{ended} in all"))).await;
    Ok(LinksEnded { ended, path: found.path })
}
