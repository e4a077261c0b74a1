//! What is kept, what is chosen, and whose proof is asked for; without a network.

use std::{path::Path, sync::Arc};

use super::*;
use crate::{
    clock::{ManualClock, Timestamp},
    discovery::{Able, Discovery, FileType, Want},
    proof::{EPOCH_TICKS, Signed, Unproven},
};

const OFFICE: &str = include_str!("../../tests/editors/data/office.xml");
const COLLABORA: &str = include_str!("../../tests/editors/data/collabora.xml");
const ONLYOFFICE: &str = include_str!("../../tests/editors/data/onlyoffice.xml");

fn settings(discovery: &[&str], proof: &[&str]) -> settings::Editors {
    settings::Editors {
        discovery: discovery.iter().collect(),
        proof: proof.iter().collect(),
        ..settings::Editors::default()
    }
}

fn open(discovery: &[&str], proof: &[&str], directory: &Path) -> Editors {
    let clock = ManualClock::new(Timestamp::from_unix_ms(1_800_000_000_000));
    let editors = Editors::open(&settings(discovery, proof), directory, Arc::new(clock)).unwrap();
    // As if a document had just been asked for in vain: nobody is to wait for one.
    for editor in &editors.0.list {
        editor.progress(|progress| progress.began = Some(tokio::time::Instant::now()));
    }
    editors
}

/// As if the document had been fetched now.
fn teach(editors: &Editors, name: &str, document: &str) {
    let editor = editors.0.list.iter().find(|editor| editor.entry.name == name).unwrap();
    let now = editors.0.clock.wall();
    editor.learn(Known::from_document(Discovery::parse(document.as_bytes()).unwrap(), now));
    editor.copies.write(&editor.entry, document.as_bytes(), now).unwrap();
}

const THREE: &[&str] =
    &["collabora=https://c.example/d", "onlyoffice=https://oo.example/d", "office=https://office.example/d"];

#[test]
fn a_document_is_kept_over_a_restart_and_believed_only_from_where_it_came() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("editors");
    let editors = open(THREE, &[], &directory);
    assert!(editors.known("collabora").unwrap().discovery.is_none(), "nothing was ever fetched");
    assert!(!directory.exists(), "nothing is made before there is something to keep");
    teach(&editors, "collabora", COLLABORA);
    let fetched = editors.known("collabora").unwrap().fetched;
    let again = open(THREE, &[], &directory).known("collabora").unwrap();
    assert!(again.discovery.is_some() && again.keys.is_some());
    assert_eq!(again.fetched, fetched);
    let moved = open(&["collabora=https://other.example/d"], &[], &directory);
    assert!(moved.known("collabora").unwrap().discovery.is_none(), "its keys are somebody else's");
    let other = open(&["collabora-2=https://c.example/d"], &[], &directory);
    assert!(other.known("collabora-2").unwrap().discovery.is_none());
    assert!(other.known("collabora").is_none());
}

#[test]
fn a_damaged_copy_is_as_good_as_none() {
    let home = tempfile::tempdir().unwrap();
    teach(&open(THREE, &[], home.path()), "office", OFFICE);
    let path = home.path().join("office.xml");
    let whole = std::fs::read(&path).unwrap();
    let long = vec![b'x'; 100_000];
    for damaged in [&whole[..whole.len() - 1], &whole[..40], b"", b"\n", b"{}\n<wopi-discovery/>", &long] {
        std::fs::write(&path, damaged).unwrap();
        assert!(open(THREE, &[], home.path()).known("office").unwrap().discovery.is_none());
    }
    std::fs::write(&path, &whole).unwrap();
    assert!(open(THREE, &[], home.path()).known("office").unwrap().discovery.is_some());
}

#[test]
fn the_first_editor_of_the_list_that_does_what_is_wanted_opens_the_file() {
    let home = tempfile::tempdir().unwrap();
    let editors = open(THREE, &[], home.path());
    let of = |extension, want| {
        let opening = editors.choose(&FileType { extension, mime: None }, want, Able::ALL)?;
        Some((opening.editor, opening.action, opening.read_only))
    };
    let found = |editor: &str, action: &str, read_only| Some((editor.to_owned(), action.to_owned(), read_only));
    assert_eq!(of("docx", Want::Edit), None, "nothing is known yet");
    teach(&editors, "office", OFFICE);
    assert_eq!(of("docx", Want::Edit), found("office", "edit", false));
    teach(&editors, "onlyoffice", ONLYOFFICE);
    teach(&editors, "collabora", COLLABORA);
    assert_eq!(of("docx", Want::Edit), found("collabora", "edit", false));
    // Collabora has no viewer for it, and the next editor has.
    assert_eq!(of("docx", Want::View), found("onlyoffice", "view", true));
    assert_eq!(of("odg", Want::View), found("collabora", "edit", true));
    assert_eq!(of("xls", Want::Convert), found("office", "convert", false));
    assert_eq!(of("nosuch", Want::View), None);
    assert_eq!(editors.origins().len(), 6);
}

