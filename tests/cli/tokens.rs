//! `token`, which points a WOPI client at a file.

use crate::{
    House, both,
    support::{Wopi, wopi::http_client},
};

both!(a_token_is_one_object_with_three_members, a_folder_has_a_token_too);

fn a_token_is_one_object_with_three_members(house: &House) {
    house.add("anna");
    let folder = house.folder("in", &[("a b.docx", b"a")]);
    assert!(house.import("anna", &folder).status.success());
    let token = house.binary().cli_ok(&["token", "--user", "anna", "/a b.docx", "--json"], "").json();
    assert_eq!(token.as_object().unwrap().len(), 3);
    assert!(token["wopisrc"].as_str().unwrap().contains("/wopi/files/"));
    assert!(!token["access_token"].as_str().unwrap().is_empty());
    let ends = token["access_token_ttl"].as_i64().unwrap();
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    assert!((9 * 3_600_000..=10 * 3_600_000).contains(&(ends - now)), "10 hours from now: {ends}");

    let short =
        ["token", "--user", "anna", "a b.docx", "--json", "--lifetime", "90s", "--client", "collabora", "--view"];
    let ends = house.binary().cli_ok(&short, "").json()["access_token_ttl"].as_i64().unwrap();
    assert!(ends - now < 120_000);
    let text = house.binary().cli_ok(&["token", "--user", "anna", "a b.docx"], "").stdout;
    assert!(["wopisrc ", "access_token ", "access_token_ttl "].iter().all(|name| text.contains(name)), "{text}");

    house.refused("token --user nobody anna:/x --json", 3, &["nobody"]);
    house.refused("token --user anna /x --json", 3, &["anna:/x"]);
    house.ok("user disable anna");
    let run = house.binary().cli(&["token", "--user", "anna", "a b.docx"], "");
    assert!(run.status.code() == Some(4) && run.stderr.contains("--enable"), "{run:?}");
}

fn a_folder_has_a_token_too(house: &House) {
    house.add("anna");
    house.ok("mkdir anna:/sub");
    let token = house.json("token --user anna /sub --json");
    assert!(token["wopisrc"].as_str().unwrap().contains("/wopi/containers/"));
}

#[tokio::test]
async fn a_token_opens_the_file_at_the_running_server_whatever_port_it_has() {
    let house = House::serving();
    house.add("anna");
    house.binary().import("anna", &[("a.docx", b"hello")]);
    let token = house.binary().token("anna", "/a.docx");
    assert!(token["wopisrc"].as_str().unwrap().starts_with(house.binary().url()), "{token}");
    let file = Wopi::from_json(http_client(), &token);
    assert_eq!(file.get().await.expect(200).body, b"hello");
    let view = Wopi::from_json(http_client(), &house.json("token --user anna /a.docx --json --view"));
    view.get().await.expect(200);
    assert_eq!(view.info().await.json()["UserCanWrite"], false);
}

#[test]
fn without_a_server_the_address_is_the_one_it_would_have() {
    let house = House::quiet();
    house.add("anna");
    house.ok("mkdir anna:/sub");
    let token = house.json("token --user anna /sub --json --listen 127.0.0.1:9123");
    assert!(token["wopisrc"].as_str().unwrap().starts_with("http://127.0.0.1:9123/wopi/"));
    house.refused("token --user anna /sub --json --listen 127.0.0.1:0", 4, &["public_url", "--listen"]);
}
