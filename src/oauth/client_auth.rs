//! Who calls the token endpoint, and with which form (bootstrapper-oauth.md rules B-59, B-60, B-62).

use std::net::IpAddr;

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::{AUTHORIZATION, CONTENT_TYPE},
    web,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::form_urlencoded;

use super::{Identity, Params, refusal::Refusal};
use crate::{
    host::oauth::Clients,
    server::{BodyReader, Visitor},
    store::records::ClientRecord,
};

/// The largest form, in bytes; one of Office's has some hundred.
const LARGEST_FORM: u64 = 16 * 1024;

/// Parameters that must not travel in a query, where proxies and logs see them.
const SECRETS: [&str; 6] = ["client_secret", "code", "code_verifier", "refresh_token", "token", "access_token"];

/// A request of a client that has shown who it is.
pub(super) struct Call {
    pub(super) client: ClientRecord,
    pub(super) params: Params,
}

/// Reads the form and finds out whose it is.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload, identity: &Identity) -> Result<Call, Refusal> {
    let idle = identity.settings.limits.body_idle_timeout.get();
    let mut body = BodyReader::new(request, payload, LARGEST_FORM, idle);
    let form = body.read_all().await;
    if form.is_err() {
        body.drain(LARGEST_FORM).await;
    }
    let form = form.map_err(Refusal::Body)?;
    if !is_form(request) {
        return Err(Refusal::Request("the content type must be application/x-www-form-urlencoded"));
    }
    let query = Params::parse(request.query_string().as_bytes());
    if SECRETS.iter().any(|secret| query.raw(secret).is_some()) {
        return Err(Refusal::Request("codes, tokens and secrets belong in the body, never in the query"));
    }
    let params = Params::parse(&form);
    if params.is_repeated() {
        return Err(Refusal::Request("a parameter is repeated"));
    }
    let client = authenticate(request, identity, &params).map_err(|refusal| counted(request, identity, refusal))?;
    let share = match from(request) {
        Some(from) if client.is_public() => identity.limits.public_client(&client.id, from),
        _ => identity.limits.client(&client.id),
    };
    share.map_err(Refusal::TooOften)?;
    Ok(Call { client, params })
}

fn is_form(request: &HttpRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Where a request comes from.
fn from(request: &HttpRequest) -> Option<IpAddr> {
    request.extensions().get::<Visitor>().map(|visitor| visitor.address)
}

/// Counts a failure for the address that it came from; beyond its share nothing more is told.
fn counted(request: &HttpRequest, identity: &Identity, refusal: Refusal) -> Refusal {
    match (&refusal, from(request)) {
        (Refusal::Client { .. }, Some(from)) => match identity.limits.failure(from) {
            Ok(()) => refusal,
            Err(seconds) => Refusal::TooOften(seconds),
        },
        _ => refusal,
    }
}

/// What somebody says who he is.
#[derive(PartialEq, Eq)]
struct Claim {
    id: String,
    secret: Option<String>,
}

fn authenticate(request: &HttpRequest, identity: &Identity, params: &Params) -> Result<ClientRecord, Refusal> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // A bare scheme is an attempt, too (section 7.3).
    let basic = header
        .map(|value| value.split_once(' ').unwrap_or((value, "")))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let refuse = |reason| Refusal::Client { reason, basic: basic.is_some() };
    let by_body = params
        .get("client_id")
        .map(|id| Claim { id: id.to_owned(), secret: params.get("client_secret").map(str::to_owned) });
    let claim = match basic {
        None if params.get("client_secret").is_some() && by_body.is_none() => {
            return Err(refuse("a client_secret without a client_id"));
        }
        None => by_body.ok_or_else(|| refuse("no client authentication"))?,
        Some((_, credentials)) => {
            let claim = from_basic(credentials).ok_or_else(|| refuse("the Basic credentials are malformed"))?;
            let secret = params.get("client_secret");
            let contradicts = by_body.is_some_and(|body| body.id != claim.id)
                || (secret.is_some() && secret != claim.secret.as_deref());
            if contradicts {
                return Err(Refusal::Request("two different ways of client authentication"));
            }
            claim
        }
    };
    let client = identity.host.clients().get(&claim.id)?.ok_or_else(|| refuse("there is no such client"))?;
    match &claim.secret {
        None if client.is_public() => Ok(client),
        None => Err(refuse("the client's secret is missing")),
        Some(secret) if Clients::secret_fits(&client, secret) => Ok(client),
        Some(_) => Err(refuse("the client's secret is wrong")),
    }
}

/// Both parts of Basic credentials are form-encoded before they are joined (RFC 6749 section 2.3.1).
fn from_basic(credentials: &str) -> Option<Claim> {
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |part: &str| {
        // A part without `=` and `&` is read as the name of the only parameter.
        let part = part.replace('=', "%3D").replace('&', "%26");
        form_urlencoded::parse(part.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
    };
    let secret = plain(secret);
    Some(Claim { id: plain(id), secret: (!secret.is_empty()).then_some(secret) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_decoded_part_by_part() {
        let claim = |text: &str| from_basic(&STANDARD.encode(text)).map(|claim| (claim.id, claim.secret));
        assert_eq!(claim("office%2Dk4:pl%2Bu+m%3A"), Some(("office-k4".to_owned(), Some("pl+u m:".to_owned()))));
        assert_eq!(claim("app:"), Some(("app".to_owned(), None)));
        assert_eq!(claim("a:b=c&d:e"), Some(("a".to_owned(), Some("b=c&d:e".to_owned()))));
        assert_eq!(claim("nothing"), None);
        assert!(from_basic("not base64!").is_none());
        assert!(from_basic(&STANDARD.encode([0xff, b':'])).is_none());
    }
}
