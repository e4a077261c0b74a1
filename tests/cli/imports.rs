//! `import`.

use std::os::unix::{ffi::OsStrExt as _, fs::symlink, net::UnixListener};

use crate::{
    House, both,
    support::{noise, sha256},
    write,
};

both!(
    a_folder_is_imported_whole_and_again_only_what_changed,
    what_cannot_be_kept_as_it_is_is_told,
    an_import_goes_into_a_folder_of_the_drive,
    what_was_changed_in_the_drive_is_replaced_only_when_asked,
);

fn a_folder_is_imported_whole_and_again_only_what_changed(house: &House) {
    house.add("anna");
    let large = noise(1, 3_000_000);
    let files: &[(&str, &[u8])] =
        &[("a.docx", b"one"), ("empty", b""), ("Sub/Größe 1.xlsx", &large), ("Sub/deep/er/c.pptx", b"c")];
    let folder = house.folder("in", files);
    std::fs::create_dir(folder.join("nothing in it")).unwrap();
    let run = house.import("anna", &folder);
    assert!(run.status.success() && run.stdout.starts_with("4 files imported"), "{run:?}");
    assert_eq!(run.stderr, "");
    assert_eq!(house.names("anna:/"), ["a.docx", "empty", "nothing in it/", "Sub/"]);
    let sub = house.json("ls anna:/Sub --json");
    assert_eq!((&sub[1]["name"], &sub[1]["sha256"]), (&"Größe 1.xlsx".into(), &sha256(&large).into()));

    // Same size, other bytes: only the hash tells.
    write(&folder.join("a.docx"), b"two");
    write(&folder.join("new.docx"), b"new");
    let run = house.import("anna", &folder);
    assert!(run.status.success(), "{run:?}");
    assert!(
        run.stdout.contains("2 files imported") && run.stdout.contains("1 as new versions, 3 there already"),
        "{run:?}"
    );
    let versions = house.json("versions anna:/a.docx --json");
    assert_eq!(versions.as_array().unwrap().len(), 2);
    assert_eq!((&versions[1]["current"], &versions[1]["sha256"]), (&true.into(), &sha256(b"two").into()));
    let run = house.import("anna", &folder);
    assert!(run.stdout.starts_with("0 files imported") && run.stdout.contains("5 there already"), "{run:?}");
}

fn what_cannot_be_kept_as_it_is_is_told(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("a?.docx", b"1"), ("B.docx", b"2"), ("b.docx", b"3"), (".hidden.docx", b"4")]);
    symlink("/etc/passwd", folder.join("link.docx")).unwrap();
    let _socket = UnixListener::bind(folder.join("socket")).unwrap();
    write(&folder.join(std::ffi::OsStr::from_bytes(b"broken\xff.docx")), b"5");
    let run = house.import("anna", &folder);
    assert!(run.status.success(), "{run:?}");
    assert!(run.stdout.contains("5 files imported") && run.stdout.contains("2 passed over"), "{run:?}");
    for told in ["link.docx is a symbolic link", "socket is a socket", "`a_.docx`", "`b (2).docx`", "`broken_.docx`"] {
        assert!(run.stderr.contains(told), "{told}: {run:?}");
    }
    let names = house.names("anna:/");
    assert!(names.contains(&"B.docx".to_owned()) && names.contains(&"b (2).docx".to_owned()), "{names:?}");
    let again = house.import("anna", &folder);
    assert!(again.stdout.contains("5 there already"), "the same names are found again: {again:?}");

    // A file where the drive has a folder, and a folder where it has a file: the rest is imported all the same.
    house.ok("mkdir anna:/mixed.docx");
    let folder = house.folder("in2", &[("mixed.docx", b"1"), ("B.docx/x", b"2"), ("fine.docx", b"3")]);
    let run = house.import("anna", &folder);
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert!(run.stdout.contains("1 file imported") && run.stdout.contains("2 failed"), "{run:?}");
    assert!(run.stderr.contains("mixed.docx") && run.stderr.contains("B.docx"), "{run:?}");
    assert!(house.names("anna:/").contains(&"fine.docx".to_owned()));

    house.refused("import /nonexistent --owner anna", 3, &["/nonexistent"]);
    house.refused(&format!("import {} --owner nobody", folder.display()), 3, &["nobody"]);
    house.refused(&format!("import {}/fine.docx --owner anna", folder.display()), 2, &["not a folder"]);
}

fn an_import_goes_into_a_folder_of_the_drive(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("a.docx", b"1"), ("sub/b.docx", b"2")]);
    house.ok(&format!("import {} --owner anna --into /old/2024", folder.display()));
    assert_eq!(house.names("anna:/old/2024"), ["a.docx", "sub/"]);
    assert_eq!(house.names("anna:/old/2024/sub"), ["b.docx"]);
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    let house = House::quiet();
    house.add("anna");
    let contents: Vec<_> = (0..60_u64).map(|n| (format!("f{n:02}.docx"), noise(n, 200_000))).collect();
    let files: Vec<_> = contents.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = house.folder("in", &files);
    let mut import = std::process::Command::new(env!("CARGO_BIN_EXE_lockhouse"))
        .args(["import", folder.to_str().unwrap(), "--owner", "anna", "--data-dir"])
        .arg(house.binary().data_dir())
        .env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // Somewhere among its files: others see them come, through the import's own socket.
    crate::support::eventually("the import comes along", std::time::Duration::from_secs(60), || {
        (house.names("anna:/").len() >= 5 || import.try_wait().unwrap().is_some()).then_some(())
    });
    import.kill().unwrap();
    import.wait().unwrap();
    let run = house.import("anna", &folder);
    assert!(run.status.success(), "{run:?}");
    let listed = house.json("ls anna:/ --json");
    let hashes: Vec<_> = listed.as_array().unwrap().iter().map(|file| file["sha256"].as_str().unwrap()).collect();
    assert_eq!(hashes, contents.iter().map(|(_, bytes)| sha256(bytes)).collect::<Vec<_>>());
}

fn what_was_changed_in_the_drive_is_replaced_only_when_asked(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("edited.docx", b"old"), ("newer.docx", b"old")]);
    assert!(house.import("anna", &folder).status.success());
    // A second version, and a first one that is newer than the local file.
    write(&folder.join("edited.docx"), b"edited in the drive");
    assert!(house.import("anna", &folder).status.success());
    write(&folder.join("edited.docx"), b"local");
    write(&folder.join("newer.docx"), b"local");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    std::fs::File::options().write(true).open(folder.join("newer.docx")).unwrap().set_modified(long_ago).unwrap();
    let run = house.import("anna", &folder);
    assert!(run.status.success(), "{run:?}");
    assert!(run.stdout.contains("0 files imported") && run.stdout.contains("2 passed over"), "{run:?}");
    for name in ["edited.docx", "newer.docx"] {
        assert!(
            run.stderr.contains(&format!("`anna:/{name}` was changed since it was imported; --overwrite")),
            "{run:?}"
        );
    }
    let hashes = |house: &House| {
        let listed = house.json("ls anna:/ --json");
        listed.as_array().unwrap().iter().map(|file| file["sha256"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(hashes(house), [sha256(b"edited in the drive"), sha256(b"old")]);
    let said = house.ok(&format!("import {} --owner anna --overwrite", folder.display()));
    assert!(said.contains("2 as new versions, 0 there already, 0 passed over"), "{said}");
    assert_eq!(hashes(house), [sha256(b"local"), sha256(b"local")]);
}
