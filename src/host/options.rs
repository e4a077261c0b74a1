//! How a host is set up.

use std::{path::PathBuf, time::Duration};

use crate::{retention, store::StoreOptions};

/// How a [`crate::host::Host`] is set up. The defaults are those of `config/lockhouse.toml`.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Caches, floors and limits of the store.
    pub store: StoreOptions,
    /// Threads on which file actors live.
    pub arbiters: usize,
    /// Operations in flight on one file beyond which the answer is "overloaded".
    pub in_flight_per_file: usize,
    /// For how long the actor of an unused file stays.
    pub actor_idle: Duration,
    /// How much history a file keeps.
    pub retention: retention::Policy,
    /// The largest body, in bytes.
    pub body_limit: u64,
    /// Bytes of rescued versions that a file keeps.
    pub rescued_bytes: u64,
    /// For how long a rescued version is kept.
    pub rescued_age: Duration,
    /// For how long a deleted file stays in the bin; `None` for ever.
    pub bin_age: Option<Duration>,
    /// For how long the audit trail goes back.
    pub audit_keep: Duration,
    /// For how long an access token is good (files.md section 1.6).
    pub token_lifetime: Duration,
    /// After what time a new key signs.
    pub rotate_keys_after: Duration,
    /// For how long a key that was followed by a new one is kept; never less than `token_lifetime`.
    pub keep_keys_for: Duration,
    /// Whether Collabora without locks may write unlocked files (files.md section 6.4).
    pub lockless_put: bool,
    /// Lifetimes of what OAuth gives out, and of sessions.
    pub sign_in: SignInOptions,
    /// How often the house is looked after: actors retired, old versions dropped, garbage collected.
    pub housekeeping: Duration,
}

impl HostOptions {
    /// The defaults, on this data directory.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        const HOUR: Duration = Duration::from_secs(3600);
        Self {
            data_dir: data_dir.into(),
            store: StoreOptions::default(),
            arbiters: 2,
            in_flight_per_file: 1024,
            actor_idle: Duration::from_secs(60),
            retention: retention::Policy { versions: 100, age: None, automatic_first: true },
            body_limit: 2 << 30,
            rescued_bytes: 1 << 30,
            rescued_age: HOUR * 24 * 90,
            bin_age: Some(HOUR * 24 * 30),
            audit_keep: HOUR * 24 * 365,
            token_lifetime: HOUR * 10,
            rotate_keys_after: HOUR * 24 * 30,
            keep_keys_for: HOUR * 24,
            lockless_put: false,
            sign_in: SignInOptions::default(),
            housekeeping: Duration::from_secs(5),
        }
    }
}

/// Lifetimes of what OAuth gives out, and of sessions of browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInOptions {
    /// Of an authorization code, from its making on.
    pub code: Duration,
    /// Of an OAuth access token, from its issue on.
    pub access: Duration,
    /// Of a refresh token, from the last refresh on.
    pub refresh: Duration,
    /// For how long the refresh token before the last is still accepted.
    pub grace: Duration,
    /// Of a browser's session, from its last use on.
    pub session: Duration,
}

impl Default for SignInOptions {
    fn default() -> Self {
        const HOUR: Duration = Duration::from_secs(3600);
        Self {
            code: Duration::from_secs(120),
            access: HOUR,
            refresh: HOUR * 24 * 90,
            grace: Duration::from_secs(60),
            session: HOUR * 12,
        }
    }
}
