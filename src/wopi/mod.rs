//! Floor 5: the WOPI endpoints of files (files.md), of containers and of the ecosystem (containers-ecosystem.md). Handlers
//! translate HTTP to [`crate::host::Host`] calls and back.
//!
//! A request is taken in the order of files.md section 1.12: route and verb, proof, token, resource, operation, right, headers and
//! names, lock, size. Each operation is a file here; [`reply`] is the one place where an error becomes a status.

mod activities;
mod around;
mod bootstrapper;
mod browser;
mod challenge;
mod check_file_info;
mod child_container;
mod child_file;
mod children;
mod containers;
mod contents;
pub(crate) mod dispatch;
mod ecosystem;
mod files;
pub(crate) mod headers;
mod locks;
mod naming;
mod pages;
mod picture;
mod proof;
mod relative;
pub(crate) mod reply;
pub(crate) mod session;
pub(crate) mod shapes;
mod sharing;

pub(crate) use browser::template_for;

use std::sync::Arc;

use actix_web::web;

use crate::{
    editors::Editors,
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
    /// The editors in the browser, which prove their requests.
    pub editors: Editors,
    /// The counters.
    pub metrics: Arc<Metrics>,
}

/// Adds the routes below `/wopi`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(files::Files).configure(container_routes).configure(ecosystem_routes);
}

fn container_routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/wopi/containers/{id}")
                .route(proof::get(containers::check))
                .route(proof::post(containers::post))
                .default_service(web::to(reply::only_get_and_post)),
        )
        .service(
            web::resource("/wopi/containers/{id}/children")
                .route(proof::get(children::handle))
                .default_service(web::to(reply::only_get)),
        )
        .service(
            web::resource("/wopi/containers/{id}/ancestry")
                .route(proof::get(around::of_container))
                .default_service(web::to(reply::only_get)),
        )
        .service(
            web::resource("/wopi/containers/{id}/ecosystem_pointer")
                .route(proof::get(around::ecosystem_of_container))
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

fn ecosystem_routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/wopi/ecosystem")
                .route(proof::get(ecosystem::check))
                .route(proof::post(ecosystem::post))
                .default_service(web::to(reply::only_get_and_post)),
        )
        .service(
            web::resource("/wopi/ecosystem/root_container_pointer")
                .route(proof::get(ecosystem::root))
                .default_service(web::to(reply::only_get)),
        )
        .service(
            web::resource(["/wopi/folders/{id}", "/wopi/folders/{id}/{rest:.*}"])
                .default_service(web::to(ecosystem::folders)),
        );
}
