//! `lockhouse serve`.

use std::sync::Arc;

use anyhow::Context as _;

use super::hosting::{host_options, open_patiently};
use crate::{
    api::{self, Admin},
    clock::SystemClock,
    host::{FirstStart, Host},
    samples::SAMPLES,
    server::{Metrics, Server, ServerOptions, Services, telemetry, tls},
    settings::Settings,
    urls::Urls,
    web,
    wopi::{self, Wopi},
};

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// In words for the administrator.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    telemetry::init(&settings.log)?;
    tls::install_crypto_provider();
    actix_web::rt::System::new().block_on(serve(settings))
}

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let metrics = Arc::new(Metrics::new());
    let host = open_patiently(&host_options(settings, Some(&metrics)), &Arc::new(SystemClock)).await?;
    let outcome = serve_host(settings, &host, &metrics).await;
    // Requests have ended: finish what was acknowledged, off the event loop.
    let closing = host.clone();
    actix_web::web::block(move || closing.close()).await.context("the host could not be closed")?;
    outcome
}

async fn serve_host(settings: &Settings, host: &Host, metrics: &Arc<Metrics>) -> anyhow::Result<()> {
    let first = host.first_start(SAMPLES).await.context("the first start could not make its administrator")?;
    gauges(host, metrics);
    let ready = host.clone();
    let services = Services { metrics: Arc::clone(metrics), readiness: Arc::new(move || ready.ready()) };
    let urls = Arc::new(Urls::default());
    let wopi = actix_web::web::Data::new(Wopi {
        host: host.clone(),
        urls: Arc::clone(&urls),
        supports: settings.supports.clone(),
        limits: settings.limits.clone(),
        metrics: Arc::clone(metrics),
    });
    // A proxy may pass the public URL's path on, or cut it off.
    let prefix = settings.public_url.as_ref().map_or("", |url| url.path()).to_owned();
    let configure = move |config: &mut actix_web::web::ServiceConfig| {
        config.app_data(wopi.clone()).configure(wopi::routes).configure(web::routes);
        if !prefix.is_empty() {
            config.service(actix_web::web::scope(&prefix).configure(wopi::routes).configure(web::routes));
        }
    };
    let bound = Server::bind(&ServerOptions::from_settings(settings), &services, configure)?;
    let url = bound.url().to_owned();
    urls.settle(url.parse()?);
    let admin = Admin { host: host.clone(), urls, settings: Arc::new(settings.clone()) };
    let commands = api::socket::serve(admin, settings.limits.shutdown_grace.get())?;
    let outcome = bound.run_until_signalled(move || announce(&url, first.as_ref())).await;
    actix_web::web::block(move || commands.stop()).await.context("the commands' socket could not be closed")?;
    Ok(outcome?)
}

/// What is read at each scrape of the metrics.
fn gauges(host: &Host, metrics: &Metrics) {
    type Read = fn(&Host) -> f64;
    #[expect(clippy::cast_precision_loss, reason = "a gauge of more than 2^52 is read no more exactly than this")]
    let all: [(&str, &str, Read); 6] = [
        ("commit_queue_depth", "Changes that wait for the disk", |host| host.store().engine.stats().queue_depth as f64),
        ("actors_live", "Files whose actor is in memory", |host| host.actors_live() as f64),
        ("rescued_versions", "Refused saves that were kept since the start", |host| host.rescued() as f64),
        ("chunks_new", "Chunks written since the start", |host| host.store().content.stats().chunks_new as f64),
        ("chunks_reused", "Chunks that were there already", |host| host.store().content.stats().chunks_reused as f64),
        ("blobs_alarm", "Values stored in a way that is not durable; must be 0", |host| host.store().blobs() as f64),
    ];
    for (name, help, read) in all {
        let host = host.clone();
        metrics.gauge(name, help, move || read(&host));
    }
}

/// Prints where the host answers; at the first start also the administrator's password, this once.
#[allow(clippy::print_stdout, reason = "this is what the command is asked for")]
fn announce(url: &str, first: Option<&FirstStart>) {
    if let Some(FirstStart { user, password }) = first {
        println!("first start: made the administrator `{user}` with the password {password}");
        println!("             it is shown only this once; change it with `lockhouse user passwd {user}`");
    }
    println!("lockhouse serves at {url}");
}
