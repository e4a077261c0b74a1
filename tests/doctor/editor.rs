//! A small Collabora Online: discovery, capabilities, and a try at the host when it is asked for one.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// How it is set up.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// The origin of its action URLs; `None` for its own.
    pub(crate) origin: Option<&'static str>,
    /// The whole document, instead.
    pub(crate) document: Option<String>,
    /// What it answers when it is asked to try, instead of trying.
    pub(crate) access: Option<&'static str>,
    /// The status of that answer.
    pub(crate) access_status: u16,
    /// Its clock, instead of none.
    pub(crate) date: Option<&'static str>,
    /// Whether it converts for whoever asks.
    pub(crate) converts: bool,
    /// A key for its proofs.
    pub(crate) has_key: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            origin: None,
            document: None,
            access: None,
            access_status: 200,
            date: None,
            converts: true,
            has_key: true,
        }
    }
}

pub(crate) struct Editor {
    open: Arc<AtomicBool>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl Editor {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(AtomicBool::new(true));
        let (still, manner) = (Arc::clone(&open), Arc::new(manner));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if !still.load(Ordering::SeqCst) {
                    break;
                }
                let manner = Arc::clone(&manner);
                std::thread::spawn(move || _ = connection.and_then(|connection| answer(&manner, connection, port)));
            }
        });
        Self { open, port, thread: Some(thread) }
    }

    pub(crate) fn discovery_url(&self) -> String {
        format!("http://127.0.0.1:{}/hosting/discovery", self.port)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.open.store(false, Ordering::SeqCst);
        _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn answer(manner: &Manner, mut connection: TcpStream, port: u16) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut asked = vec![0; length];
    reader.read_exact(&mut asked)?;
    let (status, body) = match path.as_str() {
        "/hosting/discovery" => (200, manner.document.clone().unwrap_or_else(|| document(manner, port))),
        "/hosting/capabilities" => (
            200,
            format!(
                "{{\"convert-to\":{{\"available\":{}}},\"productName\":\"Stand-in\",\"productVersion\":\"1.2\"}}",
                manner.converts
            ),
        ),
        "/hosting/wopiAccessCheck" => {
            let status = manner.access.unwrap_or_else(|| try_it(&asked));
            (manner.access_status, format!("{{\"status\":\"{status}\"}}"))
        }
        _ => (404, String::new()),
    };
    let date = manner.date.map_or_else(String::new, |date| format!("Date: {date}\r\n"));
    let length = body.len();
    write!(connection, "HTTP/1.1 {status} So\r\n{date}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// Asks the URL that it was given, and says how that went in Collabora's words.
fn try_it(asked: &[u8]) -> &'static str {
    let asked: serde_json::Value = serde_json::from_slice(asked).unwrap();
    let url = asked["callbackUrl"].as_str().unwrap();
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let Ok(mut host) = TcpStream::connect(authority) else { return "HostUnReachable" };
    write!(host, "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    let mut said = String::new();
    host.read_to_string(&mut said).unwrap();
    if said.starts_with("HTTP/1.1 200") { "Ok" } else { "NotHttpSuccess" }
}

fn document(manner: &Manner, port: u16) -> String {
    use base64::Engine as _;
    let origin = manner.origin.map_or_else(|| format!("http://127.0.0.1:{port}"), str::to_owned);
    let action = |extension: &str, name: &str| {
        format!(
            "<action ext=\"{extension}\" name=\"{name}\" default=\"true\" urlsrc=\"{origin}/browser/1/cool.html?\"/>"
        )
    };
    let actions: String =
        ["docx", "xlsx", "pptx", "odt", "ods", "odp"].map(|extension| action(extension, "edit")).concat();
    let shown: String = ["pdf", "doc"].map(|extension| action(extension, "view")).concat();
    // Odd, long enough, and nobody's: what is made of it proves nothing.
    let modulus = base64::engine::general_purpose::STANDARD.encode([0xc5; 256]);
    let key = if manner.has_key {
        format!("<proof-key modulus=\"{modulus}\" exponent=\"AQAB\" oldmodulus=\"{modulus}\" oldexponent=\"AQAB\"/>")
    } else {
        String::new()
    };
    format!(
        "<wopi-discovery><net-zone name=\"external-http\"><app name=\"writer\">{actions}{shown}</app></net-zone>{key}</wopi-discovery>"
    )
}
