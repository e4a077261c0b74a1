//! The arguments of `stress`.

#![allow(clippy::doc_markdown, reason = "these texts are shown to people as they stand")]

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    settings::Period,
    stress::plan::{Sizes, Workload},
};

const AFTER_HELP: &str = "\
The contents of the files that are named are replaced: name files made for the purpose.

Exit codes: 0 the host is acquitted; 10 it is convicted; 11 undecided; 12 this machine does not allow what was asked for; \
1 and 2 as elsewhere: it did not work, or the arguments are wrong.";

/// `stress`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct StressArgs {
    /// What to do instead of a run.
    #[command(subcommand)]
    pub command: Option<StressCommand>,
    /// The run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `stress …`.
#[derive(Debug, Subcommand)]
pub enum StressCommand {
    /// Judge a history that was saved with --history.
    Judge(JudgeArgs),
}

/// `stress judge`.
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// The history.
    pub file: PathBuf,
    /// By which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// How the report is given.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// By which rules a host is judged.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The judge")]
pub struct RuleArgs {
    /// Hold the host to the letter of the protocol; the default for --local. Without it, what the documentation leaves open
    /// is no offence.
    #[arg(long)]
    pub strict: bool,
    /// Allow what the documentation leaves open, also with --local.
    #[arg(long, conflicts_with = "strict")]
    pub tolerant: bool,
    /// How long locks live at this host.
    #[arg(long, value_name = "TIME", default_value = "30m")]
    pub lock_timeout: Period,
    /// After how long a request without an answer can no longer take effect [default: never].
    #[arg(long, value_name = "TIME")]
    pub settles_after: Option<Period>,
}

/// How the report is given.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The report")]
pub struct OutputArgs {
    /// Print the report as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Write the report as a page that needs nothing else.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// A run.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct RunArgs {
    /// A file, by its WOPISrc; give a --token for each, in the same order. One --wopisrc with several tokens: tokens of
    /// several users for this file.
    #[arg(long, value_name = "URL", conflicts_with_all = ["local", "targets"])]
    pub wopisrc: Vec<String>,
    /// An access token that may do everything with the file.
    #[arg(long, value_name = "TOKEN", requires = "wopisrc")]
    pub token: Vec<String>,
    /// An access token that may only read the file; of the first --wopisrc.
    #[arg(long, value_name = "TOKEN", requires = "wopisrc")]
    pub view_token: Vec<String>,
    /// A JSON file: a list of {"wopisrc": …, "tokens": […], "view_tokens": […], "other_tokens": […]}.
    #[arg(long, value_name = "FILE", conflicts_with = "local")]
    pub targets: Option<PathBuf>,
    /// Make a host for the run: this program, with users, files and tokens; in the --data-dir, or in a place that is
    /// removed afterwards.
    #[arg(long)]
    pub local: bool,
    /// What clients do.
    #[arg(long, short, default_value = "mixed")]
    pub workload: Workload,

    /// How many clients.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "Load")]
    pub clients: u32,
    /// How many connections they share [default: one each, at most 1024].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60_000), help_heading = "Load")]
    pub connections: Option<u32>,
    /// How many files, with --local [default: what suits the workload].
    #[arg(long, value_name = "N", requires = "local", value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = "Load")]
    pub files: Option<u32>,
    /// How long it goes on.
    #[arg(long, short, value_name = "TIME", default_value = "30s", help_heading = "Load")]
    pub duration: Period,
    /// How long it goes on before that without being measured; it is judged.
    #[arg(long, value_name = "TIME", default_value = "2s", help_heading = "Load")]
    pub warm_up: Period,
    /// Open loop: so many requests a second, all clients together, whether answers come or not; times count from when a
    /// request should have been sent.
    #[arg(long, value_name = "PER SECOND", help_heading = "Load")]
    pub rate: Option<f64>,
    /// How long a client thinks between two requests, in the mean.
    #[arg(long, value_name = "TIME", default_value = "0", conflicts_with = "rate", help_heading = "Load")]
    pub think: Period,
    /// How long a client holds a lock between two requests, in the mean.
    #[arg(long, value_name = "TIME", default_value = "0", help_heading = "Load")]
    pub hold: Period,
    /// Sizes of bodies: 10kB, fixed:10kB, uniform:10kB, exponential:10kB or lognormal:10kB.
    #[arg(long, value_name = "SIZES", default_value = "lognormal:4kB", help_heading = "Load")]
    pub sizes: Sizes,
    /// Where chance begins [default: the time].
    #[arg(long, value_name = "N", help_heading = "Load")]
    pub seed: Option<u64>,
    /// How long a client waits for an answer.
    #[arg(long, value_name = "TIME", default_value = "30s", help_heading = "Load")]
    pub patience: Period,
    /// Of a thousand requests, how many come from somebody who may not: view-only tokens, tokens of other files, stale ids.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000), help_heading = "Load")]
    pub intruders: u32,
    /// Also rename files, at a host that is not ours; with --local they are renamed anyway.
    #[arg(long, help_heading = "Load")]
    pub renames: bool,

    /// Kill the host at random moments and start it again.
    #[arg(long, requires = "local", help_heading = "The executioner")]
    pub crash: bool,
    /// Stop the host's process for seconds.
    #[arg(long, requires = "local", help_heading = "The executioner")]
    pub stop: bool,
    /// Cut connections in the middle of bodies; works with any host.
    #[arg(long, help_heading = "The executioner")]
    pub cut: bool,
    /// Fill the disk (a small one made for the run; needs root).
    #[arg(long, requires = "local", help_heading = "The executioner")]
    pub full_disk: bool,
    /// Move the host's clock (needs libfaketime).
    #[arg(long, requires = "local", help_heading = "The executioner")]
    pub move_clock: bool,
    /// Copy the host's block device at random moments and go on from the copy (needs Linux, root and loop devices).
    #[arg(long, requires = "local", help_heading = "The executioner")]
    pub power_cut: bool,
    /// How often one of these is done, in the mean.
    #[arg(long, value_name = "TIME", default_value = "2s", help_heading = "The executioner")]
    pub every: Period,

    /// By which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Record nothing and judge nothing: only measure.
    #[arg(long, conflicts_with = "history", help_heading = "The judge")]
    pub no_judge: bool,
    /// End the run when so many requests are recorded; a million take about 500 MB.
    #[arg(long, value_name = "N", default_value_t = 3_000_000, help_heading = "The judge")]
    pub history_limit: usize,
    /// Save the history, as JSON lines, for `lockhouse stress judge`.
    #[arg(long, value_name = "FILE", help_heading = "The report")]
    pub history: Option<PathBuf>,
    /// How the report is given.
    #[command(flatten)]
    pub output: OutputArgs,
}
