//! The calls of the editor's server to the host, signed (files.md section 5, clients.md).

use reqwest::{Method, header::HeaderMap};

use super::{Called, Fault, Shape, Shared, session::Session};
use crate::{
    stand_in::{Key, signed, ticks},
    support::percent,
};

/// An hour, in the ticks of `X-WOPI-TimeStamp`.
const HOUR: i64 = 36_000_000_000;

/// What the host answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// One call: `operation` is the override, or a name for the two that have none.
pub(super) async fn call(
    shared: &Shared,
    session: &Session,
    operation: &'static str,
    more: &[(&str, String)],
    body: Vec<u8>,
) -> Reply {
    let (method, suffix) = match operation {
        "CHECK_FILE_INFO" => (Method::GET, ""),
        "GET_FILE" => (Method::GET, "/contents"),
        "PUT" => (Method::POST, "/contents"),
        _ => (Method::POST, ""),
    };
    let query = match shared.shape {
        Shape::OnlyOffice => format!("access_token={}", percent(&session.token)),
        _ => format!("access_token={}&access_token_ttl={}", percent(&session.token), session.ttl),
    };
    let url = format!("{}{suffix}?{query}", session.wopi_src);
    let mut request = shared.client.request(method.clone(), &url);
    if method == Method::POST {
        request = request.header("X-WOPI-Override", operation).header("Content-Type", "application/octet-stream");
    }
    if shared.shape != Shape::OnlyOffice {
        request = request.bearer_auth(&session.token);
    }
    for (name, value) in proof(shared, session, &url) {
        request = request.header(name, value);
    }
    for (name, value) in more {
        request = request.header(*name, value);
    }
    let called = match request.body(body).send().await {
        Ok(response) => {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Reply { status, headers, body: response.bytes().await.map(|body| body.to_vec()).unwrap_or_default() }
        }
        Err(_) => Reply { status: 0, headers: HeaderMap::new(), body: Vec::new() },
    };
    let seen = Called { wopi_src: session.wopi_src.clone(), operation, status: called.status };
    shared.state().called.push(seen);
    called
}

fn proof(shared: &Shared, session: &Session, url: &str) -> Vec<(&'static str, String)> {
    let (current, old) = shared.keys.lock().unwrap().clone();
    match shared.fault(&session.wopi_src) {
        Fault::WrongSignature => {
            let stranger = Key::new();
            signed(&stranger, &stranger, &session.token, url, ticks())
        }
        Fault::OldTimestamp => signed(&current, &old, &session.token, url, ticks() - HOUR),
        _ => signed(&current, &old, &session.token, url, ticks()),
    }
}
