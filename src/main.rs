//! The `lockhouse` program.

fn main() {}
