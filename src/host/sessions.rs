//! Browsers that are signed in.

use std::{fmt, sync::Arc, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    clock::{Clock, Timestamp},
    host::{
        random,
        seal::Seal,
        trouble::{ATTEMPTS, MARK, PAGE, Trouble, all_under, commit, load},
    },
    ids::UserId,
    store::{
        engine::{Batch, Engine, Expect, scan_prefix},
        records::{AccountRecord, SessionRecord, decode, encode, keys},
    },
};

/// The characters of a session's cookie: 256 random bits in base64url.
const COOKIE: usize = 43;

/// Sessions that one user may have; a further one ends the one that would end first.
pub const MOST: usize = 64;

/// How much longer than asked a session may live, so that its end is written at most that often.
const ROUNDING: Duration = Duration::from_secs(60);

/// The most characters that are kept of what a browser calls itself.
const LONGEST_AGENT: usize = 200;

/// The sessions of the house, stored under hashes of what cookies hold.
#[derive(Clone)]
pub struct Sessions {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
    seal: Seal,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// The name under which a session is stored, and by which lists call it: it does not open the session.
pub fn name_of(cookie: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, cookie.as_bytes()))
}

impl Sessions {
    /// Works on the records of `engine`; a session ends `lifetime` after its last use, or up to a minute later.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, lifetime: Duration) -> Self {
        Self { seal: Seal::new(Arc::clone(&engine)), engine, clock, lifetime }
    }

    /// What marks the texts that browsers keep for this house.
    pub const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Begins a session for somebody who has just signed in; the text is for the cookie, and secret. Sessions of his that
    /// are over are cleared, and beyond [`MOST`] the one that would end first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn begin(&self, account: &AccountRecord, agent: &str) -> Result<String, Trouble> {
        let secret: [u8; 32] = random::bytes()?;
        let cookie = URL_SAFE_NO_PAD.encode(secret);
        let name = name_of(&cookie);
        let now = self.clock.wall();
        let record = SessionRecord {
            user: account.user.clone(),
            generation: account.generation,
            created: now,
            expires: self.end_from(now),
            agent: agent.chars().filter(|c| !c.is_control()).take(LONGEST_AGENT).collect(),
        };
        let mut batch = Batch::new()
            .require(keys::session(&name), Expect::Absent)
            .set(keys::session(&name), encode(&record))
            .set(keys::session_of(&account.user, &name), MARK);
        for over in self.superfluous(account, now)? {
            batch = batch.clear(keys::session(&over)).clear(keys::session_of(&account.user, &over));
        }
        // 256 random bits are not there already.
        if commit(&*self.engine, batch).await? { Ok(cookie) } else { Err(Trouble::Contended) }
    }

    /// Who the holder of a cookie is, if the session and the account still stand (rule B-46: not after a password change).
    /// The account comes without the password's hash.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn find(&self, cookie: &str) -> Result<Option<(AccountRecord, SessionRecord)>, Trouble> {
        if !is_cookie(cookie) {
            return Ok(None);
        }
        let found = load::<SessionRecord>(&*self.engine, &keys::session(&name_of(cookie)))?;
        let Some((session, _)) = found.filter(|(session, _)| self.clock.wall() < session.expires) else {
            return Ok(None);
        };
        let account = load::<AccountRecord>(&*self.engine, &keys::account(&session.user))?.map(|(account, _)| account);
        Ok(account
            .filter(|account| stands(account, &session))
            .map(|account| (AccountRecord { password: None, ..account }, session)))
    }

    /// Moves the end of a session that is in use; writes about once a minute at most.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn touch(&self, cookie: &str) -> Result<(), Trouble> {
        if !is_cookie(cookie) {
            return Ok(());
        }
        let key = keys::session(&name_of(cookie));
        for _ in 0..ATTEMPTS {
            let now = self.clock.wall();
            let Some((session, revision)) = load::<SessionRecord>(&*self.engine, &key)? else { return Ok(()) };
            if session.expires <= now || now.plus(self.lifetime) <= session.expires {
                return Ok(());
            }
            let moved = SessionRecord { expires: self.end_from(now), ..session };
            let batch = Batch::new().require(key.clone(), Expect::Revision(revision)).set(key.clone(), encode(&moved));
            if commit(&*self.engine, batch).await? {
                return Ok(());
            }
        }
        Err(Trouble::Contended)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn end(&self, cookie: &str) -> Result<(), Trouble> {
        if is_cookie(cookie) { self.end_named(&name_of(cookie)).await } else { Ok(()) }
    }

    /// Ends a session by the name that lists give it.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn end_named(&self, name: &str) -> Result<(), Trouble> {
        if let Some((session, _)) = load::<SessionRecord>(&*self.engine, &keys::session(name))? {
            let batch = Batch::new().clear(keys::session(name)).clear(keys::session_of(&session.user, name));
            commit(&*self.engine, batch).await?;
        }
        Ok(())
    }

    /// The sessions of a user that are not over, each with the hash that names it.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn of_user(&self, user: &UserId) -> Result<Vec<(String, SessionRecord)>, Trouble> {
        let Some((account, _)) = load::<AccountRecord>(&*self.engine, &keys::account(user))? else {
            return Ok(Vec::new());
        };
        let now = self.clock.wall();
        let all = self.all_of(user)?.into_iter();
        let live = |session: &SessionRecord| now < session.expires && stands(&account, session);
        Ok(all.filter_map(|(name, session)| Some((name, session.filter(live)?))).collect())
    }

    /// Clears the records of sessions that are over, a page at a time, until `stopped` says so. Returns how many.
    ///
    /// # Errors
    /// [`Trouble`]; what was cleared before stays cleared.
    pub async fn collect(&self, stopped: &(dyn Fn() -> bool + Sync)) -> Result<u64, Trouble> {
        let (mut cleared, mut after) = (0, None);
        while !stopped() {
            let page = scan_prefix(&*self.engine, keys::prefix::SESSIONS, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            let now = self.clock.wall();
            let mut batch = Batch::new();
            for (key, record) in page {
                // One that is damaged must not keep all behind it.
                let session: SessionRecord = match decode(&key, &record.value) {
                    Ok(session) => session,
                    Err(error) => {
                        tracing::error!(%error, "a session cannot be read, and is not cleared away");
                        continue;
                    }
                };
                if session.expires <= now {
                    let name = keys::last_part(&key).unwrap_or_default();
                    batch = batch.clear(keys::session_of(&session.user, name));
                    // Should it be used just now, it is left for the next time.
                    batch = batch.require(key.clone(), Expect::Revision(record.revision)).clear(key);
                }
            }
            let count = batch.require.len() as u64;
            if count > 0 && commit(&*self.engine, batch).await? {
                cleared += count;
            }
        }
        Ok(cleared)
    }

    /// When a session was used last: up to about a minute earlier or later than it really was.
    pub fn last_used(&self, session: &SessionRecord) -> Timestamp {
        let whole = self.lifetime + ROUNDING.min(self.lifetime / 4);
        let used = Timestamp::from_ticks(0).plus(session.expires.since(Timestamp::from_ticks(0)).saturating_sub(whole));
        // The lifetime may have been another one.
        used.clamp(session.created, self.clock.wall().max(session.created))
    }

    fn end_from(&self, now: Timestamp) -> Timestamp {
        now.plus(self.lifetime).plus(ROUNDING.min(self.lifetime / 4))
    }

    /// All rows of a user with their sessions; without one when a row was left over.
    fn all_of(&self, user: &UserId) -> Result<Vec<(String, Option<SessionRecord>)>, Trouble> {
        let rows = all_under(&*self.engine, &keys::sessions_of(user))?;
        rows.iter()
            .filter_map(|(key, _)| keys::last_part(key))
            .map(|name| {
                let session = load::<SessionRecord>(&*self.engine, &keys::session(name))?;
                Ok((name.to_owned(), session.map(|(session, _)| session)))
            })
            .collect()
    }

    /// The sessions that a further one makes superfluous.
    fn superfluous(&self, account: &AccountRecord, now: Timestamp) -> Result<Vec<String>, Trouble> {
        let mut live = Vec::new();
        let mut over = Vec::new();
        for (name, session) in self.all_of(&account.user)? {
            match session.filter(|session| now < session.expires && stands(account, session)) {
                Some(session) => live.push((session.expires, name)),
                None => over.push(name),
            }
        }
        live.sort();
        let surplus = (live.len() + 1).saturating_sub(MOST);
        over.extend(live.into_iter().take(surplus).map(|(_, name)| name));
        Ok(over)
    }
}

