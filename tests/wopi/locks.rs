//! Locks: F-50 to F-71. What needs time to move (F-65, F-66 and the exact reset of expiry in F-51 and
//! F-53) is tested inside the program with a clock that tests turn; what needs concurrency is in `concurrency`.

use crate::support::{Binary, Shared, Wopi, wopi::http_client};

/// A lock id as Office sends it.
const OFFICE: &str = r#"{"S":"0136ad16-7b2a-4bcc-9aad-5b0bd1bd2ba3","E":2,"M":"DE99","P":"6058 with  spaces"}"#;

#[tokio::test]
async fn f50_a_lock_on_an_unlocked_file_is_taken() {
    let doc = Shared::server().document(b"content");
    let version = doc.alice.info().await.text("Version");
    let reply = doc.alice.lock("A").await.expect(200);
    assert_eq!((reply.version(), reply.lock(), reply.body.len()), (version, None, 0));
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn f51_the_same_lock_again_is_a_refresh() {
    let doc = Shared::server().document(b"content");
    for _ in 0..3 {
        doc.alice.lock("A").await.expect(200);
    }
    assert_eq!(doc.alice.held_by().await, "A");
    doc.alice.unlock("A").await.expect(200);
    assert_eq!(doc.alice.held_by().await, "", "one Unlock ends it, however often it was taken");
}

#[tokio::test]
async fn f52_a_second_lock_is_refused_with_the_first_ones_id() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock(OFFICE).await.expect(200);
    doc.alice.lock("B").await.expect_conflict(OFFICE).expect_message();
    assert_eq!(doc.alice.held_by().await, OFFICE);
}

#[tokio::test]
async fn f53_a_refresh_needs_the_lock_that_holds() {
    let doc = Shared::server().document(b"content");
    doc.alice.refresh("A").await.expect_conflict("");
    doc.alice.lock("A").await.expect(200);
    doc.alice.refresh("A").await.expect(200);
    doc.alice.refresh("B").await.expect_conflict("A");
    doc.alice.unlock("A").await.expect(200);
    doc.alice.refresh("A").await.expect_conflict("");
    assert_eq!(doc.alice.held_by().await, "");
}

#[tokio::test]
async fn f54_an_unlock_needs_the_lock_that_holds() {
    let doc = Shared::server().document(b"content");
    doc.alice.unlock("A").await.expect_conflict("");
    doc.alice.lock("A").await.expect(200);
    doc.alice.unlock("B").await.expect_conflict("A");
    let reply = doc.alice.unlock("A").await.expect(200);
    assert_eq!((reply.version(), reply.lock()), (doc.alice.info().await.text("Version"), None));
    doc.alice.unlock("A").await.expect_conflict("");
}

#[tokio::test]
async fn f55_f59_unlock_and_relock_swaps_the_lock() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    doc.alice.relock("A", "B").await.expect(200);
    assert_eq!(doc.alice.held_by().await, "B");
    doc.alice.unlock("A").await.expect_conflict("B");
    doc.alice.unlock("B").await.expect(200);
    assert_eq!(doc.alice.held_by().await, "");
}

#[tokio::test]
async fn f56_unlock_and_relock_needs_the_lock_that_holds() {
    let doc = Shared::server().document(b"content");
    doc.alice.relock("A", "B").await.expect_conflict("");
    assert_eq!(doc.alice.held_by().await, "");
    doc.alice.lock("A").await.expect(200);
    doc.alice.relock("B", "C").await.expect_conflict("A");
    doc.alice.relock("B", "A").await.expect_conflict("A");
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn f57_the_whole_sequence_succeeds() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    doc.alice.refresh("A").await.expect(200);
    doc.alice.relock("A", "B").await.expect(200);
    doc.alice.unlock("B").await.expect(200);
}

#[tokio::test]
async fn f58_get_lock_always_has_its_header() {
    let doc = Shared::server().document(b"content");
    assert_eq!(doc.alice.get_lock().await.expect(200).lock(), Some(""), "never locked");
    doc.alice.lock("A").await.expect(200);
    assert_eq!(doc.alice.get_lock().await.expect(200).lock(), Some("A"));
    doc.alice.unlock("A").await.expect(200);
    assert_eq!(doc.alice.get_lock().await.expect(200).lock(), Some(""), "unlocked");
}

