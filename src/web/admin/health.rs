//! How things are, at a glance: what an administrator should know of without having to look for it.

use std::time::Duration;

use crate::{
    editors::Editors,
    oauth::Identity,
    web::{
        account::shown::When,
        language::{AdminTexts, Texts},
        sizes::size,
    },
};

/// How much older than this a backup is before it is said.
const OLD_BACKUP: Duration = Duration::from_secs(7 * 24 * 3600);

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// As it should be.
    Well,
    /// To be looked at.
    Look,
    /// To be mended.
    Ill,
}

impl Grade {
    /// The tag's class.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Well => "good",
            Self::Look => "warn",
            Self::Ill => "bad",
        }
    }

    /// The tag's word.
    pub(super) const fn word(self, texts: &AdminTexts) -> &'static str {
        match self {
            Self::Well => texts.well,
            Self::Look => texts.look,
            Self::Ill => texts.ill,
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// How bad it is.
    pub(super) grade: Grade,
    /// In words.
    pub(super) text: String,
    /// A time that belongs to it.
    pub(super) when: Option<When>,
    /// More about it, in English.
    pub(super) detail: String,
    /// What to change and where, in English.
    pub(super) advice: String,
}

impl Finding {
    fn new(grade: Grade, text: impl Into<String>) -> Self {
        Self { grade, text: text.into(), when: None, detail: String::new(), advice: String::new() }
    }
}

/// What can be said without asking anybody else; the worst first.
pub(super) fn look(identity: &Identity, editors: &Editors, texts: &Texts) -> Vec<Finding> {
    let words = AdminTexts::of(texts);
    let mut found = store(identity, texts);
    found.extend(backups(identity, words));
    found.extend(of_editors(editors, words));
    if identity.settings.public_url.is_none() {
        found.push(Finding::new(Grade::Look, words.url_none));
    }
    found.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
    found
}

fn store(identity: &Identity, texts: &Texts) -> Vec<Finding> {
    let (host, words) = (&identity.host, AdminTexts::of(texts));
    let mut found = vec![match host.ready() {
        Ok(()) => Finding::new(Grade::Well, words.store_well),
        Err(reason) => Finding { detail: reason, ..Finding::new(Grade::Ill, words.store_ill) },
    }];
    if let Ok(free) = host.store().directory.free_space() {
        let low = free < host.options().store.free_space_floor.saturating_mul(4);
        let (grade, text) = if low { (Grade::Look, words.space_low) } else { (Grade::Well, words.space_well) };
        found.push(Finding::new(grade, text.replace("{free}", &size(free, texts))));
    }
    if let Some(check) = host.last_check().filter(|check| check.damages > 0) {
        let text = words.check_ill.replace("{n}", &check.damages.to_string());
        found.push(Finding { when: Some(check.at.into()), ..Finding::new(Grade::Ill, text) });
    }
    found
}

fn backups(identity: &Identity, words: &AdminTexts) -> Vec<Finding> {
    let Some(backup) = identity.host.last_backup() else {
        return vec![Finding::new(Grade::Look, words.backup_none)];
    };
    let old = identity.host.clock().wall().since(backup.at) > OLD_BACKUP;
    let (grade, text) = if old { (Grade::Look, words.backup_old) } else { (Grade::Well, words.backup_well) };
    let mut found = vec![Finding { when: Some(backup.at.into()), ..Finding::new(grade, text) }];
    if backup.unreadable > 0 {
        found.push(Finding::new(Grade::Ill, words.backup_torn));
    }
    found
}

fn of_editors(editors: &Editors, words: &AdminTexts) -> Vec<Finding> {
    if editors.is_empty() {
        return vec![Finding::new(Grade::Look, words.editors_none)];
    }
    let failing = editors.states().into_iter().filter_map(|state| {
        let error = state.error?;
        // With an earlier document people can go on.
        let grade = if state.fetched.is_some() { Grade::Look } else { Grade::Ill };
        let text = words.editor_ill.replace("{name}", &state.name);
        Some(Finding { detail: error, ..Finding::new(grade, text) })
    });
    let failing: Vec<Finding> = failing.collect();
    if failing.is_empty() { vec![Finding::new(Grade::Well, words.editors_well)] } else { failing }
}
