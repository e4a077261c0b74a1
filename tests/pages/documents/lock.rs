//! `/lock/{id}`.

use super::{file, text};
use crate::{
    person::{Person, field, house, location},
    support::Wopi,
};

async fn break_lock(person: &mut Person, file: &Wopi, held: &str, sure: &str) -> String {
    let path = format!("/lock/{}", file.id());
    let page = person.get(&path).await.expect(200);
    let reply = person.submit(&page, &path, &[("deed", "break"), ("held", held), ("sure", sure)]).await.expect(303);
    location(&reply).split_once("?said=").expect("a word").1.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_sees_who_edits_and_breaks_the_lock_but_an_editor_only_sees() {
    let mut anna = Person::new("lockanna").await;
    let mut ben = Person::new("lockben").await;
    let file = file(&anna, "a.docx", b"text");
    house().binary().cli_ok(&["grant", "lockben", "editor", "lockanna:/a.docx"], "");
    let path = format!("/lock/{}", file.id());
    assert!(text(&anna.get(&path).await).contains("Nobody has this document open"));
    file.lock("cool-lock<b>1").await.expect(200);
    let page = anna.get(&path).await;
    assert!(text(&page).contains("Collabora Online") && text(&page).contains("cool-lock&#60;b&#62;1"), "{page}");
    assert!(text(&page).contains("may be lost"), "{page}");
    let held = field(&page, "held");
    let his = text(&ben.get(&path).await);
    assert!(his.contains("Only the owner or an administrator") && !his.contains("value=\"break\""), "{his}");
    assert_eq!(break_lock(&mut ben, &file, &held, "yes").await, "refused");
    assert_eq!(break_lock(&mut anna, &file, &held, "").await, "unsure");
    assert_eq!(file.held_by().await, "cool-lock<b>1");
    // Only the lock that was shown: meanwhile it may be somebody else's.
    file.relock("cool-lock<b>1", "second").await.expect(200);
    assert_eq!(break_lock(&mut anna, &file, &held, "yes").await, "changed");
    assert_eq!(file.held_by().await, "second");
    let held = field(&anna.get(&path).await, "held");
    assert_eq!(break_lock(&mut anna, &file, &held, "yes").await, "broken");
    assert_eq!(file.held_by().await, "");
    // What the editor saves afterwards is refused and kept.
    file.put(Some("second"), "typed meanwhile").await.expect(409);
    assert!(text(&anna.get(&format!("/versions/{}", file.id())).await).contains("lock was lost or had run out"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_breaks_a_lock_without_seeing_the_document() {
    let anna = Person::new("brokenowner").await;
    let mut root = Person::admin("lockroot").await;
    let file = file(&anna, "a.docx", b"text");
    file.lock("left behind").await.expect(200);
    let path = format!("/lock/{}", file.id());
    let held = field(&root.get(&path).await.expect(200), "held");
    root.get(&format!("/versions/{}", file.id())).await.expect(404);
    assert_eq!(break_lock(&mut root, &file, &held, "yes").await, "broken");
    assert_eq!(file.held_by().await, "");
    root.get("/lock/nosuchfile").await.expect(404);
}
