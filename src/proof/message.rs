//! The bytes that are signed (files.md section 5.2).

/// Ticks of 100 ns from the year 1, which `X-WOPI-TimeStamp` counts from, to 1970.
pub const EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// Token, URL in capital letters and time, each behind its length. Only ASCII letters have capitals here: a well-formed URL
/// has no others.
pub fn message(token: &[u8], url: &str, ticks: i64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(token.len() + url.len() + 20);
    let mut field = |field: &[u8]| {
        // A head is far below 4 GiB.
        bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(field);
    };
    field(token);
    field(url.to_ascii_uppercase().as_bytes());
    field(&ticks.to_be_bytes());
    bytes
}
