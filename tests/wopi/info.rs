//! `CheckFileInfo`: F-20 to F-38.

use crate::schema;
use crate::support::{Shared, sha256};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[tokio::test]
async fn f20_the_five_required_properties_have_their_types() {
    let doc = Shared::server().document(b"content");
    let info = doc.alice.info().await.expect(200).json();
    for name in ["BaseFileName", "OwnerId", "UserId", "Version"] {
        assert!(info[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {info}");
    }
    assert_eq!(info["Size"], json!(7));
    assert_eq!(info["BaseFileName"], "document.wopitest");
}

#[tokio::test]
async fn f21_f22_the_answer_is_valid_against_the_schema_of_hosts_without_co_authoring() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let bob = doc.shared_with("bob", "viewer");
    for info in [doc.alice.info().await, bob.info().await] {
        schema::check_file_info(&info.expect(200).json());
    }
}

#[tokio::test]
async fn f21_the_capabilities_that_the_host_has_are_announced() {
    let doc = Shared::server().document(b"content");
    let info = doc.alice.info().await.expect(200).json();
    for name in [
        "SupportsUpdate",
        "SupportsLocks",
        "SupportsGetLock",
        "SupportsExtendedLockLength",
        "SupportsRename",
        "SupportsDeleteFile",
        "SupportsUserInfo",
        "SupportsAddActivities",
        "UserCanWrite",
        "UserCanRename",
    ] {
        assert_eq!(info[name], true, "{name}: {info}");
    }
    assert_eq!(info["SupportedShareUrlTypes"], json!(["ReadOnly", "ReadWrite"]));
    for name in ["SupportsCobalt", "SupportsFolders", "SupportsSecureStore", "SupportsScenarioLinks", "ReadOnly"] {
        assert!(info[name].is_null() || info[name] == false, "{name}: {info}");
    }
    assert_ne!(info["UserCanNotWriteRelative"], true);
    assert!(info["UserFriendlyName"].as_str().is_some_and(|name| !name.is_empty()), "{info}");
}

#[tokio::test]
async fn f23_f24_names_and_extensions_agree_in_letter_case_too() {
    let server = Shared::server();
    for name in ["Plain.docx", "LOUD.DOCX", "two.parts.xlsx", "Résumé – 日本.pptx", "spaces in name.odt"] {
        let info = server.document_called(name, b"x").alice.info().await.expect(200).json();
        assert_eq!(info["BaseFileName"], name, "{info}");
        let extension = info["FileExtension"].as_str().expect("an extension");
        assert_eq!(extension, &name[name.rfind('.').expect("a dot")..]);
    }
}

#[tokio::test]
async fn f23_a_reported_name_holds_nothing_that_keeps_office_on_ios_from_loading() {
    let forbidden = ['\\', '/', ':', '*', '?', '"', '<', '>', '|', '#', '{', '}', '^', '[', ']', '`', '%'];
    let server = Shared::server();
    let doc = server.document_called("100% [draft] #1 {a}^b`c.docx", b"x");
    let info = doc.alice.info().await.expect(200).json();
    let name = info["BaseFileName"].as_str().expect("a name");
    assert!(!name.contains(forbidden) && !name.starts_with('.') && name.contains(".docx"), "{name}");
}

#[tokio::test]
async fn f25_f26_urls_are_absolute_and_of_this_host() {
    let server = Shared::server();
    let info = server.document(b"content").alice.info().await.expect(200).json();
    let mut seen = 0;
    for (name, value) in info.as_object().expect("an object") {
        if !name.ends_with("Url") {
            continue;
        }
        let text = value.as_str().unwrap_or_else(|| panic!("{name}: {value}"));
        assert!(!text.is_empty(), "{name} is empty; it may only be absent");
        let url = reqwest::Url::parse(text).unwrap_or_else(|error| panic!("{name}: {text}: {error}"));
        assert!(url.has_host() && matches!(url.scheme(), "http" | "https"), "{name}: {text}");
        assert!(!text.contains("officeapps"), "{name}: {text}");
        seen += 1;
    }
    for name in ["HostEditUrl", "HostViewUrl", "FileSharingUrl", "FileVersionUrl", "DownloadUrl", "FileUrl"] {
        assert!(info[name].as_str().is_some_and(|url| url.starts_with(server.binary().url())), "{name}: {info}");
    }
    assert!(seen >= 6);
}

#[tokio::test]
async fn urls_for_people_answer_without_an_error() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let info = doc.alice.info().await.expect(200).json();
    for name in ["HostEditUrl", "HostViewUrl", "FileSharingUrl", "FileVersionUrl"] {
        let url = info[name].as_str().unwrap_or_else(|| panic!("no {name}"));
        let reply = doc.alice.client().get(url).send().await.expect("a reply");
        // A page, or the way to sign in; whoever follows the link has no session here.
        assert!(reply.status().as_u16() < 500 && reply.status() != 404, "{name} {url}: {}", reply.status());
    }
}

