//! Floor 6: `lockhouse stress`, which finds out whether a WOPI host keeps its word when everybody wants the same at once.
//!
//! A [`plan::Plan`] says what clients do ([`workloads`]), over connections of a small client of our own ([`wire`]), on files
//! of any host ([`target`]) or of one made for the run ([`local`]). Every request and its reply is written down ([`run`]) and
//! judged afterwards ([`crate::judge`]); what was fast and what was slow is measured beside it ([`measure`]). A host of our
//! own can be killed, stopped, and have its disk filled or copied meanwhile ([`faults`]). [`report`] tells the outcome as
//! text, as JSON and as a page.
//!
//! Everything runs on one thread: what the generator costs is known then, and the report says when it was the limit.

pub mod body;
pub mod chance;
pub mod client;
pub mod driver;
pub mod faults;
pub mod local;
pub mod measure;
pub mod plan;
pub mod report;
pub mod run;
pub mod target;
pub mod wire;
pub mod workloads;

/// Why a run gives no verdict.
#[derive(Debug, thiserror::Error)]
pub enum StressError {
    /// What was asked for makes no sense.
    #[error("{0}")]
    Usage(String),
    /// This machine does not allow what was asked for.
    #[error("not possible on this machine: {0}")]
    Impossible(String),
    /// It did not work.
    #[error("{0}")]
    Failed(String),
}

impl From<std::io::Error> for StressError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
