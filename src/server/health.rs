//! Whether the process lives, whether it can serve, and what it counts.

use std::sync::Arc;

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, guard,
    http::{StatusCode, header},
    web,
};

use super::{
    metrics::{self, Metrics},
    proxy::Visitor,
    reply,
};
use crate::settings::Networks;

/// Says whether the host can do its work.
pub trait Readiness: Send + Sync {
    /// Nothing, or the reason why not, for the person who looks.
    ///
    /// # Errors
    /// The reason.
    fn check(&self) -> Result<(), String>;
}

impl<F: Fn() -> Result<(), String> + Send + Sync> Readiness for F {
    fn check(&self) -> Result<(), String> {
        self()
    }
}

/// Paths that carry no secret and answer over plain HTTP too.
pub(super) fn is_health(path: &str) -> bool {
    path == "/healthz" || path == "/readyz"
}

#[derive(Clone)]
pub(super) struct Probes {
    pub(super) readiness: Arc<dyn Readiness>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) metrics_for: Arc<Networks>,
}

/// Adds `/healthz`, `/readyz` and `/metrics`.
pub(super) fn configure(probes: &Probes, routes: &mut web::ServiceConfig) {
    let readiness = Arc::clone(&probes.readiness);
    let shown = probes.clone();
    let read = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    let wrong_method = || web::to(|| async { reply::method_not_allowed("GET, HEAD") });
    routes.service(
        web::resource("/healthz")
            .route(read().to(|| async { plain(StatusCode::OK, "alive") }))
            .default_service(wrong_method()),
    );
    routes.service(
        web::resource("/readyz")
            .route(read().to(move || {
                let readiness = Arc::clone(&readiness);
                async move { ready(&*readiness) }
            }))
            .default_service(wrong_method()),
    );
    routes.service(
        web::resource("/metrics")
            .route(read().to(move |request: HttpRequest| {
                let shown = shown.clone();
                async move { scrape(&request, &shown) }
            }))
            .default_service(wrong_method()),
    );
}

fn plain(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(format!("{text}\n"))
}

fn ready(readiness: &dyn Readiness) -> HttpResponse {
    match readiness.check() {
        Ok(()) => plain(StatusCode::OK, "ready"),
        Err(reason) => plain(StatusCode::SERVICE_UNAVAILABLE, &reason),
    }
}

fn scrape(request: &HttpRequest, probes: &Probes) -> HttpResponse {
    let client = request.extensions().get::<Visitor>().map(|visitor| visitor.address);
    if !client.is_some_and(|address| probes.metrics_for.contain(address)) {
        return reply::not_found();
    }
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, metrics::CONTENT_TYPE)).body(probes.metrics.text())
}
