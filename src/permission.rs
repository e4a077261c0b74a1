//! What a person may do with a file or a container. Pure rules: who holds which grant is floor 4's business.

use serde::{Deserialize, Serialize};

/// A role on a file or a container, from least to most; a role on a container holds for everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May see and download.
    Viewer,
    /// May also change, lock, rename and, in a container, create and delete.
    Editor,
    /// May also share, break locks, see rescued versions and delete for good.
    Owner,
}

impl Role {
    /// May change bytes, names and locks.
    pub const fn can_write(self) -> bool {
        matches!(self, Self::Editor | Self::Owner)
    }

    /// May give rights to others and hand out share links.
    pub const fn can_share(self) -> bool {
        matches!(self, Self::Editor | Self::Owner)
    }

    /// Has every right.
    pub const fn is_owner(self) -> bool {
        matches!(self, Self::Owner)
    }

    /// The name used on the command line and in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// Reads the name used on the command line; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Viewer, Self::Editor, Self::Owner].into_iter().find(|role| role.as_str() == text)
    }
}
