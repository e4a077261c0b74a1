//! Documents as three kinds of editors give them, and as nobody should.

use proptest::prelude::*;

use super::*;

const OFFICE: &str = include_str!("../../tests/editors/data/office.xml");
const COLLABORA: &str = include_str!("../../tests/editors/data/collabora.xml");
const ONLYOFFICE: &str = include_str!("../../tests/editors/data/onlyoffice.xml");
const CAPABILITIES: &[u8] = include_bytes!("../../tests/editors/data/collabora-capabilities.json");

const SOURCE: &str = "https://docs.lumora.example/wopi/files/f_71";
const ENCODED: &str = "https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2Ff_71";

fn parsed(text: &str) -> Discovery {
    Discovery::parse(text.as_bytes()).unwrap()
}

fn file(extension: &str) -> FileType<'_> {
    FileType { extension, mime: None }
}

/// The chosen action's name, whether its token only reads, and whether it is what was wanted.
fn chosen<'a>(discovery: &'a Discovery, extension: &str, want: Want, able: Able) -> Option<(&'a str, bool, bool)> {
    let choice = discovery.choose(&file(extension), want, able)?;
    Some((choice.action.name.as_str(), choice.read_only, choice.exact))
}

/// A document around some actions of one program.
fn around(actions: &str) -> String {
    format!("<wopi-discovery><net-zone name='external-https'><app name='a'>{actions}</app></net-zone></wopi-discovery>")
}

#[test]
fn the_outer_zone_over_https_is_preferred_and_any_zone_does_if_it_is_alone() {
    assert_eq!(*parsed(OFFICE).zone(), Zone::ExternalHttps);
    assert_eq!(*parsed(COLLABORA).zone(), Zone::ExternalHttp);
    let zone = |name: &str, url: &str| {
        format!("<net-zone name='{name}'><app name='a'><action name='view' ext='x' urlsrc='{url}'/></app></net-zone>")
    };
    let of = |zones: &[String]| parsed(&format!("<wopi-discovery>{}</wopi-discovery>", zones.concat())).zone().clone();
    assert_eq!(of(&[zone("moon", "https://a.example")]), Zone::Other("moon".to_owned()));
    let (inner, outer) = (zone("internal-http", "http://a.example"), zone("external-http", "http://a.example"));
    assert_eq!(of(&[inner.clone(), outer]), Zone::ExternalHttp);
    // A zone in which nothing can be used does not count.
    assert_eq!(of(&[zone("external-https", "javascript:alert(1)"), inner]), Zone::InternalHttp);
}

#[test]
fn escaped_text_is_read_as_what_it_stands_for() {
    let office = parsed(OFFICE);
    let choice = office.choose(&file("docx"), Want::Edit, Able::ALL).unwrap();
    assert!(choice.action.template.contains("edit.aspx?<ui=UI_LLCC&><rs=DC_LLCC&>"), "{}", choice.action.template);
    assert_eq!(choice.action.requires, ["locks", "update"]);
    assert_eq!(choice.app.icon.as_deref(), Some("https://office.example/word.ico"));
    let numbered =
        parsed(&around("<action name='view' ext='x' urlsrc='https://a.example/?&#60;ui=UI_LLCC&#x26;&#62;'/>"));
    assert_eq!(numbered.apps()[0].actions[0].template, "https://a.example/?<ui=UI_LLCC&>");
}

#[test]
fn what_is_unknown_is_passed_over() {
    let odd = around(
        "<action name='view' ext='.XLSX' colour='red' urlsrc='https://a.example/v?'/>\
         <action name='edit' ext='xlsx' urlsrc='&unknown;'/><action name='edit' ext='xlsx'/>\
         <action ext='xlsx' urlsrc='https://a.example/n?'/><action name='edit' ext='xlsx' urlsrc='ftp://a.example'/>\
         <action name='edit' ext='xlsx' urlsrc='https://user@a.example/'/><noise/>&unknown;\
         <action name='dance' ext='xlsx' urlsrc='https://a.example/d?'/>",
    );
    let odd = parsed(&odd);
    assert_eq!(odd.extensions(), [("xlsx", ["dance", "view"].into())].into());
    assert_eq!(chosen(&odd, "xlsx", Want::Edit, Able::ALL), Some(("view", true, false)));
    assert_eq!(odd.keys, (KeyTexts::default(), KeyTexts::default()));
}

