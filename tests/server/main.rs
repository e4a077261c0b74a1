//! The plumbing over real sockets: limits, cut bodies, proxies, TLS, stopping.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod answers;
mod bodies;
mod heads;
mod host;
mod peers;
mod secure;
