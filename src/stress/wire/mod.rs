//! A small HTTP/1.1 client that does what a generator needs and no more: one request at a time on a connection, bodies
//! announced in either way or cut off in the middle, answers hashed instead of kept. It sends nothing twice: what became of
//! a request whose connection broke is for the judge to reckon with.

mod pool;
mod read;
mod stream;

use std::{io, time::Duration};

use tokio::time::timeout;

pub use self::{pool::Pool, stream::Address};
use self::{read::Wanted, stream::Stream};
use crate::judge::history::{Content, Framing};

/// How long the other side may take nothing of a body before it is taken to have answered already.
const STALL: Duration = Duration::from_secs(3);

/// How many bytes are given to the connection at a time.
const PIECE: usize = 64 * 1024;

/// What is sent.
#[derive(Debug)]
pub struct Request<'a> {
    /// `POST` or `GET`.
    pub post: bool,
    /// Path and query.
    pub path: &'a str,
    /// Headers, beside those of HTTP itself.
    pub headers: &'a [(&'static str, &'a str)],
    /// The bytes of the body; empty for none.
    pub body: &'a [u8],
    /// How their length is announced.
    pub framing: Framing,
    /// Where the sender stops on purpose.
    pub cut: Option<usize>,
    /// What is to be kept of the answer's body.
    pub keep: Keep,
}

/// What is kept of an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// Its digest.
    Digest,
    /// Its bytes; they are JSON, and few.
    Bytes,
}

/// What came back.
#[derive(Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `X-WOPI-Lock`.
    pub lock: Option<Box<str>>,
    /// `X-WOPI-ItemVersion`.
    pub version: Option<Box<str>>,
    /// The digest of the body, when it was asked for.
    pub content: Option<Content>,
    /// The body, when it was asked for.
    pub bytes: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Lost {
    /// No connection was made: nothing was sent.
    Unreachable(io::Error),
    /// The connection broke, or what came is no HTTP.
    Broken(io::Error),
    /// The sender stopped in the middle, as it was to.
    Cut,
}

/// A connection that stays open from one request to the next.
#[derive(Debug)]
struct Connection {
    stream: Stream,
    /// What is written, and then what is read: one buffer for all of the connection's life.
    buffer: Vec<u8>,
    used: std::time::Instant,
}

impl Connection {
    /// Sends a request and reads its answer; says whether the connection can be used again.
    async fn exchange(&mut self, address: &Address, request: &Request<'_>) -> Result<(Answer, bool), Lost> {
        let whole = match self.write(address, request).await {
            Ok(whole) => whole,
            Err(Lost::Broken(error)) => {
                // Who refuses a body early may close before it was sent; the answer is there all the same.
                return match self.read(request.keep).await {
                    Ok((answer, _)) => Ok((answer, false)),
                    Err(_) => Err(Lost::Broken(error)),
                };
            }
            Err(lost) => return Err(lost),
        };
        let (answer, open) = self.read(request.keep).await.map_err(Lost::Broken)?;
        Ok((answer, open && whole))
    }

    async fn read(&mut self, keep: Keep) -> io::Result<(Answer, bool)> {
        self.buffer.clear();
        read::answer(&mut self.stream, &mut self.buffer, Wanted(keep)).await
    }

    /// Whether all of it was taken.
    async fn write(&mut self, address: &Address, request: &Request<'_>) -> Result<bool, Lost> {
        self.head(address, request);
        let body = request.cut.map_or(request.body, |cut| &request.body[..cut.min(request.body.len())]);
        let mut rest = body;
        // What is small goes out in one piece.
        loop {
            let (piece, after) = rest.split_at(rest.len().min(PIECE));
            rest = after;
            if request.framing == Framing::Chunked && !piece.is_empty() {
                self.buffer.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                self.buffer.extend_from_slice(piece);
                self.buffer.extend_from_slice(b"\r\n");
            } else {
                self.buffer.extend_from_slice(piece);
            }
            if rest.is_empty() && request.framing == Framing::Chunked && request.cut.is_none() {
                self.buffer.extend_from_slice(b"0\r\n\r\n");
            }
            if body.len() > PIECE {
                match timeout(STALL, self.stream.write_all(&self.buffer)).await {
                    Ok(written) => written.map_err(Lost::Broken)?,
                    Err(_) => return Ok(false),
                }
            } else {
                self.stream.write_all(&self.buffer).await.map_err(Lost::Broken)?;
            }
            self.buffer.clear();
            if rest.is_empty() {
                break;
            }
        }
        if request.cut.is_some() {
            self.stream.shut_down().await;
            return Err(Lost::Cut);
        }
        Ok(true)
    }

    fn head(&mut self, address: &Address, request: &Request<'_>) {
        use io::Write as _;
        let out = &mut self.buffer;
        out.clear();
        out.extend_from_slice(if request.post { b"POST " } else { b"GET " });
        out.extend_from_slice(request.path.as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\nHost: ");
        out.extend_from_slice(address.authority().as_bytes());
        out.extend_from_slice(b"\r\n");
        for (name, value) in request.headers {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        if request.framing == Framing::Chunked {
            out.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        } else if request.post {
            // Writing into a `Vec` cannot fail.
            _ = write!(out, "Content-Length: {}\r\n\r\n", request.body.len());
        } else {
            out.extend_from_slice(b"\r\n");
        }
    }
}
