//! The real binary: started on a free port and a directory of its own, killed, started again, and
//! spoken to through its other commands.

use super::eventually;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The password of every user that the tests add.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// How long a start, a stop or a command may take on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the binary is started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// Settings as environment variables, `LOCKHOUSE_<SECTION>__<KEY>`.
    pub(crate) settings: Vec<(String, String)>,
    /// `ADDR:PORT`; port 0 takes a free one at the first start, which later starts keep.
    pub(crate) listen: String,
    /// Words put before the program, such as a shell that sets a limit and then `exec`s.
    pub(crate) wrapper: Vec<OsString>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            settings: vec![("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR".into(), "0 B".into())],
            listen: "127.0.0.1:0".into(),
            wrapper: Vec::new(),
        }
    }
}

impl Start {
    /// Adds or replaces one setting.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.into(), value.into()));
        self
    }
}

/// What a command of the binary gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        match serde_json::from_str(self.stdout.trim()) {
            Ok(value) => value,
            Err(error) => panic!("standard output is not JSON ({error}): {self:?}"),
        }
    }

    /// Both outputs, for a search.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}

/// A `lockhouse` with a data directory of its own. Dropping it kills the server and removes the directory.
pub(crate) struct Binary {
    home: TempDir,
    start: Start,
    child: Option<Child>,
    url: String,
    output: Arc<Mutex<String>>,
}

impl Binary {
    /// A server that answers, on a fresh directory.
    pub(crate) fn serve() -> Self {
        Self::serve_with(Start::default())
    }

    /// A server that answers, on a fresh directory, with settings.
    pub(crate) fn serve_with(start: Start) -> Self {
        let mut binary = Self::stopped_with(start);
        binary.launch();
        binary
    }

    /// A fresh directory on which nothing runs yet.
    pub(crate) fn stopped_with(start: Start) -> Self {
        let home = tempfile::Builder::new().prefix("lockhouse-test-").tempdir().expect("a temporary directory");
        Self { home, start, child: None, url: String::new(), output: Arc::default() }
    }

