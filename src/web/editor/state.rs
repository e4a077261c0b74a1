//! `GET /state/{id}`: what the host itself knows of a document's saves. Pages ask it while they are open, and show that rather
//! than what their editor believes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use serde_json::{Value, json};

use super::{
    super::{
        frame::guard,
        sign_in::{finish, guard as form},
        visit::{Depth, Visit},
    },
    json, node,
    opening::family,
    refused,
};
use crate::{
    host::{
        HostError,
        access::Access,
        saves::{Refused, Saved},
        tokens::{ClientKind, Resource},
    },
    ids::{NodeId, UserId},
    oauth::Identity,
    permission::Role,
    server::note_operation,
    store::records::{AccountRecord, FileHead},
    wopi::Wopi,
};

/// For somebody who is signed in; 401 for somebody who is not any more. It does not lengthen the session: a page that is left
/// open is no use of the house.
pub(super) async fn of_account(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "document state");
    let visit = Visit::new(&request, &identity, Depth::Two, None);
    let told = async {
        let Some(signed_in) = visit.signed_in().map_err(HostError::from)? else { return Ok(signed_out()) };
        let file = node(&id)?;
        let resource = Resource::File(file.clone());
        let control = wopi.host.access_control();
        let access = control.for_account(&signed_in.account, resource, Role::Owner, ClientKind::Any)?;
        // Whoever signed in again needs a mark that fits his new session.
        let mark = form::mark(&visit, Some(&signed_in.cookie)).await.map_err(HostError::from)?;
        let mut response = answer(&request, &wopi, &file, &access, Some(&mark.text))?;
        if let Some(cookie) = &mark.cookie {
            finish::add(&mut response, cookie);
        }
        Ok(response)
    };
    told.await.unwrap_or_else(|error: HostError| refused(&error))
}

/// 401 for a script whose person is not signed in any more.
pub(super) fn signed_out() -> HttpResponse {
    json(StatusCode::UNAUTHORIZED, &json!({ "error": "signed-out" }))
}

/// The answer, or 304 when the page knows it already.
///
/// # Errors
/// [`HostError`] for a file that is not there (any more).
pub(super) fn answer(
    request: &HttpRequest,
    wopi: &Wopi,
    file: &NodeId,
    access: &Access,
    mark: Option<&str>,
) -> Result<HttpResponse, HostError> {
    let head = wopi.host.facts(access)?.head;
    let mut value = describe(wopi, file, access, &head)?;
    value["form"] = json!(mark);
    let mut hasher = DefaultHasher::new();
    value.to_string().hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        let mut response = HttpResponse::NotModified().finish();
        guard(&mut response);
        response
    } else {
        value["now"] = json!(wopi.host.clock().wall().unix_ms());
        json(StatusCode::OK, &value)
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

fn describe(wopi: &Wopi, file: &NodeId, access: &Access, head: &FileHead) -> Result<Value, HostError> {
    let known = wopi.host.saves().of(file);
    let me = access.user_id();
    let name = |user: &UserId| -> Result<String, HostError> {
        // Who works on a document is told to people of the house.
        if access.is_anonymous() {
            return Ok(String::new());
        }
        let account = wopi.host.accounts().get(user)?;
        Ok(account.map_or_else(String::new, |account: AccountRecord| account.display_name))
    };
    // The record is of this run, and of saves by editors alone; the head is of all changes.
    let of_this_run = known.saved.filter(|saved| saved.version == head.version);
    let saved = if let Some(Saved { at, by, kind, client, .. }) = of_this_run {
        json!({ "at": at.unix_ms(), "by": name(&by)?, "mine": by == me, "kind": kind, "client": family(client) })
    } else {
        let by = &head.modified_by;
        json!({ "at": head.modified.unix_ms(), "by": name(by)?, "mine": *by == me })
    };
    let refused = known.refused.map(|Refused { at, by, why, rescued, client }| {
        json!({
            "at": at.unix_ms(), "mine": by == me, "why": why.as_str(), "rescued": rescued, "client": family(client),
        })
    });
    let contact = known
        .contact
        .map(|contact| json!({ "at": contact.at.unix_ms(), "client": family(contact.client), "held": contact.held }));
    Ok(json!({
        "name": head.name,
        "version": head.version.to_string(),
        "writes": access.role.can_write(),
        "user": access.wopi_id().as_str(),
        "saved": saved,
        "refused": refused,
        "contact": contact,
    }))
}
