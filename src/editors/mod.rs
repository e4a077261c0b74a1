//! Floor 4: the editors in the browser. What each of them offers, and whose keys prove its requests (web-host.md sections 2,
//! 3 and 8).
//!
//! Each editor has a discovery document, which is fetched at the start, every some hours, and early when a proof says that
//! keys have changed (rule W-1). That happens on a task of its own: whoever asks gets the last good document at once. It is
//! kept in the data directory, so that neither a restart of this host nor an outage of the editor's server takes it away.
//!
//! What a document means is decided on the ground floor, in [`crate::discovery`] and [`crate::proof`].

mod check;
mod copy;
mod editor;
mod fetch;
mod open;
mod refresh;
mod state;

use std::{path::Path, sync::Arc};

use tokio::sync::Semaphore;

pub use editor::Known;
pub use fetch::FetchError;
pub(crate) use fetch::Fetcher;
pub use open::{Opening, Way};
pub use refresh::Refreshing;
pub use state::{EditorState, KeysShown};

use self::{copy::Copies, editor::Editor};
use crate::{clock::Clock, host::tokens::ClientKind, settings};

/// Requests that may wait at one time for new keys; further ones that fail are refused at once.
const WAITING: usize = 64;

/// The editors of this host, in the order in which they are preferred. Cheap to clone.
#[derive(Clone)]
pub struct Editors(Arc<Inner>);

struct Inner {
    list: Vec<Arc<Editor>>,
    settings: settings::Editors,
    clock: Arc<dyn Clock>,
    waiting: Semaphore,
    counters: check::Counters,
}

impl std::fmt::Debug for Editors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.list.iter().map(|editor| &editor.entry.name)).finish()
    }
}

impl Editors {
    /// The editors of the settings, with the documents that are kept in `directory` from earlier. Reads small files;
    /// fetches nothing before [`Self::start`].
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn open(settings: &settings::Editors, directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let entries = settings.list().map_err(|(key, reason)| format!("{key}: {reason}"))?;
        let copies = Copies::in_directory(directory);
        let list = entries.into_iter().map(|entry| Arc::new(Editor::open(entry, copies.clone(), settings)));
        Ok(Self(Arc::new(Inner {
            list: list.collect(),
            settings: settings.clone(),
            clock,
            waiting: Semaphore::new(WAITING),
            counters: check::Counters::default(),
        })))
    }

    /// None at all.
    pub fn none(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            list: Vec::new(),
            settings: settings::Editors::default(),
            clock,
            waiting: Semaphore::new(0),
            counters: check::Counters::default(),
        }))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.list.is_empty()
    }

    /// What is known of an editor at the moment; `None` when there is no editor of that name.
    pub fn known(&self, name: &str) -> Option<Arc<Known>> {
        self.0.list.iter().find(|editor| editor.entry.name == name).map(|editor| editor.known())
    }

    /// What became of every editor, for an administrator.
    pub fn states(&self) -> Vec<EditorState> {
        self.0.list.iter().map(|editor| editor.state()).collect()
    }

    /// Requests that were refused since the start because no key proved them.
    pub fn refused(&self) -> u64 {
        self.0.counters.refused()
    }

    /// Editors of which no document is known: what opens in them cannot be opened.
    pub fn unknown(&self) -> usize {
        self.0.list.iter().filter(|editor| editor.known().discovery.is_none()).count()
    }
}

/// Which kind of editor bears such a name.
fn kind_of(family: &str) -> ClientKind {
    match family {
        "office" => ClientKind::Office,
        "collabora" => ClientKind::Collabora,
        "onlyoffice" => ClientKind::OnlyOffice,
        _ => ClientKind::Any,
    }
}

#[cfg(test)]
mod tests;
