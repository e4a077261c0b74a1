//! `GET`, `POST /folder/{id}/new`: a new folder, or a new document from a blank one that ships with the program.
//!
//! A document is a whole file from its first moment: every editor and every app opens it, whether or not it could have begun
//! one in an empty file.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Bytes},
};
use askama::Template;

use super::{
    super::{
        assets::{FOLDER_CSS, FOLDER_JS},
        desk::{Desk, DeskPage, Section, Tone},
        language::FolderTexts,
        visit::Depth,
    },
    folder,
};
use crate::{
    host::{ContainerTarget, HostError, access::Access},
    ids::NodeId,
    names::FileName,
    oauth::Identity,
    server::note_operation,
};

/// What can be made: its name in addresses, which is a document's extension, and the blank document.
const KINDS: [(&str, &[u8]); 4] = [
    ("folder", b""),
    ("docx", include_bytes!("../../../data/blank/document.docx")),
    ("xlsx", include_bytes!("../../../data/blank/spreadsheet.xlsx")),
    ("pptx", include_bytes!("../../../data/blank/presentation.pptx")),
];

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<form class="card narrow" method="post" action="new"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="kind" value="{{ kind }}">
<label for="name">{{ texts.name }}</label><input id="name" name="name" value="{{ name }}" required maxlength="250" autocomplete="off" autofocus>
<div class="dialog-buttons"><a class="button" href="../{{ id }}">{{ cancel }}</a><button class="first">{{ texts.create }}</button></div></form>"#
)]
struct Form<'a> {
    texts: &'a FolderTexts,
    cancel: &'a str,
    mark: &'a str,
    id: &'a str,
    kind: &'a str,
    name: &'a str,
}

fn label(kind: &str, texts: &FolderTexts) -> &'static str {
    match kind {
        "docx" => texts.document,
        "xlsx" => texts.spreadsheet,
        "pptx" => texts.presentation,
        _ => texts.new_folder,
    }
}

fn ask(desk: &Desk<'_>, status: StatusCode, id: &NodeId, kind: &str, name: &str, wrong: Option<&str>) -> HttpResponse {
    let texts = FolderTexts::of(desk.language());
    let form = Form { texts, cancel: desk.texts().cancel, mark: desk.mark(), id: id.as_str(), kind, name };
    desk.answer(
        status,
        &DeskPage {
            title: label(kind, texts),
            section: Section::Files,
            message: wrong.map(|text| (Tone::Bad, text)),
            content: &form.render().unwrap_or_default(),
            styles: &[FOLDER_CSS],
            scripts: &[FOLDER_JS],
            ..DeskPage::default()
        },
    )
}

pub(super) async fn form(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "page of something new");
    Desk::page(&request, &identity, Depth::Three, async |desk| {
        let (id, access) = folder(desk, &id)?;
        if !desk.host().container_facts(&access, &id)?.may_create {
            return Err(HostError::NoRight);
        }
        let kind = desk.parameter("kind").unwrap_or_default();
        let (kind, _) = KINDS.into_iter().find(|(known, _)| *known == kind).ok_or(HostError::NotFound)?;
        let name = label(kind, FolderTexts::of(desk.language()));
        Ok(ask(desk, StatusCode::OK, &id, kind, name, None))
    })
    .await
}

pub(super) async fn make(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    body: Bytes,
) -> HttpResponse {
    note_operation(&request, "new file or folder");
    Desk::sent(&request, &identity, Depth::Three, &body, async |desk, fields| {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        let (kind, name) = (field("kind"), field("name").trim());
        let (id, access) = folder(desk, &id)?;
        let texts = FolderTexts::of(desk.language());
        let wrong = |status, text| Ok(ask(desk, status, &id, kind, name, Some(text)));
        match make_one(desk, &id, &access, kind, name).await {
            Ok(Made::Folder) => Ok(desk.go(&format!("folder/{id}?said=made"))),
            Ok(Made::Document(file)) => Ok(desk.go(&format!("edit/{file}"))),
            Err(HostError::NameTaken) => wrong(StatusCode::CONFLICT, texts.name_taken),
            Err(HostError::IllegalName(_)) => wrong(StatusCode::UNPROCESSABLE_ENTITY, texts.name_illegal),
            Err(error) => Err(error),
        }
    })
    .await
}

enum Made {
    Folder,
    Document(NodeId),
}

async fn make_one(desk: &Desk<'_>, id: &NodeId, access: &Access, kind: &str, name: &str) -> Result<Made, HostError> {
    let (kind, blank) = KINDS.into_iter().find(|(known, _)| *known == kind).ok_or(HostError::NotFound)?;
    if kind == "folder" {
        let name = FileName::parse(name)?;
        desk.host().create_child_container(access, &ContainerTarget::Specific(name)).await?;
        return Ok(Made::Folder);
    }
    if !desk.host().container_facts(access, id)?.may_create {
        return Err(HostError::NoRight);
    }
    let with_extension = name.to_lowercase().ends_with(&format!(".{kind}"));
    let name = if with_extension { name.to_owned() } else { format!("{name}.{kind}") };
    let name = FileName::parse(&name)?;
    let bytes = Bytes::from_static(blank);
    let mut creation = desk.host().begin_creation(&access.user_id(), id, Some(bytes.len() as u64)).await?;
    creation.write(&bytes).await?;
    // A number behind the name is no reason to ask somebody who wants to write.
    let (file, _) = creation.finish_suggested(&name).await?;
    Ok(Made::Document(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blank_document_is_a_package_of_its_kind() {
        for (kind, part) in
            [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml"), ("pptx", "ppt/presentation.xml")]
        {
            let (_, bytes) = KINDS.into_iter().find(|(known, _)| *known == kind).unwrap();
            assert!(bytes.starts_with(b"PK\x03\x04"), "{kind}");
            for name in [part, "[Content_Types].xml", "_rels/.rels"] {
                assert!(bytes.windows(name.len()).any(|window| window == name.as_bytes()), "{kind} has {name}");
            }
        }
    }
}
