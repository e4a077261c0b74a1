//! `POST /oauth/token`: codes and refresh tokens become tokens (bootstrapper-oauth.md section 7).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    Identity,
    client_auth::{self, Call},
    refusal::{Refusal, unkept},
};
use crate::{
    clock::Timestamp,
    host::oauth::{CodeUse, TokenSet},
    server::note_operation,
};

/// The answer (section 7.2). The refresh token is in each: Office overwrites what it has by what it gets (rule B-68).
#[derive(Serialize)]
struct Answer {
    access_token: String,
    token_type: &'static str,
    /// Seconds, as a number; 0 would mean for ever (rules B-65, B-66).
    expires_in: u64,
    refresh_token: String,
    scope: String,
}

pub(super) async fn handle(request: HttpRequest, payload: web::Payload, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "OAuthToken");
    let outcome = match client_auth::read(&request, payload, &identity).await {
        Ok(call) => tokens(&request, &identity, call).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(tokens) => match serde_json::to_string(&told(tokens, identity.host.clock().wall())) {
            Ok(body) => unkept(StatusCode::OK).body(body),
            Err(_) => HttpResponse::InternalServerError().finish(),
        },
        Err(refusal) => refusal.answer(&request),
    }
}

async fn tokens(request: &HttpRequest, identity: &Identity, call: Call) -> Result<TokenSet, Refusal> {
    let Call { client, params } = call;
    let grants = identity.host.grants();
    match params.get("grant_type") {
        Some("authorization_code") => {
            note_operation(request, "OAuthRedeem");
            let code = params.get("code").ok_or(Refusal::Request("code is missing"))?;
            let (redirect_uri, verifier) = (params.get("redirect_uri"), params.get("code_verifier"));
            let tokens = grants.redeem(&client, CodeUse { code, redirect_uri, verifier }).await?;
            tracing::info!(client = client.id, "a code was redeemed");
            Ok(tokens)
        }
        Some("refresh_token") => {
            note_operation(request, "OAuthRefresh");
            let token = params.get("refresh_token").ok_or(Refusal::Request("refresh_token is missing"))?;
            if let Some(family) = grants.family_of(&client, token)? {
                identity.limits.refresh(&family).map_err(Refusal::TooOften)?;
            }
            let scopes: Option<Vec<String>> = params.get("scope").map(super::request::split_scopes);
            Ok(grants.refresh(&client, token, scopes.as_deref().filter(|scopes| !scopes.is_empty())).await?)
        }
        Some(_) => Err(Refusal::GrantType),
        None => Err(Refusal::Request("grant_type is missing")),
    }
}

fn told(tokens: TokenSet, now: Timestamp) -> Answer {
    let left = tokens.expires.since(now);
    // A token ends on a whole second, up to one before its lifetime is over: told is the lifetime, and never 0.
    let expires_in = left.as_secs().saturating_add(u64::from(left.subsec_nanos() > 0)).max(1);
    Answer {
        access_token: tokens.access_token,
        token_type: "bearer",
        expires_in,
        refresh_token: tokens.refresh_token,
        scope: tokens.scopes.join(" "),
    }
}
