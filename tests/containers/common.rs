//! Addressing, tokens, dispatch, JSON and status codes: C-1 to C-21a.

use crate::support::container::{OVERWRITE, RELATIVE, SUGGESTED};
use crate::support::wopi::http_client;
use crate::support::{Container, Doc, Ecosystem, Reply, Shared, Wopi, percent, raw::Raw, tokens};
use reqwest::Method;
use std::time::{Duration, Instant};

/// Every operation of a container, well formed, for rules that hold for each of them.
async fn every_container_operation(container: &Container) -> Vec<(&'static str, Reply)> {
    vec![
        ("CheckContainerInfo", container.info().await),
        ("EnumerateChildren", container.children().await),
        ("EnumerateAncestors", container.ancestry().await),
        ("GetEcosystem", container.ecosystem_pointer().await),
        ("CreateChildContainer", container.suggest_container("intruder").await),
        ("CreateChildFile", container.suggest_file("intruder.docx").await),
        ("RenameContainer", container.rename_to("intruded").await),
        ("GetShareUrl", container.share_url(Some("ReadOnly")).await),
        ("DeleteContainer", container.remove().await),
    ]
}

/// Every operation of the ecosystem.
async fn every_ecosystem_operation(ecosystem: &Ecosystem, native_name: &str) -> Vec<(&'static str, Reply)> {
    vec![
        ("CheckEcosystem", ecosystem.check().await),
        ("GetRootContainer", ecosystem.root_pointer().await),
        ("GetFileWopiSrc", ecosystem.wopi_src(native_name.as_bytes()).await),
    ]
}

/// The operations of a file that lead here.
async fn file_pointers(file: &Wopi) -> Vec<(&'static str, Reply)> {
    vec![
        ("EnumerateAncestors (files)", file.ancestry().await),
        ("GetEcosystem (files)", file.ecosystem_pointer().await),
    ]
}

async fn nothing_has_changed(doc: &Doc<'_>) {
    let container = doc.container();
    assert_eq!(container.info().await.expect(200).text("Name"), doc.folder[1..]);
    assert_eq!(container.names().await, (vec![], vec!["document.wopitest".to_owned()]));
}

#[tokio::test]
async fn c1_the_bases_of_containers_and_ecosystem_stand_behind_a_segment_that_begins_with_wopi() {
    let doc = Shared::server().document(b"content");
    let base = format!("{}/wopi", Shared::server().binary().url());
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    assert_eq!(container.src(), format!("{base}/containers/{}", container.id()));
    assert_eq!(ecosystem.src(), format!("{base}/ecosystem"));
    assert_eq!(doc.alice.parent().await.src(), container.src());
    for wrong in
        ["/containers/{id}", "/api_wopi/containers/{id}", "/wopi/containers/by-id/{id}", "/wopi/container/{id}"]
    {
        let src = format!("{}{}", Shared::server().binary().url(), wrong.replace("{id}", container.id()));
        container.with_src(&src).info().await.expect_one_of(&[401, 404]);
    }
    container.call(Method::GET, "/nonsense").send().await.expect_one_of(&[404, 501]);
    ecosystem.call(Method::GET, "/nonsense").send().await.expect_one_of(&[404, 501]);
}

#[tokio::test]
async fn c2_ids_are_the_same_for_every_user_and_outlive_every_rename_and_move() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let top = doc.container();
    let (inner, other) = (top.new_container("inner").await, top.new_container("other").await);
    let deep = inner.new_container("deep").await;
    let file = deep.new_file("file.docx").await;
    let bob = doc.container_shared_with("bob", "editor");
    assert_eq!(bob.src(), top.src());
    let deep_of_bob = bob.child_container("inner").await.child_container("deep").await;
    assert_eq!(deep_of_bob.src(), deep.src());
    assert_eq!(deep_of_bob.child_file("file.docx").await.src(), file.src());

    // The names of all ancestors change, one of them moves, and every old URL and token stays good.
    inner.rename_to("inner renamed").await.expect(200);
    deep.rename_to("deep renamed").await.expect(200);
    file.rename("renamed", None).await.expect(200);
    server.binary().cli_ok(
        &["mv", &format!("alice:{}/inner renamed", doc.folder), &format!("alice:{}/other/moved", doc.folder)],
        "",
    );
    assert_eq!(file.info().await.expect(200).text("BaseFileName"), "renamed.docx");
    assert_eq!(deep_of_bob.info().await.expect(200).text("Name"), "deep renamed");
    let found = other.child_container("moved").await;
    assert_eq!(found.src(), inner.src());
    let found = found.child_container("deep renamed").await;
    assert_eq!((found.src(), found.child_file("renamed.docx").await.src()), (deep.src(), file.src()));
    let names: Vec<String> = file.ancestors().await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names[names.len() - 4..], [&doc.folder[1..], "other", "moved", "deep renamed"]);
}

