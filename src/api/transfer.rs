//! Bytes in and out, as streams. What is asked stands as JSON in the query parameter `request`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, body::SizedStream, web};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Admin, Refusal, calls::Entry, files::told_file};
use crate::{
    host::{HostError, Unless},
    ids::NodeId,
    names::FileName,
    server::{BodyError, BodyReader},
    store::records::NodeKind,
};

/// `PUT` to it: [`Upload`], and the bytes as the body; [`Entry`] is answered.
pub const UPLOAD: &str = "/v1/upload";

/// `GET` from it: [`Download`]; the bytes are answered.
pub const DOWNLOAD: &str = "/v1/download";

/// The header with the SHA-256 of a download, base64.
pub const HASH: &str = "x-lockhouse-sha256";

/// How long the other side may pause: it reads a disk, perhaps one that has to wake up.
const PAUSE: Duration = Duration::from_secs(300);

/// Bytes of a refused upload that are read, so that its sender sees the answer instead of a broken connection.
const DRAINED: u64 = 64 << 20;

/// A file to be: a new one, or the next version of the one that has the name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// The folder.
    pub parent: NodeId,
    /// The name.
    pub name: String,
    /// How many bytes will come.
    pub size: u64,
}

/// A file's present content.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Download {
    /// The file.
    pub file: NodeId,
}

/// The query of a transfer.
#[derive(Deserialize)]
struct Query {
    request: String,
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route(UPLOAD, web::put().to(upload)).route(DOWNLOAD, web::get().to(download));
}

fn parsed<T: DeserializeOwned>(query: &Query) -> Result<T, Refusal> {
    serde_json::from_str(&query.request)
        .map_err(|error| Refusal::invalid(format!("the request cannot be understood: {error}")))
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        Self::new(error.status(), error.to_string())
    }
}

async fn upload(
    request: HttpRequest,
    admin: web::Data<Admin>,
    query: web::Query<Query>,
    payload: web::Payload,
) -> HttpResponse {
    let mut body = BodyReader::new(&request, payload, admin.host.options().body_limit, PAUSE);
    match receive(&admin, &query, &mut body).await {
        Ok(entry) => HttpResponse::Ok().json(entry),
        Err(refusal) => {
            body.drain(DRAINED).await;
            refusal.response()
        }
    }
}

async fn receive(admin: &Admin, query: &Query, body: &mut BodyReader) -> Result<Entry, Refusal> {
    let Upload { parent, name, size } = parsed(query)?;
    let host = &admin.host;
    let failed = |error: &HostError| Refusal::about(&name, error);
    let file_name = FileName::parse(&name).map_err(|error| failed(&error.into()))?;
    let owner = host.container(&parent)?.owner;
    let (id, head) = match host.child(&parent, &file_name).map_err(|error| failed(&error))? {
        Some(child) if child.kind == NodeKind::Container => {
            return Err(Refusal::conflict(format!("`{name}` is a folder there; a file cannot take its place")));
        }
        Some(child) => {
            // Bytes that will be refused need not travel.
            if host.lock_of(&child.node).await.map_err(|error| failed(&error))?.is_some() {
                return Err(Refusal::locked(host.path_of(&child.node)?));
            }
            let mut over =
                host.begin_replacement(&owner, &child.node, Some(size)).await.map_err(|error| failed(&error))?;
            while let Some(piece) = body.next().await? {
                over.write(&piece).await.map_err(|error| failed(&error))?;
            }
            match over.finish().await.map_err(|error| failed(&error))? {
                Unless::Done(done) => done,
                Unless::Locked(_) => return Err(Refusal::locked(host.path_of(&child.node)?)),
            }
        }
        None => {
            let mut new = host.begin_creation(&owner, &parent, Some(size)).await.map_err(|error| failed(&error))?;
            while let Some(piece) = body.next().await? {
                new.write(&piece).await.map_err(|error| failed(&error))?;
            }
            new.finish(&file_name).await.map_err(|error| failed(&error))?
        }
    };
    Ok(told_file(admin, &id, &head))
}

async fn download(admin: web::Data<Admin>, query: web::Query<Query>) -> HttpResponse {
    let begun = async {
        let Download { file } = parsed(&query)?;
        let reading = admin.host.read(&file)?;
        let (size, hash) = (reading.content.size, reading.content.sha256.clone());
        Ok::<_, Refusal>((size, hash, reading.into_stream().await?))
    };
    match begun.await {
        Ok((size, hash, pieces)) => HttpResponse::Ok()
            .insert_header((HASH, hash))
            .content_type("application/octet-stream")
            .body(SizedStream::new(size, pieces)),
        Err(refusal) => refusal.response(),
    }
}
