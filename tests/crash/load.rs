//! The load: for each file one writer and one reader on connections of their own, and several clients that
//! contend for the lock of one more file.

use crate::model::{Contended, Known, Pending, body, tag_of};
use crate::support::{Binary, Reply, Wopi, wopi::http_client};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const FILES: usize = 6;
const CONTENDERS: usize = 4;

/// Random numbers from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// What the tasks of one round share.
#[derive(Clone)]
struct Round {
    /// The server has been asked to stop: refusals with 503 are in order.
    stopping: Arc<AtomicBool>,
    /// Replies to requests that changed something.
    acknowledged: Arc<AtomicU64>,
    /// Unique numbers for lock ids.
    next: Arc<AtomicU64>,
}

/// The files and what is known of them.
pub(crate) struct Load {
    files: Vec<(Wopi, Arc<Mutex<Known>>)>,
    contended: (Wopi, Arc<Mutex<Contended>>),
    acknowledged: Arc<AtomicU64>,
    at_begin: AtomicU64,
    reads: Arc<AtomicU64>,
    next: Arc<AtomicU64>,
}

impl Load {
    pub(crate) fn prepare(server: &Binary) -> Self {
        let bodies: Vec<(String, Vec<u8>)> = (0..=FILES).map(|n| (format!("file-{n}.docx"), body(n, 1))).collect();
        let files: Vec<(&str, &[u8])> = bodies.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        server.import("alice", &files);
        let open = |n: usize| {
            let token = server.token("alice", &format!("/file-{n}.docx"));
            Wopi::from_json(http_client(), &token)
        };
        Self {
            files: (0..FILES).map(|n| (open(n), Arc::new(Mutex::new(Known::new())))).collect(),
            contended: (open(FILES), Arc::default()),
            acknowledged: Arc::default(),
            at_begin: AtomicU64::new(0),
            reads: Arc::default(),
            next: Arc::default(),
        }
    }

    /// Starts all clients.
    pub(crate) fn begin(&self, random: &mut Random) -> Running {
        self.at_begin.store(self.acknowledged.load(Ordering::SeqCst), Ordering::SeqCst);
        let round =
            Round { stopping: Arc::default(), acknowledged: self.acknowledged.clone(), next: self.next.clone() };
        let mut tasks = Vec::new();
        for (number, (file, known)) in self.files.iter().enumerate() {
            let (file, known) = (file.clone(), known.clone());
            let writer = Writer {
                number,
                file: file.reconnected(),
                known: known.clone(),
                random: Random::new(random.next()),
                round: round.clone(),
            };
            tasks.push(tokio::spawn(writer.run()));
            tasks.push(tokio::spawn(read(number, file.reconnected(), known, self.reads.clone(), round.clone())));
        }
        for _ in 0..CONTENDERS {
            let (file, known) = (self.contended.0.reconnected(), self.contended.1.clone());
            tasks.push(tokio::spawn(contend(file, known, round.clone())));
        }
        Running { tasks, stopping: round.stopping }
    }