#[test]
fn what_is_no_discovery_document_says_why() {
    let nested = format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
    let many = around(&"<action name='v' ext='x' urlsrc='https://a.example'/>".repeat(MOST_ACTIONS + 1));
    for (text, error) in [
        ("", DiscoveryError::Other),
        ("<html><body>Welcome</body></html>", DiscoveryError::Other),
        ("<wopi-discovery/>", DiscoveryError::Empty),
        (&around(""), DiscoveryError::Empty),
        (&around(&nested), DiscoveryError::Empty),
        (&many, DiscoveryError::TooMany),
        ("<!DOCTYPE wopi-discovery [<!ENTITY a 'b'>]><wopi-discovery/>", DiscoveryError::DocumentType),
        ("<!DOCTYPE wopi-discovery SYSTEM 'file:///etc/passwd'><wopi-discovery/>", DiscoveryError::DocumentType),
        ("<wopi-discovery><!DOCTYPE x><net-zone/></wopi-discovery>", DiscoveryError::DocumentType),
    ] {
        assert_eq!(Discovery::parse(text.as_bytes()), Err(error), "{}", &text[..text.len().min(80)]);
    }
    for text in ["<wopi-discovery>", "<wopi-discovery><a></b></wopi-discovery>", "<wopi-discovery", &OFFICE[..2000]] {
        assert!(matches!(Discovery::parse(text.as_bytes()), Err(DiscoveryError::Malformed(_))), "{text:.60}");
    }
    assert_eq!(Discovery::parse(b"\xff\xfe<\0w\0"), Err(DiscoveryError::NotUtf8));
    assert!(Discovery::parse(format!("\u{feff}{OFFICE}").as_bytes()).is_ok());
}

/// The document of a real Collabora Online 24.04, with its comments, its programs for MIME types and its key.
#[test]
fn a_real_document_is_read_to_its_end() {
    let collabora = parsed(COLLABORA);
    // Four more actions are commented out.
    assert_eq!(collabora.apps().iter().map(|app| app.actions.len()).sum::<usize>(), 184);
    assert_eq!(collabora.apps().len(), 96);
    for (extension, names) in [("odt", "edit"), ("sxw", "view"), ("svg", "view"), ("pdf", "view_comment")] {
        assert_eq!(collabora.extensions()[extension], [names].into(), "{extension}");
    }
    assert!(collabora.apps().iter().any(|app| app.name == "application/vnd.oasis.opendocument.text"));
    assert_eq!(collabora.keys.0.modulus, collabora.keys.1.modulus, "the same key twice");
}

#[test]
fn an_element_of_very_many_attributes_does_not_hold_the_parser_up() {
    // Comparing each with each would take minutes.
    let attributes: Vec<String> = (0..200_000).map(|n| format!(" a{n}='b'")).collect();
    let document = around(&format!("<action{}/>", attributes.concat()));
    assert_eq!(Discovery::parse(document.as_bytes()), Err(DiscoveryError::Empty));
}

#[test]
fn editing_falls_back_to_viewing_and_viewing_to_an_editor_that_only_reads() {
    let (office, collabora) = (parsed(OFFICE), parsed(COLLABORA));
    for (extension, want, expected) in [
        ("docx", Want::Edit, Some(("edit", false, true))),
        (".DOCX", Want::View, Some(("view", true, true))),
        ("docx", Want::EditNew, Some(("editnew", false, true))),
        ("doc", Want::Edit, Some(("view", true, false))),
        ("doc", Want::Convert, Some(("convert", false, true))),
        ("docx", Want::Convert, None),
        ("docx", Want::MobileView, Some(("mobileview", true, true))),
        ("docx", Want::EmbedView, Some(("embedview", true, true))),
        ("wopitest", Want::Edit, Some(("view", true, false))),
        // These act on a folder, and demand what no host should offer.
        ("one", Want::View, None),
        ("xlsb", Want::Edit, None),
        ("", Want::View, None),
        ("nosuch", Want::View, None),
    ] {
        assert_eq!(chosen(&office, extension, want, Able::ALL), expected, "{extension} {want:?}");
    }
    for (extension, want, expected) in [
        ("docx", Want::View, Some(("edit", true, false))),
        ("dot", Want::Edit, Some(("view", true, false))),
        ("pdf", Want::Edit, Some(("view_comment", false, false))),
        ("pdf", Want::View, Some(("view_comment", true, false))),
        ("docx", Want::EditNew, Some(("edit", false, false))),
        ("png", Want::EditNew, None),
    ] {
        assert_eq!(chosen(&collabora, extension, want, Able::ALL), expected, "{extension} {want:?}");
    }
}