#[tokio::test]
async fn c3_ids_of_files_and_of_containers_are_disjoint() {
    let doc = Shared::server().document(b"content");
    let container = doc.container();
    assert_ne!(doc.alice.id(), container.id());
    let base = Shared::server().binary().url();
    for (wopi, kind) in [(&doc.alice, "containers"), (&*container, "files")] {
        wopi.with_src(&format!("{base}/wopi/{kind}/{}", wopi.id())).info().await.expect_one_of(&[401, 404]);
    }
}

#[tokio::test]
async fn c5_the_token_may_come_in_the_authorization_header_and_the_query_decides() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    for (wopi, suffix) in [
        (&*container, ""),
        (&*container, "/children"),
        (&*container, "/ancestry"),
        (&*container, "/ecosystem_pointer"),
        (&*ecosystem, ""),
        (&*ecosystem, "/root_container_pointer"),
        (&doc.alice, "/ancestry"),
    ] {
        let bearer = format!("Bearer {}", wopi.token());
        let right = format!("access_token={}", percent(wopi.token()));
        let get = |query: &str, header: &str| {
            let call = wopi.call(Method::GET, suffix).query(query).header("Authorization", header);
            async move { call.send().await }
        };
        get("", &bearer).await.expect(200);
        get(&right, &bearer).await.expect(200);
        get(&right, "Bearer wrong").await.expect(200);
        get("access_token=wrong", &bearer).await.expect(401);
        get("", "Bearer wrong").await.expect(401);
        wopi.call(Method::GET, suffix).query("").send().await.expect(401);
    }
    let create = container.file_call().header(RELATIVE, "by header.docx").query("");
    create.header("Authorization", &format!("Bearer {}", container.token())).send().await.expect(200);
}