    /// Waits until something has been acknowledged since the begin of the round.
    pub(crate) async fn first_progress(&self) {
        let begun = Instant::now();
        while self.acknowledged.load(Ordering::SeqCst) < self.at_begin.load(Ordering::SeqCst) + 3 {
            assert!(begun.elapsed() < Duration::from_secs(30), "nothing was acknowledged for 30 s");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Holds what is found after a restart against what was acknowledged before it.
    pub(crate) async fn verify(&self, when: &str) {
        for (number, (file, known)) in self.files.iter().enumerate() {
            let file = file.reconnected();
            let lock = file.held_by().await;
            let content = file.get().await.expect(200);
            let info = file.info().await.expect(200).json();
            let tag = tag_of(number, &content.body);
            assert_eq!(info["Version"], content.version(), "{when}");
            assert_eq!(info["SHA256"], crate::support::sha256(&content.body), "{when}");
            let mut known = known.lock().expect("what is known");
            known.settles(when, number, &lock, tag);
            known.learns_version(&content.version(), tag);
        }
        let file = self.contended.0.reconnected();
        let lock = file.held_by().await;
        self.contended.1.lock().expect("what is known").settles(when, &lock);
        if !lock.is_empty() {
            file.unlock(&lock).await.expect(200);
        }
    }

    pub(crate) fn report(&self) {
        let (acknowledged, reads) = (self.acknowledged.load(Ordering::SeqCst), self.reads.load(Ordering::SeqCst));
        eprintln!("{acknowledged} changes acknowledged, {reads} looks of readers");
        assert!(acknowledged > 0 && reads > 0, "the load was none");
    }
}

/// The clients of one round.
pub(crate) struct Running {
    tasks: Vec<tokio::task::JoinHandle<()>>,
    stopping: Arc<AtomicBool>,
}

impl Running {
    /// From now on the server may refuse with 503.
    pub(crate) fn expect_refusals(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Waits until every client has noticed that the server is gone; fails if one has seen what may not be.
    pub(crate) async fn end(self) {
        for task in self.tasks {
            let ended = tokio::time::timeout(Duration::from_secs(30), task).await;
            if let Err(panic) = ended.expect("a client hangs though the server is gone") {
                std::panic::resume_unwind(panic.into_panic());
            }
        }
    }
}

/// What became of a request.
enum Outcome {
    Reply(Reply),
    /// Refused without a look at it: overload, or the server is about to stop.
    NotNow,
    /// The connection broke; nobody knows whether the request took effect.
    Unknown,
}

impl Round {
    async fn outcome(&self, call: crate::support::Call<'_>) -> Outcome {
        match call.try_send().await {
            Err(_) => Outcome::Unknown,
            Ok(reply) if reply.status == 503 => {
                let wait = reply.header("Retry-After");
                assert!(wait.is_some(), "a 503 without Retry-After: {reply}");
                tokio::time::sleep(Duration::from_millis(5)).await;
                Outcome::NotNow
            }
            // A server that stops may find a save interrupted in the middle.
            Ok(reply) if reply.status == 500 && self.stopping.load(Ordering::SeqCst) => Outcome::Unknown,
            Ok(reply) => Outcome::Reply(reply),
        }
    }

    fn unique(&self) -> u64 {
        self.next.fetch_add(1, Ordering::SeqCst)
    }

    fn count(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

/// The only client that changes one file. It knows what each reply must be.
struct Writer {
    number: usize,
    file: Wopi,
    known: Arc<Mutex<Known>>,
    random: Random,
    round: Round,
}

impl Writer {
    async fn run(mut self) {
        while self.step().await {}
    }

    /// One request; `false` when the server is gone.
    async fn step(&mut self) -> bool {
        let held = self.known.lock().expect("what is known").lock.clone();
        let dice = self.random.below(100);
        if held.is_empty() {
            match dice {
                0..70 => {
                    let id = format!("writer-{}-{}", self.number, self.round.unique());
                    self.change(Pending::Lock(id.clone()), &[("X-WOPI-Override", "LOCK"), ("X-WOPI-Lock", &id)]).await
                }
                70..80 => self.refused("REFRESH_LOCK", "gone", "").await,
                80..90 => self.refused("PUT", "gone", "").await,
                _ => self.look().await,
            }
        } else {
            match dice {
                0..45 => self.save(&held).await,
                45..60 => {
                    let id = format!("writer-{}-{}", self.number, self.round.unique());
                    let headers = [("X-WOPI-Override", "LOCK"), ("X-WOPI-Lock", &*id), ("X-WOPI-OldLock", &held)];
                    self.change(Pending::Lock(id.clone()), &headers).await
                }
                60..70 => {
                    let headers = [("X-WOPI-Override", "REFRESH_LOCK"), ("X-WOPI-Lock", &*held)];
                    self.change(Pending::Lock(held.clone()), &headers).await
                }
                70..85 => {
                    let headers = [("X-WOPI-Override", "UNLOCK"), ("X-WOPI-Lock", &*held)];
                    self.change(Pending::Lock(String::new()), &headers).await
                }
                85..90 => self.refused("PUT", "another", &held).await,
                _ => self.look().await,
            }
        }
    }

    /// A lock operation that must succeed.
    async fn change(&mut self, pending: Pending, headers: &[(&str, &str)]) -> bool {
        let mut call = self.file.call(reqwest::Method::POST, "").named(headers[0].1);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        self.known.lock().expect("what is known").sends(pending);
        match self.round.outcome(call).await {
            Outcome::Reply(reply) => {
                reply.expect(200);
                self.known.lock().expect("what is known").done();
                self.round.count();
                true
            }
            Outcome::NotNow => self.not_now(),
            Outcome::Unknown => false,
        }
    }

    /// A save that must succeed.
    async fn save(&mut self, held: &str) -> bool {
        let tag = self.known.lock().expect("what is known").tag + 1;
        self.known.lock().expect("what is known").sends(Pending::Save(tag));
        let call = self.file.post("PUT").header("X-WOPI-Lock", held).body(body(self.number, tag));
        match self.round.outcome(call).await {
            Outcome::Reply(reply) => {
                let version = reply.expect(200).version();
                let mut known = self.known.lock().expect("what is known");
                known.done();
                known.learns_version(&version, tag);
                self.round.count();
                true
            }
            Outcome::NotNow => self.not_now(),
            Outcome::Unknown => false,
        }
    }

    /// A request that must be refused with the id that holds.
    async fn refused(&mut self, operation: &str, id: &str, held: &str) -> bool {
        self.known.lock().expect("what is known").sends(Pending::Nothing);
        let call = self.file.post(operation).header("X-WOPI-Lock", id);
        let call = if operation == "PUT" { call.body("never stored as this file") } else { call };
        match self.round.outcome(call).await {
            Outcome::Reply(reply) => {
                reply.expect_conflict(held);
                true
            }
            Outcome::NotNow => true,
            Outcome::Unknown => false,
        }
    }

    /// What the only writer reads is exactly what it wrote last.
    async fn look(&mut self) -> bool {
        let (lock, tag) = {
            let known = self.known.lock().expect("what is known");
            (known.lock.clone(), known.tag)
        };
        if let Outcome::Reply(reply) = self.round.outcome(self.file.post("GET_LOCK")).await {
            assert_eq!(reply.expect(200).lock(), Some(&*lock), "file {}: the writer's own lock", self.number);
        }
        match self.round.outcome(self.file.call(reqwest::Method::GET, "/contents")).await {
            Outcome::Reply(reply) => {
                let reply = reply.expect(200);
                assert_eq!(tag_of(self.number, &reply.body), tag, "file {}: the writer's own save", self.number);
                self.known.lock().expect("what is known").learns_version(&reply.version(), tag);
                true
            }
            Outcome::NotNow => true,
            Outcome::Unknown => false,
        }
    }

    fn not_now(&self) -> bool {
        self.known.lock().expect("what is known").refused();
        true
    }
}

/// Looks at one file as fast as it can until the server is gone.
async fn read(number: usize, file: Wopi, known: Arc<Mutex<Known>>, reads: Arc<AtomicU64>, round: Round) {
    loop {
        let (step, least) = {
            let known = known.lock().expect("what is known");
            (known.step, known.tag)
        };
        match round.outcome(file.call(reqwest::Method::GET, "/contents")).await {
            Outcome::Reply(reply) => {
                let reply = reply.expect(200);
                let tag = tag_of(number, &reply.body);
                let mut known = known.lock().expect("what is known");
                known.saw_save(step, least, tag);
                known.learns_version(&reply.version(), tag);
            }
            Outcome::NotNow => {}
            Outcome::Unknown => return,
        }
        let step = known.lock().expect("what is known").step;
        match round.outcome(file.post("GET_LOCK")).await {
            Outcome::Reply(reply) => {
                let reply = reply.expect(200);
                known.lock().expect("what is known").saw_lock(step, reply.lock().expect("a lock header"));
            }
            Outcome::NotNow => {}
            Outcome::Unknown => return,
        }
        reads.fetch_add(1, Ordering::SeqCst);
    }
}

/// Takes the lock when it can, and gives it up again, until the server is gone.
async fn contend(file: Wopi, known: Arc<Mutex<Contended>>, round: Round) {
    loop {
        let id = format!("contender-{}", round.unique());
        known.lock().expect("what is known").asks(&id);
        match round.outcome(file.post("LOCK").header("X-WOPI-Lock", &id)).await {
            Outcome::Reply(reply) if reply.status == 200 => known.lock().expect("what is known").holds(&id),
            Outcome::Reply(reply) => {
                let reply = reply.expect(409);
                let mut known = known.lock().expect("what is known");
                known.is_out(&id);
                known.holds(reply.lock().expect("the lock in the way"));
                continue;
            }
            Outcome::NotNow => {
                known.lock().expect("what is known").is_out(&id);
                continue;
            }
            Outcome::Unknown => return,
        }
        round.count();
        loop {
            known.lock().expect("what is known").leaves(&id);
            match round.outcome(file.post("UNLOCK").header("X-WOPI-Lock", &id)).await {
                Outcome::Reply(reply) => {
                    reply.expect(200);
                    known.lock().expect("what is known").is_out(&id);
                    break;
                }
                Outcome::NotNow => {}
                Outcome::Unknown => return,
            }
        }
    }
}
