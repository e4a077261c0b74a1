//! The pages for people who are signed in, from outside: the real binary over HTTP, without script. What needs a script, a
//! mouse or a keyboard is tried in a real browser (`tests/browser`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod folders;
mod frame;
mod person;
