//! Keys that change (web-host.md rule W-1).

use crate::{
    common::{Document, asked_again, serve, start, until},
    stand_in::{Key, Manner, StandIn, signed, ticks},
};

#[tokio::test]
async fn keys_rotate_without_a_request_being_refused() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    for _ in 0..3 {
        let (before, asked) = (editor.keys(), editor.asked());
        editor.rotate();
        for _ in 0..20 {
            assert_eq!(file.signed_info(&editor).await, 200);
        }
        asked_again(&editor, asked).await;
        // A machine of the editor that has not heard of it yet.
        for _ in 0..20 {
            let late = signed(&before.0, &before.1, &file.token, &file.url(""), ticks());
            assert_eq!(file.info(&late).await, 200);
            assert_eq!(file.signed_info(&editor).await, 200);
        }
    }
}

#[tokio::test]
async fn keys_that_are_replaced_at_one_blow_are_fetched_before_anybody_is_refused() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let before = editor.keys();
    editor.replace_keys();
    assert_eq!(file.signed_info(&editor).await, 200);
    let late = signed(&before.0, &before.1, &file.token, &file.url(""), ticks());
    assert_eq!(file.info(&late).await, 500, "the keys before are nobody's any more");
}

#[tokio::test]
async fn a_flood_of_wrong_proofs_does_not_become_a_flood_at_the_editor() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor).set("LOCKHOUSE_EDITORS__EARLY_REFRESH", "1h"));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    assert_eq!(editor.asked(), 1);
    let stranger = Key::new();
    let begun = std::time::Instant::now();
    for _ in 0..200 {
        assert_eq!(file.info(&signed(&stranger, &stranger, &file.token, &file.url(""), ticks())).await, 500);
    }
    assert!(begun.elapsed().as_secs() < 20, "nobody waits for keys that cannot come");
    assert_eq!(editor.asked(), 1);
    assert_eq!(file.signed_info(&editor).await, 200);
}

#[tokio::test]
async fn whatever_the_editor_says_the_last_good_document_counts() {
    let editor = StandIn::start();
    let host = serve(start("collabora", "require", &editor));
    let file = Document::of(&host, "a.odt", "collabora");
    until(200, || file.signed_info(&editor)).await;
    let stranger = Key::new();
    for manner in [
        Manner::Says("<html>Welcome to nginx</html>".to_owned()),
        Manner::Says("\u{0}\u{1}garbage".to_owned()),
        Manner::Says(String::new()),
        Manner::Says("<wopi-discovery></wopi-discovery>".to_owned()),
        Manner::Says(
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><wopi-discovery>&b;</wopi-discovery>".to_owned(),
        ),
        Manner::Status(404),
        Manner::Status(500),
        Manner::Redirects("file:///etc/passwd".to_owned()),
        Manner::Redirects("http://192.0.2.1/hosting/discovery".to_owned()),
        Manner::Redirects(editor.discovery_url()),
        Manner::Huge,
        Manner::Slow,
    ] {
        let before = editor.asked();
        editor.behave(manner.clone());
        // Somebody else's proof causes another attempt, as often as it takes: after failures there are pauses.
        let begun = std::time::Instant::now();
        while editor.asked() == before {
            let wrong = signed(&stranger, &stranger, &file.token, &file.url(""), ticks());
            assert_eq!(file.info(&wrong).await, 500);
            assert_eq!(file.signed_info(&editor).await, 200, "{manner:?}");
            assert!(begun.elapsed() < crate::common::PATIENCE, "{manner:?}: the document was not asked for");
        }
        assert_eq!(file.signed_info(&editor).await, 200, "{manner:?}");
    }
    editor.behave(Manner::Good);
    editor.rotate();
    editor.rotate();
    until(200, || file.signed_info(&editor)).await;
}
