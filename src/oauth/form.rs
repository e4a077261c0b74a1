//! Parameters of a query or a form, each of which may occur once (RFC 6749 section 3.1).

use url::form_urlencoded;

/// The most parameters that are looked at: a request has a dozen.
const MOST: usize = 128;

/// The parameters of one request. No debug form: there are secrets among them.
pub struct Params {
    all: Vec<(String, String)>,
    repeated: bool,
}

impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Params").field("count", &self.all.len()).finish_non_exhaustive()
    }
}

impl Params {
    /// Takes a query or a form apart; stray `&` are passed over (rule B-36). Beyond 128 parameters the rest counts as
    /// repeated.
    pub fn parse(text: &[u8]) -> Self {
        let mut params = Self { all: Vec::new(), repeated: false };
        for (name, value) in form_urlencoded::parse(text) {
            if name.is_empty() && value.is_empty() {
                continue;
            }
            if params.all.len() == MOST || params.all.iter().any(|(known, _)| *known == name) {
                params.repeated = true;
                if params.all.len() == MOST {
                    break;
                }
            }
            params.all.push((name.into_owned(), value.into_owned()));
        }
        params
    }

    /// Whether some parameter occurs twice (rules B-37, B-62).
    pub const fn is_repeated(&self) -> bool {
        self.repeated
    }

    /// Whether this parameter occurs twice.
    pub fn repeats(&self, name: &str) -> bool {
        self.all.iter().filter(|(known, _)| known == name).count() > 1
    }

    /// The first value of a parameter; an empty one counts as absent (rule B-62).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// The first value of a parameter, perhaps empty: `state` is echoed as it came.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.all.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter, whatever the case of its name's letters (rule B-36).
    pub fn any_case(&self, name: &str) -> Option<&str> {
        let found = self.all.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn parameters_are_decoded_once_and_empty_ones_are_absent() {
        let params = Params::parse(b"&&a=pl%2Bum&b=x+y&c=&State=%2541&&d");
        assert_eq!((params.get("a"), params.get("b"), params.get("c")), (Some("pl+um"), Some("x y"), None));
        assert_eq!((params.raw("c"), params.raw("d"), params.raw("e")), (Some(""), Some(""), None));
        assert_eq!((params.get("state"), params.any_case("sTATE")), (None, Some("%41")));
        assert!(!params.is_repeated());
    }

    #[test]
    fn a_repeated_parameter_is_noticed_even_if_it_says_the_same() {
        let params = Params::parse(b"a=1&b=2&a=1");
        assert!(params.is_repeated() && params.repeats("a") && !params.repeats("b"));
        assert!(Params::parse(b"c=&c=").is_repeated());
        let many: Vec<String> = (0..1000).map(|n| format!("p{n}=")).collect();
        assert!(Params::parse(many.join("&").as_bytes()).is_repeated());
    }

    #[test]
    fn no_bytes_whatever_are_too_much() {
        let params = Params::parse(b"\xff=%ff&%00=%zz&===");
        assert!(!format!("{params:?}").contains('\u{fffd}'));
    }
}
