//! What a host promises, as far as hosts differ.

use std::time::Duration;

/// By which rules a host is judged. [`Profile::strict`] is files.md to the letter; [`Profile::tolerant`] allows what the
/// documentation leaves open, and what a clock on another machine makes uncertain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a tolerance of its own")]
pub struct Profile {
    /// How long a lock lasts from the last success of Lock, RefreshLock or UnlockAndRelock (files.md section 2.1).
    pub lock_timeout: Duration,
    /// How much longer a lock may live when a restart lies within its life.
    pub restart_slack: Duration,
    /// How much earlier than its time a lock may run out: only for a clock that goes differently from the recorder's.
    pub early: Duration,
    /// How much later than its time a lock may run out.
    pub late: Duration,
    /// After how long a request without a reply can no longer take effect. `None`, which is sound for any host: never.
    pub settles_after: Option<Duration>,
    /// Whether an absent `X-WOPI-Lock` says the same as an empty one (files.md section 2.3: it must not; the official
    /// suite lets it pass).
    pub absent_lock_is_empty: bool,
    /// Whether GetLock on an unlocked file may be 404, as one client wants it.
    pub get_lock_may_be_404: bool,
    /// Whether PutFile with a lock id on an unlocked, empty file may be refused (files.md section 8).
    pub empty_file_may_refuse_id: bool,
    /// Whether an unlocked file takes bytes without a lock id, whatever its size (Collabora without locks).
    pub writes_without_lock: bool,
    /// Whether the version that a lock operation reports must be the current one (rule F-67). CheckFileInfo, GetFile and
    /// PutFile are always held to theirs.
    pub versions_on_locks: bool,
}

const MINUTE: Duration = Duration::from_secs(60);

impl Profile {
    /// files.md to the letter: 30 minutes, exact within a run, up to 60 s more after a restart, never earlier.
    pub const fn strict() -> Self {
        Self {
            lock_timeout: crate::lock::LOCK_TIMEOUT,
            restart_slack: MINUTE,
            early: Duration::ZERO,
            late: Duration::ZERO,
            settles_after: None,
            absent_lock_is_empty: false,
            get_lock_may_be_404: false,
            empty_file_may_refuse_id: false,
            writes_without_lock: false,
            versions_on_locks: true,
        }
    }

    /// For hosts of others: what the documentation leaves open is no offence, and a lock may run out two seconds early
    /// (their clock is not ours) or a minute late (theirs may be swept).
    pub const fn tolerant() -> Self {
        Self {
            early: Duration::from_secs(2),
            late: MINUTE,
            absent_lock_is_empty: true,
            get_lock_may_be_404: true,
            empty_file_may_refuse_id: true,
            versions_on_locks: false,
            ..Self::strict()
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::strict()
    }
}
