//! The far end: requests to this host's own public URL, as an editor would send them, and to nowhere else.

use std::{error::Error as _, io, time::Duration};

use reqwest::{Client, Method, StatusCode, header::HeaderMap, redirect};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};
use url::Url;

use super::{
    echo::{Arrived, MARK_HEADER},
    tls,
};

/// How long a connection may take.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 256 << 10;

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub took: Duration,
}

impl Answer {
    /// What arrived at the other end; `None` when somebody else answered.
    pub(super) fn arrived(&self) -> Option<Arrived> {
        if self.status != StatusCode::OK {
            return None;
        }
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }
}

/// Asks this host for its echo.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    client: Client,
    base: String,
    mark: String,
}

/// A request to be sent.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub method: Method,
    /// What stands behind the `?`.
    pub query: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// How long the answer may take.
    pub patience: Duration,
}

impl Question {
    pub(super) fn get(query: impl Into<String>) -> Self {
        let patience = Duration::from_secs(8);
        Self { method: Method::GET, query: query.into(), headers: Vec::new(), body: Vec::new(), patience }
    }

    pub(super) fn post(query: impl Into<String>, body: Vec<u8>) -> Self {
        Self { method: Method::POST, body, ..Self::get(query) }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Asker {
    /// Asks at `base`, the echo's URL. Certificates are judged elsewhere ([`tls`]): what else is wrong is to be seen, too.
    pub(super) fn new(base: impl Into<String>, mark: impl Into<String>) -> Result<Self, String> {
        let client = Client::builder()
            .user_agent(concat!("Lockhouse/", env!("CARGO_PKG_VERSION"), " doctor"))
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(0)
            .tls_danger_accept_invalid_certs(true)
            .build();
        let client = client.map_err(|error| in_full(&error))?;
        Ok(Self { client, base: base.into(), mark: mark.into() })
    }

    /// The URL of a question.
    pub(super) fn url(&self, question: &Question) -> String {
        if question.query.is_empty() { self.base.clone() } else { format!("{}?{}", self.base, question.query) }
    }

    /// Asks.
    ///
    /// # Errors
    /// Why there is no answer, for people.
    pub(super) async fn ask(&self, question: Question) -> Result<Answer, String> {
        let began = Instant::now();
        let mut request = self.client.request(question.method.clone(), self.url(&question));
        request = request.timeout(question.patience).header(MARK_HEADER, &self.mark);
        for (name, value) in &question.headers {
            request = request.header(*name, value);
        }
        if question.method != Method::GET {
            request = request.body(question.body);
        }
        let failed = |error: reqwest::Error| {
            if error.is_timeout() {
                format!("no answer within {} s", question.patience.as_secs())
            } else {
                in_full(&error)
            }
        };
        let mut response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST_ANSWER {
                break;
            }
        }
        Ok(Answer { status, headers, body, took: began.elapsed() })
    }

    /// Announces a body of `length` bytes and sends none: whoever finds that too much says so at once. The status of an
    /// answer that comes within `patience`; `None` while the other side waits for the body.
    ///
    /// # Errors
    /// Why the connection broke.
    pub(super) async fn announce(&self, length: u64, patience: Duration) -> io::Result<Option<u16>> {
        let url = Url::parse(&self.base).map_err(io::Error::other)?;
        let authority = url.port().map_or_else(
            || url.host_str().unwrap_or_default().to_owned(),
            |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
        );
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {authority}\r\n{MARK_HEADER}: {}\r\nContent-Length: {length}\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            url.path(),
            self.mark,
        );
        let attempt = async {
            if url.scheme() == "https" {
                early_status(tls::connect(&url).await?.0, &head).await
            } else {
                early_status(connect(&url).await?, &head).await
            }
        };
        match timeout(patience, attempt).await {
            Ok(outcome) => outcome.map(Some),
            Err(_) => Ok(None),
        }
    }
}

async fn early_status<S>(mut stream: S, head: &str) -> io::Result<u16>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    stream.write_all(head.as_bytes()).await?;
    stream.flush().await?;
    // "HTTP/1.1 413"
    let mut line = [0; 12];
    stream.read_exact(&mut line).await?;
    let digits = std::str::from_utf8(&line[9..]).ok().and_then(|digits| digits.parse().ok());
    digits.ok_or_else(|| io::Error::other("the answer is not HTTP"))
}

/// A connection to the host of a URL.
pub(super) async fn connect(url: &Url) -> io::Result<TcpStream> {
    let port = url.port_or_known_default().unwrap_or(443);
    let connecting = TcpStream::connect((tls::bare_host(url), port));
    timeout(CONNECT, connecting).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// An error with what is behind it: the library's own words are "error sending request". Without the URL, which holds marks.
fn in_full(error: &reqwest::Error) -> String {
    let mut deepest = error.source();
    while let Some(inner) = deepest.and_then(std::error::Error::source) {
        deepest = Some(inner);
    }
    deepest.map_or_else(|| error.to_string(), ToString::to_string)
}
