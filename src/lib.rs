//! Lockhouse.

pub mod clock;
pub mod ids;
pub mod permission;
pub mod store;
