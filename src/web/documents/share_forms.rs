//! `POST /share/{id}`: what the forms of the page of sharing do. The field `deed` says which.

use std::{collections::HashMap, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    figures::end_of_day,
    share::{is, may_end},
    subject::Subject,
    trail,
};
use crate::{
    clock::Timestamp,
    host::{
        Found, HostError,
        links::LinkError,
        rights::{GrantError, may_give},
    },
    ids::{NodeId, UserId},
    oauth::Identity,
    permission::Role,
    server::note_operation,
    store::records::AuditEvent,
    web::{desk::Desk, visit::Depth},
};

/// Links that one thing has at most; a page lists them all.
const MOST_LINKS: usize = 100;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// `POST /share/{id}`.
pub(super) async fn submit(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "sharing");
    Desk::sent(&request, &identity, Depth::Two, &body, async |desk, fields| {
        Ok(match decide(desk, &id, fields).await? {
            Said::Here(word) => desk.go(&format!("share/{}?said={word}", id.as_str())),
            Said::Gone => desk.go(""),
        })
    })
    .await
}

/// What is said of it, and where.
enum Said {
    /// On the page of sharing.
    Here(&'static str),
    /// There is no such page for him any more.
    Gone,
}

async fn decide(desk: &Desk<'_>, id: &str, fields: &HashMap<String, String>) -> Result<Said, HostError> {
    let subject = Subject::find(desk, id)?;
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let deed = field("deed");
    if deed == "leave" {
        return leave(desk, &subject).await;
    }
    if !subject.role().can_share() {
        return Ok(Said::Here("refused"));
    }
    let role = Role::parse(field("role")).filter(|role| *role != Role::Owner);
    let user = UserId::parse(field("user"));
    Ok(Said::Here(match (deed, role, user) {
        ("add", Some(role), _) => add(desk, &subject, field("who"), role).await?,
        ("role", Some(role), Ok(user)) => change(desk, &subject, &user, role).await?,
        ("take", _, Ok(user)) => take(desk, &subject, &user).await?,
        ("link", Some(role), _) => link(desk, &subject, role, field("ends"), field("day")).await?,
        ("unlink", _, _) => unlink(desk, &subject, field("link")).await?,
        _ => "refused",
    }))
}

async fn add(desk: &Desk<'_>, subject: &Subject, who: &str, role: Role) -> Result<&'static str, HostError> {
    let (host, who) = (desk.host().clone(), who.to_owned());
    // An address may have to be looked for among all accounts.
    let account = match desk.host().away(move || host.find_person(&who)).await? {
        Found::One(account) => account,
        Found::Nobody => return Ok("unknown"),
        Found::Several => return Ok("several"),
    };
    if is(&account.user, &desk.me.user) {
        return Ok("self");
    }
    give(desk, subject, &account.user, role, "added").await
}

/// Another role for somebody who has one by a grant on exactly this.
async fn change(desk: &Desk<'_>, subject: &Subject, user: &UserId, role: Role) -> Result<&'static str, HostError> {
    if granted(desk, subject, user)?.is_none() {
        return Ok("taken");
    }
    give(desk, subject, user, role, "changed").await
}

async fn give(
    desk: &Desk<'_>,
    subject: &Subject,
    user: &UserId,
    role: Role,
    done: &'static str,
) -> Result<&'static str, HostError> {
    match desk.host().rights().give(&desk.me.user, user, &subject.id, role).await {
        Ok(grant) => {
            let note = trail::noted(desk, AuditEvent::RoleGiven, &subject.id).about(&grant.user).detail(role.as_str());
            trail::note(desk, note).await;
            Ok(done)
        }
        Err(GrantError::MayNot) => Ok("refused"),
        Err(GrantError::AlreadyOwner(_)) => Ok("owner"),
        Err(GrantError::NoSuchUser(_)) => Ok("unknown"),
        Err(error) => Err(error.into()),
    }
}

async fn take(desk: &Desk<'_>, subject: &Subject, user: &UserId) -> Result<&'static str, HostError> {
    let role = match desk.host().rights().take(&desk.me.user, user, &subject.id).await {
        Ok(Some(role)) => role,
        Ok(None) => return Ok("taken"),
        Err(GrantError::MayNot) => return Ok("refused"),
        Err(error) => return Err(error.into()),
    };
    let note = trail::noted(desk, AuditEvent::RoleTaken, &subject.id).about(user).detail(role.as_str());
    trail::note(desk, note).await;
    Ok("taken")
}

/// Gives up what was granted to the reader himself.
async fn leave(desk: &Desk<'_>, subject: &Subject) -> Result<Said, HostError> {
    if desk.host().rights().revoke(&desk.me.user, &subject.id).await? {
        trail::note(desk, trail::noted(desk, AuditEvent::RoleTaken, &subject.id).about(&desk.me.user)).await;
    }
    Ok(Said::Gone)
}

fn granted(desk: &Desk<'_>, subject: &Subject, user: &UserId) -> Result<Option<Role>, HostError> {
    let grants = desk.host().rights().grants_on(&subject.id)?;
    Ok(grants.into_iter().find(|grant| is(&grant.user, user)).map(|grant| grant.role))
}

async fn link(
    desk: &Desk<'_>,
    subject: &Subject,
    role: Role,
    ends: &str,
    day: &str,
) -> Result<&'static str, HostError> {
    let (links, now) = (desk.host().links(), desk.host().clock().wall());
    if !may_give(subject.role(), role) {
        return Ok("refused");
    }
    let Ok(end) = end_of(ends, day, now) else { return Ok("day") };
    let alive = links.on(&subject.id)?.iter().filter(|(_, link)| link.expires.is_none_or(|end| end > now)).count();
    if alive >= MOST_LINKS {
        return Ok("many");
    }
    match links.create_until(&subject.id, role, &desk.me.user, end).await {
        Ok(_) => {
            let until = end.map_or_else(|| "without an end".to_owned(), |end| format!("until {end}"));
            let detail = format!("{}, {until}", role.as_str());
            trail::note(desk, trail::noted(desk, AuditEvent::LinkMade, &subject.id).detail(&detail)).await;
            Ok("linked")
        }
        Err(LinkError::AlreadyOver) => Ok("day"),
        Err(error) => Err(error.into()),
    }
}

/// What was chosen is no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoEnd;

/// The end that was chosen; `None` for never.
fn end_of(ends: &str, day: &str, now: Timestamp) -> Result<Option<Timestamp>, NoEnd> {
    match ends {
        "never" => Ok(None),
        "week" => Ok(Some(now.plus(7 * DAY))),
        "month" => Ok(Some(now.plus(30 * DAY))),
        "day" => end_of_day(day).map(Some).ok_or(NoEnd),
        _ => Err(NoEnd),
    }
}

async fn unlink(desk: &Desk<'_>, subject: &Subject, link: &str) -> Result<&'static str, HostError> {
    let Ok(link) = NodeId::parse(link) else { return Ok("unlinked") };
    let links = desk.host().links();
    let found = links.on(&subject.id)?.into_iter().find(|(id, _)| *id == link);
    let Some((_, record)) = found else { return Ok("unlinked") };
    if !may_end(desk, subject, &record) {
        return Ok("refused");
    }
    links.revoke(&link).await?;
    trail::note(desk, trail::noted(desk, AuditEvent::LinkEnded, &subject.id).detail(record.role.as_str())).await;
    Ok("unlinked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_link_is_what_was_chosen() {
        let now = Timestamp::parse_iso("2026-11-23T21:00:00Z").unwrap();
        assert_eq!(end_of("never", "2020-01-01", now), Ok(None));
        for (ends, day, end) in [
            ("week", "", "2026-11-30T21:00:00Z"),
            ("month", "", "2026-12-23T21:00:00Z"),
            ("day", "2026-11-23", "2026-11-23T23:59:59Z"),
        ] {
            assert_eq!(end_of(ends, day, now), Ok(Timestamp::parse_iso(end)));
        }
        for (ends, day) in [("day", ""), ("day", "x"), ("", "2026-11-23"), ("always", "")] {
            assert_eq!(end_of(ends, day, now), Err(NoEnd), "{ends} {day}");
        }
    }
}
