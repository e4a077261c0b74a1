//! What an authorization request asks for (bootstrapper-oauth.md section 5.1). The pages, and the interface for the
//! operator's app, begin here.

use super::{
    Identity, Params,
    redirect::{self, ErrorCode},
};
use crate::{
    host::{
        oauth::{is_challenge, registered_redirect},
        trouble::Trouble,
    },
    store::records::ClientRecord,
};

/// The longest `state` that is carried along, in bytes.
const LONGEST_STATE: usize = 4096;

/// A request that can be put before a person.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientRecord,
    /// The `redirect_uri` of the request as it was registered; `None` when it had none. A code is bound to it.
    pub redirect_uri: Option<String>,
    /// Where the answer goes: a registered redirect URI.
    pub answer_to: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// To be echoed, even if empty.
    pub state: Option<String>,
    /// The PKCE challenge (S256), if there is one.
    pub challenge: Option<String>,
}

/// Why a request is not put before anybody.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// A page with status 400: nobody can be told where to go (rule B-39). The text is for a person.
    Page(&'static str),
    /// Back to the client with an error, at this address.
    Redirect {
        /// Where to.
        location: String,
        /// What is wrong, in the word of the protocol.
        error: ErrorCode,
        /// What is wrong, for the log.
        reason: &'static str,
    },
    /// The store could not be read.
    Trouble(Trouble),
}

impl From<Trouble> for Wrong {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// Where an error would be told.
struct Back<'a> {
    to: &'a str,
    state: Option<&'a str>,
}

impl Back<'_> {
    fn with(&self, error: ErrorCode, reason: &'static str) -> Wrong {
        Wrong::Redirect { location: redirect::failure(self.to, error, reason, self.state), error, reason }
    }
}

impl AuthorizationRequest {
    /// Reads a request, client and redirect URI first (rule B-39).
    ///
    /// # Errors
    /// [`Wrong`].
    pub fn read(identity: &Identity, params: &Params) -> Result<Self, Wrong> {
        let (client, redirect_uri, answer_to) = sender(identity, params)?;
        let state = params.raw("state").filter(|state| state.len() <= LONGEST_STATE);
        let back = Back { to: &answer_to, state };
        if state.is_none() && params.raw("state").is_some() {
            return Err(back.with(ErrorCode::InvalidRequest, "state is longer than 4096 bytes"));
        }
        if params.is_repeated() {
            return Err(back.with(ErrorCode::InvalidRequest, "a parameter is repeated"));
        }
        match params.get("response_type") {
            Some("code") => {}
            Some(_) => return Err(back.with(ErrorCode::UnsupportedResponseType, "response_type must be code")),
            None => return Err(back.with(ErrorCode::InvalidRequest, "response_type is missing")),
        }
        let scopes = wanted_scopes(params.get("scope"), &client.scopes);
        let scopes =
            scopes.ok_or_else(|| back.with(ErrorCode::InvalidScope, "there is no such scope for this client"))?;
        let challenge = challenge(&client, params).map_err(|reason| back.with(ErrorCode::InvalidRequest, reason))?;
        let state = state.map(str::to_owned);
        Ok(Self { client, redirect_uri, answer_to, scopes, state, challenge })
    }
}

/// Who asks, and where he is answered.
fn sender(identity: &Identity, params: &Params) -> Result<(ClientRecord, Option<String>, String), Wrong> {
    if params.repeats("client_id") || params.repeats("redirect_uri") {
        return Err(Wrong::Page("The address of this page names the application twice."));
    }
    let client = match params.get("client_id") {
        Some(id) => identity.host.clients().get(id)?,
        None => None,
    };
    let client = client.ok_or(Wrong::Page("The application that sent you here is not known to this host."))?;
    let (asked, answer) = match (params.get("redirect_uri"), client.redirect_uris.as_slice()) {
        (Some(given), known) => {
            let known = registered_redirect(known, given).map(str::to_owned);
            (known.clone(), known)
        }
        (None, [only]) => (None, Some(only.clone())),
        (None, _) => (None, None),
    };
    let answer =
        answer.ok_or(Wrong::Page("The application that sent you here asks for an answer at an unknown address."))?;
    Ok((client, asked, answer))
}

/// What is asked for: all that the client may ask for when the request names nothing, else what it names, split at commas
/// and blanks alike (rule B-38). `None` when the client may not ask for something of it.
pub fn wanted_scopes(asked: Option<&str>, allowed: &[String]) -> Option<Vec<String>> {
    let scopes = split_scopes(asked.unwrap_or_default());
    if scopes.iter().any(|scope| !allowed.contains(scope)) {
        return None;
    }
    Some(if scopes.is_empty() { allowed.to_vec() } else { scopes })
}

/// The scopes that a text names, each once; commas and blanks part them alike.
pub fn split_scopes(text: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split([',', ' ']).filter(|scope| !scope.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// The PKCE challenge (rule B-48).
fn challenge(client: &ClientRecord, params: &Params) -> Result<Option<String>, &'static str> {
    match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) if is_challenge(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => Err("code_challenge is not base64url of 256 bits"),
        (Some(_), _) => Err("code_challenge_method must be S256"),
        (None, Some(_)) => Err("code_challenge is missing"),
        (None, None) if client.is_public() => Err("a public client must send a code_challenge"),
        (None, None) => Ok(None),
    }
}
