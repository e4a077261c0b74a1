//! The host page as it comes over HTTP (web-host.md sections 4, 6, 9 and 12.3). What its script does is tried in a browser.

mod guests;

use std::{sync::OnceLock, time::Duration};

use reqwest::Method;
use serde_json::Value;

use crate::{
    person::{Person, between, field, house, html, location, mark},
    stand_in::{Manner, StandIn},
    support::{Reply, Shared, Start, Wopi, eventually, wopi::http_client},
};

const COLLABORA: &str = include_str!("../editors/data/collabora.xml");
const ONLYOFFICE: &str = include_str!("../editors/data/onlyoffice.xml");
const OFFICE: &str = include_str!("../editors/data/office.xml");

/// A server with one editor, for as long as the test program lives.
fn with_editor(name: &str, document: &str) -> Shared {
    let editor = Box::leak(Box::new(StandIn::start()));
    editor.behave(Manner::Says(document.to_owned()));
    let discovery = format!("{name}={}", editor.discovery_url());
    let server = Shared::begin(Start::default().set("LOCKHOUSE_EDITORS__DISCOVERY", &discovery), &[]);
    let copy = server.binary().data_dir().join(format!("editors/{name}.xml"));
    eventually("the discovery document is there", Duration::from_secs(30), || copy.exists().then_some(()));
    server
}

pub(crate) fn collabora() -> &'static Shared {
    static SERVER: OnceLock<Shared> = OnceLock::new();
    SERVER.get_or_init(|| with_editor("collabora", COLLABORA))
}

pub(crate) fn onlyoffice() -> &'static Shared {
    static SERVER: OnceLock<Shared> = OnceLock::new();
    SERVER.get_or_init(|| with_editor("onlyoffice", ONLYOFFICE))
}

pub(crate) fn office() -> &'static Shared {
    static SERVER: OnceLock<Shared> = OnceLock::new();
    SERVER.get_or_init(|| with_editor("office", OFFICE))
}

/// Somebody with a document of his own.
pub(crate) struct Writer {
    pub(crate) person: Person,
    server: &'static Shared,
    path: String,
    pub(crate) id: String,
}

impl Writer {
    pub(crate) async fn new(server: &'static Shared, name: &str, file: &str, bytes: &[u8]) -> Self {
        Self::with(server, name, file, bytes, &[]).await
    }

    /// An administrator.
    pub(crate) async fn admin(server: &'static Shared, name: &str, file: &str, bytes: &[u8]) -> Self {
        Self::with(server, name, file, bytes, &["--admin"]).await
    }

    /// With further options of `user add`.
    pub(crate) async fn with(server: &'static Shared, name: &str, file: &str, bytes: &[u8], more: &[&str]) -> Self {
        server.binary().add_user(name, more);
        server.binary().import(name, &[(file, bytes)]);
        let path = format!("/{file}");
        let src = server.binary().token(name, &path)["wopisrc"].as_str().unwrap().to_owned();
        let id = src.rsplit('/').next().unwrap().to_owned();
        Self { person: Person::of(server.binary(), name).await, server, path, id }
    }

    pub(crate) async fn edit(&mut self) -> Reply {
        self.person.get(&format!("/edit/{}", self.id)).await.expect(200)
    }

    pub(crate) async fn view(&mut self) -> Reply {
        self.person.get(&format!("/view/{}", self.id)).await.expect(200)
    }

    async fn state(&mut self) -> Value {
        self.person.get(&format!("/state/{}", self.id)).await.expect(200).json()
    }

    /// Somebody else with a role on the document.
    pub(crate) async fn shared_with(&self, name: &str, role: &str) -> Person {
        self.server.binary().add_user(name, &[]);
        let what = format!("{}:{}", self.person.name, self.path);
        self.server.binary().cli_ok(&["grant", name, role, &what], "");
        Person::of(self.server.binary(), name).await
    }

    /// What the editor does that this page opens.
    pub(crate) fn editor(&self, page: &Reply) -> Wopi {
        let src = format!("{}/wopi/files/{}", self.server.binary().url().trim_end_matches('/'), self.id);
        Wopi::new(http_client(), &src, &field(page, "access_token"))
    }

