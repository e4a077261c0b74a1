//! A standard client library on the other side: the `oauth2` crate, led by the server's metadata (RFC 8414).

use crate::desk::{Desk, settings};
use crate::net::{Net, count};
use crate::support::PASSWORD;
use crate::web_view::WebView;
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicTokenType};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, RevocationUrl,
    Scope, StandardRevocableToken, TokenResponse as _, TokenUrl,
};
use reqwest::Method;
use serde_json::Value;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointSet>;

/// What the server says of itself.
async fn metadata(desk: &Desk) -> Value {
    let reply = desk.net().get(&desk.net().at("/.well-known/oauth-authorization-server")).await.expect(200);
    assert!(reply.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json")), "{reply}");
    reply.json()
}

/// A client that knows nothing but the metadata and its credentials.
async fn client(desk: &Desk, id: &str, secret: &str, how: AuthType) -> Client {
    let metadata = metadata(desk).await;
    let text = |name: &str| metadata[name].as_str().unwrap_or_else(|| panic!("no {name}: {metadata}")).to_owned();
    let mut client = BasicClient::new(ClientId::new(id.to_owned()));
    if !secret.is_empty() {
        client = client.set_client_secret(ClientSecret::new(secret.to_owned()));
    }
    client
        .set_auth_type(how)
        .set_auth_uri(AuthUrl::new(text("authorization_endpoint")).expect("a URL"))
        .set_token_uri(TokenUrl::new(text("token_endpoint")).expect("a URL"))
        .set_revocation_url(RevocationUrl::new(text("revocation_endpoint")).expect("a URL"))
        .set_redirect_uri(RedirectUrl::new("https://localhost".into()).expect("a URL"))
}

/// Carries the library's requests.
async fn carry(net: Net, request: HttpRequest) -> Result<HttpResponse, std::io::Error> {
    let (head, body) = request.into_parts();
    let headers: Vec<(&str, &str)> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII"))).collect();
    let method = Method::from_bytes(head.method.as_str().as_bytes()).expect("a method");
    let reply = net.send(method, &head.uri.to_string(), &headers, Some(body)).await;
    let mut response = oauth2::http::Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name.as_str(), value.as_bytes());
    }
    response.body(reply.body).map_err(std::io::Error::other)
}

macro_rules! over {
    ($net:expr) => {{
        let net = $net;
        move |request: HttpRequest| carry(net.clone(), request)
    }};
}

/// Lets a person follow the library's URL; gives the code.
async fn authorize(
    desk: &Desk,
    client: &Client,
    user: &str,
    pkce: Option<PkceCodeChallenge>,
    scope: Option<&str>,
) -> AuthorizationCode {
    let mut request = client.authorize_url(CsrfToken::new_random);
    if let Some(challenge) = pkce {
        request = request.set_pkce_challenge(challenge);
    }
    if let Some(scope) = scope {
        request = request.add_scope(Scope::new(scope.into()));
    }
    let (url, state) = request.url();
    let mut view = WebView::new(&desk.net());
    let landing = view.open(url.as_str()).await;
    let stop = view.consent(landing, user, PASSWORD).await;
    let returned = crate::client::Returned::read(&stop);
    assert_eq!(returned.state.as_deref(), Some(state.secret().as_str()));
    AuthorizationCode::new(returned.code().to_owned())
}

/// Whether the bootstrapper takes a token.
async fn accepted(desk: &Desk, access: &str) -> bool {
    let bearer = format!("Bearer {access}");
    let reply = desk.net().send(Method::GET, &desk.bootstrapper(), &[("Authorization", &bearer)], None).await;
    reply.expect_one_of(&[200, 401]).status == 200
}

