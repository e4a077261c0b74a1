//! `export`.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{House, both, support::noise};

both!(drives_become_folders_and_again_only_what_changed, a_part_of_a_drive_is_exported);

/// Every file below a folder with its bytes, and every folder.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(here) = waiting.pop() {
        for entry in fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                waiting.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn drives_become_folders_and_again_only_what_changed(house: &House) {
    house.add("anna");
    house.add("ben");
    let large = noise(7, 2_000_000);
    let folder = house.folder("in", &[("a.docx", b"a"), ("nil", b""), ("sub/Größe.xlsx", &large)]);
    fs::create_dir(folder.join("empty")).unwrap();
    assert!(house.import("anna", &folder).status.success());
    let out = house.binary().scratch().join("out");
    let export = format!("export {}", out.display());
    house.ok(&export);
    assert_eq!(tree(&out.join("anna")), tree(&folder));
    assert!(out.join("ben").is_dir());

    fs::write(out.join("anna/a.docx"), b"x").unwrap();
    fs::remove_file(out.join("anna/nil")).unwrap();
    let large_then = fs::metadata(out.join("anna/sub/Größe.xlsx")).unwrap().modified().unwrap();
    let told = house.ok(&export);
    assert!(told.starts_with("2 files exported"), "{told}");
    assert_eq!(tree(&out.join("anna")), tree(&folder));
    assert_eq!(fs::metadata(out.join("anna/sub/Größe.xlsx")).unwrap().modified().unwrap(), large_then);

    fs::remove_file(out.join("anna/a.docx")).unwrap();
    fs::create_dir(out.join("anna/a.docx")).unwrap();
    let run = house.run(&export);
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert!(run.stderr.contains("anna/a.docx") && run.stdout.contains("1 failed"), "{run:?}");
}

fn a_part_of_a_drive_is_exported(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("a.docx", b"a"), ("sub/b.docx", b"b"), ("sub/deep/c.docx", b"c")]);
    assert!(house.import("anna", &folder).status.success());
    let scratch = house.binary().scratch();
    let out = |name: &str| scratch.join(name);
    house.ok(&format!("export {} --owner anna", out("whole").display()));
    assert_eq!(tree(&out("whole")), tree(&folder));
    house.ok(&format!("export {} sub --owner anna", out("part").display()));
    assert_eq!(tree(&out("part")), tree(&folder.join("sub")));
    house.ok(&format!("export {} anna:/sub/b.docx", out("file").display()));
    assert_eq!(tree(&out("file")), BTreeMap::from([("b.docx".to_owned(), b"b".to_vec())]));
    house.refused(&format!("export {} anna:/none", out("none").display()), 3, &["anna:/none"]);
    assert!(!out("none").exists());
}
