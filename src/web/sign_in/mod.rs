//! Signing in with a password, signing out (bootstrapper-oauth.md section 5.2).
//!
//! ```text
//! GET /sign-in ─ form ─ POST /sign-in ─ guard ─ attempts ─ Accounts::authenticate ─ finish ─ 303 return_to
//! ```
//!
//! The form's fields are `name`, `password`, `return_to` (where to go afterwards, a path of this house) and `form` (the mark
//! of [`guard`]). Nothing is stored before somebody has signed in.

pub(crate) mod attempts;
mod device;
pub(crate) mod finish;
pub(crate) mod guard;
mod handlers;
pub(crate) mod page;
mod return_to;

pub use attempts::Attempts;
#[cfg(feature = "oidc")]
pub(super) use handlers::again;
pub(crate) use handlers::fields;
pub(super) use handlers::{form, sign_in, sign_out};
pub(crate) use return_to::{ReturnTo, culture};
