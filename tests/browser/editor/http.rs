//! As much HTTP as a browser needs: one request for each connection.

use std::{collections::BTreeMap, io};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// What was asked.
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// By lower-case name.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(super) fn query(&self) -> BTreeMap<String, String> {
        decoded(self.target.split_once('?').map_or("", |(_, query)| query).as_bytes())
    }

    pub(super) fn form(&self) -> BTreeMap<String, String> {
        decoded(&self.body)
    }
}

fn decoded(text: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// What is answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn html(body: String) -> Self {
        Self { status: 200, kind: "text/html; charset=utf-8", body }
    }

    pub(super) fn script(body: &str) -> Self {
        Self { status: 200, kind: "text/javascript; charset=utf-8", body: body.to_owned() }
    }

    pub(super) fn style(body: &str) -> Self {
        Self { status: 200, kind: "text/css; charset=utf-8", body: body.to_owned() }
    }

    pub(super) fn xml(body: String) -> Self {
        Self { status: 200, kind: "text/xml; charset=utf-8", body }
    }

    pub(super) fn json(value: &serde_json::Value) -> Self {
        Self { status: 200, kind: "application/json", body: value.to_string() }
    }

    pub(super) fn nothing() -> Self {
        Self { status: 404, kind: "text/plain", body: "nothing here".to_owned() }
    }
}

/// Reads a request and sends its answer.
pub(super) async fn serve<F: Future<Output = Answer>>(
    connection: TcpStream,
    answer: impl FnOnce(Request) -> F,
) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    connection.read_line(&mut line).await?;
    let mut words = line.split(' ').map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(()) };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length.min(64 << 20)];
    connection.read_exact(&mut body).await?;
    let Answer { status, kind, body } = answer(Request { method, target, headers, body }).await;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} So It Is\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(body.as_bytes()).await?;
    connection.shutdown().await
}
