//! Names as clients put them into headers: UTF-7 (containers-ecosystem.md section 1.7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Encodes with every shift closed by `-`.
pub(crate) fn utf7(name: &str) -> String {
    encode(name, true)
}

/// Encodes as .NET does: the closing `-` is left out in front of what is not base64.
pub(crate) fn utf7_dotnet(name: &str) -> String {
    encode(name, false)
}

fn is_direct(c: char) -> bool {
    c.is_ascii_alphanumeric() || " \t\r\n'(),-./:?".contains(c)
}

fn encode(name: &str, always_close: bool) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if is_direct(first) {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else if first == '+' {
            out.push_str("+-");
            rest = &rest[1..];
        } else {
            let end = rest.find(|c| is_direct(c) || c == '+').unwrap_or(rest.len());
            let units: Vec<u8> = rest[..end].encode_utf16().flat_map(u16::to_be_bytes).collect();
            out.push('+');
            out.push_str(&STANDARD_NO_PAD.encode(units));
            let next = rest[end..].chars().next();
            let needed = next.is_none_or(|c| c.is_ascii_alphanumeric() || "+/-".contains(c));
            if always_close || needed {
                out.push('-');
            }
            rest = &rest[end..];
        }
    }
    out
}

/// Decodes what a host answers in `X-WOPI-ValidRelativeTarget`.
#[track_caller]
pub(crate) fn from_utf7(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('+') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+/".contains(c))).unwrap_or(rest.len());
        if end == 0 {
            out.push('+');
        } else {
            out.push_str(&shifted(&rest[..end]));
        }
        rest = &rest[end..];
        rest = rest.strip_prefix('-').unwrap_or(rest);
    }
    out + rest
}

fn shifted(digits: &str) -> String {
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_encode_padding(false)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );
    let bytes = engine.decode(digits).unwrap_or_else(|error| panic!("{digits} is not base64: {error}"));
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).expect("UTF-16")
}
