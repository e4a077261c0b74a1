//! `GetShareUrl` of containers and the page behind it: C-97 to C-101.

use crate::support::Shared;
use serde_json::json;

#[tokio::test]
async fn c97_c100_each_announced_type_is_given_and_again_the_same() {
    let doc = Shared::server().document(b"content");
    for wopi in [&*doc.container(), &doc.alice] {
        let types = wopi.info().await.expect(200).json()["SupportedShareUrlTypes"].clone();
        assert_eq!(types, json!(["ReadOnly", "ReadWrite"]));
        let mut urls = Vec::new();
        for kind in ["ReadOnly", "ReadWrite"] {
            let url = wopi.share_url(Some(kind)).await.expect(200).text("ShareUrl");
            assert!(reqwest::Url::parse(&url).is_ok_and(|url| url.has_host()), "{url}");
            assert_eq!(wopi.share_url(Some(kind)).await.expect(200).text("ShareUrl"), url, "C-100");
            urls.push(url);
        }
        assert_ne!(urls[0], urls[1], "one URL for two kinds of access");
    }
}

#[tokio::test]
async fn c98_a_missing_or_unknown_type_answers_501() {
    let doc = Shared::server().document(b"content");
    for wopi in [&*doc.container(), &doc.alice] {
        for kind in [None, Some(""), Some("Unknown"), Some("ReadOnly,ReadWrite"), Some("Owner")] {
            wopi.share_url(kind).await.expect(501);
        }
    }
}

#[tokio::test]
async fn c99_only_those_who_may_share_are_told_that_they_can() {
    let doc = Shared::server().document(b"content");
    for (user, role) in [("bob", "viewer"), ("carol", "editor")] {
        let container = doc.container_shared_with(user, role);
        let info = container.info().await.expect(200).json();
        let types = info["SupportedShareUrlTypes"].as_array().cloned().unwrap_or_default();
        for kind in ["ReadOnly", "ReadWrite"] {
            let reply = container.share_url(Some(kind)).await;
            let wanted = if types.contains(&json!(kind)) { 200 } else { 501 };
            assert_eq!(reply.status, wanted, "{role} {kind} of {types:?}: {reply}");
        }
        assert_eq!(types.is_empty(), role == "viewer", "{role}: {types:?}");
    }
}

async fn page(doc: &crate::support::Doc<'_>, url: &str) -> (u16, String) {
    let reply = doc.alice.client().get(url).send().await.expect("a reply");
    let kind = reply.headers().get("Content-Type").expect("a type").to_str().expect("ASCII").to_owned();
    assert!(kind.starts_with("text/html"), "{kind}");
    (reply.status().as_u16(), reply.text().await.expect("a text"))
}

#[tokio::test]
async fn c97_the_page_behind_the_link_shows_the_container_and_lists_its_files() {
    let doc = Shared::server().document(b"content");
    let container = doc.container().new_container("Shared & <b>bold</b>".replace(['<', '>', '/'], "").as_str()).await;
    for name in ["plain.docx", "Tom & Jerry.xlsx", "日本語.pptx"] {
        container.new_file(name).await.put(None, format!("bytes of {name}")).await.expect(200);
    }
    let inner = container.new_container("inner").await;
    inner.new_file("below.docx").await;
    for kind in ["ReadOnly", "ReadWrite"] {
        let url = container.share_url(Some(kind)).await.expect(200).text("ShareUrl");
        let (status, text) = page(&doc, &url).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.contains("plain.docx") && text.contains("日本語.pptx"), "{text}");
        assert!(text.contains("Tom &amp; Jerry.xlsx") || text.contains("Tom &#38; Jerry.xlsx"), "{text}");
        assert!(text.contains("inner"), "{text}");
        assert!(!text.contains("document.wopitest"), "a sibling is shown: {text}");
        assert!(!text.contains("access_token="), "a WOPI token in a page: {text}");
        // Each file can be had.
        let links = text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
        let mut found = false;
        let here = reqwest::Url::parse(&url).unwrap();
        for link in links.filter(|link| link.contains("/download")) {
            let bytes = doc
                .alice
                .client()
                .get(here.join(&link).unwrap())
                .send()
                .await
                .expect("a reply")
                .bytes()
                .await
                .expect("bytes");
            found |= &bytes[..] == b"bytes of plain.docx";
        }
        assert!(found, "no link gives the bytes of plain.docx: {text}");
        // Renamed, it is still the same container behind the same link.
        container.rename_to("renamed").await.expect(200);
        assert_eq!(page(&doc, &url).await.0, 200);
        assert_eq!(container.share_url(Some(kind)).await.expect(200).text("ShareUrl"), url);
    }
}

#[tokio::test]
async fn a_link_to_what_is_gone_shows_nothing() {
    let doc = Shared::server().document(b"content");
    let container = doc.container().new_container("soon gone").await;
    let url = container.share_url(Some("ReadOnly")).await.expect(200).text("ShareUrl");
    container.remove().await.expect(200);
    let (status, text) = page(&doc, &url).await;
    assert!(status == 404 && !text.contains("soon gone"), "{status}: {text}");
}

#[tokio::test]
async fn a_link_ends_when_its_maker_loses_his_right() {
    let doc = Shared::server().document(b"content");
    let bob = doc.container_shared_with("bob", "editor");
    let url = bob.share_url(Some("ReadOnly")).await.expect(200).text("ShareUrl");
    assert!(page(&doc, &url).await.1.contains("document.wopitest"));
    doc.binary().cli_ok(&["revoke", "bob", &format!("alice:{}", doc.folder)], "");
    let (status, text) = page(&doc, &url).await;
    assert!(status == 404 && !text.contains("document.wopitest"), "{status}: {text}");
}
