//! The launch checklist, A1 to A16, as a script.

use crate::client::{Challenge, Item, Office, Place, Returned, check_bootstrapper_answer};
use crate::desk::{Desk, PRIVACY, settings};
use crate::net::parameter;
use crate::support::{Binary, PASSWORD, Wopi, noise, tokens, wopi::http_client};
use reqwest::Method;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Asks until the host refuses the token, which must happen within the time.
async fn until_refused(limit: Duration, mut ask: impl AsyncFnMut() -> u16) {
    let begun = Instant::now();
    while ask().await != 401 {
        assert!(begun.elapsed() < limit, "still accepted after {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The parts of an `ms-…:` link, decoded; each name stands once.
#[track_caller]
pub(crate) fn link_parts(link: &str) -> (String, String, Vec<(String, String)>) {
    let (scheme, rest) = link.split_once(':').expect("a scheme");
    let mut pieces = rest.split('|');
    let command = pieces.next().expect("a command").to_owned();
    let pieces: Vec<&str> = pieces.collect();
    assert_eq!(pieces.len() % 2, 0, "{link}");
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    let parts = pieces.chunks(2).map(|pair| (pair[0].to_owned(), decode(pair[1]))).collect();
    (scheme.to_owned(), command, parts)
}

/// The value of a part of a link.
#[track_caller]
pub(crate) fn part<'a>(parts: &'a [(String, String)], name: &str) -> &'a str {
    let mut found = parts.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let value = found.next().unwrap_or_else(|| panic!("no |{name}| in {parts:?}"));
    assert_eq!(found.next(), None, "|{name}| stands twice: {parts:?}");
    value
}

/// What the command line prints for a file.
#[track_caller]
pub(crate) fn office_link(binary: &Binary, user: &str, path: &str, more: &[&str]) -> String {
    let mut arguments = vec!["office-link", path, "--user", user];
    arguments.extend_from_slice(more);
    let printed = binary.cli_ok(&arguments, "").stdout;
    let link = printed.lines().map(str::trim).find(|line| line.starts_with("ms-"));
    link.unwrap_or_else(|| panic!("no link in {printed}")).to_owned()
}

#[tokio::test]
async fn a1_a4_a_link_from_the_providers_app_leads_through_sign_in_to_the_bytes() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let bytes = noise(1, 40_000);
    desk.binary().import(&user, &[("Budget notes.docx", &bytes)]);
    let link = office_link(desk.binary(), &user, "/Budget notes.docx", &[]);
    assert!(!link.contains("access_token") && !link.contains("eyJ"), "B-86: {link}");
    let (scheme, command, parts) = link_parts(&link);
    assert_eq!((scheme.as_str(), command.as_str()), ("ms-word", "ofe"));
    assert_eq!(part(&parts, "d"), "TP_LUMORA");
    assert_eq!(part(&parts, "n"), "Budget notes.docx");
    assert_eq!(part(&parts, "a"), "App");

    let mut office = desk.office();
    let place = office.add_place(&user).await;
    assert_eq!(part(&parts, "e"), place.user_id());
    let file = place.item(part(&parts, "u")).await;
    let info = file.info().await;
    assert_eq!(file.bytes().await, bytes);
    // A4: the place appears under a name, for the same user.
    assert_eq!(info["UserId"], place.profile["Bootstrap"]["UserId"]);
    assert!(place.profile["Bootstrap"]["SignInName"].as_str().is_some_and(|name| !name.is_empty()));
}

#[tokio::test]
async fn a2_a_consumers_file_is_editable_without_a_licence_check() {
    let desk = Desk::shared();
    let user = desk.someone(&["--kind", "consumer"]);
    desk.binary().import(&user, &[("a.docx", b"old")]);
    let place = desk.office().add_place(&user).await;
    let file = place.find(&["a.docx"]).await;
    let info = file.info().await;
    assert_eq!((&info["LicenseCheckForEditIsEnabled"], &info["UserCanWrite"]), (&false.into(), &true.into()), "{info}");
    file.edit(b"new").await;
    assert_eq!(file.bytes().await, b"new");
}

