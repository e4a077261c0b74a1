//! What the host does of its own accord, on a thread of its own: idle actors retired, old versions, rescued versions and
//! binned files dropped, garbage collected, keys rotated.

use std::{
    io,
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread::JoinHandle,
    time::Duration,
};

use super::{Host, HostError, Inner};
use crate::{
    actors::{Answer, Operation},
    ids::{NodeId, UserId},
    lock::LOCK_TIMEOUT,
    store::{
        collect,
        engine::scan_prefix,
        records::{self, BinRow, keys},
    },
};

/// How often old things are looked for in every file.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Files looked at in one go of a sweep.
const PAGE: usize = 256;

#[derive(Default)]
struct Stop {
    asked: Mutex<bool>,
    told: Condvar,
}

impl Stop {
    /// Waits; true when asked to stop.
    fn wait(&self, time: Duration) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(asked, time, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn is_asked(&self) -> bool {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.told.notify_all();
    }
}

/// The thread that looks after the house.
pub(super) struct Housekeeper {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Housekeeper {
    pub(super) fn start(host: &Host) -> io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let (inner, every, stopping) = (Arc::downgrade(&host.0), host.0.options.housekeeping, Arc::clone(&stop));
        let thread = std::thread::Builder::new()
            .name("lockhouse-keeper".to_owned())
            .spawn(move || run(&inner, every, &stopping))?;
        Ok(Self { stop, thread: Some(thread) })
    }

    pub(super) fn stop(mut self) {
        self.stop.ask();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            _ = thread.join();
        }
    }
}

impl Drop for Housekeeper {
    fn drop(&mut self) {
        self.stop.ask();
    }
}

fn run(inner: &Weak<Inner>, every: Duration, stop: &Stop) {
    // Reaches actors and the commit thread through channels alone, so any small runtime will do.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let mut dropped_before = 0;
    let mut last_sweep: Option<Duration> = None;
    while !stop.wait(every) {
        let Some(host) = inner.upgrade().map(Host) else { return };
        host.directory().retire_idle();
        let now = host.clock().monotonic();
        // A stored expiry outlives the exact one by a minute; after that nobody can ask for it any more.
        host.directory().board().forget_before(now.saturating_sub(LOCK_TIMEOUT));
        let dropped = host.directory().dropped_bytes();
        host.content().note_garbage(dropped - dropped_before);
        dropped_before = dropped;
        if last_sweep.is_none_or(|last| now.saturating_sub(last) >= SWEEP_EVERY) {
            last_sweep = Some(now);
            if let Err(error) = runtime.block_on(host.sweep(stop)) {
                tracing::warn!(%error, "looking for old versions failed; it is tried again in an hour");
            }
        }
        if collect::due(host.content()) {
            collect_garbage(&host, stop);
        }
    }
}

fn collect_garbage(host: &Host, stop: &Stop) {
    let mut pace = || {
        std::thread::yield_now();
        if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match collect::collect(host.content(), &mut pace) {
        Ok(report) => tracing::info!(
            chunks = report.chunks_removed,
            bytes = report.bytes_freed,
            manifests = report.manifests_removed,
            "collected {} bytes that no version names any more",
            report.bytes_freed
        ),
        Err(error) => tracing::error!(%error, "collecting unused content failed; it is tried again later"),
    }
}

impl Host {
    /// Drops what is older than the settings keep, in every file and bin.
    async fn sweep(&self, stop: &Stop) -> Result<(), HostError> {
        self.keys().maintain().await.map_err(|error| HostError::Failed(error.to_string().into()))?;
        self.sweep_bins(stop).await?;
        if self.options().retention.age.is_some() {
            self.sweep_files(keys::prefix::FILES, stop, || Operation::Prune).await?;
        }
        let age = self.options().rescued_age;
        let before = self.clock().wall().since(crate::clock::Timestamp::from_unix_ms(0)).saturating_sub(age);
        let before = crate::clock::Timestamp::from_unix_ms(0).plus(before);
        self.sweep_files(keys::prefix::RESCUED, stop, || Operation::DropRescued { before }).await
    }

    /// Asks the actor of every file that has a record under `prefix`.
    async fn sweep_files(
        &self,
        prefix: &[u8],
        stop: &Stop,
        operation: impl Fn() -> Operation,
    ) -> Result<(), HostError> {
        let mut after: Option<Vec<u8>> = None;
        let mut last: Option<NodeId> = None;
        while !stop.is_asked() {
            let page = scan_prefix(self.engine(), prefix, after.as_deref(), PAGE)?;
            let Some((key, _)) = page.last() else { break };
            after = Some(key.clone());
            for (key, _) in page {
                let Some(node) = keys::node_of(&key) else { continue };
                if last.as_ref() == Some(&node) {
                    continue;
                }
                match self.ask(&node, operation()).await {
                    Ok(Answer::Pruned(rows)) => {
                        self.content().note_garbage(rows.iter().map(|row| row.content.size).sum());
                    }
                    Ok(_) | Err(HostError::NotFound | HostError::Overloaded) => {}
                    Err(error) => return Err(error),
                }
                last = Some(node);
            }
        }
        Ok(())
    }

    async fn sweep_bins(&self, stop: &Stop) -> Result<(), HostError> {
        let Some(age) = self.options().bin_age else { return Ok(()) };
        let mut after: Option<Vec<u8>> = None;
        while !stop.is_asked() {
            let page = scan_prefix(self.engine(), keys::prefix::BIN, after.as_deref(), PAGE)?;
            let Some((key, _)) = page.last() else { break };
            after = Some(key.clone());
            for (key, record) in page {
                let row: BinRow = records::decode(&key, &record.value)?;
                let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
                if self.clock().wall().since(row.at) > age {
                    match self.purge(&node).await {
                        Ok(()) | Err(HostError::NotFound | HostError::Overloaded) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(())
    }

    /// Collects at once what no version names any more; for administrators.
    ///
    /// # Errors
    /// What the store says.
    pub async fn collect_now(&self) -> Result<collect::Report, HostError> {
        let host = self.clone();
        super::saving::blocking(move || collect::collect(host.content(), &mut || ControlFlow::Continue(()))).await
    }

    /// Everything that a user still owns: files in his drive and bin.
    ///
    /// # Errors
    /// What the store says.
    pub fn owns(&self, user: &UserId) -> Result<u64, HostError> {
        match self.accounts().get(user).map_err(HostError::from)? {
            Some(account) => self.accounts().holdings(&account).map_err(HostError::from),
            None => Ok(0),
        }
    }
}
