//! User information, share URLs, activities, ancestry and what a host need not support: F-125 to F-134.

use crate::support::{Binary, Shared, Wopi, wopi::http_client};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn f125_f126_user_info_is_kept_for_the_user_on_every_file() {
    let server = Shared::server();
    server.binary().add_user("jack", &[]);
    let (one, two) = (server.document(b"1"), server.document(b"2"));
    let (first, second) = (one.shared_with("jack", "viewer"), two.shared_with("jack", "viewer"));
    let put = |text: &str| {
        let call = first.post("PUT_USER_INFO").body(text);
        async move { call.send().await }
    };
    let full: String = (0x20..0x7F_u8).map(char::from).cycle().take(1024).collect();
    for text in ["plain", "{\"json\": \"text\", \"n\": [1]}", "  spaces around \t and\nlines ", &full, "last"] {
        let reply = put(text).await.expect(200);
        assert!(reply.body.is_empty(), "{reply}");
        assert_eq!(first.info().await.text("UserInfo"), text);
        assert_eq!(second.info().await.text("UserInfo"), text);
    }
    put(&"x".repeat(1025)).await.expect(400).expect_message();
    assert_eq!(first.info().await.text("UserInfo"), "last");
    put("").await.expect(200);
    let cleared = first.info().await.expect(200).json();
    assert!(cleared["UserInfo"].as_str().unwrap_or_default().is_empty(), "an empty body clears it: {cleared}");
}

#[tokio::test]
async fn user_info_is_not_taken_from_a_token_that_only_reads() {
    let server = Shared::server();
    server.binary().add_user("karin", &[]);
    let doc = server.document(b"content");
    let karin = doc.shared_with("karin", "editor");
    karin.post("PUT_USER_INFO").body("her own").send().await.expect(200);
    let looking = doc.looked_at_by("karin");
    assert_ne!(looking.info().await.expect(200).json()["SupportsUserInfo"], true);
    looking.post("PUT_USER_INFO").body("intruded").send().await.expect(501);
    assert_eq!(karin.info().await.text("UserInfo"), "her own");
}

#[tokio::test]
async fn f125_user_info_survives_a_kill() {
    let mut server = Binary::serve();
    server.add_user("alice", &[]);
    server.import("alice", &[("document.docx", b"content")]);
    let file = Wopi::from_json(http_client(), &server.token("alice", "/document.docx"));
    file.post("PUT_USER_INFO").body("remembered").send().await.expect(200);
    server.crash_and_restart();
    assert_eq!(file.reconnected().info().await.text("UserInfo"), "remembered");
}

#[tokio::test]
async fn f127_each_listed_kind_of_share_url_is_given() {
    let doc = Shared::server().document(b"content");
    let ask = |kind: Option<&str>| {
        let call = doc.alice.post("GET_SHARE_URL");
        let call = match kind {
            Some(kind) => call.header("X-WOPI-UrlType", kind),
            None => call,
        };
        call.send()
    };
    let listed = doc.alice.info().await.expect(200).json()["SupportedShareUrlTypes"].clone();
    let mut urls = Vec::new();
    for kind in listed.as_array().expect("a list") {
        let url = ask(kind.as_str()).await.expect(200).text("ShareUrl");
        assert!(reqwest::Url::parse(&url).is_ok_and(|url| url.has_host()), "{kind}: {url}");
        assert!(!urls.contains(&url), "one URL for two kinds of access");
        urls.push(url);
    }
    assert_eq!(urls.len(), 2);
    for kind in [Some("Unknown"), Some(""), Some("readonly "), None] {
        if kind != Some("readonly ") {
            ask(kind).await.expect(501);
        }
    }
}

async fn add(file: &Wopi, suffix: &str, body: &Value) -> Value {
    let call = file.call(Method::POST, suffix).header("X-WOPI-Override", "ADD_ACTIVITIES");
    call.body(body.to_string()).send().await.expect(200).json()
}

#[tokio::test]
async fn f128_a_comment_is_answered_with_its_own_id() {
    let doc = Shared::server().document(b"content");
    for suffix in ["", "/activities"] {
        for id in ["7B2F1C3E-AAAA-BBBB-CCCC-0123456789AB", "{7b2f1c3e}", "any text"] {
            let activity =
                json!({ "Type": "comment", "Id": id, "Data": { "ContentId": "{c}", "ContentAction": "created" } });
            let answer = add(&doc.alice, suffix, &json!({ "Activities": [activity] })).await;
            assert_eq!(answer["ActivityResponses"], json!([{ "Id": id, "Status": 0 }]));
        }
    }
    // Whoever can read can comment.
    let bob = doc.shared_with("bob", "viewer");
    let answer = add(&bob, "", &json!({ "Activities": [{ "Type": "comment", "Id": "x" }] })).await;
    assert_eq!(answer["ActivityResponses"][0]["Status"], 0);
}

