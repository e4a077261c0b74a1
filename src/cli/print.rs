//! Results on standard output, remarks on standard error.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
};

use serde::Serialize;

use super::{Outcome, failure::Failure};

/// One line of a result.
pub(super) fn line(text: &str) -> Outcome {
    write(harmless(text, |_| false).as_bytes())
}

/// A colour of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Green = 32,
    Yellow = 33,
    Red = 31,
    Grey = 90,
}

/// One line of a result whose beginning is coloured, where a terminal shows it and nobody objects (`NO_COLOR`).
pub(super) fn marked(colour: Colour, mark: &str, rest: &str) -> Outcome {
    let (mark, rest) = (harmless(mark, |_| false), harmless(rest, |_| false));
    let plain = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty()) || !io::stdout().is_terminal();
    if plain {
        return write(format!("{mark}{rest}").as_bytes());
    }
    write(format!("\x1b[{}m{mark}\x1b[0m{rest}", colour as u8).as_bytes())
}

/// A result as JSON, on one line.
pub(super) fn json(value: &impl Serialize) -> Outcome {
    write(&json_text(value)?)
}

/// JSON escapes only some of the characters that a terminal obeys; the others can stand only within its strings.
fn json_text(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let text = serde_json::to_string(value).map_err(io::Error::other)?;
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_obeyed(character) {
            // Formatting into a `String` cannot fail.
            _ = write!(safe, "\\u{:04x}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    Ok(safe.into_bytes())
}

fn write(text: &[u8]) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::unheard()),
        outcome => Ok(outcome?),
    }
}

/// A remark for a person. When nobody can read it, that is no failure.
pub(super) fn complaint(text: &str) {
    _ = writeln!(io::stderr().lock(), "{}", harmless(text, |character| character == '\n'));
}

/// Characters that a terminal obeys instead of showing them: controls, and those that turn around the order of others.
fn is_obeyed(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Names of files, lock ids, and what clients said come from outside: what a terminal would obey is written as `\u{1b}`.
fn harmless(text: &str, allowed: impl Fn(char) -> bool) -> Cow<'_, str> {
    let harmful = |character: char| is_obeyed(character) && !allowed(character);
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if harmful(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
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
        text.extend(json_text(value)?);
        self.begun = true;
        write(&text)
    }

    pub(super) fn end(self) -> Outcome {
        write(if self.begun { b"]" } else { b"[]" })
    }
}

/// Rows with columns that line up; a head of empty names is left out.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> Outcome {
    let rows: Vec<Vec<Cow<'_, str>>> =
        rows.iter().map(|row| row.iter().map(|cell| harmless(cell, |_| false)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|name| name.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let lined_up = |row: &[Cow<'_, str>]| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    if head.iter().any(|name| !name.is_empty()) {
        line(&lined_up(&head.iter().map(|&name| name.into()).collect::<Vec<_>>()))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}c\nd\u{202e}e", |_| false), "a\\u{1b}[2Jb\\u{9b}c\\u{a}d\\u{202e}e");
        assert_eq!(harmless("Größe שלום 1.xlsx", |_| false), "Größe שלום 1.xlsx");
        let name = "a\u{1b}\u{9b}\u{7f}\u{202e}ä";
        let text = String::from_utf8(json_text(&[name]).unwrap()).unwrap();
        assert_eq!(text, "[\"a\\u001b\\u009b\\u007f\\u202eä\"]");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [name]);
    }
}
