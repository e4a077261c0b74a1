//! A host, an editor, and requests of the one to the other.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};

use crate::{
    stand_in::{StandIn, query},
    support::{Binary, Start, wopi::http_client},
};

/// How long something may take that happens in the background.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) server_error: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// A file and a token for it that names an editor.
pub(crate) struct Document {
    pub(crate) client: Client,
    /// `WOPISrc` as it was handed out.
    pub(crate) src: String,
    pub(crate) token: String,
}

impl Document {
    /// A document of alice, and a token for this kind of editor.
    pub(crate) fn of(host: &Binary, path: &str, kind: &str) -> Self {
        let token = host.cli_ok(&["token", "--user", "alice", path, "--client", kind, "--json"], "").json();
        let text = |name: &str| token[name].as_str().unwrap().to_owned();
        Self { client: http_client(), src: text("wopisrc"), token: text("access_token") }
    }

    /// The URL of an operation, with the query that Collabora sends.
    pub(crate) fn url(&self, suffix: &str) -> String {
        format!("{}{suffix}?{}", self.src, query(&self.token))
    }

    /// A request as it is.
    pub(crate) async fn ask(
        &self,
        method: Method,
        url: &str,
        headers: &[(&'static str, String)],
        body: &'static [u8],
    ) -> Answer {
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            server_error: response.headers().get("X-WOPI-ServerError").map(|text| text.to_str().unwrap().to_owned()),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// CheckFileInfo with these headers.
    pub(crate) async fn info(&self, headers: &[(&'static str, String)]) -> u16 {
        self.ask(Method::GET, &self.url(""), headers, b"").await.status
    }

    /// CheckFileInfo, signed by the editor.
    pub(crate) async fn signed_info(&self, editor: &StandIn) -> u16 {
        self.info(&editor.headers(&self.token, &self.url(""))).await
    }
}

/// How a host starts that has this editor.
pub(crate) fn start(name: &str, mode: &str, editor: &StandIn) -> Start {
    Start::default()
        .set("LOCKHOUSE_EDITORS__DISCOVERY", &format!("{name}={}", editor.discovery_url()))
        .set("LOCKHOUSE_EDITORS__PROOF", &format!("{name}={mode}"))
        .set("LOCKHOUSE_EDITORS__EARLY_REFRESH", "100ms")
        .set("LOCKHOUSE_EDITORS__TIMEOUT", "1s")
}

/// A running host with alice and `a.odt`.
pub(crate) fn serve(start: Start) -> Binary {
    let host = Binary::serve_with(start);
    host.add_user("alice", &[]);
    host.import("alice", &[("a.odt", b"text of a")]);
    host
}

/// Asks until the answer is `status`.
pub(crate) async fn until<F: Future<Output = u16>>(status: u16, mut ask: impl FnMut() -> F) {
    let begun = Instant::now();
    loop {
        let found = ask().await;
        if found == status {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "still {found}, not {status}");
    }
}

/// Waits until the editor was asked for its document more often than `before`.
pub(crate) async fn asked_again(editor: &StandIn, before: usize) {
    let begun = Instant::now();
    while editor.asked() <= before {
        assert!(begun.elapsed() < PATIENCE, "the document was not asked for again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
