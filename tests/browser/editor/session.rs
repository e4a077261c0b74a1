//! A document that is open in the editor.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Fault, Shape, Shared,
    wopi::{Reply, call},
};

/// What a template of the editor's own puts into a new file.
const TEMPLATE: &str = "A new document";

/// One document, for one person.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) wopi_src: String,
    pub(super) token: String,
    pub(super) ttl: String,
    /// What CheckFileInfo said.
    pub(super) info: Value,
    /// The lock that it holds.
    pub(super) lock: Option<String>,
    pub(super) can_write: bool,
    /// What GetFile gave.
    pub(super) bytes: Vec<u8>,
    /// `LastModifiedTime`, as the host wrote it last.
    stamp: Option<String>,
    number: u64,
}

/// Opens what a form names, as the editor does before it shows anything.
///
/// # Errors
/// What the host answered instead.
pub(super) async fn open(
    shared: &Arc<Shared>,
    wopi_src: &str,
    token: &str,
    ttl: &str,
    read_only: bool,
) -> Result<u64, u16> {
    let number = {
        let mut state = shared.state();
        state.next += 1;
        state.next
    };
    let mut session = Session {
        wopi_src: wopi_src.to_owned(),
        token: token.to_owned(),
        ttl: ttl.to_owned(),
        info: Value::Null,
        lock: None,
        can_write: false,
        bytes: Vec::new(),
        stamp: None,
        number,
    };
    let info = call(shared, &session, "CHECK_FILE_INFO", &[], Vec::new()).await;
    if info.status != 200 {
        return Err(info.status);
    }
    session.info = info.json();
    session.stamp = session.info["LastModifiedTime"].as_str().map(str::to_owned);
    session.can_write = session.info["UserCanWrite"] == true && !read_only;
    if session.can_write && session.info["Size"] == 0 && shared.shape != Shape::Collabora {
        // A new file is filled before it is locked (rule W-40).
        let put = call(shared, &session, "PUT", &[], TEMPLATE.into()).await;
        session.stamp = put.json()["LastModifiedTime"].as_str().map(str::to_owned);
    }
    if session.can_write && session.info["SupportsLocks"] == true {
        let lock = lock_id(shared.shape, &session);
        let locked = call(shared, &session, "LOCK", &[("X-WOPI-Lock", lock.clone())], Vec::new()).await;
        // Somebody else's lock: only to be read.
        session.can_write = locked.status == 200;
        session.lock = (locked.status == 200).then_some(lock);
    }
    let file = call(shared, &session, "GET_FILE", &[], Vec::new()).await;
    if file.status != 200 {
        return Err(file.status);
    }
    session.bytes = file.body;
    shared.state().sessions.insert(number, session);
    Ok(number)
}

fn lock_id(shape: Shape, session: &Session) -> String {
    match shape {
        Shape::Collabora => format!("cool-lock{:08x}", session.number),
        Shape::OnlyOffice => session.wopi_src.rsplit('/').next().unwrap_or_default().to_owned(),
        Shape::Office => format!("{{\"S\":\"3c9a-{}\",\"F\":4}}", session.number),
    }
}

/// What the page asks its server for; the answer has `status`, the host's.
pub(super) async fn act(shared: &Arc<Shared>, number: u64, action: &str, asked: &Value) -> Value {
    let Some(session) = shared.state().sessions.get(&number).cloned() else { return json!({"status": 404}) };
    match action {
        "save" => save(shared, &session, asked).await,
        "rename" => rename(shared, &session, asked["name"].as_str().unwrap_or_default()).await,
        "refresh" => {
            let operation = if shared.shape == Shape::Collabora { "LOCK" } else { "REFRESH_LOCK" };
            let reply = call(shared, &session, operation, &lock_header(&session), Vec::new()).await;
            json!({"status": reply.status})
        }
        "close" => {
            let reply = if session.lock.is_some() {
                call(shared, &session, "UNLOCK", &lock_header(&session), Vec::new()).await.status
            } else {
                0
            };
            change(shared, number, |session| session.lock = None);
            json!({"status": reply})
        }
        "token" => {
            let token = asked["token"].as_str().unwrap_or_default().to_owned();
            change(shared, number, |session| session.token = token);
            json!({"status": 200})
        }
        "convert" => convert(shared, &session, asked["extension"].as_str().unwrap_or_default()).await,
        _ => json!({"status": 404}),
    }
}

