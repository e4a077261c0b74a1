//! `GET /versions/{id}`: what a document was, and the texts that could not be saved into it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    figures::{minute, moment},
    people::People,
    share::is,
    subject::{self, Subject, Tab},
};
use crate::{
    host::{
        HistoryEntry, HostError, VersionChoice,
        folded::{Line, Save, fold},
        tokens::Resource,
    },
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    store::records::{FileHead, SaveKind, VersionRow},
    web::{
        desk::{Desk, Tone},
        language::{DocumentTexts, Texts, VersionTexts},
        sizes::{difference, exact, exact_difference, size},
        visit::Depth,
    },
};

/// Versions on one page, folded ones included.
const PAGE: usize = 200;

/// A version as it stands in addresses and forms: `12`, or `r3` for a rescued one.
pub(super) fn written(choice: VersionChoice) -> String {
    match choice {
        VersionChoice::Version(sequence) => sequence.to_string(),
        VersionChoice::Rescued(number) => format!("r{number}"),
    }
}

/// Reads [`written`].
pub(super) fn read(text: &str) -> Option<VersionChoice> {
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse().ok() } else { None }
    };
    match text.strip_prefix('r') {
        Some(rest) => number(rest).map(VersionChoice::Rescued),
        None => number(text).map(VersionChoice::Version),
    }
}

/// Whether the reader may see a version: the current one like the document itself; an earlier one, if he may write; a
/// rescued one, if he owns the document or the text is his own.
pub(super) fn may_see(
    desk: &Desk<'_>,
    subject: &Subject,
    choice: VersionChoice,
    row: &VersionRow,
    current: bool,
) -> bool {
    let role = subject.role();
    match choice {
        VersionChoice::Version(_) => current || role.can_write(),
        VersionChoice::Rescued(_) => role.is_owner() || role.can_write() && is(&row.by, &desk.me.user),
    }
}

/// One version in a list.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<li class="version{% if current %} current{% endif %}{% if may_copy %} kept{% endif %}"><div class="what"><p class="when">{{ time|safe }}{% if current %} <span class="tag good">{{ texts.current }}</span>{% endif %}{% if !tag.is_empty() %} <span class="tag">{{ tag }}</span>{% endif %}</p>
<p class="quiet">{{ called }} · {{ by }}{% if !editors.is_empty() %} · {{ editors }}{% endif %}</p>{% if !reason.is_empty() %}<p class="reason"{% if foreign %} lang="en"{% endif %}>{{ reason }}</p>{% endif %}</div>
<p class="size"><span title="{{ exact }}">{{ size }}</span>{% if !change.is_empty() %} <span class="quiet" title="{{ exact_change }}">{{ change }}<span class="seldom"> {{ than }}</span></span>{% endif %}</p>
<div class="do"><a class="button plain" href="{{ base }}/{{ version }}/download">{{ texts.download }}<span class="seldom"> {{ title }}</span></a>{% if may_restore || may_copy %}<form method="post"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="version" value="{{ version }}">{% if may_copy %}<button name="deed" value="copy">{{ texts.keep_copy }}</button>{% endif %}{% if may_restore %}<button name="deed" value="restore"{% if may_copy %} class="first"{% endif %}{% if locked %} data-held hidden{% endif %}>{% if may_copy %}{{ texts.make_current }}{% else %}{{ texts.restore }}{% endif %}<span class="seldom"> {{ title }}</span></button>{% endif %}</form>{% endif %}</div></li>
"#
)]
#[allow(clippy::struct_excessive_bools, reason = "each is a part of the item that is there or not")]
struct Item<'a> {
    texts: &'static VersionTexts,
    mark: &'a str,
    base: &'a NodeId,
    version: String,
    /// What it is called: unlike all others for those who hear the page.
    title: String,
    /// What is shown of that.
    called: String,
    time: String,
    by: String,
    editors: String,
    tag: &'static str,
    current: bool,
    size: String,
    exact: String,
    change: String,
    exact_change: String,
    than: &'static str,
    reason: String,
    /// Whether the reason is not in the language of the page.
    foreign: bool,
    may_restore: bool,
    /// Whether somebody is editing: a version is brought back if his editor can be asked to close.
    locked: bool,
    may_copy: bool,
}