#[test]
fn an_action_is_offered_only_to_a_host_and_a_person_who_can() {
    let (office, collabora) = (parsed(OFFICE), parsed(COLLABORA));
    let reader = Able { write: false, ..Able::ALL };
    let lockless = Able { locks: false, ..Able::ALL };
    let frozen = Able { update: false, ..Able::ALL };
    assert_eq!(chosen(&office, "docx", Want::Edit, reader), Some(("view", true, false)));
    assert_eq!(chosen(&office, "docx", Want::Edit, lockless), Some(("view", true, false)));
    assert_eq!(chosen(&office, "xls", Want::Convert, lockless), Some(("convert", false, true)));
    assert_eq!(chosen(&office, "doc", Want::Convert, lockless), None);
    assert_eq!(chosen(&office, "doc", Want::Convert, reader), None);
    assert_eq!(chosen(&collabora, "docx", Want::Edit, reader), Some(("edit", true, false)));
    assert_eq!(chosen(&collabora, "docx", Want::Edit, frozen), Some(("edit", true, false)));
    assert_eq!(chosen(&collabora, "pdf", Want::Edit, reader), Some(("view_comment", true, false)));
}

#[test]
fn of_several_programs_the_default_one_wins_then_the_first() {
    let action = |url: &str, more: &str| format!("<action name='edit' ext='x' urlsrc='https://{url}.example'{more}/>");
    let of = |actions: &[String]| {
        let discovery = parsed(&around(&actions.concat()));
        let choice = discovery.choose(&file("x"), Want::Edit, Able::ALL).map(|choice| choice.action.template.clone());
        choice.unwrap()
    };
    assert_eq!(of(&[action("a", ""), action("b", "")]), "https://a.example");
    assert_eq!(of(&[action("a", ""), action("b", " default='TRUE'")]), "https://b.example");
    assert_eq!(of(&[action("a", " default='true' requires='cobalt'"), action("b", "")]), "https://b.example");
    assert_eq!(parsed(OFFICE).defaults("docx").map(|action| action.name.clone()).collect::<Vec<_>>(), ["view"]);
}

#[test]
fn a_mime_type_counts_only_without_an_extension() {
    let collabora = parsed(COLLABORA);
    let of = |extension, mime| {
        let file = FileType { extension, mime: Some(mime) };
        collabora.choose(&file, Want::View, Able::ALL).map(|choice| choice.app.name.clone())
    };
    assert_eq!(of("", "Image/PNG").as_deref(), Some("image/png"));
    assert_eq!(of("docx", "image/png").as_deref(), Some("writer"));
    assert_eq!(of("nosuch", "image/png"), None);
    assert_eq!(of("", "image/nosuch"), None);
}

#[test]
fn the_document_tells_its_keys_its_origins_and_where_its_capabilities_are() {
    let collabora = parsed(COLLABORA);
    assert!(crate::proof::Keys::parse(&collabora.keys.0, &collabora.keys.1).unwrap().is_some());
    assert_eq!(collabora.capabilities_url(), Some("http://127.0.0.1:9980/hosting/capabilities"));
    assert_eq!(collabora.origins(), ["http://127.0.0.1:9980".to_owned()].into());
    assert_eq!(parsed(OFFICE).origins().len(), 4, "one for each program, the unused zone left out");
    assert_eq!(parsed(ONLYOFFICE).capabilities_url(), None);
}

#[test]
fn capabilities_that_are_not_named_are_not_there() {
    // Those of a real Collabora Online, which names neither `hasWopiAccessCheck` nor `hasSettingIframeSupport`.
    let full = Capabilities::parse(CAPABILITIES).unwrap();
    assert!(full.convert_to.available && full.has_mobile_support && !full.has_wopi_access_check);
    assert!(full.has_template_source && full.has_document_signing_support && !full.has_setting_iframe_support);
    assert_eq!((full.convert_to.endpoint.as_str(), full.product_version.as_str()), ("/cool/convert-to", "24.04.8.2"));
    // As ONLYOFFICE answers at the same path.
    let few = br#"{"convert-to":{"available":true,"endpoint":"/lool/convert-to"},"hasMobileSupport":true,"x":[1]}"#;
    let few = Capabilities::parse(few).unwrap();
    assert!(few.convert_to.endpoint == "/lool/convert-to" && few.has_mobile_support && !few.has_template_source);
    assert_eq!(Capabilities::parse(b"{}"), Some(Capabilities::default()));
    for garbage in [&b""[..], b"[]", b"<html>", b"{\"hasMobileSupport\":\"yes\"}"] {
        assert_eq!(Capabilities::parse(garbage), None);
    }
}

