//! Links are built and taken apart; what is none is refused.

use proptest::prelude::*;

use super::*;

fn link() -> LaunchLink {
    LaunchLink {
        app: OfficeApp::Word,
        mode: Mode::Edit,
        wopi_src: "https://docs.lumora.example/wopi/files/f_K2xP".into(),
        service: Some("TPLUMORA".into()),
        user: "u58c1".into(),
        name: "Budget notes.docx".into(),
        origin: Origin::App,
        pass_back: None,
        context: None,
    }
}

#[test]
fn a_link_has_the_published_form_with_the_address_encoded() {
    assert_eq!(
        link().to_string(),
        "ms-word:ofe|u|https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2Ff_K2xP|d|TPLUMORA|e|u58c1|n|Budget%20notes.docx|a|App"
    );
    let whole = LaunchLink {
        app: OfficeApp::PowerPoint,
        mode: Mode::View,
        origin: Origin::Web,
        pass_back: Some(Scheme::parse("lumora-work").unwrap()),
        context: Some("folder|44 50%".into()),
        name: "Größe|1.pptx".into(),
        ..link()
    };
    assert_eq!(
        whole.to_string(),
        "ms-powerpoint:ofv|u|https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2Ff_K2xP|d|TPLUMORA|e|u58c1\
         |n|Gr%C3%B6%C3%9Fe%7C1.pptx|a|Web|p|lumora-work|c|folder%7C44%2050%25"
    );
    let unknown = LaunchLink { service: None, app: OfficeApp::Excel, ..link() }.to_string();
    assert!(unknown.starts_with("ms-excel:ofe|u|") && !unknown.contains("|d|"), "{unknown}");
}

#[test]
fn a_text_that_is_no_link_is_refused_and_says_why() {
    for (text, why) in [
        ("https://x", LinkError::NotOffice),
        ("ms-word", LinkError::NotOffice),
        ("ms-access:ofe|u|x|e|y|n|z|a|App", LinkError::NotOffice),
        ("ms-word:nft|u|x|e|y|n|z|a|App", LinkError::Command),
        ("ms-word:ofe|u", LinkError::Odd),
        ("ms-word:ofe|u|x|u|x|e|y|n|z|a|App", LinkError::Repeated('u')),
        ("ms-word:ofe|u||e|y|n|z|a|App", LinkError::Missing('u')),
        ("ms-word:ofe|u|x|e|y|n|z", LinkError::Missing('a')),
        ("ms-word:ofe|u|x|e|y|n|z|a|Desk", LinkError::Value('a')),
        ("ms-word:ofe|u|%ff|e|y|n|z|a|App", LinkError::Value('u')),
        ("ms-word:ofe|u|x|e|y|n|z|a|App|p|a%3Ab", LinkError::Scheme),
    ] {
        assert_eq!(text.parse::<LaunchLink>().unwrap_err(), why, "{text}");
    }
    let long = format!("ms-word:ofe|u|{}", "x".repeat(LONGEST_LINK));
    assert_eq!(long.parse::<LaunchLink>().unwrap_err(), LinkError::TooLong);
    let context = format!("{}|c|{}", link(), "x".repeat(LONGEST_CONTEXT + 1));
    assert_eq!(context.parse::<LaunchLink>().unwrap_err(), LinkError::Context);
}

#[test]
fn parts_that_are_not_known_are_passed_over() {
    let text = format!("{}|s|new|zz|thing", link());
    assert_eq!(text.parse::<LaunchLink>().unwrap(), link());
}

#[test]
fn the_way_back_tells_whether_an_upload_is_pending() {
    let back: PassBack =
        "lumora:ofe|u|https%3A%2F%2Fdocs.lumora.example%2Fwopi%2Ffiles%2Ff_K2xP|z|no|c|folder-44".parse().unwrap();
    assert_eq!(
        back,
        PassBack {
            scheme: Scheme::parse("lumora").unwrap(),
            mode: Mode::Edit,
            wopi_src: "https://docs.lumora.example/wopi/files/f_K2xP".into(),
            upload_pending: false,
            context: Some("folder-44".into()),
        }
    );
    let back: PassBack = "x:ofv|u|https://h/wopi/files/1|z|YES".parse().unwrap();
    assert!(back.upload_pending && back.mode == Mode::View && back.context.is_none());
    assert_eq!(back.wopi_src, "https://h/wopi/files/1");
    let back: PassBack = "x:ofe|u|u|z|no|c|a|b 100%".parse().unwrap();
    assert_eq!(back.context.as_deref(), Some("a|b 100%"));
}

