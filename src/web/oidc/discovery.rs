//! What the provider says of itself, and its keys: fetched when first needed, kept, fetched again when they age.

use std::{sync::Arc, time::Duration};

use openidconnect::{
    DiscoveryError, IssuerUrl, JsonWebKeySet,
    core::{CoreJsonWebKeySet, CoreProviderMetadata},
};
use tokio::sync::Mutex;

use super::{
    OidcError,
    outbound::{Outbound, OutboundError},
};
use crate::{clock::Clock, settings::keeps_secrets};

/// After this time it is all asked for again.
const FRESH: Duration = Duration::from_secs(3600);

/// After a failure, for how long nobody asks again: those who come meanwhile hear of it at once.
const REST: Duration = Duration::from_secs(3);

/// How often keys may be asked for because a token names one that is not known. Anybody who has an account at the provider
/// could make this host ask.
const KEYS_AGAIN: Duration = Duration::from_secs(5);

/// What is known of the provider.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) metadata: CoreProviderMetadata,
    pub(super) keys: CoreJsonWebKeySet,
    /// By the monotonic clock.
    fetched: Duration,
}

/// Keeps what is known. One request at a time is under way; others wait for what it brings.
#[derive(Debug)]
pub(super) struct Discovery {
    issuer: IssuerUrl,
    outbound: Outbound,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    known: Option<Arc<Known>>,
    failed: Option<(Duration, OidcError)>,
    keys_asked: Option<Duration>,
}

impl Discovery {
    pub(super) fn new(issuer: IssuerUrl, outbound: Outbound) -> Self {
        Self { issuer, outbound, state: Mutex::default() }
    }

    /// What is known; asks the provider if that is nothing, or old. What is old is better than nothing.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`].
    pub(super) async fn known(&self, clock: &dyn Clock) -> Result<Arc<Known>, OidcError> {
        let mut state = self.state.lock().await;
        let now = clock.monotonic();
        let fresh = |known: &&Arc<Known>| now.saturating_sub(known.fetched) < FRESH;
        if let Some(known) = state.known.as_ref().filter(fresh) {
            return Ok(Arc::clone(known));
        }
        let resting = state.failed.clone().filter(|(at, _)| now.saturating_sub(*at) < REST);
        let asked = match resting {
            Some((_, error)) => Err(error),
            None => self.ask(now).await,
        };
        match asked {
            Ok(known) => {
                let known = Arc::new(known);
                state.known = Some(Arc::clone(&known));
                state.failed = None;
                Ok(known)
            }
            Err(error) => {
                if resting_over(state.failed.as_ref(), now) {
                    tracing::warn!(issuer = self.issuer.as_str(), %error, "the outside provider cannot be asked");
                    state.failed = Some((clock.monotonic(), error.clone()));
                }
                state.known.clone().ok_or(error)
            }
        }
    }

    /// Newer keys than those of `seen`, which lack the one that a token names; `None` when they were asked for a moment
    /// ago.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`].
    pub(super) async fn newer_keys(
        &self,
        clock: &dyn Clock,
        seen: &Arc<Known>,
    ) -> Result<Option<Arc<Known>>, OidcError> {
        let mut state = self.state.lock().await;
        if let Some(known) = state.known.as_ref().filter(|known| !Arc::ptr_eq(known, seen)) {
            return Ok(Some(Arc::clone(known)));
        }
        let now = clock.monotonic();
        if state.keys_asked.is_some_and(|at| now.saturating_sub(at) < KEYS_AGAIN) {
            return Ok(None);
        }
        state.keys_asked = Some(now);
        let keys = JsonWebKeySet::fetch_async(seen.metadata.jwks_uri(), &self.outbound).await.map_err(unreachable)?;
        tracing::info!(issuer = self.issuer.as_str(), "fetched the outside provider's keys again");
        let known = Arc::new(Known { metadata: seen.metadata.clone(), keys, fetched: seen.fetched });
        state.known = Some(Arc::clone(&known));
        Ok(Some(known))
    }

    async fn ask(&self, now: Duration) -> Result<Known, OidcError> {
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.outbound).await;
        let metadata = found.map_err(unreachable)?;
        // Where people are sent; the other addresses are looked at when they are asked.
        if !keeps_secrets(metadata.authorization_endpoint().url()) || metadata.token_endpoint().is_none() {
            return Err(OidcError::Unreachable(
                "its discovery document lacks an authorization or token endpoint by https".into(),
            ));
        }
        let keys = metadata.jwks().clone();
        Ok(Known { metadata, keys, fetched: now })
    }
}

fn resting_over(failed: Option<&(Duration, OidcError)>, now: Duration) -> bool {
    failed.is_none_or(|(at, _)| now.saturating_sub(*at) >= REST)
}

fn unreachable(error: DiscoveryError<OutboundError>) -> OidcError {
    let reason = match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Parse(error) => format!("its answer cannot be understood: {error}"),
        error => error.to_string(),
    };
    OidcError::Unreachable(reason.into())
}
