//! Bytes on their way in: PutFile, PutRelativeFile, uploads, imports.
//!
//! Bytes go to the content store while they arrive, in pieces, off the event loop; no thread is held while a slow client
//! is waited for. What they become is decided at the end by the file's actor. Bytes that had to be refused are kept as a
//! rescued version.

use std::sync::Arc;

use bytes::Bytes;
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    Host, HostError,
    access::Access,
    files::{Unless, unexpected},
    naming::{NAMES_TRIED, candidate},
    threads::blocking,
    tokens::ClientKind,
};
use crate::{
    actors::{
        Answer, Operation,
        messages::{Contribution, Create, Write},
    },
    clock::Timestamp,
    ids::{NodeId, UserId},
    lock::{Command, LockId, Outcome},
    names::FileName,
    permission::Role,
    store::{
        content::{Content, ContentError, Stored, Upload},
        records::{ContentRef, FileHead, NodeKind, SaveKind, VersionStamp},
    },
};

/// Bytes gathered before they are handed to a blocking thread.
const PIECE: usize = 256 * 1024;

/// Bytes that arrive in smaller parts are put together: each part holds on to the whole buffer that it was received in.
const PART: usize = 4 * 1024;

/// Bytes on their way into the content store.
pub(super) struct Incoming {
    content: Arc<Content>,
    upload: Option<Upload>,
    threads: Handle,
    gathered: Gathered,
    received: u64,
    limit: u64,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming").field("received", &self.received).finish_non_exhaustive()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // An upload that ends early may have to wait for its last flush: not here, on the event loop.
        if let Some(upload) = self.upload.take() {
            self.threads.spawn_blocking(move || drop(upload));
        }
    }
}

impl Incoming {
    fn begin(host: &Host, file: &NodeId, announced: Option<u64>, limit: u64) -> Result<Self, HostError> {
        if announced.is_some_and(|size| size > limit) {
            return Err(HostError::TooLarge { limit });
        }
        let (content, threads) = (Arc::clone(host.content()), host.threads()?);
        // Asks for the free space and takes a number: nothing to wait for in the line of those who write.
        let upload = content.begin_upload(file, announced)?;
        Ok(Self { content, upload: Some(upload), threads, gathered: Gathered::default(), received: 0, limit })
    }

    /// Takes the next bytes. Dropping an `Incoming` leaves nothing but space that is collected.
    ///
    /// # Errors
    /// [`HostError::TooLarge`], [`HostError::NoSpace`], or what the store says.
    async fn write(&mut self, bytes: &Bytes) -> Result<(), HostError> {
        self.received += bytes.len() as u64;
        if self.received > self.limit {
            return Err(HostError::TooLarge { limit: self.limit });
        }
        self.gathered.push(bytes);
        if self.gathered.length >= PIECE { self.hand_over().await } else { Ok(()) }
    }

    async fn hand_over(&mut self) -> Result<(), HostError> {
        let gathered = std::mem::take(&mut self.gathered);
        let Some(mut upload) = self.upload.take() else { return Err(interrupted()) };
        let upload = blocking(&self.threads, move || gathered.write_to(&mut upload).map(|()| upload)).await?;
        self.upload = Some(upload);
        Ok(())
    }

    async fn finish(mut self) -> Result<Stored, HostError> {
        let gathered = std::mem::take(&mut self.gathered);
        let Some(mut upload) = self.upload.take() else { return Err(interrupted()) };
        let sealed = blocking(&self.threads, move || {
            gathered.write_to(&mut upload)?;
            upload.seal()
        });
        let (answer, stored) = oneshot::channel();
        if let Some(duty) = self.content.line_up(sealed.await?, answer) {
            self.threads.spawn_blocking(move || duty.serve());
        }
        Ok(stored.await.map_err(|_| HostError::ShuttingDown)??)
    }
}

/// Bytes as they arrived, in order.
#[derive(Default)]
struct Gathered {
    parts: Vec<Bytes>,
    /// Small parts, which follow all others.
    small: Vec<u8>,
    length: usize,
}

impl Gathered {
    fn push(&mut self, bytes: &Bytes) {
        self.length += bytes.len();
        if bytes.len() < PART {
            self.small.extend_from_slice(bytes);
            return;
        }
        if !self.small.is_empty() {
            self.parts.push(std::mem::take(&mut self.small).into());
        }
        self.parts.push(bytes.clone());
    }

    fn write_to(self, upload: &mut Upload) -> Result<(), ContentError> {
        self.parts.iter().try_for_each(|part| upload.write(part))?;
        upload.write(&self.small)
    }
}

