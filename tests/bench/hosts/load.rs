//! The generator: plain HTTP/1.1 over kept connections on one thread, with as little work of its own as can be, because it
//! shares the machine with what it measures. All hosts are driven by it.

use std::{
    cell::{Cell, RefCell},
    io,
    rc::Rc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::LocalSet,
};

/// What one connection sends: the n-th request.
pub type Requests = Box<dyn FnMut(u64, &mut Vec<u8>)>;

/// How a run went.
#[derive(Debug)]
pub struct Outcome {
    /// Answers in a second.
    pub rate: f64,
    /// Bytes of bodies in a second.
    pub bytes: f64,
    /// Microseconds from the first byte sent to the last one received.
    pub latency: Histogram<u64>,
}

impl Outcome {
    /// A percentile of the latency, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "for a table")]
    pub fn at(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64
    }
}

/// A request without a body.
pub fn request(method: &str, target: &str, host: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if method != "GET" {
        text.push_str("Content-Length: 0\r\n");
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// A connection's buffer and socket.
struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Sends a request and reads the whole answer: status and bytes of the body.
    async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, u64)> {
        self.socket.write_all(request).await?;
        let mut filled = 0;
        let (status, length, head) = loop {
            let read = self.socket.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            if let Some(head) = head_of(&self.buffer[..filled]) {
                break head;
            }
        };
        let mut left = length.saturating_sub((filled - head) as u64);
        while left > 0 {
            let read = self.socket.read(&mut self.buffer).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left = left.saturating_sub(read as u64);
        }
        Ok((status, length))
    }
}

/// Status, length of the body and length of the head, once it is there whole.
fn head_of(bytes: &[u8]) -> Option<(u16, u64, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..end]).expect("a head is text");
    let status = text.get(9..12).and_then(|code| code.parse().ok()).expect("a status");
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().expect("a length"));
    Some((status, length, end))
}

/// What the connections of a run share.
struct Tally {
    until: Instant,
    answers: Cell<u64>,
    bytes: Cell<u64>,
    latency: RefCell<Histogram<u64>>,
}

/// Drives `address` for `duration`, each connection with its own requests, closed loop; panics at an answer that is neither 200
/// nor 409.
pub fn drive(address: &str, requests: Vec<Requests>, duration: Duration) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let begun = Instant::now();
    let tally = Rc::new(Tally {
        until: begun + duration,
        answers: Cell::new(0),
        bytes: Cell::new(0),
        latency: RefCell::new(Histogram::new(3).unwrap()),
    });
    let all = LocalSet::new();
    for mut next in requests {
        let (tally, address) = (Rc::clone(&tally), address.to_owned());
        all.spawn_local(async move {
            let socket = TcpStream::connect(&address).await.expect("a connection");
            socket.set_nodelay(true).unwrap();
            let mut connection = Connection { socket, buffer: vec![0; 64 << 10] };
            let mut text = Vec::new();
            let mut number = 0;
            while Instant::now() < tally.until {
                next(number, &mut text);
                number += 1;
                let sent = Instant::now();
                let (status, length) = connection.exchange(&text).await.expect("an answer");
                assert!(
                    matches!(status, 200 | 409),
                    "{status}: {}",
                    String::from_utf8_lossy(&text[..text.len().min(400)])
                );
                tally.answers.set(tally.answers.get() + 1);
                tally.bytes.set(tally.bytes.get() + length);
                let micros = u64::try_from(sent.elapsed().as_micros()).unwrap();
                tally.latency.borrow_mut().saturating_record(micros.max(1));
            }
        });
    }
    runtime.block_on(all);
    let seconds = begun.elapsed().as_secs_f64();
    let tally = Rc::into_inner(tally).expect("all connections have ended");
    #[expect(clippy::cast_precision_loss, reason = "for a table")]
    Outcome {
        rate: tally.answers.get() as f64 / seconds,
        bytes: tally.bytes.get() as f64 / seconds,
        latency: tally.latency.into_inner(),
    }
}

/// The same request on every connection, again and again.
pub fn same(connections: usize, request: &[u8]) -> Vec<Requests> {
    alternating(&vec![vec![request.to_vec()]; connections])
}

/// On each connection its own requests, in turn.
pub fn alternating(connections: &[Vec<Vec<u8>>]) -> Vec<Requests> {
    connections
        .iter()
        .map(|turns| {
            let turns = turns.clone();
            Box::new(move |number: u64, text: &mut Vec<u8>| {
                text.clear();
                text.extend_from_slice(&turns[usize::try_from(number).unwrap() % turns.len()]);
            }) as Requests
        })
        .collect()
}
