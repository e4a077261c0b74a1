//! Reading `X-WOPI-*` request headers: an empty one counts as absent (files.md section 1.2, rule 2).

use actix_web::HttpRequest;

use super::reply::Problem;
use crate::{clock::Timestamp, lock::LockId, names::utf7};

/// The trimmed value of a header; `None` when it is absent or empty.
pub(crate) fn value<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a [u8]> {
    let value = request.headers().get(name)?.as_bytes().trim_ascii();
    (!value.is_empty()).then_some(value)
}

/// The value of a header as text; what is not UTF-8 counts as unknown text.
pub(crate) fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    value(request, name).map(|value| std::str::from_utf8(value).unwrap_or("\u{fffd}"))
}

/// Whether a boolean header says true, whatever the case of its letters (rule 5).
pub(crate) fn flag(request: &HttpRequest, name: &str) -> bool {
    value(request, name).is_some_and(|value| value.eq_ignore_ascii_case(b"true"))
}

/// A non-negative number; anything else counts as absent.
pub(crate) fn number(request: &HttpRequest, name: &str) -> Option<u64> {
    text(request, name)?.parse().ok()
}

/// A lock id.
pub(crate) fn lock_id(request: &HttpRequest, name: &str) -> Result<Option<LockId>, Problem> {
    match request.headers().get(name) {
        None => Ok(None),
        Some(value) => LockId::parse(value.as_bytes()).map_err(|error| Problem::bad_lock_id(name, error)),
    }
}

/// A name in UTF-7; `None` when the header is absent or empty.
pub(crate) fn utf7_text(request: &HttpRequest, name: &str) -> Option<Result<String, utf7::Utf7Error>> {
    value(request, name).map(utf7::decode)
}

/// A name in UTF-7, repaired where it is broken.
pub(crate) fn utf7_lossy(request: &HttpRequest, name: &str) -> Option<String> {
    value(request, name).map(utf7::decode_lossy)
}

/// A header of Collabora's, in its present or its earlier spelling (files.md section 6.4).
pub(crate) fn collabora<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    text(request, &format!("X-COOL-WOPI-{name}")).or_else(|| text(request, &format!("X-LOOL-WOPI-{name}")))
}

/// The modification time that the client believes in. What is no time at all differs from every time.
pub(crate) fn believed_time(request: &HttpRequest) -> Option<Timestamp> {
    let text = collabora(request, "Timestamp")?;
    Some(Timestamp::parse_iso(text).unwrap_or(Timestamp::from_ticks(i64::MIN)))
}

/// Bytes of contributors that a version's record has room for.
const EDITORS_BYTES: usize = 2048;

/// Contributors, as `X-WOPI-Editors` names them: as many as there is room for, anything malformed left out.
pub(crate) fn editors(request: &HttpRequest) -> Vec<String> {
    let Some(list) = text(request, "X-WOPI-Editors") else { return Vec::new() };
    let mut room = EDITORS_BYTES;
    list.split(',')
        .map(str::trim)
        .filter(|editor| {
            !editor.is_empty() && editor.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
        })
        .take_while(|editor| {
            room = room.saturating_sub(editor.len() + 3);
            room > 0
        })
        .map(str::to_owned)
        .collect()
}
