//! A large document through the real program: PutFile and GetFile over HTTP on loopback, beside the same bytes written as
//! chunks into a bare database under the same recipe, and beside a plain file with an `fdatasync` each MiB.
//!
//! `LOCKHOUSE_BENCH_MB` sets the size (1024), `LOCKHOUSE_BENCH_ROUNDS` the rounds (3), `LOCKHOUSE_BENCH_DIR` where to write.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints and may panic"
)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use futures::StreamExt as _;
use lockhouse::store::sled::{SledDatabase, SledOptions};

const MIB: usize = 1 << 20;
/// The average chunk of random data under the host's cutting: what the bare database is given, too.
const CHUNK: usize = 9000;

fn setting(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Bytes that do not repeat and cost little to make.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, buffer: &mut [u8]) {
        for eight in buffer.chunks_mut(8) {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd).to_le_bytes();
            eight.copy_from_slice(&mixed[..eight.len()]);
        }
    }
}

struct Server {
    child: Child,
    source: String,
    token: String,
}

impl Server {
    fn start(directory: &Path) -> Self {
        let documents = directory.join("documents");
        fs::create_dir_all(&documents).unwrap();
        fs::write(documents.join("large.pptx"), b"").unwrap();
        let program = env!("CARGO_BIN_EXE_lockhouse");
        let store = directory.join("store");
        let command = |arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).arg("--data-dir").arg(&store);
            for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LOCKHOUSE_")) {
                command.env_remove(name);
            }
            command.env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B").env("LOCKHOUSE_LIMITS__BODY", "16 GiB");
            command
        };
        let mut child = command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.contains("http://")), "the server serves");
        let imported = command(&["import", documents.to_str().unwrap(), "--owner", "admin"]).status().unwrap();
        assert!(imported.success());
        let token = command(&["token", "--user", "admin", "/large.pptx", "--json"]).output().unwrap();
        let token: serde_json::Value = serde_json::from_slice(&token.stdout).unwrap();
        let text = |name: &str| token[name].as_str().unwrap().to_owned();
        Self { child, source: text("wopisrc"), token: text("access_token") }
    }

    fn url(&self) -> String {
        format!("{}/contents?access_token={}", self.source, self.token)
    }

    /// The most memory that was ever resident, in MiB.
    fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

async fn put(server: &Server, megabytes: usize, seed: u64) -> f64 {
    let pieces = futures::stream::iter(0..megabytes).scan(Noise(seed), |noise, _| {
        let mut piece = vec![0; MIB];
        noise.fill(&mut piece);
        futures::future::ready(Some(Ok::<_, std::io::Error>(piece)))
    });
    let begun = Instant::now();
    // An empty unlocked file takes bytes without a lock; afterwards each round locks.
    let client = reqwest::Client::new();
    let lock = client.post(format!("{}?access_token={}", server.source, server.token));
    let lock = lock.header("X-WOPI-Override", "LOCK").header("X-WOPI-Lock", "bench").header("Content-Length", "0");
    assert!(lock.send().await.unwrap().status().is_success());
    let put = client.post(server.url()).header("X-WOPI-Override", "PUT").header("X-WOPI-Lock", "bench");
    let reply = put.body(reqwest::Body::wrap_stream(pieces)).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    megabytes as f64 / begun.elapsed().as_secs_f64()
}

async fn get(server: &Server, megabytes: usize) -> f64 {
    let begun = Instant::now();
    let request = reqwest::Client::new().get(server.url()).header("X-WOPI-MaxExpectedSize", "99999999999");
    let mut bytes = request.send().await.unwrap().bytes_stream();
    let mut received = 0;
    while let Some(piece) = bytes.next().await {
        received += piece.unwrap().len();
    }
    assert_eq!(received, megabytes * MIB);
    megabytes as f64 / begun.elapsed().as_secs_f64()
}

/// The same bytes as chunks into a bare database under the recipe: ascending keys, a flush each MiB; then read back.
fn bare(directory: &Path, megabytes: usize, seed: u64) -> (f64, f64) {
    let database = SledDatabase::open(&directory.join("bare"), SledOptions::content(16 << 20)).unwrap();
    let tree = database.tree("chunks").unwrap();
    let (mut noise, mut chunk, mut unflushed) = (Noise(seed), vec![0; CHUNK], 0);
    let count = (megabytes * MIB / CHUNK) as u64;
    let begun = Instant::now();
    for number in 0..count {
        noise.fill(&mut chunk);
        tree.insert(&number.to_be_bytes(), &chunk).unwrap();
        unflushed += CHUNK;
        if unflushed >= MIB {
            tree.flush().unwrap();
            unflushed = 0;
        }
    }
    tree.flush().unwrap();
    let written = megabytes as f64 / begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    for number in 0..count {
        assert!(tree.get(&number.to_be_bytes()).unwrap().is_some());
    }
    (written, megabytes as f64 / begun.elapsed().as_secs_f64())
}

fn plain(directory: &Path, megabytes: usize, seed: u64) -> f64 {
    let mut file = fs::File::create(directory.join("plain")).unwrap();
    let (mut noise, mut piece) = (Noise(seed), vec![0; MIB]);
    let begun = Instant::now();
    for _ in 0..megabytes {
        noise.fill(&mut piece);
        file.write_all(&piece).unwrap();
        file.sync_data().unwrap();
    }
    megabytes as f64 / begun.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let (megabytes, rounds) = (setting("LOCKHOUSE_BENCH_MB", 1024), setting("LOCKHOUSE_BENCH_ROUNDS", 3));
    let parent = env::var_os("LOCKHOUSE_BENCH_DIR").map_or_else(env::temp_dir, Into::into);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut rows: Vec<Vec<f64>> = vec![Vec::new(); 5];
    let (mut after_put, mut after_get) = (0, 0);
    for round in 0..rounds {
        let seed = 17 + round as u64;
        let here = tempfile::tempdir_in(&parent).unwrap();
        let server = Server::start(here.path());
        rows[0].push(runtime.block_on(put(&server, megabytes, seed)));
        after_put = after_put.max(server.peak());
        rows[1].push(runtime.block_on(get(&server, megabytes)));
        after_get = after_get.max(server.peak());
        drop(server);
        let (written, read) = bare(here.path(), megabytes, seed);
        rows[2].push(written);
        rows[3].push(read);
        rows[4].push(plain(here.path(), megabytes, seed));
    }
    let medians: Vec<f64> = rows.into_iter().map(median).collect();
    println!("\n{megabytes} MiB of random bytes, median of {rounds} rounds, MiB/s\n");
    println!("| | host over HTTP | bare database | plain file | host / bare database |");
    println!("|---|---|---|---|---|");
    println!(
        "| PutFile | {:.0} | {:.0} | {:.0} | {:.2} |",
        medians[0],
        medians[2],
        medians[4],
        medians[0] / medians[2]
    );
    println!("| GetFile | {:.0} | {:.0} | | {:.2} |", medians[1], medians[3], medians[1] / medians[3]);
    println!("\npeak resident memory of the host: {after_put} MiB after PutFile, {after_get} MiB after GetFile");
}
