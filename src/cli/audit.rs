//! `audit`.

use std::fmt::Write as _;

use super::{Outcome, args::AuditArgs, failure::Failure, print, session::Session};
use crate::{
    api::calls::{AuditInfo, ListAudit},
    clock::{Clock as _, SystemClock, Timestamp},
    settings::Period,
};

pub(super) async fn run(session: &mut Session, arguments: AuditArgs) -> Outcome {
    let AuditArgs { since, user, json } = arguments;
    let since = since.as_deref().map(|text| time(text, SystemClock.wall())).transpose()?;
    let mut array = print::Array::new();
    let mut after = None;
    loop {
        let page = session.call(&ListAudit { after, since: since.clone(), user: user.clone() }).await?;
        if json {
            page.entries.iter().try_for_each(|entry| array.push(entry))?;
        } else {
            page.entries.iter().try_for_each(|entry| print::line(&told(entry)))?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if json { array.end() } else { Ok(()) }
}

/// A day, a time, or how long ago.
fn time(text: &str, now: Timestamp) -> Result<String, Failure> {
    if let Ok(ago) = text.parse::<Period>() {
        let start = Timestamp::from_ticks(0);
        return Ok(start.plus(now.since(start).saturating_sub(ago.get())).to_iso());
    }
    let at = Timestamp::parse_iso(text).or_else(|| Timestamp::parse_iso(&format!("{text}T00:00:00Z")));
    at.map(Timestamp::to_iso).ok_or_else(|| {
        Failure::usage(format!(
            "`{text}` is no time: write a day such as 2026-01-31, a time such as 2026-01-31T08:00:00Z, or how long ago, such \
             as 7d"
        ))
    })
}

/// One line: when, what, by whom from where, and with what.
fn told(entry: &AuditInfo) -> String {
    let seconds = entry.at.get(..19).unwrap_or(&entry.at);
    let mut line = format!("{seconds}Z  {:21}  ", entry.event.name());
    match &entry.by {
        // Writing to a `String` cannot fail.
        Some(by) => _ = write!(line, "{by} from {}", entry.from),
        None => line.push_str(&entry.from),
    }
    for (word, value) in [
        ("user", entry.user.as_ref().map(ToString::to_string)),
        ("path", entry.path.clone()),
        ("id", entry.id.clone()),
        ("detail", entry.detail.clone()),
        ("browser", entry.agent.clone()),
    ] {
        if let Some(value) = value {
            _ = write!(line, "  {word}={value}");
        }
    }
    if entry.times > 1 {
        _ = write!(line, "  times={} last={}", entry.times, entry.last.as_deref().unwrap_or_default());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_day_a_time_or_how_long_ago() {
        let now = Timestamp::parse_iso("2026-03-02T12:00:00Z").unwrap();
        for (text, at) in [
            ("2026-01-31", "2026-01-31T00:00:00.0000000Z"),
            ("2026-01-31T08:30:00+01:00", "2026-01-31T07:30:00.0000000Z"),
            ("36h", "2026-03-01T00:00:00.0000000Z"),
            ("10000w", "1970-01-01T00:00:00.0000000Z"),
        ] {
            assert_eq!(time(text, now).unwrap(), at, "{text}");
        }
        assert!(time("yesterday", now).is_err());
    }
}
