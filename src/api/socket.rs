//! The socket `admin.sock` in the data directory: for its owner alone.
//!
//! Whoever has the data directory open serves it: the server, or a command for the length of its run. Its path is opened
//! through the directory's descriptor, because the path of a Unix socket has at most 107 bytes.

use std::{
    any::Any,
    fs::{self, File, Permissions},
    io::{self, Read as _, Write as _},
    os::{
        fd::AsRawFd as _,
        unix::{
            fs::PermissionsExt as _,
            net::{UnixListener, UnixStream},
        },
    },
    path::{Path, PathBuf},
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::StatusCode,
    middleware::{self, Next},
    rt, web,
};
use tokio::sync::oneshot;

use super::{Admin, routes};
use crate::server::reply;

/// The socket's name in the data directory.
pub const SOCKET: &str = "admin.sock";

/// How long the queue of those who have connected may take to be served when the socket closes.
const LAST_CALL: Duration = Duration::from_secs(10);

/// Why the socket cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve the socket {SOCKET} in {}: {source}", directory.display())]
pub struct SocketError {
    /// The data directory.
    directory: PathBuf,
    /// The system's reason.
    source: io::Error,
}

/// A socket that is served on a thread of its own, until it is stopped.
#[derive(Debug)]
pub struct AdminSocket {
    directory: File,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A file in a directory that is open, by a path of a few bytes.
pub fn short_path(directory: &File, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/{name}", directory.as_raw_fd()))
}

/// Serves the socket of the host's data directory. `grace` is how long requests in flight may go on once it is stopped.
///
/// # Errors
/// [`SocketError`].
pub fn serve(admin: Admin, grace: Duration) -> Result<AdminSocket, SocketError> {
    let path = admin.host.options().data_dir.clone();
    start(admin, &path, grace).map_err(|source| SocketError { directory: path, source })
}

fn start(admin: Admin, path: &Path, grace: Duration) -> io::Result<AdminSocket> {
    let directory = File::open(path)?;
    let listener = bind(&directory)?;
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = mpsc::channel();
    let thread = std::thread::Builder::new().name("lockhouse-admin".to_owned()).spawn(move || {
        let run = async move {
            let server = match server(admin, listener, grace) {
                Ok(server) => server,
                Err(error) => {
                    _ = tell.send(Err(error));
                    return;
                }
            };
            let handle = server.handle();
            let mut serving = rt::spawn(server);
            _ = tell.send(Ok(()));
            tokio::select! {
                ended = &mut serving => tracing::error!(?ended, "the socket for commands is served no more"),
                _ = stopped => {
                    handle.stop(true).await;
                    _ = serving.await;
                }
            }
        };
        rt::System::new().block_on(run);
    })?;
    told.recv().map_err(io::Error::other)??;
    Ok(AdminSocket { directory, stop: Some(stop), thread: Some(thread) })
}

/// Binds beside the name and puts it there when only its owner may connect; what a killed process left is replaced.
fn bind(directory: &File) -> io::Result<UnixListener> {
    let unfinished = short_path(directory, &format!("{SOCKET}.new"));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&unfinished)?;
    fs::set_permissions(&unfinished, Permissions::from_mode(0o600))?;
    fs::rename(&unfinished, short_path(directory, SOCKET))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Whose process is at the other end.
struct Peer(u32);

fn note_peer(connection: &dyn Any, data: &mut Extensions) {
    let stream = connection.downcast_ref::<rt::net::UnixStream>();
    if let Some(peer) = stream.and_then(|stream| stream.peer_cred().ok()) {
        data.insert(Peer(peer.uid()));
    }
}

/// The file's mode keeps others out; this holds even if somebody opens it up.
async fn owner_only<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let own = rustix::process::geteuid().as_raw();
    match request.conn_data::<Peer>() {
        Some(Peer(uid)) if *uid == own || *uid == 0 => next.call(request).await,
        _ => {
            let text = "only the user who runs this host may use this socket";
            Err(InternalError::from_response(text, reply::message(StatusCode::FORBIDDEN, text)).into())
        }
    }
}

fn server(admin: Admin, listener: UnixListener, grace: Duration) -> io::Result<actix_web::dev::Server> {
    let admin = web::Data::new(admin);
    let factory = move || {
        App::new()
            .app_data(admin.clone())
            .configure(routes)
            .default_service(web::to(|| async { reply::not_found() }))
            .wrap(middleware::from_fn(owner_only))
    };
    let server = HttpServer::new(factory)
        .on_connect(note_peer)
        .workers(1)
        .shutdown_timeout(grace.as_secs().max(1))
        .disable_signals()
        .listen_uds(listener)?;
    Ok(server.run())
}

impl AdminSocket {
    /// Takes the socket away, answers everyone who has connected before, and returns. Blocking.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(stop) = self.stop.take() else { return };
        // From here on a new command does not connect, and opens the data directory itself once it is free.
        let closing = short_path(&self.directory, &format!("{SOCKET}.closing"));
        if fs::rename(short_path(&self.directory, SOCKET), &closing).is_ok() {
            // Connections are taken in their order: when this one is answered, all before it were taken.
            if let Err(error) = last_call(&closing) {
                tracing::debug!(%error, "the socket for commands did not answer its last call");
            }
            _ = fs::remove_file(&closing);
        }
        _ = stop.send(());
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        self.end();
    }
}

fn last_call(path: &Path) -> io::Result<()> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(LAST_CALL))?;
    stream.set_write_timeout(Some(LAST_CALL))?;
    stream.write_all(b"GET /v1/last-call HTTP/1.1\r\nHost: lockhouse\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 256];
    while stream.read(&mut answer)? > 0 {}
    Ok(())
}
