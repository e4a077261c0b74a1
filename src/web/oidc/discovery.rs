//! What the provider says of itself, and its keys: fetched when first needed, kept, fetched again when they age.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use openidconnect::{
    DiscoveryError, IssuerUrl, JsonWebKeySet,
    core::{CoreJsonWebKeySet, CoreProviderMetadata},
};

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

/// Keeps what is known. One request at a time is under way; only those who know nothing yet wait for what it brings.
#[derive(Debug)]
pub(super) struct Discovery(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    issuer: IssuerUrl,
    outbound: Outbound,
    /// Never held while the provider is asked.
    state: Mutex<State>,
    /// Held by whoever asks for everything.
    asking: Arc<tokio::sync::Mutex<()>>,
    /// Held by whoever asks for the keys.
    asking_keys: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    known: Option<Arc<Known>>,
    failed: Option<(Duration, OidcError)>,
    keys_asked: Option<Duration>,
}

impl State {
    /// The last failure, if nobody is to ask again yet.
    fn resting(&self, now: Duration) -> Option<&OidcError> {
        let failed = self.failed.as_ref().filter(|(at, _)| now.saturating_sub(*at) < REST);
        failed.map(|(_, error)| error)
    }
}

impl Discovery {
    pub(super) fn new(issuer: IssuerUrl, outbound: Outbound) -> Self {
        Self(Arc::new(Inner {
            issuer,
            outbound,
            state: Mutex::default(),
            asking: Arc::default(),
            asking_keys: tokio::sync::Mutex::default(),
        }))
    }

    /// What is known; waits for the provider only when that is nothing. What is old is better than nothing: it is asked for
    /// again beside, so that nobody waits for a provider that has gone.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`].
    pub(super) async fn known(&self, clock: &dyn Clock) -> Result<Arc<Known>, OidcError> {
        if let Some(known) = self.kept(clock.monotonic()) {
            return Ok(known);
        }
        let _asking = self.0.asking.lock().await;
        // Those who waited find what the first has brought.
        let now = clock.monotonic();
        if let Some(known) = self.kept(now) {
            return Ok(known);
        }
        if let Some(error) = self.0.state().resting(now) {
            return Err(error.clone());
        }
        self.0.learn(now).await
    }

    /// What is known, if anything is; when it is old somebody begins to ask.
    fn kept(&self, now: Duration) -> Option<Arc<Known>> {
        let state = self.0.state();
        let known = state.known.clone()?;
        if now.saturating_sub(known.fetched) >= FRESH
            && state.resting(now).is_none()
            && let Ok(asking) = Arc::clone(&self.0.asking).try_lock_owned()
        {
            let inner = Arc::clone(&self.0);
            tokio::spawn(async move {
                // A failure is in the log; the old stays.
                _ = inner.learn(now).await;
                drop(asking);
            });
        }
        Some(known)
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
        let inner = &*self.0;
        let _asking = inner.asking_keys.lock().await;
        {
            let mut state = inner.state();
            if let Some(known) = state.known.as_ref().filter(|known| !Arc::ptr_eq(known, seen)) {
                return Ok(Some(Arc::clone(known)));
            }
            let now = clock.monotonic();
            if state.keys_asked.is_some_and(|at| now.saturating_sub(at) < KEYS_AGAIN) {
                return Ok(None);
            }
            state.keys_asked = Some(now);
        }
        let keys = JsonWebKeySet::fetch_async(seen.metadata.jwks_uri(), &inner.outbound).await.map_err(unreachable)?;
        tracing::info!(issuer = inner.issuer.as_str(), "fetched the outside provider's keys again");
        let known = Arc::new(Known { metadata: seen.metadata.clone(), keys, fetched: seen.fetched });
        let mut state = inner.state();
        // What was learnt meanwhile of everything has the newer keys too.
        if state.known.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, seen)) {
            state.known = Some(Arc::clone(&known));
        }
        Ok(Some(known))
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the provider, and keeps what it says or that it says nothing.
    async fn learn(&self, now: Duration) -> Result<Arc<Known>, OidcError> {
        let began = Instant::now();
        let asked = self.ask(now).await;
        let mut state = self.state();
        match asked {
            Ok(known) => {
                let known = Arc::new(known);
                state.known = Some(Arc::clone(&known));
                state.failed = None;
                Ok(known)
            }
            Err(error) => {
                tracing::warn!(issuer = self.issuer.as_str(), %error, "the outside provider cannot be asked");
                // It rests from the time when it failed.
                state.failed = Some((now.saturating_add(began.elapsed()), error.clone()));
                Err(error)
            }
        }
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

fn unreachable(error: DiscoveryError<OutboundError>) -> OidcError {
    let reason = match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Parse(error) => format!("its answer cannot be understood: {error}"),
        error => error.to_string(),
    };
    OidcError::Unreachable(reason.into())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use futures::FutureExt as _;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        sync::Notify,
    };

    use super::*;
    use crate::clock::{ManualClock, Timestamp};

    /// A provider that answers, or keeps those who ask waiting.
    #[derive(Default)]
    struct Provider {
        silent: AtomicBool,
        asked: AtomicUsize,
        somebody_asks: Notify,
        speak: Notify,
    }

    impl Provider {
        async fn start(self: &Arc<Self>) -> Discovery {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let issuer = format!("http://{}", listener.local_addr().unwrap());
            let (provider, at) = (Arc::clone(self), issuer.clone());
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut request = Vec::new();
                    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                        stream.read_buf(&mut request).await.unwrap();
                    }
                    let keys = request.starts_with(b"GET /keys");
                    if !keys {
                        provider.asked.fetch_add(1, Ordering::SeqCst);
                        provider.somebody_asks.notify_one();
                        if provider.silent.load(Ordering::SeqCst) {
                            provider.speak.notified().await;
                        }
                    }
                    let body = if keys { "{\"keys\":[]}".to_owned() } else { document(&at) };
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
                    let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
            let outbound = Outbound::new(Duration::from_secs(3600)).unwrap();
            Discovery::new(IssuerUrl::new(issuer).unwrap(), outbound)
        }
    }

    fn document(issuer: &str) -> String {
        serde_json::json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })
        .to_string()
    }

    #[tokio::test]
    async fn nobody_waits_for_a_silent_provider_of_which_something_old_is_known() {
        let provider = Arc::new(Provider::default());
        let discovery = provider.start().await;
        let clock = ManualClock::new(Timestamp::from_unix_ms(0));
        let old = discovery.known(&clock).await.unwrap();
        provider.somebody_asks.notified().await;
        provider.silent.store(true, Ordering::SeqCst);
        clock.advance(FRESH);
        for _ in 0..10 {
            let known = discovery.known(&clock).now_or_never().expect("at once").unwrap();
            assert!(Arc::ptr_eq(&known, &old));
        }
        provider.somebody_asks.notified().await;
        discovery.known(&clock).now_or_never().expect("also while one asks").unwrap();
        assert_eq!(provider.asked.load(Ordering::SeqCst), 2, "one asks for all");
        // It speaks again, and what it says takes the place of the old.
        provider.silent.store(false, Ordering::SeqCst);
        provider.speak.notify_one();
        let newer = async {
            while Arc::ptr_eq(&discovery.known(&clock).await.unwrap(), &old) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), newer).await.unwrap();
        assert_eq!(provider.asked.load(Ordering::SeqCst), 2);
    }
}