#[tokio::test]
async fn a3_a10_licence_flags_are_those_of_the_account_and_equal_everywhere() {
    let desk = Desk::shared();
    for (kind, check, education) in [("consumer", false, false), ("business", true, false), ("education", true, true)] {
        let user = desk.someone(&["--kind", kind]);
        desk.binary().import(&user, &[("folder/inner/a.docx", b"a"), ("b.docx", b"b")]);
        let place = desk.office().add_place(&user).await;
        let root = place.root().await;
        let folder = root.child("folder").await;
        let inner = folder.child("inner").await;
        let made = folder.create_file("X-WOPI-RelativeTarget", "made.docx").await.expect(200);
        let made = Item::at(&folder.net, &made.text("Url"));
        let files = [root.child("b.docx").await, inner.child("a.docx").await, made];
        for item in files.iter().chain([&root, &folder, &inner]) {
            let info = item.info().await;
            if kind != "education" {
                assert_eq!(info["LicenseCheckForEditIsEnabled"], check, "{kind}: {info}");
            }
            assert!(info["LicenseCheckForEditIsEnabled"].is_boolean(), "B-94: {info}");
            assert_eq!(info["IsEduUser"], education, "{kind}: {info}");
        }
        for file in &files {
            assert_eq!(file.info().await["UserCanWrite"], true, "B-95: licences take no right");
        }
        let shortcut = place.call(Method::POST, Some("GET_ROOT_CONTAINER"), &[]).await.expect(200).json();
        let info = &shortcut["RootContainerInfo"]["ContainerInfo"];
        assert_eq!(info["IsEduUser"], education, "{shortcut}");
        assert_eq!(*info, root.info().await, "C-39");
    }
}

#[tokio::test]
async fn a5_a_fresh_office_adds_the_place_and_walks_three_levels() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut expected: Vec<String> = Vec::new();
    for a in ["x", "y"] {
        for b in ["p", "q"] {
            for c in ["m", "n"] {
                expected.push(format!("{a}/{b}/{c}/file {a}{b}{c}.docx"));
            }
        }
    }
    expected.push("top.xlsx".into());
    expected.push("x/second.pptx".into());
    let files: Vec<(&str, &[u8])> = expected.iter().map(|path| (path.as_str(), path.as_bytes())).collect();
    desk.binary().import(&user, &files);
    let place = desk.office().add_place(&user).await;

    let mut found = Vec::new();
    let mut open = vec![(String::new(), place.root().await)];
    while let Some((path, container)) = open.pop() {
        let children = container.children().await;
        for child in children["ChildContainers"].as_array().expect("an array") {
            let name = child["Name"].as_str().expect("a name");
            let item = Item::at(&container.net, child["Url"].as_str().expect("a URL"));
            assert_eq!(item.info().await["Name"], name);
            open.push((format!("{path}{name}/"), item));
        }
        for child in children["ChildFiles"].as_array().expect("an array") {
            let name = child["Name"].as_str().expect("a name");
            let item = Item::at(&container.net, child["Url"].as_str().expect("a URL"));
            assert_eq!(item.info().await["BaseFileName"], name);
            assert_eq!(item.bytes().await, format!("{path}{name}").into_bytes());
            found.push(format!("{path}{name}"));
        }
    }
    // What others have shared has a folder of its own, empty here.
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a6_a_file_found_by_browsing_is_edited_and_the_hosts_own_interface_shows_it() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("Plans/Road.docx", b"one"), ("Plans/Numbers.xlsx", b"1")]);
    let place = desk.office().add_place(&user).await;
    let folder = place.find(&["Plans"]).await;
    let filter = [("X-WOPI-FileExtensionFilterList", ".docx,.docm")];
    let listed = folder.call("/children", None, &filter, None).await.expect(200).json();
    assert_eq!(listed["ChildFiles"].as_array().map(Vec::len), Some(1), "{listed}");
    let file = Item::at(&folder.net, listed["ChildFiles"][0]["Url"].as_str().expect("a URL"));
    let before = file.info().await["Version"].clone();
    let bytes = noise(6, 70_000);
    let first = file.edit(&bytes).await;
    let second = file.edit(b"three").await;
    assert_ne!(before.as_str(), Some(first[1].as_str()), "PutFile makes a version");
    assert_eq!(first[1], first[2], "Unlock makes none: {first:?}");
    assert_ne!(first[1], second[1], "{first:?} {second:?}");
    assert_eq!(file.info().await["Version"], second[1]);
    assert_eq!(desk.binary().versions(&user, "/Plans/Road.docx").len(), 3);
    let out = desk.binary().scratch().join(format!("export-{user}"));
    desk.binary().cli_ok(&["export", out.to_str().expect("a plain path"), "/Plans/Road.docx", "--user", &user], "");
    let exported = std::fs::read_dir(&out).expect("the folder").next().expect("an entry").expect("an entry").path();
    let exported = if exported.is_dir() { exported.join("Road.docx") } else { exported };
    assert_eq!(std::fs::read(exported).expect("the file"), b"three");
}

