//! Durations and sizes as people write them: `30s`, `1h 30m`, `256 MiB`.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// Why a text is no duration or size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HumanError {
    /// Not a duration.
    #[error("`{0}` is no duration: write a number with a unit (ms, s, m, h, d, w), such as \"30s\" or \"1h 30m\"")]
    Period(String),
    /// Not a size.
    #[error(
        "`{0}` is no size: write a whole number with a unit (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB), such as \"256 MiB\""
    )]
    Size(String),
    /// More than 64 bits hold.
    #[error("`{0}` is too much")]
    TooMuch(String),
}

/// A length of time, in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period(u64);

/// The units of time with their milliseconds, longest first. Weeks are read and not written.
const PERIOD_UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl Period {
    /// So many milliseconds.
    pub const fn milliseconds(n: u64) -> Self {
        Self(n)
    }

    /// So many seconds.
    pub const fn seconds(n: u64) -> Self {
        Self(n.saturating_mul(1000))
    }

    /// So many hours.
    pub const fn hours(n: u64) -> Self {
        Self::seconds(n.saturating_mul(3600))
    }

    /// So many days.
    pub const fn days(n: u64) -> Self {
        Self::hours(n.saturating_mul(24))
    }

    /// The same as the standard library's type.
    pub const fn get(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl FromStr for Period {
    type Err = HumanError;

    fn from_str(text: &str) -> Result<Self, HumanError> {
        let wrong = || HumanError::Period(text.to_owned());
        let too_much = || HumanError::TooMuch(text.to_owned());
        let mut rest = text.trim();
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(wrong());
        }
        let mut total = 0_u64;
        while !rest.is_empty() {
            let (number, after) = leading_number(rest);
            let after = after.trim_start();
            let unit_length = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let (unit, after) = after.split_at(unit_length);
            let (_, factor) = PERIOD_UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            let part = parse_number(number).ok_or_else(wrong)?.ok_or_else(too_much)?;
            total = part.checked_mul(*factor).and_then(|ms| total.checked_add(ms)).ok_or_else(too_much)?;
            rest = after.trim_start();
        }
        Ok(Self(total))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut left = self.0;
        let mut separator = "";
        for (unit, factor) in &PERIOD_UNITS[1..] {
            let count = left / factor;
            left %= factor;
            if count > 0 {
                write!(f, "{separator}{count}{unit}")?;
                separator = " ";
            }
        }
        Ok(())
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size(u64);

/// The units of size; the binary ones are written, largest first.
const SIZE_UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1000),
    ("B", 1),
];

impl Size {
    /// So many bytes.
    pub const fn bytes(n: u64) -> Self {
        Self(n)
    }

    /// So many times 1024 bytes.
    pub const fn kib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 10))
    }

    /// So many times 1024 KiB.
    pub const fn mib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 20))
    }

    /// So many times 1024 MiB.
    pub const fn gib(n: u64) -> Self {
        Self(n.saturating_mul(1 << 30))
    }

    /// In bytes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// In bytes, for what lies in memory; the largest number if it does not fit.
    pub fn in_memory(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl FromStr for Size {
    type Err = HumanError;

    /// A number alone counts bytes; case does not matter.
    fn from_str(text: &str) -> Result<Self, HumanError> {
        let wrong = || HumanError::Size(text.to_owned());
        let too_much = || HumanError::TooMuch(text.to_owned());
        let (number, unit) = leading_number(text.trim());
        let unit = unit.trim_start();
        let known = SIZE_UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
        let factor = if unit.is_empty() { 1 } else { known.ok_or_else(wrong)?.1 };
        let count = parse_number(number).ok_or_else(wrong)?.ok_or_else(too_much)?;
        count.checked_mul(factor).map(Self).ok_or_else(too_much)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = SIZE_UNITS[..4].iter().find(|(_, factor)| self.0 > 0 && self.0.is_multiple_of(*factor));
        match exact {
            Some((unit, factor)) => write!(f, "{} {unit}", self.0 / factor),
            None => write!(f, "{} B", self.0),
        }
    }
}

macro_rules! through_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = HumanError;

            fn try_from(text: String) -> Result<Self, HumanError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}

through_text!(Period);
through_text!(Size);

fn leading_number(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// `None` if there is no number, `Some(None)` if it is too large.
#[allow(clippy::option_option, reason = "the two refusals have different messages")]
fn parse_number(digits: &str) -> Option<Option<u64>> {
    if digits.is_empty() { None } else { Some(digits.parse().ok()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, ms) in [
            ("30s", 30_000),
            ("10h", 36_000_000),
            ("1h 30m", 5_400_000),
            ("1h30m", 5_400_000),
            ("250ms", 250),
            (" 2w ", 1_209_600_000),
            ("30d", 2_592_000_000),
            ("10 h", 36_000_000),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(text.parse::<Period>(), Ok(Period(ms)), "{text}");
        }
        for text in ["", "30", "s", "1.5h", "-1s", "1h 30", "1 year", "１s"] {
            assert_eq!(text.parse::<Period>(), Err(HumanError::Period(text.into())), "{text}");
        }
        assert_eq!("99999999999999999d".parse::<Period>(), Err(HumanError::TooMuch("99999999999999999d".into())));
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("256 MiB", 268_435_456),
            ("2GiB", 2_147_483_648),
            ("1 tib", 1 << 40),
            ("10MB", 10_000_000),
            ("4096", 4096),
            ("7 B", 7),
            ("1 kb", 1000),
        ] {
            assert_eq!(text.parse::<Size>(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "MiB", "1.5 GiB", "-1", "1 XiB", "1 MiB 2 KiB", "64K"] {
            assert_eq!(text.parse::<Size>(), Err(HumanError::Size(text.into())), "{text}");
        }
        assert_eq!("99999999999999999999 B".parse::<Size>(), Err(HumanError::TooMuch("99999999999999999999 B".into())));
        assert!("99999999999 TiB".parse::<Size>().is_err());
    }

    #[test]
    fn they_are_written_in_the_unit_that_fits() {
        assert_eq!(Size::gib(2).to_string(), "2 GiB");
        assert_eq!(Size::bytes(1500).to_string(), "1500 B");
        assert_eq!(Size::bytes(0).to_string(), "0 B");
        assert_eq!(Period::seconds(5400).to_string(), "1h 30m");
        assert_eq!(Period::days(30).to_string(), "30d");
        assert_eq!(Period::seconds(0).to_string(), "0s");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(n in any::<u64>()) {
            prop_assert_eq!(Size(n).to_string().parse(), Ok(Size(n)));
            prop_assert_eq!(Period(n).to_string().parse(), Ok(Period(n)));
        }
    }
}
