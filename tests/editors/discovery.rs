//! Documents over restarts and outages.

use crate::{
    common::{Document, PATIENCE, serve, start, until},
    stand_in::{Manner, StandIn},
    support::eventually,
};

#[tokio::test]
async fn the_last_good_document_outlives_a_crash_while_the_editor_is_away() {
    let mut editor = StandIn::start();
    let mut host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let copy = host.data_dir().join("editors/collabora.xml");
    eventually("the document is kept", PATIENCE, || copy.exists().then_some(()));
    editor.go_away();
    host.crash_and_restart();
    let file = Document::of(&host, "a.odt", "collabora");
    assert_eq!(file.signed_info(&editor).await, 200);
    assert_eq!(file.info(&[]).await, 500);
    // Without a copy nothing proves anything; the host serves everybody else.
    host.kill();
    std::fs::remove_file(&copy).unwrap();
    host.launch();
    let file = Document::of(&host, "a.odt", "collabora");
    assert_eq!(file.signed_info(&editor).await, 500);
    assert_eq!(Document::of(&host, "a.odt", "any").info(&[]).await, 200);
    assert!(host.log().contains("cannot be had"), "the log says what is missing");
    editor.come_back();
    until(200, || file.signed_info(&editor)).await;
}

#[tokio::test]
async fn a_copy_that_was_damaged_is_fetched_anew() {
    let editor = StandIn::start();
    let mut host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let copy = host.data_dir().join("editors/collabora.xml");
    eventually("the document is kept", PATIENCE, || copy.exists().then_some(()));
    host.kill();
    let whole = std::fs::read(&copy).unwrap();
    std::fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    host.launch();
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    eventually("the document is kept again", PATIENCE, || {
        (std::fs::read(&copy).ok()?.len() == whole.len()).then_some(())
    });
}

#[tokio::test]
async fn a_host_starts_and_serves_while_its_editor_does_not_answer() {
    let editor = StandIn::start();
    editor.behave(Manner::Slow);
    let host = serve(start("collabora", "if-present", &editor).set("LOCKHOUSE_EDITORS__TIMEOUT", "5m"));
    let file = Document::of(&host, "a.odt", "collabora");
    let begun = std::time::Instant::now();
    assert_eq!(file.info(&[]).await, 200);
    assert_eq!(file.signed_info(&editor).await, 200, "nobody can tell whether it is right");
    assert!(begun.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_believed() {
    let (editor, certificate) = StandIn::start_over_tls();
    let mut host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    assert_eq!(file.signed_info(&editor).await, 500);
    eventually("the log says why", PATIENCE, || host.log().contains("certificate").then_some(()));
    assert_eq!(editor.asked(), 0, "nothing was said to whoever that is");
    // An administrator who trusts it tells the system so.
    let path = host.scratch().join("trusted.pem");
    std::fs::write(&path, certificate).unwrap();
    let trusting = start("collabora", "require", &editor).set("SSL_CERT_FILE", path.to_str().unwrap());
    host.kill();
    let listen = host.start_mut().listen.clone();
    *host.start_mut() = trusting;
    host.start_mut().listen = listen;
    host.launch();
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    // From https to plain HTTP nothing is followed, this machine or not.
    let plain = StandIn::start();
    let asked = editor.asked();
    editor.behave(Manner::Redirects(plain.discovery_url()));
    editor.replace_keys();
    until(500, || file.signed_info(&editor)).await;
    crate::common::asked_again(&editor, asked).await;
    assert_eq!(plain.asked(), 0);
}
