//! From the settings to a host.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::signal::unix::{SignalKind, signal};

use super::print;
use crate::{
    clock::Clock,
    host::{Host, HostOptions, OpenError, SignInOptions},
    retention,
    server::Metrics,
    settings::{Period, Settings},
    store::{self, StoreOptions, directory::DirectoryError, engine::CommitObserver},
};

/// Tells the metrics of commits.
struct Observer(Arc<Metrics>);

impl CommitObserver for Observer {
    fn committed(&self, batches: usize, flush: Duration) {
        self.0.commit_group(u32::try_from(batches).unwrap_or(u32::MAX));
        self.0.flush(flush);
    }
}

/// How long another process may keep the data directory while it starts or ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// The same for a server, whose administrator wants to know soon that another one runs.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(25);

/// Whether the data directory is open elsewhere.
pub(super) fn is_in_use(error: &OpenError) -> bool {
    matches!(error, OpenError::Store(store::OpenError::Directory(DirectoryError::InUse { .. })))
}

/// The options of the host that the settings describe.
pub fn host_options(settings: &Settings, metrics: Option<&Arc<Metrics>>) -> HostOptions {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let Settings { audit, storage, history, limits, tokens, actors, collabora, oauth, sign_in, .. } = settings;
    let unlimited = |versions: u32| if versions == 0 { usize::MAX } else { versions as usize };
    HostOptions {
        store: StoreOptions {
            meta_cache: storage.meta_cache.get(),
            content_cache: storage.content_cache.get(),
            free_space_floor: storage.free_space_floor.get(),
            flush_limit: storage.flush_limit.get(),
            observer: metrics.map(|metrics| Arc::new(Observer(Arc::clone(metrics))) as Arc<dyn CommitObserver>),
        },
        arbiters: if actors.threads == 0 { threads } else { usize::from(actors.threads) },
        in_flight_per_file: limits.in_flight_per_file as usize,
        actor_idle: actors.idle.get(),
        retention: retention::Policy {
            // The setting counts old versions; the rule counts the current one too.
            versions: unlimited(history.keep_versions).saturating_add(1),
            age: history.keep_for.map(Period::get),
            automatic_first: history.autosaves_first,
        },
        body_limit: limits.body.get(),
        rescued_bytes: history.rescued_bytes.get(),
        rescued_age: history.rescued_keep_for.get(),
        bin_age: Some(history.bin_keep_for.get()),
        audit_keep: audit.keep.get(),
        token_lifetime: tokens.lifetime.get(),
        rotate_keys_after: tokens.key_rotation.get(),
        keep_keys_for: tokens.key_retire.get(),
        lockless_put: collabora.lockless_put,
        sign_in: SignInOptions {
            code: oauth.code_lifetime.get(),
            access: oauth.access_lifetime.get(),
            refresh: oauth.refresh_lifetime.get(),
            grace: oauth.refresh_grace.get(),
            session: sign_in.session.get(),
        },
        ..HostOptions::new(&settings.data_dir)
    }
}

/// From now on a limit on the size of files is an error of the write that would go over it, as a full disk is, and no
/// signal that ends the process. To be called within a tokio runtime.
pub(super) fn outlive_limits() {
    // Who listens to a signal once has taken its deadly meaning away for good.
    let heard = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
    if let Err(error) = heard {
        tracing::warn!(%error, "a limit on the size of files would end this process");
    }
}

/// Says so on standard error, logs or not, when others may look into the data directory and that could not be changed.
pub(super) fn warn_of_exposure(host: &Host) {
    let directory = &host.store().directory;
    if directory.is_exposed() {
        print::complaint(&format!(
            "warning: other users of this machine may look into the data directory {}: `chmod 700` it as its owner",
            directory.path().display()
        ));
    }
}

/// Opens a host; if a command has the data directory open at the moment, as soon as it has ended.
pub(super) async fn open_patiently<C: Clock>(options: &HostOptions, clock: &Arc<C>) -> Result<Host, OpenError> {
    let began = Instant::now();
    loop {
        let clock: Arc<dyn Clock> = clock.clone();
        match Host::open(options.clone(), clock).await {
            Err(error) if is_in_use(&error) && began.elapsed() < SERVER_PATIENCE => tokio::time::sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}
