//! EnumerateChildren (containers-ecosystem.md section 4.7).
//!
//! The answer is written while the folder is read: some pages of names become a piece of JSON away from the event loop, the
//! piece is sent, the next one is written. No more than a piece is in memory, however many children there are. A small
//! folder is one piece, and leaves with its length.

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use super::{
    Wopi, headers,
    reply::{self, Problem},
    session,
    shapes::{Shapes, reported_name},
};
use crate::{
    host::{HostError, Listed, Listing, access::Access, tokens::Resource},
    server::note_operation,
    store::records::NodeKind,
};

/// Bytes of JSON after which a piece is sent.
const PIECE: usize = 64 * 1024;

/// Pages of names after which a thread is given back, even if nothing came of them: thousands of files may lie between two
/// folders.
const PAGES: usize = 16;

/// A file as it is listed; each value is that of CheckFileInfo (rule C-89).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChildFile {
    name: String,
    url: String,
    version: String,
    size: u64,
    last_modified_time: String,
}

/// `GET /containers/{id}/children`.
pub(super) async fn handle(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
) -> Result<HttpResponse, Problem> {
    note_operation(&request, "EnumerateChildren");
    answer(&request, &id, &wopi).await.map_err(|problem| problem.noted(&request))
}

async fn answer(request: &HttpRequest, id: &str, wopi: &web::Data<Wopi>) -> Result<HttpResponse, Problem> {
    let session = session::open_container(request, id, wopi)?;
    let extensions = extensions(request);
    let (host, wopi) = (wopi.host.clone(), wopi.clone());
    let begin = move || {
        let mut files = wopi.host.listing(&session.access, NodeKind::File)?;
        if let Some(extensions) = &extensions {
            files = files.with_extensions(extensions);
        }
        let containers = wopi.host.listing(&session.access, NodeKind::Container)?;
        let mut writer = Writer { wopi, access: session.access, stage: Stage::Begin, containers, files, first: true };
        let piece = writer.piece()?;
        Ok((writer, piece))
    };
    let (writer, first) = host.away(begin).await?;
    if writer.stage == Stage::End {
        return Ok(reply::ok().content_type("application/json").body(first));
    }
    let rest = stream::unfold(Some(writer), move |writer| next(host.clone(), writer));
    let pieces = stream::iter([Ok(first)]).chain(Box::pin(rest));
    Ok(reply::ok().content_type("application/json").streaming(pieces))
}

/// The next piece; after an error nothing, so that the client sees that the answer is cut off.
async fn next(host: crate::host::Host, writer: Option<Writer>) -> Option<(Result<Bytes, HostError>, Option<Writer>)> {
    let mut writer = writer?;
    while writer.stage != Stage::End {
        match host.away(move || writer.piece().map(|piece| (writer, piece))).await {
            Ok((same, piece)) if piece.is_empty() => writer = same,
            Ok((writer, piece)) => return Some((Ok(piece), Some(writer))),
            Err(error) => {
                tracing::error!(%error, "the children of a folder were cut off: {error}");
                return Some((Err(error), None));
            }
        }
    }
    None
}

/// The wanted extensions; `None` for all. What is malformed among them is passed over (rule C-90).
fn extensions(request: &HttpRequest) -> Option<Vec<String>> {
    let list = headers::text(request, "X-WOPI-FileExtensionFilterList")?;
    let usable = |entry: &&str| {
        entry.len() > 1 && entry.starts_with('.') && !entry.contains(|c: char| c.is_whitespace() || c == '*')
    };
    Some(list.split(',').filter(usable).map(str::to_owned).collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Begin,
    Containers,
    Files,
    End,
}

/// Writes the answer piece by piece.
struct Writer {
    wopi: web::Data<Wopi>,
    access: Access,
    stage: Stage,
    containers: Listing,
    files: Listing,
    first: bool,
}

impl Writer {
    /// The next bytes of the answer, perhaps none although more follow. May wait for the disk.
    fn piece(&mut self) -> Result<Bytes, HostError> {
        let mut json = Vec::new();
        for _ in 0..PAGES {
            if json.len() >= PIECE {
                break;
            }
            let page = match self.stage {
                Stage::Begin => {
                    json.extend_from_slice(b"{\"ChildContainers\":[");
                    self.stage = Stage::Containers;
                    continue;
                }
                Stage::Containers => self.containers.next_page()?,
                Stage::Files => self.files.next_page()?,
                Stage::End => break,
            };
            match (page, self.stage) {
                (Some(page), _) => page.into_iter().try_for_each(|child| self.write(&mut json, child))?,
                (None, Stage::Containers) => {
                    json.extend_from_slice(b"],\"ChildFiles\":[");
                    (self.stage, self.first) = (Stage::Files, true);
                }
                (None, _) => {
                    json.extend_from_slice(b"]}");
                    self.stage = Stage::End;
                }
            }
        }
        Ok(json.into())
    }

    fn write(&mut self, json: &mut Vec<u8>, child: Listed) -> Result<(), HostError> {
        if !std::mem::take(&mut self.first) {
            json.push(b',');
        }
        let written = match child {
            Listed::Container { id, name } => {
                let pointer = Shapes::from(self.wopi.get_ref()).pointer(&self.access, &id, &name)?;
                serde_json::to_writer(json, &pointer)
            }
            Listed::File { id, head } => {
                let token = self.wopi.host.tokens().issue_traded(&self.access.claims, Resource::File(id.clone()))?;
                let file = ChildFile {
                    name: reported_name(self.access.client(), &head.name),
                    url: self.wopi.urls.wopi_src_with_token(&id, &token.text),
                    version: head.version.to_string(),
                    size: head.content.size,
                    last_modified_time: head.modified.to_iso(),
                };
                serde_json::to_writer(json, &file)
            }
        };
        written.map_err(|error| HostError::Failed(error.to_string().into()))
    }
}
