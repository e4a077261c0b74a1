//! What the settings ask of an editor.

use crate::{
    common::{Document, serve, start, until},
    stand_in::{Key, StandIn, signed, ticks},
    support::{Binary, Start},
};

/// The statuses of a request without a proof, with a stranger's, and with the editor's.
async fn outcomes(host: &Binary, editor: &StandIn, kind: &str) -> [u16; 3] {
    let file = Document::of(host, "a.odt", kind);
    let stranger = Key::new();
    let by_stranger = signed(&stranger, &stranger, &file.token, &file.url(""), ticks());
    [file.info(&[]).await, file.info(&by_stranger).await, file.signed_info(editor).await]
}

/// Waits until the host knows the editor's keys: then a stranger's proof is refused.
async fn known(host: &Binary) {
    let file = Document::of(host, "a.odt", "any");
    let stranger = Key::new();
    until(500, || file.info_of(&stranger)).await;
}

impl Document {
    async fn info_of(&self, key: &Key) -> u16 {
        self.info(&signed(key, key, &self.token, &self.url(""), ticks())).await
    }
}

#[tokio::test]
async fn a_token_says_whose_mode_counts() {
    let editor = StandIn::start();
    for (mode, of_editor, of_any) in
        [("if-present", [200, 500, 200], [200, 500, 200]), ("require", [500, 500, 200], [200, 500, 200])]
    {
        let host = serve(start("onlyoffice", mode, &editor));
        known(&host).await;
        assert_eq!(outcomes(&host, &editor, "onlyoffice").await, of_editor, "{mode}");
        assert_eq!(outcomes(&host, &editor, "any").await, of_any, "{mode}");
        assert_eq!(outcomes(&host, &editor, "collabora").await, [200, 200, 200], "{mode}: no such editor is there");
    }
    let host = serve(start("onlyoffice", "off", &editor));
    for kind in ["onlyoffice", "any"] {
        assert_eq!(outcomes(&host, &editor, kind).await, [200, 200, 200], "{kind}");
    }
}

#[tokio::test]
async fn with_two_editors_each_proves_with_its_own_keys() {
    let (one, two) = (StandIn::start(), StandIn::start());
    let settings = start("collabora", "require", &one)
        .set(
            "LOCKHOUSE_EDITORS__DISCOVERY",
            &format!("collabora={},onlyoffice={}", one.discovery_url(), two.discovery_url()),
        )
        .set("LOCKHOUSE_EDITORS__PROOF", "collabora=require,onlyoffice=require");
    let host = serve(settings);
    let (of_one, of_two) = (Document::of(&host, "a.odt", "collabora"), Document::of(&host, "a.odt", "onlyoffice"));
    until(200, || of_one.signed_info(&one)).await;
    until(200, || of_two.signed_info(&two)).await;
    assert_eq!(of_one.signed_info(&two).await, 500);
    assert_eq!(of_two.signed_info(&one).await, 500);
    let of_any = Document::of(&host, "a.odt", "any");
    assert_eq!([of_any.signed_info(&one).await, of_any.signed_info(&two).await], [200, 200]);
}

#[tokio::test]
async fn an_editor_without_keys_is_believed_unless_proofs_are_required() {
    let editor = StandIn::start();
    let (current, old) = editor.keys();
    editor.behave(crate::stand_in::Manner::Says(
        "<wopi-discovery><net-zone name='external-http'><app name='w'><action name='edit' ext='odt' \
         urlsrc='http://o.example/?'/></app></net-zone></wopi-discovery>"
            .to_owned(),
    ));
    for (mode, status) in [("if-present", 200), ("require", 500)] {
        let before = editor.asked();
        let host = serve(start("collabora", mode, &editor));
        crate::common::asked_again(&editor, before).await;
        let file = Document::of(&host, "a.odt", "collabora");
        assert_eq!(file.info(&signed(&current, &old, &file.token, &file.url(""), ticks())).await, status, "{mode}");
    }
}

#[test]
fn settings_that_cannot_be_meant_are_told_at_the_start() {
    for (discovery, proof, word) in [
        ("collabora=http://office.example/hosting/discovery", "", "allow_plain_http"),
        ("https://office.example/hosting/discovery", "", "name=URL"),
        ("collabora=https://office.example/d", "onlyoffice=off", "none of the editors"),
        ("draw=https://office.example/d", "draw=require", "nothing can be required"),
    ] {
        let settings =
            Start::default().set("LOCKHOUSE_EDITORS__DISCOVERY", discovery).set("LOCKHOUSE_EDITORS__PROOF", proof);
        let said = Binary::stopped_with(settings).try_launch().unwrap_err();
        assert!(said.contains(word), "{discovery} {proof}: {said}");
    }
}
