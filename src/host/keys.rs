//! The keys that sign access tokens: kept in the store, held in memory, renewed with time, retired by hand.

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use crate::{
    clock::{Clock, Timestamp},
    host::{
        random,
        trouble::{ATTEMPTS, Trouble, all_under, commit, load},
    },
    ids::NodeId,
    store::{
        engine::{Batch, Engine, Expect},
        records::{RecordError, SigningKeyRecord, decode, encode, keys},
    },
};

/// The longest key id that is looked up; ours have 6 characters.
const LONGEST_KID: usize = 16;

/// How long keys and what they sign live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySettings {
    /// A key older than this is followed by a new one.
    pub rotate_after: Duration,
    /// An old key is kept for as long after it was followed, and no less than tokens live.
    pub keep_for: Duration,
    /// No token lives longer than this.
    pub longest_token: Duration,
}

impl Default for KeySettings {
    /// 30 days, one day, and twice the ten hours that are recommended for a token (files.md section 1.6).
    fn default() -> Self {
        const HOUR: Duration = Duration::from_secs(3600);
        Self { rotate_after: HOUR * 24 * 30, keep_for: HOUR * 24, longest_token: HOUR * 20 }
    }
}

/// A key in memory. Its secret is never printed.
pub struct SigningKey {
    kid: String,
    signs: EncodingKey,
    verifies: DecodingKey,
    created: Timestamp,
    retired: Option<Timestamp>,
}

impl SigningKey {
    /// The short name by which a token says which key signed it.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// When it was made.
    pub const fn created(&self) -> Timestamp {
        self.created
    }

    /// When it was retired, if it was: tokens it signed are refused.
    pub const fn retired(&self) -> Option<Timestamp> {
        self.retired
    }

    pub(super) const fn signs(&self) -> &EncodingKey {
        &self.signs
    }

    pub(super) const fn verifies(&self) -> &DecodingKey {
        &self.verifies
    }