fn url_of(template: &str) -> String {
    action_url(template, &Values::new(SOURCE).language("de-DE")).unwrap()
}

#[test]
fn the_worked_examples_come_out_as_they_should() {
    for (template, expected) in [
        (
            "https://o.x/we?<ui=UI_LLCC&><rs=DC_LLCC&><dchat=DISABLE_CHAT&>",
            "https://o.x/we?ui=de-DE&rs=de-DE&WOPISrc=@",
        ),
        (
            "https://o.x/hosting/wopi/cell/edit?<rs=DC_LLCC&><zz=NEW_THING&><wopisrc=WOPI_SOURCE&>&",
            "https://o.x/hosting/wopi/cell/edit?rs=de-DE&wopisrc=@",
        ),
        ("https://o.x/v/frame.aspx", "https://o.x/v/frame.aspx?WOPISrc=@"),
        ("https://o.x/launch", "https://o.x/launch?WOPISrc=@"),
        ("https://o.x/e?new=1&<ui=UI_LLCC><rs=DC_LLCC>", "https://o.x/e?new=1&ui=de-DErs=de-DE&WOPISrc=@"),
        ("https://o.x/e?&&a=1&&<x=Y&>&b=2&", "https://o.x/e?a=1&b=2&WOPISrc=@"),
        ("https://o.x/e?<s=WOPI_SOURCE&><t=WOPI_SOURCE&>", "https://o.x/e?s=@"),
        ("https://o.x/e?a=1#part", "https://o.x/e?a=1&WOPISrc=@#part"),
        ("https://o.x/e?<ui=UI_LLCC", "https://o.x/e?WOPISrc=@"),
        ("https://o.x/e?<<ui=UI_LLCC&>>", "https://o.x/e?ui=de-DE&WOPISrc=@"),
        ("https://o.x/e?<nothing><=UI_LLCC&><ui=ui_llcc&>", "https://o.x/e?=de-DE&WOPISrc=@"),
    ] {
        assert_eq!(url_of(template), expected.replace('@', ENCODED), "{template}");
    }
    let with_language = Values::new(SOURCE).language("de-DE").append("lang", "de-DE");
    assert_eq!(
        action_url("https://o.x/browser/5d1e/cool.html?", &with_language).unwrap(),
        format!("https://o.x/browser/5d1e/cool.html?WOPISrc={ENCODED}&lang=de-DE")
    );
}

#[test]
fn what_is_loaded_ahead_of_any_document_has_a_language_and_no_source() {
    for (template, expected) in [
        ("https://o.x/wv/preload.aspx?<ui=UI_LLCC&><wopisrc=WOPI_SOURCE&>", "https://o.x/wv/preload.aspx?ui=de-DE&"),
        ("https://o.x/wv/preload.aspx", "https://o.x/wv/preload.aspx"),
        ("https://o.x/wv/preload.aspx?a=1&<ui=UI_LLCC&>", "https://o.x/wv/preload.aspx?a=1&ui=de-DE"),
    ] {
        let url = action_url(template, &Values::without_source().language("de-DE")).unwrap();
        assert_eq!(url, expected.trim_end_matches('&'), "{template}");
    }
}

#[test]
fn values_are_encoded_as_browsers_do_it() {
    let values =
        Values::new("https://d.example/ü?&").set(Placeholder::SessionContext, "a b&c=d/é(1)!~*'").append("x&", "<>");
    assert_eq!(
        action_url("https://o.x/e?<sc=SESSION_CONTEXT&>", &values).unwrap(),
        "https://o.x/e?sc=a%20b%26c%3Dd%2F%C3%A9(1)!~*'&WOPISrc=https%3A%2F%2Fd.example%2F%C3%BC%3F%26&x%26=%3C%3E"
    );
}

