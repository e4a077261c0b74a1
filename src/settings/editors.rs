//! The list of editors, taken apart and checked.

use std::{fmt, net::IpAddr};

use super::sections::Editors;

/// The longest name of an editor.
const LONGEST_NAME: usize = 32;

/// The most editors.
const MOST: usize = 16;

/// Whether requests must prove which editor sent them (web-host.md section 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProofMode {
    /// Nobody looks.
    Off,
    /// A proof that is there must hold.
    #[default]
    IfPresent,
    /// A proof must be there, and hold.
    Require,
}

impl ProofMode {
    fn named(text: &str) -> Option<Self> {
        match text {
            "off" => Some(Self::Off),
            "if-present" => Some(Self::IfPresent),
            "require" => Some(Self::Require),
            _ => None,
        }
    }
}

impl fmt::Display for ProofMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::IfPresent => "if-present",
            Self::Require => "require",
        })
    }
}

/// One editor of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorEntry {
    /// Its name: lower-case letters, digits and `-`.
    pub name: String,
    /// Where its discovery document is.
    pub url: String,
    /// Whether its requests must be proven.
    pub proof: ProofMode,
}

impl EditorEntry {
    /// The part of the name that says which kind of editor it is.
    pub fn family(&self) -> &str {
        self.name.split('-').next().unwrap_or_default()
    }

    /// Whether tokens can say that they are for this editor.
    fn is_of_a_kind(&self) -> bool {
        ["office", "collabora", "onlyoffice"].contains(&self.family())
    }
}

impl Editors {
    /// The editors, in the order in which they are preferred.
    ///
    /// # Errors
    /// The key that is wrong, and why.
    pub fn list(&self) -> Result<Vec<EditorEntry>, (&'static str, String)> {
        let mut list = Vec::<EditorEntry>::new();
        for text in self.discovery.iter() {
            let entry = entry(text, self.allow_plain_http).map_err(|reason| ("editors.discovery", reason))?;
            if list.iter().any(|known| known.name == entry.name) {
                return Err(("editors.discovery", format!("the name `{}` is there twice", entry.name)));
            }
            list.push(entry);
        }
        if list.len() > MOST {
            return Err(("editors.discovery", format!("{MOST} editors are the most")));
        }
        for text in self.proof.iter() {
            let wrong = |reason: String| ("editors.proof", reason);
            let (name, mode) = text.split_once('=').unwrap_or((text, ""));
            let entry = list.iter_mut().find(|entry| entry.name == name.trim());
            let entry = entry.ok_or_else(|| wrong(format!("`{text}` names none of the editors of `discovery`")))?;
            entry.proof = ProofMode::named(mode.trim())
                .ok_or_else(|| wrong(format!("`{text}`: write name=off, name=if-present or name=require")))?;
            if entry.proof == ProofMode::Require && !entry.is_of_a_kind() {
                return Err(wrong(format!(
                    "`{text}`: tokens can name only office, collabora and onlyoffice as their editor, so nothing can be \
                     required of `{name}`"
                )));
            }
        }
        Ok(list)
    }
}

fn entry(text: &str, allow_plain_http: bool) -> Result<EditorEntry, String> {
    let (name, url) = text.split_once('=').ok_or_else(|| format!("`{text}`: write name=URL"))?;
    let (name, url) = (name.trim(), url.trim());
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
        return Err(format!("`{name}`: a name is made of lower-case letters, digits and `-`"));
    }
    let parsed = url::Url::parse(url).map_err(|error| format!("`{url}` is no URL: {error}"))?;
    if !parsed.username().is_empty() || parsed.password().is_some() || !parsed.has_host() {
        return Err(format!("`{name}`: the URL needs a host, and no user"));
    }
    may_fetch(&parsed, allow_plain_http).map_err(|reason| format!("`{url}`: {reason}"))?;
    Ok(EditorEntry { name: name.to_owned(), url: url.to_owned(), proof: ProofMode::default() })
}

/// Whether a document may be fetched from there: over https, over plain HTTP from this machine, or from elsewhere if that is
/// allowed.
///
/// # Errors
/// Why not.
pub fn may_fetch(url: &url::Url, allow_plain_http: bool) -> Result<(), &'static str> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if allow_plain_http || is_loopback(url) => Ok(()),
        "http" => Err("plain HTTP from another machine needs `editors.allow_plain_http`"),
        _ => Err("it must begin with https:// or http://"),
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editors(discovery: &[&str], proof: &[&str]) -> Editors {
        Editors { discovery: discovery.iter().collect(), proof: proof.iter().collect(), ..Editors::default() }
    }

    #[test]
    fn editors_keep_their_order_and_are_checked_unless_said_otherwise() {
        let set = editors(
            &[
                "collabora=https://o.example/hosting/discovery?a=b",
                "onlyoffice-2=http://127.0.0.1:8/d",
                "draw=https://d.example",
            ],
            &["onlyoffice-2 = require", "draw=off"],
        );
        let list = set.list().unwrap();
        let shown: Vec<_> = list.iter().map(|entry| (entry.name.as_str(), entry.family(), entry.proof)).collect();
        assert_eq!(
            shown,
            [
                ("collabora", "collabora", ProofMode::IfPresent),
                ("onlyoffice-2", "onlyoffice", ProofMode::Require),
                ("draw", "draw", ProofMode::Off)
            ]
        );
        assert_eq!(list[0].url, "https://o.example/hosting/discovery?a=b");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (discovery, proof) in [
            (&["collabora"][..], &[][..]),
            (&["=https://o.example"], &[]),
            (&["Collabora=https://o.example"], &[]),
            (&["../x=https://o.example"], &[]),
            (&["a=ftp://o.example"], &[]),
            (&["a=http://o.example"], &[]),
            (&["a=http://127.0.0.1.example"], &[]),
            (&["a=https://user:pass@o.example"], &[]),
            (&["a=https://o.example", "a=https://p.example"], &[]),
            (&["office=https://o.example"], &["collabora=off"]),
            (&["office=https://o.example"], &["office=yes"]),
            (&["office=https://o.example"], &["office"]),
            (&["draw=https://o.example"], &["draw=require"]),
        ] {
            assert!(editors(discovery, proof).list().is_err(), "{discovery:?} {proof:?}");
        }
    }

    #[test]
    fn plain_http_from_elsewhere_is_fetched_only_if_that_is_allowed() {
        let mut set = editors(&["collabora=http://collabora:9980/hosting/discovery"], &[]);
        assert!(set.list().is_err());
        set.allow_plain_http = true;
        assert!(set.list().is_ok());
    }
}
