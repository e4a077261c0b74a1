//! The cookies of a browser that has only one site to go to.

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
};

use reqwest::{RequestBuilder, header::HeaderMap};

/// By name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// Puts them all into a request.
    pub(crate) fn send(&self, request: RequestBuilder) -> RequestBuilder {
        if self.0.is_empty() {
            return request;
        }
        let all: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header("Cookie", all.join("; "))
    }

    /// Takes what an answer sets, and drops what it ends.
    pub(crate) fn take(&mut self, answer: &HeaderMap) {
        for cookie in answer.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("plain text");
            let (name, rest) = cookie.split_once('=').expect("a name");
            let value = rest.split(';').next().unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Deref for Cookies {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Cookies {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