#[tokio::test]
async fn c6_a_mangled_token_is_refused_by_every_operation_and_changes_nothing() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    let native = doc.alice.info().await.expect(200).text("HostEditUrl");
    for kind in ["nonsense", "cut", "with a bent signature", "unsigned", "forged"] {
        let mangle = |token: &str| match kind {
            "cut" => tokens::cut(token),
            "with a bent signature" => tokens::with_bent_signature(token),
            "unsigned" => tokens::unsigned(token),
            "forged" => tokens::forged(token),
            _ => "INVALID".to_owned(),
        };
        let mut replies = every_container_operation(&container.with_token(&mangle(container.token()))).await;
        replies.extend(every_ecosystem_operation(&ecosystem.with_token(&mangle(ecosystem.token())), &native).await);
        replies.extend(file_pointers(&doc.alice.with_token(&mangle(doc.alice.token()))).await);
        for (operation, reply) in replies {
            assert_eq!(reply.status, 401, "{operation} with a token that is {kind}: {reply}");
        }
    }
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c6_a_token_is_good_for_its_own_resource_alone() {
    let server = Shared::server();
    let (doc, other) = (server.document(b"content"), server.document(b"other"));
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    let elsewhere = other.container();
    let child = container.new_container("child").await;
    for (kind, token) in [
        ("another container", elsewhere.token()),
        ("a child container", child.token()),
        ("a file in it", doc.alice.token()),
        ("the ecosystem", ecosystem.token()),
    ] {
        for (operation, reply) in every_container_operation(&container.with_token(token)).await {
            assert_eq!(reply.status, 401, "{operation} with the token of {kind}: {reply}");
        }
    }
    for (kind, token) in [("a container", container.token()), ("a file", doc.alice.token())] {
        for (operation, reply) in every_ecosystem_operation(&ecosystem.with_token(token), "x").await {
            assert_eq!(reply.status, 401, "{operation} with the token of {kind}: {reply}");
        }
    }
    for (kind, token) in [("its container", container.token()), ("the ecosystem", ecosystem.token())] {
        let file = doc.alice.with_token(token);
        file.info().await.expect(401);
        file.get().await.expect(401);
        for (operation, reply) in file_pointers(&file).await {
            assert_eq!(reply.status, 401, "{operation} with the token of {kind}: {reply}");
        }
    }
    child.remove().await.expect(200);
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c6_what_is_gone_or_was_taken_away_is_not_found() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let bob = doc.container_shared_with("bob", "editor");
    let below = bob.new_container("below").await;
    bob.children().await.expect(200);
    server.binary().cli_ok(&["revoke", "bob", &format!("alice:{}", doc.folder)], "");
    for container in [&bob, &below] {
        for (operation, reply) in every_container_operation(container).await {
            assert_eq!(reply.status, 404, "{operation} without a right: {reply}");
        }
    }
    let gone = doc.container().child_container("below").await;
    gone.remove().await.expect(200);
    for (operation, reply) in every_container_operation(&gone).await {
        assert_eq!(reply.status, 404, "{operation} on a container that is gone: {reply}");
    }
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c6_c45_a_container_that_never_was_is_not_found() {
    let doc = Shared::server().document(b"content");
    let base = Shared::server().binary().url();
    for id in ["AAAAAAAAAAAAAAAAAAAAAA", "x", "%00", "..%2F..%2Fetc", "shared-x", "shared-", &"y".repeat(2000)] {
        let stranger = Container::new(doc.container().with_src(&format!("{base}/wopi/containers/{id}")));
        stranger.info().await.expect_one_of(&[401, 404]);
        stranger.create_file("x.docx", None).await.expect_one_of(&[401, 404]);
        stranger.children().await.expect_one_of(&[401, 404]);
    }
}

#[tokio::test]
async fn c8_an_outstanding_token_stays_good_for_whatever_the_flags_promise() {
    let doc = Shared::server().document(b"content");
    let container = doc.container().new_container("promised").await;
    let info = container.info().await.expect(200).json();
    for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
        assert_eq!(info[flag], true, "{flag}: {info}");
    }
    container.new_file("a.docx").await.delete().await.expect(200);
    container.new_container("b").await.remove().await.expect(200);
    container.rename_to("renamed").await.expect(200);
    for kind in info["SupportedShareUrlTypes"].as_array().expect("a list") {
        container.share_url(kind.as_str()).await.expect(200);
    }
    container.remove().await.expect(200);
}

#[tokio::test]
async fn c14_an_unknown_or_missing_override_answers_501() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    for wopi in [&*container, &*ecosystem] {
        wopi.call(Method::POST, "").send().await.expect(501).expect_message();
        for unknown in ["", "MADE_UP", "LOCK", "PUT_RELATIVE", "DELETE", "RENAME_FILE", "CREATE_CHILD"] {
            wopi.call(Method::POST, "").header("X-WOPI-Override", unknown).send().await.expect(501);
        }
    }
    doc.alice.post("CREATE_CHILD_FILE").header(SUGGESTED, ".docx").send().await.expect(501);
    doc.alice.post("DELETE_CONTAINER").send().await.expect(501);
    ecosystem.post("DELETE_CONTAINER").send().await.expect(501);
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c15_a_get_with_content_length_0_is_answered() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    for (wopi, suffix) in [
        (&*container, ""),
        (&*container, "/children"),
        (&*container, "/ancestry"),
        (&*container, "/ecosystem_pointer"),
        (&*ecosystem, ""),
        (&*ecosystem, "/root_container_pointer"),
        (&doc.alice, "/ancestry"),
        (&doc.alice, "/ecosystem_pointer"),
    ] {
        let mut raw = Raw::to(wopi);
        assert!(raw.write(Raw::head(wopi, "GET", suffix, &[("Content-Length", "0")])));
        raw.reply(suffix).expect("a reply").expect(200);
    }
}

#[tokio::test]
async fn c15_a_body_that_no_operation_wants_is_ignored() {
    let doc = Shared::server().document(b"content");
    let container = doc.container();
    let reply = container.file_call().header(RELATIVE, "new.docx").body(vec![7; 100_000]).send().await.expect(200);
    let file = container.made_file(&reply);
    assert_eq!(file.info().await.expect(200).json()["Size"], 0);
    let chunked = container.container_call().header(RELATIVE, "new").chunked_body(&[7; 10_000], 999);
    let made = container.made_container(&chunked.send().await.expect(200));
    made.post("DELETE_CONTAINER").body("{}").send().await.expect(200);
}