#[tokio::test]
async fn a7_stored_tokens_serve_again_and_expired_ones_are_replaced_without_a_sign_in() {
    let start = settings().set("LOCKHOUSE_TOKENS__LIFETIME", "3 s").set("LOCKHOUSE_OAUTH__ACCESS_LIFETIME", "3 s");
    let desk = Desk::with(start);
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("a.docx", b"text")]);
    let mut place = desk.office().add_place(&user).await;
    let file = place.find(&["a.docx"]).await;
    file.lock("kept").await.expect(200);
    until_refused(Duration::from_secs(20), async || file.try_info().await.status).await;
    // An OAuth token that is past its end is refused, and the service refreshes.
    until_refused(Duration::from_secs(20), async || place.call(Method::GET, None, &[]).await.status).await;
    let refreshed = place.refreshed().await.expect(200).json();
    assert!(refreshed["refresh_token"].as_str().is_some_and(|token| !token.is_empty()));
    let again = place.item(&file.src).await;
    assert_eq!(again.bytes().await, b"text");
    // B-23: the session goes on under the new token with its lock.
    again.put("kept", b"more").await.expect(200);
    again.unlock("kept").await.expect(200);
}

#[tokio::test]
async fn a8_save_as_makes_another_file_and_leaves_the_original() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("a.docx", b"original"), ("copies/a.docx", b"taken")]);
    let place = desk.office().add_place(&user).await;
    let original = place.find(&["a.docx"]).await;
    let folder = place.find(&["copies"]).await;
    assert_eq!(folder.info().await["UserCanCreateChildFile"], true);
    let made = folder.create_file("X-WOPI-SuggestedTarget", "a.docx").await.expect(200);
    let copy = Item::at(&folder.net, &made.text("Url"));
    assert_eq!(copy.info().await["Size"], 0);
    copy.edit(&original.bytes().await).await;
    let name = made.text("Name");
    assert!(name != "a.docx" && std::path::Path::new(&name).extension().is_some_and(|end| end == "docx"), "{name}");
    assert_eq!(copy.info().await["BaseFileName"], name.as_str());
    assert_eq!(copy.bytes().await, b"original");
    assert_eq!(folder.child("a.docx").await.bytes().await, b"taken");
    assert_eq!(original.bytes().await, b"original");
    assert_ne!(copy.src, original.src);
}

