//! Redirect URIs: which may be registered, and which equals a registered one (bootstrapper-oauth.md rule B-40).

use url::Url;

/// The longest redirect URI, in bytes.
const LONGEST: usize = 512;

/// Schemes that browsers act upon themselves, or that carry a code in the open.
const FORBIDDEN: [&str; 14] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "javascript",
    "mailto",
    "sms",
    "tel",
    "vbscript",
    "ws",
    "wss",
];

/// Whether a text may be registered as a redirect URI; the error says what is wrong with it.
pub(crate) fn check(uri: &str, public: bool) -> Result<(), String> {
    let wrong = |reason: &str| Err(format!("`{uri}` cannot be a redirect URI: {reason}"));
    if uri.len() > LONGEST || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return wrong("it must be at most 512 printable ASCII characters without blanks");
    }
    // Of these browsers make what they please: of `\` a slash.
    if uri.bytes().any(|byte| br#""<>\^`{|}"#.contains(&byte)) {
        return wrong("it must not have any of \" < > \\ ^ ` { | } (RFC 3986 section 2)");
    }
    if uri.contains('#') {
        return wrong("it must not have a fragment (RFC 6749 section 3.1.2)");
    }
    let Ok(url) = Url::parse(uri) else { return wrong("it must be an absolute URL such as https://localhost") };
    // Also an empty one: what follows the host would be read otherwise once the answer is put behind it.
    let authority = uri.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next());
    if authority.is_some_and(|authority| authority.contains('@')) {
        return wrong("it must not name a user");
    }
    match url.scheme() {
        // Browsers take `https:host` for the same, and comparing texts does not.
        "https" if uri.starts_with("https://") && url.has_host() => Ok(()),
        "https" => wrong("it must begin with https:// in small letters"),
        scheme if FORBIDDEN.contains(&scheme) => wrong("it must begin with https://, or with the scheme of an app"),
        _ if public => Ok(()),
        _ => wrong("only a public client (an app, without a secret) may have a scheme of its own; use https://"),
    }
}

/// The registered redirect URI that `given` is: the same text, where `https://localhost` and `https://localhost/` count as
/// the same (rule B-40).
pub fn registered<'a>(registered: &'a [String], given: &str) -> Option<&'a str> {
    registered.iter().map(String::as_str).find(|uri| same(uri, given))
}

/// Whether two redirect URIs are one: the empty path and `/` are one path, and nothing else is let pass.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b || bare_origin(a).is_some_and(|origin| bare_origin(b) == Some(origin))
}

/// `https://host` of `https://host` and `https://host/`.
fn bare_origin(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("https://")?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let plain = !host.is_empty() && !host.bytes().any(|byte| b"/?#\\@".contains(&byte));
    plain.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_same_address_is_the_registered_one() {
        let known = ["https://localhost".to_owned(), "https://app.example/back?x=1".to_owned()];
        assert_eq!(registered(&known, "https://localhost"), Some("https://localhost"));
        assert_eq!(registered(&known, "https://localhost/"), Some("https://localhost"));
        assert_eq!(registered(&known, "https://app.example/back?x=1"), Some(known[1].as_str()));
        for other in [
            "https://localhost.evil.example",
            "https://localhost:8443",
            "https://localhost//",
            "https://localhost/x",
            "https://localhost?x",
            "https://localhost@evil.example",
            "https://localhost#",
            "https://LOCALHOST",
            "http://localhost",
            "https://localhost ",
            "https://app.example/back?x=1/",
            "https://app.example/back",
            "https://",
            "",
        ] {
            assert_eq!(registered(&known, other), None, "{other}");
        }
    }

    #[test]
    fn only_addresses_that_keep_a_code_private_can_be_registered() {
        for good in ["https://localhost", "https://app.example:444/a/b?c=d"] {
            assert!(check(good, false).is_ok(), "{good}");
        }
        for app in ["lumora:", "example.lumora.docs:/back", "ms-lumora://back"] {
            assert!(check(app, true).is_ok(), "{app}");
            assert!(check(app, false).is_err(), "{app}");
        }
        let long = format!("https://localhost/{}", "x".repeat(600));
        for bad in [
            "",
            "localhost",
            "/back",
            "//localhost/back",
            "http://localhost",
            "https://",
            "https://a b",
            "https://localhost/#x",
            "https://me@localhost",
            "https://@localhost",
            "https://:@localhost",
            "th://@",
            "th://@?x=1",
            "https://localhost\\back",
            "https:localhost",
            "https:/localhost",
            "HTTPS://localhost",
            "https://localhost/{x}",
            "https://ü.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///x",
            &long,
        ] {
            assert!(check(bad, true).is_err(), "{bad}");
        }
    }
}
