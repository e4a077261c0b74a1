//! Tokens that beget tokens: C-9 to C-12.

use crate::support::wopi::http_client;
use crate::support::{Container, Shared, Wopi, tokens};

/// Alice's token of a path, living for `life`.
fn short(path: &str, life: &str) -> serde_json::Value {
    let words = ["token", "--user", "alice", path, "--json", "--lifetime", life];
    Shared::server().binary().cli_ok(&words, "").json()
}

#[tokio::test]
async fn c9_whatever_a_client_walks_through_no_token_outlives_the_first() {
    let doc = Shared::server().document(b"content");
    let first = Wopi::from_json(http_client(), &short(&doc.path, "1000s"));
    let end = tokens::expiry(first.token());
    assert!(end < tokens::expiry(doc.alice.token()) - 3600, "the test needs a token that is shorter than others");
    let inherits = |what: &str, wopi: &Wopi| assert_eq!(tokens::expiry(wopi.token()), end, "{what}");

    // Twice around: file, ancestry, parent, children, the same file.
    let mut file = first.clone();
    for round in 0..2 {
        for (name, ancestor) in file.ancestors().await {
            inherits(&format!("round {round}: ancestor {name}"), &ancestor);
            for (name, above) in ancestor.ancestors().await {
                inherits(&format!("round {round}: ancestor {name} of an ancestor"), &above);
            }
        }
        let parent = file.parent().await;
        let made = parent.new_container(&format!("made {round}")).await;
        inherits("CreateChildContainer", &made);
        inherits("its ancestry", &*made.parent().await);
        inherits("CreateChildFile", &parent.new_file(&format!("made {round}.wopitest")).await);
        let suggested = parent.suggest_file("made.wopitest").await.expect(200);
        inherits("CreateChildFile, suggested", &parent.made_file(&suggested));
        let over = parent.create_file(&format!("made {round}.wopitest"), Some("true")).await.expect(200);
        inherits("CreateChildFile, overwriting", &parent.made_file(&over));
        inherits("EnumerateChildren, containers", &*parent.child_container(&format!("made {round}")).await);
        file = parent.child_file("document.wopitest").await;
        inherits("EnumerateChildren, files", &file);
        assert_eq!(file.src(), first.src());
    }
    let beside = file.save_suggested("beside.wopitest", "x").await.expect(200);
    inherits("PutRelativeFile", &file.follow(&beside.text("Url")));

    for ecosystem in [file.ecosystem().await, file.parent().await.ecosystem().await] {
        inherits("GetEcosystem", &ecosystem);
        let root = ecosystem.root().await;
        inherits("GetRootContainer", &root);
        inherits("a child of the root", &*root.child_container(&doc.folder[1..]).await);
        let native = file.info().await.expect(200).text("HostEditUrl");
        let answer = ecosystem.wopi_src(native.as_bytes()).await.expect(200);
        let opened = file.follow(&answer.text("Url"));
        inherits("GetFileWopiSrc", &opened);
        let ttl = answer.text("Url");
        let ttl = ttl.split("access_token_ttl=").nth(1).expect("C-109: a ttl").split('&').next().unwrap();
        let ttl: u64 = ttl.parse().expect("milliseconds since 1970");
        assert!(ttl.abs_diff(end * 1000) < 1000, "C-109: {ttl} is not {end} s");
    }
}

#[tokio::test]
async fn c9_tokens_from_a_container_end_with_its_own() {
    let doc = Shared::server().document(b"content");
    let container = Container::from_json(http_client(), &short(&doc.folder, "500s"));
    let end = tokens::expiry(container.token());
    for wopi in [
        container.child_file("document.wopitest").await,
        (*container.parent().await).clone(),
        (*container.new_container("c").await).clone(),
        container.new_file("f.docx").await,
        (*container.ecosystem().await).clone(),
        (*container.ecosystem().await.root().await).clone(),
    ] {
        assert_eq!(tokens::expiry(wopi.token()), end, "{}", wopi.src());
    }
}

#[tokio::test]
async fn c3_c84_each_url_bears_a_token_of_its_own() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    let deep = top.new_container("a").await.new_container("b").await;
    let chain = deep.ancestors().await;
    for (position, (name, container)) in chain.iter().enumerate() {
        container.info().await.expect(200);
        for (_, other) in &chain[position + 1..] {
            assert_ne!(container.token(), other.token(), "{name}");
            other.with_token(container.token()).info().await.expect(401);
        }
    }
}

#[tokio::test]
async fn c10_a_token_of_an_independent_sign_in_has_the_full_lifetime() {
    let doc = Shared::server().document(b"content");
    let container = doc.container();
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    let left = tokens::expiry(container.token()) - now;
    assert!((9 * 3600..=10 * 3600).contains(&left), "{left} s");
}
