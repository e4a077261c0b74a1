//! Signing in and allowing an app something, from outside: the real binary over HTTP, and in a real browser.
//!
//! | rules | module |
//! |---|---|
//! | B-36 – B-41, B-48 – B-52: what is asked, and where errors go | `asking` |
//! | B-42 – B-46: pages, languages, guards, sessions | `pages` |
//! | B-45, B-106: wrong passwords | `attempts` |
//! | B-47, B-53 – B-57: consent and the way back | `consent` |
//! | B-78 – B-84: the operator's own app | `app_to_app` |
//! | B-42 – B-49 at 320 and 1280 pixels, by mouse and keyboard | `browser`, skipped where no browser is installed |
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod app_to_app;
mod asking;
mod attempts;
mod browser;
mod consent;
mod house;
mod pages;
mod visitor;
