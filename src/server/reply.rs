//! Answers that are not part of any protocol: a status and a sentence that a person understands.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;

/// The body of such an answer.
#[derive(Serialize)]
struct Message<'a> {
    status: u16,
    message: &'a str,
}

/// `{"status":404,"message":"…"}` with that status.
pub fn message(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Message { status: status.as_u16(), message: text })
}

/// 404 for a path that leads nowhere.
pub fn not_found() -> HttpResponse {
    message(StatusCode::NOT_FOUND, "there is nothing at this address")
}

/// 405 that names the methods which would do (files.md section 1.1).
pub fn method_not_allowed(allowed: &str) -> HttpResponse {
    let mut response = message(StatusCode::METHOD_NOT_ALLOWED, &format!("this address answers only {allowed}"));
    if let Ok(allowed) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// 503 that asks to come back after `seconds`.
pub fn overloaded(seconds: u32, text: &str) -> HttpResponse {
    let mut response = message(StatusCode::SERVICE_UNAVAILABLE, text);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    response
}

/// A text that may stand in a header and in a log line: printable ASCII, anything else as `?`, at most `longest`
/// characters.
pub fn header_text(text: &[u8], longest: usize) -> String {
    let printable = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '?' };
    text.iter().take(longest).map(printable).collect()
}
