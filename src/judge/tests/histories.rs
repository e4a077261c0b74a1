//! Histories written by hand: the hard moments one by one. Times are in seconds.

use std::time::Duration;

use super::super::{
    History, Judge, LinesError, MAX_LINE, Profile, Report, Rule, Verdict,
    history::{
        Authority, Call, Content, Digest, Entry, FileStart, Framing, LockBefore, Loss, Mark, Nanos, Operation, Outcome,
        Reply, Text,
    },
    invariants::Invariant,
};

fn at(seconds: f64) -> Nanos {
    u64::try_from(Duration::from_secs_f64(seconds).as_nanos()).unwrap()
}

#[allow(clippy::unnecessary_wraps, reason = "as the fields want it")]
fn id(text: &str) -> Option<Text> {
    Some(text.into())
}

fn bytes(byte: u8) -> Content {
    Content { digest: Digest([byte; 32]), length: u64::from(byte) }
}

fn lock(text: &str) -> Call {
    Call::Lock { id: id(text) }
}

fn unlock(text: &str) -> Call {
    Call::Unlock { id: id(text) }
}

fn refresh(text: &str) -> Call {
    Call::Refresh { id: id(text) }
}

fn put(lock: &str, byte: u8) -> Call {
    Call::Put { lock: id(lock), body: bytes(byte), framing: Framing::Length, cut: false }
}

fn ok() -> Reply {
    Reply { status: 200, ..Reply::default() }
}

fn version(text: &str) -> Reply {
    Reply { version: id(text), ..ok() }
}

fn held(text: &str) -> Reply {
    Reply { lock: id(text), ..ok() }
}

fn conflict(text: &str) -> Reply {
    Reply { status: 409, lock: id(text), ..Reply::default() }
}

fn got(byte: u8, text: &str) -> Reply {
    Reply { content: Some(bytes(byte)), ..version(text) }
}

/// A history of one file, unlocked, with bytes 1 as version `v1`.
struct Story(History);

impl Story {
    fn new() -> Self {
        let start = FileStart {
            number: 1,
            label: "/a.docx".into(),
            lock: LockBefore::Unlocked,
            content: Some(bytes(1)),
            version: id("v1"),
            ..FileStart::default()
        };
        Self(History { files: vec![start], ..History::default() })
    }

    fn add(mut self, client: u32, from: f64, call: Call, outcome: Outcome) -> Self {
        let authority = Authority::Full;
        self.0.operations.push(Operation { file: 1, client, authority, invoked: at(from), call, outcome });
        self
    }

    fn then(self, client: u32, from: f64, to: f64, call: Call, reply: Reply) -> Self {
        self.add(client, from, call, Outcome::Answered { at: at(to), reply })
    }

    fn lost(self, client: u32, from: f64, call: Call) -> Self {
        self.add(client, from, call, Outcome::Unknown { why: Loss::Reset, gave_up: at(from) + 1, by: None })
    }

    fn by(mut self, authority: Authority) -> Self {
        self.0.operations.last_mut().unwrap().authority = authority;
        self
    }

    fn restart(mut self, down: f64, up: f64) -> Self {
        self.0.marks.push(Mark::Restart { down: at(down), dead: Some(at(down)), up: Some(at(up)) });
        self
    }

    fn clock(mut self, when: f64, by_ms: i64) -> Self {
        self.0.marks.push(Mark::ClockSet { at: at(when), by_ms });
        self
    }

    fn judged(&self) -> Report {
        Judge::new(Profile::strict()).judge(&self.0)
    }

    #[track_caller]
    fn acquitted(&self) {
        let report = self.judged();
        assert_eq!(report.verdict(), Verdict::Acquitted, "{report}");
    }

    #[track_caller]
    fn convicted(&self) -> Report {
        let report = self.judged();
        assert_eq!(report.guilty_files, 1, "{report}");
        report
    }

    #[track_caller]
    fn breaks(&self, invariant: Invariant) {
        let report = self.convicted();
        let tally = report.invariants.iter().find(|tally| tally.invariant == invariant).unwrap();
        assert!(tally.violated > 0, "{report}");
    }
}

