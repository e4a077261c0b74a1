//! The kind of an account, and what Office is told of it.

use serde::{Deserialize, Serialize};

/// The kind of account, from which the licence properties follow (files.md section 3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// A private person: no licence check.
    #[default]
    Consumer,
    /// A business user: `LicenseCheckForEditIsEnabled`.
    Business,
    /// An education user: `IsEduUser`.
    Education,
}

/// The two licence properties. They describe the user, so they are the same for a file and all that is around it
/// (containers-ecosystem.md rule C-43).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Licence {
    /// `IsEduUser`.
    pub is_edu_user: bool,
    /// `LicenseCheckForEditIsEnabled`.
    pub check_for_edit: bool,
}

impl Licence {
    /// Of a user of this kind; `None` for a guest.
    pub const fn of(kind: Option<AccountKind>) -> Self {
        Self {
            is_edu_user: matches!(kind, Some(AccountKind::Education)),
            check_for_edit: matches!(kind, Some(AccountKind::Business)),
        }
    }
}
