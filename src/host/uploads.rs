//! Files that people send from a browser, in as many pieces as their network makes of them.
//!
//! An upload is begun with the file's name and size, gets its bytes at offsets that the sender names, and ends when they are
//! all there. A sender whose connection broke asks how far it came and goes on from there. What has arrived is in the content
//! store already; held in memory are some hundred kilobytes for each upload, which is why there is a limit to their number,
//! and to the time that one may lie still. Whoever never comes back leaves nothing behind but space that is collected.
//!
//! What is sent becomes a file at the end and not before: under its name, or the nearest that is free when somebody was
//! faster; or as a new version of the file that it is to replace, by that file's actor.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;

use super::{Creation, Host, HostError, Replacement, access::Access, files::Unless, random, saving::unhurried};
use crate::{
    ids::{NodeId, UserId},
    names::FileName,
    permission::Role,
    store::records::NodeKind,
};

/// How many uploads of all people together may be open.
const MOST: usize = 64;

/// How many of one person.
const MOST_OF_ONE: usize = 8;

/// How long an upload may lie still.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// After this long of lying still it gives way to another one when there are too many.
const GIVES_WAY: Duration = Duration::from_secs(60);

/// The deepest path of folders that comes with a file.
const DEEPEST: usize = 32;

/// What to do when the name is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfTaken {
    /// Nothing: ask.
    #[default]
    Ask,
    /// Make what is sent the new version of the file of that name.
    Replace,
    /// Give the new file a name that is free.
    KeepBoth,
}

/// An upload that somebody wants to begin.
#[derive(Clone, Debug)]
pub struct UploadRequest {
    /// Folders below the one that it is sent to; those that are missing are made.
    pub path: Vec<FileName>,
    /// The file's name.
    pub name: FileName,
    /// How many bytes will come.
    pub size: u64,
    /// What to do when the name is taken.
    pub if_taken: IfTaken,
}

/// What became of the wish to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BegunUpload {
    /// Begun: the id by which it goes on.
    Begun(NodeId),
    /// The name is taken.
    Taken {
        /// Whether what has it is a file that the caller may replace.
        replaceable: bool,
        /// Whether an editor holds that file.
        held: bool,
    },
}

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadState {
    /// Bytes that have arrived.
    pub offset: u64,
    /// Bytes that are to come in all.
    pub size: u64,
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// A new file.
    Made(NodeId, FileName),
    /// A new version of this file.
    Replaced(NodeId),
    /// An editor has taken the file's lock meanwhile: what was sent is kept as a rescued version of it.
    Held(NodeId),
}

/// The uploads that are open.
#[derive(Default)]
pub(super) struct Uploads(Mutex<HashMap<NodeId, Arc<Entry>>>);

struct Entry {
    user: UserId,
    access: Access,
    size: u64,
    /// Monotonic milliseconds of the last sign of life.
    touched: AtomicU64,
    part: tokio::sync::Mutex<Part>,
}

struct Part {
    offset: u64,
    state: State,
}

enum State {
    New(Box<Creation>, NodeId, FileName),
    Over(Box<Replacement>, NodeId),
    Ended(Result<Uploaded, HostError>),
}

fn lost() -> HostError {
    HostError::Failed("the upload was interrupted".into())
}

impl Part {
    /// Takes bytes that begin at `offset`; where it stands then, which is elsewhere when they do not fit.
    async fn append(&mut self, offset: u64, size: u64, bytes: &Bytes) -> Result<u64, HostError> {
        if let State::Ended(outcome) = &self.state {
            return outcome.clone().map(|_| self.offset);
        }
        let fits = offset == self.offset && offset.saturating_add(bytes.len() as u64) <= size;
        if !fits {
            return Ok(self.offset);
        }
        let written = match &mut self.state {
            State::New(creation, ..) => creation.write(bytes).await,
            State::Over(replacement, _) => replacement.write(bytes).await,
            State::Ended(_) => Err(lost()),
        };
        if let Err(error) = written {
            // What it held is let go; whoever asks again hears the same.
            self.state = State::Ended(Err(error.clone()));
            return Err(error);
        }
        self.offset += bytes.len() as u64;
        Ok(self.offset)
    }

