//! The name of a file or a container.

use std::fmt;

use caseless::Caseless as _;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::rules::{NameError, check_character, is_forbidden, is_invisible, reserved};

/// The longest name without its extension, in characters: what `CheckFileInfo` reports as `FileNameMaxLength`
/// (files.md section 3.4).
pub const FILE_NAME_MAX_LENGTH: usize = 250;

/// The longest extension, in characters without the dot.
///
/// Together the two bound a name at 283 characters, at most 1,132 bytes of UTF-8.
pub const EXTENSION_MAX_LENGTH: usize = 32;

/// What a name is called when nothing usable was given.
const UNNAMED: &str = "Untitled";

/// A legal name, extension included, in Unicode's composed form (NFC).
///
/// The rules: not empty, not `.` or `..`, no dot at the start (files.md F-23), no dot or space at the end, none of
/// `/ \ : * ? " < > |`, no control, direction or zero-width characters, no device name of Windows, at most
/// [`FILE_NAME_MAX_LENGTH`] characters before the extension and [`EXTENSION_MAX_LENGTH`] in it. Characters that only
/// Office on a phone cannot bear (`# { } ^ [ ]` and others) are kept, and replaced where they are reported
/// ([`FileName::for_office_mobile`]).
///
/// ```
/// use lockhouse::names::FileName;
/// let name = FileName::parse("Report.final.docx").unwrap();
/// assert_eq!((name.stem(), name.extension()), ("Report.final", ".docx"));
/// assert!(FileName::parse("../secret.docx").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

/// The name of a container follows the same rules.
pub type ContainerName = FileName;

impl FileName {
    /// Normalises to NFC and checks every rule; trims nothing (files.md section 4.5).
    ///
    /// # Errors
    /// [`NameError`] says in words which rule is broken.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        // A text beyond this is refused anyway; it bounds the work on hostile input.
        let bound = (FILE_NAME_MAX_LENGTH + EXTENSION_MAX_LENGTH + 1) * 4 * 4;
        if text.len() > bound {
            return Err(NameError::TooLong { longest: FILE_NAME_MAX_LENGTH, length: text.chars().count() });
        }
        let name: String = text.nfc().collect();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name == "." || name == ".." {
            return Err(NameError::DotName);
        }
        name.chars().try_for_each(check_character)?;
        if name.starts_with('.') {
            return Err(NameError::LeadingDot);
        }
        if name.ends_with(['.', ' ']) {
            return Err(NameError::TrailingDotOrSpace);
        }
        if let Some(device) = reserved(&name) {
            return Err(NameError::Reserved(device.to_owned()));
        }
        let (stem, extension) = split(&name);
        check_length(stem, extension)?;
        Ok(Self(name))
    }

    /// A name as it is stored: it was legal once, and is made legal should the rules have become stricter.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::sanitised(text, ""))
    }

    /// Makes a legal name of any text, for *suggested* mode (files.md section 4.4): forbidden characters become `_`,
    /// invisible ones vanish, what is too long is cut, and the extension is kept. A text without an extension gets
    /// `fallback_extension` (with or without its dot; may be empty).
    #[must_use]
    pub fn sanitised(text: &str, fallback_extension: &str) -> Self {
        let mut name = Self::sanitised_once(text, fallback_extension);
        // What is cut off one end may bare what has to go from the other: each round only shortens, so this ends.
        loop {
            let again = Self::sanitised_once(&name.0, "");
            if again == name || again.0.len() >= name.0.len() {
                return name;
            }
            name = again;
        }
    }

    fn sanitised_once(text: &str, fallback_extension: &str) -> Self {
        let (stem, extension) = match text.rfind('.') {
            Some(dot) => text.split_at(dot),
            None => (text, fallback_extension),
        };
        let extension = clean_extension(extension);
        let extension = if extension.is_empty() { clean_extension(fallback_extension) } else { extension };
        Self::assembled(stem, &extension)
    }

    /// The name with extension.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name before the extension; dots inside belong to it.
    pub fn stem(&self) -> &str {
        split(&self.0).0
    }

    /// The extension from the last dot on, with the dot and in the letters given; empty if there is none
    /// (files.md F-24).
    pub fn extension(&self) -> &str {
        split(&self.0).1
    }

    /// The form in which names are compared: two names are the same in a container if these are equal. Full case folding
    /// of Unicode, canonical (section 3.13, D145), composed.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }

    /// The name as it is reported to clients: each character that makes Office on iOS and Android refuse the file is
    /// replaced by `-` (files.md section 6.2). The stored name keeps it.
    pub fn for_office_mobile(&self) -> String {
        for_office_mobile(&self.0)
    }

    /// The name with another stem and the same extension, as `RenameFile` gives it (files.md section 4.6).
    ///
    /// # Errors
    /// [`NameError`] when the new name is illegal.
    pub fn with_stem(&self, stem: &str) -> Result<Self, NameError> {
        if stem.is_empty() {
            return Err(NameError::Empty);
        }
        let renamed = Self::parse(&format!("{stem}{}", self.extension()))?;
        if renamed.extension() != self.extension() {
            return Err(NameError::ChangesExtension);
        }
        Ok(renamed)
    }

    /// Like [`FileName::with_stem`], but makes the stem acceptable instead of refusing it.
    #[must_use]
    pub fn with_stem_sanitised(&self, stem: &str) -> Self {
        let extension = self.extension();
        if extension.is_empty() {
            return Self::assembled(&stem.replace('.', "_"), "");
        }
        Self::assembled(stem, extension)
    }

    /// `Report.docx` with 2 is `Report (2).docx`; the stem is shortened if that would be too long.
    #[must_use]
    pub fn with_counter(&self, counter: u32) -> Self {
        let suffix = format!(" ({counter})");
        let (stem, extension) = split(&self.0);
        // Without an extension a stem such as `a.b` cannot occur, so the suffix never lands in one.
        let kept = cut(stem, FILE_NAME_MAX_LENGTH - suffix.len());
        Self(format!("{}{suffix}{extension}", kept.trim_end()))
    }

    /// Builds a legal name from any stem and an extension that is clean already.
    fn assembled(stem: &str, extension: &str) -> Self {
        // Cutting first bounds the work; a few times the length leaves room for what vanishes.
        let visible: String = cut(stem, FILE_NAME_MAX_LENGTH * 4).chars().filter_map(repaired).nfc().collect();
        let mut stem = visible.trim_start_matches(['.', ' ']);
        if extension.is_empty() {
            stem = stem.trim_end_matches(['.', ' ']);
        }
        stem = stem.trim_end_matches(' ');
        let mut name = if stem.is_empty() { UNNAMED.to_owned() } else { stem.to_owned() };
        if reserved(&format!("{name}{extension}")).is_some() {
            name.insert(0, '_');
        }
        let kept = cut(&name, FILE_NAME_MAX_LENGTH).trim_end_matches(' ');
        let kept = if extension.is_empty() { kept.trim_end_matches(['.', ' ']) } else { kept };
        Self::parse(&format!("{kept}{extension}")).unwrap_or_else(|_| Self(UNNAMED.to_owned()))
    }
}

