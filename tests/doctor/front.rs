//! A proxy in front of the host: its rules, and the two programs that follow them.

use std::{
    fmt::Write as _,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{small::Small, support::eventually};

/// What a proxy does. Without any rule it passes on whatever comes, and says who the client is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Put in front of each path.
    pub(crate) puts_in_front: &'static str,
    /// Says nothing of the client.
    pub(crate) silent: bool,
    /// The largest body, in MiB; 0 takes any.
    pub(crate) largest_body: u64,
    /// Seconds that an answer may take; 0 waits a minute.
    pub(crate) patience: u64,
    /// Request headers that it takes out.
    pub(crate) takes: &'static [&'static str],
    /// Answer headers that it takes out.
    pub(crate) hides: &'static [&'static str],
    /// Speaks HTTP/1.0 to the host, as nginx does unless it is told otherwise.
    pub(crate) old_http: bool,
    /// Answers so itself: a status, and where to go.
    pub(crate) answers: Option<(u16, &'static str)>,
}

/// Which program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one of these tests.
    Small,
    Nginx,
}

/// Those that can be run here.
pub(crate) fn kinds() -> Vec<Kind> {
    let nginx = Command::new("nginx").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if nginx.is_ok_and(|status| status.success()) {
        vec![Kind::Small, Kind::Nginx]
    } else {
        eprintln!("nginx is not installed: the small proxy has to do");
        vec![Kind::Small]
    }
}

/// A port that nobody uses at the moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A proxy that runs until this is dropped.
#[allow(dead_code, reason = "it only has to live")]
pub(crate) enum Front {
    Small(Small),
    Nginx(Nginx),
}

impl Front {
    /// From one port of this machine to another.
    pub(crate) fn start(kind: Kind, rules: &Rules, from: u16, to: u16) -> Self {
        match kind {
            Kind::Small => Self::Small(Small::start(rules.clone(), from, to)),
            Kind::Nginx => Self::Nginx(Nginx::start(rules, from, to, None)),
        }
    }
}

/// A real nginx.
pub(crate) struct Nginx {
    child: Child,
    _home: TempDir,
}

impl Nginx {
    /// `tls` are the files of certificate and key.
    pub(crate) fn start(rules: &Rules, from: u16, to: u16, tls: Option<(&Path, &Path)>) -> Self {
        let home = tempfile::Builder::new().prefix("lockhouse-nginx-").tempdir().unwrap();
        std::fs::write(home.path().join("nginx.conf"), configuration(home.path(), rules, from, to, tls)).unwrap();
        let mut child = Command::new("nginx")
            .arg("-p")
            .arg(home.path())
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("nginx listens", Duration::from_secs(30), || {
            assert!(
                child.try_wait().unwrap().is_none(),
                "nginx ended: {:?}",
                std::fs::read_to_string(home.path().join("error.log"))
            );
            TcpStream::connect(("127.0.0.1", from)).ok()
        });
        Self { child, _home: home }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it only if it is asked.
        let pid = rustix::process::Pid::from_child(&self.child);
        _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        _ = self.child.wait();
    }
}

fn configuration(home: &Path, rules: &Rules, from: u16, to: u16, tls: Option<(&Path, &Path)>) -> String {
    let mut text =
        String::from("daemon off;\nworker_processes 1;\npid nginx.pid;\nevents { worker_connections 256; }\n");
    if rustix::process::geteuid().is_root() {
        text.insert_str(0, "user root;\n");
    }
    text.push_str("http {\naccess_log off;\n");
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(text, "{kind}_temp_path {};", home.join(kind).display()).unwrap();
    }
    match tls {
        Some((certificate, key)) => {
            writeln!(
                text,
                "server {{\nlisten 127.0.0.1:{from} ssl;\nssl_certificate {};\nssl_certificate_key {};",
                certificate.display(),
                key.display()
            )
            .unwrap();
        }
        None => writeln!(text, "server {{\nlisten 127.0.0.1:{from};").unwrap(),
    }
    writeln!(text, "client_max_body_size {}m;\nlocation / {{", rules.largest_body).unwrap();
    if let Some((status, to)) = rules.answers {
        writeln!(text, "return {status} {to};").unwrap();
    }
    let path = if rules.puts_in_front.is_empty() { String::new() } else { format!("{}/", rules.puts_in_front) };
    writeln!(text, "proxy_pass http://127.0.0.1:{to}{path};\nproxy_set_header Host $http_host;").unwrap();
    if !rules.silent {
        text.push_str("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\nproxy_set_header X-Forwarded-Proto $scheme;\n");
    }
    if !rules.old_http {
        text.push_str("proxy_http_version 1.1;\n");
    }
    if rules.patience > 0 {
        writeln!(text, "proxy_read_timeout {}s;", rules.patience).unwrap();
    }
    for name in rules.takes {
        writeln!(text, "proxy_set_header {name} \"\";").unwrap();
    }
    for name in rules.hides {
        writeln!(text, "proxy_hide_header {name};").unwrap();
    }
    text.push_str("}\n}\n}\n");
    text
}
