//! What is recorded of a run: every request and its reply, with their times; and what was done to the host meanwhile.
//!
//! The times are nanoseconds on one monotonic clock, that of the machine which sent the requests, counted from the start
//! of the run. `invoked` is read before the first byte is sent and the time of a reply after its last byte has come: the
//! moment at which the host acted then lies between the two, and that is all that the judge relies on.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Nanoseconds since the start of the run, on the recorder's monotonic clock.
pub type Nanos = u64;

/// A text as it was sent or received: a lock id, a version, a name.
pub type Text = Box<str>;

/// The SHA-256 of a body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let mut digest = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(D::Error::custom("a digest has 64 hexadecimal digits"));
        }
        for (place, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(D::Error::custom)?;
        }
        Ok(Self(digest))
    }
}

/// The bytes of a file, by which two bodies are told apart.
///
/// A generator should never send the same bytes twice (a counter in the body is enough): then every reading says which
/// writing it saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Content {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// How many bytes.
    pub length: u64,
}

/// How the length of a body was announced (RFC 9112 section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// By `Content-Length`.
    #[default]
    Length,
    /// By `Transfer-Encoding: chunked`.
    Chunked,
}

/// What was asked. An id that was not sent, or sent empty, is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Lock.
    Lock {
        /// `X-WOPI-Lock`.
        id: Option<Text>,
    },
    /// UnlockAndRelock.
    Relock {
        /// `X-WOPI-OldLock`.
        old: Text,
        /// `X-WOPI-Lock`.
        new: Option<Text>,
    },
    /// RefreshLock.
    Refresh {
        /// `X-WOPI-Lock`.
        id: Option<Text>,
    },
    /// Unlock.
    Unlock {
        /// `X-WOPI-Lock`.
        id: Option<Text>,
    },
    /// GetLock.
    GetLock,
    /// PutFile.
    Put {
        /// `X-WOPI-Lock`.
        lock: Option<Text>,
        /// The bytes that were meant to be sent, all of them.
        body: Content,
        /// How their length was announced.
        #[serde(default)]
        framing: Framing,
        /// Whether the sender stopped before the end, on purpose: then the file must not change.
        #[serde(default)]
        cut: bool,
    },
    /// GetFile.
    Get,
    /// CheckFileInfo.
    Info,
    /// RenameFile.
    Rename {
        /// `X-WOPI-Lock`.
        lock: Option<Text>,
        /// The whole name wished for, with its extension.
        name: Text,
    },
    /// DeleteFile.
    Delete,
    /// PutUserInfo.
    UserInfo,
}

impl Call {
    /// Whether this may change anything at the host.
    pub fn changes(&self) -> bool {
        !matches!(self, Self::GetLock | Self::Get | Self::Info)
    }
}

/// What the token of a request was worth for the file that its URL named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// All that the operation needs.
    #[default]
    Full,
    /// Reading only.
    ViewOnly,
    /// A good token, for another file than the URL names.
    OtherFile,
    /// Expired, malformed or made up.
    Invalid,
}

/// A reply, as far as the judge needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `X-WOPI-Lock`: `None` when the header is absent, empty when it is present and empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Text>,
    /// `X-WOPI-ItemVersion`; of CheckFileInfo its `Version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Text>,
    /// Of GetFile: the bytes that came, if the whole body came. Of CheckFileInfo: `SHA256` with `Size`, if it sends both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Of CheckFileInfo: `Size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Of CheckFileInfo: `BaseFileName`. Of RenameFile: the whole name after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

impl Reply {
    /// Whether the operation was carried out.
    pub fn success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether this status leaves open if the operation was carried out: the server's own errors, and those of proxies.
    /// 501 and 503 are refusals (files.md section 1.11).
    pub fn leaves_open(&self) -> bool {
        self.status == 408 || self.status >= 500 && !matches!(self.status, 501 | 503)
    }
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The client waited long enough.
    TimedOut,
    /// The connection broke, or the reply was cut short.
    Reset,
    /// The client closed the connection on purpose.
    Cut,
}

