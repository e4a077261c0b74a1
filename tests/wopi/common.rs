//! Addressing, tokens, dispatch and what all operations share: F-1 to F-18.

use crate::support::wopi::http_client;
use crate::support::{Binary, Reply, Shared, Start, Wopi, eventually, percent, raw::Raw, tokens};
use reqwest::Method;
use reqwest::header::HeaderValue;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Every operation of a file, well formed, for rules that hold for each of them.
pub(crate) async fn every_operation(file: &Wopi) -> Vec<(&'static str, Reply)> {
    const ACTIVITY: &str = r#"{"Activities":[{"Type":"comment","Id":"1"}]}"#;
    vec![
        ("CheckFileInfo", file.info().await),
        ("GetFile", file.get().await),
        ("GetLock", file.get_lock().await),
        ("Lock", file.lock("intruder").await),
        ("RefreshLock", file.refresh("holder").await),
        ("UnlockAndRelock", file.relock("holder", "intruder").await),
        ("Unlock", file.unlock("holder").await),
        ("PutFile", file.put(Some("holder"), "intruded").await),
        ("PutRelativeFile", file.save_suggested(".wopitest", "intruded").await),
        ("RenameFile", file.rename("intruded", Some("holder")).await),
        ("PutUserInfo", file.post("PUT_USER_INFO").body("intruded").send().await),
        ("GetShareUrl", file.post("GET_SHARE_URL").header("X-WOPI-UrlType", "ReadOnly").send().await),
        ("AddActivities", file.post("ADD_ACTIVITIES").body(ACTIVITY).send().await),
        ("EnumerateAncestors", file.call(Method::GET, "/ancestry").send().await),
        ("GetEcosystem", file.call(Method::GET, "/ecosystem_pointer").send().await),
        ("DeleteFile", file.delete().await),
    ]
}

#[tokio::test]
async fn f1_a_get_on_the_wopi_src_is_check_file_info() {
    let doc = Shared::server().document(b"content");
    let src = doc.alice.src().to_owned();
    let segments: Vec<&str> = src.split('/').collect();
    let place = segments.iter().position(|segment| *segment == "files").expect("a `files` segment");
    assert!(segments[place - 1].starts_with("wopi"), "{src}");
    assert_eq!(segments.len(), place + 2, "an id and nothing after it: {src}");
    assert!(!src.contains(['?', '#']), "{src}");
    let id = doc.alice.id();
    assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) && id.len() <= 64, "{id}");
    assert_eq!(doc.alice.info().await.expect(200).text("BaseFileName"), "document.wopitest");
}

#[tokio::test]
async fn f1_wopi_uses_get_and_post_and_other_verbs_answer_405_with_allow() {
    let doc = Shared::server().document(b"content");
    let before = doc.alice.state().await;
    for (method, suffix) in [
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::PATCH, ""),
        (Method::PUT, "/contents"),
        (Method::DELETE, "/contents"),
    ] {
        let reply = doc.alice.call(method, suffix).send().await.expect(405);
        assert!(reply.header("Allow").is_some_and(|allow| allow.contains("GET")), "{reply}");
    }
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn f1_paths_that_are_not_of_the_file_scheme_are_not_files() {
    let doc = Shared::server().document(b"content");
    for wrong in ["/wopi/files/ids/{id}", "/files/{id}", "/api_wopi/files/{id}", "/officeonline/files/{id}"] {
        let src = format!("{}{}", Shared::server().binary().url(), wrong.replace("{id}", doc.alice.id()));
        doc.alice.with_src(&src).info().await.expect_one_of(&[400, 401, 404]);
    }
    doc.alice.call(Method::GET, "/nonsense").send().await.expect(404);
}

