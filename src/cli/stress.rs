//! `lockhouse stress`: from arguments to a plan, from what came of it to a report and an exit code.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    Outcome,
    args::{Globals, StressArgs},
    failure::{Code, Failure},
    print,
    stress_args::{JudgeArgs, OutputArgs, RuleArgs, RunArgs, StressCommand},
};
use crate::{
    judge::{History, Judge, Profile, Report, Verdict},
    stress::{
        StressError,
        driver::{self, Subject},
        plan::{Faults, Plan},
        report::{Summary, page},
        target::{self, Named},
    },
};

/// With more clients than this, connections are shared.
const CONNECTIONS: u32 = 1024;

impl From<StressError> for Failure {
    fn from(error: StressError) -> Self {
        let code = match error {
            StressError::Usage(_) => Code::Usage,
            StressError::Impossible(_) => Code::Impossible,
            StressError::Failed(_) => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}

/// Runs, or judges.
///
/// # Errors
/// A conviction is one, too.
pub(super) fn run(arguments: StressArgs, globals: Globals) -> Outcome {
    match arguments.command {
        Some(StressCommand::Judge(arguments)) => judge_saved(&arguments),
        None => stress(&arguments.run, globals),
    }
}

fn judge_saved(arguments: &JudgeArgs) -> Outcome {
    let path = &arguments.file;
    let wrong = |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let history = History::read(BufReader::new(file)).map_err(|error| wrong(&error))?;
    let report = judged(&history, &profile(&arguments.rules, arguments.rules.strict));
    tell(&Summary::of_history(&history, Some(report)), &arguments.output)
}

fn stress(arguments: &RunArgs, globals: Globals) -> Outcome {
    crate::server::tls::install_crypto_provider();
    let strict = arguments.rules.strict || arguments.local && !arguments.rules.tolerant;
    let profile = profile(&arguments.rules, strict);
    let (output, history) = (arguments.output.clone(), arguments.history.clone());
    let (plan, subject) = planned(arguments, globals)?;
    let record = plan.record;
    let mut finished = driver::run(plan, subject)?;
    if let Some(path) = history {
        write(&path, |file| finished.history.write(file))?;
    }
    if let Some(failure) = finished.failure.take() {
        return Err(failure.into());
    }
    let report = record.then(|| judged(&finished.history, &profile));
    tell(&Summary::of_run(&finished, report), &output)
}

fn planned(arguments: &RunArgs, globals: Globals) -> Result<(Plan, Subject), Failure> {
    let workload = arguments.workload;
    let rate = arguments.rate;
    if rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
        return Err(Failure::usage("the rate is a number of requests a second, above 0"));
    }
    let seed = arguments.seed.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_millis()).unwrap_or(0)
    });
    let faults = Faults {
        crash: arguments.crash,
        stop: arguments.stop,
        cut: arguments.cut,
        full_disk: arguments.full_disk,
        move_clock: arguments.move_clock,
        power_cut: arguments.power_cut,
    };
    let clients = arguments.clients;
    let plan = Plan {
        spare: arguments.local || arguments.duration.get() > arguments.rules.lock_timeout.get(),
        workload,
        clients,
        connections: arguments.connections.unwrap_or(clients.min(CONNECTIONS)),
        rate,
        think: arguments.think.get(),
        hold: arguments.hold.get(),
        warm_up: arguments.warm_up.get(),
        duration: arguments.duration.get(),
        seed,
        sizes: arguments.sizes,
        lock_timeout: arguments.rules.lock_timeout.get(),
        patience: arguments.patience.get().max(Duration::from_millis(1)),
        intruders: arguments.intruders,
        renames: arguments.renames || arguments.local,
        record: !arguments.no_judge,
        most: arguments.history_limit.max(1),
        faults,
        every: arguments.every.get().max(Duration::from_millis(10)),
    };
    let subject = if arguments.local {
        Subject::Local {
            files: arguments.files.unwrap_or_else(|| workload.files(clients)),
            data: globals.data_dir,
            config: globals.config,
        }
    } else {
        Subject::Foreign(match &arguments.targets {
            Some(path) => target::read(path)?,
            None => named(arguments)?,
        })
    };
    Ok((plan, subject))
}

/// From `--wopisrc` and `--token`.
fn named(arguments: &RunArgs) -> Result<Vec<Named>, Failure> {
    let RunArgs { wopisrc, token, view_token, .. } = arguments;
    let mut files: Vec<Named> = match wopisrc.as_slice() {
        [one] => vec![Named { wopisrc: one.clone(), tokens: token.clone(), ..Named::default() }],
        several if several.len() == token.len() => several
            .iter()
            .zip(token)
            .map(|(wopisrc, token)| Named { wopisrc: wopisrc.clone(), tokens: vec![token.clone()], ..Named::default() })
            .collect(),
        several => {
            let (files, tokens) = (several.len(), token.len());
            return Err(Failure::usage(format!(
                "{files} files and {tokens} tokens are named: give each --wopisrc its --token, or --targets FILE, or --local"
            )));
        }
    };
    if let Some(first) = files.first_mut() {
        first.view_tokens.clone_from(view_token);
    }
    Ok(files)
}

fn profile(rules: &RuleArgs, strict: bool) -> Profile {
    let base = if strict { Profile::strict() } else { Profile::tolerant() };
    let settles_after = rules.settles_after.map(crate::settings::Period::get);
    Profile { lock_timeout: rules.lock_timeout.get(), settles_after, ..base }
}

fn judged(history: &History, profile: &Profile) -> Report {
    Judge::new(profile.clone()).judge(history)
}

fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Outcome {
    let wrong = |error: std::io::Error| Failure::failed(format!("{} cannot be written: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(wrong)?);
    content(&mut file).and_then(|()| file.flush()).map_err(wrong)
}

/// Reports, and makes an exit code of the verdict.
fn tell(summary: &Summary, output: &OutputArgs) -> Outcome {
    if let Some(path) = &output.html {
        write(path, |file| file.write_all(page(summary).as_bytes()))?;
    }
    if output.json {
        print::json(summary)?;
    } else {
        summary.to_string().lines().try_for_each(print::line)?;
    }
    match summary.verdict {
        None | Some(Verdict::Acquitted) => Ok(()),
        Some(Verdict::Convicted) => Err(Failure::new(Code::Convicted, "the host is convicted")),
        Some(Verdict::Undecided) => Err(Failure::new(Code::Undecided, "the host is neither convicted nor acquitted")),
    }
}