/// Runs work to its end even when whoever waits for it goes away: a client that hangs up between the last byte and the
/// answer must neither lose what it sent nor let go of content that a commit is about to name.
pub(super) async fn unhurried<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, HostError> {
    tokio::spawn(work).await.map_err(|_| HostError::Failed("an operation was interrupted".into()))
}

fn interrupted() -> HostError {
    HostError::Failed("the upload was interrupted".into())
}

/// What a PutFile asks for (files.md sections 4.3 and 6.4).
#[derive(Clone, Debug, Default)]
pub struct PutRequest {
    /// The lock id presented.
    pub lock: Option<LockId>,
    /// The modification time that the client believes in.
    pub believed: Option<Timestamp>,
    /// The announced length, if one was.
    pub announced: Option<u64>,
    /// Contributors, as the client said.
    pub editors: Vec<String>,
    /// Whether a program saved of its own accord, or a session ended.
    pub kind: Option<SaveKind>,
}

/// What became of a PutFile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// Saved.
    Saved {
        /// The new version.
        version: VersionStamp,
        /// The new modification time.
        modified: Timestamp,
    },
    /// Refused by the lock: the id that holds the file, if one does.
    Locked(Option<LockId>),
    /// Refused because the file changed since the client read it; the id that holds the file, if one does.
    Outdated(Option<LockId>),
    /// The file was put into the bin meanwhile.
    Gone,
}

/// A PutFile in progress.
#[derive(Debug)]
pub struct Put {
    host: Host,
    file: NodeId,
    access: Access,
    lockless: bool,
    request: PutRequest,
    /// Known before the body was read: the bytes can only be rescued.
    refused: Option<PutOutcome>,
    incoming: Option<Incoming>,
}

impl Host {
    /// Begins a PutFile. The lock is looked at before the body is read, and decides again at the end.
    ///
    /// # Errors
    /// [`HostError::NoRight`], [`HostError::TooLarge`] by the announced length, [`HostError::NoSpace`].
    pub async fn begin_put(&self, access: &Access, request: PutRequest) -> Result<Put, HostError> {
        access.require(Role::Editor)?;
        let file = access.file()?.clone();
        let begun = self.try_begin_put(access, &file, request).await;
        if let Err(error) = &begun {
            self.saves().note_failure(&file, access, self.clock().wall(), error);
        }
        begun
    }

    async fn try_begin_put(&self, access: &Access, file: &NodeId, request: PutRequest) -> Result<Put, HostError> {
        let file = file.clone();
        let head = self.head_anywhere(&file)?.ok_or(HostError::NotFound)?;
        let command = Command::Write {
            lock: request.lock.clone(),
            size: head.content.size,
            lockless: self.takes_lockless(access),
        };
        let refused = match self.ask(&file, Operation::Lock(command)).await {
            Ok(Answer::Lock(Outcome::Conflict(current), _)) => Some(PutOutcome::Locked(current)),
            // The lock allows it, so it is free or held with the id presented.
            Ok(_) if request.believed.is_some_and(|believed| believed != head.modified) => {
                Some(PutOutcome::Outdated(self.holder(&file).await?))
            }
            Ok(_) => None,
            // Deleted under the editor's hands: the bytes go with it into the bin.
            Err(HostError::NotFound) => Some(PutOutcome::Gone),
            Err(error) => return Err(error),
        };
        let limit = self.options().body_limit;
        let incoming = if refused.is_some() {
            // What cannot be kept is still answered as the protocol says.
            let rescue_limit = limit.min(self.options().rescued_bytes);
            let announced = request.announced;
            match Incoming::begin(self, &file, announced, rescue_limit) {
                Ok(incoming) => Some(incoming),
                Err(error) => {
                    could_not_rescue(&file, &error);
                    None
                }
            }
        } else {
            Some(Incoming::begin(self, &file, request.announced, limit)?)
        };
        let lockless = self.takes_lockless(access);
        Ok(Put { host: self.clone(), file, access: access.clone(), lockless, request, refused, incoming })
    }

    fn takes_lockless(&self, access: &Access) -> bool {
        self.options().lockless_put && access.client() == ClientKind::Collabora
    }
}

