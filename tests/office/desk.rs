//! The host under test, with Office registered as a client.

use crate::client::{Credentials, Office, Service};
use crate::net::Net;
use crate::support::{Binary, Shared, Start};
use crate::web_view::WebView;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The address of the privacy statement in the tests' settings.
pub(crate) const PRIVACY: &str = "https://lumora.example/privacy";

static NEXT: AtomicU64 = AtomicU64::new(1);

enum House {
    Own(Box<Binary>),
    Shared(&'static Shared),
}

/// A host that offers itself to Office.
pub(crate) struct Desk {
    house: House,
    names: Vec<String>,
    path: String,
    pub(crate) client: Credentials,
}

/// The settings that an operator would make.
pub(crate) fn settings() -> Start {
    Start::default()
        .set("LOCKHOUSE_SIGN_IN__PRIVACY_URL", PRIVACY)
        .set("LOCKHOUSE_OFFICE__PROVIDER_ID", "TP_LUMORA")
        .set("LOCKHOUSE_OFFICE__PROVIDER_NAME", "Lumora Docs")
        .set("LOCKHOUSE_OFFICE__IOS_SCHEMES", "lumora,lumora-work")
        .set("LOCKHOUSE_OFFICE__ANDROID_APPS", "240000/example.lumora.docs/example.lumora.docs.SignInActivity")
        .set("LOCKHOUSE_LOG__FILTER", "debug")
}

impl Desk {
    /// The host that most tests share; each brings users of its own.
    pub(crate) fn shared() -> &'static Self {
        static DESK: OnceLock<Desk> = OnceLock::new();
        static SERVER: OnceLock<Shared> = OnceLock::new();
        DESK.get_or_init(|| Self::open(House::Shared(SERVER.get_or_init(|| Shared::begin(settings(), &[]))), &[]))
    }

    /// A host of its own.
    pub(crate) fn with(start: Start) -> Self {
        Self::open(House::Own(Box::new(Binary::serve_with(start))), &[])
    }

    /// A host behind a proxy that is known under public names, the first of which is its own.
    pub(crate) fn behind_proxy(start: Start, names: &[&str]) -> Self {
        let start = start.set("LOCKHOUSE_PUBLIC_URL", names[0]).set("LOCKHOUSE_TRUSTED_PROXIES", "127.0.0.1");
        // The printed URL is the public one, so the port is chosen here.
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let start = Start { listen: format!("127.0.0.1:{port}"), ..start };
        Self::open(House::Own(Box::new(Binary::serve_with(start))), names)
    }

    fn open(house: House, names: &[&str]) -> Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let none = Credentials { id: String::new(), secret: String::new() };
        let mut desk = Self { house, names, path: "/wopibootstrapper".into(), client: none };
        let set = desk.binary().settings().iter().find(|(name, _)| name == "LOCKHOUSE_OFFICE__BOOTSTRAPPER").cloned();
        if let Some((_, path)) = set {
            desk.path = path;
        }
        desk.client = desk.add_client("office", &[]);
        desk
    }

    pub(crate) fn binary(&self) -> &Binary {
        match &self.house {
            House::Own(binary) => binary,
            House::Shared(shared) => shared.binary(),
        }
    }

    /// The server of a desk that no other test uses.
    #[track_caller]
    pub(crate) fn binary_mut(&mut self) -> &mut Binary {
        match &mut self.house {
            House::Own(binary) => binary,
            House::Shared(_) => panic!("others use this server"),
        }
    }

    /// Registers an OAuth client; a public one has no secret.
    #[track_caller]
    pub(crate) fn add_client(&self, id: &str, more: &[&str]) -> Credentials {
        let mut arguments = vec!["client", "add", id, "--json"];
        arguments.extend_from_slice(more);
        secret_of(id, &self.binary().cli_ok(&arguments, "").json())
    }

    /// A further secret of a client.
    #[track_caller]
    pub(crate) fn rotate_secret(&self, id: &str) -> Credentials {
        secret_of(id, &self.binary().cli_ok(&["client", "rotate-secret", id, "--json"], "").json())
    }

    /// A new user with a drive of his own; `more` are flags of `user add`.
    #[track_caller]
    pub(crate) fn someone(&self, more: &[&str]) -> String {
        let name = format!("user{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.binary().add_user(&name, more);
        name
    }

    /// The way to the server.
    pub(crate) fn net(&self) -> Net {
        let local = self.binary().start().listen.clone();
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        Net::new(&format!("http://{local}"), &names)
    }

    pub(crate) fn bootstrapper(&self) -> String {
        self.net().at(&self.path)
    }

    /// Microsoft's service.
    pub(crate) fn service(&self) -> Service {
        Service { net: self.net(), bootstrapper: self.bootstrapper(), client: self.client.clone() }
    }

    /// Office on a fresh device.
    pub(crate) fn office(&self) -> Office {
        Office { service: self.service(), view: WebView::new(&self.net()) }
    }

    /// Another client that uses the same flow.
    pub(crate) fn client_like_office(&self, client: &Credentials) -> Office {
        let service = Service { client: client.clone(), ..self.service() };
        Office { service, view: WebView::new(&self.net()) }
    }
}

#[track_caller]
fn secret_of(id: &str, json: &serde_json::Value) -> Credentials {
    let secret = ["secret", "client_secret"].iter().find_map(|name| json[*name].as_str());
    Credentials { id: id.to_owned(), secret: secret.unwrap_or_default().to_owned() }
}
