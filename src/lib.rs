//! Lockhouse.

pub mod actors;
pub mod api;
pub mod cli;
pub mod clock;
pub mod host;
pub mod ids;
pub mod lock;
pub mod names;
pub mod permission;
pub mod retention;
pub mod samples;
pub mod server;
pub mod settings;
pub mod store;
pub mod urls;
pub mod web;
pub mod wopi;
