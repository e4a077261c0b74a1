//! The rows of the table.

use std::{
    env, fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::{
    house::{Document, House},
    load::{Outcome, Requests, alternating, drive, request, same},
    peers::{self, Noise, Peer},
    setting,
};

/// A line of the table: the host's figures and those of its limit, round by round.
struct Row {
    name: String,
    unit: &'static str,
    limit_name: &'static str,
    wanted: &'static str,
    ours: Vec<f64>,
    limit: Vec<f64>,
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Row {
    fn print(&self) {
        let ratios: Vec<f64> = self.ours.iter().zip(&self.limit).map(|(ours, limit)| ours / limit).collect();
        println!(
            "| {} | {:.0} {} | {:.0} {} ({}) | **{:.2}** | {} |",
            self.name,
            median(&self.ours),
            self.unit,
            median(&self.limit),
            self.unit,
            self.limit_name,
            median(&ratios),
            self.wanted
        );
    }
}

/// What is measured in each round.
struct Bench {
    house: House,
    small: Vec<Document>,
    large: Document,
    nginx: Option<Peer>,
    constant: Peer,
    append: Peer,
    seconds: Duration,
    _directory: tempfile::TempDir,
}

/// The host's figure and its limit's; `None` when what the limit needs is not installed.
type Measure = fn(&Bench) -> Option<(f64, f64)>;

pub fn all() {
    let bench = Bench::new();
    let only = env::var("LOCKHOUSE_BENCH_ONLY").unwrap_or_default();
    let rows: [(&str, &str, &str, &str, Measure); 9] = [
        ("CheckFileInfo, 64 connections", "/s", "constant", "0.70", |bench| Some(bench.info())),
        ("GetFile 10 KB, 64 connections", "/s", "nginx", "0.60", Bench::get_small),
        ("GetFile 10 MB, 8 connections", "MB/s", "nginx", "0.60", Bench::get_large),
        ("Lock and Unlock, 64 files", "/s", "append", "0.40", |bench| Some(bench.pairs(64, false))),
        ("Lock and Unlock, 512 files", "/s", "append", "0.40", |bench| Some(bench.pairs(512, false))),
        ("Lock and Unlock, 64 on one file", "/s", "append", "0.40", |bench| Some(bench.pairs(64, true))),
        ("RefreshLock flood on one file", "/s", "constant", "0.60", |bench| Some(bench.refresh())),
        ("PutFile 100 KB, 32 connections", "/s", "bare sled", "0.70", |bench| Some(bench.put())),
        ("Lock p99 with / without a 1 GB upload", "µs", "idle", "at most 5", |bench| Some(bench.lock_under_upload())),
    ];
    let mut table: Vec<(Row, Measure)> = rows
        .into_iter()
        .filter(|(name, ..)| name.contains(&only))
        .map(|(name, unit, limit_name, wanted, measure)| {
            let name = name.to_owned();
            (Row { name, unit, limit_name, wanted, ours: Vec::new(), limit: Vec::new() }, measure)
        })
        .collect();
    for _ in 0..setting("LOCKHOUSE_BENCH_ROUNDS", 5) {
        for (row, measure) in &mut table {
            if let Some((ours, limit)) = measure(&bench) {
                row.ours.push(ours);
                row.limit.push(limit);
            }
        }
    }
    println!("\n| work | host | limit | ratio | wanted |\n|---|---:|---:|---:|---:|");
    for (row, _) in table {
        row.print();
    }
    if "PutFile".contains(&only) {
        println!(
            "\n100 KB appended to a plain file, `fdatasync` for 32 of them: {:.0}/s",
            peers::plain(3200, 100_000, 32)
        );
    }
    other();
    println!("resident memory of the host at the end: {:.0} MiB", bench.house.resident());
}

/// Another host, for comparison.
fn other() {
    let Ok(url) = env::var("LOCKHOUSE_BENCH_OTHER") else { return };
    let (address, target) =
        url.trim_start_matches("http://").split_once('/').expect("http://HOST:PORT/wopi/files/ID?access_token=");
    let outcome =
        drive(address, same(64, &request("GET", &format!("/{target}"), address, &[])), Duration::from_secs(3));
    println!("CheckFileInfo of {address}: {:.0}/s", outcome.rate);
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir_in(peers::place()).unwrap();
        let house = House::start(&directory.path().join("house"));
        let mut noise = Noise(1);
        let mut random = |length: usize| {
            let mut bytes = vec![0; length];
            noise.fill(&mut bytes);
            bytes
        };
        let (ten_kb, ten_mb) = (random(10_000), random(10_000_000));
        let small = house.documents("small", 512, |number| {
            let mut bytes = ten_kb.clone();
            bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
            bytes
        });
        let large = house.documents("large", 1, |_| ten_mb.clone()).remove(0);
        let files = directory.path().join("nginx").join("files");
        write_files(&files, &[("small", &ten_kb), ("large", &ten_mb)]);
        let size = constant_size(&house, &small[0]);
        Self {
            nginx: peers::nginx(&files),
            constant: peers::start(&format!("constant:{size}")),
            append: peers::start("append:200"),
            house,
            small,
            large,
            seconds: Duration::from_secs(setting("LOCKHOUSE_BENCH_SECONDS", 3) as u64),
            _directory: directory,
        }
    }

    fn ours(&self, requests: Vec<Requests>) -> Outcome {
        drive(&self.house.address, requests, self.seconds)
    }

    fn constant(&self, connections: usize) -> Outcome {
        drive(&self.constant.address, same(connections, &self.small[0].info()), self.seconds)
    }

    fn info(&self) -> (f64, f64) {
        let requests: Vec<_> = self.small.iter().take(64).map(|document| vec![document.info()]).collect();
        (self.ours(alternating(&requests)).rate, self.constant(64).rate)
    }

    fn get_small(&self) -> Option<(f64, f64)> {
        let nginx = self.nginx.as_ref()?;
        let requests: Vec<_> = self.small.iter().take(64).map(|document| vec![document.get()]).collect();
        let limit = drive(&nginx.address, same(64, &request("GET", "/small", "bench", &[])), self.seconds);
        Some((self.ours(alternating(&requests)).rate, limit.rate))
    }

    fn get_large(&self) -> Option<(f64, f64)> {
        let nginx = self.nginx.as_ref()?;
        let limit = drive(&nginx.address, same(8, &request("GET", "/large", "bench", &[])), self.seconds);
        Some((self.ours(same(8, &self.large.get())).bytes / 1e6, limit.bytes / 1e6))
    }

    /// Each connection locks and unlocks its own file, or all of them one file, each with an id of its own: then most answers
    /// are 409, and each of those waits for the lock that it names.
    fn pairs(&self, connections: usize, one_file: bool) -> (f64, f64) {
        let turns: Vec<_> = (0..connections)
            .map(|number| {
                let (document, id) = (&self.small[if one_file { 0 } else { number }], format!("client {number}"));
                vec![document.lock("LOCK", &id), document.lock("UNLOCK", &id)]
            })
            .collect();
        let limit = drive(&self.append.address, same(connections, &self.small[0].lock("LOCK", "mine")), self.seconds);
        let ours = self.ours(alternating(&turns)).rate;
        // Whoever was cut off while he held a lock still holds it.
        for number in 0..connections {
            let document = &self.small[if one_file { 0 } else { number }];
            self.house_once(&document.lock("UNLOCK", &format!("client {number}")));
        }
        (ours, limit.rate)
    }

    fn refresh(&self) -> (f64, f64) {
        let document = &self.small[1];
        self.house_once(&document.lock("LOCK", "flood"));
        let ours = self.ours(same(64, &document.lock("REFRESH_LOCK", "flood"))).rate;
        self.house_once(&document.lock("UNLOCK", "flood"));
        (ours, self.constant(64).rate)
    }

    /// One request.
    fn house_once(&self, request: &[u8]) {
        let request = request.to_vec();
        let once: Requests = Box::new(move |_, text| {
            text.clear();
            text.extend_from_slice(&request);
        });
        drive(&self.house.address, vec![once], Duration::from_nanos(1));
    }

    fn put(&self) -> (f64, f64) {
        const SIZE: usize = 100_000;
        let documents = &self.small[64..96];
        for document in documents {
            self.house_once(&document.lock("LOCK", "put"));
        }
        let requests = documents.iter().enumerate().map(|(number, document)| {
            let head = document.put("put", SIZE);
            let mut noise = Noise(1 + number as u64 + u64::from(std::process::id()) * 1000);
            Box::new(move |_: u64, text: &mut Vec<u8>| {
                text.clear();
                text.extend_from_slice(&head);
                text.resize(head.len() + SIZE, 0);
                noise.fill(&mut text[head.len()..]);
            }) as Requests
        });
        let ours = self.ours(requests.collect()).rate;
        for document in documents {
            self.house_once(&document.lock("UNLOCK", "put"));
        }
        (ours, peers::bare(1600, SIZE, 10))
    }

    fn lock_under_upload(&self) -> (f64, f64) {
        let turns: Vec<_> =
            self.small[100..108].iter().map(|it| vec![it.lock("LOCK", "l"), it.lock("UNLOCK", "l")]).collect();
        let idle = self.ours(alternating(&turns)).at(0.99);
        let (stop, address, document) =
            (Arc::new(AtomicBool::new(false)), self.house.address.clone(), self.large.clone());
        self.house_once(&document.lock("LOCK", "upload"));
        let uploading = thread::spawn({
            let stop = Arc::clone(&stop);
            move || upload(&address, &document, 1 << 30, &stop)
        });
        let busy = self.ours(alternating(&turns)).at(0.99);
        stop.store(true, Ordering::Relaxed);
        uploading.join().unwrap();
        self.house_once(&self.large.lock("UNLOCK", "upload"));
        (busy, idle)
    }
}

/// Sends a body of up to `length` bytes until it is told to stop, and then cuts the connection.
fn upload(address: &str, document: &Document, length: usize, stop: &AtomicBool) {
    use std::io::Write as _;
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    socket.write_all(&document.put("upload", length)).unwrap();
    let (mut noise, mut piece) = (Noise(99), vec![0; 64 << 10]);
    let mut sent = 0;
    while sent < length && !stop.load(Ordering::Relaxed) {
        noise.fill(&mut piece);
        if socket.write_all(&piece).is_err() {
            return;
        }
        sent += piece.len();
    }
}

fn write_files(directory: &Path, files: &[(&str, &[u8])]) {
    fs::create_dir_all(directory).unwrap();
    for (name, bytes) in files {
        fs::write(directory.join(name), bytes).unwrap();
    }
}

/// The size of the host's answer to CheckFileInfo.
fn constant_size(house: &House, document: &Document) -> usize {
    let outcome = drive(&house.address, same(1, &document.info()), Duration::from_millis(200));
    (outcome.bytes / outcome.rate) as usize
}
