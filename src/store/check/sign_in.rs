//! Clients, grants to them, sessions and consents.

use super::{
    fault::Fault,
    records::{Examiner, fault_unless},
};
use crate::{
    ids::{NodeId, UserId},
    store::{
        engine::EngineError,
        records::{ClientRecord, ConsentRecord, GrantFamilyRecord, SessionRecord, keys},
    },
};

type Faults = Result<Vec<Fault>, EngineError>;

/// The user in the second part of a key.
fn user_of(key: &[u8]) -> Option<UserId> {
    UserId::parse(std::str::from_utf8(key).ok()?.split('/').nth(1)?).ok()
}

#[expect(clippy::unnecessary_wraps, reason = "the same form as for what refers to others")]
pub(super) fn client(_: &Examiner<'_>, key: &[u8], client: &ClientRecord) -> Faults {
    Ok(fault_unless(keys::client(&client.id) == key, Fault::Misplaced("it is under the id of another client")))
}

pub(super) fn family(examiner: &Examiner<'_>, key: &[u8], family: &GrantFamilyRecord) -> Faults {
    let Some(id) = keys::node_of(key).filter(|id| keys::family(id) == key) else {
        return Ok(vec![Fault::Misplaced("its key is not an id")]);
    };
    if !examiner.has_account(&family.user)? {
        return Ok(vec![Fault::Leftover("a grant by a user who is gone")]);
    }
    if !examiner.has(&keys::client(&family.client))? {
        return Ok(vec![Fault::Leftover("a grant to a client that is gone")]);
    }
    // Without it the grant would not be found when the user takes it back.
    let seen = examiner.has(&keys::family_of(&family.user, &id))?;
    Ok(fault_unless(seen, Fault::HalfShared("the user's list of what he granted to clients lacks it")))
}

pub(super) fn family_of(examiner: &Examiner<'_>, key: &[u8]) -> Faults {
    let id = keys::last_part(key).and_then(|id| NodeId::parse(id).ok());
    let (Some(user), Some(id)) = (user_of(key), id) else {
        return Ok(vec![Fault::Misplaced("its key is not that of a grant to a client")]);
    };
    let there = keys::family_of(&user, &id) == key && examiner.has(&keys::family(&id))?;
    Ok(fault_unless(there, Fault::HalfShared("it lists a grant to a client that is not there")))
}

pub(super) fn session(examiner: &Examiner<'_>, key: &[u8], session: &SessionRecord) -> Faults {
    let Some(hash) = keys::last_part(key).filter(|hash| keys::session(hash) == key) else {
        return Ok(vec![Fault::Misplaced("its key is not that of a session")]);
    };
    if !examiner.has_account(&session.user)? {
        return Ok(vec![Fault::Leftover("a session of a user who is gone")]);
    }
    let seen = examiner.has(&keys::session_of(&session.user, hash))?;
    Ok(fault_unless(seen, Fault::HalfShared("the list of the user's sessions lacks it")))
}

pub(super) fn session_of(examiner: &Examiner<'_>, key: &[u8]) -> Faults {
    let (Some(user), Some(hash)) = (user_of(key), keys::last_part(key)) else {
        return Ok(vec![Fault::Misplaced("its key is not that of a session")]);
    };
    let there = keys::session_of(&user, hash) == key && examiner.has(&keys::session(hash))?;
    Ok(fault_unless(there, Fault::HalfShared("it lists a session that is not there")))
}

pub(super) fn consent(examiner: &Examiner<'_>, key: &[u8], _: &ConsentRecord) -> Faults {
    let (Some(user), Some(client)) = (user_of(key), keys::last_part(key)) else {
        return Ok(vec![Fault::Misplaced("its key is not that of a consent")]);
    };
    if keys::consent(&user, client) != key {
        return Ok(vec![Fault::Misplaced("its key is not that of a consent")]);
    }
    let stands = examiner.has_account(&user)? && examiner.has(&keys::client(client))?;
    Ok(fault_unless(stands, Fault::Leftover("a consent of a user or to a client that is gone")))
}
