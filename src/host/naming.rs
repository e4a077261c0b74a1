//! Names for files when the wanted one cannot be had.

use super::{Host, HostError};
use crate::{ids::NodeId, names::FileName, store::records::FileHead};

/// How many names are tried when the one that was wanted is taken.
pub(super) const NAMES_TRIED: u32 = 40;

/// The name to try after some that were taken: first counted, then at random.
pub(super) fn candidate(wanted: &FileName, attempt: u32) -> Result<FileName, HostError> {
    Ok(match attempt {
        1 => wanted.clone(),
        2..20 => wanted.with_counter(attempt),
        _ => {
            let bytes = super::random::bytes::<4>().map_err(|error| HostError::Failed(error.to_string().into()))?;
            wanted.with_counter(20 + u32::from_le_bytes(bytes) % 1_000_000)
        }
    })
}

/// A name as it is stored: it was legal once, and is made legal should the rules have become stricter.
pub(super) fn stored_name(name: &str) -> FileName {
    FileName::parse(name).unwrap_or_else(|_| FileName::sanitised(name, ""))
}

impl Host {
    /// A name like this one that is free at the moment.
    ///
    /// # Errors
    /// [`HostError`].
    pub fn free_name(&self, parent: &NodeId, name: &FileName) -> Result<FileName, HostError> {
        for attempt in 2..=NAMES_TRIED {
            let candidate = candidate(name, attempt)?;
            if self.lookup(parent, &candidate)?.is_none() {
                return Ok(candidate);
            }
        }
        Err(HostError::NameTaken)
    }

    /// The name for a suggestion that begins with a dot: the source's stem with that extension (files.md section 4.4).
    pub fn suggested_name(source: &FileHead, suggestion: &str) -> FileName {
        let present = stored_name(&source.name);
        if suggestion.starts_with('.') {
            FileName::sanitised(&format!("{}{suggestion}", present.stem()), present.extension())
        } else {
            FileName::sanitised(suggestion, present.extension())
        }
    }
}
