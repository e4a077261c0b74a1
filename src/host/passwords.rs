//! Passwords: Argon2id, a bounded number at a time, and the same answer for a wrong name as for a wrong password.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::host::random::{self, NoRandomness};

/// The fewest characters of a new password.
pub const SHORTEST: usize = 8;

/// The most bytes of a password, as UTF-8.
pub const LONGEST: usize = 1024;

/// Memory that one hash fills, in KiB: with [`AT_ONCE`] the most that sign-ins can take.
const MEMORY_KIB: u32 = 19 * 1024;

/// Passes over that memory (the second of OWASP's equivalent choices for Argon2id: 19 MiB, 2 passes, 1 lane).
const PASSES: u32 = 2;

/// Hashes computed at the same time.
const AT_ONCE: usize = 2;

/// Callers that may wait for their turn; more are sent away at once.
const WAITING: usize = 62;

/// What is verified against when there is no such user: same parameters, hence the same time. Nobody knows a password
/// for it, and its outcome is not used.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Unmistakable letters and digits, 32 of them: five bits each.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Why a password was not hashed or not looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`SHORTEST`] characters.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// More than [`LONGEST`] bytes.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    /// Too many sign-ins at the same time.
    #[error("too many people are signing in; try again shortly")]
    Busy,
    /// The machine could not compute the hash.
    #[error("the password could not be processed: {0}")]
    Machine(String),
}

/// Hashes and verifies passwords, [`AT_ONCE`] at a time, so that a flood of sign-ins can take neither the memory nor all
/// processors. Cheap to clone; clones share the limit.
#[derive(Clone, Debug)]
pub struct Passwords {
    admitted: Arc<Semaphore>,
    computing: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// A pool of its own.
    pub fn new() -> Self {
        Self { admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)), computing: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Hashes a new password into PHC form.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        check_new(password)?;
        let password = password.to_owned();
        self.compute(move || hash_blocking(&password)).await?
    }

    /// Tells whether the password fits the hash. Without a hash (no such user, or none that signs in with a password) it
    /// takes the same time and says no.
    ///
    /// # Errors
    /// [`PasswordError::Busy`], [`PasswordError::Machine`]; never depends on whether there is a hash.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        let password = password.to_owned();
        let hash = hash.map(ToOwned::to_owned);
        self.compute(move || verify_blocking(&password, hash.as_deref())).await
    }

    /// Runs `work` on a thread that may block. The permit lives as long as the work, even if the caller goes away.
    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let computing = Arc::clone(&self.computing).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        let job = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop((computing, admitted));
            outcome
        });
        job.await.map_err(|error| PasswordError::Machine(error.to_string()))
    }
}

/// Checks the length of a new password.
///
/// # Errors
/// [`PasswordError::TooShort`], [`PasswordError::TooLong`].
pub fn check_new(password: &str) -> Result<(), PasswordError> {
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    Ok(())
}

/// A password for the first administrator, to be printed once: 100 random bits as `xxxxx-xxxxx-xxxxx-xxxxx`.
///
/// # Errors
/// [`NoRandomness`] when the system has none to give.
pub fn generate() -> Result<String, NoRandomness> {
    let bits: [u8; 20] = random::bytes()?;
    let letters: Vec<char> = bits.iter().map(|bits| char::from(READABLE[usize::from(bits % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

fn hash_blocking(password: &str) -> Result<String, PasswordError> {
    let machine = |error: &dyn std::fmt::Display| PasswordError::Machine(error.to_string());
    let salt: [u8; 16] = random::bytes().map_err(|error| machine(&error))?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| machine(&error))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(composed(password).as_bytes(), &salt).map_err(|error| machine(&error))?;
    Ok(hash.to_string())
}

fn verify_blocking(password: &str, hash: Option<&str>) -> bool {
    let fits = Argon2::default().verify_password(composed(password).as_bytes(), hash.unwrap_or(NOBODY)).is_ok();
    fits && hash.is_some()
}

/// The same password typed on two systems is the same text (RFC 8265 section 4.2: NFC).
fn composed(password: &str) -> String {
    password.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_hash_and_no_other_does() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap());
        for wrong in ["correct hors", "correct horse ", "Correct horse", "", "\0"] {
            assert!(!passwords.verify(wrong, Some(&hash)).await.unwrap(), "{wrong}");
        }
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert!(!passwords.verify("correct horse", Some("not a hash")).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_what_a_real_one_costs() {
        use argon2::password_hash::phc::PasswordHash;
        let real = hash_blocking("correct horse").unwrap();
        let (real, nobody) = (PasswordHash::new(&real).unwrap(), PasswordHash::new(NOBODY).unwrap());
        assert_eq!(nobody.algorithm, real.algorithm);
        assert_eq!(nobody.params, real.params);
        assert_eq!(nobody.hash.unwrap().len(), real.hash.unwrap().len());
        assert!(nobody.salt.is_some());
    }

    #[tokio::test]
    async fn composed_and_decomposed_letters_are_one_password() {
        let passwords = Passwords::new();
        let hash = passwords.hash("schl\u{fc}ssel1").await.unwrap();
        assert!(passwords.verify("schlu\u{308}ssel1", Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn short_and_giant_passwords_are_refused() {
        let passwords = Passwords::new();
        assert_eq!(passwords.hash("sevench").await, Err(PasswordError::TooShort));
        assert_eq!(passwords.hash("äöüäöüä").await, Err(PasswordError::TooShort));
        assert_eq!(check_new(&"x".repeat(1024)), Ok(()));
        assert_eq!(passwords.hash(&"x".repeat(1025)).await, Err(PasswordError::TooLong));
        assert_eq!(passwords.verify(&"x".repeat(1_000_000), None).await, Ok(false));
    }

    #[tokio::test]
    async fn a_flood_of_sign_ins_is_sent_away_instead_of_queued_without_end() {
        let passwords = Passwords::new();
        let all = Arc::clone(&passwords.admitted).acquire_many_owned(64).await.unwrap();
        assert_eq!(passwords.verify("whatever", None).await, Err(PasswordError::Busy));
        drop(all);
        assert_eq!(passwords.verify("whatever", None).await, Ok(false));
    }

    #[test]
    fn a_generated_password_is_readable_and_new_each_time() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 23);
        assert!(one.bytes().all(|byte| byte == b'-' || READABLE.contains(&byte)), "{one}");
        assert_eq!(check_new(&one), Ok(()));
    }
}
