//! All that Microsoft asks for before a place is offered in Office (bootstrapper-oauth.md section 13), from the settings in
//! force and what the store holds; and what is still missing.

use serde::{Deserialize, Serialize};
use url::{Host as UrlHost, Url};

use super::icons;
use crate::{
    host::{Host, HostError},
    launch::StoreLinks,
    licence::AccountKind,
    settings::Settings,
    store::records::ClientRecord,
    urls::Urls,
};

/// The OAuth client that is registered for Office.
pub const CLIENT: &str = "office";

/// Where Office has codes sent: a stop URL, which nobody loads.
pub const REDIRECT_URI: &str = "https://localhost";

/// The scope that opens the bootstrapper.
const SCOPE: &str = "wopi";

/// Test accounts that Microsoft asks for of a kind.
const TEST_ACCOUNTS: usize = 3;

/// The sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The fields of the form, under Microsoft's names.
    pub fields: Fields,
    /// What is asked beside the form.
    pub also: Also,
    /// What must be set or made before the sheet can be handed in.
    pub missing: Vec<Gap>,
    /// What Microsoft gives in return, and is not set yet.
    pub later: Vec<Gap>,
}

/// Something that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The setting, or whatever else it is.
    pub what: String,
    /// What is wrong, and what to do.
    pub how: String,
}

/// The fields of the form. An empty text is one that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Fields {
    /// Shown in Office.
    pub localized_provider_name: String,
    /// PNG, 16 to 96 pixels.
    pub icon_locations: Vec<String>,
    /// The bootstrapper.
    pub bootstrapper_uri: String,
    /// What the service is.
    pub english_description: String,
    /// The client id of Office.
    pub client_id: String,
    /// The client secret, which is not told.
    pub client_secret: Secret,
    /// Always `Office`.
    pub client_app_name: String,
    /// The stop URL.
    pub redirect_uri: String,
    /// Supplied by Microsoft.
    pub provider_id: String,
    /// The domains of bootstrapper, OAuth endpoints and WOPI.
    pub trusted_domain: Vec<String>,
    /// Separated by commas.
    pub scope: String,
    /// Refresh tokens are issued.
    pub support_refresh: bool,
    /// The public web site.
    pub site_url: String,
}

/// What may be told of the client secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    /// How many are valid: at most two.
    pub valid: usize,
    /// When the newest was made, ISO 8601.
    pub newest: Option<String>,
    /// How to get one to hand over.
    pub how: String,
}

/// What is asked beside the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Also {
    /// The authorization endpoint.
    pub authorization_uri: String,
    /// The token endpoint.
    pub token_issuance_uri: String,
    /// What all WOPI addresses begin with.
    pub wopi_base: String,
    /// The privacy statement that the sign-in page links to.
    pub privacy_url: String,
    /// The web interface.
    pub web_interface: String,
    /// Seconds.
    pub authorization_code_lifetime: u64,
    /// Seconds.
    pub access_token_lifetime: u64,
    /// Seconds, from the last use on.
    pub refresh_token_lifetime: u64,
    /// Seconds: of the tokens for files, containers and the ecosystem.
    pub wopi_token_lifetime: u64,
    /// The redirect URI is compared with the registered one, exactly.
    pub redirect_uri_checked: bool,
    /// Test accounts of private persons.
    pub consumer_test_accounts: Vec<String>,
    /// Test accounts of business users.
    pub business_test_accounts: Vec<String>,
    /// How to run the validator here.
    pub validator: String,
    /// The operator's own apps that can sign people in.
    pub apps: AppCounts,
}

/// Apps by platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppCounts {
    /// On iOS.
    #[serde(rename = "iOS")]
    pub ios: usize,
    /// On Android.
    #[serde(rename = "Android")]
    pub android: usize,
    /// On Windows.
    #[serde(rename = "UWP")]
    pub uwp: usize,
}

#[derive(Default)]
struct Gaps(Vec<Gap>);

impl Gaps {
    fn add(&mut self, what: &str, how: impl Into<String>) {
        self.0.push(Gap { what: what.to_owned(), how: how.into() });
    }

    /// A text that has to be set.
    fn text(&mut self, what: &str, value: &str, how: &str) {
        if value.trim().is_empty() {
            self.add(what, format!("not set: {how}"));
        }
    }

    /// A URL that has to be set, by https and for everybody.
    fn url(&mut self, what: &str, value: &str, how: &str) {
        match unfit(value) {
            _ if value.is_empty() => self.add(what, format!("not set: {how}")),
            Some(fault) => self.add(what, format!("`{value}` {fault}")),
            None => {}
        }
    }
}

