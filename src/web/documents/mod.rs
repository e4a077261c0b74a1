//! The pages about what is kept: sharing, versions, the lock, the bin; and what guests see behind a share link.
//!
//! ```text
//! GET  ─ Desk::page ─ Subject::find (the right, now) ─ page
//! POST ─ Desk::sent ─ Subject::find (the right, now) ─ host ─ trail ─ 303 back with `said`
//! ```
//!
//! What a page says after a form is in its address only as a word (`said`), so that nobody can make this house say a text
//! of his own by a link.

mod bin;
mod figures;
mod guest;
mod guest_folder;
mod lock;
mod people;
mod share;
mod share_forms;
mod subject;
mod trail;
mod version_bytes;
mod version_forms;
mod versions;

use actix_web::web;

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource("/share/{id}").route(read().to(share::show)).route(web::post().to(share_forms::submit)))
        .service(
            web::resource("/versions/{id}")
                .route(read().to(versions::show))
                .route(web::post().to(version_forms::submit)),
        )
        .service(web::resource("/versions/{id}/{version}/download").route(read().to(version_bytes::download)))
        .service(web::resource("/lock/{id}").route(read().to(lock::show)).route(web::post().to(lock::submit)))
        .service(web::resource("/bin").route(read().to(bin::show)).route(web::post().to(bin::submit)))
        .service(web::resource("/s/{code}").route(read().to(guest::show)))
        .service(web::resource("/s/{code}/download").route(read().to(guest::download)));
}
