//! What must hold between settings, beyond the type of each.

use super::{
    human::{Period, Size},
    load::SettingsError,
    network::keeps_secrets,
    sections::{Oidc, Settings},
};
use crate::launch::StoreLinks;

/// The largest head the HTTP layer can hold at all.
const LARGEST_HEAD: Size = Size::kib(128);

impl Settings {
    /// Checks what must hold between settings.
    ///
    /// # Errors
    /// [`SettingsError::Contradiction`] names the setting and what it should be.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let second = Period::seconds(1);
        let limits = &self.limits;
        check(!self.data_dir.as_os_str().is_empty(), "data_dir", "it must not be empty")?;
        check(
            self.tls.certificate.is_some() == self.tls.private_key.is_some(),
            "tls.certificate",
            "it and `tls.private_key` are set together or not at all",
        )?;
        check(limits.body >= Size::bytes(1), "limits.body", "it must not be 0")?;
        check(limits.json_body >= Size::kib(1), "limits.json_body", "it must be at least 1 KiB")?;
        check(
            (Size::kib(8)..=LARGEST_HEAD).contains(&limits.head),
            "limits.head",
            "it must lie between 8 KiB and 128 KiB",
        )?;
        check(limits.header_timeout >= second, "limits.header_timeout", "it must be at least 1s")?;
        check(limits.body_idle_timeout >= second, "limits.body_idle_timeout", "it must be at least 1s")?;
        check(limits.connections > 0, "limits.connections", "it must not be 0")?;
        check(limits.in_flight_per_file > 0, "limits.in_flight_per_file", "it must not be 0")?;
        check(limits.in_flight_total > 0, "limits.in_flight_total", "it must not be 0")?;
        check(self.tokens.lifetime >= Period::seconds(1), "tokens.lifetime", "it must be at least 1s")?;
        check(self.tokens.key_rotation >= Period::hours(1), "tokens.key_rotation", "it must be at least 1h")?;
        check(
            self.tokens.key_retire >= self.tokens.lifetime,
            "tokens.key_retire",
            "it must be at least `tokens.lifetime`, or tokens would die before they expire",
        )?;
        check(self.storage.meta_cache >= Size::mib(1), "storage.meta_cache", "it must be at least 1 MiB")?;
        check(self.storage.content_cache >= Size::mib(1), "storage.content_cache", "it must be at least 1 MiB")?;
        check(self.storage.flush_limit >= second, "storage.flush_limit", "it must be at least 1s")?;
        check(self.actors.idle >= second, "actors.idle", "it must be at least 1s")?;
        self.check_signing_in()?;
        check_provider(&self.oidc)?;
        self.check_office()
    }

    fn check_signing_in(&self) -> Result<(), SettingsError> {
        let second = Period::seconds(1);
        let oauth = &self.oauth;
        check(
            (second..=Period::seconds(600)).contains(&oauth.code_lifetime),
            "oauth.code_lifetime",
            "it must lie between 1s and 10m (RFC 6749 section 4.1.2)",
        )?;
        check(oauth.access_lifetime >= second, "oauth.access_lifetime", "it must be at least 1s")?;
        check(
            oauth.access_lifetime <= self.tokens.key_retire,
            "oauth.access_lifetime",
            "it must be at most `tokens.key_retire`, or tokens would die before they expire",
        )?;
        check(
            oauth.refresh_lifetime > oauth.refresh_grace,
            "oauth.refresh_lifetime",
            "it must exceed `refresh_grace`",
        )?;
        let is_region = |entry: &str| {
            let (name, url) = entry.split_once('=').unwrap_or_default();
            !name.trim().is_empty() && url.trim().starts_with("https://") && url::Url::parse(url.trim()).is_ok()
        };
        check(
            oauth.regions.iter().all(is_region),
            "oauth.regions",
            "each entry must be a region, `=` and an https URL",
        )?;
        check(
            oauth.session_context.len() <= 256
                && oauth.session_context.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
            "oauth.session_context",
            "it must be at most 256 printable ASCII characters, because it comes back in a header",
        )?;
        check(self.sign_in.session >= second, "sign_in.session", "it must be at least 1s")?;
        check(self.sign_in.attempts > 0, "sign_in.attempts", "it must not be 0")?;
        check(self.sign_in.attempt_every >= second, "sign_in.attempt_every", "it must be at least 1s")?;
        let editors = &self.editors;
        editors.list().map_err(|(key, reason)| SettingsError::Contradiction { key: key.to_owned(), reason })?;
        check(
            (Period::seconds(60)..=Period::hours(24)).contains(&editors.refresh),
            "editors.refresh",
            "it must lie between 1m and 24h (editors change their keys)",
        )?;
        check(
            editors.early_refresh >= Period::milliseconds(100),
            "editors.early_refresh",
            "it must be at least 100ms",
        )?;
        check(
            (Period::milliseconds(100)..=Period::seconds(300)).contains(&editors.timeout),
            "editors.timeout",
            "it must lie between 100ms and 5m",
        )?;
        check(
            (Size::kib(4)..=Size::mib(64)).contains(&editors.size),
            "editors.size",
            "it must lie between 4 KiB and 64 MiB",
        )?;
        check(oauth.token_rate > 0, "oauth.token_rate", "it must not be 0")?;
        check(oauth.bootstrapper_rate > 0, "oauth.bootstrapper_rate", "it must not be 0")
    }

    fn check_office(&self) -> Result<(), SettingsError> {
        let is_app = |entry: &str| {
            let parts: Vec<&str> = entry.split('/').map(str::trim).collect();
            parts.len() == 3 && parts[0].parse::<u64>().is_ok() && parts.iter().all(|part| !part.is_empty())
        };
        check(
            self.office.android_apps.iter().all(is_app),
            "office.android_apps",
            "each entry must be a version code, `/`, a package, `/` and an activity",
        )?;
        check(
            self.office.provider_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
            "office.provider_id",
            "it may hold letters, digits and `_` only",
        )?;
        let links = [
            ("office.ios_store_links", &self.office.ios_store_links),
            ("office.android_store_links", &self.office.android_store_links),
        ];
        for (key, links) in links {
            let links = StoreLinks::parse(links.iter());
            check(links.is_ok(), key, &links.err().map_or_else(String::new, |error| error.to_string()))?;
        }
        check(
            self.office.bootstrapper.starts_with('/') && self.office.bootstrapper.ends_with("/wopibootstrapper"),
            "office.bootstrapper",
            "it must begin with `/` and end in `/wopibootstrapper`",
        )
    }
}