/// Why Microsoft could not use a URL; `None` when it can.
fn unfit(url: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(url) else { return Some("is no URL") };
    if url.scheme() != "https" {
        return Some("is not https, which Office asks for everywhere");
    }
    match url.host() {
        Some(UrlHost::Domain(name)) if name.trim_end_matches('.').contains('.') => None,
        _ => Some("is not reached from outside: its host must be a public name"),
    }
}

/// The domains that Office has to trust: each once, in their order.
fn domains<'a>(urls: impl Iterator<Item = &'a str>, more: impl Iterator<Item = &'a str>) -> Vec<String> {
    let of_urls = urls.filter_map(|url| Url::parse(url).ok()?.host_str().map(str::to_owned));
    let mut domains: Vec<String> = Vec::new();
    for domain in of_urls.chain(more.map(str::to_ascii_lowercase)) {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains
}

fn is_office(client: &ClientRecord) -> bool {
    let redirects = client.redirect_uris.iter().any(|uri| uri.trim_end_matches('/') == REDIRECT_URI);
    redirects && (client.scopes.is_empty() || client.scopes.iter().any(|scope| scope == SCOPE))
}

/// Fills in the sheet.
///
/// # Errors
/// What the store says.
pub fn sheet(host: &Host, urls: &Urls, settings: &Settings) -> Result<Sheet, HostError> {
    let client = host.clients().get(CLIENT)?;
    let Settings { office, oauth, sign_in, tokens, .. } = settings;
    // A host that does not know its address has none to tell.
    let known = |url: String| if url.starts_with('/') { String::new() } else { url };
    let icon = |size: &u32| match office.icons_url.trim_end_matches('/') {
        "" => known(urls.icon(*size)),
        elsewhere => format!("{elsewhere}/{size}.png"),
    };
    let (authorization, token) = (known(urls.authorize()), known(urls.token()));
    let bootstrapper = known(urls.bootstrapper(&office.bootstrapper));
    let regions = oauth.regions.iter().filter_map(|region| region.split_once('=')).map(|(_, url)| url.trim());
    let accounts = host.test_accounts()?;
    let of_kind = |kind| {
        let those = accounts.iter().filter(|account| account.kind == kind);
        those.map(|account| account.user.to_string()).collect::<Vec<_>>()
    };
    let fields = Fields {
        localized_provider_name: office.provider_name.clone(),
        icon_locations: icons::SIZES.iter().map(icon).collect(),
        english_description: office.description.clone(),
        client_id: client.as_ref().map_or_else(String::new, |client| client.id.clone()),
        client_secret: secret(client.as_ref()),
        client_app_name: "Office".to_owned(),
        redirect_uri: REDIRECT_URI.to_owned(),
        provider_id: office.provider_id.clone(),
        trusted_domain: domains(
            [bootstrapper.as_str(), &authorization, &token].into_iter().chain(regions),
            office.trusted_domains.iter(),
        ),
        bootstrapper_uri: bootstrapper,
        scope: scope(client.as_ref()),
        support_refresh: true,
        site_url: office.site_url.clone(),
    };
    let also = Also {
        authorization_uri: authorization,
        token_issuance_uri: token,
        wopi_base: known(urls.wopi_base()),
        privacy_url: sign_in.privacy_url.clone(),
        web_interface: known(urls.home()),
        authorization_code_lifetime: oauth.code_lifetime.get().as_secs(),
        access_token_lifetime: oauth.access_lifetime.get().as_secs(),
        refresh_token_lifetime: oauth.refresh_lifetime.get().as_secs(),
        wopi_token_lifetime: tokens.lifetime.get().as_secs(),
        redirect_uri_checked: true,
        consumer_test_accounts: of_kind(AccountKind::Consumer),
        business_test_accounts: of_kind(AccountKind::Business),
        validator: "`lockhouse token --user TESTACCOUNT '/Office test documents/test.wopitest'` prints the WOPISrc, \
                    access_token and access_token_ttl that the validator asks for"
            .to_owned(),
        apps: AppCounts {
            ios: office.ios_schemes.iter().count(),
            android: office.android_apps.iter().count(),
            uwp: office.uwp_schemes.iter().count(),
        },
    };
    let missing = missing(&fields, &also, client.as_ref(), settings);
    Ok(Sheet { missing, later: later(settings), fields, also })
}

