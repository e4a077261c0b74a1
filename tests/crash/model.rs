//! What is known of a file from its replies alone, and what may be true of it when some never came.

use std::collections::HashMap;

/// The bytes of save number `tag` of a file: the numbers, then one byte over and over.
pub(crate) fn body(file: usize, tag: u64) -> Vec<u8> {
    const SIZES: [usize; 5] = [200, 4_000, 20_000, 70_000, 150_000];
    let mut bytes = (file as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(&tag.to_le_bytes());
    let mixed = tag.wrapping_mul(31).wrapping_add(file as u64 * 7);
    let size = SIZES[usize::try_from(mixed % 5).expect("small")] + usize::try_from(tag % 97).expect("small");
    bytes.resize(size, mixed.to_le_bytes()[0]);
    bytes
}

/// The save that bytes came from; fails if they are a mixture or another file's.
#[track_caller]
pub(crate) fn tag_of(file: usize, bytes: &[u8]) -> u64 {
    assert!(bytes.len() >= 16, "file {file}: only {} bytes", bytes.len());
    let tag = u64::from_le_bytes(bytes[8..16].try_into().expect("eight bytes"));
    assert!(bytes == body(file, tag), "file {file}: {} bytes that are no save, begun like save {tag}", bytes.len());
    tag
}

/// A request of the file's only writer whose reply has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// It would leave the file locked with this id; "" unlocks it.
    Lock(String),
    /// It would store this save.
    Save(u64),
    /// It changes nothing.
    Nothing,
}

/// One file with one writer: everything that its writer and its readers have learnt.
#[derive(Debug)]
pub(crate) struct Known {
    /// The lock by the last reply; "" is none.
    pub(crate) lock: String,
    /// The save by the last reply.
    pub(crate) tag: u64,
    pub(crate) pending: Pending,
    /// Raised with every request of the writer.
    pub(crate) step: u64,
    /// The pending request was seen, by a reader, to have taken effect: a reply has revealed it.
    revealed: bool,
    versions: HashMap<String, u64>,
}

impl Known {
    pub(crate) fn new() -> Self {
        let versions = HashMap::new();
        Self { lock: String::new(), tag: 1, pending: Pending::Nothing, step: 0, revealed: false, versions }
    }

    /// The writer is about to send.
    pub(crate) fn sends(&mut self, pending: Pending) {
        self.pending = pending;
        self.step += 1;
        self.revealed = false;
    }

    /// The reply has come and the request has had its effect.
    pub(crate) fn done(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Lock(id) => self.lock = id,
            Pending::Save(tag) => self.tag = tag,
            Pending::Nothing => {}
        }
    }

    /// The reply has come and the request has had no effect.
    pub(crate) fn refused(&mut self) {
        self.pending = Pending::Nothing;
    }

    /// A version and the save that it carries; fails if the version has carried another.
    #[track_caller]
    pub(crate) fn learns_version(&mut self, version: &str, tag: u64) {
        let known = *self.versions.entry(version.to_lowercase()).or_insert(tag);
        assert_eq!(known, tag, "version {version} came for save {known} and again for save {tag}");
    }

    /// A reader saw a save; `step` and `least` were taken before it asked.
    #[track_caller]
    pub(crate) fn saw_save(&mut self, step: u64, least: u64, tag: u64) {
        let most = if let Pending::Save(pending) = self.pending { pending } else { self.tag };
        assert!(tag >= least, "a reader saw save {tag} after save {least} was acknowledged");
        assert!(tag <= most, "a reader saw save {tag}, which was never sent (at most {most})");
        if step == self.step && self.pending == Pending::Save(tag) {
            self.revealed = true;
        }
    }

    /// A reader saw a lock; `step` was taken before it asked.
    pub(crate) fn saw_lock(&mut self, step: u64, lock: &str) {
        if step == self.step && self.pending == Pending::Lock(lock.to_owned()) {
            self.revealed = true;
        }
    }

    /// After a crash: what was found must be what was acknowledged, or what was pending; and if any reply had
    /// revealed that the pending request took effect, it must be that.
    #[track_caller]
    pub(crate) fn settles(&mut self, when: &str, file: usize, lock: &str, tag: u64) {
        let (mut locks, mut tags) = (vec![self.lock.clone()], vec![self.tag]);
        match &self.pending {
            Pending::Lock(id) => locks.push(id.clone()),
            Pending::Save(tag) => tags.push(*tag),
            Pending::Nothing => {}
        }
        if self.revealed {
            // Only the newest is possible; where nothing was pending there is but one.
            locks.drain(..locks.len() - 1);
            tags.drain(..tags.len() - 1);
        }
        let told = format!("{when}, file {file}, step {}, pending {:?}", self.step, self.pending);
        assert!(locks.iter().any(|possible| possible == lock), "{told}: the lock is {lock:?}, not one of {locks:?}");
        assert!(tags.contains(&tag), "{told}: save {tag} is there, not one of {tags:?}");
        lock.clone_into(&mut self.lock);
        self.tag = tag;
        self.pending = Pending::Nothing;
        self.revealed = false;
    }
}

/// One file over whose lock several clients contend, each with ids of its own: who may hold it.
#[derive(Debug, Default)]
pub(crate) struct Contended {
    claims: HashMap<String, Claim>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// Lock was sent.
    Asked,
    /// Lock was acknowledged, or a reply has named this id as the holder; Unlock was not sent.
    Held,
    /// Unlock was sent.
    Leaving,
}

impl Contended {
    pub(crate) fn asks(&mut self, id: &str) {
        self.claims.insert(id.to_owned(), Claim::Asked);
    }

    /// Lock was refused, or Unlock acknowledged.
    pub(crate) fn is_out(&mut self, id: &str) {
        self.claims.remove(id);
    }

    /// Lock was acknowledged, or somebody was told that this id holds the file.
    pub(crate) fn holds(&mut self, id: &str) {
        if let Some(claim) = self.claims.get_mut(id)
            && *claim == Claim::Asked
        {
            *claim = Claim::Held;
        }
    }

    pub(crate) fn leaves(&mut self, id: &str) {
        self.claims.insert(id.to_owned(), Claim::Leaving);
    }

    /// After a crash: a holder that nobody asked to leave must still be there.
    #[track_caller]
    pub(crate) fn settles(&mut self, when: &str, lock: &str) {
        let held: Vec<&String> =
            self.claims.iter().filter(|(_, claim)| **claim == Claim::Held).map(|(id, _)| id).collect();
        assert!(held.len() <= 1, "{when}: two clients hold one lock: {held:?}");
        if let Some(held) = held.first() {
            assert_eq!(lock, *held, "{when}: the lock was acknowledged and nobody gave it up");
        } else {
            let possible = lock.is_empty() || self.claims.contains_key(lock);
            assert!(possible, "{when}: the lock {lock:?} is of nobody: {:?}", self.claims);
        }
        self.claims.clear();
    }
}
