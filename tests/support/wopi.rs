//! A WOPI client with a short name for every operation. Each reply is held to the rules that all share.

use super::{percent, reply::Reply};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Body, Client, Method};
use std::time::Duration;

/// An HTTP client that follows nothing, trusts nothing and asks no proxy.
pub(crate) fn http_client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .http1_only()
        .pool_idle_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(60))
        .build()
        .expect("an HTTP client")
}

/// One file as one user's client sees it: a `WOPISrc` and a token.
#[derive(Clone, Debug)]
pub(crate) struct Wopi {
    client: Client,
    src: String,
    token: String,
}

impl Wopi {
    pub(crate) fn new(client: Client, src: &str, token: &str) -> Self {
        Self { client, src: src.to_owned(), token: token.to_owned() }
    }

    /// From the object that `token --json` prints.
    #[track_caller]
    pub(crate) fn from_json(client: Client, token: &serde_json::Value) -> Self {
        let text = |name: &str| token[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {token}")).to_owned();
        Self { client, src: text("wopisrc"), token: text("access_token") }
    }

    /// From a URL that a reply handed out: `WOPISrc` and `?access_token=`.
    #[track_caller]
    pub(crate) fn opened_at(&self, url: &str) -> Self {
        let parsed = reqwest::Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        let token = parsed.query_pairs().find(|(name, _)| name == "access_token").map(|(_, value)| value.into_owned());
        let token = token.unwrap_or_else(|| panic!("no access_token in {url}"));
        let src = url.split('?').next().expect("a path");
        Self { client: self.client.clone(), src: src.to_owned(), token }
    }

    /// The same user's client on another connection.
    pub(crate) fn reconnected(&self) -> Self {
        Self { client: http_client(), ..self.clone() }
    }

    /// The same file with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Another file with the same token.
    pub(crate) fn with_src(&self, src: &str) -> Self {
        Self { src: src.to_owned(), ..self.clone() }
    }

    pub(crate) fn src(&self) -> &str {
        &self.src
    }

    /// The id in the `WOPISrc`.
    pub(crate) fn id(&self) -> &str {
        self.src.rsplit('/').next().expect("a segment")
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// A request to the file or to something under it, such as `/contents`.
    pub(crate) fn call(&self, method: Method, suffix: &str) -> Call<'_> {
        Call {
            wopi: self,
            method,
            suffix: suffix.to_owned(),
            query: format!("access_token={}", percent(&self.token)),
            operation: String::new(),
            headers: Vec::new(),
            body: None,
            asked: String::new(),
        }
    }

    /// A POST with an override.
    pub(crate) fn post(&self, operation: &str) -> Call<'_> {
        self.call(Method::POST, if operation == "PUT" { "/contents" } else { "" })
            .header("X-WOPI-Override", operation)
            .named(operation)
    }

    /// `CheckFileInfo`.
    pub(crate) async fn info(&self) -> Reply {
        self.call(Method::GET, "").send().await
    }

    /// `GetFile`.
    pub(crate) async fn get(&self) -> Reply {
        self.call(Method::GET, "/contents").send().await
    }

    pub(crate) async fn lock(&self, id: &str) -> Reply {
        self.post("LOCK").header("X-WOPI-Lock", id).send().await
    }

    pub(crate) async fn refresh(&self, id: &str) -> Reply {
        self.post("REFRESH_LOCK").header("X-WOPI-Lock", id).send().await
    }

    pub(crate) async fn unlock(&self, id: &str) -> Reply {
        self.post("UNLOCK").header("X-WOPI-Lock", id).send().await
    }

    /// `UnlockAndRelock`.
    pub(crate) async fn relock(&self, old: &str, new: &str) -> Reply {
        self.post("LOCK").header("X-WOPI-Lock", new).header("X-WOPI-OldLock", old).send().await
    }

    pub(crate) async fn get_lock(&self) -> Reply {
        self.post("GET_LOCK").send().await
    }

    /// The id that holds the file now; "" if none.
    #[track_caller]
    pub(crate) fn held_by(&self) -> impl Future<Output = String> {
        let place = std::panic::Location::caller();
        async move {
            let reply = self.get_lock().await;
            assert!(reply.status == 200, "at {place}: {reply}");
            reply.lock().unwrap_or_else(|| panic!("at {place}: no X-WOPI-Lock in {reply}")).to_owned()
        }
    }

    /// `PutFile` with a lock id, or with no lock header for `None`.
    pub(crate) async fn put(&self, lock: Option<&str>, bytes: impl Into<Vec<u8>>) -> Reply {
        let call = self.post("PUT").body(bytes);
        match lock {
            Some(id) => call.header("X-WOPI-Lock", id),
            None => call,
        }
        .send()
        .await
    }

    /// `RenameFile`; the name goes out as it is, so it must be UTF-7 already.
    pub(crate) async fn rename(&self, name: &str, lock: Option<&str>) -> Reply {
        let call = self.post("RENAME_FILE").header("X-WOPI-RequestedName", name);
        match lock {
            Some(id) => call.header("X-WOPI-Lock", id),
            None => call,
        }
        .send()
        .await
    }

