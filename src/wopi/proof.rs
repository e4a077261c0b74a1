//! Every WOPI request, once its route and verb are known and before its token is looked at: does it prove which editor sent
//! it (files.md sections 1.12 and 5)?

use actix_web::{
    Error, FromRequest as _, HttpRequest, HttpResponse, Responder, ResponseError as _, Route,
    body::BoxBody,
    dev::{Handler, ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web,
};

use super::{Wopi, contents::DRAINED, dispatch::body_of, headers, reply::Problem, session};
use crate::{
    host::tokens::Tokens,
    proof::{Signed, Unproven},
    server::note_operation,
};

/// `GET`, checked and then handled.
pub(super) fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::get().to(handler).wrap(from_fn(pass))
}

/// `POST`, checked and then handled.
pub(super) fn post<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::post().to(handler).wrap(from_fn(pass))
}

async fn pass(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let Some(wopi) = request.app_data::<web::Data<Wopi>>().cloned() else { return next.call(request).await };
    match check(request.request(), &wopi).await {
        Ok(()) => next.call(request).await,
        Err(unproven) => {
            let (request, mut payload) = request.into_parts();
            let payload = web::Payload::from_request(&request, &mut payload).await?;
            let response = refuse(&request, payload, &wopi, unproven).await;
            Ok(ServiceResponse::new(request, response))
        }
    }
}

/// Whether a request proves which editor sent it, where any editor proves its requests.
pub(super) async fn check(request: &HttpRequest, wopi: &Wopi) -> Result<(), Unproven> {
    if wopi.editors.is_empty() {
        return Ok(());
    }
    let token = session::token_of(request).unwrap_or_default();
    let client = Tokens::claimed_client(&token).unwrap_or_default();
    let sent = request.uri().path_and_query().map_or("/", |sent| sent.as_str());
    let url = wopi.urls.as_asked(sent);
    let signed = Signed {
        token: session::raw_parameter(request).unwrap_or(&token),
        url: &url,
        proof: headers::value(request, "X-WOPI-Proof"),
        proof_old: headers::value(request, "X-WOPI-ProofOld"),
        timestamp: headers::value(request, "X-WOPI-TimeStamp"),
    };
    wopi.editors.check(client, &signed).await
}

/// 500, the same for whatever is wrong. A small body is taken first, so that its sender gets the answer.
pub(super) async fn refuse(
    request: &HttpRequest,
    payload: web::Payload,
    wopi: &Wopi,
    unproven: Unproven,
) -> HttpResponse {
    note_operation(request, "unproven");
    body_of(request, payload, wopi, DRAINED).drain(DRAINED).await;
    Problem::Unproven(unproven).noted(request).error_response()
}
