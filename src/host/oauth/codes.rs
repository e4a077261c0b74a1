//! Authorization codes (bootstrapper-oauth.md rules B-47, B-48, B-61).

use super::{
    clients,
    grants::{GrantError, Grants, TokenSet},
    pkce, redirects,
    refresh_token::RefreshToken,
    secrets,
};
use crate::{
    clock::Timestamp,
    host::{
        random,
        trouble::{ATTEMPTS, MARK, Trouble, commit, load},
    },
    ids::UserId,
    store::{
        engine::{Batch, Expect},
        records::{ClientRecord, CodeRecord, GrantFamilyRecord, encode, keys},
    },
};

/// The longest code that is looked up, in bytes; ours have 43.
const LONGEST: usize = 128;

/// A code to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCode {
    /// For which client.
    pub client: String,
    /// The `redirect_uri` of the request, if it had one.
    pub redirect_uri: Option<String>,
    /// Who consented.
    pub user: UserId,
    /// His account's generation.
    pub generation: u64,
    /// What is granted.
    pub scopes: Vec<String>,
    /// The PKCE challenge (S256), if there was one.
    pub challenge: Option<String>,
}

/// The use of a code.
#[derive(Clone, Copy)]
pub struct CodeUse<'a> {
    /// The code.
    pub code: &'a str,
    /// The `redirect_uri` of the token request, if it had one.
    pub redirect_uri: Option<&'a str>,
    /// The PKCE verifier, if there was one.
    pub verifier: Option<&'a str>,
}

impl Grants {
    /// Makes a code (rule B-47): 256 random bits, of which the hash is stored.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn issue_code(&self, new: NewCode) -> Result<String, Trouble> {
        let code = secrets::new_secret()?;
        let record = CodeRecord {
            client: new.client,
            redirect_uri: new.redirect_uri,
            user: new.user,
            generation: new.generation,
            scopes: new.scopes,
            challenge: new.challenge,
            expires: self.clock.wall().plus(self.options.code),
            redeemed: None,
        };
        let key = keys::code(&secrets::hash(&code));
        let batch = Batch::new().require(key.clone(), Expect::Absent).set(key, encode(&record));
        if commit(&*self.engine, batch).await? { Ok(code) } else { Err(Trouble::Contended) }
    }

    /// Redeems a code. A second use revokes what the first one gave (rule B-47).
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn redeem(&self, client: &ClientRecord, wanted: CodeUse<'_>) -> Result<TokenSet, GrantError> {
        if wanted.code.len() > LONGEST || !clients::is_id(&client.id) {
            return Err(GrantError::Invalid("the code is unknown"));
        }
        let key = keys::code(&secrets::hash(wanted.code));
        for _ in 0..ATTEMPTS {
            let Some((record, revision)) = load::<CodeRecord>(&*self.engine, &key)? else {
                return Err(GrantError::Invalid("the code is unknown"));
            };
            if record.client != client.id {
                return Err(GrantError::Invalid("the code was issued to another client"));
            }
            if let Some(family) = &record.redeemed {
                self.revoke(family).await?;
                return Err(GrantError::Invalid("the code was used before; what it gave then is revoked"));
            }
            check(client, &record, wanted, self.clock.wall())?;
            let account = self.live_account(&record.user, record.generation)?;
            let (family, token) = self.new_family(&record)?;
            let spent = CodeRecord { redeemed: Some(token.family.clone()), ..record.clone() };
            let batch = Batch::new()
                .require(key.clone(), Expect::Revision(revision))
                .require(keys::client(&client.id), Expect::Present)
                .require(keys::family(&token.family), Expect::Absent)
                .set(key.clone(), encode(&spent))
                .set(keys::family(&token.family), encode(&family))
                .set(keys::family_of(&record.user, &token.family), MARK);
            // Signed before anything is stored: what cannot be signed must not use up the code.
            let tokens = self.token_set(&account, &family, &token, None)?;
            if commit(&*self.engine, batch).await? {
                return Ok(tokens);
            }
        }
        Err(Trouble::Contended.into())
    }

    fn new_family(&self, code: &CodeRecord) -> Result<(GrantFamilyRecord, RefreshToken), Trouble> {
        let salt = secrets::new_secret()?;
        let token = RefreshToken::first(random::node_id()?, secrets::new_secret()?, &salt);
        let now = self.clock.wall();
        let family = GrantFamilyRecord {
            client: code.client.clone(),
            user: code.user.clone(),
            generation: code.generation,
            scopes: code.scopes.clone(),
            created: now,
            used: now,
            expires: now.plus(self.options.refresh),
            step: token.number,
            current: token.hash(),
            salt,
            replaced: Vec::new(),
        };
        Ok((family, token))
    }
}

/// Whether a code that was not used yet may be used so.
fn check(client: &ClientRecord, code: &CodeRecord, wanted: CodeUse<'_>, now: Timestamp) -> Result<(), GrantError> {
    if now >= code.expires {
        return Err(GrantError::Invalid("the code has expired"));
    }
    let fits = match (&code.redirect_uri, wanted.redirect_uri) {
        (Some(asked), Some(given)) => redirects::same(asked, given),
        // Older releases of Office leave it out (rule B-61); an app has no reason to.
        (Some(_), None) => !client.is_public(),
        (None, Some(given)) => redirects::registered(&client.redirect_uris, given).is_some(),
        (None, None) => true,
    };
    if !fits {
        return Err(GrantError::Invalid("the redirect_uri is not that of the authorization request"));
    }
    match (&code.challenge, wanted.verifier) {
        (None, None) if client.is_public() => Err(GrantError::Invalid("a public client must use PKCE")),
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if pkce::fits(challenge, verifier) => Ok(()),
        (Some(_), Some(_)) => Err(GrantError::Invalid("the code_verifier is wrong")),
        (Some(_), None) => Err(GrantError::Invalid("the code_verifier is missing")),
        (None, Some(_)) => Err(GrantError::Invalid("there is a code_verifier, and there was no code_challenge")),
    }
}
