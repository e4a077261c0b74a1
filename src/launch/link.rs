//! The link that opens a file in Office (section 9.1).

use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::OfficeApp;

/// The most bytes of a document context, before it is encoded.
pub const LONGEST_CONTEXT: usize = 1024;

/// The most bytes of a link or a pass-back URL that is taken apart.
pub const LONGEST_LINK: usize = 16 * 1024;

/// What stays as it is in a value: the unreserved characters of RFC 3986. `|`, which parts the values, does not (rule B-85).
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a text is no such link, or a value cannot be in one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Over [`LONGEST_LINK`].
    #[error("the link is longer than {LONGEST_LINK} bytes")]
    TooLong,
    /// Another scheme than those of Word, Excel and PowerPoint.
    #[error("the link opens none of Word, Excel and PowerPoint")]
    NotOffice,
    /// The command is neither `ofe` nor `ofv`.
    #[error("the link's command is neither `ofe` nor `ofv`")]
    Command,
    /// A part stands without its value.
    #[error("a part of the link has no value")]
    Odd,
    /// A part is there twice.
    #[error("the part `{0}` is there twice")]
    Repeated(char),
    /// A part is not there.
    #[error("the part `{0}` is missing")]
    Missing(char),
    /// A value says something else than it may.
    #[error("the part `{0}` has a value that it cannot have")]
    Value(char),
    /// A text that cannot be a URL scheme.
    #[error(
        "a URL scheme begins with a letter, holds letters, digits and + . -, and has at most {} characters, no colon",
        Scheme::LONGEST
    )]
    Scheme,
    /// A document context that is too long.
    #[error("the document context is longer than {LONGEST_CONTEXT} bytes")]
    Context,
}

/// A URL scheme, without the colon.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scheme(String);

impl Scheme {
    /// The most characters.
    pub const LONGEST: usize = 64;

    /// Reads one (RFC 3986 section 3.1).
    ///
    /// # Errors
    /// [`LinkError::Scheme`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        if begins && text.len() <= Self::LONGEST && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LinkError::Scheme)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Scheme {
    type Error = LinkError;

    fn try_from(text: String) -> Result<Self, LinkError> {
        Self::parse(&text)
    }
}

impl From<Scheme> for String {
    fn from(scheme: Scheme) -> Self {
        scheme.0
    }
}

/// What Office is to open a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// To edit it: `ofe`.
    Edit,
    /// To read it: `ofv`.
    View,
}

impl Mode {
    /// The command in links.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Edit => "ofe",
            Self::View => "ofv",
        }
    }

    pub(super) fn of_command(command: &str) -> Result<Self, LinkError> {
        [Self::Edit, Self::View].into_iter().find(|mode| mode.command() == command).ok_or(LinkError::Command)
    }
}

/// Where a link is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In an app.
    #[default]
    App,
    /// On a web site.
    Web,
}

impl Origin {
    /// The value of `|a|`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "App",
            Self::Web => "Web",
        }
    }
}

/// A link that opens a file in Office. It holds no token (rule B-86): Office gets one by signing its user in.
///
/// Written out with `to_string`, taken apart with `parse`:
///
/// ```
/// use lockhouse::launch::{LaunchLink, Mode};
/// let link = "ms-word:ofe|u|https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2Ff_K2xP|d|TPLUMORA|e|u58c1|n|Budget%20notes.docx|a|App";
/// let parts: LaunchLink = link.parse()?;
/// assert_eq!((parts.mode, parts.name.as_str()), (Mode::Edit, "Budget notes.docx"));
/// assert_eq!(parts.to_string(), link);
/// # Ok::<_, lockhouse::launch::LinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchLink {
    /// The app that it opens.
    pub app: OfficeApp,
    /// For reading or editing: [`Mode::View`] when the user cannot write (rule B-87).
    pub mode: Mode,
    /// `|u|`: the file's WOPISrc, without a token.
    pub wopi_src: String,
    /// `|d|`: the id that Microsoft gave the provider; left out of the link as long as there is none.
    pub service: Option<String>,
    /// `|e|`: the user's `UserId`, as the bootstrapper tells it.
    pub user: String,
    /// `|n|`: the file's name with its extension.
    pub name: String,
    /// `|a|`: where the link is followed.
    pub origin: Origin,
    /// `|p|`: the scheme of the calling app, for the way back on iOS ([`super::PassBack`]).
    pub pass_back: Option<Scheme>,
    /// `|c|`: any text, handed back on that way; at most [`LONGEST_CONTEXT`] bytes.
    pub context: Option<String>,
}

impl fmt::Display for LaunchLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = |value: &str| utf8_percent_encode(value, VALUE).to_string();
        write!(f, "{}:{}|u|{}", self.app.scheme(), self.mode.command(), encoded(&self.wopi_src))?;
        if let Some(service) = &self.service {
            write!(f, "|d|{}", encoded(service))?;
        }
        write!(f, "|e|{}|n|{}|a|{}", encoded(&self.user), encoded(&self.name), self.origin.as_str())?;
        if let Some(scheme) = &self.pass_back {
            write!(f, "|p|{scheme}")?;
        }
        if let Some(context) = &self.context {
            write!(f, "|c|{}", encoded(context))?;
        }
        Ok(())
    }
}

impl FromStr for LaunchLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        if text.len() > LONGEST_LINK {
            return Err(LinkError::TooLong);
        }
        let (scheme, rest) = text.split_once(':').ok_or(LinkError::NotOffice)?;
        let app = OfficeApp::of_scheme(scheme).ok_or(LinkError::NotOffice)?;
        let mut parts = rest.split('|');
        let mode = Mode::of_command(parts.next().unwrap_or_default())?;
        let mut values = Values::default();
        while let Some(key) = parts.next() {
            values.add(key, parts.next().ok_or(LinkError::Odd)?)?;
        }
        let origin = match values.needed('a')?.as_str() {
            text if text.eq_ignore_ascii_case("app") => Origin::App,
            text if text.eq_ignore_ascii_case("web") => Origin::Web,
            _ => return Err(LinkError::Value('a')),
        };
        let context = values.take('c');
        if context.as_ref().is_some_and(|context| context.len() > LONGEST_CONTEXT) {
            return Err(LinkError::Context);
        }
        Ok(Self {
            app,
            mode,
            wopi_src: values.needed('u')?,
            service: values.take('d'),
            user: values.needed('e')?,
            name: values.needed('n')?,
            origin,
            pass_back: values.take('p').map(|scheme| Scheme::parse(&scheme)).transpose()?,
            context,
        })
    }
}

/// The values of a link by their letters. Letters that are not known are passed over.
#[derive(Default)]
struct Values(Vec<(char, String)>);

impl Values {
    fn add(&mut self, key: &str, value: &str) -> Result<(), LinkError> {
        let mut letters = key.chars();
        let (Some(key), None) = (letters.next(), letters.next()) else { return Ok(()) };
        if self.0.iter().any(|(known, _)| *known == key) {
            return Err(LinkError::Repeated(key));
        }
        self.0.push((key, decoded(value).ok_or(LinkError::Value(key))?));
        Ok(())
    }

    fn take(&mut self, key: char) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| *known == key)?;
        Some(self.0.swap_remove(at).1)
    }

    fn needed(&mut self, key: char) -> Result<String, LinkError> {
        self.take(key).filter(|value| !value.is_empty()).ok_or(LinkError::Missing(key))
    }
}

/// Without percent-encoding; `None` when it is no text then.
pub(super) fn decoded(value: &str) -> Option<String> {
    percent_decode_str(value).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}
