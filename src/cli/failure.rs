//! How a command fails: one sentence, and an exit code.

use std::{fmt, io, process::ExitCode};

use crate::{
    api::{Refusal, SocketError},
    host::OpenError,
    server::ServerError,
};

/// The exit codes. Scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// 1: it did not work, for a reason that no other code names.
    Failed = 1,
    /// 2: the arguments or the settings cannot be used.
    Usage = 2,
    /// 3: there is no such user, file, folder or version.
    NotFound = 3,
    /// 4: refused as things are: locked, in use, not empty, taken.
    Refused = 4,
    /// 5: the store or the disk cannot do it.
    Store = 5,
    /// 6: the wiring is wrong somewhere.
    Miswired = 6,
    /// 10: the host that was tried is convicted.
    Convicted = 10,
    /// 11: the host that was tried is neither convicted nor acquitted.
    Undecided = 11,
    /// 12: this machine does not allow what was asked for.
    Impossible = 12,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The exit code.
    pub(super) code: Code,
    /// What happened to what, and what to do; empty when nobody is there to read it.
    message: String,
}

impl Failure {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(Code::Failed, message)
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// Whoever read the results has gone.
    pub(super) fn unheard() -> Self {
        Self::failed("")
    }

    /// Says it on standard error.
    pub(super) fn tell(&self) {
        if !self.message.is_empty() {
            super::print::complaint(&format!("error: {self}"));
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.status {
            404 => Code::NotFound,
            // 503 passes by itself: too much is in flight, or the host is stopping.
            409 | 423 | 503 => Code::Refused,
            500..=599 => Code::Store,
            _ => Code::Failed,
        };
        Self::new(code, refusal.message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let code = if super::hosting::is_in_use(&error) { Code::Refused } else { Code::Store };
        Self::new(code, error.to_string())
    }
}

impl From<SocketError> for Failure {
    fn from(error: SocketError) -> Self {
        Self::new(Code::Store, error.to_string())
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        let code = match &error {
            ServerError::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => Code::Refused,
            ServerError::Listen { source, .. } if source.kind() == io::ErrorKind::AddrNotAvailable => Code::Usage,
            ServerError::Tls(_) => Code::Usage,
            ServerError::Listen { .. } | ServerError::Run(_) => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let mut message = format!("the connection to the host that has the data directory open was lost: {error}");
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            cause = inner.source();
        }
        Self::failed(message)
    }
}
