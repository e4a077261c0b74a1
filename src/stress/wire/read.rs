//! Answers, as they come (RFC 9112 sections 6 and 7).

use std::io;

use aws_lc_rs::digest::Context;

use super::{Answer, Keep, stream::Stream};
use crate::stress::body::{content, hasher};

/// The longest head of an answer.
const LONGEST_HEAD: usize = 64 * 1024;
/// The largest body that is kept.
const LARGEST_KEPT: usize = 1 << 20;
/// How many headers an answer may have.
const HEADERS: usize = 64;
/// How much is read at a time.
const READ: usize = 64 * 1024;

pub(super) struct Wanted(pub(super) Keep);

/// How the end of a body is known.
#[derive(Clone, Copy, Debug)]
enum Length {
    Bytes(u64),
    Chunked,
    UntilClosed,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed before the answer was complete")
}

/// Reads one answer; says whether the connection stays open.
pub(super) async fn answer(stream: &mut Stream, buffer: &mut Vec<u8>, wanted: Wanted) -> io::Result<(Answer, bool)> {
    loop {
        if let Some((answer, length, open, head)) = head(buffer)? {
            buffer.drain(..head);
            if answer.status < 200 {
                continue;
            }
            let sink = Sink::new(&wanted, answer);
            let answer = body(stream, buffer, length, sink).await?;
            let open = open && !matches!(length, Length::UntilClosed) && buffer.is_empty();
            return Ok((answer, open));
        }
        if buffer.len() > LONGEST_HEAD {
            return Err(broken("the head of the answer is too long"));
        }
        more(stream, buffer).await?;
    }
}

async fn more(stream: &mut Stream, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.reserve(READ.min(buffer.capacity().max(4096)));
    if stream.read(buffer).await? == 0 { Err(ended()) } else { Ok(()) }
}

/// Takes the head apart, if it is complete.
fn head(buffer: &[u8]) -> io::Result<Option<(Answer, Length, bool, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(end) = parsed.parse(buffer).map_err(|error| broken(&error.to_string()))? else {
        return Ok(None);
    };
    let mut answer = Answer { status: parsed.code.unwrap_or(0), ..Answer::default() };
    let mut length = Length::UntilClosed;
    let mut open = parsed.version == Some(1);
    for header in parsed.headers.iter() {
        let value = || String::from_utf8_lossy(header.value.trim_ascii()).into_owned();
        let name = header.name;
        if name.eq_ignore_ascii_case("content-length") {
            if !matches!(length, Length::Chunked) {
                length = Length::Bytes(value().parse().map_err(|_| broken("Content-Length is no number"))?);
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunked;
        } else if name.eq_ignore_ascii_case("connection") {
            open &= !value().eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("x-wopi-lock") {
            answer.lock = Some(value().into());
        } else if name.eq_ignore_ascii_case("x-wopi-itemversion") {
            answer.version = Some(value().into());
        }
    }
    if answer.status < 200 || matches!(answer.status, 204 | 304) {
        length = Length::Bytes(0);
    }
    Ok(Some((answer, length, open, end)))
}

/// Takes the body's bytes.
struct Sink {
    answer: Answer,
    hasher: Option<Context>,
    keep: bool,
    length: u64,
}

impl Sink {
    fn new(wanted: &Wanted, answer: Answer) -> Self {
        let success = (200..300).contains(&answer.status);
        let hasher = (success && wanted.0 == Keep::Digest).then(hasher);
        Self { keep: success && wanted.0 == Keep::Bytes, hasher, answer, length: 0 }
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        if self.keep {
            if self.answer.bytes.len() + bytes.len() > LARGEST_KEPT {
                return Err(broken("the answer is larger than JSON of this kind may be"));
            }
            self.answer.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn finish(mut self) -> Answer {
        self.answer.content = self.hasher.map(|hasher| content(&hasher.finish(), self.length));
        self.answer
    }
}

async fn body(stream: &mut Stream, buffer: &mut Vec<u8>, length: Length, mut sink: Sink) -> io::Result<Answer> {
    match length {
        Length::Bytes(bytes) => counted(stream, buffer, bytes, &mut sink).await?,
        Length::Chunked => chunked(stream, buffer, &mut sink).await?,
        Length::UntilClosed => loop {
            sink.take(buffer)?;
            buffer.clear();
            match more(stream, buffer).await {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
            }
        },
    }
    Ok(sink.finish())
}

async fn counted(stream: &mut Stream, buffer: &mut Vec<u8>, bytes: u64, sink: &mut Sink) -> io::Result<()> {
    let mut left = bytes;
    loop {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        sink.take(&buffer[..here])?;
        buffer.drain(..here);
        left -= here as u64;
        if left == 0 {
            return Ok(());
        }
        more(stream, buffer).await?;
    }
}

async fn chunked(stream: &mut Stream, buffer: &mut Vec<u8>, sink: &mut Sink) -> io::Result<()> {
    loop {
        let size = loop {
            match httparse::parse_chunk_size(buffer).map_err(|_| broken("a chunk has no size"))? {
                httparse::Status::Complete((head, size)) => {
                    buffer.drain(..head);
                    break size;
                }
                httparse::Status::Partial if buffer.len() > LONGEST_HEAD => return Err(broken("a chunk has no size")),
                httparse::Status::Partial => more(stream, buffer).await?,
            }
        };
        counted(stream, buffer, size, sink).await?;
        // The line's end after a chunk; after the last one there may be trailers before it.
        loop {
            while !buffer.contains(&b'\n') {
                if buffer.len() > LONGEST_HEAD {
                    return Err(broken("a chunk has no end"));
                }
                more(stream, buffer).await?;
            }
            let end = buffer.iter().position(|byte| *byte == b'\n').unwrap_or(0);
            let blank = buffer[..end].trim_ascii().is_empty();
            buffer.drain(..=end);
            if blank {
                break;
            }
            if size > 0 {
                return Err(broken("a chunk is longer than it said"));
            }
        }
        if size == 0 {
            return Ok(());
        }
    }
}
