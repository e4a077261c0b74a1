//! A server with users and clients.

use std::sync::Arc;

use lockhouse::{
    clock::SystemClock,
    host::{
        Host, HostOptions,
        accounts::NewAccount,
        oauth::{CodeUse, NewClient, NewCode},
    },
    ids::UserId,
    licence::AccountKind,
};

use crate::support::{Binary, PASSWORD, Start};

/// What Office asks with.
pub(crate) const OFFICE: &str = "client_id=office-k4&redirect_uri=https%3A%2F%2Flocalhost&response_type=code&scope=wopi&build=16.1.1234&platform=iOS";

/// A server that runs, on records that were made before it started.
pub(crate) struct House {
    pub(crate) binary: Binary,
    address: String,
    /// An access token of `ines` with scope `app`, given to the client `phone`.
    pub(crate) app_token: String,
    /// One of hers with scope `wopi`, given to `office-k4`.
    pub(crate) office_token: String,
}

impl House {
    /// A server with default settings.
    pub(crate) fn open() -> Self {
        Self::open_with(Start::default())
    }

    /// A server with settings.
    pub(crate) fn open_with(start: Start) -> Self {
        let mut binary = Binary::stopped_with(start);
        let mut options = HostOptions::new(binary.data_dir());
        options.store.free_space_floor = 0;
        // On a thread of its own: the test runs in a runtime already.
        let furnished = std::thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(furnish(options)));
        let (app_token, office_token) = furnished.join().expect("the house is furnished");
        let address = free_address();
        binary.start_mut().listen.clone_from(&address);
        binary.launch();
        Self { binary, address, app_token, office_token }
    }

    /// Where it is reached, whatever its public URL is.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where Office sends people, with more parameters.
    pub(crate) fn authorize(more: &str) -> String {
        format!("/oauth/authorize?{OFFICE}{more}")
    }
}

async fn furnish(options: HostOptions) -> (String, String) {
    let host = Host::open(options, Arc::new(SystemClock)).await.unwrap();
    for (name, display_name, password) in [
        ("ines", "Ines Marlow", Some(PASSWORD)),
        ("berta", "Berta Quist", Some(PASSWORD)),
        ("dora", "Dora", Some(PASSWORD)),
        ("olga", "Olga", None),
    ] {
        let user = UserId::parse(name).unwrap();
        let new = NewAccount { user, display_name, email: None, password, admin: false, kind: AccountKind::Business };
        host.accounts().add(new).await.unwrap();
    }
    host.accounts().disable(&UserId::parse("dora").unwrap(), true).await.unwrap();
    for (id, name, redirect, scopes, public) in [
        ("office-k4", "Office", "https://localhost", &["wopi"][..], false),
        ("phone", "Lumora", "com.example.lumora:/back", &["app"][..], true),
    ] {
        let new = NewClient {
            id: id.to_owned(),
            name: name.to_owned(),
            redirect_uris: vec![redirect.to_owned()],
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            public,
        };
        host.clients().add(new).await.unwrap();
    }
    let tokens = (token(&host, "phone", "app").await, token(&host, "office-k4", "wopi").await);
    host.close();
    tokens
}

async fn token(host: &Host, client: &str, scope: &str) -> String {
    let account = host.accounts().find("ines").unwrap().unwrap();
    let client = host.clients().get(client).unwrap().unwrap();
    // The example of RFC 7636, appendix B.
    let (verifier, challenge) =
        ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let new = NewCode {
        client: client.id.clone(),
        redirect_uri: None,
        user: account.user.clone(),
        generation: account.generation,
        scopes: vec![scope.to_owned()],
        challenge: Some(challenge.to_owned()),
    };
    let code = host.grants().issue_code(new).await.unwrap();
    let wanted = CodeUse { code: &code, redirect_uri: None, verifier: Some(verifier) };
    host.grants().redeem(&client, wanted).await.unwrap().access_token
}

/// The server prints its public URL, which need not be where it listens.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
