//! Names of files and containers: which are legal, when two are the same, and how they travel in headers.
//!
//! Ground floor: pure rules, without I/O, clock or async.

pub mod file_name;
mod rules;
pub mod utf7;

pub use file_name::{ContainerName, FILE_NAME_MAX_LENGTH, FileName, folded, for_office_mobile};
pub use rules::NameError;
pub use utf7::Utf7Error;
