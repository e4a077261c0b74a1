//! `office-link`: the link that opens a file in Office.

use crate::{House, both};

both!(
    a_link_names_the_file_the_user_and_the_place,
    who_may_only_view_gets_a_link_for_reading,
    what_gives_no_link_says_why
);

fn housed(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("a b.docx", b"a"), ("old.xls", b"x"), ("picture.jpg", b"j")]);
    assert!(house.import("anna", &folder).status.success());
}

fn parts(link: &str) -> Vec<&str> {
    link.trim().split('|').collect()
}

fn a_link_names_the_file_the_user_and_the_place(house: &House) {
    housed(house);
    let wopisrc = house.binary().token("anna", "/a b.docx")["wopisrc"].as_str().unwrap().to_owned();
    let link = house.binary().cli_ok(&["office-link", "/a b.docx", "--user", "anna"], "").stdout;
    let parts = parts(&link);
    assert_eq!(parts[0], "ms-word:ofe");
    assert_eq!(parts[1..3], ["u", &wopisrc.replace(':', "%3A").replace('/', "%2F")]);
    // No provider id is set, so there is none; no token is ever in it.
    assert_eq!(parts[3..], ["e", "anna", "n", "a%20b.docx", "a", "App"]);
    assert!(!link.contains("token"), "{link}");

    let more = [
        "office-link",
        "/a b.docx",
        "--user",
        "anna",
        "--view",
        "--pass-back",
        "lumora",
        "--context",
        "in|out 5%",
        "--origin",
        "web",
        "--json",
    ];
    let told = house.binary().cli_ok(&more, "").json();
    let link = told["link"].as_str().unwrap();
    assert!(link.starts_with("ms-word:ofv|u|"), "{link}");
    assert!(link.ends_with("|e|anna|n|a%20b.docx|a|Web|p|lumora|c|in%7Cout%205%25"), "{link}");
    assert_eq!(told["wopi_src"], wopisrc.as_str());
    assert_eq!(
        (&told["app"], &told["mode"], &told["command"], &told["opening"]),
        (&"word".into(), &"view".into(), &"ofv".into(), &"edited".into())
    );

    let run = house.binary().cli_ok(&["office-link", "anna:/old.xls", "--user", "anna"], "");
    assert!(run.stdout.starts_with("ms-excel:ofe|") && run.stderr.contains("converted"), "{run:?}");
}

fn who_may_only_view_gets_a_link_for_reading(house: &House) {
    housed(house);
    house.add("ben");
    let link = ["office-link", "anna:/a b.docx", "--user", "ben"];
    let run = house.binary().cli(&link, "");
    assert!(!run.status.success() && run.stderr.contains("has no right") && run.stdout.is_empty(), "{run:?}");
    house.binary().cli_ok(&["grant", "ben", "viewer", "anna:/a b.docx"], "");
    let text = house.binary().cli_ok(&link, "").stdout;
    assert!(text.starts_with("ms-word:ofv|") && text.contains("|e|ben|"), "{text}");
    house.binary().cli_ok(&["grant", "ben", "editor", "anna:/a b.docx"], "");
    assert!(house.binary().cli_ok(&link, "").stdout.starts_with("ms-word:ofe|"));
}

fn what_gives_no_link_says_why(house: &House) {
    housed(house);
    house.refused("office-link /none.docx --user anna", 3, &["anna:/none.docx"]);
    house.refused("office-link /picture.jpg --user anna", 1, &["no Office app opens", "picture.jpg"]);
    house.refused("office-link / --user anna", 1, &["folder"]);
    house.refused("office-link /old.xls --user nobody", 3, &["nobody"]);
    house.refused("office-link /old.xls --user anna --pass-back a:b", 2, &["scheme"]);
    house.refused(&format!("office-link /old.xls --user anna --context {}", "x".repeat(1025)), 1, &["1024"]);
}

#[test]
fn the_settings_supply_the_provider_id_and_the_links_to_the_stores() {
    let start = crate::Start::default()
        .set("LOCKHOUSE_PUBLIC_URL", "https://docs.lumora.example")
        .set("LOCKHOUSE_OFFICE__PROVIDER_ID", "TP_LUMORA")
        .set("LOCKHOUSE_OFFICE__IOS_STORE_LINKS", "word=https://apps.example/w,excel=https://apps.example/x");
    let house = House::quiet_with(start);
    housed(&house);
    let run = house.binary().cli_ok(&["office-link", "/a b.docx", "--user", "anna", "--json"], "");
    let told = run.json();
    let link = told["link"].as_str().unwrap();
    assert!(link.starts_with("ms-word:ofe|u|https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2F"), "{link}");
    assert!(link.contains("|d|TP_LUMORA|e|anna|") && run.stderr.is_empty(), "{run:?}");
    assert_eq!(told["ios_store"], "https://apps.example/w");
    assert_eq!(told["android_store"], serde_json::Value::Null);

    let wrong = crate::Start::default().set("LOCKHOUSE_OFFICE__IOS_STORE_LINKS", "word=apps.example");
    House::quiet_with(wrong).refused("user list", 2, &["office.ios_store_links", "word=URL"]);
}
