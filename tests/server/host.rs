//! A server on a free port with a few routes, and a client that writes bytes as they are.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use lockhouse::{
    server::{
        BodyReader, Metrics, Server, ServerOptions, Services, Visitor, note_operation, note_reason, tls::TlsReloader,
    },
    settings::{Limits, Period, Settings, Size},
};
use tokio::sync::Notify;

/// The most that `/echo` takes, in bytes.
pub(crate) const BODY_LIMIT: u64 = 1000;

/// What the routes share with the test.
#[derive(Default)]
pub(crate) struct Shared {
    /// Lets `/wait` answer.
    pub(crate) go: Notify,
    /// Says that `/wait` was entered.
    pub(crate) entered: Notify,
    /// Whether the endless answer was dropped.
    pub(crate) dropped: AtomicBool,
    /// Whether `/readyz` is to refuse.
    pub(crate) unready: AtomicBool,
}

/// A running server.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    pub(crate) shared: Arc<Shared>,
    pub(crate) reloader: Option<TlsReloader>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Limits that end a test quickly.
pub(crate) fn limits() -> Limits {
    Limits {
        header_timeout: Period::milliseconds(400),
        body_idle_timeout: Period::milliseconds(600),
        keep_alive: Period::milliseconds(400),
        shutdown_grace: Period::seconds(5),
        head: Size::kib(32),
        ..Limits::default()
    }
}

/// Options on a free port of the loopback device.
pub(crate) fn options() -> ServerOptions {
    let mut options = ServerOptions::from_settings(&Settings { limits: limits(), ..Settings::default() });
    options.listen = "127.0.0.1:0".parse().unwrap();
    options.workers = 1;
    options
}

impl Host {
    pub(crate) fn start() -> Self {
        Self::with(options())
    }

    pub(crate) fn with(options: ServerOptions) -> Self {
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = mpsc::channel();
        let for_server = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let readiness = Arc::clone(&for_server);
            let ready = move || {
                if readiness.unready.load(Ordering::SeqCst) { Err("the disk is full".to_owned()) } else { Ok(()) }
            };
            let services = Services { metrics: Arc::new(Metrics::new()), readiness: Arc::new(ready) };
            let bound = Server::bind(&options, &services, move |routes| configure(&for_server, routes)).unwrap();
            tell.send((bound.address(), bound.url().to_owned(), bound.tls_reloader())).unwrap();
            let stopped = async move { stopped.await.unwrap_or(()) };
            actix_web::rt::System::new().block_on(bound.run_until(stopped)).unwrap();
        });
        let (address, url, reloader) = told.recv().unwrap();
        Self { address, url, shared, reloader, stop: Some(stop), thread: Some(thread) }
    }

    /// Begins to stop; [`Host::drop`] waits for the end.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    pub(crate) fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).unwrap()).patient()
    }

    /// Sends one request on a connection of its own and reads until the server closes it or pauses.
    pub(crate) fn ask(&self, request: &str) -> Answer {
        let mut client = self.connect();
        client.send(request.as_bytes());
        client.answer()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

/// A connection on which bytes go as they are.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) fn patient(self) -> Self {
        // Only against a test that would hang for ever.
        self.0.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        self.0.set_nodelay(true).unwrap();
        self
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        // The server may have refused already.
        let _ = self.0.write_all(bytes);
    }

    /// Reads a head and as much body as it announces.
    pub(crate) fn answer(&mut self) -> Answer {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            if let Some(answer) = Answer::whole(&bytes) {
                return answer;
            }
            match self.0.read(&mut piece) {
                Ok(0) => return Answer::closed(&bytes),
                Ok(length) => bytes.extend_from_slice(&piece[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return Answer::closed(&bytes),
                Err(error) => panic!("no answer: {error}; so far {:?}", String::from_utf8_lossy(&bytes)),
            }
        }
    }

    /// Whether the server has ended the connection, once it has.
    pub(crate) fn is_ended(&mut self) -> bool {
        let mut piece = vec![0; 1 << 20];
        loop {
            match self.0.read(&mut piece) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
            }
        }
    }
}

/// What came back; status 0 if the connection was closed without an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn whole(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        (body.len() >= length.unwrap_or(0)).then(|| Self::of(head, body))
    }

    fn closed(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        Self::of(head, body)
    }

    fn of(head: &str, body: &str) -> Self {
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }
}

fn configure(shared: &Arc<Shared>, routes: &mut web::ServiceConfig) {
    routes.app_data(web::Data::from(Arc::clone(shared)));
    routes.route("/echo", web::post().to(echo));
    routes.route("/ignore", web::post().to(ignore));
    routes.route("/who", web::get().to(who));
    routes.route("/wait", web::get().to(wait));
    routes.route("/endless", web::get().to(endless));
    routes.route("/small", web::get().to(|| async { "small" }));
}

async fn echo(request: HttpRequest, payload: web::Payload) -> HttpResponse {
    note_operation(&request, "Echo");
    let mut body = BodyReader::new(&request, payload, BODY_LIMIT, Duration::from_millis(600));
    match body.read_all().await {
        Ok(bytes) => HttpResponse::Ok().body(bytes),
        Err(error) => {
            note_reason(&request, error.to_string());
            body.drain(1 << 20).await;
            HttpResponse::build(error.status()).body(error.to_string())
        }
    }
}

async fn ignore(request: HttpRequest, payload: web::Payload) -> String {
    let mut body = BodyReader::new(&request, payload, 0, Duration::from_millis(600));
    format!("{:?}", body.drain(1 << 20).await)
}

async fn who(request: HttpRequest) -> String {
    let extensions = request.extensions();
    let visitor = extensions.get::<Visitor>().unwrap();
    format!("{} {} {}", visitor.address, visitor.https, visitor.forwarded_host.as_deref().unwrap_or("-"))
}

async fn wait(shared: web::Data<Shared>) -> &'static str {
    shared.entered.notify_one();
    shared.go.notified().await;
    "waited"
}

async fn endless(shared: web::Data<Shared>) -> HttpResponse {
    struct Flag(web::Data<Shared>);
    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.dropped.store(true, Ordering::SeqCst);
        }
    }
    let flag = Flag(shared);
    let piece = web::Bytes::from(vec![0; 65536]);
    let pieces = futures::stream::repeat_with(move || {
        let _kept = &flag;
        Ok::<_, std::io::Error>(piece.clone())
    });
    HttpResponse::Ok().streaming(pieces)
}

/// The log lines of all hosts in this process.
pub(crate) fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let settings = lockhouse::settings::Log { format: lockhouse::settings::LogFormat::Json, filter: "info".into() };
        let writer = log.clone();
        let subscriber = lockhouse::server::telemetry::subscriber(&settings, false, move || writer.clone()).unwrap();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    })
}

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    /// The lines that hold `mark`, once there is one.
    pub(crate) fn lines_with(&self, mark: &str) -> Vec<String> {
        for _ in 0..2000 {
            let text = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
            let found: Vec<_> = text.lines().filter(|line| line.contains(mark)).map(str::to_owned).collect();
            if !found.is_empty() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Vec::new()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
