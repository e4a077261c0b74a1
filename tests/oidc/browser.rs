//! A browser: it keeps the house's cookies, fills in forms, and shows each redirect instead of following it.

use std::sync::Mutex;

use reqwest::header;
use url::Url;

use crate::support::Cookies;

/// What a browser was answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) text: String,
}

/// A form of a page.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: Url,
    pub(crate) fields: Vec<(String, String)>,
}

impl Page {
    /// Where it redirects to.
    #[track_caller]
    pub(crate) fn location(&self) -> Url {
        let location = self.headers.get(header::LOCATION).unwrap_or_else(|| panic!("no redirect: {self:?}"));
        self.url.join(location.to_str().expect("plain text")).expect("a reference")
    }

    /// The form whose action ends like this.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form {
        self.find_form(action).unwrap_or_else(|| panic!("no form for {action}: {self:?}"))
    }

    pub(crate) fn find_form(&self, action: &str) -> Option<Form> {
        let form = self.text.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default());
        form.map(|form| Form {
            action: self.url.join(&attribute(form, "action").unwrap_or_default()).expect("a reference"),
            fields: form
                .split("<input")
                .skip(1)
                .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
                .collect(),
        })
        .find(|form| form.action.path().ends_with(action))
    }
}

/// An attribute of the first element of the text.
fn attribute(text: &str, name: &str) -> Option<String> {
    let element = text.split('>').next()?;
    let value = element.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    let value = value.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"").replace("&#39;", "'");
    Some(value.replace("&#60;", "<").replace("&#62;", ">"))
}

/// A browser of one person.
pub(crate) struct Browser {
    client: reqwest::Client,
    house: String,
    language: String,
    cookies: Mutex<Cookies>,
}

impl Browser {
    /// One that was never at the house before.
    pub(crate) fn at(house: &str) -> Self {
        Self::speaking(house, "en")
    }

    pub(crate) fn speaking(house: &str, language: &str) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self {
            client: client.build().expect("a client"),
            house: house.to_owned(),
            language: language.to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// Asks for a page of the house by its path, or of anybody by a URL.
    pub(crate) async fn get(&self, to: &str) -> Page {
        let url = Url::parse(&self.house).expect("a URL").join(to).expect("a reference");
        self.send(self.client.get(url.clone()), url).await
    }

    /// Sends a form, with these fields put in or replaced.
    pub(crate) async fn submit(&self, form: &Form, filled: &[(&str, &str)]) -> Page {
        let mut fields = form.fields.clone();
        for (name, value) in filled {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .client
            .post(form.action.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        self.send(request, form.action.clone()).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, url: Url) -> Page {
        let own = url.as_str().starts_with(&self.house);
        let mut request = request.header(header::ACCEPT_LANGUAGE, &self.language);
        if own {
            request = self.cookies.lock().unwrap().send(request);
        }
        let response = request.send().await.expect("an answer");
        if own {
            self.keep(response.headers());
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Page { url, status, headers, text: response.text().await.expect("a text") }
    }

    fn keep(&self, headers: &header::HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("plain text");
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        }
        self.cookies.lock().unwrap().take(headers);
    }

    /// The cookie whose name ends like this.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().iter().find(|(known, _)| known.ends_with(name)).map(|(_, value)| value.clone())
    }

    /// Puts a cookie in, as somebody who has his hands on the browser might.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }
}
