//! Names of files and folders, and the UTF-7 in which they travel.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockhouse::{
    fuzzing,
    names::{FILE_NAME_MAX_LENGTH, FileName, file_name::EXTENSION_MAX_LENGTH, utf7},
};

fuzz_target!(|bytes: &[u8]| {
    let repaired = utf7::decode_lossy(bytes);
    assert!(repaired.len() <= bytes.len() * 3 + 3, "text grows with the header and no faster");
    if let Ok(text) = utf7::decode(bytes) {
        assert_eq!(text, repaired, "what can be read needs no repair");
        if bytes.is_ascii() {
            assert_eq!(text, as_others_read(bytes));
        }
        round_trip(&text);
    }
    let plain = String::from_utf8_lossy(bytes);
    round_trip(&plain);
    name(&plain);
    name(&repaired);
    let (text, extension) = plain.split_once('\n').unwrap_or((&plain, ""));
    made(text, extension);
});

/// Another implementation, which leaves a `\` and a `~` alone as ours does.
fn as_others_read(header: &[u8]) -> String {
    let utf7 = charset::Charset::for_label(b"utf-7").unwrap();
    let (text, malformed) = utf7.decode_without_bom_handling(header);
    assert!(!malformed, "{header:?}");
    text.into_owned()
}

fn round_trip(text: &str) {
    let header = utf7::encode(text);
    assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{header:?}");
    assert_eq!(utf7::decode(header.as_bytes()).as_deref(), Ok(text));
}

fn name(text: &str) {
    if let Ok(name) = FileName::parse(text) {
        legal(&name);
    }
    made(text, "");
}

/// What is made of any text is legal, and nothing more would be made of it.
fn made(text: &str, extension: &str) {
    let name = FileName::sanitised(text, extension);
    legal(&name);
    assert_eq!(FileName::sanitised(name.as_str(), ""), name, "{text:?}");
}

fn legal(name: &FileName) {
    assert_eq!(FileName::parse(name.as_str()).as_ref(), Ok(name));
    assert_eq!(format!("{}{}", name.stem(), name.extension()), name.as_str());
    assert!(name.stem().chars().count() <= FILE_NAME_MAX_LENGTH);
    assert!(name.extension().chars().count() <= EXTENSION_MAX_LENGTH + 1);
    assert!(!name.as_str().contains(['/', '\\', '\0', '\n', '\r']));
    assert!(!name.for_office_mobile().contains(['\\', '/', ':', '#', '{', '%', '`']));
    if let Ok(folded) = FileName::parse(&name.folded()) {
        assert_eq!(folded.folded(), name.folded(), "folding twice is folding once: {name:?}");
    }
    for counter in [2, 1_000_019] {
        let counted = name.with_counter(counter);
        assert_eq!(FileName::parse(counted.as_str()).as_ref(), Ok(&counted));
        assert_ne!(counted.folded(), name.folded());
    }
    let header = fuzzing::attachment(name.as_str()).expect("every name can be downloaded");
    assert!(header.starts_with(b"attachment; filename=\""));
}