    /// A secret of 32 bytes that belongs to this key and to one purpose, which is not the beginning of a token.
    ///
    /// # Errors
    /// [`Trouble::Signing`].
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], Trouble> {
        let failed = |reason: String| Trouble::Signing(reason.into());
        let code = jsonwebtoken::crypto::sign(purpose.as_bytes(), &self.signs, Algorithm::HS256);
        let code = code.map_err(|error| failed(error.to_string()))?;
        let bytes = URL_SAFE_NO_PAD.decode(code).map_err(|error| failed(error.to_string()))?;
        bytes.try_into().map_err(|_| failed("a code has not 32 bytes".to_owned()))
    }

    fn from_record(kid: &str, record: &SigningKeyRecord) -> Result<Self, RecordError> {
        let damaged = |reason: &str| RecordError::Damaged { key: format!("k/{kid}"), reason: reason.to_owned() };
        let secret = STANDARD.decode(&record.secret).map_err(|_| damaged("its secret is not base64"))?;
        if secret.len() != 32 {
            return Err(damaged("its secret has not 32 bytes"));
        }
        Ok(Self {
            kid: kid.to_owned(),
            signs: EncodingKey::from_secret(&secret),
            verifies: DecodingKey::from_secret(&secret),
            created: record.created,
            retired: record.retired,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("created", &self.created)
            .field("retired", &self.retired)
            .finish_non_exhaustive()
    }
}

/// All keys, oldest first. There is always one that signs.
pub struct KeyRing {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    settings: KeySettings,
    held: RwLock<Held>,
    /// How often the keys were read anew.
    turn: AtomicU64,
}

struct Held {
    current: Arc<SigningKey>,
    all: Vec<Arc<SigningKey>>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Loads the keys; makes the first one when there is none that signs.
    ///
    /// # Errors
    /// [`Trouble`] when a key cannot be read or the first one cannot be kept.
    pub async fn open(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, settings: KeySettings) -> Result<Self, Trouble> {
        for _ in 0..ATTEMPTS {
            if let Some(held) = read_all(&*engine)? {
                return Ok(Self { engine, clock, settings, held: RwLock::new(held), turn: AtomicU64::new(0) });
            }
            let (batch, _) = with_new_key(Batch::new(), clock.wall())?;
            commit(&*engine, batch).await?;
        }
        Err(Trouble::Contended)
    }

    /// The newest key that is not retired: it signs.
    pub fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).current)
    }

    /// The key of that name, retired or not. A key that another process made is fetched from the store.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn find(&self, kid: &str) -> Result<Option<Arc<SigningKey>>, Trouble> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = held.all.iter().find(|key| key.kid == kid) {
            return Ok(Some(Arc::clone(key)));
        }
        drop(held);
        if kid.len() > LONGEST_KID || NodeId::parse(kid).is_err() {
            return Ok(None);
        }
        match load::<SigningKeyRecord>(&*self.engine, &keys::signing_key(kid))? {
            None => Ok(None),
            Some((record, _)) => Ok(Some(Arc::new(SigningKey::from_record(kid, &record)?))),
        }
    }

    /// Raised each time the keys held are read anew, after the new ones can be seen. That is a moment later than the store
    /// has them: whoever keeps what he made of a key looks at this first, as at [`Engine::epoch`].
    pub fn turn(&self) -> u64 {
        self.turn.load(Ordering::Acquire)
    }

    /// All keys that are kept, oldest first.
    pub fn list(&self) -> Vec<Arc<SigningKey>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).all.clone()
    }

    /// No token may live longer than this.
    pub const fn longest_token(&self) -> Duration {
        self.settings.longest_token
    }

    /// To be called now and then (hourly is plenty): makes a new key when the current one is old, and deletes those of
    /// which every token has expired. Tells whether a new key signs from now on.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read or written; the keys held stay as they were.
    pub async fn maintain(&self) -> Result<bool, Trouble> {
        self.reload()?;
        let due = self.clock.wall().since(self.current().created) >= self.settings.rotate_after;
        if due {
            self.rotate().await?;
        }
        self.delete_outlived().await?;
        Ok(due)
    }

    /// Makes a new key that signs from now on. Tokens signed by the older ones stay good.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be kept.
    pub async fn rotate(&self) -> Result<Arc<SigningKey>, Trouble> {
        for _ in 0..ATTEMPTS {
            let (batch, _) = with_new_key(Batch::new(), self.next_created())?;
            if commit(&*self.engine, batch).await? {
                self.reload()?;
                return Ok(self.current());
            }
        }
        Err(Trouble::Contended)
    }

    /// Retires a key: tokens that it signed are refused from now on. When it was the one that signs, a new one takes its
    /// place in the same commit. `false` when there is no such key; retiring twice is no error.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read or written.
    pub async fn retire(&self, kid: &str) -> Result<bool, Trouble> {
        self.reload()?;
        let Some(key) = self.list().into_iter().find(|key| key.kid == kid) else { return Ok(false) };
        for _ in 0..ATTEMPTS {
            let at = keys::signing_key(&key.kid);
            let Some((mut record, revision)) = load::<SigningKeyRecord>(&*self.engine, &at)? else { return Ok(false) };
            if record.retired.is_some() {
                self.reload()?;
                return Ok(true);
            }
            record.retired = Some(self.clock.wall());
            let mut batch = Batch::new().require(at.clone(), Expect::Revision(revision)).set(at, encode(&record));
            if self.current().kid == key.kid {
                batch = with_new_key(batch, self.next_created())?.0;
            }
            if commit(&*self.engine, batch).await? {
                self.reload()?;
                return Ok(true);
            }
        }
        Err(Trouble::Contended)
    }

    /// The time for a new key's record: later than every other's, wherever the wall clock was set to, so that it signs.
    fn next_created(&self) -> Timestamp {
        let newest = self.list().last().map_or(Timestamp::from_ticks(0), |key| key.created);
        self.clock.wall().max(newest.next_tick())
    }

    fn reload(&self) -> Result<(), Trouble> {
        self.hold(|| read_all(&*self.engine))
    }

    /// Holds what `read` finds. One reads at a time: else whoever was slow would put back what another has replaced, a key
    /// among it that was retired meanwhile.
    fn hold(&self, read: impl FnOnce() -> Result<Option<Held>, Trouble>) -> Result<(), Trouble> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = read()? {
            *held = found;
            self.turn.fetch_add(1, Ordering::AcqRel);
        }
        Ok(())
    }

    /// A key stopped signing when the next was made; `longest_token` later nothing that it signed can be good.
    async fn delete_outlived(&self) -> Result<(), Trouble> {
        let kept = self.settings.keep_for.max(self.settings.longest_token);
        let (now, current, all) = (self.clock.wall(), self.current(), self.list());
        let outlived = all.windows(2).filter(|pair| pair[0].kid != current.kid && pair[1].created.plus(kept) < now);
        let batch = outlived.fold(Batch::new(), |batch, pair| batch.clear(keys::signing_key(&pair[0].kid)));
        if !batch.clear.is_empty() {
            commit(&*self.engine, batch).await?;
            self.reload()?;
        }
        Ok(())
    }
}

/// All keys by age; `None` when there is none that may sign.
fn read_all(engine: &dyn Engine) -> Result<Option<Held>, Trouble> {
    let mut all = Vec::new();
    for (key, stored) in all_under(engine, keys::prefix::SIGNING_KEYS)? {
        let record: SigningKeyRecord = decode(&key, &stored.value)?;
        let kid = keys::last_part(&key).unwrap_or_default();
        all.push(Arc::new(SigningKey::from_record(kid, &record)?));
    }
    all.sort_by(|a, b| (a.created, &a.kid).cmp(&(b.created, &b.kid)));
    let current = all.iter().rfind(|key| key.retired.is_none()).cloned();
    Ok(current.map(|current| Held { current, all }))
}

/// A short id out of a long random one. It does not begin with `-`: on a command line it would be taken for an option.
fn kid_from(random: &str) -> String {
    random.trim_start_matches('-').chars().take(6).collect()
}