#[tokio::test]
async fn c16_c18_lengths_types_and_caching_are_right_and_nothing_redirects() {
    // Every reply of these tests is held to C-16 and C-18; here one of each kind is looked at closely.
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    let native = doc.alice.info().await.expect(200).text("HostEditUrl");
    let child = container.new_container("child").await;
    let mut replies = file_pointers(&doc.alice).await;
    replies.extend(every_container_operation(&child).await);
    replies.extend(every_ecosystem_operation(&ecosystem, &native).await);
    for (operation, reply) in replies {
        if operation == "DeleteContainer" {
            assert_eq!(reply.status, 409, "{operation}: the intruders are in it: {reply}");
            continue;
        }
        assert_eq!(reply.status, 200, "{operation}: {reply}");
        let length = reply.header("Content-Length").map(str::to_owned);
        assert_eq!(length, Some(reply.body.len().to_string()), "{operation}: {reply}");
        assert!(reply.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json")), "{operation}");
        assert!(reply.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "{operation}: {reply}");
        assert!(reply.json().is_object(), "{operation}: {reply}");
    }
    let empty = container.new_container("empty").await.remove().await.expect(200);
    assert_eq!((empty.header("Content-Length"), empty.body.len()), (Some("0"), 0), "section 4.4: no body: {empty}");
}

#[tokio::test]
async fn c19_unknown_headers_and_parameters_disturb_no_operation() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    for (wopi, suffix) in [
        (&*container, ""),
        (&*container, "/children"),
        (&*container, "/ancestry"),
        (&*ecosystem, ""),
        (&*ecosystem, "/root_container_pointer"),
    ] {
        let call = wopi.call(Method::GET, suffix).also_query("access_token_ttl=0&sc=a%20b&flag&%F0%9F=1");
        let call = call.header("X-Unheard-Of", "1").header("X-WOPI-CorrelationId", "not a guid");
        let call = call.header("X-WOPI-DeviceId", "d").header("X-WOPI-PerfTraceRequested", "true");
        let call = call.header("X-WOPI-SessionId", "s").header("X-WOPI-MachineName", "m").header("X-Request-ID", "r");
        let call = call.header("X-WOPI-ClientVersion", "1").header("Accept", "text/html").header("User-Agent", "");
        call.send().await.expect(200);
    }
}

#[tokio::test]
async fn c20_values_have_their_json_types() {
    let doc = Shared::server().document(b"content");
    let container = doc.container();
    let info = container.info().await.expect(200).json();
    for (name, value) in info.as_object().expect("an object") {
        let right = match name.as_str() {
            "SupportedShareUrlTypes" => value.is_array(),
            "Name" | "HostUrl" | "SharingUrl" => value.is_string(),
            _ => value.is_boolean(),
        };
        assert!(right, "{name}: {info}");
    }
    let entry = container.children().await.expect(200).json()["ChildFiles"][0].clone();
    assert!(entry["Size"].is_u64() && entry["Version"].is_string() && entry["LastModifiedTime"].is_string(), "{entry}");
    assert!(doc.alice.ecosystem().await.check().await.expect(200).json()["SupportsContainers"].is_boolean());
}

#[tokio::test]
async fn c21_a_viewer_is_told_what_he_may_not_do_and_gets_404_for_it() {
    let doc = Shared::server().document(b"content");
    let bob = doc.container_shared_with("bob", "viewer");
    let info = bob.info().await.expect(200).json();
    for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
        assert_eq!(info[flag], false, "{flag}: {info}");
    }
    bob.create_file("x.docx", None).await.expect(404);
    bob.suggest_file(".docx").await.expect(404);
    bob.create_container("x").await.expect(404);
    bob.suggest_container("x").await.expect(404);
    bob.rename_to("x").await.expect(404);
    bob.remove().await.expect(404);
    // The one exception that is written down may show here too; the row of the table needs the right to create.
    bob.create_file("document.wopitest", Some("true")).await.expect_one_of(&[404, 501]);
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
    nothing_has_changed(&doc).await;
    // What he may do he can do.
    assert_eq!(bob.names().await.1, ["document.wopitest"]);
    let file = bob.child_file("document.wopitest").await;
    assert_eq!(file.get().await.expect(200).body, b"content");
    assert_eq!(file.info().await.json()["UserCanWrite"], false);
}

