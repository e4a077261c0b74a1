//! `PutFile`: F-80 to F-89. F-90 is in `concurrency`.

use crate::support::{Shared, noise, raw::Raw, sha256};
use reqwest::Method;
use std::collections::HashSet;

#[tokio::test]
async fn f80_a_save_under_the_right_lock_is_what_is_read_afterwards() {
    let doc = Shared::server().document(b"old");
    let old = doc.alice.lock("A").await.expect(200).version();
    for size in [1, 100, 16_384, 65_537, 2_000_000] {
        let bytes = noise(80 + size as u64, size);
        let saved = doc.alice.put(Some("A"), bytes.clone()).await.expect(200);
        assert_ne!(saved.version(), old);
        let read = doc.alice.get().await.expect(200);
        assert!(read.body == bytes, "{size} bytes did not come back");
        assert_eq!(read.version(), saved.version());
        let info = doc.alice.info().await.expect(200).json();
        assert_eq!((&info["Version"], &info["Size"]), (&saved.version().into(), &size.into()));
    }
    let last = doc.alice.info().await.text("Version");
    assert_eq!(doc.alice.unlock("A").await.expect(200).version(), last);
}

#[tokio::test]
async fn f81_a_save_under_a_wrong_or_missing_lock_is_refused_with_the_current_one() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    for lock in [Some("B"), Some(""), Some("a"), None] {
        doc.alice.put(lock, "lost").await.expect_conflict("A");
        assert_eq!(doc.alice.state().await, before);
    }
}

#[tokio::test]
async fn f82_a_save_to_an_unlocked_file_that_has_bytes_is_refused_with_an_empty_lock() {
    let doc = Shared::server().document(b"precious");
    let before = doc.alice.state().await;
    for lock in [None, Some(""), Some("A")] {
        doc.alice.put(lock, "lost").await.expect_conflict("");
        assert_eq!(doc.alice.state().await, before);
    }
}

#[tokio::test]
async fn f83_a_new_file_is_filled_without_a_lock() {
    let doc = Shared::server().document(b"");
    assert_eq!(doc.alice.info().await.expect(200).json()["Size"], 0);
    let saved = doc.alice.put(None, "the first bytes").await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).version(), saved.version());
    assert_eq!(doc.alice.get().await.expect(200).body, b"the first bytes");
    assert_eq!(doc.alice.held_by().await, "");
    doc.alice.put(None, "the second").await.expect_conflict("");
}

#[tokio::test]
async fn f84_a_file_can_be_emptied_under_its_lock_and_filled_again_without() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let emptied = doc.alice.put(Some("A"), "").await.expect(200);
    let info = doc.alice.info().await.expect(200).json();
    assert_eq!(
        (&info["Size"], &info["Version"], &info["SHA256"]),
        (&0.into(), &emptied.version().into(), &sha256(b"").into())
    );
    doc.alice.put(None, "no").await.expect_conflict("A");
    doc.alice.unlock("A").await.expect(200);
    doc.alice.put(None, "filled").await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"filled");
}

#[tokio::test]
async fn f85_every_save_has_a_version_of_its_own_even_of_the_same_bytes() {
    let doc = Shared::server().document(b"same");
    doc.alice.lock("A").await.expect(200);
    let mut seen = HashSet::from([doc.alice.info().await.text("Version").to_lowercase()]);
    for body in ["same", "same", "", "", "other", "same", "other"] {
        let version = doc.alice.put(Some("A"), body).await.expect(200).version();
        assert!(seen.insert(version.to_lowercase()), "{version} comes a second time, or differs only in case");
    }
}

#[tokio::test]
async fn f85_a_restored_version_is_a_new_version() {
    let server = Shared::server();
    let doc = server.document(b"first");
    doc.alice.lock("A").await.expect(200);
    doc.alice.put(Some("A"), "second").await.expect(200);
    let seen = doc.alice.unlock("A").await.expect(200).version();
    let versions = server.binary().versions("alice", &doc.path);
    let numbers: Vec<u64> = versions.iter().filter_map(|v| v["number"].as_u64()).collect();
    assert!(numbers.len() >= 2, "{versions:?}");
    let oldest = numbers.iter().min().expect("a number").to_string();
    server.binary().cli_ok(&["restore", &doc.path, &oldest, "--user", "alice"], "");
    let read = doc.alice.get().await.expect(200);
    assert_eq!(read.body, b"first");
    assert_ne!(read.version(), seen);
}

