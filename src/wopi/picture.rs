//! Pictures of people, for editors that show who is in a document: initials on a colour of their own. They say no more than
//! the name, which everybody in the document sees anyway, and are an address of their own: nobody has to be asked for them.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Colours on which white can be read (a contrast of 4.5 at least, WCAG 2.1 rule 1.4.3).
const COLOURS: [&str; 8] = ["#9a3412", "#854d0e", "#3f6212", "#047857", "#0f766e", "#1d4ed8", "#6d28d9", "#be185d"];

/// The picture of the person with this name and id, as a `data:` URL.
pub(super) fn of(name: &str, id: &str) -> String {
    let colour = id.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % COLOURS.len();
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" height=\"64\" fill=\"{}\"/>",
        COLOURS[colour],
    );
    // Writing to a string cannot fail.
    _ = write!(
        picture,
        "<text x=\"32\" y=\"42\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"28\" fill=\"#fff\">{}</text></svg>",
        initials(name),
    );
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture))
}

/// The first letters of the first and the last word; only letters and digits, so that nothing in it is markup.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(name: &str, id: &str) -> String {
        let encoded = of(name, id).strip_prefix("data:image/svg+xml;base64,").unwrap().to_owned();
        String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
    }

    #[test]
    fn a_picture_shows_the_initials_and_never_markup() {
        for (name, shown) in [
            ("Anna Lind", ">AL<"),
            ("anna", ">A<"),
            ("Ana María de la Cruz", ">AC<"),
            ("山田 太郎", ">山太<"),
            ("<script> &amp; \"x\"", ">SX<"),
            ("ßen", ">SS<"),
            ("", "></text>"),
            ("?!", "></text>"),
        ] {
            let picture = drawn(name, "u1");
            assert!(picture.contains(shown), "{name}: {picture}");
            assert_eq!(picture.matches('<').count(), 5, "{name}: {picture}");
        }
    }

    #[test]
    fn a_person_keeps_his_colour_and_others_have_others() {
        assert_eq!(drawn("Anna", "a1"), drawn("Anna", "a1"));
        assert_ne!(drawn("Anna", "a1"), drawn("Anna", "a2"));
    }
}
