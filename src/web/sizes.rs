//! Sizes as pages write them: in steps of 1024, as the people who use Office know them from their computers, with the units and
//! the decimal sign of the language. The script of a folder's page (`folder.js`) writes them by the same rules.

use std::cmp::Ordering;

use super::language::Texts;

/// What stands before a size that is smaller than the one it is compared with.
const MINUS: char = '\u{2212}';

/// Between a number and its unit.
const GAP: char = '\u{a0}';

/// How a language writes sizes.
struct Manner {
    units: &'static str,
    point: char,
    /// Between groups of three digits.
    group: char,
    byte: &'static str,
    bytes: &'static str,
}

fn manner(texts: &Texts) -> Manner {
    let english = Manner { units: "B KB MB GB TB PB", point: '.', group: ',', byte: "byte", bytes: "bytes" };
    match texts.language {
        "de" => Manner { point: ',', group: '.', byte: "Byte", bytes: "Byte", ..english },
        "fr" => Manner { units: "o Ko Mo Go To Po", point: ',', group: '\u{202f}', byte: "octet", bytes: "octets" },
        "es" => Manner { point: ',', group: '.', ..english },
        "ja" => Manner { byte: "バイト", bytes: "バイト", ..english },
        "zh" => Manner { byte: "字节", bytes: "字节", ..english },
        _ => english,
    }
}

/// The units, smallest first, with a blank between them.
pub(super) fn units(texts: &Texts) -> &'static str {
    manner(texts).units
}

/// A size for people: `812 B`, `1.4 MB`, `146 MB`; in French `1,4 Mo`.
pub(super) fn size(bytes: u64, texts: &Texts) -> String {
    let Manner { units, point, .. } = manner(texts);
    let mut units = units.split(' ');
    let smallest = units.next().unwrap_or_default();
    if bytes < 1024 {
        return format!("{bytes}{GAP}{smallest}");
    }
    let mut larger = units.enumerate().peekable();
    while let Some((power, unit)) = larger.next() {
        let one = 1_u128 << (10 * (power + 1));
        let rounded = |parts: u128| (u128::from(bytes) * parts + one / 2) / one;
        // What would be written as 1024 is one of the next unit.
        if rounded(1) >= 1024 && larger.peek().is_some() {
            continue;
        }
        let tenths = rounded(10);
        let (whole, rest) = (tenths / 10, tenths % 10);
        return if whole >= 100 {
            format!("{}{GAP}{unit}", rounded(1))
        } else if rest == 0 {
            format!("{whole}{GAP}{unit}")
        } else {
            format!("{whole}{point}{rest}{GAP}{unit}")
        };
    }
    format!("{bytes}{GAP}{smallest}")
}

/// To the byte: `1,482,913 bytes`.
pub(super) fn exact(bytes: u64, texts: &Texts) -> String {
    let Manner { group, byte, bytes: many, .. } = manner(texts);
    let digits = bytes.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(group);
        }
        grouped.push(digit);
    }
    format!("{grouped}{GAP}{}", if bytes == 1 { byte } else { many })
}

/// How much larger or smaller: `+1.4 MB`, `−812 B`, `±0`. What is compared differs visibly, however large it is.
pub(super) fn difference(now: u64, before: u64, texts: &Texts) -> String {
    signed(now, before, |bytes| size(bytes, texts))
}

/// The same to the byte.
pub(super) fn exact_difference(now: u64, before: u64, texts: &Texts) -> String {
    signed(now, before, |bytes| exact(bytes, texts))
}

fn signed(now: u64, before: u64, written: impl Fn(u64) -> String) -> String {
    match now.cmp(&before) {
        Ordering::Greater => format!("+{}", written(now - before)),
        Ordering::Less => format!("{MINUS}{}", written(before - now)),
        Ordering::Equal => "±0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::language::{ALL, of_culture};

    fn told(written: fn(u64, &Texts) -> String, bytes: u64, language: &str) -> String {
        written(bytes, of_culture(language).unwrap()).replace(['\u{a0}', '\u{202f}'], " ")
    }

    #[test]
    fn a_size_has_two_or_three_figures_and_the_unit_and_sign_of_its_language() {
        for (bytes, english) in [
            (0, "0 B"),
            (1, "1 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (1075, "1 KB"),
            (1076, "1.1 KB"),
            (1536, "1.5 KB"),
            (102_348, "99.9 KB"),
            (102_349, "100 KB"),
            (150_000, "146 KB"),
            (1_048_063, "1023 KB"),
            (1_048_064, "1 MB"),
            (1 << 30, "1 GB"),
            (u64::MAX, "16384 PB"),
        ] {
            assert_eq!(told(size, bytes, "en"), english, "{bytes}");
        }
        for (language, text) in
            [("de", "1,5 KB"), ("es", "1,5 KB"), ("fr", "1,5 Ko"), ("ja", "1.5 KB"), ("zh", "1.5 KB")]
        {
            assert_eq!(told(size, 1536, language), text);
        }
        assert_eq!(told(size, 12, "fr"), "12 o");
    }

    #[test]
    fn to_the_byte_a_size_is_grouped_and_one_is_one() {
        for (language, one, many) in [
            ("en", "1 byte", "1,234,567 bytes"),
            ("de", "1 Byte", "1.234.567 Byte"),
            ("fr", "1 octet", "1 234 567 octets"),
            ("es", "1 byte", "1.234.567 bytes"),
            ("ja", "1 バイト", "1,234,567 バイト"),
            ("zh", "1 字节", "1,234,567 字节"),
        ] {
            assert_eq!((&*told(exact, 1, language), &*told(exact, 1_234_567, language)), (one, many));
        }
        assert_eq!(told(exact, 999, "en"), "999 bytes");
        assert_eq!(told(exact, 0, "en"), "0 bytes");
    }

    #[test]
    fn a_difference_tells_its_direction_however_small_it_is() {
        let english = of_culture("en").unwrap();
        assert_eq!(difference(10, 4, english), "+6\u{a0}B");
        assert_eq!(difference(4, 10, english), "\u{2212}6\u{a0}B");
        assert_eq!(difference(4, 4, english), "±0");
        assert_eq!(difference((1 << 40) + 1, 1 << 40, english), "+1\u{a0}B");
        assert_eq!(exact_difference(0, 12_345, english), "\u{2212}12,345\u{a0}bytes");
    }

    #[test]
    fn every_language_has_the_same_number_of_units() {
        for texts in ALL {
            assert_eq!(units(texts).split(' ').count(), 6, "{}", texts.language);
        }
    }
}
