//! CreateChildFile (containers-ecosystem.md section 4.3): a file of zero bytes, which the client then fills.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{
    Wopi, headers,
    relative::{SPECIFIC, SUGGESTED},
    reply::{self, Problem},
    session::ContainerSession,
};
use crate::{
    host::{Host, HostError, NewFile, RelativeTarget, tokens::Resource},
    names::FileName,
};

pub(super) async fn create(
    request: &HttpRequest,
    session: &ContainerSession,
    wopi: &Wopi,
) -> Result<HttpResponse, Problem> {
    // The right comes before the headers (rule C-21a).
    if !wopi.supports.update || !wopi.host.container_facts(&session.access, &session.container)?.may_create {
        return Err(HostError::NoRight.into());
    }
    let free = |name: &FileName| wopi.host.free_name(&session.container, name).ok();
    let target = target(request, free)?;
    let (RelativeTarget::Specific { name: wanted, .. } | RelativeTarget::Suggested(wanted)) = target.clone();
    let (id, head) = match wopi.host.create_child_file(&session.access, target).await? {
        NewFile::Made(id, head) => (id, head),
        NewFile::Taken => return Err(Problem::NameTaken(free(&wanted))),
        NewFile::Locked(holder) => return Err(Problem::Taken(holder, free(&wanted))),
    };
    let token =
        wopi.host.tokens().issue_traded(&session.access.claims, Resource::File(id.clone())).map_err(HostError::from)?;
    // The name as it was asked for (rule C-57), as PutRelativeFile and RenameFile tell it, too.
    Ok(reply::ok().json(json!({
        "Name": head.name,
        "Url": wopi.urls.wopi_src_with_token(&id, &token.text),
        "HostViewUrl": wopi.urls.view(&id),
        "HostEditUrl": wopi.urls.edit(&id),
    })))
}

fn target(request: &HttpRequest, free: impl Fn(&FileName) -> Option<FileName>) -> Result<RelativeTarget, Problem> {
    match (headers::utf7_lossy(request, SUGGESTED), headers::utf7_text(request, SPECIFIC)) {
        (Some(_), Some(_)) => Err(Problem::NotSupported("a suggested and a specific name in one request")),
        (None, None) => Err(Problem::Bad(format!("the request needs {SUGGESTED} or {SPECIFIC} and has neither"))),
        (Some(suggestion), None) => Ok(RelativeTarget::Suggested(Host::suggested_child(&suggestion))),
        (None, Some(text)) => {
            let illegal = |words: String| {
                let repaired = headers::utf7_lossy(request, SPECIFIC).unwrap_or_default();
                Problem::BadFileName(words, free(&Host::suggested_child(&repaired)))
            };
            let text = text.map_err(|error| illegal(format!("{SPECIFIC}: {error}")))?;
            let name = FileName::parse(&text).map_err(|error| illegal(format!("{SPECIFIC}: {error}")))?;
            Ok(RelativeTarget::Specific { name, overwrite: headers::flag(request, "X-WOPI-OverwriteRelativeTarget") })
        }
    }
}