fn is_cookie(text: &str) -> bool {
    text.len() == COOKIE && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn stands(account: &AccountRecord, session: &SessionRecord) -> bool {
    !account.disabled && !account.removed && account.generation == session.generation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{House, user};

    const HOUR: Duration = Duration::from_secs(3600);

    fn sessions(house: &House) -> Sessions {
        Sessions::new(house.engine.clone(), house.clock.clone(), HOUR)
    }

    #[tokio::test]
    async fn a_session_is_found_by_its_cookie_and_by_nothing_else() {
        let house = House::new();
        let sessions = sessions(&house);
        let anna = house.add("anna").await;
        let cookie = sessions.begin(&anna, "Firefox\n\u{1b}[1m").await.unwrap();
        let (account, session) = sessions.find(&cookie).unwrap().unwrap();
        assert_eq!((account.user, session.agent.as_str()), (user("anna"), "Firefox[1m"));
        let stored = name_of(&cookie);
        for other in
            ["", "x", &stored, &format!("{cookie}A"), &"A".repeat(43), "../../../../../../../../../../../../../etc/pa"]
        {
            assert_eq!(sessions.find(other).unwrap(), None, "{other}");
        }
    }

    #[tokio::test]
    async fn nothing_in_the_store_opens_a_session() {
        let house = House::new();
        let anna = house.add("anna").await;
        let cookie = sessions(&house).begin(&anna, "").await.unwrap();
        let all = all_under(&*house.engine, b"").unwrap();
        let holds = |bytes: &[u8]| bytes.windows(cookie.len()).any(|part| part == cookie.as_bytes());
        assert!(all.iter().all(|(key, record)| !holds(key) && !holds(&record.value)));
    }

    #[tokio::test]
    async fn use_moves_the_end_and_seldom_writes() {
        let house = House::new();
        let sessions = sessions(&house);
        let cookie = sessions.begin(&house.add("anna").await, "").await.unwrap();
        let key = keys::session(&name_of(&cookie));
        let mut writes = 0;
        let mut revision = house.engine.get(&key).unwrap().unwrap().revision;
        for _ in 0..600 {
            house.clock.advance(Duration::from_secs(10));
            sessions.touch(&cookie).await.unwrap();
            let now = house.engine.get(&key).unwrap().unwrap().revision;
            writes += u32::from(now != revision);
            revision = now;
        }
        assert!((50..=100).contains(&writes), "{writes} writes in 100 minutes");
        house.clock.advance(HOUR - Duration::from_secs(1));
        assert!(sessions.find(&cookie).unwrap().is_some(), "never shorter than promised");
        house.clock.advance(ROUNDING + Duration::from_secs(1));
        assert_eq!(sessions.find(&cookie).unwrap(), None);
        sessions.touch(&cookie).await.unwrap();
        assert_eq!(sessions.find(&cookie).unwrap(), None, "what is over stays over");
    }

    #[tokio::test]
    async fn a_new_password_or_a_shut_door_ends_all_sessions() {
        let house = House::new();
        let sessions = sessions(&house);
        let anna = house.add("anna").await;
        let old = sessions.begin(&anna, "").await.unwrap();
        let anna = house.accounts().set_password(&anna.user, "another one").await.unwrap();
        assert_eq!(sessions.find(&old).unwrap(), None);
        assert!(sessions.of_user(&anna.user).unwrap().is_empty());
        let new = sessions.begin(&anna, "").await.unwrap();
        let (found, _) = sessions.find(&new).unwrap().unwrap();
        assert_eq!(found.password, None, "the hash stays in the store");
        house.accounts().disable(&anna.user, true).await.unwrap();
        assert_eq!(sessions.find(&new).unwrap(), None);
        house.accounts().disable(&anna.user, false).await.unwrap();
        assert_eq!(sessions.find(&new).unwrap(), None);
    }

    #[tokio::test]
    async fn sessions_are_listed_and_ended_each_for_itself() {
        let house = House::new();
        let sessions = sessions(&house);
        let (anna, berta) = (house.add("anna").await, house.add("berta").await);
        let first = sessions.begin(&anna, "one").await.unwrap();
        let second = sessions.begin(&anna, "two").await.unwrap();
        let other = sessions.begin(&berta, "three").await.unwrap();
        let mut agents: Vec<_> = sessions.of_user(&anna.user).unwrap().into_iter().map(|(_, s)| s.agent).collect();
        agents.sort();
        assert_eq!(agents, ["one", "two"]);
        sessions.end(&first).await.unwrap();
        sessions.end(&first).await.unwrap();
        assert_eq!(sessions.find(&first).unwrap(), None);
        let listed = sessions.of_user(&anna.user).unwrap();
        assert_eq!(listed.len(), 1);
        sessions.end_named(&listed[0].0).await.unwrap();
        assert_eq!(sessions.find(&second).unwrap(), None);
        assert!(sessions.find(&other).unwrap().is_some());
        assert!(all_under(&*house.engine, &keys::sessions_of(&anna.user)).unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_user_has_a_bounded_number_of_sessions() {
        let house = House::new();
        let sessions = sessions(&house);
        let anna = house.add("anna").await;
        let first = sessions.begin(&anna, "").await.unwrap();
        for _ in 0..MOST {
            house.clock.advance(Duration::from_secs(1));
            sessions.begin(&anna, "").await.unwrap();
        }
        assert_eq!(sessions.find(&first).unwrap(), None);
        assert_eq!(all_under(&*house.engine, keys::prefix::SESSIONS).unwrap().len(), MOST);
    }

    #[tokio::test]
    async fn a_session_that_cannot_be_read_keeps_none_behind_it() {
        let house = House::new();
        let sessions = sessions(&house);
        let anna = house.add("anna").await;
        for _ in 0..3 {
            sessions.begin(&anna, "").await.unwrap();
        }
        let (first, _) = all_under(&*house.engine, keys::prefix::SESSIONS).unwrap().remove(0);
        assert!(commit(&*house.engine, Batch::new().set(first.clone(), b"{".to_vec())).await.unwrap());
        house.clock.advance(HOUR * 2);
        assert_eq!(sessions.collect(&|| false).await.unwrap(), 2);
        let left = all_under(&*house.engine, keys::prefix::SESSIONS).unwrap();
        assert_eq!(left.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), [first]);
    }

    #[tokio::test]
    async fn sessions_that_are_over_are_cleared_away() {
        let house = House::new();
        let sessions = sessions(&house);
        let anna = house.add("anna").await;
        sessions.begin(&anna, "").await.unwrap();
        house.clock.advance(HOUR * 2);
        let live = sessions.begin(&house.add("berta").await, "").await.unwrap();
        assert_eq!(sessions.collect(&|| false).await.unwrap(), 1);
        assert!(sessions.find(&live).unwrap().is_some());
        assert!(all_under(&*house.engine, &keys::sessions_of(&anna.user)).unwrap().is_empty());
        assert_eq!(sessions.collect(&|| false).await.unwrap(), 0);
    }
}