fn with_new_key(batch: Batch, created: Timestamp) -> Result<(Batch, String), Trouble> {
    let kid = kid_from(random::node_id()?.as_str());
    let secret: [u8; 32] = random::bytes()?;
    let record = SigningKeyRecord { secret: STANDARD.encode(secret), created, retired: None };
    let at = keys::signing_key(&kid);
    Ok((batch.require(at.clone(), Expect::Absent).set(at, encode(&record)), kid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{self, House};

    #[test]
    fn the_id_of_a_new_key_never_begins_as_an_option_does() {
        for (random, kid) in [("-abc-def_ghi", "abc-de"), ("--_23456789", "_23456"), ("abcdefghi", "abcdef")] {
            assert_eq!(kid_from(random), kid);
        }
    }

    #[tokio::test]
    async fn the_first_key_is_made_once_and_found_again() {
        let house = House::new();
        let first = house.key_ring().await.current().kid().to_owned();
        assert_eq!(first.len(), 6);
        assert_eq!(house.key_ring().await.current().kid(), first);
    }

    #[tokio::test]
    async fn a_key_is_followed_when_it_is_old_and_deleted_when_its_tokens_are_dead() {
        let house = House::new();
        let ring = house.key_ring().await;
        let first = ring.current().kid().to_owned();
        assert!(!ring.maintain().await.unwrap());
        house.clock.advance(testing::KEYS.rotate_after);
        assert!(ring.maintain().await.unwrap());
        assert_ne!(ring.current().kid(), first);
        assert!(ring.find(&first).unwrap().is_some());
        house.clock.advance(testing::KEYS.longest_token + Duration::from_secs(1));
        assert!(!ring.maintain().await.unwrap());
        assert!(ring.find(&first).unwrap().is_some(), "it is kept for as long as the settings say");
        house.clock.advance(testing::KEYS.keep_for - testing::KEYS.longest_token - Duration::from_secs(1));
        assert!(!ring.maintain().await.unwrap());
        assert!(ring.find(&first).unwrap().is_some(), "its time ends only now");
        house.clock.advance(Duration::from_secs(1));
        ring.maintain().await.unwrap();
        assert!(ring.find(&first).unwrap().is_none());
        assert_eq!(ring.list().len(), 1);
    }

    #[tokio::test]
    async fn a_new_key_signs_even_when_the_wall_clock_was_set_back() {
        let house = House::new();
        let ring = house.key_ring().await;
        house.clock.set_wall(Timestamp::from_unix_ms(1));
        let second = ring.rotate().await.unwrap();
        assert_eq!(house.key_ring().await.current().kid(), second.kid());
    }

    #[tokio::test]
    async fn retiring_the_key_that_signs_puts_a_new_one_in_its_place() {
        let house = House::new();
        let ring = house.key_ring().await;
        let first = ring.current().kid().to_owned();
        assert!(ring.retire(&first).await.unwrap());
        assert!(ring.retire(&first).await.unwrap());
        assert!(!ring.retire("nosuch").await.unwrap());
        assert_ne!(ring.current().kid(), first);
        assert!(ring.find(&first).unwrap().unwrap().retired().is_some());
        assert_eq!(house.key_ring().await.current().kid(), ring.current().kid());
    }

    #[tokio::test]
    async fn a_key_retired_while_the_keys_are_read_anew_stays_retired() {
        let house = House::new();
        let (ring, other) = (Arc::new(house.key_ring().await), house.key_ring().await);
        let kid = ring.current().kid().to_owned();
        let (done, is_done) = std::sync::mpsc::channel();
        let (its_ring, its_kid) = (Arc::clone(&ring), kid.clone());
        ring.hold(|| {
            let slow = read_all(&*house.engine)?;
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                assert!(runtime.block_on(other.retire(&its_kid)).unwrap());
                its_ring.reload().unwrap();
                done.send(()).unwrap();
            });
            // It has to wait for this reading to end; if it did not, it would be done soon.
            assert!(is_done.recv_timeout(Duration::from_millis(300)).is_err());
            Ok(slow)
        })
        .unwrap();
        is_done.recv().unwrap();
        assert!(ring.find(&kid).unwrap().unwrap().retired().is_some());
    }

    #[tokio::test]
    async fn a_key_that_another_ring_made_is_found() {
        let house = House::new();
        let (one, two) = (house.key_ring().await, house.key_ring().await);
        let made = one.rotate().await.unwrap();
        assert!(two.find(made.kid()).unwrap().is_some());
        for nonsense in ["", "../a", "k/x", "ä", &"x".repeat(10_000)] {
            assert!(two.find(nonsense).unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn no_debug_form_shows_a_secret() {
        let house = House::new();
        let ring = house.key_ring().await;
        let (key, stored) = all_under(&*house.engine, b"k/").unwrap().remove(0);
        let record: SigningKeyRecord = decode(&key, &stored.value).unwrap();
        let shown = format!("{ring:?} {:?} {record:?}", ring.current());
        assert!(!shown.contains(&record.secret), "{shown}");
    }
}
