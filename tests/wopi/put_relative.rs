//! `PutRelativeFile`: F-95 to F-111.

use crate::support::{Doc, Reply, Shared, Wopi, noise};
use std::collections::HashSet;

/// Twenty bytes that no other file has.
const NEW: &str = "the bytes of the new";

async fn check_new(source: &Wopi, reply: &Reply, bytes: &[u8]) -> Wopi {
    let new = source.opened_at(&reply.text("Url"));
    assert_ne!(new.id(), source.id());
    let info = new.info().await.expect(200);
    let name = reply.text("Name");
    // In what it reports, the host puts `-` for characters with which Office on iOS cannot load a file.
    if !name.contains(['*', '?', '"', '<', '>', '|', ':', '#', '{', '}', '^', '[', ']', '`', '%']) {
        assert_eq!(info.text("BaseFileName"), name);
    }
    assert_eq!(new.get().await.expect(200).body, bytes);
    new
}

#[tokio::test]
async fn f95_a_suggested_extension_keeps_the_stem_of_the_source() {
    let doc = Shared::server().document(b"source");
    let reply = doc.alice.save_suggested(".wopitestx", NEW).await.expect(200);
    assert_eq!(reply.text("Name"), "document.wopitestx");
    check_new(&doc.alice, &reply, NEW.as_bytes()).await;
    let again = doc.alice.save_suggested(".wopitestx", "second").await.expect(200).text("Name");
    assert!(again.ends_with(".wopitestx") && again.starts_with("document") && again != "document.wopitestx", "{again}");
}

#[tokio::test]
async fn f96_a_suggested_name_is_taken_or_changed_and_no_file_is_overwritten() {
    let doc = Shared::server().document(b"source");
    let mut names = HashSet::new();
    let mut files = Vec::new();
    for round in 0..4 {
        let bytes = format!("copy {round}");
        let reply = doc.alice.save_suggested("madeup name.wopitestx", bytes.clone()).await.expect(200);
        let name = reply.text("Name");
        assert!(name.ends_with(".wopitestx"), "{name}");
        assert!(names.insert(name.to_lowercase()), "{name} came twice");
        files.push((check_new(&doc.alice, &reply, bytes.as_bytes()).await, bytes));
    }
    assert!(names.contains("madeup name.wopitestx"));
    for (file, bytes) in files {
        assert_eq!(file.get().await.expect(200).body, bytes.as_bytes());
    }
}

#[tokio::test]
async fn f97_suggested_mode_finds_a_name_whatever_is_suggested() {
    let doc = Shared::server().document(b"source");
    let twin = doc.alice.sibling("locked.wopitest", b"twin").await;
    twin.lock("A").await.expect(200);
    let long = format!("{}.wopitest", "n".repeat(600));
    for name in [
        "locked.wopitest",
        "document.wopitest",
        "a/b\\c.wopitest",
        "../../up.wopitest",
        "*?\"<>|:.wopitest",
        "..",
        ".",
        "no extension",
        " .wopitest",
        "+2D0-.wopitest",
        "+AAA-.wopitest",
        "+",
        "+!.wopitest",
        "CON.wopitest",
        long.as_str(),
    ] {
        let reply = doc.alice.save_suggested(name, NEW).await;
        assert_eq!(reply.status, 200, "{name}: {reply}");
        let given = reply.text("Name");
        assert!(
            !given.is_empty() && !given.contains(['/', '\\', '\0']) && ![".", ".."].contains(&&*given),
            "{given:?}"
        );
        if name.ends_with(".wopitest") {
            assert!(given.ends_with(".wopitest"), "{name} became {given}");
        }
        check_new(&doc.alice, &reply, NEW.as_bytes()).await;
    }
    assert_eq!(twin.get().await.expect(200).body, b"twin");
    assert_eq!(doc.alice.get().await.expect(200).body, b"source");
}

#[tokio::test]
async fn f98_a_specific_name_that_is_free_is_used_exactly() {
    let doc = Shared::server().document(b"source");
    for (name, overwrite) in [
        ("plain.wopitest", None),
        ("With Spaces.wopitest", Some("True")),
        ("tricky (1).tar.wopitest", Some("False")),
        ("true.wopitest", Some("true")),
        ("odd.wopitest", Some("perhaps")),
    ] {
        let reply = doc.alice.save_as(name, overwrite, NEW).await.expect(200);
        assert_eq!(reply.text("Name"), name);
        check_new(&doc.alice, &reply, NEW.as_bytes()).await;
    }
}