    /// The code of a link on the document.
    pub(crate) async fn link(&self, kind: &str) -> String {
        let token = self.server.binary().token(&self.person.name, &self.path);
        let owner = Wopi::from_json(http_client(), &token);
        let reply = owner.post("GET_SHARE_URL").header("X-WOPI-UrlType", kind).send().await.expect(200);
        reply.text("ShareUrl").rsplit('/').next().unwrap().to_owned()
    }
}

/// Where the page's form leads.
#[track_caller]
pub(crate) fn action(page: &Reply) -> url::Url {
    let action = between(&html(page), "method=\"post\" action=\"", "\"").expect("a form");
    url::Url::parse(&unescaped(&action)).expect("an absolute URL")
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
}

pub(crate) fn parameter(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// What the page tells its script.
#[track_caller]
fn data(page: &Reply) -> Value {
    let text = between(&html(page), "data-page=\"", "\"").expect("data");
    serde_json::from_str(&unescaped(&text).replace("&#60;", "<").replace("&#62;", ">")).expect("JSON")
}

fn policy(page: &Reply) -> String {
    page.header("Content-Security-Policy").expect("a policy").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w28_the_page_asks_for_a_session_and_for_the_right() {
    let mut anna = Writer::new(collabora(), "w28anna", "a.odt", b"text").await;
    let mut stranger = Person::stranger(collabora().binary());
    let reply = stranger.get(&format!("/edit/{}?wdOrigin=mail", anna.id)).await.expect(303);
    assert_eq!(location(&reply), format!("/sign-in?return_to=%2Fedit%2F{}%3FwdOrigin%3Dmail", anna.id));
    collabora().binary().add_user("w28nobody", &[]);
    let mut nobody = Person::of(collabora().binary(), "w28nobody").await;
    for path in ["edit", "view", "state"] {
        let reply = nobody.get(&format!("/{path}/{}", anna.id)).await.expect(404);
        assert!(!html(&reply).contains("a.odt"), "{path}");
    }
    anna.person.get("/edit/nothing").await.expect(404);
    anna.person.get("/view/a%20b").await.expect(404);
    anna.edit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w17_to_w25_the_page_posts_a_fresh_token_into_a_frame_that_its_script_makes() {
    let mut anna = Writer::new(collabora(), "w17anna", "Tom & Jerry's.odt", b"text").await;
    let page = anna.edit().await;
    let text = html(&page);
    // W-21.
    assert_eq!(page.header("Cache-Control"), Some("no-cache, no-store"));
    assert_eq!(page.header("Pragma"), Some("no-cache"));
    assert_eq!(page.header("Expires"), Some("-1"));
    assert_eq!(page.header("Referrer-Policy"), Some("no-referrer"));
    assert_eq!(page.header("X-Frame-Options"), Some("SAMEORIGIN"));
    let policy = policy(&page);
    for part in [
        "default-src 'none'",
        "script-src 'self';",
        "frame-src http://127.0.0.1:9980;",
        "form-action http://127.0.0.1:9980;",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    // W-19, and no inline script for the policy to allow.
    assert!(!text.contains("<iframe") && !text.contains("<script>") && !text.contains("style="), "{text}");
    // W-22.
    assert!(text.contains("initial-scale=1, maximum-scale=1, minimum-scale=1, user-scalable=no"));
    // W-24 and W-27.
    assert!(text.contains("<title>Tom &#38; Jerry&#39;s.odt – Lockhouse</title>"), "{text}");
    assert!(text.contains("rel=\"icon\" href=\"http://127.0.0.1:9980/browser/ad89da9e/images/x-office-document.svg\""));
    assert_eq!(data(&page)["name"], "Tom & Jerry's.odt");
    // W-17: once, in the form, and in no URL.
    let token = field(&page, "access_token");
    assert_eq!(text.matches(&token).count(), 1);
    assert!(!text.contains("?t=") && !text.contains("access_token="), "{text}");
    // W-18.
    let ttl = field(&page, "access_token_ttl");
    assert_eq!(ttl.len(), 13);
    let hours =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap() + Duration::from_secs(36_000);
    let off = ttl.parse::<i128>().unwrap() - i128::try_from(hours.as_millis()).unwrap();
    assert!(off.abs() < 60_000, "{off} ms off ten hours");
    // W-20.
    let info = anna.editor(&page).info().await.expect(200).json();
    assert_eq!(info["UserId"], field(&page, "user_id"));
    assert_eq!(info["OwnerId"], field(&page, "owner_id"));
    // W-11 to W-16.
    let url = action(&page);
    let source = anna.editor(&page).src().to_owned();
    assert_eq!(parameter(&url, "WOPISrc"), Some(source));
    assert_eq!(parameter(&url, "closebutton").as_deref(), Some("1"));
    assert_eq!(parameter(&url, "revisionhistory").as_deref(), Some("1"));
    assert_eq!(parameter(&url, "permission"), None);
    // W-21: each load has a token of its own (the end of its life may be the same second).
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_ne!(field(&anna.edit().await, "access_token"), token);
    assert!(!collabora().binary().log().contains(&token), "no token in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w5_whoever_may_only_read_gets_a_token_that_only_reads() {
    let anna = Writer::new(collabora(), "w5anna", "a.docx", b"text").await;
    let mut reader = anna.shared_with("w5ben", "viewer").await;
    for path in ["view", "edit"] {
        let page = reader.get(&format!("/{path}/{}", anna.id)).await.expect(200);
        assert_eq!(parameter(&action(&page), "permission").as_deref(), Some("readonly"));
        assert_eq!(anna.editor(&page).info().await.expect(200).json()["UserCanWrite"], false);
        assert_eq!(data(&page)["edits"], false);
        assert!(data(&page)["edit"].is_null() && data(&page)["share"].is_null());
    }
    // Who may write reads in the same way when he wants no more than that.
    let mut anna = anna;
    let page = anna.view().await;
    assert_eq!(anna.editor(&page).info().await.expect(200).json()["UserCanWrite"], false);
    assert!(html(&page).contains("id=\"edit\""), "and has a way to edit it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w78_the_token_names_the_editor_and_each_editor_is_told_what_is_its_own() {
    let (mut anna, mut ben, mut carl) = (
        Writer::new(collabora(), "w78anna", "a.docx", b"text").await,
        Writer::new(onlyoffice(), "w78ben", "a.docx", b"text").await,
        Writer::new(office(), "w78carl", "a.docx", b"text").await,
    );
    let page = anna.edit().await;
    let info = anna.editor(&page).info().await.expect(200).json();
    for (name, value) in [("EnableOwnerTermination", true), ("EnableShare", true), ("IsAdminUser", false)] {
        assert_eq!(info[name], value, "{name}");
    }
    let about = info["UserExtraInfo"].as_object().expect("what others in the document are told");
    assert_eq!(about.keys().collect::<Vec<_>>(), ["avatar"], "no address: guests are told it, too");
    assert!(about["avatar"].as_str().is_some_and(|url| url.starts_with("data:image/svg+xml;base64,")), "{info}");
    assert_eq!(info["SupportsLocks"], true);
    assert!(info["ClosePostMessage"].is_null() && info["TemplateSource"].is_null(), "{info}");
    for writer in [&mut ben, &mut carl] {
        let page = writer.edit().await;
        let info = writer.editor(&page).info().await.expect(200).json();
        for name in [
            "ClosePostMessage",
            "EditModePostMessage",
            "EditNotificationPostMessage",
            "FileSharingPostMessage",
            "FileVersionPostMessage",
        ] {
            assert_eq!(info[name], true, "{name}: {info}");
        }
        for name in ["CloseUrl", "FileSharingUrl", "FileVersionUrl", "HostEditUrl", "HostViewUrl", "SignoutUrl"] {
            assert!(info[name].as_str().is_some_and(|url| url.starts_with("http")), "{name}: {info}");
        }
        for name in ["EnableOwnerTermination", "EnableShare", "IsAdminUser", "TemplateSource", "UserExtraInfo"] {
            assert!(info[name].is_null(), "{name} is Collabora's: {info}");
        }
        // W-30.
        assert_eq!(info["PostMessageOrigin"], writer.server.binary().url().trim_end_matches('/'));
    }
    assert_eq!(data(&ben.edit().await)["family"], "onlyoffice");
    // W-25: around Office's editor there is nothing of the house's.
    let page = carl.edit().await;
    assert!(html(&page).contains("<header id=\"bar\" aria-label=\"Document\" hidden>"), "{}", html(&page));
    assert!(!html(&anna.edit().await).contains("aria-label=\"Document\" hidden"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_viewers_button_for_editing_needs_a_token_that_says_so() {
    let mut anna = Writer::new(office(), "buttonanna", "a.docx", b"text").await;
    let page = anna.view().await;
    assert_eq!(action(&page).path(), "/word/view.aspx");
    assert_eq!(anna.editor(&page).info().await.expect(200).json()["UserCanWrite"], true);
    let mut reader = anna.shared_with("buttonben", "viewer").await;
    let page = reader.get(&format!("/view/{}", anna.id)).await.expect(200);
    let info = anna.editor(&page).info().await.expect(200).json();
    assert_eq!(info["UserCanWrite"], false);
    for name in ["EditModePostMessage", "FileSharingPostMessage", "FileEmbedCommandUrl"] {
        assert!(info[name].is_null(), "{name}: {info}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w26_what_begins_with_wd_is_handed_on_and_nothing_else() {
    let mut anna = Writer::new(office(), "w26anna", "a.docx", b"text").await;
    let path = format!("/edit/{}?wdOrigin=a%26b&wdPreviousSession=s1&x=1&access_token=stolen", anna.id);
    let page = anna.person.get(&path).await.expect(200);
    let url = action(&page);
    assert_eq!(parameter(&url, "wdOrigin").as_deref(), Some("a&b"));
    assert_eq!(parameter(&url, "wdPreviousSession").as_deref(), Some("s1"));
    assert_eq!(parameter(&url, "sftc").as_deref(), Some("1"));
    assert!(!url.as_str().contains("stolen") && parameter(&url, "x").is_none());
    assert!(!url.as_str().contains('<') && !url.as_str().contains('>'), "{url}");
    // W-14: what does not fit is left out, and the document opens.
    let long = format!("/edit/{}?wdLong={}", anna.id, "x".repeat(3000));
    let url = action(&anna.person.get(&long).await.expect(200));
    assert!(url.as_str().len() <= 2048 && parameter(&url, "wdLong").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn languages_are_those_of_the_browser_with_a_country() {
    let mut anna = Writer::new(office(), "langanna", "a.docx", b"text").await;
    for (accepted, language) in [("it-IT,de;q=0.5", "it-IT"), ("fr", "fr-FR"), ("*", "en-US")] {
        anna.person.headers = vec![("Accept-Language", accepted.to_owned())];
        assert_eq!(parameter(&action(&anna.edit().await), "ui").as_deref(), Some(language), "{accepted}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w40_w41_an_empty_file_begins_with_editnew_and_is_never_merely_shown() {
    let mut anna = Writer::new(office(), "w40anna", "new.docx", b"").await;
    for page in [anna.edit().await, anna.view().await] {
        assert_eq!(parameter(&action(&page), "new").as_deref(), Some("1"));
        assert_eq!(data(&page)["edits"], true);
    }
    let mut reader = anna.shared_with("w40ben", "viewer").await;
    let page = reader.get(&format!("/view/{}", anna.id)).await.expect(200);
    assert!(!html(&page).contains("office_form") && html(&page).contains("Nobody has written anything"));
    let page = anna.edit().await;
    anna.editor(&page).put(None, "from a template").await.expect(200);
    anna.editor(&page).put(None, "again").await.expect_conflict("");
    assert_eq!(action(&anna.edit().await).path(), "/word/edit.aspx");
    assert_eq!(parameter(&action(&anna.edit().await), "new"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w68_collabora_begins_an_empty_file_from_a_template_of_the_house() {
    let mut anna = Writer::new(collabora(), "w68anna", "new.docx", b"").await;
    let page = anna.edit().await;
    let info = anna.editor(&page).info().await.expect(200).json();
    let source = info["TemplateSource"].as_str().expect("a template").to_owned();
    let client = http_client();
    let template = client.get(&source).send().await.unwrap();
    assert_eq!(template.status(), 200);
    let bytes = template.bytes().await.unwrap();
    assert!(bytes.starts_with(b"PK"), "a document");
    assert_eq!(client.get(source.replace("?t=", "?t=x")).send().await.unwrap().status(), 401);
    anna.editor(&page).lock("A").await.expect(200);
    anna.editor(&page).put(Some("A"), bytes.to_vec()).await.expect(200);
    assert!(anna.editor(&page).info().await.expect(200).json()["TemplateSource"].is_null());
    assert_eq!(client.get(&source).send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w43_w44_an_old_format_is_converted_after_somebody_has_said_so() {
    let mut anna = Writer::new(office(), "w43anna", "old.xls", b"old").await;
    let page = anna.edit().await;
    assert!(!html(&page).contains("office_form"));
    assert!(html(&page).contains("The original stays as it is") && html(&page).contains(".xlsx"), "{}", html(&page));
    let path = format!("/edit/{}", anna.id);
    anna.person.post(&path, &[("form", "wrong")]).await.expect(403);
    let converting = anna.person.submit(&page, &path, &[]).await.expect(200);
    assert_eq!(action(&converting).path(), "/x/convert.aspx");
    let editor = anna.editor(&converting);
    let call = editor.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", ".xlsx");
    let call = call.header("X-WOPI-FileConversion", "true").body("new");
    let made = call.send().await.expect(200).json();
    let edit = made["HostEditUrl"].as_str().expect("where the editor goes on to");
    let path = &edit[office().binary().url().trim_end_matches('/').len()..];
    let page = anna.person.get(path).await.expect(200);
    assert_eq!(action(&page).path(), "/excel/edit.aspx");
    assert_eq!(editor.get().await.expect(200).body, b"old", "the original is as it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w79_w80_the_validators_files_open_as_documents() {
    let mut anna = Writer::new(office(), "w79anna", "test.wopitest", b"test").await;
    let page = anna.view().await;
    let url = action(&page);
    assert_eq!(url.host_str(), Some("test.office.example"));
    assert!(parameter(&url, "sftc").is_none(), "{url}");
    anna.editor(&page).info().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phones_get_the_action_for_phones() {
    let mut anna = Writer::new(office(), "phoneanna", "a.docx", b"text").await;
    anna.person.headers = vec![("User-Agent", "Mozilla/5.0 (iPhone) Mobile/15E148".to_owned())];
    assert_eq!(action(&anna.view().await).path(), "/word/m.aspx");
    let mut ben = Writer::new(onlyoffice(), "phoneben", "a.docx", b"text").await;
    ben.person.headers = anna.person.headers.clone();
    assert_eq!(parameter(&action(&ben.edit().await), "mobile").as_deref(), Some("1"));
    ben.person.headers.clear();
    assert_eq!(parameter(&action(&ben.edit().await), "mobile"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_editor_the_page_says_so_and_offers_the_bytes() {
    let mut anna = Writer::new(house_without_editors(), "plainanna", "a.docx", b"the bytes").await;
    let page = anna.view().await;
    assert!(html(&page).contains("No editor") && !html(&page).contains("ms-word:"));
    let link = between(&html(&page), "class=\"button first\" href=\"", "\"").expect("a download");
    assert!(!link.contains('?'), "no token is in the address: {link}");
    let reply = anna.person.get(&format!("/{}", link.trim_start_matches("../"))).await.expect(200);
    assert_eq!(reply.body, b"the bytes");
    anna.person.headers = vec![("User-Agent", "Mozilla/5.0 (Linux; Android 15) Mobile".to_owned())];
    let page = html(&anna.view().await);
    assert!(page.contains("href=\"ms-word:ofe|u|") && page.contains("Open in Word"), "{page}");
    let mut ben = Writer::new(collabora(), "plainben", "picture.xyz", b"?").await;
    assert!(html(&ben.edit().await).contains("No editor"));
}

fn house_without_editors() -> &'static Shared {
    house()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_tells_what_the_host_has_seen_of_saves() {
    let mut anna = Writer::new(collabora(), "stateanna", "a.odt", b"text").await;
    let page = anna.edit().await;
    let before = anna.state().await;
    assert!(before["refused"].is_null() && before["contact"].is_null(), "{before}");
    assert_eq!(before["version"], data(&page)["version"]);
    let editor = anna.editor(&page);
    editor.lock("A").await.expect(200);
    let put = editor.put(Some("A"), "more").await.expect(200);
    let saved = anna.state().await;
    assert_eq!(saved["version"], put.version());
    assert!(saved["saved"]["at"].as_i64() > before["saved"]["at"].as_i64(), "{saved}");
    assert_eq!((&saved["saved"]["client"], &saved["saved"]["mine"]), (&"collabora".into(), &true.into()), "{saved}");
    assert_eq!((&saved["contact"]["held"], &saved["contact"]["client"]), (&true.into(), &"collabora".into()));
    // What the page knows already is not sent again.
    let reply = anna.person.get(&format!("/state/{}", anna.id)).await.expect(200);
    anna.person.headers = vec![("If-None-Match", reply.header("ETag").unwrap().to_owned())];
    assert!(anna.person.get(&format!("/state/{}", anna.id)).await.expect(304).body.is_empty());
    anna.person.headers.clear();
    // A save that is refused, and kept.
    editor.put(Some("B"), "by a session that lost its lock").await.expect_conflict("A");
    let refused = anna.state().await;
    assert_eq!(refused["refused"]["why"], "locked");
    assert_eq!(refused["refused"]["rescued"], true, "{refused}");
    assert_eq!(refused["version"], saved["version"]);
    let late = editor.post("PUT").header("X-WOPI-Lock", "A").header("X-COOL-WOPI-Timestamp", "1999-01-01T00:00:00Z");
    late.body("late").send().await.expect(409);
    assert_eq!(anna.state().await["refused"]["why"], "outdated");
    editor.unlock("A").await.expect(200);
    assert_eq!(anna.state().await["contact"]["held"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_is_for_those_who_may_read_and_are_signed_in() {
    let mut anna = Writer::new(collabora(), "whoanna", "a.odt", b"text").await;
    let path = format!("/state/{}", anna.id);
    Person::stranger(collabora().binary()).get(&path).await.expect(401);
    let mut reader = anna.shared_with("whoben", "viewer").await;
    assert_eq!(reader.get(&path).await.expect(200).json()["writes"], false);
    collabora().binary().cli_ok(&["revoke", "whoben", "whoanna:/a.odt"], "");
    reader.get(&path).await.expect(404);
    // Its mark is good for what the page asks next.
    let mark = anna.state().await["form"].as_str().expect("a mark").to_owned();
    anna.person.headers = vec![("x-lockhouse-form", mark)];
    let path = format!("/edit/{}/token?mode=edit&client=collabora", anna.id);
    anna.person.send(Method::POST, &path, None, Vec::new()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w54_a_page_that_stays_open_gets_a_fresh_token_as_long_as_its_person_is_signed_in() {
    let mut anna = Writer::new(collabora(), "w54anna", "a.odt", b"text").await;
    let page = anna.edit().await;
    let path = format!("/edit/{}/token?mode=edit&client=collabora", anna.id);
    anna.person.send(Method::POST, &path, None, Vec::new()).await.expect(403);
    anna.person.headers = vec![("x-lockhouse-form", mark(&page))];
    let reply = anna.person.send(Method::POST, &path, None, Vec::new()).await.expect(200);
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    assert!(reply.json()["access_token_ttl"].as_i64().is_some_and(|ttl| ttl > 1_700_000_000_000));
    let fresh = anna.editor(&page).with_token(&reply.text("access_token"));
    let info = fresh.info().await.expect(200).json();
    assert_eq!((&info["UserCanWrite"], &info["EnableShare"]), (&true.into(), &true.into()));
    // A page that reads gets no more by asking.
    let reading = path.replace("mode=edit", "mode=view");
    let reply = anna.person.send(Method::POST, &reading, None, Vec::new()).await.expect(200);
    let info = fresh.with_token(&reply.text("access_token")).info().await.expect(200).json();
    assert_eq!(info["UserCanWrite"], false);
    let other = path.replace("collabora", "office");
    anna.person.send(Method::POST, &other, None, Vec::new()).await.expect(409);
    anna.person.submit(&page, "/sign-out", &[]).await.expect(303);
    anna.person.send(Method::POST, &path, None, Vec::new()).await.expect(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_another_app_holds_is_read_and_the_page_says_why() {
    let mut anna = Writer::new(collabora(), "heldanna", "a.docx", b"text").await;
    let app =
        collabora().binary().cli_ok(&["token", "--user", "heldanna", "/a.docx", "--client", "office", "--json"], "");
    let app = Wopi::from_json(http_client(), &app.json());
    app.lock("phone").await.expect(200);
    let page = anna.edit().await;
    assert_eq!((&data(&page)["elsewhere"], &data(&page)["edits"]), (&true.into(), &false.into()));
    assert_eq!(anna.editor(&page).info().await.expect(200).json()["UserCanWrite"], false);
    app.unlock("phone").await.expect(200);
    assert_eq!(data(&anna.edit().await)["edits"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_holds_a_link_opens_the_document_as_the_link_says() {
    let mut anna = Writer::new(collabora(), "guestanna", "a.odt", b"text").await;
    let mut guest = Person::stranger(collabora().binary());
    let (reads, writes) = (anna.link("ReadOnly").await, anna.link("ReadWrite").await);
    let page = guest.get(&format!("/s/{writes}/open")).await.expect(200);
    let info = anna.editor(&page).info().await.expect(200).json();
    assert_eq!((&info["UserCanWrite"], &info["IsAnonymousUser"]), (&true.into(), &true.into()));
    assert!(info["FileSharingUrl"].is_null() && info["FileVersionUrl"].is_null() && info["SignoutUrl"].is_null());
    assert_eq!(info["UserExtraInfo"], serde_json::json!({ "is_guest": true }));
    let page = guest.get(&format!("/s/{reads}/open")).await.expect(200);
    assert_eq!(anna.editor(&page).info().await.expect(200).json()["UserCanWrite"], false);
    assert!(policy(&page).contains("frame-ancestors 'self'"));
    assert_eq!(guest.get(&format!("/s/{reads}/state")).await.expect(200).json()["writes"], false);
    guest.send(Method::POST, &format!("/s/{reads}/token?client=collabora"), None, Vec::new()).await.expect(403);
    guest.headers = vec![("x-lockhouse-form", "guest".to_owned())];
    let edits = format!("/s/{reads}/token?mode=edit&client=collabora");
    guest.send(Method::POST, &edits, None, Vec::new()).await.expect(409);
    let path = format!("/s/{reads}/token?mode=view&client=collabora");
    let fresh = guest.send(Method::POST, &path, None, Vec::new()).await.expect(200).text("access_token");
    let info = anna.editor(&page).with_token(&fresh).info().await.expect(200).json();
    assert_eq!(info["UserCanWrite"], false);
    for path in ["open", "embed", "state"] {
        guest.get(&format!("/s/{reads}x/{path}")).await.expect(404);
        guest.get(&format!("/s/{reads}/{path}?file=nothing")).await.expect(404);
    }
    anna.edit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w45_w46_only_the_page_for_embedding_may_be_framed_by_others_and_it_only_reads() {
    let mut anna = Writer::new(office(), "w45anna", "a.docx", b"text").await;
    let page = anna.edit().await;
    let info = anna.editor(&page).info().await.expect(200).json();
    assert!(info["HostEmbeddedViewUrl"].is_null(), "a link is made when it is asked for");
    assert_eq!(info["FileEmbedCommandPostMessage"], true);
    anna.person.headers = vec![("x-lockhouse-form", mark(&page))];
    let path = format!("/edit/{}/embed", anna.id);
    let url = anna.person.send(Method::POST, &path, None, Vec::new()).await.expect(200).text("url");
    let path = &url[office().binary().url().trim_end_matches('/').len()..];
    let mut reader = Person::stranger(office().binary());
    let embedded = reader.get(path).await.expect(200);
    assert_eq!(parameter(&action(&embedded), "embed").as_deref(), Some("1"));
    assert!(policy(&embedded).contains("frame-ancestors *") && embedded.header("X-Frame-Options").is_none());
    assert_eq!(anna.editor(&embedded).info().await.expect(200).json()["UserCanWrite"], false);
    // A link that edits is framed to read, too.
    let writes = anna.link("ReadWrite").await;
    let embedded = reader.get(&format!("/s/{writes}/embed")).await.expect(200);
    assert_eq!(anna.editor(&embedded).info().await.expect(200).json()["UserCanWrite"], false);
}
