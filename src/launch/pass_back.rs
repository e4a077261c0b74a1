//! What Office says when its user goes back to the app that opened it (section 9.2).

use std::str::FromStr;

use super::{LONGEST_LINK, LinkError, Mode, Scheme, link::decoded};

/// The URL by which Office for iOS starts the app again whose scheme stood in the link (`|p|`), after it opened the file.
///
/// ```
/// use lockhouse::launch::PassBack;
/// let url = "lumora:ofe|u|https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2Ff_K2xP|z|no|c|folder-44";
/// let back: PassBack = url.parse()?;
/// assert_eq!(back.wopi_src, "https://docs.lumora.example/wopi/files/f_K2xP");
/// assert!(!back.upload_pending);
/// assert_eq!(back.context.as_deref(), Some("folder-44"));
/// # Ok::<_, lockhouse::launch::LinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassBack {
    /// The scheme of the app that is called: its own.
    pub scheme: Scheme,
    /// What the file was opened for.
    pub mode: Mode,
    /// The file.
    pub wopi_src: String,
    /// What the user saved is not all uploaded yet: what the app has or can fetch must not be shown as final (rule B-88).
    pub upload_pending: bool,
    /// The document context of the link, if it had one.
    pub context: Option<String>,
}

impl FromStr for PassBack {
    type Err = LinkError;

    /// The context stands last and is any text: a `|` in it that was not encoded is taken as part of it, and a `%` that
    /// encodes nothing stays.
    fn from_str(text: &str) -> Result<Self, LinkError> {
        if text.len() > LONGEST_LINK {
            return Err(LinkError::TooLong);
        }
        let (scheme, rest) = text.split_once(':').ok_or(LinkError::Scheme)?;
        let scheme = Scheme::parse(scheme)?;
        let (command, mut rest) = rest.split_once('|').ok_or(LinkError::Missing('u'))?;
        let mode = Mode::of_command(command)?;
        let (mut wopi_src, mut pending, mut context) = (None, None, None);
        while !rest.is_empty() {
            let (key, value) = rest.split_once('|').ok_or(LinkError::Odd)?;
            if key == "c" {
                context = Some(decoded(value).unwrap_or_else(|| value.to_owned()));
                break;
            }
            let (value, more) = value.split_once('|').unwrap_or((value, ""));
            rest = more;
            match key {
                "u" if wopi_src.is_none() => wopi_src = Some(decoded(value).ok_or(LinkError::Value('u'))?),
                "z" if pending.is_none() => pending = Some(is_yes(value)?),
                "u" => return Err(LinkError::Repeated('u')),
                "z" => return Err(LinkError::Repeated('z')),
                _ => {}
            }
        }
        Ok(Self {
            scheme,
            mode,
            wopi_src: wopi_src.filter(|url| !url.is_empty()).ok_or(LinkError::Missing('u'))?,
            upload_pending: pending.ok_or(LinkError::Missing('z'))?,
            context,
        })
    }
}

fn is_yes(value: &str) -> Result<bool, LinkError> {
    match value {
        value if value.eq_ignore_ascii_case("yes") => Ok(true),
        value if value.eq_ignore_ascii_case("no") => Ok(false),
        _ => Err(LinkError::Value('z')),
    }
}
