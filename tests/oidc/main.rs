//! Sign-in by an outside `OpenID` Connect provider: the real binary, a real provider in a process of its own, and browsers
//! that go back and forth between the two over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod browser;
mod house;
mod journey;
mod outages;
mod provider;
mod refusals;
