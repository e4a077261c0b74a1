//! Replacing refresh tokens (bootstrapper-oauth.md rules B-68, B-69; [`super::refresh_token`]).

use super::{
    grants::{GrantError, Grants, TokenSet},
    refresh_token::RefreshToken,
    secrets,
};
use crate::{
    clock::Timestamp,
    host::trouble::{ATTEMPTS, Trouble, commit, load},
    ids::NodeId,
    store::{
        engine::{Batch, Expect},
        records::{ClientRecord, GrantFamilyRecord, encode, keys},
    },
};

/// The most tokens that were replaced and still count. Nobody refreshes so often that an earlier one could be waited for.
const MOST_REPLACED: usize = 8;

/// What a refresh token is at this moment.
enum Standing {
    /// The newest one.
    Current,
    /// Replaced so lately that it is answered the one that is newest now.
    JustReplaced(RefreshToken),
    /// Replaced longer ago: whoever shows it may have stolen it.
    Old,
}

impl Grants {
    /// Replaces a refresh token (rules B-68 and B-69). `scopes` asks for less than was granted.
    ///
    /// Within the grace period the token before is answered the same new one again: an answer that was lost can be
    /// repeated, and two refreshes at one time both end well. Later use of it revokes the family.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn refresh(
        &self,
        client: &ClientRecord,
        refresh_token: &str,
        scopes: Option<&[String]>,
    ) -> Result<TokenSet, GrantError> {
        let token = RefreshToken::parse(refresh_token).ok_or(GrantError::Invalid("it is no refresh token"))?;
        let key = keys::family(&token.family);
        for _ in 0..ATTEMPTS {
            let now = self.clock.wall();
            let Some((family, revision)) = load::<GrantFamilyRecord>(&*self.engine, &key)? else {
                return Err(GrantError::Invalid("the refresh token is unknown or revoked"));
            };
            if family.client != client.id {
                return Err(GrantError::Invalid("the refresh token was issued to another client"));
            }
            if !token.is_ours(&family.salt) {
                return Err(GrantError::Invalid("the refresh token is none of ours"));
            }
            if now >= family.expires {
                return Err(GrantError::Invalid("the refresh token has expired"));
            }
            let account = self.live_account(&family.user, family.generation)?;
            if scopes.is_some_and(|wanted| !wanted.iter().all(|scope| family.scopes.contains(scope))) {
                return Err(GrantError::Scope);
            }
            match standing(&token, &family, now) {
                Standing::JustReplaced(newest) => return Ok(self.token_set(&account, &family, &newest, scopes)?),
                Standing::Old => {
                    self.revoke(&token.family).await?;
                    return Err(GrantError::Invalid("the refresh token was replaced earlier; its family is revoked"));
                }
                Standing::Current => {
                    let next = token.next(&family.salt);
                    let family = self.replaced(family, &next, now);
                    // Signed before anything is stored: what cannot be signed must not replace the token.
                    let tokens = self.token_set(&account, &family, &next, scopes)?;
                    let batch =
                        Batch::new().require(key.clone(), Expect::Revision(revision)).set(key.clone(), encode(&family));
                    if commit(&*self.engine, batch).await? {
                        return Ok(tokens);
                    }
                }
            }
        }
        Err(Trouble::Contended.into())
    }

    /// The family that a refresh token belongs to, if the house made it for this client. It may be an old one.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn family_of(&self, client: &ClientRecord, refresh_token: &str) -> Result<Option<NodeId>, Trouble> {
        let Some(token) = RefreshToken::parse(refresh_token) else { return Ok(None) };
        let found = load::<GrantFamilyRecord>(&*self.engine, &keys::family(&token.family))?;
        let genuine = found.is_some_and(|(family, _)| family.client == client.id && token.is_ours(&family.salt));
        Ok(genuine.then_some(token.family))
    }

    /// The family after its token was replaced by `next`.
    fn replaced(&self, mut family: GrantFamilyRecord, next: &RefreshToken, now: Timestamp) -> GrantFamilyRecord {
        family.replaced.retain(|(_, until)| now < *until);
        family.replaced.push((family.step, now.plus(self.options.grace)));
        let surplus = family.replaced.len().saturating_sub(MOST_REPLACED);
        family.replaced.drain(..surplus);
        family.step = next.number;
        family.current = next.hash();
        family.used = now;
        family.expires = now.plus(self.options.refresh);
        family
    }
}

/// `token` is one of ours.
fn standing(token: &RefreshToken, family: &GrantFamilyRecord, now: Timestamp) -> Standing {
    let is_newest =
        |token: &RefreshToken| token.number == family.step && secrets::equal(&token.hash(), &family.current);
    if is_newest(token) {
        return Standing::Current;
    }
    if !family.replaced.iter().any(|(number, until)| *number == token.number && now < *until) {
        return Standing::Old;
    }
    let mut newest = token.clone();
    for _ in 0..MOST_REPLACED {
        newest = newest.next(&family.salt);
        if is_newest(&newest) {
            return Standing::JustReplaced(newest);
        }
    }
    Standing::Old
}
