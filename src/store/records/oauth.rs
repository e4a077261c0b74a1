//! OAuth clients, codes and grants, consent, and sessions of browsers. Secrets are kept as SHA-256 alone: each is at least
//! 128 random bits, so that nothing slower is needed.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
};

/// A secret of a client. Two may live at a time, so that one can be replaced without an outage.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// SHA-256 of the secret, base64url.
    pub hash: String,
    /// When it was made.
    pub created: Timestamp,
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSecret").field("created", &self.created).finish_non_exhaustive()
    }
}

/// An OAuth client (RFC 6749 section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRecord {
    /// Its `client_id`.
    pub id: String,
    /// What people are told that asks.
    pub name: String,
    /// At most two, oldest first; none for a public client.
    pub secrets: Vec<ClientSecret>,
    /// Where codes may be sent, exactly.
    pub redirect_uris: Vec<String>,
    /// The scopes that it may ask for; all of them when it names none.
    pub scopes: Vec<String>,
    /// When it was added.
    pub created: Timestamp,
}

impl ClientRecord {
    /// Whether it is one that cannot keep a secret, such as an app on a device (RFC 6749 section 2.1): it must use PKCE.
    pub const fn is_public(&self) -> bool {
        self.secrets.is_empty()
    }
}

/// An authorization code, under the hash of its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// For which client.
    pub client: String,
    /// The `redirect_uri` of the request; `None` when it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// Who consented.
    pub user: UserId,
    /// The account's generation at that moment.
    pub generation: u64,
    /// What was granted.
    pub scopes: Vec<String>,
    /// The PKCE challenge (S256), if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// When it ends.
    pub expires: Timestamp,
    /// The family of tokens that it was redeemed for: a second use revokes that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeemed: Option<NodeId>,
}

/// What one sign-in gave a client: a family of access and refresh tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantFamilyRecord {
    /// To which client.
    pub client: String,
    /// By whom.
    pub user: UserId,
    /// The account's generation; a later one makes the family void.
    pub generation: u64,
    /// What was granted.
    pub scopes: Vec<String>,
    /// When the code was redeemed.
    pub created: Timestamp,
    /// When tokens were refreshed last.
    pub used: Timestamp,
    /// When the refresh token ends; each refresh moves it.
    pub expires: Timestamp,
    /// How often the refresh token was replaced: the number of the valid one.
    pub step: u64,
    /// SHA-256 of the secret part of the refresh token that is valid, base64url.
    pub current: String,
    /// What each refresh token's secret is made from together with the one before; without a secret it is worth nothing.
    pub salt: String,
    /// The numbers of refresh tokens that were replaced lately, each with the end of the time in which it still counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<(u64, Timestamp)>,
}

impl std::fmt::Debug for GrantFamilyRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GrantFamilyRecord")
            .field("client", &self.client)
            .field("user", &self.user)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// What a user allowed a client, so that he is not asked about it twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRecord {
    /// The scopes.
    pub scopes: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// A browser that is signed in, under the hash of what its cookie holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Who.
    pub user: UserId,
    /// The account's generation; a later one ends the session.
    pub generation: u64,
    /// When the session began.
    pub created: Timestamp,
    /// When it ends; use moves it.
    pub expires: Timestamp,
    /// The browser, as it named itself: for the list of sessions.
    pub agent: String,
}
