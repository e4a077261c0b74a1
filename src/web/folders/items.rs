//! `POST /folder/{id}/items`: the rows that were ticked. Each of them is looked at again and asks the host for itself; what
//! does not go is counted and told, and holds none of the others up.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Bytes},
};

use super::{
    super::{desk::Desk, visit::Depth},
    anything, back,
    said::{Fate, Tally},
};
use crate::{
    host::{HostError, Unless, access::Access, tokens::Resource},
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    store::records::AuditEvent,
};

/// How many rows are dealt with at once.
pub(super) const MOST: usize = 500;

/// The rows that were ticked: fields that are called `i` and the id.
fn ticked(fields: &HashMap<String, String>) -> Vec<NodeId> {
    let mut ids: Vec<NodeId> = fields
        .keys()
        .filter_map(|name| NodeId::parse(name.strip_prefix('i').filter(|id| id.len() >= 20)?).ok())
        .collect();
    ids.sort_unstable();
    ids
}

pub(super) async fn act(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    body: Bytes,
) -> HttpResponse {
    note_operation(&request, "chosen files");
    let (desk, fields) = match Desk::form(&request, &identity, Depth::Three, &body).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let Ok(id) = NodeId::parse(&id) else { return desk.refusal(&HostError::NotFound) };
    let here = format!("folder/{id}");
    let named = fields.get("back");
    let items = ticked(&fields);
    if items.is_empty() {
        return back(&desk, named, &here, "said=none");
    }
    if items.len() > MOST {
        return back(&desk, named, &here, "said=many");
    }
    if fields.get("act").is_some_and(|act| act == "move") {
        let items: Vec<&str> = items.iter().map(NodeId::as_str).collect();
        let named = named.map(|named| url::form_urlencoded::byte_serialize(named.as_bytes()).collect::<String>());
        let named = named.map(|named| format!("&back={named}")).unwrap_or_default();
        return desk.go(&format!("{here}/move?items={}{named}", items.join(".")));
    }
    let mut tally = Tally::default();
    for item in &items {
        let outcome = to_bin(&desk, item, &mut tally).await;
        if let Err(error) = tally.note_unless_counted(outcome) {
            return desk.refusal(&error);
        }
    }
    back(&desk, named, &here, &tally.said("binned"))
}

/// Puts a file, or all that is in a folder, into the bin. A folder counts as what was in it.
async fn to_bin(desk: &Desk<'_>, item: &NodeId, tally: &mut Tally) -> Result<Option<Fate>, HostError> {
    let access = anything(desk, item)?;
    // Made before it is gone, and with it its path.
    let note = desk.noted(AuditEvent::Deleted).at(desk.host(), item);
    if let Resource::File(_) = access.resource() {
        return Ok(Some(match desk.host().delete(&access).await? {
            Unless::Done(()) => {
                desk.host().audit().note(note).await;
                Fate::Done
            }
            Unless::Locked(_) => Fate::Held,
        }));
    }
    if !desk.host().container_facts(&access, item)?.may_delete {
        return Err(HostError::NoRight);
    }
    let (host, folder, by) = (desk.host().clone(), item.clone(), desk.me.user.clone());
    // Goes on to its end should the browser hang up.
    let cleared = actix_web::rt::spawn(async move { host.remove_tree(&folder, &by).await });
    let cleared = cleared.await.map_err(|_| HostError::Failed("removing a folder was interrupted".into()))??;
    desk.host().audit().note(note).await;
    tally.count(Fate::Held, cleared.locked_count);
    tally.count(Fate::Done, cleared.binned.max(u64::from(cleared.locked_count == 0)));
    Ok(None)
}

/// Whether he may take a file or folder away from where it is.
///
/// # Errors
/// [`HostError::NoRight`], and what the store says.
pub(super) fn may_take_away(desk: &Desk<'_>, access: &Access) -> Result<(), HostError> {
    if desk.host().may_take_away(access)? { Ok(()) } else { Err(HostError::NoRight) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_that_name_an_id_are_rows() {
        let id = NodeId::from_random_bits([7; 16]);
        let names = [format!("i{id}"), "form".into(), "items".into(), "back".into(), id.to_string(), "i<b>".into()];
        let fields = names.into_iter().map(|name| (name, "on".to_owned())).collect();
        assert_eq!(ticked(&fields), [id]);
    }
}
