//! Bytes between this machine's files and the host, without holding a file in memory.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::stream;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Body;

use super::failure::Failure;

/// Bytes in one piece.
const PIECE: usize = 256 * 1024;

/// SHA-256 of a file, base64, and its size.
pub(super) fn fingerprint(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut digest = Context::new(&SHA256);
    let mut piece = vec![0; PIECE];
    let mut size = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((size, STANDARD.encode(digest.finish())));
        }
        size += read as u64;
        digest.update(&piece[..read]);
    }
}

/// A file as the body of a request, read as it is sent.
pub(super) fn body(file: File, bar: ProgressBar) -> Body {
    Body::wrap_stream(stream::try_unfold((file, bar), |(mut file, bar)| async move {
        let mut piece = vec![0; PIECE];
        // A local disk is read while nothing else waits for this thread.
        let read = file.read(&mut piece)?;
        piece.truncate(read);
        bar.inc(read as u64);
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(piece), (file, bar))))
    }))
}

/// A bar of bytes; nobody sees it when standard error is no terminal.
pub(super) fn bar(total: Option<u64>) -> Result<ProgressBar, Failure> {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            "{wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}\n{wide_msg}",
        ),
        None => (ProgressBar::new_spinner(), "{spinner} {binary_bytes} {binary_bytes_per_sec} {wide_msg}"),
    };
    let style = ProgressStyle::with_template(template).map_err(|error| Failure::failed(error.to_string()))?;
    Ok(bar.with_style(style))
}
