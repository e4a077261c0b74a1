//! Every setting, with its default.

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    human::{Period, Size},
    network::Networks,
    optional,
    public_url::PublicUrl,
    section::section,
    texts::Texts,
};
use crate::licence::AccountKind;

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
            /// The audit trail.
            audit: Audit;
            /// What clients may do at all.
            supports: Supports;
            /// Signing in.
            sign_in: SignIn;
            /// Sign-in by an outside `OpenID` Connect provider.
            oidc: Oidc;
            /// The OAuth 2.0 endpoints, by which Office for iOS and Android signs people in.
            oauth: OAuth;
            /// This host as a place in Office for iOS and Android.
            office: Office;
            /// Editors in the browser, each with a discovery document of its own.
            editors: Editors;
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
    /// The audit trail.
    Audit {
        /// How long it is kept who signed in, shared, broke locks and administered, when, and from which address.
        keep: Period = Period::days(365), "duration";
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
        /// Folders, and with them all that Office for iOS and Android needs to browse; only together with `delete`.
        containers: bool = true, "true or false";
    }
}

section! {
    /// Signing in.
    SignIn {
        /// The language of pages for those whose browser names none of ours: en, de, fr, es, ja or zh.
        language: String = "en".to_owned(), "language";
        /// The address of your privacy statement, which the sign-in page links to. Microsoft looks for it at launch.
        privacy_url: String = String::new(), "URL";
        /// How long a browser stays signed in after it was used last.
        session: Period = Period::hours(12), "duration";
        /// Failed attempts from one address, at one account, that are answered before the next has to wait.
        attempts: u32 = 10, "number";
        /// After this time one more attempt is answered.
        attempt_every: Period = Period::seconds(30), "duration";
    }
}

section! {
    /// Sign-in by an outside `OpenID` Connect provider.
    Oidc {
        /// The provider's issuer URL, as in its discovery document. Unset, people sign in with a password of this host.
        issuer: String = String::new(), "URL";
        /// This host's client id at the provider. Its redirect URI there is `public_url` and `/sign-in/oidc`.
        client_id: String = String::new(), "text";
        /// A file with this host's client secret at the provider; unset for a public client.
        #[serde(with = "optional::path")]
        client_secret_file: Option<PathBuf> = None, "path";
        /// Scopes to ask for beside `openid`.
        scopes: Texts = Texts::from_iter(["profile", "email"]), "list of texts";
        /// What the button on the sign-in page says it leads to.
        name: String = "single sign-on".to_owned(), "text";
        /// Offer passwords of this host beside the provider. Without it administrators alone may still use theirs, at
        /// `/sign-in?password`, should the provider fail.
        passwords: bool = true, "true or false";
        /// Make an account for somebody whom the provider knows and this host does not.
        create_users: bool = true, "true or false";
        /// The kind of such accounts: consumer, business or education.
        kind: AccountKind = AccountKind::Business, "consumer, business or education";
        /// How long the provider may take for an answer; whoever signs in waits for up to four of them.
        timeout: Period = Period::seconds(10), "duration";
    }
}

section! {
    /// The OAuth 2.0 endpoints, by which Office for iOS and Android signs people in.
    OAuth {
        /// The URL under which the OAuth endpoints are reached, when it is not `public_url`.
        #[serde(with = "optional")]
        public_url: Option<PublicUrl> = None, "URL";
        /// How long an authorization code is good for; at most 10 minutes.
        code_lifetime: Period = Period::seconds(120), "duration";
        /// How long an access token is good for.
        access_lifetime: Period = Period::hours(1), "duration";
        /// How long a refresh token is good for after it was used last.
        refresh_lifetime: Period = Period::days(90), "duration";
        /// How long the refresh token before is still accepted, should an answer have been lost.
        refresh_grace: Period = Period::seconds(60), "duration";
        /// Let a browser that is signed in consent without giving the password again.
        reuse_session: bool = true, "true or false";
        /// Text that Office is to send back with its calls (`sc`); `{region}` stands for the user's region.
        session_context: String = String::new(), "text";
        /// Token endpoints of regions, as `region=URL`; users of a region are sent to its endpoint (`tk`).
        regions: Texts = Texts::default(), "list of region=URL";
        /// Calls of the token endpoint that one client may make in a minute; a public one, those of one network.
        token_rate: u32 = 6_000, "number";
        /// Calls of the bootstrapper that one token may make in a minute.
        bootstrapper_rate: u32 = 600, "number";
    }
}

section! {
    /// This host as a place in Office for iOS and Android.
    Office {
        /// The path of the bootstrapper; it ends in `/wopibootstrapper`.
        bootstrapper: String = "/wopibootstrapper".to_owned(), "path";
        /// The id that Microsoft gave you as a provider.
        provider_id: String = String::new(), "text";
        /// The name of the place, as people see it in Office.
        provider_name: String = "Lockhouse".to_owned(), "text";
        /// What Microsoft is to know of the service, in English.
        description: String = String::new(), "text";
        /// Your public web site.
        site_url: String = String::new(), "URL";
        /// Where the icons `16.png` to `96.png` are found that `lockhouse onboarding --icons` draws: a URL without a slash at
        /// the end. Unset, Microsoft is told of those that this host brings, at `/icons`.
        icons_url: String = String::new(), "URL";
        /// Further domains that Office is to trust, beside those of `public_url` and `oauth.public_url`.
        trusted_domains: Texts = Texts::default(), "list of domains";
        /// URL schemes of your iOS apps that can sign people in, in the order to try them.
        ios_schemes: Texts = Texts::default(), "list of schemes";
        /// Your Android apps that can sign people in, as `version code/package/activity`.
        android_apps: Texts = Texts::default(), "list of code/package/activity";
        /// URL schemes of your Windows apps that can sign people in.
        uwp_schemes: Texts = Texts::default(), "list of schemes";
        /// The App Store links that Microsoft gave you, as `word=URL`, `excel=URL`, `powerpoint=URL`.
        ios_store_links: Texts = Texts::default(), "list of app=URL";
        /// The Android tracking links that Microsoft gave you, in the same form.
        android_store_links: Texts = Texts::default(), "list of app=URL";
    }
}

section! {
    /// Editors in the browser, each with a discovery document of its own.
    Editors {
        /// Where each editor's discovery document is, as `name=URL`, in the order in which they are preferred. The name says
        /// which kind of editor it is: `office`, `collabora` or `onlyoffice`, perhaps with a word behind it
        /// (`collabora-berlin`); any other name is an editor without habits of its own.
        discovery: Texts = Texts::default(), "list of name=URL";
        /// Whether requests must prove that they come from the editor that their token was issued for, as `name=mode`:
        /// `off` does not look, `if-present` refuses proofs that are wrong, `require` refuses requests without one, too.
        /// Unset for an editor, it is `if-present`. Where two editors are of one kind, the stricter mode holds for both.
        /// A proof by the keys that ONLYOFFICE comes with proves nothing: everybody has them; give it keys of its own.
        proof: Texts = Texts::default(), "list of name=mode";
        /// How often the documents are fetched; editors expect every 12 to 24 hours.
        refresh: Period = Period::hours(12), "duration";
        /// How soon after one attempt a proof that fails, or holds only by an old key, may cause the next.
        early_refresh: Period = Period::seconds(60), "duration";
        /// How long fetching a document may take.
        timeout: Period = Period::seconds(10), "duration";
        /// The largest document that is read.
        size: Size = Size::mib(4), "size";
        /// Fetch documents over plain HTTP from other machines, too. Whoever can change them on their way decides where
        /// documents are opened and whose proofs are believed.
        allow_plain_http: bool = false, "true or false";
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
