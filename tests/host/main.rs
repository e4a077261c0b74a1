//! The library's face, used as an engineer who embeds it would: a real host on a real data directory, and a clock that is
//! moved by hand.
//!
//! | what | where |
//! |---|---|
//! | lock state and content against a model, random operations, restarts in between | `model.rs` |
//! | folders as a person looks at them, uploads that lie still | `browse.rs` |
//! | ancestry, listings, "Shared with me", races for names | `folders.rs` |
//! | expiry (F-65, F-66), rescued versions, retention, quiet corners | `life.rs` |

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

mod browse;
mod folders;
mod house;
mod life;
mod model;
