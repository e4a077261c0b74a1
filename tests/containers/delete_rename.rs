//! `DeleteContainer` and `RenameContainer`: C-70 to C-79, C-46.

use crate::support::{Container, Shared};

fn folder() -> Container {
    Shared::server().document(b"content").container()
}

#[tokio::test]
async fn c70_an_empty_container_is_deleted_and_gone() {
    let top = folder();
    let container = top.new_container("empty").await;
    let reply = container.remove().await.expect(200);
    assert!(reply.body.is_empty(), "{reply}");
    container.info().await.expect(404);
    container.children().await.expect(404);
    container.create_file("x.docx", None).await.expect(404);
    container.rename_to("x").await.expect(404);
    // C-73: and a second time.
    container.remove().await.expect(404);
    assert_eq!(top.names().await.0, Vec::<String>::new());
    // The name is free, and the new one is another container.
    let again = top.new_container("empty").await;
    assert_ne!(again.id(), container.id());
    container.info().await.expect(404);
    let trail = Shared::server().binary().cli_ok(&["audit", "--user", "alice", "--json"], "").stdout;
    let trail: Vec<serde_json::Value> = serde_json::from_str(&trail).expect("JSON");
    let told = trail.iter().find(|entry| entry["id"] == container.id()).expect("it is in the audit trail");
    assert_eq!((&told["event"], &told["detail"]), (&"deleted".into(), &"an empty folder, by WOPI".into()));
}

#[tokio::test]
async fn c71_a_container_that_holds_anything_is_not_deleted() {
    let top = folder();
    let with_file = top.new_container("with a file").await;
    let file = with_file.new_file("x.docx").await;
    let with_container = top.new_container("with a container").await;
    let inner = with_container.new_container("inner").await;
    let with_locked = top.new_container("with a locked file").await;
    let locked = with_locked.new_file("x.docx").await;
    locked.lock("held").await.expect(200);
    for container in [&with_file, &with_container, &with_locked, &top] {
        let before = container.names().await;
        let reply = container.remove().await.expect(409).expect_message();
        assert_eq!(reply.lock().unwrap_or_default(), "", "{reply}");
        assert_eq!(container.names().await, before);
    }
    assert_eq!(locked.held_by().await, "held");
    inner.info().await.expect(200);
    // Emptied, they go.
    file.delete().await.expect(200);
    with_file.remove().await.expect(200);
    inner.remove().await.expect(200);
    with_container.remove().await.expect(200);
    locked.delete().await.expect(409);
    locked.unlock("held").await.expect(200);
    locked.delete().await.expect(200);
    with_locked.remove().await.expect(200);
}

#[tokio::test]
async fn c72_a_child_made_by_somebody_else_counts_too() {
    let doc = Shared::server().document(b"content");
    let shared = doc.container_shared_with("bob", "editor").new_container("shared").await;
    let mine = doc.container().child_container("shared").await;
    mine.new_file("of alice.docx").await;
    shared.remove().await.expect(409);
    mine.info().await.expect(200);
}

#[tokio::test]
async fn c74_a_file_in_the_bin_is_no_child() {
    let top = folder();
    let container = top.new_container("container").await;
    let file = container.new_file("x.docx").await;
    file.put(None, "text").await.expect(200);
    file.delete().await.expect(200);
    file.info().await.expect(404);
    assert_eq!(container.names().await, (vec![], vec![]));
    container.remove().await.expect(200);
}

#[tokio::test]
async fn c75_c76_c46_c79_a_rename_shows_at_the_same_url_with_the_same_token() {
    let top = folder();
    let container = top.new_container("before").await;
    let file = container.new_file("x.docx").await;
    let inner = container.new_container("inner").await;
    for name in ["Spring minutes", "madeup_name", "Q3_plan_v2", "日本語 😀", "a+b", "with.dots.docx", "R&D"] {
        assert_eq!(container.rename_to(name).await.expect(200).text("Name"), name);
        assert_eq!(container.info().await.expect(200).text("Name"), name);
        assert_eq!(top.names().await.0, [name]);
        assert_eq!(file.ancestors().await.last().expect("a parent").0, name);
        inner.info().await.expect(200);
        assert_eq!(inner.parent().await.src(), container.src());
    }
    assert_eq!(container.names().await, (vec!["inner".to_owned()], vec!["x.docx".to_owned()]));
    // The old names are free.
    top.new_container("before").await;
    top.new_container("madeup_name").await;
}

#[tokio::test]
async fn c77_a_taken_an_illegal_or_a_missing_name_changes_nothing() {
    let top = folder();
    let (container, sibling) = (top.new_container("one").await, top.new_container("two").await);
    for name in ["two", "TWO"] {
        let reply = container.rename_to(name).await.expect(409);
        assert!(reply.header("X-WOPI-InvalidContainerNameError").is_none(), "C-33: {reply}");
    }
    for name in ["a/b", "..", ".", "x\\y", "a?b"] {
        let reply = container.rename_to(name).await.expect(400);
        assert!(reply.header("X-WOPI-InvalidContainerNameError").is_some_and(|e| !e.is_empty()), "{name}: {reply}");
    }
    let long = "n".repeat(600);
    let reply = container.rename_to(&long).await.expect_one_of(&[200, 400]);
    assert_eq!(reply.status, 400, "the same limit as for new names: {reply}");
    container.post("RENAME_CONTAINER").send().await.expect(400);
    container.rename_to("").await.expect(400);
    assert_eq!(top.names().await.0, ["one", "two"]);
    assert_eq!(sibling.info().await.expect(200).text("Name"), "two");
    // What is taken elsewhere is free here.
    let inner = sibling.new_container("x").await;
    inner.rename_to("two").await.expect(200);
}

#[tokio::test]
async fn c78_renaming_to_the_present_name_succeeds_also_if_only_the_case_changes() {
    let top = folder();
    let container = top.new_container("Minutes").await;
    for name in ["Minutes", "MINUTES", "minutes"] {
        assert_eq!(container.rename_to(name).await.expect(200).text("Name"), name);
        assert_eq!(container.info().await.expect(200).text("Name"), name);
    }
    assert_eq!(top.names().await.0, ["minutes"]);
}