#[tokio::test]
async fn f99_a_specific_name_that_is_taken_is_refused_without_leave_to_overwrite() {
    let doc = Shared::server().document(b"source");
    let target = doc.alice.sibling("taken.wopitest", b"precious").await;
    let before = target.state().await;
    for (name, overwrite) in [
        ("taken.wopitest", None),
        ("taken.wopitest", Some("False")),
        ("taken.wopitest", Some("false")),
        ("taken.wopitest", Some("")),
        ("TAKEN.wopitest", None),
    ] {
        let reply = doc.alice.save_as(name, overwrite, NEW).await.expect_conflict("");
        if let Some(free) = reply.header("X-WOPI-ValidRelativeTarget") {
            assert_eq!(doc.alice.save_as(free, None, NEW).await.expect(200).status, 200);
        }
        assert_eq!(target.state().await, before);
    }
}

#[tokio::test]
async fn f100_an_existing_file_is_overwritten_on_demand() {
    let doc = Shared::server().document(b"source");
    let target = doc.alice.sibling("taken.wopitest", b"old").await;
    let version = target.info().await.text("Version");
    for (round, overwrite) in ["True", "true", "TRUE"].into_iter().enumerate() {
        let bytes = noise(round as u64, 50_000);
        let reply = doc.alice.save_as("taken.wopitest", Some(overwrite), bytes.clone()).await.expect(200);
        assert_eq!(reply.text("Name"), "taken.wopitest");
        let new = check_new(&doc.alice, &reply, &bytes).await;
        assert_eq!(new.src(), target.src(), "the file keeps its id");
        assert_eq!(target.get().await.expect(200).body, bytes);
    }
    assert_ne!(target.info().await.text("Version"), version);
}

#[tokio::test]
async fn f101_a_locked_file_is_not_overwritten() {
    let doc = Shared::server().document(b"source");
    let target = doc.alice.sibling("taken.wopitest", b"precious").await;
    target.lock("held").await.expect(200);
    let before = target.state().await;
    for overwrite in [Some("true"), Some("false"), None] {
        doc.alice.save_as("taken.wopitest", overwrite, NEW).await.expect_conflict("held");
    }
    let with_id = doc.alice.post("PUT_RELATIVE").header("X-WOPI-RelativeTarget", "taken.wopitest");
    let with_id = with_id.header("X-WOPI-OverwriteRelativeTarget", "true").header("X-WOPI-Lock", "held");
    with_id.body(NEW).send().await.expect_conflict("held");
    assert_eq!(target.state().await, before);
}

#[tokio::test]
async fn f102_exactly_one_target_is_needed() {
    let doc = Shared::server().document(b"source");
    let both = doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", "x.wopitest");
    both.header("X-WOPI-RelativeTarget", "x.wopitest")
        .body(NEW)
        .send()
        .await
        .expect_one_of(&[400, 501])
        .expect_message();
    doc.alice.post("PUT_RELATIVE").body(NEW).send().await.expect(400).expect_message();
    let empty = doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", "").header("X-WOPI-RelativeTarget", "");
    empty.body(NEW).send().await.expect(400);
    assert_eq!(listed(&doc), ["document.wopitest"]);
}

/// The names in the document's folder as the command line lists them, sorted.
fn listed(doc: &Doc<'_>) -> Vec<String> {
    let run = doc.binary().cli_ok(&["ls", &doc.folder, "--user", "alice"], "");
    let mut names: Vec<String> = run
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.contains(".wopitest")))
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn f103_an_illegal_specific_name_is_refused_and_a_long_one_is_exact_or_refused() {
    let doc = Shared::server().document(b"source");
    for name in [
        "..",
        ".",
        "a/b.wopitest",
        "/etc/passwd",
        "../up.wopitest",
        "a\\b.wopitest",
        "+AFw-.wopitest",
        "+AAA-.wopitest",
        "tab+AAk-.wopitest",
        "line+AAo-.wopitest",
    ] {
        doc.alice.save_as(name, Some("true"), NEW).await.expect(400).expect_message();
    }
    let long = format!("{}.wopitest", "n".repeat(521));
    let reply = doc.alice.save_as(&long, None, NEW).await.expect_one_of(&[200, 400]);
    if reply.status == 200 {
        assert_eq!(reply.text("Name"), long);
    }
    let mut expected = vec!["document.wopitest".to_owned()];
    expected.extend((reply.status == 200).then_some(long));
    assert_eq!(listed(&doc), expected);
}

