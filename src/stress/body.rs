//! Bodies that carry their own identity: no two are the same, so that each reading tells which writing it saw, and what is
//! made of two writings is none of them.

use aws_lc_rs::digest::{Context, Digest as Sha, SHA256, digest};

use super::{chance::Chance, plan::Sizes};
use crate::judge::history::{Content, Digest};

/// The shortest body: its identity must fit.
pub const SHORTEST: usize = 48;

/// The bytes of a PutFile.
#[derive(Debug)]
pub struct Body {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// By which the judge knows them.
    pub content: Content,
}

/// What the judge knows bytes by.
pub fn content(sha: &Sha, length: u64) -> Content {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(sha.as_ref());
    Content { digest: Digest(bytes), length }
}

/// The same, of bytes at hand.
pub fn content_of(bytes: &[u8]) -> Content {
    content(&digest(&SHA256, bytes), bytes.len() as u64)
}

/// A hash that is fed piece by piece.
pub fn hasher() -> Context {
    Context::new(&SHA256)
}

/// Makes bodies; each is of another number.
#[derive(Debug)]
pub struct Bodies {
    seed: u64,
    made: u64,
    sizes: Sizes,
}

impl Bodies {
    /// For one run.
    pub fn new(seed: u64, sizes: Sizes) -> Self {
        Self { seed, made: 0, sizes }
    }

    /// Goes on after those that were made elsewhere.
    #[must_use]
    pub fn skip(mut self, made: u64) -> Self {
        self.made = made;
        self
    }

    /// The next body, of a size drawn at random.
    pub fn next(&mut self, chance: &mut Chance) -> Body {
        let size = self.sizes.draw(chance);
        self.sized(size)
    }

    /// The next body, of this size or, if that is too short, the shortest.
    pub fn sized(&mut self, size: usize) -> Body {
        self.made += 1;
        let bytes = identified(self.seed, self.made, size);
        let content = content_of(&bytes);
        Body { bytes, content }
    }
}

/// A line that says whose bytes these are, and after it noise in which no part is like another, or like another body's.
fn identified(seed: u64, number: u64, size: usize) -> Vec<u8> {
    let size = size.max(SHORTEST);
    let mut bytes = Vec::with_capacity(size + 8);
    bytes.extend_from_slice(format!("lockhouse {seed:016x} {number:016x}\n").as_bytes());
    let mut chance = Chance::new(seed, number);
    while bytes.len() < size {
        bytes.extend_from_slice(&chance.bits().to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bodies_are_alike_however_short() {
        let mut bodies = Bodies::new(1, Sizes::fixed(0));
        let mut chance = Chance::new(1, 1);
        let (first, second) = (bodies.next(&mut chance), bodies.next(&mut chance));
        assert_eq!(first.bytes.len(), SHORTEST);
        assert_ne!(first.content.digest, second.content.digest);
        assert_ne!(first.bytes, Bodies::new(2, Sizes::fixed(0)).next(&mut chance).bytes);
    }
}