fn secret(client: Option<&ClientRecord>) -> Secret {
    let secrets = client.map_or(&[][..], |client| &client.secrets);
    let how = match client {
        None => format!("`lockhouse client add {CLIENT}` makes the client and prints its secret, once"),
        Some(_) => format!(
            "not kept in words; `lockhouse client rotate-secret {CLIENT}` prints a new one, beside which the one before \
             stays valid. Hand it over on a secure channel, not by e-mail"
        ),
    };
    Secret { valid: secrets.len(), newest: secrets.last().map(|secret| secret.created.to_iso()), how }
}

fn scope(client: Option<&ClientRecord>) -> String {
    match client {
        Some(client) if !client.scopes.is_empty() => client.scopes.join(","),
        _ => SCOPE.to_owned(),
    }
}

/// What must be set or made before the sheet can be handed in.
fn missing(fields: &Fields, also: &Also, client: Option<&ClientRecord>, settings: &Settings) -> Vec<Gap> {
    let Settings { office, oauth, public_url, .. } = settings;
    let mut gaps = Gaps::default();
    let public_url = public_url.as_ref().map_or("", |url| url.as_str());
    gaps.url("public_url", public_url, "the URL under which this host is reached from outside, by https");
    if let Some(url) = &oauth.public_url {
        gaps.url("oauth.public_url", url.as_str(), "");
    }
    gaps.text("office.provider_name", &fields.localized_provider_name, "the name of the place in Office");
    gaps.text("office.description", &fields.english_description, "what the service is, in English");
    gaps.url("office.site_url", &fields.site_url, "your public web site");
    gaps.url(
        "sign_in.privacy_url",
        &also.privacy_url,
        "your privacy statement; until then the sign-in page links to a short one of this host",
    );
    if !office.icons_url.is_empty() {
        gaps.url("office.icons_url", &office.icons_url, "");
    }
    match client {
        None => gaps.add(
            "client `office`",
            format!("not registered: `lockhouse client add {CLIENT}` does it, and prints the secret for Microsoft"),
        ),
        Some(client) if !is_office(client) => gaps.add(
            "client `office`",
            format!(
                "it must have the redirect URI {REDIRECT_URI} and the scope `{SCOPE}`: `lockhouse client rm {CLIENT}`, then \
                 `lockhouse client add {CLIENT}`"
            ),
        ),
        Some(client) if client.secrets.is_empty() => gaps.add(
            "client `office`",
            format!("it has no secret: `lockhouse client rm {CLIENT}`, then `lockhouse client add {CLIENT}`"),
        ),
        Some(_) => {}
    }
    if !settings.supports.containers {
        gaps.add("supports.containers", "must be true: Office browses by containers");
    }
    if !settings.supports.delete {
        gaps.add("supports.delete", "must be true: containers are offered only together with it");
    }
    if also.consumer_test_accounts.len() < TEST_ACCOUNTS && also.business_test_accounts.len() < TEST_ACCOUNTS {
        gaps.add(
            "test accounts",
            "`lockhouse onboarding --test-accounts` makes three consumer and three business ones",
        );
    }
    gaps.0
}

/// What Microsoft gives in return.
fn later(settings: &Settings) -> Vec<Gap> {
    let office = &settings.office;
    let mut gaps = Gaps::default();
    gaps.text("office.provider_id", &office.provider_id, "the provider id that Microsoft gives you");
    let is_all = |links: &crate::settings::Texts| {
        StoreLinks::parse(links.iter())
            .is_ok_and(|links| crate::launch::OfficeApp::ALL.iter().all(|app| links.of(*app).is_some()))
    };
    if !is_all(&office.ios_store_links) {
        gaps.add(
            "office.ios_store_links",
            "not set for each of Word, Excel, PowerPoint: needed by your own app on iOS only",
        );
    }
    if !is_all(&office.android_store_links) {
        let how = "not set for each of Word, Excel, PowerPoint: needed by your own app on Android only";
        gaps.add("office.android_store_links", how);
    }
    gaps.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_at_a_public_name_is_fit() {
        assert_eq!(unfit("https://docs.lumora.example/x"), None);
        for url in
            ["", "x", "http://docs.lumora.example", "https://localhost", "https://192.0.2.1", "https://[::1]:8443/"]
        {
            assert!(unfit(url).is_some(), "{url}");
        }
    }

    #[test]
    fn each_domain_is_named_once() {
        let urls =
            ["https://docs.lumora.example:8443/a", "https://id.lumora.example", "https://docs.lumora.example", "junk"];
        let domains = domains(urls.into_iter(), ["CDN.lumora.example", "id.lumora.example"].into_iter());
        assert_eq!(domains, ["docs.lumora.example", "id.lumora.example", "cdn.lumora.example"]);
    }
}
