//! `POST /oauth/revoke`: a client gives tokens back (RFC 7009; bootstrapper-oauth.md rule B-74).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use super::{
    Identity,
    client_auth::{self, Call},
    refusal::{Refusal, unkept},
};
use crate::{
    host::audit::Note,
    server::{note_operation, visitor_address},
    store::records::AuditEvent,
};

pub(super) async fn handle(request: HttpRequest, payload: web::Payload, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "OAuthRevoke");
    let outcome = match client_auth::read(&request, payload, &identity).await {
        Ok(call) => revoke(&request, &identity, call).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => unkept(StatusCode::OK).body("{}"),
        Err(refusal) => refusal.answer(&request),
    }
}

/// An unknown token is as good as a revoked one. All tokens are told apart by themselves; the hint only must not be wrong.
async fn revoke(request: &HttpRequest, identity: &Identity, call: Call) -> Result<(), Refusal> {
    let token = call.params.get("token").ok_or(Refusal::Request("token is missing"))?;
    if !matches!(call.params.get("token_type_hint"), None | Some("access_token" | "refresh_token")) {
        return Err(Refusal::TokenType);
    }
    if let Some(user) = identity.host.grants().revoke_token(&call.client, token).await? {
        let note = Note::by(AuditEvent::AppRevoked, None, visitor_address(request)).about(&user).id(&call.client.id);
        identity.host.audit().note(note.detail("by the app itself")).await;
    }
    Ok(())
}