#[tokio::test]
async fn f27_size_and_version_agree_with_get_file() {
    let doc = Shared::server().document(&crate::support::noise(1, 70_001));
    for round in 0..3 {
        let (info, file) = (doc.alice.info().await.expect(200).json(), doc.alice.get().await.expect(200));
        assert_eq!(info["Size"], json!(file.body.len()));
        assert_eq!(info["Version"], file.version());
        doc.alice.lock("A").await.expect(200);
        doc.alice.put(Some("A"), vec![round; 1000 + usize::from(round)]).await.expect(200);
    }
}

fn instant(value: &Value) -> OffsetDateTime {
    let text = value.as_str().expect("a time");
    assert!(text.ends_with('Z') && text.contains('.'), "UTC in round-trip form: {text}");
    OffsetDateTime::parse(text, &Rfc3339).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[tokio::test]
async fn f28_the_time_of_modification_is_utc_in_one_format_and_moves_with_every_save() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let mut last = instant(&doc.alice.info().await.expect(200).json()["LastModifiedTime"]);
    let length = doc.alice.info().await.json()["LastModifiedTime"].as_str().expect("a time").len();
    for _ in 0..10 {
        doc.alice.put(Some("A"), "content").await.expect(200);
        let value = doc.alice.info().await.expect(200).json()["LastModifiedTime"].clone();
        assert!(instant(&value) > last, "{value} is not after {last}");
        assert_eq!(value.as_str().map(str::len), Some(length), "always the same format");
        last = instant(&value);
    }
    let now = OffsetDateTime::now_utc();
    assert!((now - last).abs() < time::Duration::minutes(5), "{last} is not now ({now})");
}

#[tokio::test]
async fn f29_the_hash_is_that_of_the_bytes_after_every_write() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    assert_eq!(doc.alice.info().await.text("SHA256"), sha256(b"content"));
    for body in [b"".to_vec(), crate::support::noise(3, 200_000), b"short".to_vec()] {
        doc.alice.put(Some("A"), body.clone()).await.expect(200);
        assert_eq!(doc.alice.info().await.text("SHA256"), sha256(&body));
    }
}

#[tokio::test]
async fn f30_ids_of_users_are_alphanumeric_and_stable() {
    let server = Shared::server();
    let (one, two) = (server.document(b"1"), server.document(b"2"));
    let bob = one.shared_with("bob", "viewer");
    let first = one.alice.info().await.expect(200).json();
    let second = two.alice.info().await.expect(200).json();
    let others = bob.info().await.expect(200).json();
    for name in ["UserId", "OwnerId"] {
        let id = first[name].as_str().expect("an id");
        assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}: {id}");
        assert_eq!(first[name], second[name], "the same user on two files");
    }
    assert_eq!(first["OwnerId"], first["UserId"], "alice owns her file");
    assert_eq!(others["OwnerId"], first["OwnerId"]);
    assert_ne!(others["UserId"], first["UserId"]);
}

#[tokio::test]
async fn f31_user_info_is_given_back_to_its_user_alone() {
    let server = Shared::server();
    let doc = server.document(b"content");
    server.binary().add_user("frida", &[]);
    let frida = doc.shared_with("frida", "viewer");
    let bob = doc.shared_with("bob", "viewer");
    frida.post("PUT_USER_INFO").body("frida's own").send().await.expect(200);
    assert_eq!(frida.info().await.text("UserInfo"), "frida's own");
    assert_ne!(bob.info().await.expect(200).json()["UserInfo"], "frida's own");
    assert_ne!(doc.alice.info().await.expect(200).json()["UserInfo"], "frida's own");
}

