//! Looking through a whole store for damage, and repairing it.

mod names;

pub(crate) use self::names::{names, path_of};
