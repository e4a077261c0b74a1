//! Which proofs count.

use reqwest::Method;

use crate::{
    common::{Document, serve, start, until},
    stand_in::{Key, StandIn, query, signed, ticks},
    support::tokens,
};

/// In ticks.
const MINUTE: i64 = 600_000_000;

#[tokio::test]
async fn every_operation_wants_a_proof_and_none_without_one_changes_anything() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    let folder = Document::of(&host, "/", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let lock = [("X-WOPI-Override", "LOCK".to_owned()), ("X-WOPI-Lock", "one".to_owned())];
    let put = [("X-WOPI-Override", "PUT".to_owned()), ("X-WOPI-Lock", "one".to_owned())];
    for (document, method, suffix, headers, body) in [
        (&file, Method::GET, "", &[][..], &b""[..]),
        (&file, Method::GET, "/contents", &[], b""),
        (&file, Method::GET, "/ancestry", &[], b""),
        (&file, Method::GET, "/ecosystem_pointer", &[], b""),
        (&file, Method::POST, "", &lock, b""),
        (&file, Method::POST, "/contents", &put, b"new text"),
        (&folder, Method::GET, "", &[], b""),
        (&folder, Method::GET, "/children", &[], b""),
        (&folder, Method::GET, "/ancestry", &[], b""),
    ] {
        let url = document.url(suffix);
        let before = file.ask(Method::GET, &file.url(""), &editor.headers(&file.token, &file.url("")), b"").await.body;
        let unproven: Vec<_> = headers.iter().map(|(name, value)| (*name, value.replace("one", "thief"))).collect();
        let refused = document.ask(method.clone(), &url, &unproven, body).await;
        assert_eq!(refused.status, 500, "{method} {suffix}");
        assert!(refused.server_error.unwrap().contains("prove"));
        let after = file.ask(Method::GET, &file.url(""), &editor.headers(&file.token, &file.url("")), b"").await.body;
        assert_eq!(versions(&before), versions(&after), "{method} {suffix}");
        let mut headers = headers.to_vec();
        headers.extend(editor.headers(&document.token, &url));
        assert_eq!(document.ask(method.clone(), &url, &headers, body).await.status, 200, "{method} {suffix}");
    }
}

fn versions(info: &[u8]) -> (String, u64) {
    let info: serde_json::Value = serde_json::from_slice(info).unwrap();
    (info["Version"].as_str().unwrap().to_owned(), info["Size"].as_u64().unwrap())
}

#[tokio::test]
async fn each_situation_of_the_conformance_suite_ends_as_it_should() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let ((current, old), url, now) = (editor.keys(), file.url(""), ticks());
    let good = current.sign(&file.token, &url, now);
    let by_old = old.sign(&file.token, &url, now);
    let stranger = Key::new().sign(&file.token, &url, now);
    let junk = "anVuaw==".to_owned();
    for (proof, proof_old, status) in [
        (&good, &by_old, 200),
        (&good, &junk, 200),
        (&junk, &good, 200),
        (&by_old, &junk, 200),
        (&junk, &by_old, 500),
        (&junk, &junk, 500),
        (&stranger, &stranger, 500),
    ] {
        let headers = [
            ("X-WOPI-TimeStamp", now.to_string()),
            ("X-WOPI-Proof", proof.clone()),
            ("X-WOPI-ProofOld", proof_old.clone()),
        ];
        assert_eq!(file.info(&headers).await, status);
    }
    for (at, status) in
        [(now - 19 * MINUTE, 200), (now - 21 * MINUTE, 500), (now + 4 * MINUTE, 200), (now + 6 * MINUTE, 500)]
    {
        assert_eq!(file.info(&signed(&current, &old, &file.token, &url, at)).await, status);
    }
    for time in ["", "now", "-1", "99999999999999999999"] {
        let mut headers = editor.headers(&file.token, &url);
        headers[0].1 = time.to_owned();
        assert_eq!(file.info(&headers).await, 500, "{time}");
    }
}

#[tokio::test]
async fn a_proof_is_for_one_url_and_one_token_whichever_way_the_token_is_signed() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    host.import("alice", &[("b.odt", b"text of b")]);
    let (a, b) = (Document::of(&host, "a.odt", "collabora"), Document::of(&host, "b.odt", "collabora"));
    until(200, || a.signed_info(&editor)).await;
    let of_a = editor.headers(&a.token, &a.url(""));
    assert_eq!(b.info(&of_a).await, 500);
    // The published vectors sign the token as it stands in the URL.
    let raw = query(&a.token).split(['=', '&']).nth(1).unwrap().to_owned();
    assert_ne!(raw, a.token);
    assert_eq!(a.info(&editor.headers(&raw, &a.url(""))).await, 200);
    for url in [
        format!("{}&more=1", a.url("")),
        a.url("").replace("access_token_ttl=0", "access_token_ttl=1"),
        format!("{}?access_token_ttl=0&{}", a.src, query(&a.token).split('&').next().unwrap()),
        a.url("/contents"),
    ] {
        assert_eq!(a.ask(Method::GET, &url, &of_a, b"").await.status, 500, "{url}");
        let again = editor.headers(&a.token, &url);
        assert_eq!(a.ask(Method::GET, &url, &again, b"").await.status, 200, "{url}");
    }
}

#[tokio::test]
async fn route_and_verb_come_before_the_proof_and_the_token_after_it() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    assert_eq!(file.ask(Method::GET, &format!("{}/wopi/nothing", host.url()), &[], b"").await.status, 404);
    assert_eq!(file.ask(Method::PUT, &file.url("/contents"), &[], b"").await.status, 405);
    let forged = Document {
        token: tokens::with_bent_signature(&file.token),
        src: file.src.clone(),
        ..Document::of(&host, "a.odt", "collabora")
    };
    assert_eq!(forged.info(&[]).await, 500);
    assert_eq!(forged.signed_info(&editor).await, 401);
}

#[tokio::test]
async fn links_to_bytes_need_no_proof() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let info = file.ask(Method::GET, &file.url(""), &editor.headers(&file.token, &file.url("")), b"").await.body;
    let info: serde_json::Value = serde_json::from_slice(&info).unwrap();
    for name in ["FileUrl", "DownloadUrl"] {
        if let Some(url) = info[name].as_str() {
            let got = file.ask(Method::GET, url, &[], b"").await;
            assert_eq!((got.status, got.body.as_slice()), (200, &b"text of a"[..]), "{name}");
        }
    }
    assert!(info["FileUrl"].is_string() || info["DownloadUrl"].is_string());
}

#[tokio::test]
async fn a_large_refused_save_gets_its_answer() {
    static LARGE: [u8; 4 << 20] = [b'x'; 4 << 20];
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let put = [("X-WOPI-Override", "PUT".to_owned())];
    assert_eq!(file.ask(Method::POST, &file.url("/contents"), &put, &LARGE[..900_000]).await.status, 500);
    // What is larger still may be cut off; the host is well afterwards, and the file is as it was.
    let mut request =
        reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap().post(file.url("/contents"));
    request = request.body(&LARGE[..]);
    if let Ok(answer) = request.send().await {
        assert_eq!(answer.status(), 500);
    }
    let url = file.url("/contents");
    assert_eq!(file.ask(Method::GET, &url, &editor.headers(&file.token, &url), b"").await.body, b"text of a");
}
