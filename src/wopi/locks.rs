//! Lock, UnlockAndRelock, RefreshLock, Unlock, GetLock (files.md section 2).

use actix_web::{HttpRequest, HttpResponse};

use super::{
    Wopi,
    dispatch::Verb,
    headers,
    reply::{self, LOCK, OLD_LOCK, Problem},
    session::Session,
};
use crate::{
    host::HostError,
    lock::{Command, Outcome},
    permission::Role,
};

pub(super) async fn handle(
    request: &HttpRequest,
    session: &Session,
    wopi: &Wopi,
    verb: Verb,
) -> Result<HttpResponse, Problem> {
    if verb != Verb::GetLock {
        session.access.require(Role::Editor).map_err(HostError::from)?;
    }
    let command = command(request, verb)?;
    let answer = wopi.host.lock(&session.access, command).await?;
    wopi.metrics.lock_outcome(verb.name(), outcome_name(&answer.outcome));
    match answer.outcome {
        Outcome::Done => Ok(reply::ok_with_version(answer.version).finish()),
        Outcome::Held(id) => {
            Ok(reply::ok_with_version(answer.version).insert_header((LOCK, reply::lock_value(id.as_ref()))).finish())
        }
        Outcome::Conflict(current) => Err(Problem::Locked(current)),
        Outcome::MissingId(current) => Err(Problem::MissingLockId(current)),
    }
}

fn command(request: &HttpRequest, verb: Verb) -> Result<Command, Problem> {
    if verb == Verb::GetLock {
        return Ok(Command::Get);
    }
    let id = headers::lock_id(request, LOCK.as_str())?;
    Ok(match verb {
        Verb::RefreshLock => Command::Refresh(id),
        Verb::Unlock => Command::Unlock(id),
        _ => match headers::lock_id(request, OLD_LOCK)? {
            Some(old) => Command::Relock { old, new: id },
            None => Command::Lock(id),
        },
    })
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done | Outcome::Held(_) => "done",
        Outcome::Conflict(_) => "conflict",
        Outcome::MissingId(_) => "missing_id",
    }
}
