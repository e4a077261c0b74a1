//! The report for a terminal.

use std::fmt;

use super::{RunSummary, Summary, seconds, time};
use crate::judge::Verdict;

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(run) = &self.run {
            measured(run, f)?;
            writeln!(f)?;
        }
        let Some(judge) = &self.judge else { return writeln!(f, "not judged: nothing was recorded") };
        let word = match judge.verdict() {
            Verdict::Acquitted => "ACQUITTED: every reply can be explained",
            Verdict::Convicted => "CONVICTED: no right host can have answered so",
            Verdict::Undecided => "UNDECIDED: some files were too entangled to be searched",
        };
        writeln!(f, "{word}")?;
        writeln!(
            f,
            "  {} operations on {} files, {} without a certain outcome; {} files without an explanation, {} undecided",
            judge.operations,
            judge.files,
            judge.unknown,
            judge.guilty_files,
            judge.undecided.len()
        )?;
        for promise in &self.invariants {
            let fared = match promise.state {
                "held" => format!("held ({} times put to the test)", promise.checked),
                "violated" => format!("VIOLATED {} times of {}", promise.violated, promise.checked),
                other => other.to_owned(),
            };
            writeln!(f, "  {:<33} {fared}", promise.name)?;
        }
        for undecided in &judge.undecided {
            let (explained, all) = (undecided.explained, undecided.operations);
            writeln!(f, "  {}: given up after {explained} of {all} operations", undecided.file)?;
        }
        for violation in &judge.violations {
            write!(f, "\n{violation}")?;
        }
        Ok(())
    }
}

fn measured(run: &RunSummary, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let RunSummary { workload, host, clients, connections, seed, .. } = run;
    let pace =
        run.rate.map_or_else(|| "as fast as answers come".to_owned(), |rate| format!("{rate} requests a second"));
    writeln!(f, "{workload} on {host}: {clients} clients, {connections} connections, {pace}, seed {seed}")?;
    if let Some(why) = &run.cut_short {
        writeln!(f, "ended before its time: {why}")?;
    }
    let length = seconds(std::time::Duration::from_secs_f64(run.seconds));
    writeln!(f, "{} requests in {length}: {:.0} a second", run.requests, run.per_second)?;
    writeln!(f)?;
    let head = ["count", "p50", "p90", "p99", "p99.9", "max"];
    let [count, p50, p90, p99, p999, max] = head;
    writeln!(f, "  {:<16}{count:>10}{p50:>11}{p90:>11}{p99:>11}{p999:>11}{max:>11}  outcomes", "")?;
    for operation in &run.operations {
        let times = operation.latency_us;
        let outcomes: Vec<String> =
            operation.outcomes.iter().map(|(outcome, count)| format!("{outcome}: {count}")).collect();
        writeln!(
            f,
            "  {:<16}{:>10}{:>11}{:>11}{:>11}{:>11}{:>11}  {}",
            operation.operation,
            times.count,
            time(times.p50),
            time(times.p90),
            time(times.p99),
            time(times.p999),
            time(times.max),
            outcomes.join(", ")
        )?;
    }
    let generator = &run.generator;
    writeln!(f)?;
    write!(
        f,
        "the generator was busy for {:.0} % of the time, {:.1} µs for each request",
        generator.busy * 100.0,
        generator.us_per_request
    )?;
    if run.rate.is_some() {
        write!(f, "; {} requests were sent late (their lateness is in the times above)", generator.late)?;
    }
    writeln!(f)?;
    if generator.was_the_limit {
        writeln!(f, "THE GENERATOR WAS THE LIMIT: the host may be faster than these numbers")?;
    }
    if let Some(done) = run.faults {
        let parts = [
            (done.crashes, "killed"),
            (done.stops, "stopped"),
            (done.full_disks, "disk full"),
            (done.clocks_moved, "clock moved"),
            (done.power_cuts, "power cut"),
            (done.deaths, "died by itself"),
        ];
        let told: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what} {count} times")).collect();
        if !told.is_empty() {
            writeln!(f, "the host was: {}", told.join(", "))?;
        }
    }
    Ok(())
}
