//! What contents cost: throughput and memory against a bare database and a plain file, disk use under overwriting, small
//! edits. Each measurement runs in a process of its own, so that its peak of resident memory is its own.
//!
//! Settings, as environment variables: `LOCKHOUSE_BENCH_MB` (size of the large content, 1024), `LOCKHOUSE_BENCH_ROUNDS` (3),
//! `LOCKHOUSE_BENCH_OVERWRITES` (500), `LOCKHOUSE_BENCH_DIR` (where to write; the default is the temporary directory).
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark prints and may panic"
)]

use std::{
    collections::{HashMap, VecDeque},
    env, fs,
    io::Write as _,
    ops::ControlFlow,
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use fastcdc::v2020::FastCDC;
use lockhouse::{
    clock::Timestamp,
    ids::{NodeId, UserId},
    store::{
        collect::{collect, due},
        content::{AVERAGE_CHUNK, Content, ContentOptions, MAX_CHUNK, MIN_CHUNK, Stored},
        engine::{Batch, Engine, EngineOptions, LocalEngine},
        records::{self, ContentRef, FileHead, SaveKind, VersionRow, VersionStamp, keys},
        sled::{SledDatabase, SledOptions},
    },
};

const MIB: usize = 1024 * 1024;
const CACHE: u64 = 16 * 1024 * 1024;
const PHASE: &str = "LOCKHOUSE_BENCH_PHASE";
const DOCUMENT: usize = 10_000_000;
const KEPT: usize = 20;

fn main() {
    match env::var(PHASE).as_deref() {
        Ok("content") => through_content(),
        Ok("bare") => bare_sled(),
        Ok("file") => plain_file(),
        Ok("overwrite") => overwrite(),
        Ok("edit") => small_edit(),
        _ => all(),
    }
}

fn setting(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Runs each measurement and prints the table.
fn all() {
    let megabytes = setting("LOCKHOUSE_BENCH_MB", 1024);
    let rounds: Vec<_> =
        (0..setting("LOCKHOUSE_BENCH_ROUNDS", 3)).map(|_| ["file", "bare", "content"].map(run)).collect();
    let median = |phase: usize, figure: &str| {
        let mut values: Vec<f64> = rounds.iter().map(|round| round[phase][figure]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("One content of {megabytes} MiB, flushed each MiB, medians of {} rounds", rounds.len());
    println!("{:<22} {:>12} {:>12} {:>16} {:>16}", "", "write MB/s", "read MB/s", "RSS written MiB", "RSS read MiB");
    for (phase, name) in ["plain file, fdatasync", "bare sled", "content"].iter().enumerate() {
        let [write, read] = ["write", "read"].map(|figure| median(phase, figure));
        let [written, done] = ["rss_write", "rss_read"].map(|figure| median(phase, figure));
        println!("{name:<22} {write:>12.0} {read:>12.0} {written:>16.0} {done:>16.0}");
    }
    let [write, read] = ["write", "read"].map(|figure| median(2, figure) / median(1, figure));
    println!("content / bare sled: write {write:.2}, read {read:.2} (at least 0.70 each); RSS under 256 MiB");

    let edit = run("edit");
    println!(
        "\n100 bytes inserted into a document of 10 MB: {:.0} bytes stored again, {:.2} % (under 10 %)",
        edit["stored"],
        edit["stored"] / 100_000.0
    );
    let overwrite = run("overwrite");
    println!(
        "\n10 MB overwritten {:.0} times, {KEPT} versions kept: {:.0} MB referenced, disk {:.0} MB at its peak ({:.2} times, \
         under 4) and {:.0} MB at the end; {:.0} collections, the longest {:.1} s; {:.0} MB/s, RSS {:.0} MiB",
        overwrite["times"],
        overwrite["referenced"] / 1e6,
        overwrite["peak"] / 1e6,
        overwrite["peak"] / overwrite["referenced"],
        overwrite["end"] / 1e6,
        overwrite["cycles"],
        overwrite["longest"],
        overwrite["write"],
        overwrite["rss"],
    );
}

fn run(phase: &str) -> HashMap<String, f64> {
    let output = Command::new(env::current_exe().unwrap()).env(PHASE, phase).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{phase}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let figures = text.lines().filter_map(|line| line.split_once('='));
    figures.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

/// Bytes that look random, a MiB at a time, without holding them.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, block: &mut [u8]) {
        for word in block.chunks_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            word.copy_from_slice(&self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()[..word.len()]);
        }
    }
}

fn directory() -> tempfile::TempDir {
    let base = env::var_os("LOCKHOUSE_BENCH_DIR").map_or_else(env::temp_dir, Into::into);
    tempfile::tempdir_in(base).unwrap()
}

/// Peak of resident memory so far, in MiB.
fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "for the table")]
fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let outcome = work();
    *total += began.elapsed();
    outcome
}

