//! Histories of a correct host, made up at random: the judge acquits them all.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{
    Judge, Profile, Report, Verdict,
    synthetic::{Shape, make},
};

pub(super) fn profile(shape: &Shape) -> Profile {
    Profile { lock_timeout: shape.lock_timeout, restart_slack: shape.restart_slack, ..Profile::strict() }
}

pub(super) fn judged(shape: &Shape) -> (Report, u64) {
    let made = make(shape);
    (Judge::new(profile(shape)).judge(&made.history), made.faults)
}

prop_compose! {
    fn shapes()(
        operations in 10..300_u32,
        clients in 1..9_u32,
        ids in prop::sample::select(vec![0, 0, 1, 2, 5]),
        lost in prop::sample::select(vec![0, 5, 30, 100]),
        unentitled in prop::sample::select(vec![0, 20]),
        pauses in prop::sample::select(vec![0, 5, 50]),
        empty in prop::sample::select(vec![0, 20, 300]),
        crashes in 0..5_u32,
        timeout_ms in prop::sample::select(vec![20, 200, 60_000, 1_800_000_u64]),
        seed in any::<u64>(),
    ) -> Shape {
        Shape {
            files: 1, operations, clients, ids, lost, unentitled, pauses, empty, crashes, seed,
            lock_timeout: Duration::from_millis(timeout_ms),
            restart_slack: Duration::from_millis(timeout_ms / 30),
            fault: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_correct_host_is_acquitted_whatever_was_lost_crashed_or_ran_out(shape in shapes()) {
        let (report, _) = judged(&shape);
        prop_assert_eq!(report.verdict(), Verdict::Acquitted, "{}", report);
    }
}