#[tokio::test]
async fn f60_lock_ids_of_up_to_1024_characters_come_back_whole() {
    let doc = Shared::server().document(b"content");
    for length in [1, 256, 257, 1024] {
        let id: String = "0123456789abcdef".chars().cycle().take(length).collect();
        doc.alice.lock(&id).await.expect(200);
        assert_eq!(doc.alice.held_by().await, id);
        doc.alice.lock("other").await.expect_conflict(&id);
        doc.alice.put(Some(&id), "x").await.expect(200);
        doc.alice.unlock(&id).await.expect(200);
    }
    let long = "x".repeat(1025);
    doc.alice.lock(&long).await.expect(400).expect_message();
    assert_eq!(doc.alice.held_by().await, "");
    doc.alice.lock("A").await.expect(200);
    doc.alice.refresh(&long).await.expect(400);
    doc.alice.unlock(&long).await.expect(400);
    doc.alice.relock("A", &long).await.expect(400);
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn f61_lock_ids_are_opaque_and_compared_exactly() {
    let doc = Shared::server().document(b"content");
    let printable: String = (0x21..0x7F_u8).map(char::from).collect();
    for id in [OFFICE, r#"{"S":"a","L":"b,c;d"}"#, "a  b", "=?utf-8?q?x?=", "\"quoted\"", printable.as_str()] {
        doc.alice.lock(id).await.expect(200);
        assert_eq!(doc.alice.held_by().await, id);
        for other in [id.replace(' ', ""), id.to_uppercase(), id.to_lowercase(), format!("{id}x"), format!("x{id}")] {
            if other != id {
                doc.alice.lock(&other).await.expect_conflict(id);
                doc.alice.unlock(&other).await.expect_conflict(id);
            }
        }
        doc.alice.unlock(id).await.expect(200);
    }
}

#[tokio::test]
async fn f62_a_missing_lock_id_is_400_and_tells_the_current_one() {
    let doc = Shared::server().document(b"content");
    for held in ["", "A"] {
        if !held.is_empty() {
            doc.alice.lock(held).await.expect(200);
        }
        for operation in ["LOCK", "REFRESH_LOCK", "UNLOCK"] {
            for call in [doc.alice.post(operation), doc.alice.post(operation).header("X-WOPI-Lock", "")] {
                let reply = call.send().await.expect(400).expect_message();
                assert_eq!(reply.lock().unwrap_or_default(), held, "2.2: Office probes in this way: {reply}");
            }
        }
        let relock = doc.alice.post("LOCK").header("X-WOPI-OldLock", "A");
        relock.send().await.expect(400);
        doc.alice.post("LOCK").header("X-WOPI-OldLock", "A").header("X-WOPI-Lock", "").send().await.expect(400);
        assert_eq!(doc.alice.held_by().await, held);
    }
}

#[tokio::test]
async fn f63_a_lock_with_an_empty_old_lock_is_a_lock() {
    let doc = Shared::server().document(b"content");
    let lock = |id: &'static str| doc.alice.post("LOCK").header("X-WOPI-OldLock", "").header("X-WOPI-Lock", id).send();
    lock("A").await.expect(200);
    lock("A").await.expect(200);
    lock("B").await.expect_conflict("A");
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn f64_a_lock_belongs_to_no_user() {
    let doc = Shared::server().document(b"content");
    let bob = doc.shared_with("bob", "editor");
    doc.alice.lock("A").await.expect(200);
    bob.refresh("A").await.expect(200);
    bob.put(Some("A"), "by bob").await.expect(200);
    bob.relock("A", "B").await.expect(200);
    doc.alice.lock("A").await.expect_conflict("B");
    doc.alice.put(Some("B"), "by alice").await.expect(200);
    bob.unlock("B").await.expect(200);
    assert_eq!(doc.alice.held_by().await, "");
}

#[tokio::test]
async fn f67_no_lock_operation_changes_the_version() {
    let doc = Shared::server().document(b"content");
    let before = doc.alice.info().await.expect(200).json();
    let version = before["Version"].as_str().expect("a version").to_owned();
    assert_eq!(doc.alice.get().await.expect(200).version(), version);
    assert_eq!(doc.alice.lock("A").await.expect(200).version(), version);
    for reply in [doc.alice.refresh("A").await, doc.alice.relock("A", "B").await, doc.alice.get_lock().await] {
        let reply = reply.expect(200);
        assert!(reply.header("X-WOPI-ItemVersion").is_none_or(|found| found == version), "{reply}");
    }
    assert_eq!(doc.alice.unlock("B").await.expect(200).version(), version);
    let after = doc.alice.info().await.expect(200).json();
    for name in ["Version", "LastModifiedTime", "Size", "SHA256"] {
        assert_eq!(after[name], before[name], "{name}");
    }
}

#[tokio::test]
async fn f68_locks_survive_a_kill_and_an_orderly_restart_and_a_rename_but_not_a_deletion() {
    let mut server = Binary::serve();
    server.add_user("alice", &[]);
    server.import("alice", &[("one.docx", b"one"), ("two.docx", b"two")]);
    let open = |server: &Binary, path: &str| Wopi::from_json(http_client(), &server.token("alice", path));
    let (one, two) = (open(&server, "/one.docx"), open(&server, "/two.docx"));
    one.lock(OFFICE).await.expect(200);
    one.put(Some(OFFICE), "saved").await.expect(200);
    two.lock("B").await.expect(200);
    two.unlock("B").await.expect(200);

    server.crash_and_restart();
    let (one, two) = (one.reconnected(), two.reconnected());
    assert_eq!(one.held_by().await, OFFICE);
    assert_eq!(one.get().await.expect(200).body, b"saved");
    assert_eq!(two.held_by().await, "");
    one.lock("C").await.expect_conflict(OFFICE);
    one.rename("renamed", Some(OFFICE)).await.expect(200);
    assert_eq!(one.held_by().await, OFFICE);

    assert!(server.terminate().success());
    server.launch();
    let (one, two) = (one.reconnected(), two.reconnected());
    assert_eq!(one.held_by().await, OFFICE);
    assert_eq!(one.info().await.text("BaseFileName"), "renamed.docx");
    one.unlock(OFFICE).await.expect(200);
    one.delete().await.expect(200);
    one.get_lock().await.expect(404);
    let heir = two.sibling("renamed.docx", b"heir").await;
    assert_eq!(heir.held_by().await, "", "a file of the same name inherits no lock");
    assert_ne!(heir.id(), one.id());
}

#[tokio::test]
async fn f72_on_a_host_without_co_authoring_a_time_out_header_is_ignored() {
    let doc = Shared::server().document(b"content");
    for value in ["59", "60", "3601", "soon"] {
        let call = doc.alice.post("LOCK").header("X-WOPI-Lock", "A").header("X-WOPI-LockExpirationTimeout", value);
        call.header("X-WOPI-LockUserVisible", "true").send().await.expect(200);
    }
    let reply = doc.alice.lock("B").await.expect_conflict("A");
    assert_eq!(reply.header("X-WOPI-ConflictingLockUsername"), None);
}

#[tokio::test]
async fn the_command_line_lists_shows_and_breaks_locks() {
    let server = Shared::server();
    let doc = server.document(b"content");
    doc.alice.lock("held-by-a-test").await.expect(200);
    let path = format!("alice:{}", doc.path);
    let shown = server.binary().cli_ok(&["lock", "show", &path], "");
    assert!(shown.stdout.contains("held-by-a-test"), "{shown:?}");
    assert!(server.binary().cli_ok(&["lock", "list"], "").stdout.contains("document.wopitest"));
    server.binary().cli_ok(&["lock", "break", &path], "");
    assert_eq!(doc.alice.held_by().await, "");
    doc.alice.put(Some("held-by-a-test"), "late").await.expect_conflict("");
}
