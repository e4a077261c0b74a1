//! Doors for the fuzz targets in `tests/fuzz` to readers of foreign bytes that nobody else may call. No decision is made
//! here: each function calls what a request, or an opened store, would call.

use std::ops::Bound;

use actix_web::{
    HttpRequest,
    http::{
        Uri,
        header::{EntityTag, HeaderName, HeaderValue, TryIntoHeaderValue as _},
    },
    test::TestRequest,
};

use crate::{
    clock::Timestamp,
    host::oauth::{redirects, refresh_token::RefreshToken},
    ids::NodeId,
    lock::LockId,
    names::Utf7Error,
    oauth::client_auth,
    store::{
        backing::{Backing, BackingError},
        engine::raw,
    },
    web::{downloads, downloads::Wanted, language, sign_in::ReturnTo, visit::Depth},
    wopi::{dispatch::Verb, headers, session},
};

/// A request with a query and headers as they came.
#[derive(Debug)]
pub struct Request(HttpRequest);

impl Request {
    /// `None` when HTTP itself would not let it pass.
    pub fn new<'a>(query: &str, all: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Option<Self> {
        let uri = format!("/wopi/files/x?{query}");
        let mut request = TestRequest::default().uri(uri.parse::<Uri>().is_ok().then_some(uri.as_str())?);
        for (name, value) in all {
            let name: HeaderName = name.parse().ok()?;
            request = request.append_header((name, HeaderValue::from_bytes(value).ok()?));
        }
        Some(Self(request.to_http_request()))
    }

    /// A lock id; the error is an answer 400.
    ///
    /// # Errors
    /// What is said of it.
    pub fn lock(&self, name: &str) -> Result<Option<LockId>, String> {
        headers::lock_id(&self.0, name).map_err(|problem| format!("{problem:?}"))
    }

    /// The operation.
    pub fn verb(&self) -> Option<&'static str> {
        let name = headers::text(&self.0, "X-WOPI-Override")?;
        Verb::parse(&self.0, name).map(Verb::name)
    }

    /// `X-WOPI-Editors`.
    pub fn editors(&self) -> Vec<String> {
        headers::editors(&self.0)
    }

    /// The time stamp of Collabora.
    pub fn believed_time(&self) -> Option<Timestamp> {
        headers::believed_time(&self.0)
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<u64> {
        headers::number(&self.0, name)
    }

    /// A flag.
    pub fn flag(&self, name: &str) -> bool {
        headers::flag(&self.0, name)
    }

    /// A name in UTF-7, and the same repaired.
    pub fn name(&self, name: &str) -> Option<(Result<String, Utf7Error>, String)> {
        headers::utf7_text(&self.0, name).zip(headers::utf7_lossy(&self.0, name))
    }

    /// The access token.
    pub fn token(&self) -> Option<String> {
        session::token_of(&self.0).map(std::borrow::Cow::into_owned)
    }

    /// The language that is chosen.
    pub fn language(&self, asked: Option<&str>, otherwise: &str) -> &'static str {
        language::choose(asked, self.0.headers(), otherwise).language
    }

    /// A cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.0.cookie(name).map(|cookie| cookie.value().to_owned())
    }

    /// The part of `size` bytes of this version that is wanted: all of it, from one byte to another, or none that there is.
    ///
    /// # Errors
    /// In the last case.
    pub fn range(&self, version: &str, size: u64) -> Result<Option<(u64, u64)>, &'static str> {
        match downloads::range(&self.0, &EntityTag::new_strong(version.to_owned()), size) {
            Wanted::All => Ok(None),
            Wanted::Part { from, to } => Ok(Some((from, to))),
            Wanted::Nothing => Err("416"),
        }
    }
}

/// `Content-Disposition` of a download; `None` when it could not be sent.
pub fn attachment(name: &str) -> Option<Vec<u8>> {
    downloads::attachment(name).try_into_value().ok().map(|value| value.as_bytes().to_vec())
}

/// Id and secret in Basic credentials.
pub fn basic(credentials: &str) -> Option<(String, Option<String>)> {
    client_auth::from_basic(credentials).map(|claim| (claim.id, claim.secret))
}

/// A way back after signing in, as the path and as what `/sign-in` answers.
pub fn return_to(text: &str) -> Option<(String, String)> {
    ReturnTo::parse(text).map(|back| {
        let _ = (back.culture(), back.query_of("/oauth/authorize").map(str::len));
        (back.as_str().to_owned(), back.reference(Depth::One))
    })
}

/// A redirect URI that is to be registered.
///
/// # Errors
/// What is wrong with it.
pub fn redirect_uri(uri: &str, public: bool) -> Result<(), String> {
    redirects::check(uri, public)
}

/// A refresh token as it is written, and whether it is one of a family with this salt.
pub fn refresh_token(text: &str, salt: &str) -> Option<(String, bool)> {
    RefreshToken::parse(text).map(|token| (token.text(), token.is_ours(salt)))
}

/// The refresh token that follows so many others in a family.
pub fn made_refresh_token(family: NodeId, secret: &str, salt: &str, steps: u8) -> String {
    let first = RefreshToken::first(family, secret.to_owned(), salt);
    (0..steps).fold(first, |token, _| token.next(salt)).text()
}

/// Completes or drops what a crash interrupted; `false` when that is damaged.
///
/// # Errors
/// [`BackingError`].
pub fn recover(backing: &dyn Backing) -> Result<bool, BackingError> {
    raw::recover(backing)
}

/// Whether a key is that of an interrupted batch.
pub fn is_redo(key: &[u8]) -> bool {
    raw::is_redo(key)
}

/// Everything in a backing.
///
/// # Errors
/// [`BackingError`].
pub fn all_of(backing: &dyn Backing) -> Result<Vec<(Vec<u8>, bytes::Bytes)>, BackingError> {
    backing.scan(Bound::Unbounded, Bound::Unbounded, usize::MAX)
}
