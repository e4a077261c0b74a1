//! Moments as pages write them, in UTC: for programs, and for people who have no script that tells their own time.

use crate::clock::Timestamp;

/// For programs, to the second: `2023-11-14T22:13:20Z`.
pub(super) fn second(at: Timestamp) -> String {
    format!("{}Z", at.to_iso().get(..19).unwrap_or_default())
}

/// For people, to the minute: `2023-11-14 22:13`.
pub(super) fn minute(at: Timestamp) -> String {
    let iso = at.to_iso();
    iso.get(..16).map_or_else(|| iso.clone(), |minute| minute.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_the_second() {
        let at = Timestamp::from_unix_ms(1_700_000_000_250);
        assert_eq!(second(at), "2023-11-14T22:13:20Z");
        assert_eq!(minute(at), "2023-11-14 22:13");
    }
}
