//! The OAuth 2.0 authorization server without its network: clients, authorization codes, grants (bootstrapper-oauth.md,
//! sections 5 to 7 and 11; RFC 6749, RFC 7636, RFC 7009).
//!
//! A sign-in gives a client a *family*: one refresh token that is replaced at each refresh, and access tokens that die with
//! the family. Codes are stored as hashes, and so is the valid refresh token ([`refresh_token`]); access tokens are signed
//! and name their family.
//!
//! A family that is revoked is deleted; one whose refresh token has ended stays until nothing can be good any more that was
//! issued by it ([`over`]).

mod clients;
mod codes;
mod grants;
mod over;
mod pkce;
mod redirects;
mod refresh;
mod refresh_token;
mod secrets;

#[cfg(test)]
mod grants_tests;

pub use clients::{ClientError, Clients, NewClient, SCOPES};
pub use codes::{CodeUse, NewCode};
pub use grants::{Bearer, GrantError, Grants, TokenSet};
pub use pkce::is_challenge;
pub use redirects::registered as registered_redirect;