/// Replaces by `-` what makes Office on iOS and Android refuse a `BaseFileName`, `UserId`, `OwnerId` or container `Name`
/// (files.md section 6.2).
pub fn for_office_mobile(text: &str) -> String {
    const FORBIDDEN: &str = "\\/:*?\"<>|#{}^[]`%";
    text.chars().map(|character| if FORBIDDEN.contains(character) { '-' } else { character }).collect()
}

/// A text in the form in which names are compared, so that it can be looked for in them.
pub fn folded(text: &str) -> String {
    text.chars().nfd().default_case_fold().nfc().collect()
}

/// Cuts at the last dot; a dot at the very start begins no extension.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

fn check_length(stem: &str, extension: &str) -> Result<(), NameError> {
    let length = stem.chars().count();
    if length > FILE_NAME_MAX_LENGTH {
        return Err(NameError::TooLong { longest: FILE_NAME_MAX_LENGTH, length });
    }
    let length = extension.chars().skip(1).count();
    if length > EXTENSION_MAX_LENGTH {
        return Err(NameError::ExtensionTooLong { longest: EXTENSION_MAX_LENGTH, length });
    }
    Ok(())
}

/// What a character becomes in a repaired name.
fn repaired(character: char) -> Option<char> {
    if is_invisible(character) {
        None
    } else if is_forbidden(character) || character == char::REPLACEMENT_CHARACTER {
        Some('_')
    } else {
        Some(character)
    }
}

/// A legal extension with its dot, or nothing.
fn clean_extension(extension: &str) -> String {
    let letters: String = cut(extension.trim_start_matches('.'), EXTENSION_MAX_LENGTH * 4)
        .chars()
        .filter_map(|character| repaired(if character == '.' { '_' } else { character }))
        .nfc()
        .collect();
    let letters = cut(letters.trim(), EXTENSION_MAX_LENGTH).trim_end();
    if letters.is_empty() { String::new() } else { format!(".{letters}") }
}

/// At most the first `longest` characters.
fn cut(text: &str, longest: usize) -> &str {
    text.char_indices().nth(longest).map_or(text, |(end, _)| &text[..end])
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl TryFrom<String> for FileName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for FileName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

#[cfg(test)]
#[path = "file_name_tests.rs"]
mod tests;