/// A line of the history: a version, or a folded run with what it says of itself.
enum Shown {
    One(String),
    Run { summary: String, from: String, to: String, items: Vec<String> },
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% if may_write %}<div data-file="{{ base }}" data-unsaved="{{ texts.unsaved }}" hidden></div>
{% endif %}{% if locked %}<p class="message warn">{{ common.held }}{% if may_write %} <span data-free>{{ texts.locked }}</span><span data-held hidden>{{ texts.open_here }}</span>{% endif %} <a href="{{ lock }}">{{ common.lock }}</a></p>
{% endif %}{% if !rescued.is_empty() %}<section class="card rescued" aria-labelledby="rescued"><h2 id="rescued">{{ warning|safe }}{{ texts.rescued }}</h2><p>{{ texts.rescued_lead }}</p>
<ol class="versions">{% for item in rescued %}{{ item|safe }}{% endfor %}</ol></section>
{% endif %}<section class="card" aria-labelledby="history"><h2 id="history">{{ texts.history }}</h2>
<p class="quiet">{% if may_write %}{{ texts.restore_hint }}{% else %}{{ texts.viewer }}{% endif %}</p>
<ol class="versions">{% for line in lines %}{% match line %}{% when Shown::One with (item) %}{{ item|safe }}{% when Shown::Run with { summary, from, to, items } %}<li class="run"><details><summary><span>{{ summary }}</span> <span class="quiet">{{ from|safe }} – {{ to|safe }}</span></summary><ol class="versions">{% for item in items %}{{ item|safe }}{% endfor %}</ol></details></li>
{% endmatch %}{% endfor %}</ol>
{% if is_later || older.is_some() %}<p class="buttons">{% if is_later %}<a class="button" href="{{ base }}">{{ texts.newest }}</a>{% endif %}{% if let Some(older) = older %}<a class="button" href="{{ base }}?before={{ older }}">{{ texts.older }}</a>{% endif %}</p>{% endif %}</section>
{% if !settled.is_empty() %}<details class="card"><summary>{{ settled_label }}</summary><ol class="versions">{% for item in settled %}{{ item|safe }}{% endfor %}</ol></details>
{% endif %}"##
)]
struct Page<'a> {
    texts: &'static VersionTexts,
    common: &'static DocumentTexts,
    base: &'a NodeId,
    lock: String,
    warning: &'static str,
    locked: bool,
    may_write: bool,
    rescued: Vec<String>,
    settled: Vec<String>,
    settled_label: String,
    lines: Vec<Shown>,
    is_later: bool,
    older: Option<u64>,
}

/// `GET /versions/{id}`.
pub(super) async fn show(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "versions page");
    Desk::page(&request, &identity, Depth::Two, async |desk| page(desk, &id).await).await
}

