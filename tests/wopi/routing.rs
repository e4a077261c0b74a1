//! Addresses at the edges of what is routed: odd spellings of an id and of a path, methods that nobody needs. Each is answered as
//! files.md section 1.12 says or as any router would, never by a failure of the host, and on a connection that goes on.

use crate::support::{Shared, Wopi, percent, raw::Raw, reply::Reply};

/// Asks for a path below `/wopi` with the token of a document, on a connection of its own, and looks whether that connection
/// still serves.
fn ask(wopi: &Wopi, method: &str, path: &str) -> Reply {
    let token = percent(wopi.token());
    let target = format!("/wopi{path}?access_token={token}");
    on_one_connection(wopi, method, &target)
}

fn on_one_connection(wopi: &Wopi, method: &str, target: &str) -> Reply {
    let host = wopi.src().split('/').nth(2).expect("an authority");
    let mut raw = Raw::to(wopi);
    assert!(raw.write(format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n")));
    let reply = raw.reply(method).expect("an answer");
    assert_ne!(reply.status / 100, 5, "{method} {target}: {reply}");
    assert!(raw.write(Raw::head(wopi, "GET", "", &[])), "{method} {target} ended the connection");
    assert_eq!(raw.reply("CheckFileInfo").expect("another answer").status, 200, "after {method} {target}");
    reply
}

#[tokio::test]
async fn an_id_in_percent_escapes_is_the_same_id() {
    let doc = Shared::server().document(b"content");
    let escaped = doc.alice.id().bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    assert_eq!(ask(&doc.alice, "GET", &format!("/files/{escaped}")).status, 200);
    assert_eq!(ask(&doc.alice, "GET", &format!("/files/{escaped}/contents")).body, b"content");
    let lower = escaped.to_lowercase();
    assert_eq!(ask(&doc.alice, "GET", &format!("/files/{lower}")).status, 200);
}

#[tokio::test]
async fn an_id_that_cannot_be_one_is_refused_before_anything_is_looked_for() {
    let doc = Shared::server().document(b"content");
    let id = doc.alice.id();
    let longest = "a".repeat(64);
    for odd in [
        "%00",
        "%2F",
        "%2e%2e",
        "%zz",
        "%",
        "%f",
        "%ff",
        "%C3%28",
        "%20",
        "+",
        "a%2Fb",
        "..%2f..%2fetc",
        "%F0%9F%98%80",
        &longest,
        &format!("{longest}a"),
        &"a".repeat(4_000),
        &format!("{id}%00"),
        &format!("{id}%20"),
        &format!("%20{id}"),
        &id.to_uppercase(),
        &format!("{id};a=b"),
        &format!("{id}."),
        "*",
        "{id}",
        "null",
        "-1",
    ] {
        if odd == id {
            continue;
        }
        for path in [format!("/files/{odd}"), format!("/files/{odd}/contents"), format!("/containers/{odd}")] {
            let reply = ask(&doc.alice, "GET", &path);
            assert!(matches!(reply.status, 401 | 404), "{path}: {reply}");
        }
    }
    assert_eq!(doc.alice.get().await.expect(200).body, b"content");
}

#[tokio::test]
async fn a_path_that_is_nearly_right_is_not_there() {
    let doc = Shared::server().document(b"content");
    let id = doc.alice.id();
    for path in [
        String::new(),
        "/".into(),
        "/files".into(),
        "/files/".into(),
        format!("/files//{id}"),
        format!("//files/{id}"),
        format!("/files/{id}/"),
        format!("/files/{id}//contents"),
        format!("/files/{id}/contents/"),
        format!("/files/{id}/contents/more"),
        format!("/files/{id}/Contents"),
        format!("/Files/{id}"),
        format!("/files/{id}/content"),
        format!("/files/{id}/ancestry/"),
        format!("/files/./{id}/x"),
        format!("/filesystem/{id}"),
        format!("/files{id}"),
        "/ecosystem/".into(),
        "/ecosystem/nothing".into(),
    ] {
        for method in ["GET", "POST"] {
            let reply = ask(&doc.alice, method, &path);
            assert_eq!(reply.status, 404, "{method} {path}: {reply}");
        }
    }
    let shouted =
        on_one_connection(&doc.alice, "GET", &format!("/WOPI/files/{id}?access_token={}", percent(doc.alice.token())));
    assert_eq!(shouted.status, 404);
}

#[tokio::test]
async fn a_method_that_an_address_does_not_have_is_405_and_names_those_that_it_has() {
    let doc = Shared::server().document(b"content");
    let before = doc.alice.state().await;
    let id = doc.alice.id();
    for (path, allowed) in [
        (format!("/files/{id}"), "GET, POST"),
        (format!("/files/{id}/contents"), "GET, POST"),
        (format!("/files/{id}/activities"), "POST"),
        (format!("/files/{id}/ancestry"), "GET"),
        (format!("/files/{id}/ecosystem_pointer"), "GET"),
    ] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "LOCK", "MKCOL"] {
            let reply = ask(&doc.alice, method, &path);
            assert_eq!((reply.status, reply.header("Allow")), (405, Some(allowed)), "{method} {path}: {reply}");
        }
        if allowed == "POST" {
            assert_eq!(ask(&doc.alice, "GET", &path).status, 405);
        }
        if allowed == "GET" {
            assert_eq!(ask(&doc.alice, "POST", &path).status, 405);
        }
    }
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn one_token_counts_and_an_empty_or_missing_one_is_none() {
    let doc = Shared::server().document(b"content");
    let (path, token) = (format!("/wopi/files/{}", doc.alice.id()), percent(doc.alice.token()));
    for query in
        ["", "?", "?access_token", "?access_token=", "?access_token=&x=1", "?ACCESS_TOKEN=x", "?access_token=%00"]
    {
        let reply = on_one_connection(&doc.alice, "GET", &format!("{path}{query}"));
        assert_eq!(reply.status, 401, "{query}: {reply}");
    }
    for query in [
        format!("?x=1&access_token={token}"),
        format!("?access_token={token}&access_token=other"),
        format!("?&&access_token={token}&&"),
    ] {
        let reply = on_one_connection(&doc.alice, "GET", &format!("{path}{query}"));
        assert_eq!(reply.status, 200, "{query}: {reply}");
    }
    let other_first = on_one_connection(&doc.alice, "GET", &format!("{path}?access_token=other&access_token={token}"));
    assert_eq!(other_first.status, 401, "the first one counts: {other_first}");
}
