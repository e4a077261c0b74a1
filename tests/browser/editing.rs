//! A document in the editor's frame: how it is opened, and what frame and page say to each other.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    driver::{Device, Driver},
    editor::{Editor, Fault, Launch, Shape},
    house::{House, house},
    support::{Start, eventually},
    watching::{pass, settled},
    window::Window,
};

/// A window with a document open in its editor, which has shown it.
pub(crate) async fn opened(house: &House, driver: &Driver, user: &str, path: &str) -> Window {
    let window = house.signed_in(driver, Device::Desktop, user).await;
    open(house, &window, path).await;
    window
}

pub(crate) async fn open(house: &House, window: &Window, path: &str) {
    window.goto(&house.at(path)).await;
    window.enter("office_frame").await;
    window.see("#state").await;
    window.leave().await;
}

/// Waits until the editor's page was told this by the page around it, and gives what was said with it.
pub(crate) async fn heard(window: &Window, message: &str) -> Value {
    window.enter("office_frame").await;
    let script =
        "const heard = window.heard.find(m => m.MessageId === arguments[0]); return heard ? heard.Values ?? {} : null";
    let said = window.until_script(&format!("the editor hears {message}"), script, vec![json!(message)]).await;
    window.leave().await;
    said
}

/// The editor says something to the page around it.
pub(crate) async fn say(window: &Window, message: &str, values: Value) {
    heard(window, "Host_PostmessageReady").await;
    window.enter("office_frame").await;
    window.run("window.say(arguments[0], arguments[1])", vec![json!(message), values]).await;
    window.leave().await;
}

/// Loads a page into a frame inside the editor's frame, and waits until it has spoken.
async fn stranger_speaks(window: &Window, page: &str) {
    window.enter("office_frame").await;
    let script = "const [page, done] = arguments;
        window.addEventListener('message', e => { if (e.data === 'stranger has spoken') done(true); });
        const frame = document.createElement('iframe');
        frame.src = page;
        document.body.append(frame);";
    window.client.execute_async(script, vec![json!(page)]).await.expect("the stranger speaks");
    window.leave().await;
}

async fn titled(window: &Window, name: &str) {
    window.until(&format!("the title is {name}"), async || window.title().await.starts_with(name).then_some(())).await;
}

/// Waits for a tab beside the first, and gives its path; the tab is closed.
pub(crate) async fn other_tab(window: &Window) -> String {
    let first = window.client.window().await.unwrap();
    let other = window
        .until("another tab", async || window.client.windows().await.ok()?.into_iter().find(|other| *other != first))
        .await;
    window.client.switch_to_window(other).await.unwrap();
    let path = window
        .until("its address", async || Some(window.path().await).filter(|path| path.len() > 1 && path != "blank"))
        .await;
    window.client.close_window().await.unwrap();
    window.client.switch_to_window(first).await.unwrap();
    path
}