#[test]
fn each_editor_is_told_what_it_understands() {
    let home = tempfile::tempdir().unwrap();
    let source = "https://docs.example/wopi/files/f";
    let way = Way {
        language: Some("de-DE".to_owned()),
        business: true,
        dark: Some(true),
        session: Some("s 1".to_owned()),
        versions: true,
        further: vec![("wdOrigin".to_owned(), "a&b".to_owned())],
        ..Way::default()
    };
    let url = |name: &str, document: &str, want| {
        let editors = open(&[&format!("{name}=https://server.example/hosting/discovery")], &[], home.path());
        teach(&editors, name, document);
        let opening = editors.choose(&FileType { extension: "docx", mime: None }, want, Able::ALL).unwrap();
        (opening.url(source, &way).unwrap(), opening)
    };
    let encoded = "https%3A%2F%2Fdocs.example%2Fwopi%2Ffiles%2Ff";
    let (at, opening) = url("collabora", COLLABORA, Want::View);
    assert_eq!(
        at,
        format!(
            "http://127.0.0.1:9980/browser/ad89da9e/cool.html?WOPISrc={encoded}&lang=de-DE&closebutton=1&\
             revisionhistory=1&permission=readonly&wdOrigin=a%26b"
        )
    );
    assert_eq!((opening.client, opening.origin.as_str()), (ClientKind::Collabora, "http://127.0.0.1:9980"));
    let (at, _) = url("onlyoffice-a", ONLYOFFICE, Want::Edit);
    assert_eq!(
        at,
        format!(
            "https://oo.example/hosting/wopi/word/edit?rs=de-DE&hid=s%201&thm=2&ui=de-DE&wopisrc={encoded}&lang=de-DE&\
             wdOrigin=a%26b"
        )
    );
    let (at, opening) = url("office", OFFICE, Want::Edit);
    assert_eq!(
        at,
        format!(
            "https://word.office.example/word/edit.aspx?ui=de-DE&rs=de-DE&hid=s%201&wopisrc={encoded}&IsLicensedUser=1&\
             wdOrigin=a%26b"
        )
    );
    assert_eq!(opening.icon.as_deref(), Some("https://office.example/word.ico"));
    assert_eq!(
        open::absolute("img/x.ico", "https://o.example/hosting/discovery").unwrap(),
        "https://o.example/hosting/img/x.ico"
    );
    assert_eq!(open::absolute("javascript:alert(1)", "https://o.example/"), None);
}

/// What becomes of a request with such headers.
async fn check(editors: &Editors, client: ClientKind, proof: Option<&str>, time: Option<i64>) -> Result<(), Unproven> {
    let time = time.map(|ticks| ticks.to_string());
    let signed = Signed {
        token: "t",
        url: "https://d.example/wopi/files/1?access_token=t",
        proof: proof.map(str::as_bytes),
        proof_old: None,
        timestamp: time.as_deref().map(str::as_bytes),
    };
    editors.check(client, &signed).await
}

#[tokio::test]
async fn a_mode_decides_what_a_request_without_a_good_proof_comes_to() {
    use ClientKind::{Any, Collabora, Office, OnlyOffice};
    let home = tempfile::tempdir().unwrap();
    let (junk, none) = (Some("anVuaw=="), None);
    let cases = |mode: &'static str| {
        let editors = open(&["collabora=https://c.example/d"], &[&format!("collabora={mode}")], home.path());
        teach(&editors, "collabora", COLLABORA);
        editors
    };
    let now = |editors: &Editors| Some(editors.0.clock.wall().ticks() + EPOCH_TICKS);
    let (off, if_present, require) = (cases("off"), cases("if-present"), cases("require"));
    for (editors, client, proof, expected) in [
        (&off, Collabora, junk, Ok(())),
        (&off, Any, junk, Ok(())),
        (&if_present, Collabora, none, Ok(())),
        (&if_present, Collabora, junk, Err(Unproven::NoMatch)),
        (&if_present, Any, none, Ok(())),
        (&if_present, Any, junk, Err(Unproven::NoMatch)),
        (&if_present, Office, junk, Ok(())),
        (&require, Collabora, none, Err(Unproven::Missing)),
        (&require, Collabora, junk, Err(Unproven::NoMatch)),
        (&require, Any, none, Ok(())),
        (&require, Any, junk, Err(Unproven::NoMatch)),
        (&require, OnlyOffice, none, Ok(())),
    ] {
        assert_eq!(check(editors, client, proof, now(editors)).await, expected, "{editors:?} {client:?} {proof:?}");
    }
    assert_eq!(check(&require, Collabora, junk, None).await, Err(Unproven::NoTime));
    assert_eq!(
        check(&require, Collabora, junk, now(&require).map(|ticks| ticks - 21 * 600_000_000)).await,
        Err(Unproven::TooOld)
    );
    assert_eq!(off.refused(), 0);
    assert_eq!(require.refused(), 5);
}

