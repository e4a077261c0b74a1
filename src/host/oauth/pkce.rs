//! Proof key for code exchange (RFC 7636; bootstrapper-oauth.md rule B-48): method `S256` alone.

use super::secrets;

/// Whether a text can be an S256 challenge: 256 bits in base64url without padding.
pub fn is_challenge(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether `verifier` is well-formed and the one that `challenge` was made from.
pub(super) fn fits(challenge: &str, verifier: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && secrets::equal(challenge, &secrets::hash(verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_standard_holds() {
        assert!(is_challenge(CHALLENGE));
        assert!(fits(CHALLENGE, VERIFIER));
        assert!(!fits(CHALLENGE, &VERIFIER.replace('d', "e")));
        assert!(!fits(VERIFIER, VERIFIER), "plain is not accepted");
    }

    #[test]
    fn texts_of_another_form_are_refused() {
        for bad in ["", "short", &format!("{}=", &CHALLENGE[1..]), &"x".repeat(44), &"ä".repeat(21)] {
            assert!(!is_challenge(bad), "{bad}");
        }
        for bad in ["x".repeat(42), "x".repeat(129), "+".repeat(43), String::new()] {
            assert!(!fits(&secrets::hash(&bad), &bad), "{bad}");
        }
    }
}
