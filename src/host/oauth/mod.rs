//! The OAuth 2.0 authorization server without its network: clients, authorization codes, grants (bootstrapper-oauth.md,
//! sections 5 to 7 and 11; RFC 6749, RFC 7636, RFC 7009).
//!
//! A sign-in gives a client a *family*: one refresh token that is replaced at each refresh, and access tokens that die with
//! the family. Codes and refresh tokens are stored as hashes; access tokens are signed and name their family.

mod clients;
mod grants;

pub use clients::{ClientError, Clients, NewClient};
pub use grants::{Bearer, CodeUse, GrantError, Grants, NewCode, TokenSet};
