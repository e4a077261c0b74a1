//! Results on standard output, remarks on standard error.

use std::io::{self, Write as _};

use serde::Serialize;

use super::{Outcome, failure::Failure};

/// One line of a result.
pub(super) fn line(text: &str) -> Outcome {
    write(text.as_bytes())
}

/// A result as JSON, on one line.
pub(super) fn json(value: &impl Serialize) -> Outcome {
    write(&serde_json::to_vec(value).map_err(io::Error::other)?)
}

fn write(text: &[u8]) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::unheard()),
        outcome => Ok(outcome?),
    }
}

/// A remark for a person. When nobody can read it, that is no failure. File names may hold what a terminal would obey: it
/// is not sent to one.
pub(super) fn complaint(text: &str) {
    let harmless = |character: char| if character.is_control() && character != '\n' { '?' } else { character };
    let text: String = text.chars().map(harmless).collect();
    _ = writeln!(io::stderr().lock(), "{text}");
}

/// A JSON array of any length, printed while it is gathered.
pub(super) struct Array {
    begun: bool,
}

impl Array {
    pub(super) const fn new() -> Self {
        Self { begun: false }
    }

    pub(super) fn push(&mut self, value: &impl Serialize) -> Outcome {
        let mut text = if self.begun { b",".to_vec() } else { b"[".to_vec() };
        serde_json::to_writer(&mut text, value).map_err(io::Error::other)?;
        self.begun = true;
        write(&text)
    }

    pub(super) fn end(self) -> Outcome {
        write(if self.begun { b"]" } else { b"[]" })
    }
}

/// Rows with columns that line up; a head of empty names is left out.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> Outcome {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|name| name.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let lined_up = |row: &[String]| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    if head.iter().any(|name| !name.is_empty()) {
        line(&lined_up(&head.iter().map(ToString::to_string).collect::<Vec<_>>()))?;
    }
    rows.iter().try_for_each(|row| line(&lined_up(row)))
}

/// `1 file`, `3 files`.
pub(super) fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A number of bytes for a person.
pub(super) fn bytes(number: u64) -> String {
    indicatif::BinaryBytes(number).to_string()
}
