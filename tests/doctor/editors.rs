//! What is wrong between a host and its editors.

use crate::{
    editor::{Editor, Manner},
    front::free_port,
    house::{Found, behind, examine, port_of},
    support::{Binary, Start},
};

/// What is said of a host that has this editor.
fn examined(name: &str, manner: Manner) -> Found {
    examined_with(name, manner, |start| start)
}

fn examined_with(name: &str, manner: Manner, change: impl FnOnce(Start) -> Start) -> Found {
    let editor = Editor::start(manner);
    let start = Start::default().set("LOCKHOUSE_EDITORS__DISCOVERY", &format!("{name}={}", editor.discovery_url()));
    examine(&Binary::serve_with(change(start)))
}

#[test]
fn an_editor_that_is_wired_well_has_come_to_see() {
    let found = examined("collabora", Manner::default());
    assert_eq!(found.with("failure"), Vec::<&str>::new());
    found.says("editor.discovery", "ok", &["/hosting/discovery"]);
    found.says("editor.reaches", "ok", &["came from 127.0.0.1"]);
    found.says("editor.capabilities", "ok", &["Stand-in 1.2"]);
    found.says("editor.proof", "ok", &["2048 bits", "if-present"]);
    found.says("editor.actions", "ok", &["edits docx xlsx pptx odt ods odp", "shows pdf doc"]);
    let docx = found.detail("editor.actions", "docx");
    assert!(docx.starts_with("edit http://127.0.0.1:"), "{docx}");
    assert_eq!(docx.matches("WOPISrc=http%3A%2F%2F127.0.0.1%3A").count(), 1, "{docx}");
    assert!(found.detail("editor.actions", "pdf").starts_with("view "));
    assert_eq!(found.detail("editor.actions", "csv"), "none");
    let shown = found.finding("editor.actions")["area"].clone();
    assert_eq!(shown, serde_json::json!({ "editor": "collabora" }));
}

#[test]
fn an_editor_that_is_not_there_is_told_from_one_that_is_switched_off() {
    let nobody = format!("collabora=http://127.0.0.1:{}/hosting/discovery", free_port());
    let found = examine(&Binary::serve_with(Start::default().set("LOCKHOUSE_EDITORS__DISCOVERY", &nobody)));
    found.says("editor.discovery", "failure", &["refused", "editors.discovery"]);
    let off = Manner { document: Some("<wopi-discovery/>".to_owned()), ..Manner::default() };
    let found = examined("onlyoffice", off.clone());
    found.says("editor.discovery", "failure", &["offers no action", "\"wopi\": { \"enable\": true }", "local.json"]);
    let page = Manner { document: Some("<html><body>Welcome</body></html>".to_owned()), ..off };
    examined("collabora", page).says("editor.discovery", "failure", &["no discovery document", "`/hosting/discovery`"]);
}

#[test]
fn what_the_editor_says_of_its_try_is_put_into_a_remedy() {
    let told = |access: &'static str| examined("collabora", Manner { access: Some(access), ..Manner::default() });
    told("WopiHostNotAllowed").says(
        "editor.reaches",
        "failure",
        &["coolwsd.xml `storage.wopi.alias_groups`", "http://127.0.0.1:"],
    );
    told("HostNotFound").says("editor.reaches", "failure", &["/etc/hosts", "127.0.0.1"]);
    told("HostUnReachable").says("editor.reaches", "failure", &["firewall"]);
    told("SelfSignedCertificate").says("editor.reaches", "failure", &["ssl.ca_file_path"]);
    told("Perhaps").says("editor.reaches", "warning", &["`Perhaps`"]);
    // Somebody answered it; not this host.
    told("Ok").says("editor.reaches", "failure", &["but not this host"]);
    let refused = Manner { access_status: 403, ..Manner::default() };
    examined("collabora", refused).says("editor.reaches", "failure", &["alias_groups"]);
    let old = Manner { access_status: 404, ..Manner::default() };
    examined("collabora", old).says("editor.reaches", "skipped", &[]);
}

#[test]
fn frames_that_no_browser_would_load_are_seen() {
    let port = free_port();
    let mixed = examined_with("collabora", Manner::default(), |start| {
        start.set("LOCKHOUSE_PUBLIC_URL", &format!("https://127.0.0.1:{port}"))
    });
    mixed.says("editor.frame", "failure", &["plain HTTP", "ssl.termination=true"]);
    let local = Manner { origin: Some("http://localhost:9980"), ..Manner::default() };
    let set = |start: Start| start.set("LOCKHOUSE_PUBLIC_URL", "http://docs.example.invalid");
    let found = examined_with("collabora", local, set);
    found.says("editor.frame", "failure", &["its own machine", "server_name"]);
    found.says("url.name", "failure", &["docs.example.invalid", "DNS"]);
    let internal = Manner { origin: Some("http://collabora:9980"), ..Manner::default() };
    examined_with("collabora", internal, set).says("editor.frame", "warning", &["without a domain"]);
}

#[test]
fn clocks_keys_and_capabilities_are_looked_at() {
    let manner =
        Manner { date: Some("Sun, 06 Nov 1994 08:49:37 GMT"), converts: false, has_key: false, ..Manner::default() };
    let found = examined_with("collabora", manner, |start| start.set("LOCKHOUSE_EDITORS__PROOF", "collabora=require"));
    found.says("editor.clock", "failure", &["behind", "NTP"]);
    found.says("editor.proof", "failure", &["`require` refuses", "generate-proof-key"]);
    found.says("editor.capabilities", "warning", &["convert-to.available", "net.post_allow"]);
}

#[test]
fn what_cannot_be_asked_is_said_with_what_to_do() {
    let found = examined("office", Manner::default());
    found.says("editor.allow-list", "skipped", &["Microsoft", "WOPI allow list"]);
    found.says("editor.production", "failure", &["https on port 443", "public_url"]);
    let found = examined("onlyoffice", Manner::default());
    found.says("editor.allow-list", "skipped", &["services.CoAuthoring.ipfilter.rules"]);
    found.says("editor.reaches", "skipped", &["open a document"]);
}

#[test]
fn a_url_that_grows_too_long_for_the_editor_is_seen() {
    let start = behind(&format!("http://127.0.0.1:{}/{}", free_port(), "x".repeat(1950)));
    assert_ne!(port_of(&start), 0);
    let editor = Editor::start(Manner::default());
    let start = start.set("LOCKHOUSE_EDITORS__DISCOVERY", &format!("collabora={}", editor.discovery_url()));
    examine(&Binary::serve_with(start)).says("editor.actions", "failure", &["bytes", "shorter"]);
}