#[tokio::test]
async fn f104_whoever_may_not_create_files_gets_501_for_every_variant_and_none_is_created() {
    let doc = Shared::server().document(b"source");
    let viewer = doc.shared_with("bob", "viewer");
    assert_eq!(viewer.info().await.expect(200).json()["UserCanNotWriteRelative"], true);
    for headers in [
        vec![("X-WOPI-SuggestedTarget", ".wopitest")],
        vec![("X-WOPI-SuggestedTarget", "x.wopitest")],
        vec![("X-WOPI-RelativeTarget", "x.wopitest")],
        vec![("X-WOPI-RelativeTarget", "document.wopitest"), ("X-WOPI-OverwriteRelativeTarget", "true")],
        vec![("X-WOPI-RelativeTarget", "../x.wopitest")],
        vec![("X-WOPI-RelativeTarget", "x.wopitest"), ("X-WOPI-SuggestedTarget", "y.wopitest")],
        vec![],
    ] {
        let mut call = viewer.post("PUT_RELATIVE");
        for (name, value) in &headers {
            call = call.header(name, value);
        }
        let reply = call.body(NEW).send().await;
        assert_eq!(reply.status, 501, "{headers:?}: {reply}");
    }
    assert_eq!(listed(&doc), ["document.wopitest"]);
    assert_eq!(doc.alice.get().await.expect(200).body, b"source");
}

#[tokio::test]
async fn f105_the_answer_leads_to_the_new_file() {
    let doc = Shared::server().document(b"source");
    let reply = doc.alice.save_as("new.wopitest", None, NEW).await.expect(200);
    let json = reply.json();
    for name in ["Url", "HostViewUrl", "HostEditUrl"] {
        let url = json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}"));
        assert!(reqwest::Url::parse(url).is_ok_and(|url| url.has_host()), "{name}: {url}");
    }
    let new = check_new(&doc.alice, &reply, NEW.as_bytes()).await;
    assert_eq!(new.info().await.expect(200).json()["HostEditUrl"], json["HostEditUrl"]);
    // The token is for the new file, and for no other.
    doc.alice.with_token(new.token()).info().await.expect(401);
}

/// UTF-7 as clients send it and the text that it stands for: section 4.5.
pub(crate) const UTF7: [(&str, &str); 12] = [
    ("madeup+AF8-name", "madeup_name"),
    ("madeup_name2", "madeup_name2"),
    ("R+AOk-sum+AOk-", "Résumé"),
    ("ren+AOQ-med file", "renämed file"),
    ("+ZeVnLIqe-", "日本語"),
    ("a+-b", "a+b"),
    ("+2D3eAA-", "😀"),
    ("Q1 +IBM plan", "Q1 – plan"),
    ("brief+ACA-f+APw-r", "brief für"),
    ("e+AwE-", "é"),
    ("100+ACU- {direct} [too]", "100% {direct} [too]"),
    ("(with) 'these', too", "(with) 'these', too"),
];