fn change(shared: &Shared, number: u64, change: impl FnOnce(&mut Session)) {
    if let Some(session) = shared.state().sessions.get_mut(&number) {
        change(session);
    }
}

fn lock_header(session: &Session) -> Vec<(&'static str, String)> {
    session.lock.iter().map(|lock| ("X-WOPI-Lock", lock.clone())).collect()
}

async fn save(shared: &Arc<Shared>, session: &Session, asked: &Value) -> Value {
    let text = asked["text"].as_str().unwrap_or_default();
    let mut body = if session.is_text() { Vec::new() } else { session.bytes.clone() };
    body.extend_from_slice(text.as_bytes());
    let fault = shared.fault(&session.wopi_src);
    let mut headers = lock_header(session);
    match fault {
        Fault::OnlySaysSaved => return json!({"status": 200}),
        Fault::SavesWithoutLock => headers.clear(),
        Fault::HugeBody(more) => body.resize(body.len() + more, b' '),
        _ => {}
    }
    let flags = match shared.shape {
        Shape::Collabora => Some("X-COOL-WOPI"),
        Shape::OnlyOffice => Some("X-LOOL-WOPI"),
        Shape::Office => None,
    };
    let names = ["IsModifiedByUser", "IsAutosave", "IsExitSave", "Timestamp"];
    let flag = |name: &str| asked[name] == true;
    let values = [
        Some("true".to_owned()),
        Some(flag("auto").to_string()),
        Some(flag("exit").to_string()),
        session.stamp.clone().filter(|_| !flag("insist")),
    ];
    let named: Vec<(String, String)> = flags
        .iter()
        .flat_map(|prefix| names.iter().zip(&values).map(move |(name, value)| (format!("{prefix}-{name}"), value)))
        .filter_map(|(name, value)| Some((name, value.clone()?)))
        .collect();
    let mut all: Vec<(&str, String)> = named.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    all.extend(headers);
    if shared.shape != Shape::Collabora {
        all.push(("X-WOPI-Editors", session.info["UserId"].as_str().unwrap_or_default().to_owned()));
    }
    let reply: Reply = call(shared, session, "PUT", &all, body).await;
    if let Some(stamp) = reply.json()["LastModifiedTime"].as_str().filter(|_| reply.status == 200) {
        change(shared, session.number, |session| session.stamp = Some(stamp.to_owned()));
    }
    json!({"status": reply.status, "said": reply.json(), "lock": reply.header("X-WOPI-Lock")})
}

async fn rename(shared: &Arc<Shared>, session: &Session, name: &str) -> Value {
    let mut headers = lock_header(session);
    headers.push(("X-WOPI-RequestedName", crate::support::utf7::utf7(name)));
    let body = if shared.shape == Shape::Collabora { session.bytes.clone() } else { Vec::new() };
    let reply = call(shared, session, "RENAME_FILE", &headers, body).await;
    json!({"status": reply.status, "name": reply.json()["Name"]})
}

/// Makes a modern file beside the old one, and tells where it is edited.
async fn convert(shared: &Arc<Shared>, session: &Session, extension: &str) -> Value {
    let headers = [
        ("X-WOPI-SuggestedTarget", format!(".{extension}")),
        ("X-WOPI-FileConversion", "true".to_owned()),
        ("X-WOPI-Size", session.bytes.len().to_string()),
    ];
    let reply = call(shared, session, "PUT_RELATIVE", &headers, session.bytes.clone()).await;
    json!({"status": reply.status, "url": reply.json()["HostEditUrl"]})
}

impl Session {
    /// Whether the page shows the bytes; to others it only adds.
    pub(super) fn is_text(&self) -> bool {
        let name = self.info["BaseFileName"].as_str().unwrap_or_default();
        ["txt", "wopitest", "csv"].iter().any(|end| name.ends_with(&format!(".{end}")))
    }
}