#[tokio::test]
async fn without_keys_only_require_refuses() {
    let home = tempfile::tempdir().unwrap();
    let junk = Some("anVuaw==");
    for (mode, taught, expected) in [
        ("if-present", false, Ok(())),
        ("if-present", true, Ok(())),
        ("require", false, Err(Unproven::NoKeys)),
        ("require", true, Err(Unproven::NoKeys)),
    ] {
        let editors =
            open(&["onlyoffice=https://c.example/d"], &[&format!("onlyoffice={mode}")], &home.path().join(mode));
        if taught {
            teach(&editors, "onlyoffice", ONLYOFFICE);
        }
        let now = Some(editors.0.clock.wall().ticks() + EPOCH_TICKS);
        assert_eq!(check(&editors, ClientKind::OnlyOffice, junk, now).await, expected, "{mode} {taught}");
    }
}

#[tokio::test]
async fn two_editors_of_a_kind_share_the_stricter_mode_and_their_keys() {
    let home = tempfile::tempdir().unwrap();
    let two = ["collabora=https://a.example", "collabora-b=https://b.example"];
    let editors = open(&two, &["collabora=if-present", "collabora-b=require"], home.path());
    teach(&editors, "collabora", COLLABORA);
    assert_eq!(check(&editors, ClientKind::Collabora, None, None).await, Err(Unproven::Missing));
    assert_eq!(check(&editors, ClientKind::Any, None, None).await, Ok(()));
    // Nobody knows whether the other editor would have signed that.
    let now = Some(editors.0.clock.wall().ticks() + EPOCH_TICKS);
    assert_eq!(check(&editors, ClientKind::Any, Some("anVuaw=="), now).await, Ok(()));
}

#[tokio::test]
async fn newest_keys_are_waited_for_only_while_they_can_come() {
    let home = tempfile::tempdir().unwrap();
    let editors = open(&["collabora=https://a.example"], &["collabora=require"], home.path());
    let editor = Arc::clone(&editors.0.list[0]);
    editor.progress(|progress| (progress.began, progress.under_way) = (Some(tokio::time::Instant::now()), true));
    let now = Some(editors.0.clock.wall().ticks() + EPOCH_TICKS);
    let asking = check(&editors, ClientKind::Collabora, Some("anVuaw=="), now);
    let teaching = async {
        tokio::task::yield_now().await;
        teach(&editors, "collabora", COLLABORA);
        editor.progress(|progress| progress.under_way = false);
        editor.ended.send_modify(|count| *count += 1);
    };
    let (outcome, ()) = futures::join!(asking, teaching);
    assert_eq!(outcome, Err(Unproven::NoMatch), "it was looked at again, with keys");
    // The next attempt may begin only in a minute: nobody waits for it.
    let begun = std::time::Instant::now();
    assert!(check(&editors, ClientKind::Collabora, Some("anVuaw=="), now).await.is_err());
    assert!(begun.elapsed().as_millis() < 1500);
}

#[test]
fn an_administrator_sees_how_each_editor_stands() {
    let home = tempfile::tempdir().unwrap();
    let editors = open(THREE, &["collabora=require"], home.path());
    assert_eq!(editors.unknown(), 3);
    teach(&editors, "collabora", COLLABORA);
    assert_eq!(editors.unknown(), 2);
    let states = editors.states();
    let (collabora, office) = (&states[0], &states[2]);
    assert_eq!(
        (collabora.name.as_str(), collabora.proof.as_str(), office.proof.as_str()),
        ("collabora", "require", "if-present")
    );
    assert_eq!(collabora.extensions["pdf"], ["view_comment"]);
    let keys = collabora.keys.as_ref().unwrap();
    assert_eq!((keys.bits, keys.old.as_ref(), keys.current.len()), (2048, None, 39));
    assert!(office.fetched.is_none() && office.keys.is_none() && office.extensions.is_empty());
    assert!(serde_json::to_value(&states).unwrap()[0]["origins"][0].is_string());
}
