//! Backups: made while the host works, proved, restored; and damage: found, and repaired.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that panics is a test that fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod check;
mod commands;
mod house;
mod repair;
mod restore;
mod serving;
mod subjects;
