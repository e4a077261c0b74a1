//! What stands beside the host in the same minutes: an actix-web server that answers a constant, one that appends to a file
//! before it answers, nginx, and bare writes.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Instant,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use lockhouse::store::sled::{SledDatabase, SledOptions};
use tokio::sync::oneshot;

/// Says which part of the benchmark a process of it plays.
pub const ROLE: &str = "LOCKHOUSE_BENCH_ROLE";

/// The average chunk of random data under the host's cutting.
const CHUNK: usize = 9000;

/// A process that is killed when it is not needed any more.
pub struct Peer {
    child: Child,
    has_workers: bool,
    /// Where it answers.
    pub address: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // nginx ends its workers itself when it is asked to end; killed, it would leave them behind.
        let asked = self.has_workers
            && rustix::process::kill_process(
                rustix::process::Pid::from_child(&self.child),
                rustix::process::Signal::TERM,
            )
            .is_ok();
        if !asked {
            _ = self.child.kill();
        }
        _ = self.child.wait();
    }
}

/// Starts this program again as `role`, which prints its address.
pub fn start(role: &str) -> Peer {
    let mut command = Command::new(env::current_exe().unwrap());
    let mut child = command.env(ROLE, role).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    Peer { child, has_workers: false, address: address.trim().to_owned() }
}

/// Plays a role, if this process was started for one.
pub fn play() -> bool {
    let Ok(role) = env::var(ROLE) else { return false };
    let (what, number) = role.split_once(':').unwrap();
    let size: usize = number.parse().unwrap();
    match what {
        "constant" => constant(size),
        "append" => append(size),
        _ => panic!("no such role: {role}"),
    }
    true
}

fn tell(address: std::net::SocketAddr) {
    println!("{address}");
    std::io::stdout().flush().unwrap();
}

/// Answers every request with the same JSON of `size` bytes.
fn constant(size: usize) {
    let body = web::Bytes::from(vec![b'x'; size]);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type("application/json").body(body) }
            }))
        });
        let server = server.workers(2).bind("127.0.0.1:0").unwrap();
        tell(server.addrs()[0]);
        server.run().await.unwrap();
    });
}

/// Appends `size` bytes to a file and answers when they are on the disk: one `fdatasync` for all that wait.
fn append(size: usize) {
    type Line = (Mutex<Vec<oneshot::Sender<()>>>, Condvar);
    let line: Arc<Line> = Arc::default();
    let writer = Arc::clone(&line);
    let directory = tempfile::tempdir_in(place()).unwrap();
    let mut file = fs::File::create(directory.path().join("log")).unwrap();
    thread::spawn(move || {
        loop {
            let mut waiting = writer.0.lock().unwrap();
            while waiting.is_empty() {
                waiting = writer.1.wait(waiting).unwrap();
            }
            let group = std::mem::take(&mut *waiting);
            drop(waiting);
            file.write_all(&vec![b'x'; size * group.len()]).unwrap();
            file.sync_data().unwrap();
            for answer in group {
                _ = answer.send(());
            }
        }
    });
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let line = Arc::clone(&line);
            App::new().default_service(web::to(move || {
                let line = Arc::clone(&line);
                async move {
                    let (done, wait) = oneshot::channel();
                    line.0.lock().unwrap().push(done);
                    line.1.notify_one();
                    wait.await.unwrap();
                    HttpResponse::Ok().insert_header(("X-WOPI-ItemVersion", "1.abcdef")).finish()
                }
            }))
        });
        let server = server.workers(2).bind("127.0.0.1:0").unwrap();
        tell(server.addrs()[0]);
        server.run().await.unwrap();
    });
}

/// Where the benchmark writes.
pub fn place() -> PathBuf {
    env::var_os("LOCKHOUSE_BENCH_DIR").map_or_else(env::temp_dir, Into::into)
}

/// nginx on `files`, if it is installed.
pub fn nginx(files: &Path) -> Option<Peer> {
    let program =
        ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"].into_iter().find(|at| Path::new(at).exists())?;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let here = files.parent().unwrap();
    let configuration = format!(
        "daemon off; worker_processes 2; pid {here}/nginx.pid; error_log /dev/null;\nevents {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 100000000;\n\
         client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi; \
         uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;\n\
         server {{ listen 127.0.0.1:{port}; root {files}; }} }}\n",
        here = here.display(),
        files = files.display()
    );
    let path = here.join("nginx.conf");
    fs::write(&path, configuration).unwrap();
    // Workers of a server that root starts are another user, who must be able to read the files.
    _ = Command::new("chmod").args(["-R", "a+rX"]).arg(here).status();
    let child = Command::new(program).arg("-c").arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let peer = Peer { child, has_workers: true, address: format!("127.0.0.1:{port}") };
    let begun = Instant::now();
    while std::net::TcpStream::connect(&peer.address).is_err() {
        assert!(begun.elapsed().as_secs() < 10, "nginx does not answer");
        thread::yield_now();
    }
    Some(peer)
}

/// Documents a second of `size` bytes as chunks into a bare database under the recipe, a flush for each `together` of them.
pub fn bare(count: usize, size: usize, together: usize) -> f64 {
    let directory = tempfile::tempdir_in(place()).unwrap();
    let database = SledDatabase::open(&directory.path().join("bare"), SledOptions::content(16 << 20)).unwrap();
    let tree = database.tree("chunks").unwrap();
    let (mut noise, mut document, mut number) = (Noise(7), vec![0; size], 0_u64);
    let begun = Instant::now();
    for at in 1..=count {
        noise.fill(&mut document);
        for chunk in document.chunks(CHUNK) {
            tree.insert(&number.to_be_bytes(), chunk).unwrap();
            number += 1;
        }
        if at % together == 0 {
            tree.flush().unwrap();
        }
    }
    tree.flush().unwrap();
    per_second(count, begun)
}

/// The same bytes appended to a plain file.
pub fn plain(count: usize, size: usize, together: usize) -> f64 {
    let directory = tempfile::tempdir_in(place()).unwrap();
    let mut file = fs::File::create(directory.path().join("plain")).unwrap();
    let (mut noise, mut document) = (Noise(7), vec![0; size]);
    let begun = Instant::now();
    for at in 1..=count {
        noise.fill(&mut document);
        file.write_all(&document).unwrap();
        if at % together == 0 {
            file.sync_data().unwrap();
        }
    }
    file.sync_data().unwrap();
    per_second(count, begun)
}

#[expect(clippy::cast_precision_loss, reason = "for a table")]
fn per_second(count: usize, begun: Instant) -> f64 {
    count as f64 / begun.elapsed().as_secs_f64()
}

/// Bytes that do not repeat and cost little to make.
pub struct Noise(pub u64);

impl Noise {
    /// The next bytes.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for eight in buffer.chunks_mut(8) {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd).to_le_bytes();
            eight.copy_from_slice(&mixed[..eight.len()]);
        }
    }
}
