//! What people granted to clients: families of tokens, consent.

use std::{fmt, sync::Arc};

use super::{clients, refresh_token::RefreshToken};
use crate::{
    clock::{Clock, Timestamp},
    host::{
        SignInOptions,
        access::AccessError,
        rights::same,
        tokens::{ClientKind, NewToken, Principal, Resource, Tokens},
        trouble::{ATTEMPTS, PAGE, Trouble, all_under, commit, load},
    },
    ids::{NodeId, UserId},
    permission::Role,
    store::{
        engine::{Batch, Engine, Expect, Key, scan_prefix},
        records::{AccountRecord, ClientRecord, CodeRecord, ConsentRecord, GrantFamilyRecord, decode, encode, keys},
    },
};

/// What the token endpoint answers. The texts are secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSet {
    /// The access token.
    pub access_token: String,
    /// When it ends.
    pub expires: Timestamp,
    /// The refresh token.
    pub refresh_token: String,
    /// What the access token is good for.
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

impl Bearer {
    /// Whether the token is good for this.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
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
pub struct Grants {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tokens: Tokens,
    pub(super) options: SignInOptions,
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

    /// Who stands behind an access token, if it is good now. Reads two records.
    ///
    /// # Errors
    /// [`GrantError`].
    pub fn authorize(&self, access_token: &str) -> Result<Bearer, GrantError> {
        let (claims, narrowed) = self.tokens.verify_oauth(access_token).map_err(|error| match error {
            AccessError::Trouble(trouble) => GrantError::Trouble(trouble),
            AccessError::Missing => GrantError::Invalid("there is no access token"),
            AccessError::Expired { .. } => GrantError::Invalid("the access token has expired"),
            AccessError::WrongKind => GrantError::Invalid("the token is of another kind"),
            _ => GrantError::Invalid("the access token is malformed or forged"),
        })?;
        let Principal::User { user, generation, family: Some(id) } = claims.principal else {
            return Err(GrantError::Invalid("the access token names no grant"));
        };
        let Some((family, _)) = load::<GrantFamilyRecord>(&*self.engine, &keys::family(&id))? else {
            return Err(GrantError::Invalid("the grant was revoked"));
        };
        let account = self.live_account(&user, generation)?;
        let scopes = match narrowed {
            None => family.scopes,
            Some(narrowed) => narrowed.split(' ').map(str::to_owned).collect(),
        };
        Ok(Bearer { account, client: family.client, scopes, family: id })
    }

    /// Revokes the family of an access or refresh token, if it is the client's (RFC 7009). Whose it was, if it was.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn revoke_token(&self, client: &ClientRecord, token: &str) -> Result<Option<UserId>, Trouble> {
        let refresh = RefreshToken::parse(token);
        let id = match &refresh {
            Some(refresh) => Some(refresh.family.clone()),
            None => match self.tokens.verify_oauth(token) {
                Ok((claims, _)) => match claims.principal {
                    Principal::User { family, .. } => family,
                    Principal::Link(_) => None,
                },
                Err(AccessError::Trouble(trouble)) => return Err(trouble),
                Err(_) => None,
            },
        };
        let Some(id) = id else { return Ok(None) };
        let Some((family, _)) = load::<GrantFamilyRecord>(&*self.engine, &keys::family(&id))? else { return Ok(None) };
        if family.client != client.id || refresh.is_some_and(|token| !token.is_ours(&family.salt)) {
            return Ok(None);
        }
        self.revoke(&id).await?;
        Ok(Some(family.user))
    }

