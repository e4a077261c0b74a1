//! The one place where an outcome becomes a status, headers and a body (files.md sections 1.9, 1.11 and 2.3,
//! containers-ecosystem.md sections 1.4 and 1.6).

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde_json::json;

use crate::{
    host::{HostError, access::Face},
    lock::{LockId, LockIdError},
    names::FileName,
    proof::Unproven,
    server::{BodyError, note_reason, reply},
    store::records::VersionStamp,
};

pub(super) const LOCK: HeaderName = HeaderName::from_static("x-wopi-lock");
pub(super) const OLD_LOCK: &str = "X-WOPI-OldLock";
pub(super) const ITEM_VERSION: HeaderName = HeaderName::from_static("x-wopi-itemversion");
const LOCK_FAILURE_REASON: HeaderName = HeaderName::from_static("x-wopi-lockfailurereason");
const SERVER_ERROR: HeaderName = HeaderName::from_static("x-wopi-servererror");
const INVALID_CONTAINER_NAME: HeaderName = HeaderName::from_static("x-wopi-invalidcontainernameerror");
const INVALID_FILE_NAME: HeaderName = HeaderName::from_static("x-wopi-invalidfilenameerror");
pub(super) const VALID_RELATIVE_TARGET: HeaderName = HeaderName::from_static("x-wopi-validrelativetarget");

/// Why a request is not answered with 200.
#[derive(Debug)]
pub(crate) enum Problem {
    /// What the host said.
    Host(HostError),
    /// The body did not arrive as it should.
    Body(BodyError),
    /// 400 with a sentence.
    Bad(String),
    /// 400 for a lock id, with a header that says why.
    BadLockId(String),
    /// 400 for a missing lock id, with the lock that is there (files.md section 2.2).
    MissingLockId(Option<LockId>),
    /// 400 for a name, with a header that says why.
    BadName(String),
    /// 400 for the name of a new file, with one that would do.
    BadTarget(String, Option<FileName>),
    /// 400 for the name of a new file in a container, with a header that says why, and with one that would do.
    BadFileName(String, Option<FileName>),
    /// 400 for the name of a container, with a header that says why.
    BadContainerName(String),
    /// 409: the name is taken, and one that is free. No lock is told of: it has nothing to do with one.
    NameTaken(Option<FileName>),
    /// 409: the lock stands against it.
    Locked(Option<LockId>),
    /// 409: the name is taken; who holds the file of that name, and one that is free.
    Taken(Option<LockId>, Option<FileName>),
    /// 409: the file changed since the client read it (files.md section 6.4).
    Outdated(Option<LockId>),
    /// 412: larger than the client can take.
    TooLargeForClient,
    /// 501, with what is not supported.
    NotSupported(&'static str),
    /// 500: nothing proves that the editor sent it (files.md section 5.3).
    Unproven(Unproven),
}

impl Problem {
    pub(super) fn bad_lock_id(name: &str, error: LockIdError) -> Self {
        Self::BadLockId(format!("{name}: {error}"))
    }

    /// Notes the reason for the request's log line.
    pub(super) fn noted(self, request: &HttpRequest) -> Self {
        note_reason(request, self.to_string());
        self
    }
}

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(error) => error.fmt(f),
            Self::Body(error) => error.fmt(f),
            Self::Bad(words)
            | Self::BadLockId(words)
            | Self::BadName(words)
            | Self::BadTarget(words, _)
            | Self::BadFileName(words, _)
            | Self::BadContainerName(words) => f.write_str(words),
            Self::MissingLockId(_) => f.write_str("the request needs X-WOPI-Lock and has none"),
            Self::Locked(Some(_)) => f.write_str("the file is locked with another lock id"),
            Self::Locked(None) => f.write_str("the file is not locked"),
            Self::Taken(Some(_), _) => f.write_str("the file of that name is locked"),
            Self::Taken(..) | Self::NameTaken(_) => f.write_str("a file or folder of that name exists"),
            Self::Outdated(_) => f.write_str("the file was changed since it was opened"),
            Self::TooLargeForClient => f.write_str("the file is larger than X-WOPI-MaxExpectedSize"),
            Self::NotSupported(what) => write!(f, "this host does not offer {what}"),
            Self::Unproven(reason) => reason.fmt(f),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Host(error) => status_of(error),
            Self::Body(error) => error.status(),
            Self::Bad(_)
            | Self::BadLockId(_)
            | Self::MissingLockId(_)
            | Self::BadName(_)
            | Self::BadTarget(..)
            | Self::BadFileName(..)
            | Self::BadContainerName(_) => StatusCode::BAD_REQUEST,
            Self::Locked(_) | Self::NameTaken(_) | Self::Taken(..) | Self::Outdated(_) => StatusCode::CONFLICT,
            Self::TooLargeForClient => StatusCode::PRECONDITION_FAILED,
            Self::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            Self::Unproven(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = match self {
            Self::Outdated(_) => HttpResponse::Conflict().json(json!({
                "COOLStatusCode": 1010, "LOOLStatusCode": 1010, "message": self.to_string(),
            })),
            Self::Host(HostError::Overloaded | HostError::ShuttingDown) => reply::overloaded(1, &self.for_sender()),
            _ => reply::message(self.status_code(), &self.for_sender()),
        };
        let headers = response.headers_mut();
        match self {
            Self::MissingLockId(current)
            | Self::Locked(current)
            | Self::Taken(current, _)
            | Self::Outdated(current) => {
                headers.insert(LOCK, lock_value(current.as_ref()));
                headers.insert(LOCK_FAILURE_REASON, ascii(&self.to_string()));
            }
            Self::BadLockId(reason) => {
                headers.insert(LOCK_FAILURE_REASON, ascii(reason));
            }
            Self::BadName(reason) | Self::BadFileName(reason, _) => {
                headers.insert(INVALID_FILE_NAME, ascii(reason));
            }
            Self::BadContainerName(reason) => {
                headers.insert(INVALID_CONTAINER_NAME, ascii(reason));
            }
            _ => {}
        }
        if let Self::Taken(_, Some(free))
        | Self::NameTaken(Some(free))
        | Self::BadTarget(_, Some(free))
        | Self::BadFileName(_, Some(free)) = self
        {
            headers.insert(VALID_RELATIVE_TARGET, ascii(&crate::names::utf7::encode(free.as_str())));
        }
        if self.status_code() == StatusCode::INTERNAL_SERVER_ERROR {
            headers.insert(SERVER_ERROR, ascii(&self.for_sender()));
        }
        response
    }
}