#[tokio::test]
async fn a9_create_new_with_a_name_works_once() {
    let desk = Desk::shared();
    let place = desk.office().add_place(&desk.someone(&[])).await;
    let root = place.root().await;
    let made = root.create_file("X-WOPI-RelativeTarget", "New.xlsx").await.expect(200);
    assert_eq!(made.text("Name"), "New.xlsx");
    let file = Item::at(&root.net, &made.text("Url"));
    assert_eq!((file.info().await["Size"].clone(), file.bytes().await), (0.into(), vec![]));
    root.create_file("X-WOPI-RelativeTarget", "New.xlsx").await.expect(409);
    file.edit(b"cells").await;
    assert_eq!(file.bytes().await, b"cells");
}

#[tokio::test]
async fn a11_the_sign_in_page_suits_a_small_web_view_and_speaks_its_language() {
    let desk = Desk::shared();
    let mut office = desk.office();
    let page = office.first_page(&[("rs", "de-DE")]).await.page();
    assert_eq!(page.reply.status, 200);
    let (html, tags) = (page.html(), page.tags());
    let viewport = tags.iter().find(|tag| tag.name == "meta" && tag.get("name").as_deref() == Some("viewport"));
    let viewport = viewport.unwrap_or_else(|| panic!("no viewport: {html}")).get("content").unwrap_or_default();
    assert!(viewport.contains("width=device-width"), "{viewport}");
    let privacy = |tag: &&crate::web_view::Tag| tag.name == "a" && tag.get("href").as_deref() == Some(PRIVACY);
    let privacy = tags.iter().find(privacy).unwrap_or_else(|| panic!("B-43: {html}"));
    assert!(!privacy.text.trim().is_empty());
    let lang = tags.iter().find(|tag| tag.name == "html").and_then(|tag| tag.get("lang")).unwrap_or_default();
    assert!(lang.starts_with("de"), "{lang}");
    assert!(html.contains("Passwort") || html.contains("Kennwort"), "B-44: {html}");
    assert!(html.contains("Office"), "B-44 names who asks: {html}");
    for tag in &tags {
        assert!(
            !["script", "iframe", "object", "embed", "applet", "frame"].contains(&tag.name.as_str()),
            "B-42: {tag:?}"
        );
        assert!(tag.get("target").is_none_or(|target| target != "_blank"), "B-42: no new windows: {tag:?}");
        assert!(tag.get("onclick").is_none(), "B-42: no script is needed: {tag:?}");
    }
    let kind = page.reply.header("Content-Type").unwrap_or_default().to_lowercase().replace(' ', "");
    assert_eq!(kind, "text/html;charset=utf-8");
}

#[tokio::test]
async fn a12_properties_are_the_same_in_the_file_and_in_the_listing() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("Odd & name_1.docx", b"12345")]);
    let root = desk.office().add_place(&user).await.root().await;
    let listed = root.children().await["ChildFiles"][0].clone();
    let info = Item::at(&root.net, listed["Url"].as_str().expect("a URL")).info().await;
    assert_eq!(info["BaseFileName"], "Odd & name_1.docx");
    assert_eq!((&listed["Name"], &listed["Size"]), (&info["BaseFileName"], &info["Size"]));
    assert_eq!((&listed["Version"], &listed["LastModifiedTime"]), (&info["Version"], &info["LastModifiedTime"]));
    assert_eq!(info["Size"], 5);
    assert!(info["Version"].is_string() && info["LastModifiedTime"].is_string(), "{info}");
}

/// What must hold once everything a user was signed in with has ended.
pub(crate) async fn everything_ended(place: &mut Place, container: &Item, file: &Item) {
    container.call("/children", None, &[], None).await.expect(401);
    file.try_info().await.expect(401);
    let reply = place.call(Method::GET, None, &[]).await.expect(401);
    Challenge::read(&reply);
    place.call(Method::POST, Some("GET_ROOT_CONTAINER"), &[]).await.expect(401);
    place.try_new_token(&file.src).await.expect(401);
    assert_eq!(place.refreshed().await.expect(400).text("error"), "invalid_grant");
}

