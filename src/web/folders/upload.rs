//! Files on their way in, by the script of the page.
//!
//! ```text
//! POST  /folder/{id}/upload?name=&size=&path=a/b&if=ask|replace|keep   201 {"upload":ID}   409 {"taken":true,…}
//! PATCH /upload/{ID}   Upload-Offset: n, bytes                         200 {"offset":n,"size":m[,"done":{…}]}   409 {"offset":n}
//! HEAD  /upload/{ID}                                                   200 Upload-Offset, Upload-Length
//! DELETE /upload/{ID}                                                  204
//! ```
//!
//! A sender may cut a file into as many pieces as he likes, and goes on after a broken connection from the offset that HEAD
//! tells. The piece that completes the file answers with what became of it; an empty one in the same place asks again.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use serde_json::{Value, json};

use super::{
    super::{desk::Desk, language::FolderTexts, sizes::size, visit::Depth},
    folder,
};
use crate::{
    host::{BegunUpload, HostError, IfTaken, UploadRequest, Uploaded},
    ids::NodeId,
    names::FileName,
    oauth::Identity,
    server::{BodyReader, note_operation, note_reason},
    wopi::Wopi,
};

/// Where a piece begins, and how far an upload has come.
const OFFSET: &str = "upload-offset";

/// Bytes of a piece that is not wanted which are still read.
const DRAINED: u64 = 1 << 20;

fn data(status: StatusCode, value: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .json(value)
}

/// Why it does not go, in his language.
fn refusal(desk: &Desk<'_>, error: &HostError) -> HttpResponse {
    note_reason(desk.visit.request, error.to_string());
    let texts = FolderTexts::of(desk.language());
    let (status, words) = match error {
        HostError::NotFound | HostError::NoRight | HostError::Access(_) => {
            (StatusCode::NOT_FOUND, desk.texts().nothing.to_owned())
        }
        HostError::TooLarge { limit } => {
            let limit = size(*limit, desk.language());
            (StatusCode::PAYLOAD_TOO_LARGE, texts.too_large.replace("{size}", &limit))
        }
        HostError::NoSpace { .. } => (StatusCode::INSUFFICIENT_STORAGE, texts.no_space.to_owned()),
        HostError::IllegalName(_) => (StatusCode::UNPROCESSABLE_ENTITY, texts.name_illegal.to_owned()),
        HostError::NameTaken => (StatusCode::UNPROCESSABLE_ENTITY, texts.name_taken.to_owned()),
        HostError::Misplaced(_) | HostError::Invalid(_) => {
            (StatusCode::BAD_REQUEST, desk.texts().title_nothing.to_owned())
        }
        HostError::Overloaded | HostError::ShuttingDown => (StatusCode::SERVICE_UNAVAILABLE, texts.busy.to_owned()),
        other => {
            tracing::error!(error = %other, "an upload failed");
            (StatusCode::INTERNAL_SERVER_ERROR, desk.language().trouble.to_owned())
        }
    };
    let mut answer = data(status, &json!({ "error": words }));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    answer
}

pub(super) async fn begin(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "upload begun");
    let desk = match Desk::script(&request, &identity, Depth::Three).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match begin_one(&desk, &id).await {
        Ok(answer) => answer,
        Err(error) => refusal(&desk, &error),
    }
}

async fn begin_one(desk: &Desk<'_>, id: &str) -> Result<HttpResponse, HostError> {
    let (_, access) = folder(desk, id)?;
    let parameter = |name: &str| desk.parameter(name).unwrap_or_default();
    let path: Vec<String> = parameter("path").split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let request = UploadRequest {
        path: crate::host::Host::checked_names(&path)?,
        name: FileName::parse(&parameter("name"))?,
        size: parameter("size").parse().map_err(|_| HostError::Invalid("the size is missing".to_owned()))?,
        if_taken: match parameter("if").as_str() {
            "replace" => IfTaken::Replace,
            "keep" => IfTaken::KeepBoth,
            _ => IfTaken::Ask,
        },
    };
    Ok(match desk.host().begin_upload(&access, request).await? {
        BegunUpload::Begun(upload) => data(StatusCode::CREATED, &json!({ "upload": upload })),
        BegunUpload::Taken { replaceable, held } => {
            data(StatusCode::CONFLICT, &json!({ "taken": true, "replaceable": replaceable, "held": held }))
        }
    })
}

pub(super) async fn append(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    wopi: web::Data<Wopi>,
    payload: web::Payload,
) -> HttpResponse {
    note_operation(&request, "upload");
    let limits = &wopi.limits;
    let mut body = BodyReader::new(&request, payload, limits.body.get(), limits.body_idle_timeout.get());
    let desk = match Desk::script(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(answer) => {
            body.drain(DRAINED).await;
            return answer;
        }
    };
    match append_all(&desk, &id, &mut body).await {
        Ok(answer) => answer,
        Err(error) => {
            body.drain(DRAINED).await;
            refusal(&desk, &error)
        }
    }
}

async fn append_all(desk: &Desk<'_>, id: &str, body: &mut BodyReader) -> Result<HttpResponse, HostError> {
    let id = NodeId::parse(id).map_err(|_| HostError::NotFound)?;
    let (host, user) = (desk.host(), &desk.me.user);
    let begins = desk.visit.request.headers().get(OFFSET).and_then(|offset| offset.to_str().ok()?.parse::<u64>().ok());
    let mut offset = begins.ok_or_else(|| HostError::Invalid(format!("the header {OFFSET} is missing")))?;
    let mut state = host.upload_state(user, &id).await?;
    loop {
        if state.offset != offset {
            body.drain(DRAINED).await;
            return Ok(data(StatusCode::CONFLICT, &json!({ "offset": state.offset, "size": state.size })));
        }
        match body.next().await {
            Ok(Some(piece)) => {
                offset = offset.saturating_add(piece.len() as u64);
                state = host.append_upload(user, &id, offset - piece.len() as u64, piece).await?;
            }
            Ok(None) => break,
            // What came so far is kept; whoever is still there hears how far that is.
            Err(error) => {
                note_reason(desk.visit.request, error.to_string());
                return Ok(data(error.status(), &json!({ "offset": state.offset, "size": state.size })));
            }
        }
    }
    if state.offset < state.size {
        return Ok(data(StatusCode::OK, &json!({ "offset": state.offset, "size": state.size })));
    }
    let done = match host.finish_upload(user, &id).await? {
        Uploaded::Made(id, name) => json!({ "id": id, "name": name, "as": "new" }),
        Uploaded::Replaced(id) => json!({ "id": id, "as": "version" }),
        Uploaded::Held(id) => json!({ "id": id, "as": "rescued" }),
    };
    Ok(data(StatusCode::OK, &json!({ "offset": state.offset, "size": state.size, "done": done })))
}

pub(super) async fn state(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "upload looked at");
    let desk = match Desk::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let Ok(id) = NodeId::parse(&id) else { return refusal(&desk, &HostError::NotFound) };
    match desk.host().upload_state(&desk.me.user, &id).await {
        Ok(state) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .insert_header((OFFSET, state.offset.to_string()))
            .insert_header(("upload-length", state.size.to_string()))
            .finish(),
        Err(error) => refusal(&desk, &error),
    }
}

pub(super) async fn cancel(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "upload cancelled");
    let desk = match Desk::script(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    if let Ok(id) = NodeId::parse(&id) {
        desk.host().cancel_upload(&desk.me.user, &id);
    }
    HttpResponse::NoContent().finish()
}