impl Put {
    /// Takes the next bytes of the body.
    ///
    /// # Errors
    /// As [`Incoming::write`]; a refused PutFile fails for nothing but a body over the limit.
    pub async fn write(&mut self, bytes: &Bytes) -> Result<(), HostError> {
        let Some(incoming) = &mut self.incoming else { return Ok(()) };
        match incoming.write(bytes).await {
            Err(error) if self.refused.is_some() => {
                could_not_rescue(&self.file, &error);
                self.incoming = None;
                Ok(())
            }
            Err(error) => {
                self.host.saves().note_failure(&self.file, &self.access, self.host.clock().wall(), &error);
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Whether the bytes can only be rescued.
    pub const fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// Gives up keeping the bytes of a refused PutFile: there are too many.
    pub fn give_up(&mut self) {
        self.incoming = None;
    }

    /// Ends the body: saves it, or keeps it as a rescued version when the lock or a conflict stands against it. Goes on to its
    /// end even if the caller does not wait.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn finish(self) -> Result<PutOutcome, HostError> {
        unhurried(self.decide()).await?
    }

    async fn decide(self) -> Result<PutOutcome, HostError> {
        let (host, file, access) = (self.host.clone(), self.file.clone(), self.access.clone());
        let kind = self.request.kind.unwrap_or(SaveKind::Save);
        let settled = self.settle().await;
        let now = host.clock().wall();
        match &settled {
            Ok((PutOutcome::Saved { version, modified }, _)) => {
                host.saves().note_saved(&file, &access, *version, *modified, kind);
            }
            Ok((refused, rescued)) => host.saves().note_refused(&file, &access, now, refused, *rescued),
            Err(error) => host.saves().note_failure(&file, &access, now, error),
        }
        settled.map(|(outcome, _)| outcome)
    }

    /// What becomes of it, and whether refused bytes were kept.
    async fn settle(self) -> Result<(PutOutcome, bool), HostError> {
        let Self { host, file, access, lockless, request, refused, incoming } = self;
        let kind = request.kind.unwrap_or(SaveKind::Save);
        let Some(incoming) = incoming else { return refused.map(|outcome| (outcome, false)).ok_or_else(interrupted) };
        let stored = match (incoming.finish().await, &refused) {
            (Ok(stored), _) => stored,
            (Err(error), Some(outcome)) => {
                could_not_rescue(&file, &error);
                return Ok((outcome.clone(), false));
            }
            (Err(error), None) => return Err(error),
        };
        // The body may have taken long: whoever lost the right meanwhile writes no more.
        host.access_control().renew(&access)?.require(Role::Editor)?;
        let contribution = contribution(&stored, &access.user_id(), &request.editors, kind);
        let outcome = match refused {
            Some(outcome) => outcome,
            None => host.commit_put(&file, &request, lockless, contribution.clone()).await?,
        };
        let reason = match &outcome {
            PutOutcome::Saved { .. } => {
                stored.committed();
                return Ok((outcome, false));
            }
            PutOutcome::Locked(Some(_)) => "the file was locked by another session",
            PutOutcome::Locked(None) => "the session's lock was lost or had run out",
            PutOutcome::Outdated(_) => "the file had been changed since it was opened",
            PutOutcome::Gone => "the file had been deleted",
        };
        let rescued = host.rescue(&file, contribution, reason).await;
        if rescued {
            stored.committed();
        }
        Ok((outcome, rescued))
    }
}

fn could_not_rescue(file: &NodeId, error: &HostError) {
    tracing::warn!(file.id = %file, %error, "the refused save of file `{file}` could not be kept");
}

/// The SHA-256 of no bytes, in base64.
const SHA256_OF_NOTHING: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// A content of zero bytes: there is nothing to store of it.
pub(super) fn nothing(by: &UserId, kind: SaveKind) -> Contribution {
    let content = ContentRef { manifest: None, size: 0, sha256: SHA256_OF_NOTHING.to_owned() };
    Contribution { content, pages: Vec::new(), by: by.clone(), editors: Vec::new(), kind }
}

pub(super) fn contribution(stored: &Stored, by: &UserId, editors: &[String], kind: SaveKind) -> Contribution {
    Contribution {
        content: stored.content.clone(),
        pages: stored.pages.clone(),
        by: by.clone(),
        editors: editors.to_vec(),
        kind,
    }
}

impl Host {
    async fn commit_put(
        &self,
        file: &NodeId,
        request: &PutRequest,
        lockless: bool,
        contribution: Contribution,
    ) -> Result<PutOutcome, HostError> {
        let write = Write { lock: request.lock.clone(), lockless, believed: request.believed, contribution };
        match self.ask(file, Operation::Write(write)).await {
            Ok(Answer::Done(head)) => Ok(PutOutcome::Saved { version: head.version, modified: head.modified }),
            Ok(Answer::Locked(current)) => Ok(PutOutcome::Locked(current)),
            Ok(Answer::Outdated(current)) => Ok(PutOutcome::Outdated(current)),
            Ok(other) => Err(unexpected(&other)),
            Err(HostError::NotFound) => Ok(PutOutcome::Gone),
            Err(error) => Err(error),
        }
    }

    /// Keeps refused bytes beside the history; a failure is logged, the refusal is the answer all the same.
    async fn rescue(&self, file: &NodeId, contribution: Contribution, reason: &str) -> bool {
        let size = contribution.content.size;
        let operation = Operation::KeepRescued {
            contribution,
            reason: reason.to_owned(),
            most_bytes: self.options().rescued_bytes,
        };
        match self.ask(file, operation).await {
            Ok(Answer::Rescued(Some(number))) => {
                self.counters().rescued.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                tracing::warn!(file.id = %file, rescued.number = number, size,
                    "kept {size} refused bytes of file `{file}` as a rescued version: {reason}");
                true
            }
            Ok(_) => false,
            Err(error) => {
                tracing::error!(file.id = %file, %error, "the refused save of file `{file}` could not be kept");
                false
            }
        }
    }

    /// Stores a whole small content at once; for what the host makes itself.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn create_file(
        &self,
        by: &UserId,
        parent: &NodeId,
        name: &FileName,
        bytes: Bytes,
    ) -> Result<NodeId, HostError> {
        let mut creation = self.begin_creation(by, parent, Some(bytes.len() as u64)).await?;
        creation.write(&bytes).await?;
        let (id, _) = creation.finish(name).await?;
        Ok(id)
    }

    /// Begins a new file in a container. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError`].
    #[expect(clippy::unused_async, reason = "whether it waits for the disk is not for callers to rely on")]
    pub async fn begin_creation(
        &self,
        by: &UserId,
        parent: &NodeId,
        announced: Option<u64>,
    ) -> Result<Creation, HostError> {
        let owner = self.container(parent)?.owner;
        let id = super::new_id()?;
        let incoming = Incoming::begin(self, &id, announced, self.options().body_limit)?;
        Ok(Creation { host: self.clone(), id, by: by.clone(), parent: parent.clone(), owner, incoming })
    }
}

/// A new file on its way in.
#[derive(Debug)]
pub struct Creation {
    host: Host,
    id: NodeId,
    by: UserId,
    parent: NodeId,
    owner: UserId,
    incoming: Incoming,
}

impl Creation {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`Incoming::write`].
    pub async fn write(&mut self, bytes: &Bytes) -> Result<(), HostError> {
        self.incoming.write(bytes).await
    }

