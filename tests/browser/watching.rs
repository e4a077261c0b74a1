//! The host page's watch over what is saved: what it warns of, when, and for how long.

use std::time::Duration;

use serde_json::json;

use crate::{
    driver::{Device, Driver},
    editing::{heard, open, opened, say},
    editor::Fault,
    house::{House, house},
    support::{Start, eventually},
    window::Window,
};

/// Waits until the page knows all that the host knows of its document: its last question was answered with "nothing new".
pub(crate) async fn settled(window: &Window) {
    let script = "dispatchEvent(new Event('online'));
        const asked = performance.getEntriesByType('resource').filter(e => e.name.includes('/state/') || e.name.endsWith('/state'));
        const last = asked.at(-1);
        window.before ??= asked.length;
        return asked.length > window.before && last.responseStatus === 304";
    window.until_script("the page knows everything", script, vec![]).await;
    window.run("window.before = undefined", vec![]).await;
}

/// Moves the clock of the page, which then looks at what has become of its document.
pub(crate) async fn pass(window: &Window, seconds: u64) {
    let script = "const [ahead] = arguments, before = Date.now;
        Date.now = () => before() + ahead * 1000;
        dispatchEvent(new Event('online'));";
    window.run(script, vec![json!(seconds)]).await;
    // What follows from it is there when the answer has come.
    settled(window).await;
}

/// Whether the page asks before it is left.
async fn holds_on(window: &Window) -> bool {
    let script = "const leaving = new Event('beforeunload', { cancelable: true }); return !dispatchEvent(leaving)";
    window.run(script, vec![]).await == json!(true)
}

async fn write(window: &Window, text: &str) {
    window.enter("office_frame").await;
    window.element("#text").await.send_keys(text).await.unwrap();
    window.leave().await;
}

async fn save(window: &Window) {
    window.enter("office_frame").await;
    window.press("Save").await;
    window.leave().await;
}

