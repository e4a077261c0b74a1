//! Moments and days as the pages of documents write them.

pub(super) use crate::web::moments::minute;
use crate::{clock::Timestamp, web::moments};

/// A moment: the element for it, in UTC. A script makes it the reader's own time.
pub(super) fn moment(at: Timestamp) -> String {
    format!("<time datetime=\"{}\">{} UTC</time>", moments::second(at), minute(at))
}

/// The day of a moment, as a field for a day wants it.
pub(super) fn day(at: Timestamp) -> String {
    at.to_iso().get(..10).unwrap_or_default().to_owned()
}

/// The last second of a day as a field sends it; `None` for what is no day.
pub(super) fn end_of_day(day: &str) -> Option<Timestamp> {
    let plain = day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plain { Timestamp::parse_iso(&format!("{day}T23:59:59Z")) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc_and_for_machines() {
        let at = Timestamp::parse_iso("2026-11-23T21:10:13.5Z").unwrap();
        assert_eq!(moment(at), "<time datetime=\"2026-11-23T21:10:13Z\">2026-11-23 21:10 UTC</time>");
        assert_eq!((day(at), minute(at)), ("2026-11-23".to_owned(), "2026-11-23 21:10".to_owned()));
    }

    #[test]
    fn a_day_ends_with_its_last_second_and_other_text_is_none() {
        assert_eq!(end_of_day("2026-11-23"), Timestamp::parse_iso("2026-11-23T23:59:59Z"));
        for none in ["", "2026-13-01", "23.11.2026", "2026-11-23T00", "2026-02-30", "tomorrow!!", "２０２６"] {
            assert_eq!(end_of_day(none), None, "{none}");
        }
    }
}
