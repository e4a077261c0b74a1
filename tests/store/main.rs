//! The store: durability, the engines' common contract, and the data directory.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics is a test that fails")]

mod child;
mod contract;
mod crash;
mod cut;
mod directory;
mod disk;
mod faults;
mod place;
