//! The house beside its provider, and the way of a person through both.

use std::sync::Arc;

use lockhouse::{
    clock::SystemClock,
    host::{Host, HostOptions, oauth::NewClient},
    store::StoreOptions,
};
use serde_json::Value;

use crate::{
    browser::{Browser, Page},
    provider::{CLIENT, Provider, SECRET},
    support::{Binary, Start},
};

/// A running house whose people sign in at a running provider.
pub(crate) struct House {
    pub(crate) binary: Binary,
    pub(crate) provider: Provider,
}

/// The name of the journey's cookie, at its end.
pub(crate) const JOURNEY: &str = "lockhouse-journey";

impl House {
    pub(crate) fn open() -> Self {
        Self::with(&[])
    }

    /// With these settings besides.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let provider = Provider::start();
        let start = settings.iter().fold(start(&provider.issuer), |start, (name, value)| start.set(name, value));
        let mut binary = Binary::stopped_with(start);
        write_secret(&binary);
        binary.launch();
        Self { binary, provider }
    }

    /// Lets Office ask people for their documents.
    pub(crate) fn know_office(&mut self) {
        self.binary.terminate();
        let path = self.binary.data_dir();
        let work = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let store = StoreOptions { free_space_floor: 0, ..StoreOptions::default() };
                let options = HostOptions { store, ..HostOptions::new(path) };
                let host = Host::open(options, Arc::new(SystemClock)).await.expect("the host");
                let new = NewClient {
                    id: "office".to_owned(),
                    name: "Office".to_owned(),
                    redirect_uris: vec!["https://localhost".to_owned()],
                    scopes: vec!["wopi".to_owned()],
                    public: false,
                };
                host.clients().add(new).await.expect("a client");
                host.close();
            });
        });
        work.join().expect("the client is there");
        self.binary.launch();
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.binary.url())
    }

    /// Presses the provider's button on the sign-in page and returns where that leads.
    pub(crate) async fn begin(&self, browser: &Browser, return_to: &str) -> Page {
        let query: String = url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
        let page = browser.get(&format!("/sign-in?return_to={query}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        browser.submit(&page.form("/sign-in/oidc/start"), &[]).await
    }

    /// Says at the provider who he is, and returns what the house says after the way back.
    pub(crate) async fn vouch(&self, browser: &Browser, begun: &Page, person: &[(&str, &str)]) -> Page {
        let back = self.way_back(browser, begun, person).await;
        browser.get(&back).await
    }

    /// Says at the provider who he is, and returns where the provider sends him.
    pub(crate) async fn way_back(&self, browser: &Browser, begun: &Page, person: &[(&str, &str)]) -> String {
        assert_eq!(begun.status, 303, "{begun:?}");
        let at_provider = begun.location();
        assert!(at_provider.as_str().starts_with(&self.provider.issuer), "{at_provider}");
        let page = browser.get(at_provider.as_str()).await;
        assert_eq!(page.status, 200, "{page:?}");
        let back = browser.submit(&page.form("/authorize"), person).await;
        assert_eq!(back.status, 303, "{back:?}");
        back.location().to_string()
    }

    /// The whole way.
    pub(crate) async fn sign_in(&self, browser: &Browser, person: &[(&str, &str)]) -> Page {
        let begun = self.begin(browser, "").await;
        self.vouch(browser, &begun, person).await
    }

    /// The name of whoever is signed in.
    pub(crate) async fn who(&self, browser: &Browser) -> Option<String> {
        let page = browser.get("/sign-in").await;
        assert_eq!(page.status, 200, "{page:?}");
        let shown = page.text.split("<span class=\"quiet\">").nth(1)?;
        Some(shown.split('<').next().unwrap_or_default().to_owned())
    }

    /// A user, as the command line shows him.
    pub(crate) fn user(&self, name: &str) -> Option<Value> {
        self.users().into_iter().find(|user| user["user"] == name)
    }

    pub(crate) fn users(&self) -> Vec<Value> {
        self.binary.cli_ok(&["user", "list", "--json"], "").json().as_array().expect("a list").clone()
    }

    /// How many records there are; the store must be sound.
    pub(crate) fn records(&self) -> u64 {
        // The first check leaves a record of itself.
        self.binary.cli_ok(&["check"], "");
        let told = self.binary.cli_ok(&["check", "--json"], "").json();
        assert_eq!((&told["sound"], &told["findings"]), (&true.into(), &Value::Array(Vec::new())), "{told}");
        told["report"]["records"].as_u64().expect("a number")
    }
}

/// The settings for a provider.
pub(crate) fn start(issuer: &str) -> Start {
    Start::default()
        .set("LOCKHOUSE_OIDC__ISSUER", issuer)
        .set("LOCKHOUSE_OIDC__CLIENT_ID", CLIENT)
        .set("LOCKHOUSE_OIDC__CLIENT_SECRET_FILE", "secret")
        .set("LOCKHOUSE_OIDC__NAME", "Example ID")
        .set("LOCKHOUSE_OIDC__TIMEOUT", "2s")
        .set("NO_PROXY", "127.0.0.1")
}

/// Puts the client secret where the settings say: beside the data directory, where the binary works.
pub(crate) fn write_secret(binary: &Binary) {
    std::fs::write(binary.scratch().join("secret"), format!("{SECRET}\n")).expect("a file");
}

/// Somebody at the provider.
pub(crate) const ANNA: [(&str, &str); 4] =
    [("sub", "10"), ("preferred_username", "anna.brandt"), ("name", "Anna Brandt"), ("email", "anna@example.org")];
