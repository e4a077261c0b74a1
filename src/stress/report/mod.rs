//! What a run gave, told to people and to programs.

mod html;
mod plots;
mod text;

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

pub use self::html::page;
use super::{
    driver::Finished,
    faults::Done,
    measure::{Measured, Second, Times},
};
use crate::judge::{
    self, History, Verdict,
    history::{Call, Mark, Operation},
};

/// The generator counts as the limit when its thread was busy for so much of the time.
const BUSY: f64 = 0.9;

/// All of it.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The judgement in one word; absent when nothing was recorded.
    pub verdict: Option<Verdict>,
    /// What was run; absent for a history that was judged later.
    pub run: Option<RunSummary>,
    /// What the judge found; absent when nothing was recorded.
    pub judge: Option<judge::Report>,
    /// The ten promises by name, and how each fared.
    pub invariants: Vec<Promise>,
    /// Who held which lock when, of the files most fought for.
    pub holds: Vec<FileHolds>,
    /// What was done to the host.
    pub marks: Vec<Mark>,
}

/// What was run, and how it went.
#[derive(Debug, Serialize)]
pub struct RunSummary {
    /// The workload.
    pub workload: &'static str,
    /// The host.
    pub host: String,
    /// Whether it was made for the run.
    pub local: bool,
    /// Clients.
    pub clients: u32,
    /// Connections.
    pub connections: u32,
    /// Requests a second that were to be sent; absent when each client waited for its answers.
    pub rate: Option<f64>,
    /// Sizes of bodies.
    pub sizes: String,
    /// The seed.
    pub seed: u64,
    /// Seconds of warm-up, which are judged but not measured.
    pub warm_up_seconds: f64,
    /// Seconds measured.
    pub seconds: f64,
    /// Requests measured.
    pub requests: u64,
    /// Requests a second.
    pub per_second: f64,
    /// Microseconds, of all answers. At a set rate they count from when the request should have been sent.
    pub latency_us: Times,
    /// Operation by operation.
    pub operations: Vec<Measured>,
    /// (Quantile, microseconds).
    pub percentiles: Vec<(f64, u64)>,
    /// Second by second.
    pub timeline: Vec<Second>,
    /// What the generator itself cost.
    pub generator: Generator,
    /// How often what was done to the host.
    pub faults: Option<Done>,
    /// Why it ended before its time.
    pub cut_short: Option<String>,
}

/// What the generator itself cost.
#[derive(Debug, Serialize)]
pub struct Generator {
    /// How busy its thread was, from 0 to 1.
    pub busy: f64,
    /// Microseconds of processor time for a request.
    pub us_per_request: f64,
    /// Requests that were sent more than a millisecond after they should have been.
    pub late: u64,
    /// Whether it, and not the host, was the limit.
    pub was_the_limit: bool,
}

/// One of the ten.
#[derive(Debug, Serialize)]
pub struct Promise {
    /// Its name.
    pub name: &'static str,
    /// What it promises.
    pub promise: &'static str,
    /// How it fared: `held`, `violated` or `not exercised`.
    pub state: &'static str,
    /// How many situations put it to the test.
    pub checked: u64,
    /// In how many it was broken.
    pub violated: u64,
}

/// Who held a file.
#[derive(Debug, Serialize)]
pub struct FileHolds {
    /// The file.
    pub file: String,
    /// In order.
    pub holds: Vec<Hold>,
    /// How many there were; only the first are kept.
    pub count: u64,
}

/// One stretch for which a lock was held, as far as replies show it.
#[derive(Debug, Serialize)]
pub struct Hold {
    /// By whom.
    pub client: u32,
    /// Under which id.
    pub id: String,
    /// Nanoseconds from the start.
    pub from: u64,
    /// Nanoseconds from the start.
    pub to: u64,
}

/// Of so many files it is shown who held them.
const FILES: usize = 6;
/// Of each, so many holds.
const HOLDS: usize = 300;