    /// Makes the file under exactly this name.
    ///
    /// # Errors
    /// [`HostError::NameTaken`] and the others.
    pub async fn finish(self, name: &FileName) -> Result<(NodeId, Arc<FileHead>), HostError> {
        unhurried(self.decide(name.clone(), 1)).await?
    }

    /// Makes the file under this name or the nearest free one.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn finish_suggested(self, name: &FileName) -> Result<(NodeId, Arc<FileHead>), HostError> {
        unhurried(self.decide(name.clone(), NAMES_TRIED)).await?
    }

    async fn decide(self, name: FileName, attempts: u32) -> Result<(NodeId, Arc<FileHead>), HostError> {
        let Self { host, id, by, parent, owner, incoming } = self;
        let stored = incoming.finish().await?;
        for attempt in 1..=attempts {
            let name = candidate(&name, attempt)?;
            match host.commit_creation(&id, &by, &parent, &owner, &name, &stored).await {
                Ok(head) => {
                    stored.committed();
                    return Ok((id, head));
                }
                Err(HostError::NameTaken) => {}
                Err(error) => return Err(error),
            }
        }
        Err(HostError::NameTaken)
    }
}

impl Host {
    async fn commit_creation(
        &self,
        id: &NodeId,
        by: &UserId,
        parent: &NodeId,
        owner: &UserId,
        name: &FileName,
        stored: &Stored,
    ) -> Result<Arc<FileHead>, HostError> {
        let create = Create {
            parent: parent.clone(),
            owner: owner.clone(),
            name: name.clone(),
            contribution: contribution(stored, by, &[], SaveKind::Created),
        };
        match self.ask(id, Operation::Create(create)).await? {
            Answer::Done(head) => Ok(head),
            other => Err(unexpected(&other)),
        }
    }
}

/// Where PutRelativeFile puts its bytes (files.md section 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelativeTarget {
    /// Under exactly this name.
    Specific {
        /// The name.
        name: FileName,
        /// Whether a file of that name is replaced.
        overwrite: bool,
    },
    /// Under this name or one like it.
    Suggested(FileName),
}

