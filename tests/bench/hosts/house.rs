//! The real program with documents in it.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::load::request;

/// A file as a client reaches it.
#[derive(Clone)]
pub struct Document {
    /// Path and query of its WOPISrc with a token.
    pub target: String,
    /// The same for its contents.
    pub contents: String,
}

/// The program on a directory of its own.
pub struct House {
    directory: PathBuf,
    child: Option<Child>,
    /// Where it answers.
    pub address: String,
}

impl House {
    /// Starts it with an empty store below `directory`.
    pub fn start(directory: &Path) -> Self {
        let mut house = Self { directory: directory.to_owned(), child: None, address: "127.0.0.1:0".to_owned() };
        house.serve();
        house
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockhouse"));
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LOCKHOUSE_")) {
            command.env_remove(name);
        }
        command.args(arguments).arg("--data-dir").arg(self.directory.join("store"));
        command.env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B").env("LOCKHOUSE_LIMITS__BODY", "16 GiB");
        // As in the constant server beside it, no line for each request goes anywhere.
        command.env("LOCKHOUSE_LOG__FILTER", "error");
        command
    }

    /// Starts it, and returns how long that took until it answered.
    pub fn serve(&mut self) -> Duration {
        let begun = Instant::now();
        let mut command = self.command(&["serve", "--listen", &self.address.clone()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.map_while(Result::ok).find(|line| line.contains("http://")).expect("the server serves");
        let rest = line.split_once("http://").unwrap().1;
        rest.split(|c: char| c == '/' || c.is_whitespace()).next().unwrap().clone_into(&mut self.address);
        self.child = Some(child);
        begun.elapsed()
    }

    /// Kills it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            _ = child.kill();
            _ = child.wait();
        }
    }

    /// Imports a folder of documents.
    pub fn import(&self, documents: &Path) {
        let command = self.command(&["import", documents.to_str().unwrap(), "--owner", "admin"]).status().unwrap();
        assert!(command.success());
    }

    /// Makes documents `0` to `count` of these bytes in a folder, and returns how they are reached.
    pub fn documents(&self, folder: &str, count: usize, bytes: impl Fn(usize) -> Vec<u8>) -> Vec<Document> {
        let source = self.directory.join("source");
        fs::create_dir_all(source.join(folder)).unwrap();
        for number in 0..count {
            fs::write(source.join(folder).join(format!("{number:06}.docx")), bytes(number)).unwrap();
        }
        self.import(&source);
        fs::remove_dir_all(&source).unwrap();
        self.in_folder(folder)
    }

    /// The documents of a folder, in the order of their names.
    pub fn in_folder(&self, folder: &str) -> Vec<Document> {
        let token = self.command(&["token", "--user", "admin", &format!("/{folder}"), "--json"]).output().unwrap();
        let token: serde_json::Value = serde_json::from_slice(&token.stdout).unwrap();
        let (source, text) = (token["wopisrc"].as_str().unwrap(), token["access_token"].as_str().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listing: serde_json::Value = runtime.block_on(async {
            let url = format!("{source}/children?access_token={text}");
            reqwest::get(url).await.unwrap().json().await.unwrap()
        });
        let files = listing["ChildFiles"].as_array().unwrap();
        files.iter().map(|file| self.document(file["Url"].as_str().unwrap())).collect()
    }

    fn document(&self, url: &str) -> Document {
        let target = url.split_once(&self.address).unwrap().1.to_owned();
        let contents = target.replacen('?', "/contents?", 1);
        Document { target, contents }
    }

    /// Resident memory in MiB.
    pub fn resident(&self) -> f64 {
        let child = self.child.as_ref().expect("it runs");
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Document {
    /// CheckFileInfo.
    pub fn info(&self) -> Vec<u8> {
        request("GET", &self.target, "bench", &[])
    }

    /// GetFile.
    pub fn get(&self) -> Vec<u8> {
        request("GET", &self.contents, "bench", &[])
    }

    /// A lock operation.
    pub fn lock(&self, operation: &str, id: &str) -> Vec<u8> {
        request("POST", &self.target, "bench", &[("X-WOPI-Override", operation), ("X-WOPI-Lock", id)])
    }

    /// The head of a PutFile of `length` bytes.
    pub fn put(&self, id: &str, length: usize) -> Vec<u8> {
        format!(
            "POST {} HTTP/1.1\r\nHost: bench\r\nX-WOPI-Override: PUT\r\nX-WOPI-Lock: {id}\r\nContent-Length: {length}\r\n\r\n",
            self.contents
        )
        .into_bytes()
    }
}
