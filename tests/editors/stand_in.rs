//! A small editor: a real HTTP server with a discovery document and keys of its own. It signs requests as editors do, rotates
//! its keys, and misbehaves.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::support::percent;

/// How the editor answers when its discovery document is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// As it should.
    Good,
    /// 200 with this body.
    Says(String),
    /// Another status.
    Status(u16),
    /// Never ends its answer.
    Slow,
    /// Sends more than anybody wants to read.
    Huge,
    /// Sends elsewhere.
    Redirects(String),
}

/// A private key.
#[derive(Clone)]
pub(crate) struct Key(Arc<KeyPair>);

impl Key {
    pub(crate) fn new() -> Self {
        Self(Arc::new(KeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(crate) fn modulus(&self) -> String {
        STANDARD.encode(self.0.public_key().modulus().big_endian_without_leading_zero())
    }

    /// The signature over token, URL and time (files.md section 5.2).
    pub(crate) fn sign(&self, token: &str, url: &str, ticks: i64) -> String {
        let mut message = Vec::new();
        for field in [token.as_bytes(), url.to_uppercase().as_bytes(), &ticks.to_be_bytes()] {
            message.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
            message.extend_from_slice(field);
        }
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature).unwrap();
        STANDARD.encode(signature)
    }
}

/// Now, in the ticks of `X-WOPI-TimeStamp`.
pub(crate) fn ticks() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_nanos() / 100).unwrap() + 621_355_968_000_000_000
}

struct Shared {
    manner: Mutex<Manner>,
    keys: Mutex<(Key, Key)>,
    asked: AtomicUsize,
    open: AtomicBool,
    address: SocketAddr,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// The editor.
pub(crate) struct StandIn {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        Self::start_with(None)
    }

    /// Over TLS, with a certificate of its own making; its PEM.
    pub(crate) fn start_over_tls() -> (Self, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        (Self::start_with(Some(Arc::new(config))), made.cert.pem())
    }

    fn start_with(tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            manner: Mutex::new(Manner::Good),
            keys: Mutex::new((Key::new(), Key::new())),
            asked: AtomicUsize::new(0),
            open: AtomicBool::new(true),
            address: listener.local_addr().unwrap(),
            tls,
        });
        let mut editor = Self { shared, thread: None };
        editor.listen(listener);
        editor
    }

    fn listen(&mut self, listener: TcpListener) {
        self.shared.open.store(true, Ordering::SeqCst);
        let shared = Arc::clone(&self.shared);
        self.thread = Some(std::thread::spawn(move || {
            for connection in listener.incoming() {
                if !shared.open.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || _ = connection.and_then(|connection| serve(&shared, connection)));
            }
        }));
    }

    /// Nobody answers at its address any more.
    pub(crate) fn go_away(&mut self) {
        self.shared.open.store(false, Ordering::SeqCst);
        _ = TcpStream::connect(self.shared.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    /// Answers again.
    pub(crate) fn come_back(&mut self) {
        self.listen(TcpListener::bind(self.shared.address).unwrap());
    }

    pub(crate) fn discovery_url(&self) -> String {
        match self.shared.tls {
            Some(_) => format!("https://localhost:{}/hosting/discovery", self.shared.address.port()),
            None => format!("http://{}/hosting/discovery", self.shared.address),
        }
    }

    /// How often its discovery document was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn behave(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// A new key; the present one becomes the old one.
    pub(crate) fn rotate(&self) {
        let mut keys = self.shared.keys.lock().unwrap();
        keys.1 = std::mem::replace(&mut keys.0, Key::new());
    }

    /// A new key twice and no word of the one before, as Collabora does it.
    pub(crate) fn replace_keys(&self) {
        let key = Key::new();
        *self.shared.keys.lock().unwrap() = (key.clone(), key);
    }

    /// The current and the old key.
    pub(crate) fn keys(&self) -> (Key, Key) {
        self.shared.keys.lock().unwrap().clone()
    }

    /// The three headers over a request for this URL now.
    pub(crate) fn headers(&self, token: &str, url: &str) -> Vec<(&'static str, String)> {
        let (current, old) = self.keys();
        signed(&current, &old, token, url, ticks())
    }
}

/// The three headers, by these keys, at this time.
pub(crate) fn signed(current: &Key, old: &Key, token: &str, url: &str, ticks: i64) -> Vec<(&'static str, String)> {
    vec![
        ("X-WOPI-TimeStamp", ticks.to_string()),
        ("X-WOPI-Proof", current.sign(token, url, ticks)),
        ("X-WOPI-ProofOld", old.sign(token, url, ticks)),
    ]
}

/// The query with a token, as the conformance suite writes it, and with what Collabora adds.
pub(crate) fn query(token: &str) -> String {
    format!("access_token={}&access_token_ttl=0", percent(token))
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.go_away();
    }
}

