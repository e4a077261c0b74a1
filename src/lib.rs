//! Lockhouse.

pub mod actors;
pub mod clock;
pub mod host;
pub mod ids;
pub mod lock;
pub mod names;
pub mod permission;
pub mod retention;
pub mod store;