impl Summary {
    /// Of a run that was judged, or only measured.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn of_run(finished: &Finished, judged: Option<judge::Report>) -> Self {
        let Finished { plan, measures, measured_for, busy, .. } = finished;
        let seconds = measured_for.as_secs_f64();
        let whole = (*measured_for + plan.warm_up).as_secs_f64();
        let run = RunSummary {
            workload: plan.workload.name(),
            host: finished.host.clone(),
            local: finished.local,
            clients: plan.clients,
            connections: plan.connections,
            rate: plan.rate,
            sizes: plan.sizes.to_string(),
            seed: plan.seed,
            warm_up_seconds: plan.warm_up.as_secs_f64(),
            seconds,
            requests: measures.measured,
            per_second: measures.measured as f64 / seconds.max(1e-9),
            latency_us: measures.all(),
            operations: measures.kinds(),
            percentiles: measures.percentiles(),
            timeline: measures.seconds.clone(),
            generator: Generator {
                busy: *busy,
                us_per_request: busy * whole * 1e6 / measures.answers.max(1) as f64,
                late: measures.late,
                was_the_limit: *busy > BUSY,
            },
            faults: finished.done,
            cut_short: finished.cut_short.clone(),
        };
        Self { run: Some(run), ..Self::of_history(&finished.history, judged) }
    }

    /// Of a history that was judged.
    pub fn of_history(history: &History, judged: Option<judge::Report>) -> Self {
        let invariants = judged.iter().flat_map(|report| &report.invariants).map(promise).collect();
        Self {
            verdict: judged.as_ref().map(judge::Report::verdict),
            run: None,
            judge: judged,
            invariants,
            holds: holds(history),
            marks: history.marks.clone(),
        }
    }
}

fn promise(tally: &judge::invariants::Tally) -> Promise {
    let state = match (tally.violated, tally.checked) {
        (0, 0) => "not exercised",
        (0, _) => "held",
        _ => "violated",
    };
    Promise {
        name: tally.invariant.name(),
        promise: tally.invariant.promise(),
        state,
        checked: tally.checked,
        violated: tally.violated,
    }
}

/// Who held what, by the replies alone.
fn holds(history: &History) -> Vec<FileHolds> {
    let changes = |operation: &Operation| {
        operation.succeeded() && matches!(operation.call, Call::Lock { .. } | Call::Relock { .. } | Call::Unlock { .. })
    };
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for operation in history.operations.iter().filter(|operation| changes(operation)) {
        *counts.entry(operation.file).or_default() += 1;
    }
    let mut busiest: Vec<(u32, u64)> = counts.into_iter().collect();
    busiest.sort_by_key(|(file, count)| (std::cmp::Reverse(*count), *file));
    busiest.truncate(FILES);
    busiest
        .into_iter()
        .map(|(number, _)| {
            let mut operations: Vec<&Operation> =
                history.operations.iter().filter(|operation| operation.file == number && changes(operation)).collect();
            operations.sort_by_key(|operation| operation.ended());
            let label = history.files.iter().find(|file| file.number == number).map(|file| file.label.to_string());
            let (holds, count) = stretches(&operations);
            FileHolds { file: label.unwrap_or_else(|| format!("file {number}")), holds, count }
        })
        .collect()
}

fn stretches(operations: &[&Operation]) -> (Vec<Hold>, u64) {
    let (mut all, mut count) = (Vec::new(), 0);
    let mut open: Option<Hold> = None;
    let mut last = 0;
    for operation in operations {
        last = operation.ended();
        let taken = match &operation.call {
            Call::Lock { id } => id.as_deref(),
            Call::Relock { new, .. } => new.as_deref(),
            _ => None,
        };
        if open.as_ref().is_some_and(|hold| Some(hold.id.as_str()) == taken) {
            continue;
        }
        if let Some(mut hold) = open.take() {
            hold.to = if matches!(operation.call, Call::Lock { .. }) { last } else { operation.invoked.max(hold.from) };
            count += 1;
            if all.len() < HOLDS {
                all.push(hold);
            }
        }
        open = taken.map(|id| Hold { client: operation.client, id: id.to_owned(), from: last, to: last });
    }
    if let Some(mut hold) = open {
        hold.to = last.max(hold.from);
        count += 1;
        if all.len() < HOLDS {
            all.push(hold);
        }
    }
    (all, count)
}

/// A time in microseconds, with the unit that suits it.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn time(micros: u64) -> String {
    match micros {
        0..1000 => format!("{micros} µs"),
        1000..1_000_000 => format!("{:.2} ms", micros as f64 / 1e3),
        _ => format!("{:.2} s", micros as f64 / 1e6),
    }
}

/// Whole seconds, or tenths.
fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
