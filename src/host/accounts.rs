//! Users: making, changing, removing them, signing them in, and the text that Office keeps for each.

pub mod outside;

use std::{
    fmt::{self, Write as _},
    sync::Arc,
};

use aws_lc_rs::digest::{SHA256, digest};

use crate::{
    clock::Clock,
    host::{
        links::is_guest_id,
        passwords::{PasswordError, Passwords},
        random,
        rights::same,
        trouble::{ATTEMPTS, MARK, PAGE, Trouble, all_under, commit, load},
    },
    ids::{NodeId, UserId},
    store::{
        engine::{Batch, Engine, Expect, Key, Revision, scan_prefix},
        records::{AccountKind, AccountRecord, ContainerRecord, ShareLinkRecord, decode, encode, keys},
    },
};

/// The most characters of `UserInfo` (files.md section 4.8).
pub const LONGEST_USER_INFO: usize = 1024;

/// The most bytes of a display name or an e-mail address.
pub const LONGEST_NAME: usize = 256;

/// The most characters of a language's tag.
const LONGEST_TAG: usize = 35;

/// A user to be.
#[derive(Clone)]
pub struct NewAccount<'a> {
    /// The name by which he signs in; unique whatever the case of its letters.
    pub user: UserId,
    /// The name that others see; empty for the same as `user`.
    pub display_name: &'a str,
    /// E-mail address, if known.
    pub email: Option<&'a str>,
    /// `None` when he shall not sign in with a password.
    pub password: Option<&'a str>,
    /// May administer the host.
    pub admin: bool,
    /// Consumer, business or education.
    pub kind: AccountKind,
}

impl fmt::Debug for NewAccount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount").field("user", &self.user).field("admin", &self.admin).finish_non_exhaustive()
    }
}

/// Why an account was not made or changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is taken, perhaps in other letters.
    #[error("there is a user `{0}` already")]
    Exists(UserId),
    /// The name is kept for the holders of share links.
    #[error("names of the form `guest` and 32 hexadecimal digits are reserved")]
    Reserved,
    /// There is no such user.
    #[error("there is no user `{0}`")]
    NoSuchUser(UserId),
    /// A display name or e-mail address that cannot be.
    #[error("the {what} must be at most {LONGEST_NAME} bytes long, without control characters")]
    BadText {
        /// Which text.
        what: &'static str,
    },
    /// The password was not accepted.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Somebody must be able to administer the host.
    #[error("`{0}` is the last administrator who can sign in")]
    LastAdmin(UserId),
    /// His drive is not empty.
    #[error("`{user}` still owns files or folders ({count}, the bin included); transfer or delete them first")]
    OwnsFiles {
        /// Who.
        user: UserId,
        /// Files by the counter of his usage; what lies in the root of his drive and in the bin if that shows none.
        count: u64,
    },
    /// The outside provider's subject leads to another user.
    #[error("the outside provider signs `{0}` in by that subject; unlink him first")]
    SubjectTaken(UserId),
    /// What no provider can call somebody.
    #[error("a subject has 1 to {} printable ASCII characters, and an issuer no blanks", outside::LONGEST_SUBJECT)]
    BadSubject,
    /// A region that could not stand in a header or a setting.
    #[error("a region is 1 to 64 of the characters A-Z a-z 0-9 - _ .")]
    BadRegion,
    /// `UserInfo` over its limit or not ASCII.
    #[error("the user info must be at most {LONGEST_USER_INFO} ASCII characters")]
    BadUserInfo,
    /// The store could not do it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Why somebody was not signed in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong name, wrong password, disabled: the same words and the same time for all of them.
    #[error("the name or the password is wrong")]
    Refused(SignInRefused),
    /// Too many people are signing in; the same for every name.
    #[error(transparent)]
    Password(PasswordError),
    /// The store could not be read.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// The true reason of a refusal, for the log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRefused {
    /// There is no such user.
    NoSuchUser,
    /// He cannot sign in with a password.
    NoPassword,
    /// The password is wrong.
    WrongPassword,
    /// The account is disabled.
    Disabled,
}

