//! A small proxy: one thread for each connection, one request on each.

use std::{
    io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crate::front::Rules;

pub(crate) struct Small {
    open: Arc<AtomicBool>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl Small {
    pub(crate) fn start(rules: Rules, from: u16, to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", from)).unwrap();
        let open = Arc::new(AtomicBool::new(true));
        let (still, rules) = (Arc::clone(&open), Arc::new(rules));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if !still.load(Ordering::SeqCst) {
                    break;
                }
                let rules = Arc::clone(&rules);
                std::thread::spawn(move || _ = connection.and_then(|connection| pass(&rules, connection, to)));
            }
        });
        Self { open, port: from, thread: Some(thread) }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        self.open.store(false, Ordering::SeqCst);
        _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn names(list: &[&str], line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn pass(rules: &Rules, mut client: TcpStream, to: u16) -> std::io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(client.try_clone()?);
    let (head, length) = head(rules, &mut reader)?;
    if let Some((status, place)) = rules.answers {
        return refuse(&mut client, status, &format!("Location: {place}\r\n"));
    }
    if rules.largest_body > 0 && length > rules.largest_body << 20 {
        return refuse(&mut client, 413, "");
    }
    // As nginx does it: the body first, so that nothing is passed on of a request that may not end.
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    let Ok(mut host) = TcpStream::connect(("127.0.0.1", to)) else { return refuse(&mut client, 502, "") };
    let patience = if rules.patience == 0 { 60 } else { rules.patience };
    host.set_read_timeout(Some(Duration::from_secs(patience)))?;
    host.write_all(head.as_bytes())?;
    host.write_all(&body)?;
    let mut answer = BufReader::new(host);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        match answer.read_line(&mut line) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return refuse(&mut client, 504, "");
            }
            outcome => _ = outcome?,
        }
        if !names(rules.hides, &line) {
            client.write_all(line.as_bytes())?;
        }
    }
    std::io::copy(&mut answer, &mut client)?;
    Ok(())
}

/// The head to pass on, and the length of the body.
fn head(rules: &Rules, reader: &mut impl std::io::BufRead) -> std::io::Result<(String, u64)> {
    let (mut head, mut line, mut length, mut chain) = (String::new(), String::new(), 0, String::new());
    reader.read_line(&mut line)?;
    let line_of_host = line.replacen(' ', &format!(" {}", rules.puts_in_front), 1);
    head.push_str(&if rules.old_http { line_of_host.replace("HTTP/1.1", "HTTP/1.0") } else { line_of_host });
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
        let forwarded = ["x-forwarded-for", "x-forwarded-proto"].iter().any(|known| known.eq_ignore_ascii_case(name));
        if forwarded && !rules.silent {
            if name.eq_ignore_ascii_case("x-forwarded-for") {
                chain = format!("{}, ", value.trim());
            }
        } else if !names(rules.takes, &line) && !name.eq_ignore_ascii_case("connection") {
            head.push_str(&line);
        }
    }
    if !rules.silent {
        head.extend(["X-Forwarded-For: ", &chain, "127.0.0.1\r\nX-Forwarded-Proto: http\r\n"]);
    }
    head.push_str("Connection: close\r\n\r\n");
    Ok((head, length))
}

fn refuse(client: &mut TcpStream, status: u16, more: &str) -> std::io::Result<()> {
    write!(client, "HTTP/1.1 {status} No\r\nServer: small\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n")?;
    client.flush()
}
