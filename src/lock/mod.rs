//! The lock state machine: files.md section 2 as a pure function, without clock, store or network.
//!
//! `(now, state, command) -> (next state, outcome)`: [`decide`] is the whole of it. A row of the table in files.md section
//! 2.5 is a case in `tests.rs`.

mod id;
mod machine;
#[cfg(test)]
mod tests;

pub use id::{LockId, LockIdError, MAX_LOCK_ID};
pub use machine::{Change, Command, Decision, LockState, Outcome, WopiLock, decide};

use std::time::Duration;

/// How long a lock lasts from the last successful Lock, RefreshLock or UnlockAndRelock (files.md section 2.1).
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(30 * 60);
