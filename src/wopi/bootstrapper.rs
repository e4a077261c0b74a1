//! The bootstrapper (bootstrapper-oauth.md sections 2 and 3): an OAuth access token becomes WOPI tokens.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::{
    challenge,
    ecosystem::{WopiSrc, wopi_src},
    headers,
    reply::{self, Problem},
    shapes::{ContainerAnswer, Shapes},
};
use crate::{
    host::{
        HostError,
        access::{Access, AccessError},
        oauth::{Bearer, GrantError},
        tokens::{ClientKind, IssuedToken, NewToken, Resource},
        trouble::Trouble,
    },
    oauth::Identity,
    permission::Role,
    server::{BodyReader, bearer, note_operation, note_reason},
    settings::Settings,
    store::records::AccountRecord,
};

/// Bodies mean nothing here; up to so many bytes are read and thrown away.
const LARGEST_BODY: u64 = 64 * 1024;

/// Who signed in.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Profile {
    ecosystem_url: String,
    user_id: String,
    sign_in_name: String,
    user_friendly_name: String,
}

/// The answer: all properties of each part sit inside it (rule B-13), and parts that were not asked for are absent.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    bootstrap: Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_container_info: Option<ContainerAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_info: Option<AccessTokenInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wopi_src_info: Option<WopiSrc>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessTokenInfo {
    access_token: String,
    /// Milliseconds since 1970 (rule B-19).
    access_token_expiry: i64,
}

/// Why the answer is not 200.
enum Wrong {
    /// No token, or none that is good: 401, whatever it is (rule B-6). The reason is for the log.
    NotSignedIn(String),
    /// Too often: after so many seconds.
    TooOften(u32),
    /// Something else, as in all of WOPI.
    Other(Problem),
}

impl From<HostError> for Wrong {
    fn from(error: HostError) -> Self {
        Self::Other(error.into())
    }
}

impl From<Trouble> for Wrong {
    fn from(trouble: Trouble) -> Self {
        HostError::from(trouble).into()
    }
}

