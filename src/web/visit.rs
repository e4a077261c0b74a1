//! What the pages know of a request: its language, its cookies, where it comes from.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as Age},
    http::header,
};

use super::language::{self, Texts};
use crate::{
    discovery::locale, host::trouble::Trouble, oauth::Identity, server::visitor_address, store::records::AccountRecord,
};

/// The cookie of a session.
const SESSION: &str = "lockhouse";

/// From an address of the house to its root, as a relative reference: it is right whether or not a proxy cuts the public
/// URL's path off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// `/sign-in`.
    One,
    /// `/oauth/authorize`.
    Two,
    /// `/sign-in/oidc/start`.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider needs it"))]
    Three,
}

impl Depth {
    /// `./`, `../` or `../../`.
    pub(crate) const fn root(self) -> &'static str {
        match self {
            Self::One => "./",
            Self::Two => "../",
            Self::Three => "../../",
        }
    }
}

/// One request for a page.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a> {
    pub(crate) request: &'a HttpRequest,
    pub(crate) identity: &'a Identity,
    /// In which language to answer.
    pub(crate) texts: &'static Texts,
    /// Where the request's address is.
    pub(crate) depth: Depth,
}

/// Somebody who is signed in.
pub(crate) struct SignedIn {
    /// What the cookie holds.
    pub(crate) cookie: String,
    /// Who; without the password's hash.
    pub(crate) account: AccountRecord,
}

impl<'a> Visit<'a> {
    /// A visit; `culture` is what the address asks for (`rs`), if it does.
    pub(crate) fn new(request: &'a HttpRequest, identity: &'a Identity, depth: Depth, culture: Option<&str>) -> Self {
        let texts = language::choose(culture, request.headers(), &identity.settings.sign_in.language);
        Self { request, identity, texts, depth }
    }

    /// The name of the house, as people know it.
    pub(crate) fn place(&self) -> &'a str {
        &self.identity.settings.office.provider_name
    }

    /// The client's address.
    pub(crate) fn address(&self) -> IpAddr {
        visitor_address(self.request)
    }

    /// What the browser calls itself.
    pub(crate) fn agent(&self) -> &'a str {
        let agent = self.request.headers().get(header::USER_AGENT);
        agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default()
    }

    /// The language for an editor, with a country: what the person chose, what his browser likes best whether or not this
    /// house speaks it, else the language of the page.
    pub(crate) fn spoken(&self, his: Option<&str>) -> String {
        let accepted = self.request.headers().get(header::ACCEPT_LANGUAGE).and_then(|list| list.to_str().ok());
        let first = accepted.and_then(|list| list.split([',', ';']).next()).and_then(locale::tag_of);
        let tag = his.and_then(locale::tag_of).or(first).unwrap_or(self.texts.language);
        let with_country = match tag {
            "en" => "en-US",
            "de" => "de-DE",
            "fr" => "fr-FR",
            "es" => "es-ES",
            "ja" => "ja-JP",
            "zh" => "zh-CN",
            other => other,
        };
        with_country.to_owned()
    }

    /// Whether clients reach the house by https.
    fn is_secure(&self) -> bool {
        self.identity.urls.origin().starts_with("https:")
    }

    /// The name of a cookie: with the prefix that ties it to this very host, where browsers allow that.
    fn name(&self, cookie: &str) -> String {
        if self.is_secure() { format!("__Host-{cookie}") } else { cookie.to_owned() }
    }

    /// What a cookie of ours holds.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.request.cookie(&self.name(name)).map(|cookie| cookie.value().to_owned())
    }

    /// A cookie for the browser to keep; without an age until it is closed.
    pub(crate) fn keep(&self, name: &str, value: String, age: Option<Age>) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(name), value)
            .path("/")
            .secure(self.is_secure())
            .http_only(true)
            .same_site(SameSite::Lax)
            .finish();
        cookie.set_max_age(age);
        cookie
    }

    /// The cookie that takes another one away.
    pub(crate) fn drop(&self, name: &str) -> Cookie<'static> {
        self.keep(name, String::new(), Some(Age::ZERO))
    }

    /// The cookie of a session that has begun.
    pub(crate) fn keep_session(&self, cookie: String) -> Cookie<'static> {
        self.keep(SESSION, cookie, None)
    }

    /// The cookie that takes a session's away.
    pub(crate) fn drop_session(&self) -> Cookie<'static> {
        self.drop(SESSION)
    }

    /// What the cookie of a session holds, whether or not the session stands.
    pub(crate) fn session_cookie(&self) -> Option<String> {
        self.cookie(SESSION)
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub(crate) fn signed_in(&self) -> Result<Option<SignedIn>, Trouble> {
        let Some(cookie) = self.session_cookie() else { return Ok(None) };
        let found = self.identity.host.sessions().find(&cookie)?;
        Ok(found.map(|(account, _)| SignedIn { cookie, account }))
    }
}