fn print_throughput(bytes: usize, write: Duration, rss_write: f64, read: Duration) {
    println!("write={}\nrss_write={rss_write}", rate(bytes, write));
    println!("read={}\nrss_read={}", rate(bytes, read), peak_memory());
}

struct House {
    content: Arc<Content>,
    engine: Arc<LocalEngine>,
    node: NodeId,
}

impl House {
    fn open(path: &Path) -> Self {
        let meta = SledDatabase::open(&path.join("meta"), SledOptions::meta(CACHE)).unwrap();
        let chunks = SledDatabase::open(&path.join("content"), SledOptions::content(CACHE)).unwrap();
        let engine = LocalEngine::open(meta.tree("records").unwrap(), EngineOptions::default()).unwrap();
        let options = ContentOptions::new(Arc::new(|| Ok(u64::MAX)), 0);
        let shared = Arc::clone(&engine) as Arc<dyn Engine>;
        let index = SledDatabase::open(&path.join("index"), SledOptions::meta(CACHE / 2)).unwrap();
        let content = Content::open(chunks.tree("chunks").unwrap(), index.tree("index").unwrap(), shared, options);
        Self { content: content.unwrap(), engine, node: NodeId::parse("document").unwrap() }
    }

    fn store(&self, bytes: &[u8]) -> Stored {
        let mut upload = self.content.begin_upload(&self.node, Some(bytes.len() as u64)).unwrap();
        upload.write(bytes).unwrap();
        upload.finish().unwrap()
    }

    fn commit(&self, stored: Stored, sequence: u64, prune: Option<u64>) -> ContentRef {
        let content = stored.content.clone();
        let (user, now) = (UserId::parse("anna").unwrap(), Timestamp::from_ticks(0));
        let version = VersionStamp { sequence, incarnation: 1 };
        let head = FileHead {
            parent: NodeId::parse("root").unwrap(),
            name: "slides.pptx".to_owned(),
            owner: user.clone(),
            created: now,
            modified: now,
            modified_by: user.clone(),
            version,
            content: content.clone(),
            lock: None,
            binned: None,
        };
        let row = VersionRow {
            version,
            content: content.clone(),
            at: now,
            by: user,
            editors: Vec::new(),
            kind: SaveKind::Save,
            reason: None,
        };
        let mut batch = Batch::new()
            .set(keys::version(&self.node, sequence), records::encode(&row))
            .set(keys::file(&self.node), records::encode(&head));
        batch.set.extend(stored.pages.iter().cloned());
        batch.clear.extend(prune.map(|sequence| keys::version(&self.node, sequence)));
        futures::executor::block_on(self.engine.submit(batch).unwrap().wait()).unwrap();
        stored.committed();
        content
    }
}

fn through_content() {
    let (directory, megabytes) = (directory(), setting("LOCKHOUSE_BENCH_MB", 1024));
    let house = House::open(directory.path());
    let (mut write, mut read) = (Duration::ZERO, Duration::ZERO);
    let (mut noise, mut block) = (Noise(1), vec![0; MIB]);
    let mut upload = house.content.begin_upload(&house.node, None).unwrap();
    for _ in 0..megabytes {
        noise.fill(&mut block);
        timed(&mut write, || upload.write(&block)).unwrap();
    }
    let content = timed(&mut write, || house.commit(upload.finish().unwrap(), 1, None));
    let rss_write = peak_memory();
    println!("disk={}", disk_use(directory.path()));
    let pin = house.content.pin(&house.node, content.manifest.unwrap()).unwrap();
    let mut reader = house.content.reader(pin, content.size);
    let mut bytes = 0;
    while let Some(part) = timed(&mut read, || reader.next(256 * 1024)).unwrap() {
        bytes += part.len();
    }
    assert_eq!(bytes, megabytes * MIB);
    print_throughput(bytes, write, rss_write, read);
}

