//! What an examination finds: data, for the command line, for a page, for a script.

use serde::{Deserialize, Serialize};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it must be.
    Ok,
    /// Could not be looked at, and why.
    Skipped,
    /// Works, but not as well or as safely as it should.
    Warning,
    /// Something does not work because of it.
    Failure,
}

/// What a finding is about. Findings are grouped by it, in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// The settings and the server itself.
    Host,
    /// The way from the public URL to this host.
    PublicUrl,
    /// Whatever stands in between.
    Proxy,
    /// An editor, by its name in the settings.
    Editor(String),
}

impl Area {
    /// As a heading.
    pub fn title(&self) -> String {
        match self {
            Self::Host => "This host".to_owned(),
            Self::PublicUrl => "The public URL".to_owned(),
            Self::Proxy => "The proxy in front".to_owned(),
            Self::Editor(name) => format!("Editor {name}"),
        }
    }
}

/// Something to change, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What to change.
    pub change: String,
    /// The setting, file or directive to change it in.
    pub place: String,
}

/// A line of detail, such as an extension and its action URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// What it is.
    pub name: String,
    /// What was seen.
    pub value: String,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub area: Area,
    /// Its name for scripts, such as `proxy.empty-headers`; it stays.
    pub check: String,
    /// What was looked at, for people.
    pub what: String,
    /// How it stands.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// What to change and where; never empty for a failure.
    pub remedies: Vec<Remedy>,
    /// Long lists, for those who want to know.
    pub details: Vec<Detail>,
}

impl Finding {
    /// Says what to change, and where.
    #[must_use]
    pub fn mend(mut self, change: impl Into<String>, place: impl Into<String>) -> Self {
        self.remedies.push(Remedy { change: change.into(), place: place.into() });
        self
    }

    /// Adds what a remedy says.
    #[must_use]
    pub fn mend_by(mut self, remedies: impl IntoIterator<Item = Remedy>) -> Self {
        self.remedies.extend(remedies);
        self
    }

    /// Adds a line of detail.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.details.push(Detail { name: name.into(), value: value.into() });
        self
    }
}

/// A thing that is looked at, before it is known how it stands.
#[derive(Clone, Debug)]
pub(super) struct Check {
    area: Area,
    check: &'static str,
    what: &'static str,
}

impl Check {
    pub(super) const fn new(area: Area, check: &'static str, what: &'static str) -> Self {
        Self { area, check, what }
    }

    pub(super) fn is(&self, verdict: Verdict, seen: impl Into<String>) -> Finding {
        Finding {
            area: self.area.clone(),
            check: self.check.to_owned(),
            what: self.what.to_owned(),
            verdict,
            seen: seen.into(),
            remedies: Vec::new(),
            details: Vec::new(),
        }
    }

    pub(super) fn ok(&self, seen: impl Into<String>) -> Finding {
        self.is(Verdict::Ok, seen)
    }

    pub(super) fn warns(&self, seen: impl Into<String>) -> Finding {
        self.is(Verdict::Warning, seen)
    }

    pub(super) fn fails(&self, seen: impl Into<String>) -> Finding {
        self.is(Verdict::Failure, seen)
    }

    pub(super) fn skipped(&self, why: impl Into<String>) -> Finding {
        self.is(Verdict::Skipped, why)
    }
}

/// All that one examination found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether a server runs, so that the way to it was looked at from both ends.
    pub both_ends: bool,
    /// When; ISO 8601.
    pub at: String,
    /// The URL that all others begin with.
    pub public_url: String,
    /// What was found, grouped by area.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }

    /// Whether nothing failed.
    pub fn is_sound(&self) -> bool {
        self.count(Verdict::Failure) == 0
    }

    /// The findings of each area, areas and findings in the order in which they are to be shown.
    pub fn by_area(&self) -> Vec<(&Area, Vec<&Finding>)> {
        let mut areas: Vec<(&Area, Vec<&Finding>)> = Vec::new();
        for finding in &self.findings {
            match areas.iter_mut().find(|(area, _)| **area == finding.area) {
                Some((_, findings)) => findings.push(finding),
                None => areas.push((&finding.area, vec![finding])),
            }
        }
        areas
    }
}
