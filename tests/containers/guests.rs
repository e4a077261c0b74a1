//! Whoever holds a share link and has no account: C-11, C-96, C-99. No page hands out WOPI tokens to guests by
//! itself yet, so the tests have the library issue one on the stopped server's own directory.

use crate::support::wopi::http_client;
use crate::support::{Binary, Container, Wopi};
use lockhouse::clock::SystemClock;
use lockhouse::host::tokens::{ClientKind, NewToken, Resource};
use lockhouse::host::{Host, HostOptions};
use lockhouse::ids::NodeId;
use lockhouse::permission::Role;
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;

/// A guest's client of `what`, by the link of a share URL.
async fn guest(server: &mut Binary, what: &Wopi, share_url: &str) -> Wopi {
    assert!(server.terminate().success());
    let host = Host::open(HostOptions::new(server.data_dir()), Arc::new(SystemClock)).await.expect("the store opens");
    let code = share_url.rsplit('/').next().expect("a code");
    let link = host.links().by_code(code).expect("the store answers").expect("a link");
    let node = NodeId::parse(what.id()).expect("an id");
    let resource = if what.src().contains("/containers/") { Resource::Container(node) } else { Resource::File(node) };
    let new = NewToken::for_link(link, resource, Role::Editor, ClientKind::Any);
    let token = host.tokens().issue(&new, host.options().token_lifetime).expect("a token").text;
    host.close();
    drop(host);
    server.launch();
    Wopi::new(http_client(), what.src(), &token)
}

fn house() -> (Binary, Wopi, Container) {
    let server = Binary::serve();
    server.add_user("alice", &[]);
    server.import("alice", &[("in/shared.docx", b"shared"), ("in/sibling.docx", b"private")]);
    let file = Wopi::from_json(http_client(), &server.token("alice", "/in/shared.docx"));
    let container = Container::from_json(http_client(), &server.token("alice", "/in"));
    (server, file, container)
}

#[tokio::test]
async fn c11_c96_a_link_to_a_file_opens_neither_its_containers_nor_an_ecosystem() {
    let (mut server, file, _) = house();
    for kind in ["ReadOnly", "ReadWrite"] {
        let url = file.share_url(Some(kind)).await.expect(200).text("ShareUrl");
        let guest = guest(&mut server, &file, &url).await;
        let info = guest.info().await.expect(200).json();
        assert_eq!(info["IsAnonymousUser"], true);
        for name in ["SupportsContainers", "SupportsEcosystem", "SupportsGetFileWopiSrc"] {
            assert_ne!(info[name], true, "{name}: {info}");
        }
        let types = info["SupportedShareUrlTypes"].as_array().cloned().unwrap_or_default();
        assert!(types.is_empty(), "C-99: {info}");
        assert_eq!((&info["IsEduUser"], &info["LicenseCheckForEditIsEnabled"]), (&json!(false), &json!(false)));
        guest.ancestry().await.expect(501);
        guest.ecosystem_pointer().await.expect(501);
        guest.share_url(Some("ReadOnly")).await.expect(501);
        assert_eq!(guest.get().await.expect(200).body, b"shared");
        // The token is for the file alone.
        let base = server.url();
        for src in [format!("{base}/wopi/ecosystem"), format!("{base}/wopi/ecosystem/root_container_pointer")] {
            guest.with_src(&src).info().await.expect(401);
        }
    }
}

#[tokio::test]
async fn c96_a_link_to_a_container_gives_no_token_for_container_operations() {
    let (mut server, _, container) = house();
    let url = container.share_url(Some("ReadWrite")).await.expect(200).text("ShareUrl");
    let guest = Container::new(guest(&mut server, &container, &url).await);
    for reply in [
        guest.info().await,
        guest.children().await,
        guest.ancestry().await,
        guest.ecosystem_pointer().await,
        guest.create_file("x.docx", None).await,
        guest.suggest_container("x").await,
        guest.rename_to("x").await,
        guest.share_url(Some("ReadOnly")).await,
        guest.remove().await,
        guest.call(Method::POST, "").header("X-WOPI-Override", "MADE_UP").send().await,
    ] {
        reply.expect(501);
    }
    let again = Container::from_json(http_client(), &server.token("alice", "/in"));
    assert_eq!(again.names().await, (vec![], vec!["shared.docx".to_owned(), "sibling.docx".to_owned()]));
}