#[test]
fn what_office_never_says_is_no_way_back() {
    for text in [
        "",
        "lumora",
        "1x:ofe|u|u|z|no",
        "x:open|u|u|z|no",
        "x:ofe|z|no",
        "x:ofe|u|u",
        "x:ofe|u|u|z|maybe",
        "x:ofe|u|u|u|u|z|no",
        "x:ofe|u|u|z",
        "x:ofe|u|%fe|z|no",
    ] {
        assert!(text.parse::<PassBack>().is_err(), "{text}");
    }
}

#[test]
fn every_type_of_the_table_has_its_app() {
    let table = [
        (OfficeApp::Word, "docx docm dotm dotx", "doc dot odt"),
        (OfficeApp::Excel, "xlsx xltx xlsb xlsm", "xls csv ods"),
        (OfficeApp::PowerPoint, "pptx ppsx potm potx ppsm pptm thmx", "ppt pps pot odp"),
    ];
    for (app, edited, converted) in table {
        for (types, opening) in [(edited, Opening::Edited), (converted, Opening::Converted)] {
            for extension in types.split(' ') {
                assert_eq!(OfficeApp::of_file(&format!("a.b.{extension}")), Some((app, opening)), "{extension}");
                assert!(app.extensions(opening).contains(&extension));
            }
            assert_eq!(types.split(' ').count(), app.extensions(opening).len());
        }
    }
    for name in ["docx", "a.", "a.pdf", "a.docx.txt", "", ".", "a.wopitest"] {
        assert_eq!(OfficeApp::of_file(name), None, "{name}");
    }
}

#[test]
fn store_links_are_read_by_app() {
    let links = StoreLinks::parse(["word=https://apps.example/w?a=b", " Excel = https://apps.example/x"]).unwrap();
    assert_eq!(links.of(OfficeApp::Word), Some("https://apps.example/w?a=b"));
    assert_eq!(links.of(OfficeApp::Excel), Some("https://apps.example/x"));
    assert_eq!(links.of(OfficeApp::PowerPoint), None);
    for wrong in ["word", "word=", "word=https://", "visio=https://x", "word=javascript:x", "word=https://a b"] {
        assert!(StoreLinks::parse([wrong]).is_err(), "{wrong}");
    }
    assert!(StoreLinks::parse(["word=https://a", "WORD=https://b"]).is_err());
}

fn scheme() -> impl Strategy<Value = Scheme> {
    "[a-zA-Z][a-zA-Z0-9+.-]{0,63}".prop_map(|text| Scheme::parse(&text).unwrap())
}

prop_compose! {
    fn any_link()(
        app in 0..3_usize, edit: bool, web: bool,
        // Any text at all, `|`, `%` and controls included.
        wopi_src in "(?s).{1,80}", service in proptest::option::of("(?s).{0,20}"), user in "(?s).{1,20}", name in "(?s).{1,80}",
        pass_back in proptest::option::of(scheme()), context in proptest::option::of("(?s).{0,80}"),
    ) -> LaunchLink {
        LaunchLink {
            app: OfficeApp::ALL[app],
            mode: if edit { Mode::Edit } else { Mode::View },
            origin: if web { Origin::Web } else { Origin::App },
            wopi_src, service, user, name, pass_back, context,
        }
    }
}

proptest! {
    #[test]
    fn what_was_built_is_taken_apart_again(link in any_link()) {
        let text = link.to_string();
        prop_assert!(text.is_ascii());
        prop_assert_eq!(text.parse::<LaunchLink>().unwrap(), link);
    }

    #[test]
    fn the_way_back_gives_the_context_that_the_link_had(link in any_link(), pending: bool) {
        let text = link.to_string();
        let part = |key: &str| text.split('|').skip_while(|part| *part != key).nth(1).map(str::to_owned);
        let mut back = format!("x:ofe|u|{}|z|{}", part("u").unwrap(), if pending { "yes" } else { "no" });
        if link.context.is_some() {
            back.push_str(text.rfind("|c|").map(|at| &text[at..]).unwrap());
        }
        let back: PassBack = back.parse().unwrap();
        prop_assert_eq!(back.wopi_src, link.wopi_src);
        prop_assert_eq!(back.upload_pending, pending);
        prop_assert_eq!(back.context, link.context);
    }

    #[test]
    fn no_text_makes_taking_apart_fail_other_than_by_an_error(text in "(?s)(ms-word:|x:)?(ofe|ofv)?([|]?[a-z%|]{0,3}){0,12}.{0,40}") {
        _ = text.parse::<LaunchLink>();
        _ = text.parse::<PassBack>();
    }
}
