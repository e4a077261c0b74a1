//! The token in a request's `Authorization` header (RFC 6750 section 2.1).

use actix_web::{HttpRequest, http::header};

/// The token, if the request has one.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    token_of(request.headers().get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// The token of `Bearer <token>`: also with a colon, as Office's reference writes it, in any case of letters, after any run
/// of blanks (bootstrapper-oauth.md rule B-5).
fn token_of(header: &str) -> Option<&str> {
    let (scheme, rest) = header.trim().split_at_checked("bearer".len())?;
    let token = rest.strip_prefix(':').or_else(|| rest.starts_with([' ', '\t']).then_some(rest))?.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::token_of;

    #[test]
    fn the_token_is_found_in_every_way_it_is_written() {
        for header in ["Bearer x.y", "bearer   x.y", "BEARER: x.y", "Bearer:x.y", "Bearer\tx.y "] {
            assert_eq!(token_of(header), Some("x.y"), "{header}");
        }
        for header in ["", "Bearer", "Bearer ", "Bearer:", "Bearerx", "Basic eDp5", "x.y", "ä", "beareä x"] {
            assert_eq!(token_of(header), None, "{header}");
        }
    }
}
