//! `/.well-known/oauth-authorization-server` (RFC 8414; bootstrapper-oauth.md rule B-73).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::Identity;
use crate::{
    host::oauth::SCOPES,
    server::{note_operation, reply},
};

/// For an issuer without a path.
pub(super) async fn handle(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "OAuthMetadata");
    answer(&identity)
}

/// For an issuer with a path: that stands behind the well-known one (RFC 8414 section 3.1).
pub(super) async fn handle_path(
    request: HttpRequest,
    path: web::Path<String>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "OAuthMetadata");
    let issuer = identity.urls.issuer();
    let own = issuer.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    if own == Some(path.as_str()) { answer(&identity) } else { reply::not_found() }
}

fn answer(identity: &Identity) -> HttpResponse {
    let urls = &identity.urls;
    let methods = ["client_secret_basic", "client_secret_post", "none"];
    HttpResponse::Ok().json(json!({
        "issuer": urls.issuer(),
        "authorization_endpoint": urls.authorize(),
        "token_endpoint": urls.token(),
        "revocation_endpoint": urls.revoke(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": SCOPES,
    }))
}
