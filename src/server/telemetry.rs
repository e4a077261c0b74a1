//! Logs: where they go, and the one line that each request leaves.

use std::{
    borrow::Cow,
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use actix_web::{HttpMessage as _, HttpRequest, dev::ServiceRequest, http::StatusCode};
use percent_encoding::percent_decode_str;
use tracing::{Span, Subscriber};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt as _};

use super::reply::header_text;
use crate::settings::{Log, LogFormat};

/// Why logs cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.filter` is none.
    #[error("the setting `log.filter` cannot be used: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Someone else set up logs in this process.
    #[error("logs are set up already: {0}")]
    Already(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// Sends the process's logs to standard error, as the settings say.
///
/// # Errors
/// [`TelemetryError`] for a filter that is none, and at a second call.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let colours = std::io::stderr().is_terminal();
    tracing::subscriber::set_global_default(subscriber(log, colours, std::io::stderr)?)?;
    Ok(())
}

/// What writes log lines to `writer`.
///
/// # Errors
/// [`TelemetryError::Filter`].
pub fn subscriber<W>(log: &Log, colours: bool, writer: W) -> Result<Box<dyn Subscriber + Send + Sync>, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let registry = tracing_subscriber::registry().with(EnvFilter::try_new(&log.filter)?);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    Ok(match log.format {
        LogFormat::Human => Box::new(registry.with(layer.with_ansi(colours))),
        LogFormat::Json => Box::new(registry.with(layer.json().flatten_event(true).with_span_list(false))),
    })
}

/// The word for an operation that no handler named.
const UNNAMED: &str = "other";

/// What a handler says about its request, for the log line and the metrics.
#[derive(Clone, Debug, Default)]
struct Notes {
    operation: Option<&'static str>,
    reason: Option<String>,
}

/// Names the operation that a request turned out to be, such as `PutFile`: a fixed word.
pub fn note_operation(request: &HttpRequest, operation: &'static str) {
    with_notes(request, |notes| notes.operation = Some(operation));
}

/// Says why a request was refused; it stands in the request's log line. No secrets.
pub fn note_reason(request: &HttpRequest, reason: impl Into<String>) {
    with_notes(request, |notes| notes.reason = Some(reason.into()));
}

fn with_notes(request: &HttpRequest, change: impl FnOnce(&mut Notes)) {
    let mut extensions = request.extensions_mut();
    if let Some(notes) = extensions.get_mut::<Notes>() {
        return change(notes);
    }
    let mut notes = Notes::default();
    change(&mut notes);
    extensions.insert(notes);
}

/// A path without the id of a share link, which is a secret: whoever knows it holds the link.
fn without_secrets(path: &str) -> Cow<'_, str> {
    let mut end = 0;
    for part in path.split_inclusive('/') {
        end += part.len();
        // As the router reads it.
        if percent_decode_str(part.trim_end_matches('/')).eq(b"s".iter().copied()) && end < path.len() {
            return Cow::Owned(format!("{}…", &path[..end]));
        }
    }
    Cow::Borrowed(path)
}

/// The line that a request leaves when its answer has ended.
#[derive(Debug)]
pub(super) struct RequestLine {
    span: Span,
    started: Instant,
    notes: Notes,
    status: StatusCode,
}

impl RequestLine {
    /// Begins with what the head says. The query is left out: it carries the access token.
    pub(super) fn begin(request: &ServiceRequest, client: std::net::IpAddr) -> Self {
        let header = |name: &str| request.headers().get(name).map(|value| header_text(value.as_bytes(), 128));
        let span = tracing::info_span!(
            "request",
            method = %header_text(request.method().as_str().as_bytes(), 32),
            path = %without_secrets(&header_text(request.path().as_bytes(), 512)),
            client = %client,
            correlation_id = header("x-wopi-correlationid"),
            request_id = header("x-request-id"),
            session_id = header("x-wopi-sessionid"),
        );
        Self { span, started: Instant::now(), notes: Notes::default(), status: StatusCode::INTERNAL_SERVER_ERROR }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// Takes over what the handler noted.
    pub(super) fn answered(&mut self, request: &HttpRequest, status: StatusCode) {
        self.status = status;
        if let Some(notes) = request.extensions_mut().remove::<Notes>() {
            self.notes = notes;
        }
    }

    pub(super) fn refused(&mut self, status: StatusCode, reason: &str) {
        self.status = status;
        self.notes.reason = Some(reason.to_owned());
    }

    pub(super) fn operation(&self) -> &'static str {
        self.notes.operation.unwrap_or(UNNAMED)
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Writes the line: an error for a failure of ours, else information.
    pub(super) fn end(&self, bytes_out: u64, whole: bool) -> Duration {
        let elapsed = self.started.elapsed();
        // Three decimals: microseconds.
        let duration_ms = (elapsed.as_secs_f64() * 1e6).round() / 1e3;
        let (status, operation) = (self.status.as_u16(), self.operation());
        let reason = self.notes.reason.as_deref();
        let cut = if whole { None } else { Some(true) };
        let _entered = self.span.enter();
        if self.status.is_server_error() && self.status != StatusCode::NOT_IMPLEMENTED {
            tracing::error!(status, operation, duration_ms, bytes_out, reason, cut, "request failed");
        } else {
            tracing::info!(status, operation, duration_ms, bytes_out, reason, cut, "request answered");
        }
        elapsed
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_share_links_id_is_left_out_wherever_it_stands() {
        for (path, shown) in [
            ("/s/SECRET", "/s/…"),
            ("/docs/s/SECRET/more", "/docs/s/…"),
            ("/%73/SECRET", "/%73/…"),
            ("/s//SECRET", "/s/…"),
            ("/s/", "/s/"),
            ("/s", "/s"),
            ("/wopi/files/abc/contents", "/wopi/files/abc/contents"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(path), shown);
        }
    }
}