async fn page(desk: &Desk<'_>, id: &str) -> Result<HttpResponse, HostError> {
    let (subject, head) = Subject::file(desk, id)?;
    let texts = VersionTexts::of(desk.language());
    let locked = desk.host().lock_of(&subject.id).await?.is_some();
    let history = {
        let (host, file) = (desk.host().clone(), subject.id.clone());
        desk.host().away(move || host.history(&file)).await?
    };
    let seen = |entry: &HistoryEntry| may_see(desk, &subject, entry.choice, &entry.row, entry.current);
    let (mut versions, mut kept): (Vec<_>, Vec<_>) =
        history.into_iter().filter(seen).partition(|entry| matches!(entry.choice, VersionChoice::Version(_)));
    versions.reverse();
    kept.reverse();
    let mut maker = Maker::new(desk, &subject, &head, locked);
    let (settled, open): (Vec<_>, Vec<_>) =
        kept.iter().partition(|kept| versions.iter().any(|made| made.row.content.sha256 == kept.row.content.sha256));
    let rescued = open.into_iter().map(|entry| maker.kept(entry)).collect();
    let settled: Vec<String> = settled.into_iter().map(|entry| maker.kept(entry)).collect();

    let before = desk.parameter("before").and_then(|before| before.parse::<u64>().ok());
    let from = before.map_or(0, |before| versions.partition_point(|entry| entry.row.version.sequence >= before));
    let to = versions.len().min(from + PAGE);
    let page = Page {
        texts,
        common: DocumentTexts::of(desk.language()),
        base: &subject.id,
        lock: format!("../lock/{}", subject.id),
        warning: crate::web::desk::icons::WARNING,
        locked,
        may_write: subject.role().can_write(),
        rescued,
        settled_label: texts.settled.replace("{n}", &settled.len().to_string()),
        settled,
        lines: maker.lines(&versions, from, to),
        is_later: from > 0,
        older: versions.get(to).map(|_| versions[to - 1].row.version.sequence),
    };
    let content = page.render().unwrap_or_default();
    let title = texts.title.replace("{name}", subject.name());
    let said = said(desk, texts);
    let message = said.as_ref().map(|(tone, text)| (*tone, text.as_str()));
    subject::answer(desk, &subject, Tab::Versions, &title, message, &content)
}

/// Makes the lines of a page.
struct Maker<'a> {
    subject: &'a Subject,
    head: &'a FileHead,
    locked: bool,
    mark: &'a str,
    language: &'static Texts,
    texts: &'static VersionTexts,
    common: &'static DocumentTexts,
    people: People<'a>,
}

impl<'a> Maker<'a> {
    fn new(desk: &'a Desk<'_>, subject: &'a Subject, head: &'a FileHead, locked: bool) -> Self {
        let language = desk.language();
        let (texts, common) = (VersionTexts::of(language), DocumentTexts::of(language));
        Self { subject, head, locked, mark: desk.mark(), language, texts, common, people: People::new(desk) }
    }

    fn by(&mut self, row: &VersionRow) -> String {
        self.common.by.replace("{name}", &self.people.name(&row.by))
    }

    /// Who wrote, when that is not only the one who saved.
    fn editors(&mut self, row: &VersionRow) -> String {
        let others = row.editors.iter().any(|editor| !editor.eq_ignore_ascii_case(row.by.as_str()));
        if !others {
            return String::new();
        }
        let names: Vec<String> = row.editors.iter().map(|editor| self.people.reported(editor)).collect();
        self.texts.edited_by.replace("{names}", &names.join(self.texts.comma))
    }

