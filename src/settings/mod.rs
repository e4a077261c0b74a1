//! The settings: one typed structure, filled from defaults, a file, the environment and flags, each over the one before.
//!
//! `config/README.md` lists every key; [`catalogue`] writes that list, so it cannot fall behind.

pub mod catalogue;
pub mod editors;
pub mod human;
pub mod load;
mod nearest;
pub mod network;
mod optional;
pub mod public_url;
mod section;
mod sections;
mod texts;
mod validate;

pub use editors::{EditorEntry, ProofMode};
pub use human::{Period, Size};
pub use load::{FileChoice, Loaded, Origin, SettingsError, Shown, Sources};
pub use network::{Network, Networks, keeps_secrets};
pub use public_url::PublicUrl;
pub use sections::{
    Actors, Collabora, Editors, History, Limits, Log, LogFormat, MetricsAccess, OAuth, Office, Oidc, Settings, SignIn,
    Storage, Supports, Tls, Tokens,
};
pub use texts::Texts;