#[tokio::test]
async fn f106_names_in_utf_7_are_decoded_in_both_modes() {
    let server = Shared::server();
    for (header, name) in UTF7 {
        let doc = server.document(b"source");
        let wanted = format!("{name}.wopitest");
        let specific = doc.alice.save_as(&format!("{header}.wopitest"), None, NEW).await.expect(200);
        assert_eq!(specific.text("Name"), wanted);
        let other = server.document(b"source");
        let suggested = other.alice.save_suggested(&format!("{header}.wopitest"), NEW).await.expect(200);
        assert_eq!(suggested.text("Name"), wanted);
    }
    let doc = server.document(b"source");
    // Without the closing `-`, as .NET omits it before what is not base64; and plain UTF-8 as a courtesy.
    for (header, name) in [("R+AOk-sum+AOk.wopitest", "Résumé.wopitest"), ("+ZeVnLIqe.wopitest", "日本語.wopitest")]
    {
        assert_eq!(doc.alice.save_as(header, None, NEW).await.expect(200).text("Name"), name);
    }
    let raw = doc.alice.post("PUT_RELATIVE").header_bytes("X-WOPI-RelativeTarget", "Äpfel.wopitest".as_bytes());
    assert_eq!(raw.body(NEW).send().await.expect(200).text("Name"), "Äpfel.wopitest");
}

#[tokio::test]
async fn f107_the_source_and_its_lock_stay_as_they_are() {
    let doc = Shared::server().document(b"source");
    for lock in ["", "A"] {
        if !lock.is_empty() {
            doc.alice.lock(lock).await.expect(200);
        }
        let before = doc.alice.state().await;
        doc.alice.save_suggested(".wopitest", NEW).await.expect(200);
        doc.alice.save_as(&format!("under{lock}.wopitest"), None, NEW).await.expect(200);
        assert_eq!(doc.alice.state().await, before);
    }
}

#[tokio::test]
async fn f108_the_new_file_is_unlocked_listed_beside_the_source_and_belongs_to_its_maker() {
    let doc = Shared::server().document(b"source");
    doc.alice.lock("A").await.expect(200);
    let new = doc.alice.sibling("beside.wopitest", b"bytes").await;
    assert_eq!(new.held_by().await, "");
    assert_eq!(listed(&doc), ["beside.wopitest", "document.wopitest"]);
    let info = new.info().await.expect(200).json();
    assert_eq!(info["OwnerId"], info["UserId"]);
    new.lock("B").await.expect(200);
    new.put(Some("B"), "edited").await.expect(200);
    new.unlock("B").await.expect(200);
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn f109_leave_to_overwrite_means_nothing_in_suggested_mode() {
    let doc = Shared::server().document(b"source");
    let target = doc.alice.sibling("taken.wopitest", b"precious").await;
    let call = doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", "taken.wopitest");
    let reply = call.header("X-WOPI-OverwriteRelativeTarget", "true").body(NEW).send().await.expect(200);
    assert_ne!(reply.text("Name"), "taken.wopitest");
    assert_eq!(target.get().await.expect(200).body, b"precious");
}

#[tokio::test]
async fn f110_a_conversion_is_stored_like_any_other() {
    let doc = Shared::server().document_called("legacy.doc", b"binary");
    for value in ["true", ""] {
        let call = doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", ".docx");
        let reply = call.header("X-WOPI-FileConversion", value).body(NEW).send().await.expect(200);
        assert!(reply.text("Name").contains(".docx"), "{reply}");
        assert!(reply.text("HostEditUrl").starts_with("http"), "{reply}");
        assert_eq!(doc.alice.opened_at(&reply.text("Url")).get().await.expect(200).body, NEW.as_bytes());
    }
}

#[tokio::test]
async fn f111_a_body_over_the_limit_leaves_no_file() {
    let doc = Shared::with_small_bodies().document(b"source");
    let over = vec![1; 256 * 1024 + 1];
    doc.alice.save_as("big.wopitest", None, over.clone()).await.expect(413).expect_message();
    doc.alice.save_suggested("big.wopitest", over.clone()).await.expect(413);
    let chunked = doc.alice.post("PUT_RELATIVE").header("X-WOPI-RelativeTarget", "big.wopitest");
    chunked.chunked_body(&over, 9000).send().await.expect(413);
    assert_eq!(listed(&doc), ["document.wopitest"]);
}

#[tokio::test]
async fn the_announced_size_is_not_trusted() {
    let doc = Shared::server().document(b"source");
    for size in ["3", "0", "-1", "many", "20"] {
        let call =
            doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", ".wopitest").header("X-WOPI-Size", size);
        let reply = call.body(NEW).send().await.expect(200);
        assert_eq!(doc.alice.opened_at(&reply.text("Url")).get().await.expect(200).body, NEW.as_bytes(), "{size}");
    }
}
