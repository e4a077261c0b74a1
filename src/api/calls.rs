//! What can be asked of a host through its socket, and what is answered.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Place;
use crate::{
    doctor::{Report, Thoroughness},
    host::{TestAccountState, tokens::ClientKind},
    ids::{NodeId, UserId},
    launch::Origin,
    office::{Launch, sheet::Sheet},
    permission::Role,
    store::records::{AccountKind, AuditEvent, NodeKind, SaveKind},
};

/// Something that can be asked: itself the request, as JSON.
pub trait Call: Serialize + DeserializeOwned + 'static {
    /// The last part of its address.
    const NAME: &'static str;
    /// What is answered, as JSON.
    type Answer: Serialize + DeserializeOwned;
}

macro_rules! calls {
    ($( $(#[$doc:meta])* $name:literal $call:ident { $( $(#[$field_doc:meta])* $field:ident : $type:ty ),* $(,)? } => $answer:ty; )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $call { $( $(#[$field_doc])* pub $field: $type, )* }

            impl std::fmt::Debug for $call {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    // Some hold a password.
                    f.debug_struct(stringify!($call)).finish_non_exhaustive()
                }
            }

            impl Call for $call {
                const NAME: &'static str = $name;
                type Answer = $answer;
            }
        )*
    };
}

calls! {
    /// Who answers?
    "hello" Hello {} => Greeting;
    /// What is wrong with the wiring?
    "doctor" Examine {
        /// How thorough to be.
        thoroughness: Thoroughness,
    } => Report;

    /// Make a user.
    "user-add" AddUser {
        /// The name by which he signs in.
        user: String,
        /// The password; `None` when he shall not sign in with one.
        password: Option<String>,
        /// May administer the host.
        admin: bool,
        /// Consumer, business or education.
        kind: AccountKind,
        /// The name that others see; empty for the same as `user`.
        display_name: String,
        /// E-mail address.
        email: Option<String>,
        /// The region whose token endpoint Office is to use for him.
        #[serde(default)]
        region: Option<String>,
    } => UserInfo;
    /// The users, a page at a time, by name.
    "user-list" ListUsers {
        /// The last one of the page before.
        after: Option<UserId>,
    } => Vec<UserInfo>;
    /// Give a user a new password.
    "user-password" SetPassword {
        /// Who.
        user: String,
        /// The new password.
        password: String,
    } => UserInfo;
    /// Shut a user out, or let him in again.
    "user-disable" DisableUser {
        /// Who.
        user: String,
        /// Shut out or let in.
        disabled: bool,
    } => UserInfo;
    /// Let somebody whom the outside provider knows be a user of this host, or end that.
    "user-link" LinkUser {
        /// Who.
        user: String,
        /// The `sub` that the provider gives him; `None` ends it.
        subject: Option<String>,
        /// The provider's issuer URL; `None` for the one of the settings.
        issuer: Option<String>,
    } => UserInfo;
    /// End everything that a user is signed in with.
    "user-sign-out" SignOutUser {
        /// Who.
        user: String,
    } => UserInfo;
    /// Take back what a user granted to a client.
    "user-revoke-client" RevokeClient {
        /// Who.
        user: String,
        /// The client's id.
        client: String,
    } => GrantsEnded;
    /// Remove a user.
    "user-remove" RemoveUser {
        /// Who.
        user: String,
        /// Who gets what he owns.
        heir: Option<String>,
        /// Whether what is in his bin is removed for good.
        empty_bin: bool,
    } => UserRemoved;

    /// Give a user a role on a file or folder.
    "grant" Grant {
        /// To whom.
        user: String,
        /// Which role; it replaces one given before.
        role: Role,
        /// On what.
        place: Place,
    } => Located;
    /// Take a role back.
    "revoke" Revoke {
        /// From whom.
        user: String,
        /// On what.
        place: Place,
    } => Located;

    /// What a path leads to.
    "find" Find {
        /// The path.
        place: Place,
    } => Located;
    /// What lies in a folder, a page at a time, by name; a file stands for itself.
    "list" List {
        /// The folder.
        node: NodeId,
        /// The mark of the page before.
        after: Option<String>,
    } => Listing;
    /// Make a folder, and those on the way to it; one that exists is fine.
    "make-folder" MakeFolder {
        /// The folder.
        place: Place,
    } => Located;
    /// Move or rename.
    "move" Move {
        /// What.
        from: Place,
        /// Into which folder, or to which new name.
        to: Place,
    } => Located;
    /// Put a file into the bin; a folder with all that is in it, if asked to.
    "remove" Remove {
        /// What.
        place: Place,
        /// Also a folder that is not empty.
        recursive: bool,
    } => Removed;
    /// What a folder holds under a name, so that an import knows what to do.
    "probe" Probe {
        /// The folder.
        parent: NodeId,
        /// The name.
        name: String,
    } => Option<Entry>;

    /// Issue an access token.
    "token" IssueToken {
        /// For whom.
        user: String,
        /// On what.
        place: Place,
        /// The most that the holder may do.
        ceiling: Role,
        /// For which editor.
        client: ClientKind,
        /// For how long, in seconds; `None` for as long as the settings say.
        lifetime: Option<u64>,
    } => TokenInfo;

    /// What lies in the bin of a user, a page at a time.
    "bin-list" ListBin {
        /// Whose.
        user: String,
        /// The mark of the page before.
        after: Option<String>,
    } => BinPage;
    /// Bring a file back out of the bin.
    "bin-restore" RestoreBin {
        /// Its id, or its name when only one there has it.
        what: String,
        /// In whose bin to look; `None` for everybody's.
        user: Option<String>,
    } => Located;
    /// Remove what is in a bin for good.
    "bin-empty" EmptyBin {
        /// Whose.
        user: String,
        /// Only the file with this id or name.
        what: Option<String>,
    } => Emptied;
    /// The versions of a file, and the rescued ones.
    "versions" Versions {
        /// The file.
        place: Place,
    } => Vec<VersionInfo>;
    /// Bring a version back as the newest.
    "restore" Restore {
        /// The file.
        place: Place,
        /// The version's number.
        number: u64,
        /// Whether a rescued version of that number is meant.
        rescued: bool,
    } => Located;
    /// Who holds files, a page at a time.
    "lock-list" ListLocks {
        /// The mark of the page before.
        after: Option<String>,
    } => LockPage;
    /// Who holds a file.
    "lock-show" ShowLock {
        /// The file.
        place: Place,
    } => Option<LockInfo>;
    /// End a lock, whoever holds it.
    "lock-break" BreakLock {
        /// The file.
        place: Place,
    } => Option<LockInfo>;
    /// The share links on a file or folder.
    "link-list" ListLinks {
        /// On what.
        place: Place,
    } => Vec<LinkInfo>;
    /// End share links: one by its id, or all on a file or folder.
    "link-revoke" RevokeLinks {
        /// The link's id, or the beginning of it.
        id: Option<String>,
        /// On what.
        place: Option<Place>,
    } => LinksEnded;
    /// Add a client that people can sign in to.
    "client-add" AddClient {
        /// Its id.
        id: String,
        /// What people are told that asks.
        name: String,
        /// Where codes may be sent.
        redirect_uris: Vec<String>,
        /// What it may ask for.
        scopes: Vec<String>,
        /// Without a secret, as an app is.
        public: bool,
    } => ClientMade;
    /// Make a further secret for a client.
    "client-secret" RotateClientSecret {
        /// Its id.
        id: String,
    } => ClientMade;
    /// The clients, by id.
    "client-list" ListClients {} => Vec<ClientInfo>;
    /// Remove a client, and all that was granted to it.
    "client-remove" RemoveClient {
        /// Its id.
        id: String,
    } => ClientInfo;
    /// The keys that sign tokens, oldest first.
    "key-list" ListKeys {} => Vec<KeyInfo>;
    /// Make a new key that signs; it is answered.
    "key-rotate" RotateKeys {} => KeyInfo;
    /// Refuse the tokens of a key; the one that signs is answered.
    "key-retire" RetireKey {
        /// Which.
        kid: String,
    } => KeyInfo;
    /// The link that opens a file in Office.
    "office-link" OfficeLink {
        /// For whom.
        user: String,
        /// Which file.
        place: Place,
        /// For reading only.
        view: bool,
        /// Where it is followed.
        origin: Origin,
        /// The URL scheme of the app that Office is to go back to.
        pass_back: Option<String>,
        /// A text that Office is to hand back.
        context: Option<String>,
    } => Launch;
    /// All that Microsoft asks for, and what of it is missing.
    "onboarding-sheet" OnboardingSheet {} => Sheet;
    /// Make the test accounts that are missing.
    "test-accounts" MakeTestAccounts {
        /// Give those that are there new passwords.
        reset: bool,
    } => Vec<TestAccountInfo>;
    /// Files are about to be read out of a file or folder, or put into one, by a command: write that down.
    "carrying" Carrying {
        /// Which.
        node: NodeId,
        /// Into it.
        into: bool,
    } => ();
    /// A backup was stored: remember it.
    "backup-made" BackupMade {
        /// The moment that it holds, ISO 8601.
        at: String,
        /// The file that it is in.
        file: String,
        /// Records in it.
        records: u64,
        /// Bytes of contents in it.
        bytes: u64,
        /// Pieces of contents that could not be read.
        unreadable: u64,
    } => ();
    /// The audit trail, a page at a time, newest first.
    "audit" ListAudit {
        /// The mark of the page before.
        after: Option<String>,
        /// Nothing that was before, ISO 8601.
        since: Option<String>,
        /// Only what this user did, or what was done to him.
        user: Option<String>,
    } => AuditPage;
    /// Free the space of what no version names any more, now.
    "collect" Collect {} => Collected;
}

