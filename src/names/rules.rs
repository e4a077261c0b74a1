//! Which characters and shapes a name may have. The protocol leaves most of it to the host (files.md sections 4.4 and
//! 4.5); the house rule is: a name that any system of its users cannot show or store under that name is refused.

/// Why a text is no name. The text of the error is meant for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing is left of it.
    #[error("a name must not be empty")]
    Empty,
    /// `.` or `..`.
    #[error("`.` and `..` are not names")]
    DotName,
    /// A name such as `.docx` (files.md F-23).
    #[error("a name must not begin with a dot")]
    LeadingDot,
    /// Some systems drop dots and spaces at the end, so two names would become one.
    #[error("a name must not end with a dot or a space")]
    TrailingDotOrSpace,
    /// Separators, and what Windows forbids.
    #[error("a name must not contain `{0}`")]
    Forbidden(char),
    /// Control characters, and invisible ones that turn or hide text.
    #[error("a name must not contain the invisible character U+{:04X}", u32::from(*.0))]
    Invisible(char),
    /// `CON`, `NUL`, `COM1` and the like, with any extension.
    #[error("`{0}` is the name of a device on Windows")]
    Reserved(String),
    /// Longer than [`FILE_NAME_MAX_LENGTH`](super::FILE_NAME_MAX_LENGTH) characters without its extension.
    #[error("a name must have at most {longest} characters before its extension, not {length}")]
    TooLong {
        /// What is allowed.
        longest: usize,
        /// What was given.
        length: usize,
    },
    /// An over-long extension.
    #[error("an extension must have at most {longest} characters, not {length}")]
    ExtensionTooLong {
        /// What is allowed, without the dot.
        longest: usize,
        /// What was given, without the dot.
        length: usize,
    },
    /// A new stem that would give another extension to a file that has none.
    #[error("a file without an extension cannot be given one by renaming it")]
    ChangesExtension,
}

/// Refuses what no part of a name may hold.
pub(super) fn check_character(character: char) -> Result<(), NameError> {
    if is_invisible(character) {
        Err(NameError::Invisible(character))
    } else if is_forbidden(character) {
        Err(NameError::Forbidden(character))
    } else {
        Ok(())
    }
}

/// Separators, and the characters that Windows cannot store.
pub(super) fn is_forbidden(character: char) -> bool {
    matches!(character, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Control characters, line and paragraph separators, direction marks and overrides, zero-width spaces, and code points
/// that are not characters. Joiners (U+200C, U+200D) are allowed: Persian, Hindi and emoji need them.
pub(super) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// The device whose name this is on Windows, with whatever extension.
pub(super) fn reserved(name: &str) -> Option<&str> {
    let device = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    let upper = device.to_ascii_uppercase();
    let numbered = |prefix: &str| {
        upper.strip_prefix(prefix).is_some_and(|rest| {
            let mut digits = rest.chars();
            matches!((digits.next(), digits.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
        })
    };
    let is_device = matches!(&*upper, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$");
    (is_device || numbered("COM") || numbered("LPT")).then_some(device)
}
