//! CreateChildContainer (containers-ecosystem.md section 4.2).

use actix_web::{HttpRequest, HttpResponse};

use super::{
    Wopi, headers,
    relative::{SPECIFIC, SUGGESTED},
    reply::{self, Problem},
    session::ContainerSession,
    shapes::Shapes,
};
use crate::{
    host::{ContainerTarget, HostError},
    names::FileName,
};

pub(super) async fn create(
    request: &HttpRequest,
    session: &ContainerSession,
    wopi: &Wopi,
) -> Result<HttpResponse, Problem> {
    // The right comes before the headers (rule C-21a).
    if !wopi.host.container_facts(&session.access, &session.container)?.may_create {
        return Err(HostError::NoRight.into());
    }
    let target = target(request)?;
    match wopi.host.create_child_container(&session.access, &target).await {
        Ok(id) => Ok(reply::ok().json(Shapes::from(wopi).answer(&session.access, &id)?)),
        Err(HostError::NameTaken) => {
            let (ContainerTarget::Specific(name) | ContainerTarget::Suggested(name)) = &target;
            Err(Problem::NameTaken(wopi.host.free_container_name(&session.container, name).ok()))
        }
        // No name would help, and a suggestion is never answered with 409 (rule C-48).
        Err(HostError::Misplaced(_)) => Err(Problem::NotSupported("folders nested so deeply")),
        Err(error) => Err(error.into()),
    }
}

fn target(request: &HttpRequest) -> Result<ContainerTarget, Problem> {
    match (headers::utf7_lossy(request, SUGGESTED), headers::utf7_text(request, SPECIFIC)) {
        (Some(_), Some(_)) => Err(Problem::NotSupported("a suggested and a specific name in one request")),
        (None, None) => {
            Err(Problem::BadContainerName(format!("the request needs {SUGGESTED} or {SPECIFIC} and has neither")))
        }
        (Some(suggestion), None) => Ok(ContainerTarget::Suggested(FileName::sanitised(&suggestion, ""))),
        (None, Some(text)) => {
            let text = text.map_err(|error| Problem::BadContainerName(format!("{SPECIFIC}: {error}")))?;
            let name = FileName::parse(&text);
            Ok(ContainerTarget::Specific(
                name.map_err(|error| Problem::BadContainerName(format!("{SPECIFIC}: {error}")))?,
            ))
        }
    }
}
