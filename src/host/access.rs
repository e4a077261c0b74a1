//! From the text of a token to what its holder may do now.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;

use crate::{
    clock::{Clock, Timestamp},
    host::{
        kept::Kept,
        links::Links,
        rights::{Node, Rights},
        shared_with_me,
        tokens::{Claims, ClientKind, NewToken, Principal, Resource, Tokens},
        trouble::{Trouble, load},
    },
    ids::{NodeId, UserId},
    permission::Role,
    store::{
        engine::{Engine, Revision},
        records::{AccountRecord, FileHead, ShareLinkRecord, decode, keys},
    },
};

/// How long claims are good that stand for a session: for one page and the downloads that it offers.
const SESSION_CLAIMS: Duration = Duration::from_secs(3600);

/// Why a token gives no access. The reasons are for the log; outside there are only the three faces of [`Face`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum AccessError {
    /// There is none.
    #[error("there is no access token")]
    Missing,
    /// It is none of ours by its form.
    #[error("the access token is malformed")]
    Malformed,
    /// Its signature is wrong, or it names another algorithm.
    #[error("the access token's signature is wrong")]
    Forged,
    /// It names a key that there is not, or not any more.
    #[error("the access token names an unknown key")]
    UnknownKey,
    /// Its key was retired.
    #[error("the access token was signed by a retired key")]
    RetiredKey,
    /// A download token in place of an access token, or the other way round.
    #[error("the token is of another kind")]
    WrongKind,
    /// It has ended.
    #[error("the access token expired at {at}")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// It is for another file, container or ecosystem.
    #[error("the access token is for another resource")]
    WrongResource,
    /// The account was removed, or the link taken back.
    #[error("the access token's user or link is gone")]
    PrincipalGone,
    /// The account is disabled.
    #[error("the access token's user is disabled")]
    Disabled,
    /// The password was changed or the account disabled since.
    #[error("the access token is of an earlier generation")]
    EarlierGeneration,
    /// The resource is not there any more.
    #[error("there is no such file or container")]
    NoSuchNode,
    /// The principal has no right to it (any more).
    #[error("the token's user has no right to it")]
    NoRight,
    /// The store could not be read.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What an [`AccessError`] looks like from outside (files.md section 1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The token is not good: 401.
    NotAuthenticated,
    /// The token is good, but there is nothing for it: 404.
    NotFound,
    /// The house has a problem: 500, or 503 when it is passing.
    Trouble,
}

impl AccessError {
    /// What may be told outside.
    pub const fn face(&self) -> Face {
        match self {
            Self::NoSuchNode | Self::NoRight => Face::NotFound,
            Self::Trouble(_) => Face::Trouble,
            _ => Face::NotAuthenticated,
        }
    }
}

/// A verified token with what it is worth at this moment.
#[derive(Clone)]
pub struct Access {
    /// What the token says.
    pub claims: Arc<Claims>,
    /// Whose it is.
    pub who: Who,
    /// What its holder may do now: the lower one of the token's ceiling and the right he has.
    pub role: Role,
    /// The head of the token's file at this moment; `None` for a token for something else.
    pub head: Option<Arc<FileHead>>,
    /// Room for what is made of all this and of nothing that changes by itself: kept until any of it changes.
    pub(super) surroundings: Arc<OnceLock<Surroundings>>,
    /// The same for a face, which alone knows what it puts here.
    pub memo: Arc<OnceLock<Bytes>>,
}

/// What the holder of a token for a file may know of the container around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// The container's name, if he may see it.
    pub(super) folder: Option<String>,
    /// Whether he may put files there.
    pub(super) may_create: bool,
    /// What `PutUserInfo` stored last for him.
    pub(super) user_info: Option<String>,
}