/// What the bar's mark says.
async fn state(window: &Window) -> String {
    window.run("return document.getElementById('bar').dataset.state", vec![]).await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_no_longer_write_is_told_at_once_and_a_dismissed_warning_returns_only_with_its_cause() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("rightgiver", "Gitta Right");
    house.user("rightless", "Rasmus Right");
    house.binary().import("rightgiver", &[("a.txt", b"text")]);
    let grant =
        |role: &str| house.binary().cli_ok(&["grant", "rightless", role, "rightgiver:/a.txt"], "").status.success();
    assert!(grant("editor"));
    let id = house.id("rightgiver", "a.txt");
    let window = opened(house, &driver, "rightless", &format!("/edit/{id}")).await;
    heard(&window, "Host_PostmessageReady").await;
    write(&window, " and more").await;
    window.says("Changes not saved yet").await;
    settled(&window).await;
    assert!(!holds_on(&window).await, "an editor saves by itself");

    let warning = "You may no longer change this document";
    assert!(grant("viewer"));
    window.says(warning).await;
    assert!(holds_on(&window).await);
    window.press("Dismiss").await;
    window.no_longer_says(warning).await;
    // It is asked for again and again, and is as it was.
    settled(&window).await;
    assert!(!window.text().await.contains(warning));
    assert_eq!(state(&window).await, "warning", "the danger is still shown");
    assert!(holds_on(&window).await, "what is written is still only here");
    // Ended, and begun anew.
    assert!(grant("editor"));
    window.until("the right is back", async || (state(&window).await == "unsaved").then_some(())).await;
    assert!(!holds_on(&window).await);
    assert!(grant("viewer"));
    window.says(warning).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_were_only_undone_are_saved_once_more_and_nobody_is_warned() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("undoes", "Una Undoes");
    house.binary().import("undoes", &[("a.txt", b"text")]);
    let id = house.id("undoes", "a.txt");
    let window = opened(house, &driver, "undoes", &format!("/edit/{id}")).await;
    say(&window, "Doc_ModifiedStatus", json!({"Modified": true})).await;
    window.says("Changes not saved yet").await;
    say(&window, "Doc_ModifiedStatus", json!({"Modified": false})).await;
    settled(&window).await;
    pass(&window, 5).await;
    assert_eq!(state(&window).await, "unsaved", "the editor says otherwise, and nothing has arrived");
    assert!(!house.collabora.called(&id).contains(&("PUT", 200)));
    pass(&window, 6).await;
    let said = heard(&window, "Action_Save").await;
    assert_eq!(said, json!({"DontTerminateEdit": true, "DontSaveIfUnmodified": false, "Notify": true}));
    eventually("it is saved", Duration::from_secs(20), || {
        house.collabora.called(&id).contains(&("PUT", 200)).then_some(())
    });
    window.says("Saved").await;
    settled(&window).await;
    pass(&window, 60).await;
    assert!(!window.text().await.contains("have not arrived here"));
    let puts = house.collabora.called(&id).into_iter().filter(|(operation, _)| *operation == "PUT").count();
    assert_eq!(puts, 1, "it is asked once");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn office_is_told_how_long_its_page_took_in_the_order_in_which_it_happened() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("timed", "Tim Timed");
    house.binary().import("timed", &[("a.xlsx", b"text")]);
    let window = opened(house, &driver, "timed", &format!("/edit/{}", house.id("timed", "a.xlsx"))).await;
    let said = heard(&window, "Host_PerfTiming").await;
    let at = |name: &str| said[name].as_f64().unwrap_or_else(|| panic!("{name} in {said}"));
    assert!(at("Click") > 1.7e12, "milliseconds since 1970: {said}");
    assert!(at("Click") <= at("HostFrameFetchStart") && at("HostFrameFetchStart") <= at("Iframe"), "{said}");
    assert!(at("Iframe") - at("Click") < 60_000.0, "{said}");
    assert!(at("RedirectCount") >= 0.0, "{said}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saves_that_are_too_large_or_do_not_come_are_told_while_the_editor_goes_on() {
    let Some(driver) = Driver::start() else { return };
    let house = House::open(Start::default().set("LOCKHOUSE_LIMITS__BODY", "256 KiB"));
    house.user("large", "Lars Large");
    house.binary().import("large", &[("a.txt", b"text"), ("b.docx", b"bytes")]);
    let id = house.id("large", "a.txt");
    let window = opened(&house, &driver, "large", &format!("/edit/{id}")).await;
    heard(&window, "Host_PostmessageReady").await;
    house.collabora.misbehave(&id, Fault::HugeBody(300 << 10));
    write(&window, " and more").await;
    save(&window).await;
    window.says("The last save was refused: the document is too large. It was not kept").await;
    assert!(house.collabora.called(&id).contains(&("PUT", 413)));
    assert!(holds_on(&window).await);
    // Dismissed, and refused once more: that is another refusal.
    window.press("Dismiss").await;
    window.no_longer_says("The last save was refused").await;
    save(&window).await;
    window.says("The last save was refused").await;
    house.collabora.misbehave(&id, Fault::None);
    save(&window).await;
    window.no_longer_says("The last save was refused").await;
    assert_eq!(house.bytes("large", "a.txt").await, b"text and more");
    assert!(!holds_on(&window).await);

    // An editor that goes on, and saves nothing: ONLYOFFICE says no more than that something is edited.
    for name in ["a.txt", "b.docx"] {
        open(&house, &window, &format!("/edit/{}", house.id("large", name))).await;
        heard(&window, "Host_PostmessageReady").await;
        write(&window, "!").await;
        window.says("Changes not saved yet").await;
        settled(&window).await;
        pass(&window, 4 * 60).await;
        assert!(!window.text().await.contains("have not been saved for"), "{name}");
        pass(&window, 70).await;
        window.says("Your changes have not been saved for 5 minutes.").await;
        window.press("Dismiss").await;
        pass(&window, 60).await;
        assert!(!window.text().await.contains("have not been saved for"), "{name}: it was dismissed");
        assert!(holds_on(&window).await, "{name}");
        save(&window).await;
        window.says("Saved").await;
        assert!(!holds_on(&window).await, "{name}");
    }
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_reached_is_told_until_it_is_back() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("faraway", "Fara Way");
    house.binary().import("faraway", &[("a.txt", b"text")]);
    let window = opened(house, &driver, "faraway", &format!("/edit/{}", house.id("faraway", "a.txt"))).await;
    heard(&window, "Host_PostmessageReady").await;
    write(&window, " and more").await;
    window.says("Changes not saved yet").await;
    window.online(false).await;
    // It asks twice before it says anything.
    window.says("This site cannot be reached at the moment").await;
    assert!(holds_on(&window).await);
    window.press("Dismiss").await;
    window.no_longer_says("This site cannot be reached").await;
    window.run("dispatchEvent(new Event('online'))", vec![]).await;
    assert!(holds_on(&window).await);
    window.online(true).await;
    window.until("it is calm", async || (state(&window).await == "unsaved").then_some(())).await;
    save(&window).await;
    window.says("Saved").await;
    assert_eq!(house.bytes("faraway", "a.txt").await, b"text and more");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_in_another_tab_is_told_and_goes_on_when_he_has_signed_in_again() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("ended", "Enno Ended");
    house.binary().import("ended", &[("a.txt", b"text")]);
    let window = house.signed_in(&driver, Device::Desktop, "ended").await;
    let folder = window.path().await;
    open(house, &window, &format!("/edit/{}", house.id("ended", "a.txt"))).await;
    heard(&window, "Host_PostmessageReady").await;
    let editor = window.client.window().await.unwrap();

    let other = window.new_tab().await;
    window.goto(&house.at(&folder)).await;
    window.press("Account of Enno Ended").await;
    window.press_in("Sign out", Some("header")).await;
    window.arrives("/sign").await;
    window.client.close_window().await.unwrap();
    assert_ne!(other, editor);
    window.client.switch_to_window(editor.clone()).await.unwrap();
    window.says("You were signed out.").await;

    // The editor has a right of its own: what is written meanwhile is not lost.
    write(&window, ", written meanwhile").await;
    save(&window).await;
    window.enter("office_frame").await;
    window.until("it is saved", async || (window.see("#state").await == "Saved").then_some(())).await;
    window.leave().await;
    assert_eq!(house.bytes("ended", "a.txt").await, b"text, written meanwhile");
    assert_eq!(state(&window).await, "warning");
    window.says("Changes not saved yet").await;

    window.press("Sign in").await;
    let tab = window
        .until("a tab to sign in", async || window.client.windows().await.ok()?.into_iter().find(|tab| *tab != editor))
        .await;
    window.client.switch_to_window(tab).await.unwrap();
    window.arrives("/sign-in").await;
    house.fill_in(&window, "ended").await;
    window.arrives("/folder/").await;
    window.client.close_window().await.unwrap();
    window.client.switch_to_window(editor).await.unwrap();
    window.no_longer_says("You were signed out.").await;
    window.no_longer_says("Changes not saved yet").await;
    write(&window, " and after").await;
    window.says("Changes not saved yet").await;
    save(&window).await;
    window.no_longer_says("Changes not saved yet").await;
    window.until("it is saved", async || (state(&window).await == "saved").then_some(())).await;
    assert_eq!(house.bytes("ended", "a.txt").await, b"text, written meanwhile and after");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_that_gets_no_fresh_token_is_given_the_time_that_is_left() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("expires", "Ella Expires");
    house.user("expiresowner", "Owen Expires");
    house.binary().import("expiresowner", &[("a.txt", b"text")]);
    house.binary().cli_ok(&["grant", "expires", "editor", "expiresowner:/a.txt"], "");
    let id = house.id("expiresowner", "a.txt");
    let window = opened(house, &driver, "expires", &format!("/edit/{id}")).await;
    heard(&window, "Host_PostmessageReady").await;
    settled(&window).await;
    // A page that edits gets no token that only reads.
    house.binary().cli_ok(&["grant", "expires", "viewer", "expiresowner:/a.txt"], "");
    window.says("You may no longer change this document").await;
    window.press("Dismiss").await;
    settled(&window).await;
    pass(&window, 10 * 3600 - 7 * 60).await;
    window.says("This session ends in 7 minutes.").await;
    window.close().await;
}
