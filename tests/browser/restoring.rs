//! An earlier version is brought back while the document is open in another tab of the same browser (rule W-56).

use std::time::Duration;

use serde_json::json;

use crate::{
    driver::{Device, Driver},
    editing::{heard, open},
    editor::Fault,
    house::{House, house},
    support::eventually,
    window::Window,
};

async fn write_and_save(window: &Window, text: &str) {
    window.enter("office_frame").await;
    window.element("#text").await.send_keys(text).await.unwrap();
    window.press("Save").await;
    window.until("it is saved", async || (window.see("#state").await == "Saved").then_some(())).await;
    window.leave().await;
}

async fn write(window: &Window, text: &str) {
    window.enter("office_frame").await;
    window.element("#text").await.send_keys(text).await.unwrap();
    window.leave().await;
    window.says("Changes not saved yet").await;
}

/// What stands in the editor.
async fn written(window: &Window) -> String {
    window.enter("office_frame").await;
    let text = window.run("return document.getElementById('text').value", vec![]).await;
    window.leave().await;
    text.as_str().unwrap().to_owned()
}

/// The question that the page asks.
async fn question(window: &Window) -> String {
    window.until("a question", async || window.client.get_alert_text().await.ok()).await
}

/// Somebody who has a document open in one tab, with a version that is saved, and the page of its versions in another.
struct Tabs {
    window: Window,
    id: String,
    editor: fantoccini::wd::WindowHandle,
    versions: fantoccini::wd::WindowHandle,
}

impl Tabs {
    async fn open(house: &House, driver: &Driver, user: &str, file: &str) -> Self {
        let id = house.id(user, file);
        let window = house.signed_in(driver, Device::Desktop, user).await;
        open(house, &window, &format!("/edit/{id}")).await;
        heard(&window, "Host_PostmessageReady").await;
        let editor = window.client.window().await.unwrap();
        let versions = window.new_tab().await;
        let tabs = Self { window, id, editor, versions };
        tabs.to_editor().await;
        tabs
    }

    async fn to_editor(&self) {
        self.window.client.switch_to_window(self.editor.clone()).await.unwrap();
    }

    async fn to_versions(&self, house: &House) {
        self.window.client.switch_to_window(self.versions.clone()).await.unwrap();
        self.window.goto(&house.at(&format!("/versions/{}", self.id))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_brought_back_while_the_document_is_open_and_nothing_of_it_is_lost() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("tabs", "Tabea Tabs");
    house.binary().import("tabs", &[("a.txt", b"first")]);
    let tabs = Tabs::open(house, &driver, "tabs", "a.txt").await;
    let (window, id) = (&tabs.window, &tabs.id);
    write_and_save(window, " second").await;
    write(window, " third").await;
    let before = house.binary().versions("tabs", "a.txt").len();

    tabs.to_versions(house).await;
    window.says("You have it open in another tab.").await;
    window.press("Bring back").await;
    window.says("The version was brought back.").await;
    assert_eq!(house.bytes("tabs", "a.txt").await, b"first");
    // What was not saved is a version of its own.
    let versions = house.binary().versions("tabs", "a.txt");
    assert_eq!(versions.len(), before + 2, "{versions:?}");
    let size = u64::try_from("first second third".len()).unwrap();
    assert!(versions.iter().any(|version| version["size"] == json!(size)), "{versions:?}");

    // The editor begins anew with what was brought back, and edits it.
    tabs.to_editor().await;
    eventually("it is opened again", Duration::from_secs(20), || {
        (house.collabora.launches(id).len() == 2).then_some(())
    });
    window
        .until("the text is there", async || {
            window.client.find(fantoccini::Locator::Css("#office_frame")).await.ok()?;
            (written(window).await == "first").then_some(())
        })
        .await;
    assert!(!window.text().await.contains("was changed outside this editor"));
    write_and_save(window, " again").await;
    assert_eq!(house.bytes("tabs", "a.txt").await, b"first again");
    tabs.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_a_version_back_is_asked_when_something_could_not_be_saved() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("torn", "Tore Torn");
    house.binary().import("torn", &[("a.txt", b"first")]);
    let tabs = Tabs::open(house, &driver, "torn", "a.txt").await;
    let (window, id) = (&tabs.window, &tabs.id);
    write_and_save(window, " second").await;
    house.collabora.misbehave(id, Fault::SavesWithoutLock);
    write(window, " third").await;

    tabs.to_versions(house).await;
    window.says("You have it open in another tab.").await;
    window.press("Bring back").await;
    let asked = question(window).await;
    assert!(asked.contains("not everything there could be saved"), "{asked}");
    window.client.dismiss_alert().await.unwrap();
    assert_eq!(house.bytes("torn", "a.txt").await, b"first second");
    tabs.to_editor().await;
    window.says("The last save was refused").await;
    assert_eq!(house.collabora.launches(id).len(), 1, "the page is not loaded again");
    assert_eq!(written(window).await, "first second third");

    // The person decides.
    tabs.to_versions(house).await;
    window.press("Bring back").await;
    question(window).await;
    window.client.accept_alert().await.unwrap();
    window.says("The version was brought back.").await;
    assert_eq!(house.bytes("torn", "a.txt").await, b"first");
    tabs.to_editor().await;
    eventually("it is opened again", Duration::from_secs(20), || {
        (house.collabora.launches(id).len() == 2).then_some(())
    });
    tabs.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_somebody_else_is_editing_no_version_can_be_brought_back() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("busy", "Berta Busy");
    house.binary().import("busy", &[("a.txt", b"first"), ("b.docx", b"bytes")]);
    let tabs = Tabs::open(house, &driver, "busy", "a.txt").await;
    write_and_save(&tabs.window, " second").await;
    // Another browser knows nothing of that tab.
    let other = house.signed_in(&driver, Device::Desktop, "busy").await;
    other.goto(&house.at(&format!("/versions/{}", tabs.id))).await;
    other.says("While somebody is editing, no version can be brought back.").await;
    assert!(!other.offers("Bring back").await);
    other.close().await;
    tabs.window.close().await;
}
