//! `versions`, `restore`, `lock`, and `config show`.

use crate::{
    House, both,
    support::{Wopi, sha256, wopi::http_client},
    write,
};

both!(versions_are_listed_and_brought_back, settings_are_shown_with_their_origin);

fn versions_are_listed_and_brought_back(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("a.docx", b"one")]);
    assert!(house.import("anna", &folder).status.success());
    write(&folder.join("a.docx"), b"other");
    assert!(house.import("anna", &folder).status.success());
    house.ok("restore a.docx 1 --user anna");
    let versions = house.json("versions a.docx --user anna --json");
    let told: Vec<_> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["number"].as_u64().unwrap(), it["current"] == true, it["sha256"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(told, [(1, false, sha256(b"one")), (2, false, sha256(b"other")), (3, true, sha256(b"one"))]);
    assert_eq!(
        (&versions[2]["kind"], &versions[2]["by"], &versions[2]["rescued"]),
        (&"restored".into(), &"anna".into(), &false.into())
    );
    assert!(house.ok("versions anna:/a.docx").contains("current"));
    house.refused("restore anna:/a.docx 9", 3, &["version 9", "lockhouse versions"]);
    house.refused("restore anna:/a.docx 1 --rescued", 3, &["rescued version 1"]);
    assert_eq!(house.run("restore anna:/a.docx first").status.code(), Some(2));
    assert_eq!(house.ok("lock list"), "");
    assert_eq!(house.json("lock show anna:/a.docx --json"), serde_json::Value::Null);
    house.ok("lock break anna:/a.docx");
}

fn settings_are_shown_with_their_origin(house: &House) {
    let shown = house.json("config show --json --listen 127.0.0.1:7");
    assert_eq!(shown["listen"]["value"], "127.0.0.1:7");
    assert_eq!(shown["listen"]["origin"], "flag --listen");
    assert_eq!(shown["tokens.lifetime"]["origin"], "default");
    assert!(house.ok("config show").contains("# environment LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR"));
}

#[tokio::test]
async fn a_locked_file_is_left_alone_until_its_lock_is_broken() {
    let house = House::serving();
    house.add("anna");
    house.binary().import("anna", &[("sub/a.docx", b"one"), ("sub/b.docx", b"two")]);
    let token = house.binary().token("anna", "/sub/a.docx");
    let file = Wopi::from_json(http_client(), &token);
    file.lock("editor").await.expect(200);

    let locks = house.json("lock list --json");
    assert_eq!(locks.as_array().unwrap().len(), 1);
    assert_eq!((&locks[0]["path"], &locks[0]["lock"]), (&"anna:/sub/a.docx".into(), &"editor".into()));
    assert_eq!(house.json("lock show anna:/sub/a.docx --json")["lock"], "editor");
    assert_eq!(house.json("ls anna:/sub --json")[0]["locked"], true);
    let words = ["anna:/sub/a.docx", "locked", "lockhouse lock break"];
    house.refused("rm anna:/sub/a.docx", 4, &words);
    house.refused("mv anna:/sub/a.docx anna:/sub/c.docx", 4, &words);
    house.refused("restore anna:/sub/a.docx 1", 4, &words);
    let folder = house.folder("in", &[("a.docx", b"imported"), ("z.docx", b"z")]);
    let run = house.run(&format!("import {} --owner anna --into sub", folder.display()));
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert!(run.stdout.contains("1 file imported") && run.stderr.contains("locked"), "{run:?}");
    let run = house.run("rm -r anna:/sub");
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert!(run.stderr.contains("anna:/sub/a.docx"), "{run:?}");
    assert_eq!(house.names("anna:/sub"), ["a.docx"]);
    assert_eq!(house.ok("mv anna:/sub/a.docx anna:/").trim(), "anna:/a.docx", "a lock follows through a move");
    assert_eq!(file.held_by().await, "editor");

    // What the editor cannot save any more is kept, and comes back by number.
    file.put(Some("lost"), "rescued bytes").await.expect(409);
    let rescued = house.binary().rescued("anna", "/a.docx");
    assert_eq!(rescued.len(), 1);
    assert!(rescued[0]["reason"].is_string() && rescued[0]["current"] == false);
    let number = rescued[0]["number"].as_u64().unwrap();
    assert!(house.ok("lock break anna:/a.docx").contains("editor"));
    assert_eq!(file.held_by().await, "");
    house.ok(&format!("restore anna:/a.docx {number} --rescued"));
    assert_eq!(file.get().await.expect(200).body, b"rescued bytes");
}
