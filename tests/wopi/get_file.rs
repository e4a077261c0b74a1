//! `GetFile` and `FileUrl`: F-40 to F-46.

use crate::support::wopi::http_client;
use crate::support::{Shared, noise};
use reqwest::Method;

#[tokio::test]
async fn f40_all_bytes_come_locked_and_unlocked_and_nothing_changes() {
    let bytes = noise(40, 1_500_000);
    let doc = Shared::server().document(&bytes);
    let before = doc.alice.state().await;
    assert_eq!(doc.alice.get().await.expect(200).body, bytes);
    assert_eq!(doc.alice.state().await, before);
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    assert_eq!(doc.alice.get().await.expect(200).body, bytes);
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn f40_a_reader_gets_the_bytes_too() {
    let doc = Shared::server().document(b"content");
    assert_eq!(doc.shared_with("bob", "viewer").get().await.expect(200).body, b"content");
}

#[tokio::test]
async fn f40_ranges_and_conditions_are_ignored() {
    let doc = Shared::server().document(b"content");
    let version = doc.alice.get().await.expect(200).version();
    for (name, value) in [
        ("Range", "bytes=2-3"),
        ("If-None-Match", "*"),
        ("If-None-Match", version.as_str()),
        ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("Accept-Encoding", "gzip, br"),
        ("Accept", "text/html"),
    ] {
        let reply = doc.alice.call(Method::GET, "/contents").header(name, value).send().await.expect(200);
        assert_eq!(reply.body, b"content", "{name}: {value}");
    }
}

#[tokio::test]
async fn f41_the_version_is_that_of_check_file_info() {
    let doc = Shared::server().document(b"content");
    assert_eq!(doc.alice.get().await.expect(200).version(), doc.alice.info().await.text("Version"));
}

#[tokio::test]
async fn f42_the_largest_expected_size_is_kept_to() {
    let doc = Shared::server().document(&noise(42, 1000));
    for (limit, status) in [
        ("1000", 200),
        ("999", 412),
        ("0", 412),
        ("1001", 200),
        ("2147483647", 200),
        ("99999999999999999999", 200),
        ("-1", 200),
        ("many", 200),
        ("", 200),
    ] {
        let reply = doc.alice.call(Method::GET, "/contents").header("X-WOPI-MaxExpectedSize", limit).send().await;
        let reply = reply.expect(status);
        if status == 412 {
            assert!(reply.body.len() < 900 && !reply.body.starts_with(&noise(42, 8)), "no bytes of the file: {reply}");
        } else {
            assert_eq!(reply.body.len(), 1000, "{limit}");
        }
    }
}

#[tokio::test]
async fn f43_a_file_of_no_bytes_is_a_file() {
    let doc = Shared::server().document_called("empty.docx", b"");
    let reply = doc.alice.get().await.expect(200);
    assert_eq!((reply.body.len(), reply.header("Content-Length")), (0, Some("0")), "{reply}");
    assert_eq!(doc.alice.info().await.expect(200).json()["Size"], 0);
}

#[tokio::test]
async fn f44_f45_f46_the_file_url_serves_the_newest_bytes_to_a_bare_get() {
    let doc = Shared::server().document(b"old");
    let url = doc.alice.info().await.text("FileUrl");
    let bare = |url: String| async move {
        let reply = http_client().get(url).send().await.expect("a reply");
        assert_eq!(reply.status(), 200);
        reply.bytes().await.expect("a body").to_vec()
    };
    assert_eq!(bare(url.clone()).await, b"old");
    assert_eq!(doc.alice.get().await.expect(200).body, b"old", "GetFile works beside it");
    let new = noise(46, 100_000);
    doc.alice.lock("A").await.expect(200);
    doc.alice.put(Some("A"), new.clone()).await.expect(200);
    assert_eq!(bare(url).await, new);
}

#[tokio::test]
async fn f45_a_file_url_that_was_tampered_with_gives_no_bytes() {
    let server = Shared::server();
    let doc = server.document(b"secret content");
    let other = server.document(b"other");
    let url = doc.alice.info().await.text("FileUrl");
    let bent =
        if url.ends_with('A') { format!("{}B", &url[..url.len() - 4]) } else { format!("{}A", &url[..url.len() - 4]) };
    let for_other = url.replace(doc.alice.id(), other.alice.id());
    let mut wrong = vec![url.split('?').next().expect("a path").to_owned(), bent];
    if for_other != url {
        wrong.push(for_other);
    }
    for wrong in wrong.into_iter().filter(|wrong| *wrong != url) {
        let reply = http_client().get(&wrong).send().await.expect("a reply");
        assert!(reply.status().as_u16() >= 400, "{wrong}: {}", reply.status());
        let body = reply.bytes().await.expect("a body");
        assert!(!body.starts_with(b"secret") && !body.starts_with(b"other"));
    }
}
