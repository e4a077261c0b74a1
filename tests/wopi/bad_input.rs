//! Bad input: each is answered with the protocol's status and a message that a person understands, is
//! logged, and changes nothing. Damage to the data directory is in `damage`.

use crate::support::{Shared, Wopi, eventually, noise, raw::Raw, tokens, wopi::http_client};
use reqwest::Method;
use std::time::Duration;

#[tokio::test]
async fn an_unknown_override_is_501() {
    let doc = Shared::server().document(b"precious");
    let before = doc.alice.state().await;
    doc.alice.post("MAKE_COFFEE").send().await.expect(501).expect_message();
    doc.alice.call(Method::POST, "").header_bytes("X-WOPI-Override", b"L\xd6CK").send().await.expect(501);
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn a_missing_lock_id_is_400() {
    let doc = Shared::server().document(b"precious");
    let before = doc.alice.state().await;
    for operation in ["LOCK", "REFRESH_LOCK", "UNLOCK"] {
        doc.alice.post(operation).send().await.expect(400).expect_message();
    }
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn an_over_long_or_non_ascii_lock_id_is_400_with_the_reason() {
    let doc = Shared::server().document(b"precious");
    for held in ["", "A"] {
        if !held.is_empty() {
            doc.alice.lock(held).await.expect(200);
        }
        let before = doc.alice.state().await;
        for id in [vec![b'x'; 1025], vec![b'x'; 6000], "schlüssel".into(), b"\xff\xfe".to_vec(), b"tab\there".to_vec()]
        {
            for operation in ["LOCK", "REFRESH_LOCK", "UNLOCK"] {
                let reply = doc.alice.post(operation).header_bytes("X-WOPI-Lock", &id).send().await.expect(400);
                assert!(reply.header("X-WOPI-LockFailureReason").is_some_and(|why| why.contains(' ')), "{reply}");
            }
            let relock = doc.alice.post("LOCK").header("X-WOPI-OldLock", "A").header_bytes("X-WOPI-Lock", &id);
            relock.send().await.expect(400);
            let put = doc.alice.post("PUT").header_bytes("X-WOPI-Lock", &id).body("lost").send().await;
            put.expect_one_of(&[400, 409]);
            assert_eq!(doc.alice.state().await, before);
        }
    }
}

#[tokio::test]
async fn two_lock_headers_in_one_request_are_not_taken_for_one_lock() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let call = doc.alice.post("UNLOCK").header("X-WOPI-Lock", "A").header("X-WOPI-Lock", "B");
    let reply = call.try_send().await.expect("a reply");
    assert!([200, 400, 409].contains(&reply.status), "{reply}");
    assert_eq!(doc.alice.held_by().await, if reply.status == 200 { "" } else { "A" });
}

#[tokio::test]
async fn broken_utf_7_is_400_with_a_reason_or_repaired_where_names_are_suggestions() {
    let doc = Shared::server().document(b"precious");
    let before = doc.alice.state().await;
    for broken in ["+2D0-", "+3gA-", "x+AB", "+A-", "+AOkA-", "a+"] {
        let name = format!("{broken}.wopitest");
        doc.alice.save_as(&name, None, "new").await.expect_one_of(&[200, 400]);
        doc.alice.save_suggested(&name, "new").await.expect(200);
    }
    for broken in ["+2D0-", "+3gA-"] {
        let reply = doc.alice.save_as(&format!("{broken}.wopitest"), None, "new").await.expect(400);
        reply.expect_message();
        let reply = doc.alice.rename(broken, None).await.expect(400);
        assert!(reply.header("X-WOPI-InvalidFileNameError").is_some_and(|why| why.contains(' ')), "{reply}");
    }
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn path_tricks_in_names_reach_no_other_folder() {
    let server = Shared::server();
    let doc = server.document(b"precious");
    let other = server.document(b"other's");
    let tricks = [
        format!("..{}/document.wopitest", other.folder),
        format!("+AC4ALg-{}/x.wopitest", other.folder),
        "+AC8-etc+AC8-passwd".to_owned(),
        "..\\..\\x.wopitest".to_owned(),
        "alice:/x.wopitest".to_owned(),
        "x.wopitest/".to_owned(),
    ];
    for trick in &tricks {
        doc.alice.save_as(trick, Some("true"), "tricked").await.expect_one_of(&[200, 400]);
        doc.alice.save_suggested(trick, "tricked").await.expect(200);
        doc.alice.rename(trick, None).await.expect_one_of(&[200, 400]);
    }
    assert_eq!(other.alice.get().await.expect(200).body, b"other's");
    let there = server.binary().cli_ok(&["ls", &other.folder, "--user", "alice"], "").stdout;
    assert_eq!(there.matches(".wopitest").count(), 1, "{there}");
    let inside = server.binary().cli_ok(&["ls", &doc.folder, "--user", "alice"], "").stdout;
    assert!(inside.lines().count() > tricks.len() / 2, "the files lie where the source lies: {inside}");
}

#[tokio::test]
async fn forged_tokens_are_401_and_say_so() {
    let server = Shared::server();
    let (doc, other) = (server.document(b"precious"), server.document(b"other"));
    let before = doc.alice.state().await;
    let good = doc.alice.token();
    for (kind, token) in [
        ("alg none", tokens::unsigned(good)),
        ("alg none with the old signature", tokens::unsigned_with_signature(good)),
        ("signed by a stranger", tokens::forged(good)),
        ("prolonged", tokens::prolonged(good)),
        ("of a key that is not there", tokens::of_unknown_key(good)),
        ("with a bent signature", tokens::with_bent_signature(good)),
        ("cut", tokens::cut(good)),
        ("for another file", other.alice.token().to_owned()),
        ("empty parts", "..".to_owned()),
        ("very long", "x".repeat(5000)),
        ("control characters", "a\r\nb\0c".to_owned()),
        ("not UTF-8 once decoded", "%ff%fe".to_owned()),
    ] {
        let forged = doc.alice.with_token(&token);
        let reply = forged.info().await;
        assert_eq!(reply.status, 401, "{kind}: {reply}");
        reply.expect_message();
        assert_eq!(forged.lock("A").await.status, 401, "{kind}");
        assert_eq!(forged.delete().await.status, 401, "{kind}");
    }
    doc.alice.call(Method::GET, "").query("access_token=%ff%fe%").send().await.expect_one_of(&[400, 401]);
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn a_users_tokens_die_with_the_password_and_with_the_account() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let cli = server.binary();
    cli.add_user("kate", &[]);
    let first = doc.shared_with("kate", "editor");
    first.lock("K").await.expect(200);
    cli.cli_ok(&["user", "passwd", "kate", "--password-stdin"], "another long passphrase\n");
    first.info().await.expect(401);
    let second = doc.seen_by("kate");
    second.refresh("K").await.expect(200);
    cli.cli_ok(&["user", "disable", "kate"], "");
    second.info().await.expect(401);
    second.put(Some("K"), "late").await.expect(401);
    let refused = cli.cli(&["token", "--user", "kate", &format!("alice:{}", doc.path), "--json"], "");
    assert!(!refused.status.success(), "{refused:?}");
    assert_eq!(doc.alice.held_by().await, "K");
}

fn put_head(file: &Wopi, more: &[(&str, &str)]) -> String {
    let mut headers = vec![("X-WOPI-Override", "PUT"), ("X-WOPI-Lock", "A")];
    headers.extend_from_slice(more);
    Raw::head(file, "POST", "/contents", &headers)
}

#[tokio::test]
async fn a_body_shorter_than_announced_changes_nothing() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    for sent in [0, 1, 70_000] {
        let mut raw = Raw::to(&doc.alice);
        assert!(raw.write(put_head(&doc.alice, &[("Content-Length", "100000")])) && raw.write(noise(1, sent)));
        raw.finish();
        assert!(raw.reply("a short body").is_none_or(|reply| reply.status >= 400));
    }
    // The same where the connection is reset instead of closed in order.
    let mut raw = Raw::to(&doc.alice);
    assert!(raw.write(put_head(&doc.alice, &[("Content-Length", "100000")])) && raw.write(noise(1, 50_000)));
    drop(raw);
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn a_body_longer_than_announced_is_taken_as_announced() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let mut raw = Raw::to(&doc.alice);
    let text = format!("{}hello, and more that nobody announced", put_head(&doc.alice, &[("Content-Length", "5")]));
    assert!(raw.write(text));
    raw.reply("a long body").expect("a reply").expect(200);
    assert!(raw.reply("the rest").is_none_or(|reply| reply.status == 400), "the rest is no request");
    assert_eq!(doc.alice.get().await.expect(200).body, b"hello");
    assert_eq!(doc.alice.held_by().await, "A");
}

#[tokio::test]
async fn contradicting_lengths_are_refused() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    for headers in [
        vec![("Content-Length", "5"), ("Content-Length", "7")],
        vec![("Content-Length", "-5")],
        vec![("Content-Length", "5x")],
        vec![("Content-Length", "99999999999999999999999")],
        vec![("Transfer-Encoding", "gzip, unheard-of")],
    ] {
        let mut raw = Raw::to(&doc.alice);
        raw.write(put_head(&doc.alice, &headers));
        raw.write("hello\r\n");
        raw.finish();
        assert!(raw.reply("lengths").is_none_or(|reply| reply.status >= 400), "{headers:?}");
        assert_eq!(doc.alice.state().await, before, "{headers:?}");
    }
}

