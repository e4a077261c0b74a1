//! `lockhouse doctor`: the real binary, with a proxy in front and an editor beside it that are wired as people wire them.
//!
//! Every mistake in a proxy is tried with a small one written here, and again with nginx where it is installed.

#![allow(clippy::print_stderr, clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod certificates;
mod command;
mod editor;
mod editors;
mod front;
mod house;
mod proxies;
mod small;
#[path = "../support/mod.rs"]
mod support;
