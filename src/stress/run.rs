//! What all clients of a run share: the clock, the files, the book of what happened.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use super::{
    body::Bodies,
    measure::{Fate, Measures, kind},
    plan::Plan,
    target::{Pools, Target},
};
use crate::judge::history::{Authority, Call, History, Loss, Mark, Nanos, Operation, Outcome};

/// A run under way.
#[derive(Debug)]
pub struct Run {
    /// What is to be done.
    pub plan: Plan,
    /// The files.
    pub targets: Vec<Target>,
    /// The connections.
    pub pools: Pools,
    /// When it began.
    pub epoch: Instant,
    /// Makes bodies.
    pub bodies: RefCell<Bodies>,
    /// What was measured.
    pub measures: RefCell<Measures>,
    history: RefCell<History>,
    /// Whether clients are to begin something new.
    going: Cell<bool>,
    /// Why it ended before its time.
    pub cut_short: RefCell<Option<String>>,
    /// The lock ids that takeovers hand on, file by file.
    pub current: RefCell<Vec<Option<Rc<str>>>>,
    serial: Cell<u64>,
    /// How many of the files the workload uses, from the first on.
    pub worked: usize,
}

impl Run {
    /// Begins now.
    pub fn new(plan: Plan, targets: Vec<Target>, pools: Pools) -> Rc<Self> {
        let files = targets.iter().map(|target| target.start.clone()).collect();
        let bodies = Bodies::new(plan.seed, plan.sizes);
        let worked = targets.len() - usize::from(plan.spare && targets.len() > 1);
        // Bodies made beforehand have small numbers.
        Rc::new(Self {
            bodies: RefCell::new(bodies.skip(targets.len() as u64)),
            measures: RefCell::new(Measures::new(plan.warm_up)),
            history: RefCell::new(History { files, ..History::default() }),
            going: Cell::new(true),
            cut_short: RefCell::default(),
            current: RefCell::new(vec![None; targets.len()]),
            serial: Cell::new(0),
            worked,
            epoch: Instant::now(),
            plan,
            targets,
            pools,
        })
    }

    /// Nanoseconds since the start.
    pub fn now(&self) -> Nanos {
        u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(Nanos::MAX)
    }

    /// Whether clients are to begin something new.
    pub fn going(&self) -> bool {
        self.going.get()
    }

    /// Clients finish what they have begun.
    pub fn end(&self) {
        self.going.set(false);
    }

    /// The same, before its time.
    pub fn cut_short(&self, why: &str) {
        if self.going() {
            *self.cut_short.borrow_mut() = Some(why.to_owned());
            self.end();
        }
    }

    /// A number that no other caller gets.
    pub fn serial(&self) -> u64 {
        self.serial.replace(self.serial.get() + 1)
    }

    /// Something was done to the host.
    pub fn mark(&self, mark: Mark) {
        self.history.borrow_mut().marks.push(mark);
    }

    /// The same, in words.
    pub fn note(&self, text: impl Into<Box<str>>) {
        self.mark(Mark::Note { at: self.now(), text: text.into() });
    }

    /// How many requests were recorded.
    pub fn recorded(&self) -> usize {
        self.history.borrow().operations.len()
    }

    /// The history, taken out at the end.
    pub fn take_history(&self) -> History {
        self.history.take()
    }

    /// Looks at the operations so far.
    pub fn with_operations<T>(&self, look: impl FnOnce(&[Operation]) -> T) -> T {
        look(&self.history.borrow().operations)
    }

    /// Notes a request and what became of it. `intended` is when it should have been sent.
    pub fn record(&self, sent: Sent, outcome: Outcome, intended: Instant) {
        let now = Instant::now();
        let fate = match &outcome {
            Outcome::Answered { reply, .. } => Fate::Status(reply.status),
            Outcome::Unknown { why: Loss::TimedOut, .. } => Fate::TimedOut,
            Outcome::Unknown { why: Loss::Reset, .. } => Fate::Reset,
            Outcome::Unknown { why: Loss::Cut, .. } => Fate::Cut,
        };
        let took = now.saturating_duration_since(intended);
        self.measures.borrow_mut().note(kind(&sent.call), fate, now - self.epoch, took);
        if !self.plan.record {
            return;
        }
        let Sent { file, client, authority, invoked, call } = sent;
        let mut history = self.history.borrow_mut();
        history.operations.push(Operation { file, client, authority, invoked, call, outcome });
        if history.operations.len() >= self.plan.most {
            drop(history);
            self.cut_short("the history is full (--history-limit)");
        }
    }

    /// No connection was made.
    pub fn unreachable(&self, call: &Call) {
        self.measures.borrow_mut().note(kind(call), Fate::Unreachable, self.epoch.elapsed(), Duration::ZERO);
    }
}

/// A request that was sent.
#[derive(Debug)]
pub struct Sent {
    /// The file that the URL named.
    pub file: u32,
    /// Who sent it.
    pub client: u32,
    /// What its token was worth.
    pub authority: Authority,
    /// When.
    pub invoked: Nanos,
    /// What was asked.
    pub call: Call,
}
