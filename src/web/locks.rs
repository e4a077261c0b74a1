//! What pages say of the lock of a file.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// What a form says of the lock that its page showed: the editor's own text may be of any kind.
pub(super) fn fingerprint(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, id.as_bytes()))
}

/// The program whose lock ids look like this.
pub(super) fn editor_of(id: &str) -> Option<&'static str> {
    if id.starts_with("cool-lock") || id.starts_with("lool-lock") {
        Some("Collabora Online")
    } else if id.starts_with('{') && id.contains("\"S\"") {
        Some("Microsoft Office")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_is_told_by_its_lock_id() {
        assert_eq!(editor_of("cool-lock89abcdef"), Some("Collabora Online"));
        assert_eq!(editor_of(r#"{"S":"6f5c","F":4}"#), Some("Microsoft Office"));
        assert_eq!(editor_of("A"), None);
        assert_eq!(editor_of(""), None);
    }
}
