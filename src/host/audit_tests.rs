use super::*;
use crate::host::testing::{House, user};

const HOUR: Duration = Duration::from_secs(3600);

fn audit(house: &House) -> Audit {
    Audit::new(house.engine.clone(), house.clock.clone())
}

fn address(n: u32) -> IpAddr {
    IpAddr::V4((0x0b00_0000 + n).into())
}

fn failed(n: u32) -> Note {
    Note::by(AuditEvent::SignInFailed, None, address(n))
}

fn all(audit: &Audit) -> Vec<AuditRecord> {
    audit.page(None, usize::MAX).unwrap().into_iter().map(|(_, record)| record).collect()
}

#[tokio::test]
async fn the_latest_comes_first_and_pages_follow_each_other() {
    let house = House::new();
    let audit = audit(&house);
    for name in ["anna", "berta", "cleo"] {
        house.clock.advance(Duration::from_secs(1));
        audit.note(Note::by_command(AuditEvent::UserAdded).about(&user(name))).await;
    }
    let first = audit.page(None, 2).unwrap();
    let names = |page: &[(Key, AuditRecord)]| -> Vec<String> {
        page.iter().filter_map(|(_, record)| record.user.as_ref().map(ToString::to_string)).collect()
    };
    assert_eq!(names(&first), ["cleo", "berta"]);
    assert_eq!(names(&audit.page(Some(&first[1].0), 2).unwrap()), ["anna"]);
    assert_eq!(first[0].1.from, COMMAND_LINE);
}

#[tokio::test]
async fn the_same_again_is_counted_for_a_while_and_then_told_anew() {
    let house = House::new();
    let audit = audit(&house);
    let note = || Note::by(AuditEvent::SignIn, Some(&user("anna")), address(1)).detail("password").agent("Firefox");
    audit.note(note()).await;
    let began = house.clock.wall();
    house.clock.advance(Duration::from_secs(60));
    audit.note(note()).await;
    audit.note(note().agent("Safari")).await;
    let told = all(&audit);
    assert_eq!(told.len(), 2);
    let counted = told.iter().find(|record| record.agent.as_deref() == Some("Firefox")).unwrap();
    assert_eq!((counted.at, counted.times, counted.last), (began, 2, Some(house.clock.wall())));
    house.clock.advance(HOUR);
    audit.note(note()).await;
    assert_eq!(all(&audit).len(), 3);
}

#[tokio::test]
async fn failed_sign_ins_make_a_bounded_number_of_records_and_each_is_counted() {
    let house = House::new();
    let audit = audit(&house);
    for n in 0..1000 {
        audit.note(failed(n)).await;
    }
    for _ in 0..50 {
        audit.note(failed(0)).await;
    }
    let told = all(&audit);
    assert_eq!(told.len(), OPEN_FAILED + 1);
    assert_eq!(told.iter().map(|record| record.times).sum::<u64>(), 1050);
    let rest = told.iter().find(|record| record.from == MANY).unwrap();
    assert_eq!(rest.times, 1000 - OPEN_FAILED as u64);
}

#[tokio::test]
async fn what_is_old_goes_and_failed_sign_ins_push_nothing_else_out() {
    let house = House::new();
    let audit = audit(&house);
    audit.note(Note::by_command(AuditEvent::KeyRotated).id("old")).await;
    house.clock.advance(HOUR * 48);
    audit.note(Note::by_command(AuditEvent::KeyRotated).id("new")).await;
    for n in 0..20 {
        house.clock.advance(Duration::from_secs(1));
        audit.note(failed(n)).await;
    }
    assert_eq!(audit.prune_to(HOUR * 24, 5, 5, &|| false).await.unwrap(), 16);
    let told = all(&audit);
    assert_eq!(told.iter().filter(|record| record.event == AuditEvent::SignInFailed).count(), 5);
    assert_eq!(told.last().unwrap().id.as_deref(), Some("new"));
    assert_eq!(told[0].from, address(19).to_string(), "the latest stay");
}

#[tokio::test]
async fn texts_of_a_record_are_short_and_obey_nobody() {
    let house = House::new();
    let audit = audit(&house);
    let path = format!("anna:/{}/end.docx", "ä".repeat(4000));
    let node = crate::host::random::node_id().unwrap();
    audit.note(Note::by_host(AuditEvent::Purged).on(&path, &node).agent("\u{1b}[2J\r\nX")).await;
    let told = all(&audit).remove(0);
    assert!(told.path.as_ref().unwrap().len() <= LONGEST + 3 && told.path.unwrap().ends_with("/end.docx"));
    assert_eq!(told.agent.as_deref(), Some("[2JX"));
}
