//! What the host does of its own accord, on a thread of its own: idle actors retired, old versions, rescued versions and
//! binned files dropped, garbage collected, keys rotated.

use std::{
    io,
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread::JoinHandle,
    time::Duration,
};

use super::{Host, HostError, Inner, audit::Note};
use crate::{
    actors::Operation,
    ids::{NodeId, UserId},
    lock::Command,
    store::{
        collect,
        engine::scan_prefix,
        records::{self, AuditEvent, BinRow, keys},
    },
};

/// How often old things are looked for in every file.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// When a collection that did not come to its end is begun again.
const COLLECT_AGAIN: Duration = Duration::from_secs(60);

/// A pause between two steps of a collection, so that it never takes the disk from people.
const PACE: Duration = Duration::from_millis(1);

/// Locks that ran out and are settled in one go.
const LOCKS: usize = 1024;

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
    let mut collect_after = Duration::ZERO;
    while !stop.wait(every) {
        let Some(host) = inner.upgrade().map(Host) else { return };
        let now = host.clock().monotonic();
        runtime.block_on(host.settle_locks(now));
        host.directory().retire_idle();
        host.uploads().sweep(now);
        let dropped = host.directory().dropped_bytes();
        host.content().note_garbage(dropped - dropped_before);
        dropped_before = dropped;
        if last_sweep.is_none_or(|last| now.saturating_sub(last) >= SWEEP_EVERY) {
            last_sweep = Some(now);
            if let Err(error) = runtime.block_on(host.sweep(stop)) {
                tracing::warn!(%error, "looking for old versions failed; it is tried again in an hour");
            }
        }
        if now >= collect_after && collect::due(host.content()) && !collect_garbage(&host, stop) {
            collect_after = now + COLLECT_AGAIN;
        }
    }
}

/// Collects garbage; whether it came to its end.
fn collect_garbage(host: &Host, stop: &Stop) -> bool {
    let mut pace = || {
        host.directory().retire_idle();
        std::thread::sleep(PACE);
        if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match collect::collect(host.content(), &mut pace) {
        Ok(report) => {
            tracing::info!(
                chunks = report.chunks_removed,
                bytes = report.bytes_freed,
                manifests = report.manifests_removed,
                "collected {} bytes that no version names any more",
                report.bytes_freed
            );
            report.ending == collect::Ending::Complete
        }
        Err(error) => {
            tracing::error!(%error, "collecting unused content failed; it is tried again later");
            false
        }
    }
}

impl Host {
    /// Drops what is older than the settings keep, in every file and bin.
    async fn sweep(&self, stop: &Stop) -> Result<(), HostError> {
        if self.keys().maintain().await.map_err(|error| HostError::Failed(error.to_string().into()))? {
            self.audit().note(Note::by_host(AuditEvent::KeyRotated).id(self.keys().current().kid())).await;
        }
        if let Err(error) = self.sessions().collect(&|| stop.is_asked()).await {
            tracing::warn!(%error, "sessions that are over could not be cleared away yet");
        }
        if let Err(error) = self.grants().collect(&|| stop.is_asked()).await {
            tracing::warn!(%error, "codes and grants that are over could not be cleared away yet");
        }
        if let Err(error) = self.audit().prune(self.options().audit_keep, &|| stop.is_asked()).await {
            tracing::warn!(%error, "what is too old in the audit trail could not be removed yet");
        }
        self.sweep_purged(stop).await?;
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
                if let Err(HostError::ShuttingDown) = self.ask(&node, operation()).await {
                    return Ok(());
                }
                last = Some(node);
            }
            self.directory().retire_idle();
        }
        Ok(())
    }

    /// Lets the actors of files whose lock has run out write that down.
    async fn settle_locks(&self, now: Duration) {
        for file in self.directory().board().run_out(now, LOCKS) {
            // Whatever else goes wrong is tried again the next time.
            if let Err(HostError::NotFound) = self.ask(&file, Operation::Lock(Command::Get)).await {
                self.directory().board().note(&file, None);
            }
        }
    }

    /// Finishes removals that a crash interrupted.
    async fn sweep_purged(&self, stop: &Stop) -> Result<(), HostError> {
        let mut after: Option<Vec<u8>> = None;
        while !stop.is_asked() {
            let page = scan_prefix(self.engine(), keys::prefix::PURGED, after.as_deref(), PAGE)?;
            let Some((key, _)) = page.last() else { break };
            after = Some(key.clone());
            for node in page.iter().filter_map(|(key, _)| keys::node_of(key)) {
                if let Err(error) = self.clear_leftovers(&node).await {
                    tracing::warn!(file.id = %node, %error, "what is left of file `{node}` could not be removed yet");
                }
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
                let Ok(row) = records::decode::<BinRow>(&key, &record.value) else { continue };
                let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
                if self.clock().wall().since(row.at) > age
                    && let Err(error) = self.purge(&node).await
                {
                    tracing::warn!(file.id = %node, %error, "file `{node}` could not be removed from the bin yet");
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
        // It takes long: not on the threads that people wait for.
        let work = move || collect::collect(host.content(), &mut || ControlFlow::Continue(()));
        match tokio::task::spawn_blocking(work).await {
            Ok(report) => Ok(report?),
            Err(_) => Err(HostError::ShuttingDown),
        }
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