#[tokio::test]
async fn a13_a_new_password_ends_everything_but_locks_and_a_new_sign_in_brings_it_back() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("folder/a.docx", b"text")]);
    let mut office = desk.office();
    let mut place = office.add_place(&user).await;
    let folder = place.find(&["folder"]).await;
    let file = folder.child("a.docx").await;
    file.lock("held").await.expect(200);
    desk.binary().cli_ok(&["user", "passwd", &user, "--password-stdin"], "another good pass phrase\n");
    everything_ended(&mut place, &folder, &file).await;
    // B-46: the web view is still there with its cookies, and has to ask for the password.
    let page = office.first_page(&[]).await.page();
    assert!(page.sign_in_form().is_some(), "{}", page.html());
    let old = office.view.sign_in(&page, &user, PASSWORD).await.page();
    assert!(old.sign_in_form().is_some(), "the old password is void");
    let place = office.add_place_with(&user, "another good pass phrase").await;
    let file = place.find(&["folder", "a.docx"]).await;
    assert_eq!(file.probe().await, "held", "B-98: locks survive");
    file.put("held", b"more").await.expect(200);
    file.unlock("held").await.expect(200);
}

#[tokio::test]
async fn a14_the_lock_of_another_editor_is_seen_and_respected() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("a.docx", b"text")]);
    let web = Wopi::from_json(http_client(), &desk.binary().token(&user, "/a.docx"));
    web.lock("web session").await.expect(200);
    let file = desk.office().add_place(&user).await.find(&["a.docx"]).await;
    assert_eq!(file.probe().await, "web session");
    file.refresh_lock("an id that nobody has").await.expect_conflict("web session");
    file.lock("native").await.expect_conflict("web session");
    web.unlock("web session").await.expect(200);
    assert_eq!(file.probe().await, "", "B-91: an empty X-WOPI-Lock");
    file.lock("native").await.expect(200);
    web.lock("web session").await.expect_conflict("native");
}

#[tokio::test]
async fn a15_refusing_ends_at_the_stop_url_with_access_denied() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let page = office.first_page(&[("state", "s1")]).await.page();
    if let Some((form, button)) = page.cancel() {
        let stop = office.view.press(&page, &form, Some(&button)).await.stop();
        assert_eq!(Returned::read(&stop).error.as_deref(), Some("access_denied"));
    }
    let page = office.first_page(&[("state", "s1")]).await.page();
    let page = office.view.sign_in(&page, &user, PASSWORD).await.page();
    let (form, button) = page.cancel().unwrap_or_else(|| panic!("no way to refuse: {}", page.html()));
    let stop = office.view.press(&page, &form, Some(&button)).await.stop();
    let returned = Returned::read(&stop);
    assert_eq!((returned.error.as_deref(), returned.state.as_deref()), (Some("access_denied"), Some("s1")));
    // A refusal is not remembered: asked again, the user may allow.
    let page = office.first_page(&[]).await.page();
    assert!(page.allow().is_some() || page.sign_in_form().is_some(), "{}", page.html());
}

/// A host for two regions, whose session context holds characters that must be encoded.
fn regional() -> Desk {
    let regions = "eu=https://eu.lumora.example/oauth/token?region=eu1,us=https://us.lumora.example/oauth/token";
    let start = settings()
        .set("LOCKHOUSE_OAUTH__REGIONS", regions)
        .set("LOCKHOUSE_OAUTH__SESSION_CONTEXT", "tenant:42 100%25 {region}")
        .set("LOCKHOUSE_LOG__FILTER", "trace");
    let names = ["https://docs.lumora.example", "https://eu.lumora.example", "https://us.lumora.example"];
    Desk::behind_proxy(start, &names)
}

