//! What Collabora Online, ONLYOFFICE and other clients were seen to do: F-140 to F-145, and rescued
//! versions, which keep what such a client would lose.

use crate::support::{Shared, noise};
use reqwest::Method;

#[tokio::test]
async fn f140_a_save_with_the_stored_time_or_with_none_goes_through() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("cool-lock0123abcd").await.expect(200);
    let mut time = doc.alice.info().await.text("LastModifiedTime");
    for header in ["X-COOL-WOPI-Timestamp", "X-LOOL-WOPI-Timestamp", "x-cool-wopi-timestamp"] {
        for body in ["one", "two"] {
            let put = doc.alice.post("PUT").header("X-WOPI-Lock", "cool-lock0123abcd").header(header, &time);
            time = put.body(body).send().await.expect(200).text("LastModifiedTime");
        }
    }
    doc.alice.put(Some("cool-lock0123abcd"), "overwritten").await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"overwritten");
}

#[tokio::test]
async fn f141_a_save_over_somebody_elses_change_is_a_conflict_that_collabora_understands() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let stale = doc.alice.info().await.text("LastModifiedTime");
    doc.alice.put(Some("A"), "changed in storage").await.expect(200);
    let before = doc.alice.state().await;
    for (header, time) in [
        ("X-COOL-WOPI-Timestamp", stale.as_str()),
        ("X-LOOL-WOPI-Timestamp", stale.as_str()),
        ("X-COOL-WOPI-Timestamp", "1999-01-01T00:00:00.000000Z"),
        ("X-COOL-WOPI-Timestamp", "not a time"),
    ] {
        let put = doc.alice.post("PUT").header("X-WOPI-Lock", "A").header(header, time);
        let reply = put.body(format!("mine {header} {time}")).send().await.expect(409);
        assert_eq!(reply.json()["COOLStatusCode"], 1010, "{reply}");
        assert_eq!(reply.json()["LOOLStatusCode"], 1010, "old releases: {reply}");
        assert_eq!(doc.alice.state().await, before);
    }
    assert!(!doc.rescued().is_empty(), "the refused text is kept");
    doc.alice.put(Some("A"), "overwrite").await.expect(200);
}

#[tokio::test]
async fn f142_a_lock_in_the_way_comes_before_a_conflict_of_times() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let put = doc.alice.post("PUT").header("X-WOPI-Lock", "B").header("X-COOL-WOPI-Timestamp", "1999-01-01T00:00:00Z");
    let reply = put.body("mine").send().await.expect_conflict("A");
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    assert_ne!(body["COOLStatusCode"], 1010, "{reply}");
    assert!(body.is_object(), "a JSON body, even an empty one, spares Collabora an error: {reply}");
}

#[tokio::test]
async fn f143_a_rename_that_carries_the_document_ignores_it() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let rename = |name: &'static str| {
        doc.alice.post("RENAME_FILE").header("X-WOPI-RequestedName", name).header("X-WOPI-Lock", "A")
    };
    let reply = rename("ren+AOQ-med file").body(noise(143, 3_000_000)).send().await.expect(200);
    assert_eq!(reply.text("Name"), "renämed file");
    rename("chunked").chunked_body(&noise(143, 300_000), 8192).send().await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
    assert_eq!(doc.alice.info().await.text("BaseFileName"), "chunked.wopitest");
}

#[tokio::test]
async fn f144_a_flood_of_500_repeated_locks_is_answered_200_each() {
    let doc = Shared::server().document(b"content");
    let version = doc.alice.info().await.text("Version");
    for _ in 0..500 {
        assert_eq!(doc.alice.lock("cool-lock89abcdef").await.expect(200).version(), version);
    }
    assert_eq!(doc.alice.held_by().await, "cool-lock89abcdef");
    doc.alice.unlock("cool-lock89abcdef").await.expect(200);
}

#[tokio::test]
async fn f145_a_save_without_changes_is_still_answered_as_a_save() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    for prefix in ["X-COOL-WOPI", "X-LOOL-WOPI"] {
        let mut put = doc.alice.post("PUT").header("X-WOPI-Lock", "A");
        for (name, value) in
            [("IsModifiedByUser", "false"), ("IsAutosave", "true"), ("IsExitSave", "false"), ("ExtendedData", "a=b;c")]
        {
            put = put.header(&format!("{prefix}-{name}"), value);
        }
        let reply = put.body("unchanged").send().await.expect(200);
        assert_eq!(reply.text("LastModifiedTime"), doc.alice.info().await.text("LastModifiedTime"));
    }
}

#[tokio::test]
async fn collabora_opens_edits_and_closes_with_its_own_query_and_headers() {
    let doc = Shared::server().document_called("letter.odt", b"content");
    let bearer = format!("Bearer {}", doc.alice.token());
    let get = |suffix: &'static str, ttl: &'static str| {
        let call = doc.alice.call(Method::GET, suffix).also_query(&format!("access_token_ttl={ttl}"));
        call.header("Authorization", &bearer).header("X-COOL-WOPI-ServerId", "abc").send()
    };
    let info = get("", "0").await.expect(200);
    let post = |operation: &str| {
        let call = doc.alice.post(operation).also_query("access_token_ttl=1900000000000");
        call.header("Authorization", &bearer).header("X-WOPI-Lock", "cool-lock1234abcd")
    };
    post("LOCK").send().await.expect(200);
    assert_eq!(get("/contents", "1900000000000").await.expect(200).body, b"content");
    post("LOCK").send().await.expect(200);
    let put = post("PUT").header("X-COOL-WOPI-Timestamp", &info.text("LastModifiedTime"));
    let put = put.header("Content-Type", "application/octet-stream").header("X-COOL-WOPI-IsModifiedByUser", "true");
    put.body("edited").send().await.expect(200);
    post("UNLOCK").send().await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"edited");
}