/// Who answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Greeting {
    /// The program's version.
    pub version: String,
    /// Where clients reach it; empty when that is not known.
    pub url: String,
}

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserInfo {
    /// The name by which he signs in.
    pub user: UserId,
    /// The name that others see.
    pub display_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// May administer the host.
    pub admin: bool,
    /// Consumer, business or education.
    pub kind: AccountKind,
    /// Is shut out.
    pub disabled: bool,
    /// Who he is at the outside provider: issuer and subject.
    #[serde(default)]
    pub subject: Option<String>,
    /// When the account was made, ISO 8601.
    pub created: String,
    /// How many files he owns, the bin included.
    pub files: u64,
    /// The bytes of their present contents.
    pub bytes: u64,
}

/// What the removal of a user did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserRemoved {
    /// Files that went to somebody else.
    pub transferred: u64,
    /// The folder that they are in now.
    pub folder: Option<String>,
    /// Files of the bin that were removed for good.
    pub purged: u64,
}

/// A file or folder, and where it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Located {
    /// File or folder.
    pub kind: NodeKind,
    /// Its id.
    pub id: NodeId,
    /// Where it is: `anna:/folder/file.docx`.
    pub path: String,
    /// Whose drive that is in.
    pub owner: UserId,
}

/// A file or folder in a listing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// File or folder.
    pub kind: NodeKind,
    /// Its id.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// What only files have.
    #[serde(flatten)]
    pub file: Option<FileInfo>,
}

