//! Where somebody goes after signing in: a path of this house and nothing else (rule B-108).

use super::super::visit::Depth;

/// The longest that is taken, in bytes.
const LONGEST: usize = 4096;

/// A path of this house with its query, without the path that a public URL may have in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// Takes what begins with one slash; `//host`, `/\host` and URLs with a scheme lead elsewhere.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let elsewhere = text.starts_with("//") || text.contains(['\\', '#']);
        let local =
            text.starts_with('/') && !elsewhere && text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic());
        local.then(|| Self(text.to_owned()))
    }

    /// The path with its query.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The query, if the path is this one.
    pub(crate) fn query_of(&self, path: &str) -> Option<&str> {
        self.0.strip_prefix(path)?.strip_prefix('?')
    }

    /// A parameter `rs` in the query: the language in which the app asked.
    pub(crate) fn culture(&self) -> Option<String> {
        culture(self.0.split_once('?')?.1)
    }

    /// A relative reference for `Location` and links: whatever the path is, it stays on this host.
    pub(crate) fn reference(&self, depth: Depth) -> String {
        format!("{}{}", depth.root(), &self.0[1..])
    }
}

/// The parameter `rs` of a query, in any case of its letters.
pub(crate) fn culture(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name.eq_ignore_ascii_case("rs")).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_house_is_a_way_back() {
        for good in ["/", "/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Flocalhost", "/a/../b", "/a?b=//c"] {
            assert_eq!(ReturnTo::parse(good).as_ref().map(ReturnTo::as_str), Some(good));
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "https:evil",
            "javascript:alert(1)",
            "evil.example",
            "/a\nb",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/ä",
            " /a",
            "/a#b",
            &long,
        ] {
            assert_eq!(ReturnTo::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_reference_stays_on_the_host_whatever_the_path() {
        let base = url::Url::parse("https://docs.example/docs/sign-in").unwrap();
        for path in ["/oauth/authorize?a=b", "/", "/.//evil.example", "/..//evil.example/", "/%2F/evil.example"] {
            let reference = ReturnTo::parse(path).unwrap().reference(Depth::One);
            assert_eq!(base.join(&reference).unwrap().host_str(), Some("docs.example"), "{path}");
        }
        let reference = ReturnTo::parse("/oauth/authorize?a=b").unwrap().reference(Depth::One);
        assert_eq!(base.join(&reference).unwrap().as_str(), "https://docs.example/docs/oauth/authorize?a=b");
    }

    #[test]
    fn the_language_is_found_in_the_query() {
        let back = ReturnTo::parse("/oauth/authorize?&RS=deDE&build=1").unwrap();
        assert_eq!(back.culture().as_deref(), Some("deDE"));
        assert_eq!(back.query_of("/oauth/authorize"), Some("&RS=deDE&build=1"));
        assert_eq!(back.query_of("/oauth/auth"), None);
    }
}
