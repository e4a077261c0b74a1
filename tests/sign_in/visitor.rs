//! A browser without eyes: it keeps cookies and fills in forms.

use reqwest::{Client, Method};

use crate::{
    house::House,
    support::{Cookies, PASSWORD, Reply, wopi::http_client},
};

/// Somebody with a browser of his own.
pub(crate) struct Visitor<'a> {
    house: &'a House,
    client: Client,
    pub(crate) cookies: Cookies,
    /// Sent with every request.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A path in front of every path.
    pub(crate) at: &'static str,
}

impl<'a> Visitor<'a> {
    pub(crate) fn of(house: &'a House) -> Self {
        Self { house, client: http_client(), cookies: Cookies::default(), headers: Vec::new(), at: "" }
    }

    pub(crate) fn speaking(mut self, languages: &str) -> Self {
        self.headers.push(("Accept-Language", languages.to_owned()));
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some(body)).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Reply {
        let mut request = self.client.request(method.clone(), format!("{}{}{path}", self.house.origin(), self.at));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request = self.cookies.send(request);
        if let Some(body) = body {
            request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        let response = request.send().await.expect("a reply");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a body").to_vec();
        self.cookies.take(&headers);
        Reply { asked: format!("{method} {path}"), status, headers, body }
    }

    /// Fills in the sign-in form of a page.
    pub(crate) async fn fill_in(&mut self, page: &Reply, name: &str, password: &str) -> Reply {
        let (form, return_to) = (field(page, "form"), field(page, "return_to"));
        let fields = [("form", &*form), ("return_to", &*return_to), ("name", name), ("password", password)];
        self.post("/sign-in", &fields).await
    }

    /// Signs in from an address, and gives the page that it leads to.
    pub(crate) async fn sign_in_at(&mut self, path: &str, name: &str) -> Reply {
        let page = self.get(path).await.expect(200);
        let onward = self.fill_in(&page, name, PASSWORD).await.expect(303);
        let to = onward.header("Location").unwrap().strip_prefix('.').expect("a relative reference").to_owned();
        self.get(&to).await
    }

    /// Decides on the consent page.
    pub(crate) async fn decide(&mut self, page: &Reply, decision: &str) -> Reply {
        let (form, request) = (field(page, "form"), field(page, "request"));
        self.post("/oauth/consent", &[("form", &form), ("request", &request), ("decision", decision)]).await
    }
}

/// The page as text.
pub(crate) fn text(page: &Reply) -> String {
    String::from_utf8(page.body.clone()).unwrap()
}

/// The value of a field of the page, its character references resolved.
#[track_caller]
pub(crate) fn field(page: &Reply, name: &str) -> String {
    let text = text(page);
    let from = text
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {page}: {text}"));
    let value = from.split('"').next().unwrap();
    value.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">")
}

/// The parameters of a redirect, which must lead to `https://localhost`.
#[track_caller]
pub(crate) fn answer(reply: &Reply) -> Vec<(String, String)> {
    let to = reply.header("Location").unwrap_or_else(|| panic!("no redirect: {reply}"));
    let url = reqwest::Url::parse(to).unwrap_or_else(|_| panic!("not absolute: {reply}"));
    assert_eq!(url.origin().ascii_serialization(), "https://localhost", "{reply}");
    assert_eq!((url.path(), url.fragment()), ("/", None), "{reply}");
    url.query_pairs().into_owned().collect()
}

/// One of them.
pub(crate) fn parameter(answer: &[(String, String)], name: &str) -> Option<String> {
    answer.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}
