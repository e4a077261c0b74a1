//! Floor 5: the OAuth 2.0 endpoints (bootstrapper-oauth.md sections 5 to 7): handlers that translate HTTP to
//! [`crate::host::oauth`] and back.

mod app_code;
pub(crate) mod authorize;
mod consent;
mod form;
pub mod redirect;
pub mod request;

use std::sync::Arc;

use actix_web::web;

pub use self::form::Params;
use crate::{host::Host, settings::Settings, urls::Urls};

/// What the handlers of OAuth, sign-in and the bootstrapper work with; they find it as `web::Data<Identity>`.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The host.
    pub host: Host,
    /// Where it is reached.
    pub urls: Arc<Urls>,
    /// The settings in force.
    pub settings: Arc<Settings>,
}

/// Adds the routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource(authorize::PATH).route(read().to(authorize::get)).route(web::post().to(authorize::post)))
        .service(web::resource("/oauth/consent").route(web::post().to(consent::post)))
        .service(web::resource("/api/office/code").route(web::post().to(app_code::post)));
}
