//! People whom an outside `OpenID` Connect provider signs in: which account is theirs.
//!
//! An account belongs to whoever the provider knows by its issuer and subject, and to nobody else: these two never change
//! and are never given to another (`OpenID` Connect Core section 2), whereas names and e-mail addresses are. So nobody gets
//! an account that was there before by being called like its owner; only an administrator links the two.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::{AccountError, Accounts, LONGEST_NAME, creation};
use crate::{
    host::{
        links::is_guest_id,
        random,
        rights::same,
        trouble::{ATTEMPTS, Trouble, commit, load},
    },
    ids::UserId,
    licence::AccountKind,
    store::{
        engine::{Batch, Expect},
        records::{AccountRecord, encode, keys},
    },
};

/// The most characters of a subject (`OpenID` Connect Core section 2).
pub const LONGEST_SUBJECT: usize = 255;

/// The most bytes of an issuer.
const LONGEST_ISSUER: usize = 1024;

/// The most characters that a name is made of, before the number that makes it unique.
const LONGEST_BASE: usize = 40;

/// More hexadecimal digits than this a name made here does not end in: ids that follow a removed user's do, and the names of
/// share links.
const LONGEST_HEX: usize = 16;

/// How many numbers are tried to make a name unique before random digits are taken.
const NUMBERS: u32 = 50;

/// Who somebody is at an outside provider, for ever.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Of the provider's issuer URL and the `sub` that it gave.
    ///
    /// # Errors
    /// [`AccountError::BadSubject`].
    pub fn new(issuer: &str, subject: &str) -> Result<Self, AccountError> {
        let well = !subject.is_empty()
            && subject.len() <= LONGEST_SUBJECT
            && subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
            && !issuer.is_empty()
            && issuer.len() <= LONGEST_ISSUER
            && issuer.bytes().all(|byte| byte.is_ascii_graphic());
        if well { Ok(Self(format!("{issuer} {subject}"))) } else { Err(AccountError::BadSubject) }
    }

    /// Issuer and subject, as accounts keep them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody whom an outside provider vouches for, and what it says of him.
#[derive(Clone, Debug)]
pub struct Outsider {
    /// Who he is.
    pub subject: Subject,
    /// What he is called there (`preferred_username`): a hint for the name of a new account.
    pub user_name: Option<String>,
    /// The name that others see.
    pub display_name: Option<String>,
    /// His e-mail address, unless the provider says that it is not verified.
    pub email: Option<String>,
}

