//! The pages for people who are signed in, from outside: the real binary over HTTP, without script. What needs a script, a
//! mouse or a keyboard is tried in a real browser (`tests/browser`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod admin;
mod documents;
mod editors_told;
mod folders;
mod frame;
mod guards;
mod host_page;
mod person;
#[path = "../wopi/schema.rs"]
mod schema;
#[path = "../editors/stand_in.rs"]
#[allow(dead_code)]
mod stand_in;
