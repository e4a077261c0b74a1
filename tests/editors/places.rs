//! Hosts behind a proxy: the public URL is what was signed (web-host.md rule W-61).

use std::net::TcpListener;

use reqwest::Method;

use crate::{
    common::{Document, serve, start, until},
    stand_in::StandIn,
};

#[tokio::test]
async fn behind_a_proxy_the_public_url_is_what_is_proven() {
    let editor = StandIn::start();
    for (public, prefix) in [
        ("https://docs.example", ""),
        ("https://docs.example/office", "/office"),
        ("https://docs.example:8443/a/b", "/a/b"),
        ("https://docs.example/wopi", "/wopi"),
    ] {
        // The printed URL is the public one, so the port has to be known before.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut settings = start("collabora", "require", &editor).set("LOCKHOUSE_PUBLIC_URL", public);
        settings.listen = address.to_string();
        let host = serve(settings);
        let file = Document::of(&host, "a.odt", "collabora");
        assert!(file.src.starts_with(&format!("{public}/wopi/files/")), "{}", file.src);
        let listener = format!("http://{address}");
        let path = file.url("")[public.len()..].to_owned();
        let good = || editor.headers(&file.token, &file.url(""));
        // A proxy may cut the prefix off or pass it on.
        let (cut, whole) = (format!("{listener}{path}"), format!("{listener}{prefix}{path}"));
        until(200, || async { file.ask(Method::GET, &cut, &good(), b"").await.status }).await;
        assert_eq!(file.ask(Method::GET, &whole, &good(), b"").await.status, 200, "{public}");
        // Signed for the address behind the proxy, it is somebody else's.
        let inner = editor.headers(&file.token, &cut);
        assert_eq!(file.ask(Method::GET, &cut, &inner, b"").await.status, 500, "{public}");
        // What a client says of the host does not count.
        let mut spoofed = editor.headers(&file.token, &format!("https://evil.example{path}"));
        spoofed.extend([("X-Forwarded-Host", "evil.example".to_owned()), ("Host", "evil.example".to_owned())]);
        assert_eq!(file.ask(Method::GET, &cut, &spoofed, b"").await.status, 500, "{public}");
    }
}
