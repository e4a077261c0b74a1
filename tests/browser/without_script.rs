//! A browser whose scripts are switched off: everything can be read, and what forms do is done.

use crate::{
    driver::{Device, Driver},
    house::house,
    window::Window,
};

async fn follow(window: &Window, link: &str) {
    let found = window.client.find(fantoccini::Locator::LinkText(link)).await;
    found.unwrap_or_else(|error| panic!("{link}: {error}")).click().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_script_reads_folders_versions_and_the_page_of_sharing() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("plain", "Paul Plain");
    house.binary().import("plain", &[("Letter.txt", b"text"), ("Plans/Gate.txt", b"text")]);
    let window = house.signed_in(&driver, Device::WithoutScript, "plain").await;
    let folder = window.path().await;
    window.says("Letter.txt").await;
    window.says("Uploading needs JavaScript; everything else works without it.").await;
    follow(&window, "Plans").await;
    window.says("Gate.txt").await;
    let id = house.id("plain", "/Letter.txt");
    window.goto(&house.at(&format!("/versions/{id}"))).await;
    window.says("Versions of “Letter.txt”").await;
    window.says("Current").await;
    window.goto(&house.at(&format!("/share/{id}"))).await;
    window.says("Who has access").await;
    window.press_css("button[name=deed][value=link]").await;
    window.says("The link is ready.").await;
    // The page of the editor says what is missing.
    window.goto(&house.at(&format!("/edit/{id}"))).await;
    window.says("The editor needs JavaScript, which is switched off in this browser.").await;

    // By forms and links alone: a new folder, a new name, into the bin and back.
    window.goto(&house.at(&format!("{folder}/new?kind=folder"))).await;
    let field = window.element("#name").await;
    field.clear().await.unwrap();
    field.send_keys("By form").await.unwrap();
    window.press_css("main button.first").await;
    window.says("By form").await;
    window.goto(&house.at(&format!("/file/{id}"))).await;
    let field = window.element("#name").await;
    field.clear().await.unwrap();
    field.send_keys("Note").await.unwrap();
    window.press_css("form[action$=rename] button").await;
    window.says("Note.txt").await;
    window.press_css("button[name=act][value=bin]").await;
    window.says("Moved to the bin: 1.").await;
    window.goto(&house.at("/bin")).await;
    window.press_css("button[name=deed][value=back]").await;
    window.says("“Note.txt” is back").await;
    window.close().await;
}
