//! From the code that came back to who it is (`OpenID` Connect Core sections 3.1.3 and 5.3).

use std::time::{Duration, SystemTime};

use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, EndUserEmail, EndUserName, EndUserUsername,
    LocalizedClaim, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError, SignatureVerificationError,
    SubjectIdentifier, TokenResponse as _,
    core::{
        CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm as Algorithm, CoreUserInfoClaims,
    },
};

use super::{OidcError, Provider, discovery::Known, journey::Journey};
use crate::{
    clock::Clock,
    host::accounts::outside::{Outsider, Subject},
};

/// The signatures that count: those that the holder of a public key cannot make. Never `none`, and never a code that is
/// made with the client secret.
const SIGNATURES: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// How far the provider's clock may be behind this host's.
const LEEWAY: Duration = Duration::from_secs(60);

/// Redeems the code and returns whom the provider vouches for.
///
/// # Errors
/// [`OidcError`].
pub(super) async fn redeem(
    provider: &Provider,
    clock: &dyn Clock,
    journey: &Journey,
    code: String,
    redirect: String,
) -> Result<Outsider, OidcError> {
    let known = provider.discovery.known(clock).await?;
    let client = provider.client(&known, redirect)?;
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| OidcError::unreachable(&error))?
        .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()))
        .request_async(&provider.outbound)
        .await
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                OidcError::refused(format!("it does not redeem the code: {answer}"))
            }
            RequestTokenError::Request(error) => OidcError::unreachable(&error),
            RequestTokenError::Parse(error, _) => {
                OidcError::refused(format!("its token answer makes no sense: {error}"))
            }
            RequestTokenError::Other(reason) => {
                OidcError::refused(format!("its token answer makes no sense: {reason}"))
            }
        })?;
    let token = answer.id_token().ok_or_else(|| OidcError::refused("its token answer has no ID token".to_owned()))?;
    let claims = verify(provider, clock, &known, token, &Nonce::new(journey.nonce.clone())).await?;
    if journey.fresh && !is_fresh(&claims, journey) {
        return Err(OidcError::refused("it has not asked him anew who he is".to_owned()));
    }
    let subject = Subject::new(provider.issuer.as_str(), claims.subject())
        .map_err(|_| OidcError::refused("its subject is not what a subject may be".to_owned()))?;
    let mut who = Outsider { subject, user_name: None, display_name: None, email: None };
    let mail = claims.email().filter(|_| claims.email_verified() != Some(false));
    fill(&mut who, claims.preferred_username(), claims.name(), mail);
    if who.email.is_none() || who.display_name.is_none() || who.user_name.is_none() {
        let more = user_info(provider, &known, answer.access_token(), claims.subject()).await;
        if let Some(more) = more {
            let mail = more.email().filter(|_| more.email_verified() != Some(false));
            fill(&mut who, more.preferred_username(), more.name(), mail);
        }
    }
    Ok(who)
}

/// Verifies the ID token. When no key that is known made it, the provider may have new ones.
async fn verify(
    provider: &Provider,
    clock: &dyn Clock,
    known: &std::sync::Arc<Known>,
    token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, OidcError> {
    let first = token.claims(&verifier(provider, clock, known), nonce);
    let claims = match first {
        Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
            | SignatureVerificationError::CryptoError(_)
            | SignatureVerificationError::AmbiguousKeyId(_),
        )) => match provider.discovery.newer_keys(clock, known).await? {
            Some(newer) => token.claims(&verifier(provider, clock, &newer), nonce).cloned(),
            None => first.cloned(),
        },
        first => first.cloned(),
    };
    let claims =
        claims.map_err(|error| OidcError::refused(format!("its ID token does not hold: {}", reason(&error))))?;
    // The library leaves `azp` to us; with a single audience it can only be ourselves.
    if claims.authorized_party().is_some_and(|party| *party != provider.client_id) {
        return Err(OidcError::refused("its ID token was made for another party".to_owned()));
    }
    Ok(claims)
}

/// Whether he has proved during the journey who he is, as far as the provider tells (`OpenID` Connect Core section 2:
/// `auth_time`). Not all do, also when they are asked.
fn is_fresh(claims: &CoreIdTokenClaims, journey: &Journey) -> bool {
    let earliest = journey.began().saturating_sub_unsigned(LEEWAY.as_secs());
    claims.auth_time().is_none_or(|at| at.timestamp() >= earliest)
}

fn verifier(provider: &Provider, clock: &dyn Clock, known: &Known) -> CoreIdTokenVerifier<'static> {
    let now = u64::try_from(clock.wall().unix_ms()).unwrap_or_default();
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now).saturating_sub(LEEWAY);
    // As for a public client: no signature is accepted that is made with the client secret.
    CoreIdTokenVerifier::new_public_client(
        provider.client_id.clone(),
        known.metadata.issuer().clone(),
        known.keys.clone(),
    )
    .set_allowed_algs(SIGNATURES)
    .set_time_fn(move || now.into())
}

/// With the reason beneath, which the error's own text leaves out.
fn reason(error: &ClaimsVerificationError) -> String {
    match error {
        ClaimsVerificationError::SignatureVerification(beneath) => format!("{error}: {beneath}"),
        error => error.to_string(),
    }
}

/// What the provider tells beside the token, for what the token lacks. Without it people get in all the same.
async fn user_info(
    provider: &Provider,
    known: &Known,
    token: &AccessToken,
    subject: &SubjectIdentifier,
) -> Option<CoreUserInfoClaims> {
    // The library takes it for granted that the token fits into a header.
    if known.metadata.userinfo_endpoint().is_none() || !token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let client = provider.client(known, String::new()).ok()?;
    let request = client.user_info(token.clone(), Some(subject.clone())).ok()?;
    match request.request_async(&provider.outbound).await {
        Ok(claims) => Some(claims),
        Err(error) => {
            tracing::warn!(%error, "the outside provider tells nothing more of somebody who signs in");
            None
        }
    }
}

/// Takes over what was not said before.
fn fill(
    who: &mut Outsider,
    user_name: Option<&EndUserUsername>,
    names: Option<&LocalizedClaim<EndUserName>>,
    email: Option<&EndUserEmail>,
) {
    // A name in some language is better than none.
    let name = names.and_then(|names| names.get(None).or_else(|| names.iter().next().map(|(_, name)| name)));
    for (place, said) in [
        (&mut who.user_name, user_name.map(|name| name.as_str())),
        (&mut who.display_name, name.map(|name| name.as_str())),
        (&mut who.email, email.map(|email| email.as_str())),
    ] {
        if place.is_none() {
            *place = said.filter(|text| !text.trim().is_empty()).map(str::to_owned);
        }
    }
}
