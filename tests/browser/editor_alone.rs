//! The editors that stand in, without the host's page: that they do what the others rely on, and are held to it.

use serde_json::json;

use crate::{
    driver::{Device, Driver},
    editor::{Editor, Fault},
    house::{House, house},
    window::Window,
};

/// Posts a token to an action as a page would, in the window itself.
const LAUNCH: &str = "const [action, token] = arguments;
const form = document.createElement('form');
form.method = 'post';
form.action = action;
for (const [name, value] of Object.entries({ access_token: token, access_token_ttl: '1930000000000' })) {
  const field = document.createElement('input');
  field.type = 'hidden'; field.name = name; field.value = value;
  form.append(field);
}
document.body.append(form);
form.submit();";

async fn launch(house: &House, window: &Window, editor: &Editor, action: &str, (user, path): (&str, &str)) {
    let client = editor.setting().split('=').next().unwrap().to_owned();
    let token = house.binary().cli_ok(&["token", "--user", user, path, "--client", &client, "--json"], "").json();
    let src = crate::support::percent(token["wopisrc"].as_str().unwrap());
    window.goto("about:blank").await;
    let action = format!("{}/{action}{src}", editor.origin());
    window.run(LAUNCH, vec![json!(action), token["access_token"].clone()]).await;
    window.see("#state").await;
}

async fn states(window: &Window, state: &str) {
    window.until(state, async || (window.see("#state").await == state).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_editors_that_stand_in_lock_read_save_and_unlock_with_proofs() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("alone", "Ada Lone");
    house.binary().import("alone", &[("a.txt", b"text of a"), ("b.docx", b"bytes of b"), ("c.wopitest", b"text of c")]);
    let window = driver.browser(Device::Desktop).await;
    for (editor, action, name, before) in [
        (&house.collabora, "browser/5d1e/cool.html?WOPISrc=", "a.txt", "text of a"),
        (&house.only_office, "hosting/wopi/word/edit?wopisrc=", "b.docx", "bytes of b"),
        (&house.office, "x/edit?WOPISrc=", "c.wopitest", "text of c"),
    ] {
        let id = house.id("alone", name);
        launch(house, &window, editor, action, ("alone", name)).await;
        states(&window, "Ready").await;
        window.element("#text").await.send_keys(" and more").await.unwrap();
        window.press("Save").await;
        states(&window, "Saved").await;
        assert_eq!(house.bytes("alone", name).await, format!("{before} and more").into_bytes(), "{name}");
        let expected = [("CHECK_FILE_INFO", 200), ("LOCK", 200), ("GET_FILE", 200), ("PUT", 200)];
        assert_eq!(editor.called(&id), expected, "{name}");
        window.goto("about:blank").await;
        window.until("it unlocks", async || (editor.called(&id).last() == Some(&("UNLOCK", 200))).then_some(())).await;
    }
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_editors_do_wrong_when_told_so_is_refused() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("wrong", "Walt Wrong");
    house.binary().import("wrong", &[("a.txt", b"text of a"), ("b.txt", b"text of b"), ("c.txt", b"text of c")]);
    let window = driver.browser(Device::Desktop).await;
    for (name, fault, state) in [
        ("a.txt", Fault::SavesWithoutLock, "Not saved: 409"),
        ("b.txt", Fault::WrongSignature, "Not saved: 500"),
        ("c.txt", Fault::OldTimestamp, "Not saved: 500"),
    ] {
        launch(house, &window, &house.collabora, "browser/5d1e/cool.html?WOPISrc=", ("wrong", name)).await;
        states(&window, "Ready").await;
        house.collabora.misbehave(&house.id("wrong", name), fault);
        window.press("Save").await;
        states(&window, state).await;
        assert_eq!(house.bytes("wrong", name).await, format!("text of {}", &name[..1]).into_bytes());
    }
    window.close().await;
}