impl Problem {
    /// What the sender is told: no more than he needs. The log has the rest.
    fn for_sender(&self) -> String {
        match self {
            Self::Host(HostError::Access(error)) => match error.face() {
                Face::NotAuthenticated => {
                    "the access token is missing, expired or not for this file or folder".to_owned()
                }
                Face::NotFound => HostError::NotFound.to_string(),
                Face::Trouble => "the host's store has a problem; its log says which".to_owned(),
            },
            Self::Host(HostError::NoRight) => HostError::NotFound.to_string(),
            Self::Host(HostError::Failed(_)) => "the host's store has a problem; its log says which".to_owned(),
            Self::Host(HostError::Corrupt(_)) => {
                "a part of this file is damaged on the host's disk; its administrator can run `lockhouse check`"
                    .to_owned()
            }
            Self::Host(HostError::NoSpace { .. }) => {
                "the host's disk is nearly full, so the file was not saved; nothing was changed".to_owned()
            }
            Self::Unproven(_) => {
                "the request does not prove that it comes from this host's editor; the host's log says why".to_owned()
            }
            _ => self.to_string(),
        }
    }
}

fn status_of(error: &HostError) -> StatusCode {
    match error {
        HostError::Access(error) => match error.face() {
            Face::NotAuthenticated => StatusCode::UNAUTHORIZED,
            Face::NotFound => StatusCode::NOT_FOUND,
            Face::Trouble => StatusCode::INTERNAL_SERVER_ERROR,
        },
        HostError::NotFound | HostError::NoRight => StatusCode::NOT_FOUND,
        HostError::SwitchedOff => StatusCode::NOT_IMPLEMENTED,
        HostError::IllegalName(_) | HostError::Invalid(_) => StatusCode::BAD_REQUEST,
        HostError::NameTaken | HostError::Locked | HostError::Misplaced(_) => StatusCode::CONFLICT,
        HostError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        HostError::Overloaded | HostError::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
        HostError::NoSpace { .. } | HostError::Corrupt(_) | HostError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A lock id as a header value; empty when there is none.
pub(super) fn lock_value(id: Option<&LockId>) -> HeaderValue {
    id.map_or(HeaderValue::from_static(""), |id| ascii(id.as_str()))
}

/// Text as a header value: ASCII, without line ends.
pub(super) fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(&reply::header_text(text.as_bytes(), 4096)).unwrap_or(HeaderValue::from_static(""))
}

/// 200 that must not be kept by caches.
pub(super) fn ok() -> HttpResponseBuilder {
    let mut builder = HttpResponse::Ok();
    builder.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    builder
}

/// 200 with the file's version (files.md section 2.4).
pub(super) fn ok_with_version(version: VersionStamp) -> HttpResponseBuilder {
    let mut builder = ok();
    builder.insert_header((ITEM_VERSION, version.to_string()));
    builder
}

pub(super) async fn only_get_and_post() -> HttpResponse {
    reply::method_not_allowed("GET, POST")
}

pub(super) fn only_post() -> HttpResponse {
    reply::method_not_allowed("POST")
}

pub(super) async fn only_get() -> HttpResponse {
    reply::method_not_allowed("GET")
}
