//! What needs a second process: this test program starts itself again, told by an environment variable what to do.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use lockhouse::store::{
    directory::DataDir,
    engine::{Batch, CommitError, Engine as _, EngineError, EngineOptions, LocalEngine},
};

use crate::place::{disk_backing, everything, outcome, value};

const TASK: &str = "LOCKHOUSE_TEST_CHILD";

/// This test again, as a command whose child half works in `home`.
fn child(test: &str, home: &Path, shell: Option<&str>) -> Command {
    let program = env::current_exe().unwrap();
    let arguments = ["--exact", test, "--nocapture", "--test-threads=1"];
    let mut command = match shell {
        None => Command::new(program),
        Some(script) => {
            let mut command = Command::new("sh");
            command.args(["-c", script]).arg(program);
            command
        }
    };
    command.args(arguments).env(TASK, home).stdout(Stdio::piped());
    command
}

/// Where the child half is to work, if this is the child.
fn home_of_child() -> Option<std::path::PathBuf> {
    env::var_os(TASK).map(Into::into)
}

#[test]
fn a_second_process_is_told_who_uses_the_directory() {
    if let Some(home) = home_of_child() {
        println!("answer: {}", DataDir::open(&home).map_or_else(|error| error.to_string(), |_| "opened".to_owned()));
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let ask = || {
        let output =
            child("child::a_second_process_is_told_who_uses_the_directory", home.path(), None).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().find_map(|line| Some(line.split_once("answer: ")?.1.to_owned())).unwrap()
    };
    let directory = DataDir::open(home.path()).unwrap();
    let answer = ask();
    assert!(answer.contains(&format!("in use by process {}", std::process::id())), "{answer}");
    drop(directory);
    assert_eq!(ask(), "opened");
}

fn engine_in(home: &Path) -> std::sync::Arc<LocalEngine> {
    let options = EngineOptions { acked: Some(home.join("acked")), ..EngineOptions::default() };
    LocalEngine::open(disk_backing(home), options).unwrap()
}

fn batch(n: u32) -> Batch {
    Batch::new().set(format!("a{n}"), n.to_be_bytes().to_vec()).set(format!("b{n}"), vec![7; 700])
}

/// The numbers that a child said were acknowledged, until it ends or `enough` are there.
fn acknowledged(output: impl std::io::Read, enough: usize) -> Vec<u32> {
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    lines.filter_map(|line| line.split_once("acked: ")?.1.parse().ok()).take(enough).collect()
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let Some(home) = home_of_child() {
        let engine = engine_in(&home);
        let from = everything(&engine).len();
        let mut out = std::io::stdout();
        for n in u32::try_from(from).unwrap().. {
            outcome(engine.submit(batch(n)).unwrap()).unwrap();
            writeln!(out, "\nacked: {n}").unwrap();
        }
    }
    let home = tempfile::tempdir().unwrap();
    let mut acked = Vec::new();
    for enough in [1, 20, 60] {
        let mut running = child("child::what_was_acknowledged_survives_a_kill", home.path(), None).spawn().unwrap();
        acked.extend(acknowledged(running.stdout.take().unwrap(), enough));
        running.kill().unwrap();
        running.wait().unwrap();
    }
    assert_eq!(acked.len(), 81);
    let engine = engine_in(home.path());
    assert_eq!(engine.opened().tail_lost, None);
    for n in acked {
        assert_eq!(value(&engine, format!("a{n}").as_bytes()), Some(n.to_be_bytes().to_vec()), "{n}");
        assert!(value(&engine, format!("b{n}").as_bytes()).is_some(), "{n}");
    }
    assert!(everything(&engine).len().is_multiple_of(2), "no batch is there by half");
}

#[test]
fn a_full_disk_makes_the_store_read_only_until_a_restart_with_space() {
    if let Some(home) = home_of_child() {
        let engine = engine_in(&home);
        let mut acked = 0;
        let failed = (0..100_000).find_map(|n| match engine.submit(batch(n)).map(outcome) {
            Ok(Ok(_)) => {
                println!("\nacked: {n}");
                acked += 1;
                None
            }
            Ok(Err(error)) => Some(error),
            Err(error) => panic!("{error}"),
        });
        assert_eq!(failed, Some(CommitError::Failed("the disk is full".into())));
        assert_eq!(engine.health(), Err(EngineError::ReadOnly("the disk is full".into())));
        assert_eq!(everything(&engine).len(), acked * 2, "reading shows what was acknowledged, and nothing else");
        drop(engine);
        println!("\nchild: all as expected");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    // A limit on file sizes of 2 MiB stands for a full disk; the signal that goes with it must be ignored.
    let script = r#"trap "" XFSZ && ulimit -f 4096 && exec "$0" "$@""#;
    let name = "child::a_full_disk_makes_the_store_read_only_until_a_restart_with_space";
    let output = child(name, home.path(), Some(script)).stderr(Stdio::piped()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("child: all as expected"), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let acked = acknowledged(output.stdout.as_slice(), usize::MAX);
    assert!(acked.len() > 100, "{}", acked.len());
    let engine = engine_in(home.path());
    assert_eq!(engine.opened().tail_lost, None);
    for n in acked {
        assert!(value(&engine, format!("b{n}").as_bytes()).is_some(), "{n}");
    }
    outcome(engine.submit(batch(200_000)).unwrap()).unwrap();
}
