//! Made-up histories: what the clients of a correct host would have recorded, or of one with a planted fault.
//!
//! The judge is tried on these, and its speed is measured on them; `Fault` shows what a conviction looks like without a
//! guilty host at hand. The host here is a model of its own: it applies each request at a moment drawn at random between
//! invocation and reply, loses replies, dies and comes back, and lets locks run out.

mod clients;
mod host;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

use super::history::{Authority, Call, FileStart, History, LockBefore, Loss, Mark, Nanos, Operation, Outcome};
use clients::Client;
use host::Host;

/// What a host does wrong, now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Unlock answers 200 and releases nothing.
    LostUnlock,
    /// Lock is granted although another holds the file.
    TwoHolders,
    /// GetLock answers what was so a while ago.
    StaleGetLock,
    /// A restart takes back an acknowledged PutFile.
    LostWrite,
    /// A restart takes back a lock.
    LostLock,
    /// GetFile answers a mixture.
    TornRead,
    /// Locks run out at four fifths of their time.
    EarlyExpiry,
    /// A PutFile gives the version of the one before it.
    ReusedVersion,
    /// Unlock with an id that is not current releases the lock.
    StaleUnlock,
    /// A PutFile that is refused is stored all the same.
    RefusedPutStored,
    /// A PutFile with a view-only token is refused and stored all the same.
    ViewTokenWrites,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::LostUnlock,
        Self::TwoHolders,
        Self::StaleGetLock,
        Self::LostWrite,
        Self::LostLock,
        Self::TornRead,
        Self::EarlyExpiry,
        Self::ReusedVersion,
        Self::StaleUnlock,
        Self::RefusedPutStored,
        Self::ViewTokenWrites,
    ];
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Shape {
    /// How many files.
    pub files: u32,
    /// How many operations on each.
    pub operations: u32,
    /// How many clients work on each at once.
    pub clients: u32,
    /// How many lock ids the clients share; with 0 every Lock brings an id of its own.
    pub ids: u32,
    /// Of a thousand operations, how many get no reply.
    pub lost: u32,
    /// Of a thousand operations, how many are sent with a token that does not allow them.
    pub unentitled: u32,
    /// Of a thousand operations, before how many the client waits about as long as a lock lives.
    pub pauses: u32,
    /// Of a thousand contents, how many are empty.
    pub empty: u32,
    /// How often the host is killed.
    pub crashes: u32,
    /// How long a lock lives.
    pub lock_timeout: Duration,
    /// How much longer after a restart.
    pub restart_slack: Duration,
    /// What is wrong with the host.
    pub fault: Option<Fault>,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            files: 1,
            operations: 200,
            clients: 4,
            ids: 0,
            lost: 10,
            unentitled: 10,
            pauses: 10,
            empty: 20,
            crashes: 2,
            lock_timeout: Duration::from_secs(1800),
            restart_slack: Duration::from_secs(60),
            fault: None,
            seed: 1,
        }
    }
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The history.
    pub history: History,
    /// How often the planted fault made a difference at the host.
    pub faults: u64,
}

/// Chance: `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, *Fast splittable pseudorandom number generators*, 2014).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// In so many of a thousand cases.
    pub(super) fn of_thousand(&mut self, cases: u32) -> bool {
        self.below(1000) < u64::from(cases)
    }
}

const MILLISECOND: Nanos = 1_000_000;
/// The longest time between invocation and effect, and between effect and reply.
const LATENCY: Nanos = 5 * MILLISECOND;

/// Makes a history.
pub fn make(shape: &Shape) -> Made {
    let mut chance = Chance(shape.seed);
    let mut history = History::default();
    let mut faults = 0;
    // About how long the clients of a file take.
    let pause = u64::from(shape.pauses) * nanos(shape.lock_timeout) / 1000;
    let horizon = u64::from(shape.operations) / u64::from(shape.clients.max(1)) * (2 * LATENCY + pause);
    let crashes = crashes(shape, horizon, &mut chance);
    for (down, dead, up) in &crashes {
        history.marks.push(Mark::Restart { down: *down, dead: Some(*dead), up: Some(*up) });
    }
    for number in 0..shape.files {
        let mut file = File::new(shape, &crashes, number, Chance(chance.next()));
        file.run();
        faults += file.host.faults;
        history.files.push(file.start);
        history.operations.append(&mut file.recorded);
    }
    Made { history, faults }
}

fn nanos(duration: Duration) -> Nanos {
    Nanos::try_from(duration.as_nanos()).unwrap_or(Nanos::MAX)
}

/// (down, dead, up), in order.
fn crashes(shape: &Shape, horizon: Nanos, chance: &mut Chance) -> Vec<(Nanos, Nanos, Nanos)> {
    let mut crashes = Vec::new();
    let mut free = 0;
    for nth in 0..u64::from(shape.crashes) {
        let part = horizon / (u64::from(shape.crashes) + 1);
        let down = (part * (nth + 1) + chance.below(part.max(1)) / 2).max(free);
        let dead = down + 1 + chance.below(MILLISECOND);
        let up = dead + 1 + chance.below(200 * MILLISECOND);
        free = up + MILLISECOND;
        crashes.push((down, dead, up));
    }
    crashes
}

