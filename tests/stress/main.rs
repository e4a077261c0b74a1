//! `lockhouse stress` as people run it.
#![allow(clippy::unwrap_used, clippy::expect_used)]
fn main() {}
