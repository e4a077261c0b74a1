//! UTF-7 as WOPI headers use it: RFC 2152, not the modified form of IMAP (files.md section 4.5).

/// Why the text of a header is not UTF-7. Positions count bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Utf7Error {
    /// A `+` that neither starts base64 nor is written `+-`.
    #[error("the '+' at byte {at} starts no base64; a plus sign is written '+-'")]
    EmptyRun {
        /// Where the `+` stands.
        at: usize,
    },
    /// A run whose bits are not whole UTF-16 code units followed by fewer than six zero bits.
    #[error("the base64 that starts at byte {at} does not hold whole UTF-16 code units")]
    BrokenRun {
        /// Where the `+` of the run stands.
        at: usize,
    },
    /// Half of a surrogate pair.
    #[error("the base64 that starts at byte {at} holds half of a surrogate pair")]
    LoneSurrogate {
        /// Where the `+` of the run stands.
        at: usize,
    },
    /// Bytes beyond ASCII that are not UTF-8 either.
    #[error("the text holds bytes beyond ASCII, so it cannot be UTF-7, and it is not UTF-8 either")]
    NeitherUtf7NorUtf8,
}

/// What stands for a part that could not be read, in [`decode_lossy`].
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Reads a header's UTF-7.
///
/// Optional characters are accepted in direct and in encoded form; `~` and `\`, which encoders never write directly,
/// are taken literally (a `\` is then an illegal name). A header with any byte beyond ASCII is not UTF-7 and is read as
/// UTF-8, as a courtesy.
///
/// # Errors
/// [`Utf7Error`] for a malformed run; the caller treats the name as illegal.
pub fn decode(header: &[u8]) -> Result<String, Utf7Error> {
    if !header.is_ascii() {
        return std::str::from_utf8(header).map(str::to_owned).map_err(|_| Utf7Error::NeitherUtf7NorUtf8);
    }
    let mut text = String::with_capacity(header.len());
    for part in parts(header) {
        match part {
            Part::Literal(byte) => text.push(char::from(byte)),
            Part::Plus => text.push('+'),
            Part::EmptyRun { at } => return Err(Utf7Error::EmptyRun { at }),
            Part::Run { at, base64 } => {
                let units = code_units(base64);
                if !units.clean_end {
                    return Err(Utf7Error::BrokenRun { at });
                }
                for unit in char::decode_utf16(units.units) {
                    text.push(unit.map_err(|_| Utf7Error::LoneSurrogate { at })?);
                }
            }
        }
    }
    Ok(text)
}

/// Reads a header's UTF-7 and never refuses: what cannot be read becomes U+FFFD. For *suggested* mode, which repairs
/// names instead of refusing them (files.md section 4.4).
pub fn decode_lossy(header: &[u8]) -> String {
    if !header.is_ascii() {
        return String::from_utf8_lossy(header).into_owned();
    }
    let mut text = String::with_capacity(header.len());
    for part in parts(header) {
        match part {
            Part::Literal(byte) => text.push(char::from(byte)),
            Part::Plus | Part::EmptyRun { .. } => text.push('+'),
            Part::Run { base64, .. } => {
                let units = code_units(base64);
                text.extend(char::decode_utf16(units.units).map(|unit| unit.unwrap_or(REPLACEMENT)));
                if !units.clean_end {
                    text.push(REPLACEMENT);
                }
            }
        }
    }
    text
}

/// Writes UTF-7 for a header: letters, digits, space and `' ( ) , - . / : ?` as they are, a plus sign as `+-`,
/// everything else in base64 runs that are always closed by `-`. The result is printable ASCII.
pub fn encode(text: &str) -> String {
    let mut header = String::with_capacity(text.len());
    let mut run = Vec::new();
    for character in text.chars() {
        if is_direct(character) || character == '+' {
            close_run(&mut header, &mut run);
            header.push(character);
            if character == '+' {
                header.push('-');
            }
        } else {
            run.extend_from_slice(character.encode_utf16(&mut [0; 2]));
        }
    }
    close_run(&mut header, &mut run);
    header
}

fn is_direct(character: char) -> bool {
    character.is_ascii_alphanumeric() || " '(),-./:?".contains(character)
}

fn close_run(header: &mut String, run: &mut Vec<u16>) {
    use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
    if run.is_empty() {
        return;
    }
    let bytes: Vec<u8> = run.drain(..).flat_map(u16::to_be_bytes).collect();
    header.push('+');
    STANDARD_NO_PAD.encode_string(bytes, header);
    header.push('-');
}

/// One piece of a UTF-7 text.
enum Part<'a> {
    Literal(u8),
    Plus,
    EmptyRun { at: usize },
    Run { at: usize, base64: &'a [u8] },
}

/// Cuts ASCII into literal bytes and runs; the `-` that closes a run is swallowed, any other end of it is kept.
fn parts(ascii: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let first = *ascii.get(start)?;
        at += 1;
        if first != b'+' {
            return Some(Part::Literal(first));
        }
        let rest = &ascii[at..];
        let length = rest.iter().position(|&byte| sextet(byte).is_none()).unwrap_or(rest.len());
        let closed = rest.get(length) == Some(&b'-');
        at += length + usize::from(closed);
        Some(match (length, closed) {
            (0, true) => Part::Plus,
            (0, false) => Part::EmptyRun { at: start },
            _ => Part::Run { at: start, base64: &rest[..length] },
        })
    })
}

/// What a run of base64 holds.
struct CodeUnits {
    units: Vec<u16>,
    /// Whether what is left after the last whole unit is fewer than six bits, all zero.
    clean_end: bool,
}