#[tokio::test]
async fn f2_f3_an_invalid_token_is_refused_by_every_operation_and_changes_nothing() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("holder").await.expect(200);
    let before = doc.alice.state().await;
    let good = doc.alice.token();
    for (kind, token) in [
        ("nonsense", "INVALID".to_owned()),
        ("three parts of nonsense", "a.b.c".to_owned()),
        ("cut", tokens::cut(good)),
        ("bent signature", tokens::with_bent_signature(good)),
    ] {
        for (operation, reply) in every_operation(&doc.alice.with_token(&token)).await {
            assert_eq!(reply.status, 401, "{operation} with a token that is {kind}: {reply}");
        }
        assert_eq!(doc.alice.state().await, before, "after a token that is {kind}");
    }
    let without = doc.alice.call(Method::GET, "").query("").send().await;
    without.expect(401).expect_message();
    doc.alice.call(Method::GET, "").query("access_token=").send().await.expect(401);
}

#[tokio::test]
async fn f4_a_token_of_another_file_is_refused() {
    let server = Shared::server();
    let (mine, other) = (server.document(b"mine"), server.document(b"other"));
    mine.alice.lock("holder").await.expect(200);
    let before = mine.alice.state().await;
    for (operation, reply) in every_operation(&mine.alice.with_token(other.alice.token())).await {
        assert_eq!(reply.status, 401, "{operation}: {reply}");
    }
    assert_eq!(mine.alice.state().await, before);
}

#[tokio::test]
async fn f4_f16_a_token_lives_until_its_announced_expiry_and_what_it_begot_dies_with_it() {
    const LIFE: &str = "4 s";
    let server = Binary::serve_with(Start::default().set("LOCKHOUSE_TOKENS__LIFETIME", LIFE));
    server.add_user("alice", &[]);
    server.import("alice", &[("document.docx", b"content")]);
    let printed = server.token("alice", "/document.docx");
    let expires = printed["access_token_ttl"].as_u64().expect("milliseconds since 1970");
    let file = Wopi::from_json(http_client(), &printed);
    let now =
        || u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis()).expect("ms");
    assert!(expires > now() && expires < now() + 10_000, "an absolute time in milliseconds: {expires}");
    assert!(tokens::expiry(file.token()).abs_diff(expires / 1000) <= 1, "the ttl is the token's own expiry");

    let child = file.opened_at(&file.save_suggested("child.docx", "child").await.expect(200).text("Url"));
    assert!(tokens::expiry(child.token()) <= tokens::expiry(file.token()), "F-16: the child outlives its parent");
    child.info().await.expect(200);

    // A time-out in the query is a remark, not a right: 1.6.
    let far = format!("access_token_ttl={}", now() + 86_400_000);
    loop {
        let reply = file.call(Method::GET, "").also_query(&far).send().await;
        if reply.status == 401 {
            reply.expect_message();
            break;
        }
        assert!(reply.status == 200 && now() < expires + 5_000, "{reply}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(now() + 1_000 >= expires, "refused before the announced time");
    child.info().await.expect(401);
    for (operation, reply) in every_operation(&file).await {
        assert_eq!(reply.status, 401, "{operation}: {reply}");
    }
}

#[tokio::test]
async fn f5_the_token_may_come_in_the_authorization_header_and_the_query_decides() {
    let doc = Shared::server().document(b"content");
    let bearer = format!("Bearer {}", doc.alice.token());
    let get = |query: String, header: &str| {
        let header = header.to_owned();
        let file = doc.alice.clone();
        async move { file.call(Method::GET, "").query(&query).header("Authorization", &header).send().await }
    };
    let right = format!("access_token={}", percent(doc.alice.token()));
    get(String::new(), &bearer).await.expect(200);
    get(right.clone(), "Bearer wrong").await.expect(200);
    get(right, &bearer).await.expect(200);
    get("access_token=wrong".into(), &bearer).await.expect(401);
    get(String::new(), "Bearer wrong").await.expect(401);
    get(String::new(), "Basic YWxpY2U6c2VjcmV0").await.expect(401);
}

#[tokio::test]
async fn f6_percent_encoded_characters_of_the_token_are_decoded_once() {
    let doc = Shared::server().document(b"content");
    let token = doc.alice.token();
    for spelled in [token.to_owned(), percent(token), percent(token).to_lowercase_escapes()] {
        doc.alice.call(Method::GET, "").query(&format!("access_token={spelled}")).send().await.expect(200);
    }
    let twice = percent(&percent(token));
    doc.alice.call(Method::GET, "").query(&format!("access_token={twice}")).send().await.expect(401);
}

trait LowercaseEscapes {
    fn to_lowercase_escapes(&self) -> String;
}

impl LowercaseEscapes for String {
    /// `%2D` becomes `%2d`; nothing else changes.
    fn to_lowercase_escapes(&self) -> String {
        let mut out = Self::with_capacity(self.len());
        let mut rest = self.as_str();
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            out.push_str(&rest[at..at + 3].to_lowercase());
            rest = &rest[at + 3..];
        }
        out + rest
    }
}

