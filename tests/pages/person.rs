//! Somebody who is signed in, and what his browser sends.

use std::sync::OnceLock;

use reqwest::{Client, Method};

use crate::support::{Binary, Cookies, PASSWORD, Reply, Shared, Start, wopi::http_client};

/// The server that the tests share. Each test makes users of its own ([`Person::new`]): rights and bins are theirs alone.
pub(crate) fn house() -> &'static Shared {
    static SERVER: OnceLock<Shared> = OnceLock::new();
    SERVER.get_or_init(|| Shared::begin(Start::default(), &[]))
}

/// A user with a session.
pub(crate) struct Person {
    origin: String,
    pub(crate) name: String,
    client: Client,
    pub(crate) cookies: Cookies,
    /// Sent with every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Person {
    /// Adds a user to the shared server and signs him in. The name must be no other test's.
    pub(crate) async fn new(name: &str) -> Self {
        house().binary().add_user(name, &[]);
        Self::of(house().binary(), name).await
    }

    /// An administrator of the shared server.
    pub(crate) async fn admin(name: &str) -> Self {
        house().binary().add_user(name, &["--admin"]);
        Self::of(house().binary(), name).await
    }

    /// Signs a user of any server in.
    pub(crate) async fn of(binary: &Binary, name: &str) -> Self {
        let mut person = Self::stranger(binary);
        name.clone_into(&mut person.name);
        let page = person.get("/sign-in").await.expect(200);
        let fields = [("form", &*field(&page, "form")), ("return_to", "/"), ("name", name), ("password", PASSWORD)];
        person.post("/sign-in", &fields).await.expect(303);
        person
    }

    /// Somebody without a session.
    pub(crate) fn stranger(binary: &Binary) -> Self {
        Self {
            origin: binary.url().trim_end_matches('/').to_owned(),
            name: String::new(),
            client: http_client(),
            cookies: Cookies::default(),
            headers: Vec::new(),
        }
    }

    /// Asks for a page by its path.
    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into_bytes()).await
    }

    /// Sends a form of a page, with its mark.
    pub(crate) async fn submit(&mut self, page: &Reply, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mark = mark(page);
        let all: Vec<(&str, &str)> = fields.iter().copied().chain([("form", mark.as_str())]).collect();
        self.post(path, &all).await
    }

    /// Sends anything.
    pub(crate) async fn send(&mut self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Reply {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.origin));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request = self.cookies.send(request);
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        let response = request.body(body).send().await.expect("a reply");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a body").to_vec();
        self.cookies.take(&headers);
        Reply { asked: format!("{method} {path}"), status, headers, body }
    }
}

/// A page as text.
pub(crate) fn html(page: &Reply) -> String {
    String::from_utf8(page.body.clone()).expect("UTF-8")
}

/// The mark for the forms of a page.
#[track_caller]
pub(crate) fn mark(page: &Reply) -> String {
    between(&html(page), "data-form=\"", "\"").expect("a mark")
}

/// The value of a hidden field.
#[track_caller]
pub(crate) fn field(page: &Reply, name: &str) -> String {
    between(&html(page), &format!("name=\"{name}\" value=\""), "\"").unwrap_or_else(|| panic!("no field {name}"))
}

/// The first text between two others.
pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(rest[..rest.find(after)?].to_owned())
}

/// Where a redirect leads, as a path of the house: `../bin` and `./bin` alike become `/bin`.
#[track_caller]
pub(crate) fn location(reply: &Reply) -> String {
    let location = reply.header("Location").expect("a location");
    format!("/{}", location.trim_start_matches("../").trim_start_matches("./"))
}
