//! `GetEcosystem`, `CheckEcosystem`, `GetRootContainer`, `GetFileWopiSrc`: C-95, C-102 to C-113.

use crate::support::{Container, Shared};
use serde_json::json;

#[tokio::test]
async fn c95_files_containers_and_the_root_lead_to_the_ecosystem() {
    let doc = Shared::server().document(b"content");
    let container = doc.container();
    let root = doc.alice.ancestors().await.swap_remove(0).1;
    for ecosystem in [doc.alice.ecosystem().await, container.ecosystem().await, root.ecosystem().await] {
        assert!(ecosystem.src().ends_with("/wopi/ecosystem"), "{}", ecosystem.src());
        ecosystem.check().await.expect(200);
        assert_eq!(ecosystem.root().await.src(), root.src());
    }
}

#[tokio::test]
async fn c102_check_ecosystem_says_what_check_file_info_says() {
    let doc = Shared::server().document(b"content");
    let info = doc.alice.info().await.expect(200).json();
    let reply = doc.alice.ecosystem().await.check().await.expect(200);
    assert_eq!(reply.json()["SupportsContainers"], info["SupportsContainers"]);
    assert_eq!(reply.json()["SupportsContainers"], true);
}

#[tokio::test]
async fn c104_the_ecosystem_is_the_users() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let bob = doc.container_shared_with("bob", "viewer");
    let (of_alice, of_bob) = (doc.alice.ecosystem().await, bob.ecosystem().await);
    assert_eq!(of_alice.src(), of_bob.src());
    let (root_of_alice, root_of_bob) = (of_alice.root().await, of_bob.root().await);
    assert_ne!(root_of_alice.src(), root_of_bob.src());
    assert_eq!(root_of_bob.src(), server.container("bob", "bob:/").src());
}

#[tokio::test]
async fn c105_c107_the_root_comes_with_its_name_and_its_info() {
    let doc = Shared::server().document(b"content");
    let ecosystem = doc.alice.ecosystem().await;
    let json = ecosystem.root_pointer().await.expect(200).json();
    let (name, root) = Container::pointed_at(&ecosystem, &json["ContainerPointer"]);
    let info = root.info().await.expect(200).json();
    assert_eq!(json["ContainerInfo"], info, "C-39");
    assert_eq!(info["Name"], name.as_str());
    assert_eq!((&info["UserCanDelete"], &info["UserCanRename"]), (&json!(false), &json!(false)));
    let (first, top) = doc.alice.ancestors().await.swap_remove(0);
    assert_eq!((first.as_str(), top.src()), (name.as_str(), root.src()));
    assert!(root.names().await.0.contains(&doc.folder[1..].to_owned()));
}

#[tokio::test]
async fn c109_c110_the_hosts_own_addresses_become_a_wopi_src() {
    let doc = Shared::server().document(b"content");
    let ecosystem = doc.alice.ecosystem().await;
    let info = doc.alice.info().await.expect(200);
    let mut names = vec![info.text("HostEditUrl"), info.text("HostViewUrl")];
    for kind in ["ReadOnly", "ReadWrite"] {
        names.push(doc.alice.share_url(Some(kind)).await.expect(200).text("ShareUrl"));
    }
    for name in names {
        let reply = ecosystem.wopi_src(name.as_bytes()).await.expect(200);
        let url = reply.text("Url");
        assert!(url.contains("access_token_ttl="), "C-109: {url}");
        let file = ecosystem.follow(&url);
        assert_eq!(file.src(), doc.alice.src(), "{name}");
        file.info().await.expect(200);
        assert_eq!(file.get().await.expect(200).body, b"content", "{name}");
    }
    // C-101: a container's share link leads to the container.
    let container = doc.container();
    for kind in ["ReadOnly", "ReadWrite"] {
        let link = container.share_url(Some(kind)).await.expect(200).text("ShareUrl");
        let url = ecosystem.wopi_src(link.as_bytes()).await.expect(200).text("Url");
        let opened = ecosystem.follow(&url);
        assert_eq!(opened.src(), container.src());
        opened.info().await.expect(200);
    }
}