/// Why somebody whom the provider vouches for was not let in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EnterError {
    /// He has no account, and none is made at sign-in.
    #[error("there is no account for this sign-in")]
    NoAccount,
    /// His account is disabled.
    #[error("the account `{0}` is disabled")]
    Disabled(UserId),
    /// The store could not do it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl Accounts {
    /// The account that belongs to a subject.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn by_subject(&self, subject: &Subject) -> Result<Option<AccountRecord>, Trouble> {
        Ok(self.subject_row(subject)?.1)
    }

    /// The account of somebody whom the provider vouches for, with the name and address that it gives now. Somebody new
    /// gets an account of the kind `newcomers`, with a name made from what he is called there; nobody new is let in
    /// without it. Of two first sign-ins at once one makes the account and both get it.
    ///
    /// # Errors
    /// [`EnterError`].
    pub async fn enter(&self, who: &Outsider, newcomers: Option<AccountKind>) -> Result<AccountRecord, EnterError> {
        for _ in 0..ATTEMPTS {
            let (row, account) = self.subject_row(&who.subject)?;
            let entered = match (account, newcomers) {
                (Some(account), _) => self.refresh(&account.user, who).await?,
                (None, Some(kind)) => self.admit(who, kind, row).await?,
                (None, None) => return Err(EnterError::NoAccount),
            };
            match entered {
                Some(account) if account.disabled => return Err(EnterError::Disabled(account.user)),
                Some(account) => return Ok(account),
                None => {}
            }
        }
        Err(Trouble::Contended.into())
    }

    /// Lets a subject of the outside provider lead to a user from now on, or none any more. Whoever got in by the subject
    /// before is signed out everywhere.
    ///
    /// # Errors
    /// [`AccountError::SubjectTaken`], [`AccountError::NoSuchUser`], [`AccountError::Trouble`]; [`AccountError::LastAdmin`] when
    /// no other administrator could sign in then.
    pub async fn link(&self, user: &UserId, subject: Option<&Subject>) -> Result<AccountRecord, AccountError> {
        for _ in 0..ATTEMPTS {
            let (before, revision) = self.existing(user)?;
            let mut after = before.clone();
            after.subject = subject.map(|subject| subject.as_str().to_owned());
            if after == before {
                return Ok(after);
            }
            let mut batch = Batch::new();
            if let Some(earlier) = &before.subject {
                after.generation = after.generation.saturating_add(1);
                batch = batch.clear(keys::subject(earlier));
            }
            if let Some(subject) = subject {
                let (row, holder) = self.subject_row(subject)?;
                if let Some(holder) = holder.filter(|holder| !same(&holder.user, user)) {
                    return Err(AccountError::SubjectTaken(holder.user));
                }
                let key = keys::subject(subject.as_str());
                batch = batch.require(key.clone(), row).set(key, encode(&before.user));
            }
            batch =
                batch.require(keys::account(user), Expect::Revision(revision)).set(keys::account(user), encode(&after));
            let batch = self.require_an_admin(batch, &before, &after)?;
            if commit(&*self.engine, batch).await? {
                return Ok(after);
            }
        }
        Err(Trouble::Contended.into())
    }

    /// What a batch must demand of a subject's row, and the account that it leads to. A row that leads nowhere counts as
    /// none.
    fn subject_row(&self, subject: &Subject) -> Result<(Expect, Option<AccountRecord>), Trouble> {
        match load::<UserId>(&*self.engine, &keys::subject(subject.as_str()))? {
            None => Ok((Expect::Absent, None)),
            Some((user, revision)) => {
                let account = self.get(&user)?.filter(|account| belongs_to(account, subject));
                Ok((Expect::Revision(revision), account))
            }
        }
    }

    /// Takes over what the provider says now; `None` when the account is not his any more.
    async fn refresh(&self, user: &UserId, who: &Outsider) -> Result<Option<AccountRecord>, Trouble> {
        let change = |account: &mut AccountRecord| {
            if !belongs_to(account, &who.subject) || account.disabled {
                return;
            }
            if let Some(name) = who.display_name.as_deref().and_then(clean) {
                account.display_name = name;
            }
            if let Some(email) = who.email.as_deref().and_then(clean) {
                account.email = Some(email);
            }
        };
        match self.change(user, change).await {
            Ok(account) => Ok(Some(account).filter(|account| belongs_to(account, &who.subject))),
            Err(AccountError::Trouble(trouble)) => Err(trouble),
            // Removed meanwhile.
            Err(_) => Ok(None),
        }
    }

    /// Makes an account; `None` when somebody else made one with the same subject or name meanwhile.
    async fn admit(&self, who: &Outsider, kind: AccountKind, row: Expect) -> Result<Option<AccountRecord>, Trouble> {
        let user = self.free_name(who)?;
        let display_name = [&who.display_name, &who.user_name].into_iter().flatten().find_map(|name| clean(name));
        let account = AccountRecord {
            display_name: display_name.unwrap_or_else(|| user.as_str().to_owned()),
            email: who.email.as_deref().and_then(clean),
            password: None,
            admin: false,
            kind,
            disabled: false,
            removed: false,
            generation: 1,
            drive: random::node_id()?,
            created: self.clock.wall(),
            region: None,
            known_as: None,
            subject: Some(who.subject.as_str().to_owned()),
            user,
            language: None,
        };
        let key = keys::subject(who.subject.as_str());
        let batch = creation(&account, Expect::Absent).require(key.clone(), row).set(key, encode(&account.user));
        Ok(commit(&*self.engine, batch).await?.then_some(account))
    }

    /// A name that nobody has and nobody had: files tell by the name who wrote them.
    fn free_name(&self, who: &Outsider) -> Result<UserId, Trouble> {
        let base = base_name(who);
        let numbered = (1..=NUMBERS).map(|n| if n == 1 { base.clone() } else { format!("{base}{n}") });
        for name in numbered {
            if let Some(user) = self.if_free(&name)? {
                return Ok(user);
            }
        }
        for _ in 0..ATTEMPTS {
            let digits = u64::from_be_bytes(random::bytes()?);
            if let Some(user) = self.if_free(&format!("{base}x{digits:016x}"))? {
                return Ok(user);
            }
        }
        Err(Trouble::Contended)
    }

    fn if_free(&self, name: &str) -> Result<Option<UserId>, Trouble> {
        let Ok(user) = UserId::parse(name) else { return Ok(None) };
        let free = !is_guest_id(&user) && self.engine.get(&keys::account(&user))?.is_none();
        Ok(free.then_some(user))
    }
}

fn belongs_to(account: &AccountRecord, subject: &Subject) -> bool {
    account.subject.as_deref() == Some(subject.as_str())
}

/// What somebody is called, or else his address before the `@`, in the letters and digits that a name may have.
fn base_name(who: &Outsider) -> String {
    let letters = |text: &String| -> Option<String> {
        // Some providers give `DOMAIN\name` or an address as the name.
        let local = text.split('@').next().unwrap_or_default();
        let local = local.rsplit('\\').next().unwrap_or_default();
        let mut name: String = local.nfkd().filter(char::is_ascii_alphanumeric).take(LONGEST_BASE).collect();
        let letters = name.trim_end_matches(|c: char| c.is_ascii_hexdigit()).len();
        if name.len() - letters >= LONGEST_HEX {
            name.truncate(letters);
        }
        Some(name).filter(|name| !name.is_empty())
    };
    [&who.user_name, &who.email].into_iter().flatten().find_map(letters).unwrap_or_else(|| "user".to_owned())
}

/// A name or address as an account may have it; `None` when nothing is left of it.
fn clean(text: &str) -> Option<String> {
    let mut kept = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        if kept.len() + c.len_utf8() > LONGEST_NAME {
            break;
        }
        kept.push(c);
    }
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
#[path = "outside_tests.rs"]
mod tests;
