//! Lockhouse.

pub mod clock;
pub mod ids;
pub mod lock;
pub mod permission;
pub mod store;
