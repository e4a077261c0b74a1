//! `link` and `key`: what opens files without an account, and what signs tokens.

use crate::{
    House, both,
    support::{Wopi, wopi::http_client},
};

both!(keys_are_listed_replaced_and_retired);

fn keys_are_listed_replaced_and_retired(house: &House) {
    let kids = || -> Vec<(String, bool, bool)> {
        let listed = house.json("key list --json");
        let row = |key: &serde_json::Value| {
            (key["kid"].as_str().unwrap().to_owned(), key["signs"] == true, !key["retired"].is_null())
        };
        listed.as_array().unwrap().iter().map(row).collect()
    };
    house.add("anna");
    let first = kids();
    assert_eq!(first.len(), 1);
    assert!(first[0].1);
    let said = house.ok("key rotate");
    let both = kids();
    assert_eq!((both.len(), both[0].1, both[1].1), (2, false, true));
    assert!(said.contains(&both[1].0), "{said}");
    house.ok(&format!("key retire {}", both[1].0));
    let three = kids();
    assert_eq!((three.len(), three[1].2, three[2].1), (3, true, true));
    assert!(house.ok("key list").contains("retired"));
    house.refused("key retire nosuch", 3, &["nosuch", "key list"]);
}

async fn shared(file: &Wopi, kind: &str) -> String {
    let reply = file.post("GET_SHARE_URL").header("X-WOPI-UrlType", kind).send().await.expect(200);
    let url = reply.json()["ShareUrl"].as_str().unwrap().to_owned();
    url.rsplit_once("/s/").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_token_of_a_retired_key_is_refused_by_the_running_server() {
    let house = House::serving();
    house.add("anna");
    house.binary().import("anna", &[("a.docx", b"a")]);
    let file = Wopi::from_json(http_client(), &house.binary().token("anna", "/a.docx"));
    file.get().await.expect(200);
    let kid = house.json("key list --json")[0]["kid"].as_str().unwrap().to_owned();
    house.ok(&format!("key retire {kid}"));
    file.get().await.expect(401);
}

#[tokio::test]
async fn links_are_listed_without_their_secret_and_end_by_id_or_by_path() {
    let house = House::serving();
    house.add("anna");
    house.binary().import("anna", &[("a.docx", b"a"), ("b.docx", b"b")]);
    let file = Wopi::from_json(http_client(), &house.binary().token("anna", "/a.docx"));
    let (view, edit) = (shared(&file, "ReadOnly").await, shared(&file, "ReadWrite").await);
    let listed = house.json("link list anna:/a.docx --json");
    let rows = listed.as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter().any(|row| row["role"] == "viewer" && view.starts_with(row["id"].as_str().unwrap())),
        "{listed}"
    );
    assert!(rows.iter().all(|row| row["by"] == "anna" && row["over"] == false), "{listed}");
    let text = house.ok("link list /a.docx --user anna");
    for secret in [&view, &edit] {
        assert!(!text.contains(secret) && !listed.to_string().contains(secret));
        assert!(text.contains(&secret[..8]), "{text}");
    }

    house.ok(&format!("link revoke {}", &view[..8]));
    assert_eq!(house.json("link list anna:/a.docx --json").as_array().unwrap().len(), 1);
    let said = house.ok("link revoke anna:/a.docx");
    assert!(said.contains("1 link on anna:/a.docx"), "{said}");
    assert_eq!(house.ok("link list anna:/a.docx --json").trim(), "[]");
    house.refused("link revoke anna:/a.docx", 3, &["no link"]);
    house.refused(&format!("link revoke {}", &view[..8]), 3, &["no such link"]);
    house.refused("link revoke abc", 1, &["at least"]);
    house.refused("link list anna:/none", 3, &["anna:/none"]);
}