pub(super) async fn handle(
    request: HttpRequest,
    payload: web::Payload,
    identity: web::Data<Identity>,
) -> Result<HttpResponse, Problem> {
    note_operation(&request, "Bootstrap");
    let idle = identity.settings.limits.body_idle_timeout.get();
    BodyReader::new(&request, payload, LARGEST_BODY, idle).drain(LARGEST_BODY).await;
    match answer(&request, &identity) {
        Ok(answer) => Ok(reply::ok().json(answer)),
        Err(Wrong::NotSignedIn(reason)) => {
            note_reason(&request, reason);
            Ok(unauthorized(&identity))
        }
        Err(Wrong::TooOften(seconds)) => {
            note_reason(&request, "too many calls with this token");
            let mut response =
                crate::server::reply::message(StatusCode::TOO_MANY_REQUESTS, "too many calls; try again later");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
        Err(Wrong::Other(problem)) => Err(problem.noted(&request)),
    }
}

/// 401 with one `WWW-Authenticate`, by which Office learns where people sign in (section 3).
fn unauthorized(identity: &Identity) -> HttpResponse {
    let value = challenge::value(&identity.urls, &identity.settings.office);
    HttpResponse::Unauthorized()
        .insert_header((header::WWW_AUTHENTICATE, reply::ascii(&value)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body("{}")
}

fn answer(request: &HttpRequest, identity: &Identity) -> Result<Answer, Wrong> {
    let bearer = signed_in(request, identity)?;
    identity.limits.bootstrapper(&bearer.family).map_err(Wrong::TooOften)?;
    let asked = (request.method() == actix_web::http::Method::POST)
        .then(|| headers::text(request, "X-WOPI-EcosystemOperation"))
        .flatten();
    let Settings { supports, .. } = &*identity.settings;
    let shapes = Shapes { host: &identity.host, urls: &identity.urls, supports };
    let containers = supports.containers && supports.delete;
    let ecosystem = issue(identity, &bearer, Resource::Ecosystem)?;
    let mut answer = Answer {
        bootstrap: profile(identity, &bearer, &ecosystem),
        root_container_info: None,
        access_token_info: None,
        wopi_src_info: None,
    };
    // Whatever is not known is answered as a Bootstrap: the client then goes by the ecosystem (rule B-9).
    match asked {
        Some("GET_ROOT_CONTAINER") if containers => {
            note_operation(request, "BootstrapGetRootContainer");
            answer.root_container_info = Some(shapes.root(&access(identity, &ecosystem, &Resource::Ecosystem)?)?);
        }
        Some("GET_NEW_ACCESS_TOKEN") => {
            note_operation(request, "BootstrapGetNewAccessToken");
            let token = new_access_token(request, identity, &bearer)?;
            answer.access_token_info =
                Some(AccessTokenInfo { access_token_expiry: token.expires.unix_ms(), access_token: token.text });
        }
        Some("GET_WOPI_SRC_WITH_ACCESS_TOKEN") if containers => {
            note_operation(request, "BootstrapGetFileWopiSrc");
            let access = access(identity, &ecosystem, &Resource::Ecosystem)?;
            answer.wopi_src_info = Some(wopi_src(request, &access, shapes)?);
        }
        _ => {}
    }
    Ok(answer)
}

/// Who asks, by the header alone (rules B-5, B-75).
fn signed_in(request: &HttpRequest, identity: &Identity) -> Result<Bearer, Wrong> {
    let token = bearer(request).ok_or_else(|| Wrong::NotSignedIn("no access token".to_owned()))?;
    match identity.host.grants().authorize(token) {
        Ok(bearer) if bearer.may("wopi") => Ok(bearer),
        Ok(_) => Err(Wrong::NotSignedIn("the access token has not the scope `wopi`".to_owned())),
        Err(GrantError::Trouble(trouble)) => Err(trouble.into()),
        Err(error) => Err(Wrong::NotSignedIn(error.to_string())),
    }
}

fn profile(identity: &Identity, bearer: &Bearer, ecosystem: &IssuedToken) -> Profile {
    let AccountRecord { user, email, display_name, .. } = &bearer.account;
    Profile {
        ecosystem_url: identity.urls.wopi_ecosystem_with_token(&ecosystem.text),
        user_id: bearer.account.wopi_id().as_str().to_owned(),
        sign_in_name: email.as_deref().unwrap_or(user.as_str()).to_owned(),
        user_friendly_name: display_name.clone(),
    }
}

/// A token with the host's lifetime, because OAuth authorised it (rules B-16, B-21); it dies with the grant.
fn issue(identity: &Identity, bearer: &Bearer, resource: Resource) -> Result<IssuedToken, Wrong> {
    let new = NewToken::for_user(&bearer.account, resource, Role::Owner, ClientKind::Office);
    let lifetime = identity.host.options().token_lifetime;
    Ok(identity.host.tokens().issue(&new.by_grant(bearer.family.clone()), lifetime)?)
}

/// What a token that was made this moment is good for. If that is nothing, he may not reach what it is for: 404.
fn access(identity: &Identity, token: &IssuedToken, resource: &Resource) -> Result<Access, Wrong> {
    match identity.host.access_control().authorize(&token.text, resource) {
        Ok(access) => Ok(access),
        Err(AccessError::Trouble(trouble)) => Err(trouble.into()),
        Err(_) => Err(HostError::NotFound.into()),
    }
}

/// A token for what `X-WOPI-WopiSrc` names, if that is something of ours that he may reach; else 404 (rule B-20).
fn new_access_token(request: &HttpRequest, identity: &Identity, bearer: &Bearer) -> Result<IssuedToken, Wrong> {
    let given = headers::text(request, "X-WOPI-WopiSrc").ok_or(HostError::NotFound)?;
    let found = identity.urls.resource_at(given).or_else(|| {
        let decoded = percent_decode_str(given).decode_utf8().ok()?;
        identity.urls.resource_at(&decoded)
    });
    let resource = found.ok_or(HostError::NotFound)?;
    if let Resource::File(file) = &resource {
        // What is in the bin does not exist for WOPI.
        identity.host.head(file)?;
    }
    let token = issue(identity, bearer, resource.clone())?;
    access(identity, &token, &resource)?;
    Ok(token)
}
