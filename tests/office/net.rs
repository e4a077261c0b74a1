//! The way to the server: public addresses stand for the one port that the test's server listens on, as a
//! proxy in front of it would have it.

use crate::support::Reply;
use reqwest::{Client, Method, header::HeaderValue};

/// A client that follows nothing and takes a new connection for each request, since servers are killed here.
fn http_client() -> Client {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    let builder = builder.http1_only().pool_max_idle_per_host(0).timeout(std::time::Duration::from_secs(60));
    builder.build().expect("an HTTP client")
}

/// Reaches the server under all of its names.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    http: Client,
    /// What the server listens on, as a URL without a path.
    local: String,
    /// Public origins that lead to it.
    names: Vec<String>,
    /// Who asks, when a proxy is to say so.
    forwarded_for: Option<String>,
}

impl Net {
    pub(crate) fn new(local: &str, names: &[&str]) -> Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Self { http: http_client(), local: local.to_owned(), names, forwarded_for: None }
    }

    /// The same way as a caller elsewhere takes it.
    pub(crate) fn seen_from(&self, address: &str) -> Self {
        Self { http: http_client(), forwarded_for: Some(address.to_owned()), ..self.clone() }
    }

    /// The origin under which the server calls itself.
    pub(crate) fn origin(&self) -> &str {
        self.names.first().unwrap_or(&self.local)
    }

    /// An address on the server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Whether an address leads to the server.
    pub(crate) fn leads_here(&self, url: &str) -> bool {
        self.split(url).is_some()
    }

    /// The public origin, "" for the local one, and the rest of an address that leads to the server.
    fn split<'a>(&'a self, url: &'a str) -> Option<(&'a str, &'a str)> {
        let mut names = self.names.iter().map(|name| (name.as_str(), name.as_str())).chain([("", self.local.as_str())]);
        names.find_map(|(name, origin)| {
            let rest = url.strip_prefix(origin)?;
            (rest.is_empty() || rest.starts_with(['/', '?', '#'])).then_some((name, rest))
        })
    }

    /// Sends one request; nothing is followed.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        let Some((name, rest)) = self.split(url) else { panic!("{url} does not lead to the server {self:?}") };
        let mut request = self.http.request(method.clone(), format!("{}{rest}", self.local));
        if let Some((scheme, host)) = name.split_once("://") {
            request = request.header("Host", host).header("X-Forwarded-Proto", scheme);
        }
        if let Some(address) = &self.forwarded_for {
            request = request.header("X-Forwarded-For", address);
        }
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        match body {
            Some(body) => request = request.body(body),
            None if method == Method::POST => request = request.header("Content-Length", "0"),
            None => {}
        }
        let asked = format!("{method} {url} {headers:?}");
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: no reply: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap_or_else(|error| panic!("{asked}: no body: {error:?}")).to_vec();
        Reply { asked, status, headers, body }
    }

    pub(crate) async fn get(&self, url: &str) -> Reply {
        self.send(Method::GET, url, &[], None).await
    }

    /// A POST of a form.
    pub(crate) async fn post_form(&self, url: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")];
        all.extend_from_slice(headers);
        self.send(Method::POST, url, &all, Some(form(fields).into_bytes())).await
    }
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A parameter of a URL's query, decoded.
pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    url.query_pairs().find_map(|(known, value)| (known == name).then(|| value.into_owned()))
}

/// How often a header stands in a reply.
pub(crate) fn count(reply: &Reply, header: &str) -> usize {
    reply.headers.get_all(header).iter().count()
}
