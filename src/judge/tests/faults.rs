//! Hosts with a planted fault: the judge convicts them, each for what it did.

use std::time::Duration;

use super::{
    super::{
        Rule, Verdict,
        invariants::Invariant,
        synthetic::{Fault, Shape},
    },
    innocent::judged,
};

fn shape(fault: Fault, seed: u64) -> Shape {
    Shape {
        operations: 400,
        clients: 4,
        lost: 5,
        unentitled: 60,
        pauses: 40,
        empty: 0,
        crashes: 12,
        lock_timeout: Duration::from_secs(2),
        restart_slack: Duration::from_millis(60),
        fault: Some(fault),
        seed,
        ..Shape::default()
    }
}

#[test]
fn every_planted_fault_is_convicted_whenever_it_was_committed() {
    for fault in Fault::ALL {
        let (mut committed, mut missed) = (0, Vec::new());
        for seed in 0..40 {
            let (report, faults) = judged(&shape(fault, seed));
            assert_ne!(report.verdict(), Verdict::Undecided, "{fault:?} {seed}");
            if faults == 0 {
                assert_eq!(report.verdict(), Verdict::Acquitted, "{fault:?} {seed}: {report}");
            } else {
                committed += 1;
                if report.verdict() != Verdict::Convicted {
                    missed.push((seed, faults));
                }
            }
        }
        // What was done once or twice, nobody may have noticed.
        assert!(committed >= 12, "{fault:?}: {committed}");
        assert!(
            missed.iter().all(|(_, faults)| *faults <= 2) && missed.len() * 4 <= committed,
            "{fault:?}: {missed:?}"
        );
    }
}

#[test]
fn a_conviction_shows_a_few_operations_out_of_thousands() {
    let mut sizes = Vec::new();
    for fault in Fault::ALL {
        let shape = Shape { operations: 3_000, crashes: 40, ..shape(fault, 7) };
        let (report, faults) = judged(&shape);
        assert!(faults > 0, "{fault:?}");
        let violation = report.violations.iter().find(|violation| violation.rule == Rule::Linearizability);
        let violation = violation.unwrap_or_else(|| panic!("{fault:?}: {report}"));
        println!("{fault:?}\n{violation}");
        sizes.push((fault, violation.history.operations.len()));
    }
    println!("{sizes:?}");
}

#[test]
fn faults_are_named() {
    for (fault, invariant) in [
        (Fault::TwoHolders, Invariant::TwoOwners),
        (Fault::LostLock, Invariant::LockAndVersionSurviveAKill),
        (Fault::LostWrite, Invariant::AcknowledgedPutIsReadable),
        (Fault::TornRead, Invariant::RefusedPutLeavesOldBytes),
        (Fault::RefusedPutStored, Invariant::RefusedPutLeavesOldBytes),
        (Fault::StaleUnlock, Invariant::StaleIdTouchesNothing),
        (Fault::ViewTokenWrites, Invariant::ViewTokenChangesNothing),
    ] {
        let shape = Shape { operations: 3_000, crashes: 40, ..shape(fault, 11) };
        let (report, _) = judged(&shape);
        let tally = report.invariants.iter().find(|tally| tally.invariant == invariant).unwrap();
        assert!(tally.violated > 0, "{fault:?}: {report}");
    }
}
