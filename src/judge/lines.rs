//! Histories as JSON lines: one [`Entry`] a line, so that a run is written while it goes on, and judged later.

use std::io::{self, BufRead, Read as _, Write};

use super::history::{Entry, History};

/// The longest line that is read, in bytes. Lock ids and names are bounded far below it (files.md sections 2.1 and 4.5).
pub const MAX_LINE: usize = 64 * 1024;

/// Why a saved history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// Reading failed.
    #[error("the history cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line is not what it should be.
    #[error("line {line} of the history is no entry: {source}")]
    Entry {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A line is longer than [`MAX_LINE`].
    #[error("line {line} of the history is longer than {MAX_LINE} bytes")]
    TooLong {
        /// Which, from 1.
        line: usize,
    },
}

impl Entry {
    /// Writes this as one line.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_line(&self, writer: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *writer, self)?;
        writer.write_all(b"\n")
    }
}

impl History {
    /// Reads a history. Empty lines are passed over; a last line that was cut off in the middle of writing is an error,
    /// because what it said is lost.
    ///
    /// # Errors
    /// [`LinesError`] at the first line that cannot be read.
    pub fn read(reader: impl BufRead) -> Result<Self, LinesError> {
        let mut reader = reader;
        let mut history = Self::default();
        let mut buffer = Vec::new();
        for line in 1.. {
            buffer.clear();
            let limit = MAX_LINE as u64 + 1;
            if reader.by_ref().take(limit).read_until(b'\n', &mut buffer)? == 0 {
                break;
            }
            if buffer.len() > MAX_LINE {
                return Err(LinesError::TooLong { line });
            }
            if buffer.trim_ascii().is_empty() {
                continue;
            }
            history.push(serde_json::from_slice(&buffer).map_err(|source| LinesError::Entry { line, source })?);
        }
        Ok(history)
    }

    /// Writes all of it: files, marks, operations.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        for file in &self.files {
            Entry::File(file.clone()).write_line(writer)?;
        }
        for mark in &self.marks {
            Entry::Mark(mark.clone()).write_line(writer)?;
        }
        for operation in &self.operations {
            Entry::Operation(operation.clone()).write_line(writer)?;
        }
        Ok(())
    }
}
