//! `CreateChildFile`: C-53 to C-69, the decision table of section 4.3 row by row.

use crate::support::container::{OVERWRITE, RELATIVE, SUGGESTED};
use crate::support::{Container, Reply, Shared, Wopi};
use serde_json::json;

fn folder() -> Container {
    Shared::server().document(b"content").container()
}

/// An existing file with bytes, as the target of a specific name.
async fn target(top: &Container) -> Wopi {
    let file = top.new_file("taken.docx").await;
    file.put(None, "precious").await.expect(200);
    file
}

/// Holds a success to what all of them share.
async fn check_new(top: &Container, reply: &Reply) -> Wopi {
    let file = top.made_file(reply);
    let (info, json) = (file.info().await.expect(200).json(), reply.json());
    assert_eq!(info["Size"], 0, "C-66: {info}");
    assert_eq!(info["BaseFileName"], json["Name"]);
    assert_eq!((&info["UserCanWrite"], &info["UserCanRename"]), (&json!(true), &json!(true)));
    assert_eq!(info["SupportsRename"], true, "C-115");
    for name in ["HostViewUrl", "HostEditUrl", "HostEditNewUrl"] {
        if let Some(url) = json[name].as_str() {
            assert!(reqwest::Url::parse(url).is_ok_and(|url| url.has_host()), "C-63: {name}: {json}");
            let of_file = info[name].as_str();
            assert!(name == "HostEditNewUrl" || of_file == Some(url), "section 4.3: {name} {of_file:?}: {json}");
        }
    }
    let parent = top.info().await.expect(200).json();
    for flag in ["IsEduUser", "LicenseCheckForEditIsEnabled"] {
        assert!(info[flag] == parent[flag] && info[flag].is_boolean(), "C-66: {flag}: {info} {parent}");
    }
    file
}

#[tokio::test]
async fn row_1_c53_both_targets_answer_501() {
    let top = folder();
    target(&top).await;
    let before = top.names().await;
    for (relative, suggested) in [("new.docx", "new.docx"), ("taken.docx", ".docx"), ("a/b", "a/b"), ("new.docx", ".x")]
    {
        for overwrite in [None, Some("true")] {
            let mut call = top.file_call().header(RELATIVE, relative).header(SUGGESTED, suggested);
            if let Some(value) = overwrite {
                call = call.header(OVERWRITE, value);
            }
            call.send().await.expect(501).expect_message();
        }
    }
    assert_eq!(top.names().await, before);
}

#[tokio::test]
async fn row_2_no_target_answers_400() {
    let top = folder();
    let before = top.names().await;
    top.file_call().send().await.expect(400).expect_message();
    top.file_call().header(OVERWRITE, "true").send().await.expect(400);
    top.file_call().header(RELATIVE, "").send().await.expect(400);
    assert_eq!(top.names().await, before);
}

#[tokio::test]
async fn row_3_c54_a_suggestion_that_is_free_and_legal_is_taken() {
    let top = folder();
    for name in ["Budget 2031.xlsx", "madeup_name.wopitestx", "Über.pptx", "UPPER.DOCX"] {
        let reply = top.suggest_file(name).await.expect(200);
        assert_eq!(reply.text("Name"), name);
        check_new(&top, &reply).await;
    }
}

#[tokio::test]
async fn row_4_c55_a_suggestion_that_is_taken_gets_another_name_with_the_same_extension() {
    let top = folder();
    let old = target(&top).await;
    old.lock("held").await.expect(200);
    let before = old.state().await;
    let mut names = std::collections::HashSet::from(["taken.docx".to_owned()]);
    // Leave to overwrite, and a lock, mean nothing here.
    for overwrite in [None, Some("true"), Some("false"), Some("True")] {
        let mut call = top.file_call().header(SUGGESTED, "taken.docx");
        if let Some(value) = overwrite {
            call = call.header(OVERWRITE, value);
        }
        let reply = call.send().await.expect(200);
        let name = reply.text("Name");
        assert!(name.ends_with(".docx") && name.starts_with("taken"), "{name}");
        assert!(names.insert(name.to_lowercase()), "{name} came twice");
        assert_ne!(check_new(&top, &reply).await.id(), old.id());
        assert_eq!(old.state().await, before);
    }
}

#[tokio::test]
async fn row_5_c56_an_extension_alone_gets_a_base_name_and_is_made_unique() {
    let top = folder();
    let mut names = std::collections::HashSet::new();
    for extension in [".docx", ".docx", ".docx", ".xlsx", ".PPTX", ".wopitestx"] {
        let reply = top.suggest_file(extension).await.expect(200);
        let name = reply.text("Name");
        assert!(name.ends_with(extension) && name.len() > extension.len() && !name.starts_with('.'), "{name}");
        assert!(names.insert(name.clone()), "{name} came twice");
        check_new(&top, &reply).await;
    }
}

#[tokio::test]
async fn row_6_c57_c58_c64_an_exact_name_that_is_free_is_used_exactly() {
    let top = folder();
    for (name, overwrite) in [
        ("plain.docx", None),
        ("madeup_name.wopitestx", None),
        ("With Spaces.docx", Some("True")),
        ("tricky (1).tar.docx", Some("False")),
        ("odd.docx", Some("perhaps")),
        ("empty.docx", Some("")),
        ("no extension", Some("true")),
        ("日本語.pptx", Some("false")),
    ] {
        let reply = top.create_file(name, overwrite).await.expect(200);
        assert_eq!(reply.text("Name"), name);
        check_new(&top, &reply).await;
    }
}