/// A request on its way: when it takes effect, if it does.
struct Flight {
    client: u32,
    operation: usize,
    effect: Nanos,
    /// When the reply comes; `None` if none does.
    reply: Option<Nanos>,
    /// Whether its sender waits for it.
    awaited: bool,
}

/// One file, its clients and its host.
struct File<'a> {
    shape: &'a Shape,
    crashes: &'a [(Nanos, Nanos, Nanos)],
    number: u32,
    start: FileStart,
    host: Host,
    clients: Vec<Client>,
    chance: Chance,
    recorded: Vec<Operation>,
    flights: HashMap<u64, Flight>,
    queue: BinaryHeap<Reverse<(Nanos, u64)>>,
    sent: u64,
}

impl<'a> File<'a> {
    fn new(shape: &'a Shape, crashes: &'a [(Nanos, Nanos, Nanos)], number: u32, mut chance: Chance) -> Self {
        let host = Host::new(shape, &mut chance);
        let start = FileStart {
            number,
            label: format!("/file-{number}.docx").into(),
            at: 0,
            lock: LockBefore::Unlocked,
            content: Some(host.content),
            version: Some(host.version()),
            name: None,
        };
        let clients = (0..shape.clients).map(|number| Client::new(number, shape)).collect();
        Self {
            shape,
            crashes,
            number,
            start,
            host,
            clients,
            chance,
            recorded: Vec::new(),
            flights: HashMap::new(),
            queue: BinaryHeap::new(),
            sent: 0,
        }
    }

    fn run(&mut self) {
        for client in 0..self.shape.clients {
            self.send(client, 0);
        }
        while let Some(Reverse((now, number))) = self.queue.pop() {
            let Some(flight) = self.flights.remove(&number) else { continue };
            let operation = &mut self.recorded[flight.operation];
            let reply = self.host.serve(operation, now, self.crashes, &mut self.chance);
            let Some(at) = flight.reply else {
                if flight.awaited {
                    let free = operation.ended();
                    self.send(flight.client, free);
                }
                continue;
            };
            self.clients[usize::try_from(flight.client).unwrap_or(0)].hears(&operation.call, &reply);
            operation.outcome = Outcome::Answered { at, reply };
            self.send(flight.client, at);
        }
    }

    /// Lets a client send its next request after `now`, until all are sent.
    fn send(&mut self, client: u32, now: Nanos) {
        let mut now = now;
        loop {
            if self.recorded.len() >= usize::try_from(self.shape.operations).unwrap_or(usize::MAX) {
                return;
            }
            let flight = self.launch(client, now);
            let (effect, awaited, place) = (flight.effect, flight.awaited, flight.operation);
            if effect < Nanos::MAX {
                self.queue.push(Reverse((effect, self.sent)));
                self.flights.insert(self.sent, flight);
                self.sent += 1;
                if awaited {
                    return;
                }
            }
            now = self.recorded[place].ended();
        }
    }

    fn launch(&mut self, client: u32, now: Nanos) -> Flight {
        let chance = &mut self.chance;
        let timeout = nanos(self.shape.lock_timeout);
        let mut invoked = now + 1 + chance.below(LATENCY);
        if chance.of_thousand(self.shape.pauses) {
            invoked += timeout / 2 + chance.below(timeout);
        }
        while let Some((.., up)) = self.crashes.iter().find(|(down, _, up)| (*down..=*up).contains(&invoked)) {
            invoked = up + 1 + chance.below(LATENCY);
        }
        let actor = &mut self.clients[usize::try_from(client).unwrap_or(0)];
        let call = actor.wants(self.shape, chance);
        let authority = match chance.below(2) {
            _ if !chance.of_thousand(self.shape.unentitled) => Authority::Full,
            0 => Authority::ViewOnly,
            _ => Authority::OtherFile,
        };
        let mut effect = invoked + 1 + chance.below(LATENCY);
        let answered = effect + 1 + chance.below(LATENCY);
        let cut = matches!(call, Call::Put { cut: true, .. });
        let lost = cut || chance.of_thousand(self.shape.lost);
        let mut gave_up = answered;
        let mut awaited = true;
        if lost {
            match chance.below(3) {
                _ if cut => (effect, awaited) = (Nanos::MAX, false),
                0 => (effect, awaited) = (Nanos::MAX, false),
                1 => (effect, awaited) = (gave_up + chance.below(20 * LATENCY), false),
                _ => {}
            }
        }
        let mut reply = (!lost).then_some(answered);
        if let Some((down, dead, up)) = self.crashes.iter().find(|(down, ..)| *down > invoked) {
            if effect >= *down {
                (effect, awaited) = (Nanos::MAX, false);
            }
            if gave_up >= *down {
                (reply, gave_up) = (None, (*dead).max(gave_up.min(*up)));
            }
        }
        let why = if cut { Loss::Cut } else { Loss::Reset };
        let outcome = Outcome::Unknown { why, gave_up, by: None };
        self.recorded.push(Operation { file: self.number, client, authority, invoked, call, outcome });
        if reply.is_none() {
            self.clients[usize::try_from(client).unwrap_or(0)].hears_nothing();
        }
        Flight { client, operation: self.recorded.len() - 1, effect, reply, awaited }
    }
}
