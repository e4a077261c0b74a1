//! A host of our own: this very program as `serve`, on a data directory made for the run, with users, files and tokens.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Client as Http;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{sync::oneshot, time::sleep};

use super::{StressError, body::Bodies, plan::Plan, target::Named};
use crate::{
    api::{
        Call, Place,
        calls::{AddUser, Grant, IssueToken},
        socket::{SOCKET, short_path},
    },
    host::tokens::ClientKind,
    judge::history::Content,
    permission::Role,
    store::records::AccountKind,
};

/// How long a start may take: after a kill the databases are repaired.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is looked whether the process lives.
const PULSE: Duration = Duration::from_millis(2);
/// How many files lie in one folder.
const IN_FOLDER: u32 = 1000;
/// How many users may edit the files.
const EDITORS: u32 = 8;
/// Only the first files get the tokens of all editors.
const SHARED: u32 = 64;
/// How many bytes a file has in the beginning, if there are many.
const SMALL: usize = 64;

/// How the program is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The settings' file.
    pub config: Option<PathBuf>,
    /// Variables of its environment.
    pub variables: Vec<(String, OsString)>,
}

/// The process, and what it works on.
#[derive(Debug)]
pub struct LocalHost {
    program: PathBuf,
    data: PathBuf,
    log: PathBuf,
    listen: String,
    start: Start,
    child: Option<Child>,
    /// When it was seen alive last.
    pub alive: Instant,
}

/// A file that was made, with what it holds.
#[derive(Debug)]
pub struct Made {
    /// For the run.
    pub named: Named,
    /// Its bytes.
    pub content: Content,
    /// Its name.
    pub name: String,
}

impl LocalHost {
    /// On this data directory; nothing runs yet. What the host says goes to `log`.
    ///
    /// # Errors
    /// When this program cannot be found.
    pub fn new(data: PathBuf, log: PathBuf, start: Start) -> Result<Self, StressError> {
        let program = std::env::current_exe()?;
        let listen = "127.0.0.1:0".to_owned();
        Ok(Self { program, data, log, listen, start, child: None, alive: Instant::now() })
    }

    /// Where the data is.
    pub fn data(&self) -> &Path {
        &self.data
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for name in ["LOCKHOUSE_LISTEN", "LOCKHOUSE_DATA_DIR", "LOCKHOUSE_PUBLIC_URL"] {
            command.env_remove(name);
        }
        command.envs(self.start.variables.iter().map(|(name, value)| (name, value)));
        command.arg("--data-dir").arg(&self.data).arg("--listen").arg(&self.listen);
        if let Some(config) = &self.start.config {
            command.arg("--config").arg(config);
        }
        command
    }

