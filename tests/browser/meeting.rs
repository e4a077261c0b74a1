//! Several people at one document: a guest who edits, and a lock that is broken.

use serde_json::json;

use crate::{
    driver::{Device, Driver},
    editing::{heard, opened},
    house::house,
    support::Wopi,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_with_a_link_to_edit_edits_and_saves_without_an_account() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("hostess", "Hedda Hostess");
    house.binary().import("hostess", &[("a.txt", b"text")]);
    let id = house.id("hostess", "a.txt");
    let owner = house.signed_in(&driver, Device::Desktop, "hostess").await;
    owner.goto(&house.at(&format!("/share/{id}"))).await;
    owner.element("#link-role").await.select_by_value("editor").await.unwrap();
    owner.press("Make a link").await;
    owner.says("The link is ready.").await;
    let link = "return document.querySelector('.links input[readonly]')?.value";
    let link = owner.until_script("a link", link, vec![]).await.as_str().unwrap().to_owned();

    let guest = driver.browser(Device::Desktop).await;
    guest.goto(&link).await;
    guest.says("You can view and change it.").await;
    guest.press("Open").await;
    guest.enter("office_frame").await;
    guest.until("the editor is there", async || (guest.see("#state").await == "Ready").then_some(())).await;
    guest.leave().await;
    heard(&guest, "Host_PostmessageReady").await;
    guest.enter("office_frame").await;
    guest.element("#text").await.send_keys(", and a guest's").await.unwrap();
    guest.leave().await;
    guest.says("Changes not saved yet").await;
    guest.enter("office_frame").await;
    guest.press("Save").await;
    guest.leave().await;
    let saved = "return document.getElementById('bar').dataset.state === 'saved'";
    guest.until_script("the guest is told that it is saved", saved, vec![]).await;
    assert_eq!(house.bytes("hostess", "a.txt").await, b"text, and a guest's");
    // He is offered nothing that is for people of the house.
    for never in ["Share", "Versions"] {
        assert!(!guest.offers(never).await, "{never}");
    }
    // The link is ended while he writes.
    owner.press("End this link").await;
    owner.until("the question", async || owner.client.accept_alert().await.ok()).await;
    guest.says("This document does not exist any more, or is not shared with you any more.").await;
    guest.close().await;
    owner.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_breaks_a_lock_and_the_text_of_whoever_held_it_is_kept() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("breaks", "Bruno Breaks");
    house.user("holds", "Hanna Holds");
    house.binary().import("breaks", &[("a.txt", b"text")]);
    house.binary().cli_ok(&["grant", "holds", "editor", "breaks:/a.txt"], "");
    let id = house.id("breaks", "a.txt");
    let holder = opened(house, &driver, "holds", &format!("/edit/{id}")).await;
    heard(&holder, "Host_PostmessageReady").await;

    let owner = house.signed_in(&driver, Device::Desktop, "breaks").await;
    owner.goto(&house.at(&format!("/lock/{id}"))).await;
    owner.says("Collabora Online").await;
    // Not without having read what may be lost.
    owner.press("Break the lock").await;
    let held = || async {
        let token = house.binary().token("breaks", "a.txt");
        Wopi::from_json(crate::support::wopi::http_client(), &token).held_by().await
    };
    assert!(held().await.starts_with("cool-lock"));
    owner.press("I know that unsaved text may be lost").await;
    owner.press("Break the lock").await;
    owner.says("The lock is broken.").await;
    assert_eq!(held().await, "");

    holder.enter("office_frame").await;
    holder.element("#text").await.send_keys(" and more").await.unwrap();
    holder.press("Save").await;
    holder.leave().await;
    holder.says("The last save was refused").await;
    holder.says("What you wrote was kept as a rescued version.").await;
    assert_eq!(house.bytes("breaks", "a.txt").await, b"text");
    let rescued = house.binary().rescued("breaks", "a.txt");
    assert_eq!(rescued.len(), 1);
    assert_eq!(rescued[0]["size"], json!("text and more".len()));
    owner.close().await;
    holder.close().await;
}
