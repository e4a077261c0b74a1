//! A run from beginning to end.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use rustix::time::{ClockId, clock_gettime};
use tokio::{
    signal::unix::{SignalKind, signal},
    task::{JoinHandle, LocalSet, spawn_local},
    time::{sleep, timeout},
};

use super::{
    StressError,
    client::{Client, Seen},
    faults::{Done, Executioner, clock::MovedClock, disk::Disk},
    local::{LocalHost, Start},
    measure::Measures,
    plan::{Faults, Plan},
    run::Run,
    target::{self, Named, Pools, Target},
    wire::{Keep, Lost, Pool, Request},
    workloads::{race_for_expired, work},
};
use crate::judge::{
    History,
    history::{Call, Framing, LockBefore},
};

/// Which host.
#[derive(Debug)]
pub enum Subject {
    /// One that exists: files and tokens.
    Foreign(Vec<Named>),
    /// One that is made for the run.
    Local {
        /// How many files.
        files: u32,
        /// Where its data is; `None` for a place that is removed afterwards.
        data: Option<PathBuf>,
        /// The settings' file.
        config: Option<PathBuf>,
    },
}

/// What a run gave.
#[derive(Debug)]
pub struct Finished {
    /// What was asked for.
    pub plan: Plan,
    /// Whether the host was one of our own.
    pub local: bool,
    /// Where it was.
    pub host: String,
    /// What was recorded.
    pub history: History,
    /// What was measured.
    pub measures: Measures,
    /// How long was measured.
    pub measured_for: Duration,
    /// How busy the generator's thread was, from 0 to 1.
    pub busy: f64,
    /// What was done to the host.
    pub done: Option<Done>,
    /// Why it ended before its time.
    pub cut_short: Option<String>,
    /// What went wrong with the host of the run: one that did not start again, for example. What was recorded until then
    /// stands in the history.
    pub failure: Option<StressError>,
}

/// How long clients may take to finish what they have begun.
const FINISHING: Duration = Duration::from_secs(30);
/// How many files are looked at before the run.
const INSPECTED: usize = 64;
/// How many files are read back at once.
const READERS: usize = 16;

/// Runs a plan.
///
/// # Errors
/// When there is nothing to judge in the end.
pub fn run(plan: Plan, subject: Subject) -> Result<Finished, StressError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let set = LocalSet::new();
    runtime.block_on(set.run_until(async move {
        match subject {
            Subject::Foreign(named) => foreign(plan, &named).await,
            Subject::Local { files, data, config } => local(plan, files, data, config).await,
        }
    }))
}

async fn foreign(plan: Plan, named: &[Named]) -> Result<Finished, StressError> {
    if plan.faults != (Faults { cut: plan.faults.cut, ..Faults::default() }) {
        return Err(StressError::Usage("only a host of our own (--local) can be killed, stopped or moved".to_owned()));
    }
    let mut pools = Pools::new(plan.connections);
    let mut targets = Vec::with_capacity(named.len());
    for (named, number) in named.iter().zip(1..) {
        targets.push(Target::new(number, named, &mut pools)?);
    }
    if targets.is_empty() {
        return Err(StressError::Usage(
            "name a file with --wopisrc and --token, or some with --targets, or make a host with --local".to_owned(),
        ));
    }
    target::mix(&mut targets);
    for target in targets.iter_mut().take(INSPECTED) {
        inspect(target, plan.patience).await?;
    }
    let run = Run::new(plan, targets, pools);
    conduct(run, None, false).await
}

/// Makes sure that a file is what it should be, and learns its name.
async fn inspect(target: &mut Target, patience: Duration) -> Result<(), StressError> {
    let failed = |why: &str| StressError::Failed(format!("CheckFileInfo of {}: {why}", target.start.label));
    let token = target.full.first().map_or("", |token| token);
    let path = format!("{}{token}", target.info);
    let request = Request {
        post: false,
        path: &path,
        headers: &[],
        body: &[],
        framing: Framing::Length,
        cut: None,
        keep: Keep::Bytes,
    };
    let pool: &Pool = &target.pool;
    let answer = timeout(patience, async { pool.place().await?.send(&request).await }).await;
    let answer = match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(Lost::Unreachable(error) | Lost::Broken(error))) => return Err(failed(&error.to_string())),
        Ok(Err(Lost::Cut)) | Err(_) => return Err(failed("no answer came")),
    };
    if answer.status != 200 {
        let hint = if matches!(answer.status, 401 | 404) { ": is the token good, and for this file?" } else { "" };
        return Err(failed(&format!("the host answered {}{hint}", answer.status)));
    }
    let info: serde_json::Value = serde_json::from_slice(&answer.bytes)
        .map_err(|error| failed(&format!("the answer is no JSON ({error}): is this a WOPI host?")))?;
    for needed in ["SupportsLocks", "SupportsUpdate", "UserCanWrite"] {
        if info.get(needed).and_then(serde_json::Value::as_bool) != Some(true) {
            return Err(failed(&format!("`{needed}` is not true: locks and saves cannot be tried with this token")));
        }
    }
    target.start.name = info.get("BaseFileName").and_then(serde_json::Value::as_str).map(Into::into);
    Ok(())
}

