//! Floor 1: what an editor says of itself in its discovery document, and what follows from it (web-host.md sections 2, 3,
//! 9.1, 9.2 and 10): which action opens which file, and at what URL.
//!
//! Pure: the document is handed in, URLs are handed out.

pub mod action_url;
mod capabilities;
mod choose;
pub mod locale;
mod parse;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use action_url::{ActionUrlError, LONGEST_URL, Placeholder, Values, action_url};
pub use capabilities::{Capabilities, ConvertTo};
pub use choose::{Able, Choice, FileType, Want};
pub use parse::{DiscoveryError, LONGEST_TEMPLATE, MOST_ACTIONS};

use crate::proof::KeyTexts;

/// How users reach an editor, as the document names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `external-https`
    ExternalHttps,
    /// `external-http`
    ExternalHttp,
    /// `internal-https`
    InternalHttps,
    /// `internal-http`
    InternalHttp,
    /// Any other name.
    Other(String),
}

impl Zone {
    fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "external-https" => Self::ExternalHttps,
            "external-http" => Self::ExternalHttp,
            "internal-https" => Self::InternalHttps,
            "internal-http" => Self::InternalHttp,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::ExternalHttps => "external-https",
            Self::ExternalHttp => "external-http",
            Self::InternalHttps => "internal-https",
            Self::InternalHttp => "internal-http",
            Self::Other(name) => name,
        }
    }

    /// The lower the better: people come from outside, and by https (rule W-3).
    const fn rank(&self) -> u8 {
        match self {
            Self::ExternalHttps => 0,
            Self::ExternalHttp => 1,
            Self::InternalHttps => 2,
            Self::InternalHttp => 3,
            Self::Other(_) => 4,
        }
    }
}

/// One of the editor's programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// `Word`, `writer`, … or a MIME type.
    pub name: String,
    /// Its icon; may be relative to the editor's server.
    pub icon: Option<String>,
    /// What it does, in the order of the document.
    pub actions: Vec<Action>,
}

/// Something that a program does with a kind of file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// In lower case: `view`, `edit`, `editnew`, `convert`, ….
    pub name: String,
    /// The extension, in lower case, without a dot; empty in programs that are named by a MIME type.
    pub extension: String,
    /// Whether it is a preferred one.
    pub is_default: bool,
    /// The groups of operations that the host must have, in lower case (section 2.3).
    pub requires: Vec<String>,
    /// The URL with its placeholders.
    pub template: String,
    /// `convert`: the extension of the result.
    pub target_extension: Option<String>,
    /// `editnew`: the extension that the new file should have.
    pub new_extension: Option<String>,
    /// Acts on the parent container instead of the file.
    pub on_parent: bool,
}

/// A discovery document, of which one zone was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    zone: Zone,
    apps: Vec<App>,
    /// For each extension, where its actions are, in the order of the document.
    by_extension: HashMap<String, Vec<(usize, usize)>>,
    /// The same for MIME types.
    by_mime: HashMap<String, Vec<(usize, usize)>>,
    /// The editor's current key and the one before, as they stand in the document.
    pub keys: (KeyTexts, KeyTexts),
}

impl Discovery {
    /// Reads a document.
    ///
    /// # Errors
    /// [`DiscoveryError`]: anything but what is merely unknown, which is passed over (rule W-4).
    pub fn parse(document: &[u8]) -> Result<Self, DiscoveryError> {
        parse::parse(document)
    }

    fn new(zone: Zone, apps: Vec<App>, keys: (KeyTexts, KeyTexts)) -> Self {
        let (mut by_extension, mut by_mime) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for (app_at, app) in apps.iter().enumerate() {
            for (at, action) in app.actions.iter().enumerate() {
                if !action.extension.is_empty() {
                    by_extension.entry(action.extension.clone()).or_default().push((app_at, at));
                } else if app.name.contains('/') {
                    by_mime.entry(app.name.to_ascii_lowercase()).or_default().push((app_at, at));
                }
            }
        }
        Self { zone, apps, by_extension, by_mime, keys }
    }

    /// The zone whose actions these are.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The programs.
    pub fn apps(&self) -> &[App] {
        &self.apps
    }

    fn at(&self, &(app, action): &(usize, usize)) -> Option<(&App, &Action)> {
        let app = self.apps.get(app)?;
        Some((app, app.actions.get(action)?))
    }

    /// What is offered for a type of file, in the order of the document. MIME types count only without an extension (rule
    /// W-7).
    pub fn offered(&self, file: &FileType<'_>) -> impl Iterator<Item = (&App, &Action)> {
        let extension = file.extension.trim_start_matches('.').to_ascii_lowercase();
        let places = if extension.is_empty() {
            file.mime.and_then(|mime| self.by_mime.get(&mime.to_ascii_lowercase()))
        } else {
            self.by_extension.get(&extension)
        };
        places.into_iter().flatten().filter_map(|place| self.at(place))
    }

    /// The actions that the document prefers for an extension; it may prefer several.
    pub fn defaults(&self, extension: &str) -> impl Iterator<Item = &Action> {
        let file = FileType { extension, mime: None };
        self.offered(&file).map(|(_, action)| action).filter(|action| action.is_default).collect::<Vec<_>>().into_iter()
    }

    /// Every extension with the names of its actions, both in the order of the alphabet.
    pub fn extensions(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut all = BTreeMap::<_, BTreeSet<_>>::new();
        for action in self.apps.iter().flat_map(|app| &app.actions).filter(|action| !action.extension.is_empty()) {
            all.entry(action.extension.as_str()).or_default().insert(action.name.as_str());
        }
        all
    }

    /// Where the editor tells what it can do (section 9.2), if it says so.
    pub fn capabilities_url(&self) -> Option<&str> {
        let app = self.apps.iter().find(|app| app.name.eq_ignore_ascii_case("capabilities"))?;
        app.actions.iter().find(|action| action.name == "getinfo").map(|action| action.template.as_str())
    }

    /// The origins of all actions: where frames of this editor come from.
    pub fn origins(&self) -> BTreeSet<String> {
        let templates = self.apps.iter().flat_map(|app| &app.actions).map(|action| action.template.as_str());
        templates.filter_map(action_url::origin).collect()
    }
}

#[cfg(test)]
mod tests;
