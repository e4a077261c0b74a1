//! Reading a discovery document.

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Action, App, Discovery, Zone, action_url};
use crate::proof::KeyTexts;

/// The most actions of one document; Microsoft's has about 600.
pub const MOST_ACTIONS: usize = 20_000;

/// The longest template of a URL, in bytes; an action with a longer one is passed over.
pub const LONGEST_TEMPLATE: usize = 4096;

/// The longest other text, in bytes; a longer one counts as absent.
const LONGEST_TEXT: usize = 2048;

/// Attributes of one element that are looked at; the protocol knows ten.
const MOST_ATTRIBUTES: usize = 64;

/// Why a document is none. The text is meant for an administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// Not UTF-8.
    #[error("the discovery document is not in UTF-8")]
    NotUtf8,
    /// It declares a document type, which could bring entities along.
    #[error("the discovery document declares a document type (<!DOCTYPE …>), which is refused")]
    DocumentType,
    /// Not XML.
    #[error("the discovery document is not well-formed: {0}")]
    Malformed(String),
    /// XML, or HTML, of some other kind.
    #[error("this is no discovery document: it has no <wopi-discovery>. Is the URL right?")]
    Other,
    /// There is nothing in it.
    #[error("the discovery document offers no action; in ONLYOFFICE, WOPI must be switched on (`wopi.enable`)")]
    Empty,
    /// Too much is in it.
    #[error("the discovery document has more than {MOST_ACTIONS} actions")]
    TooMany,
}

pub(super) fn parse(document: &[u8]) -> Result<Discovery, DiscoveryError> {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let text = std::str::from_utf8(document).map_err(|_| DiscoveryError::NotUtf8)?;
    let mut reader = Reader::from_str(text);
    let mut found = Found::default();
    loop {
        let event = reader.read_event();
        match event.map_err(|error| DiscoveryError::Malformed(error.to_string()))? {
            Event::Start(element) => found.begin(&element)?,
            Event::Empty(element) => {
                found.begin(&element)?;
                found.end(element.local_name().as_ref());
            }
            Event::End(element) => found.end(element.local_name().as_ref()),
            Event::DocType(_) => return Err(DiscoveryError::DocumentType),
            Event::Eof => break,
            // Text has no meaning here, and entities in it are not looked at.
            _ => {}
        }
    }
    if found.depth != 0 {
        return Err(DiscoveryError::Malformed("it ends before its elements do".to_owned()));
    }
    found.document()
}

/// What was read so far.
#[derive(Default)]
struct Found {
    depth: usize,
    is_discovery: bool,
    zones: Vec<(Zone, Vec<App>)>,
    in_zone: bool,
    in_app: bool,
    actions: usize,
    keys: Option<(KeyTexts, KeyTexts)>,
}

impl Found {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), DiscoveryError> {
        let name = element.local_name();
        if self.depth == 0 {
            self.is_discovery = name.as_ref() == "wopi-discovery";
            if !self.is_discovery {
                return Err(DiscoveryError::Other);
            }
        }
        self.depth += 1;
        match name.as_ref() {
            "net-zone" => {
                self.zones.push((Zone::named(&Attributes::of(element).text("name")), Vec::new()));
                self.in_zone = true;
            }
            "app" if self.in_zone => self.app(&Attributes::of(element)),
            "action" if self.in_app => self.action(&Attributes::of(element))?,
            "proof-key" if self.keys.is_none() => self.keys = Some(keys(&Attributes::of(element))),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        match name {
            "net-zone" => (self.in_zone, self.in_app) = (false, false),
            "app" => self.in_app = false,
            _ => {}
        }
    }

    fn app(&mut self, attributes: &Attributes) {
        let Some((_, apps)) = self.zones.last_mut() else { return };
        let icon = Some(attributes.text("favIconUrl")).filter(|icon| !icon.is_empty());
        apps.push(App { name: attributes.text("name"), icon, actions: Vec::new() });
        self.in_app = true;
    }

    fn action(&mut self, attributes: &Attributes) -> Result<(), DiscoveryError> {
        self.actions += 1;
        if self.actions > MOST_ACTIONS {
            return Err(DiscoveryError::TooMany);
        }
        let app = self.zones.last_mut().and_then(|(_, apps)| apps.last_mut());
        if let (Some(app), Some(action)) = (app, action(attributes)) {
            app.actions.push(action);
        }
        Ok(())
    }

    fn document(self) -> Result<Discovery, DiscoveryError> {
        if !self.is_discovery {
            return Err(DiscoveryError::Other);
        }
        let zones = self.zones.into_iter().filter(|(_, apps)| apps.iter().any(|app| !app.actions.is_empty()));
        // The first of the best.
        let (zone, apps) = zones.min_by_key(|(zone, _)| zone.rank()).ok_or(DiscoveryError::Empty)?;
        Ok(Discovery::new(zone, apps, self.keys.unwrap_or_default()))
    }
}

/// An action, if it can be used at all.
fn action(attributes: &Attributes) -> Option<Action> {
    let template = attributes.get("urlsrc").filter(|template| template.len() <= LONGEST_TEMPLATE)?.to_owned();
    action_url::origin(&template)?;
    let lower = |name: &str| attributes.text(name).trim().trim_start_matches('.').to_ascii_lowercase();
    let optional = |name: &str| Some(lower(name)).filter(|text| !text.is_empty());
    let requires = attributes.text("requires");
    Some(Action {
        name: optional("name")?,
        extension: lower("ext"),
        is_default: attributes.flag("default"),
        requires: requires
            .split(',')
            .map(|group| group.trim().to_ascii_lowercase())
            .filter(|group| !group.is_empty())
            .collect(),
        template,
        target_extension: optional("targetext"),
        new_extension: optional("newext"),
        on_parent: attributes.flag("useParent"),
    })
}

fn keys(attributes: &Attributes) -> (KeyTexts, KeyTexts) {
    let key = |modulus, exponent, value| KeyTexts {
        modulus: attributes.text(modulus),
        exponent: attributes.text(exponent),
        value: attributes.text(value),
    };
    (key("modulus", "exponent", "value"), key("oldmodulus", "oldexponent", "oldvalue"))
}

/// The attributes of an element that could be read: the others count as absent.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(element: &BytesStart<'_>) -> Self {
        // Looking for attributes that are there twice takes quadratic time; the first one counts.
        let mut all = element.attributes();
        let attributes = all.with_checks(false).take(MOST_ATTRIBUTES).map_while(Result::ok);
        let read = attributes.filter_map(|attribute| {
            let name = attribute.key.local_name().as_ref().to_owned();
            // Knows the five entities of XML and characters by number; with any other it fails.
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
            Some((name, value))
        });
        Self(read.collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, name: &str) -> String {
        self.get(name).filter(|text| text.len() <= LONGEST_TEXT).unwrap_or_default().to_owned()
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
    }
}