/// What a listing tells of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileInfo {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, base64.
    pub sha256: String,
    /// When the content changed last, ISO 8601.
    pub modified: String,
    /// Who changed it last.
    pub modified_by: UserId,
    /// The number of its current version.
    pub version: u64,
    /// Whether an editor seems to hold it: by what is on the disk, so perhaps for a minute too long.
    pub locked: bool,
}

/// A page of a folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listing {
    /// What is in it.
    pub entries: Vec<Entry>,
    /// The mark for the next page; `None` at the end.
    pub next: Option<String>,
}

/// What a removal did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Removed {
    /// Files that went to the bin.
    pub binned: u64,
    /// Folders that are gone.
    pub folders: u64,
    /// Files that stay because an editor holds them; some of them by path.
    pub locked: Vec<String>,
    /// How many those are.
    pub locked_count: u64,
}

/// A token, ready for a WOPI client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenInfo {
    /// The address of the file.
    pub wopisrc: String,
    /// The token.
    pub access_token: String,
    /// When it ends: milliseconds since 1970 (files.md section 1.6).
    pub access_token_ttl: i64,
}

/// A file in a bin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BinInfo {
    /// Its id.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: UserId,
    /// Bytes.
    pub size: u64,
    /// When it was deleted, ISO 8601.
    pub deleted: String,
    /// By whom.
    pub deleted_by: UserId,
}

/// A page of a bin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BinPage {
    /// What is in it.
    pub files: Vec<BinInfo>,
    /// The mark for the next page; `None` at the end.
    pub next: Option<String>,
}

/// What the emptying of a bin did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Emptied {
    /// Files that are gone for good.
    pub purged: u64,
}

