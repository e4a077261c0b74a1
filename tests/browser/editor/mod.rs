//! A small editor: a real HTTP server in a thread of its own, with a discovery document and keys of its own, and no line of
//! the host's code. A browser loads its page into the frame; it locks, reads and saves as the editor does that it stands in
//! for; and it misbehaves when it is told to.

mod discovery;
mod http;
mod page;
mod session;
mod wopi;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
};

use tokio::{net::TcpListener, sync::oneshot};

use crate::stand_in::Key;
use session::Session;

/// Which editor it stands in for (web-host.md section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No placeholders; messages in stages; takes a new token by message; asks for capabilities.
    Collabora,
    /// Placeholders; the token in the query only; one lock id for a file.
    OnlyOffice,
    /// Placeholders, `sc` among them; buttons that are enabled by CheckFileInfo.
    Office,
}

impl Shape {
    /// Its name in the settings of the host.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Collabora => "collabora",
            Self::OnlyOffice => "onlyoffice",
            Self::Office => "office",
        }
    }
}

/// What it does wrong with a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Saves as if it had never locked.
    SavesWithoutLock,
    /// Says "saved" and sends nothing.
    OnlySaysSaved,
    /// Signs with a key that is not its own.
    WrongSignature,
    /// Signs with a time of an hour ago.
    OldTimestamp,
    /// Saves so many bytes more.
    HugeBody(usize),
}

/// A form that a page of the host posted into the frame.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// Path and query as they came.
    pub(crate) target: String,
    /// The query, decoded.
    pub(crate) query: BTreeMap<String, String>,
    /// The form's fields.
    pub(crate) fields: BTreeMap<String, String>,
    /// The `Referer` header.
    pub(crate) referer: Option<String>,
}

impl Launch {
    /// The address of the file, under whichever name it came.
    pub(crate) fn wopi_src(&self) -> &str {
        let named = self.query.iter().find(|(name, _)| name.eq_ignore_ascii_case("wopisrc"));
        named.map_or("", |(_, value)| value)
    }
}

/// A call of its server to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Called {
    pub(crate) wopi_src: String,
    /// The override, or `CHECK_FILE_INFO` and `GET_FILE`.
    pub(crate) operation: &'static str,
    pub(crate) status: u16,
}

struct Shared {
    shape: Shape,
    address: SocketAddr,
    keys: Mutex<(Key, Key)>,
    state: Mutex<State>,
    client: reqwest::Client,
}

#[derive(Default)]
struct State {
    faults: HashMap<String, Fault>,
    launches: Vec<Launch>,
    called: Vec<Called>,
    sessions: HashMap<u64, Session>,
    next: u64,
    discoveries: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// `localhost`, while the host is `127.0.0.1`: another site for the browser, as it is in life.
    fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    fn fault(&self, wopi_src: &str) -> Fault {
        let id = wopi_src.rsplit('/').next().unwrap_or_default();
        self.state().faults.get(id).copied().unwrap_or_default()
    }
}

/// The editor; ends with the test program, or when it is dropped.
pub(crate) struct Editor {
    shared: Arc<Shared>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Editor {
    pub(crate) fn start(shape: Shape) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let shared = Arc::new(Shared {
            shape,
            address: listener.local_addr().unwrap(),
            keys: Mutex::new((Key::new(), Key::new())),
            state: Mutex::default(),
            client: crate::support::wopi::http_client(),
        });
        let (end, ended) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = accept(listener, served) => {}
                    _ = ended => {}
                }
            });
        });
        Self { shared, end: Some(end), thread: Some(thread) }
    }

    /// What the host's setting `editors.discovery` says of it.
    pub(crate) fn setting(&self) -> String {
        format!("{}={}/hosting/discovery", self.shared.shape.name(), self.origin())
    }

    /// Where its frame comes from.
    pub(crate) fn origin(&self) -> String {
        self.shared.origin()
    }

    /// From now on it does this wrong with this file.
    pub(crate) fn misbehave(&self, file: &str, fault: Fault) {
        self.shared.state().faults.insert(file.to_owned(), fault);
    }

    /// A new key; the present one becomes the old one.
    pub(crate) fn rotate(&self) {
        let mut keys = self.shared.keys.lock().unwrap();
        keys.1 = std::mem::replace(&mut keys.0, Key::new());
    }

    /// How often its discovery document was asked for.
    pub(crate) fn discoveries(&self) -> usize {
        self.shared.state().discoveries
    }

    /// What was posted into the frame for this file, in order.
    pub(crate) fn launches(&self, file: &str) -> Vec<Launch> {
        let end = format!("/{file}");
        self.shared.state().launches.iter().filter(|launch| launch.wopi_src().ends_with(&end)).cloned().collect()
    }

    /// What its server asked the host for about this file, in order.
    pub(crate) fn called(&self, file: &str) -> Vec<(&'static str, u16)> {
        let end = format!("/{file}");
        let state = self.shared.state();
        let of = state.called.iter().filter(|called| called.wopi_src.ends_with(&end));
        of.map(|called| (called.operation, called.status)).collect()
    }

    /// The tokens with which it has this file open, in the order in which it was opened.
    pub(crate) fn tokens(&self, file: &str) -> Vec<String> {
        let end = format!("/{file}");
        let state = self.shared.state();
        let mut of: Vec<_> = state.sessions.iter().filter(|(_, session)| session.wopi_src.ends_with(&end)).collect();
        of.sort_by_key(|(number, _)| **number);
        of.into_iter().map(|(_, session)| session.token.clone()).collect()
    }

    /// A page of its origin that posts this message to the window on top, as soon as it is loaded.
    pub(crate) fn stranger(&self, message: &serde_json::Value) -> String {
        let message = crate::support::percent(&message.to_string());
        format!("{}/stranger?message={message}", self.origin())
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((connection, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // Whoever hangs up has his reasons.
            _ = http::serve(connection, |request| page::answer(Arc::clone(&shared), request)).await;
        });
    }
}