#[test]
fn a_lock_runs_out_at_its_time_and_not_before() {
    let story =
        |from, to, reply| Story::new().then(1, 0.0, 1.0, lock("A"), ok()).then(2, from, to, Call::GetLock, reply);
    story(1799.0, 1799.9, held("A")).acquitted();
    story(1799.0, 1799.9, held("")).convicted();
    // It was set between 0 and 1: both are possible between 1800 and 1801.
    story(1800.2, 1800.4, held("A")).acquitted();
    story(1800.2, 1800.4, held("")).acquitted();
    story(1801.1, 1801.2, held("")).acquitted();
    story(1801.1, 1801.2, held("A")).convicted();
}

#[test]
fn only_lock_refresh_and_relock_extend() {
    let locked = || Story::new().then(1, 0.0, 0.1, lock("A"), ok());
    let late = |story: Story, reply| story.then(2, 1900.0, 1900.1, Call::GetLock, reply);
    late(locked().then(1, 1000.0, 1000.1, refresh("A"), ok()), held("A")).acquitted();
    late(locked().then(1, 1000.0, 1000.1, lock("A"), ok()), held("A")).acquitted();
    let relock = Call::Relock { old: "A".into(), new: id("B") };
    late(locked().then(1, 1000.0, 1000.1, relock, ok()), held("B")).acquitted();
    late(locked().then(1, 1000.0, 1000.1, put("A", 2), version("v2")), held("A")).convicted();
    late(locked().then(1, 1000.0, 1000.1, Call::GetLock, held("A")), held("A")).convicted();
    late(locked().then(1, 1000.0, 1000.1, refresh("A"), ok()), held("")).convicted();
}

#[test]
fn after_a_restart_a_lock_may_live_a_minute_longer_and_no_more() {
    let story = |seconds, reply| {
        let locked = Story::new().then(1, 0.0, 0.1, lock("A"), ok()).restart(10.0, 11.0);
        locked.then(2, seconds, seconds + 0.1, Call::GetLock, reply)
    };
    story(1850.0, held("A")).acquitted();
    story(1850.0, held("")).acquitted();
    story(1861.0, held("A")).convicted();
    story(1799.0, held("")).breaks(Invariant::LockAndVersionSurviveAKill);
    // A restart before the lock was set does not count.
    let early = Story::new().restart(1.0, 2.0).then(1, 3.0, 3.1, lock("A"), ok());
    early.then(2, 1850.0, 1850.1, Call::GetLock, held("A")).convicted();
}

#[test]
fn a_clock_that_was_set_counts_only_with_a_restart_after_it() {
    let story = |restart: bool| {
        let locked = Story::new().then(1, 0.0, 0.1, lock("A"), ok()).clock(5.0, 1_000_000);
        let locked = if restart { locked.restart(10.0, 11.0) } else { locked };
        locked.then(2, 900.0, 900.1, Call::GetLock, held(""))
    };
    story(true).acquitted();
    story(false).convicted();
}

#[test]
fn a_request_without_a_reply_may_take_effect_later_or_never() {
    let story = || Story::new().lost(1, 0.0, lock("A"));
    story().then(2, 5.0, 5.1, Call::GetLock, held("")).acquitted();
    story().then(2, 5.0, 5.1, Call::GetLock, held("")).then(2, 6.0, 6.1, Call::GetLock, held("A")).acquitted();
    // But only once, and not after the process that had it is gone.
    let twice = story().then(2, 5.0, 5.1, unlock("A"), ok()).then(2, 6.0, 6.1, Call::GetLock, held("A"));
    twice.convicted();
    let dead = story().restart(2.0, 3.0).then(2, 5.0, 5.1, Call::GetLock, held(""));
    dead.then(2, 6.0, 6.1, Call::GetLock, held("A")).convicted();
    let server_error = Reply { status: 500, ..Reply::default() };
    let open = Story::new().then(1, 0.0, 0.1, lock("A"), server_error);
    open.then(2, 5.0, 5.1, Call::GetLock, held("A")).acquitted();
}