/// What became of a request, as its sender knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The whole reply came.
    Answered {
        /// When its last byte had come.
        at: Nanos,
        /// The reply.
        reply: Reply,
    },
    /// Nothing is known: it may have taken effect at any time after it was invoked, or may yet, or never.
    Unknown {
        /// Why.
        why: Loss,
        /// When its sender gave up; only for the drawing.
        gave_up: Nanos,
        /// The last moment at which it can have taken effect, if there is one. Leave it out unless it is certain. The
        /// judge itself knows that a request dies with the process that had it ([`Mark::Restart`]).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Nanos>,
    },
}

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The [`FileStart::number`] of the file that the URL named.
    pub file: u32,
    /// Who sent it. A column of the timeline.
    pub client: u32,
    /// What its token was worth for this file.
    #[serde(default)]
    pub authority: Authority,
    /// When sending began.
    pub invoked: Nanos,
    /// What was asked.
    pub call: Call,
    /// What became of it.
    pub outcome: Outcome,
}

impl Operation {
    /// The reply, if one came.
    pub fn reply(&self) -> Option<&Reply> {
        match &self.outcome {
            Outcome::Answered { reply, .. } => Some(reply),
            Outcome::Unknown { .. } => None,
        }
    }

    /// When the reply had come, or the sender gave up; never before it was invoked.
    pub fn ended(&self) -> Nanos {
        let (Outcome::Answered { at, .. } | Outcome::Unknown { gave_up: at, .. }) = self.outcome;
        at.max(self.invoked)
    }

    /// Whether it was answered with success.
    pub fn succeeded(&self) -> bool {
        self.reply().is_some_and(Reply::success)
    }

    /// Whether it may have been carried out although no reply says so.
    pub fn open(&self) -> bool {
        self.reply().is_none_or(Reply::leaves_open)
    }
}

/// What is known of a file's lock when its history begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockBefore {
    /// Nothing.
    #[default]
    Unknown,
    /// Nobody holds it.
    Unlocked,
    /// It is held under this id, since nobody knows when.
    Held(Text),
}

/// A file of the run, and what is known of it before the first request. What is unknown is learnt from the first reply
/// that tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStart {
    /// By which number operations name it.
    pub number: u32,
    /// What people call it: its path, id or WOPISrc.
    pub label: Text,
    /// When this was known.
    #[serde(default)]
    pub at: Nanos,
    /// Its lock.
    #[serde(default)]
    pub lock: LockBefore,
    /// Its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Text>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

/// What was done to the host, or to its machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The host was killed or stopped, and started again.
    Restart {
        /// Just before the signal was sent.
        down: Nanos,
        /// From when on nothing that was sent before can take effect any more: the process is known to be gone, and
        /// nothing stands before it that would send a request again. `None` when this is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dead: Option<Nanos>,
        /// When it first answered again; `None` when it never did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up: Option<Nanos>,
    },
    /// The host's wall clock was set.
    ClockSet {
        /// When.
        at: Nanos,
        /// By how many milliseconds; negative is back.
        by_ms: i64,
    },
    /// Anything else that a reader of the timeline should see: the process was stopped, the disk was filled.
    Note {
        /// When.
        at: Nanos,
        /// What.
        text: Text,
    },
}

impl Mark {
    /// When it began.
    pub fn at(&self) -> Nanos {
        let (Self::Restart { down: at, .. } | Self::ClockSet { at, .. } | Self::Note { at, .. }) = self;
        *at
    }
}

/// One line of a saved history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A file of the run.
    File(FileStart),
    /// A request and what became of it.
    Operation(Operation),
    /// Something that was done to the host.
    Mark(Mark),
}

/// All that was recorded. The order of each list is free: the times say what came first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The files. An operation on a file that is not among them is judged with nothing known before it.
    pub files: Vec<FileStart>,
    /// The operations.
    pub operations: Vec<Operation>,
    /// What was done to the host.
    pub marks: Vec<Mark>,
}

impl History {
    /// Adds what was read or recorded.
    pub fn push(&mut self, entry: Entry) {
        match entry {
            Entry::File(file) => self.files.push(file),
            Entry::Operation(operation) => self.operations.push(operation),
            Entry::Mark(mark) => self.marks.push(mark),
        }
    }
}