#[tokio::test]
async fn b73_the_metadata_names_what_there_is() {
    let desk = Desk::behind_proxy(settings(), &["https://docs.lumora.example"]);
    let metadata = metadata(&desk).await;
    assert_eq!(metadata["issuer"], "https://docs.lumora.example");
    let challenge = desk.office().challenge().await;
    assert_eq!(metadata["authorization_endpoint"], challenge.authorization());
    assert_eq!(metadata["token_endpoint"], challenge.tokens());
    assert_eq!(metadata["revocation_endpoint"], "https://docs.lumora.example/oauth/revoke");
    assert_eq!(metadata["response_types_supported"], serde_json::json!(["code"]));
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    let holds = |name: &str, value: &str| metadata[name].as_array().is_some_and(|list| list.iter().any(|v| v == value));
    for (name, value) in [
        ("grant_types_supported", "authorization_code"),
        ("grant_types_supported", "refresh_token"),
        ("token_endpoint_auth_methods_supported", "client_secret_basic"),
        ("token_endpoint_auth_methods_supported", "client_secret_post"),
        ("scopes_supported", "wopi"),
    ] {
        assert!(holds(name, value), "{name}: {value}: {metadata}");
    }
}

#[tokio::test]
async fn a_standard_library_walks_the_code_flow_with_and_without_pkce_by_both_authentications() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    for how in [AuthType::BasicAuth, AuthType::RequestBody] {
        for pkce in [false, true] {
            let client = client(desk, &desk.client.id, &desk.client.secret, how.clone()).await;
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let code = authorize(desk, &client, &user, pkce.then_some(challenge), None).await;
            let mut exchange = client.exchange_code(code);
            if pkce {
                exchange = exchange.set_pkce_verifier(verifier);
            }
            let tokens = exchange.request_async(&over!(desk.net())).await.expect("tokens");
            assert_eq!(tokens.token_type(), &BasicTokenType::Bearer);
            assert_eq!(tokens.expires_in(), Some(std::time::Duration::from_secs(3600)));
            assert!(accepted(desk, tokens.access_token().secret()).await);
            let refresh = tokens.refresh_token().expect("a refresh token").clone();
            let again =
                client.exchange_refresh_token(&refresh).request_async(&over!(desk.net())).await.expect("tokens");
            assert!(accepted(desk, again.access_token().secret()).await);
            assert!(again.refresh_token().is_some());
        }
    }
}

#[tokio::test]
async fn the_librarys_errors_are_those_of_the_standard() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let kind = |error: RequestTokenError<_, oauth2::basic::BasicErrorResponse>| match error {
        RequestTokenError::ServerResponse(response) => response.error().clone(),
        other => {
            let other: RequestTokenError<std::io::Error, _> = other;
            panic!("not an error of the standard: {other:?}")
        }
    };
    let right = client(desk, &desk.client.id, &desk.client.secret, AuthType::BasicAuth).await;
    let wrong = client(desk, &desk.client.id, "wrong", AuthType::BasicAuth).await;
    let code = authorize(desk, &right, &user, None, None).await;
    let error = wrong.exchange_code(code.clone()).request_async(&over!(desk.net())).await.expect_err("wrong secret");
    assert_eq!(kind(error), BasicErrorResponseType::InvalidClient);
    let verifier = PkceCodeVerifier::new("v".repeat(43));
    let exchange = right.exchange_code(code).set_pkce_verifier(verifier);
    let error = exchange.request_async(&over!(desk.net())).await.expect_err("an unasked verifier");
    assert_eq!(kind(error), BasicErrorResponseType::InvalidGrant);
    let refresh = RefreshToken::new("nonsense".into());
    let error = right.exchange_refresh_token(&refresh).request_async(&over!(desk.net())).await.expect_err("unknown");
    assert_eq!(kind(error), BasicErrorResponseType::InvalidGrant);
    let error = right.exchange_client_credentials().request_async(&over!(desk.net())).await.expect_err("not offered");
    assert_eq!(kind(error), BasicErrorResponseType::UnsupportedGrantType);
}

