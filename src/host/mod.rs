//! Floor 4: who may do what, and the library's face. It knows the store and the actors; it knows nothing of HTTP.

pub mod access;
pub mod accounts;
pub mod keys;
pub mod links;
pub mod passwords;
pub mod random;
pub mod rights;
pub mod tokens;
pub mod trouble;

#[cfg(test)]
pub(crate) mod testing;
