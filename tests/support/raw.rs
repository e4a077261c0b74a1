//! A client that writes bytes to a socket, for requests that no proper client would send.

use super::{Wopi, percent, reply::Reply};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// A connection on which anything may be written.
pub(crate) struct Raw {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Raw {
    /// Connects to the host of a file.
    pub(crate) fn to(wopi: &Wopi) -> Self {
        let stream = TcpStream::connect(authority(wopi)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
        stream.set_write_timeout(Some(Duration::from_secs(30))).expect("a time limit");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, read: Vec::new() }
    }

    /// The head of a request with the token in its query and no other header than those given.
    pub(crate) fn head(wopi: &Wopi, method: &str, suffix: &str, headers: &[(&str, &str)]) -> String {
        let path = wopi.src().splitn(4, '/').nth(3).expect("a path");
        let mut head = format!(
            "{method} /{path}{suffix}?access_token={} HTTP/1.1\r\nHost: {}\r\n",
            percent(wopi.token()),
            authority(wopi)
        );
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        head
    }

    /// Writes; `false` if the other side has closed.
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that nothing more will be written.
    pub(crate) fn finish(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads at least one byte more and at most `limit`; `None` at the end or on a reset.
    pub(crate) fn read_some(&mut self, limit: usize) -> Option<Vec<u8>> {
        let mut buffer = vec![0; limit];
        match self.stream.read(&mut buffer) {
            Ok(0) => None,
            Ok(read) => {
                buffer.truncate(read);
                Some(buffer)
            }
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                panic!("the host neither answered nor closed within 30 s")
            }
            Err(_) => None,
        }
    }

    /// The next reply, or `None` if the connection ended before a whole one.
    pub(crate) fn reply(&mut self, asked: &str) -> Option<Reply> {
        let end = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end;
            }
            let more = self.read_some(65_536)?;
            self.read.extend_from_slice(&more);
        };
        let (status, headers) = parse_head(&self.read[..end]);
        let mut body = self.read.split_off(end + 4);
        self.read.clear();
        if let Some(length) = headers.get("content-length") {
            let length: usize = length.to_str().expect("a number").parse().expect("a number");
            while body.len() < length {
                body.extend_from_slice(&self.read_some(65_536)?);
            }
            self.read = body.split_off(length);
        } else if headers.get("transfer-encoding").is_some_and(|value| value == "chunked") {
            while !body.ends_with(b"0\r\n\r\n") {
                body.extend_from_slice(&self.read_some(65_536)?);
            }
            body = unchunk(&body);
        }
        Some(Reply { asked: asked.to_owned(), status, headers, body })
    }
}

fn authority(wopi: &Wopi) -> String {
    wopi.src().split('/').nth(2).expect("an authority").to_owned()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn parse_head(head: &[u8]) -> (u16, HeaderMap) {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let first = lines.next().expect("a status line");
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status in {first:?}"));
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        headers.append(name, HeaderValue::from_str(value.trim()).expect("a header value"));
    }
    (status, headers)
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = find(rest, b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).expect("a size");
        let size = usize::from_str_radix(size.split(';').next().expect("a size").trim(), 16).expect("a size");
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}
