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

/// A header may hold any bytes but control characters, and be there twice.
#[tokio::test]
async fn garbage_is_refused_in_one_way_and_does_not_stand_in_the_way_of_a_good_proof() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor).set("LOCKHOUSE_EDITORS__EARLY_REFRESH", "1h"));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let url = file.url("");
    let good = editor.headers(&file.token, &url);
    let now = good[0].1.as_bytes();
    let (proof, proof_old) = (good[1].1.clone().into_bytes(), good[2].1.clone().into_bytes());
    let bent = |at: usize, to: u8| {
        let mut bent = proof.clone();
        bent[at] = to;
        bent
    };
    let long = vec![b'A'; 3000];
    let doubled = [proof.as_slice(), proof.as_slice()].concat();
    let (changed, cut) = (bent(10, if proof[10] == b'A' { b'B' } else { b'A' }), proof[..proof.len() - 4].to_vec());
    let mut said = std::collections::BTreeSet::new();
    for garbage in [
        &b"="[..],
        b"====",
        b"anVuaw",
        b"\xff\xfe\x80",
        b"%41%41",
        b"null",
        b"a b c",
        &long,
        &doubled,
        &cut,
        &changed,
        &bent(0, b'*'),
        &bent(0, 0xff),
    ] {
        for (proof, old) in [(garbage, garbage), (garbage, &proof_old), (garbage, b""), (b"", garbage)] {
            let (status, words) = ask_with(&file, &url, now, proof, old).await;
            assert_eq!(status, 500, "{}", String::from_utf8_lossy(garbage));
            said.insert(words);
        }
        // Each combination is looked at for itself.
        assert_eq!(ask_with(&file, &url, now, &proof, garbage).await.0, 200);
        assert_eq!(ask_with(&file, &url, now, garbage, &proof).await.0, 200);
    }
    assert_eq!(said.len(), 1, "whatever is wrong with it, the answer is the same: {said:?}");
    for time in [&b"\xff"[..], b"0x1", b"1.0", b"1e17", b" ", b"-639310351989396652", b"9223372036854775808", &long] {
        assert_eq!(ask_with(&file, &url, time, &proof, &proof_old).await.0, 500, "{}", String::from_utf8_lossy(time));
    }
    assert_eq!(editor.asked(), 1);
    assert_eq!(file.signed_info(&editor).await, 200);
}

/// CheckFileInfo with these bytes in the three headers: the status, and what is said.
async fn ask_with(file: &Document, url: &str, time: &[u8], proof: &[u8], old: &[u8]) -> (u16, String) {
    let mut request = file.client.get(url);
    for (name, value) in [("X-WOPI-TimeStamp", time), ("X-WOPI-Proof", proof), ("X-WOPI-ProofOld", old)] {
        request = request.header(name, reqwest::header::HeaderValue::from_bytes(value).unwrap());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let said = answer.headers().get("X-WOPI-ServerError").map(|text| format!("{text:?}")).unwrap_or_default();
    (status, said + &answer.text().await.unwrap())
}
