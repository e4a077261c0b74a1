//! `EnumerateChildren`: C-87 to C-94.

use crate::support::container::{entry_of, names_in};
use crate::support::{Container, Shared};
use serde_json::json;

#[tokio::test]
async fn c87_c88_all_children_are_listed_and_only_the_immediate_ones() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let files: Vec<(String, Vec<u8>)> =
        (0..700).map(|n| (format!("{}/many/file {n:03}.docx", &doc.folder[1..]), vec![b'x'; n])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    server.binary().import("alice", &files);
    let many = doc.container().child_container("many").await;
    for n in 0..5 {
        many.new_container(&format!("container {n}")).await.new_file("below.docx").await;
    }
    let reply = many.children().await.expect(200);
    assert!(reply.header("X-WOPI-EnumerationIncomplete").is_none(), "{}", reply.asked);
    let json = reply.json();
    assert_eq!(json["ChildFiles"].as_array().map(Vec::len), Some(700));
    assert_eq!(names_in(&json["ChildContainers"]).len(), 5);
    let size = |name: &str| entry_of(&json["ChildFiles"], name)["Size"].clone();
    assert_eq!((size("file 000.docx"), size("file 699.docx")), (json!(0), json!(699)));
    // C-93: sorted by name, and the same each time.
    let order: Vec<String> =
        json["ChildFiles"].as_array().unwrap().iter().map(|f| f["Name"].as_str().unwrap().to_owned()).collect();
    assert!(order.is_sorted(), "{:?}", &order[..10]);
    // Few tokens are alike: each opens its own.
    for name in ["file 001.docx", "file 350.docx", "file 699.docx"] {
        let file = many.child_file(name).await;
        assert_eq!(file.info().await.expect(200).text("BaseFileName"), name);
    }
    let empty = doc.container().new_container("empty").await.children().await.expect(200).json();
    assert_eq!(empty, json!({ "ChildContainers": [], "ChildFiles": [] }));
}

#[tokio::test]
async fn c89_what_is_said_of_a_child_file_is_what_check_file_info_says() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    let locked = top.new_file("locked & edited.docx").await;
    locked.lock("A").await.expect(200);
    for size in [0, 1, 70_000, 12] {
        locked.put(Some("A"), vec![b'z'; size]).await.expect(200);
        top.new_file(&format!("new after {size}.xlsx")).await;
        locked.post("GET_LOCK").send().await.expect(200);
        let listed = top.children().await.expect(200).json()["ChildFiles"].clone();
        for entry in listed.as_array().expect("a list") {
            let file = top.follow(entry["Url"].as_str().expect("a Url"));
            let info = file.info().await.expect(200).json();
            assert_eq!(entry["Name"], info["BaseFileName"]);
            for name in ["Version", "Size", "LastModifiedTime"] {
                assert!(entry[name] == info[name] && !entry[name].is_null(), "{name}: {entry} {info}");
            }
        }
    }
    locked.rename("renamed", Some("A")).await.expect(200);
    assert!(top.names().await.1.contains(&"renamed.docx".to_owned()));
}

#[tokio::test]
async fn c38_what_is_said_of_a_child_container_is_what_check_container_info_says() {
    let top = Shared::server().document(b"content").container();
    for name in ["Photos", "a & b", "日本語", "[x]"] {
        top.new_container(name).await;
    }
    let listed = top.children().await.expect(200).json()["ChildContainers"].clone();
    assert_eq!(listed.as_array().map(Vec::len), Some(4));
    for entry in listed.as_array().expect("a list") {
        let (name, container) = Container::pointed_at(&top, entry);
        assert_eq!(container.info().await.expect(200).text("Name"), name);
        assert_eq!(container.parent().await.src(), top.src());
    }
}

async fn filtered(container: &Container, filter: &str) -> Vec<String> {
    let json = container.children_with(filter).await.expect(200).json();
    assert_eq!(names_in(&json["ChildContainers"]), ["folder.docx", "plain"], "C-90: containers are never filtered");
    names_in(&json["ChildFiles"])
}

#[tokio::test]
async fn c90_c91_the_filter_keeps_files_whose_last_extension_is_listed() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    for name in ["report.docx", "OLD.DOC", "table.Xlsx", "two.docx.txt", "none", "near.wopitestx", "docx", "x.über"] {
        top.new_file(name).await;
    }
    for name in ["plain", "folder.docx"] {
        top.new_container(name).await;
    }
    let all = top.names().await.1;
    assert_eq!(all.len(), 9);
    for (filter, wanted) in [
        (".docx", vec!["report.docx"]),
        (".DOCX", vec!["report.docx"]),
        (".doc", vec!["OLD.DOC"]),
        (".doc,.docx", vec!["OLD.DOC", "report.docx"]),
        (".xlsx", vec!["table.Xlsx"]),
        (".wopitest", vec!["document.wopitest"]),
        (".wopitest,.docx,.xlsx", vec!["document.wopitest", "report.docx", "table.Xlsx"]),
        (".wopitestx", vec!["near.wopitestx"]),
        (".txt,.txt", vec!["two.docx.txt"]),
        (".pptx", vec![]),
        // Malformed entries are ignored, the others count.
        (".docx,", vec!["report.docx"]),
        (",.docx", vec!["report.docx"]),
        ("xlsx,.docx", vec!["report.docx"]),
        ("*.xlsx,.docx", vec!["report.docx"]),
        (".*,.docx", vec!["report.docx"]),
        // Not one of them is usable: no files.
        ("docx", vec![]),
        ("*", vec![]),
        (".*", vec![]),
        ("*.docx", vec![]),
        (",", vec![]),
    ] {
        assert_eq!(filtered(&top, filter).await, wanted, "filter {filter:?}");
    }
    // No filter at all.
    assert_eq!(filtered(&top, "").await, all);
    // A filter as long as a header can be is no harm.
    let long = format!("{}.docx", ".abc,".repeat(1000));
    assert_eq!(filtered(&top, &long).await, ["report.docx"]);
    let bytes = top.call(reqwest::Method::GET, "/children");
    let bytes = bytes.header_bytes("X-WOPI-FileExtensionFilterList", b"\xff\xfe,.docx").send().await;
    bytes.expect_one_of(&[200, 400]);
}

#[tokio::test]
async fn c92_the_parent_lists_the_file_through_which_it_was_found() {
    let doc = Shared::server().document(b"content");
    let parent = doc.alice.parent().await;
    assert_eq!(parent.child_file("document.wopitest").await.src(), doc.alice.src());
    doc.alice.ecosystem().await.root().await.children().await.expect(200);
}

#[tokio::test]
async fn what_is_made_renamed_moved_and_deleted_shows_at_once() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    let other = top.new_container("other").await;
    let file = top.new_file("a.docx").await;
    assert_eq!(top.names().await, (vec!["other".into()], vec!["a.docx".into(), "document.wopitest".into()]));
    file.rename("b", None).await.expect(200);
    assert_eq!(top.names().await.1, ["b.docx", "document.wopitest"]);
    let path = |name: &str| format!("alice:{}/{name}", doc.folder);
    doc.binary().cli_ok(&["mv", &path("b.docx"), &path("other")], "");
    assert_eq!((top.names().await.1.len(), other.names().await.1), (1, vec!["b.docx".to_owned()]));
    assert_eq!(file.parent().await.src(), other.src());
    file.delete().await.expect(200);
    assert_eq!(other.names().await, (vec![], vec![]));
}
