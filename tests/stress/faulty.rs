//! A small WOPI host in memory, right but for the fault that was planted in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, mpsc},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, rt::System, web};

/// What it does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Every tenth Unlock is answered 200 and releases nothing.
    LostUnlock,
    /// Every tenth Lock is granted although another holds the file.
    TwoHolders,
    /// GetLock tells what was so at the time of the GetLock before.
    StaleGetLock,
    /// Every fifth GetFile is half old and half new.
    TornRead,
    /// Every seventh PutFile is acknowledged and not kept.
    ForgetsWrites,
    /// Unlock asks for no id.
    StaleUnlock,
    /// A 409 has no `X-WOPI-Lock`.
    NamelessConflict,
    /// A view-only token may do everything.
    ViewMayWrite,
    /// A token opens every file.
    AnyToken,
}

#[derive(Default)]
struct Document {
    lock: Option<String>,
    content: Vec<u8>,
    before: Vec<u8>,
    version: u64,
    told: Option<String>,
}

struct Host {
    fault: Fault,
    documents: Mutex<(HashMap<String, Document>, u64)>,
}

/// A host that serves until it is dropped.
pub(crate) struct Faulty {
    pub(crate) port: u16,
    handle: ServerHandle,
}

impl Faulty {
    pub(crate) fn serve(fault: Fault) -> Self {
        let (told, port) = mpsc::channel();
        std::thread::spawn(move || {
            System::new().block_on(async move {
                let host = web::Data::from(Arc::new(Host { fault, documents: Mutex::default() }));
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(host.clone())
                        .app_data(web::PayloadConfig::new(64 << 20))
                        .route("/wopi/files/{id}", web::get().to(info))
                        .route("/wopi/files/{id}", web::post().to(act))
                        .route("/wopi/files/{id}/contents", web::get().to(get))
                        .route("/wopi/files/{id}/contents", web::post().to(put))
                })
                .workers(1)
                .disable_signals()
                .bind(("127.0.0.1", 0))
                .unwrap();
                let port = server.addrs()[0].port();
                let running = server.run();
                told.send((port, running.handle())).unwrap();
                running.await.unwrap();
            });
        });
        let (port, handle) = port.recv().unwrap();
        Self { port, handle }
    }

    pub(crate) fn wopisrc(&self, id: &str) -> String {
        format!("http://127.0.0.1:{}/wopi/files/{id}", self.port)
    }

    /// Two files, each with two tokens that may write and one that may not.
    pub(crate) fn targets(&self) -> String {
        let file = |id: &str| {
            serde_json::json!({
                "wopisrc": self.wopisrc(id),
                "tokens": [format!("full-{id}-anna"), format!("full-{id}-bob")],
                "view_tokens": [format!("view-{id}")],
            })
        };
        serde_json::json!([file("one"), file("two")]).to_string()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Who may what: a refusal, if not.
fn refused(host: &Host, request: &HttpRequest, id: &str, writes: bool) -> Option<HttpResponse> {
    let query = web::Query::<HashMap<String, String>>::from_query(request.query_string()).unwrap();
    let token = query.get("access_token").map_or("", String::as_str);
    let mut parts = token.split('-');
    let (kind, file) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    if !matches!(kind, "full" | "view") || file != id && host.fault != Fault::AnyToken {
        return Some(HttpResponse::Unauthorized().finish());
    }
    (writes && kind == "view" && host.fault != Fault::ViewMayWrite).then(|| HttpResponse::NotFound().finish())
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

fn conflict(host: &Host, lock: Option<&str>) -> HttpResponse {
    let mut reply = HttpResponse::Conflict();
    if host.fault != Fault::NamelessConflict {
        reply.insert_header(("X-WOPI-Lock", lock.unwrap_or("").to_owned()));
    }
    reply.finish()
}

async fn info(host: web::Data<Host>, id: web::Path<String>, request: HttpRequest) -> HttpResponse {
    if let Some(refusal) = refused(&host, &request, &id, false) {
        return refusal;
    }
    let mut documents = host.documents.lock().unwrap();
    let document = documents.0.entry(id.to_string()).or_default();
    HttpResponse::Ok().json(serde_json::json!({
        "BaseFileName": format!("{id}.docx"), "OwnerId": "o", "UserId": "u", "Size": document.content.len(),
        "Version": document.version.to_string(), "SupportsLocks": true, "SupportsUpdate": true, "UserCanWrite": true,
    }))
}

async fn get(host: web::Data<Host>, id: web::Path<String>, request: HttpRequest) -> HttpResponse {
    if let Some(refusal) = refused(&host, &request, &id, false) {
        return refusal;
    }
    let mut documents = host.documents.lock().unwrap();
    documents.1 += 1;
    let torn = host.fault == Fault::TornRead && documents.1.is_multiple_of(5);
    let document = documents.0.entry(id.to_string()).or_default();
    let mut body = document.content.clone();
    if torn {
        let half = (body.len() / 2).min(document.before.len());
        body[..half].copy_from_slice(&document.before[..half]);
    }
    HttpResponse::Ok().insert_header(("X-WOPI-ItemVersion", document.version.to_string())).body(body)
}

async fn put(host: web::Data<Host>, id: web::Path<String>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if let Some(refusal) = refused(&host, &request, &id, true) {
        return refusal;
    }
    let mut documents = host.documents.lock().unwrap();
    documents.1 += 1;
    let forgotten = host.fault == Fault::ForgetsWrites && documents.1.is_multiple_of(7);
    let document = documents.0.entry(id.to_string()).or_default();
    let free = document.lock.is_none() && document.content.is_empty();
    let held = document.lock.is_some() && document.lock.as_deref() == header(&request, "X-WOPI-Lock");
    if !free && !held {
        return conflict(&host, document.lock.as_deref());
    }
    document.version += 1;
    if !forgotten {
        document.before = std::mem::replace(&mut document.content, body.to_vec());
    }
    HttpResponse::Ok().insert_header(("X-WOPI-ItemVersion", document.version.to_string())).finish()
}

async fn act(host: web::Data<Host>, id: web::Path<String>, request: HttpRequest) -> HttpResponse {
    if let Some(refusal) = refused(&host, &request, &id, true) {
        return refusal;
    }
    let mut documents = host.documents.lock().unwrap();
    documents.1 += 1;
    let tenth = documents.1.is_multiple_of(10);
    let document = documents.0.entry(id.to_string()).or_default();
    let (asked, old) = (header(&request, "X-WOPI-Lock"), header(&request, "X-WOPI-OldLock"));
    let mine = document.lock.is_some() && document.lock.as_deref() == asked;
    let done = match header(&request, "X-WOPI-Override").unwrap_or("") {
        "GET_LOCK" => {
            let now = document.lock.clone();
            let before = std::mem::replace(&mut document.told, now.clone());
            let told = if host.fault == Fault::StaleGetLock { before } else { now };
            return HttpResponse::Ok().insert_header(("X-WOPI-Lock", told.unwrap_or_default())).finish();
        }
        "LOCK" if old.is_some() => document.lock.as_deref() == old,
        "LOCK" => document.lock.is_none() || mine || tenth && host.fault == Fault::TwoHolders,
        "REFRESH_LOCK" => mine,
        "UNLOCK" if mine || host.fault == Fault::StaleUnlock && document.lock.is_some() => {
            if !(tenth && host.fault == Fault::LostUnlock) {
                document.lock = None;
            }
            return HttpResponse::Ok().finish();
        }
        "UNLOCK" => false,
        _ => return HttpResponse::NotImplemented().finish(),
    };
    if done {
        document.lock = asked.map(str::to_owned);
        HttpResponse::Ok().finish()
    } else {
        conflict(&host, document.lock.as_deref())
    }
}
