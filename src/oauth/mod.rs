//! Floor 5: the OAuth 2.0 endpoints (bootstrapper-oauth.md sections 5 to 7): handlers that translate HTTP to
//! [`crate::host::oauth`] and back.

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
pub fn routes(_config: &mut web::ServiceConfig) {}
