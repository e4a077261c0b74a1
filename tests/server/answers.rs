//! What comes back: health, metrics, refusals, log lines, and the end.

use std::{io::Read as _, sync::atomic::Ordering};

use crate::host::{Host, log, options};

#[test]
fn health_says_alive_and_readiness_gives_its_reason() {
    let host = Host::start();
    assert_eq!(host.get("/healthz").body, "alive\n");
    assert_eq!(host.get("/readyz").status, 200);
    host.shared.unready.store(true, Ordering::SeqCst);
    let answer = host.get("/readyz");
    assert_eq!((answer.status, answer.body.as_str()), (503, "the disk is full\n"));
    assert_eq!(host.get("/healthz").status, 200);
}

#[test]
fn a_monitor_may_ask_for_the_head_alone() {
    let host = Host::start();
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = host.ask(&format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}: {answer:?}");
    }
}

#[test]
fn what_was_asked_is_counted() {
    let host = Host::start();
    host.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfive!");
    let metrics = host.get("/metrics").body;
    for line in [
        "lockhouse_requests_total{operation=\"Echo\",status=\"200\"} 1",
        "lockhouse_received_bytes_total 5",
        "lockhouse_sent_bytes_total 5",
        "lockhouse_requests_in_flight 1.0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing in\n{metrics}");
    }
}

#[test]
fn unknown_paths_and_methods_get_a_sentence() {
    let host = Host::start();
    let answer = host.get("/nowhere");
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("\"message\"") && answer.head.contains("nosniff"), "{answer:?}");
    let answer = host.ask("DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(answer.status, 405);
    assert!(answer.head.contains("allow: get") && answer.body.contains("\"message\""), "{answer:?}");
    let answer = host.ask("DELETE /who HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(matches!(answer.status, 404 | 405) && answer.body.contains("\"message\""), "{answer:?}");
}

#[test]
fn a_small_answer_comes_in_one_piece() {
    let host = Host::start();
    let mut client = host.connect();
    for _ in 0..50 {
        client.send(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut piece = [0; 4096];
        let length = client.0.read(&mut piece).unwrap();
        assert!(piece[..length].ends_with(b"\r\n\r\nsmall"), "{}", String::from_utf8_lossy(&piece[..length]));
    }
}

#[test]
fn a_request_leaves_one_line_without_its_token() {
    let log = log();
    let host = Host::start();
    host.ask(
        "POST /echo?access_token=SECRET HTTP/1.1\r\nHost: x\r\nX-WOPI-CorrelationId: corr-4711\r\n\
         Authorization: Bearer SECRET\r\nX-Request-ID: a\tb\r\nContent-Length: 2000\r\n\r\n",
    );
    let lines = log.lines_with("corr-4711");
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["status"], 413);
    assert_eq!(line["operation"], "Echo");
    assert_eq!(line["span"]["path"], "/echo");
    assert_eq!(line["span"]["request_id"], "a?b");
    assert!(line["reason"].as_str().unwrap().contains("larger than 1000"), "{line}");
    assert!(log.lines_with("corr-4711").iter().all(|line| !line.contains("SECRET")));
}

#[test]
fn a_share_link_leaves_no_secret_in_its_line() {
    let log = log();
    let host = Host::start();
    host.ask("GET /s/SHARESECRET HTTP/1.1\r\nHost: x\r\nX-WOPI-CorrelationId: corr-share\r\n\r\n");
    let lines = log.lines_with("corr-share");
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["span"]["path"], "/s/…");
    assert!(log.lines_with("SHARESECRET").is_empty());
}

#[test]
fn too_many_requests_at_once_are_asked_to_come_back() {
    let mut options = options();
    options.limits.in_flight_total = 1;
    let host = Host::with(options);
    let mut first = host.connect();
    first.send(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    futures::executor::block_on(host.shared.entered.notified());
    let answer = host.get("/small");
    assert_eq!(answer.status, 503);
    assert!(answer.head.contains("retry-after: 1"), "{answer:?}");
    assert_eq!(host.get("/healthz").status, 200);
    host.shared.go.notify_one();
    assert_eq!(first.answer().body, "waited");
    assert_eq!(host.get("/small").status, 200);
}

#[test]
fn a_stop_finishes_what_is_in_flight() {
    let mut host = Host::start();
    let mut client = host.connect();
    client.send(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    futures::executor::block_on(host.shared.entered.notified());
    host.stop();
    host.shared.go.notify_one();
    assert_eq!(client.answer().body, "waited");
    let address = host.address;
    drop(host);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn an_address_in_use_is_named() {
    let host = Host::start();
    let mut options = options();
    options.listen = host.address;
    let services =
        lockhouse::server::Services { metrics: std::sync::Arc::default(), readiness: std::sync::Arc::new(|| Ok(())) };
    let error = lockhouse::server::Server::bind(&options, &services, |_| {}).unwrap_err().to_string();
    assert!(error.contains(&host.address.to_string()), "{error}");
}
