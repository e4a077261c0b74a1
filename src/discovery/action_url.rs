//! From a template to the URL at which an editor opens a file (web-host.md section 3.1).

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest URL that may come of it, in bytes (rule W-14).
pub const LONGEST_URL: usize = 2048;

/// What stays as it is in a value: what `encodeURIComponent` leaves (rule W-12).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Why no URL comes of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionUrlError {
    /// Too long for the editor.
    #[error("the editor's URL would have {0} bytes, more than the {LONGEST_URL} that editors take")]
    TooLong(usize),
    /// No absolute http or https URL.
    #[error("the editor's discovery gives no usable URL for this action")]
    Unusable,
}

macro_rules! placeholders {
    ( $( $(#[doc = $doc:literal])+ $name:ident = $text:literal; )+ ) => {
        /// What a template leaves open. Whatever is not listed here is removed (rules W-9 and W-15).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Placeholder {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl Placeholder {
            /// Every one.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )+ ];

            /// As it stands in templates.
            pub const fn text(self) -> &'static str {
                match self { $( Self::$name => $text, )+ }
            }

            fn named(text: &str) -> Option<Self> {
                match text { $( $text => Some(Self::$name), )+ _ => None }
            }
        }
    };
}

placeholders! {
    /// The language of buttons and menus, such as `de-DE`.
    UiLanguage = "UI_LLCC";
    /// The language for calculation and data.
    DataLanguage = "DC_LLCC";
    /// Text that comes back as `X-WOPI-SessionContext`.
    SessionContext = "SESSION_CONTEXT";
    /// `1` for business users.
    BusinessUser = "BUSINESS_USER";
    /// `1` for no chat.
    DisableChat = "DISABLE_CHAT";
    /// The host's own id of the session, for support cases.
    HostSessionId = "HOST_SESSION_ID";
    /// `1` light, `2` dark.
    Theme = "THEME_ID";
    /// `true` shows timing.
    PerformanceStatistics = "PERFSTATS";
    /// `true` for a document inside another page.
    Embedded = "EMBEDDED";
    /// `true` in a broadcast.
    FullScreen = "FULLSCREEN";
    /// `true` in a broadcast.
    Recording = "RECORDING";
    /// `true` in a broadcast.
    DisableAsync = "DISABLE_ASYNC";
    /// `true` in a broadcast.
    DisableBroadcast = "DISABLE_BROADCAST";
    /// Where a link to an activity leads.
    ActivityNavigationId = "ACTIVITY_NAVIGATION_ID";
    /// `All`, `OfficeOnline` or `OfficeNativeClient`.
    ValidatorTestCategory = "VALIDATOR_TEST_CATEGORY";
}

/// The one placeholder that must be filled (rule W-11).
const WOPI_SOURCE: &str = "WOPI_SOURCE";

/// What is put into a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Empty when there is none.
    wopi_src: String,
    filled: BTreeMap<Placeholder, String>,
    extra: Vec<(String, String)>,
}

impl Values {
    /// The WOPISrc alone: without query, token and slash at its end (rule W-12).
    pub fn new(wopi_src: impl Into<String>) -> Self {
        Self { wopi_src: wopi_src.into(), ..Self::default() }
    }

    /// No WOPISrc at all: for what is loaded ahead of any document (rule W-49).
    pub fn without_source() -> Self {
        Self::default()
    }

    /// Fills a placeholder, should the template have it.
    #[must_use]
    pub fn set(mut self, placeholder: Placeholder, value: impl Into<String>) -> Self {
        self.filled.insert(placeholder, value.into());
        self
    }

    /// Fills both languages: of menus and of data.
    #[must_use]
    pub fn language(self, tag: &str) -> Self {
        self.set(Placeholder::UiLanguage, tag).set(Placeholder::DataLanguage, tag)
    }

    /// Appends a parameter, whatever the template has (rule W-16).
    #[must_use]
    pub fn append(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }
}

/// As `encodeURIComponent`.
fn encoded(value: &str) -> impl std::fmt::Display {
    utf8_percent_encode(value, COMPONENT)
}

/// The URL of an action: placeholders filled or removed, the WOPISrc in it exactly once if there is one, further parameters
/// behind it.
///
/// # Errors
/// [`ActionUrlError`].
pub fn action_url(template: &str, values: &Values) -> Result<String, ActionUrlError> {
    let (filled, has_source) = fill(template, values);
    let (address, fragment) = match filled.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (filled.as_str(), None),
    };
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let source = format!("WOPISrc={}", encoded(&values.wopi_src));
    let extra: Vec<String> =
        values.extra.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    // Empty pieces between `&`s are what removed placeholders leave (rule W-13).
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    let lacks_source = !has_source && !values.wopi_src.is_empty();
    let pieces = pieces.chain(lacks_source.then_some(source.as_str())).chain(extra.iter().map(String::as_str));
    let query = pieces.collect::<Vec<_>>().join("&");
    let mut url = path.to_owned();
    for (mark, part) in [('?', Some(query.as_str()).filter(|query| !query.is_empty())), ('#', fragment)] {
        if let Some(part) = part {
            url.push(mark);
            url.push_str(part);
        }
    }
    if url.len() > LONGEST_URL {
        return Err(ActionUrlError::TooLong(url.len()));
    }
    if origin(&url).is_none() { Err(ActionUrlError::Unusable) } else { Ok(url) }
}

/// Fills or removes every `<…>`; whether the WOPISrc is in the query now.
fn fill(template: &str, values: &Values) -> (String, bool) {
    let mut url = String::with_capacity(template.len());
    let mut has_source = false;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        url.push_str(before);
        // What has no end is no placeholder, and nothing that an editor would understand.
        let Some((inside, after)) = after.split_once('>') else {
            rest = "";
            break;
        };
        rest = after;
        // A `<` inside begins anew.
        let inside = inside.rsplit('<').next().unwrap_or(inside);
        let (inside, joint) = match inside.strip_suffix('&') {
            Some(inside) => (inside, "&"),
            None => (inside, ""),
        };
        let Some((name, placeholder)) = inside.split_once('=') else { continue };
        let in_query = url.contains('?') && !url.contains('#');
        let value = match placeholder {
            WOPI_SOURCE if has_source || !in_query || values.wopi_src.is_empty() => None,
            WOPI_SOURCE => {
                has_source = true;
                Some(values.wopi_src.as_str())
            }
            _ => Placeholder::named(placeholder).and_then(|known| values.filled.get(&known)).map(String::as_str),
        };
        if let Some(value) = value {
            url.extend([name, "="]);
            url.extend(utf8_percent_encode(value, COMPONENT));
            url.push_str(joint);
        }
    }
    url.push_str(rest);
    url.retain(|letter| letter != '>' && letter != '<');
    (url, has_source)
}

/// Scheme, host and port of an http or https URL, which may be a template; `None` of anything else.
pub fn origin(url: &str) -> Option<String> {
    // A placeholder cannot stand in front of the query.
    let address = url.split(['?', '#', '<']).next()?;
    let parsed = url::Url::parse(address.trim()).ok()?;
    let usable = matches!(parsed.scheme(), "http" | "https")
        && parsed.has_host()
        && parsed.username().is_empty()
        && parsed.password().is_none()
        && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'\\`{}|^".contains(&byte));
    usable.then(|| parsed.origin().ascii_serialization())
}