    pub(crate) async fn delete(&self) -> Reply {
        self.post("DELETE").send().await
    }

    /// `PutRelativeFile` in suggested mode.
    pub(crate) async fn save_suggested(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Reply {
        self.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", name).body(bytes).send().await
    }

    /// `PutRelativeFile` in specific mode; `overwrite` is the header's text.
    pub(crate) async fn save_as(&self, name: &str, overwrite: Option<&str>, bytes: impl Into<Vec<u8>>) -> Reply {
        let call = self.post("PUT_RELATIVE").header("X-WOPI-RelativeTarget", name).body(bytes);
        match overwrite {
            Some(value) => call.header("X-WOPI-OverwriteRelativeTarget", value),
            None => call,
        }
        .send()
        .await
    }

    /// A new file beside this one with exactly this name, as the same user sees it.
    #[track_caller]
    pub(crate) fn sibling(&self, name: &str, bytes: &[u8]) -> impl Future<Output = Self> {
        let place = std::panic::Location::caller();
        let bytes = bytes.to_vec();
        async move {
            let reply = self.save_as(name, None, bytes).await;
            assert!(reply.status == 200, "at {place}: {reply}");
            self.opened_at(&reply.text("Url"))
        }
    }

    /// What can be seen of the file: lock, version, name and bytes. For "and nothing has changed".
    pub(crate) async fn state(&self) -> State {
        let info = self.info().await.expect(200).json();
        State {
            lock: self.held_by().await,
            version: info["Version"].as_str().expect("a version").to_owned(),
            modified: info["LastModifiedTime"].as_str().expect("a time").to_owned(),
            name: info["BaseFileName"].as_str().expect("a name").to_owned(),
            bytes: self.get().await.expect(200).body,
        }
    }
}

/// What can be seen of a file from outside.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) lock: String,
    pub(crate) version: String,
    pub(crate) modified: String,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = String::from_utf8_lossy(&self.bytes[..self.bytes.len().min(40)]).into_owned();
        f.debug_struct("State")
            .field("lock", &self.lock)
            .field("version", &self.version)
            .field("modified", &self.modified)
            .field("name", &self.name)
            .field("length", &self.bytes.len())
            .field("start", &start)
            .finish()
    }
}

/// A request in the making.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    wopi: &'a Wopi,
    method: Method,
    suffix: String,
    query: String,
    operation: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Body>,
    asked: String,
}

impl Call<'_> {
    /// Adds a header; an empty value is sent as an empty header.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.header_bytes(name, value.as_bytes())
    }

    /// Adds a header of any bytes.
    pub(crate) fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the whole query string.
    pub(crate) fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// Adds `name=value` at the end of the query string.
    pub(crate) fn also_query(mut self, more: &str) -> Self {
        self.query = format!("{}&{more}", self.query);
        self
    }

    /// A body that is sent with its length.
    pub(crate) fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(Body::from(bytes.into()));
        self
    }

    /// A body that is sent in pieces, chunked, without its length.
    pub(crate) fn chunked_body(mut self, bytes: &[u8], piece: usize) -> Self {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> = bytes.chunks(piece).map(|part| Ok(part.to_vec())).collect();
        self.body = Some(Body::wrap_stream(futures::stream::iter(pieces)));
        self
    }

    /// Which operation's rules the reply is held to.
    pub(crate) fn named(mut self, operation: &str) -> Self {
        operation.clone_into(&mut self.operation);
        self
    }

    /// Sends it; an error is a connection that broke.
    pub(crate) async fn try_send(mut self) -> Result<Reply, reqwest::Error> {
        let mut url = format!("{}{}", self.wopi.src, self.suffix);
        if !self.query.is_empty() {
            url = format!("{url}?{}", self.query);
        }
        let shown: Vec<String> =
            self.headers.iter().map(|(n, v)| format!("{n}: {}", String::from_utf8_lossy(v))).collect();
        self.asked = format!("{} …/{}{} [{}]", self.method, self.wopi.id(), self.suffix, shown.join(", "));
        let mut request = self.wopi.client.request(self.method.clone(), url);
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            request = request.header(name, HeaderValue::from_bytes(value).expect("a header value"));
        }
        if let Some(body) = self.body.take() {
            request = request.body(body);
        } else if self.method == Method::POST {
            request = request.header("Content-Length", "0");
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let reply = Reply { asked: self.asked, status, headers, body: response.bytes().await?.to_vec() };
        let is_content = self.method == Method::GET && self.suffix == "/contents";
        reply.check_common(&self.operation, is_content);
        Ok(reply)
    }

    /// Sends it and takes the whole reply.
    pub(crate) async fn send(self) -> Reply {
        let what = format!("{} {} {}", self.method, self.suffix, self.operation);
        match self.try_send().await {
            Ok(reply) => reply,
            Err(error) => panic!("{what}: no reply: {error:?}"),
        }
    }
}
