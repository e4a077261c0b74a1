//! Floor 6: the command line.

pub mod hosting;
pub mod serve;
