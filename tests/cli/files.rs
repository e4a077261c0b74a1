//! `ls`, `mkdir`, `mv`, `rm`, `bin`.

use crate::{House, both};

both!(
    folders_are_made_listed_moved_and_removed,
    a_deleted_file_comes_back_from_the_bin_or_goes_for_good,
    paths_that_lead_nowhere_are_told_apart,
);

fn folders_are_made_listed_moved_and_removed(house: &House) {
    house.add("anna");
    house.add("ben");
    let folder = house.folder("in", &[("a.docx", b"a"), ("sub/b.docx", b"bb")]);
    assert!(house.import("anna", &folder).status.success());
    let drives = house.ok("ls");
    assert!(drives.contains("anna:/") && drives.contains("ben:/"), "{drives}");
    assert_eq!(house.names("--user anna"), ["a.docx", "sub/"]);
    let listed = house.json("ls / --owner anna --json");
    assert_eq!(
        (&listed[0]["kind"], &listed[0]["size"], &listed[0]["path"]),
        (&"file".into(), &1.into(), &"anna:/a.docx".into())
    );
    assert_eq!((&listed[1]["kind"], &listed[1]["name"]), (&"folder".into(), &"sub".into()));
    assert!(house.ok("ls anna:/sub/b.docx --long").contains("b.docx"));

    assert_eq!(house.ok("mkdir new/er --user anna").trim(), "anna:/new/er");
    house.ok("mkdir anna:/new/er");
    assert_eq!(house.ok("mv a.docx new/er --user anna").trim(), "anna:/new/er/a.docx");
    assert_eq!(house.ok("mv anna:/new/er/a.docx anna:/new/c.docx").trim(), "anna:/new/c.docx");
    assert_eq!(house.ok("mv anna:/new/c.docx anna:/new/C.docx").trim(), "anna:/new/C.docx");
    assert_eq!(house.ok("mv anna:/sub anna:/new").trim(), "anna:/new/sub");
    assert_eq!(house.ok("mv anna:/new/sub anna:/new/SUB").trim(), "anna:/new/SUB");
    assert_eq!(house.ok("mv anna:/new/C.docx ben:/").trim(), "ben:/C.docx");
    house.refused("mv anna:/new anna:/new/er", 4, &["anna:/new"]);
    house.refused("mv anna:/new ben:/", 4, &["another drive"]);
    house.refused("mv anna:/ ben:/", 4, &["anna:/"]);
    house.refused("mv anna:/new anna:/none/x", 3, &["anna:/none", "mkdir"]);
    house.refused("mkdir ben:/C.docx", 4, &["ben:/C.docx", "file"]);
    house.ok("mv anna:/new/SUB/b.docx ben:/b.docx");
    house.refused("mv ben:/b.docx ben:/C.docx", 4, &["taken"]);

    house.refused("rm anna:/new", 4, &["--recursive"]);
    house.ok("rm anna:/new/er");
    house.ok("rm --recursive anna:/new");
    house.ok("rm ben:/ -r");
    assert_eq!(house.ok("ls anna:/") + &house.ok("ls ben:/"), "");
    house.refused("rm anna:/", 4, &["root"]);
}

fn a_deleted_file_comes_back_from_the_bin_or_goes_for_good(house: &House) {
    house.add("anna");
    house.add("ben");
    let folder = house.folder("in", &[("sub/a.docx", b"a"), ("sub/b.docx", b"b"), ("b.docx", b"c")]);
    assert!(house.import("anna", &folder).status.success());
    let id = house.json("ls anna:/sub --json")[0]["id"].as_str().unwrap().to_owned();
    assert!(house.ok("rm -r anna:/sub").contains("2 files"));
    house.ok("rm anna:/b.docx");
    let bin = house.json("bin list --user anna --json");
    assert_eq!(bin.as_array().unwrap().len(), 3);
    assert!(bin.as_array().unwrap().iter().all(|file| file["owner"] == "anna" && file["deleted"].is_string()));
    assert_eq!(house.json("bin list --user ben --json").as_array().unwrap().len(), 0);

    house.refused("bin restore b.docx", 4, &["2 files", "id"]);
    house.refused("bin restore c.docx", 3, &["c.docx"]);
    assert_eq!(house.ok(&format!("bin restore {id}")).trim(), "anna:/a.docx", "its folder is gone");
    assert_eq!(house.json("ls anna:/ --json")[0]["id"], id.as_str());
    house.ok("rm anna:/a.docx");
    assert_eq!(house.ok("bin restore a.docx --user anna").trim(), "anna:/a.docx");
    assert_eq!(house.run("bin empty").status.code(), Some(2));
    assert!(house.ok("bin empty --user anna").contains("2 files"));
    assert_eq!(house.json("bin list --json").as_array().unwrap().len(), 0);
    house.ok("collect");
}

fn paths_that_lead_nowhere_are_told_apart(house: &House) {
    house.add("anna");
    house.refused("ls anna:/none", 3, &["anna:/none"]);
    house.refused("ls nobody:/", 3, &["nobody"]);
    house.refused("ls --user nobody", 3, &["nobody"]);
    house.refused("ls /", 1, &["whose drive"]);
    house.refused("ls anna:/../ben", 1, &[".."]);
    house.refused("mkdir anna:/a?b", 1, &["a?b"]);
    house.refused("versions anna:/", 1, &["folder"]);
    house.refused("rm anna:/none --recursive", 3, &["anna:/none"]);
    house.refused("lock show anna:/none", 3, &["anna:/none"]);
}
