//! `WWW-Authenticate` of the bootstrapper (bootstrapper-oauth.md section 3): how Office learns where people sign in.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::{
    settings::{Office, Texts},
    urls::Urls,
};

/// Everything but what RFC 3986 leaves unreserved: the parser that reads it splits at commas and equals signs (rules B-27,
/// B-35).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The header's value, the same for no token and for a bad one (rule B-30).
pub(super) fn value(urls: &Urls, office: &Office) -> String {
    let (authorize, token) = (urls.authorize(), urls.token());
    let mut parameters = vec![format!("authorization_uri=\"{authorize}\""), format!("tokenIssuance_uri=\"{token}\"")];
    if is_provider_id(&office.provider_id) {
        parameters.push(format!("providerId=\"{}\"", office.provider_id));
    }
    if let Some(schemes) = url_schemes(office) {
        parameters.push(format!("UrlSchemes=\"{}\"", utf8_percent_encode(&schemes, ENCODED)));
    }
    format!("Bearer {}", parameters.join(","))
}

/// What Microsoft assigns (rule B-28).
fn is_provider_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `UrlSchemes`: platforms without an app are left out (rules B-32 to B-34).
#[derive(Serialize)]
struct UrlSchemes {
    #[serde(rename = "iOS", skip_serializing_if = "Vec::is_empty")]
    ios: Vec<String>,
    #[serde(rename = "Android", skip_serializing_if = "Vec::is_empty")]
    android: Vec<String>,
    #[serde(rename = "UWP", skip_serializing_if = "Vec::is_empty")]
    uwp: Vec<String>,
}

/// Its JSON; `None` when no platform remains.
fn url_schemes(office: &Office) -> Option<String> {
    let bare = |schemes: &Texts| schemes.iter().map(|scheme| scheme.trim_end_matches(':').to_owned()).collect();
    let (ios, uwp): (Vec<String>, Vec<String>) = (bare(&office.ios_schemes), bare(&office.uwp_schemes));
    let android: Vec<String> = office.android_apps.iter().filter_map(android_app).flatten().collect();
    let some = !(ios.is_empty() && android.is_empty() && uwp.is_empty());
    some.then(|| serde_json::to_string(&UrlSchemes { ios, android, uwp }).ok()).flatten()
}

/// Version code, package and activity.
fn android_app(text: &str) -> Option<[String; 3]> {
    let mut parts = text.splitn(3, '/').map(|part| part.trim().to_owned());
    Some([parts.next()?, parts.next()?, parts.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls() -> Urls {
        let urls = Urls::new("https://docs.lumora.example".parse().unwrap());
        urls.settle_oauth("https://id.lumora.example".parse().unwrap());
        urls
    }

    #[test]
    fn the_header_of_the_reference_comes_out() {
        let office = Office {
            provider_id: "TPLUMORA".to_owned(),
            ios_schemes: ["lumora", "lumora-work:"].into_iter().collect(),
            android_apps: ["240000/example.lumora.docs/example.lumora.docs.SignInActivity"].into_iter().collect(),
            ..Office::default()
        };
        let expected = "Bearer authorization_uri=\"https://id.lumora.example/oauth/authorize\",\
            tokenIssuance_uri=\"https://id.lumora.example/oauth/token\",providerId=\"TPLUMORA\",\
            UrlSchemes=\"%7B%22iOS%22%3A%5B%22lumora%22%2C%22lumora-work%22%5D%2C%22Android%22%3A%5B%22240000%22%2C\
            %22example.lumora.docs%22%2C%22example.lumora.docs.SignInActivity%22%5D%7D\"";
        assert_eq!(value(&urls(), &office), expected);
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        let expected = "Bearer authorization_uri=\"https://id.lumora.example/oauth/authorize\",\
            tokenIssuance_uri=\"https://id.lumora.example/oauth/token\"";
        assert_eq!(value(&urls(), &Office::default()), expected);
        let odd = Office { provider_id: "a\",x=\"".to_owned(), ..Office::default() };
        assert_eq!(value(&urls(), &odd), expected);
    }
}
