//! Lockhouse.

pub mod clock;
pub mod ids;
pub mod names;
pub mod permission;
pub mod server;
pub mod settings;
pub mod store;