#[tokio::test]
async fn collabora_moves_to_the_copy_that_it_saved() {
    let doc = Shared::server().document_called("letter.odt", b"content");
    doc.alice.lock("cool-lock-old").await.expect(200);
    let save =
        doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", "br+APY-ther.odt").header("X-WOPI-Size", "4");
    let reply = save.body("copy").send().await.expect(200);
    assert_eq!(reply.text("Name"), "bröther.odt");
    let copy = doc.alice.opened_at(&reply.text("Url"));
    doc.alice.unlock("cool-lock-old").await.expect(200);
    copy.info().await.expect(200);
    copy.lock("cool-lock-new").await.expect(200);
    assert_eq!(copy.get().await.expect(200).body, b"copy");
    copy.put(Some("cool-lock-new"), "edited copy").await.expect(200);
    copy.unlock("cool-lock-new").await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
}

#[tokio::test]
async fn the_bridge_swaps_its_lock_at_each_change_and_sends_no_override_with_a_save() {
    let doc = Shared::server().document_called("notes.md", b"content");
    let lock = |round: u32| format!(r#"{{"docid": "/p/x", "filename": "notes.md", "digest": "{round}", "app": "md"}}"#);
    doc.alice.post("LOCK").header("X-WOPI-Lock", &lock(0)).send().await.expect(200);
    for round in 1..4 {
        doc.alice.relock(&lock(round - 1), &lock(round)).await.expect(200);
        let put = doc.alice.call(Method::POST, "/contents").header("X-WOPI-Lock", &lock(round));
        put.body(format!("round {round}")).named("PUT").send().await.expect(200);
        assert_eq!(doc.alice.held_by().await, lock(round));
    }
    doc.alice.unlock(&lock(3)).await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"round 3");
}

#[tokio::test]
async fn onlyoffice_fills_a_new_file_before_it_locks_it_and_locks_with_the_files_id() {
    let doc = Shared::server().document_called("new.docx", b"");
    let id = doc.alice.id().to_owned();
    let put = doc.alice.post("PUT").header("X-LOOL-WOPI-IsModifiedByUser", "true");
    put.body("template").send().await.expect(200);
    let bob = doc.shared_with("bob", "editor");
    doc.alice.lock(&id).await.expect(200);
    bob.lock(&id).await.expect(200);
    bob.refresh(&id).await.expect(200);
    let get = doc.alice.call(Method::GET, "/contents").header("X-WOPI-MaxExpectedSize", "104857600");
    assert_eq!(get.send().await.expect(200).body, b"template");
    let time = bob.info().await.text("LastModifiedTime");
    let put = bob.post("PUT").header("X-WOPI-Lock", &id).header("X-LOOL-WOPI-Timestamp", &time);
    put.header("X-WOPI-Editors", &bob.info().await.text("UserId")).body("edited").send().await.expect(200);
    doc.alice.unlock(&id).await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"edited");
}

#[tokio::test]
async fn another_user_finishes_what_the_first_has_begun() {
    let doc = Shared::server().document(b"content");
    let bob = doc.shared_with("bob", "editor");
    doc.alice.lock("cool-lock-of-both").await.expect(200);
    bob.info().await.expect(200);
    bob.put(Some("cool-lock-of-both"), "finished by bob").await.expect(200);
    bob.unlock("cool-lock-of-both").await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"finished by bob");
}

#[tokio::test]
async fn excalidraw_locks_a_second_time_when_its_lock_is_gone() {
    let doc = Shared::server().document_called("drawing.excalidraw", b"{}");
    doc.alice.refresh("excalidraw-wopi-0123456789abcdef").await.expect_conflict("");
    doc.alice.lock("excalidraw-wopi-0123456789abcdef").await.expect(200);
    doc.alice.put(Some("excalidraw-wopi-0123456789abcdef"), "{\"elements\":[]}").await.expect(200);
}

#[tokio::test]
async fn a_save_that_comes_after_the_unlock_is_refused_and_rescued() {
    let doc = Shared::server().document(b"old");
    let late = noise(9, 50_000);
    doc.alice.lock("cool-lock-a").await.expect(200);
    doc.alice.unlock("cool-lock-a").await.expect(200);
    let before = doc.alice.state().await;
    doc.alice.put(Some("cool-lock-a"), late.clone()).await.expect_conflict("");
    assert_eq!(doc.alice.state().await, before);
    let rescued = doc.rescued();
    assert_eq!(rescued.len(), 1, "{rescued:?}");
    let number = rescued[0]["number"].to_string();
    doc.binary().cli_ok(&["restore", &doc.path, number.trim_matches('"'), "--user", "alice"], "");
    assert!(doc.alice.get().await.expect(200).body == late, "the owner has the text again");
}

#[tokio::test]
async fn every_refused_save_of_a_writer_is_rescued_and_no_accepted_one_is() {
    let doc = Shared::server().document(b"old");
    let bob = doc.shared_with("bob", "editor");
    let carol = doc.shared_with("carol", "viewer");
    doc.alice.put(None, "refused: not locked").await.expect_conflict("");
    doc.alice.lock("A").await.expect(200);
    doc.alice.put(Some("A"), "accepted").await.expect(200);
    assert_eq!(doc.rescued().len(), 1);
    bob.put(Some("B"), "refused: another's lock").await.expect_conflict("A");
    assert_eq!(doc.rescued().len(), 2);
    carol.put(Some("A"), "a viewer's").await.expect_one_of(&[401, 404]);
    doc.alice.with_token("wrong").put(Some("A"), "a stranger's").await.expect(401);
    assert_eq!(doc.rescued().len(), 2);
    assert_eq!(doc.alice.get().await.expect(200).body, b"accepted");
}