/// A PutRelativeFile in progress.
#[derive(Debug)]
pub enum Relative {
    /// It becomes a new file.
    New(Creation, RelativeTarget),
    /// It replaces the bytes of an existing one.
    Over(Replacement),
    /// Refused before the body is read: the name is taken. Who holds the file of that name, and a name that is free.
    Taken(Option<LockId>, FileName),
}

/// An existing file whose bytes are being replaced.
#[derive(Debug)]
pub struct Replacement {
    host: Host,
    id: NodeId,
    /// The container and the name by which the file was found, which it must still have.
    found: Option<(NodeId, FileName)>,
    by: UserId,
    incoming: Incoming,
}

impl Replacement {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`Incoming::write`].
    pub async fn write(&mut self, bytes: &Bytes) -> Result<(), HostError> {
        self.incoming.write(bytes).await
    }

    /// Replaces the bytes, unless somebody holds the file: then they are kept as a rescued version.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn finish(self) -> Result<Unless<(NodeId, Arc<FileHead>)>, HostError> {
        unhurried(self.decide()).await?
    }

    async fn decide(self) -> Result<Unless<(NodeId, Arc<FileHead>)>, HostError> {
        let Self { host, id, found, by, incoming } = self;
        let stored = incoming.finish().await?;
        let contribution = contribution(&stored, &by, &[], SaveKind::Save);
        let operation = match found {
            // The name was asked for in exactly this spelling (files.md section 4.4).
            Some((parent, name)) => Operation::OverwriteNamed { parent, name, contribution: contribution.clone() },
            None => Operation::Overwrite(contribution.clone()),
        };
        let outcome = host.ask(&id, operation).await;
        let reason = match &outcome {
            Ok(Answer::Locked(_)) => Some("the file was locked while it was to be replaced"),
            Err(HostError::NotFound) => Some("the file was deleted or renamed while it was to be replaced"),
            Ok(_) | Err(_) => None,
        };
        let kept = match reason {
            Some(reason) => host.rescue(&id, contribution, reason).await,
            None => matches!(outcome, Ok(Answer::Done(_))),
        };
        if kept {
            stored.committed();
        }
        match outcome? {
            Answer::Done(head) => Ok(Unless::Done((id, head))),
            Answer::Locked(current) => Ok(Unless::Locked(current)),
            other => Err(unexpected(&other)),
        }
    }
}

impl Host {
    /// Begins replacing the bytes of a file that nobody may hold. The caller has checked the right to do so.
    ///
    /// # Errors
    /// [`HostError`].
    #[expect(clippy::unused_async, reason = "whether it waits for the disk is not for callers to rely on")]
    pub async fn begin_replacement(
        &self,
        by: &UserId,
        file: &NodeId,
        announced: Option<u64>,
    ) -> Result<Replacement, HostError> {
        let incoming = Incoming::begin(self, file, announced, self.options().body_limit)?;
        Ok(Replacement { host: self.clone(), id: file.clone(), found: None, by: by.clone(), incoming })
    }

    /// Begins a PutRelativeFile beside the file that `access` names.
    ///
    /// # Errors
    /// [`HostError::SwitchedOff`] when the caller may not create files there, or may not replace the one of that name: the
    /// protocol's answer to both is 501 (files.md sections 1.11 and 4.4).
    pub async fn begin_relative(
        &self,
        access: &Access,
        target: RelativeTarget,
        announced: Option<u64>,
    ) -> Result<Relative, HostError> {
        let source = self.head(access.file()?)?;
        if !self.may_create_in(access, &source.parent)? {
            return Err(HostError::SwitchedOff);
        }
        let by = &access.user_id();
        if let RelativeTarget::Specific { name, overwrite } = &target
            && let Some((kind, id)) = self.lookup(&source.parent, name)?
        {
            let free = || self.free_name(&source.parent, name);
            if kind == NodeKind::Container {
                return Ok(Relative::Taken(None, free()?));
            }
            if !overwrite {
                return Ok(Relative::Taken(self.holder(&id).await?, free()?));
            }
            if !self.role_in(access, &id)?.is_some_and(Role::can_write) {
                return Err(HostError::SwitchedOff);
            }
            let replacement = self.begin_replacement(by, &id, announced).await?;
            return Ok(Relative::Over(Replacement { found: Some((source.parent, name.clone())), ..replacement }));
        }
        Ok(Relative::New(self.begin_creation(by, &source.parent, announced).await?, target))
    }

    /// Who holds a file now.
    pub(super) async fn holder(&self, file: &NodeId) -> Result<Option<LockId>, HostError> {
        match self.ask(file, Operation::Lock(Command::Get)).await {
            Ok(Answer::Lock(Outcome::Held(id), _)) => Ok(id),
            Ok(other) => Err(unexpected(&other)),
            Err(HostError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