fn code_units(base64: &[u8]) -> CodeUnits {
    let mut units = Vec::with_capacity(base64.len() * 6 / 16);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for value in base64.iter().filter_map(|&byte| sextet(byte)) {
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push(u16::try_from(bits >> count).unwrap_or(u16::MAX));
            bits &= (1 << count) - 1;
        }
    }
    CodeUnits { units, clean_end: count < 6 && bits == 0 }
}

/// The value of a character of the base64 alphabet.
fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The table of files.md section 4.5.
    const TABLE: [(&str, &str); 9] = [
        ("madeup+AF8-name.wopitestx", "madeup_name.wopitestx"),
        ("madeup_name.wopitestx", "madeup_name.wopitestx"),
        ("R+AOk-sum+AOk-.docx", "Résumé.docx"),
        ("R+AOk-sum+AOk.docx", "Résumé.docx"),
        ("+ZeVnLIqe-.docx", "日本語.docx"),
        ("+ZeVnLIqe.docx", "日本語.docx"),
        ("a+-b.docx", "a+b.docx"),
        ("+2D3eAA-.docx", "😀.docx"),
        ("Q1 +IBM plan.xlsx", "Q1 – plan.xlsx"),
    ];

    #[test]
    fn the_table_of_the_protocol_is_read() {
        for (header, text) in TABLE {
            assert_eq!(decode(header.as_bytes()).as_deref(), Ok(text), "{header}");
            assert_eq!(decode_lossy(header.as_bytes()), text, "{header}");
        }
    }

    #[test]
    fn every_run_that_is_written_is_closed() {
        for (text, header) in [
            ("madeup_name.wopitestx", "madeup+AF8-name.wopitestx"),
            ("Résumé.docx", "R+AOk-sum+AOk-.docx"),
            ("日本語.docx", "+ZeVnLIqe-.docx"),
            ("a+b.docx", "a+-b.docx"),
            ("😀.docx", "+2D3eAA-.docx"),
            ("Q1 – plan.xlsx", "Q1 +IBM- plan.xlsx"),
            ("a'(b),-./:? 9", "a'(b),-./:? 9"),
            ("~\\", "+AH4AXA-"),
            ("é+é", "+AOk-+-+AOk-"),
        ] {
            assert_eq!(encode(text), header);
        }
    }

    #[test]
    fn what_real_clients_send_is_read() {
        assert_eq!(decode(b"ren+AOQ-med file").as_deref(), Ok("renämed file"));
        assert_eq!(decode(b"brief+ACA-f+APw-r").as_deref(), Ok("brief für"));
    }

    #[test]
    fn optional_characters_are_read_in_both_forms() {
        for character in "!\"#$%&*;<=>@[]^_{|}`".chars() {
            let direct = format!("a{character}b");
            assert_eq!(decode(direct.as_bytes()).as_deref(), Ok(&*direct));
            assert_eq!(decode(encode(&direct).as_bytes()).as_deref(), Ok(&*direct));
        }
    }

    #[test]
    fn malformed_runs_are_refused_and_repaired_when_asked() {
        for (header, error, repaired) in [
            ("a+", Utf7Error::EmptyRun { at: 1 }, "a+"),
            ("a+!b", Utf7Error::EmptyRun { at: 1 }, "a+!b"),
            ("+A-", Utf7Error::BrokenRun { at: 0 }, "\u{fffd}"),
            ("+AOl-", Utf7Error::BrokenRun { at: 0 }, "é\u{fffd}"),
            ("+AOkA-", Utf7Error::BrokenRun { at: 0 }, "é\u{fffd}"),
            ("x+2D0-y", Utf7Error::LoneSurrogate { at: 1 }, "x\u{fffd}y"),
            ("x+3gA-y", Utf7Error::LoneSurrogate { at: 1 }, "x\u{fffd}y"),
        ] {
            assert_eq!(decode(header.as_bytes()), Err(error), "{header}");
            assert_eq!(decode_lossy(header.as_bytes()), repaired, "{header}");
        }
    }

    #[test]
    fn a_header_beyond_ascii_is_read_as_utf_8() {
        assert_eq!(decode("Résumé +AOk-.docx".as_bytes()).as_deref(), Ok("Résumé +AOk-.docx"));
        assert_eq!(decode(b"R\xe9sum\xe9"), Err(Utf7Error::NeitherUtf7NorUtf8));
        assert_eq!(decode_lossy(b"R\xe9s"), "R\u{fffd}s");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in proptest::collection::vec(any::<char>(), 0..40)) {
            let text: String = text.into_iter().collect();
            let header = encode(&text);
            prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(decode(header.as_bytes()), Ok(text.clone()));
            prop_assert_eq!(decode_lossy(header.as_bytes()), text);
        }

        #[test]
        fn any_header_is_read_or_refused_without_a_panic(header in proptest::collection::vec(any::<u8>(), 0..60)) {
            let lossy = decode_lossy(&header);
            if let Ok(text) = decode(&header) {
                prop_assert_eq!(text, lossy);
            }
        }

        #[test]
        fn another_implementation_reads_the_same(text in "[a-zé日😀+ ~_./-]{0,20}") {
            let header = encode(&text);
            let utf7 = charset::Charset::for_label(b"utf-7").unwrap();
            let (theirs, malformed) = utf7.decode_without_bom_handling(header.as_bytes());
            prop_assert!(!malformed);
            prop_assert_eq!(theirs, text);
        }

        #[test]
        fn another_implementation_agrees_on_what_it_finds_well_formed(header in "[+A-Da-d0-9/ .-]{0,16}") {
            let utf7 = charset::Charset::for_label(b"utf-7").unwrap();
            if let Ok(ours) = decode(header.as_bytes()) {
                let (theirs, malformed) = utf7.decode_without_bom_handling(header.as_bytes());
                prop_assert!(!malformed, "{header}");
                prop_assert_eq!(theirs, ours);
            }
        }
    }
}
