//! File operations in the flows of containers: C-114 to C-119.

use crate::support::Shared;

#[tokio::test]
async fn c114_a_file_made_in_a_container_can_be_deleted_through_its_url() {
    let top = Shared::server().document(b"content").container();
    let file = top.new_file("x.wopitestx").await;
    file.lock("A").await.expect(200);
    file.delete().await.expect_conflict("A");
    file.unlock("A").await.expect(200);
    file.delete().await.expect(200);
    file.info().await.expect(404);
    file.ancestry().await.expect(404);
    file.ecosystem_pointer().await.expect(404);
    file.delete().await.expect(404);
    // The name is free again.
    top.new_file("x.wopitestx").await;
}

#[tokio::test]
async fn c115_a_file_made_in_a_container_can_be_renamed_and_keeps_its_extension() {
    let top = Shared::server().document(b"content").container();
    let file = top.new_file("before.wopitestx").await;
    for (wire, name) in
        [("madeup+AF8-name", "madeup_name"), ("plain", "plain"), ("+ZeVnLIqe-", "日本語"), ("a.b", "a.b")]
    {
        assert_eq!(file.rename(wire, None).await.expect(200).text("Name"), name);
        let info = file.info().await.expect(200).json();
        assert_eq!(info["BaseFileName"], format!("{name}.wopitestx"));
        assert_eq!(info["FileExtension"], ".wopitestx");
        assert_eq!(top.child_file(&format!("{name}.wopitestx")).await.src(), file.src());
    }
}

#[tokio::test]
async fn c116_a_rename_heeds_the_lock() {
    let file = Shared::server().document(b"content").container().new_file("x.docx").await;
    file.rename("one", None).await.expect(200);
    file.rename("two", Some("")).await.expect(200);
    file.lock("A").await.expect(200);
    file.rename("three", Some("A")).await.expect(200);
    file.rename("four", Some("B")).await.expect_conflict("A");
    assert_eq!(file.info().await.expect(200).text("BaseFileName"), "three.docx");
}

#[tokio::test]
async fn c117_a_rename_to_a_taken_name_is_varied_or_refused_and_after_deletion_not_found() {
    let top = Shared::server().document(b"content").container();
    let (one, two) = (top.new_file("one.docx").await, top.new_file("two.docx").await);
    let reply = two.rename("one", None).await.expect_one_of(&[200, 400]);
    let now = two.info().await.expect(200).text("BaseFileName");
    if reply.status == 200 {
        assert_eq!(now, format!("{}.docx", reply.text("Name")));
        assert_ne!(now, "one.docx");
    } else {
        assert_eq!(now, "two.docx");
    }
    assert_eq!(one.info().await.expect(200).text("BaseFileName"), "one.docx");
    two.delete().await.expect(200);
    two.rename("three", None).await.expect(404);
    two.rename("a/b", None).await.expect(404);
}

#[tokio::test]
async fn c118_the_file_url_authorises_itself_and_delivers_what_was_saved() {
    let file = Shared::server().document(b"content").container().new_file("x.docx").await;
    let url = file.info().await.expect(200).text("FileUrl");
    let fetch = |url: String| {
        let client = file.client().clone();
        async move { client.get(url).send().await.expect("a reply").bytes().await.expect("bytes").to_vec() }
    };
    assert_eq!(fetch(url).await, b"");
    file.put(None, "saved").await.expect(200);
    assert_eq!(fetch(file.info().await.expect(200).text("FileUrl")).await, b"saved");
}

#[tokio::test]
async fn put_relative_makes_a_sibling_in_the_same_container() {
    let doc = Shared::server().document(b"content");
    let container = doc.container().new_container("inner").await;
    let file = container.new_file("x.docx").await;
    let new = file.sibling("y.docx", b"bytes").await;
    assert_eq!(new.parent().await.src(), container.src());
    assert_eq!(container.names().await.1, ["x.docx", "y.docx"]);
}
