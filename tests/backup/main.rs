//! Backups: made while the host works, proved, restored; and damage: found, and repaired.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics is a test that fails")]

mod check;
mod house;
mod repair;
mod restore;
mod serving;
