//! Access tokens: compact signed texts that name one principal, one resource, a ceiling of rights and an end.
//!
//! A token is a JWT signed with HS256. Its header holds the algorithm and the key id and nothing else; its claims have
//! one-letter names, because Office puts tokens into URLs (files.md section 1.5). Tokens for downloads are of another
//! kind, signed by the same keys, and neither passes for the other.

use std::{fmt, sync::Arc, time::Duration};

use base64::Engine as _;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, Timestamp},
    host::{access::AccessError, keys::KeyRing, links::guest_id, trouble::Trouble},
    ids::{NodeId, UserId},
    permission::Role,
    store::records::{AccountRecord, NodeKind},
};

/// The longest text that is looked at, in bytes; ours stay under 450.
pub const LONGEST_TOKEN: usize = 1024;

/// For whom a token speaks.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A user, as of a generation of his account.
    User {
        /// Who.
        user: UserId,
        /// The account's generation when the token was issued; a later one makes it void.
        generation: u64,
        /// The OAuth grant by which it was issued; the token dies with it (bootstrapper-oauth.md rule B-99).
        family: Option<NodeId>,
    },
    /// Whoever holds this share link. The id is a secret.
    Link(NodeId),
}

impl Principal {
    /// The id that WOPI calls `UserId`: for the holder of a link an anonymous one (files.md section 3.1).
    pub fn user_id(&self) -> UserId {
        match self {
            Self::User { user, .. } => user.clone(),
            Self::Link(link) => guest_id(link),
        }
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.user_id().fmt(f)
    }
}

/// On what a token is good.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// One file.
    File(NodeId),
    /// One container.
    Container(NodeId),
    /// The user's ecosystem (containers-ecosystem.md).
    Ecosystem,
}

impl Resource {
    /// The file or container with its kind; `None` for the ecosystem.
    pub const fn node(&self) -> Option<(&NodeId, NodeKind)> {
        match self {
            Self::File(node) => Some((node, NodeKind::File)),
            Self::Container(node) => Some((node, NodeKind::Container)),
            Self::Ecosystem => None,
        }
    }
}

/// Which editor a token was issued for: its quirks follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientKind {
    /// Not known.
    #[default]
    #[serde(rename = "a")]
    Any,
    /// Office for the web, for iOS and Android.
    #[serde(rename = "o")]
    Office,
    /// Collabora Online.
    #[serde(rename = "c")]
    Collabora,
    /// ONLYOFFICE Docs.
    #[serde(rename = "n")]
    OnlyOffice,
}

impl ClientKind {
    // By reference because serde hands it one.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

/// A token to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// For whom.
    pub principal: Principal,
    /// On what.
    pub resource: Resource,
    /// The most that its holder may do, whatever he has been granted.
    pub ceiling: Role,
    /// For which editor.
    pub client: ClientKind,
}

impl NewToken {
    /// A token of a user.
    pub fn for_user(account: &AccountRecord, resource: Resource, ceiling: Role, client: ClientKind) -> Self {
        let principal = Principal::User { user: account.user.clone(), generation: account.generation, family: None };
        Self { principal, resource, ceiling, client }
    }

    /// The same, by an OAuth grant, with which the token dies.
    #[must_use]
    pub fn by_grant(mut self, granted: NodeId) -> Self {
        if let Principal::User { family, .. } = &mut self.principal {
            *family = Some(granted);
        }
        self
    }

    /// A token of whoever holds a share link.
    pub const fn for_link(link: NodeId, resource: Resource, ceiling: Role, client: ClientKind) -> Self {
        Self { principal: Principal::Link(link), resource, ceiling, client }
    }
}

/// A token as it is handed out. Its text is a secret and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// What goes into `access_token`.
    pub text: String,
    /// When it ends; `access_token_ttl` is its [`Timestamp::unix_ms`] (files.md section 1.6).
    pub expires: Timestamp,
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// What a genuine token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// For whom.
    pub principal: Principal,
    /// On what.
    pub resource: Resource,
    /// The most that its holder may do.
    pub ceiling: Role,
    /// For which editor.
    pub client: ClientKind,
    /// When it ends.
    pub expires: Timestamp,
    /// Which key signed it.
    pub kid: String,
}

