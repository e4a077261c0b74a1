//! Floor 5: the OAuth 2.0 endpoints (bootstrapper-oauth.md sections 5 to 7): handlers that translate HTTP to
//! [`crate::host::oauth`] and back.

mod app_code;
pub(crate) mod authorize;
mod client_auth;
mod consent;
mod form;
mod limits;
mod metadata;
pub mod redirect;
mod refusal;
pub mod request;
mod revoke;
mod token;

#[cfg(test)]
mod endpoint_tests;

use std::sync::Arc;

use actix_web::web;

pub use self::{form::Params, limits::Limits};
use crate::{host::Host, server::reply, settings::Settings, urls::Urls, web::sign_in::Attempts};

/// What the handlers of OAuth, sign-in and the bootstrapper work with; they find it as `web::Data<Identity>`.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The host.
    pub host: Host,
    /// Where it is reached.
    pub urls: Arc<Urls>,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// How often clients and tokens may ask.
    pub limits: Arc<Limits>,
    /// How many wrong passwords are answered.
    pub attempts: Arc<Attempts>,
}

impl Identity {
    /// One for all workers: they share the limits.
    pub fn new(host: Host, urls: Arc<Urls>, settings: Arc<Settings>) -> Self {
        let limits = Arc::new(Limits::new(&host, &settings.oauth));
        let clock = host.clone();
        let attempts = Arc::new(Attempts::new(&settings.sign_in, move || clock.clock().monotonic()));
        Self { host, urls, settings, limits, attempts }
    }
}

/// Adds the routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    let only_post = || async { reply::method_not_allowed("POST") };
    config
        .service(web::resource(authorize::PATH).route(read().to(authorize::get)).route(web::post().to(authorize::post)))
        .service(web::resource("/oauth/consent").route(web::post().to(consent::post)))
        .service(web::resource("/api/office/code").route(web::post().to(app_code::post)))
        .service(web::resource("/oauth/token").route(web::post().to(token::handle)).default_service(web::to(only_post)))
        .service(
            web::resource("/oauth/revoke").route(web::post().to(revoke::handle)).default_service(web::to(only_post)),
        )
        .route("/.well-known/oauth-authorization-server", web::get().to(metadata::handle))
        .route("/.well-known/oauth-authorization-server/{issuer:.*}", web::get().to(metadata::handle_path));
}
