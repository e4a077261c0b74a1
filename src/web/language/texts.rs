//! What the pages say.

/// All texts of the pages in one language. What stands in braces is filled in.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Two letters (ISO 639-1).
    pub(crate) language: &'static str,
    /// For `<html lang>` (BCP 47).
    pub(crate) tag: &'static str,
    /// Heading of the sign-in page.
    pub(crate) title_sign_in: &'static str,
    /// Under it, when an app sent the visitor: `{app}`, `{place}`.
    pub(crate) sign_in_lead: &'static str,
    /// Label of the field for the user name.
    pub(crate) name: &'static str,
    /// Label of the field for the password.
    pub(crate) password: &'static str,
    /// Button.
    pub(crate) sign_in: &'static str,
    /// Button: go back to the app without signing in or allowing anything.
    pub(crate) cancel: &'static str,
    /// Between the password and the outside provider.
    pub(crate) or: &'static str,
    /// Button of the outside provider: `{provider}`.
    pub(crate) with_provider: &'static str,
    /// Whoever signs in cancelled at the provider: `{provider}`.
    pub(crate) provider_denied: &'static str,
    /// What the provider said does not hold: `{provider}`.
    pub(crate) provider_failed: &'static str,
    /// The provider does not answer: `{provider}`.
    pub(crate) provider_down: &'static str,
    /// Heading for somebody whom the provider knows and this house does not.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider leads to it"))]
    pub(crate) title_no_account: &'static str,
    /// Its text, before the line by which an administrator can link the two: `{provider}`, `{place}`.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider leads to it"))]
    pub(crate) no_account: &'static str,
    /// The name or the password is wrong; the same whatever it was.
    pub(crate) wrong: &'static str,
    /// Too many sign-ins at once.
    pub(crate) busy: &'static str,
    /// Too many failed attempts: `{wait}`.
    pub(crate) too_many: &'static str,
    /// A wait of `{n}` seconds, two or more.
    pub(crate) seconds: &'static str,
    /// A wait of one minute.
    pub(crate) one_minute: &'static str,
    /// A wait of `{n}` minutes.
    pub(crate) minutes: &'static str,
    /// The form was old, or came without the cookie.
    pub(crate) stale: &'static str,
    /// After signing out.
    pub(crate) signed_out: &'static str,
    /// Heading of the sign-in page for somebody who is signed in.
    pub(crate) title_signed_in: &'static str,
    /// Button.
    pub(crate) go_on: &'static str,
    /// Button: use another account.
    pub(crate) other: &'static str,
    /// Button.
    pub(crate) sign_out: &'static str,
    /// Heading of the consent page: `{app}`.
    pub(crate) title_consent: &'static str,
    /// Heading of the consent page when it was allowed before: `{app}`.
    pub(crate) title_again: &'static str,
    /// Label of the account on the consent page.
    pub(crate) account: &'static str,
    /// Before the list of what is allowed: `{app}`.
    pub(crate) will: &'static str,
    /// What scope `wopi` allows: `{place}`.
    pub(crate) scope_wopi: &'static str,
    /// What scope `app` allows: `{place}`.
    pub(crate) scope_app: &'static str,
    /// When it was allowed before: `{app}`.
    pub(crate) earlier: &'static str,
    /// Note on the consent page: `{app}`.
    pub(crate) no_password: &'static str,
    /// Button.
    pub(crate) allow: &'static str,
    /// Link.
    pub(crate) privacy: &'static str,
    /// Heading of the page for a request that cannot be answered.
    pub(crate) title_refused: &'static str,
    /// Its text: `{place}`.
    pub(crate) refused: &'static str,
    /// Heading when the host itself fails.
    pub(crate) title_trouble: &'static str,
    /// Its text.
    pub(crate) trouble: &'static str,
    /// Heading of the built-in privacy page.
    pub(crate) title_privacy: &'static str,
    /// What is kept: `{place}`.
    pub(crate) privacy_kept: &'static str,
    /// Cookies.
    pub(crate) privacy_cookies: &'static str,
    /// Apps: `{place}`.
    pub(crate) privacy_apps: &'static str,
    /// Whom to ask: `{place}`.
    pub(crate) privacy_ask: &'static str,
}

impl Texts {
    /// How long to wait, in words: whole minutes from one minute on.
    pub(crate) fn wait(&self, seconds: u64) -> String {
        match seconds {
            0..=2 => self.seconds.replace("{n}", "2"),
            3..60 => self.seconds.replace("{n}", &seconds.to_string()),
            60 => self.one_minute.to_owned(),
            more => self.minutes.replace("{n}", &more.div_ceil(60).to_string()),
        }
    }

    /// All of them.
    #[cfg(test)]
    pub(super) const fn all(&self) -> [&'static str; 44] {
        [
            self.title_sign_in,
            self.sign_in_lead,
            self.name,
            self.password,
            self.sign_in,
            self.cancel,
            self.or,
            self.with_provider,
            self.provider_denied,
            self.provider_failed,
            self.provider_down,
            self.title_no_account,
            self.no_account,
            self.wrong,
            self.busy,
            self.too_many,
            self.seconds,
            self.one_minute,
            self.minutes,
            self.stale,
            self.signed_out,
            self.title_signed_in,
            self.go_on,
            self.other,
            self.sign_out,
            self.title_consent,
            self.title_again,
            self.account,
            self.will,
            self.scope_wopi,
            self.scope_app,
            self.earlier,
            self.no_password,
            self.allow,
            self.privacy,
            self.title_refused,
            self.refused,
            self.title_trouble,
            self.trouble,
            self.title_privacy,
            self.privacy_kept,
            self.privacy_cookies,
            self.privacy_apps,
            self.privacy_ask,
        ]
    }
}