/// Who stands behind a token.
#[derive(Clone)]
pub enum Who {
    /// A user; his record without the password's hash.
    User(Arc<AccountRecord>),
    /// Whoever holds a share link.
    Guest(Arc<ShareLinkRecord>),
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(account) => account.user.fmt(f),
            Self::Guest(_) => f.write_str("guest"),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("claims", &self.claims).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Access {
    /// The user's record; `None` for a guest (`IsAnonymousUser`).
    pub fn account(&self) -> Option<&AccountRecord> {
        match &self.who {
            Who::User(account) => Some(account),
            Who::Guest(_) => None,
        }
    }

    /// What WOPI calls `UserId`: letters and digits, steady, never given to another, for guests too.
    pub fn wopi_id(&self) -> UserId {
        match &self.who {
            Who::User(account) => account.wopi_id().clone(),
            Who::Guest(_) => self.claims.principal.user_id(),
        }
    }

    /// Who he is in this house; for guests the id of their link's holders.
    pub fn user_id(&self) -> UserId {
        match &self.who {
            Who::User(account) => account.user.clone(),
            Who::Guest(_) => self.claims.principal.user_id(),
        }
    }

    /// True for the holder of a share link.
    pub const fn is_anonymous(&self) -> bool {
        matches!(self.who, Who::Guest(_))
    }

    /// The file that the token is for.
    ///
    /// # Errors
    /// [`AccessError::WrongResource`] when it is for something else.
    pub fn file(&self) -> Result<&NodeId, AccessError> {
        match &self.claims.resource {
            Resource::File(file) => Ok(file),
            Resource::Container(_) | Resource::Ecosystem => Err(AccessError::WrongResource),
        }
    }

    /// Demands at least this role.
    ///
    /// # Errors
    /// [`AccessError::NoRight`].
    pub fn require(&self, least: Role) -> Result<(), AccessError> {
        if self.role >= least { Ok(()) } else { Err(AccessError::NoRight) }
    }

    /// On what.
    pub fn resource(&self) -> &Resource {
        &self.claims.resource
    }

    /// Which editor: its quirks follow from it.
    pub fn client(&self) -> ClientKind {
        self.claims.client
    }

    /// When the token ends.
    pub fn expires(&self) -> Timestamp {
        self.claims.expires
    }
}

/// Decides what the holder of a token may do.
#[derive(Clone)]
pub struct AccessControl {
    engine: Arc<dyn Engine>,
    rights: Rights,
    links: Links,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
    kept: Arc<Kept<Admitted>>,
}

/// An access as it was given, and by what it can be told that it would be given again.
#[derive(Clone)]
struct Admitted {
    /// What time it was before anything was read.
    era: Era,
    /// The file's head.
    head: Option<Seen>,
    access: Access,
}

/// A file's head as it was read.
#[derive(Clone)]
struct Seen {
    key: Arc<[u8]>,
    /// [`Engine::mark`], before it was read.
    mark: Option<u64>,
    revision: Revision,
}

/// A time in which no record that seldom changes has changed, and no key that is held.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Era {
    /// [`Engine::epoch`].
    epoch: u64,
    /// [`super::keys::KeyRing::turn`]: keys are held in memory, and read anew a moment after the store has them.
    turn: u64,
}

impl fmt::Debug for AccessControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessControl").finish_non_exhaustive()
    }
}

