//! `GET /versions/{id}/{version}/download`: the bytes of a version, for whoever is signed in and may see it.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    figures::minute,
    subject::Subject,
    versions::{may_see, read},
};
use crate::{
    host::{HostError, Reading, VersionChoice},
    names::FileName,
    oauth::Identity,
    server::note_operation,
    store::records::VersionRow,
    web::{desk::Desk, downloads::attach, language::VersionTexts, visit::Depth},
};

/// `GET /versions/{id}/{version}/download`: as an attachment, never shown in the page.
pub(super) async fn download(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "version download");
    let (id, version) = path.into_inner();
    Desk::page(&request, &identity, Depth::Three, async |desk| {
        let (reading, name, tag) = open(desk, &id, &version)?;
        Ok(attach(&request, reading, name.as_str(), tag).await)
    })
    .await
}

fn open(desk: &Desk<'_>, id: &str, version: &str) -> Result<(Reading, FileName, String), HostError> {
    let (subject, head) = Subject::file(desk, id)?;
    let choice = read(version).ok_or(HostError::NotFound)?;
    let (row, reading) = desk.host().read_version(&subject.id, choice)?;
    let current = matches!(choice, VersionChoice::Version(_)) && row.version == head.version;
    if !may_see(desk, &subject, choice, &row, current) {
        return Err(HostError::NoRight);
    }
    let name = if current { FileName::sanitised(&head.name, "") } else { name_of(desk, &head.name, choice, &row) };
    Ok((reading, name, format!("{version}-{}", row.content.sha256)))
}

/// What a version is called as a file of its own: `Report (Version 12).docx`, or `Report (Kept text 2026-11-23 21.48).docx`:
/// the numbers of rescued versions say nothing to people.
pub(super) fn name_of(desk: &Desk<'_>, name: &str, choice: VersionChoice, row: &VersionRow) -> FileName {
    let texts = VersionTexts::of(desk.language());
    let label = match choice {
        VersionChoice::Version(number) => texts.version.replace("{n}", &number.to_string()),
        VersionChoice::Rescued(_) => texts.kept.replace("{n}", &minute(row.at).replace(':', ".")),
    };
    let name = FileName::sanitised(name, "");
    name.with_stem_sanitised(&format!("{} ({label})", name.stem()))
}
