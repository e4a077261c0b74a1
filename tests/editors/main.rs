//! Editors in the browser, each a real server: their discovery documents, and the proofs of their requests (web-host.md
//! sections 2 and 8, files.md section 5).
//!
//! | rules | subject | module |
//! |---|---|---|
//! | W-1, F-158 | fetching early and not too often, rotation, the last good document | `rotation`, `discovery` |
//! | W-2 | certificates, size, time, document types, redirects | `rotation`, `discovery` |
//! | W-58 – W-60, F-151 – F-155, F-159 | which proofs count, and that a refused request changes nothing | `proofs` |
//! | W-61, F-156 | the public URL | `places` |
//! | W-62, F-157 | `FileUrl` | `proofs` |
//! | W-63, W-78 | modes, several editors, editors without keys | `modes` |
//!
//! Beside the sources: W-3 – W-16, W-64, W-70, W-71 and section 3.2 in `src/discovery`, F-150 in `src/proof`, W-5 and W-16
//! over several editors in `src/editors`.

#![allow(clippy::print_stderr, clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;
mod discovery;
mod modes;
mod places;
mod proofs;
mod rotation;
mod stand_in;
#[path = "../support/mod.rs"]
mod support;
