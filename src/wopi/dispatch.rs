//! `POST /files/{id}`: which operation is wanted (files.md section 1.2).

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{
    Wopi, activities, headers, locks, naming, relative,
    reply::{OLD_LOCK, Problem},
    session, sharing,
};
use crate::{
    server::{BodyReader, note_operation},
    settings::Supports,
};

/// The operations of `POST /files/{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Lock,
    UnlockAndRelock,
    RefreshLock,
    Unlock,
    GetLock,
    PutRelativeFile,
    RenameFile,
    DeleteFile,
    PutUserInfo,
    GetShareUrl,
    AddActivities,
}

impl Verb {
    pub(crate) fn parse(request: &HttpRequest, name: &str) -> Option<Self> {
        Some(match name {
            "LOCK" if headers::value(request, OLD_LOCK).is_some() => Self::UnlockAndRelock,
            "LOCK" => Self::Lock,
            "REFRESH_LOCK" => Self::RefreshLock,
            "UNLOCK" => Self::Unlock,
            "GET_LOCK" => Self::GetLock,
            "PUT_RELATIVE" => Self::PutRelativeFile,
            "RENAME_FILE" => Self::RenameFile,
            "DELETE" => Self::DeleteFile,
            "PUT_USER_INFO" => Self::PutUserInfo,
            "GET_SHARE_URL" => Self::GetShareUrl,
            "ADD_ACTIVITIES" => Self::AddActivities,
            _ => return None,
        })
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lock => "Lock",
            Self::UnlockAndRelock => "UnlockAndRelock",
            Self::RefreshLock => "RefreshLock",
            Self::Unlock => "Unlock",
            Self::GetLock => "GetLock",
            Self::PutRelativeFile => "PutRelativeFile",
            Self::RenameFile => "RenameFile",
            Self::DeleteFile => "DeleteFile",
            Self::PutUserInfo => "PutUserInfo",
            Self::GetShareUrl => "GetShareUrl",
            Self::AddActivities => "AddActivities",
        }
    }

    /// Whether the administrator lets clients do this: a capability that is off answers 501 (rule 6).
    const fn is_on(self, supports: &Supports) -> bool {
        match self {
            Self::Lock | Self::UnlockAndRelock | Self::RefreshLock | Self::Unlock => supports.locks,
            Self::GetLock => supports.get_lock && supports.locks,
            Self::PutRelativeFile => supports.update && supports.save_as,
            Self::RenameFile => supports.rename,
            Self::DeleteFile => supports.delete,
            Self::PutUserInfo => supports.user_info,
            Self::GetShareUrl => supports.share_url,
            Self::AddActivities => supports.activities,
        }
    }
}

pub(super) async fn handle(
    request: &HttpRequest,
    id: &str,
    wopi: &Wopi,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    note_operation(request, "unknown");
    let session = session::open(request, id, wopi)?;
    let Some(name) = headers::text(request, "X-WOPI-Override") else {
        return Err(Problem::Bad("the request needs X-WOPI-Override and has none".to_owned()));
    };
    let verb = Verb::parse(request, name).ok_or(Problem::NotSupported("this operation"))?;
    note_operation(request, verb.name());
    if !verb.is_on(&wopi.supports) {
        return Err(Problem::NotSupported(verb.name()));
    }
    let outcome = match verb {
        // Larger than the others, which are not to carry it along.
        Verb::PutRelativeFile => return Box::pin(relative::handle(request, &session, wopi, payload)).await,
        Verb::PutUserInfo => return Box::pin(sharing::put_user_info(request, &session, wopi, payload)).await,
        Verb::AddActivities => return Box::pin(activities::handle(request, &session, wopi, payload)).await,
        Verb::Lock | Verb::UnlockAndRelock | Verb::RefreshLock | Verb::Unlock | Verb::GetLock => {
            locks::handle(request, &session, wopi, verb).await
        }
        Verb::RenameFile => naming::rename(request, &session, wopi).await,
        Verb::DeleteFile => naming::delete(request, &session, wopi).await,
        Verb::GetShareUrl => sharing::share_url(request, &session, wopi).await,
    };
    // These want no body, but Collabora sends the whole document along with a rename (rule 8).
    let limit = wopi.limits.body.get();
    if !is_bare(request) {
        Box::pin(async { body_of(request, payload, wopi, limit).drain(limit).await }).await;
    }
    outcome
}

/// `POST /files/{id}/activities`: AddActivities may come here too (files.md section 4.9).
pub(super) async fn handle_activities(
    request: &HttpRequest,
    id: &str,
    wopi: &Wopi,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let session = session::open(request, id, wopi)?;
    match headers::text(request, "X-WOPI-Override") {
        None | Some("ADD_ACTIVITIES") if wopi.supports.activities => {
            note_operation(request, Verb::AddActivities.name());
            activities::handle(request, &session, wopi, payload).await
        }
        _ => Err(Problem::NotSupported("this operation")),
    }
}

/// Whether a request says that it has no body.
fn is_bare(request: &HttpRequest) -> bool {
    let headers = request.headers();
    !headers.contains_key(header::TRANSFER_ENCODING)
        && headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() == b"0")
}

/// A reader of at most `most` bytes of body.
pub(super) fn body_of(request: &HttpRequest, payload: web::Payload, wopi: &Wopi, most: u64) -> BodyReader {
    BodyReader::new(request, payload, most, wopi.limits.body_idle_timeout.get())
}
