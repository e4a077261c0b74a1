//! Times and browsers in words.

use crate::{
    clock::Timestamp,
    web::{language::AccountTexts, moments},
};

/// So many files.
pub(crate) fn files(count: u64, texts: &AccountTexts) -> String {
    if count == 1 { texts.one_file.to_owned() } else { texts.files.replace("{n}", &count.to_string()) }
}

/// A time for a page: what a machine reads, and what a person reads where there is no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// For `datetime`.
    pub(crate) machine: String,
    /// In UTC.
    pub(crate) person: String,
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self { machine: moments::second(at), person: format!("{} UTC", moments::minute(at)) }
    }
}

impl When {
    /// From ISO 8601.
    pub(crate) fn parse(iso: &str) -> Option<Self> {
        Timestamp::parse_iso(iso).map(Self::from)
    }
}

/// What a browser calls itself, in a few words.
pub(crate) fn browser(agent: &str, texts: &AccountTexts) -> String {
    // The order matters: each calls itself by the names of those before it, too.
    const BROWSERS: [(&str, &str); 10] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Vivaldi", "Vivaldi"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => texts.browser_on.replace("{browser}", browser).replace("{system}", system),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => match agent.split(['/', ' ']).next().filter(|name| !name.is_empty()) {
            Some(name) => name.chars().take(40).collect(),
            None => texts.unknown_browser.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::language::ALL;

    #[test]
    fn a_browser_is_called_by_its_own_name() {
        let texts = AccountTexts::of(ALL[0]);
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("reqwest/0.12", "reqwest"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(browser(agent, texts), name);
        }
    }

    #[test]
    fn a_time_is_told_to_the_minute_and_machines_to_the_second() {
        let when = When::parse("2026-06-15T13:45:30.1234567Z").unwrap();
        assert_eq!((&*when.machine, &*when.person), ("2026-06-15T13:45:30Z", "2026-06-15 13:45 UTC"));
    }
}
