//! Verifying stored contents, for `lockhouse check`.

use std::sync::Arc;

use aws_lc_rs::digest::{self, SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Content, ContentError, Page, chunks::hash_of};
use crate::{
    ids::NodeId,
    store::records::{ContentRef, ManifestId},
};

/// How many damages of one content are told; there may be more.
pub const MOST_DAMAGES: usize = 100;

/// Something that is wrong with a stored content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub node: NodeId,
    /// Its content.
    pub manifest: ManifestId,
    /// The chunk's number; `None` when it is the manifest or the whole.
    pub chunk: Option<u64>,
    /// Where in the content, in bytes.
    pub offset: u64,
    /// What is wrong.
    pub reason: Arc<str>,
}

struct Verification<'a> {
    content: &'a Content,
    node: &'a NodeId,
    manifest: ManifestId,
    offset: u64,
    whole: digest::Context,
    damages: Vec<Damage>,
}

impl Content {
    /// Reads a whole content and verifies every page, every chunk (checksum, length, SHA-256) and the whole's SHA-256.
    /// Memory does not grow with the content.
    ///
    /// The caller holds a pin or a [`super::HoldGuard`], and looks again whether the record still names the manifest before
    /// believing a damage.
    ///
    /// # Errors
    /// What is wrong, at most [`MOST_DAMAGES`].
    pub fn verify_manifest(
        &self,
        node: &NodeId,
        manifest: ManifestId,
        expected: &ContentRef,
    ) -> Result<(), Vec<Damage>> {
        let whole = digest::Context::new(&SHA256);
        let mut verification = Verification { content: self, node, manifest, offset: 0, whole, damages: Vec::new() };
        verification.pages(expected.size);
        verification.conclude(expected)
    }
}

impl Verification<'_> {
    fn damage(&mut self, chunk: Option<u64>, reason: impl Into<Arc<str>>) {
        if self.damages.len() < MOST_DAMAGES {
            let Self { node, manifest, offset, .. } = *self;
            self.damages.push(Damage { node: node.clone(), manifest, chunk, offset, reason: reason.into() });
        }
    }

    fn pages(&mut self, size: u64) {
        for number in 0.. {
            match self.content.page(self.node, self.manifest, number) {
                Ok(Some(page)) => {
                    if page.start() != self.offset {
                        self.damage(None, format!("manifest page {number} begins at {}", page.start()));
                        self.offset = page.start();
                    }
                    self.chunks(&page);
                }
                Ok(None) if self.offset >= size => return,
                Ok(None) => return self.damage(None, format!("manifest page {number} is missing")),
                Err(error) => return self.damage(None, error.to_string()),
            }
        }
    }

    fn chunks(&mut self, page: &Page) {
        for entry in page.entries() {
            match self.content.chunk(self.node, self.manifest, &entry) {
                Ok(bytes) => {
                    if hash_of(&bytes) != entry.hash {
                        self.damage(Some(entry.number), "its SHA-256 is not that of the bytes that were stored");
                    }
                    self.whole.update(&bytes);
                }
                Err(ContentError::Corrupt { reason, .. }) => self.damage(Some(entry.number), reason),
                Err(ContentError::Missing { .. }) => self.damage(Some(entry.number), "it is missing"),
                Err(error) => self.damage(Some(entry.number), error.to_string()),
            }
            self.offset = self.offset.saturating_add(u64::from(entry.length));
        }
    }

    fn conclude(mut self, expected: &ContentRef) -> Result<(), Vec<Damage>> {
        if self.offset != expected.size {
            self.damage(None, format!("it has {} bytes, not {}", self.offset, expected.size));
        }
        if self.damages.is_empty() {
            let sum = STANDARD.encode(self.whole.clone().finish());
            if sum != expected.sha256 {
                self.damage(None, format!("its SHA-256 is {sum}, not {}", expected.sha256));
            }
        }
        if self.damages.is_empty() { Ok(()) } else { Err(self.damages) }
    }
}
