//! Lockhouse.

pub mod clock;
pub mod host;
pub mod ids;
pub mod permission;
pub mod store;
