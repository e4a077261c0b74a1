//! Which handler a request below `/wopi/files` goes to.
//!
//! Nearly all requests come here, so the router only compares this prefix, and what is behind it is taken apart by hand: its
//! regular expressions, one after the other, took a tenth of the time of a request.

use std::borrow::Cow;

use actix_web::{
    Error, FromRequest as _, HttpRequest, HttpResponse, ResponseError as _,
    dev::{AppService, HttpServiceFactory, ResourceDef, ServiceRequest, ServiceResponse, fn_service},
    http::Method,
    web,
};
use percent_encoding::percent_decode_str;

use super::{Wopi, around, check_file_info, contents, dispatch, proof, reply};
use crate::server::reply::not_found;

/// The paths below this one.
const PREFIX: &str = "/wopi/files";

/// The endpoints of files.
pub(super) struct Files;

impl HttpServiceFactory for Files {
    fn register(self, config: &mut AppService) {
        let path = if config.is_root() { ResourceDef::root_prefix(PREFIX) } else { ResourceDef::prefix(PREFIX) };
        config.register_service(path, None, fn_service(serve), None);
    }
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    File,
    Contents,
    Activities,
    Ancestry,
    EcosystemPointer,
}

impl Endpoint {
    /// The id and what of the file is meant, from the path behind the prefix.
    fn parse(rest: &str) -> Option<(&str, Self)> {
        let rest = rest.strip_prefix('/')?;
        let (id, endpoint) = match rest.split_once('/') {
            None => (rest, Self::File),
            Some((id, "contents")) => (id, Self::Contents),
            Some((id, "activities")) => (id, Self::Activities),
            Some((id, "ancestry")) => (id, Self::Ancestry),
            Some((id, "ecosystem_pointer")) => (id, Self::EcosystemPointer),
            Some(_) => return None,
        };
        (!id.is_empty()).then_some((id, endpoint))
    }
}

async fn serve(request: ServiceRequest) -> Result<ServiceResponse, Error> {
    let (request, mut payload) = request.into_parts();
    let payload = web::Payload::from_request(&request, &mut payload).await?;
    let response = answer(&request, payload).await;
    Ok(ServiceResponse::new(request, response))
}

async fn answer(request: &HttpRequest, payload: web::Payload) -> HttpResponse {
    let Some((id, endpoint)) = Endpoint::parse(request.match_info().unprocessed()) else { return not_found() };
    let Some(wopi) = request.app_data::<web::Data<Wopi>>() else { return not_found() };
    let id = decoded(id);
    let get = match (endpoint, request.method()) {
        (Endpoint::File | Endpoint::Contents | Endpoint::Activities, &Method::POST) => false,
        (Endpoint::Activities, _) => return reply::only_post(),
        (_, &Method::GET) => true,
        (Endpoint::File | Endpoint::Contents, _) => return reply::only_get_and_post().await,
        (Endpoint::Ancestry | Endpoint::EcosystemPointer, _) => return reply::only_get().await,
    };
    if !wopi.editors.is_empty()
        && let Err(unproven) = Box::pin(proof::check(request, wopi)).await
    {
        return Box::pin(proof::refuse(request, payload, wopi, unproven)).await;
    }
    let outcome = match endpoint {
        Endpoint::File if get => check_file_info::handle(request, &id, wopi),
        // Those that wait for something are large, and are not to be carried along by those that do not.
        Endpoint::File => Box::pin(dispatch::handle(request, &id, wopi, payload)).await,
        Endpoint::Contents if get => Box::pin(contents::get(request, &id, wopi)).await,
        Endpoint::Contents => Box::pin(contents::post(request, &id, wopi, payload)).await,
        Endpoint::Activities => Box::pin(dispatch::handle_activities(request, &id, wopi, payload)).await,
        Endpoint::Ancestry => around::of_file(request, &id, wopi),
        Endpoint::EcosystemPointer => around::ecosystem_of_file(request, &id, wopi),
    };
    outcome.unwrap_or_else(|problem| problem.noted(request).error_response())
}

/// An id as it was before it was put into a URL.
fn decoded(id: &str) -> Cow<'_, str> {
    if id.contains('%') { percent_decode_str(id).decode_utf8_lossy() } else { Cow::Borrowed(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_id_and_at_most_one_known_word() {
        for (rest, expected) in [
            ("/abc", Some(("abc", Endpoint::File))),
            ("/abc/contents", Some(("abc", Endpoint::Contents))),
            ("/abc/activities", Some(("abc", Endpoint::Activities))),
            ("/abc/ancestry", Some(("abc", Endpoint::Ancestry))),
            ("/abc/ecosystem_pointer", Some(("abc", Endpoint::EcosystemPointer))),
            ("", None),
            ("/", None),
            ("//contents", None),
            ("/abc/", None),
            ("/abc/contents/", None),
            ("/abc/contents/more", None),
            ("/abc/Contents", None),
            ("abc", None),
        ] {
            assert_eq!(Endpoint::parse(rest), expected, "{rest}");
        }
    }
}
