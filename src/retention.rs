//! Which earlier versions of a file may go. A pure rule: the newest version is never among them, a deliberate save
//! outlives an automatic one.

use std::time::Duration;

use crate::clock::Timestamp;

/// How much history a file keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How many versions, the current one included; at least 1.
    pub versions: usize,
    /// For how long an earlier version is kept after it was replaced, however few there are; `None` for ever.
    pub age: Option<Duration>,
    /// Whether automatic saves go before deliberate ones.
    pub automatic_first: bool,
}

/// What the rule needs to know of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its sequence number.
    pub sequence: u64,
    /// When it was stored.
    pub at: Timestamp,
    /// Whether a program saved it of its own accord.
    pub automatic: bool,
    /// Its size in bytes.
    pub size: u64,
}

/// The versions that may go, oldest first. `versions` are in ascending order; the last is the current one and stays.
///
/// Those beyond the age go first. While there are then still more than the policy's number, automatic saves go before
/// deliberate ones if the policy says so, and older before newer.
pub fn expendable(versions: &[Kept], policy: Policy, now: Timestamp) -> Vec<u64> {
    let Some((current, earlier)) = versions.split_last() else { return Vec::new() };
    let mut go = Vec::new();
    let mut stay: Vec<Kept> = Vec::new();
    for (place, version) in earlier.iter().enumerate() {
        let replaced_at = earlier.get(place + 1).unwrap_or(current).at;
        match policy.age {
            Some(age) if now.since(replaced_at) > age => go.push(version.sequence),
            _ => stay.push(*version),
        }
    }
    let mut surplus = (stay.len() + 1).saturating_sub(policy.versions.max(1));
    let rounds: &[Option<bool>] = if policy.automatic_first { &[Some(true), None] } else { &[None] };
    for only in rounds {
        stay.retain(|version| {
            let goes = surplus > 0 && only.is_none_or(|automatic| version.automatic == automatic);
            if goes {
                surplus -= 1;
                go.push(version.sequence);
            }
            !goes
        });
    }
    go.sort_unstable();
    go
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn versions(automatic: &[bool]) -> Vec<Kept> {
        (0_u64..)
            .zip(automatic)
            .map(|(n, &automatic)| Kept {
                sequence: n + 1,
                at: Timestamp::from_unix_ms(0).plus(DAY * u32::try_from(n).unwrap()),
                automatic,
                size: 1,
            })
            .collect()
    }

    #[test]
    fn automatic_saves_go_before_deliberate_ones() {
        let policy = Policy { versions: 3, age: None, automatic_first: true };
        let now = Timestamp::from_unix_ms(0);
        assert_eq!(expendable(&versions(&[false, true, true, false, true]), policy, now), vec![2, 3]);
        assert_eq!(expendable(&versions(&[false, false, false, false]), policy, now), vec![1]);
        assert_eq!(expendable(&versions(&[false]), Policy { versions: 0, ..policy }, now), Vec::<u64>::new());
    }

    #[test]
    fn age_counts_from_when_a_version_was_replaced() {
        let policy = Policy { versions: 100, age: Some(DAY), automatic_first: true };
        let now = Timestamp::from_unix_ms(0).plus(DAY * 3);
        // Replaced on days 1, 2 and never.
        assert_eq!(expendable(&versions(&[false, false, false]), policy, now), vec![1]);
    }

    proptest! {
        #[test]
        fn the_current_version_stays_and_the_number_is_kept(
            automatic in prop::collection::vec(any::<bool>(), 1..40), keep in 0..10_usize, days in 0..60_u32
        ) {
            let all = versions(&automatic);
            let policy = Policy { versions: keep, age: Some(DAY * 10), automatic_first: true };
            let gone = expendable(&all, policy, Timestamp::from_unix_ms(0).plus(DAY * days));
            prop_assert!(!gone.contains(&all.last().unwrap().sequence));
            prop_assert!(all.len() - gone.len() <= keep.max(1));
        }
    }
}
