//! Our own host, under every workload, killed at random moments: acquitted. What was put to the test is asked, too: a run
//! that tried nothing would be acquitted as well.

use super::{Scratch, long, stress, text};

/// Runs a workload under kills; the promises named must have been put to the test.
fn acquitted(workload: &str, more: &[&str], tried: &[&str]) {
    let scratch = Scratch::new();
    let history = scratch.file("history.jsonl");
    let duration = if long() { "9m" } else { "1500ms" };
    let every = if long() { "5s" } else { "500ms" };
    let mut arguments = vec!["--local", "--workload", workload, "--duration", duration, "--warm-up", "200ms"];
    arguments.extend(["--clients", "8", "--crash", "--every", every, "--json", "--history", text(&history)]);
    if long() {
        // The history of nine minutes is to stay in memory.
        arguments.extend(["--think", "5ms", "--history-limit", "4000000"]);
    }
    arguments.extend(more);
    let run = stress(&arguments);
    if run.code != 0 {
        let kept = std::env::temp_dir().join(format!("lockhouse-stress-{workload}.jsonl"));
        let _ = std::fs::copy(&history, &kept);
        panic!("{workload}; the history is in {}: {}", kept.display(), run.told());
    }
    let report = run.json();
    assert_eq!(report["verdict"], "acquitted");
    assert!(report["run"]["faults"]["crashes"].as_u64().unwrap() >= 1, "nobody was killed: {}", run.told());
    let promises = report["invariants"].as_array().unwrap();
    assert_eq!(promises.len(), 10);
    for name in tried {
        let promise = promises.iter().find(|promise| promise["name"] == *name).unwrap();
        assert_eq!(promise["state"], "held", "{workload}: {promise}");
    }
}

#[test]
fn clients_who_fight_for_one_lock() {
    acquitted("mutex", &["--hold", "1ms"], &["two_owners", "conflict_names_current_lock", "stale_id_touches_nothing"]);
}

#[test]
fn a_lock_that_goes_from_hand_to_hand() {
    acquitted("takeover", &[], &["two_owners", "conflict_names_current_lock"]);
}

#[test]
fn saves_of_both_framings_with_readers_beside_them() {
    let tried = ["acknowledged_put_is_readable", "refused_put_leaves_old_bytes", "chunked_equals_content_length"];
    acquitted("saves", &["--cut", "--sizes", "lognormal:30kB"], &tried);
}

#[test]
fn many_tokens_and_one_lock_id() {
    acquitted("coauthors", &[], &["two_owners"]);
}

#[test]
fn a_client_that_refreshes_without_pause() {
    acquitted("flood", &[], &["conflict_names_current_lock"]);
}

#[test]
fn many_files_of_which_a_few_are_wanted_much() {
    acquitted("many", &["--files", "200"], &["two_owners", "token_for_one_file_only"]);
}

#[test]
fn all_of_it_in_turn() {
    let tried = ["two_owners", "view_token_changes_nothing", "token_for_one_file_only"];
    acquitted("mixed", &["--files", "3", "--stop", "--cut", "--intruders", "100"], &tried);
}

#[test]
fn arrivals_at_a_set_rate() {
    acquitted("mixed", &["--rate", "300"], &["two_owners"]);
}
