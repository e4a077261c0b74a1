//! Fetching documents: over TLS with certificates checked, within bounds of size and time (web-host.md rule W-2).

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use reqwest::{Client, RequestBuilder, header, redirect};

use crate::{
    discovery::{Capabilities, Discovery, DiscoveryError},
    settings::{self, editors::may_fetch},
};

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// The largest document of capabilities; real ones have 600 bytes.
const LARGEST_CAPABILITIES: u64 = 64 << 10;

/// Why a document could not be had. The text is meant for an administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server could not be reached, or broke off.
    #[error("{0}")]
    Network(String),
    /// It took too long.
    #[error("no whole answer came within {} s (`editors.timeout`)", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It leads where nothing may be fetched from.
    #[error("it is redirected to a place that nothing may be fetched from: {0}")]
    Redirected(String),
    /// Any status but 200.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// Larger than allowed.
    #[error("the answer is larger than {0} bytes (`editors.size`)")]
    TooLarge(u64),
    /// Not a discovery document.
    #[error(transparent)]
    Document(#[from] DiscoveryError),
    /// This host is about to end.
    #[error("this host stops")]
    Stopping,
}

/// A document, and what came with it.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    /// The document.
    pub(crate) body: Vec<u8>,
    /// `Date`: the clock of whoever answered.
    pub(crate) date: Option<String>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Fetches documents.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    client: Client,
    timeout: Duration,
    largest: u64,
    allow_plain_http: bool,
}

impl Fetcher {
    pub(crate) fn new(settings: &settings::Editors) -> Result<Self, FetchError> {
        let allow_plain_http = settings.allow_plain_http;
        let policy = redirect::Policy::custom(move |attempt| {
            let secure_before = attempt.previous().iter().all(|url| url.scheme() == "https");
            let reason = if attempt.previous().len() > MOST_REDIRECTS {
                Some("too many redirects")
            } else if secure_before && attempt.url().scheme() != "https" {
                Some("from https to plain HTTP")
            } else {
                may_fetch(attempt.url(), allow_plain_http).err()
            };
            match reason {
                Some(reason) => attempt.error(Refused(reason)),
                None => attempt.follow(),
            }
        });
        let client = Client::builder()
            .redirect(policy)
            .referer(false)
            .user_agent(concat!("Lockhouse/", env!("CARGO_PKG_VERSION")))
            .timeout(settings.timeout.get())
            .pool_max_idle_per_host(0);
        Ok(Self {
            client: client.build().map_err(|error| FetchError::Network(in_full(&error)))?,
            timeout: settings.timeout.get(),
            largest: settings.size.get(),
            allow_plain_http,
        })
    }

    /// A discovery document, as it came and as it is meant. Parsing a large one takes a while: not on threads that people
    /// wait for.
    pub(super) async fn discovery(&self, url: &str) -> Result<(Vec<u8>, Discovery), FetchError> {
        let document = self.get(url, self.largest).await?.body;
        let parsing = tokio::task::spawn_blocking(move || (Discovery::parse(&document), document));
        let (discovery, document) = parsing.await.map_err(|_| FetchError::Stopping)?;
        Ok((document, discovery?))
    }

    /// What the editor tells of itself; `None` when it does not, in whatever way.
    pub(crate) async fn capabilities(&self, url: &str) -> Option<Capabilities> {
        may_fetch(&url::Url::parse(url).ok()?, self.allow_plain_http).ok()?;
        Capabilities::parse(&self.get(url, LARGEST_CAPABILITIES).await.ok()?.body)
    }

    /// A discovery document as it came.
    pub(crate) async fn document(&self, url: &str) -> Result<Fetched, FetchError> {
        self.get(url, self.largest).await
    }

    /// Asks for a small document by JSON.
    pub(crate) async fn post(&self, url: &str, json: &serde_json::Value) -> Result<Fetched, FetchError> {
        self.receive(self.client.post(url).json(json), LARGEST_CAPABILITIES).await
    }

    async fn get(&self, url: &str, largest: u64) -> Result<Fetched, FetchError> {
        self.receive(self.client.get(url), largest).await
    }

    async fn receive(&self, request: RequestBuilder, largest: u64) -> Result<Fetched, FetchError> {
        let began = Instant::now();
        let failed = |error: reqwest::Error| {
            if error.is_timeout() {
                FetchError::TimedOut(self.timeout)
            } else if error.is_redirect() {
                FetchError::Redirected(in_full(&error))
            } else {
                FetchError::Network(in_full(&error))
            }
        };
        let response = request.send().await.map_err(failed)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        if response.content_length().is_some_and(|length| length > largest) {
            return Err(FetchError::TooLarge(largest));
        }
        let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
        let mut document = Vec::new();
        let mut pieces = response.bytes_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(failed)?;
            if (document.len() + piece.len()) as u64 > largest {
                return Err(FetchError::TooLarge(largest));
            }
            document.extend_from_slice(&piece);
        }
        Ok(Fetched { body: document, date, took: began.elapsed() })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(&'static str);

/// An error with all that is behind it: the library's own words are "error sending request".
fn in_full(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let words = deeper.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = deeper.source();
    }
    text
}
