//! From a request to what its sender may do with the file.

use actix_web::{HttpRequest, web};
use percent_encoding::percent_decode_str;

use super::{Wopi, reply::Problem};
use crate::{
    host::{
        HostError,
        access::{Access, AccessError},
        tokens::Resource,
    },
    ids::NodeId,
};

/// A request whose token is good.
pub(super) struct Session {
    /// What its sender may do.
    pub access: Access,
    /// The file that it is about.
    pub file: NodeId,
}

/// Verifies the token and that the file is there: 401 comes before 404 (files.md section 1.12).
pub(super) fn open(request: &HttpRequest, id: &str, wopi: &web::Data<Wopi>) -> Result<Session, Problem> {
    let session = open_even_binned(request, id, wopi)?;
    wopi.host.head(&session.file)?;
    Ok(session)
}

/// Verifies the token. The file may be in the bin: a save that comes too late is kept beside it.
pub(super) fn open_even_binned(request: &HttpRequest, id: &str, wopi: &web::Data<Wopi>) -> Result<Session, Problem> {
    let token = token_of(request).ok_or(HostError::Access(AccessError::Missing))?;
    let Ok(file) = NodeId::parse(id) else {
        // A token is for one file, and this is none: the token is not for it.
        return Err(HostError::Access(AccessError::WrongResource).into());
    };
    let access =
        wopi.host.access_control().authorize(&token, &Resource::File(file.clone())).map_err(HostError::from)?;
    Ok(Session { access, file })
}

/// The token: the query parameter, percent-decoded once, else the header (files.md section 1.5).
fn token_of(request: &HttpRequest) -> Option<String> {
    let parameter = request.query_string().split('&').find_map(|pair| pair.strip_prefix("access_token="));
    if let Some(raw) = parameter.filter(|raw| !raw.is_empty()) {
        return Some(percent_decode_str(raw).decode_utf8_lossy().into_owned());
    }
    let header = request.headers().get("Authorization")?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned()).filter(|token| !token.is_empty())
}
