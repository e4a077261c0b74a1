//! `doctor`.

use std::io::IsTerminal as _;

use super::{
    Outcome,
    args::DoctorArgs,
    failure::{Code, Failure},
    print::{self, Colour},
    session::Session,
};
use crate::{
    api::calls::Examine,
    doctor::{Detail, Finding, Report, Thoroughness, Verdict},
};

pub(super) async fn run(session: &mut Session, arguments: DoctorArgs) -> Outcome {
    let thoroughness = if arguments.quick { Thoroughness::Quick } else { Thoroughness::Whole };
    if std::io::stderr().is_terminal() && !arguments.quick {
        print::complaint("looking; this takes up to half a minute");
    }
    let report = session.call(&Examine { thoroughness }).await?;
    if arguments.json {
        print::json(&report)?;
    } else {
        show(&report, arguments.details)?;
    }
    verdict(&report)
}

fn verdict(report: &Report) -> Outcome {
    match report.count(Verdict::Failure) as u64 {
        0 => Ok(()),
        failures => {
            let message =
                format!("{}: what to change, and where, is said beside each", print::count(failures, "failure"));
            Err(Failure::new(Code::Miswired, message))
        }
    }
}

fn show(report: &Report, details: bool) -> Outcome {
    for (area, findings) in report.by_area() {
        print::line(&area.title())?;
        for finding in findings {
            show_one(finding, details)?;
        }
        print::line("")?;
    }
    print::line(&format!(
        "{} ok, {}, {}, {} not looked at",
        report.count(Verdict::Ok),
        print::count(report.count(Verdict::Warning) as u64, "warning"),
        print::count(report.count(Verdict::Failure) as u64, "failure"),
        report.count(Verdict::Skipped)
    ))
}

fn show_one(finding: &Finding, details: bool) -> Outcome {
    let (colour, mark) = match finding.verdict {
        Verdict::Ok => (Colour::Green, "ok     "),
        Verdict::Warning => (Colour::Yellow, "WARNING"),
        Verdict::Failure => (Colour::Red, "FAILS  "),
        Verdict::Skipped => (Colour::Grey, "-      "),
    };
    print::marked(colour, &format!("  {mark}"), &format!("  {}: {}", finding.what, finding.seen))?;
    for remedy in &finding.remedies {
        print::line(&format!("           change: {}", remedy.change))?;
        print::line(&format!("           where:  {}", remedy.place))?;
    }
    // A list that explains what is wrong is shown unasked.
    if details || finding.verdict == Verdict::Failure || finding.check == "editor.actions" {
        let rows = rows(&finding.details);
        let width = rows.iter().map(|(names, _)| names.chars().count()).max().unwrap_or(0);
        for (names, value) in rows {
            print::line(&format!("           {names:width$}  {value}"))?;
        }
    }
    Ok(())
}

/// Names that mean the same share a line: an editor opens most files at one URL.
fn rows(details: &[Detail]) -> Vec<(String, &str)> {
    let mut rows: Vec<(String, &str)> = Vec::new();
    for detail in details {
        match rows.iter_mut().find(|(_, value)| *value == detail.value) {
            Some((names, _)) => names.extend([" ", &detail.name]),
            None => rows.push((detail.name.clone(), &detail.value)),
        }
    }
    rows
}