fn query<'a>(launch: &'a Launch, name: &str) -> Option<&'a str> {
    launch.query.get(name).map(String::as_str)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_document_opens_in_its_own_editor_with_a_token_that_no_address_shows() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("kinds", "Kim Kinds");
    house
        .binary()
        .import("kinds", &[("a.txt", b"text"), ("b.docx", b"bytes"), ("c.xlsx", b"bytes"), ("d.wopitest", b"test")]);
    let window = house.signed_in(&driver, Device::Desktop, "kinds").await;
    for (name, editor, path) in [
        ("a.txt", &house.collabora, "/browser/5d1e/cool.html?"),
        ("b.docx", &house.only_office, "/hosting/wopi/word/edit?"),
        ("c.xlsx", &house.office, "/x/edit?"),
        ("d.wopitest", &house.office, "/x/edit?"),
    ] {
        let id = house.id("kinds", name);
        open(
            house,
            &window,
            &format!("/edit/{id}?wdOrigin=a%26b&wdPreviousSession=x1&wdPreviousCorrelation=x2&other=y"),
        )
        .await;
        heard(&window, "Host_PostmessageReady").await;
        let launches = editor.launches(&id);
        assert_eq!(launches.len(), 1, "{name} is loaded once");
        let launch = &launches[0];
        assert!(launch.target.starts_with(path), "{name}: {}", launch.target);
        assert!(!launch.target.contains(['<', '>']) && !launch.target.contains("access_token"), "{}", launch.target);
        assert_eq!(launch.wopi_src(), house.at(&format!("/wopi/files/{id}")));
        assert_eq!(query(launch, "wdOrigin"), Some("a&b"), "{name} is told what Office asked the page to tell");
        assert_eq!(query(launch, "wdPreviousSession"), Some("x1"));
        assert_eq!(query(launch, "other"), None);
        assert!(launch.fields["access_token"].len() > 20);
        assert_eq!(launch.fields["access_token_ttl"].len(), 13);
        let token = &launch.fields["access_token"];
        let page = window
            .run("return document.documentElement.outerHTML + location.href + JSON.stringify(history.state)", vec![])
            .await;
        assert!(!page.as_str().unwrap().contains(token.as_str()), "{name}: the page does not keep the token");
        assert!(launch.referer.as_deref().is_none_or(|referer| !referer.contains(&id)), "{:?}", launch.referer);
        // Exactly two parameters are taken out of the address bar.
        assert_eq!(window.path().await, format!("/edit/{id}?wdOrigin=a%26b&other=y"));
        assert!(!house.binary().log().contains(token.as_str()), "no log has the token");
    }
    let test = house.office.launches(&house.id("kinds", "d.wopitest"));
    assert_eq!(query(&test[0], "testcategory"), Some("All"));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_editors_own_frame_is_listened_to() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("foreign", "Finn Foreign");
    house.binary().import("foreign", &[("a.txt", b"text")]);
    let path = format!("/edit/{}", house.id("foreign", "a.txt"));
    let window = opened(house, &driver, "foreign", &path).await;
    let rename = |name: &str| json!({"MessageId": "File_Rename", "Values": {"NewName": name}});
    // Another origin; and the right one, but another frame.
    for editor in [&house.only_office, &house.collabora] {
        stranger_speaks(&window, &editor.stranger(&rename("stolen"))).await;
        stranger_speaks(&window, &editor.stranger(&json!({"MessageId": "UI_Close", "Values": {}}))).await;
    }
    say(&window, "File_Rename", json!({"NewName": "real"})).await;
    titled(&window, "real.txt").await;
    assert_eq!(window.path().await, path, "nobody else closes the page");
    // Nonsense of the editor's own does no harm.
    window.enter("office_frame").await;
    window
        .run("for (const m of ['', '{', '[]', 'null', '{\"MessageId\":5}', '{\"MessageId\":\"constructor\"}', '{\"MessageId\":\"File_Rename\",\"Values\":{\"NewName\":{}}}']) parent.postMessage(m, '*');
             parent.postMessage({MessageId: 'File_Rename', Values: {NewName: 'as an object'}}, '*')", vec![])
        .await;
    window.leave().await;
    titled(&window, "as an object.txt").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_editors_buttons_ask_for_reaches_the_page() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("buttons", "Bea Buttons");
    house.binary().import("buttons", &[("a.txt", b"text"), ("b.docx", b"bytes"), ("c.xlsx", b"bytes")]);
    let window = house.signed_in(&driver, Device::Desktop, "buttons").await;
    let folder = window.path().await;
    for (name, editor) in [("a", &house.collabora), ("b", &house.only_office), ("c", &house.office)] {
        let file = ["a.txt", "b.docx", "c.xlsx"].into_iter().find(|file| file.starts_with(name)).unwrap();
        let id = house.id("buttons", file);
        open(house, &window, &format!("/edit/{id}")).await;
        heard(&window, "Host_PostmessageReady").await;
        for (button, leads) in [("Share", "/share/"), ("Versions", "/versions/")] {
            window.enter("office_frame").await;
            window.press(button).await;
            window.leave().await;
            assert_eq!(other_tab(&window).await, format!("{leads}{id}"), "{file}: {button}");
        }
        window.enter("office_frame").await;
        window.fill("New name", &format!("{name} renamed")).await;
        window.press("Rename").await;
        window.leave().await;
        titled(&window, &format!("{name} renamed.")).await;
        assert!(editor.called(&id).contains(&("RENAME_FILE", 200)), "{file}");
        window.enter("office_frame").await;
        window.press("Close").await;
        window.leave().await;
        window.arrives(&folder).await;
        window.says(&format!("{name} renamed.")).await;
        eventually("it is unlocked", Duration::from_secs(10), || {
            editor.called(&id).contains(&("UNLOCK", 200)).then_some(())
        });
    }
    // From reading to editing.
    let id = house.id("buttons", "c renamed.xlsx");
    open(house, &window, &format!("/view/{id}")).await;
    heard(&window, "Host_PostmessageReady").await;
    window.enter("office_frame").await;
    window.press("Edit").await;
    window.leave().await;
    window.arrives(&format!("/edit/{id}")).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_is_refused_or_never_comes_is_told_whatever_the_editor_believes() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("warned", "Wilma Warned");
    house.binary().import("warned", &[("a.txt", b"text of a"), ("b.txt", b"text of b")]);
    // Refused: the bytes are kept, and it is said where.
    let id = house.id("warned", "a.txt");
    let window = opened(house, &driver, "warned", &format!("/edit/{id}")).await;
    heard(&window, "Host_PostmessageReady").await;
    house.collabora.misbehave(&id, Fault::SavesWithoutLock);
    window.enter("office_frame").await;
    window.element("#text").await.send_keys(" and more").await.unwrap();
    window.press("Save").await;
    window.leave().await;
    window.says("The last save was refused").await;
    window.says("What you wrote was kept as a rescued version.").await;
    assert_eq!(house.binary().rescued("warned", "a.txt").len(), 1);
    assert_eq!(house.bytes("warned", "a.txt").await, b"text of a");
    // Put right, and calm again.
    house.collabora.misbehave(&id, Fault::None);
    window.enter("office_frame").await;
    window.press("Save").await;
    window.leave().await;
    window.no_longer_says("The last save was refused").await;
    window.says("Saved").await;

    // Said to be saved, and never sent.
    let id = house.id("warned", "b.txt");
    open(house, &window, &format!("/edit/{id}")).await;
    heard(&window, "Host_PostmessageReady").await;
    house.collabora.misbehave(&id, Fault::OnlySaysSaved);
    window.enter("office_frame").await;
    window.element("#text").await.send_keys(" and more").await.unwrap();
    window.press("Save").await;
    window.leave().await;
    // The editor is asked once more, and given some time.
    settled(&window).await;
    pass(&window, 11).await;
    heard(&window, "Action_Save").await;
    pass(&window, 20).await;
    assert!(!window.text().await.contains("have not arrived here"));
    pass(&window, 11).await;
    window.says("your last changes have not arrived here").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_where_the_editor_can_be_told_and_its_end_announced_where_not() {
    let Some(driver) = Driver::start() else { return };
    let house = House::open(Start::default().set("LOCKHOUSE_TOKENS__LIFETIME", "1m"));
    house.user("renewed", "Rita Renewed");
    house.binary().import("renewed", &[("a.txt", b"text"), ("b.xlsx", b"bytes")]);
    let id = house.id("renewed", "a.txt");
    let window = opened(&house, &driver, "renewed", &format!("/edit/{id}")).await;
    let first = house.collabora.launches(&id)[0].fields["access_token"].clone();
    let told = window
        .until_for(Duration::from_secs(75), "a fresh token", async || {
            Some(house.collabora.tokens(&id)).filter(|tokens| tokens[0] != first)
        })
        .await;
    assert_eq!(told.len(), 1, "the frame was not loaded again");
    window.enter("office_frame").await;
    window.element("#text").await.send_keys(" and more").await.unwrap();
    window.press("Save").await;
    window.leave().await;
    window.says("Saved").await;
    let id = house.id("renewed", "b.xlsx");
    open(&house, &window, &format!("/edit/{id}")).await;
    window
        .until_for(Duration::from_secs(75), "its end is announced", async || {
            window.text().await.contains("This session").then_some(())
        })
        .await;
    window.press("Reload").await;
    eventually("a new token", Duration::from_secs(20), || (house.office.launches(&id).len() == 2).then_some(()));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_document_begins_with_what_the_editor_puts_into_it() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("begins", "Ben Begins");
    house.binary().import("begins", &[("empty.xlsx", b""), ("empty.docx", b"")]);
    let window = house.signed_in(&driver, Device::Desktop, "begins").await;
    for (name, editor) in [("empty.docx", &house.only_office), ("empty.xlsx", &house.office)] {
        let id = house.id("begins", name);
        open(house, &window, &format!("/edit/{id}")).await;
        let calls = editor.called(&id);
        let expected = [("CHECK_FILE_INFO", 200), ("PUT", 200), ("LOCK", 200), ("GET_FILE", 200)];
        assert_eq!(calls, expected, "{name}");
        assert_eq!(house.bytes("begins", name).await, b"A new document");
    }
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_format_is_converted_into_a_file_beside_it_which_is_then_open() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("converts", "Cora Converts");
    house.binary().import("converts", &[("old.xls", b"old bytes"), ("macro.docm", b"old bytes")]);
    let window = house.signed_in(&driver, Device::Desktop, "converts").await;
    for (old, new, editor) in [("old.xls", "old.xlsx", &house.office), ("macro.docm", "macro.docx", &house.only_office)]
    {
        window.goto(&house.at(&format!("/edit/{}", house.id("converts", old)))).await;
        window.press("Make a copy and edit it").await;
        window
            .until("the new file is open", async || {
                Some(()).filter(|()| {
                    house.binary().cli(&["token", "--user", "converts", new, "--json"], "").status.success()
                })
            })
            .await;
        let id = house.id("converts", new);
        window.arrives(&format!("/edit/{id}")).await;
        eventually("it opens there", Duration::from_secs(20), || (!editor.launches(&id).is_empty()).then_some(()));
        assert_eq!(house.bytes("converts", old).await, b"old bytes");
    }
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_rotate_while_a_document_is_open_do_not_disturb_anybody() {
    let Some(driver) = Driver::start() else { return };
    let editor = Editor::start(Shape::Collabora);
    let house = House::with(Start::default(), editor);
    house.user("rotates", "Rolf Rotates");
    house.binary().import("rotates", &[("a.txt", b"text")]);
    let window = opened(&house, &driver, "rotates", &format!("/edit/{}", house.id("rotates", "a.txt"))).await;
    for _ in 0..2 {
        let before = house.collabora.discoveries();
        house.collabora.rotate();
        window.enter("office_frame").await;
        window.element("#text").await.send_keys("!").await.unwrap();
        window.press("Save").await;
        window.until("it is saved", async || (window.see("#state").await == "Saved").then_some(())).await;
        window.leave().await;
        eventually("the new keys are fetched", Duration::from_secs(20), || {
            (house.collabora.discoveries() > before).then_some(())
        });
    }
    assert_eq!(house.bytes("rotates", "a.txt").await, b"text!!");
    window.close().await;
}
