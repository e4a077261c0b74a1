//! Every setting, with its default.

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    human::{Period, Size},
    network::Networks,
    optional,
    public_url::PublicUrl,
    section::section,
};

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person at a terminal.
    #[default]
    Human,
    /// One JSON object a line, for machines.
    Json,
}

section! {
    /// Everything that can be set.
    Settings {
        /// Where the store lies: created at the first start, used by one process at a time.
        /// A relative path starts at the working directory.
        data_dir: PathBuf = PathBuf::from("data/store"), "path";
        /// The address and port to listen on. Port 0 takes a free one.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), "address:port";
        /// The URL under which clients reach this host, without a slash at the end; it drives every URL that is handed
        /// out. Unset, it follows from `listen` and `tls`.
        #[serde(with = "optional")]
        public_url: Option<PublicUrl> = None, "URL";
        /// Proxies whose forwarded headers count, as addresses or networks. From anyone else these headers are ignored.
        trusted_proxies: Networks = Networks::default(), "list of networks";
        /// Serve plain HTTP to anyone. Without it, plain HTTP is answered only to this machine and to listed proxies,
        /// because access tokens would travel readable.
        allow_plain_http: bool = false, "true or false";
        /// Threads that serve connections; 0 takes one for each processor.
        workers: u16 = 0, "number";
        nested {
            /// Certificates.
            tls: Tls;
            /// Log lines.
            log: Log;
            /// What a client may use at most.
            limits: Limits;
            /// Access tokens.
            tokens: Tokens;
            /// Databases and disk.
            storage: Storage;
            /// The actors that files live in.
            actors: Actors;
            /// Versions, rescued versions and the bin.
            history: History;
            /// What clients may do at all.
            supports: Supports;
            /// Habits of Collabora Online.
            collabora: Collabora;
            /// Who may read `/metrics`.
            metrics: MetricsAccess;
        }
    }
}

section! {
    /// TLS by rustls, versions 1.2 and 1.3; the files are read again on SIGHUP.
    Tls {
        /// The certificate chain, PEM, the host's own certificate first. Set together with `private_key`.
        #[serde(with = "optional::path")]
        certificate: Option<PathBuf> = None, "path";
        /// The private key, PEM. It should be readable by this host's user only.
        #[serde(with = "optional::path")]
        private_key: Option<PathBuf> = None, "path";
    }
}

section! {
    /// Log lines.
    Log {
        /// `human` for a terminal, `json` for machines.
        format: LogFormat = LogFormat::Human, "human or json";
        /// What is logged: a level, or targets with levels such as `info,lockhouse::wopi=debug`.
        filter: String = "info,actix_server=warn,actix_http=off".to_owned(), "filter";
    }
}

section! {
    /// What a client may use at most, so that one client cannot harm others.
    Limits {
        /// The largest document that may be saved, in bytes received; beyond it the answer is 413.
        body: Size = Size::gib(2), "size";
        /// The largest body of a request that is not a document (JSON, forms).
        json_body: Size = Size::mib(1), "size";
        /// The largest head of a request, its line and headers together; beyond it the answer is 431. At most 128 KiB.
        head: Size = Size::kib(32), "size";
        /// How long a client may take to send a head.
        header_timeout: Period = Period::seconds(10), "duration";
        /// How long a client may pause while it sends a body. A client that takes nothing of an answer for four times as
        /// long is given up.
        body_idle_timeout: Period = Period::seconds(30), "duration";
        /// How long an idle connection stays open for the next request.
        keep_alive: Period = Period::seconds(75), "duration";
        /// Connections at one time; further ones wait in the system's queue.
        connections: u32 = 10_000, "number";
        /// Requests in flight for one file; beyond it the answer is 503 with `Retry-After`.
        in_flight_per_file: u32 = 1024, "number";
        /// Requests in flight for the whole host; beyond it the answer is 503 with `Retry-After`.
        in_flight_total: u32 = 8192, "number";
        /// How long requests in flight may go on after a signal to stop.
        shutdown_grace: Period = Period::seconds(30), "duration";
    }
}

section! {
    /// Access tokens.
    Tokens {
        /// How long a token is good for from sign-in on (the protocol recommends 10 hours).
        lifetime: Period = Period::hours(10), "duration";
        /// How often a new signing key is made.
        key_rotation: Period = Period::days(30), "duration";
        /// How long tokens of a replaced key are still accepted; at least `lifetime`.
        key_retire: Period = Period::hours(24), "duration";
    }
}

section! {
    /// Databases and disk.
    Storage {
        /// Cache of the database of records. The process needs several times as much memory.
        meta_cache: Size = Size::mib(16), "size";
        /// Cache of the database of contents. The process needs several times as much memory.
        content_cache: Size = Size::mib(16), "size";
        /// Free space on the disk that no upload may use up; twice the largest document and a tenth are wise.
        free_space_floor: Size = Size::gib(1), "size";
        /// A flush to the disk that takes longer ends the process, which is then to be restarted.
        flush_limit: Period = Period::seconds(10), "duration";
    }
}

section! {
    /// The actors that files live in.
    Actors {
        /// Threads that files' actors are spread over; 0 takes one for each processor.
        threads: u16 = 0, "number";
        /// How long a file that nobody uses stays in memory.
        idle: Period = Period::seconds(60), "duration";
    }
}

section! {
    /// Versions, rescued versions and the bin.
    History {
        /// Old versions that are kept of each file; 0 keeps all.
        keep_versions: u32 = 100, "number";
        /// How long old versions are kept; unset keeps them for ever.
        #[serde(with = "optional")]
        keep_for: Option<Period> = None, "duration";
        /// Prune versions that an editor saved by itself before those that a person saved.
        autosaves_first: bool = true, "true or false";
        /// What rescued versions of one file may take together; beyond it the oldest go first.
        rescued_bytes: Size = Size::mib(512), "size";
        /// How long a rescued version is kept.
        rescued_keep_for: Period = Period::days(30), "duration";
        /// How long a deleted file stays in the bin.
        bin_keep_for: Period = Period::days(30), "duration";
    }
}

section! {
    /// What clients may do at all: `false` answers 501 and takes the capability out of `CheckFileInfo`.
    #[allow(clippy::struct_excessive_bools, reason = "each is one switch of its own in the protocol")]
    Supports {
        /// Saving: `PutFile`, and with it `PutRelativeFile`.
        update: bool = true, "true or false";
        /// Saving under another name: `PutRelativeFile`.
        save_as: bool = true, "true or false";
        /// Lock, Unlock, `RefreshLock`, `UnlockAndRelock`.
        locks: bool = true, "true or false";
        /// `GetLock`.
        get_lock: bool = true, "true or false";
        /// `RenameFile`.
        rename: bool = true, "true or false";
        /// `DeleteFile`.
        delete: bool = true, "true or false";
        /// `PutUserInfo`.
        user_info: bool = true, "true or false";
        /// `GetShareUrl`.
        share_url: bool = true, "true or false";
        /// `AddActivities`.
        activities: bool = true, "true or false";
    }
}

section! {
    /// Habits of Collabora Online.
    Collabora {
        /// Accept a save of Collabora Online on an unlocked file that is not empty, which the protocol refuses with 409.
        lockless_put: bool = false, "true or false";
    }
}

section! {
    /// Who may read `/metrics`.
    MetricsAccess {
        /// Addresses and networks that may read `/metrics`; others get 404.
        allow_from: Networks = Networks::loopback(), "list of networks";
    }
}