#[tokio::test]
async fn f32_a_change_of_rights_shows_in_the_next_call() {
    let doc = Shared::server().document(b"content");
    let bob = doc.shared_with("bob", "editor");
    assert_eq!(bob.info().await.expect(200).json()["UserCanWrite"], true);
    bob.lock("B").await.expect(200);
    doc.grant("bob", "viewer");
    let info = bob.info().await.expect(200).json();
    assert_ne!(info["UserCanWrite"], true);
    assert_ne!(info["UserCanRename"], true);
    // Excel learns in this way that the right was withdrawn.
    bob.refresh("B").await.expect_one_of(&[401, 404]);
    bob.put(Some("B"), "late").await.expect_one_of(&[401, 404]);
    doc.revoke("bob");
    bob.info().await.expect_one_of(&[401, 404]);
    bob.get().await.expect_one_of(&[401, 404]);
    assert_eq!(doc.alice.held_by().await, "B", "the lock does not belong to bob");
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
}

#[tokio::test]
async fn f32_a_right_to_a_folder_is_a_right_to_what_is_in_it() {
    let doc = Shared::server().document(b"content");
    doc.grant_folder("carol", "editor");
    let carol = doc.seen_by("carol");
    assert_eq!(carol.info().await.expect(200).json()["UserCanWrite"], true);
    carol.lock("C").await.expect(200);
    carol.put(Some("C"), "by carol").await.expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"by carol");
}

#[tokio::test]
async fn f33_f35_containers_imply_deletion_and_the_origin_for_messages_is_exact() {
    let info = Shared::server().document(b"content").alice.info().await.expect(200).json();
    if info["SupportsContainers"] == true {
        assert_eq!(info["SupportsDeleteFile"], true);
    }
    if let Some(origin) = info["PostMessageOrigin"].as_str() {
        assert_eq!(origin, Shared::server().binary().url(), "scheme, host and port of the host's own pages");
    }
}

#[tokio::test]
async fn f34_whoever_may_not_save_beside_the_file_is_told_so() {
    let doc = Shared::server().document(b"content");
    let viewer = doc.shared_with("bob", "viewer");
    assert_eq!(viewer.info().await.expect(200).json()["UserCanNotWriteRelative"], true);
    viewer.save_suggested(".wopitest", "copy").await.expect(501);
    let editor = doc.shared_with("carol", "editor");
    let may_not = editor.info().await.expect(200).json()["UserCanNotWriteRelative"] == true;
    editor.save_suggested(".wopitest", "copy").await.expect(if may_not { 501 } else { 200 });
}

#[tokio::test]
async fn f36_f37_the_licence_properties_follow_the_kind_of_user() {
    let server = Shared::server();
    let doc = server.document(b"content");
    for (user, kind, business, education) in
        [("gina", "business", true, false), ("hugo", "education", false, true), ("ines", "consumer", false, false)]
    {
        server.binary().add_user(user, &["--kind", kind]);
        let info = doc.shared_with(user, "editor").info().await.expect(200).json();
        assert_eq!(info["LicenseCheckForEditIsEnabled"], business, "{kind}: {info}");
        assert_eq!(info["IsEduUser"], education, "{kind}: {info}");
        if business {
            assert!(info["HostEditUrl"].as_str().is_some_and(|url| url.starts_with("http")), "{info}");
            assert_eq!(info["SupportsUserInfo"], true);
        }
        schema::check_file_info(&info);
    }
}

#[tokio::test]
async fn f38_a_session_context_of_any_content_is_no_error() {
    let doc = Shared::server().document(b"content");
    let long = vec![b'x'; 2048];
    for context in [&b""[..], b"plain", b"{\"a\":\"b\"}", b"\xff\xfe\x80", b"%00%0d%0a", &long] {
        let call = doc.alice.call(reqwest::Method::GET, "").header_bytes("X-WOPI-SessionContext", context);
        call.send().await.expect(200);
    }
}