#[tokio::test]
async fn c111_what_the_user_may_not_see_or_nobody_knows_is_not_found() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let private = server.document(b"private");
    let bob = doc.container_shared_with("bob", "viewer").ecosystem().await;
    let info = private.alice.info().await.expect(200);
    for name in [info.text("HostEditUrl"), info.text("HostViewUrl")] {
        let reply = bob.wopi_src(name.as_bytes()).await.expect(404);
        assert!(!String::from_utf8_lossy(&reply.body).contains("document.wopitest"), "{reply}");
    }
    let edit = doc.alice.info().await.expect(200).text("HostEditUrl");
    let opened = bob.wopi_src(edit.as_bytes()).await.expect(200).text("Url");
    assert_eq!(bob.follow(&opened).info().await.expect(200).json()["UserCanWrite"], false, "his rights, no others");
    let of_alice = private.alice.ecosystem().await;
    of_alice.wopi_src(info.text("HostEditUrl").as_bytes()).await.expect(200);
    private.alice.delete().await.expect(200);
    of_alice.wopi_src(info.text("HostEditUrl").as_bytes()).await.expect(404);
}

#[tokio::test]
async fn c101_c110_a_share_link_gives_whoever_brings_it_no_more_than_the_link() {
    let server = Shared::server();
    let private = server.document(b"private");
    let bob = server.container("bob", "bob:/").ecosystem().await;
    for wopi in [&private.alice, &*private.container()] {
        let link = wopi.share_url(Some("ReadOnly")).await.expect(200).text("ShareUrl");
        let reply = bob.wopi_src(link.as_bytes()).await.expect_one_of(&[200, 404]);
        if reply.status == 200 {
            let opened = bob.follow(&reply.text("Url"));
            assert_eq!(opened.src(), wopi.src());
            let reply = opened.info().await.expect_one_of(&[200, 501]);
            if reply.status == 200 {
                for flag in ["UserCanWrite", "UserCanRename", "UserCanCreateChildFile", "UserCanDelete"] {
                    assert_ne!(reply.json()[flag], true, "{flag}: {reply}");
                }
            }
        }
        // Cut or bent, it is no link.
        bob.wopi_src(&link.as_bytes()[..link.len() - 1]).await.expect(404);
        bob.wopi_src(format!("{link}A").as_bytes()).await.expect(404);
    }
}

#[tokio::test]
async fn c112_the_text_is_not_trusted() {
    let doc = Shared::server().document(b"content");
    let ecosystem = doc.alice.ecosystem().await;
    let edit = doc.alice.info().await.expect(200).text("HostEditUrl");
    let own = reqwest::Url::parse(&edit).expect("a URL");
    let path = own.path().to_owned();
    let long = "x".repeat(5000);
    for name in [
        "x",
        "/etc/passwd",
        "file:///etc/passwd",
        "../../../../etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/edit/x",
        "javascript:alert(1)",
        "data:text/plain,x",
        "http://[",
        "http://",
        "%00",
        "%ff%fe",
        "\\\\server\\share",
        &format!("https://elsewhere.example{path}"),
        &format!("https://elsewhere.example/?{edit}"),
        &format!("{}@elsewhere.example{path}", own.origin().ascii_serialization()),
        &format!("{}.elsewhere.example{path}", own.origin().ascii_serialization()),
        &edit.replace("/edit/", "/bytes/"),
        &format!("{edit}/../../x"),
        &format!("{edit}x"),
        &edit[..edit.len() - 1],
        &long,
    ] {
        ecosystem.wopi_src(name.as_bytes()).await.expect(404);
    }
    ecosystem.wopi_src(b"\xff\xfe\xfd").await.expect_one_of(&[400, 404]);
    ecosystem.wopi_src("日本語".as_bytes()).await.expect_one_of(&[400, 404]);
    ecosystem.wopi_src(b"").await.expect_one_of(&[400, 404]);
    ecosystem.post("GET_WOPI_SRC_WITH_ACCESS_TOKEN").send().await.expect_one_of(&[400, 404, 501]);
}

#[tokio::test]
async fn c112_the_host_fetches_nothing() {
    // Whoever gives the host an address of his own hears nothing of it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("no blocking");
    let ecosystem = Shared::server().document(b"content").alice.ecosystem().await;
    let address = format!("http://{}/edit/x", listener.local_addr().expect("an address"));
    ecosystem.wopi_src(address.as_bytes()).await.expect(404);
    assert!(listener.accept().is_err(), "the host called {address}");
}