    fn spawn(&mut self) -> Result<ChildStdout, StressError> {
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = self.command();
        command.arg("serve").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        // A signal from the keyboard is for us alone: the host is still to be asked.
        let mut child = command.process_group(0).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| StressError::Failed("the host has no output".into()))?;
        self.child = Some(child);
        self.alive = Instant::now();
        Ok(stdout)
    }

    /// Starts it and waits until it answers; from the second time on at the same address.
    ///
    /// # Errors
    /// When it ends instead.
    pub async fn launch(&mut self) -> Result<(), StressError> {
        let stdout = self.spawn()?;
        let (told, mut url) = oneshot::channel();
        std::thread::spawn(move || follow(stdout, told));
        let begun = Instant::now();
        loop {
            tokio::select! {
                url = &mut url => {
                    if let Ok(url) = url {
                        url.rsplit("://").next().unwrap_or_default().trim_end_matches('/').clone_into(&mut self.listen);
                        return Ok(());
                    }
                    let status = self.ended().await;
                    return Err(self.failed(&format!("the host ended at once ({status})")));
                }
                () = sleep(Duration::from_millis(50)) => {
                    if begun.elapsed() > PATIENCE {
                        return Err(self.failed("the host did not start"));
                    }
                }
            }
        }
    }

    fn failed(&self, what: &str) -> StressError {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        let said: Vec<&str> = last.into_iter().rev().collect();
        StressError::Failed(format!("{what}; it said:\n{}", said.join("\n")))
    }

    /// Starts it and kills it after a while, whether it answers by then or not. It was gone when this returns.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn launch_and_kill(&mut self, after: Duration) -> Result<(), StressError> {
        let stdout = self.spawn()?;
        let (told, _) = oneshot::channel();
        std::thread::spawn(move || follow(stdout, told));
        sleep(after).await;
        self.kill().await;
        Ok(())
    }

    /// Sends a signal, if it runs.
    pub fn signal(&self, signal: Signal) {
        if let Some(child) = &self.child {
            // One that has ended needs no signal.
            _ = kill_process(Pid::from_child(child), signal);
        }
    }

    /// Kills it without warning, and waits until it is gone.
    pub async fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.ended().await;
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&mut self) {
        self.signal(Signal::CONT);
        self.signal(Signal::TERM);
        self.ended().await;
    }

    async fn ended(&mut self) -> String {
        let Some(mut child) = self.child.take() else { return String::new() };
        loop {
            match child.try_wait() {
                Ok(None) => sleep(PULSE).await,
                Ok(Some(status)) => return status.to_string(),
                Err(error) => return error.to_string(),
            }
        }
    }

    /// How it ended by itself, if it did.
    pub fn died(&mut self) -> Option<ExitStatus> {
        let status = self.child.as_mut()?.try_wait().ok()?;
        match status {
            Some(_) => self.child = None,
            None => self.alive = Instant::now(),
        }
        status
    }

    /// Makes users, files and tokens.
    ///
    /// # Errors
    /// When the host does not do it.
    pub async fn furnish(&self, plan: &Plan, files: u32, scratch: &Path) -> Result<Vec<Made>, StressError> {
        let directory = File::open(&self.data)?;
        let http = Http::builder()
            .unix_socket(short_path(&directory, SOCKET))
            .no_proxy()
            .build()
            .map_err(|error| StressError::Failed(error.to_string()))?;
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        // A name that a run on the same data before has not used.
        let owner = format!("stress{:x}", since_1970.as_millis());
        let editors: Vec<String> =
            (1..EDITORS.min(plan.clients.max(1))).map(|number| format!("{owner}e{number}")).collect();
        for user in std::iter::once(&owner).chain(&editors) {
            let add = AddUser {
                user: user.clone(),
                password: None,
                admin: false,
                kind: AccountKind::Business,
                display_name: String::new(),
                email: None,
                region: None,
            };
            ask(&http, &add).await?;
        }
        let contents = self.import(plan, files, scratch, &owner).await?;
        for user in &editors {
            let place = Place { path: "/stress".to_owned(), user: Some(owner.clone()) };
            ask(&http, &Grant { user: user.clone(), role: Role::Editor, place }).await?;
        }
        let (http, owner, editors) = (&http, &owner, &editors);
        stream::iter(contents.into_iter().zip(0..))
            .map(|((path, content), number)| async move {
                let named = tokens(http, owner, if number < SHARED { editors } else { &[] }, &path).await?;
                let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                Ok(Made { named, content, name })
            })
            .buffered(16)
            .try_collect()
            .await
    }

    /// Puts the files into the owner's drive; their paths and contents.
    async fn import(
        &self,
        plan: &Plan,
        files: u32,
        scratch: &Path,
        owner: &str,
    ) -> Result<Vec<(String, Content)>, StressError> {
        let folder = scratch.join("import");
        let mut bodies =
            Bodies::new(plan.seed, if files > IN_FOLDER { super::plan::Sizes::fixed(0) } else { plan.sizes });
        let mut chance = super::chance::Chance::new(plan.seed, 0);
        let mut made = Vec::new();
        for number in 0..files {
            let inner = format!("stress/{:03}", number / IN_FOLDER);
            if number % IN_FOLDER == 0 {
                fs::create_dir_all(folder.join(&inner))?;
            }
            let path = format!("{inner}/{number:06}.txt");
            let body = if files > IN_FOLDER { bodies.sized(SMALL) } else { bodies.next(&mut chance) };
            fs::write(folder.join(&path), &body.bytes)?;
            made.push((format!("/{path}"), body.content));
        }
        let mut command = self.command();
        command.arg("import").arg(&folder).arg("--owner").arg(owner).stdin(Stdio::null()).stdout(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .map_err(|error| StressError::Failed(error.to_string()))??;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(StressError::Failed(format!("the files could not be made: {said}")));
        }
        fs::remove_dir_all(&folder)?;
        Ok(made)
    }
}

impl Drop for LocalHost {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may be stopped; whoever is killed ends all the same.
            _ = child.kill();
            _ = child.wait();
        }
    }
}

async fn tokens(http: &Http, owner: &str, editors: &[String], path: &str) -> Result<Named, StressError> {
    let place = || Place { path: path.to_owned(), user: Some(owner.to_owned()) };
    let token = |user: &str, ceiling| IssueToken {
        user: user.to_owned(),
        place: place(),
        ceiling,
        client: ClientKind::Any,
        lifetime: None,
    };
    let first = ask(http, &token(owner, Role::Owner)).await?;
    let mut named = Named {
        wopisrc: first.wopisrc,
        tokens: vec![first.access_token],
        view_tokens: vec![ask(http, &token(owner, Role::Viewer)).await?.access_token],
        label: Some(path.to_owned()),
        ..Named::default()
    };
    for editor in editors {
        named.tokens.push(ask(http, &token(editor, Role::Editor)).await?.access_token);
    }
    Ok(named)
}

/// Asks the host over its socket.
async fn ask<C: Call>(http: &Http, call: &C) -> Result<C::Answer, StressError> {
    let failed = |error: reqwest::Error| StressError::Failed(format!("the host could not be furnished: {error}"));
    let response = http.post(format!("http://lockhouse/v1/{}", C::NAME)).json(call).send().await.map_err(failed)?;
    if !response.status().is_success() {
        let text = response.text().await.map_err(failed)?;
        return Err(StressError::Failed(format!("the host could not be furnished: {text}")));
    }
    response.json().await.map_err(failed)
}

/// Reads what the host prints; tells where it serves.
fn follow(stdout: ChildStdout, told: oneshot::Sender<String>) {
    let mut told = Some(told);
    for line in BufReader::new(stdout).lines() {
        let Ok(line) = line else { return };
        if let Some((_, url)) = line.split_once("serves at ")
            && let Some(told) = told.take()
        {
            // Whoever asked may have given up.
            _ = told.send(url.trim().to_owned());
        }
    }
}
