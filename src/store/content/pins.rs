//! Who uses which chunks and manifests just now: what the collector must spare although no durable record names it.
//!
//! - An upload in flight protects the chunks it wrote by the number at which it began (the collector touches none from
//!   there on), the chunks it reuses by their numbers, and its manifest.
//! - A reader protects its manifest, and with it the chunks.
//! - What is let go while a cycle runs stays protected until the cycle ends: the cycle may have looked at the file's records
//!   before the commit that made them name it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use roaring::RoaringTreemap;

use crate::{ids::NodeId, store::records::ManifestId};

type Name = (NodeId, ManifestId);

#[derive(Default)]
struct ChunkPins {
    last_upload: u64,
    uploads: BTreeMap<u64, UploadPins>,
    lingering: RoaringTreemap,
    cycle: bool,
}

struct UploadPins {
    start: u64,
    reused: RoaringTreemap,
}

#[derive(Default)]
struct ManifestPins {
    held: HashMap<Name, usize>,
    lingering: HashSet<Name>,
    condemned: HashSet<Name>,
    cycle: bool,
}

/// All pins of one content store. Where several locks are taken, it is in the order of the fields. Disk access happens under
/// the first only, which those take who may wait for the disk: the others, which every upload and every reader takes at its
/// beginning and its end, on the event loop too, are never held for long.
#[derive(Default)]
pub(crate) struct Pins {
    /// Held by whoever looks for chunks to reuse, or deletes one: of the two, each finds what the other has done.
    disk: Mutex<()>,
    chunks: Mutex<ChunkPins>,
    manifests: Mutex<ManifestPins>,
    holds: AtomicUsize,
}

impl Pins {
    fn chunks(&self) -> MutexGuard<'_, ChunkPins> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn disk(&self) -> MutexGuard<'_, ()> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn manifests(&self) -> MutexGuard<'_, ManifestPins> {
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers an upload, whose new chunks will all have `next()` or a higher number.
    pub(super) fn begin_upload(&self, name: &Name, next: impl FnOnce() -> u64) -> u64 {
        let mut chunks = self.chunks();
        chunks.last_upload += 1;
        let upload = chunks.last_upload;
        chunks.uploads.insert(upload, UploadPins { start: next(), reused: RoaringTreemap::new() });
        *self.manifests().held.entry(name.clone()).or_default() += 1;
        upload
    }

    /// Looks up and pins in one step: what `find` returns cannot be deleted between the two.
    pub(super) fn reuse<E>(&self, upload: u64, find: impl FnOnce() -> Result<Vec<u64>, E>) -> Result<Vec<u64>, E> {
        let disk = self.disk();
        let found = find()?;
        if let Some(pins) = self.chunks().uploads.get_mut(&upload) {
            pins.reused.extend(found.iter().copied());
        }
        drop(disk);
        Ok(found)
    }

    /// Ends an upload, after its commit is durable or when it died.
    pub(super) fn end_upload(&self, upload: u64, name: &Name) {
        let mut chunks = self.chunks();
        if let Some(pins) = chunks.uploads.remove(&upload)
            && chunks.cycle
        {
            chunks.lingering |= pins.reused;
        }
        drop(chunks);
        self.release(name);
    }

    fn release(&self, name: &Name) {
        let mut manifests = self.manifests();
        if let Some(count) = manifests.held.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                manifests.held.remove(name);
                if manifests.cycle {
                    manifests.lingering.insert(name.clone());
                }
            }
        }
    }

    /// Protects a manifest against collection, unless it is condemned already.
    pub(super) fn pin(self: &Arc<Self>, node: &NodeId, manifest: ManifestId) -> Option<ManifestPin> {
        let name = (node.clone(), manifest);
        let mut manifests = self.manifests();
        if manifests.condemned.contains(&name) {
            return None;
        }
        *manifests.held.entry(name.clone()).or_default() += 1;
        drop(manifests);
        Some(ManifestPin { pins: Arc::clone(self), name })
    }

    /// Begins a cycle; `None` when one is running.
    pub(crate) fn begin_cycle(self: &Arc<Self>, next: impl FnOnce() -> u64) -> Option<Cycle> {
        let mut chunks = self.chunks();
        if chunks.cycle {
            return None;
        }
        chunks.cycle = true;
        let horizon = chunks.uploads.values().map(|upload| upload.start).fold(next(), u64::min);
        self.manifests().cycle = true;
        drop(chunks);
        Some(Cycle { pins: Arc::clone(self), horizon })
    }

    /// Keeps cycles from starting, and makes a running one stop, until the guard is dropped.
    pub(super) fn hold(self: &Arc<Self>) -> HoldGuard {
        self.holds.fetch_add(1, SeqCst);
        HoldGuard { pins: Arc::clone(self) }
    }

    /// Whether someone holds collection.
    pub(crate) fn held(&self) -> bool {
        self.holds.load(SeqCst) > 0
    }
}

