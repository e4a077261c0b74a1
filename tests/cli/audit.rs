//! `audit`, and what commands write into the audit trail.

use crate::{House, PASSWORD, both};

both!(what_commands_do_is_told_latest_first_and_by_whom_it_concerns, a_time_that_is_none_is_refused_in_words);

fn events(house: &House, arguments: &str) -> Vec<String> {
    let told = house.json(&format!("audit --json{arguments}"));
    told.as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap().to_owned()).collect()
}

fn what_commands_do_is_told_latest_first_and_by_whom_it_concerns(house: &House) {
    house.add("anna");
    house.add("ben");
    let folder = house.folder("in", &[("a.docx", b"a"), ("b.docx", b"b")]);
    assert!(house.import("anna", &folder).status.success());
    house.ok("grant ben editor anna:/a.docx");
    house.ok("token --user ben anna:/a.docx --json");
    house.ok("revoke ben anna:/a.docx");
    house.ok("mv anna:/a.docx anna:/c.docx");
    house.ok(&format!("export {} --owner anna", house.binary().scratch().join("out").display()));
    house.ok("rm anna:/b.docx");
    house.ok("bin restore b.docx");
    house.ok("user disable ben");
    house.ok("key rotate");
    house.binary().cli_ok(&["user", "passwd", "ben", "--password-stdin"], "another password\n");
    house.ok("client add office");
    house.ok("client rm office");
    let told = events(house, "");
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|event| !event.starts_with("sign-in")).collect();
    let expected = [
        "client-removed",
        "client-added",
        "password-changed",
        "key-rotated",
        "user-disabled",
        "undeleted",
        "deleted",
        "exported",
        "moved",
        "role-taken",
        "token-issued",
        "role-given",
        "imported",
        "user-added",
        "user-added",
    ];
    assert_eq!(told[..expected.len()], expected);
    let of_ben = events(house, " --user BEN --since 1h");
    assert_eq!(of_ben, ["password-changed", "user-disabled", "role-taken", "token-issued", "role-given", "user-added"]);
    let all = house.json("audit --json --user ben");
    assert_eq!(all[4]["path"], "anna:/a.docx");
    assert_eq!((&all[4]["detail"], &all[4]["from"]), (&"editor".into(), &"command line".into()));
    let told = house.json("audit --json");
    let entry = |event: &str| told.as_array().unwrap().iter().find(|entry| entry["event"] == event).unwrap();
    assert_eq!(
        (&entry("moved")["path"], &entry("moved")["detail"]),
        (&"anna:/c.docx".into(), &"from anna:/a.docx".into())
    );
    for event in ["imported", "exported"] {
        assert_eq!((&entry(event)["path"], &entry(event)["from"]), (&"anna:/".into(), &"command line".into()));
    }
    let text = house.ok("audit");
    assert!(text.lines().any(|line| line.contains("role-given") && line.contains("path=anna:/a.docx")), "{text}");
    assert!(!text.contains(PASSWORD) && !text.contains("another password"), "no secret is in it");
    assert!(house.json("audit --json --since 2999-01-01").as_array().unwrap().is_empty());
    assert!(house.ok("check").contains("0 damages"), "the records are known to the check");
}

#[test]
fn who_is_removed_is_told_with_all_that_goes_with_him() {
    let house = House::quiet();
    house.add("anna");
    house.add("ben");
    let folder = house.folder("in", &[("a.docx", b"a"), ("b.docx", b"b")]);
    assert!(house.import("anna", &folder).status.success());
    house.ok("rm anna:/b.docx");
    house.ok("user rm anna --transfer-to ben --empty-bin");
    let told = house.json("audit --json --user anna");
    let told: Vec<_> = told.as_array().unwrap().iter().map(|it| (&it["event"], it["detail"].as_str())).collect();
    let gone = "1 file to ben:/anna";
    let removed: [(&serde_json::Value, _); 3] = [
        (&"user-removed".into(), Some(gone)),
        (&"purged".into(), Some("1 in the bin")),
        (&"user-disabled".into(), None),
    ];
    assert_eq!(told[..3], removed);
}

fn a_time_that_is_none_is_refused_in_words(house: &House) {
    house.add("anna");
    house.refused("audit --since yesterday", 2, &["yesterday", "7d"]);
}

#[test]
fn the_trail_outlives_a_restart_and_a_backup() {
    let house = House::quiet();
    house.add("anna");
    let backup = house.binary().scratch().join("one.backup");
    house.ok(&format!("backup {}", backup.display()));
    let told = house.json("audit --json");
    assert_eq!((&told[0]["event"], &told[0]["detail"]), (&"backup-made".into(), &backup.to_str().unwrap().into()));
    house.ok(&format!("restore-backup {} --force", backup.display()));
    let told = house.json("audit --json");
    assert_eq!((&told[0]["event"], &told[0]["detail"]), (&"backup-restored".into(), &backup.to_str().unwrap().into()));
    assert_eq!(told[0]["from"], "command line");
    assert_eq!(events(&house, ""), ["backup-restored", "user-added"], "as of the backup");
    assert!(house.ok("check").contains("0 damages"));
}