    /// The data directory.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.home.path().join("store")
    }

    /// A directory beside the data directory for what a test needs.
    pub(crate) fn scratch(&self) -> &Path {
        self.home.path()
    }

    /// The printed URL, without a slash at its end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// `ADDR:PORT` of the running server.
    pub(crate) fn address(&self) -> String {
        let rest = self.url.split_once("://").expect("a URL").1;
        rest.split('/').next().expect("an authority").to_owned()
    }

    /// Everything that the server has written so far to both outputs, over all its starts.
    pub(crate) fn log(&self) -> String {
        self.output.lock().expect("the output").clone()
    }

    /// How it was started.
    pub(crate) fn start(&self) -> &Start {
        &self.start
    }

    /// The settings it was started with.
    pub(crate) fn settings(&self) -> &[(String, String)] {
        &self.start.settings
    }

    /// How the next start is done.
    pub(crate) fn start_mut(&mut self) -> &mut Start {
        &mut self.start
    }

    /// Starts the server and waits until it has printed its URL.
    #[track_caller]
    pub(crate) fn launch(&mut self) {
        if let Err(said) = self.try_launch() {
            panic!("the server did not start: {said}");
        }
    }

    /// Starts the server; an error holds the exit status and everything that it said.
    pub(crate) fn try_launch(&mut self) -> Result<(), String> {
        assert!(self.child.is_none(), "the server runs already");
        let mut child = self
            .serve_command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let first = self.log().len();
        let url = Arc::new(Mutex::new(None));
        follow(child.stdout.take().expect("a pipe"), self.output.clone(), Some(url.clone()));
        follow(child.stderr.take().expect("a pipe"), self.output.clone(), None);
        let mut gone = None;
        let found = eventually("the server prints its URL or ends", PATIENCE, || {
            if let Some(url) = url.lock().expect("the URL").clone() {
                return Some(Some(url));
            }
            gone = child.try_wait().expect("the child's state");
            gone.map(|_| None)
        });
        let Some(found) = found else {
            std::thread::sleep(Duration::from_millis(50)); // lets the readers take the last lines
            return Err(format!("{gone:?}: {}", &self.log()[first..]));
        };
        self.url = found;
        if self.start.listen.ends_with(":0") {
            self.start.listen = self.address();
        }
        self.child = Some(child);
        Ok(())
    }

    /// Starts the server and kills it `after` so long, whether it answers by then or not.
    pub(crate) fn launch_and_kill(&mut self, after: Duration) {
        let mut command = self.serve_command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        std::thread::sleep(after);
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Kills the server without warning and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The process id of the running server.
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().expect("the server runs").id()
    }

    /// Sends a signal to the running server.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let child = self.child.as_ref().expect("the server runs");
        rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).expect("the signal is sent");
    }

    /// Asks the server to end and waits for it.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        self.signal(rustix::process::Signal::TERM);
        self.wait()
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        eventually("the server ends", PATIENCE, || child.try_wait().expect("the child's state"))
    }

    /// Kills the server and starts it again on the same directory and port.
    pub(crate) fn crash_and_restart(&mut self) {
        self.kill();
        self.launch();
    }

    /// Runs another command on this data directory, server or not.
    pub(crate) fn cli(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut command = self.command_with(&[]);
        command.args(arguments).arg("--data-dir").arg(self.data_dir());
        run(command, stdin)
    }

    /// Runs another command that must succeed.
    #[track_caller]
    pub(crate) fn cli_ok(&self, arguments: &[&str], stdin: &str) -> Run {
        let run = self.cli(arguments, stdin);
        assert!(run.status.success(), "`lockhouse {}` failed: {run:?}", arguments.join(" "));
        run
    }

    /// Adds a user with [`PASSWORD`]; `more` are further flags, such as `--kind business`.
    #[track_caller]
    pub(crate) fn add_user(&self, name: &str, more: &[&str]) {
        let mut arguments = vec!["user", "add", name, "--password-stdin"];
        arguments.extend_from_slice(more);
        self.cli_ok(&arguments, &format!("{PASSWORD}\n"));
    }

    /// Imports files, given as relative paths and contents, into the root of `owner`'s drive.
    #[track_caller]
    pub(crate) fn import(&self, owner: &str, files: &[(&str, &[u8])]) {
        let folder = tempfile::Builder::new().prefix("import-").tempdir_in(self.scratch()).expect("a directory");
        for (path, bytes) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, bytes).expect("a file");
        }
        let folder = folder.path().to_str().expect("a plain path").to_owned();
        self.cli_ok(&["import", &folder, "--owner", owner], "");
    }

    /// The object that `token --json` prints.
    #[track_caller]
    pub(crate) fn token(&self, user: &str, path: &str) -> serde_json::Value {
        self.cli_ok(&["token", "--user", user, path, "--json"], "").json()
    }

    /// The versions of a file as `versions --json` lists them.
    #[track_caller]
    pub(crate) fn versions(&self, user: &str, path: &str) -> Vec<serde_json::Value> {
        let listed = self.cli_ok(&["versions", path, "--user", user, "--json"], "").json();
        listed.as_array().unwrap_or_else(|| panic!("not a list: {listed}")).clone()
    }

    /// The rescued versions among [`Self::versions`].
    #[track_caller]
    pub(crate) fn rescued(&self, user: &str, path: &str) -> Vec<serde_json::Value> {
        self.versions(user, path).into_iter().filter(|version| version["rescued"] == true).collect()
    }

    fn serve_command(&self) -> Command {
        let mut command = self.command_with(&self.start.wrapper);
        command.arg("serve").arg("--data-dir").arg(self.data_dir()).arg("--listen").arg(&self.start.listen);
        command
    }

    /// The program with the tests' settings and no others.
    fn command_with(&self, wrapper: &[OsString]) -> Command {
        let program = OsString::from(env!("CARGO_BIN_EXE_lockhouse"));
        let mut words = wrapper.iter().cloned().chain([program]);
        let mut command = Command::new(words.next().expect("a program"));
        command.args(words);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LOCKHOUSE_") {
                command.env_remove(name);
            }
        }
        command.envs(self.start.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.scratch());
        command
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let from = log.char_indices().rev().nth(6000).map_or(0, |(at, _)| at);
            eprintln!("--- the server's last words ---\n{}", &log[from..]);
        }
    }
}

/// Runs a command to its end, giving it `stdin`.
pub(crate) fn run(mut command: Command, stdin: &str) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    // A command that does not read its input may close it first.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    let mut error = child.stderr.take().expect("a pipe");
    let errors = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = error.read_to_end(&mut text);
        text
    });
    let mut text = Vec::new();
    child.stdout.take().expect("a pipe").read_to_end(&mut text).expect("the output");
    let stderr = errors.join().expect("the reader");
    let status = child.wait().expect("the child's end");
    Run {
        status,
        stdout: String::from_utf8_lossy(&text).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// Copies lines to the log, and the first URL among them to `url`.
fn follow(pipe: impl std::io::Read + Send + 'static, log: Arc<Mutex<String>>, url: Option<Arc<Mutex<Option<String>>>>) {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            if let (Some(url), Some(found)) = (&url, first_url(&text)) {
                url.lock().expect("the URL").get_or_insert(found);
            }
            log.lock().expect("the log").push_str(&text);
            line.clear();
        }
    });
}

/// The first `http://…` or `https://…` of a line, without a slash at its end.
fn first_url(line: &str) -> Option<String> {
    let from = line.find("http://").or_else(|| line.find("https://"))?;
    let url: String =
        line[from..].chars().take_while(|c| c.is_ascii_graphic() && !"\"'<>)\u{1b}".contains(*c)).collect();
    Some(url.trim_end_matches(['/', '.', ',']).to_owned())
}