#[tokio::test]
async fn f7_further_query_parameters_disturb_no_operation() {
    let doc = Shared::server().document(b"content");
    for call in [
        doc.alice.call(Method::GET, ""),
        doc.alice.call(Method::GET, "/contents"),
        doc.alice.post("LOCK").header("X-WOPI-Lock", "A"),
        doc.alice.post("PUT").header("X-WOPI-Lock", "A").body("new"),
        doc.alice.post("GET_LOCK"),
        doc.alice.post("UNLOCK").header("X-WOPI-Lock", "A"),
        doc.alice.post("RENAME_FILE").header("X-WOPI-RequestedName", "renamed"),
    ] {
        call.also_query("access_token_ttl=0&sc=a%20b&sc=&flag&%F0%9F=1").send().await.expect(200);
    }
    let first = format!("access_token_ttl=1&access_token={}", percent(doc.alice.token()));
    doc.alice.call(Method::GET, "").query(&first).send().await.expect(200);
}

#[tokio::test]
async fn f8_an_unknown_file_id_is_not_found() {
    let doc = Shared::server().document(b"content");
    let parent = doc.alice.src().rsplit_once('/').expect("a path").0;
    for id in ["AAAAAAAAAAAAAAAAAAAAAA", "x", "%00", "..%2F..%2Fetc%2Fpasswd", &"y".repeat(2000)] {
        let stranger = doc.alice.with_src(&format!("{parent}/{id}"));
        stranger.info().await.expect_one_of(&[401, 404]);
        stranger.lock("A").await.expect_one_of(&[401, 404]);
    }
}

#[tokio::test]
async fn f9_a_user_without_the_right_to_write_changes_nothing() {
    let doc = Shared::server().document(b"precious");
    let bob = doc.shared_with("bob", "viewer");
    assert_ne!(bob.info().await.expect(200).json()["UserCanWrite"], true);
    let before = doc.alice.state().await;
    for (operation, reply) in [
        ("Lock", bob.lock("B").await),
        ("RefreshLock", bob.refresh("B").await),
        ("UnlockAndRelock", bob.relock("A", "B").await),
        ("Unlock", bob.unlock("B").await),
        ("PutFile", bob.put(Some("B"), "defaced").await),
        ("RenameFile", bob.rename("defaced", None).await),
        ("DeleteFile", bob.delete().await),
    ] {
        assert!([401, 404].contains(&reply.status), "{operation}: {reply}");
    }
    assert_eq!(doc.alice.state().await, before);
    assert!(doc.rescued().is_empty(), "what a reader sends is not kept");
    assert_eq!(bob.get().await.expect(200).body, b"precious");
}

