//! The way back to the client (bootstrapper-oauth.md section 6).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::settings::OAuth;

/// What RFC 3986 leaves unreserved stays as it is; everything else is encoded, so that no client misreads a value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest session context, in bytes: it comes back in a header.
const LONGEST_CONTEXT: usize = 512;

/// What a client may be told that goes wrong at the authorization endpoint (RFC 6749 section 4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// The user refused.
    AccessDenied,
    /// Not `code`.
    UnsupportedResponseType,
    /// A scope that there is not, or not for this client.
    InvalidScope,
    /// The house has a problem.
    ServerError,
    /// The house has a problem that passes.
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// What comes with a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `tk`: the token endpoint of the user's region.
    pub token_endpoint: Option<String>,
    /// `sc`: what Office is to send back with its calls.
    pub session_context: Option<String>,
}

impl Hints {
    /// The hints for a user of `region`. Both come from the settings alone (rules B-54, B-108).
    pub fn of(settings: &OAuth, region: Option<&str>) -> Self {
        let endpoints = || settings.regions.iter().filter_map(|entry| entry.split_once('='));
        let token_endpoint = region.and_then(|region| {
            let found = endpoints().find(|(name, _)| name.trim().eq_ignore_ascii_case(region));
            found.map(|(_, url)| url.trim().to_owned())
        });
        Self { token_endpoint, session_context: context(&settings.session_context, region) }
    }
}

/// The session context for a user; none when it would speak of a region that he does not have, or could not stand in a
/// header (rule B-57).
fn context(template: &str, region: Option<&str>) -> Option<String> {
    const REGION: &str = "{region}";
    let text = match region {
        Some(region) => template.replace(REGION, region),
        None if template.contains(REGION) => return None,
        None => template.to_owned(),
    };
    let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    (printable && !text.trim().is_empty() && text.len() <= LONGEST_CONTEXT).then_some(text)
}

/// Where a browser is sent with a code (rules B-49, B-50). `to` is a registered redirect URI.
pub fn success(to: &str, code: &str, state: Option<&str>, hints: &Hints) -> String {
    let tk = hints.token_endpoint.as_deref().map(|tk| ("tk", tk));
    let sc = hints.session_context.as_deref().map(|sc| ("sc", sc));
    let state = state.map(|state| ("state", state));
    with_parameters(to, [Some(("code", code)), tk, sc, state].into_iter().flatten())
}

/// Where a browser is sent when nothing was granted (rule B-52). The description is for developers, in ASCII.
pub fn failure(to: &str, error: ErrorCode, description: &str, state: Option<&str>) -> String {
    let description = printable(description);
    let state = state.map(|state| ("state", state));
    let told = [Some(("error", error.as_str())), Some(("error_description", &*description)), state];
    with_parameters(to, told.into_iter().flatten())
}

/// A text as `error_description` may have it: printable ASCII without `"` and `\` (rule B-52).
pub fn printable(text: &str) -> String {
    let allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    text.chars().map(|c| if allowed(&c) { c } else { '?' }).take(256).collect()
}

/// `name=value&...` with each value percent-encoded: what stands behind the `?`, or behind the scheme of an app
/// (bootstrapper-oauth.md section 8).
pub fn parameters<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        all.into_iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, VALUE))).collect();
    pairs.join("&")
}

fn with_parameters<'a>(to: &str, all: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let parameters = parameters(all);
    if let Some(query) = to.find('?') {
        // Only the first `?` begins the query; another one belongs to a value.
        let joint = if query + 1 == to.len() || to.ends_with('&') { "" } else { "&" };
        return format!("{to}{joint}{parameters}");
    }
    // A bare origin gets the path that it stands for; both forms are recognised.
    let is_bare = to.strip_prefix("https://").is_some_and(|rest| !rest.contains('/'));
    format!("{to}{}?{parameters}", if is_bare { "/" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(context: &str) -> OAuth {
        OAuth {
            session_context: context.to_owned(),
            regions: ["eu=https://eu.example/oauth/token/?region=eu1", "us = https://us.example/t"]
                .into_iter()
                .collect(),
            ..OAuth::default()
        }
    }

    #[test]
    fn a_user_is_sent_to_the_endpoint_of_his_region_and_nobody_else_is() {
        let hints = Hints::of(&settings("tenant:{region}"), Some("EU"));
        assert_eq!(hints.token_endpoint.as_deref(), Some("https://eu.example/oauth/token/?region=eu1"));
        assert_eq!(hints.session_context.as_deref(), Some("tenant:EU"));
        assert_eq!(Hints::of(&settings(""), Some("us")).token_endpoint.as_deref(), Some("https://us.example/t"));
        assert_eq!(Hints::of(&settings("{region}"), None), Hints::default());
        assert_eq!(Hints::of(&settings(" "), Some("mars")), Hints::default());
        assert_eq!(Hints::of(&settings("a%b:c"), None).session_context.as_deref(), Some("a%b:c"));
        assert_eq!(Hints::of(&settings("ä"), None).session_context, None);
    }

    #[test]
    fn the_way_back_carries_everything_encoded_once() {
        let hints = Hints::of(&settings("t:{region}%"), Some("eu"));
        assert_eq!(
            success("https://localhost", "ac.91hQ", Some(""), &hints),
            "https://localhost/?code=ac.91hQ&tk=https%3A%2F%2Feu.example%2Foauth%2Ftoken%2F%3Fregion%3Deu1&sc=t%3Aeu%25&state="
        );
        assert_eq!(success("https://a.example/b?c=d", "x", None, &Hints::default()), "https://a.example/b?c=d&code=x");
        for (to, location) in [
            ("https://a.example/b?", "https://a.example/b?code=x"),
            ("https://a.example/b?c=d&", "https://a.example/b?c=d&code=x"),
            ("https://a.example/b?c=d?", "https://a.example/b?c=d?&code=x"),
        ] {
            assert_eq!(success(to, "x", None, &Hints::default()), location);
        }
        assert_eq!(
            success("example.app:/back", "x", Some("ä"), &Hints::default()),
            "example.app:/back?code=x&state=%C3%A4"
        );
    }

    #[test]
    fn what_went_wrong_is_told_in_plain_ascii() {
        assert_eq!(
            failure("https://localhost/", ErrorCode::AccessDenied, "nö \"no\"\\", Some("a b")),
            "https://localhost/?error=access_denied&error_description=n%3F%20%3Fno%3F%3F&state=a%20b"
        );
    }
}
