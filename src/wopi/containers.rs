//! The containers endpoint (containers-ecosystem.md section 4).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{
    Wopi, child_container, child_file,
    contents::DRAINED,
    dispatch::body_of,
    headers, naming,
    reply::{self, Problem},
    session::{self, ContainerSession},
    shapes::{Shapes, reported_name},
    sharing,
};
use crate::{host::HostError, names::FileName, server::note_operation};

/// The operations of `POST /containers/{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    CreateChildContainer,
    CreateChildFile,
    DeleteContainer,
    RenameContainer,
    GetShareUrl,
}

impl Verb {
    fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "CREATE_CHILD_CONTAINER" => Self::CreateChildContainer,
            "CREATE_CHILD_FILE" => Self::CreateChildFile,
            "DELETE_CONTAINER" => Self::DeleteContainer,
            "RENAME_CONTAINER" => Self::RenameContainer,
            "GET_SHARE_URL" => Self::GetShareUrl,
            _ => return None,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::CreateChildContainer => "CreateChildContainer",
            Self::CreateChildFile => "CreateChildFile",
            Self::DeleteContainer => "DeleteContainer",
            Self::RenameContainer => "RenameContainer",
            Self::GetShareUrl => "GetShareUrl",
        }
    }
}

/// `GET /containers/{id}`: CheckContainerInfo.
pub(super) async fn check(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
) -> Result<HttpResponse, Problem> {
    note_operation(&request, "CheckContainerInfo");
    let outcome = session::open_container(&request, &id, &wopi).and_then(|session| {
        let facts = wopi.host.container_facts(&session.access, &session.container)?;
        Ok(reply::ok().json(Shapes::from(wopi.get_ref()).info(&session.access, &facts)))
    });
    outcome.map_err(|problem| problem.noted(&request))
}

/// `POST /containers/{id}`.
pub(super) async fn post(
    request: HttpRequest,
    id: web::Path<String>,
    wopi: web::Data<Wopi>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let outcome = perform(&request, &id, &wopi).await;
    without_body(&request, payload, &wopi, outcome).await
}

/// No operation here has a body: one that comes is taken and thrown away, a stranger's only in part.
pub(super) async fn without_body(
    request: &HttpRequest,
    payload: web::Payload,
    wopi: &Wopi,
    outcome: Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    let limit = match &outcome {
        Err(Problem::Host(HostError::Access(_))) => DRAINED,
        _ => wopi.limits.body.get(),
    };
    body_of(request, payload, wopi, limit).drain(limit).await;
    outcome.map_err(|problem| problem.noted(request))
}

async fn perform(request: &HttpRequest, id: &str, wopi: &web::Data<Wopi>) -> Result<HttpResponse, Problem> {
    note_operation(request, "unknown");
    let session = session::open_container(request, id, wopi)?;
    let name = headers::text(request, "X-WOPI-Override").unwrap_or_default();
    let verb = Verb::parse(name).ok_or(Problem::NotSupported("this operation"))?;
    note_operation(request, verb.name());
    match verb {
        Verb::CreateChildContainer => child_container::create(request, &session, wopi).await,
        Verb::CreateChildFile => child_file::create(request, &session, wopi).await,
        Verb::DeleteContainer => {
            // Made before it is gone, and with it its path.
            let note = naming::deleted(request, &session.access, &session.container, wopi);
            wopi.host.delete_container(&session.access).await?;
            wopi.host.audit().note(note.detail("an empty folder, by WOPI")).await;
            Ok(reply::ok().finish())
        }
        Verb::RenameContainer => rename(request, &session, wopi).await,
        Verb::GetShareUrl => {
            let facts = wopi.host.container_facts(&session.access, &session.container)?;
            sharing::answer(request, &session.access, facts.may_share, wopi).await
        }
    }
}

const REQUESTED_NAME: &str = "X-WOPI-RequestedName";

async fn rename(request: &HttpRequest, session: &ContainerSession, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    let facts = wopi.host.container_facts(&session.access, &session.container)?;
    if !facts.may_rename {
        return Err(HostError::NoRight.into());
    }
    let name = match headers::utf7_text(request, REQUESTED_NAME) {
        None => return Err(Problem::BadContainerName(format!("the request needs {REQUESTED_NAME} and has none"))),
        Some(Err(error)) => return Err(Problem::BadContainerName(format!("{REQUESTED_NAME}: {error}"))),
        Some(Ok(text)) => {
            FileName::parse(&text).map_err(|error| Problem::BadContainerName(format!("{REQUESTED_NAME}: {error}")))?
        }
    };
    match wopi.host.rename_container(&session.access, &name).await {
        Ok(facts) => Ok(reply::ok().json(json!({ "Name": reported_name(session.access.client(), &facts.name) }))),
        Err(HostError::NameTaken) => {
            let parent = wopi.host.container(&session.container)?.parent;
            let free = parent.and_then(|parent| wopi.host.free_container_name(&parent, &name).ok());
            Err(Problem::NameTaken(free))
        }
        Err(error) => Err(error.into()),
    }
}
