//! A history as a picture: a column per client, time downwards. As text, and as data for a better drawing.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::history::{Authority, Call, Content, Framing, History, Loss, Mark, Nanos, Operation, Outcome, Reply};

/// How a bar is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The operation was done.
    Done,
    /// It was refused.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// One operation.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    /// Its place among the history's operations.
    pub operation: usize,
    /// Its column: a place in [`Timeline::clients`].
    pub column: usize,
    /// When it was invoked.
    pub from: Nanos,
    /// When the reply came or the sender gave up.
    pub to: Nanos,
    /// What was asked.
    pub call: String,
    /// What was answered.
    pub reply: String,
    /// How to draw it.
    pub kind: Kind,
    /// Whether the violation is about this one.
    pub culprit: bool,
}

/// Something that was done to the host.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// When.
    pub at: Nanos,
    /// What.
    pub text: String,
}

/// The picture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// The clients, a column each.
    pub clients: Vec<u32>,
    /// The operations, in order of invocation.
    pub bars: Vec<Bar>,
    /// What was done to the host.
    pub lines: Vec<Line>,
    /// What was known before.
    pub before: String,
}

/// The longest lock id or name that is drawn whole.
const LONG: usize = 24;

fn short(text: &str) -> String {
    if text.chars().count() <= LONG {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONG - 1).collect();
    format!("{start}…")
}

fn id(id: Option<&str>) -> String {
    id.filter(|id| !id.is_empty()).map_or_else(|| "(no id)".to_owned(), short)
}

/// Bytes in short: the start of their digest, and how many.
pub(super) fn bytes(content: &Content) -> String {
    if content.length == 0 {
        return "no bytes".to_owned();
    }
    let digest = content.digest.to_string();
    format!("{}… ({} B)", digest.get(..8).unwrap_or(&digest), content.length)
}

/// What was asked, in a few words.
pub(super) fn call(operation: &Operation) -> String {
    let asked = match &operation.call {
        Call::Lock { id: lock } => format!("Lock {}", id(lock.as_deref())),
        Call::Relock { old, new } => format!("UnlockAndRelock {} → {}", short(old), id(new.as_deref())),
        Call::Refresh { id: lock } => format!("RefreshLock {}", id(lock.as_deref())),
        Call::Unlock { id: lock } => format!("Unlock {}", id(lock.as_deref())),
        Call::GetLock => "GetLock".to_owned(),
        Call::Put { lock, body, framing, cut } => {
            let chunked = if *framing == Framing::Chunked { " chunked" } else { "" };
            let cut = if *cut { " cut off" } else { "" };
            format!("PutFile {}: {}{chunked}{cut}", id(lock.as_deref()), bytes(body))
        }
        Call::Get => "GetFile".to_owned(),
        Call::Info => "CheckFileInfo".to_owned(),
        Call::Rename { lock, name } => format!("RenameFile {}: {}", id(lock.as_deref()), short(name)),
        Call::Delete => "DeleteFile".to_owned(),
        Call::UserInfo => "PutUserInfo".to_owned(),
    };
    match operation.authority {
        Authority::Full => asked,
        Authority::ViewOnly => format!("{asked} (view-only token)"),
        Authority::OtherFile => format!("{asked} (token of another file)"),
        Authority::Invalid => format!("{asked} (invalid token)"),
    }
}

/// What was answered, in a few words.
pub(super) fn reply(operation: &Operation) -> String {
    let reply = match &operation.outcome {
        Outcome::Unknown { why: Loss::TimedOut, .. } => return "no reply".to_owned(),
        Outcome::Unknown { why: Loss::Reset, .. } => return "connection lost".to_owned(),
        Outcome::Unknown { why: Loss::Cut, .. } => return "cut off by the client".to_owned(),
        Outcome::Answered { reply, .. } => reply,
    };
    let Reply { status, lock, version, content, size, name } = reply;
    let mut told = vec![status.to_string()];
    match lock.as_deref() {
        Some("") => told.push("lock: none".to_owned()),
        Some(lock) => told.push(format!("lock: {}", short(lock))),
        None if *status == 409 => told.push("no X-WOPI-Lock".to_owned()),
        None => {}
    }
    told.extend(content.as_ref().map(bytes));
    if content.is_none() {
        told.extend(size.map(|size| format!("{size} B")));
    }
    told.extend(version.as_deref().map(|version| format!("version {}", short(version))));
    told.extend(name.as_deref().map(short));
    told.join(", ")
}