#[tokio::test]
async fn c21_the_flags_of_an_editor_and_of_an_owner_are_kept() {
    let doc = Shared::server().document(b"content");
    for (user, role) in [("bob", "editor"), ("carol", "owner")] {
        let top = doc.container_shared_with(user, role);
        let info = top.info().await.expect(200).json();
        assert_eq!(
            (&info["UserCanCreateChildContainer"], &info["UserCanCreateChildFile"]),
            (&true.into(), &true.into())
        );
        let below = top.new_container(&format!("below {user}")).await;
        top.new_file(&format!("{user}.docx")).await.delete().await.expect(200);
        let info = below.info().await.expect(200).json();
        assert_eq!((&info["UserCanRename"], &info["UserCanDelete"]), (&true.into(), &true.into()), "{role}: {info}");
        below.rename_to(&format!("renamed {user}")).await.expect(200);
        below.remove().await.expect(200);
    }
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c11_a_token_that_only_reads_makes_every_flag_false_and_leads_to_tokens_that_only_read() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let printed = server.binary().cli_ok(&["token", "--user", "alice", &doc.path, "--json", "--view"], "").json();
    let file = Wopi::from_json(http_client(), &printed);
    let parent = file.parent().await;
    assert_eq!(parent.src(), doc.container().src());
    let info = parent.info().await.expect(200).json();
    for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
        assert_eq!(info[flag], false, "{flag}: {info}");
    }
    parent.create_file("x.docx", None).await.expect(404);
    parent.rename_to("x").await.expect(404);
    let again = parent.child_file("document.wopitest").await;
    assert_eq!(again.info().await.json()["UserCanWrite"], false);
    again.put(None, "defaced").await.expect_one_of(&[404, 409]);
    let root = file.ecosystem().await.root().await;
    assert_ne!(root.info().await.expect(200).json()["UserCanCreateChildFile"], true);
    root.create_file("x.docx", None).await.expect(404);
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c11_a_token_that_only_reads_leads_to_no_right_to_write_by_any_way() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let info = doc.alice.info().await.expect(200);
    let container = doc.container();
    let mut natives = vec![info.text("HostEditUrl"), info.text("HostViewUrl")];
    for wopi in [&doc.alice, &*container] {
        natives.push(wopi.share_url(Some("ReadWrite")).await.expect(200).text("ShareUrl"));
    }
    let printed = server.binary().cli_ok(&["token", "--user", "alice", &doc.folder, "--json", "--view"], "").json();
    let viewed = Container::from_json(http_client(), &printed);
    for kind in ["ReadOnly", "ReadWrite"] {
        viewed.share_url(Some(kind)).await.expect(501);
        viewed.child_file("document.wopitest").await.share_url(Some(kind)).await.expect(501);
    }
    let ecosystem = viewed.ecosystem().await;
    for native in natives {
        let reply = ecosystem.wopi_src(native.as_bytes()).await.expect_one_of(&[200, 404]);
        if reply.status == 200 {
            let opened = ecosystem.follow(&reply.text("Url"));
            let info = opened.info().await.expect(200).json();
            for flag in ["UserCanWrite", "UserCanRename", "UserCanCreateChildFile", "UserCanDelete"] {
                assert_ne!(info[flag], true, "{native}: {flag}: {info}");
            }
        }
    }
    let walked = ecosystem.root().await.child_container(&doc.folder[1..]).await;
    walked.create_file("x.docx", None).await.expect(404);
    walked.child_file("document.wopitest").await.rename("x", None).await.expect_one_of(&[401, 404]);
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c4_urls_follow_the_host_and_not_what_a_request_says_of_it() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    container.new_container("child").await;
    for (wopi, suffix) in [
        (&*container, ""),
        (&*container, "/children"),
        (&*container, "/ancestry"),
        (&*container, "/ecosystem_pointer"),
        (&*ecosystem, "/root_container_pointer"),
        (&doc.alice, "/ancestry"),
    ] {
        let call = wopi.call(Method::GET, suffix).header("X-Forwarded-Host", "evil.example");
        let call = call.header("Forwarded", "host=evil.example").header("X-WOPI-HostEndpoint", "evil.example");
        let reply = call.header("Host", "evil.example").send().await;
        assert!(!String::from_utf8_lossy(&reply.body).contains("evil.example"), "{reply}");
    }
}

