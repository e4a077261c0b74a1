//! `lockhouse serve`.

use std::sync::Arc;

use super::{
    Outcome,
    failure::Failure,
    hosting::{host_options, open_patiently, outlive_limits, warn_of_exposure},
    print,
};
use crate::{
    api::{self, Admin, Refusal},
    clock::SystemClock,
    doctor::{self, Doctor},
    editors::Editors,
    host::{Administrator, FirstStart, Host},
    oauth::{self, Identity},
    office,
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
pub(super) fn run(settings: &Settings) -> Outcome {
    telemetry::init(&settings.log).map_err(|error| Failure::usage(error.to_string()))?;
    tls::install_crypto_provider();
    actix_web::rt::System::new().block_on(serve(settings))
}

async fn serve(settings: &Settings) -> Outcome {
    outlive_limits();
    let metrics = Arc::new(Metrics::new());
    let host = open_patiently(&host_options(settings, Some(&metrics)), &Arc::new(SystemClock)).await?;
    warn_of_exposure(&host);
    let outcome = serve_host(settings, &host, &metrics).await;
    // Requests have ended: finish what was acknowledged, off the event loop.
    let closing = host.clone();
    off_the_loop(move || closing.close()).await?;
    outcome
}

async fn off_the_loop(work: impl FnOnce() + Send + 'static) -> Outcome {
    actix_web::web::block(work).await.map_err(|error| Failure::failed(format!("the host could not be closed: {error}")))
}

async fn serve_host(settings: &Settings, host: &Host, metrics: &Arc<Metrics>) -> Outcome {
    gauges(host, metrics);
    let ready = host.clone();
    let services = Services { metrics: Arc::clone(metrics), readiness: Arc::new(move || ready.ready()) };
    let urls = Arc::new(Urls::default());
    let directory = host.store().directory.editors();
    let editors = Editors::open(&settings.editors, &directory, Arc::new(SystemClock)).map_err(Failure::usage)?;
    watch(&editors, metrics);
    if let Some(url) = settings.oauth.public_url.clone() {
        urls.settle_oauth(url);
    }
    let wopi = actix_web::web::Data::new(Wopi {
        host: host.clone(),
        urls: Arc::clone(&urls),
        supports: settings.supports.clone(),
        limits: settings.limits.clone(),
        editors: editors.clone(),
        metrics: Arc::clone(metrics),
    });
    let doctor = Doctor::new(Arc::new(settings.clone()), Arc::clone(&urls), editors.clone(), Arc::new(SystemClock));
    let shown = actix_web::web::Data::new(doctor.clone());
    let identity = Identity::new(host.clone(), Arc::clone(&urls), Arc::new(settings.clone()));
    let identity = actix_web::web::Data::new(identity);
    let bootstrapper = settings.office.bootstrapper.clone();
    #[cfg(feature = "oidc")]
    let provider = web::oidc::Provider::from_settings(settings)
        .map_err(|error| Failure::usage(error.to_string()))?
        .map(actix_web::web::Data::new);
    // A proxy may pass the public URL's path on, or cut it off.
    let prefix = settings.public_url.as_ref().map_or("", |url| url.path()).to_owned();
    let configure = move |config: &mut actix_web::web::ServiceConfig| {
        let faces = |config: &mut actix_web::web::ServiceConfig| {
            config.configure(faces).configure(|config| wopi::bootstrapper(config, &bootstrapper));
        };
        config.app_data(wopi.clone()).app_data(identity.clone()).app_data(shown.clone());
        #[cfg(feature = "oidc")]
        if let Some(provider) = &provider {
            config.app_data(provider.clone());
        }
        config.configure(faces);
        if !prefix.is_empty() {
            config.service(actix_web::web::scope(&prefix).configure(faces));
        }
    };
    let bound = Server::bind(&ServerOptions::from_settings(settings), &services, configure)?;
    let url = bound.url().to_owned();
    urls.settle(
        url.parse().map_err(|error| Failure::failed(format!("the address {url} cannot be handed out: {error}")))?,
    );
    doctor.serves_at(bound.address());
    let _refreshing = editors.start();
    let admin = Admin { host: host.clone(), urls, settings: Arc::new(settings.clone()), doctor };
    let commands = api::socket::serve(admin, settings.limits.shutdown_grace.get())?;
    // Last, when nothing can prevent the server from telling the password any more.
    let first = host.first_start(SAMPLES).await.map_err(|error| {
        let Refusal { status, message } = error.into();
        Failure::from(Refusal { status, message: format!("the administrator could not be made: {message}") })
    });
    let outcome = match first {
        Ok(administrator) => {
            let host = host.clone();
            bound.run_until_signalled(move || announce(&url, administrator, host)).await.map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    off_the_loop(move || commands.stop()).await?;
    outcome
}

/// The routes of all faces.
fn faces(config: &mut actix_web::web::ServiceConfig) {
    // In this order: what clients ask all the time first, and last the address that is looked for with a regular expression.
    config
        .configure(wopi::routes)
        .configure(oauth::routes)
        .configure(office::routes)
        .configure(web::routes)
        .configure(doctor::echo::routes);
}

/// What is read at each scrape of the metrics.
fn gauges(host: &Host, metrics: &Metrics) {
    type Gauge = fn(&Host) -> f64;
    type Counter = fn(&Host) -> u64;
    #[expect(clippy::cast_precision_loss, reason = "a gauge of more than 2^52 is read no more exactly than this")]
    let gauges: [(&str, &str, Gauge); 3] = [
        ("commit_queue_depth", "Changes that wait for the disk", |host| host.store().engine.stats().queue_depth as f64),
        ("actors_live", "Files whose actor is in memory", |host| host.actors_live() as f64),
        ("blobs_alarm", "Values stored in a way that is not durable; must be 0", |host| host.store().blobs() as f64),
    ];
    let backed_up = host.clone();
    let help = "When the last backup was made that this host was told of, in seconds since 1970; 0 for never";
    metrics.gauge("last_backup_timestamp_seconds", help, move || {
        #[expect(clippy::cast_precision_loss, reason = "a time of today has far fewer than 52 bits")]
        backed_up.last_backup().map_or(0.0, |backup| backup.at.unix_seconds() as f64)
    });
    let counters: [(&str, &str, Counter); 3] = [
        ("rescued_versions", "Saves that had to be refused and whose bytes were kept", Host::rescued),
        ("chunks_new", "Chunks of documents that were written", |host| host.store().content.stats().chunks_new),
        ("chunks_reused", "Chunks that were there already", |host| host.store().content.stats().chunks_reused),
    ];
    for (name, help, read) in gauges {
        let host = host.clone();
        metrics.gauge(name, help, move || read(&host));
    }
    for (name, help, read) in counters {
        let host = host.clone();
        metrics.counter(name, help, move || read(&host));
    }
}

/// What is read of the editors at each scrape of the metrics.
fn watch(editors: &Editors, metrics: &Metrics) {
    if editors.is_empty() {
        return;
    }
    let (unknown, refused) = (editors.clone(), editors.clone());
    metrics.gauge("editors_unknown", "Editors whose discovery document could never be fetched", move || {
        u32::try_from(unknown.unknown()).map_or(f64::MAX, f64::from)
    });
    metrics
        .counter("proofs_refused", "Requests refused because no editor's key proves them", move || refused.refused());
}

/// Prints where the host answers; at the first start also the administrator's password, this once.
fn announce(url: &str, administrator: Administrator, host: Host) {
    match administrator {
        Administrator::Known => {}
        Administrator::Missing => print::complaint(
            "nobody may administer this host: make an administrator with `lockhouse user add NAME --admin`",
        ),
        Administrator::New(FirstStart { user, password }) => {
            let told = print::line(&format!("first start: the administrator is `{user}` with the password {password}"))
                .and_then(|()| {
                    print::line(&format!(
                        "             it is shown only this once; change it with `lockhouse user passwd {user}`"
                    ))
                })
                .and_then(|()| print::line(&format!("             sign in with it in a browser at {url}/")));
            match told {
                Ok(()) => _ = actix_web::rt::spawn(password_told(host)),
                Err(_) => {
                    tracing::warn!("the administrator's password could not be shown; the next start sets another");
                }
            }
        }
    }
    if print::line(&format!("lockhouse serves at {url}")).is_err() {
        tracing::warn!(url, "serving; standard output is closed");
    }
}

async fn password_told(host: Host) {
    if let Err(error) = host.first_start_told().await {
        tracing::warn!(%error, "the next start will set another password for the administrator");
    }
}