#[tokio::test]
async fn a16_e19_a_user_of_a_region_is_served_by_its_token_endpoint_with_the_session_context() {
    let desk = regional();
    let (here, there) = (desk.someone(&[]), desk.someone(&["--region", "eu"]));
    desk.binary().import(&there, &[("a.docx", b"text")]);
    let mut office = desk.office();
    let stop = office.walk(&there, &[]).await;
    let returned = Returned::read(&stop);
    assert_eq!(returned.token_url.as_deref(), Some("https://eu.lumora.example/oauth/token?region=eu1"));
    // E19: encoded once, so decoded once it is what the operator wrote.
    assert_eq!(returned.context.as_deref(), Some("tenant:42 100%25 eu"));
    let raw = stop.split("sc=").nth(1).expect("sc").split('&').next().expect("a value").to_owned();
    assert!(raw.contains("%3A42") && raw.contains("100%2525"), "{raw}");
    let challenge = office.challenge().await;
    let mut place = office.service.accept(&returned, &challenge).await;
    assert_eq!(place.token_url, "https://eu.lumora.example/oauth/token?region=eu1");
    place.refreshed().await.expect(200);
    let file = place.find(&["a.docx"]).await;
    assert!(file.src.starts_with("https://docs.lumora.example/wopi/files/"), "{}", file.src);
    file.edit(b"new").await;
    // B-57: a hint that is missing or wrong is no hint.
    for context in [None, Some("tenant:43"), Some("nonsense \u{e9}"), Some("")] {
        place.context = context.map(str::to_owned);
        place.bootstrap().await;
        place.refreshed().await.expect(200);
    }
    // B-55: without a region there is nothing to say.
    let stop = desk.office().walk(&here, &[]).await;
    assert_eq!(parameter(&stop, "tk"), None, "{stop}");
}

#[tokio::test]
async fn b96_signing_out_everywhere_ends_everything_and_so_does_shutting_out() {
    let desk = Desk::shared();
    for command in ["sign-out", "disable"] {
        let user = desk.someone(&[]);
        desk.binary().import(&user, &[("folder/a.docx", b"text")]);
        let mut office = desk.office();
        let mut place = office.add_place(&user).await;
        let folder = place.find(&["folder"]).await;
        let file = folder.child("a.docx").await;
        file.lock("held").await.expect(200);
        desk.binary().cli_ok(&["user", command, &user], "");
        everything_ended(&mut place, &folder, &file).await;
        let page = office.first_page(&[]).await.page();
        let landing = office.view.sign_in(&page, &user, PASSWORD).await.page();
        if command == "disable" {
            assert!(landing.sign_in_form().is_some(), "B-6: a deactivated user cannot sign in: {}", landing.html());
            continue;
        }
        let file = office.add_place(&user).await.find(&["folder", "a.docx"]).await;
        assert_eq!(file.probe().await, "held");
    }
}

/// Another client with the same right, for one user.
async fn second_place(desk: &Desk, user: &str, id: &str) -> (Office, Place) {
    let client = desk.add_client(id, &["--redirect-uri", "https://localhost", "--scope", "wopi"]);
    let mut office = desk.client_like_office(&client);
    let place = office.add_place(user).await;
    (office, place)
}

#[tokio::test]
async fn b99_taking_back_one_grant_ends_that_client_alone() {
    let desk = Desk::with(settings());
    let (user, other) = (desk.someone(&[]), desk.someone(&[]));
    desk.binary().import(&user, &[("folder/a.docx", b"text")]);
    let mut place = desk.office().add_place(&user).await;
    let mut others = desk.office().add_place(&other).await;
    let (_, mut second) = second_place(&desk, &user, "second").await;
    let folder = place.find(&["folder"]).await;
    let file = folder.child("a.docx").await;
    let seen_by_second = second.find(&["folder", "a.docx"]).await;
    let by_command = Wopi::from_json(http_client(), &desk.binary().token(&user, "/folder/a.docx"));
    file.lock("held").await.expect(200);
    desk.binary().cli_ok(&["user", "revoke", &user, "office"], "");
    everything_ended(&mut place, &folder, &file).await;
    assert_eq!(seen_by_second.probe().await, "held", "another client of the user is not touched");
    second.refreshed().await.expect(200);
    second.bootstrap().await;
    by_command.info().await.expect(200);
    others.refreshed().await.expect(200);
    let bootstrap: Value = others.bootstrap().await;
    assert!(bootstrap["Bootstrap"].is_object());
    // The grant is gone with its consent: the web view asks again.
    let again = desk.office().add_place(&user).await;
    again.bootstrap().await;
}