#[tokio::test]
async fn row_7_an_illegal_exact_name_answers_400_whatever_the_overwrite_header() {
    let top = folder();
    let before = top.names().await;
    for overwrite in [None, Some("true"), Some("false")] {
        for name in ["a/b.docx", "..", "x\\y.docx", "../taken.docx", "a?.docx"] {
            let reply = top.create_file(name, overwrite).await.expect(400);
            assert!(reply.header("X-WOPI-InvalidFileNameError").is_some(), "{reply}");
        }
    }
    assert_eq!(top.names().await, before);
}

#[tokio::test]
async fn row_8_c59_c68_an_exact_name_that_is_taken_answers_409_without_leave_to_overwrite() {
    let top = folder();
    let old = target(&top).await;
    let before = old.state().await;
    for overwrite in [None, Some("false"), Some("False"), Some("FALSE"), Some("")] {
        let reply = top.create_file("taken.docx", overwrite).await.expect(409);
        assert_eq!(reply.lock().unwrap_or_default(), "", "C-68: {reply}");
        assert_eq!(old.state().await, before);
    }
    // Locked, it is still a clash of names first of all: either way the file stays.
    old.lock("held").await.expect(200);
    let before = old.state().await;
    top.create_file("taken.docx", None).await.expect(409);
    assert_eq!(old.state().await, before);
}

#[tokio::test]
async fn row_9_c60_c62_an_unlocked_file_is_emptied_on_demand_and_keeps_its_id() {
    let top = folder();
    let old = target(&top).await;
    for overwrite in ["true", "True", "TRUE"] {
        old.lock("fill").await.expect(200);
        old.put(Some("fill"), "precious").await.expect(200);
        old.unlock("fill").await.expect(200);
        let version = old.info().await.expect(200).text("Version");
        let reply = top.create_file("taken.docx", Some(overwrite)).await.expect(200);
        assert!(reply.text("Name").ends_with(".docx"), "{reply}");
        let new = check_new(&top, &reply).await;
        assert_eq!(new.src(), old.src(), "C-60");
        assert_ne!(old.info().await.expect(200).text("Version"), version, "C-60");
        assert_eq!(old.get().await.expect(200).body, b"");
    }
    // A user's text is never thrown away: the emptied versions are in the history.
    assert_eq!(top.names().await.1, ["document.wopitest", "taken.docx"]);
    // The name is found whatever the case of its letters.
    let reply = top.create_file("TAKEN.docx", Some("true")).await.expect_one_of(&[200, 409]);
    assert!(reply.status == 409 || top.made_file(&reply).src() == old.src(), "C-29: {reply}");
}

#[tokio::test]
async fn row_10_c61_a_locked_file_is_not_overwritten() {
    let top = folder();
    let old = target(&top).await;
    old.lock("the lock held").await.expect(200);
    let before = old.state().await;
    for overwrite in ["true", "True", "TRUE"] {
        top.create_file("taken.docx", Some(overwrite)).await.expect_conflict("the lock held");
    }
    let with_id = top.file_call().header(RELATIVE, "taken.docx").header(OVERWRITE, "true");
    with_id.header("X-WOPI-Lock", "the lock held").send().await.expect_conflict("the lock held");
    assert_eq!(old.state().await, before);
    old.unlock("the lock held").await.expect(200);
    top.create_file("taken.docx", Some("true")).await.expect(200);
}

#[tokio::test]
async fn row_11_whoever_may_not_write_overwrites_nothing() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let old = target(&doc.container()).await;
    let before = old.state().await;
    let bob = doc.container_shared_with("bob", "viewer");
    bob.create_file("taken.docx", Some("true")).await.expect_one_of(&[404, 501]);
    bob.create_file("taken.docx", None).await.expect(404);
    assert_eq!(old.state().await, before);
}

#[tokio::test]
async fn c60_what_is_overwritten_stays_in_the_history() {
    let server = Shared::server();
    let doc = server.document(b"precious");
    doc.container().create_file("document.wopitest", Some("true")).await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"");
    let versions = server.binary().versions("alice", &doc.path);
    assert!(versions.len() >= 2, "{versions:?}");
}

#[tokio::test]
async fn c66_the_new_file_is_filled_without_a_lock_or_as_office_does() {
    let top = folder();
    let plain = top.new_file("plain.docx").await;
    plain.put(None, "bytes").await.expect(200);
    assert_eq!(plain.get().await.expect(200).body, b"bytes");
    // Not again: it is not empty any more.
    plain.put(None, "more").await.expect(409);

    let office = top.new_file("office.docx").await;
    for reply in [
        office.lock("A").await.expect(200),
        office.put(Some("A"), "bytes of Office").await.expect(200),
        office.unlock("A").await.expect(200),
    ] {
        assert!(!reply.version().is_empty(), "C-119");
    }
    assert_eq!(office.get().await.expect(200).body, b"bytes of Office");
}

#[tokio::test]
async fn c66_an_emptied_file_can_be_filled_without_a_lock() {
    let top = folder();
    let old = target(&top).await;
    let new = top.made_file(&top.create_file("taken.docx", Some("true")).await.expect(200));
    new.put(None, "the new text").await.expect(200);
    assert_eq!(old.get().await.expect(200).body, b"the new text");
}

#[tokio::test]
async fn the_new_file_is_listed_unlocked_and_belongs_to_the_drive() {
    let doc = Shared::server().document(b"content");
    let bob = doc.container_shared_with("bob", "editor");
    let file = bob.new_file("of bob.docx").await;
    assert_eq!(file.held_by().await, "");
    assert_eq!(doc.container().names().await.1, ["document.wopitest", "of bob.docx"]);
    let info = file.info().await.expect(200).json();
    assert_eq!(info["OwnerId"], doc.alice.info().await.json()["OwnerId"]);
    let mine = doc.container().child_file("of bob.docx").await;
    assert_eq!(mine.src(), file.src());
}