/// The kind of resource, or of token, in one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "f")]
    File,
    #[serde(rename = "c")]
    Container,
    #[serde(rename = "e")]
    Ecosystem,
    /// A file's bytes and nothing else.
    #[serde(rename = "d")]
    Download,
    /// An OAuth access token: opens the bootstrapper and no file (bootstrapper-oauth.md rule B-1).
    #[serde(rename = "o")]
    OAuth,
}

/// The claims as they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    generation: Option<u64>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    family: Option<NodeId>,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    link: Option<NodeId>,
    #[serde(rename = "k")]
    kind: Kind,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
    #[serde(rename = "r")]
    ceiling: Role,
    #[serde(rename = "c", default, skip_serializing_if = "ClientKind::is_any")]
    client: ClientKind,
    /// What an OAuth access token is good for, blank-separated, when that is less than its grant.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// Whole seconds since the Unix epoch (RFC 7519 section 4.1.4).
    exp: i64,
}

/// Issues and verifies tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    validation: Arc<Validation>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    /// Signs with the ring's current key, by the time of `clock`.
    pub fn new(keys: Arc<KeyRing>, clock: Arc<dyn Clock>) -> Self {
        // The library would compare `exp` with the system's clock; we compare it with ours, without leeway.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Self { keys, clock, validation: Arc::new(validation) }
    }

    /// The keys that sign.
    pub const fn keys(&self) -> &Arc<KeyRing> {
        &self.keys
    }

    /// Issues an access token after a fresh sign-in. It ends on a whole second, at most `lifetime` from now and never
    /// later than the ring's longest token.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be signed.
    pub fn issue(&self, new: &NewToken, lifetime: Duration) -> Result<IssuedToken, Trouble> {
        self.sign(new, kind_of(&new.resource), self.end(lifetime))
    }

    /// Issues a token for another resource to the holder of `presented`: same principal, same ceiling, same client and
    /// the same end (files.md section 1.7).
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be signed.
    pub fn issue_traded(&self, presented: &Claims, resource: Resource) -> Result<IssuedToken, Trouble> {
        let kind = kind_of(&resource);
        let new = NewToken {
            principal: presented.principal.clone(),
            resource,
            ceiling: presented.ceiling,
            client: presented.client,
        };
        self.sign(&new, kind, presented.expires)
    }

    /// Issues a download token for a `FileUrl`: whoever has it reads the file's newest bytes, as long as the principal
    /// of `presented` may, and no longer than `presented` lives (files.md sections 1.7 and 4.2).
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be signed.
    pub fn issue_download(&self, presented: &Claims, file: &NodeId) -> Result<IssuedToken, Trouble> {
        let new = NewToken {
            principal: presented.principal.clone(),
            resource: Resource::File(file.clone()),
            ceiling: Role::Viewer,
            client: presented.client,
        };
        self.sign(&new, Kind::Download, presented.expires)
    }

    /// Verifies an access token: form, algorithm, key, signature, end. Not yet whether its principal still has any right
    /// ([`super::access::AccessControl`]).
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn verify(&self, text: &str) -> Result<Claims, AccessError> {
        match self.open(text)? {
            (Kind::Download | Kind::OAuth, ..) => Err(AccessError::WrongKind),
            (_, claims, _) => Ok(claims),
        }
    }

    /// Verifies a download token.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn verify_download(&self, text: &str) -> Result<Claims, AccessError> {
        match self.open(text)? {
            (Kind::Download, claims, _) => Ok(claims),
            _ => Err(AccessError::WrongKind),
        }
    }

    /// Issues an OAuth access token: good for nothing that WOPI does. Its resource is the ecosystem. `scope` narrows what
    /// its grant allows.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be signed.
    pub fn issue_oauth(
        &self,
        new: &NewToken,
        scope: Option<String>,
        lifetime: Duration,
    ) -> Result<IssuedToken, Trouble> {
        self.sign_scoped(new, Kind::OAuth, scope, self.end(lifetime))
    }

    /// Verifies an OAuth access token, and tells to what its scope was narrowed. Not yet whether its grant still stands.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn verify_oauth(&self, text: &str) -> Result<(Claims, Option<String>), AccessError> {
        match self.open(text)? {
            (Kind::OAuth, claims, scope) => Ok((claims, scope)),
            _ => Err(AccessError::WrongKind),
        }
    }

    /// The editor that a text claims to be a token for, nothing of it verified: enough to know whose proof its request has to
    /// carry, since a token that lies about it is none. `None` for what has not even the form of a token.
    pub fn claimed_client(text: &str) -> Option<ClientKind> {
        #[derive(Deserialize)]
        struct Claimed {
            #[serde(rename = "c", default)]
            client: ClientKind,
        }
        if text.len() > LONGEST_TOKEN {
            return None;
        }
        let claims = text.split('.').nth(1)?;
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).ok()?;
        serde_json::from_slice::<Claimed>(&claims).ok().map(|claimed| claimed.client)
    }

    fn end(&self, lifetime: Duration) -> Timestamp {
        let end = self.clock.wall().plus(lifetime.min(self.keys.longest_token()));
        Timestamp::from_unix_ms(end.unix_seconds().saturating_mul(1000))
    }

    fn sign(&self, new: &NewToken, kind: Kind, expires: Timestamp) -> Result<IssuedToken, Trouble> {
        self.sign_scoped(new, kind, None, expires)
    }

    fn sign_scoped(
        &self,
        new: &NewToken,
        kind: Kind,
        scope: Option<String>,
        expires: Timestamp,
    ) -> Result<IssuedToken, Trouble> {
        let (user, generation, family, link) = match &new.principal {
            Principal::User { user, generation, family } => {
                (Some(user.clone()), Some(*generation), family.clone(), None)
            }
            Principal::Link(link) => (None, None, None, Some(link.clone())),
        };
        let wire = Wire {
            user,
            generation,
            family,
            link,
            kind,
            node: new.resource.node().map(|(node, _)| node.clone()),
            ceiling: new.ceiling,
            client: new.client,
            scope,
            exp: expires.unix_seconds(),
        };
        let key = self.keys.current();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = None;
        header.kid = Some(key.kid().to_owned());
        let text = encode(&header, &wire, key.signs()).map_err(|error| Trouble::Signing(error.to_string().into()))?;
        Ok(IssuedToken { text, expires })
    }

    /// Checks everything that the text itself can tell.
    fn open(&self, text: &str) -> Result<(Kind, Claims, Option<String>), AccessError> {
        if text.is_empty() {
            return Err(AccessError::Missing);
        }
        if text.len() > LONGEST_TOKEN || !text.is_ascii() {
            return Err(AccessError::Malformed);
        }
        // An algorithm that is not known, `none` among them, has no place in the header's type and fails here.
        let header = decode_header(text).map_err(|_| AccessError::Malformed)?;
        if header.alg != Algorithm::HS256 {
            return Err(AccessError::Forged);
        }
        let signer = header.kid.ok_or(AccessError::Malformed)?;
        let key = self.keys.find(&signer)?.ok_or(AccessError::UnknownKey)?;
        let wire: Wire = decode(text, key.verifies(), &self.validation).map_err(|_| AccessError::Forged)?.claims;
        // Only after the signature is known to be right: else the answer would tell which key ids there are.
        if key.retired().is_some() {
            return Err(AccessError::RetiredKey);
        }
        let (kind, claims, scope) = wire.claims(signer).ok_or(AccessError::Malformed)?;
        if self.clock.wall() >= claims.expires {
            return Err(AccessError::Expired { at: claims.expires });
        }
        Ok((kind, claims, scope))
    }
}

impl Wire {
    fn claims(self, kid: String) -> Option<(Kind, Claims, Option<String>)> {
        let family = self.family;
        let principal = match (self.user, self.generation, self.link) {
            (Some(user), Some(generation), None) => Principal::User { user, generation, family },
            (None, None, Some(link)) => Principal::Link(link),
            _ => return None,
        };
        let resource = match (self.kind, self.node) {
            (Kind::File | Kind::Download, Some(node)) => Resource::File(node),
            (Kind::Container, Some(node)) => Resource::Container(node),
            (Kind::Ecosystem | Kind::OAuth, None) => Resource::Ecosystem,
            _ => return None,
        };
        let expires = Timestamp::from_unix_ms(self.exp.saturating_mul(1000));
        let claims = Claims { principal, resource, ceiling: self.ceiling, client: self.client, expires, kid };
        Some((self.kind, claims, self.scope))
    }
}

const fn kind_of(resource: &Resource) -> Kind {
    match resource {
        Resource::File(_) => Kind::File,
        Resource::Container(_) => Kind::Container,
        Resource::Ecosystem => Kind::Ecosystem,
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
