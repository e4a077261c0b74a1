//! Floor 5: what the command line asks for, over HTTP on a Unix socket in the data directory ([`socket`]).
//!
//! Each thing that can be asked is a type in [`calls`], with the type of its answer: a `POST` of JSON to `/v1/{name}`.
//! Bytes travel beside that as streams ([`transfer`]). A refusal is a status and a sentence ([`refusal`]). Whoever may open
//! the socket owns the host: handlers check no rights, and change nothing but through [`crate::host::Host`].

mod accounts;
mod audit;
pub mod calls;
mod clients;
mod doctor;
mod files;
mod history;
mod keys;
mod links;
pub mod maintenance;
mod office;
mod place;
pub mod refusal;
pub mod socket;
mod tokens;
pub mod transfer;

use std::{future::Future, sync::Arc};

use actix_web::{HttpResponse, error::InternalError, http::StatusCode, web};

pub use self::{
    calls::Call,
    place::Place,
    refusal::Refusal,
    socket::{AdminSocket, SocketError},
};
use crate::{doctor::Doctor, host::Host, server::reply, settings::Settings, urls::Urls};

/// The largest request that is not a document, in bytes.
const LARGEST_REQUEST: usize = 1 << 20;

/// What the handlers work with; they find it as `web::Data<Admin>`.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The host.
    pub host: Host,
    /// Where it is reached, for the URLs that are handed out.
    pub urls: Arc<Urls>,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// Who looks at the wiring.
    pub doctor: Doctor,
}

/// How a call is done.
trait Perform: Call {
    /// Does it.
    fn perform(self, admin: &Admin) -> impl Future<Output = Result<Self::Answer, Refusal>>;
}

async fn answer<C: Perform>(admin: web::Data<Admin>, call: web::Json<C>) -> HttpResponse {
    match call.into_inner().perform(&admin).await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(refusal) => refusal.response(),
    }
}

fn route<C: Perform>(config: &mut web::ServiceConfig) {
    config.route(&format!("/v1/{}", C::NAME), web::post().to(answer::<C>));
}

/// Adds the routes below `/v1`; [`Admin`] must be there as `web::Data`.
pub fn routes(config: &mut web::ServiceConfig) {
    let json = web::JsonConfig::default().limit(LARGEST_REQUEST).error_handler(|error, _| {
        let response = reply::message(StatusCode::BAD_REQUEST, &format!("the request cannot be understood: {error}"));
        InternalError::from_response(error, response).into()
    });
    config.app_data(json);
    route::<calls::Hello>(config);
    accounts::routes(config);
    audit::routes(config);
    clients::routes(config);
    doctor::routes(config);
    files::routes(config);
    history::routes(config);
    keys::routes(config);
    links::routes(config);
    office::routes(config);
    tokens::routes(config);
    maintenance::routes(config);
    transfer::routes(config);
}

impl Perform for calls::Hello {
    async fn perform(self, admin: &Admin) -> Result<calls::Greeting, Refusal> {
        Ok(calls::Greeting { version: env!("CARGO_PKG_VERSION").to_owned(), url: admin.urls.origin() })
    }
}
