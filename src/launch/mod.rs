//! How Office is opened from elsewhere: the links of its apps, which files each opens, how it is found on a device
//! (bootstrapper-oauth.md section 9).
//!
//! Ground floor: pure rules. [`LaunchLink`] and [`PassBack`] serve whoever builds an app of his own around a host: the one
//! opens Office, the other is what Office says when its user comes back.

mod app;
mod link;
mod pass_back;
mod stores;
#[cfg(test)]
mod tests;

pub use app::{OfficeApp, Opening};
pub use link::{LONGEST_CONTEXT, LONGEST_LINK, LaunchLink, LinkError, Mode, Origin, Scheme};
pub use pass_back::PassBack;
pub use stores::{AndroidStore, BadStoreLink, IntentForm, StoreLinks, StorePage};
