//! Floor 2: durable records and content. It knows sled and the disk; it knows nothing of actors, HTTP or users' rights.

mod assembly;
pub mod backing;
pub mod backup;
pub mod check;
pub mod collect;
pub mod content;
pub mod directory;
pub mod durable;
pub mod engine;
pub mod memory;
pub mod records;
pub mod sled;
mod watchdog;

pub use assembly::{OpenError, Store, StoreOptions};