/// The users of the house.
#[derive(Clone)]
pub struct Accounts {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Works on the records of `engine`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock, passwords: Passwords::new() }
    }

    /// Makes a user and the root container of his drive. A name that was removed earlier may be given again: the new
    /// user gets a new drive and a later generation, so that no token of the earlier one lives again.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn add(&self, new: NewAccount<'_>) -> Result<AccountRecord, AccountError> {
        self.add_with(new, |batch, _| batch).await
    }

    /// The same, with more in the step that makes the account.
    pub(super) async fn add_with(
        &self,
        new: NewAccount<'_>,
        more: impl Fn(Batch, &AccountRecord) -> Batch,
    ) -> Result<AccountRecord, AccountError> {
        if is_guest_id(&new.user) {
            return Err(AccountError::Reserved);
        }
        let display_name = match new.display_name.trim() {
            "" => new.user.as_str().to_owned(),
            name => checked_text("display name", name)?,
        };
        let email = new.email.map(|email| checked_text("e-mail address", email.trim())).transpose()?;
        self.refuse_existing(&new.user)?;
        let password = match new.password {
            None => None,
            Some(password) => Some(self.passwords.hash(password).await?),
        };
        let mut account = AccountRecord {
            user: new.user,
            display_name,
            email: email.filter(|email| !email.is_empty()),
            password,
            admin: new.admin,
            kind: new.kind,
            disabled: false,
            removed: false,
            generation: 1,
            drive: random::node_id().map_err(Trouble::from)?,
            created: self.clock.wall(),
            region: None,
            subject: None,
            known_as: None,
            language: None,
        };
        for _ in 0..ATTEMPTS {
            let earlier = self.refuse_existing(&account.user)?;
            let expect = match earlier {
                None => Expect::Absent,
                Some((earlier, revision)) => {
                    // Removal may have been cut off before it took everything away.
                    self.sweep(&earlier.user).await?;
                    account.generation = earlier.generation.saturating_add(1);
                    account.known_as = successor_id(&account.user, &account.drive);
                    Expect::Revision(revision)
                }
            };
            if commit(&*self.engine, more(creation(&account, expect), &account)).await? {
                return Ok(account);
            }
        }
        Err(Trouble::Contended.into())
    }

    /// A user, disabled or not.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn get(&self, user: &UserId) -> Result<Option<AccountRecord>, Trouble> {
        let found = load::<AccountRecord>(&*self.engine, &keys::account(user))?;
        Ok(found.map(|(account, _)| account).filter(|account| !account.removed))
    }

    /// A user by what somebody typed.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn find(&self, name: &str) -> Result<Option<AccountRecord>, Trouble> {
        match UserId::parse(name.trim()) {
            Ok(user) => self.get(&user),
            Err(_) => Ok(None),
        }
    }

    /// At most `limit` users in the order of their folded names, after `after` (exclusive).
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn list(&self, after: Option<&UserId>, limit: usize) -> Result<Vec<AccountRecord>, Trouble> {
        let mut after = after.map(keys::account);
        let mut users = Vec::new();
        while users.len() < limit {
            let page = scan_prefix(&*self.engine, keys::prefix::ACCOUNTS, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (key, record) in page {
                let account: AccountRecord = decode(&key, &record.value)?;
                if !account.removed && users.len() < limit {
                    users.push(account);
                }
            }
        }
        Ok(users)
    }

    /// An administrator who is not shut out, whether or not he was given a way to sign in yet; `None` when there is none.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn administrator(&self) -> Result<Option<AccountRecord>, Trouble> {
        Ok(self.first_besides(None, is_ruling)?.map(|(_, account, _)| account))
    }

    /// Gives a new password; every token issued before is refused from now on.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_password(&self, user: &UserId, password: &str) -> Result<AccountRecord, AccountError> {
        self.set_password_with(user, password, |batch, _| batch).await
    }

    /// The same, with more in the step that changes the account.
    pub(super) async fn set_password_with(
        &self,
        user: &UserId,
        password: &str,
        more: impl Fn(Batch, &AccountRecord) -> Batch,
    ) -> Result<AccountRecord, AccountError> {
        let hash = self.passwords.hash(password).await?;
        let change = |account: &mut AccountRecord| {
            account.password = Some(hash.clone());
            account.generation = account.generation.saturating_add(1);
        };
        self.change_with(user, change, more).await
    }

    /// Shuts a user out (his tokens are refused from now on, and stay refused) or lets him in again.
    ///
    /// # Errors
    /// [`AccountError`]; the last administrator is not shut out.
    pub async fn disable(&self, user: &UserId, disabled: bool) -> Result<AccountRecord, AccountError> {
        self.change(user, |account| {
            if disabled && !account.disabled {
                account.generation = account.generation.saturating_add(1);
            }
            account.disabled = disabled;
        })
        .await
    }

    /// Signs a user out everywhere: his sessions, his grants to clients and all tokens issued until now are void from now
    /// on (bootstrapper-oauth.md rule B-96).
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn sign_out_everywhere(&self, user: &UserId) -> Result<AccountRecord, AccountError> {
        self.change(user, |account| account.generation = account.generation.saturating_add(1)).await
    }

    /// Sets the region whose token endpoint Office is to use for a user (bootstrapper-oauth.md section 6.2).
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_region(&self, user: &UserId, region: Option<&str>) -> Result<AccountRecord, AccountError> {
        let region = region.map(str::trim).filter(|region| !region.is_empty()).map(str::to_owned);
        if region.as_deref().is_some_and(|region| !is_region(region)) {
            return Err(AccountError::BadRegion);
        }
        self.change(user, |account| account.region.clone_from(&region)).await
    }

    /// Sets the language in which a user wants to see pages (BCP 47); `None` leaves it to his browser.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_language(&self, user: &UserId, language: Option<&str>) -> Result<AccountRecord, AccountError> {
        let is_tag = |tag: &str| {
            (1..=LONGEST_TAG).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if language.is_some_and(|tag| !is_tag(tag)) {
            return Err(AccountError::BadText { what: "language" });
        }
        self.change(user, |account| account.language = language.map(str::to_owned)).await
    }

    /// Makes a user an administrator or an ordinary user.
    ///
    /// # Errors
    /// [`AccountError`]; the last administrator stays one.
    pub async fn set_admin(&self, user: &UserId, admin: bool) -> Result<AccountRecord, AccountError> {
        self.change(user, |account| account.admin = admin).await
    }

    /// Changes the kind of account, from which the licence properties follow (files.md section 3.3).
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_kind(&self, user: &UserId, kind: AccountKind) -> Result<AccountRecord, AccountError> {
        self.change(user, |account| account.kind = kind).await
    }

    /// How much a user owns: files by the counter of his usage, or else what lies in the root of his drive and in the bin.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn holdings(&self, account: &AccountRecord) -> Result<u64, Trouble> {
        let counted = self
            .engine
            .get(&keys::usage_files(&account.user))?
            .map_or(0, |record| record.value.as_ref().try_into().map_or(0, i64::from_le_bytes));
        if counted > 0 {
            return Ok(counted.unsigned_abs());
        }
        let names = scan_prefix(&*self.engine, &keys::names_in(&account.drive), None, PAGE)?.len();
        let binned = scan_prefix(&*self.engine, &keys::bin_of(&account.user), None, PAGE)?.len();
        Ok((names + binned) as u64)
    }

    /// Removes a user who owns nothing any more, with his drive, the grants made to him, his share links and his
    /// `UserInfo`. A record stays, so that his tokens are dead for ever. Files are moved to their new owner by their
    /// actors before.
    ///
    /// # Errors
    /// [`AccountError::OwnsFiles`], [`AccountError::LastAdmin`], [`AccountError::NoSuchUser`], [`AccountError::Trouble`].
    pub async fn remove_empty(&self, user: &UserId) -> Result<(), AccountError> {
        for _ in 0..ATTEMPTS {
            let (account, revision) = self.existing(user)?;
            // Read before the drive is looked through: whatever comes into it afterwards raises this revision.
            let child_revision = self.engine.get(&keys::child_revision(&account.drive)).map_err(Trouble::from)?;
            let count = self.holdings(&account)?;
            if count > 0 {
                return Err(AccountError::OwnsFiles { user: account.user, count });
            }
            let removed = tombstone(&account);
            let mut batch = Batch::new()
                .require(keys::account(user), Expect::Revision(revision))
                .require(
                    keys::child_revision(&account.drive),
                    child_revision.map_or(Expect::Absent, |record| Expect::Revision(record.revision)),
                )
                .set(keys::account(user), encode(&removed))
                .clear(keys::container(&account.drive))
                .clear(keys::child_revision(&account.drive));
            if let Some(subject) = &account.subject {
                batch = batch.clear(keys::subject(subject));
            }
            batch = self.require_an_admin(batch, &account, &removed)?;
            if commit(&*self.engine, batch).await? {
                self.clear_shares_of(&account.drive).await?;
                self.sweep(user).await?;
                return Ok(());
            }
        }
        Err(Trouble::Contended.into())
    }

    /// Signs somebody in. Takes the same time whether or not there is such a user.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn authenticate(&self, name: &str, password: &str) -> Result<AccountRecord, SignInError> {
        let account = self.find(name)?;
        let hash = account.as_ref().and_then(|account| account.password.as_deref());
        let fits = self.passwords.verify(password, hash).await.map_err(SignInError::Password)?;
        match account {
            None => Err(SignInError::Refused(SignInRefused::NoSuchUser)),
            Some(account) if account.password.is_none() => Err(SignInError::Refused(SignInRefused::NoPassword)),
            Some(_) if !fits => Err(SignInError::Refused(SignInRefused::WrongPassword)),
            Some(account) if account.disabled => Err(SignInError::Refused(SignInRefused::Disabled)),
            Some(account) => Ok(account),
        }
    }

    /// The text last stored by `PutUserInfo` for this user.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn user_info(&self, user: &UserId) -> Result<Option<String>, Trouble> {
        Ok(load(&*self.engine, &keys::user_info(user))?.map(|(text, _)| text))
    }

    /// Stores the text of `PutUserInfo`, the same for every file; an empty one clears it (files.md section 4.8).
    ///
    /// # Errors
    /// [`AccountError::BadUserInfo`] over 1024 characters or outside ASCII: what was stored stays then.
    pub async fn set_user_info(&self, user: &UserId, text: &str) -> Result<(), AccountError> {
        if text.len() > LONGEST_USER_INFO || !text.is_ascii() {
            return Err(AccountError::BadUserInfo);
        }
        for _ in 0..ATTEMPTS {
            let (_, revision) = self.existing(user)?;
            let batch = Batch::new().require(keys::account(user), Expect::Revision(revision));
            let batch = match text {
                "" => batch.clear(keys::user_info(user)),
                text => batch.set(keys::user_info(user), encode(&text)),
            };
            if commit(&*self.engine, batch).await? {
                return Ok(());
            }
        }
        Err(Trouble::Contended.into())
    }

    /// The record that a removed user of that name left, if any.
    fn refuse_existing(&self, user: &UserId) -> Result<Option<(AccountRecord, Revision)>, AccountError> {
        match load::<AccountRecord>(&*self.engine, &keys::account(user))? {
            Some((account, _)) if !account.removed => Err(AccountError::Exists(account.user)),
            earlier => Ok(earlier),
        }
    }

    fn existing(&self, user: &UserId) -> Result<(AccountRecord, Revision), AccountError> {
        load::<AccountRecord>(&*self.engine, &keys::account(user))?
            .filter(|(account, _)| !account.removed)
            .ok_or_else(|| AccountError::NoSuchUser(user.clone()))
    }

    /// Changes a record; decides again when somebody else changed it meanwhile.
    async fn change(&self, user: &UserId, change: impl Fn(&mut AccountRecord)) -> Result<AccountRecord, AccountError> {
        self.change_with(user, change, |batch, _| batch).await
    }

    async fn change_with(
        &self,
        user: &UserId,
        change: impl Fn(&mut AccountRecord),
        more: impl Fn(Batch, &AccountRecord) -> Batch,
    ) -> Result<AccountRecord, AccountError> {
        for _ in 0..ATTEMPTS {
            let (before, revision) = self.existing(user)?;
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Ok(after);
            }
            let batch = Batch::new()
                .require(keys::account(user), Expect::Revision(revision))
                .set(keys::account(user), encode(&after));
            let batch = self.require_an_admin(batch, &before, &after)?;
            if commit(&*self.engine, more(batch, &after)).await? {
                return Ok(after);
            }
        }
        Err(Trouble::Contended.into())
    }

    /// Makes a batch that takes an administrator away, or his last way to sign in, depend on another staying one, so that two
    /// cannot remove each other at once. Whoever has a way to sign in is followed only by one who has, too.
    fn require_an_admin(
        &self,
        batch: Batch,
        before: &AccountRecord,
        after: &AccountRecord,
    ) -> Result<Batch, AccountError> {
        for is in [can_rule, is_ruling] {
            if is(before) && !is(after) {
                let another = self.first_besides(Some(&before.user), is)?;
                let (key, _, revision) = another.ok_or_else(|| AccountError::LastAdmin(before.user.clone()))?;
                return Ok(batch.require(key, Expect::Revision(revision)));
            }
        }
        Ok(batch)
    }

    /// The first account that is so, other than `besides`.
    fn first_besides(
        &self,
        besides: Option<&UserId>,
        is: fn(&AccountRecord) -> bool,
    ) -> Result<Option<(Key, AccountRecord, Revision)>, Trouble> {
        let mut after: Option<Key> = None;
        loop {
            let page = scan_prefix(&*self.engine, keys::prefix::ACCOUNTS, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(None) };
            after = Some(last.clone());
            for (key, record) in page {
                let account: AccountRecord = decode(&key, &record.value)?;
                if is(&account) && besides.is_none_or(|besides| !same(&account.user, besides)) {
                    return Ok(Some((key, account, record.revision)));
                }
            }
        }
    }

    /// Clears what hangs on a removed user: grants made to him, his share links, his `UserInfo`, his sessions and what he
    /// granted to clients.
    async fn sweep(&self, user: &UserId) -> Result<(), Trouble> {
        let mut traces = vec![keys::user_info(user)];
        traces.extend(self.sign_in_traces(user)?);
        for (key, _) in all_under(&*self.engine, &keys::granted_to(user))? {
            if let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) {
                traces.push(keys::grant(&node, user));
            }
            traces.push(key);
        }
        let mut after: Option<Key> = None;
        loop {
            let page = scan_prefix(&*self.engine, keys::prefix::SHARE_LINKS, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (key, record) in page {
                let link: ShareLinkRecord = decode(&key, &record.value)?;
                let id = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok());
                if let Some(id) = id.filter(|_| same(&link.by, user)) {
                    traces.push(keys::shared(&link.node, &id));
                    traces.push(key);
                }
            }
        }
        self.clear(traces).await
    }

    /// Sessions, grants to clients and consents of a user.
    fn sign_in_traces(&self, user: &UserId) -> Result<Vec<Key>, Trouble> {
        let mut traces = Vec::new();
        for (key, _) in all_under(&*self.engine, &keys::families_of(user))? {
            traces.extend(keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()).map(|id| keys::family(&id)));
            traces.push(key);
        }
        for (key, _) in all_under(&*self.engine, &keys::sessions_of(user))? {
            traces.extend(keys::last_part(&key).map(keys::session));
            traces.push(key);
        }
        traces.extend(all_under(&*self.engine, &keys::consents_of(user))?.into_iter().map(|(key, _)| key));
        Ok(traces)
    }

    /// Clears grants and links that were made on the root of a drive that is gone.
    async fn clear_shares_of(&self, drive: &NodeId) -> Result<(), Trouble> {
        let rights = super::rights::Rights::new(Arc::clone(&self.engine), Arc::clone(&self.clock));
        self.clear(rights.traces_of(drive)?).await
    }

    async fn clear(&self, all: Vec<Key>) -> Result<(), Trouble> {
        for some in all.chunks(PAGE) {
            let batch = some.iter().cloned().fold(Batch::new(), Batch::clear);
            commit(&*self.engine, batch).await?;
        }
        Ok(())
    }
}

