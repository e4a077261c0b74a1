//! Sizes and moments as pages write them.

pub(super) use crate::web::moments::minute;
use crate::{
    clock::Timestamp,
    web::{language::Texts, moments},
};

/// Units from 1024 bytes on.
const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];

/// The same in French, which counts octets.
const OCTETS: [&str; 4] = ["Ko", "Mo", "Go", "To"];

/// What stands before a size that is smaller than the one it is compared with.
const MINUS: char = '\u{2212}';

/// A size for people: `812 B`, `1.4 MB`, in French `1,4 Mo`.
pub(super) fn size(bytes: u64, texts: &Texts) -> String {
    let is_french = texts.language == "fr";
    let (byte, units) = if is_french { ("o", OCTETS) } else { ("B", UNITS) };
    if bytes < 1024 {
        return format!("{bytes}\u{a0}{byte}");
    }
    let mut power = 0;
    // Tenths of the unit, rounded; the last unit takes what is left.
    let tenths = |power: u32| {
        let unit = 1_u128 << (10 * (power + 1));
        (u128::from(bytes) * 10 + unit / 2) / unit
    };
    while tenths(power) >= 10_240 && power < 3 {
        power += 1;
    }
    let (whole, rest) = (tenths(power) / 10, tenths(power) % 10);
    let unit = units[power as usize];
    if whole >= 100 || rest == 0 {
        return format!("{whole}\u{a0}{unit}");
    }
    let point = if matches!(texts.language, "de" | "fr" | "es") { ',' } else { '.' };
    format!("{whole}{point}{rest}\u{a0}{unit}")
}

/// How much larger or smaller: `+1.4 MB`, `−812 B`, `±0`.
pub(super) fn difference(now: u64, before: u64, texts: &Texts) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", size(now - before, texts)),
        std::cmp::Ordering::Less => format!("{MINUS}{}", size(before - now, texts)),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}

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
    use crate::web::language::of_culture;

    fn told(bytes: u64, language: &str) -> String {
        size(bytes, of_culture(language).unwrap()).replace('\u{a0}', " ")
    }

    #[test]
    fn a_size_has_two_or_three_figures_and_the_unit_of_its_language() {
        for (bytes, english) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (1536, "1.5 KB"),
            (150_000, "146 KB"),
            (1_048_575, "1 MB"),
            (1 << 30, "1 GB"),
            (u64::MAX, "16777216 TB"),
        ] {
            assert_eq!(told(bytes, "en"), english);
        }
        assert_eq!(told(1536, "de"), "1,5 KB");
        assert_eq!(told(1536, "fr"), "1,5 Ko");
        assert_eq!(told(12, "fr"), "12 o");
    }

    #[test]
    fn a_difference_tells_its_direction() {
        let english = of_culture("en").unwrap();
        assert_eq!(difference(10, 4, english), "+6\u{a0}B");
        assert_eq!(difference(4, 10, english), "\u{2212}6\u{a0}B");
        assert_eq!(difference(4, 4, english), "±0");
    }

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
