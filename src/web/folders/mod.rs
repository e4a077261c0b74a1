//! The pages of folders and files: what is in them, and what can be done with it.
//!
//! | address | what |
//! |---|---|
//! | `GET /` | to one's own folder, or to the sign-in |
//! | `GET /folder/{id}` | what is in a folder ([`listing`]) |
//! | `GET`, `POST /folder/{id}/new` | a new folder or document ([`make`]) |
//! | `POST /folder/{id}/items` | the rows that were ticked: to the bin, or on to where they go ([`items`]) |
//! | `GET`, `POST /folder/{id}/move` | where they go ([`choose`]) |
//! | `POST /folder/{id}/upload`, `PATCH`, `HEAD`, `DELETE /upload/{id}` | files on their way in ([`upload`]) |
//! | `GET /file/{id}` | one file or folder, with everything that can be done with it ([`mod@file`]) |
//! | `POST /file/{id}/rename` | another name |
//! | `GET /file/{id}/download` | its bytes, by the session: no token stands in an address |
//! | `GET /file/{id}/app` | on to the Office app |
//!
//! All of it works without script but uploads, for which a page cannot do without.

mod choose;
mod file;
mod home;
mod items;
mod listing;
mod make;
mod rows;
mod said;
mod upload;
mod view;

use actix_web::{HttpResponse, web};

use super::{desk::Desk, sign_in::ReturnTo};
use crate::{
    host::{HostError, access::Access, shared_with_me, tokens::Resource},
    ids::NodeId,
};

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource("/").route(read().to(home::home)))
        .service(web::resource("/folder/{id}").route(read().to(listing::page)))
        .service(web::resource("/folder/{id}/new").route(read().to(make::form)).route(web::post().to(make::make)))
        .service(web::resource("/folder/{id}/items").route(web::post().to(items::act)))
        .service(web::resource("/folder/{id}/move").route(read().to(choose::page)).route(web::post().to(choose::act)))
        .service(web::resource("/folder/{id}/upload").route(web::post().to(upload::begin)))
        .service(
            web::resource("/upload/{id}")
                .route(web::head().to(upload::state))
                .route(web::patch().to(upload::append))
                .route(web::delete().to(upload::cancel)),
        )
        .service(web::resource("/file/{id}").route(read().to(file::page)))
        .service(web::resource("/file/{id}/rename").route(web::post().to(file::rename)))
        .service(web::resource("/file/{id}/download").route(read().to(file::download)))
        .service(web::resource("/file/{id}/app").route(read().to(file::app)));
}

/// What he may do with the folder of this id.
fn folder(desk: &Desk<'_>, id: &str) -> Result<(NodeId, Access), HostError> {
    let id = NodeId::parse(id).map_err(|_| HostError::NotFound)?;
    let access = desk.access(Resource::Container(id.clone()))?;
    Ok((id, access))
}

/// What he may do with the file or folder of this id.
fn anything(desk: &Desk<'_>, id: &NodeId) -> Result<Access, HostError> {
    match desk.access(Resource::File(id.clone())) {
        Ok(access) => Ok(access),
        Err(HostError::Access(_)) => desk.access(Resource::Container(id.clone())),
        Err(error) => Err(error),
    }
}

/// A folder that somebody sees on the way to another one.
struct Crumb {
    id: NodeId,
    name: String,
}

/// The way to a file or folder as he may see it: from his own root, or from "Shared with me".
fn way(desk: &Desk<'_>, access: &Access) -> Result<Vec<Crumb>, HostError> {
    let mut way: Vec<Crumb> =
        desk.host().ancestors(access)?.into_iter().map(|a| Crumb { id: a.id, name: a.name }).collect();
    if way.get(1).is_some_and(|second| shared_with_me::drive_of(&second.id).is_some()) {
        way.remove(0);
    }
    for crumb in &mut way {
        if let Some(name) = special_name(desk, &crumb.id) {
            crumb.name = name.to_owned();
        }
    }
    Ok(way)
}

/// What his own root and "Shared with me" are called on pages.
fn special_name(desk: &Desk<'_>, id: &NodeId) -> Option<&'static str> {
    if *id == desk.me.drive {
        Some(desk.texts().files)
    } else if shared_with_me::drive_of(id).is_some() {
        Some(desk.texts().shared)
    } else {
        None
    }
}

/// Back to the page on which a form was: what it names if that is a page of a folder, else `otherwise`; with what is to be
/// said there.
fn back(desk: &Desk<'_>, named: Option<&String>, otherwise: &str, said: &str) -> HttpResponse {
    let named = named.map(String::as_str).filter(|named| {
        let is_ours = named.starts_with("folder/") || named.starts_with("file/");
        is_ours && !named.contains("..") && ReturnTo::parse(&format!("/{named}")).is_some()
    });
    let page = named.unwrap_or(otherwise);
    let joint = if page.contains('?') { '&' } else { '?' };
    desk.go(&format!("{page}{joint}{said}"))
}
