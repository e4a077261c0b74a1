//! `client`, and what it gives to users.

use crate::{House, PASSWORD, both};

both!(
    a_client_is_added_listed_and_removed_and_its_secret_is_told_once,
    what_cannot_be_a_client_is_refused_in_words,
    a_user_has_a_region_and_is_signed_out_everywhere,
);

fn a_client_is_added_listed_and_removed_and_its_secret_is_told_once(house: &House) {
    house.add("anna");
    let made = house.json("client add office --json");
    assert_eq!((&made["id"], &made["name"], &made["public"]), (&"office".into(), &"Office".into(), &false.into()));
    assert_eq!(made["redirect_uris"], serde_json::json!(["https://localhost"]));
    assert_eq!(made["scopes"], serde_json::json!(["wopi"]));
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 43, "256 bits");
    let second = house.json("client rotate-secret office --json")["secret"].as_str().unwrap().to_owned();
    assert_ne!(secret, second);

    let app = [
        "client",
        "add",
        "app",
        "--public",
        "--redirect-uri",
        "example.app:/back",
        "--scope",
        "app",
        "--scope",
        "wopi",
    ];
    let told = house.binary().cli_ok(&app, "").stdout;
    assert!(told.contains("app") && told.contains("PKCE"), "{told}");
    let listed = house.json("client list --json");
    let office = listed.as_array().unwrap().iter().find(|client| client["id"] == "office").unwrap();
    assert_eq!(office["secrets"].as_array().unwrap().len(), 2);
    let all = format!("{listed}{}", house.ok("client list"));
    assert!(!all.contains(&secret) && !all.contains(&second));
    assert!(all.contains("example.app:/back") && all.contains("app,wopi"), "{all}");

    house.refused("client add office", 4, &["office"]);
    house.refused("client rotate-secret app", 1, &["public"]);
    house.ok("client rm office");
    house.refused("client rm office", 3, &["office", "client list"]);
    house.refused("client rotate-secret office", 3, &["office"]);
}

fn what_cannot_be_a_client_is_refused_in_words(house: &House) {
    house.add("anna");
    house.refused("client add a/b", 1, &["client id"]);
    house.refused("client add a --redirect-uri http://localhost", 1, &["http://localhost"]);
    house.refused("client add a --redirect-uri example.app:/back", 1, &["public"]);
    house.refused("client add a --redirect-uri https://localhost/#x", 1, &["fragment"]);
    house.refused("client add a --scope admin", 2, &["admin"]);
}

fn a_user_has_a_region_and_is_signed_out_everywhere(house: &House) {
    let add = |name: &str, region: &str| {
        house.binary().cli(&["user", "add", name, "--password-stdin", "--region", region], PASSWORD)
    };
    assert!(add("anna", "eu-1").status.success());
    let wrong = add("ben", "e u");
    assert!(wrong.status.code() == Some(1) && wrong.stderr.contains("region"), "{wrong:?}");
    assert!(!house.ok("user list").contains("ben"), "he was not made without it");
    assert!(house.ok("user sign-out anna").contains("anna"));
    house.refused("user sign-out nobody", 3, &["nobody"]);
    house.refused("user revoke anna office", 3, &["office"]);
    house.ok("client add office");
    assert!(house.ok("user revoke anna office").contains("0 sign-ins"));
}
