//! The data directory: one process, one format.

use std::{fs, os::unix::fs::PermissionsExt as _};

use lockhouse::store::directory::{DIRECTORY_FORMAT, DataDir, DirectoryError};

#[test]
fn a_new_directory_is_for_its_owners_eyes_only() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a").join("store");
    let directory = DataDir::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(directory.free_space().unwrap() > 0);
    assert_eq!(directory.meta(), path.join("meta"));
    assert!(fs::read_to_string(path.join("format")).unwrap().contains(&format!("\"format\":{DIRECTORY_FORMAT}")));
}

#[test]
fn a_directory_in_use_names_its_user_until_it_is_given_back() {
    let home = tempfile::tempdir().unwrap();
    let first = DataDir::open(home.path()).unwrap();
    let error = DataDir::open(home.path()).unwrap_err();
    assert!(matches!(error, DirectoryError::InUse { .. }), "{error}");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(first);
    DataDir::open(home.path()).unwrap();
}

#[test]
fn a_directory_of_a_newer_program_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("format"), r#"{"format":99,"more":true}"#).unwrap();
    let error = DataDir::open(home.path()).unwrap_err();
    assert!(matches!(error, DirectoryError::Newer { found: 99, .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("99") && text.contains(&format!("up to {DIRECTORY_FORMAT}")), "{text}");
}

#[test]
fn a_damaged_or_missing_format_is_said_and_not_guessed() {
    let home = tempfile::tempdir().unwrap();
    for damaged in ["", "not json", r#"{"format":0}"#, r#"{"format":-1}"#] {
        fs::write(home.path().join("format"), damaged).unwrap();
        let error = DataDir::open(home.path()).unwrap_err();
        assert!(matches!(error, DirectoryError::Format { .. }), "{damaged}: {error}");
    }
    fs::remove_file(home.path().join("format")).unwrap();
    fs::create_dir(home.path().join("meta")).unwrap();
    let error = DataDir::open(home.path()).unwrap_err();
    assert!(matches!(error, DirectoryError::Format { .. }), "{error}");
}
