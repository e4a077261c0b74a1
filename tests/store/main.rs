//! The store: durability, the engines' common contract, and the data directory.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics is a test that fails")]

mod directory;
mod disk;
