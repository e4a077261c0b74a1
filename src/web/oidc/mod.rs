//! Sign-in by an outside `OpenID` Connect provider: the authorization code flow with PKCE, this host being the client.
//!
//! `POST /sign-in/oidc/start` begins a [`journey`]; `GET /sign-in/oidc` is where it comes back to, with a code that
//! [`redeem`] turns into somebody, to whom [`crate::host::accounts::outside`] finds or makes the account. What the provider
//! says of itself is kept by [`discovery`].

mod discovery;
mod handlers;
mod journey;
mod outbound;
mod redeem;

use std::{fmt, sync::Arc, time::Duration};

use actix_web::web;
use openidconnect::{
    AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, RedirectUrl,
    core::{CoreClient, CoreClientAuthMethod},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use self::{
    discovery::{Discovery, Known},
    outbound::Outbound,
};
use crate::settings::Settings;

/// The codes that are redeemed at one time: each may wait for the provider, and take what its answers take of memory.
const EXCHANGES: usize = 32;

/// How long somebody waits for his turn before he is asked to come again.
const TURN: Duration = Duration::from_secs(2);

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/sign-in/oidc/start").route(web::post().to(handlers::start)))
        .service(web::resource("/sign-in/oidc").route(web::get().to(handlers::callback)));
}

/// Why the provider did not help somebody to sign in. The texts are for the log.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// It cannot be reached, or not be understood: later it may.
    #[error("the outside provider cannot be reached: {0}")]
    Unreachable(Arc<str>),
    /// What it says does not hold.
    #[error("the outside provider vouches for nobody: {0}")]
    Refused(Arc<str>),
}

impl OidcError {
    fn unreachable(error: &dyn std::error::Error) -> Self {
        Self::Unreachable(error.to_string().into())
    }

    fn refused(reason: String) -> Self {
        Self::Refused(reason.into())
    }
}

/// Why sign-in by the provider cannot be set up. The text is for the administrator.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The client secret cannot be read.
    #[error("oidc.client_secret_file: {path}: {reason}")]
    Secret {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The issuer is no URL.
    #[error("oidc.issuer: {0}")]
    Issuer(String),
    /// The system has no certificates to know the provider by, or the like.
    #[error("requests to the outside provider cannot be made: {0}")]
    Client(String),
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The outside provider, as the settings have it; handlers find it as `web::Data`.
pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    secret: Option<ClientSecret>,
    outbound: Outbound,
    discovery: Discovery,
    exchanges: Semaphore,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.issuer.as_str()).finish_non_exhaustive()
    }
}

impl Provider {
    /// The provider of the settings, if they name one. Asks it nothing yet: this host starts without it.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub fn from_settings(settings: &Settings) -> Result<Option<Self>, ProviderError> {
        let oidc = &settings.oidc;
        if oidc.issuer.is_empty() {
            return Ok(None);
        }
        let issuer = IssuerUrl::new(oidc.issuer.clone()).map_err(|error| ProviderError::Issuer(error.to_string()))?;
        let secret = oidc.client_secret_file.as_deref().map(read_secret).transpose()?;
        let outbound = Outbound::new(oidc.timeout.get()).map_err(|error| ProviderError::Client(error.to_string()))?;
        let discovery = Discovery::new(issuer.clone(), outbound.clone());
        let client_id = ClientId::new(oidc.client_id.clone());
        let exchanges = Semaphore::new(EXCHANGES);
        Ok(Some(Self { issuer, client_id, secret, outbound, discovery, exchanges }))
    }

    /// A turn to redeem a code; `None` when too many have one already.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        tokio::time::timeout(TURN, self.exchanges.acquire()).await.ok()?.ok()
    }

    /// The library's client for what is known of the provider now.
    fn client(&self, known: &Known, redirect: String) -> Result<Client, OidcError> {
        let client =
            CoreClient::from_provider_metadata(known.metadata.clone(), self.client_id.clone(), self.secret.clone());
        let client = match known.metadata.token_endpoint_auth_methods_supported() {
            Some(methods) if !methods.contains(&CoreClientAuthMethod::ClientSecretBasic) => {
                client.set_auth_type(AuthType::RequestBody)
            }
            _ => client,
        };
        if redirect.is_empty() {
            return Ok(client);
        }
        let redirect = RedirectUrl::new(redirect).map_err(|error| OidcError::unreachable(&error))?;
        Ok(client.set_redirect_uri(redirect))
    }
}

fn read_secret(path: &std::path::Path) -> Result<ClientSecret, ProviderError> {
    let wrong = |reason: String| ProviderError::Secret { path: path.display().to_string(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    match text.trim() {
        "" => Err(wrong("it is empty".to_owned())),
        secret => Ok(ClientSecret::new(secret.to_owned())),
    }
}
