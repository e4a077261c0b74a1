//! Listening, serving, stopping.

use std::{
    fmt,
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::AtomicU32},
};

use actix_web::{
    App, HttpServer, dev, middleware,
    rt::{
        self,
        signal::unix::{Signal, SignalKind, signal},
    },
    web,
};

use super::{
    connections::Watch,
    door::{self, Door},
    health::{self, Probes, Readiness},
    metrics::Metrics,
    proxy::{PlainHttp, ProxyPolicy},
    reply,
    tls::{self, TlsError, TlsFiles, TlsReloader},
};
use crate::settings::{Limits, Networks, PublicUrl, Settings};

/// Threads for blocking work behind each worker. They share the databases and wait for the same disk; each keeps a pool of
/// memory of its own, so more of them cost memory and gain nothing.
const BLOCKING_THREADS: usize = 4;

/// What a server is made of.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Certificate and key; without them plain HTTP is spoken.
    pub tls: Option<TlsFiles>,
    /// Whom to believe and to answer; whether TLS is spoken follows from `tls`.
    pub policy: ProxyPolicy,
    /// The URL to hand out; without it, it follows from where the server listens.
    pub public_url: Option<PublicUrl>,
    /// Who may read `/metrics`.
    pub metrics_for: Networks,
    /// What clients may use.
    pub limits: Limits,
    /// Threads that serve connections; 0 takes one for each processor.
    pub workers: u16,
}

impl ServerOptions {
    /// The options that the settings describe.
    pub fn from_settings(settings: &Settings) -> Self {
        let files = settings.tls.certificate.clone().zip(settings.tls.private_key.clone());
        Self {
            listen: settings.listen,
            tls: files.map(|(certificate, private_key)| TlsFiles { certificate, private_key }),
            policy: ProxyPolicy::from_settings(settings),
            public_url: settings.public_url.clone(),
            metrics_for: settings.metrics.allow_from.clone(),
            limits: settings.limits.clone(),
            workers: settings.workers,
        }
    }
}

/// What the server asks while it runs.
#[derive(Clone)]
pub struct Services {
    /// The counters; handlers find them as `web::Data<Metrics>`.
    pub metrics: Arc<Metrics>,
    /// Answers `/readyz`.
    pub readiness: Arc<dyn Readiness>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}

/// Why a server cannot start or go on. The text is meant for people.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The system refused something while the server ran.
    #[error("the server stopped: {0}")]
    Run(#[from] io::Error),
}

/// Makes servers.
#[derive(Debug)]
pub struct Server;

/// Makes the HTTP server when its time has come.
type Start = Box<dyn FnOnce(TcpListener, Watch) -> io::Result<dev::Server> + Send>;

/// A server that has its port and answers as soon as it runs; clients that connect before wait.
pub struct Bound {
    address: SocketAddr,
    url: String,
    listener: TcpListener,
    start: Start,
    reloader: Option<TlsReloader>,
    watch: Watch,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("address", &self.address).field("url", &self.url).finish_non_exhaustive()
    }
}

impl Server {
    /// Takes the address, reads the certificate, and says what plain HTTP means here. `configure` adds the routes; it is
    /// called once in each worker.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn bind(
        options: &ServerOptions,
        services: &Services,
        configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
    ) -> Result<Bound, ServerError> {
        let failed = |source| ServerError::Listen { address: options.listen, source };
        let policy = ProxyPolicy { tls: options.tls.is_some(), ..options.policy.clone() };
        let secure = options.tls.clone().map(tls::server_config).transpose()?;
        let (tls, reloader) = secure.unzip();
        let listener = TcpListener::bind(options.listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        match policy.at_start(address) {
            PlainHttp::Safe => {}
            PlainHttp::Guarded(text) => tracing::warn!(%address, "{text}"),
            PlainHttp::Exposed(text) => tracing::warn!(%address, "{text}"),
        }
        let url = match &options.public_url {
            Some(url) => url.as_str().to_owned(),
            None => local_url(address, tls.is_some()),
        };
        let start = starter(options, policy, services, tls, configure);
        Ok(Bound { address, url, listener, start, reloader, watch: Watch::new(&options.limits) })
    }
}

/// The URL at which this machine reaches a listener.
pub fn local_url(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let host = match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => "127.0.0.1".to_owned(),
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => "[::1]".to_owned(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    };
    format!("{scheme}://{host}:{}", address.port())
}

