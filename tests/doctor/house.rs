//! A host, and what its doctor says.

use serde_json::Value;

use crate::{
    front::{Front, Kind, Rules, free_port},
    support::{Binary, Run, Start},
};

/// What the doctor found.
pub(crate) struct Found(pub(crate) Value);

impl Found {
    /// The finding of that name.
    #[track_caller]
    pub(crate) fn finding(&self, check: &str) -> &Value {
        let all = self.0["findings"].as_array().unwrap();
        all.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("no {check} in {:#}", self.0))
    }

    /// The names of the findings with that verdict.
    pub(crate) fn with(&self, verdict: &str) -> Vec<&str> {
        let all = self.0["findings"].as_array().unwrap().iter();
        all.filter(|finding| finding["verdict"] == verdict).map(|finding| finding["check"].as_str().unwrap()).collect()
    }

    /// A finding must have that verdict, and say each of these words in what was seen or in what to change and where.
    #[track_caller]
    pub(crate) fn says(&self, check: &str, verdict: &str, words: &[&str]) {
        let finding = self.finding(check);
        assert_eq!(finding["verdict"], verdict, "{finding:#}");
        let text = format!("{} {}", finding["seen"], finding["remedies"]).replace("\\\"", "\"");
        assert!(words.iter().all(|word| text.contains(word)), "{check} does not say {words:?}: {text}");
        let remedies = finding["remedies"].as_array().unwrap();
        assert!(verdict != "failure" || !remedies.is_empty(), "{check} fails and does not say what to change");
        assert!(remedies.iter().all(|remedy| remedy["change"] != "" && remedy["place"] != ""), "{finding:#}");
    }

    /// The details of a finding as pairs.
    pub(crate) fn detail(&self, check: &str, name: &str) -> String {
        let details = self.finding(check)["details"].as_array().unwrap().clone();
        let found = details.iter().find(|detail| detail["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {details:?}"))["value"].as_str().unwrap().to_owned()
    }
}

/// Runs the doctor without what takes long.
#[track_caller]
pub(crate) fn examine(host: &Binary) -> Found {
    examine_with(host, &["--quick"])
}

/// Runs the doctor; its exit code must tell whether there are failures.
#[track_caller]
pub(crate) fn examine_with(host: &Binary, more: &[&str]) -> Found {
    let run = ask(host, &[&["--json"], more].concat());
    let found = Found(run.json());
    let code = if found.with("failure").is_empty() { 0 } else { 6 };
    assert_eq!(run.status.code(), Some(code), "{run:?}");
    found
}

pub(crate) fn ask(host: &Binary, more: &[&str]) -> Run {
    host.cli(&[&["doctor"], more].concat(), "")
}

/// How a host starts that a proxy on this machine stands in front of.
pub(crate) fn behind(public: &str) -> Start {
    let mut start = Start::default()
        .set("LOCKHOUSE_PUBLIC_URL", public)
        .set("LOCKHOUSE_TRUSTED_PROXIES", "127.0.0.1")
        .set("LOCKHOUSE_STORAGE__FLUSH_LIMIT", "1s")
        .set("LOCKHOUSE_LIMITS__BODY", "64 MiB");
    start.listen = format!("127.0.0.1:{}", free_port());
    start
}

/// The port in an address.
pub(crate) fn port_of(start: &Start) -> u16 {
    start.listen.rsplit(':').next().unwrap().parse().unwrap()
}

/// A host with a proxy in front of it.
pub(crate) struct Fronted {
    pub(crate) host: Binary,
    pub(crate) public: String,
    _front: Front,
}

impl Fronted {
    pub(crate) fn new(kind: Kind, rules: &Rules, path: &str) -> Self {
        Self::with(kind, rules, path, |start| start)
    }

    pub(crate) fn with(kind: Kind, rules: &Rules, path: &str, change: impl FnOnce(Start) -> Start) -> Self {
        let from = free_port();
        let public = format!("http://127.0.0.1:{from}{path}");
        let start = change(behind(&public));
        let front = Front::start(kind, rules, from, port_of(&start));
        Self { host: Binary::serve_with(start), public, _front: front }
    }
}