#[test]
fn what_overlaps_may_have_happened_in_either_order() {
    let story = |from, reply| Story::new().then(1, 0.0, 3.0, lock("A"), ok()).then(2, from, 4.0, lock("B"), reply);
    story(2.0, conflict("A")).acquitted();
    story(2.0, ok()).breaks(Invariant::TwoOwners);
    story(3.5, conflict("")).breaks(Invariant::ConflictNamesCurrentLock);
    story(3.5, conflict("C")).breaks(Invariant::ConflictNamesCurrentLock);
    story(3.5, Reply { status: 409, ..Reply::default() }).breaks(Invariant::ConflictNamesCurrentLock);
}

#[test]
fn two_holders_are_shown_by_two_operations() {
    let mut story = Story::new();
    for round in 0..100_u8 {
        let (begin, name) = (f64::from(round) * 10.0, format!("old-{round}"));
        story =
            story.then(1, begin, begin + 1.0, lock(&name), ok()).then(1, begin + 2.0, begin + 3.0, unlock(&name), ok());
    }
    let story = story.then(1, 2000.0, 2001.0, lock("A"), ok()).then(2, 2002.0, 2003.0, lock("B"), ok());
    let report = story.convicted();
    let shown = report.violations.iter().find(|violation| violation.rule == Rule::Linearizability).unwrap();
    assert_eq!(shown.history.operations.len(), 2, "{shown}");
    let text = shown.to_string();
    assert!(
        text.contains(
            "Lock B of client 2 was answered 200: after everything answered before, the file was locked by A."
        ),
        "{text}"
    );
    assert!(text.contains("└ 200   ◄──"), "{text}");
}

#[test]
fn a_stale_id_touches_nothing() {
    let story = || Story::new().then(1, 0.0, 0.1, lock("B"), ok());
    story().then(2, 1.0, 1.1, unlock("A"), ok()).breaks(Invariant::StaleIdTouchesNothing);
    story().then(2, 1.0, 1.1, refresh("A"), ok()).breaks(Invariant::StaleIdTouchesNothing);
    let released = story().then(2, 1.0, 1.1, unlock("A"), conflict("B")).then(3, 2.0, 2.1, Call::GetLock, held(""));
    released.breaks(Invariant::StaleIdTouchesNothing);
    story().then(2, 1.0, 1.1, unlock("A"), conflict("B")).then(3, 2.0, 2.1, Call::GetLock, held("B")).acquitted();
}

#[test]
fn contents_and_versions_never_go_back() {
    let story = || {
        let locked = Story::new().then(1, 0.0, 0.1, lock("A"), ok());
        locked.then(1, 1.0, 1.1, put("A", 2), version("v2"))
    };
    story().then(2, 2.0, 2.1, Call::Get, got(2, "v2")).acquitted();
    story().then(2, 2.0, 2.1, Call::Get, got(1, "v1")).convicted();
    story().then(2, 2.0, 2.1, Call::Get, got(2, "v1")).convicted();
    story().then(2, 2.0, 2.1, Call::Info, version("v1")).convicted();
    story().then(1, 2.0, 2.1, put("A", 3), version("v2")).convicted();
    story().then(1, 2.0, 2.1, put("A", 3), version("v1")).convicted();
    story().then(2, 2.0, 2.1, Call::Get, got(9, "v2")).breaks(Invariant::RefusedPutLeavesOldBytes);
    story().restart(1.5, 1.6).then(2, 2.0, 2.1, Call::Get, got(1, "v1")).breaks(Invariant::AcknowledgedPutIsReadable);
    story()
        .restart(1.5, 1.6)
        .then(2, 2.0, 2.1, Call::Info, version("v1"))
        .breaks(Invariant::LockAndVersionSurviveAKill);
    let missing = Reply { status: 404, ..Reply::default() };
    story().restart(1.5, 1.6).then(2, 2.0, 2.1, Call::Get, missing).breaks(Invariant::AcknowledgedPutIsReadable);
}

#[test]
fn a_refused_or_cut_off_writing_leaves_the_old_bytes() {
    let refused = Story::new().then(1, 0.0, 0.1, put("A", 2), conflict(""));
    refused.then(2, 1.0, 1.1, Call::Get, got(2, "v2")).breaks(Invariant::RefusedPutLeavesOldBytes);
    let cut = Call::Put { lock: id("A"), body: bytes(2), framing: Framing::Length, cut: true };
    let story = Story::new().then(1, 0.0, 0.1, lock("A"), ok()).lost(1, 1.0, cut);
    story.then(2, 2.0, 2.1, Call::Get, got(2, "v2")).breaks(Invariant::RefusedPutLeavesOldBytes);
}