#[tokio::test]
async fn chunked_encoding_that_is_cut_or_broken_changes_nothing() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    let head = put_head(&doc.alice, &[("Transfer-Encoding", "chunked")]);
    for body in [
        "",
        "5\r\nhel",
        "5\r\nhello\r\n",
        "5\r\nhello\r\n0\r\n",
        "5\r\nhello\r\nnonsense\r\n",
        "ffffffffffffffffff\r\nhello",
        "-1\r\nhello",
    ] {
        let mut raw = Raw::to(&doc.alice);
        assert!(raw.write(&head));
        raw.write(body);
        raw.finish();
        assert!(raw.reply("cut").is_none_or(|reply| reply.status >= 400), "{body:?}");
        assert_eq!(doc.alice.state().await, before, "{body:?}");
    }
    let mut raw = Raw::to(&doc.alice);
    assert!(raw.write(head) && raw.write("5\r\nhello\r\n0\r\n\r\n"));
    raw.reply("whole").expect("a reply").expect(200);
    assert_eq!(doc.alice.get().await.expect(200).body, b"hello");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_counted_by_bytes_received() {
    let doc = Shared::with_small_bodies().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let before = doc.alice.state().await;
    // With a length the refusal comes before the body.
    let mut raw = Raw::to(&doc.alice);
    assert!(raw.write(put_head(&doc.alice, &[("Content-Length", "1000000000000")])));
    raw.reply("announced").expect("a reply").expect(413).expect_message();
    // Without one it comes as soon as the bytes are too many, though the body goes on for ever.
    let mut raw = Raw::to(&doc.alice);
    assert!(raw.write(put_head(&doc.alice, &[("Transfer-Encoding", "chunked")])));
    let piece = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..6 {
        raw.write(&piece);
    }
    raw.reply("unannounced").expect("a reply").expect(413).expect_message();
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn a_flood_of_headers_is_refused_and_hurts_nobody() {
    let doc = Shared::server().document(b"precious");
    let before = doc.alice.state().await;
    let many = "X-Flood: drop\r\n".repeat(20_000);
    let one = format!("X-Flood: {}\r\n", "x".repeat(2_000_000));
    for flood in [many, one] {
        let mut raw = Raw::to(&doc.alice);
        let head = put_head(&doc.alice, &[("Content-Length", "0")]);
        let head = format!("{}{flood}\r\n", head.strip_suffix("\r\n").expect("an end"));
        raw.write(head);
        raw.finish();
        let reply = raw.reply("a flood");
        assert!(reply.is_none_or(|reply| (400..500).contains(&reply.status)));
    }
    assert_eq!(doc.alice.state().await, before);
}

#[tokio::test]
async fn what_is_not_http_hurts_nobody() {
    let doc = Shared::server().document(b"precious");
    for nonsense in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"\r\n\r\n\r\n", b"GET\r\n\r\n", &[0; 10_000]]
    {
        let mut raw = Raw::to(&doc.alice);
        raw.write(nonsense);
        raw.finish();
        assert!(raw.reply("nonsense").is_none_or(|reply| reply.status >= 400));
    }
    assert_eq!(doc.alice.get().await.expect(200).body, b"precious");
}

