//! The judge on trial.

mod faults;
mod histories;
mod innocent;
mod oracle;