fn check(holds: bool, key: &str, reason: &str) -> Result<(), SettingsError> {
    if holds { Ok(()) } else { Err(SettingsError::Contradiction { key: key.to_owned(), reason: reason.to_owned() }) }
}

/// What must hold when people are sent to an outside provider.
fn check_provider(oidc: &Oidc) -> Result<(), SettingsError> {
    let wrong = |key: &str, reason: &str| {
        Err(SettingsError::Contradiction { key: format!("oidc.{key}"), reason: reason.to_owned() })
    };
    if oidc.issuer.is_empty() {
        if !oidc.passwords {
            return wrong("passwords", "without `oidc.issuer` nobody could sign in");
        }
        return Ok(());
    }
    if cfg!(not(feature = "oidc")) {
        return wrong("issuer", "this program was built without sign-in by an outside provider (the feature `oidc`)");
    }
    let issuer = url::Url::parse(&oidc.issuer).ok().filter(keeps_secrets);
    if issuer.is_none_or(|url| url.query().is_some() || url.fragment().is_some() || !url.username().is_empty()) {
        return wrong("issuer", "it must be an https URL without query and fragment; http is for this machine alone");
    }
    if oidc.client_id.is_empty() {
        return wrong("client_id", "it must be set together with `oidc.issuer`");
    }
    if oidc.timeout < Period::seconds(1) {
        return wrong("timeout", "it must be at least 1s");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_by_https_or_on_this_machine() {
        let with = |issuer: &str| Oidc { issuer: issuer.to_owned(), client_id: "x".to_owned(), ..Oidc::default() };
        for issuer in ["https://id.example", "https://id.example/realms/one/", "http://127.0.0.1:81", "http://[::1]"] {
            assert_eq!(check_provider(&with(issuer)).is_ok(), cfg!(feature = "oidc"), "{issuer}");
        }
        for issuer in ["http://id.example", "https://id.example?a=b", "id.example", "ftp://id.example", "https://a@b/"]
        {
            assert!(check_provider(&with(issuer)).is_err(), "{issuer}");
        }
        assert!(check_provider(&Oidc { client_id: String::new(), ..with("https://id.example") }).is_err());
        assert!(check_provider(&Oidc { passwords: false, ..Oidc::default() }).is_err());
        assert!(check_provider(&Oidc::default()).is_ok());
    }
}
