//! Folders: what a child costs in `EnumerateChildren` of 1,000 and of 50,000, over HTTP from the real program, and whether
//! creating 100,000 files in 1,000 folders keeps its rate from the first thousand to the last. Prints two tables; both
//! targets are a ratio of at most 2.
//!
//! `LOCKHOUSE_BENCH_FILES` (100000), `LOCKHOUSE_BENCH_FOLDERS` (1000), `LOCKHOUSE_BENCH_CHILDREN` (50000) and
//! `LOCKHOUSE_BENCH_ROUNDS` (7) change the size, `LOCKHOUSE_BENCH_DIR` the disk.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints and may panic"
)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use lockhouse::{
    clock::SystemClock,
    host::{
        Host, HostOptions, NewFile, RelativeTarget,
        access::Access,
        accounts::NewAccount,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::{NodeId, UserId},
    names::FileName,
    permission::Role,
    store::records::{AccountKind, AccountRecord},
};

const FEW: usize = 1000;
const AT_ONCE: usize = 64;

fn setting(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn name(text: &str) -> FileName {
    FileName::parse(text).unwrap()
}

/// A host in this process, with its one user.
async fn open(store: &Path) -> (Host, AccountRecord) {
    let mut options = HostOptions::new(store);
    options.store.free_space_floor = 0;
    let host = Host::open(options, Arc::new(SystemClock)).await.unwrap();
    let new = NewAccount {
        user: UserId::parse("admin").unwrap(),
        display_name: "",
        email: None,
        password: None,
        admin: true,
        kind: AccountKind::Consumer,
    };
    let account = host.accounts().add(new).await.unwrap();
    (host, account)
}

fn access(host: &Host, account: &AccountRecord, folder: &NodeId) -> Access {
    let resource = Resource::Container(folder.clone());
    let new = NewToken::for_user(account, resource.clone(), Role::Owner, ClientKind::Office);
    let token = host.tokens().issue(&new, Duration::from_secs(36_000)).unwrap();
    host.access_control().authorize(&token.text, &resource).unwrap()
}

async fn create(host: &Host, access: &Access, called: &str) {
    let target = RelativeTarget::Specific { name: name(called), overwrite: false };
    assert!(matches!(host.create_child_file(access, target).await.unwrap(), NewFile::Made(..)));
}

/// Files made each second, thousand by thousand: each waits until it is durable, some at once.
async fn rates(host: &Host, account: &AccountRecord, files: usize, folders: usize) -> Vec<f64> {
    let mut doors = Vec::with_capacity(folders);
    for n in 0..folders {
        let folder = host.make_container(&account.drive, &name(&format!("Folder {n:05}"))).await.unwrap();
        doors.push(access(host, account, &folder));
    }
    let mut rates = Vec::new();
    for thousand in 0..files / 1000 {
        let begun = Instant::now();
        let calls = (0..1000).map(|n| {
            let number = thousand * 1000 + n;
            let door = &doors[number % folders];
            async move { create(host, door, &format!("Report {number:07}.docx")).await }
        });
        stream::iter(calls).buffer_unordered(AT_ONCE).count().await;
        rates.push(1000.0 / begun.elapsed().as_secs_f64());
    }
    rates
}

async fn fill(host: &Host, account: &AccountRecord, called: &str, children: usize) {
    let folder = host.make_container(&account.drive, &name(called)).await.unwrap();
    let door = &access(host, account, &folder);
    let calls = (0..children).map(|n| async move { create(host, door, &format!("Report {n:07}.docx")).await });
    stream::iter(calls).buffer_unordered(AT_ONCE).count().await;
}

struct Server {
    child: Child,
    few: String,
    many: String,
}

impl Server {
    fn start(store: &Path) -> Self {
        let command = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_lockhouse"));
            command.args(arguments).arg("--data-dir").arg(store);
            for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LOCKHOUSE_")) {
                command.env_remove(name);
            }
            command.env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B");
            command
        };
        let mut child = command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.contains("http://")), "the server serves");
        let [few, many] = ["/few", "/many"].map(|path| {
            let token = command(&["token", "--user", "admin", path, "--json"]).output().unwrap();
            let token: serde_json::Value = serde_json::from_slice(&token.stdout).unwrap();
            let text = |name: &str| token[name].as_str().unwrap().to_owned();
            format!("{}/children?access_token={}", text("wopisrc"), text("access_token"))
        });
        Self { child, few, many }
    }

    /// Memory in MiB: what is resident, or the most that ever was.
    fn memory(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Microseconds for each child, and milliseconds to the first byte.
async fn enumerate(client: &reqwest::Client, url: &str, children: usize, check: bool) -> (f64, f64) {
    let begun = Instant::now();
    let reply = client.get(url).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let first = begun.elapsed().as_secs_f64() * 1e3;
    let mut pieces = reply.bytes_stream();
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.unwrap());
    }
    let each = begun.elapsed().as_secs_f64() * 1e6 / children as f64;
    if check {
        let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer["ChildFiles"].as_array().unwrap().len(), children);
    }
    (each, first)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let (files, folders) = (setting("LOCKHOUSE_BENCH_FILES", 100_000), setting("LOCKHOUSE_BENCH_FOLDERS", 1000));
    let (many, rounds) = (setting("LOCKHOUSE_BENCH_CHILDREN", 50_000), setting("LOCKHOUSE_BENCH_ROUNDS", 7));
    let parent = env::var_os("LOCKHOUSE_BENCH_DIR").map_or_else(env::temp_dir, Into::into);
    let runtime = tokio::runtime::Runtime::new().unwrap();

    let here = tempfile::tempdir_in(&parent).unwrap();
    let rates = runtime.block_on(async {
        let (host, account) = open(&here.path().join("store")).await;
        let rates = rates(&host, &account, files, folders).await;
        tokio::task::spawn_blocking(move || host.close()).await.unwrap();
        rates
    });
    let some = rates.len().min(5);
    let (begin, end) = (median(rates[..some].to_vec()), median(rates[rates.len() - some..].to_vec()));
    println!("\n{files} files of zero bytes in {folders} folders, {AT_ONCE} at once, each durable before it counts\n");
    println!("| | first thousand | last thousand | first / last | target |");
    println!("|---|---:|---:|---:|---:|");
    let (first, last) = (rates[0], rates[rates.len() - 1]);
    println!("| one thousand | {first:.0}/s | {last:.0}/s | {:.2} | 2 |", first / last);
    println!("| median of {some} thousand | {begin:.0}/s | {end:.0}/s | {:.2} | 2 |", begin / end);
    drop(here);

    let here = tempfile::tempdir_in(&parent).unwrap();
    let store = here.path().join("store");
    runtime.block_on(async {
        let (host, account) = open(&store).await;
        fill(&host, &account, "few", FEW).await;
        fill(&host, &account, "many", many).await;
        tokio::task::spawn_blocking(move || host.close()).await.unwrap();
    });
    let server = Server::start(&store);
    let client = reqwest::Client::new();
    let mut figures: [(Vec<f64>, Vec<f64>); 2] = Default::default();
    let before = server.memory("VmRSS:");
    for round in 0..=rounds {
        for (place, (url, children)) in [(&server.few, FEW), (&server.many, many)].into_iter().enumerate() {
            let (each, first) = runtime.block_on(enumerate(&client, url, children, round == 0));
            // The first round only warms up, and counts.
            if round > 0 {
                figures[place].0.push(each);
                figures[place].1.push(first);
            }
        }
    }
    let peak = server.memory("VmHWM:");
    let [few_each, many_each] = [&figures[0].0, &figures[1].0].map(|each| median(each.clone()));
    println!("\nEnumerateChildren over HTTP, medians of {rounds} rounds, interleaved\n");
    println!("| children | for each | to the head |");
    println!("|---:|---:|---:|");
    println!("| {FEW} | {few_each:.1} µs | {:.1} ms |", median(figures[0].1.clone()));
    println!("| {many} | {many_each:.1} µs | {:.1} ms |", median(figures[1].1.clone()));
    println!("\nratio {:.2} (target at most 2, either way)", (many_each / few_each).max(few_each / many_each));
    println!("resident memory of the host: {before} MiB before, {peak} MiB at most");
}