fn starter(
    options: &ServerOptions,
    policy: ProxyPolicy,
    services: &Services,
    tls: Option<rustls::ServerConfig>,
    configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> Start {
    let limits = options.limits.clone();
    let workers = if options.workers == 0 {
        std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
    } else {
        usize::from(options.workers)
    };
    let door = Arc::new(Door {
        policy,
        metrics: Arc::clone(&services.metrics),
        head: limits.head.get(),
        in_flight: Arc::new(AtomicU32::new(0)),
        in_flight_limit: limits.in_flight_total,
    });
    let in_flight = Arc::clone(&door.in_flight);
    services.metrics.gauge("requests_in_flight", "Requests that are being answered", move || {
        f64::from(in_flight.load(std::sync::atomic::Ordering::Relaxed))
    });
    let probes = Probes {
        readiness: Arc::clone(&services.readiness),
        metrics: Arc::clone(&services.metrics),
        metrics_for: Arc::new(options.metrics_for.clone()),
    };
    Box::new(move |listener, watch| {
        let small = limits.json_body.in_memory();
        let factory = move || {
            let door = Arc::clone(&door);
            App::new()
                .app_data(web::Data::from(Arc::clone(&probes.metrics)))
                .app_data(web::PayloadConfig::new(small))
                .app_data(web::JsonConfig::default().limit(small))
                .app_data(web::FormConfig::default().limit(small))
                .configure(|routes| health::configure(&probes, routes))
                .configure(configure.clone())
                .default_service(web::to(|| async { reply::not_found() }))
                .wrap(middleware::from_fn(move |request, next| door::pass(Arc::clone(&door), request, next)))
        };
        let server = HttpServer::new(factory)
            .on_connect(move |connection, data| watch.opened(connection, data))
            .workers(workers)
            .worker_max_blocking_threads(BLOCKING_THREADS)
            // Without it small answers wait 40 ms for a delayed acknowledgement.
            .tcp_nodelay(true)
            .keep_alive(limits.keep_alive.get())
            .client_request_timeout(limits.header_timeout.get())
            .tls_handshake_timeout(limits.header_timeout.get())
            .max_connections(usize::try_from(limits.connections).unwrap_or(usize::MAX).div_ceil(workers))
            .shutdown_timeout(limits.shutdown_grace.get().as_secs().max(1))
            .disable_signals();
        let server = match tls {
            Some(config) => server.listen_rustls_0_23(listener, config)?,
            None => server.listen(listener)?,
        };
        Ok(server.run())
    })
}

impl Bound {
    /// Where the server listens, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL to hand out, without a slash at the end: the public one, or the one of this listener.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What reads the certificate again; `None` without TLS.
    pub fn tls_reloader(&self) -> Option<TlsReloader> {
        self.reloader.clone()
    }

    /// Serves until `stop` is done, then finishes the requests in flight, for as long as the grace allows. To be run
    /// inside an actix system.
    ///
    /// # Errors
    /// [`ServerError::Run`].
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), ServerError> {
        let server = (self.start)(self.listener, self.watch.clone())?;
        let handle = server.handle();
        let watch = rt::spawn(self.watch.run());
        let mut serving = rt::spawn(server);
        tokio::select! {
            ended = &mut serving => { watch.abort(); return flatten(ended); }
            () = stop => {}
        }
        handle.stop(true).await;
        let outcome = flatten(serving.await);
        watch.abort();
        outcome
    }

    /// Serves until SIGTERM or SIGINT; SIGHUP reads the certificate again. Tells systemd when it serves and when it
    /// stops, and calls `when_serving` in between.
    ///
    /// # Errors
    /// [`ServerError::Run`].
    pub async fn run_until_signalled(self, when_serving: impl FnOnce()) -> Result<(), ServerError> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let reloads = rt::spawn(reload_on_hangup(signal(SignalKind::hangup())?, self.reloader.clone()));
        let stop = async {
            // The port is taken and answers from the first poll on.
            notify(&[sd_notify::NotifyState::Ready]);
            when_serving();
            tokio::select! {
                _ = terminate.recv() => tracing::info!("stopping: SIGTERM"),
                _ = interrupt.recv() => tracing::info!("stopping: SIGINT"),
            }
            notify(&[sd_notify::NotifyState::Stopping]);
        };
        let outcome = self.run_until(stop).await;
        reloads.abort();
        outcome
    }
}

fn flatten(ended: Result<io::Result<()>, tokio::task::JoinError>) -> Result<(), ServerError> {
    Ok(ended.map_err(io::Error::other)??)
}

/// Tells systemd, if it asked to be told.
fn notify(state: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "could not tell systemd");
    }
}

async fn reload_on_hangup(mut hangups: Signal, reloader: Option<TlsReloader>) {
    while hangups.recv().await.is_some() {
        match reloader.as_ref().map(TlsReloader::reload) {
            Some(Ok(())) => tracing::info!("read the certificate again"),
            Some(Err(error)) => tracing::error!(%error, "kept the old certificate"),
            None => tracing::info!("SIGHUP: without TLS there is nothing to read again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::local_url;

    #[test]
    fn a_listener_on_every_address_is_reached_on_this_machine() {
        for (address, url) in [
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:81", "http://[::1]:81"),
            ("192.0.2.1:82", "http://192.0.2.1:82"),
            ("[2001:db8::1]:83", "http://[2001:db8::1]:83"),
        ] {
            assert_eq!(local_url(address.parse().unwrap(), false), url);
        }
    }
}
