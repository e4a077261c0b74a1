//! `user`, `grant`, `revoke`.

use crate::{House, PASSWORD, both};

both!(
    a_user_is_made_listed_changed_and_removed,
    wrong_names_and_passwords_are_refused_in_words,
    who_owns_something_is_not_removed_but_can_leave_it_to_another,
    a_role_is_given_replaced_and_taken_back,
);

fn a_user_is_made_listed_changed_and_removed(house: &House) {
    let stdin = format!("{PASSWORD}\r\nmore lines do not matter\n");
    let more = ["--kind", "education", "--admin", "--display-name", "Anna Meier", "--email", "anna@example.org"];
    let arguments: Vec<_> = ["user", "add", "anna", "--password-stdin"].into_iter().chain(more).collect();
    house.binary().cli_ok(&arguments, &stdin);
    house.add("ben");
    let listed = house.json("user list --json");
    let anna = listed.as_array().unwrap().iter().find(|user| user["user"] == "anna").unwrap().clone();
    assert_eq!(anna["display_name"], "Anna Meier");
    assert_eq!((&anna["email"], &anna["kind"]), (&"anna@example.org".into(), &"education".into()));
    assert_eq!((&anna["admin"], &anna["disabled"], &anna["files"]), (&true.into(), &false.into(), &0.into()));
    assert!(house.ok("user list").contains("Anna Meier"));

    house.ok("user disable ben");
    let disabled = house.json("user list --json");
    assert!(disabled.as_array().unwrap().iter().any(|user| user["user"] == "ben" && user["disabled"] == true));
    house.ok("user disable ben --enable");
    house.binary().cli_ok(&["user", "passwd", "ben", "--password-stdin"], "another password\n");
    house.ok("user rm ben");
    assert!(!house.ok("user list").contains("ben"));
}

fn wrong_names_and_passwords_are_refused_in_words(house: &House) {
    house.add("anna");
    let add = |name: &str, password: &str| house.binary().cli(&["user", "add", name, "--password-stdin"], password);
    assert_eq!(add("Anna", PASSWORD).status.code(), Some(4), "the name is taken whatever the case of its letters");
    assert_eq!(add("an-na", PASSWORD).status.code(), Some(1));
    assert!(add("ben", "short\n").stderr.contains("at least 8 characters"));
    assert_eq!(add("ben", "").status.code(), Some(1));
    assert_eq!(add("ben", &"x".repeat(5000)).status.code(), Some(1));
    assert_eq!(house.run("user add ben").status.code(), Some(2), "there is no terminal to ask at");
    assert_eq!(house.run("user add ben --kind pirate").status.code(), Some(2));
    house.refused("user disable nobody", 3, &["nobody", "user list"]);
    house.refused("user rm nobody", 3, &["nobody"]);
    assert_eq!(house.binary().cli(&["user", "passwd", "nobody", "--password-stdin"], PASSWORD).status.code(), Some(3));
    assert!(!house.ok("user list").contains("ben"));
}

fn who_owns_something_is_not_removed_but_can_leave_it_to_another(house: &House) {
    for name in ["anna", "ben", "cleo"] {
        house.add(name);
    }
    let folder = house.folder("in", &[("a.docx", b"a"), ("sub/deep/b.docx", b"b"), ("gone.docx", b"c")]);
    assert!(house.import("anna", &folder).status.success());
    house.ok("mkdir anna:/empty");
    house.ok("grant cleo editor anna:/sub");
    house.ok("rm anna:/gone.docx");
    house.refused("user rm anna", 4, &["2 files", "2 folders", "1 file in the bin", "--transfer-to"]);
    house.add("dora");
    house.ok("mkdir dora:/only");
    house.refused("user rm dora", 4, &["0 files in the drive", "1 folder "]);
    house.refused("user rm anna --transfer-to nobody", 3, &["nobody"]);
    house.refused("user rm anna --transfer-to anna", 1, &["somebody else"]);
    house.refused("user rm anna --transfer-to ben", 4, &["1 file in the bin", "--empty-bin"]);
    let id = house.json("ls anna:/ --json")[0]["id"].clone();

    house.ok("user rm anna --transfer-to ben --empty-bin");
    assert_eq!(house.names("ben:/anna"), ["a.docx", "empty/", "sub/"]);
    assert_eq!(house.names("ben:/anna/sub/deep"), ["b.docx"]);
    assert_eq!(house.json("ls ben:/anna --json")[0]["id"], id, "the file is the same, its links stay good");
    house.json("token --user cleo ben:/anna/sub/deep/b.docx --json");
    house.refused("ls anna:/", 3, &["anna"]);
    assert_eq!(house.json("bin list --json").as_array().unwrap().len(), 0);
}

fn a_role_is_given_replaced_and_taken_back(house: &House) {
    house.add("anna");
    house.add("ben");
    let folder = house.folder("in", &[("sub/a.docx", b"a")]);
    assert!(house.import("anna", &folder).status.success());
    let token = "token --user ben anna:/sub/a.docx --json";
    house.refused(token, 1, &["ben", "no right", "lockhouse grant ben"]);
    house.ok("grant ben viewer /sub --owner anna");
    house.json(token);
    house.ok("grant ben editor anna:/sub");
    house.json(token);
    house.refused("revoke ben anna:/sub/a.docx", 3, &["folder around it"]);
    house.ok("revoke ben sub --owner anna");
    house.refused(token, 1, &["no right"]);
    house.refused("grant nobody editor anna:/sub", 3, &["nobody"]);
    house.refused("grant anna editor anna:/sub", 4, &["owns it"]);
    house.refused("grant ben editor anna:/none", 3, &["anna:/none"]);
    house.refused("grant ben editor /sub", 1, &["whose drive"]);
    assert_eq!(house.run("grant ben king anna:/sub").status.code(), Some(2));
}

#[test]
fn the_last_administrator_stays() {
    let house = House::quiet();
    house.binary().add_user("anna", &["--admin"]);
    house.refused("user disable anna", 4, &["last administrator"]);
    house.refused("user rm anna", 4, &["last administrator"]);
    assert!(!house.json("user list --json")[0]["disabled"].as_bool().unwrap());
}
