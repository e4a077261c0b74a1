//! The pages in a real browser: Chromium against the real binary, with editors that stand in for Collabora Online, ONLYOFFICE
//! and Office for the web. What can be seen without script, a mouse or a keyboard is tried over HTTP in `tests/pages`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may panic")]

mod driver;
#[allow(dead_code)]
mod editor;
mod house;
mod looks;
mod pages;
#[allow(dead_code)]
#[path = "../editors/stand_in.rs"]
mod stand_in;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod window;
mod without_script;

mod editing;
mod editor_alone;