    /// Takes back all that a user granted to a client, consent included (rule B-99). Returns how many families ended.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn revoke_client(&self, user: &UserId, client: &str) -> Result<u64, Trouble> {
        if !clients::is_id(client) {
            return Ok(0);
        }
        // Codes first: one that is redeemed meanwhile leaves a family that is found afterwards.
        let mut batch = Batch::new().clear(keys::consent(user, client));
        batch.clear.extend(self.codes_of(user, client)?);
        commit(&*self.engine, batch).await?;
        let now = self.clock.wall();
        let mut ended = 0;
        for (id, family) in self.of_user(user)? {
            if family.client == client {
                self.revoke(&id).await?;
                ended += u64::from(now < family.expires);
            }
        }
        Ok(ended)
    }

    /// What a user has granted, families that are over among them.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn of_user(&self, user: &UserId) -> Result<Vec<(NodeId, GrantFamilyRecord)>, Trouble> {
        let mut families = Vec::new();
        for (key, _) in all_under(&*self.engine, &keys::families_of(user))? {
            let Some(id) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
            if let Some((family, _)) = load::<GrantFamilyRecord>(&*self.engine, &keys::family(&id))? {
                families.push((id, family));
            }
        }
        Ok(families)
    }

    /// Ends one family of a user; `false` when it is none of his.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn revoke_family(&self, user: &UserId, id: &NodeId) -> Result<bool, Trouble> {
        if self.engine.get(&keys::family_of(user, id))?.is_none() {
            return Ok(false);
        }
        self.revoke(id).await?;
        Ok(true)
    }

    /// What a user allowed a client earlier.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn consent(&self, user: &UserId, client: &str) -> Result<Option<ConsentRecord>, Trouble> {
        if !clients::is_id(client) {
            return Ok(None);
        }
        Ok(load(&*self.engine, &keys::consent(user, client))?.map(|(consent, _)| consent))
    }

    /// Remembers that a user allowed a client something, beside what he allowed it before.
    ///
    /// # Errors
    /// [`Trouble`]; [`Trouble::Contended`] also when the user or the client was removed meanwhile.
    pub async fn allow(&self, user: &UserId, client: &str, scopes: &[String]) -> Result<(), Trouble> {
        let key = keys::consent(user, client);
        for _ in 0..ATTEMPTS {
            let found = load::<ConsentRecord>(&*self.engine, &key)?;
            let (mut known, expect) = match found {
                Some((consent, revision)) => (consent.scopes, Expect::Revision(revision)),
                None => (Vec::new(), Expect::Absent),
            };
            let new: Vec<String> = scopes.iter().filter(|scope| !known.contains(scope)).cloned().collect();
            if new.is_empty() && expect != Expect::Absent {
                return Ok(());
            }
            known.extend(new);
            let consent = ConsentRecord { scopes: known, at: self.clock.wall() };
            let batch = Batch::new()
                .require(keys::account(user), Expect::Present)
                .require(keys::client(client), Expect::Present)
                .require(key.clone(), expect)
                .set(key.clone(), encode(&consent));
            if commit(&*self.engine, batch).await? {
                return Ok(());
            }
        }
        Err(Trouble::Contended)
    }

    /// The user of a grant, without his password's hash, if the account still stands as it did then.
    pub(super) fn live_account(&self, user: &UserId, generation: u64) -> Result<AccountRecord, GrantError> {
        let found = load::<AccountRecord>(&*self.engine, &keys::account(user))?;
        match found {
            Some((account, _)) if !account.removed && !account.disabled => {
                if account.generation != generation {
                    return Err(GrantError::Invalid("the user has changed his password or signed out everywhere"));
                }
                Ok(AccountRecord { password: None, ..account })
            }
            _ => Err(GrantError::Invalid("the user is gone or disabled")),
        }
    }

    /// What the token endpoint answers: a new access token of the family beside `refresh`.
    pub(super) fn token_set(
        &self,
        account: &AccountRecord,
        family: &GrantFamilyRecord,
        refresh: &RefreshToken,
        scopes: Option<&[String]>,
    ) -> Result<TokenSet, Trouble> {
        let new = NewToken::for_user(account, Resource::Ecosystem, Role::Owner, ClientKind::Office)
            .by_grant(refresh.family.clone());
        let narrowed = scopes.filter(|wanted| family.scopes.iter().any(|granted| !wanted.contains(granted)));
        let issued = self.tokens.issue_oauth(&new, narrowed.map(|scopes| scopes.join(" ")), self.options.access)?;
        Ok(TokenSet {
            access_token: issued.text,
            expires: issued.expires,
            refresh_token: refresh.text(),
            scopes: narrowed.map_or_else(|| family.scopes.clone(), <[String]>::to_vec),
            family: refresh.family.clone(),
        })
    }

    /// Deletes a family: nothing that was issued by it is good from now on.
    pub(super) async fn revoke(&self, id: &NodeId) -> Result<(), Trouble> {
        let key = keys::family(id);
        let Some((family, _)) = load::<GrantFamilyRecord>(&*self.engine, &key)? else { return Ok(()) };
        commit(&*self.engine, Batch::new().clear(key).clear(keys::family_of(&family.user, id))).await.map(drop)
    }

    /// The codes that stand for a user's consent to a client.
    fn codes_of(&self, user: &UserId, client: &str) -> Result<Vec<Key>, Trouble> {
        let (mut found, mut after): (Vec<Key>, Option<Key>) = (Vec::new(), None);
        loop {
            let page = scan_prefix(&*self.engine, keys::prefix::CODES, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            after = Some(last.clone());
            for (key, record) in page {
                let his = decode::<CodeRecord>(&key, &record.value)
                    .is_ok_and(|code| code.client == client && same(&code.user, user));
                found.extend(his.then_some(key));
            }
        }
    }
}
