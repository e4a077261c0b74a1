//! Which editor opens a file, and at what URL (web-host.md rules W-5, W-16, W-77 and W-78).

use std::{collections::BTreeSet, sync::Arc};

use super::{Editors, editor::Editor};
use crate::{
    discovery::{Able, ActionUrlError, Discovery, FileType, Placeholder, Values, Want, action_url},
    host::tokens::ClientKind,
};

/// The most pages that are loaded ahead for an editor.
const MOST_AHEAD: usize = 16;

/// An editor that opens a file, with what the page around it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The editor's name in the settings.
    pub editor: String,
    /// Its kind: the token is issued for it (rule W-78).
    pub client: ClientKind,
    /// The program, such as `Word` or `writer`.
    pub app: String,
    /// The action that was chosen.
    pub action: String,
    /// The token must not be able to write.
    pub read_only: bool,
    /// Where the editor's frame comes from at first.
    pub origin: String,
    /// The icon of the program, absolute (rule W-24).
    pub icon: Option<String>,
    /// `convert`: the extension of the result.
    pub target_extension: Option<String>,
    /// `editnew`: the extension that the new file should have.
    pub new_extension: Option<String>,
    template: String,
}

/// How an editor is to show itself; each editor is told what it understands (rule W-16).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The language of the person, such as `de-DE`.
    pub language: Option<String>,
    /// The person works for a business (placeholder `BUSINESS_USER`).
    pub business: bool,
    /// Dark colours, if it is known.
    pub dark: Option<bool>,
    /// The host's own id of this session, for support.
    pub session: Option<String>,
    /// Text that is to come back as `X-WOPI-SessionContext`.
    pub context: Option<String>,
    /// The page shows versions when it is asked to.
    pub versions: bool,
    /// Which tests the WOPI validator is to run: `All`, `OfficeOnline` or `OfficeNativeClient` (rule W-80).
    pub tests: Option<String>,
    /// Further parameters, such as those that begin with `wd` (rule W-26), decoded.
    pub further: Vec<(String, String)>,
}

impl Editors {
    /// The editor for a file: the first of the list that does what is wanted, else the first that has a substitute (rule
    /// W-5). `None` when none opens it.
    pub fn choose(&self, file: &FileType<'_>, want: Want, able: Able) -> Option<Opening> {
        let all: Vec<(&Arc<Editor>, Arc<Discovery>)> =
            self.0.list.iter().filter_map(|editor| Some((editor, editor.known().discovery.clone()?))).collect();
        let found = |exact: bool| {
            all.iter().find_map(|(editor, discovery)| {
                let choice = discovery.choose(file, want, able).filter(|choice| choice.exact || !exact)?;
                let (app, action) = (choice.app, choice.action);
                Some(Opening {
                    editor: editor.entry.name.clone(),
                    client: editor.kind,
                    app: app.name.clone(),
                    action: action.name.clone(),
                    read_only: choice.read_only,
                    origin: action_url::origin(&action.template)?,
                    icon: app.icon.as_deref().and_then(|icon| absolute(icon, &editor.entry.url)),
                    target_extension: action.target_extension.clone(),
                    new_extension: action.new_extension.clone(),
                    template: action.template.clone(),
                })
            })
        };
        found(true).or_else(|| found(false))
    }

    /// What browsers may load ahead of the first document, so that it opens sooner: pages of Office for the web, one for each
    /// of its programs and for reading and writing (rule W-49), in the language of the person. The others have none.
    pub fn ahead(&self, language: Option<&str>) -> BTreeSet<String> {
        let values = Values::without_source();
        let values = if let Some(language) = language { values.language(language) } else { values };
        let office = self.0.list.iter().filter(|editor| editor.kind == ClientKind::Office);
        let mut pages = BTreeSet::new();
        for discovery in office.filter_map(|editor| editor.known().discovery.clone()) {
            let actions = discovery.apps().iter().flat_map(|app| &app.actions);
            let ahead = actions.filter(|action| matches!(action.name.as_str(), "preloadview" | "preloadedit"));
            pages.extend(ahead.filter_map(|action| action_url(&action.template, &values).ok()).take(MOST_AHEAD));
        }
        pages
    }

    /// The origins that editors' frames come from: what a page's policy has to allow (rule W-21).
    pub fn origins(&self) -> BTreeSet<String> {
        let known = self.0.list.iter().filter_map(|editor| editor.known().discovery.clone());
        known.flat_map(|discovery| discovery.origins()).collect()
    }
}

impl Opening {
    /// The URL that the page posts the token to.
    ///
    /// # Errors
    /// [`ActionUrlError`].
    pub fn url(&self, wopi_src: &str, way: &Way) -> Result<String, ActionUrlError> {
        let mut values = Values::new(wopi_src);
        if let Some(language) = &way.language {
            values = values.language(language);
        }
        for (placeholder, value) in [
            (Placeholder::BusinessUser, way.business.then(|| "1".to_owned())),
            (Placeholder::Theme, way.dark.map(|dark| if dark { "2" } else { "1" }.to_owned())),
            (Placeholder::HostSessionId, way.session.clone()),
            (Placeholder::SessionContext, way.context.clone()),
            (Placeholder::ValidatorTestCategory, way.tests.clone()),
        ] {
            if let Some(value) = value {
                values = values.set(placeholder, value);
            }
        }
        for (name, value) in self.parameters(way) {
            values = values.append(name, value);
        }
        for (name, value) in &way.further {
            values = values.append(name, value);
        }
        action_url(&self.template, &values)
    }

    /// What this kind of editor understands beside placeholders.
    fn parameters(&self, way: &Way) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        match self.client {
            ClientKind::Collabora => {
                parameters.extend(way.language.clone().map(|language| ("lang", language)));
                parameters.push(("closebutton", "1".to_owned()));
                if way.versions {
                    parameters.push(("revisionhistory", "1".to_owned()));
                }
                if self.read_only {
                    parameters.push(("permission", "readonly".to_owned()));
                }
            }
            // The language of the template that a new file is filled from.
            ClientKind::OnlyOffice => parameters.extend(way.language.clone().map(|language| ("lang", language))),
            ClientKind::Office | ClientKind::Any => {}
        }
        parameters
    }
}

/// An icon's URL, which may be relative to the editor's server.
pub(super) fn absolute(icon: &str, server: &str) -> Option<String> {
    let url = url::Url::parse(server).ok()?.join(icon).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}
