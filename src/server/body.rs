//! Reading a request's body within bounds: bytes received are counted, not bytes announced, and a client that pauses too
//! long is given up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::{StatusCode, header},
    web::{self, Bytes, BytesMut},
};
use futures_util::StreamExt as _;

use super::{connections::Progress, metrics::Metrics};

/// Why a body cannot be had whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// More than the limit was announced or received.
    #[error("the body is larger than {limit} bytes, the most that is accepted here")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The connection ended before the body did.
    #[error("the body ended after {received} bytes, before it was complete")]
    Incomplete {
        /// What had arrived, in bytes.
        received: u64,
    },
    /// Chunked encoding that is none.
    #[error("the body's chunked encoding is broken after {received} bytes")]
    Malformed {
        /// What had arrived, in bytes.
        received: u64,
    },
    /// The client paused for too long.
    #[error("no more of the body arrived for {} seconds", idle.as_secs_f32())]
    TimedOut {
        /// How long the pause could have been.
        idle: Duration,
    },
    /// The client sends a little now and then, to hold its place.
    #[error("the body arrives too slowly: {received} bytes so far")]
    TooSlow {
        /// What had arrived, in bytes.
        received: u64,
    },
}

impl BodyError {
    /// The status that says so: 413, 400 or 408.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Incomplete { .. } | Self::Malformed { .. } => StatusCode::BAD_REQUEST,
            Self::TimedOut { .. } | Self::TooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

/// How long a client may pause in a body that nobody wants.
const DRAIN_PAUSE: Duration = Duration::from_secs(2);

/// After this long a body must have come at [`SLOWEST`] on the average.
const PATIENCE: Duration = Duration::from_secs(60);

/// The slowest body, in bytes each second: far below any network that carries documents.
const SLOWEST: u64 = 256;

fn is_too_slow(received: u64, elapsed: Duration) -> bool {
    elapsed > PATIENCE && received < elapsed.as_secs().saturating_mul(SLOWEST)
}

/// How a body that nobody wants ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// It was read to its end: the connection can serve the next request.
    Whole,
    /// There was more, or it broke off: the connection is to be closed.
    Partly,
}

/// A body that is read piece by piece.
pub struct BodyReader {
    payload: web::Payload,
    limit: u64,
    idle: Duration,
    announced: Option<u64>,
    received: u64,
    started: Instant,
    state: State,
    metrics: Option<Arc<Metrics>>,
    progress: Option<Arc<Progress>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Ended,
    /// Over the limit; what follows may still be drained.
    Refused,
    Broken(BodyError),
}

impl std::fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("BodyReader");
        fields.field("limit", &self.limit).field("received", &self.received).field("state", &self.state);
        fields.finish_non_exhaustive()
    }
}

impl BodyReader {
    /// Takes the body of a request: at most `limit` bytes, with pauses of at most `idle`.
    pub fn new(request: &HttpRequest, payload: web::Payload, limit: u64, idle: Duration) -> Self {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let announced = length.and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
        let refused = announced.is_some_and(|announced: u64| announced > limit);
        Self {
            payload,
            limit,
            idle,
            announced,
            received: 0,
            started: Instant::now(),
            state: if refused { State::Refused } else { State::Reading },
            metrics: request.app_data::<web::Data<Metrics>>().map(|metrics| Arc::clone(metrics)),
            progress: request.conn_data::<Arc<Progress>>().cloned(),
        }
    }

    /// What `Content-Length` announced; not to be believed, except to refuse early.
    pub fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// Bytes that have arrived.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next piece; `None` at the end. A body that was announced too large is refused before a byte is read.
    ///
    /// # Errors
    /// [`BodyError`]; it stays the same at every further call.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        match &self.state {
            State::Reading => {}
            State::Ended => return Ok(None),
            State::Refused => return Err(BodyError::TooLarge { limit: self.limit }),
            State::Broken(error) => return Err(error.clone()),
        }
        let piece = self.receive().await?;
        if self.received > self.limit {
            self.state = State::Refused;
            return Err(BodyError::TooLarge { limit: self.limit });
        }
        Ok(piece)
    }

    /// The whole body, in memory.
    ///
    /// # Errors
    /// [`BodyError`] when it cannot be had whole.
    pub async fn read_all(&mut self) -> Result<Bytes, BodyError> {
        let Some(first) = self.next().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.next().await? else { return Ok(first) };
        // Grows with what arrives: an announced length must not make us set memory aside.
        let mut whole = BytesMut::from(&first[..]);
        whole.extend_from_slice(&second);
        while let Some(piece) = self.next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// Reads on and throws away, at most about `limit` bytes more and with short pauses only: for bodies that mean nothing
    /// (files.md section 1.2, rule 8), and before an early refusal, so that the client sees the answer instead of a reset
    /// connection.
    pub async fn drain(&mut self, limit: u64) -> Drained {
        self.idle = self.idle.min(DRAIN_PAUSE);
        let until = self.received.saturating_add(limit);
        loop {
            match self.state {
                State::Ended => return Drained::Whole,
                State::Broken(_) => return Drained::Partly,
                State::Reading | State::Refused => {}
            }
            if self.receive().await.is_ok() && self.received > until {
                self.state = State::Refused;
                return Drained::Partly;
            }
        }
    }

    /// Takes the next piece from the connection and keeps count.
    async fn receive(&mut self) -> Result<Option<Bytes>, BodyError> {
        let outcome = actix_web::rt::time::timeout(self.idle, self.payload.next()).await;
        let error = match outcome {
            Ok(Some(Ok(piece))) => {
                let length = piece.len() as u64;
                self.received = self.received.saturating_add(length);
                if let Some(metrics) = &self.metrics {
                    metrics.bytes_in(length);
                }
                if let Some(progress) = &self.progress {
                    progress.made();
                }
                if !is_too_slow(self.received, self.started.elapsed()) {
                    return Ok(Some(piece));
                }
                BodyError::TooSlow { received: self.received }
            }
            Ok(None) if self.announced.is_none_or(|announced| announced == self.received) => {
                self.state = State::Ended;
                return Ok(None);
            }
            Ok(Some(Err(PayloadError::EncodingCorrupted | PayloadError::Overflow))) => {
                BodyError::Malformed { received: self.received }
            }
            Ok(None | Some(Err(_))) => BodyError::Incomplete { received: self.received },
            Err(_) => BodyError::TimedOut { idle: self.idle },
        };
        self.state = State::Broken(error.clone());
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_trickles_is_too_slow_and_a_slow_network_is_not() {
        assert!(!is_too_slow(1, Duration::from_secs(59)));
        assert!(is_too_slow(61, Duration::from_secs(61)));
        assert!(!is_too_slow(61 * 1024, Duration::from_secs(61)));
        assert!(is_too_slow(1 << 20, Duration::from_secs(86_400)));
    }
}