#[test]
fn tokens_do_what_they_are_worth() {
    let view = |reply| Story::new().then(1, 0.0, 0.1, lock("A"), reply).by(Authority::ViewOnly);
    let gone = Reply { status: 404, ..Reply::default() };
    view(gone.clone()).acquitted();
    view(ok()).breaks(Invariant::ViewTokenChangesNothing);
    view(gone).then(2, 1.0, 1.1, Call::GetLock, held("A")).breaks(Invariant::ViewTokenChangesNothing);
    let other = Story::new().then(1, 0.0, 0.1, Call::Get, got(1, "v1")).by(Authority::OtherFile);
    other.breaks(Invariant::TokenForOneFileOnly);
}

#[test]
fn a_lock_that_ran_out_goes_to_one() {
    let story = |second, third| {
        let locked = Story::new().then(1, 0.0, 0.1, lock("A"), ok());
        locked.then(2, 1900.0, 1900.5, lock("B"), second).then(3, 1900.1, 1900.6, lock("C"), third)
    };
    story(ok(), conflict("B")).acquitted();
    story(ok(), ok()).breaks(Invariant::ExpiredLockGoesToOne);
    story(ok(), conflict("A")).breaks(Invariant::ExpiredLockGoesToOne);
    let tally = story(ok(), conflict("B")).judged().invariants;
    assert!(tally.iter().any(|tally| tally.invariant == Invariant::ExpiredLockGoesToOne && tally.checked == 1));
}

#[test]
fn chunked_bodies_count_like_others() {
    let chunked = Call::Put { lock: id("A"), body: bytes(2), framing: Framing::Chunked, cut: false };
    let story = |reply| {
        let locked = Story::new().then(1, 0.0, 0.1, lock("A"), ok());
        locked.then(1, 1.0, 1.1, chunked.clone(), reply)
    };
    story(version("v2")).then(2, 2.0, 2.1, Call::Get, got(2, "v2")).acquitted();
    story(version("v2")).then(2, 2.0, 2.1, Call::Get, got(7, "v2")).breaks(Invariant::ChunkedEqualsContentLength);
    let report = story(Reply { status: 411, ..Reply::default() }).judged();
    assert_eq!(report.verdict(), Verdict::Convicted);
}

#[test]
fn a_host_that_refuses_all_bodies_alike_is_not_told_that_it_refuses_chunked_ones() {
    let put = |framing| Call::Put { lock: id("A"), body: bytes(2), framing, cut: false };
    let refused = |story: Story, from, framing| story.then(1, from, from + 0.1, put(framing), conflict("B"));
    let locked = || Story::new().then(1, 0.0, 0.1, lock("A"), ok());
    refused(locked(), 1.0, Framing::Chunked).breaks(Invariant::ChunkedEqualsContentLength);
    let both = refused(refused(locked(), 1.0, Framing::Chunked), 2.0, Framing::Length).convicted();
    let named = |invariant| both.invariants.iter().find(|tally| tally.invariant == invariant).unwrap();
    assert_eq!(named(Invariant::ChunkedEqualsContentLength).violated, 0, "{both}");
    assert!(named(Invariant::ConflictNamesCurrentLock).violated > 0, "{both}");
}

#[test]
fn an_unlocked_file_takes_bytes_only_while_it_is_empty() {
    let bare = |byte| Call::Put { lock: None, body: bytes(byte), framing: Framing::Length, cut: false };
    Story::new().then(1, 0.0, 0.1, bare(2), version("v2")).convicted();
    Story::new().then(1, 0.0, 0.1, bare(2), conflict("")).acquitted();
    let mut empty = Story::new();
    empty.0.files[0].content = Some(bytes(0));
    empty.then(1, 0.0, 0.1, bare(2), version("v2")).then(1, 1.0, 1.1, bare(3), conflict("")).acquitted();
}