#[tokio::test]
async fn a_version_is_not_restored_while_the_file_is_locked() {
    let server = Shared::server();
    let doc = server.document(b"first");
    doc.alice.lock("A").await.expect(200);
    doc.alice.put(Some("A"), "second").await.expect(200);
    let numbers = server.binary().versions("alice", &doc.path);
    let oldest = numbers.iter().filter_map(|v| v["number"].as_u64()).min().expect("a number").to_string();
    let refused = server.binary().cli(&["restore", &doc.path, &oldest, "--user", "alice"], "");
    assert!(!refused.status.success() && refused.stderr.contains("lock"), "{refused:?}");
    assert_eq!(doc.alice.get().await.expect(200).body, b"second");
}

#[tokio::test]
async fn f86_a_body_over_the_limit_is_413_and_changes_nothing() {
    let doc = Shared::with_small_bodies().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    let over = noise(86, 256 * 1024 + 1);
    let put = || doc.alice.post("PUT").header("X-WOPI-Lock", "A");
    put().body(over.clone()).send().await.expect(413).expect_message();
    put().chunked_body(&over, 10_000).send().await.expect(413).expect_message();
    assert_eq!(doc.alice.state().await, before);
    let exact = &over[..256 * 1024];
    put().body(exact).send().await.expect(200);
    put().chunked_body(exact, 10_000).send().await.expect(200);
    assert!(doc.alice.get().await.expect(200).body == exact);
}

#[tokio::test]
async fn f86_an_upload_that_is_cut_off_changes_nothing() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    for (length, sent) in [("1000", 500), ("500000", 400_000), ("10", 0)] {
        let mut raw = Raw::to(&doc.alice);
        let headers = [("X-WOPI-Override", "PUT"), ("X-WOPI-Lock", "A"), ("Content-Length", length)];
        assert!(raw.write(Raw::head(&doc.alice, "POST", "/contents", &headers)) && raw.write(noise(1, sent)));
        raw.finish();
        // The host may say so or just close; it must not say that it saved.
        assert!(raw.reply("cut").is_none_or(|reply| reply.status >= 400));
        assert_eq!(doc.alice.state().await, before, "{sent} of {length} bytes");
    }
}

#[tokio::test]
async fn f87_saves_go_on_under_one_lock() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    for round in 0..20_u64 {
        doc.alice.put(Some("A"), noise(round, 5000)).await.expect(200);
        assert_eq!(doc.alice.held_by().await, "A");
    }
    assert!(doc.alice.get().await.expect(200).body == noise(19, 5000));
}

#[tokio::test]
async fn f88_no_list_of_editors_fails_a_save() {
    let doc = Shared::server().document(b"content");
    let me = doc.alice.info().await.text("UserId");
    doc.alice.lock("A").await.expect(200);
    let many = vec!["someone"; 500].join(",");
    for editors in [me.as_bytes(), b"", b",", b" , a ,, b ", b"caf\xc3\xa9,\xff", many.as_bytes()] {
        let put = doc.alice.post("PUT").header("X-WOPI-Lock", "A").header_bytes("X-WOPI-Editors", editors);
        put.body("saved").send().await.expect(200);
    }
}

#[tokio::test]
async fn f89_a_save_answers_with_the_time_that_check_file_info_gives() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    for _ in 0..3 {
        let said = doc.alice.put(Some("A"), "new").await.expect(200).text("LastModifiedTime");
        assert_eq!(said, doc.alice.info().await.text("LastModifiedTime"));
    }
}

#[tokio::test]
async fn bodies_behave_the_same_with_a_length_and_chunked() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    for (size, piece) in [(0, 1), (1, 1), (5000, 7), (300_000, 65_536), (300_000, 1000)] {
        let bytes = noise(size as u64, size);
        let put = doc.alice.post("PUT").header("X-WOPI-Lock", "A").chunked_body(&bytes, piece);
        put.send().await.expect(200);
        let read = doc.alice.get().await.expect(200);
        assert!(read.body == bytes, "{size} bytes in pieces of {piece}");
        assert_eq!(doc.alice.info().await.text("SHA256"), sha256(&bytes));
    }
}

#[tokio::test]
async fn a_save_without_an_override_is_a_save() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let put = doc.alice.call(Method::POST, "/contents").header("X-WOPI-Lock", "A").body("bare").named("PUT");
    put.send().await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"bare");
}
