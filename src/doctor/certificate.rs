//! What a certificate says of itself: who it is for, who signed it, and how long it is good. Only for showing; whether it is to
//! be believed, the verifier says.

use time::{Date, Month, PrimitiveDateTime, Time};

use crate::clock::Timestamp;

/// A certificate, as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Whether it signed itself, as far as the names tell.
    pub own_issuer: bool,
    /// Until when it is good.
    pub not_after: Timestamp,
}

/// The names of certificates that are shown, most telling first: common name, organisation.
const NAMES: [&[u8]; 2] = [&[0x55, 4, 3], &[0x55, 4, 10]];

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const OBJECT: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Reads DER (RFC 5280 section 4.1): one element after the other, each within the bounds of its length.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) =
                rest.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, value)| value)
    }
}

impl Certificate {
    /// `None` for what is no certificate.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let mut body = Der(Der(Der(der).take(SEQUENCE)?).take(SEQUENCE)?);
        // The version may be left out; then the serial number comes first.
        if body.next()?.0 == VERSION {
            body.next()?;
        }
        let _algorithm = body.take(SEQUENCE)?;
        let issuer = body.take(SEQUENCE)?;
        let mut validity = Der(body.take(SEQUENCE)?);
        let _not_before = validity.next()?;
        let not_after = time_of(validity.next()?)?;
        let subject = body.take(SEQUENCE)?;
        Some(Self { subject: name_of(subject), issuer: name_of(issuer), own_issuer: subject == issuer, not_after })
    }
}

/// A distinguished name, in short.
fn name_of(name: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut sets = Der(name);
    while let Some((_, set)) = sets.next() {
        let mut pairs = Der(set);
        while let Some((_, pair)) = pairs.next() {
            let mut pair = Der(pair);
            if let (Some(object), Some((_, value))) = (pair.take(OBJECT), pair.next()) {
                parts.push((object, String::from_utf8_lossy(value).into_owned()));
            }
        }
    }
    let found =
        |wanted: &&[u8]| parts.iter().rev().find(|(object, _)| object == wanted).map(|(_, value)| value.clone());
    let names: Vec<String> = NAMES.iter().filter_map(found).collect();
    if names.is_empty() { "a nameless certificate".to_owned() } else { names.join(", ") }
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` (RFC 5280 section 4.1.2.5).
fn time_of((tag, value): (u8, &[u8])) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i32 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let number = |at: usize| rest.get(at..at + 2).and_then(|digits| digits.parse::<u8>().ok());
    let date = Date::from_calendar_date(year, Month::try_from(number(0)?).ok()?, number(2)?).ok()?;
    let time = Time::from_hms(number(4)?, number(6)?, number(8)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    Some(Timestamp::from_unix_ms(seconds.checked_mul(1000)?))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    use super::*;

    fn made(year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["docs.example".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Example Ltd");
        params.distinguished_name.push(DnType::CommonName, "docs.example");
        params.not_after = rcgen::date_time_ymd(year, 3, 4);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn names_and_the_end_of_a_certificate_are_read() {
        for year in [2031, 2049, 2050, 2090] {
            let certificate = Certificate::parse(&made(year)).unwrap();
            assert_eq!(certificate.subject, "docs.example, Example Ltd");
            assert!(certificate.own_issuer);
            assert!(certificate.not_after.to_iso().starts_with(&format!("{year}-03-04T00:00:00")), "{certificate:?}");
        }
    }

    #[test]
    fn no_bytes_whatever_do_harm() {
        let good = made(2031);
        for end in 0..good.len() {
            _ = Certificate::parse(&good[..end]);
        }
        for at in 0..good.len() {
            for byte in [0, 0x30, 0x80, 0x84, 0xff] {
                let mut bad = good.clone();
                bad[at] = byte;
                _ = Certificate::parse(&bad);
            }
        }
    }
}
