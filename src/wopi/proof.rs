//! Every WOPI request, once its route and verb are known and before its token is looked at: does it prove which editor sent
//! it (files.md sections 1.12 and 5)?

use actix_web::{
    Error, FromRequest as _, HttpRequest, Responder, ResponseError as _, Route,
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
    web::get().to(handler).wrap(from_fn(check))
}

/// `POST`, checked and then handled.
pub(super) fn post<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::post().to(handler).wrap(from_fn(check))
}

async fn check(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let wopi = request.app_data::<web::Data<Wopi>>().filter(|wopi| !wopi.editors.is_empty()).cloned();
    let Some(wopi) = wopi else { return next.call(request).await };
    match prove(request.request(), &wopi).await {
        Ok(()) => next.call(request).await,
        Err(unproven) => refuse(request, &wopi, unproven).await,
    }
}

async fn prove(request: &HttpRequest, wopi: &Wopi) -> Result<(), Unproven> {
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
async fn refuse(request: ServiceRequest, wopi: &Wopi, unproven: Unproven) -> Result<ServiceResponse, Error> {
    let (request, mut payload) = request.into_parts();
    note_operation(&request, "unproven");
    let body = web::Payload::from_request(&request, &mut payload).await?;
    body_of(&request, body, wopi, DRAINED).drain(DRAINED).await;
    let response = Problem::Unproven(unproven).noted(&request).error_response();
    Ok(ServiceResponse::new(request, response))
}
