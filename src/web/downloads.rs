//! Downloads by a URL that carries its own permission: `DownloadUrl` for browsers, `FileUrl` for editors.
//!
//! Such a URL names a file, never a version: it always delivers the latest bytes (files.md section 4.2). What it delivers
//! is never shown inline from this origin.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{
        StatusCode,
        header::{
            self, ContentDisposition, DispositionParam, DispositionType, ETag, EntityTag, Header as _, IfMatch,
            IfNoneMatch, IfRange, Range,
        },
    },
    web,
};
use futures_util::stream;

use super::head_only;
use crate::{
    host::{Host, HostError, Reading, access::Face},
    ids::NodeId,
    server::{note_operation, note_reason, reply},
    wopi::Wopi,
};

/// `FileUrl`: the whole of the latest bytes, whatever else is asked.
pub(super) async fn bytes(request: HttpRequest, id: web::Path<String>, wopi: web::Data<Wopi>) -> HttpResponse {
    note_operation(&request, "FileUrl");
    match open(&request, &id, &wopi.host) {
        Ok(reading) => {
            let tag = EntityTag::new_strong(reading.head.version.to_string());
            let mut builder = whole(StatusCode::OK, &tag);
            builder.content_type("application/octet-stream");
            send(&request, builder, reading).await
        }
        Err(error) => refuse(&request, &error),
    }
}

/// `DownloadUrl`: the latest bytes as an attachment, with ranges and conditions (RFC 9110 sections 13 and 14).
pub(super) async fn download(request: HttpRequest, id: web::Path<String>, wopi: web::Data<Wopi>) -> HttpResponse {
    note_operation(&request, "Download");
    match open(&request, &id, &wopi.host) {
        Ok(reading) => deliver(&request, reading).await,
        Err(error) => refuse(&request, &error),
    }
}

/// Sends the latest bytes of a file as an attachment, with ranges and conditions.
pub(super) async fn deliver(request: &HttpRequest, reading: Reading) -> HttpResponse {
    let (name, tag) = (reading.head.name.clone(), reading.head.version.to_string());
    attach(request, reading, &name, tag).await
}

/// Sends bytes as an attachment of this name, with ranges and conditions; `tag` stands for exactly these bytes.
pub(super) async fn attach(request: &HttpRequest, mut reading: Reading, name: &str, tag: String) -> HttpResponse {
    let tag = EntityTag::new_strong(tag);
    if let Some(answer) = precondition(request, &tag) {
        return answer;
    }
    let size = reading.content.size;
    let mut builder = match range(request, &tag, size) {
        Wanted::All => whole(StatusCode::OK, &tag),
        Wanted::Part { from, to } => {
            reading.slice(from, to - from + 1);
            let mut builder = whole(StatusCode::PARTIAL_CONTENT, &tag);
            builder.insert_header((header::CONTENT_RANGE, format!("bytes {from}-{to}/{size}")));
            builder
        }
        Wanted::Nothing => {
            return HttpResponse::RangeNotSatisfiable()
                .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                .finish();
        }
    };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    builder.insert_header((header::CONTENT_TYPE, kind.as_ref())).insert_header(attachment(name));
    send(request, builder, reading).await
}

fn open(request: &HttpRequest, id: &str, host: &Host) -> Result<Reading, HostError> {
    let raw = request.query_string().split('&').find_map(|pair| pair.strip_prefix("t=")).unwrap_or_default();
    let token = percent_encoding::percent_decode_str(raw).decode_utf8_lossy();
    let access = host.access_control().authorize_download(&token)?;
    let file = access.file()?.clone();
    if NodeId::parse(id) != Ok(file.clone()) {
        return Err(HostError::NotFound);
    }
    host.read(&file)
}

/// What everything that is sent has in common.
fn whole(status: StatusCode, tag: &EntityTag) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .insert_header(ETag(tag.clone()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"));
    builder
}

pub(crate) fn attachment(name: &str) -> ContentDisposition {
    let plain: String = name.chars().map(|c| if c.is_ascii() && c != '"' && c != '\\' { c } else { '_' }).collect();
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(plain),
            DispositionParam::FilenameExt(header::ExtendedValue {
                charset: header::Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    }
}

fn precondition(request: &HttpRequest, tag: &EntityTag) -> Option<HttpResponse> {
    if request.headers().contains_key(header::IF_MATCH)
        && let Ok(IfMatch::Items(tags)) = IfMatch::parse(request)
        && !tags.iter().any(|wanted| wanted.strong_eq(tag))
    {
        return Some(HttpResponse::PreconditionFailed().finish());
    }
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        let known = match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
            Err(_) => false,
        };
        if known {
            return Some(HttpResponse::NotModified().insert_header(ETag(tag.clone())).finish());
        }
    }
    None
}

pub(crate) enum Wanted {
    All,
    Part { from: u64, to: u64 },
    Nothing,
}

/// One range is served; several, or what is no range, get the whole (RFC 9110 section 14.2 allows it).
pub(crate) fn range(request: &HttpRequest, tag: &EntityTag, size: u64) -> Wanted {
    let Ok(Range::Bytes(ranges)) = Range::parse(request) else { return Wanted::All };
    if request.headers().contains_key(header::IF_RANGE) {
        match IfRange::parse(request) {
            Ok(IfRange::EntityTag(known)) if known.strong_eq(tag) => {}
            _ => return Wanted::All,
        }
    }
    match ranges.as_slice() {
        [one] => match one.to_satisfiable_range(size) {
            Some((from, to)) => Wanted::Part { from, to },
            None => Wanted::Nothing,
        },
        _ => Wanted::All,
    }
}

async fn send(request: &HttpRequest, mut builder: HttpResponseBuilder, reading: Reading) -> HttpResponse {
    let left = reading.left();
    if head_only(request) {
        return builder.body(SizedStream::new(left, stream::empty::<Result<web::Bytes, actix_web::Error>>()));
    }
    match reading.into_stream().await {
        Ok(pieces) => builder.body(SizedStream::new(left, pieces)),
        Err(error) => refuse(request, &error),
    }
}

fn refuse(request: &HttpRequest, error: &HostError) -> HttpResponse {
    note_reason(request, error.to_string());
    match error {
        HostError::Access(access) if access.face() == Face::NotAuthenticated => {
            reply::message(StatusCode::UNAUTHORIZED, "this link is not valid or has expired")
        }
        HostError::NotFound | HostError::NoRight | HostError::Access(_) => {
            reply::message(StatusCode::NOT_FOUND, "there is no such file")
        }
        HostError::Overloaded | HostError::ShuttingDown => reply::overloaded(1, "too much is in flight"),
        _ => reply::message(StatusCode::INTERNAL_SERVER_ERROR, "the file cannot be read; the host's log says why"),
    }
}