#[tokio::test]
async fn a_file_that_is_deleted_while_it_is_read_arrives_whole_or_is_seen_to_be_cut() {
    let bytes = noise(77, 6_000_000);
    let doc = Shared::server().document(&bytes);
    let mut raw = Raw::to(&doc.alice);
    assert!(raw.write(Raw::head(&doc.alice, "GET", "/contents", &[])));
    // The socket's buffers hold less than the file, so the host is in the middle of it now.
    let start = raw.read_some(4096).expect("a beginning");
    doc.alice.delete().await.expect(200);
    doc.alice.get().await.expect(404);
    let mut text = start;
    let end = |text: &[u8]| text.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
    while end(&text).is_none_or(|end| text.len() < end + bytes.len()) {
        match raw.read_some(1 << 20) {
            Some(more) => text.extend_from_slice(&more),
            None => break,
        }
    }
    let body = &text[end(&text).expect("a head")..];
    assert!(bytes.starts_with(body), "a wrong byte among {}", body.len());
    let head = String::from_utf8_lossy(&text[..end(&text).expect("a head")]).to_lowercase();
    assert!(head.contains("content-length: 6000000") || body.len() == bytes.len(), "a cut must be noticeable: {head}");
}

#[tokio::test]
async fn of_two_deletes_at_once_one_finds_nothing() {
    let server = Shared::server();
    for _ in 0..10 {
        let doc = server.document(b"content");
        let other = doc.alice.reconnected();
        let (first, second) = tokio::join!(doc.alice.delete(), other.delete());
        let mut both = [first.status, second.status];
        both.sort_unstable();
        assert_eq!(both, [200, 404], "{first} and {second}");
        doc.alice.info().await.expect(404);
    }
}