fn serve(shared: &Shared, connection: TcpStream) -> std::io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(30)))?;
    match &shared.tls {
        None => answer(shared, connection),
        Some(config) => {
            let session = rustls::ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
            let mut secured = rustls::StreamOwned::new(session, connection);
            answer(shared, &mut secured)?;
            secured.conn.send_close_notify();
            secured.flush()
        }
    }
}

fn answer(shared: &Shared, mut connection: impl Read + Write) -> std::io::Result<()> {
    let mut reader = BufReader::new(&mut connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    while line.trim() != "" {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            break;
        }
    }
    if path == "/hosting/capabilities" {
        return send(connection, "200 OK", "", "{\"productName\":\"Stand-in\"}");
    }
    if path != "/hosting/discovery" {
        return send(connection, "404 Not Found", "", "");
    }
    // Counted when it has been answered, so that whoever waits for it finds the host at work on it.
    let manner = shared.manner.lock().unwrap().clone();
    let outcome = match manner {
        Manner::Good => send(connection, "200 OK", "Expires: Thu, 01 Jan 1970 00:00:00 GMT\r\n", &document(shared)),
        Manner::Says(text) => send(connection, "200 OK", "", &text),
        Manner::Status(status) => send(connection, &format!("{status} So It Is"), "", "no"),
        Manner::Redirects(to) => send(connection, "302 Found", &format!("Location: {to}\r\n"), ""),
        Manner::Slow => drip(connection),
        Manner::Huge => pour(connection),
    };
    shared.asked.fetch_add(1, Ordering::SeqCst);
    outcome
}

fn send(mut connection: impl Write, status: &str, more: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(connection, "HTTP/1.1 {status}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// A beginning, and then nothing for longer than anybody waits.
fn drip(mut connection: impl Read + Write) -> std::io::Result<()> {
    connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<wopi-discovery>")?;
    let mut rest = Vec::new();
    // Ends when the other side has had enough.
    _ = connection.read_to_end(&mut rest);
    Ok(())
}

/// Chunks without a length, until the other side has had enough; at most 64 MiB.
fn pour(mut connection: impl Write) -> std::io::Result<()> {
    connection.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    let piece = format!("10000\r\n{}\r\n", " ".repeat(65_536));
    for _ in 0..1024 {
        if connection.write_all(piece.as_bytes()).is_err() {
            break;
        }
    }
    Ok(())
}

fn document(shared: &Shared) -> String {
    let (current, old) = shared.keys.lock().unwrap().clone();
    let address = shared.address;
    format!(
        "<wopi-discovery><net-zone name=\"external-http\"><app name=\"writer\">\
         <action name=\"edit\" ext=\"odt\" default=\"true\" urlsrc=\"http://{address}/browser/1/cool.html?\"/></app>\
         <app name=\"Capabilities\"><action ext=\"\" name=\"getinfo\" urlsrc=\"http://{address}/hosting/capabilities\"/></app>\
         </net-zone><proof-key modulus=\"{}\" exponent=\"AQAB\" oldmodulus=\"{}\" oldexponent=\"AQAB\"/></wopi-discovery>",
        current.modulus(),
        old.modulus(),
    )
}