/// A running collection cycle.
pub(crate) struct Cycle {
    pins: Arc<Pins>,
    horizon: u64,
}

impl Cycle {
    /// Chunks from this number on are new and are none of this cycle's business.
    pub(crate) const fn horizon(&self) -> u64 {
        self.horizon
    }

    /// Gives a manifest that no record names up to removal: nobody can pin it from now on. `false` when somebody uses it.
    pub(crate) fn condemn(&self, node: &NodeId, manifest: ManifestId) -> bool {
        let name = (node.clone(), manifest);
        let mut manifests = self.pins.manifests();
        if manifests.held.contains_key(&name) || manifests.lingering.contains(&name) {
            return false;
        }
        manifests.condemned.insert(name);
        true
    }

    /// Runs `delete` unless an upload reuses the chunk; none can begin to while `delete` runs. Tells whether it ran.
    pub(crate) fn unless_reused<E>(&self, number: u64, delete: impl FnOnce() -> Result<(), E>) -> Result<bool, E> {
        let disk = self.pins.disk();
        let reused = {
            let chunks = self.pins.chunks();
            chunks.lingering.contains(number)
                || chunks.uploads.values().any(|upload| number >= upload.start || upload.reused.contains(number))
        };
        // An upload that begins meanwhile writes higher numbers, and reuses this one only when the disk is free again.
        if !reused {
            delete()?;
        }
        drop(disk);
        Ok(!reused)
    }
}

impl Drop for Cycle {
    fn drop(&mut self) {
        let mut chunks = self.pins.chunks();
        chunks.cycle = false;
        chunks.lingering = RoaringTreemap::new();
        let mut manifests = self.pins.manifests();
        manifests.cycle = false;
        manifests.lingering = HashSet::new();
        manifests.condemned = HashSet::new();
    }
}

/// Keeps a content from being collected while it is read. Dropping it lets go.
pub struct ManifestPin {
    pins: Arc<Pins>,
    name: Name,
}

impl ManifestPin {
    /// The file.
    pub const fn node(&self) -> &NodeId {
        &self.name.0
    }

    /// The content.
    pub const fn manifest(&self) -> ManifestId {
        self.name.1
    }
}

impl std::fmt::Debug for ManifestPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ManifestPin").field(&self.name).finish()
    }
}

impl Drop for ManifestPin {
    fn drop(&mut self) {
        self.pins.release(&self.name);
    }
}

/// Keeps collection from running: a backup or a check holds it. Dropping it lets collection run again.
pub struct HoldGuard {
    pins: Arc<Pins>,
}

impl Drop for HoldGuard {
    fn drop(&mut self) {
        self.pins.holds.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use super::*;

    /// Lets another upload begin and end on another thread, which must not wait for this one.
    fn another_comes_and_goes(pins: &Arc<Pins>) {
        let pins = Arc::clone(pins);
        let (passed, passes) = mpsc::channel();
        thread::spawn(move || {
            let name = (NodeId::from_random_bits([2; 16]), ManifestId(2));
            let upload = pins.begin_upload(&name, || 9);
            pins.end_upload(upload, &name);
            _ = passed.send(());
        });
        passes.recv_timeout(Duration::from_secs(20)).expect("it waits for another's disk access");
    }

    #[test]
    fn an_upload_begins_and_ends_while_others_wait_for_the_disk() {
        let pins = Arc::new(Pins::default());
        let upload = pins.begin_upload(&(NodeId::from_random_bits([1; 16]), ManifestId(1)), || 5);
        let found = pins.reuse(upload, || {
            another_comes_and_goes(&pins);
            Ok::<_, ()>(vec![3])
        });
        assert_eq!(found, Ok(vec![3]));
        let cycle = pins.begin_cycle(|| 5).unwrap();
        assert_eq!(cycle.unless_reused(3, || Err(())), Ok(false), "it was pinned");
        let deleted = cycle.unless_reused(4, || {
            another_comes_and_goes(&pins);
            Ok::<_, ()>(())
        });
        assert_eq!(deleted, Ok(true));
    }
}
