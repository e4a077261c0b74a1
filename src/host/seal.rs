//! Marks on texts that browsers keep for this house, so that it knows its own work again without storing it.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    host::{
        random,
        trouble::{ATTEMPTS, Trouble, commit, load},
    },
    store::{
        engine::{Batch, Engine, Expect},
        records::{encode, keys},
    },
};

/// Under which name the key is stored.
const KEY: &str = "seal";

/// Makes and verifies seals: HMAC-SHA-256 under a key that the store keeps, 128 bits of it in base64url. Cheap to clone.
#[derive(Clone)]
pub struct Seal {
    engine: Arc<dyn Engine>,
    key: Arc<OnceLock<hmac::Key>>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").finish_non_exhaustive()
    }
}

impl Seal {
    /// Keeps its key in `engine`; it is made when it is first needed.
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self { engine, key: Arc::default() }
    }

    /// The seal on these texts, for this purpose. A seal for one purpose is none for another.
    ///
    /// # Errors
    /// [`Trouble`] when the key cannot be read or made.
    pub async fn on(&self, purpose: &str, texts: &[&str]) -> Result<String, Trouble> {
        let tag = hmac::sign(self.key().await?, &message(purpose, texts));
        Ok(URL_SAFE_NO_PAD.encode(&tag.as_ref()[..16]))
    }

    /// Whether `seal` is the one on these texts; compared in constant time.
    ///
    /// # Errors
    /// [`Trouble`] when the key cannot be read or made.
    pub async fn fits(&self, purpose: &str, texts: &[&str], seal: &str) -> Result<bool, Trouble> {
        let right = self.on(purpose, texts).await?;
        Ok(aws_lc_rs::constant_time::verify_slices_are_equal(right.as_bytes(), seal.as_bytes()).is_ok())
    }

    async fn key(&self) -> Result<&hmac::Key, Trouble> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let at = keys::system(KEY);
        for _ in 0..ATTEMPTS {
            if let Some((text, _)) = load::<String>(&*self.engine, &at)? {
                return Ok(self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())));
            }
            let bits: [u8; 32] = random::bytes()?;
            let batch =
                Batch::new().require(at.clone(), Expect::Absent).set(at.clone(), encode(&URL_SAFE_NO_PAD.encode(bits)));
            commit(&*self.engine, batch).await?;
        }
        Err(Trouble::Contended)
    }
}

/// Each part behind its length, so that no two lists of texts give one message.
fn message(purpose: &str, texts: &[&str]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in std::iter::once(&purpose).chain(texts) {
        message.extend_from_slice(&(part.len() as u64).to_le_bytes());
        message.extend_from_slice(part.as_bytes());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::House;

    #[tokio::test]
    async fn a_seal_is_known_again_after_a_restart_and_fits_nothing_else() {
        let house = House::new();
        let seal = Seal::new(house.engine.clone()).on("form", &["a", "b"]).await.unwrap();
        let later = Seal::new(house.engine.clone());
        assert!(later.fits("form", &["a", "b"], &seal).await.unwrap());
        for (purpose, texts) in [("device", ["a", "b"]), ("form", ["ab", ""]), ("form", ["b", "a"])] {
            assert!(!later.fits(purpose, &texts, &seal).await.unwrap(), "{purpose} {texts:?}");
        }
        assert!(!later.fits("form", &["a", "b"], "").await.unwrap());
        let another = Seal::new(House::new().engine.clone());
        assert!(!another.fits("form", &["a", "b"], &seal).await.unwrap());
    }
}
