//! The locks at which the engine's threads meet: the standard library's, or, for the models, locks by which a scheduler tries
//! one order of their steps after the other (`models.rs`).

#[cfg(not(feature = "models"))]
pub(super) use std::sync::{
    Condvar, Mutex, MutexGuard, RwLock,
    atomic::{AtomicBool, AtomicU64},
    mpsc,
};

#[cfg(feature = "models")]
pub(super) use shuttle::sync::{
    Condvar, Mutex, MutexGuard, RwLock,
    atomic::{AtomicBool, AtomicU64},
    mpsc,
};
