//! Requests to the provider, for the library that speaks its protocol.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};

use crate::settings::keeps_secrets;

/// The most bytes of an answer that are read. Discovery documents and key sets have a few KiB.
const LARGEST_ANSWER: usize = 1 << 20;

/// How long a connection may take to come about, at most.
const CONNECT: Duration = Duration::from_secs(5);

/// Why a request to the provider has no answer that counts.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum OutboundError {
    /// The URL would carry secrets in the open.
    #[error("{0} is neither https nor on this machine")]
    Exposed(String),
    /// No answer, or a broken one.
    #[error("{0}")]
    Failed(Arc<str>),
    /// The provider says that something is wrong with itself.
    #[error("it answers {0}")]
    Status(http::StatusCode),
    /// The answer is too large.
    #[error("it answers with more than {LARGEST_ANSWER} bytes")]
    TooLarge,
}

/// A client that follows no redirect, waits only so long, and reads only so much. It uses the proxies that the environment
/// names, and no others.
#[derive(Clone, Debug)]
pub(super) struct Outbound(reqwest::Client);

impl Outbound {
    /// Each request takes at most `limit`.
    pub(super) fn new(limit: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limit.min(CONNECT))
            .timeout(limit)
            .pool_max_idle_per_host(4)
            .user_agent(concat!("Lockhouse/", env!("CARGO_PKG_VERSION")));
        client.build().map(Self)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        // The text of an error names the URL, which holds no secret here, but not the reason beneath.
        let failed = |error: reqwest::Error| {
            let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
            OutboundError::Failed(causes.map(ToString::to_string).collect::<Vec<_>>().join(": ").into())
        };
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        if !keeps_secrets(request.url()) {
            return Err(OutboundError::Exposed(request.url().to_string()));
        }
        let mut response = self.0.execute(request).await.map_err(failed)?;
        if response.status().is_server_error() {
            return Err(OutboundError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let mut answer = http::Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
