//! The whole story of a person: signs in, uploads, opens, edits, renames, shares, looks at earlier versions and brings one back,
//! throws away and brings back, chooses a language, signs out.

use std::path::PathBuf;

use fantoccini::key::Key;
use serde_json::json;

use crate::{
    driver::{Device, Driver},
    house::{House, house},
    window::Window,
};

/// Drops files onto the page, as a mouse does that comes from elsewhere.
const DROP: &str = "const transfer = new DataTransfer();
for (const [name, text] of arguments[0]) transfer.items.add(new File([text], name));
for (const type of ['dragenter', 'dragover', 'drop']) {
  document.querySelector('main').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}";

/// A file on the person's own disk.
fn file(house: &House, name: &str, text: &str) -> PathBuf {
    let folder = house.binary().scratch().join(std::thread::current().name().unwrap().replace("::", "-"));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Waits until the file is listed, by its name.
async fn listed(window: &Window, name: &str) {
    window.until(&format!("{name} is listed"), async || window.offers(name).await.then_some(())).await;
}

/// Waits until the frame's editor says this.
async fn editor_says(window: &Window, state: &str) {
    window
        .until(&format!("the editor says {state}"), async || (window.see("#state").await == state).then_some(()))
        .await;
}

/// Everything by pressing and typing.
async fn live(device: Device, user: &str, friend: &str) {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user(user, &format!("{user} Lund"));
    house.user(friend, &format!("{friend} Berg"));
    let window = driver.browser(device).await;

    // Signs in, from wherever he wanted to go.
    window.goto(&house.at("/")).await;
    window.arrives("/sign-in").await;
    house.fill_in(&window, user).await;
    window.arrives("/folder/").await;
    window.says("This folder is empty").await;
    let folder = window.path().await;
    uploads(house, &window, user).await;
    edits(house, &window, user, &folder).await;
    renames(&window, &folder).await;
    shares(house, &driver, &window, friend).await;
    regrets(house, &window, user, &folder).await;
    leaves(house, &window, user, &folder).await;
    window.close().await;
}

/// By the button, and by dropping.
async fn uploads(house: &House, window: &Window, user: &str) {
    let upload = file(house, "Letter.txt", "Dear keeper");
    window
        .client
        .find(fantoccini::Locator::Css("#files"))
        .await
        .unwrap()
        .send_keys(upload.to_str().unwrap())
        .await
        .unwrap();
    listed(window, "Letter.txt").await;
    window.run(DROP, vec![json!([["Dropped.txt", "from elsewhere"], ["Thrown away.txt", "useless"]])]).await;
    listed(window, "Dropped.txt").await;
    listed(window, "Thrown away.txt").await;
    assert_eq!(house.bytes(user, "/Letter.txt").await, b"Dear keeper");
}

/// Opens, edits, saves; the page says so from what the host has.
async fn edits(house: &House, window: &Window, user: &str, folder: &str) {
    window.goto(&house.at(folder)).await;
    window.press("Letter.txt").await;
    window.arrives("/edit/").await;
    window.enter("office_frame").await;
    editor_says(window, "Ready").await;
    window.element("#text").await.send_keys(", the gate is open").await.unwrap();
    window.leave().await;
    window.says("Changes not saved yet").await;
    window.enter("office_frame").await;
    window.press("Save").await;
    editor_says(window, "Saved").await;
    window.leave().await;
    window
        .until_script(
            "the page shows that it is saved",
            "return document.getElementById('bar').dataset.state === 'saved'",
            vec![],
        )
        .await;
    assert_eq!(house.bytes(user, "/Letter.txt").await, b"Dear keeper, the gate is open");
}

/// In the editor, whereupon title and list follow, and in the list.
async fn renames(window: &Window, folder: &str) {
    window.enter("office_frame").await;
    window.fill("New name", "Open gate").await;
    window.press("Rename").await;
    window.leave().await;
    window.until("the title", async || window.title().await.starts_with("Open gate.txt").then_some(())).await;
    window.enter("office_frame").await;
    window.press("Close").await;
    window.leave().await;
    window.arrives(folder).await;
    listed(window, "Open gate.txt").await;

    // Renames in the list.
    window.press("Actions: Dropped.txt").await;
    window.press("Rename").await;
    window.fill("Name", "Kept").await;
    window.press_in("Rename", Some("dialog[open]")).await;
    window.says("Renamed.").await;
    listed(window, "Kept.txt").await;
}

/// With a friend, who finds it, and by a link, with which a stranger reads it.
async fn shares(house: &House, driver: &Driver, window: &Window, friend: &str) {
    let device = window.device;
    window.press("Actions: Open gate.txt").await;
    window.press("Share").await;
    window.arrives("/share/").await;
    window.fill("User name or e-mail address", friend).await;
    window.press_css("button[name=deed][value=add]").await;
    window.says("Shared.").await;
    window.press("Make a link").await;
    window.says("The link is ready.").await;
    let link = "return document.querySelector('.links input[readonly]')?.value";
    let link = window.until_script("a link", link, vec![]).await.as_str().unwrap().to_owned();
    let other = house.signed_in(driver, device, friend).await;
    other.press("Shared with me").await;
    listed(&other, "Open gate.txt").await;
    other.press("Open gate.txt").await;
    other.arrives("/view/").await;
    other.enter("office_frame").await;
    editor_says(&other, "Read only").await;
    other.close().await;
    let stranger = driver.browser(device).await;
    stranger.goto(&link).await;
    stranger.says("You can view it.").await;
    stranger.press("Open").await;
    stranger.arrives("/s/").await;
    stranger.enter("office_frame").await;
    editor_says(&stranger, "Read only").await;
    stranger.close().await;
}

/// Brings the first version back; throws something away, and brings it back.
async fn regrets(house: &House, window: &Window, user: &str, folder: &str) {
    window.goto(&house.at(folder)).await;
    window.press("Actions: Open gate.txt").await;
    window.press("Versions").await;
    window.arrives("/versions/").await;
    window.press("Bring back").await;
    window
        .until("the version is brought back", async || {
            _ = window.client.accept_alert().await;
            window.text().await.contains("The version was brought back.").then_some(())
        })
        .await;
    assert_eq!(house.bytes(user, "/Open gate.txt").await, b"Dear keeper");

    // Throws something away, and brings it back.
    window.goto(&house.at(folder)).await;
    window.press("Actions: Thrown away.txt").await;
    window.press("Delete").await;
    window.press_in("Delete", Some("dialog[open]")).await;
    window.says("Moved to the bin: 1.").await;
    assert!(!window.offers("Thrown away.txt").await);
    window.press("Bin").await;
    window.arrives("/bin").await;
    window.press("Bring back").await;
    window.says("“Thrown away.txt” is back").await;
    window.goto(&house.at(folder)).await;
    listed(window, "Thrown away.txt").await;
}

/// Chooses a language, and signs out.
async fn leaves(house: &House, window: &Window, user: &str, folder: &str) {
    window.press(&format!("Account of {user} Lund")).await;
    window.press("My account").await;
    window.arrives("/account").await;
    window.element("#language-choice").await.select_by_value("de").await.unwrap();
    window.press("Save").await;
    window.says("Mein Konto").await;
    window.press(&format!("Konto von {user} Lund")).await;
    window.press_in("Abmelden", Some("header")).await;
    window.arrives("/sign").await;
    window.goto(&house.at(folder)).await;
    window.arrives("/sign-in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_works_with_documents_at_a_desk() {
    live(Device::Desktop, "desk", "deskfriend").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_works_with_documents_on_a_phone() {
    live(Device::Phone, "phone", "phonefriend").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_works_with_documents_by_the_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("keys", "Kay Keys");
    house.user("keysfriend", "Friend");
    house.binary().import("keys", &[("Alpha.txt", b"first"), ("Beta.txt", b"second")]);
    let window = driver.browser(Device::Desktop).await;
    window.goto(&house.at("/")).await;
    window.arrives("/sign-in").await;
    // The first field has the focus.
    window.type_text("keys").await;
    window.key(Key::Tab).await;
    window.type_text(crate::support::PASSWORD).await;
    window.key(Key::Enter).await;
    window.arrives("/folder/").await;

    let folder = window.path().await;

    // Past the navigation, down the list, a new name.
    window.enter_on("Skip to the content").await;
    window.tab_to("Alpha.txt").await;
    window.key(Key::Down).await;
    assert_eq!(window.focused().await, "Beta.txt");
    window.key(Key::F2).await;
    window.type_text("Gamma").await;
    window.key(Key::Enter).await;
    window.says("Renamed.").await;
    listed(&window, "Gamma.txt").await;

    // Something new, from the menu.
    window.enter_on("New").await;
    window.enter_on("Folder").await;
    window.type_text("Plans").await;
    window.key(Key::Enter).await;
    window.says("The folder was made.").await;
    window.goto(&house.at(&folder)).await;
    listed(&window, "Plans").await;

    // Opens, writes, saves and closes.
    window.enter_on("Alpha.txt").await;
    window.arrives("/edit/").await;
    window.enter("office_frame").await;
    editor_says(&window, "Ready").await;
    window.leave().await;
    window.tab_into_frame("Text").await;
    window.chord(Key::Control, char::from(Key::End)).await;
    window.type_text(" and more").await;
    window.says("Changes not saved yet").await;
    window.back_tab_in_frame_to("Save").await;
    window.key(Key::Enter).await;
    window.until_script("it is saved", "return document.getElementById('bar').dataset.state === 'saved'", vec![]).await;
    assert_eq!(house.bytes("keys", "/Alpha.txt").await, b"first and more");
    window.goto(&house.at(&folder)).await;

    // The menu of a file, by its arrows; shares.
    window.enter_on("Actions: Alpha.txt").await;
    while window.focused().await != "Share" {
        window.key(Key::Down).await;
    }
    window.key(Key::Enter).await;
    window.arrives("/share/").await;
    window.tab_to("User name or e-mail address").await;
    window.type_text("keysfriend").await;
    window.key(Key::Enter).await;
    window.says("Shared.").await;

    // Earlier versions, and one brought back.
    window.enter_on("Versions").await;
    window.arrives("/versions/").await;
    window.enter_on("Bring back").await;
    window
        .until("the version is brought back", async || {
            _ = window.client.accept_alert().await;
            window.text().await.contains("The version was brought back.").then_some(())
        })
        .await;
    assert_eq!(house.bytes("keys", "/Alpha.txt").await, b"first");

    // Into the bin and back.
    window.goto(&house.at(&folder)).await;
    window.tab_to("Gamma.txt").await;
    window.key(Key::Delete).await;
    window.see("dialog[open]").await;
    window.enter_on("Delete").await;
    window.says("Moved to the bin: 1.").await;
    window.enter_on("Bin").await;
    window.arrives("/bin").await;
    window.enter_on("Bring back").await;
    window.says("“Gamma.txt” is back").await;

    // Language, and out.
    window.enter_on("Account of Kay Keys").await;
    window.enter_on("My account").await;
    window.arrives("/account").await;
    window.tab_to("Show pages in").await;
    window.type_text("f").await;
    window.enter_on("Save").await;
    window.says("Mon compte").await;
    window.enter_on("Compte de Kay Keys").await;
    window.enter_on("Se déconnecter").await;
    window.arrives("/sign").await;
    window.goto(&house.at(&folder)).await;
    window.arrives("/sign-in").await;
    window.close().await;
}