#[tokio::test]
async fn c8_a_user_who_was_disabled_opens_nothing_more() {
    let server = Shared::server();
    let doc = server.document(b"content");
    server.binary().add_user("leaver", &[]);
    let container = doc.container_shared_with("leaver", "editor");
    let ecosystem = container.ecosystem().await;
    server.binary().cli_ok(&["user", "disable", "leaver"], "");
    for (operation, reply) in every_container_operation(&container).await {
        assert!([401, 404].contains(&reply.status), "{operation}: {reply}");
    }
    for (operation, reply) in every_ecosystem_operation(&ecosystem, "x").await {
        assert!([401, 404].contains(&reply.status), "{operation}: {reply}");
    }
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c21a_checks_come_in_their_order() {
    let doc = Shared::server().document(b"content");
    let (alice, bob) = (doc.container(), doc.container_shared_with("bob", "viewer"));
    let gone = alice.new_container("gone").await;
    gone.remove().await.expect(200);
    let both = |container: &Container| {
        let container = container.clone();
        async move { container.file_call().header(RELATIVE, "a/b").header(SUGGESTED, "x").send().await }
    };
    // Token before existence, before the operation, before the right, before the headers, before the name's owner.
    gone.with_token("wrong").post("MADE_UP").send().await.expect(401);
    gone.post("MADE_UP").send().await.expect(404);
    bob.post("MADE_UP").send().await.expect(501);
    both(&bob).await.expect(404);
    both(&alice).await.expect(501);
    let illegal = alice.file_call().header(RELATIVE, "a/document.wopitest").header(OVERWRITE, "true");
    illegal.send().await.expect(400);
    bob.create_container("a/b").await.expect(404);
    bob.rename_to("a/b").await.expect(404);
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c6_an_expired_token_is_refused_with_all_that_came_from_it() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let printed =
        server.binary().cli_ok(&["token", "--user", "alice", &doc.folder, "--json", "--lifetime", "3s"], "").json();
    let container = Container::from_json(http_client(), &printed);
    let ecosystem = container.ecosystem().await;
    let child = container.child_file("document.wopitest").await;
    let begun = Instant::now();
    loop {
        let reply = container.info().await.expect_one_of(&[200, 401]);
        if reply.status == 401 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the token does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (operation, reply) in every_container_operation(&container).await {
        assert_eq!(reply.status, 401, "{operation}: {reply}");
    }
    for (operation, reply) in every_ecosystem_operation(&ecosystem, "x").await {
        assert_eq!(reply.status, 401, "{operation}: {reply}");
    }
    for (operation, reply) in file_pointers(&child).await {
        assert_eq!(reply.status, 401, "{operation}: {reply}");
    }
    nothing_has_changed(&doc).await;
}

#[tokio::test]
async fn c120_legacy_folders_answer_501() {
    let doc = Shared::server().document(b"content");
    let base = Shared::server().binary().url();
    for token in [doc.alice.token(), doc.container().token()] {
        for id in ["x", doc.container().id()] {
            let folder = doc.alice.with_src(&format!("{base}/wopi/folders/{id}")).with_token(token);
            folder.info().await.expect(501);
            folder.call(Method::GET, "/children").send().await.expect(501);
        }
    }
    let info = doc.alice.info().await.expect(200).json();
    assert_ne!(info["SupportsFolders"], true);
}

#[tokio::test]
async fn other_verbs_are_not_of_the_protocol() {
    let doc = Shared::server().document(b"content");
    let (container, ecosystem) = (doc.container(), doc.alice.ecosystem().await);
    for wopi in [&*container, &*ecosystem] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let reply = wopi.call(method, "").send().await.expect(405);
            assert!(reply.header("Allow").is_some_and(|allow| allow.contains("GET")), "{reply}");
        }
    }
    for suffix in ["/children", "/ancestry", "/ecosystem_pointer"] {
        let call = container.call(Method::POST, suffix).header("X-WOPI-Override", "DELETE_CONTAINER");
        call.send().await.expect_one_of(&[404, 405, 501]);
    }
    nothing_has_changed(&doc).await;
}
