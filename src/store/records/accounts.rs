//! Users, grants, share links, signing keys.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
    licence::AccountKind,
    permission::Role,
};

/// A user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// The name by which he signs in.
    pub user: UserId,
    /// The name that others see.
    pub display_name: String,
    /// E-mail address, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Argon2id hash in PHC form; `None` when he cannot sign in with a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// May administer the host.
    pub admin: bool,
    /// Consumer, business or education.
    pub kind: AccountKind,
    /// Cannot sign in, and his tokens are refused.
    pub disabled: bool,
    /// Set when the user was removed: the name's tokens stay dead if it is given again.
    #[serde(default)]
    pub removed: bool,
    /// Raised when the password changes or the account is disabled: tokens of an earlier generation are refused.
    pub generation: u64,
    /// The root container of his drive.
    pub drive: NodeId,
    /// When the account was made.
    pub created: Timestamp,
    /// The region whose token endpoint Office is to use for this user (bootstrapper-oauth.md section 6.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Who he is at the outside provider that signs him in: issuer and subject, with a blank between them. `S/<hash>` finds
    /// him by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What clients know him by, when his name was somebody else's before: their ids are never given again
    /// (bootstrapper-oauth.md rule B-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_as: Option<UserId>,
    /// The language in which he wants to see pages (BCP 47); `None` leaves it to his browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Without the hash of the password: logs are read by more people than the store.
impl fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // All of them are named, so that none is forgotten that comes later.
        let Self {
            user,
            display_name,
            email,
            password,
            admin,
            kind,
            disabled,
            removed,
            generation,
            drive,
            created,
            region,
            subject,
            known_as,
            language,
        } = self;
        f.debug_struct("AccountRecord")
            .field("user", user)
            .field("display_name", display_name)
            .field("email", email)
            .field("password", &password.as_ref().map(|_| "…"))
            .field("admin", admin)
            .field("kind", kind)
            .field("disabled", disabled)
            .field("removed", removed)
            .field("generation", generation)
            .field("drive", drive)
            .field("created", created)
            .field("region", region)
            .field("subject", subject)
            .field("known_as", known_as)
            .field("language", language)
            .finish()
    }
}

impl AccountRecord {
    /// What WOPI calls the `UserId`: steady, and never that of a user who was removed.
    pub fn wopi_id(&self) -> &UserId {
        self.known_as.as_ref().unwrap_or(&self.user)
    }
}

/// A role given to a user on a file or container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRecord {
    /// To whom.
    pub user: UserId,
    /// Which role.
    pub role: Role,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A link that gives whoever holds it a role on one file or container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLinkRecord {
    /// On what.
    pub node: NodeId,
    /// Viewer or editor.
    pub role: Role,
    /// Who made it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// When it ends; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// A key that signs access tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyRecord {
    /// 32 random bytes, base64.
    pub secret: String,
    /// When it was made; the newest live key signs.
    pub created: Timestamp,
    /// When it was retired: tokens it signed are refused from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Timestamp>,
}

impl std::fmt::Debug for SigningKeyRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeyRecord").field("created", &self.created).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_an_account_has_not_the_hash_of_its_password() {
        let account = AccountRecord {
            user: UserId::parse("anna").unwrap(),
            display_name: "Anna".to_owned(),
            email: None,
            password: Some("$argon2id$v=19$secret".to_owned()),
            admin: false,
            kind: AccountKind::Business,
            disabled: false,
            removed: false,
            generation: 1,
            drive: NodeId::from_random_bits([1; 16]),
            created: Timestamp::from_unix_ms(0),
            region: None,
            subject: None,
            known_as: None,
            language: None,
        };
        let shown = format!("{account:?} {account:#?}");
        assert!(!shown.contains("argon2id") && !shown.contains("secret"), "{shown}");
        assert!(shown.contains("anna") && shown.contains("password: Some"), "{shown}");
        assert!(format!("{:?}", AccountRecord { password: None, ..account }).contains("password: None"));
    }
}
