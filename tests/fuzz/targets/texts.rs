//! Settings, and recorded histories.

#![no_main]

use std::{io::Write as _, net::IpAddr};

use libfuzzer_sys::fuzz_target;
use lockhouse::{
    clock::Timestamp,
    judge::{History, Judge, Profile},
    settings::{FileChoice, Networks, Period, Settings, Size, Sources, Texts},
};

fuzz_target!(|bytes: &[u8]| {
    let Some((&what, rest)) = bytes.split_first() else { return };
    match what % 3 {
        0 => settings(rest),
        1 => values(rest),
        _ => history(rest),
    }
});

fn load(file: &str, flags: Vec<(String, String)>) -> Option<lockhouse::settings::Loaded> {
    let place = if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm".into() } else { std::env::temp_dir() };
    let mut named = tempfile::NamedTempFile::new_in(place).unwrap();
    named.write_all(file.as_bytes()).unwrap();
    let file = FileChoice::Named(named.path().to_owned());
    Settings::load(&Sources { file, flags, ..Sources::default() }).ok()
}

/// A file, and after a line `---` flags `key=value`. What is in force, written down, is in force again.
fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (file, flags) = text.split_once("\n---\n").unwrap_or((text, ""));
    let flags = flags.lines().filter_map(|line| line.split_once('='));
    let flags = flags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let Some(loaded) = load(file, flags) else { return };
    let written: String = loaded.shown().iter().map(|shown| format!("{} = {}\n", shown.key, shown.value)).collect();
    let again = load(&written, Vec::new()).unwrap_or_else(|| panic!("not understood again: {written}"));
    assert_eq!(again.settings, loaded.settings);
}

fn values(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(period) = text.parse::<Period>() {
        assert_eq!(period.to_string().parse(), Ok(period));
    }
    if let Ok(size) = text.parse::<Size>() {
        assert_eq!(size.to_string().parse(), Ok(size));
    }
    if let Ok(networks) = text.parse::<Networks>() {
        let written = serde_json::to_string(&networks).unwrap();
        assert_eq!(serde_json::from_str::<Networks>(&written).unwrap(), networks);
        let _ = networks.contain(IpAddr::from([10, 1, 2, 3]))
            || networks.contain(IpAddr::from([0xfd00, 0, 0, 0, 0, 0, 0, 1]));
    }
    let Ok(texts) = text.parse::<Texts>();
    assert!(texts.iter().all(|text| !text.is_empty() && text.trim() == text));
    if let Some(time) = Timestamp::parse_iso(text) {
        assert_eq!(Timestamp::parse_iso(&time.to_iso()), Some(time));
    }
}

/// A history that was read is written and read the same; and the judge comes to an end with it.
fn history(bytes: &[u8]) {
    let Ok(history) = History::read(bytes) else { return };
    let mut written = Vec::new();
    history.write(&mut written).unwrap();
    assert_eq!(History::read(&*written).unwrap(), history);
    if history.operations.len() <= 24 {
        for profile in [Profile::strict(), Profile::tolerant()] {
            let report = Judge::new(profile).judge(&history);
            assert!(!report.to_string().is_empty());
        }
    }
}
