//! From a request to what its sender may do with the file, the container or the ecosystem that it is about.

use std::borrow::Cow;

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

use super::{Wopi, reply::Problem, shapes::offers_containers};
use crate::{
    host::{
        HostError,
        access::{Access, AccessError},
        tokens::Resource,
    },
    ids::NodeId,
    server::bearer,
};

/// A request whose token is good.
pub(super) struct Session {
    /// What its sender may do.
    pub access: Access,
    /// The file that it is about.
    pub file: NodeId,
}

/// Verifies the token and that the file is there: 401 comes before 404 (files.md section 1.12).
pub(super) fn open(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<Session, Problem> {
    let session = open_even_binned(request, id, wopi)?;
    match &session.access.head {
        Some(head) if head.binned.is_none() => Ok(session),
        _ => Err(HostError::NotFound.into()),
    }
}

/// Verifies the token. The file may be in the bin: a save that comes too late is kept beside it.
pub(super) fn open_even_binned(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<Session, Problem> {
    let file = node(id)?;
    let access = authorize(request, wopi, &Resource::File(file.clone()))?;
    Ok(Session { access, file })
}

/// A token is for one file or container, and a text that cannot name one is none: the token is not for it.
fn node(id: &str) -> Result<NodeId, Problem> {
    NodeId::parse(id).map_err(|_| HostError::Access(AccessError::WrongResource).into())
}

fn authorize(request: &HttpRequest, wopi: &Wopi, resource: &Resource) -> Result<Access, Problem> {
    let token = token_of(request).ok_or(HostError::Access(AccessError::Missing))?;
    Ok(wopi.host.access_control().authorize(&token, resource).map_err(HostError::from)?)
}

/// A request about a container whose token is good.
pub(super) struct ContainerSession {
    /// What its sender may do.
    pub access: Access,
    /// The container that it is about.
    pub container: NodeId,
}

/// Verifies the token, that the container is there, and that the sender is one who browses: 401 comes before 404, and 404
/// before 501 (containers-ecosystem.md rule C-21a).
pub(super) fn open_container(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<ContainerSession, Problem> {
    let container = node(id)?;
    let access = authorize(request, wopi, &Resource::Container(container.clone()))?;
    require_containers(&access, wopi)?;
    Ok(ContainerSession { access, container })
}

/// As [`open`], for what leads from a file to the containers around it.
pub(super) fn open_browsing(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<Access, Problem> {
    let session = open(request, id, wopi)?;
    require_containers(&session.access, wopi)?;
    Ok(session.access)
}

/// Verifies a token for the ecosystem.
pub(super) fn open_ecosystem(request: &HttpRequest, wopi: &Wopi) -> Result<Access, Problem> {
    authorize(request, wopi, &Resource::Ecosystem)
}

/// 501 for whoever has no containers here.
pub(super) fn require_containers(access: &Access, wopi: &Wopi) -> Result<(), Problem> {
    if offers_containers(&wopi.supports, access) { Ok(()) } else { Err(Problem::NotSupported("containers")) }
}

/// The token: the query parameter, percent-decoded once, else the header (files.md section 1.5).
pub(crate) fn token_of(request: &HttpRequest) -> Option<Cow<'_, str>> {
    match raw_parameter(request) {
        Some(raw) if raw.contains('%') => Some(percent_decode_str(raw).decode_utf8_lossy()),
        Some(raw) => Some(Cow::Borrowed(raw)),
        None => bearer(request).map(Cow::Borrowed),
    }
}

/// The token in the query as it was sent, percent-escapes and all.
pub(super) fn raw_parameter(request: &HttpRequest) -> Option<&str> {
    let parameter = request.query_string().split('&').find_map(|pair| pair.strip_prefix("access_token="));
    parameter.filter(|raw| !raw.is_empty())
}
