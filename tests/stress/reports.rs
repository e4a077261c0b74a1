//! The report as JSON and as a page; the saved history; what wrong arguments say.

use super::{
    Scratch,
    faulty::{Fault, Faulty},
    stress, text,
};

#[test]
fn one_run_gives_json_and_a_page_and_a_history_that_can_be_judged_again() {
    let host = Faulty::serve(Fault::TwoHolders);
    let scratch = Scratch::new();
    let (page, history) = (scratch.file("report.html"), scratch.file("history.jsonl"));
    let wopisrc = host.wopisrc("one");
    let run = stress(&[
        "--wopisrc",
        &wopisrc,
        "--token",
        "full-one-anna",
        "--token",
        "full-one-bob",
        "--view-token",
        "view-one",
        "--workload",
        "mutex",
        "--duration",
        "2100ms",
        "--warm-up",
        "0",
        "--json",
        "--html",
        text(&page),
        "--history",
        text(&history),
        "--rate",
        "400",
        "--clients",
        "4",
    ]);
    assert_eq!(run.code, 10, "{}", run.told());
    let report = run.json();
    assert_eq!(report["verdict"], "convicted");
    assert_eq!(report["run"]["workload"], "mutex");
    assert!(report["run"]["latency_us"]["p99"].as_u64().unwrap() > 0);
    let per_second = report["run"]["per_second"].as_f64().unwrap();
    assert!((200.0..600.0).contains(&per_second), "the rate is kept: {per_second}");
    assert!(report["run"]["generator"]["busy"].as_f64().unwrap() < 1.0);
    assert!(report["run"]["timeline"].as_array().unwrap().len() >= 2);
    assert!(report["holds"][0]["holds"][0]["id"].is_string());
    assert!(report["judge"]["violations"][0]["timeline"]["bars"][0]["call"].is_string());

    let html = std::fs::read_to_string(&page).unwrap();
    for part in
        ["Latency over time", "Percentiles", "Who held the lock when", "Violations", "Ten promises", "two_owners"]
    {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(html.matches("<svg").count() == html.matches("</svg>").count() && html.contains("<polyline"));
    for outside in ["<script", "src=", "href=", "http://www", "url("] {
        assert!(!html.contains(outside), "the page needs {outside}");
    }

    let again = stress(&["judge", text(&history)]);
    assert_eq!(again.code, 10, "{}", again.told());
    assert!(again.stdout.contains("CONVICTED"), "{}", again.told());
    let as_json = stress(&["judge", text(&history), "--json"]);
    assert_eq!(as_json.json()["judge"]["operations"], report["judge"]["operations"]);
}

#[test]
fn without_the_judge_only_times_are_measured() {
    let host = Faulty::serve(Fault::TwoHolders);
    let run = stress(&[
        "--wopisrc",
        &host.wopisrc("one"),
        "--token",
        "full-one-anna",
        "--no-judge",
        "--duration",
        "300ms",
        "--warm-up",
        "100ms",
        "--json",
    ]);
    assert_eq!(run.code, 0, "{}", run.told());
    let report = run.json();
    assert!(report["verdict"].is_null() && report["run"]["requests"].as_u64().unwrap() > 0);
}

#[test]
fn a_history_that_is_none_is_refused_by_its_line() {
    let scratch = Scratch::new();
    let file = scratch.file("history.jsonl");
    std::fs::write(&file, "{\"mark\":{\"note\":{\"at\":1,\"text\":\"x\"}}}\nnonsense\n").unwrap();
    let run = stress(&["judge", text(&file)]);
    assert_eq!(run.code, 2, "{}", run.told());
    assert!(run.stderr.contains("line 2"), "{}", run.told());
}

#[test]
fn a_token_that_opens_nothing_is_told_before_the_run() {
    let host = Faulty::serve(Fault::None);
    let run = stress(&["--wopisrc", &host.wopisrc("one"), "--token", "nonsense", "--duration", "60s"]);
    assert_eq!(run.code, 1, "{}", run.told());
    assert!(run.stderr.contains("401") && run.stderr.contains("is the token good"), "{}", run.told());
}

#[test]
fn nobody_to_try_is_a_mistake_that_says_what_to_name() {
    let run = stress(&[]);
    assert_eq!(run.code, 2, "{}", run.told());
    assert!(run.stderr.contains("--local"), "{}", run.told());
    let run = stress(&["--wopisrc", "http://127.0.0.1:1/wopi/files/x?access_token=y", "--token", "y"]);
    assert_eq!(run.code, 2, "{}", run.told());
    assert!(run.stderr.contains("without a query"), "{}", run.told());
}