impl AccessControl {
    /// Works on the records of `engine`, with the tokens of `tokens`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, tokens: Tokens) -> Self {
        let rights = Rights::new(Arc::clone(&engine), Arc::clone(&clock));
        let links = Links::new(Arc::clone(&engine), Arc::clone(&clock));
        Self { engine, rights, links, tokens, clock, kept: Arc::default() }
    }

    /// The tokens of the house.
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// What the holder of `token` may do with `resource` now. A file in the bin still answers; that it does not exist
    /// for WOPI is the caller's business.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn authorize(&self, token: &str, resource: &Resource) -> Result<Access, AccessError> {
        if let Some(access) = self.kept_access(token, resource)? {
            return Ok(access);
        }
        // Before anything is read, the token's key too: what changes from here on ends the era.
        let era = self.era();
        let key = if let Resource::File(file) = resource { Some(keys::file(file)) } else { None };
        let mark = key.as_ref().and_then(|key| self.engine.mark(key));
        let claims = self.tokens.verify(token)?;
        if claims.resource != *resource {
            return Err(AccessError::WrongResource);
        }
        let (access, revision) = self.admit(Arc::new(claims))?;
        // A share link also ends by the clock.
        if matches!(access.who, Who::User(_)) {
            let head = key.zip(revision).map(|(key, revision)| Seen { key: key.into(), mark, revision });
            self.kept.put(token, Admitted { era, head, access: access.clone() });
        }
        Ok(access)
    }

    /// What somebody may do with `resource` now who was recognised by a session rather than by a token: no more than
    /// `ceiling`, and as a token for `client` would. The claims were in no token; those that are issued from them
    /// (downloads, for example) end with the lifetime of one.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn for_account(
        &self,
        account: &AccountRecord,
        resource: Resource,
        ceiling: Role,
        client: ClientKind,
    ) -> Result<Access, AccessError> {
        let NewToken { principal, resource, ceiling, client } = NewToken::for_user(account, resource, ceiling, client);
        let expires = self.clock.wall().plus(SESSION_CLAIMS);
        let claims = Claims { principal, resource, ceiling, client, expires, kid: String::new() };
        Ok(self.admit(Arc::new(claims))?.0)
    }

    fn era(&self) -> Era {
        Era { epoch: self.engine.epoch(), turn: self.tokens.keys().turn() }
    }

    /// The access that was given for a token before, if it would be given again now.
    fn kept_access(&self, token: &str, resource: &Resource) -> Result<Option<Access>, AccessError> {
        let Some(kept) = self.kept.get(token) else { return Ok(None) };
        let Admitted { era, head: seen, access } = kept;
        let good =
            access.claims.resource == *resource && self.era() == era && self.clock.wall() < access.claims.expires;
        if !good {
            return Ok(None);
        }
        let (Some(seen), Some(before)) = (seen, &access.head) else { return Ok(Some(access)) };
        let mark = self.engine.mark(&seen.key);
        if mark.is_some() && mark == seen.mark {
            return Ok(Some(access));
        }
        let Some(record) = self.engine.get(&seen.key).map_err(Trouble::from)? else { return Ok(None) };
        let access = if record.revision == seen.revision {
            access
        } else {
            let head: FileHead = decode(&seen.key, &record.value).map_err(Trouble::from)?;
            if head.owner != before.owner || head.parent != before.parent {
                return Ok(None);
            }
            Access { head: Some(Arc::new(head)), memo: Arc::default(), ..access }
        };
        let head = Some(Seen { key: seen.key, mark, revision: record.revision });
        self.kept.renew(token, || Admitted { era, head, access: access.clone() });
        Ok(Some(access))
    }

    /// What the holder of a download token may read now: the file is [`Access::resource`], the role [`Role::Viewer`].
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn authorize_download(&self, token: &str) -> Result<Access, AccessError> {
        let claims = self.tokens.verify_download(token)?;
        Ok(self.admit(Arc::new(claims))?.0)
    }

    /// What the claims are worth now, with the revision of the file's head that it was worked out from.
    fn admit(&self, claims: Arc<Claims>) -> Result<(Access, Option<Revision>), AccessError> {
        let who = self.person(&claims.principal)?;
        let target = match shared_with_me_of(&claims.resource) {
            Some(_) => None,
            None => self.node_of(&claims.resource)?,
        };
        let held = match (&who, &target) {
            (Who::User(account), None) => match shared_with_me_of(&claims.resource) {
                Some(drive) if drive == account.drive => Some(Role::Viewer),
                Some(_) => return Err(AccessError::NoSuchNode),
                None => Some(Role::Owner),
            },
            (Who::User(account), Some((node, record, _))) => self.rights.role_from(&account.user, node, record)?,
            (Who::Guest(_), None) => None,
            (Who::Guest(link), Some((node, record, _))) => self.role_by_link(link, node, record)?,
        };
        let role = held.ok_or(AccessError::NoRight)?.min(claims.ceiling);
        let (head, revision) = match target {
            Some((_, Node::File(head), revision)) => (Some(Arc::from(head)), Some(revision)),
            _ => (None, None),
        };
        Ok((Access { claims, who, role, head, surroundings: Arc::default(), memo: Arc::default() }, revision))
    }

    /// The person behind a token, if he is one still.
    fn person(&self, principal: &Principal) -> Result<Who, AccessError> {
        match principal {
            Principal::User { user, generation, family } => {
                let account = self.live_account(user, *generation)?;
                if let Some(family) = family {
                    self.live_grant(family)?;
                }
                Ok(Who::User(Arc::new(account)))
            }
            Principal::Link(link) => Ok(Who::Guest(Arc::new(self.links.get(link)?.ok_or(AccessError::PrincipalGone)?))),
        }
    }

    /// What the person behind `access` may do with another file or container: all that he may there, whatever his token
    /// is for, but no more than the token's ceiling.
    ///
    /// # Errors
    /// [`AccessError::Trouble`].
    pub fn role_elsewhere(&self, access: &Access, node: &NodeId) -> Result<Option<Role>, AccessError> {
        if let Some(drive) = shared_with_me::drive_of(node) {
            let his = access.account().is_some_and(|account| account.drive == drive);
            return Ok(his.then_some(Role::Viewer));
        }
        let Some(record) = self.rights.node(node)? else { return Ok(None) };
        let held = match &access.who {
            Who::User(account) => self.rights.role_from(&account.user, node, &record)?,
            Who::Guest(link) => self.role_by_link(link, node, &record)?,
        };
        Ok(held.map(|role| role.min(access.claims.ceiling)))
    }

    /// What `access` is worth at this moment: rights may have been withdrawn since it was given.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn renew(&self, access: &Access) -> Result<Access, AccessError> {
        Ok(self.admit(Arc::clone(&access.claims))?.0)
    }

    fn live_account(&self, user: &UserId, generation: u64) -> Result<AccountRecord, AccessError> {
        let found = load::<AccountRecord>(&*self.engine, &keys::account(user))?;
        let (account, _) = found.filter(|(account, _)| !account.removed).ok_or(AccessError::PrincipalGone)?;
        if account.disabled {
            return Err(AccessError::Disabled);
        }
        if account.generation != generation {
            return Err(AccessError::EarlierGeneration);
        }
        Ok(AccountRecord { password: None, ..account })
    }

    /// A token that OAuth gave dies with the grant.
    fn live_grant(&self, family: &NodeId) -> Result<(), AccessError> {
        match self.engine.get(&keys::family(family)).map_err(Trouble::from)? {
            Some(_) => Ok(()),
            None => Err(AccessError::PrincipalGone),
        }
    }

    /// The record that the token is about, with its revision; `None` for the ecosystem.
    fn node_of<'a>(&self, resource: &'a Resource) -> Result<Option<(&'a NodeId, Node, Revision)>, AccessError> {
        let Some((node, kind)) = resource.node() else { return Ok(None) };
        let (record, revision) = self.rights.stored(node, kind)?.ok_or(AccessError::NoSuchNode)?;
        Ok(Some((node, record, revision)))
    }

    /// A link gives its role on its node and what is in it, and never more than who made it has there now: whoever lost
    /// the right to a file cannot keep a door to it open.
    fn role_by_link(&self, link: &ShareLinkRecord, node: &NodeId, record: &Node) -> Result<Option<Role>, AccessError> {
        if !self.rights.is_within(node, record, &link.node)? {
            return Ok(None);
        }
        let maker = load::<AccountRecord>(&*self.engine, &keys::account(&link.by))?;
        if !maker.is_some_and(|(maker, _)| !maker.removed && !maker.disabled) {
            return Ok(None);
        }
        let his = self.rights.role_from(&link.by, node, record)?;
        Ok(his.filter(|role| role.can_share()).map(|his| his.min(link.role)))
    }
}

/// The drive of the user whose "Shared with me" a token is for, if it is for one.
fn shared_with_me_of(resource: &Resource) -> Option<NodeId> {
    match resource {
        Resource::Container(id) => shared_with_me::drive_of(id),
        Resource::File(_) | Resource::Ecosystem => None,
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
