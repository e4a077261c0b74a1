//! The audit trail: who did what, when and from where.

use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, ids::UserId};

macro_rules! events {
    ($($(#[$about:meta])* $event:ident = $name:literal;)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum AuditEvent {
            $($(#[$about])* #[serde(rename = $name)] $event,)*
        }

        impl AuditEvent {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$event,)*];

            /// The word for it, as it is stored and printed.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$event => $name,)* }
            }
        }
    };
}

events! {
    /// Somebody signed in.
    SignIn = "sign-in";
    /// Somebody did not get in.
    SignInFailed = "sign-in-failed";
    /// Somebody signed out.
    SignOut = "sign-out";
    /// Somebody ended sessions of his in other browsers.
    SessionsEnded = "sessions-ended";
    /// Everything that somebody was signed in with was ended.
    SignedOutEverywhere = "signed-out-everywhere";
    /// A password was changed.
    PasswordChanged = "password-changed";
    /// Somebody allowed an app to use his documents.
    AppAllowed = "app-allowed";
    /// What an app was allowed was taken back.
    AppRevoked = "app-revoked";
    /// A user was made.
    UserAdded = "user-added";
    /// A user was removed.
    UserRemoved = "user-removed";
    /// A user was shut out.
    UserDisabled = "user-disabled";
    /// A user was let in again.
    UserEnabled = "user-enabled";
    /// A user became an administrator.
    AdminGiven = "admin-given";
    /// A user is no administrator any more.
    AdminTaken = "admin-taken";
    /// Somebody at the outside provider became a user of this house.
    UserLinked = "user-linked";
    /// That ended.
    UserUnlinked = "user-unlinked";
    /// A user was given a role on a file or folder.
    RoleGiven = "role-given";
    /// It was taken back.
    RoleTaken = "role-taken";
    /// A share link was made.
    LinkMade = "link-made";
    /// A share link was ended.
    LinkEnded = "link-ended";
    /// Somebody's lock was ended by somebody else.
    LockBroken = "lock-broken";
    /// Something was put into the bin.
    Deleted = "deleted";
    /// Something was brought back out of the bin.
    Undeleted = "undeleted";
    /// Something in the bin was removed for good.
    Purged = "purged";
    /// An earlier version was brought back.
    VersionRestored = "version-restored";
    /// An access token was issued by hand.
    TokenIssued = "token-issued";
    /// A key that signs tokens was replaced.
    KeyRotated = "key-rotated";
    /// A key that signs tokens was retired.
    KeyRetired = "key-retired";
    /// Files were read out of drives by a command.
    Exported = "exported";
    /// Files were put into a drive by a command.
    Imported = "imported";
    /// Something was moved or renamed by a command.
    Moved = "moved";
    /// A backup was made.
    BackupMade = "backup-made";
    /// This store was made of a backup.
    BackupRestored = "backup-restored";
    /// A client was added.
    ClientAdded = "client-added";
    /// A client got a further secret.
    ClientSecretMade = "client-secret-made";
    /// A client was removed.
    ClientRemoved = "client-removed";
    /// Test accounts were made, or got new passwords.
    TestAccountsMade = "test-accounts-made";
}

impl AuditEvent {
    /// The event with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }
}

/// Something that was done. What follows closely and differs by nothing but its time is counted here, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When; the first time.
    pub at: Timestamp,
    /// What.
    pub event: AuditEvent,
    /// By whom; `None` when nobody knows, and for the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// From where: an address, `command line`, or `host` for what the house does of its own accord.
    pub from: String,
    /// With which browser, as it names itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// With what file or folder, by its path at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The id of the file, folder, client or key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// More about it: the role, the way of signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How often.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u64,
    /// When last, if more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

const fn once() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
const fn is_once(times: &u64) -> bool {
    *times == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_found_by_its_name_which_is_also_how_it_is_stored() {
        for event in AuditEvent::ALL {
            assert_eq!(AuditEvent::named(event.name()), Some(*event));
            assert_eq!(serde_json::to_string(event).unwrap(), format!("\"{}\"", event.name()));
        }
        assert_eq!(AuditEvent::named("nothing"), None);
    }
}
