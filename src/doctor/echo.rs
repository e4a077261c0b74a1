//! The near end: an address of this host that tells what of a request arrived.
//!
//! It lies below `/wopi`, where a proxy passes on whatever editors ask for. It answers only those who know a mark that an
//! examination made for itself; a mark dies with its examination, and whoever else asks gets the 404 of an address that leads
//! nowhere.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, Route,
    http::{ConnectionType, StatusCode, header},
    web,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize};

use super::Doctor;
use crate::{
    host::random,
    server::{BodyReader, Visitor, note_operation, reply},
};

/// The address, below the public URL.
pub const PATH: &str = "/wopi/doctor";

/// Carries the mark. An editor that is asked to come gets it as the parameter `doctor` instead.
pub const MARK_HEADER: &str = "X-Lockhouse-Doctor";

/// The largest body that is counted, in bytes.
pub const LARGEST_BODY: u64 = 8 << 20;

/// The longest time that an answer can be waited for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// How long a body may pause.
const BODY_PAUSE: Duration = Duration::from_secs(10);

/// Requests that are remembered of one mark.
const MOST_VISITS: usize = 64;

/// Headers of every answer: what WOPI answers with, with a value and without one.
pub const ANSWERED: [(&str, &str); 4] = [
    ("X-WOPI-Lock", ""),
    ("X-WOPI-LockFailureReason", ""),
    ("X-WOPI-ItemVersion", "1"),
    ("X-WOPI-ValidRelativeTarget", "name.docx"),
];

/// A request as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query, exactly as they arrived.
    pub path_and_query: String,
    /// The URL as this host reckons it: the one that proofs are computed over.
    pub as_asked: String,
    /// Whether it came over TLS, to this host or to a listed proxy.
    pub https: bool,
    /// `HTTP/1.1`, ….
    pub version: String,
    /// Every header, in lower case, with its value; empty ones too.
    pub headers: Vec<(String, String)>,
    /// The other end of the connection.
    pub peer: String,
    /// The client, as far as listed proxies tell.
    pub client: String,
    /// Whether the connection came from a listed proxy.
    pub through_proxy: bool,
    /// Bytes of the body that arrived.
    pub body: u64,
}

impl Arrived {
    fn of(request: &HttpRequest, doctor: &Doctor) -> Self {
        let path_and_query = request.uri().path_and_query().map_or("/", |sent| sent.as_str()).to_owned();
        let visitor = request.extensions().get::<Visitor>().cloned();
        let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let shown = |address: std::net::IpAddr| address.to_string();
        Self {
            method: request.method().to_string(),
            as_asked: doctor.0.urls.as_asked(&path_and_query),
            path_and_query,
            https: visitor.as_ref().is_some_and(|visitor| visitor.https),
            version: format!("{:?}", request.version()),
            headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            peer: visitor.as_ref().map(|visitor| shown(visitor.peer)).unwrap_or_default(),
            client: visitor.as_ref().map(|visitor| shown(visitor.address)).unwrap_or_default(),
            through_proxy: visitor.is_some_and(|visitor| visitor.through_proxy),
            body: 0,
        }
    }

