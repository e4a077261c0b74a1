//! `lockhouse stress` as people run it: against hosts of its own, which must be acquitted whatever is done to them, and
//! against hosts with planted faults, which must be convicted.
//!
//! `LOCKHOUSE_TEST_LONG=1` lets each workload run for nine minutes instead of seconds: an hour and a little in all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod faulty;
mod guilty;
mod innocent;
mod modes;
mod reports;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What a run of the program gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.stdout.trim()).unwrap_or_else(|error| panic!("{error}: {}", self.told()))
    }

    /// All of it, for a message.
    pub(crate) fn told(&self) -> String {
        format!("exit {}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}

/// Runs `lockhouse stress`.
pub(crate) fn stress(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockhouse"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LOCKHOUSE_") {
            command.env_remove(name);
        }
    }
    command.env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B");
    command.current_dir(std::env::temp_dir()).arg("stress").args(arguments);
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// A folder for what a test writes.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("lockhouse-stress-test-").tempdir().expect("a folder"))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// Whether the long form is wanted.
pub(crate) fn long() -> bool {
    std::env::var("LOCKHOUSE_TEST_LONG").is_ok_and(|value| value == "1")
}
