//! Headers and queries of requests: a query in the first line, then one header a line, its name by the first letter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockhouse::{clock::Timestamp, fuzzing::Request};

const NAMES: [&str; 17] = [
    "X-WOPI-Lock",
    "X-WOPI-OldLock",
    "X-WOPI-Override",
    "X-WOPI-Editors",
    "X-COOL-WOPI-Timestamp",
    "X-LOOL-WOPI-Timestamp",
    "X-WOPI-MaxExpectedSize",
    "X-WOPI-OverwriteRelativeTarget",
    "X-WOPI-SuggestedTarget",
    "X-WOPI-RelativeTarget",
    "X-WOPI-RequestedName",
    "Authorization",
    "Accept-Language",
    "Cookie",
    "Range",
    "If-Range",
    "X-WOPI-Size",
];

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let Ok(query) = std::str::from_utf8(lines.next().unwrap_or_default()) else { return };
    let headers = lines.filter_map(|line| {
        let (letter, value) = line.split_first()?;
        NAMES.get(usize::from(letter.wrapping_sub(b'a'))).map(|name| (*name, value))
    });
    let Some(request) = Request::new(query, headers.take(64)) else { return };
    locks(&request);
    people_and_times(&request);
    names(&request);
    ranges(&request);
    assert!(request.token().is_none_or(|token| !token.is_empty()));
    for asked in [None, Some(query)] {
        let language = request.language(asked, "fr");
        assert!(["en", "de", "fr", "es", "ja", "zh"].contains(&language));
    }
    for cookie in ["lockhouse", "__Host-lockhouse"] {
        let _ = request.cookie(cookie);
    }
    let _ = (request.number("X-WOPI-MaxExpectedSize"), request.flag("X-WOPI-OverwriteRelativeTarget"));
    assert!(request.verb().is_none_or(|verb| !verb.is_empty()));
});

fn locks(request: &Request) {
    for name in ["X-WOPI-Lock", "X-WOPI-OldLock"] {
        let Ok(Some(id)) = request.lock(name) else { continue };
        let text = id.as_str();
        assert!((1..=1024).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert_eq!(text.trim(), text);
        // It comes back as it is: in `X-WOPI-Lock` of a 409.
        let echoed = Request::new("", [(name, text.as_bytes())]).unwrap();
        assert_eq!(echoed.lock(name), Ok(Some(id.clone())));
    }
}

fn people_and_times(request: &Request) {
    let editors = request.editors();
    assert!(editors.iter().map(String::len).sum::<usize>() <= 2048);
    assert!(editors.iter().all(|name| !name.is_empty() && !name.contains([',', '"', '\\', ' '])));
    // A version's record has room for them.
    assert!(serde_json::to_string(&editors).unwrap().len() <= 2048 + 2);
    if let Some(time) = request.believed_time().filter(|time| *time != Timestamp::from_ticks(i64::MIN)) {
        assert_eq!(Timestamp::parse_iso(&time.to_iso()), Some(time));
    }
}

fn names(request: &Request) {
    for name in ["X-WOPI-SuggestedTarget", "X-WOPI-RelativeTarget", "X-WOPI-RequestedName"] {
        if let Some((Ok(text), repaired)) = request.name(name) {
            assert_eq!(text, repaired);
        }
    }
}

fn ranges(request: &Request) {
    for size in [0, 1, 10, 1 << 40, u64::MAX] {
        if let Ok(Some((from, to))) = request.range("7.0000002a", size) {
            assert!(from <= to && to < size, "{from}-{to} of {size}");
        }
    }
}