#[tokio::test]
async fn a_refusal_is_logged_once_with_its_correlation_id_and_without_the_token() {
    let server = Shared::server();
    let doc = server.document(b"content");
    for (number, (operation, status)) in
        [("MAKE_COFFEE", 501), ("LOCK", 400), ("RENAME_FILE", 400), ("UNLOCK", 400)].into_iter().enumerate()
    {
        let id = format!("correlation-{}-{number}", std::process::id());
        doc.alice.post(operation).header("X-WOPI-CorrelationId", &id).send().await.expect(status);
        eventually("the refusal is logged", Duration::from_secs(10), || {
            server.binary().log().lines().any(|line| line.contains(&id)).then_some(())
        });
        let lines = server.binary().log().lines().filter(|line| line.contains(&id)).count();
        assert_eq!(lines, 1, "one line for one refusal");
    }
    let log = server.binary().log();
    assert!(!log.contains(&tokens::signature(doc.alice.token())), "a token stands in the log");
}

#[tokio::test]
async fn log_lines_cannot_be_forged_through_headers() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let mark = format!("forged-{}", std::process::id());
    let id = format!("x\t{mark}\u{1b}[31m");
    let mut raw = Raw::to(&doc.alice);
    let headers = [("X-WOPI-Override", "MAKE_COFFEE"), ("X-WOPI-CorrelationId", id.as_str()), ("Content-Length", "0")];
    assert!(raw.write(Raw::head(&doc.alice, "POST", "", &headers)));
    assert!(raw.reply("a forged log line").is_none_or(|reply| reply.status >= 400));
    for line in server.binary().log().lines().filter(|line| line.contains(&mark)) {
        assert!(!line.contains("\u{1b}[31m"), "a control character in the log: {line:?}");
    }
}

#[tokio::test]
async fn a_slow_client_holds_up_nobody_else() {
    let doc = Shared::server().document(b"content");
    let slow: Vec<Raw> = (0..64)
        .map(|_| {
            let mut raw = Raw::to(&doc.alice);
            raw.write("POST /wopi/files/x HTTP/1.1\r\nHost: a\r\nX-Half: ");
            raw
        })
        .collect();
    let mut uploads: Vec<Raw> = (0..16)
        .map(|_| {
            let mut raw = Raw::to(&doc.alice);
            raw.write(put_head(&doc.alice, &[("Content-Length", "50000")]));
            raw.write("a beginning");
            raw
        })
        .collect();
    let file = Wopi::new(http_client(), doc.alice.src(), doc.alice.token());
    file.info().await.expect(200);
    assert_eq!(file.get().await.expect(200).body, b"content");
    uploads.clear();
    drop(slow);
}
