//! The nearest known name, for those who mistyped one.

/// Below this likeness a suggestion would only confuse.
const ALIKE: f64 = 0.75;

/// The candidate most like `given`, by the whole key or by its last part; `None` if none is alike.
pub(super) fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    fn last(key: &str) -> &str {
        key.rsplit('.').next().unwrap_or(key)
    }
    let likeness = |candidate: &str| {
        let whole = strsim::jaro_winkler(given, candidate);
        // The right name in the wrong section is a little less alike than the right section.
        whole.max(strsim::jaro_winkler(last(given), last(candidate)) * 0.95)
    };
    candidates
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        let known = ["listen", "limits.body", "limits.json_body", "history.keep_versions"];
        let nearest = |given| nearest(given, known.into_iter());
        assert_eq!(nearest("lsiten"), Some("listen"));
        assert_eq!(nearest("limits.bdoy"), Some("limits.body"));
        assert_eq!(nearest("keep_versions"), Some("history.keep_versions"));
        assert_eq!(nearest("storage.keep_version"), Some("history.keep_versions"));
        assert_eq!(nearest("zzz"), None);
    }
}