#[test]
fn a_url_that_editors_would_cut_off_is_not_given() {
    let room = LONGEST_URL - "https://o.x/e?sc=&WOPISrc=".len() - ENCODED.len();
    let of = |length: usize| {
        let values = Values::new(SOURCE).set(Placeholder::SessionContext, "x".repeat(length));
        action_url("https://o.x/e?<sc=SESSION_CONTEXT&>", &values)
    };
    assert_eq!(of(room).unwrap().len(), LONGEST_URL);
    assert_eq!(of(room + 1), Err(ActionUrlError::TooLong(LONGEST_URL + 1)));
    for template in
        ["", "/relative", "javascript:alert(1)", "https://", "data:text/html,x", "https://u:p@o.x/", "https://o.x/\"'"]
    {
        assert_eq!(action_url(template, &Values::new(SOURCE)), Err(ActionUrlError::Unusable), "{template}");
    }
}

#[test]
fn every_template_of_every_editor_becomes_a_clean_url() {
    let full = Placeholder::ALL.iter().fold(Values::new(SOURCE), |values, known| values.set(*known, "1"));
    for document in [OFFICE, COLLABORA, ONLYOFFICE] {
        for action in parsed(document).apps().iter().flat_map(|app| &app.actions) {
            for values in [&full, &Values::new(SOURCE)] {
                let url = action_url(&action.template, values).unwrap();
                assert!(!url.contains(['<', '>']), "{url}");
                assert_eq!(url.to_lowercase().matches("wopisrc=").count(), 1, "{url}");
                assert!(!url.contains("&&") && !url.contains("?&") && !url.ends_with(['&', '?']), "{url}");
            }
        }
    }
}

#[test]
fn languages_have_the_numbers_that_office_gives_them() {
    for (tag, number) in
        [("de-DE", 1031), ("sr-Latn-RS", 9242), ("zh-TW", 1028), ("EN-us", 1033), ("ca-es-VALENCIA", 2051)]
    {
        assert_eq!(locale::number_of(tag), Some(number), "{tag}");
        assert!(locale::tag_of(&number.to_string()).unwrap().eq_ignore_ascii_case(tag));
    }
    assert_eq!(locale::number_of("tlh"), None);
    // ONLYOFFICE reports the tag, as does a sample of Microsoft's.
    for (text, tag) in
        [("en-us", Some("en-US")), (" 1031 ", Some("de-DE")), ("de", Some("de")), ("x-klingon", None), ("99", None)]
    {
        assert_eq!(locale::tag_of(text), tag, "{text}");
    }
    for garbage in ["", "-", "de-", "<script>", "de DE", "4294967296", &"a-".repeat(50)] {
        assert_eq!(locale::tag_of(garbage), None, "{garbage}");
    }
}

proptest! {
    #[test]
    fn no_template_breaks_a_url(query in "[a-zA-Z0-9_=&<>?#%.+ -]{0,80}", value in ".{0,40}") {
        let values = Values::new(SOURCE).language(&value);
        if let Ok(url) = action_url(&format!("https://o.x/e{query}"), &values) {
            prop_assert!(!url.contains(['<', '>']));
            prop_assert!(url.contains(ENCODED));
            prop_assert!(url.len() <= LONGEST_URL);
        }
    }

    #[test]
    fn placeholders_in_any_order_leave_exactly_one_source(
        chosen in proptest::collection::vec((0..Placeholder::ALL.len() + 2, any::<bool>(), any::<bool>()), 0..12),
    ) {
        let mut values = Values::new(SOURCE);
        let mut template = "https://o.x/e?".to_owned();
        for (which, joint, filled) in chosen {
            let text = match Placeholder::ALL.get(which) {
                Some(known) => {
                    if filled {
                        values = values.set(*known, "v");
                    }
                    known.text()
                }
                None if which == Placeholder::ALL.len() => "WOPI_SOURCE",
                None => "NEW_THING",
            };
            // Without a joint the next one would run into it, in every editor.
            let end = if joint { "&>" } else { ">&" };
            template.extend(["<p", &which.to_string(), "=", text, end]);
        }
        let url = action_url(&template, &values).unwrap();
        prop_assert_eq!(url.matches(ENCODED).count(), 1);
        prop_assert!(!url.contains("&&") && !url.contains("?&") && !url.ends_with('&'));
    }

    #[test]
    fn no_document_makes_the_parser_panic(text in "[<>/a-z\"'= &;!\\[\\]?-]{0,200}", cut in 0..OFFICE.len(), at in 0..OFFICE.len()) {
        _ = Discovery::parse(text.as_bytes());
        _ = Discovery::parse(&OFFICE.as_bytes()[..cut]);
        let mut bent = COLLABORA.as_bytes().to_vec();
        let at = at % bent.len();
        bent[at] = bent[at].wrapping_add(1);
        _ = Discovery::parse(&bent);
    }
}