/// A folder for what a run needs, removed at its end.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, StressError> {
        let base = std::env::temp_dir();
        for number in 0..1000 {
            let path = base.join(format!("lockhouse-stress-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StressError::Failed(format!("no folder can be made in {}", base.display())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It lies where the system removes what is left lying.
        _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn local(
    plan: Plan,
    files: u32,
    data: Option<PathBuf>,
    config: Option<PathBuf>,
) -> Result<Finished, StressError> {
    let scratch = Scratch::new()?;
    let folder: &Path = &scratch.0;
    let faults = plan.faults;
    let mut start = Start { config, ..Start::default() };
    let clock = faults.move_clock.then(|| MovedClock::new(folder)).transpose()?;
    start.variables.extend(clock.iter().flat_map(MovedClock::variables));
    let mounted = folder.join("mounted");
    let disk = match (faults.full_disk, faults.power_cut) {
        (true, true) => return Err(StressError::Usage("--full-disk and --power-cut need a disk each".to_owned())),
        (true, false) => Some(Disk::in_memory(&mounted)?),
        (false, true) => Some(Disk::on_loop_device(&mounted, folder)?),
        (false, false) => None,
    };
    if disk.is_some() {
        if data.is_some() {
            return Err(StressError::Usage(
                "the disk for the data is made for the run: leave --data-dir out".to_owned(),
            ));
        }
        let settings = [("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B"), ("LOCKHOUSE_HISTORY__KEEP_VERSIONS", "2")];
        start.variables.extend(settings.map(|(name, value)| (name.to_owned(), value.into())));
    }
    let data = match (&disk, data) {
        (Some(_), _) => mounted.join("store"),
        (None, Some(data)) => std::path::absolute(data)?,
        (None, None) => folder.join("store"),
    };
    let mut host = LocalHost::new(data, folder.join("host.log"), start)?;
    host.launch().await?;
    let made = host.furnish(&plan, files + u32::from(plan.spare), folder).await?;
    let mut pools = Pools::new(plan.connections);
    let mut targets = Vec::with_capacity(made.len());
    for (made, number) in made.iter().zip(1..) {
        let mut target = Target::new(number, &made.named, &mut pools)?;
        target.start.lock = LockBefore::Unlocked;
        target.start.content = Some(made.content);
        target.start.name = Some(made.name.as_str().into());
        targets.push(target);
    }
    target::mix(&mut targets);
    let run = Run::new(plan, targets, pools);
    let executioner = Executioner::new(host, disk, clock, &run);
    conduct(run, Some(executioner), true).await
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Lets clients work for the time of the plan, reads back what is stored then, and gathers what was learnt.
async fn conduct(run: Rc<Run>, mut executioner: Option<Executioner>, local: bool) -> Result<Finished, StressError> {
    let begun = (Instant::now(), thread_time());
    let clients = set_to_work(&run);
    let helpers = [spawn_local(show(Rc::clone(&run))), spawn_local(listen(Rc::clone(&run)))];
    let torment = executioner.take().map(|mut executioner| {
        let run = Rc::clone(&run);
        spawn_local(async move {
            let outcome = executioner.work().await;
            if let Err(error) = &outcome {
                run.cut_short(&error.to_string());
            }
            (executioner, outcome)
        })
    });
    let until = run.epoch + run.plan.warm_up + run.plan.duration;
    while run.going() && Instant::now() < until {
        sleep(Duration::from_millis(5).min(until.saturating_duration_since(Instant::now()))).await;
    }
    let measured_for = run.epoch.elapsed().saturating_sub(run.plan.warm_up);
    let busy = (thread_time() - begun.1).as_secs_f64() / begun.0.elapsed().as_secs_f64().max(1e-9);
    run.measures.borrow_mut().turn(run.epoch.elapsed());
    run.end();
    let mut failure = None;
    if let Some(torment) = torment {
        let (survivor, outcome) = torment.await.map_err(|error| StressError::Failed(error.to_string()))?;
        failure = outcome.err();
        executioner = Some(survivor);
    }
    finish(clients).await;
    for helper in helpers {
        helper.abort();
    }
    if let Some(executioner) = executioner.as_mut().filter(|_| failure.is_none()) {
        let faults = run.plan.faults;
        if faults.crash || faults.power_cut || faults.full_disk {
            failure = executioner.crash().await.err();
        }
    }
    if failure.is_none() {
        read_back(&run).await;
    }
    let mut done = None;
    if let Some(mut executioner) = executioner {
        executioner.host.stop().await;
        done = Some(executioner.done);
    }
    let host = run.pools.all().first().map_or_else(String::new, |pool| pool.address().authority().to_owned());
    let measures = run.measures.replace(Measures::new(Duration::ZERO));
    if measures.answers == 0 && failure.is_none() {
        return Err(StressError::Failed(format!("{host} gave no answer at all")));
    }
    let cut_short = run.cut_short.take();
    let (plan, history) = (run.plan.clone(), run.take_history());
    Ok(Finished { plan, local, host, history, measures, measured_for, busy, done, cut_short, failure })
}

fn set_to_work(run: &Rc<Run>) -> Vec<JoinHandle<()>> {
    let mut clients: Vec<_> =
        (1..=run.plan.clients).map(|number| spawn_local(work(Client::new(number, run)))).collect();
    let slack = Duration::from_secs(1);
    if run.plan.sees_expiry() && run.worked < run.targets.len() {
        clients.push(spawn_local(race_for_expired(Rc::clone(run), run.worked, slack)));
    }
    clients
}

/// Waits for the clients; those that hang are left.
async fn finish(clients: Vec<JoinHandle<()>>) {
    let until = Instant::now() + FINISHING;
    for client in clients {
        let left = until.saturating_duration_since(Instant::now());
        let mut client = client;
        if timeout(left, &mut client).await.is_err() {
            client.abort();
        }
    }
}

/// A signal ends the run early; it is judged all the same.
async fn listen(run: Rc<Run>) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    run.cut_short("interrupted");
}

/// Shows how it goes, where somebody sees it.
async fn show(run: Rc<Run>) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let whole = (run.plan.warm_up + run.plan.duration).as_secs();
    let bar = ProgressBar::new(whole.max(1));
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:30} {msg}") {
        bar.set_style(style);
    }
    while run.going() {
        sleep(Duration::from_millis(200)).await;
        let mut measures = run.measures.borrow_mut();
        measures.turn(run.epoch.elapsed());
        let last = measures.seconds.last().copied().unwrap_or_default();
        let warm = if last.warm_up { ", warming up" } else { "" };
        let (p50, p99) = (crate::stress::report::time(last.p50), crate::stress::report::time(last.p99));
        let text = format!("{}/s, half within {p50}, 99 % within {p99}, {} errors{warm}", last.answers, last.errors);
        drop(measures);
        bar.set_position(run.epoch.elapsed().as_secs());
        bar.set_message(text);
    }
    bar.finish_and_clear();
}

