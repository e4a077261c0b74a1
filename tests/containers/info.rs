//! Capability flags and `CheckContainerInfo`: C-35 to C-46, C-121 to C-124.

use crate::support::wopi::http_client;
use crate::support::{Container, Shared, Wopi};
use serde_json::{Value, json};

const FLAGS: [&str; 4] = ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"];

#[tokio::test]
async fn c35_c122_a_file_announces_containers_and_ecosystem_and_all_that_the_suite_asks_for() {
    let doc = Shared::server().document(b"content");
    let info = doc.alice.info().await.expect(200).json();
    for name in [
        "SupportsContainers",
        "SupportsEcosystem",
        "SupportsDeleteFile",
        "SupportsRename",
        "UserCanRename",
        "UserCanWrite",
        "SupportsUpdate",
        "SupportsLocks",
        "SupportsGetLock",
        "SupportsExtendedLockLength",
        "SupportsUserInfo",
    ] {
        assert_eq!(info[name], true, "{name}: {info}");
    }
    assert_ne!(info["UserCanNotWriteRelative"], true);
    assert_ne!(info["SupportsFolders"], true);
    assert!(info["FileUrl"].as_str().is_some_and(|url| url.starts_with("http")), "{info}");
    assert_eq!(info["SupportedShareUrlTypes"], json!(["ReadOnly", "ReadWrite"]));
    assert!(info["FileNameMaxLength"].as_u64().is_some_and(|length| length > 0), "C-27: {info}");
    assert_eq!(info["SupportsGetFileWopiSrc"], true, "section 2: the operation is there, so it is announced");
}

#[tokio::test]
async fn c123_the_parent_of_a_file_in_an_ordinary_container_offers_everything() {
    let doc = Shared::server().document(b"content");
    let parent = doc.alice.parent().await;
    let info = parent.info().await.expect(200).json();
    for flag in FLAGS {
        assert_eq!(info[flag], true, "{flag}: {info}");
    }
    assert_eq!(info["SupportedShareUrlTypes"], json!(["ReadOnly", "ReadWrite"]));
}

#[tokio::test]
async fn c37_a_viewer_still_has_containers_and_the_flags_tell_him_what_he_may_not_do() {
    let doc = Shared::server().document(b"content");
    let bob = doc.container_shared_with("bob", "viewer");
    let file = bob.child_file("document.wopitest").await;
    let info = file.info().await.expect(200).json();
    assert_eq!((&info["SupportsContainers"], &info["SupportsEcosystem"]), (&json!(true), &json!(true)), "{info}");
    assert_eq!(info["UserCanWrite"], false);
    file.ancestry().await.expect(200);
    file.ecosystem_pointer().await.expect(200);
}

#[tokio::test]
async fn c40_c41_c42_the_name_the_urls_and_the_four_flags_are_always_there() {
    let doc = Shared::server().document(b"content");
    let bob = doc.container_shared_with("bob", "viewer");
    let (alice, root) = (doc.container(), doc.alice.ecosystem().await.root().await);
    for container in [&alice, &bob, &root] {
        let info = container.info().await.expect(200).json();
        assert!(info["Name"].as_str().is_some_and(|name| !name.is_empty() && !name.contains('/')), "{info}");
        for name in ["HostUrl", "SharingUrl"] {
            if let Some(url) = info[name].as_str() {
                assert!(reqwest::Url::parse(url).is_ok_and(|url| url.has_host()), "{name}: {info}");
                let reply = container.client().get(url).send().await.expect("a reply");
                assert!(reply.status().as_u16() < 500 && reply.status() != 404, "{name}: {url}: {}", reply.status());
            }
        }
        for flag in FLAGS {
            assert!(info[flag].is_boolean(), "{flag}: {info}");
        }
        for flag in ["IsAnonymousUser", "IsEduUser", "LicenseCheckForEditIsEnabled"] {
            assert!(info[flag].is_boolean(), "C-43: {flag}: {info}");
        }
        assert_eq!(info["IsAnonymousUser"], false);
    }
}

async fn licence(wopi: &Wopi) -> (Value, Value, Value) {
    let info = wopi.info().await.expect(200).json();
    let flag = |name: &str| info[name].clone();
    (flag("IsEduUser"), flag("LicenseCheckForEditIsEnabled"), flag("IsAnonymousUser"))
}

#[tokio::test]
async fn c43_c66_licence_flags_follow_the_account_and_are_equal_for_a_file_and_all_that_is_around_it() {
    let server = Shared::server();
    for (kind, edu, business) in [("consumer", false, false), ("business", false, true), ("education", true, false)] {
        let user = format!("kind{kind}");
        server.binary().add_user(&user, &["--kind", kind]);
        server.binary().import(&user, &[("in/a.docx", b"x")]);
        let file = Wopi::from_json(http_client(), &server.binary().token(&user, "/in/a.docx"));
        let wanted = (json!(edu), json!(business), json!(false));
        assert_eq!(licence(&file).await, wanted, "{kind}: the file");
        for (name, ancestor) in file.ancestors().await {
            assert_eq!(licence(&ancestor).await, wanted, "{kind}: {name}");
        }
        let parent = file.parent().await;
        assert_eq!(licence(&parent.child_file("a.docx").await).await, wanted, "{kind}: the child");
        assert_eq!(licence(&parent.new_file("new.docx").await).await, wanted, "{kind}: a new file");
        let reply = parent.create_container("new").await.expect(200);
        let info = reply.json()["ContainerInfo"].clone();
        assert_eq!((&info["IsEduUser"], &info["LicenseCheckForEditIsEnabled"]), (&json!(edu), &json!(business)));
        assert_eq!(licence(&parent.made_container(&reply)).await, wanted, "{kind}: a new container");
        // It is the account that decides, not whose drive it is.
        server.binary().cli_ok(&["grant", "bob", "viewer", &format!("{user}:/in")], "");
        let bob = server.container("bob", &format!("{user}:/in"));
        let wanted = (json!(false), json!(false), json!(false));
        assert_eq!(licence(&bob).await, wanted);
        assert_eq!(licence(&bob.child_file("a.docx").await).await, wanted);
    }
}

#[tokio::test]
async fn c39_a_container_info_that_comes_along_is_what_check_container_info_says() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    for reply in [top.create_container("exact").await, top.suggest_container("exact").await] {
        let json = reply.expect(200).json();
        let (name, made) = Container::pointed_at(&top, &json["ContainerPointer"]);
        let info = made.info().await.expect(200).json();
        assert_eq!(json["ContainerInfo"], info);
        assert_eq!(info["Name"], name.as_str(), "C-38");
    }
}

#[tokio::test]
async fn c44_the_root_can_neither_be_deleted_nor_renamed() {
    let server = Shared::server();
    server.binary().add_user("rooter", &[]);
    let root = server.container("rooter", "rooter:/");
    let before = root.info().await.expect(200).json();
    assert_eq!((&before["UserCanDelete"], &before["UserCanRename"]), (&json!(false), &json!(false)), "{before}");
    root.remove().await.expect(501);
    root.rename_to("elsewhere").await.expect_one_of(&[404, 501]);
    assert_eq!(root.info().await.expect(200).json(), before);
    // C-92: empty, and 200.
    let children = root.children().await.expect(200).json();
    assert_eq!(children["ChildFiles"], json!([]));
    assert!(children["ChildContainers"].is_array());
    let file = root.new_file("in the root.docx").await;
    root.remove().await.expect(501);
    file.info().await.expect(200);
}
