//! Whether the addresses of the onboarding sheet answer as Office needs them to, asked from this machine.

use std::{error::Error as _, time::Duration};

use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Response, StatusCode, header, redirect};
use serde::Serialize;
use url::Url;

use super::{failure::Failure, icons};
use crate::office::{
    icons::SIZES,
    sheet::{CLIENT, REDIRECT_URI, Sheet},
};

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 1 << 20;

/// Hops on the way to a page for people.
const HOPS: usize = 5;

/// What came of asking an address.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Probe {
    /// What it is.
    pub(super) what: String,
    /// The address.
    pub(super) url: String,
    /// Whether it answered as it must.
    pub(super) ok: bool,
    /// What was found.
    pub(super) found: String,
}

/// What an answer is worth: said for a person, in both cases.
type Verdict = Result<String, String>;

/// Asks all of them, at the same time.
pub(super) async fn all(sheet: &Sheet) -> Result<Vec<Probe>, Failure> {
    let client = |policy| {
        let agent = concat!("lockhouse/", env!("CARGO_PKG_VERSION"));
        Client::builder().user_agent(agent).timeout(PATIENCE).connect_timeout(PATIENCE).redirect(policy).build()
    };
    let (plain, person) = (client(redirect::Policy::none())?, client(redirect::Policy::limited(HOPS))?);
    let (fields, also) = (&sheet.fields, &sheet.also);
    let mut probes: Vec<BoxFuture<'_, Probe>> = vec![
        probe("bootstrapper".into(), &fields.bootstrapper_uri, bootstrapper(&plain, sheet)).boxed(),
        probe("authorization endpoint".into(), &also.authorization_uri, authorize(&plain, &also.authorization_uri))
            .boxed(),
        probe("token endpoint".into(), &also.token_issuance_uri, token(&plain, &also.token_issuance_uri)).boxed(),
    ];
    for (side, url) in SIZES.into_iter().zip(&fields.icon_locations) {
        probes.push(probe(format!("icon of {side} pixels"), url, icon(&plain, url, side)).boxed());
    }
    for (what, url) in [("privacy statement", &also.privacy_url), ("web site", &fields.site_url)] {
        if !url.is_empty() {
            probes.push(probe(what.into(), url, page(&person, url)).boxed());
        }
    }
    Ok(join_all(probes).await)
}

async fn probe(what: String, url: &str, verdict: impl Future<Output = Verdict>) -> Probe {
    let outcome = match Url::parse(url) {
        Err(_) => Err("its address is not known".to_owned()),
        Ok(url) if url.scheme() == "https" && !cfg!(feature = "oidc") => {
            Err("this program was built without TLS for requests of its own (feature `oidc`), so it cannot ask"
                .to_owned())
        }
        Ok(_) => verdict.await,
    };
    let ok = outcome.is_ok();
    Probe { what, url: url.to_owned(), ok, found: outcome.unwrap_or_else(|fault| fault) }
}

async fn bootstrapper(client: &Client, sheet: &Sheet) -> Verdict {
    let response = client.get(&sheet.fields.bootstrapper_uri).send().await.map_err(|error| unreached(&error))?;
    if response.status() != StatusCode::UNAUTHORIZED {
        return Err(format!("answers {} instead of 401", response.status()));
    }
    let challenges: Vec<_> = response.headers().get_all(header::WWW_AUTHENTICATE).iter().collect();
    let [challenge] = challenges[..] else {
        return Err(format!("sends {} WWW-Authenticate headers instead of one", challenges.len()));
    };
    let challenge = String::from_utf8_lossy(challenge.as_bytes());
    let wanted = [
        "Bearer ".to_owned(),
        format!("authorization_uri=\"{}\"", sheet.also.authorization_uri),
        format!("tokenIssuance_uri=\"{}\"", sheet.also.token_issuance_uri),
    ];
    match wanted.iter().find(|part| !challenge.contains(part.as_str())) {
        None => Ok("401 that names both OAuth endpoints".to_owned()),
        Some(part) => Err(format!("its WWW-Authenticate lacks `{}`", part.trim())),
    }
}

async fn authorize(client: &Client, url: &str) -> Verdict {
    let redirect = utf8_percent_encode(REDIRECT_URI, NON_ALPHANUMERIC);
    let url = format!("{url}?client_id={CLIENT}&redirect_uri={redirect}&response_type=code&scope=");
    let response = client.get(&url).send().await.map_err(|error| unreached(&error))?;
    let status = response.status();
    if status == StatusCode::OK && is(&response, "text/html") {
        return Ok("200, a page".to_owned());
    }
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let target = Url::parse(&url).ok().zip(location).and_then(|(base, location)| base.join(location).ok());
    match target {
        Some(target) if target.host_str() == Some("localhost") && target.port().is_none() => {
            let error = target.query_pairs().find(|(name, _)| name == "error");
            Err(format!(
                "refuses the client `{CLIENT}`: {}",
                error.map_or_else(String::new, |(_, text)| text.into_owned())
            ))
        }
        Some(target) if target.scheme() == "https" || !url.starts_with("https:") => Ok(format!("{status}, to sign in")),
        Some(_) => Err("leads to a page without https".to_owned()),
        None => Err(format!("answers {status} instead of a page")),
    }
}

async fn token(client: &Client, url: &str) -> Verdict {
    let form = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = client.post(url).header(form.0, form.1).body("grant_type=authorization_code");
    let response = request.send().await.map_err(|error| unreached(&error))?;
    let status = response.status();
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if is(&response, "application/json") => {
            Ok(format!("{} to a request without a client", status.as_u16()))
        }
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => Err(format!("answers {status}, but not with JSON")),
        _ => Err(format!("answers {status} to a request without a client instead of 400 or 401")),
    }
}

async fn icon(client: &Client, url: &str, side: u32) -> Verdict {
    let response = client.get(url).send().await.map_err(|error| unreached(&error))?;
    if response.status() != StatusCode::OK {
        return Err(format!("answers {} instead of 200", response.status()));
    }
    if !is(&response, "image/png") {
        return Err("is not served as image/png".to_owned());
    }
    let bytes = body(response).await?;
    icons::fault(&bytes, side).map_or_else(|| Ok("200, a PNG with a white border".to_owned()), Err)
}

async fn page(client: &Client, url: &str) -> Verdict {
    let response = client.get(url).send().await.map_err(|error| unreached(&error))?;
    let status = response.status();
    if status.is_success() { Ok(status.as_u16().to_string()) } else { Err(format!("answers {status}")) }
}

fn is(response: &Response, kind: &str) -> bool {
    let value = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|value| value.trim().eq_ignore_ascii_case(kind))
}

async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unreached(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST_ANSWER {
            return Err(format!("is larger than {} MiB", LONGEST_ANSWER >> 20));
        }
    }
    Ok(bytes)
}

/// Why an address was not reached, without the address.
fn unreached(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("does not answer within {} seconds", PATIENCE.as_secs());
    }
    let mut innermost = error.source();
    while let Some(inner) = innermost.and_then(std::error::Error::source) {
        innermost = Some(inner);
    }
    let why = innermost.map_or_else(|| error.to_string(), ToString::to_string);
    format!("is not reached: {why}")
}