#[tokio::test]
async fn b100_a_permission_taken_away_needs_no_sign_out() {
    let desk = Desk::shared();
    let (owner, guest) = (desk.someone(&[]), desk.someone(&[]));
    desk.binary().import(&owner, &[("shared.docx", b"text"), ("other.docx", b"text")]);
    let path = format!("{owner}:/shared.docx");
    desk.binary().cli_ok(&["grant", &guest, "editor", &path], "");
    let src = desk.binary().token(&owner, "/shared.docx")["wopisrc"].as_str().expect("a URL").to_owned();
    let place = desk.office().add_place(&guest).await;
    let file = place.item(&src).await;
    assert_eq!(file.bytes().await, b"text");
    desk.binary().cli_ok(&["revoke", &guest, &path], "");
    file.try_info().await.expect(404);
    place.try_new_token(&src).await.expect(404);
    place.bootstrap().await;
}

#[tokio::test]
async fn e18_tokens_begotten_by_tokens_inherit_their_end_and_only_oauth_starts_a_new_life() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("folder/a.docx", b"text")]);
    let place = desk.office().add_place(&user).await;
    let file = place.find(&["folder", "a.docx"]).await;
    let end = tokens::expiry(&file.token);
    // Tokens are made in seconds; two of them pass before the next ones, so that a new life would show.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(2100) {
        file.try_info().await.expect(200);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let ancestry = file.ancestry().await;
    let parent = Item::at(&file.net, ancestry.last().expect("a parent")["Url"].as_str().expect("a URL"));
    let root = Item::at(&file.net, ancestry[0]["Url"].as_str().expect("a URL"));
    let again = parent.child("a.docx").await;
    let pointer = file.call("/ecosystem_pointer", None, &[], None).await.expect(200);
    let ecosystem = Item::at(&file.net, &pointer.text("Url"));
    let made = parent.create_file("X-WOPI-RelativeTarget", "b.docx").await.expect(200);
    let made = Item::at(&file.net, &made.text("Url"));
    let top = ecosystem.call("/root_container_pointer", None, &[], None).await.expect(200).json();
    let top = Item::at(&file.net, top["ContainerPointer"]["Url"].as_str().expect("a URL"));
    assert_eq!(again.src, file.src);
    assert_eq!((top.src.as_str(), parent.info().await["Name"].as_str()), (root.src.as_str(), Some("folder")));
    for item in [&parent, &root, &again, &ecosystem, &made, &top] {
        assert_eq!(tokens::expiry(&item.token), end, "B-102: {}", item.src);
    }
    assert!(tokens::expiry(&place.item(&file.src).await.token) > end, "GetNewAccessToken yields a fresh one");
    let bootstrap = place.bootstrap().await;
    let url = bootstrap["Bootstrap"]["EcosystemUrl"].as_str().expect("a URL");
    let fresh = Item::at(&file.net, url);
    assert!(tokens::expiry(&fresh.token) > end, "B-16");
    fresh.info().await;
    // E6: no token opens anything but its own item.
    Item { token: parent.token.clone(), ..file.clone() }.try_info().await.expect(401);
    Item { token: file.token.clone(), ..parent.clone() }.try_info().await.expect(401);
    Item { token: root.token.clone(), ..parent.clone() }.try_info().await.expect(401);
    let reply = place.call(Method::GET, None, &[]).await;
    check_bootstrapper_answer(&reply);
}
