//! `RenameFile` and `DeleteFile`: F-115 to F-122.

use crate::put_relative::UTF7;
use crate::support::Shared;

#[tokio::test]
async fn f115_f116_a_rename_gives_the_new_stem_and_keeps_the_extension() {
    let doc = Shared::server().document_called("Before.DOCX", b"content");
    let before = doc.alice.info().await.expect(200).json();
    for (name, lock) in [("after", None), ("after again", Some("")), ("with.dots.docx", Some("not checked"))] {
        let reply = doc.alice.rename(name, lock).await.expect(200);
        assert_eq!(reply.text("Name"), name);
        let info = doc.alice.info().await.expect(200).json();
        assert_eq!(info["BaseFileName"], format!("{name}.DOCX"));
        for same in ["FileExtension", "Version", "Size", "SHA256", "LastModifiedTime"] {
            assert_eq!(info[same], before[same], "{same}");
        }
    }
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
}

#[tokio::test]
async fn f116_a_rename_to_the_present_name_or_to_another_case_of_it_succeeds() {
    let doc = Shared::server().document(b"content");
    assert_eq!(doc.alice.rename("document", None).await.expect(200).text("Name"), "document");
    assert_eq!(doc.alice.rename("DOCUMENT", None).await.expect(200).text("Name"), "DOCUMENT");
    assert_eq!(doc.alice.info().await.text("BaseFileName"), "DOCUMENT.wopitest");
}

#[tokio::test]
async fn f117_a_locked_file_is_renamed_only_under_its_lock() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    for lock in [None, Some(""), Some("B")] {
        doc.alice.rename("other", lock).await.expect_conflict("A");
        assert_eq!(doc.alice.info().await.text("BaseFileName"), "document.wopitest");
    }
    assert_eq!(doc.alice.rename("other", Some("A")).await.expect(200).text("Name"), "other");
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn f118_requested_names_are_utf_7() {
    let doc = Shared::server().document(b"content");
    for (header, name) in UTF7 {
        assert_eq!(doc.alice.rename(header, None).await.expect(200).text("Name"), name);
        let reported = doc.alice.info().await.text("BaseFileName");
        if !name.contains(['%', '{', '[']) {
            assert_eq!(reported, format!("{name}.wopitest"));
        }
    }
}

#[tokio::test]
async fn f119_a_deleted_file_is_not_renamed() {
    let doc = Shared::server().document(b"content");
    doc.alice.delete().await.expect(200);
    doc.alice.rename("other", None).await.expect(404);
}

#[tokio::test]
async fn f120_a_taken_or_illegal_name_is_adjusted_or_refused_and_overwrites_nothing() {
    let doc = Shared::server().document(b"content");
    let other = doc.alice.sibling("taken.wopitest", b"precious").await;
    let long = "n".repeat(2000);
    for name in
        ["taken", "TAKEN", "../taken", "a/b", "a\\b", "..", ".", "+AAA-", "+2D0-", "+AAo-", "*?<>|", &long, " ", "CON"]
    {
        let reply = doc.alice.rename(name, None).await.expect_one_of(&[200, 400]);
        if reply.status == 200 {
            let given = reply.text("Name");
            assert!(!given.is_empty() && !given.contains(['/', '\\', '\0', '\n']), "{name} became {given:?}");
            assert_ne!(given.to_lowercase(), "taken");
        } else {
            assert!(reply.header("X-WOPI-InvalidFileNameError").is_some_and(|e| e.contains(' ')), "{name}: {reply}");
        }
        assert!(doc.alice.info().await.text("BaseFileName").ends_with(".wopitest"));
    }
    for call in [doc.alice.post("RENAME_FILE"), doc.alice.post("RENAME_FILE").header("X-WOPI-RequestedName", "")] {
        let reply = call.send().await.expect(400);
        assert!(reply.header("X-WOPI-InvalidFileNameError").is_some_and(|error| !error.is_empty()), "{reply}");
    }
    assert_eq!(other.get().await.expect(200).body, b"precious");
    assert_eq!(other.info().await.text("BaseFileName"), "taken.wopitest");
}

#[tokio::test]
async fn f121_on_a_host_without_co_authoring_its_lock_header_is_ignored() {
    let doc = Shared::server().document(b"content");
    let rename = |name: &'static str, lock: &'static str| {
        let call = doc.alice.post("RENAME_FILE").header("X-WOPI-RequestedName", name);
        call.header("X-WOPI-CoauthLockId", "co-authoring").header("X-WOPI-Lock", lock).send()
    };
    rename("one", "").await.expect(200);
    doc.alice.lock("A").await.expect(200);
    rename("two", "").await.expect_conflict("A");
    rename("three", "B").await.expect_conflict("A");
    assert_eq!(doc.alice.info().await.text("BaseFileName"), "one.wopitest");
}

#[tokio::test]
async fn f122_a_deleted_file_is_gone_for_every_operation() {
    let doc = Shared::server().document(b"content");
    let reply = doc.alice.delete().await.expect(200);
    assert!(reply.body.is_empty(), "{reply}");
    for (operation, reply) in crate::common::every_operation(&doc.alice).await {
        assert_eq!(reply.status, 404, "{operation}: {reply}");
    }
    // Its name is free, and its id is not given to another.
    let folder = Shared::server().document_called("source.wopitest", b"source");
    let heir = folder.alice.sibling("document.wopitest", b"heir").await;
    assert_ne!(heir.id(), doc.alice.id());
}

#[tokio::test]
async fn f122_a_locked_file_is_not_deleted_whoever_asks() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    doc.alice.delete().await.expect_conflict("A");
    doc.alice.post("DELETE").header("X-WOPI-Lock", "A").send().await.expect_conflict("A");
    let refused = doc.binary().cli(&["rm", &format!("alice:{}", doc.path)], "");
    assert!(!refused.status.success(), "{refused:?}");
    assert_eq!(doc.alice.state().await, before);
    doc.alice.unlock("A").await.expect(200);
    doc.alice.delete().await.expect(200);
}

#[tokio::test]
async fn a_deleted_file_comes_back_from_the_bin_with_its_id() {
    let doc = Shared::server().document(b"content");
    doc.alice.delete().await.expect(200);
    let listed = doc.binary().cli_ok(&["bin", "list", "--user", "alice"], "");
    assert!(listed.stdout.contains("document.wopitest"), "{listed:?}");
    doc.binary().cli_ok(&["bin", "restore", doc.alice.id(), "--user", "alice"], "");
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
    assert_eq!(doc.alice.held_by().await, "");
}

#[tokio::test]
async fn a_deletion_is_in_the_audit_trail_and_a_refused_one_is_not() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let told = || {
        let trail = server.binary().cli_ok(&["audit", "--user", "alice", "--json"], "").stdout;
        let trail: Vec<serde_json::Value> = serde_json::from_str(&trail).expect("JSON");
        trail.into_iter().filter(|entry| entry["id"] == doc.alice.id()).collect::<Vec<_>>()
    };
    doc.alice.lock("A").await.expect(200);
    doc.alice.delete().await.expect_conflict("A");
    assert!(told().iter().all(|entry| entry["event"] != "deleted"));
    doc.alice.unlock("A").await.expect(200);
    doc.alice.delete().await.expect(200);
    let told = told();
    assert_eq!((&told[0]["event"], &told[0]["detail"]), (&"deleted".into(), &"to the bin, by WOPI".into()));
    assert_eq!((&told[0]["by"], &told[0]["from"]), (&"alice".into(), &"127.0.0.1".into()));
    assert_eq!(told[0]["path"], format!("alice:{}", doc.path));
}
