//! `check`.

use std::ops::ControlFlow;

use indicatif::ProgressBar;
use serde_json::json;

use super::{
    Outcome,
    args::CheckArgs,
    failure::{Code, Failure},
    hosting::host_options,
    print,
    session::Session,
    transfer,
};
use crate::{
    api::maintenance::{CHECK, CheckLine},
    clock::SystemClock,
    settings::Loaded,
    store::{
        Store,
        check::{self, CheckOptions, CheckProgress, Finding, Listeners, RepairError, Report},
    },
};

/// A line of a check is not longer than this.
const LONGEST_LINE: usize = 1 << 20;

pub(super) fn run(loaded: &Loaded, arguments: &CheckArgs) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut told = Told::begin(arguments.json)?;
    if arguments.repair {
        return runtime.block_on(repair(loaded, told));
    }
    let report = match runtime.block_on(Session::open(&loaded.settings, false)) {
        Ok(mut session) => {
            let report = runtime.block_on(ask(&mut session, &mut told));
            session.close();
            report?
        }
        // What keeps a host from opening is what a check is for.
        Err(failure) if failure.code == Code::Store && loaded.settings.data_dir.join("format").exists() => {
            match runtime.block_on(look(loaded, &mut told)) {
                Some(report) => report?,
                None => return Err(failure),
            }
        }
        Err(failure) => return Err(failure),
    };
    told.end(&report, None)?;
    verdict(&report)
}

fn verdict(report: &Report) -> Outcome {
    if report.is_sound() {
        return Ok(());
    }
    let message = format!(
        "{}. Stop the server and run `lockhouse check --repair`, or go back to a backup with `lockhouse restore-backup`",
        print::count(report.damages, "damage")
    );
    Err(Failure::failed(message))
}

/// Asks the host to check itself.
async fn ask(session: &mut Session, told: &mut Told) -> Result<Report, Failure> {
    let url = Session::transfer_url(CHECK, &())?;
    let mut response = session.send(|client| Ok(client.get(&url))).await?;
    let mut text: Vec<u8> = Vec::new();
    while let Some(piece) = response.chunk().await? {
        text.extend_from_slice(&piece);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            match serde_json::from_slice(&line).map_err(std::io::Error::other)? {
                CheckLine::Progress(step) => told.progress(step),
                CheckLine::Finding(finding) => told.finding(&finding)?,
                CheckLine::Report(report) => return Ok(report),
                CheckLine::Failure(reason) => return Err(Failure::new(Code::Store, reason)),
            }
        }
        if text.len() > LONGEST_LINE {
            break;
        }
    }
    Err(Failure::failed("the check was not finished: the host ended, or its log says why"))
}

/// Checks a store that no host opens; `None` when it cannot be opened either.
async fn look(loaded: &Loaded, told: &mut Told) -> Option<Result<Report, Failure>> {
    let options = host_options(&loaded.settings, None);
    let store = Store::open(&options.data_dir, &options.store, &SystemClock).await.ok()?;
    let mut outcome = Ok(());
    let bar = told.bar.clone();
    let mut found = |finding: Finding| {
        if outcome.is_ok() {
            outcome = told.finding(&finding);
        }
    };
    let mut progress = |step| {
        show(&bar, step);
        ControlFlow::Continue(())
    };
    let report = check::check(&store, CheckOptions::default(), &mut found, &mut progress);
    store.close();
    let report = report.map_err(|error| Failure::new(Code::Store, error.to_string()));
    Some(outcome.and(report))
}

/// Works on a data directory that nobody uses.
async fn repair(loaded: &Loaded, mut told: Told) -> Outcome {
    let options = host_options(&loaded.settings, None);
    let mut outcome: Outcome = Ok(());
    let bar = told.bar.clone();
    let shared = std::cell::RefCell::new((&mut told, &mut outcome));
    let say = |tell: &dyn Fn(&mut Told) -> Outcome| {
        let (told, outcome) = &mut *shared.borrow_mut();
        // Also when nobody reads the list the repair goes on to its end.
        if outcome.is_ok() {
            **outcome = tell(told);
        }
    };
    let mut listeners = Listeners {
        did: &mut |action| say(&|told| told.entry(&json!({ "done": action }), &action.to_string())),
        found: &mut |finding| say(&|told| told.finding(&finding)),
        progress: &mut |step| show(&bar, step),
    };
    let repaired = check::repair(&options.data_dir, &options.store, &SystemClock, &mut listeners).await;
    let repaired = repaired.map_err(|error| {
        let code = match &error {
            RepairError::Directory(_) | RepairError::Newer(_) => Code::Refused,
            _ => Code::Store,
        };
        Failure::new(code, error.to_string())
    })?;
    outcome?;
    let aside = repaired.aside.as_ref();
    let aside = aside.map_or_else(String::new, |aside| format!("; what was damaged is in {}", aside.display()));
    let summary = format!("{}{aside}", print::count(repaired.actions, "repair"));
    told.end(&repaired.after, Some(&summary))?;
    verdict(&repaired.after)
}

fn show(bar: &ProgressBar, step: CheckProgress) {
    match step {
        CheckProgress::Records { done } => bar.set_message(print::count(done, "record")),
        CheckProgress::Contents { files, bytes } => {
            bar.set_position(bytes);
            bar.set_message(print::count(files, "file"));
        }
    }
}

/// What is told of a check: lines for a person, or one JSON object, written as it comes.
struct Told {
    json: bool,
    first: bool,
    bar: ProgressBar,
}

impl Told {
    fn begin(json: bool) -> Result<Self, Failure> {
        Ok(Self { json, first: true, bar: transfer::bar(None)? })
    }

    fn progress(&self, step: CheckProgress) {
        show(&self.bar, step);
    }

    fn finding(&mut self, finding: &Finding) -> Outcome {
        self.entry(&json!(finding), &finding.to_string())
    }

    fn entry(&mut self, entry: &serde_json::Value, text: &str) -> Outcome {
        let first = std::mem::take(&mut self.first);
        let json = self.json;
        self.bar.suspend(|| match (json, first) {
            (false, _) => print::line(text),
            (true, true) => print::line(&format!("{{\"findings\":[{entry}")),
            (true, false) => print::line(&format!(",{entry}")),
        })
    }

    fn end(self, report: &Report, repaired: Option<&str>) -> Outcome {
        self.bar.finish_and_clear();
        if self.json {
            let open = if self.first { "{\"findings\":[" } else { "" };
            let rest = json!({ "sound": report.is_sound(), "report": report, "repaired": repaired }).to_string();
            // The rest of the object whose beginning is written.
            return print::line(&format!("{open}],{}", rest.trim_start_matches('{')));
        }
        if let Some(repaired) = repaired {
            print::line(repaired)?;
        }
        print::line(&format!(
            "{}, {}: {}, {}",
            print::count(report.records, "record"),
            print::count(report.files, "file"),
            print::count(report.damages, "damage"),
            print::count(report.notices, "notice")
        ))
    }
}
