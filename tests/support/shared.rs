//! One server that many tests use together, each with files of its own: starting a server for each
//! test would cost more than the tests.
//!
//! Nothing runs at the end of a test program, so the server is the child of a small shell that kills it
//! and removes its directory as soon as this program, and with it the shell's standard input, is gone.

use super::{Binary, Container, Run, Start, Wopi, wopi::http_client};
use std::ffi::OsString;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The users that every shared server has: `alice` owns the files, the others have what a test grants.
pub(crate) const USERS: [&str; 3] = ["alice", "bob", "carol"];

/// A server that several tests share.
pub(crate) struct Shared {
    binary: Binary,
    next: AtomicU64,
}

impl Shared {
    /// The server with default settings.
    pub(crate) fn server() -> &'static Self {
        static SERVER: OnceLock<Shared> = OnceLock::new();
        SERVER.get_or_init(|| Self::begin(Start::default(), &USERS))
    }

    /// The server that accepts bodies up to 256 KiB.
    pub(crate) fn with_small_bodies() -> &'static Self {
        static SERVER: OnceLock<Shared> = OnceLock::new();
        SERVER.get_or_init(|| Self::begin(Start::default().set("LOCKHOUSE_LIMITS__BODY", "256 KiB"), &USERS))
    }

    /// A server for as long as this test program lives, with some users.
    pub(crate) fn begin(mut start: Start, users: &[&str]) -> Self {
        // `$0` is the watched process: this test program.
        const WATCH: &str = r#""$@" & child=$!
            while kill -0 "$0" 2>/dev/null && kill -0 "$child" 2>/dev/null; do sleep 1; done
            kill -KILL "$child" 2>/dev/null
            wait "$child" 2>/dev/null
            kill -0 "$0" 2>/dev/null || rm -rf -- "$PWD""#;
        let me = std::process::id().to_string();
        start.wrapper = ["sh", "-c", WATCH, &me].map(OsString::from).to_vec();
        let mut binary = Binary::stopped_with(start);
        binary.launch();
        for user in users {
            binary.add_user(user, &[]);
        }
        Self { binary, next: AtomicU64::new(0) }
    }

    /// The command line of this server.
    pub(crate) fn binary(&self) -> &Binary {
        &self.binary
    }

    /// A folder, written `NAME:/path`, as a user's client sees it.
    #[track_caller]
    pub(crate) fn container(&self, user: &str, path: &str) -> Container {
        Container::from_json(http_client(), &self.binary.token(user, path))
    }

    /// A file of alice's in a folder of its own, called `document.wopitest`.
    #[track_caller]
    pub(crate) fn document(&self, bytes: &[u8]) -> Doc<'_> {
        self.document_called("document.wopitest", bytes)
    }

    /// A file of alice's in a folder of its own.
    #[track_caller]
    pub(crate) fn document_called(&self, name: &str, bytes: &[u8]) -> Doc<'_> {
        let folder = format!("folder-{}", self.next.fetch_add(1, Ordering::Relaxed));
        let path = format!("/{folder}/{name}");
        self.binary.import("alice", &[(&path[1..], bytes)]);
        let alice = Wopi::from_json(http_client(), &self.binary.token("alice", &path));
        Doc { server: self, folder: format!("/{folder}"), path, alice }
    }
}

/// One of alice's files on a shared server.
pub(crate) struct Doc<'a> {
    server: &'a Shared,
    /// The folder's path in alice's drive.
    pub(crate) folder: String,
    /// The file's path in alice's drive.
    pub(crate) path: String,
    /// The owner's client.
    pub(crate) alice: Wopi,
}

impl Doc<'_> {
    /// Gives `user` a role on this file alone.
    #[track_caller]
    pub(crate) fn grant(&self, user: &str, role: &str) -> Run {
        self.server.binary.cli_ok(&["grant", user, role, &format!("alice:{}", self.path)], "")
    }

    /// Gives `user` a role on the folder.
    #[track_caller]
    pub(crate) fn grant_folder(&self, user: &str, role: &str) -> Run {
        self.server.binary.cli_ok(&["grant", user, role, &format!("alice:{}", self.folder)], "")
    }

    /// Takes away what `user` was given on this file.
    #[track_caller]
    pub(crate) fn revoke(&self, user: &str) -> Run {
        self.server.binary.cli_ok(&["revoke", user, &format!("alice:{}", self.path)], "")
    }

    /// The file as another user's client sees it; the user must have been given a role.
    #[track_caller]
    pub(crate) fn seen_by(&self, user: &str) -> Wopi {
        let token = self.server.binary.token(user, &format!("alice:{}", self.path));
        Wopi::from_json(http_client(), &token)
    }

    /// The same with a token that only reads, whatever the user may do.
    #[track_caller]
    pub(crate) fn looked_at_by(&self, user: &str) -> Wopi {
        let path = format!("alice:{}", self.path);
        let token = self.server.binary.cli_ok(&["token", "--user", user, &path, "--view", "--json"], "").json();
        Wopi::from_json(http_client(), &token)
    }

    /// Grants a role on the file and gives the user's client.
    #[track_caller]
    pub(crate) fn shared_with(&self, user: &str, role: &str) -> Wopi {
        self.grant(user, role);
        self.seen_by(user)
    }

    /// The folder as its owner's client sees it.
    #[track_caller]
    pub(crate) fn container(&self) -> Container {
        self.container_seen_by("alice")
    }

    /// The folder as another user's client sees it; the user must have been given a role.
    #[track_caller]
    pub(crate) fn container_seen_by(&self, user: &str) -> Container {
        self.server.container(user, &format!("alice:{}", self.folder))
    }

    /// Gives `user` a role on the folder and gives his client of it.
    #[track_caller]
    pub(crate) fn container_shared_with(&self, user: &str, role: &str) -> Container {
        self.grant_folder(user, role);
        self.container_seen_by(user)
    }

    /// The rescued versions that the owner can see.
    #[track_caller]
    pub(crate) fn rescued(&self) -> Vec<serde_json::Value> {
        self.server.binary.rescued("alice", &self.path)
    }

    /// The server's command line.
    pub(crate) fn binary(&self) -> &Binary {
        &self.server.binary
    }
}
