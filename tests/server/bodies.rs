//! Bodies: limits, cuts and pauses, the same with and without `Content-Length`.

use std::{fmt::Write as _, net::Shutdown};

use crate::host::{BODY_LIMIT, Host};

const ANNOUNCED: &str = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ";
const CHUNKED: &str = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

fn announced(body: &str) -> String {
    format!("{ANNOUNCED}{}\r\n\r\n{body}", body.len())
}

fn chunked(body: &str) -> String {
    let mut request = CHUNKED.to_owned();
    for chunk in body.as_bytes().chunks(100) {
        let _ = write!(request, "{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk));
    }
    request + "0\r\n\r\n"
}

#[test]
fn a_body_up_to_the_limit_arrives_whole_however_it_is_sent() {
    let host = Host::start();
    for length in [0, 1, 999, 1000] {
        let body = "b".repeat(length);
        for request in [announced(&body), chunked(&body)] {
            let answer = host.ask(&request);
            assert_eq!((answer.status, answer.body.as_str()), (200, body.as_str()));
        }
    }
}

#[test]
fn a_body_over_the_limit_is_told_the_limit_however_it_is_sent() {
    let host = Host::start();
    for length in [1001, 5000, 300_000] {
        let body = "b".repeat(length);
        for request in [announced(&body), chunked(&body)] {
            let answer = host.ask(&request);
            assert_eq!(answer.status, 413, "{length}");
            assert!(answer.body.contains(&BODY_LIMIT.to_string()), "{answer:?}");
        }
    }
}

#[test]
fn an_announcement_over_the_limit_is_refused_before_the_body_is_sent() {
    let answer = Host::start().ask(&format!("{ANNOUNCED}999999999999\r\n\r\n"));
    assert_eq!(answer.status, 413);
}

#[test]
fn a_body_that_is_cut_off_is_never_taken_for_a_whole_one() {
    let host = Host::start();
    for request in
        [format!("{ANNOUNCED}10\r\n\r\nfive!"), format!("{CHUNKED}5\r\nfive!\r\n"), format!("{CHUNKED}a\r\nfive!")]
    {
        let mut client = host.connect();
        client.send(request.as_bytes());
        client.0.shutdown(Shutdown::Write).unwrap();
        let answer = client.answer();
        assert_eq!(answer.status, 400, "{request}: {answer:?}");
        assert!(answer.body.contains("ended after 5 bytes"), "{answer:?}");
    }
}

#[test]
fn chunked_encoding_that_is_none_is_refused() {
    let host = Host::start();
    for chunks in ["zz\r\nx\r\n", "5\r\nfive!XX", "ffffffffffffffffff\r\n", "-1\r\n"] {
        let answer = host.ask(&format!("{CHUNKED}{chunks}"));
        assert_eq!(answer.status, 400, "{chunks}: {answer:?}");
    }
}

#[test]
fn a_client_that_pauses_too_long_in_its_body_is_given_up() {
    let host = Host::start();
    for request in [format!("{ANNOUNCED}10\r\n\r\nfive!"), format!("{CHUNKED}5\r\nfive!\r\n")] {
        let answer = host.ask(&request);
        assert_eq!(answer.status, 408, "{answer:?}");
    }
}

#[test]
fn bytes_beyond_the_announced_length_are_not_part_of_the_body() {
    let mut client = Host::start().connect_keeping();
    client.1.send(format!("{ANNOUNCED}5\r\n\r\nfive!and more").as_bytes());
    let answer = client.1.answer();
    assert!(answer.status == 200 && answer.body.starts_with("five!"), "{answer:?}");
    assert!(client.1.is_ended());
}

#[test]
fn a_body_that_means_nothing_is_drained_and_the_connection_goes_on() {
    let (_host, mut client) = Host::start().connect_keeping();
    let document = "d".repeat(300_000);
    let with_length = format!("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n{document}");
    let in_chunks = format!(
        "POST /ignore HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n{document}\r\n0\r\n\r\n"
    );
    let without = "POST /ignore HTTP/1.1\r\nHost: x\r\n\r\n".to_owned();
    for request in [with_length, in_chunks, without] {
        client.send(request.as_bytes());
        let answer = client.answer();
        assert_eq!((answer.status, answer.body.as_str()), (200, "Whole"));
    }
}

impl Host {
    fn connect_keeping(self) -> (Self, crate::host::Client) {
        let client = self.connect();
        (self, client)
    }
}
