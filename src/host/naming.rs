//! Names for files when the wanted one cannot be had.

use super::{Host, HostError};
use crate::{
    ids::NodeId,
    names::{ContainerName, FileName},
    store::records::FileHead,
};

/// How many names are tried when the one that was wanted is taken.
pub(super) const NAMES_TRIED: u32 = 40;

/// What a new file is called of which only the extension was given.
pub const NEW_DOCUMENT: &str = "New document";

/// The name to try after some that were taken: first counted, then at random.
pub(super) fn candidate(wanted: &FileName, attempt: u32) -> Result<FileName, HostError> {
    Ok(counter(attempt)?.map_or_else(|| wanted.clone(), |counter| wanted.with_counter(counter)))
}

/// As [`candidate`], for containers: what follows their last dot is no extension, so the number goes to the end.
pub(super) fn container_candidate(wanted: &ContainerName, attempt: u32) -> Result<ContainerName, HostError> {
    let Some(counter) = counter(attempt)? else { return Ok(wanted.clone()) };
    Ok(FileName::parse(&format!("{wanted} ({counter})")).unwrap_or_else(|_| wanted.with_counter(counter)))
}

/// The number behind a name at this attempt; none at the first.
fn counter(attempt: u32) -> Result<Option<u32>, HostError> {
    Ok(match attempt {
        1 => None,
        2..20 => Some(attempt),
        _ => {
            let bytes = super::random::bytes::<4>().map_err(|error| HostError::Failed(error.to_string().into()))?;
            Some(20 + u32::from_le_bytes(bytes) % 1_000_000)
        }
    })
}

/// A name as it is stored.
pub(super) fn stored_name(name: &str) -> FileName {
    FileName::stored(name)
}

impl Host {
    /// This name, or else one like it, that is free at the moment.
    ///
    /// # Errors
    /// [`HostError`].
    pub fn free_name(&self, parent: &NodeId, name: &FileName) -> Result<FileName, HostError> {
        for attempt in 1..=NAMES_TRIED {
            let candidate = candidate(name, attempt)?;
            if self.lookup(parent, &candidate)?.is_none() {
                return Ok(candidate);
            }
        }
        Err(HostError::NameTaken)
    }

    /// The name for a new file by a suggestion: a whole name, or an extension with its dot, which then stands behind
    /// [`NEW_DOCUMENT`] (containers-ecosystem.md rules C-32 and C-56).
    pub fn suggested_child(suggestion: &str) -> FileName {
        if suggestion.starts_with('.') {
            FileName::sanitised(&format!("{NEW_DOCUMENT}{suggestion}"), "")
        } else {
            FileName::sanitised(suggestion, "")
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_alone_gets_a_name_and_a_whole_name_keeps_its_extension() {
        for (suggestion, name) in [
            (".docx", "New document.docx"),
            (".", "New document"),
            ("Plan.xlsx", "Plan.xlsx"),
            ("a/b.docx", "a_b.docx"),
            ("", "Untitled"),
        ] {
            assert_eq!(Host::suggested_child(suggestion).as_str(), name);
        }
    }

    #[test]
    fn the_number_of_a_container_goes_to_the_end() {
        let name = |text: &str| FileName::parse(text).unwrap();
        assert_eq!(container_candidate(&name("Plan 1.5"), 1).unwrap(), name("Plan 1.5"));
        assert_eq!(container_candidate(&name("Plan 1.5"), 2).unwrap(), name("Plan 1.5 (2)"));
        let longest = name(&"x".repeat(250));
        assert_eq!(container_candidate(&longest, 3).unwrap(), name(&format!("{} (3)", "x".repeat(246))));
    }
}