#[tokio::test]
async fn b74_the_library_revokes_access_and_refresh_tokens() {
    let desk = &Desk::behind_proxy(settings(), &["https://docs.lumora.example"]);
    let user = desk.someone(&[]);
    let office = client(desk, &desk.client.id, &desk.client.secret, AuthType::BasicAuth).await;
    for by_refresh in [true, false] {
        let code = authorize(desk, &office, &user, None, None).await;
        let tokens = office.exchange_code(code).request_async(&over!(desk.net())).await.expect("tokens");
        let (access, refresh) = (tokens.access_token().clone(), tokens.refresh_token().expect("one").clone());
        assert!(accepted(desk, access.secret()).await);
        let token: StandardRevocableToken = if by_refresh { (&refresh).into() } else { (&access).into() };
        // The library insists on https for this endpoint.
        let request = office.revoke_token(token).expect("an endpoint by https");
        request.request_async(&over!(desk.net())).await.expect("revoked");
        assert!(!accepted(desk, access.secret()).await, "revoked by refresh token: {by_refresh}");
        let refused = office.exchange_refresh_token(&refresh).request_async(&over!(desk.net())).await;
        if by_refresh {
            assert!(refused.is_err(), "a revoked refresh token");
        }
    }
}

#[tokio::test]
async fn b74_revocation_by_hand_keeps_to_rfc_7009() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let place = desk.office().add_place(&user).await;
    let service = desk.service();
    for fields in [
        vec![("token", "unknown")],
        vec![("token", "unknown"), ("token_type_hint", "access_token")],
        vec![("token", "a.b.c"), ("token_type_hint", "refresh_token")],
    ] {
        service.ask_revocation(&fields).await.expect(200);
    }
    assert_eq!(service.ask_revocation(&[]).await.expect(400).text("error"), "invalid_request");
    let odd = [("token", place.refresh.as_str()), ("token_type_hint", "id_token")];
    let reply = service.ask_revocation(&odd).await.expect_one_of(&[200, 400]);
    if reply.status == 400 {
        assert_eq!(reply.text("error"), "unsupported_token_type");
        place.bootstrap().await;
    }
    let place = desk.office().add_place(&user).await;
    // Not by somebody else, and not without proof.
    let mut thief = desk.service();
    thief.client = desk.add_client("revoker", &[]);
    thief.ask_revocation(&[("token", &place.refresh)]).await.expect_one_of(&[200, 400]);
    thief.client.secret = "wrong".into();
    assert_eq!(thief.ask_revocation(&[("token", &place.refresh)]).await.expect(401).text("error"), "invalid_client");
    place.bootstrap().await;
    // A wrong hint only makes the server look twice.
    let root = place.root().await;
    let hinted = [("token", place.refresh.as_str()), ("token_type_hint", "access_token")];
    service.ask_revocation(&hinted).await.expect(200);
    place.call(Method::GET, None, &[]).await.expect(401);
    root.try_info().await.expect(401);
    let url = desk.net().at("/oauth/revoke");
    desk.net().get(&url).await.expect(405);
    service.ask_revocation(&hinted).await.expect(200);
}

#[tokio::test]
async fn a_public_client_needs_pkce_and_no_secret() {
    let desk = Desk::shared();
    let public = desk.add_client("mobile", &["--redirect-uri", "https://localhost", "--scope", "wopi", "--public"]);
    assert_eq!(public.secret, "", "a public client has no secret");
    let user = desk.someone(&[]);
    let client = client(desk, "mobile", "", AuthType::RequestBody).await;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let code = authorize(desk, &client, &user, Some(challenge), Some("wopi")).await;
    let exchange = client.exchange_code(code).set_pkce_verifier(verifier);
    let tokens = exchange.request_async(&over!(desk.net())).await.expect("tokens");
    assert!(accepted(desk, tokens.access_token().secret()).await);
    let refresh = tokens.refresh_token().expect("a refresh token").clone();
    client.exchange_refresh_token(&refresh).request_async(&over!(desk.net())).await.expect("tokens");
    // Without a challenge it is sent back.
    let (url, _) = client.authorize_url(CsrfToken::new_random).url();
    let mut view = WebView::new(&desk.net());
    let stop = view.open(url.as_str()).await.stop();
    assert_eq!(crate::client::Returned::read(&stop).error.as_deref(), Some("invalid_request"));
    assert_eq!(count(view.seen.last().expect("a reply"), "set-cookie"), 0);
}