    async fn finish(&mut self, host: &Host, access: &Access) -> Result<Uploaded, HostError> {
        let outcome = match std::mem::replace(&mut self.state, State::Ended(Err(lost()))) {
            State::Ended(outcome) => outcome,
            State::New(creation, folder, name) => match host.still_writes(access, &folder) {
                Ok(()) => creation
                    .finish_suggested(&name)
                    .await
                    .map(|(id, head)| Uploaded::Made(id, FileName::parse(&head.name).unwrap_or(name))),
                Err(error) => Err(error),
            },
            State::Over(replacement, file) => match host.still_writes(access, &file) {
                Ok(()) => replacement.finish().await.map(|outcome| match outcome {
                    Unless::Done((id, _)) => Uploaded::Replaced(id),
                    Unless::Locked(_) => Uploaded::Held(file),
                }),
                Err(error) => Err(error),
            },
        };
        self.state = State::Ended(outcome.clone());
        outcome
    }
}

impl Uploads {
    fn find(&self, user: &UserId, id: &NodeId, now: Duration) -> Result<Arc<Entry>, HostError> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(id).filter(|entry| entry.user == *user).ok_or(HostError::NotFound)?;
        entry.touched.store(milliseconds(now), Ordering::Relaxed);
        Ok(Arc::clone(entry))
    }

    /// Makes room for one more of this person: those that lie still longest give way.
    fn make_room(&self, user: &UserId, now: Duration) -> Result<(), HostError> {
        self.sweep(now);
        Self::give_way(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), user, now)
    }

    fn give_way(entries: &mut HashMap<NodeId, Arc<Entry>>, user: &UserId, now: Duration) -> Result<(), HostError> {
        for (his, most) in [(true, MOST_OF_ONE), (false, MOST)] {
            let counted = |entry: &Entry| !his || entry.user == *user;
            if entries.values().filter(|entry| counted(entry)).count() < most {
                continue;
            }
            let stillest = entries.iter().filter(|(_, entry)| counted(entry) && entry.is_still(now, GIVES_WAY));
            let stillest = stillest.min_by_key(|(_, entry)| entry.touched.load(Ordering::Relaxed));
            let id = stillest.map(|(id, _)| id.clone()).ok_or(HostError::Overloaded)?;
            entries.remove(&id);
        }
        Ok(())
    }

    /// Adds one, if there is still room: others may have come since room was made.
    fn add(&self, id: NodeId, entry: Entry, now: Duration) -> Result<(), HostError> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Self::give_way(&mut entries, &entry.user, now)?;
        entries.insert(id, Arc::new(entry));
        Ok(())
    }

    fn remove(&self, user: &UserId, id: &NodeId) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.get(id).is_some_and(|entry| entry.user == *user) {
            entries.remove(id);
        }
    }

    /// Drops what has been lying still for too long.
    pub(super) fn sweep(&self, now: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, entry| !entry.is_still(now, IDLE));
    }

    /// Drops all.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Entry {
    fn is_still(&self, now: Duration, time: Duration) -> bool {
        milliseconds(now).saturating_sub(self.touched.load(Ordering::Relaxed)) >= milliseconds(time)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Host {
    /// Begins an upload to the container that `access` names, or to a folder below it.
    ///
    /// # Errors
    /// [`HostError::NoRight`]; [`HostError::TooLarge`]; [`HostError::NameTaken`] when a file stands where the path wants a
    /// folder; [`HostError::Overloaded`] when too many are open.
    pub async fn begin_upload(&self, access: &Access, request: UploadRequest) -> Result<BegunUpload, HostError> {
        let (top, kind) = access.resource().node().ok_or(HostError::NotFound)?;
        if kind != NodeKind::Container || !self.container_facts(access, top)?.may_create {
            return Err(HostError::NoRight);
        }
        let (limit, user) = (self.options().body_limit, access.user_id());
        if request.size > limit {
            return Err(HostError::TooLarge { limit });
        }
        if request.path.len() > DEEPEST {
            return Err(HostError::Misplaced("the folders are nested too deeply"));
        }
        let folder = self.make_path(top, &request.path).await?;
        let mut over = None;
        if request.if_taken != IfTaken::KeepBoth
            && let Some(there) = self.child(&folder, &request.name)?
        {
            let head = if there.kind == NodeKind::File { Some(self.head(&there.node)?) } else { None };
            let writes = head.is_some() && self.role_in(access, &there.node)?.is_some_and(Role::can_write);
            let held = head.is_some_and(|head| self.is_held(&there.node, &head));
            if request.if_taken == IfTaken::Ask || !writes || held {
                return Ok(BegunUpload::Taken { replaceable: writes, held });
            }
            over = Some(there.node);
        }
        let now = self.clock().monotonic();
        self.uploads().make_room(&user, now)?;
        let state = if let Some(file) = over {
            let replacement = self.begin_replacement(&user, &file, Some(request.size)).await?;
            State::Over(Box::new(replacement), file)
        } else {
            let creation = self.begin_creation(&user, &folder, Some(request.size)).await?;
            State::New(Box::new(creation), folder, request.name)
        };
        let id = random::node_id().map_err(|error| HostError::Failed(error.to_string().into()))?;
        let part = tokio::sync::Mutex::new(Part { offset: 0, state });
        let touched = AtomicU64::new(milliseconds(now));
        let entry = Entry { user, access: access.clone(), size: request.size, touched, part };
        self.uploads().add(id.clone(), entry, now)?;
        Ok(BegunUpload::Begun(id))
    }

    /// How far an upload of this person has come.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when there is none, or not any more; what stopped it, for one that failed.
    pub async fn upload_state(&self, user: &UserId, id: &NodeId) -> Result<UploadState, HostError> {
        let entry = self.uploads().find(user, id, self.clock().monotonic())?;
        let part = entry.part.lock().await;
        if let State::Ended(Err(error)) = &part.state {
            return Err(error.clone());
        }
        Ok(UploadState { offset: part.offset, size: entry.size })
    }

    /// Takes bytes that begin at `offset`. The answer is where the upload stands then: elsewhere than behind them when they
    /// do not go on where it stood, or are more than were announced; then nothing was taken. Goes on to its end even if the
    /// caller does not wait.
    ///
    /// # Errors
    /// As [`Self::upload_state`], and what the store says.
    pub async fn append_upload(
        &self,
        user: &UserId,
        id: &NodeId,
        offset: u64,
        bytes: Bytes,
    ) -> Result<UploadState, HostError> {
        let entry = self.uploads().find(user, id, self.clock().monotonic())?;
        let size = entry.size;
        let offset = unhurried(async move { entry.part.lock().await.append(offset, size, &bytes).await }).await??;
        Ok(UploadState { offset, size })
    }

    /// Ends an upload all of whose bytes have arrived; asked again, it answers the same again, for some minutes.
    ///
    /// # Errors
    /// [`HostError::Invalid`] when bytes are missing; [`HostError::NoRight`] for whoever lost the right meanwhile; others.
    pub async fn finish_upload(&self, user: &UserId, id: &NodeId) -> Result<Uploaded, HostError> {
        let entry = self.uploads().find(user, id, self.clock().monotonic())?;
        let host = self.clone();
        unhurried(async move {
            let mut part = entry.part.lock().await;
            if part.offset != entry.size && !matches!(part.state, State::Ended(_)) {
                return Err(HostError::Invalid(format!("{} of {} bytes have arrived", part.offset, entry.size)));
            }
            part.finish(&host, &entry.access).await
        })
        .await?
    }

    /// Lets go of an upload.
    pub fn cancel_upload(&self, user: &UserId, id: &NodeId) {
        self.uploads().remove(user, id);
    }

    /// The body may have taken long: whoever lost the right meanwhile writes no more.
    pub(super) fn still_writes(&self, access: &Access, node: &NodeId) -> Result<(), HostError> {
        let access = self.access_control().renew(access)?;
        match self.role_in(&access, node)? {
            Some(role) if role.can_write() => Ok(()),
            Some(_) => Err(HostError::NoRight),
            None => Err(HostError::NotFound),
        }
    }
}