#[tokio::test]
async fn f129_f131_each_activity_has_its_own_answer() {
    let doc = Shared::server().document(b"content");
    let batch = json!({ "Activities": [
        { "Type": "comment", "Id": "1", "Data": {} },
        { "Type": "unheard-of", "Id": "2" },
        { "Type": "comment", "Id": "3" },
        { "Type": "unheard-of", "Id": "4", "Data": { "ContentId": "x" } },
    ] });
    let answer = add(&doc.alice, "", &batch).await;
    let expected = json!([
        { "Id": "1", "Status": 0 }, { "Id": "2", "Status": 3 }, { "Id": "3", "Status": 0 }, { "Id": "4", "Status": 3 },
    ]);
    assert_eq!(answer["ActivityResponses"], expected);
    assert_eq!(add(&doc.alice, "", &json!({ "Activities": [] })).await["ActivityResponses"], json!([]));
}

#[tokio::test]
async fn f130_activities_are_read_generously() {
    let doc = Shared::server().document(b"content");
    let long = "x".repeat(1024);
    let people = json!([
        { "Name": "A", "Id": "{S-1-5}", "Provider": "Windows Live", "Mentioned": true, "InThread": false, "Odd": [] },
        { "Name": "B", "Id": "b", "Provider": "wopi-contoso", "RepliedTo": true },
    ]);
    let data = json!({
        "ContentId": long, "NavigationId": long, "ContentAction": "updated", "CommentText": "Grüße 😀", "IsReply": true,
        "Unknown": { "deep": [1, 2, { "deeper": null }] },
    });
    let activity = json!({
        "Type": "comment", "Id": "g", "Timestamp": "2017-03-15T13:47:13000000Z", "Created": "yesterday",
        "Data": data, "People": people, "More": 1,
    });
    let answer = add(&doc.alice, "", &json!({ "Activities": [activity], "Top": "level" })).await;
    assert_eq!(answer["ActivityResponses"], json!([{ "Id": "g", "Status": 0 }]));
}

#[tokio::test]
async fn malformed_activities_are_refused() {
    let doc = Shared::server().document(b"content");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in ["", "{", "[]", "{}", "null", "{\"Activities\": 1}", "\u{feff}x", &deep] {
        let reply = doc.alice.post("ADD_ACTIVITIES").body(body).send().await;
        assert_eq!(reply.status, 400, "{}: {reply}", &body[..body.len().min(40)]);
        reply.expect_message();
    }
}

#[tokio::test]
async fn f132_ancestors_come_root_first_or_not_yet() {
    let doc = Shared::server().document(b"content");
    let reply = doc.alice.call(Method::GET, "/ancestry").send().await.expect_one_of(&[200, 501]);
    if reply.status == 200 {
        let list = reply.json()["AncestorsWithRootFirst"].as_array().expect("a list").clone();
        assert!(!list.is_empty());
        for ancestor in &list {
            assert!(ancestor["Name"].as_str().is_some_and(|name| !name.is_empty()), "{ancestor}");
            assert!(ancestor["Url"].as_str().is_some_and(|url| url.contains("access_token=")), "{ancestor}");
        }
        assert_eq!(list.last().expect("a parent")["Name"], &doc.folder[1..]);
    } else {
        assert_ne!(doc.alice.info().await.expect(200).json()["SupportsContainers"], true);
    }
}

#[tokio::test]
async fn f133_the_ecosystem_pointer_is_given_or_not_yet() {
    let doc = Shared::server().document(b"content");
    let reply = doc.alice.call(Method::GET, "/ecosystem_pointer").send().await.expect_one_of(&[200, 501]);
    if reply.status == 200 {
        assert!(reply.text("Url").contains("access_token="), "{reply}");
    } else {
        assert_ne!(doc.alice.info().await.expect(200).json()["SupportsEcosystem"], true);
    }
}

#[tokio::test]
async fn f134_what_a_host_need_not_support_answers_501_after_the_token() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    for (suffix, name) in [
        ("", "COBALT"),
        ("", "READ_SECURE_STORE"),
        ("", "GET_RESTRICTED_LINK"),
        ("", "REVOKE_RESTRICTED_LINK"),
        ("", "GET_ACTIVITIES"),
        ("/activities", "GET_ACTIVITIES"),
        ("", "GET_COAUTH_LOCK"),
        ("", "GET_COAUTH_TABLE"),
        ("", "REFRESH_COAUTH_LOCK"),
        ("", "UNLOCK_COAUTH_LOCK"),
        ("", "GET_CHUNKED_FILE"),
        ("", "PUT_CHUNKED_FILE"),
        ("", "GET_SEQUENCE_NUMBER"),
    ] {
        let call = |file: &Wopi| {
            let file = file.clone();
            async move {
                let call = file.call(Method::POST, suffix).header("X-WOPI-Override", name).header("X-WOPI-Lock", "A");
                call.body(vec![0; 1000]).send().await
            }
        };
        assert_eq!(call(&doc.alice).await.status, 501, "{name}");
        assert_eq!(call(&doc.alice.with_token("wrong")).await.status, 401, "{name}");
    }
    assert_eq!(doc.alice.state().await, before);
}
