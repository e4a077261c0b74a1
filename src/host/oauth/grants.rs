//! Codes, families of tokens, consent.

use std::{fmt, sync::Arc};

use crate::{
    clock::{Clock, Timestamp},
    host::{SignInOptions, tokens::Tokens, trouble::Trouble},
    ids::{NodeId, UserId},
    store::{
        engine::Engine,
        records::{AccountRecord, ClientRecord, ConsentRecord, GrantFamilyRecord},
    },
};

/// A code to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCode {
    /// For which client.
    pub client: String,
    /// The `redirect_uri` of the request, if it had one.
    pub redirect_uri: Option<String>,
    /// Who consented.
    pub user: UserId,
    /// His account's generation.
    pub generation: u64,
    /// What is granted.
    pub scopes: Vec<String>,
    /// The PKCE challenge (S256), if there was one.
    pub challenge: Option<String>,
}

/// The use of a code.
#[derive(Clone, Copy)]
pub struct CodeUse<'a> {
    /// The code.
    pub code: &'a str,
    /// The `redirect_uri` of the token request, if it had one.
    pub redirect_uri: Option<&'a str>,
    /// The PKCE verifier, if there was one.
    pub verifier: Option<&'a str>,
}

/// What the token endpoint answers. The texts are secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSet {
    /// The access token.
    pub access_token: String,
    /// When it ends.
    pub expires: Timestamp,
    /// The refresh token.
    pub refresh_token: String,
    /// What was granted.
    pub scopes: Vec<String>,
    /// The family.
    pub family: NodeId,
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Who stands behind an OAuth access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Whose it is; without the password's hash.
    pub account: AccountRecord,
    /// The client it was issued to.
    pub client: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// The family it dies with.
    pub family: NodeId,
}

/// Why a code or token is not accepted. The reasons are for the log: outside it is `invalid_grant` or 401.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GrantError {
    /// Unknown, expired, used, revoked, of another client: the text says which.
    #[error("{0}")]
    Invalid(&'static str),
    /// More scope than was granted.
    #[error("the scope was not granted")]
    Scope,
    /// The store could not do it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What was granted to clients.
#[derive(Clone)]
#[expect(dead_code, reason = "skeleton")]
pub struct Grants {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    tokens: Tokens,
    options: SignInOptions,
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants").finish_non_exhaustive()
    }
}

impl Grants {
    /// Works on the records of `engine`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, tokens: Tokens, options: SignInOptions) -> Self {
        Self { engine, clock, tokens, options }
    }

    /// Makes a code (rule B-47).
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn issue_code(&self, _new: NewCode) -> Result<String, Trouble> {
        Err(Trouble::Contended)
    }

    /// Redeems a code. A second use revokes what the first one gave (rule B-47).
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn redeem(&self, _client: &ClientRecord, _wanted: CodeUse<'_>) -> Result<TokenSet, GrantError> {
        Err(Trouble::Contended.into())
    }

    /// Replaces a refresh token (rules B-68 and B-69). `scopes` asks for less than was granted.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn refresh(
        &self,
        _client: &ClientRecord,
        _refresh_token: &str,
        _scopes: Option<&[String]>,
    ) -> Result<TokenSet, GrantError> {
        Err(Trouble::Contended.into())
    }

    /// Who stands behind an access token, if it is good now.
    ///
    /// # Errors
    /// [`GrantError`].
    pub fn authorize(&self, _access_token: &str) -> Result<Bearer, GrantError> {
        Err(GrantError::Invalid("skeleton"))
    }

    /// Revokes the family of an access or refresh token, if it is the client's (RFC 7009).
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn revoke_token(&self, _client: &ClientRecord, _token: &str) -> Result<(), Trouble> {
        Err(Trouble::Contended)
    }

    /// Takes back all that a user granted to a client, consent included (rule B-99). Returns how many families ended.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn revoke_client(&self, _user: &UserId, _client: &str) -> Result<u64, Trouble> {
        Err(Trouble::Contended)
    }

    /// What a user has granted, families that are over among them.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn of_user(&self, _user: &UserId) -> Result<Vec<(NodeId, GrantFamilyRecord)>, Trouble> {
        Err(Trouble::Contended)
    }

    /// What a user allowed a client earlier.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn consent(&self, _user: &UserId, _client: &str) -> Result<Option<ConsentRecord>, Trouble> {
        Ok(None)
    }

    /// Remembers that a user allowed a client something.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn allow(&self, _user: &UserId, _client: &str, _scopes: &[String]) -> Result<(), Trouble> {
        Err(Trouble::Contended)
    }
}