#[test]
fn deleted_files_are_gone_and_others_are_not() {
    let missing = Reply { status: 404, ..Reply::default() };
    let story = || Story::new().then(1, 0.0, 0.1, Call::Delete, ok());
    story().then(1, 1.0, 1.1, Call::Info, missing.clone()).acquitted();
    story().then(1, 1.0, 1.1, Call::Info, version("v1")).convicted();
    Story::new().then(1, 1.0, 1.1, Call::Info, missing).convicted();
    let locked = Story::new().then(1, 0.0, 0.1, lock("A"), ok());
    locked.then(1, 1.0, 1.1, Call::Delete, ok()).convicted();
}

#[test]
fn hosts_of_others_are_allowed_what_the_documentation_leaves_open() {
    let absent = Reply { status: 409, ..Reply::default() };
    let story = Story::new().then(1, 0.0, 0.1, refresh("A"), absent);
    story.convicted();
    assert_eq!(Judge::new(Profile::tolerant()).judge(&story.0).verdict(), Verdict::Acquitted);
    let missing = Reply { status: 404, ..Reply::default() };
    let story = Story::new().then(1, 0.0, 0.1, Call::GetLock, missing);
    story.convicted();
    assert_eq!(Judge::new(Profile::tolerant()).judge(&story.0).verdict(), Verdict::Acquitted);
}

#[test]
fn many_who_want_the_same_at_once_are_judged_at_once() {
    // Five hundred clients: one gets the lock, the others hear of it, all refresh it, all save.
    let mut story = Story::new();
    for client in 0..500_u32 {
        let name = format!("lock-{client}");
        let reply = if client == 77 { ok() } else { conflict("lock-77") };
        story = story.then(client, 0.0, 1.0 + f64::from(client) / 1000.0, lock(&name), reply);
        story = story.then(client, 3.0, 4.0 + f64::from(client) / 1000.0, refresh("lock-77"), ok());
        let content = Content { digest: Digest([2; 32]), length: u64::from(client) + 2 };
        let save = Call::Put { lock: id("lock-77"), body: content, framing: Framing::Length, cut: false };
        story = story.then(client, 6.0, 7.0 + f64::from(client) / 1000.0, save, version(&format!("v{}", client + 2)));
    }
    let last = Content { digest: Digest([2; 32]), length: 252 };
    let story = story.then(1, 9.0, 9.1, Call::Get, Reply { content: Some(last), ..version("v252") });
    story.acquitted();
}

#[test]
fn a_search_that_is_given_up_is_no_verdict() {
    let mut story = Story::new().then(0, 0.0, 0.5, lock("A"), ok());
    for client in 0..30_u8 {
        story = story.then(client.into(), 1.0, 3.0 + f64::from(client) / 10.0, put("A", client + 2), ok());
        story = story.then(100 + u32::from(client), 1.0, 3.0, Call::Get, got(client + 2, &format!("w{client}")));
    }
    let report = Judge::new(Profile::strict()).work(10).judge(&story.0);
    assert_eq!(report.verdict(), Verdict::Undecided, "{report}");
}

#[test]
fn histories_are_saved_and_read_back() {
    let story = Story::new()
        .then(1, 0.0, 1.0, lock("A \"quoted\""), version("v1"))
        .lost(2, 0.5, put("B", 3))
        .then(3, 2.0, 2.1, Call::Get, got(1, "v1"))
        .by(Authority::ViewOnly)
        .restart(3.0, 4.0)
        .clock(5.0, -7);
    let mut lines = Vec::new();
    story.0.write(&mut lines).unwrap();
    assert_eq!(History::read(lines.as_slice()).unwrap(), story.0);
    let torn = &lines[..lines.len() - 5];
    assert!(matches!(History::read(torn), Err(LinesError::Entry { line: 6, .. })));
    let long = vec![b' '; MAX_LINE + 1];
    assert!(matches!(History::read(long.as_slice()), Err(LinesError::TooLong { line: 1 })));
}

#[test]
fn times_that_make_no_sense_do_no_harm() {
    let mut story = Story::new().then(1, 5.0, 1.0, lock("A"), ok());
    story.0.push(Entry::Mark(Mark::Restart { down: u64::MAX, dead: None, up: Some(0) }));
    let far = Outcome::Answered { at: u64::MAX, reply: ok() };
    let story = story.add(1, 6.0, unlock("A"), far);
    story.acquitted();
}
