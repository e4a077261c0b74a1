//! Access tokens taken apart and put together wrongly. They are compact JWTs: three parts of base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

/// Header, claims and signature of a compact token.
fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut next = || parts.next().unwrap_or_else(|| panic!("not a compact JWT: {} bytes", token.len()));
    let decode = |part: &str| serde_json::from_slice(&BASE64.decode(part).expect("base64url")).expect("JSON");
    let (header, claims, signature) = (decode(next()), decode(next()), next().to_owned());
    (header, claims, signature)
}

fn join(header: &Value, claims: &Value, signature: &str) -> String {
    format!("{}.{}.{signature}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

/// The expiry in seconds since 1970.
pub(crate) fn expiry(token: &str) -> u64 {
    parts(token).1["exp"].as_u64().expect("the claim `exp`")
}

/// The same claims under `alg: none`, without a signature.
pub(crate) fn unsigned(token: &str) -> String {
    let (mut header, claims, _) = parts(token);
    header["alg"] = json!("none");
    join(&header, &claims, "")
}

/// The same claims under `alg: none`, with the old signature.
pub(crate) fn unsigned_with_signature(token: &str) -> String {
    let (mut header, claims, signature) = parts(token);
    header["alg"] = json!("none");
    join(&header, &claims, &signature)
}

/// The same header and claims, signed with a key that the host never had.
pub(crate) fn forged(token: &str) -> String {
    let (header, claims, _) = parts(token);
    let text = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"a key of somebody else's making, 32+");
    let tag = aws_lc_rs::hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", BASE64.encode(tag.as_ref()))
}

/// The same token with a later expiry and the old signature.
pub(crate) fn prolonged(token: &str) -> String {
    let (header, mut claims, signature) = parts(token);
    claims["exp"] = json!(claims["exp"].as_u64().expect("the claim `exp`") + 86_400);
    join(&header, &claims, &signature)
}

/// The same token under a key id that the host does not know (or no longer has).
pub(crate) fn of_unknown_key(token: &str) -> String {
    let (mut header, claims, signature) = parts(token);
    header["kid"] = json!("key-of-long-ago");
    join(&header, &claims, &signature)
}

/// The token with one bit of its signature turned.
pub(crate) fn with_bent_signature(token: &str) -> String {
    let (header, claims, signature) = parts(token);
    let mut bytes = BASE64.decode(signature).expect("base64url");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    join(&header, &claims, &BASE64.encode(bytes))
}

/// The token cut in the middle of its signature.
pub(crate) fn cut(token: &str) -> String {
    token[..token.len() - 10].to_owned()
}

/// The signature: what must never stand in a log.
pub(crate) fn signature(token: &str) -> String {
    parts(token).2
}
