//! Floor 5: the WOPI files endpoint (files.md). Handlers translate HTTP to [`crate::host::Host`] calls and back.
//!
//! A request is taken in the order of files.md section 1.12: route and verb, token, resource, operation, right, headers and
//! names, lock, size. Each operation is a file here; [`reply`] is the one place where an error becomes a status.

mod activities;
mod bootstrapper;
mod challenge;
mod check_file_info;
mod contents;
mod dispatch;
mod headers;
mod locks;
mod naming;
mod relative;
mod reply;
mod session;
mod sharing;

use std::sync::Arc;

use actix_web::web;

use crate::{
    host::Host,
    server::Metrics,
    settings::{Limits, Supports},
    urls::Urls,
};

/// What the handlers work with.
#[derive(Clone, Debug)]
pub struct Wopi {
    /// The host.
    pub host: Host,
    /// Where it is reached.
    pub urls: Arc<Urls>,
    /// What clients may do at all.
    pub supports: Supports,
    /// Limits on bodies and times.
    pub limits: Limits,
    /// The counters.
    pub metrics: Arc<Metrics>,
}

/// Adds the routes below `/wopi`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/wopi/files/{id}")
                .route(web::get().to(check_file_info::handle))
                .route(web::post().to(dispatch::handle))
                .default_service(web::to(reply::only_get_and_post)),
        )
        .service(
            web::resource("/wopi/files/{id}/contents")
                .route(web::get().to(contents::get))
                .route(web::post().to(contents::post))
                .default_service(web::to(reply::only_get_and_post)),
        )
        .service(
            web::resource("/wopi/files/{id}/activities")
                .route(web::post().to(dispatch::handle_activities))
                .default_service(web::to(reply::only_post)),
        )
        .service(
            web::resource("/wopi/files/{id}/{pointer:ancestry|ecosystem_pointer}")
                .route(web::get().to(dispatch::not_supported))
                .default_service(web::to(reply::only_get)),
        );
}

/// Adds the bootstrapper, at the path that the settings give it.
pub fn bootstrapper(config: &mut web::ServiceConfig, path: &str) {
    config.service(
        web::resource(path)
            .route(web::get().to(bootstrapper::handle))
            .route(web::post().to(bootstrapper::handle))
            .default_service(web::to(reply::only_get_and_post)),
    );
}
