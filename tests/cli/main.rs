//! The command line, as scripts use it: the real binary, without a server and with one.
//!
//! What must hold in both cases is written once, as a function of a [`House`], and run in both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod clients;
mod exports;
mod files;
mod history;
mod imports;
mod links;
mod office_link;
mod onboarding;
mod sockets;
mod starts;
mod tokens;
mod users;

use std::path::{Path, PathBuf};

use support::{Binary, PASSWORD, Run, Start};

/// A data directory with commands; a server may run on it.
pub(crate) struct House(Binary);

impl House {
    /// Nothing runs.
    pub(crate) fn quiet() -> Self {
        Self(Binary::stopped_with(Start::default()))
    }

    /// Nothing runs, with settings.
    pub(crate) fn quiet_with(start: Start) -> Self {
        Self(Binary::stopped_with(start))
    }

    /// A server runs.
    pub(crate) fn serving() -> Self {
        Self(Binary::serve())
    }

    pub(crate) fn binary(&self) -> &Binary {
        &self.0
    }

    /// Runs a command; arguments are separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        self.0.cli(&arguments.split(' ').collect::<Vec<_>>(), "")
    }

    /// The output of a command that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, arguments: &str) -> String {
        let run = self.run(arguments);
        assert!(run.status.success(), "`{arguments}` failed: {run:?}");
        run.stdout
    }

    /// The JSON of a command that must succeed.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &str) -> serde_json::Value {
        serde_json::from_str(&self.ok(arguments)).unwrap_or_else(|error| panic!("`{arguments}`: {error}"))
    }

    /// A command must fail with this code, and say each of these things on standard error, nothing on standard output.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &str, code: i32, words: &[&str]) {
        let run = self.run(arguments);
        assert_eq!(run.status.code(), Some(code), "`{arguments}`: {run:?}");
        assert_eq!(run.stdout, "", "`{arguments}`");
        assert!(words.iter().all(|word| run.stderr.contains(word)), "`{arguments}` does not say {words:?}: {run:?}");
    }

    #[track_caller]
    pub(crate) fn add(&self, name: &str) {
        self.0.add_user(name, &[]);
    }

    /// A folder on this machine with these files.
    pub(crate) fn folder(&self, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
        let folder = self.0.scratch().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (path, bytes) in files {
            write(&folder.join(path), bytes);
        }
        folder
    }

    /// Imports a folder whose path holds no space.
    #[track_caller]
    pub(crate) fn import(&self, owner: &str, folder: &Path) -> Run {
        self.run(&format!("import {} --owner {owner}", folder.display()))
    }

    /// The names in a folder of a drive.
    #[track_caller]
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        self.ok(&format!("ls {path}")).lines().map(str::to_owned).collect()
    }
}

pub(crate) fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Makes two tests of one: without a server, and with one.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod without_a_server { $( #[test] fn $name() { super::$name(&crate::House::quiet()); } )* }
        mod with_a_server { $( #[test] fn $name() { super::$name(&crate::House::serving()); } )* }
    };
}
pub(crate) use both;
