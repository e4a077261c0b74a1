//! Durable commits of one record each, against what the disk can do at best: appending the same bytes to a growing file with
//! one `fdatasync` per group, behind a queue and tickets of the same build. Prints a table; the target is a ratio of at least
//! 0.9 with 64 waiting clients and 0.5 with 512.
//!
//! `LOCKHOUSE_BENCH_ROUNDS` and `LOCKHOUSE_BENCH_SECONDS` change the length, `LOCKHOUSE_BENCH_DIR` the disk.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a measurement ends when anything fails, and prints"
)]

use std::{
    collections::VecDeque,
    fs::File,
    io::Write as _,
    path::Path,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use bytes::Bytes;
use lockhouse::store::{
    durable,
    engine::{Batch, CommitObserver, Engine, EngineOptions, LocalEngine, Ticket},
    sled::{SledDatabase, SledOptions, blobs_in},
};
use tokio::sync::oneshot;

const KEYS: u64 = 10_000;
const VALUE: usize = 200;
const GROUP: usize = 1024;

/// What a client of the benchmark commits to.
trait Store: Send + Sync + 'static {
    fn submit(&self, key: [u8; 12], value: Bytes) -> Ticket;
}

/// Adds up what the engine says of its groups.
#[derive(Default)]
struct Groups {
    count: AtomicU64,
    batches: AtomicU64,
    flushing: AtomicU64,
}

impl CommitObserver for Groups {
    fn committed(&self, batches: usize, flush: Duration) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.batches.fetch_add(batches as u64, Ordering::Relaxed);
        self.flushing.fetch_add(u64::try_from(flush.as_micros()).unwrap(), Ordering::Relaxed);
    }
}

impl Groups {
    /// Batches per group and microseconds per flush, since the last call.
    fn take(&self) -> (u64, u64) {
        let [groups, batches, flushing] =
            [&self.count, &self.batches, &self.flushing].map(|sum| sum.swap(0, Ordering::Relaxed));
        (batches / groups.max(1), flushing / groups.max(1))
    }
}

struct Engines(Arc<LocalEngine>);

impl Store for Engines {
    fn submit(&self, key: [u8; 12], value: Bytes) -> Ticket {
        self.0.submit(Batch::new().set(key, value)).unwrap()
    }
}

/// The raw limit: a queue, one thread, one growing file.
struct Raw {
    line: Arc<(Mutex<Line>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<([u8; 12], Bytes, oneshot::Sender<()>)>,
    next: u64,
    closed: bool,
    waits: bool,
}

impl Raw {
    fn open(path: &Path) -> Self {
        let line = Arc::new((Mutex::new(Line::default()), Condvar::new()));
        let (mut file, shared) = (File::create(path).unwrap(), Arc::clone(&line));
        let thread = thread::spawn(move || {
            loop {
                let mut line = shared.0.lock().unwrap();
                while line.waiting.is_empty() {
                    if line.closed {
                        return;
                    }
                    line.waits = true;
                    line = shared.1.wait(line).unwrap();
                }
                let count = line.waiting.len().min(GROUP);
                let group: Vec<_> = line.waiting.drain(..count).collect();
                drop(line);
                let mut bytes = Vec::with_capacity(group.len() * (VALUE + 12));
                for (key, value, _) in &group {
                    bytes.extend_from_slice(key);
                    bytes.extend_from_slice(value);
                }
                file.write_all(&bytes).unwrap();
                file.sync_data().unwrap();
                for (_, _, answer) in group {
                    let _ = answer.send(());
                }
            }
        });
        Self { line, thread: Some(thread) }
    }
}

impl Store for Raw {
    fn submit(&self, key: [u8; 12], value: Bytes) -> Ticket {
        let (answer, done) = oneshot::channel();
        let mut line = self.line.0.lock().unwrap();
        line.next += 1;
        let revision = line.next;
        line.waiting.push_back((key, value, answer));
        let waits = std::mem::take(&mut line.waits);
        drop(line);
        if waits {
            self.line.1.notify_one();
        }
        Ticket::new(revision, async move {
            done.await.unwrap();
            Ok(())
        })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.line.0.lock().unwrap().closed = true;
        self.line.1.notify_one();
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Random enough, and quick.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn key(n: u64) -> [u8; 12] {
    format!("f/{n:010}").into_bytes().try_into().unwrap()
}

fn value(state: &mut u64) -> Bytes {
    (0..VALUE / 8).flat_map(|_| next(state).to_le_bytes()).collect::<Vec<u8>>().into()
}

/// Commits per second of `clients` that each wait for their commit before the next.
fn measure(store: &Arc<dyn Store>, clients: u64, time: Duration) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..clients)
            .map(|client| {
                let (store, done) = (Arc::clone(store), Arc::clone(&done));
                tokio::spawn(async move {
                    let mut state = 0x9E37_79B9_7F4A_7C15 ^ (client + 1).wrapping_mul(0xD134_2543_DE82_EF95);
                    while began.elapsed() < time {
                        let key = key(next(&mut state) % KEYS);
                        store.submit(key, value(&mut state)).wait().await.unwrap();
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let rounds = setting("LOCKHOUSE_BENCH_ROUNDS", 5);
    let time = Duration::from_secs(setting("LOCKHOUSE_BENCH_SECONDS", 2));
    let home = match std::env::var_os("LOCKHOUSE_BENCH_DIR") {
        Some(path) => tempfile::tempdir_in(path).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    durable::self_test(&home.path().join("self-test")).unwrap();
    let meta = home.path().join("meta");
    let database = SledDatabase::open(&meta, SledOptions::meta(64 * 1024 * 1024)).unwrap();
    let groups = Arc::new(Groups::default());
    let observer: Arc<dyn CommitObserver> = Arc::<Groups>::clone(&groups);
    let acked = Some(home.path().join("acked"));
    let options = EngineOptions { acked, group: GROUP, observer: Some(observer), ..EngineOptions::default() };
    let engine = LocalEngine::open(database.tree("records").unwrap(), options).unwrap();
    let store: Arc<dyn Store> = Arc::new(Engines(Arc::clone(&engine)));

    println!(
        "Durable commits of {VALUE} random bytes over {KEYS} keys; medians of {rounds} rounds of {time:?}, interleaved.\n"
    );
    println!(
        "| waiting clients | plain file, fdatasync per group | engine over sled | ratio | target | batches per group | flush |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for (clients, target) in [(64, 0.9), (512, 0.5)] {
        let (mut raw_figures, mut figures) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            let raw_path = home.path().join("raw");
            let raw = measure(&(Arc::new(Raw::open(&raw_path)) as Arc<dyn Store>), clients, time);
            std::fs::remove_file(raw_path).unwrap();
            let engine = measure(&store, clients, time);
            // The first round only warms up.
            if round > 0 {
                raw_figures.push(raw);
                figures.push(engine);
            }
        }
        let (raw, engine) = (median(raw_figures), median(figures));
        let (size, flush) = groups.take();
        let ratio = engine / raw;
        println!("| {clients} | {raw:.0}/s | {engine:.0}/s | {ratio:.2} | {target} | {size} | {flush} µs |");
    }
    assert_eq!(blobs_in(&meta).unwrap(), 0);
}
