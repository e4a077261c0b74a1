//! What an administrator is told of an editor.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::editor::Editor;
use crate::{
    clock::Timestamp,
    discovery::{Capabilities, Discovery},
    proof::Keys,
};

/// How an editor stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditorState {
    /// Its name in the settings.
    pub name: String,
    /// Where its discovery document is.
    pub url: String,
    /// `off`, `if-present` or `require`.
    pub proof: String,
    /// When the document that counts was fetched, perhaps before this start; ISO 8601.
    pub fetched: Option<String>,
    /// When it was last tried since this start; ISO 8601.
    pub attempted: Option<String>,
    /// Why the last attempt failed; `None` when it did not.
    pub error: Option<String>,
    /// Attempts that failed in a row.
    pub failures: u32,
    /// The zone whose actions count.
    pub zone: Option<String>,
    /// Its keys; `None` when it gives none that can be used.
    pub keys: Option<KeysShown>,
    /// What is wrong with its keys.
    pub key_error: Option<String>,
    /// Each extension with its actions.
    pub extensions: BTreeMap<String, Vec<String>>,
    /// Where its frames come from.
    pub origins: Vec<String>,
    /// What it tells of itself.
    pub capabilities: Option<Capabilities>,
}

/// Keys, as they can be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeysShown {
    /// The size of the current key.
    pub bits: usize,
    /// The fingerprint of the current key.
    pub current: String,
    /// The fingerprint of the old key.
    pub old: Option<String>,
}

impl From<&Keys> for KeysShown {
    fn from(keys: &Keys) -> Self {
        Self {
            bits: keys.current.bits(),
            current: keys.current.fingerprint().to_owned(),
            old: keys.old.as_ref().map(|old| old.fingerprint().to_owned()),
        }
    }
}

impl Editor {
    pub(super) fn state(&self) -> EditorState {
        let known = self.known();
        let (attempted, error, failures) = self.progress(|progress| {
            (progress.attempted, progress.error.as_ref().map(ToString::to_string), progress.failures)
        });
        let discovery = known.discovery.as_deref();
        let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
        EditorState {
            name: self.entry.name.clone(),
            url: self.entry.url.clone(),
            proof: self.entry.proof.to_string(),
            fetched: known.fetched.map(Timestamp::to_iso),
            attempted: attempted.map(Timestamp::to_iso),
            error,
            failures,
            zone: discovery.map(|discovery| discovery.zone().name().to_owned()),
            keys: known.keys.as_deref().map(KeysShown::from),
            key_error: known.key_error.map(|error| error.to_string()),
            extensions: discovery
                .map(Discovery::extensions)
                .unwrap_or_default()
                .into_iter()
                .map(|(extension, actions)| (extension.to_owned(), owned(actions)))
                .collect(),
            origins: discovery.map(Discovery::origins).unwrap_or_default().into_iter().collect(),
            capabilities: known.capabilities.as_deref().cloned(),
        }
    }
}