/// The same chunks under ascending numbers, and nothing else.
fn bare_sled() {
    let (directory, megabytes) = (directory(), setting("LOCKHOUSE_BENCH_MB", 1024));
    let database = SledDatabase::open(directory.path(), SledOptions::content(CACHE)).unwrap();
    let tree = database.tree("chunks").unwrap();
    let (mut write, mut read) = (Duration::ZERO, Duration::ZERO);
    let (mut noise, mut block) = (Noise(1), vec![0; MIB]);
    let (mut rest, mut next, mut unflushed) = (Vec::new(), 0_u64, 0);
    for megabyte in 1..=megabytes {
        noise.fill(&mut block);
        rest.extend_from_slice(&block);
        let mut used = 0;
        for chunk in FastCDC::new(&rest, MIN_CHUNK, AVERAGE_CHUNK, MAX_CHUNK) {
            if megabyte < megabytes && rest.len() - chunk.offset < MAX_CHUNK {
                break;
            }
            used = chunk.offset + chunk.length;
            timed(&mut write, || tree.insert(&next.to_be_bytes(), &rest[chunk.offset..used])).unwrap();
            next += 1;
            unflushed += chunk.length;
            if unflushed >= MIB {
                unflushed = 0;
                timed(&mut write, || tree.flush()).unwrap();
            }
        }
        rest.drain(..used);
    }
    timed(&mut write, || tree.flush()).unwrap();
    let rss_write = peak_memory();
    println!("disk={}", disk_use(directory.path()));
    let mut bytes = 0;
    for number in 0..next {
        bytes += timed(&mut read, || tree.get(&number.to_be_bytes())).unwrap().unwrap().len();
    }
    assert_eq!(bytes, megabytes * MIB);
    print_throughput(bytes, write, rss_write, read);
}

fn plain_file() {
    use std::io::Read as _;

    let (directory, megabytes) = (directory(), setting("LOCKHOUSE_BENCH_MB", 1024));
    let path = directory.path().join("file");
    let (mut write, mut read) = (Duration::ZERO, Duration::ZERO);
    let (mut noise, mut block) = (Noise(1), vec![0; MIB]);
    let mut file = fs::File::create(&path).unwrap();
    for _ in 0..megabytes {
        noise.fill(&mut block);
        timed(&mut write, || file.write_all(&block).and_then(|()| file.sync_data())).unwrap();
    }
    let rss_write = peak_memory();
    println!("disk={}", disk_use(directory.path()));
    let mut file = fs::File::open(&path).unwrap();
    for _ in 0..megabytes {
        timed(&mut read, || file.read_exact(&mut block)).unwrap();
    }
    print_throughput(megabytes * MIB, write, rss_write, read);
}

fn small_edit() {
    let directory = directory();
    let house = House::open(directory.path());
    let mut document = vec![0; DOCUMENT];
    Noise(1).fill(&mut document);
    house.commit(house.store(&document), 1, None);
    document.splice(DOCUMENT / 2..DOCUMENT / 2, [7; 100]);
    println!("stored={}", house.store(&document).new_bytes);
}

fn overwrite() {
    let (directory, times) = (directory(), setting("LOCKHOUSE_BENCH_OVERWRITES", 500));
    let house = House::open(directory.path());
    let (mut noise, mut document) = (Noise(1), vec![0; DOCUMENT]);
    let mut kept = VecDeque::new();
    let (mut cycles, mut longest, mut peak, mut write) = (0, Duration::ZERO, 0, Duration::ZERO);
    for sequence in 1..=times as u64 {
        noise.fill(&mut document);
        kept.push_back(sequence);
        let prune = if kept.len() > KEPT { kept.pop_front() } else { None };
        timed(&mut write, || house.commit(house.store(&document), sequence, prune));
        if prune.is_some() {
            house.content.note_garbage(DOCUMENT as u64);
        }
        if due(&house.content) {
            let report = collect(&house.content, &mut || ControlFlow::Continue(())).unwrap();
            cycles += 1;
            longest = longest.max(report.duration);
        }
        peak = peak.max(disk_use(directory.path()));
        if env::var_os("LOCKHOUSE_BENCH_TRACE").is_some() && sequence.is_multiple_of(10) {
            let [meta, chunks] = ["meta", "content"].map(|name| disk_use(&directory.path().join(name)));
            eprintln!("{sequence}: meta {meta}, content {chunks}, live {}", house.content.live_estimate());
        }
    }
    let referenced = kept.len() * DOCUMENT;
    println!("times={times}\nreferenced={referenced}\npeak={peak}\nend={}", disk_use(directory.path()));
    println!("cycles={cycles}\nlongest={}", longest.as_secs_f64());
    println!("write={}\nrss={}", rate(times * DOCUMENT, write), peak_memory());
}

/// Bytes of all blocks below a directory.
fn disk_use(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    let below = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| disk_use(&entry.path()));
    metadata.blocks() * 512 + below.sum::<u64>()
}
