//! Every page at three widths, light and dark: held against the rules of accessibility and layout, and kept as pictures.

use crate::{
    driver::{Device, Driver},
    house::{House, house},
    looks::{judge_everywhere, picture},
    support::Wopi,
    window::Window,
};

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A drive that looks like somebody's.
fn furnish(house: &House, user: &str, display_name: &str) {
    house.user(user, display_name);
    let text =
        b"The lock gates are inspected in spring.\n\nWater level, paint, hinges: see the list of last year.".as_slice();
    house.binary().import(
        user,
        &[
            ("Spring inspection.txt", text),
            ("Budget 2027.xlsx", include_bytes!("../../data/samples/Budget.xlsx")),
            ("Introduction for new keepers.pptx", include_bytes!("../../data/samples/Introduction.pptx")),
            ("Welcome.docx", include_bytes!("../../data/samples/Welcome.docx")),
            ("Plans/Upper gate.odt", text),
            ("Plans/Lower gate.odt", text),
            ("Photographs/Gate in winter.jpg", text),
            ("A report with quite a long name that does not fit into a single line on a telephone (final).docx", text),
            ("Readings.csv", b"day,level\n1,2.4\n2,2.5\n"),
            ("archive.zip", text),
        ],
    );
}

async fn show(house: &House, window: &Window, path: &str) {
    window.goto(&house.at(path)).await;
    window.until_script("loaded", "return document.readyState === 'complete'", vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_files_and_the_account_can_be_read_by_everybody_at_every_width_and_in_both_schemes() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    furnish(house, "petra", "Petra Lund");
    house.user("jonas", "Jonas Berg");
    house.binary().cli_ok(&["grant", "jonas", "editor", "petra:/Plans"], "");
    let window = driver.browser(Device::Desktop).await;
    let mut wrong = Vec::new();
    show(house, &window, "/sign-in").await;
    wrong.extend(judge_everywhere(&window, "sign-in").await);
    house.sign_in(&window, "petra").await;
    let folder = window.path().await;
    wrong.extend(judge_everywhere(&window, "folder").await);
    picture(&window, "folder").await;

    window.press("Actions: Welcome.docx").await;
    wrong.extend(judge_everywhere(&window, "folder-menu").await);
    show(house, &window, &folder).await;
    window.press("New").await;
    window.press("Document").await;
    wrong.extend(judge_everywhere(&window, "folder-new").await);
    show(house, &window, &folder).await;
    window.press("Welcome.docx").await;
    window.arrives("/edit/").await;
    show(house, &window, &folder).await;
    window.run("for (const box of document.querySelectorAll('#rows input')) box.click()", vec![]).await;
    wrong.extend(judge_everywhere(&window, "folder-chosen").await);
    show(house, &window, &format!("{folder}?q=gate&below=1")).await;
    wrong.extend(judge_everywhere(&window, "folder-search").await);
    show(house, &window, &format!("{folder}?q=nothing-like-it")).await;
    wrong.extend(judge_everywhere(&window, "folder-nothing-found").await);
    show(house, &window, &folder).await;
    window.press("Show as tiles").await;
    window.named("Show as list").await;
    wrong.extend(judge_everywhere(&window, "folder-grid").await);
    window.press("Show as list").await;
    window.named("Show as tiles").await;

    let file = house.id("petra", "/Welcome.docx");
    for (name, path) in [
        ("file", format!("/file/{file}")),
        ("move", format!("{folder}/move?items={file}")),
        ("new-without-script", format!("{folder}/new?kind=docx")),
        ("account", "/account".to_owned()),
        ("nothing-here", "/folder/AAAAAAAAAAAAAAAAAAAAAA".to_owned()),
        ("privacy", "/privacy".to_owned()),
    ] {
        show(house, &window, &path).await;
        wrong.extend(judge_everywhere(&window, name).await);
    }
    show(house, &window, "/account").await;
    window.press("Account of Petra Lund").await;
    wrong.extend(judge_everywhere(&window, "account-menu").await);
    window.close().await;
    none(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_administrators_can_be_read_by_everybody_at_every_width_and_in_both_schemes() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.binary().add_user("adam", &["--display-name", "Adam Keeper", "--admin"]);
    let window = house.signed_in(&driver, Device::Desktop, "adam").await;
    let mut wrong = Vec::new();
    for page in [
        "admin",
        "admin/users",
        "admin/users/adam",
        "admin/editors",
        "admin/store",
        "admin/locks",
        "admin/audit",
        "admin/doctor",
    ] {
        show(house, &window, &format!("/{page}")).await;
        wrong.extend(judge_everywhere(&window, &page.replace('/', "-")).await);
        if page == "admin/editors" {
            picture(&window, "administration").await;
        }
    }
    window.close().await;
    none(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_about_a_document_can_be_read_by_everybody_at_every_width_and_in_both_schemes() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    furnish(house, "gwen", "Gwen Marsh");
    house.user("ravi", "Ravi Anand");
    house.user("ingrid", "Ingrid Solberg");
    let binary = house.binary();
    binary.cli_ok(&["grant", "ravi", "editor", "gwen:/Spring inspection.txt"], "");
    binary.cli_ok(&["grant", "ingrid", "viewer", "gwen:/Spring inspection.txt"], "");
    let file = house.id("gwen", "/Spring inspection.txt");
    for (user, text) in [("gwen", "second"), ("ravi", "third and longer"), ("gwen", "fourth")] {
        let token = binary.token(user, "gwen:/Spring inspection.txt");
        let wopi = Wopi::from_json(crate::support::wopi::http_client(), &token);
        wopi.lock("editor").await.expect(200);
        wopi.put(Some("editor"), text).await.expect(200);
        // Refused, and kept.
        wopi.put(Some("another"), format!("{text}, from another")).await.expect(409);
        wopi.unlock("editor").await.expect(200);
    }
    let window = house.signed_in(&driver, Device::Desktop, "gwen").await;
    let folder = window.path().await;
    let mut wrong = Vec::new();
    show(house, &window, &format!("/versions/{file}")).await;
    wrong.extend(judge_everywhere(&window, "versions").await);
    picture(&window, "versions").await;
    show(house, &window, &format!("/share/{file}")).await;
    window.press("Make a link").await;
    window.says("The link is ready.").await;
    wrong.extend(judge_everywhere(&window, "share").await);
    picture(&window, "share").await;
    let link = window
        .until_script("a link", "return document.querySelector('input[id^=link-]:not([id=link-role])')?.value", vec![])
        .await;

    show(house, &window, &format!("/lock/{file}")).await;
    wrong.extend(judge_everywhere(&window, "lock-free").await);
    let held =
        Wopi::from_json(crate::support::wopi::http_client(), &binary.token("ravi", "gwen:/Spring inspection.txt"));
    held.lock("cool-lock1234").await.expect(200);
    show(house, &window, &format!("/lock/{file}")).await;
    wrong.extend(judge_everywhere(&window, "lock-held").await);
    show(house, &window, &format!("/versions/{file}")).await;
    wrong.extend(judge_everywhere(&window, "versions-held").await);
    held.unlock("cool-lock1234").await.expect(200);

    show(house, &window, &folder).await;
    window.press("Actions: archive.zip").await;
    window.press("Delete").await;
    wrong.extend(judge_everywhere(&window, "folder-sure").await);
    window.press("Delete").await;
    window.says("Moved to the bin: 1.").await;
    show(house, &window, "/bin").await;
    wrong.extend(judge_everywhere(&window, "bin").await);
    show(house, &window, "/bin?ask=all").await;
    wrong.extend(judge_everywhere(&window, "bin-ask").await);

    let guest = driver.browser(Device::Desktop).await;
    guest.goto(link.as_str().unwrap()).await;
    wrong.extend(judge_everywhere(&guest, "guest").await);
    guest.goto(&house.at("/s/does-not-work")).await;
    wrong.extend(judge_everywhere(&guest, "guest-over").await);
    guest.close().await;
    window.close().await;
    none(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_around_an_editor_can_be_read_by_everybody_at_every_width_and_in_both_schemes() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    furnish(house, "tove", "Tove Holm");
    let window = house.signed_in(&driver, Device::Desktop, "tove").await;
    let mut wrong = Vec::new();
    for (name, path) in [
        ("edit", format!("/edit/{}", house.id("tove", "/Spring inspection.txt"))),
        ("view", format!("/view/{}", house.id("tove", "/Spring inspection.txt"))),
        ("edit-office", format!("/edit/{}", house.id("tove", "/Budget 2027.xlsx"))),
        ("no-editor", format!("/view/{}", house.id("tove", "/archive.zip"))),
    ] {
        show(house, &window, &path).await;
        if name != "no-editor" {
            window.enter("office_frame").await;
            window.see("#state").await;
            if name == "edit" {
                window.press("Save").await;
            }
            window.leave().await;
        }
        if name == "edit" {
            window.says("Saved").await;
        }
        wrong.extend(judge_everywhere(&window, name).await);
        if name == "edit" {
            picture(&window, "editor").await;
        }
    }
    window.close().await;
    none(&wrong);
}