/// A version of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VersionInfo {
    /// What to name it by; rescued versions are counted for themselves.
    pub number: u64,
    /// The whole version, as clients see it.
    pub version: String,
    /// Whether it had to be refused and was kept.
    pub rescued: bool,
    /// Whether it is the file's present content.
    pub current: bool,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, base64.
    pub sha256: String,
    /// When it was stored, ISO 8601.
    pub at: String,
    /// Who stored it.
    pub by: UserId,
    /// Everyone who contributed.
    pub editors: Vec<String>,
    /// Why it was stored.
    pub kind: SaveKind,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who holds a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LockInfo {
    /// The file.
    pub id: NodeId,
    /// Where it is.
    pub path: String,
    /// The lock id, as the editor chose it.
    pub lock: String,
    /// When it runs out, ISO 8601.
    pub expires: String,
}

/// A page of locks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LockPage {
    /// The locks.
    pub locks: Vec<LockInfo>,
    /// The mark for the next page; `None` at the end.
    pub next: Option<String>,
}

/// A share link. Whoever knows its whole id holds it: that is not told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkInfo {
    /// The beginning of its id, enough to name it by.
    pub id: String,
    /// What its holder may do.
    pub role: Role,
    /// Who made it.
    pub by: UserId,
    /// When, ISO 8601.
    pub made: String,
    /// When it ends, ISO 8601; `None` for never.
    pub ends: Option<String>,
    /// Whether it has ended.
    pub over: bool,
}

/// Which share links were ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinksEnded {
    /// How many.
    pub ended: u64,
    /// On what.
    pub path: String,
}

/// A client that people can sign in to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientInfo {
    /// Its id.
    pub id: String,
    /// What people are told that asks.
    pub name: String,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Whether it has no secret, as an app.
    pub public: bool,
    /// When each secret that is accepted was made, oldest first, ISO 8601.
    pub secrets: Vec<String>,
    /// When it was added, ISO 8601.
    pub created: String,
}

/// A client with the secret that it has got.
#[derive(Clone, Serialize, Deserialize)]
pub struct ClientMade {
    /// The client.
    #[serde(flatten)]
    pub client: ClientInfo,
    /// The secret, told this once; none for a public client.
    pub secret: Option<String>,
}

impl std::fmt::Debug for ClientMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientMade").field("client", &self.client).finish_non_exhaustive()
    }
}

/// What was taken back from a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GrantsEnded {
    /// Whose it was.
    pub user: UserId,
    /// Sign-ins that have ended.
    pub ended: u64,
}

/// A key that signs tokens, or did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyInfo {
    /// Its id.
    pub kid: String,
    /// When it was made, ISO 8601.
    pub made: String,
    /// Whether it signs.
    pub signs: bool,
    /// Since when its tokens are refused, ISO 8601.
    pub retired: Option<String>,
}

/// A test account. The password is told only when it is new.
#[derive(Clone, Serialize, Deserialize)]
pub struct TestAccountInfo {
    /// The name by which one signs in.
    pub user: UserId,
    /// Consumer or business.
    pub kind: AccountKind,
    /// What became of it.
    pub state: TestAccountState,
    /// The password, if it is new.
    pub password: Option<String>,
    /// Where its documents are.
    pub folder: Option<String>,
}

impl std::fmt::Debug for TestAccountInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestAccountInfo").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A page of the audit trail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditPage {
    /// What was done, newest first.
    pub entries: Vec<AuditInfo>,
    /// The mark for the next page; `None` at the end.
    pub next: Option<String>,
}

/// Something that was done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditInfo {
    /// When, ISO 8601; the first time.
    pub at: String,
    /// What.
    pub event: AuditEvent,
    /// By whom, if that is known.
    pub by: Option<UserId>,
    /// From where: an address, `command line` or `host`.
    pub from: String,
    /// With which browser.
    pub agent: Option<String>,
    /// To whom.
    pub user: Option<UserId>,
    /// With what file or folder: its path at that time.
    pub path: Option<String>,
    /// The id of the file, folder, client or key.
    pub id: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// How often.
    pub times: u64,
    /// When last, ISO 8601, if more than once.
    pub last: Option<String>,
}

/// What was freed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Collected {
    /// Bytes.
    pub bytes_freed: u64,
    /// Pieces of content.
    pub chunks_removed: u64,
}