    /// The value of a header; several lines of one name are joined by commas.
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// The marks that are good at the moment, with the requests that bore them.
#[derive(Debug, Default)]
pub(super) struct Echo(Mutex<Vec<Visits>>);

#[derive(Debug)]
struct Visits {
    mark: String,
    arrived: Vec<Arrived>,
}

/// A mark, good until this is dropped.
#[derive(Debug)]
pub(super) struct Mark {
    text: String,
    echo: Arc<Echo>,
}

impl Echo {
    /// A new mark; `None` when the system has no random bytes.
    pub(super) fn mark(self: &Arc<Self>) -> Option<Mark> {
        use std::fmt::Write as _;
        let bytes: [u8; 24] = random::bytes().ok()?;
        let text = bytes.iter().fold(String::with_capacity(48), |mut text, byte| {
            _ = write!(text, "{byte:02x}");
            text
        });
        self.with(|all| all.push(Visits { mark: text.clone(), arrived: Vec::new() }));
        Some(Mark { text, echo: Arc::clone(self) })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<Visits>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether somebody knows a mark.
    fn knows(&self, claimed: &str) -> bool {
        self.with(|all| all.iter().any(|visits| is_same(&visits.mark, claimed)))
    }

    fn note(&self, claimed: &str, arrived: &Arrived) {
        self.with(|all| {
            let visits = all.iter_mut().find(|visits| is_same(&visits.mark, claimed));
            if let Some(visits) = visits.filter(|visits| visits.arrived.len() < MOST_VISITS) {
                visits.arrived.push(arrived.clone());
            }
        });
    }
}

fn is_same(mark: &str, claimed: &str) -> bool {
    verify_slices_are_equal(mark.as_bytes(), claimed.as_bytes()).is_ok()
}

impl Mark {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The requests that bore it so far.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        self.echo.with(|all| {
            let visits = all.iter().find(|visits| visits.mark == self.text);
            visits.map(|visits| visits.arrived.clone()).unwrap_or_default()
        })
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.echo.with(|all| all.retain(|visits| visits.mark != self.text));
    }
}

/// What whoever asks wants done, beside the echo.
#[derive(Debug, Default, Deserialize)]
struct Wish {
    /// The mark, from those who cannot set a header.
    #[serde(default)]
    doctor: String,
    /// Seconds to wait before the answer.
    #[serde(default)]
    wait: u64,
    /// Count the body.
    #[serde(default)]
    count: bool,
}

/// Adds the address; [`Doctor`] must be there as `web::Data`. A proxy may have put a path in front that does not belong
/// there: that is for the one who examines to see.
pub fn routes(config: &mut web::ServiceConfig) {
    for path in [PATH, "/{before:.*}/wopi/doctor"] {
        config.service(web::resource(path).route(any()));
    }
}

fn any() -> Route {
    web::route().to(answer)
}

async fn answer(request: HttpRequest, payload: web::Payload, doctor: Option<web::Data<Doctor>>) -> HttpResponse {
    let Some(doctor) = doctor else { return reply::not_found() };
    // What is not understood of the query is part of what is to be shown.
    let wish = web::Query::<Wish>::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default();
    let mark = request.headers().get(MARK_HEADER).and_then(|mark| mark.to_str().ok());
    let mark = mark.map_or(wish.doctor, str::to_owned);
    if !doctor.0.echo.knows(&mark) {
        return reply::not_found();
    }
    note_operation(&request, "Doctor");
    let mut arrived = Arrived::of(&request, &doctor);
    if wish.count {
        let mut body = BodyReader::new(&request, payload, LARGEST_BODY, BODY_PAUSE);
        while let Ok(Some(_)) = body.next().await {}
        arrived.body = body.received();
    }
    doctor.0.echo.note(&mark, &arrived);
    actix_web::rt::time::sleep(Duration::from_secs(wish.wait).min(LONGEST_WAIT)).await;
    let mut response = HttpResponse::build(StatusCode::OK);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    for header in ANSWERED {
        response.insert_header(header);
    }
    let mut response = response.json(&arrived);
    if !wish.count {
        // A body may have been announced that nobody reads.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_good_until_it_is_dropped() {
        let echo = Arc::new(Echo::default());
        let (first, second) = (echo.mark().unwrap(), echo.mark().unwrap());
        assert_ne!(first.text(), second.text());
        assert_eq!(first.text().len(), 48);
        let text = first.text().to_owned();
        echo.note(&text, &Arrived { method: "GET".to_owned(), ..Arrived::default() });
        assert!(echo.knows(&text));
        assert_eq!((first.arrived().len(), second.arrived().len()), (1, 0));
        drop(first);
        assert!(!echo.knows(&text) && echo.knows(second.text()));
        assert!(!echo.knows("") && !echo.knows(&second.text()[1..]));
    }

    #[test]
    fn no_number_of_visits_fills_the_memory() {
        let echo = Arc::new(Echo::default());
        let mark = echo.mark().unwrap();
        for _ in 0..1000 {
            echo.note(mark.text(), &Arrived::default());
        }
        assert_eq!(mark.arrived().len(), MOST_VISITS);
    }
}
