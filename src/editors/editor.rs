//! One editor and what is known of it.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::{
    sync::{Notify, watch},
    time::{Duration, Instant},
};

use super::{copy::Copies, fetch::FetchError, kind_of};
use crate::{
    clock::Timestamp,
    discovery::{Capabilities, Discovery},
    host::tokens::ClientKind,
    proof::{KeyError, Keys},
    settings::{self, EditorEntry},
};

/// What is known of an editor at one time.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Its discovery document; `None` when there never was one.
    pub discovery: Option<Arc<Discovery>>,
    /// Its keys; `None` when it gives none, or none that can be used.
    pub keys: Option<Arc<Keys>>,
    /// What is wrong with its keys.
    pub key_error: Option<KeyError>,
    /// When the document was fetched.
    pub fetched: Option<Timestamp>,
    /// What it tells of itself beside, if it does.
    pub capabilities: Option<Arc<Capabilities>>,
}

impl Known {
    /// What follows from a document.
    pub(super) fn from_document(discovery: Discovery, fetched: Timestamp) -> Self {
        let (keys, key_error) = match Keys::parse(&discovery.keys.0, &discovery.keys.1) {
            Ok(keys) => (keys, None),
            Err(error) => (None, Some(error)),
        };
        let (discovery, keys) = (Some(Arc::new(discovery)), keys.map(Arc::new));
        Self { discovery, keys, key_error, fetched: Some(fetched), capabilities: None }
    }
}

/// How fetching goes.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// When the last attempt began.
    pub began: Option<Instant>,
    /// Whether it has not ended.
    pub under_way: bool,
    /// Failures in a row.
    pub failures: u32,
    /// When the last attempt ended, by the wall clock.
    pub attempted: Option<Timestamp>,
    /// Why the last attempt failed, if it did.
    pub error: Option<FetchError>,
}

/// One editor.
pub(super) struct Editor {
    pub entry: EditorEntry,
    pub kind: ClientKind,
    pub copies: Copies,
    /// The least time between two attempts.
    floor: Duration,
    known: RwLock<Arc<Known>>,
    progress: Mutex<Progress>,
    /// Somebody wants newer keys.
    pub wanted: Notify,
    /// Counts attempts that have ended.
    pub ended: watch::Sender<u64>,
}

impl Editor {
    /// With the document that is kept from earlier, if there is one.
    pub(super) fn open(entry: EditorEntry, copies: Copies, settings: &settings::Editors) -> Self {
        let kept = copies.read(&entry, settings.size.get());
        let known = kept.and_then(|(document, fetched)| match Discovery::parse(&document) {
            Ok(discovery) => Some(Known::from_document(discovery, fetched)),
            Err(error) => {
                tracing::warn!(editor = entry.name, %error, "the discovery document that was kept cannot be used");
                None
            }
        });
        Self {
            kind: kind_of(entry.family()),
            entry,
            copies,
            floor: settings.early_refresh.get(),
            known: RwLock::new(Arc::new(known.unwrap_or_default())),
            progress: Mutex::default(),
            wanted: Notify::new(),
            ended: watch::Sender::new(0),
        }
    }

    pub(super) fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn learn(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    /// What the editor tells of itself, beside its document.
    pub(super) fn tell(&self, capabilities: Option<Capabilities>) {
        let known = Known { capabilities: capabilities.map(Arc::new), ..Known::clone(&self.known()) };
        self.learn(known);
    }

    pub(super) fn progress<T>(&self, look: impl FnOnce(&mut Progress) -> T) -> T {
        look(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The earliest time of the next attempt.
    pub(super) fn earliest(&self) -> Option<Instant> {
        self.progress(|progress| progress.began).map(|began| began + self.floor)
    }

    /// Whether an attempt is under way, or can begin within that time.
    pub(super) fn may_learn_within(&self, time: Duration) -> bool {
        let under_way = self.progress(|progress| progress.under_way);
        under_way || self.earliest().is_none_or(|earliest| earliest <= Instant::now() + time)
    }
}