    fn item(&mut self, entry: &HistoryEntry, title: String) -> Item<'a> {
        Item {
            texts: self.texts,
            mark: self.mark,
            base: &self.subject.id,
            version: written(entry.choice),
            called: title.clone(),
            title,
            time: moment(entry.row.at),
            by: self.by(&entry.row),
            editors: self.editors(&entry.row),
            tag: "",
            current: entry.current,
            size: size(entry.row.content.size, self.language),
            exact: exact(entry.row.content.size, self.language),
            change: String::new(),
            exact_change: String::new(),
            than: "",
            reason: String::new(),
            foreign: false,
            may_restore: self.subject.role().can_write() && !entry.current,
            locked: self.locked,
            may_copy: false,
        }
    }

    fn kept(&mut self, entry: &HistoryEntry) -> String {
        let called = self.texts.kept.replace("{n}", "").trim().to_owned();
        let item = self.item(entry, self.texts.kept.replace("{n}", &minute(entry.row.at)));
        let reason = entry.row.reason.as_deref().unwrap_or_default();
        let known = self.reason(reason);
        let (its, current) = (entry.row.content.size, self.head.content.size);
        let item = Item {
            change: difference(its, current, self.language),
            exact_change: exact_difference(its, current, self.language),
            than: self.texts.than_current,
            foreign: known.is_none(),
            reason: known.unwrap_or(reason).to_owned(),
            may_copy: true,
            called,
            ..item
        };
        item.render().unwrap_or_default()
    }

    /// Why bytes were refused, in the language of the page: the host writes its reasons in English.
    fn reason(&self, reason: &str) -> Option<&'static str> {
        let texts = self.texts;
        Some(match reason {
            "the file was locked by another session" => texts.reason_other_session,
            "the session's lock was lost or had run out" => texts.reason_lost,
            "the file had been changed since it was opened" => texts.reason_outdated,
            "the file had been deleted" => texts.reason_deleted,
            "the file was locked while it was to be replaced" => texts.reason_replaced,
            "the file was deleted or renamed while it was to be replaced" => texts.reason_moved,
            _ => return None,
        })
    }

    fn lines(&mut self, versions: &[HistoryEntry], from: usize, to: usize) -> Vec<Shown> {
        let saves: Vec<Save> = versions[from..to]
            .iter()
            .map(|entry| Save { by: entry.row.by.clone(), kind: entry.row.kind, at: entry.row.at })
            .collect();
        let mut lines = Vec::new();
        for line in fold(&saves) {
            lines.push(match line {
                Line::One { at, ends_session } => Shown::One(self.version(versions, from + at, ends_session)),
                Line::Run(range) => {
                    let (newest, oldest) = (&saves[range.start], &saves[range.end - 1]);
                    let name = self.people.name(&newest.by);
                    let summary = self.texts.run.replace("{n}", &range.len().to_string()).replace("{name}", &name);
                    Shown::Run {
                        summary,
                        from: moment(oldest.at),
                        to: moment(newest.at),
                        items: range.map(|at| self.version(versions, from + at, false)).collect(),
                    }
                }
            });
        }
        lines
    }

    fn version(&mut self, versions: &[HistoryEntry], at: usize, ends_session: bool) -> String {
        let entry = &versions[at];
        let kind = match entry.row.kind {
            SaveKind::Created => self.texts.created,
            SaveKind::Save | SaveKind::Rescued => self.texts.saved,
            SaveKind::Autosave => self.texts.autosaved,
            SaveKind::Exit => self.texts.closed,
            SaveKind::Restored => self.texts.restored,
        };
        let number = self.texts.version.replace("{n}", &entry.row.version.sequence.to_string());
        let item = self.item(entry, format!("{number} · {kind}"));
        let (its, before) = (entry.row.content.size, versions.get(at + 1).map(|before| before.row.content.size));
        let item = Item {
            tag: if ends_session && !entry.current { self.texts.session_end } else { "" },
            change: before.map(|before| difference(its, before, self.language)).unwrap_or_default(),
            exact_change: before.map(|before| exact_difference(its, before, self.language)).unwrap_or_default(),
            than: self.texts.than_before,
            ..item
        };
        item.render().unwrap_or_default()
    }
}

fn said(desk: &Desk<'_>, texts: &'static VersionTexts) -> Option<(Tone, String)> {
    let common = DocumentTexts::of(desk.language());
    let (tone, text) = match desk.parameter("said")?.as_str() {
        "restored" => (Tone::Good, texts.said_restored),
        "copied" => {
            let copy = NodeId::parse(&desk.parameter("copy")?).ok()?;
            let access = desk.access(Resource::File(copy)).ok()?;
            return Some((Tone::Good, texts.said_copied.replace("{name}", &access.head?.name)));
        }
        "locked" => (Tone::Bad, texts.said_locked),
        "gone" => (Tone::Bad, texts.said_gone),
        "space" => (Tone::Bad, texts.said_no_space),
        "refused" => (Tone::Bad, common.said_refused),
        _ => return None,
    };
    Some((tone, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_written_so_that_it_is_read_as_the_same() {
        for choice in [VersionChoice::Version(1), VersionChoice::Rescued(u64::MAX)] {
            assert_eq!(read(&written(choice)), Some(choice));
        }
        for none in ["", "r", "+1", "-1", "1.0", "rr1", "18446744073709551616", " 1"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
