//! GetFile and PutFile (files.md sections 4.1 and 4.3).

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::header::{self, HeaderValue},
    web,
};
use serde_json::json;

use super::{
    Wopi,
    dispatch::body_of,
    headers,
    reply::{self, LOCK, Problem},
    session::{self, Session},
};
use crate::{
    host::{HostError, PutOutcome, PutRequest, Reading},
    permission::Role,
    server::{BodyError, BodyReader, note_operation},
    store::records::{SaveKind, VersionStamp},
};

/// Bytes of a refused body that are read, so that a small client gets its answer; then the connection closes.
pub(super) const DRAINED: u64 = 1 << 20;

/// What a client takes that does not say how much (files.md section 8: the largest signed 32-bit integer).
const MAX_EXPECTED_SIZE: u64 = 0x7fff_ffff;

pub(super) async fn get(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    note_operation(request, "GetFile");
    let session = session::open(request, id, wopi)?;
    let most = headers::number(request, "X-WOPI-MaxExpectedSize").unwrap_or(MAX_EXPECTED_SIZE);
    if session.access.head.as_ref().is_some_and(|head| head.content.size > most) {
        return Err(Problem::TooLargeForClient);
    }
    if let Some((version, all)) = wopi.host.kept_content(&session.access) {
        return Ok(headed(version).body(all));
    }
    let mut reading = wopi.host.read(&session.file)?;
    if reading.content.size > most {
        return Err(Problem::TooLargeForClient);
    }
    let mut builder = headed(reading.head.version);
    if let Some(all) = reading.all_if_small().await? {
        wopi.host.keep_content(&session.file, &reading.content, &all);
        return Ok(builder.body(all));
    }
    send(builder, reading).await
}

fn headed(version: VersionStamp) -> HttpResponseBuilder {
    let mut builder = reply::ok_with_version(version);
    builder.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")));
    builder
}

/// Sends a content: a small one in one piece with its head, a large one as it is read.
pub(crate) async fn send(
    mut builder: actix_web::HttpResponseBuilder,
    mut reading: Reading,
) -> Result<HttpResponse, Problem> {
    let size = reading.left();
    if let Some(all) = reading.all_if_small().await? {
        return Ok(builder.body(all));
    }
    Ok(builder.body(SizedStream::new(size, reading.into_stream().await?)))
}

pub(super) async fn post(
    request: &HttpRequest,
    id: &str,
    wopi: &Wopi,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    note_operation(request, "PutFile");
    let mut body = body_of(request, payload, wopi, wopi.limits.body.get());
    let outcome = async {
        let session = session::open_even_binned(request, id, wopi)?;
        put(request, &session, wopi, &mut body).await
    };
    let outcome = outcome.await;
    if outcome.is_err() {
        body.drain(DRAINED).await;
    }
    outcome
}

async fn put(
    request: &HttpRequest,
    session: &Session,
    wopi: &Wopi,
    body: &mut BodyReader,
) -> Result<HttpResponse, Problem> {
    // No override counts as PUT: some clients send none (files.md section 1.2, rule 4).
    if headers::text(request, "X-WOPI-Override").is_some_and(|name| name != "PUT") || !wopi.supports.update {
        return Err(Problem::NotSupported("this operation"));
    }
    session.access.require(Role::Editor).map_err(HostError::from)?;
    let put = PutRequest {
        lock: headers::lock_id(request, LOCK.as_str())?,
        believed: headers::believed_time(request),
        announced: body.announced(),
        editors: headers::editors(request),
        kind: Some(kind(request)),
    };
    let mut put = wopi.host.begin_put(&session.access, put).await?;
    loop {
        match body.next().await {
            Ok(Some(piece)) => put.write(&piece).await?,
            Ok(None) => break,
            // The lock comes before the size (files.md section 1.12).
            Err(BodyError::TooLarge { .. }) if put.is_refused() => {
                put.give_up();
                body.drain(DRAINED).await;
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    match put.finish().await? {
        PutOutcome::Saved { version, modified } => {
            Ok(reply::ok_with_version(version).json(json!({ "LastModifiedTime": modified.to_iso() })))
        }
        PutOutcome::Locked(current) => {
            wopi.metrics.lock_outcome("PutFile", "conflict");
            Err(Problem::Locked(current))
        }
        PutOutcome::Gone => Err(HostError::NotFound.into()),
        PutOutcome::Outdated(current) => Err(Problem::Outdated(current)),
    }
}

/// What kind of save the client says it is (files.md section 6.4); a save without a change counts as automatic.
fn kind(request: &HttpRequest) -> SaveKind {
    let says = |name, expected: &str| {
        headers::collabora(request, name).is_some_and(|value| value.eq_ignore_ascii_case(expected))
    };
    if says("IsExitSave", "true") {
        SaveKind::Exit
    } else if says("IsAutosave", "true") || says("IsModifiedByUser", "false") {
        SaveKind::Autosave
    } else {
        SaveKind::Save
    }
}
