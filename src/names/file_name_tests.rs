use proptest::prelude::*;

use super::*;

fn name(text: &str) -> FileName {
    FileName::parse(text).unwrap()
}

#[test]
fn real_names_are_legal() {
    for text in ["Résumé.docx", "Q1 – plan.xlsx", "a#b{c}^[d]`%.pptx", "README", "~$x.docx", "می‌خواهم.docx", " x.docx"]
    {
        assert_eq!(name(text).as_str(), text);
    }
}

#[test]
fn a_name_is_kept_in_composed_form() {
    assert_eq!(name("Re\u{301}sume\u{301}.docx"), name("Résumé.docx"));
}

#[test]
fn illegal_names_are_refused_with_the_reason() {
    use NameError::*;
    for (text, error) in [
        ("", Empty),
        (".", DotName),
        ("..", DotName),
        (".docx", LeadingDot),
        ("a.", TrailingDotOrSpace),
        ("a ", TrailingDotOrSpace),
        ("../a.docx", Forbidden('/')),
        ("a\\b", Forbidden('\\')),
        ("a:b", Forbidden(':')),
        ("a\0b", Invisible('\0')),
        ("a\nb", Invisible('\n')),
        ("a\u{7f}", Invisible('\u{7f}')),
        ("a\u{202e}xcod.exe", Invisible('\u{202e}')),
        ("a\u{200b}b", Invisible('\u{200b}')),
        ("a\u{ffff}", Invisible('\u{ffff}')),
        ("NUL", Reserved("NUL".into())),
        ("con .tar.gz", Reserved("con".into())),
        ("com¹.txt", Reserved("com¹".into())),
    ] {
        assert_eq!(FileName::parse(text), Err(error), "{text:?}");
    }
    for character in "*?\"<>|".chars() {
        assert_eq!(FileName::parse(&format!("a{character}.docx")), Err(Forbidden(character)));
    }
    for text in ["CONSOLE.docx", "com.docx", "com10.docx", "xnul"] {
        assert!(FileName::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn errors_speak_to_people() {
    assert_eq!(
        FileName::parse("a\u{7}").unwrap_err().to_string(),
        "a name must not contain the invisible character U+0007"
    );
    assert_eq!(FileName::parse("a/b").unwrap_err().to_string(), "a name must not contain `/`");
    let long = FileName::parse(&"x".repeat(251)).unwrap_err();
    assert_eq!(long.to_string(), "a name must have at most 250 characters before its extension, not 251");
}

#[test]
fn lengths_count_characters_and_not_bytes() {
    assert!(FileName::parse(&format!("{}.docx", "日".repeat(250))).is_ok());
    assert!(FileName::parse(&format!("{}.docx", "日".repeat(251))).is_err());
    assert!(FileName::parse(&format!("a.{}", "x".repeat(32))).is_ok());
    assert!(FileName::parse(&format!("a.{}", "x".repeat(33))).is_err());
    assert!(FileName::parse(&"x".repeat(10_000_000)).is_err());
}

#[test]
fn the_extension_begins_at_the_last_dot() {
    for (text, stem, extension) in
        [("a.b.DOCX", "a.b", ".DOCX"), ("README", "README", ""), ("a..b", "a.", ".b"), ("Dr. No", "Dr", ". No")]
    {
        assert_eq!((name(text).stem(), name(text).extension()), (stem, extension));
    }
}

#[test]
fn names_that_differ_only_in_case_or_composition_are_one() {
    assert_eq!(name("STRASSE.docx").folded(), name("straße.DOCX").folded());
    assert_eq!(name("RÉSUMÉ").folded(), name("re\u{301}sume\u{301}").folded());
    assert_eq!(name("ΣΊΣΥΦΟΣ").folded(), name("σίσυφος").folded());
    assert_ne!(name("resume").folded(), name("résumé").folded());
}

#[test]
fn what_mobile_office_cannot_bear_is_replaced_in_the_report_only() {
    assert_eq!(name("a#b{c}^[d]`%.docx").for_office_mobile(), "a-b-c---d---.docx");
    assert_eq!(for_office_mobile("\\/:*?\"<>|#{}^[]`%"), "-".repeat(17));
}

#[test]
fn renaming_keeps_the_extension() {
    assert_eq!(name("a.docx").with_stem("b.c"), Ok(name("b.c.docx")));
    assert_eq!(name("a.docx").with_stem("b "), Ok(name("b .docx")));
    assert_eq!(name("a.docx").with_stem(""), Err(NameError::Empty));
    assert_eq!(name("a.docx").with_stem("x/y"), Err(NameError::Forbidden('/')));
    assert_eq!(name("README").with_stem("a.b"), Err(NameError::ChangesExtension));
    assert_eq!(name("README").with_stem_sanitised("a.b").as_str(), "a_b");
    assert_eq!(name("a.docx").with_stem_sanitised("x/../y").as_str(), "x_.._y.docx");
    assert_eq!(name("a.docx").with_stem_sanitised("nul").as_str(), "_nul.docx");
}

#[test]
fn a_counter_fits_whatever_the_length() {
    assert_eq!(name("Report.docx").with_counter(2).as_str(), "Report (2).docx");
    let long = name(&format!("{}.docx", "日".repeat(250))).with_counter(17);
    assert_eq!(long.stem().chars().count(), 250);
    assert!(long.as_str().ends_with("日 (17).docx"));
}

#[test]
fn a_suggested_name_is_repaired_and_keeps_its_extension() {
    for (given, made) in [
        ("a.docx", "a.docx"),
        ("../../etc/pass?wd.docx", "_.._etc_pass_wd.docx"),
        ("a\u{202e}b\u{0}.docx", "ab.docx"),
        ("con.xlsx", "_con.xlsx"),
        ("...docx", "Untitled.docx"),
        ("", "Untitled.pptx"),
        ("plain", "plain.pptx"),
        ("a.", "a.pptx"),
        ("a\u{fffd}b.docx", "a_b.docx"),
        ("  x  .docx", "x.docx"),
    ] {
        assert_eq!(FileName::sanitised(given, ".pptx").as_str(), made, "{given:?}");
    }
    assert_eq!(FileName::sanitised("..", "").as_str(), "Untitled");
    let long = FileName::sanitised(&format!("{}.docx", "x".repeat(600)), "");
    assert_eq!((long.stem().len(), long.extension()), (250, ".docx"));
}

#[test]
fn a_legal_name_is_not_repaired_further() {
    let made = FileName::sanitised("a .A.", "");
    assert_eq!(FileName::sanitised(made.as_str(), ""), made);
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-cA./\\: \u{300}\u{301}\u{200b}\u{0}é-]{0,400}", "(con|NUL|com1)? ?[.a]{0,3}"]
}

proptest! {
    #[test]
    fn a_repaired_name_is_always_legal_and_stays_as_it_is(given in hostile(), fallback in hostile()) {
        let made = FileName::sanitised(&given, &fallback);
        prop_assert_eq!(&FileName::parse(made.as_str()), &Ok(made.clone()));
        prop_assert_eq!(&FileName::sanitised(made.as_str(), ""), &made);
    }

    #[test]
    fn a_legal_name_passes_every_change_legally(given in hostile(), stem in hostile(), counter in any::<u32>()) {
        let Ok(legal) = FileName::parse(&given) else { return Ok(()) };
        for changed in [legal.with_counter(counter), legal.with_stem_sanitised(&stem)] {
            prop_assert_eq!(&FileName::parse(changed.as_str()), &Ok(changed.clone()));
            prop_assert!(legal.extension().is_empty() || changed.extension() == legal.extension());
        }
        if let Ok(renamed) = legal.with_stem(&stem) {
            prop_assert_eq!(renamed.extension(), legal.extension());
        }
    }

    #[test]
    fn folding_twice_changes_nothing(given in any::<String>()) {
        let Ok(legal) = FileName::parse(&given) else { return Ok(()) };
        let once = legal.folded();
        let twice: String = once.chars().nfd().default_case_fold().nfc().collect();
        prop_assert_eq!(once, twice);
    }
}
