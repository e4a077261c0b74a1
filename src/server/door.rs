//! The door: what every request passes on its way in, and every answer on its way out.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, ready},
};

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web::Bytes,
};
use tracing::Instrument as _;

use super::{
    connections::Progress,
    health::is_health,
    metrics::Metrics,
    proxy::{ProxyPolicy, REFUSAL, Visitor},
    reply,
    telemetry::RequestLine,
};

/// Seconds after which an overloaded host is asked again.
const RETRY_SECONDS: u32 = 1;

/// What the door knows.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) policy: ProxyPolicy,
    pub(super) metrics: Arc<Metrics>,
    /// The largest head, in bytes.
    pub(super) head: u64,
    pub(super) in_flight: Arc<AtomicU32>,
    pub(super) in_flight_limit: u32,
}

/// Why a request is turned away at the door.
enum Refusal {
    NoPeer,
    PlainHttp,
    HeadTooLarge(u64),
    Overloaded,
}

impl Refusal {
    fn answer(&self) -> (HttpResponse, String) {
        let (response, reason) = match self {
            Self::NoPeer => {
                let reason = "the connection has no address";
                (reply::message(StatusCode::BAD_REQUEST, reason), reason.to_owned())
            }
            Self::PlainHttp => (reply::message(StatusCode::FORBIDDEN, REFUSAL), REFUSAL.to_owned()),
            Self::HeadTooLarge(limit) => {
                let reason = format!("the head of the request is larger than {limit} bytes");
                (reply::message(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &reason), reason)
            }
            Self::Overloaded => {
                let reason = "too many requests are in flight; try again";
                (reply::overloaded(RETRY_SECONDS, reason), reason.to_owned())
            }
        };
        (response, reason)
    }
}

/// Counts a request for as long as it is in flight.
#[derive(Debug)]
struct InFlight(Arc<AtomicU32>);

impl InFlight {
    fn enter(counter: &Arc<AtomicU32>, limit: u32) -> Option<Self> {
        let before = counter.fetch_add(1, Ordering::AcqRel);
        // Made first, so that a refusal gives the place back too.
        let place = Self(Arc::clone(counter));
        (before < limit).then_some(place)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Counts a handler for as long as it runs, also when the client hangs up and it is dropped.
struct Working(Option<Arc<Progress>>);

impl Working {
    fn begin(progress: Option<Arc<Progress>>) -> Self {
        if let Some(progress) = &progress {
            progress.working();
        }
        Self(progress)
    }

    fn answering(mut self) {
        if let Some(progress) = self.0.take() {
            progress.answering();
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some(progress) = &self.0 {
            progress.abandoned();
        }
    }
}

/// Takes a request in, and its answer out.
pub(super) async fn pass(
    door: Arc<Door>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<Watched>, Error> {
    let peer = request.peer_addr().map(|address| address.ip());
    let visitor = peer.map(|peer| door.policy.visitor(peer, request.headers()));
    let client = visitor.as_ref().map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |visitor| visitor.address);
    let mut line = RequestLine::begin(&request, client);
    let head_only = request.method() == Method::HEAD;
    let progress = request.request().conn_data::<Arc<Progress>>().cloned();
    let working = Working::begin(progress.clone());
    let admitted = door.admit(&request, visitor.as_ref());
    let (response, place) = match admitted {
        Ok(place) => {
            if let Some(visitor) = visitor {
                request.extensions_mut().insert(visitor);
            }
            let span = line.span().clone();
            let response = match next.call(request).instrument(span).await {
                Ok(response) => response,
                Err(error) => {
                    let answered = error.as_response_error().status_code();
                    line.refused(answered, "refused before a handler was found");
                    working.answering();
                    drop(Tail { line, door, place: Some(place), progress, sent: 0, expected: None });
                    return Err(error);
                }
            };
            line.answered(response.request(), response.status());
            (response, Some(place))
        }
        Err(refusal) => {
            let (response, reason) = refusal.answer();
            line.refused(response.status(), &reason);
            // The body was not read, so the connection cannot serve another request.
            let mut response = request.into_response(response);
            response.response_mut().head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
            (response, None)
        }
    };
    working.answering();
    let response = finished(response);
    Ok(response.map_body(|_, body| {
        let expected = match body.size() {
            BodySize::Sized(length) if !head_only => Some(length),
            _ => None,
        };
        Watched { body, tail: Tail { line, door, place, progress, sent: 0, expected } }
    }))
}

impl Door {
    fn admit(&self, request: &ServiceRequest, visitor: Option<&Visitor>) -> Result<InFlight, Refusal> {
        let visitor = visitor.ok_or(Refusal::NoPeer)?;
        let health = is_health(request.path());
        if !health && !self.policy.answers(visitor.peer) {
            return Err(Refusal::PlainHttp);
        }
        if head_size(request) > self.head {
            return Err(Refusal::HeadTooLarge(self.head));
        }
        let limit = if health { u32::MAX } else { self.in_flight_limit };
        InFlight::enter(&self.in_flight, limit).ok_or(Refusal::Overloaded)
    }
}

/// Bytes of the request's line and headers, as they would stand in HTTP/1.1.
fn head_size(request: &ServiceRequest) -> u64 {
    let target = request.uri().path_and_query().map_or(1, |target| target.as_str().len());
    let line = request.method().as_str().len() + target + " HTTP/1.1\r\n ".len();
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    (line + headers.sum::<usize>() + 2) as u64
}

/// Adds what every answer carries, and a sentence where the HTTP layer left a bare status.
fn finished(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let bare = matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
    let mut response = if bare && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allow = response.headers().get(header::ALLOW).cloned();
        let mut said = reply::message(StatusCode::METHOD_NOT_ALLOWED, "this address does not answer that method");
        if let Some(allow) = allow {
            said.headers_mut().insert(header::ALLOW, allow);
        }
        let (request, _) = response.into_parts();
        ServiceResponse::new(request, said)
    } else {
        response
    };
    let headers = response.headers_mut();
    if !headers.contains_key(header::X_CONTENT_TYPE_OPTIONS) {
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    response
}

/// What is to be done when an answer has ended: given up or sent whole.
#[derive(Debug)]
struct Tail {
    line: RequestLine,
    door: Arc<Door>,
    place: Option<InFlight>,
    progress: Option<Arc<Progress>>,
    sent: u64,
    expected: Option<u64>,
}

impl Drop for Tail {
    fn drop(&mut self) {
        drop(self.place.take());
        if let Some(progress) = &self.progress {
            progress.answered();
        }
        let whole = self.expected.is_none_or(|expected| expected == self.sent);
        let elapsed = self.line.end(self.sent, whole);
        self.door.metrics.bytes_out(self.sent);
        self.door.metrics.request(self.line.operation(), self.line.status().as_u16(), elapsed);
    }
}

/// An answer's body that is counted on its way out.
#[derive(Debug)]
pub(super) struct Watched {
    body: BoxBody,
    tail: Tail,
}

impl MessageBody for Watched {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let piece = ready!(Pin::new(&mut self.body).poll_next(context));
        if let Some(Ok(bytes)) = &piece {
            self.tail.sent += bytes.len() as u64;
            if let Some(progress) = &self.tail.progress {
                progress.made();
            }
        }
        Poll::Ready(piece)
    }
}
