//! The commands, as an administrator and his scripts use them.

use std::fs;

use crate::support::{Binary, Start};

fn filled(binary: &Binary) {
    binary.add_user("anna", &[]);
    let large: Vec<u8> = crate::house::noise(3, 2_000_000);
    binary.import("anna", &[("report.docx", b"the report"), ("sub/large.bin", &large)]);
}

/// Runs a command on another data directory.
fn elsewhere(into: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lockhouse"));
    let run = command.args(arguments).args(["--data-dir", into]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (run.status.code(), text(run.stdout), text(run.stderr))
}

fn restored(binary: &Binary) -> String {
    let into = binary.scratch().join("into");
    into.to_str().unwrap().to_owned()
}

fn a_backup_is_made_proved_and_restored_elsewhere(binary: &Binary) {
    filled(binary);
    let file = binary.scratch().join("night.backup");
    let name = file.to_str().unwrap();
    let said = binary.cli_ok(&["backup", name], "").stdout;
    assert!(said.contains("night.backup") && said.contains("records"), "{said}");
    let again = binary.cli(&["backup", name], "");
    assert_eq!(again.status.code(), Some(4), "{again:?}");
    let into = restored(binary);
    let cut = binary.scratch().join("cut.backup");
    let bytes = fs::read(&file).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let (code, _, said) = elsewhere(&into, &["restore-backup", cut.to_str().unwrap()]);
    assert!(code == Some(1) && said.contains("cut off"), "{code:?} {said}");
    assert!(!std::path::Path::new(&into).exists());
    let (code, said, error) = elsewhere(&into, &["restore-backup", name]);
    assert!(code == Some(0) && said.contains("restored"), "{code:?} {said} {error}");
    let (code, listed, error) = elsewhere(&into, &["ls", "anna:/"]);
    assert!(code == Some(0) && listed.contains("report.docx") && listed.contains("sub"), "{listed} {error}");
    let (code, said, error) = elsewhere(&into, &["check"]);
    assert_eq!(code, Some(0), "{said} {error}");
    let (code, _, said) = elsewhere(&into, &["restore-backup", name]);
    assert!(code == Some(4) && said.contains("--force"), "{code:?} {said}");
    let (code, said, error) = elsewhere(&into, &["restore-backup", name, "--force"]);
    assert!(code == Some(0) && said.contains("replaced-"), "{code:?} {said} {error}");
}

fn a_check_of_a_sound_house_exits_with_zero(binary: &Binary) {
    filled(binary);
    let said = binary.cli_ok(&["check"], "").stdout;
    assert!(said.contains("0 damages"), "{said}");
    let json: serde_json::Value = serde_json::from_str(&binary.cli_ok(&["check", "--json"], "").stdout).unwrap();
    assert_eq!((&json["sound"], &json["findings"]), (&true.into(), &serde_json::json!([])));
    assert!(json["report"]["bytes"].as_u64().unwrap() > 2_000_000);
}

#[test]
fn without_a_server_a_backup_is_made_proved_and_restored_elsewhere() {
    a_backup_is_made_proved_and_restored_elsewhere(&Binary::stopped_with(Start::default()));
}

#[test]
fn with_a_server_a_backup_is_made_proved_and_restored_elsewhere() {
    a_backup_is_made_proved_and_restored_elsewhere(&Binary::serve());
}

#[test]
fn a_check_exits_with_zero_for_a_sound_house_with_a_server_and_without() {
    a_check_of_a_sound_house_exits_with_zero(&Binary::serve());
    a_check_of_a_sound_house_exits_with_zero(&Binary::stopped_with(Start::default()));
}

#[test]
fn a_check_exits_with_one_for_damage_and_repair_mends_it_when_the_server_is_stopped() {
    let mut binary = Binary::serve();
    filled(&binary);
    let refused = binary.cli(&["check", "--repair"], "");
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    binary.terminate();
    crate::house::raw(&binary.data_dir(), "chunks", |chunks| {
        let spoiled = crate::check::spoil(
            chunks,
            |bytes| bytes == b"the report",
            |value| {
                value[7] ^= 1;
                true
            },
        );
        assert_eq!(spoiled, 1);
    });
    let found = binary.cli(&["check"], "");
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    assert!(found.stdout.contains("anna:/report.docx") && found.stderr.contains("--repair"), "{found:?}");
    let json = binary.cli(&["check", "--json"], "");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["sound"], json["findings"].as_array().unwrap().len()), (&false.into(), 2));
    let repaired = binary.cli_ok(&["check", "--repair"], "").stdout;
    assert!(repaired.contains("report.docx") && repaired.contains("damaged/"), "{repaired}");
    binary.cli_ok(&["check"], "");
    assert!(binary.cli_ok(&["bin", "list"], "").stdout.contains("report.docx"));
    assert!(binary.cli_ok(&["ls", "anna:/sub"], "").stdout.contains("large.bin"));
}
