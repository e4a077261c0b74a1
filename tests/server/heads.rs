//! Heads of requests: floods, and clients that dawdle.

use std::fmt::Write as _;

use crate::host::Host;

fn with_headers(count: usize, length: usize) -> String {
    let mut request = "GET /small HTTP/1.1\r\nHost: x\r\n".to_owned();
    for n in 0..count {
        let _ = write!(request, "X-Flood-{n}: {}\r\n", "x".repeat(length));
    }
    request + "\r\n"
}

#[test]
fn floods_of_headers_are_refused_and_harm_nobody() {
    let host = Host::start();
    for (count, length) in [(500, 10), (1, 300_000), (50, 5000), (9, 4000)] {
        let answer = host.ask(&with_headers(count, length));
        assert!((400..500).contains(&answer.status), "{count} of {length}: {answer:?}");
    }
    assert_eq!(host.get("/small").status, 200);
}

#[test]
fn a_head_over_the_limit_of_the_settings_is_told_the_limit() {
    let answer = Host::start().ask(&with_headers(9, 4000));
    assert_eq!(answer.status, 431, "{answer:?}");
    assert!(answer.body.contains("larger than 32768 bytes"), "{answer:?}");
    assert!(answer.head.contains("connection: close"), "{answer:?}");
}

#[test]
fn a_head_within_the_limit_passes() {
    assert_eq!(Host::start().ask(&with_headers(7, 4000)).status, 200);
}

#[test]
fn a_client_that_never_ends_its_head_is_dropped() {
    let mut client = Host::start_and_connect();
    client.1.send(b"GET /small HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert!(client.1.is_ended());
}

#[test]
fn nor_may_it_dawdle_in_a_later_head_on_the_same_connection() {
    let mut client = Host::start_and_connect();
    client.1.send(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.1.answer().status, 200);
    client.1.send(b"GET /small HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert!(client.1.is_ended());
}

#[test]
fn a_client_that_does_not_take_its_answer_is_dropped() {
    let (host, mut client) = Host::start_and_connect();
    client.send(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
    // The client reads nothing; only the server can end this.
    for _ in 0..2000 {
        if host.shared.dropped.load(std::sync::atomic::Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the endless answer is still being sent");
}

#[test]
fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let (host, mut client) = Host::start_and_connect();
    client.send(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    // Longer than every limit on idle connections: the handler is at work, so the connection stays.
    std::thread::sleep(std::time::Duration::from_secs(2));
    host.shared.go.notify_one();
    let answer = client.answer();
    assert_eq!((answer.status, answer.body.as_str()), (200, "waited"));
    assert!(client.is_ended());
}

impl Host {
    fn start_and_connect() -> (Self, crate::host::Client) {
        let host = Self::start();
        let client = host.connect();
        (host, client)
    }
}
