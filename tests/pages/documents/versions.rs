//! `/versions/{id}`.

use super::{all_between, file, text};
use crate::{
    person::{Person, house, html, location},
    support::{Reply, Wopi},
};

/// A save that the editor made of its own accord.
async fn autosave(file: &Wopi, lock: &str, bytes: &[u8]) -> Reply {
    let put = file.post("PUT").header("X-WOPI-Lock", lock).header("X-COOL-WOPI-IsAutosave", "true");
    put.body(bytes).send().await.expect(200)
}

async fn submit(person: &mut Person, id: &str, deed: &str, version: &str) -> String {
    let path = format!("/versions/{id}");
    let page = person.get(&path).await.expect(200);
    let reply = person.submit(&page, &path, &[("deed", deed), ("version", version)]).await.expect(303);
    location(&reply).split_once("?said=").expect("a word").1.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn automatic_saves_are_folded_and_deliberate_ones_stand_out() {
    let mut anna = Person::new("foldanna").await;
    let file = file(&anna, "a.docx", b"1");
    file.lock("A").await.expect(200);
    for text in ["22", "333", "4444"] {
        autosave(&file, "A", text.as_bytes()).await;
    }
    file.put(Some("A"), "55555 saved").await.expect(200);
    file.unlock("A").await.expect(200);
    let page = text(&anna.get(&format!("/versions/{}", file.id())).await);
    let run = all_between(&page, "<details>", "</details>");
    assert_eq!(run.len(), 1, "{page}");
    assert!(run[0].contains("3 automatic saves by foldanna (you)"), "{}", run[0]);
    for number in [2, 3, 4] {
        assert!(run[0].contains(&format!("Version {number} · Saved automatically")), "{}", run[0]);
    }
    let outside = page.replace(run[0], "");
    assert!(outside.contains("Version 5 · Saved") && outside.contains("Version 1 · Created"), "{outside}");
    assert_eq!(outside.matches("Current</span>").count(), 1);
    // Sizes are compared with the version before.
    assert!(page.contains("+7\u{a0}B") && page.contains("+1\u{a0}B"), "{page}");
    assert!(page.contains("title=\"+7\u{a0}bytes\"") && page.contains("title=\"+1\u{a0}byte\""), "to the byte: {page}");
    // The current version is not offered to be brought back.
    assert!(!submit(&mut anna, file.id(), "restore", "99").await.is_empty());
    assert_eq!(page.matches("value=\"restore\"").count(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_is_downloaded_as_an_attachment_and_brought_back_as_a_new_one() {
    let mut anna = Person::new("backanna").await;
    let file = file(&anna, "page.html", b"<script>first()</script>");
    file.lock("A").await.expect(200);
    file.put(Some("A"), "second").await.expect(200);
    let id = file.id().to_owned();
    let first = anna.get(&format!("/versions/{id}/1/download")).await.expect(200);
    assert_eq!(first.body, b"<script>first()</script>");
    let disposition = first.header("Content-Disposition").unwrap();
    assert!(disposition.starts_with("attachment") && disposition.contains("page (Version 1).html"), "{disposition}");
    assert_eq!(first.header("X-Content-Type-Options"), Some("nosniff"));
    assert!(first.header("Content-Security-Policy").unwrap().starts_with("sandbox"), "{first}");
    let now = anna.get(&format!("/versions/{id}/2/download")).await.expect(200);
    assert!(now.header("Content-Disposition").unwrap().contains("\"page.html\""), "{now}");
    for none in ["0", "3", "r1", "x", "-1"] {
        anna.get(&format!("/versions/{id}/{none}/download")).await.expect(404);
    }

    // Not while somebody edits: the page says so, and shows no button. Its script shows it when it is a tab of this browser that
    // edits, and can close first (rule W-56).
    let page = text(&anna.get(&format!("/versions/{id}")).await);
    assert!(page.contains("While somebody is editing"), "{page}");
    assert_eq!(page.matches("value=\"restore\"").count(), 1, "{page}");
    assert!(page.contains("value=\"restore\" data-held hidden>"), "{page}");
    assert_eq!(submit(&mut anna, &id, "restore", "1").await, "locked");
    assert_eq!(file.get().await.body, b"second");
    file.unlock("A").await.expect(200);
    assert_eq!(submit(&mut anna, &id, "restore", "1").await, "restored");
    assert_eq!(file.get().await.body, b"<script>first()</script>");
    let page = text(&anna.get(&format!("/versions/{id}?said=restored")).await);
    assert!(page.contains("Version 3 · Brought back") && page.contains("It is the current one now."), "{page}");
    for gone in ["77", "r1", "", "x"] {
        assert_eq!(submit(&mut anna, &id, "restore", gone).await, "gone", "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_text_is_offered_with_its_reason_and_can_be_had_in_three_ways() {
    let mut anna = Person::new("rescanna").await;
    let mut ben = Person::new("rescben").await;
    let file = file(&anna, "in/a.docx", b"text");
    let id = file.id().to_owned();
    file.lock("A").await.expect(200);
    file.put(Some("B"), "refused text").await.expect(409);
    file.put(Some("B"), "another refused text").await.expect(409);
    file.unlock("A").await.expect(200);
    let page = text(&anna.get(&format!("/versions/{id}")).await);
    assert!(page.contains("Kept texts that could not be saved"), "{page}");
    assert_eq!(page.matches("Another session had the document locked.").count(), 2, "{page}");
    let german = text(&anna.get(&format!("/versions/{id}?rs=de")).await);
    assert!(german.contains("Eine andere Sitzung hatte das Dokument gesperrt."), "{german}");
    // The one that was refused last comes first.
    let kept: Vec<&str> = all_between(&page, "name=\"version\" value=\"r", "\"");
    let (second, first) = (format!("r{}", kept[0]), format!("r{}", kept[1]));
    let reply = anna.get(&format!("/versions/{id}/{first}/download")).await.expect(200);
    assert_eq!(reply.body, b"refused text");
    assert!(reply.header("Content-Disposition").unwrap().contains("a (Kept text 20"), "{reply}");

    // Somebody who may edit has nothing to do with what another could not save.
    house().binary().cli_ok(&["grant", "rescben", "editor", "rescanna:/in/a.docx"], "");
    assert!(!text(&ben.get(&format!("/versions/{id}")).await).contains("Kept texts"));
    ben.get(&format!("/versions/{id}/{first}/download")).await.expect(404);
    assert_eq!(submit(&mut ben, &id, "copy", &first).await, "refused");
    assert_eq!(submit(&mut ben, &id, "restore", &first).await, "refused");

    let said = submit(&mut anna, &id, "copy", &first).await;
    let page = text(&anna.get(&format!("/versions/{id}?said={said}")).await);
    assert!(page.contains("own now: “a (Kept text 20"), "{page}");
    let copy = said.split_once("copy=").unwrap().1;
    assert_eq!(anna.get(&format!("/versions/{copy}/1/download")).await.expect(200).body, b"refused text");
    assert_eq!(file.get().await.body, b"text");

    assert_eq!(submit(&mut anna, &id, "restore", &second).await, "restored");
    assert_eq!(file.get().await.body, b"another refused text");
    let page = text(&anna.get(&format!("/versions/{id}")).await);
    assert!(page.contains("Kept texts that are in a version since (1)"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_edit_has_his_own_refused_text() {
    let anna = Person::new("ownanna").await;
    let mut ben = Person::new("ownben").await;
    let file = file(&anna, "a.docx", b"text");
    let binary = house().binary();
    binary.cli_ok(&["grant", "ownben", "editor", "ownanna:/a.docx"], "");
    let his = file.with_token(binary.token("ownben", "ownanna:/a.docx")["access_token"].as_str().unwrap());
    file.lock("A").await.expect(200);
    his.put(Some("B"), "ben's text").await.expect(409);
    let page = text(&ben.get(&format!("/versions/{}", file.id())).await);
    assert!(page.contains("Kept texts"), "{page}");
    let kept = format!("r{}", all_between(&page, "name=\"version\" value=\"r", "\"")[0]);
    let bytes = ben.get(&format!("/versions/{}/{kept}/download", file.id())).await.expect(200).body;
    assert_eq!(bytes, b"ben's text");
    // A copy of it goes where he may put one: he has no right to the folder.
    let said = submit(&mut ben, file.id(), "copy", &kept).await;
    assert!(said.starts_with("copied"), "{said}");
    let told = binary.cli_ok(&["ls", "/", "--user", "ownben"], "").stdout;
    assert!(told.contains("a (Kept text 20"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_editors_of_a_version_are_told_by_name() {
    let mut anna = Person::new("namesanna").await;
    house().binary().add_user("namesben", &["--display-name", "Ben <i>Names</i>"]);
    let file = file(&anna, "a.docx", b"text");
    file.lock("A").await.expect(200);
    let put = file.post("PUT").header("X-WOPI-Lock", "A").header("X-WOPI-Editors", "namesanna,namesben,<s>odd");
    put.body("more").send().await.expect(200);
    let page = html(&anna.get(&format!("/versions/{}", file.id())).await.expect(200));
    assert!(page.contains("edited by namesanna (you), Ben &#60;i&#62;Names&#60;/i&#62;"), "{page}");
    assert!(!page.contains("<i>Names") && !page.contains("<s>odd"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_is_told_a_page_at_a_time() {
    let mut anna = Person::new("longanna").await;
    let file = file(&anna, "a.docx", b"text");
    let page = text(&anna.get(&format!("/versions/{}?before=1", file.id())).await);
    assert!(page.contains("Newest versions") && !page.contains("Version 1 ·"), "{page}");
    let page = text(&anna.get(&format!("/versions/{}?before=2", file.id())).await);
    assert!(page.contains("Version 1 ·"), "{page}");
}