/// Reads back every file that was used: what was acknowledged last must be what is stored.
async fn read_back(run: &Rc<Run>) {
    if !run.plan.record {
        return;
    }
    let mut used = vec![false; run.targets.len()];
    run.with_operations(|operations| {
        for operation in operations {
            let place = usize::try_from(operation.file).unwrap_or(0).wrapping_sub(1);
            if let Some(used) = used.get_mut(place) {
                *used = true;
            }
        }
    });
    let queue: Rc<std::cell::RefCell<Vec<usize>>> =
        Rc::new(std::cell::RefCell::new((0..used.len()).filter(|place| used[*place]).collect()));
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let (run, queue) = (Rc::clone(run), Rc::clone(&queue));
            spawn_local(async move {
                let mut client = Client::aside(0, &run);
                loop {
                    let Some(place) = queue.borrow_mut().pop() else { return };
                    let Some(target) = run.targets.get(place) else { return };
                    for call in [Call::Get, Call::Info, Call::GetLock] {
                        read_patiently(&mut client, target, &call).await;
                    }
                }
            })
        })
        .collect();
    for reader in readers {
        // A reader that failed has shown in the history what it saw.
        _ = reader.await;
    }
}

async fn read_patiently(client: &mut Client, target: &Target, call: &Call) {
    const TRIES: u32 = 50;
    for _ in 0..TRIES {
        match client.send(target, call.clone()).await {
            Seen::Reply(reply) if !reply.leaves_open() && reply.status != 503 => return,
            _ => sleep(Duration::from_millis(20)).await,
        }
    }
}
