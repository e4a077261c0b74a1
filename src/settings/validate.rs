//! What must hold between settings, beyond the type of each.

use super::{
    human::{Period, Size},
    load::SettingsError,
    sections::Settings,
};

/// The largest head the HTTP layer can hold at all.
const LARGEST_HEAD: Size = Size::kib(128);

impl Settings {
    /// Checks what must hold between settings.
    ///
    /// # Errors
    /// [`SettingsError::Contradiction`] names the setting and what it should be.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let check = |holds: bool, key: &str, reason: &str| {
            if holds {
                Ok(())
            } else {
                Err(SettingsError::Contradiction { key: key.to_owned(), reason: reason.to_owned() })
            }
        };
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
        check(oauth.bootstrapper_rate > 0, "oauth.bootstrapper_rate", "it must not be 0")?;
        check(
            self.office.bootstrapper.starts_with('/') && self.office.bootstrapper.ends_with("/wopibootstrapper"),
            "office.bootstrapper",
            "it must begin with `/` and end in `/wopibootstrapper`",
        )
    }
}
