//! The URL under which clients reach the host.

use std::{fmt, str::FromStr};

/// Why a text cannot be the public URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot be the public URL: {reason}")]
pub struct InvalidUrl {
    text: String,
    reason: &'static str,
}

/// `http://` or `https://`, a host, perhaps a port and a path; never a slash at the end, a query, a fragment or a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host_at: usize,
    path_at: usize,
}

impl PublicUrl {
    /// The whole URL, to be followed by a path that begins with a slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether clients come over TLS, here or at a proxy.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// The host, with the port if one is named: what a browser sends as `Host`.
    pub fn authority(&self) -> &str {
        &self.text[self.host_at..self.path_at]
    }

    /// Scheme and host: what a browser sends as `Origin`.
    pub fn origin(&self) -> &str {
        &self.text[..self.path_at]
    }

    /// The path in front of every path of the host; empty or beginning with a slash.
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let wrong = |reason| InvalidUrl { text: text.to_owned(), reason };
        let trimmed = text.trim().trim_end_matches('/');
        let lower = trimmed.to_ascii_lowercase();
        let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme));
        let scheme = scheme.ok_or_else(|| wrong("it must begin with https:// or http://"))?;
        let rest = &trimmed[scheme.len()..];
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        check_authority(authority).map_err(wrong)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        if !path.bytes().all(allowed) {
            return Err(wrong("its path may hold only letters, digits and / - . _ ~, and no query"));
        }
        if path.split('/').skip(1).any(|segment| segment.is_empty() || segment == "." || segment == "..") {
            return Err(wrong("its path has an empty, `.` or `..` segment"));
        }
        // As browsers write it in `Origin`: no port that goes without saying, one spelling of an address.
        let read = url::Url::parse(&format!("{scheme}{authority}")).map_err(|_| wrong("its host is none"))?;
        let origin = read.origin().ascii_serialization();
        Ok(Self { host_at: scheme.len(), path_at: origin.len(), text: format!("{origin}{path}") })
    }
}

fn check_authority(authority: &str) -> Result<(), &'static str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| !matches!(port.parse::<u16>(), Ok(1..)) || port.starts_with('+')) {
        return Err("its port must be a number from 1 to 65535");
    }
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().map(|_| ()).map_err(|_| "its IPv6 address is none");
    }
    if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        return Err("its host must be a name or an address (an international name in its xn-- form)");
    }
    Ok(())
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_kept_without_its_last_slash_and_taken_apart() {
        let url: PublicUrl = "HTTPS://Docs.Example.org:8443/office/".parse().unwrap();
        assert_eq!(url.as_str(), "https://docs.example.org:8443/office");
        assert_eq!(url.authority(), "docs.example.org:8443");
        assert_eq!(url.origin(), "https://docs.example.org:8443");
        assert_eq!(url.path(), "/office");
        assert!(url.is_https());
        let url: PublicUrl = "http://[::1]:8080".parse().unwrap();
        assert_eq!((url.authority(), url.path(), url.is_https()), ("[::1]:8080", "", false));
    }

    #[test]
    fn the_origin_is_spelled_as_browsers_send_it() {
        for (text, origin) in [
            ("https://docs.example:443/office", "https://docs.example"),
            ("http://docs.example:80", "http://docs.example"),
            ("http://docs.example:443", "http://docs.example:443"),
            ("https://docs.example:0444", "https://docs.example:444"),
            ("http://127.1:8080", "http://127.0.0.1:8080"),
            ("http://[0:0::1]", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().origin(), origin, "{text}");
        }
        let url: PublicUrl = "https://docs.example:443/office".parse().unwrap();
        assert_eq!((url.authority(), url.path()), ("docs.example", "/office"));
    }

    #[test]
    fn what_would_break_the_urls_that_are_handed_out_is_refused() {
        for text in [
            "",
            "docs.example.org",
            "ftp://x",
            "https://",
            "https:///x",
            "https://u:p@x",
            "https://x:0",
            "https://x:99999",
            "https://x:+80",
            "https://x?y=1",
            "https://x/#f",
            "https://x/a//b",
            "https://x/../b",
            "https://[::g]",
            "https://ü.de",
            "https://x/a b",
            "https://256.1.1.1",
            "https://1.2.3.4.5",
            "https://xn--a-.example",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