/// Whether a text can be a region.
pub fn is_region(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// An administrator who is not shut out.
const fn is_ruling(account: &AccountRecord) -> bool {
    account.admin && !account.disabled && !account.removed
}

/// An administrator who has a way to sign in: a password, or an outside provider's word.
const fn can_rule(account: &AccountRecord) -> bool {
    is_ruling(account) && (account.password.is_some() || account.subject.is_some())
}

fn creation(account: &AccountRecord, expect: Expect) -> Batch {
    let root = ContainerRecord {
        parent: None,
        name: account.user.as_str().to_owned(),
        owner: account.user.clone(),
        created: account.created,
    };
    Batch::new()
        .require(keys::account(&account.user), expect)
        .require(keys::container(&account.drive), Expect::Absent)
        .set(keys::account(&account.user), encode(account))
        .set(keys::container(&account.drive), encode(&root))
        .set(keys::child_revision(&account.drive), MARK)
}

/// What clients know somebody by whose name was another's before: the name's beginning, and what follows from his drive.
fn successor_id(user: &UserId, drive: &NodeId) -> Option<UserId> {
    let mark = digest(&SHA256, drive.as_str().as_bytes());
    let mut id: String = user.as_str().chars().take(40).collect();
    for byte in mark.as_ref().iter().take(10) {
        _ = write!(id, "{byte:02x}");
    }
    UserId::parse(&id).ok()
}

/// What stays of a removed user: his name, for the history of files, and his generation.
fn tombstone(account: &AccountRecord) -> AccountRecord {
    AccountRecord {
        email: None,
        password: None,
        subject: None,
        admin: false,
        disabled: true,
        removed: true,
        generation: account.generation.saturating_add(1),
        ..account.clone()
    }
}

fn checked_text(what: &'static str, text: &str) -> Result<String, AccountError> {
    if text.len() > LONGEST_NAME || text.chars().any(char::is_control) {
        return Err(AccountError::BadText { what });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
#[path = "accounts_tests.rs"]
mod tests;