#[tokio::test]
async fn f10_an_unknown_override_answers_501_and_a_missing_one_400() {
    let doc = Shared::server().document(b"content");
    let before = doc.alice.state().await;
    for unknown in ["MADE_UP", "lock", "Lock", "PUT", "LOCK, UNLOCK"] {
        doc.alice.call(Method::POST, "").header("X-WOPI-Override", unknown).send().await.expect(501).expect_message();
    }
    doc.alice.call(Method::POST, "").send().await.expect(400).expect_message();
    doc.alice.call(Method::POST, "").header("X-WOPI-Override", "").send().await.expect(400);
    for unknown in ["LOCK", "put", "PUT_RELATIVE"] {
        let call = doc.alice.call(Method::POST, "/contents").header("X-WOPI-Override", unknown);
        call.header("X-WOPI-Lock", "A").body("other").send().await.expect(501);
    }
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn f11_lengths_and_types_are_right_on_success_and_on_failure() {
    // Every reply of the suite is held to F-11; here one of each kind is looked at closely.
    let doc = Shared::server().document(b"content");
    let info = doc.alice.info().await.expect(200);
    assert!(info.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json")), "{info}");
    assert!(info.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "{info}");
    let lock = doc.alice.lock("A").await.expect(200);
    assert_eq!((lock.header("Content-Length"), lock.body.len()), (Some("0"), 0), "{lock}");
    assert!(lock.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "{lock}");
    let bytes = doc.alice.get().await.expect(200);
    assert_eq!(bytes.header("Content-Length"), Some("7"), "{bytes}");
    assert!(bytes.header("Content-Type").is_some(), "{bytes}");
}

#[tokio::test]
async fn f13_neither_user_agent_nor_content_type_nor_accept_is_needed() {
    let doc = Shared::server().document(b"content");
    let mut raw = Raw::to(&doc.alice);
    let ask = |raw: &mut Raw, method: &str, suffix: &str, headers: &[(&str, &str)], body: &str| {
        let length = body.len().to_string();
        let mut headers = headers.to_vec();
        if method == "POST" {
            headers.push(("Content-Length", &length));
        }
        assert!(raw.write(Raw::head(&doc.alice, method, suffix, &headers)) && raw.write(body));
        raw.reply(method).expect("a reply")
    };
    ask(&mut raw, "GET", "", &[], "").expect(200);
    ask(&mut raw, "POST", "", &[("X-WOPI-Override", "LOCK"), ("X-WOPI-Lock", "A")], "").expect(200);
    ask(&mut raw, "POST", "/contents", &[("X-WOPI-Override", "PUT"), ("X-WOPI-Lock", "A")], "bare").expect(200);
    // A body that an operation does not want is drained, and the connection goes on.
    ask(&mut raw, "POST", "", &[("X-WOPI-Override", "GET_LOCK")], "unasked").expect(200);
    assert_eq!(ask(&mut raw, "GET", "/contents", &[], "").expect(200).body, b"bare");
}

#[tokio::test]
async fn f13_an_empty_lock_header_arrives_on_the_wire() {
    let doc = Shared::server().document(b"content");
    let mut raw = Raw::to(&doc.alice);
    let headers = [("X-WOPI-Override", "GET_LOCK"), ("Content-Length", "0")];
    assert!(raw.write(Raw::head(&doc.alice, "POST", "", &headers)));
    let reply = raw.reply("GET_LOCK").expect("a reply").expect(200);
    assert_eq!(reply.headers.get("x-wopi-lock").map(HeaderValue::as_bytes), Some(&b""[..]), "{reply}");
}

#[tokio::test]
async fn f14_empty_headers_are_as_if_absent() {
    let doc = Shared::server().document(b"content");
    // Absent override, absent size, absent other target, absent old lock, absent limits.
    let get = doc.alice.call(Method::GET, "/contents").header("X-WOPI-MaxExpectedSize", "");
    assert_eq!(get.send().await.expect(200).body, b"content");
    let call = doc.alice.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", "x.wopitest");
    let call = call.header("X-WOPI-RelativeTarget", "").header("X-WOPI-OverwriteRelativeTarget", "");
    call.header("X-WOPI-Size", "").body("new").send().await.expect(200);
    let call = doc.alice.post("RENAME_FILE").header("X-WOPI-RequestedName", "renamed");
    call.header("X-WOPI-Lock", "").header("X-WOPI-CoauthLockId", "").send().await.expect(200);
    doc.alice.post("LOCK").header("X-WOPI-Lock", "A").header("X-WOPI-OldLock", "").send().await.expect(200);
    let put = doc.alice.call(Method::POST, "/contents").header("X-WOPI-Override", "").header("X-WOPI-Lock", "A");
    let put = put.header("X-COOL-WOPI-Timestamp", "").header("X-WOPI-Editors", "");
    put.body("new").send().await.expect(200);
    doc.alice.post("GET_SHARE_URL").header("X-WOPI-UrlType", "").send().await.expect(501);
}

#[tokio::test]
async fn f15_the_wopi_src_stays_through_edit_rename_and_move_and_is_the_same_for_all() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let bob = doc.shared_with("bob", "editor");
    assert_eq!(bob.src(), doc.alice.src());
    doc.alice.lock("A").await.expect(200);
    doc.alice.put(Some("A"), "edited").await.expect(200);
    doc.alice.unlock("A").await.expect(200);
    doc.alice.rename("other name", None).await.expect(200);
    let (from, to) = (format!("alice:{}/other name.wopitest", doc.folder), format!("alice:{}-moved", doc.folder));
    server.binary().cli_ok(&["mkdir", &to], "");
    server.binary().cli_ok(&["mv", &from, &format!("{to}/third.wopitest")], "");
    assert_eq!(doc.alice.info().await.expect(200).text("BaseFileName"), "third.wopitest");
    assert_eq!(bob.get().await.expect(200).body, b"edited", "a grant on the file goes with it");
    let again = server.binary().token("alice", &format!("{}-moved/third.wopitest", doc.folder));
    assert_eq!(again["wopisrc"], doc.alice.src());
}

#[tokio::test]
async fn f17_a_failure_of_the_host_says_why_in_a_header() {
    // A floor that no disk can keep: every upload would cross it.
    let server = Binary::serve();
    server.add_user("alice", &[]);
    server.import("alice", &[("document.docx", b"kept")]);
    let mut server = server;
    server.kill();
    *server.start_mut() = server.start_mut().clone().set("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "900 TiB");
    server.launch();
    let file = Wopi::from_json(http_client(), &server.token("alice", "/document.docx"));
    let before = file.info().await.expect(200).json()["Version"].clone();
    let refused = file.save_suggested("copy.docx", vec![7; 100_000]).await.expect(500).expect_message();
    assert!(refused.header("X-WOPI-ServerError").is_some_and(str::is_ascii_text), "{refused}");
    file.lock("A").await;
    file.put(Some("A"), vec![7; 100_000]).await.expect(500).expect_message();
    assert_eq!(file.get().await.expect(200).body, b"kept");
    assert_eq!(file.info().await.expect(200).json()["Version"], before);
    assert!(server.cli_ok(&["ls", "/", "--user", "alice"], "").stdout.contains("document.docx"));
    eventually("the server still lives", Duration::from_secs(5), || (!server.log().is_empty()).then_some(()));
}

trait AsciiText {
    fn is_ascii_text(&self) -> bool;
}

impl AsciiText for str {
    fn is_ascii_text(&self) -> bool {
        !self.is_empty() && self.bytes().all(|byte| (0x20..0x7F).contains(&byte))
    }
}

/// The capabilities that a setting can switch off, the property that shows it, and the overrides behind it.
const CAPABILITIES: [(&str, &str, &[&str]); 8] = [
    ("UPDATE", "SupportsUpdate", &["PUT", "PUT_RELATIVE"]),
    ("LOCKS", "SupportsLocks", &["LOCK", "REFRESH_LOCK", "UNLOCK"]),
    ("GET_LOCK", "SupportsGetLock", &["GET_LOCK"]),
    ("RENAME", "SupportsRename", &["RENAME_FILE"]),
    ("DELETE", "SupportsDeleteFile", &["DELETE"]),
    ("USER_INFO", "SupportsUserInfo", &["PUT_USER_INFO"]),
    ("SHARE_URL", "SupportedShareUrlTypes", &["GET_SHARE_URL"]),
    ("ACTIVITIES", "SupportsAddActivities", &["ADD_ACTIVITIES"]),
];

#[tokio::test]
async fn f18_what_is_switched_off_answers_501_and_does_nothing() {
    let mut start = Start::default();
    for (key, _, _) in CAPABILITIES {
        start = start.set(&format!("LOCKHOUSE_SUPPORTS__{key}"), "false");
    }
    let server = Binary::serve_with(start);
    server.add_user("alice", &[]);
    server.import("alice", &[("document.docx", b"content")]);
    let file = Wopi::from_json(http_client(), &server.token("alice", "/document.docx"));
    let before = file.info().await.expect(200).json();
    for (key, property, overrides) in CAPABILITIES {
        let shown = &before[property];
        let off = shown.is_null() || *shown == false || shown.as_array().is_some_and(Vec::is_empty);
        assert!(off, "{key} is off but {property} is {shown}");
        for name in overrides {
            let call = file.post(name).header("X-WOPI-Lock", "A").header("X-WOPI-RequestedName", "renamed");
            let call = call.header("X-WOPI-UrlType", "ReadOnly").header("X-WOPI-SuggestedTarget", ".docx");
            call.body("other").send().await.expect(501).expect_message();
        }
    }
    let info = file.info().await.expect(200).json();
    assert_eq!((&info["Version"], &info["BaseFileName"]), (&before["Version"], &before["BaseFileName"]));
    assert_eq!(file.get().await.expect(200).body, b"content");
    assert!(!server.cli_ok(&["ls", "/", "--user", "alice"], "").stdout.contains("document.docx.docx"));
}

#[tokio::test]
async fn f18_one_capability_alone_can_be_switched_off() {
    let server = Binary::serve_with(Start::default().set("LOCKHOUSE_SUPPORTS__RENAME", "false"));
    server.add_user("alice", &[]);
    server.import("alice", &[("document.docx", b"content")]);
    let file = Wopi::from_json(http_client(), &server.token("alice", "/document.docx"));
    file.rename("renamed", None).await.expect(501);
    let info = file.info().await.expect(200).json();
    assert_ne!(info["SupportsRename"], true);
    assert_eq!((&info["SupportsLocks"], &info["BaseFileName"]), (&true.into(), &"document.docx".into()));
    file.lock("A").await.expect(200);
}

#[tokio::test]
async fn an_override_is_found_under_any_spelling_of_its_header_name() {
    let doc = Shared::server().document(b"content");
    let mut raw = Raw::to(&doc.alice);
    for (name, lock) in
        [("X-Wopi-Override", "x-wopi-lock"), ("x-wopi-override", "X-WOPI-LOCK"), ("X-WOPI-OVERRIDE", "X-Wopi-Lock")]
    {
        let headers = [(name, "LOCK"), (lock, "A"), ("content-length", "0")];
        assert!(raw.write(Raw::head(&doc.alice, "POST", "", &headers)));
        raw.reply(name).expect("a reply").expect(200);
    }
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn headers_that_are_only_for_the_log_change_nothing() {
    let doc = Shared::server().document(b"content");
    let long = "x".repeat(2000);
    let mut call = doc.alice.post("LOCK").header("X-WOPI-Lock", "A");
    for name in [
        "X-Request-ID",
        "X-WOPI-CorrelationId",
        "X-WOPI-SessionId",
        "X-WOPI-ClientVersion",
        "X-WOPI-MachineName",
        "X-WOPI-DeviceId",
        "X-WOPI-AppEndpoint",
        "X-WOPI-RequestingApplication",
        "X-WOPI-PerfTraceRequested",
        "X-COOL-WOPI-ServerId",
    ] {
        call = call.header(name, &long);
    }
    call.header_bytes("X-WOPI-SessionContext", b"\xff\xfe \t caf\xc3\xa9").send().await.expect(200);
    assert_eq!(doc.alice.held_by().await, "A");
}