fn seconds(nanos: Nanos) -> String {
    format!("{}.{:06}", nanos / 1_000_000_000, nanos / 1000 % 1_000_000)
}

impl Timeline {
    /// Draws a small history. `culprits` are places among its operations.
    pub fn new(history: &History, culprits: &[usize]) -> Self {
        let clients: Vec<u32> = history
            .operations
            .iter()
            .map(|operation| (operation.client, ()))
            .collect::<BTreeMap<_, _>>()
            .into_keys()
            .collect();
        let mut bars: Vec<Bar> = history
            .operations
            .iter()
            .enumerate()
            .map(|(place, operation)| Bar {
                operation: place,
                column: clients.binary_search(&operation.client).unwrap_or(0),
                from: operation.invoked,
                to: operation.ended(),
                call: call(operation),
                reply: reply(operation),
                kind: match operation {
                    operation if operation.open() => Kind::Unknown,
                    operation if operation.succeeded() => Kind::Done,
                    _ => Kind::Refused,
                },
                culprit: culprits.contains(&place),
            })
            .collect();
        bars.sort_by_key(|bar| (bar.from, bar.to));
        let mut lines: Vec<Line> = history.marks.iter().flat_map(lines).collect();
        lines.sort_by_key(|line| line.at);
        let before = history.files.first().map(super::describe::start).unwrap_or_default();
        Self { clients, bars, lines, before }
    }
}

fn lines(mark: &Mark) -> Vec<Line> {
    let line = |at: Nanos, text: &str| Line { at, text: text.to_owned() };
    match mark {
        Mark::Restart { down, up, .. } => {
            let mut lines = vec![line(*down, "the host goes down")];
            lines.extend(up.map(|up| line(up, "the host is up again")));
            lines
        }
        Mark::ClockSet { at, by_ms } => {
            vec![Line { at: *at, text: format!("the host's clock is moved by {by_ms} ms") }]
        }
        Mark::Note { at, text } => vec![line(*at, text)],
    }
}

/// One row of the text.
struct Row {
    at: Nanos,
    /// Of two rows at the same time, beginnings come first.
    end: bool,
    what: What,
}

enum What {
    Begins(usize),
    Ends(usize),
    Mark(String),
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const GAP: usize = 3;
        let mut width = vec![12; self.clients.len()];
        for bar in &self.bars {
            let longest = bar.call.chars().count().max(bar.reply.chars().count()) + 2;
            width[bar.column] = width[bar.column].max(longest + GAP);
        }
        if !self.before.is_empty() {
            writeln!(f, "  before: {}", self.before)?;
        }
        write!(f, "  {:>14}  ", "seconds")?;
        for (client, width) in self.clients.iter().zip(&width) {
            write!(f, "{:<width$}", format!("client {client}"))?;
        }
        writeln!(f)?;
        let mut open: Vec<Option<usize>> = vec![None; self.clients.len()];
        for row in self.rows() {
            write!(f, "  {:>14}  ", seconds(row.at))?;
            let (here, text) = match &row.what {
                What::Mark(text) => {
                    writeln!(f, "──── {text} ────")?;
                    continue;
                }
                What::Begins(bar) => (*bar, format!("┌ {}", self.bars[*bar].call)),
                What::Ends(bar) => (*bar, format!("└ {}", self.bars[*bar].reply)),
            };
            let bar = &self.bars[here];
            open[bar.column] = matches!(row.what, What::Begins(_)).then_some(here);
            let mut line = String::new();
            for (column, width) in width.iter().enumerate() {
                let cell = match open[column] {
                    _ if column == bar.column => text.as_str(),
                    Some(_) => "│",
                    None => "",
                };
                line.push_str(&format!("{cell:<width$}"));
            }
            let culprit = bar.culprit && matches!(row.what, What::Ends(_));
            writeln!(f, "{}{}", line.trim_end(), if culprit { "   ◄──" } else { "" })?;
        }
        Ok(())
    }
}

impl Timeline {
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (place, bar) in self.bars.iter().enumerate() {
            rows.push(Row { at: bar.from, end: false, what: What::Begins(place) });
            rows.push(Row { at: bar.to, end: true, what: What::Ends(place) });
        }
        rows.extend(self.lines.iter().map(|line| Row { at: line.at, end: false, what: What::Mark(line.text.clone()) }));
        rows.sort_by_key(|row| (row.at, row.end));
        rows
    }
}
