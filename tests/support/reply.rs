//! A reply, and what must be true of every reply whatever was asked.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A whole reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// What was asked, for messages.
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value; an empty header is `Some("")`.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("an ASCII header"))
    }

    /// `X-WOPI-Lock`.
    #[track_caller]
    pub(crate) fn lock(&self) -> Option<&str> {
        self.header("X-WOPI-Lock")
    }

    /// `X-WOPI-ItemVersion`, which must be there.
    #[track_caller]
    pub(crate) fn version(&self) -> String {
        match self.header("X-WOPI-ItemVersion") {
            Some(version) if !version.is_empty() => version.to_owned(),
            _ => panic!("no X-WOPI-ItemVersion in {self}"),
        }
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("no JSON ({error}) in {self}"),
        }
    }

    /// A string property of the JSON body.
    #[track_caller]
    pub(crate) fn text(&self, property: &str) -> String {
        match self.json()[property].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no string `{property}` in {self}"),
        }
    }

    /// The reply, if its status is the expected one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}, got {self}");
        self
    }

    /// The reply, if its status is one of the expected ones.
    #[track_caller]
    pub(crate) fn expect_one_of(self, statuses: &[u16]) -> Self {
        assert!(statuses.contains(&self.status), "expected one of {statuses:?}, got {self}");
        self
    }

    /// A 409 that names the lock in the way; "" means that there is none.
    #[track_caller]
    pub(crate) fn expect_conflict(self, lock: &str) -> Self {
        let reply = self.expect(409);
        assert!(reply.lock() == Some(lock), "expected X-WOPI-Lock: {lock:?}, got {reply}");
        reply
    }

    /// What the reply says to a person about its failure, in a header or in JSON; it must be a phrase.
    #[track_caller]
    pub(crate) fn expect_message(self) -> Self {
        let said = self.message();
        assert!(
            said.as_deref().is_some_and(|said| said.trim().contains(' ') && said.len() >= 10),
            "no message that a person understands ({said:?}) in {self}"
        );
        self
    }

    /// The message of a failure, if there is one.
    pub(crate) fn message(&self) -> Option<String> {
        const HEADERS: [&str; 4] = [
            "X-WOPI-LockFailureReason",
            "X-WOPI-InvalidFileNameError",
            "X-WOPI-InvalidContainerNameError",
            "X-WOPI-ServerError",
        ];
        let header = HEADERS.iter().find_map(|name| self.header(name).filter(|value| !value.is_empty()));
        header.map(str::to_owned).or_else(|| {
            let body: Value = serde_json::from_slice(&self.body).ok()?;
            body.as_object()?.values().filter_map(Value::as_str).map(str::to_owned).max_by_key(String::len)
        })
    }

    /// Rules that hold for every reply of a WOPI endpoint: F-11, F-12, F-17, F-22, F-71 and section 2.3.
    #[track_caller]
    pub(crate) fn check_common(&self, operation: &str, is_content: bool) {
        assert!(
            self.status == 200 || self.status >= 400,
            "F-12: the only success is 200 and nothing redirects: {self}"
        );
        if let Some(length) = self.header("Content-Length") {
            assert!(length == self.body.len().to_string(), "F-11: Content-Length is not the body's length: {self}");
        }
        let looks_like_json = self.body.first().is_some_and(|first| b"{[".contains(first));
        if looks_like_json && !(is_content && self.status == 200) {
            let kind = self.header("Content-Type").unwrap_or_default();
            assert!(kind.starts_with("application/json"), "F-11: JSON without its type: {self}");
            assert!(!has_null(&self.json()), "F-22: a null in {self}");
        }
        self.check_lock_header(operation);
        if self.status == 500 {
            assert!(self.header("X-WOPI-ServerError").is_some_and(|e| !e.is_empty()), "F-17: a silent 500: {self}");
        }
    }

    #[track_caller]
    fn check_lock_header(&self, operation: &str) {
        let lock_taking =
            matches!(operation, "LOCK" | "REFRESH_LOCK" | "UNLOCK" | "PUT" | "RENAME_FILE" | "DELETE" | "PUT_RELATIVE");
        match self.status {
            200 if operation == "GET_LOCK" => {
                assert!(self.lock().is_some(), "2.3: GetLock without X-WOPI-Lock: {self}");
            }
            200 => assert!(self.lock().is_none(), "F-71: X-WOPI-Lock on a success: {self}"),
            409 if lock_taking => assert!(self.lock().is_some(), "2.3: a 409 without X-WOPI-Lock: {self}"),
            401 | 404 | 412 | 413 | 500 | 501 => {
                assert!(self.lock().is_none(), "2.3: X-WOPI-Lock on {}: {self}", self.status);
            }
            _ => {}
        }
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = &self.body[..self.body.len().min(400)];
        writeln!(f, "{} -> {}", self.asked, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "  ({} bytes) {}", self.body.len(), String::from_utf8_lossy(shown))
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}
