//! Who is asking: proxies and plain HTTP.

use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};

use crate::host::{Client, Host, options};

const FORWARDED: &str = "GET /who HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\
     X-Forwarded-Host: docs.example.org\r\n\r\n";

/// Connects from another address of this machine's own network 127.0.0.0/8.
fn connect_from(source: [u8; 4], to: SocketAddr) -> Client {
    let socket = bound_to(source, to);
    Client(socket).patient()
}

fn bound_to(source: [u8; 4], to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((source, 0))).unwrap();
        let stream = socket.connect(to).await.unwrap().into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        stream
    })
}

#[test]
fn forwarded_headers_count_from_a_listed_proxy_only() {
    let mut options = options();
    options.policy.trusted = "127.0.0.2".parse().unwrap();
    let host = Host::with(options);
    let mut proxy = connect_from([127, 0, 0, 2], host.address);
    proxy.send(FORWARDED.as_bytes());
    assert_eq!(proxy.answer().body, "203.0.113.9 true docs.example.org");
    let mut stranger = connect_from([127, 0, 0, 3], host.address);
    stranger.send(FORWARDED.as_bytes());
    assert_eq!(stranger.answer().body, "127.0.0.3 false -");
}

/// An address of this machine that is not its loopback device; no packet is sent to find it.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

#[test]
fn plain_http_is_refused_to_other_machines() {
    let Some(own) = own_address() else {
        eprintln!("SKIPPED: this machine has no address but its loopback device");
        return;
    };
    let mut options = options();
    options.listen = "0.0.0.0:0".parse().unwrap();
    let host = Host::with(options.clone());
    let elsewhere = |host: &Host, path: &str| {
        let mut client = Client(TcpStream::connect((own, host.address.port())).unwrap()).patient();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        client.answer()
    };
    let answer = elsewhere(&host, "/small");
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("use https") && answer.head.contains("application/json"), "{answer:?}");
    assert_eq!(elsewhere(&host, "/healthz").status, 200);
    assert_eq!(elsewhere(&host, "/metrics").status, 403);
    let mut near = Client(TcpStream::connect(("127.0.0.1", host.address.port())).unwrap()).patient();
    near.send(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(near.answer().status, 200);

    options.policy.allow_plain_http = true;
    let open = Host::with(options.clone());
    assert_eq!(elsewhere(&open, "/small").status, 200);
    assert_eq!(elsewhere(&open, "/metrics").status, 404);

    options.policy.allow_plain_http = false;
    options.policy.trusted = own.to_string().parse().unwrap();
    assert_eq!(elsewhere(&Host::with(options), "/small").status, 200);
}
