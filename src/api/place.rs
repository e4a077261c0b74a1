//! Where something is, as a person writes it.

use serde::{Deserialize, Serialize};

use super::{Admin, Refusal, calls::Located};
use crate::{
    host::{DrivePath, Host, HostError},
    ids::{NodeId, UserId},
    names::FileName,
    store::records::{AccountRecord, NodeKind},
};

/// A path, and the user in whose drive it is unless it names one itself: `/folder/file.docx`, `anna:/folder/file.docx`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The path.
    pub path: String,
    /// Whose drive, if the path does not say.
    #[serde(default)]
    pub user: Option<String>,
}

/// A place that was looked up as far as whose drive it is in.
pub(super) struct InDrive {
    /// Whose drive.
    pub(super) account: AccountRecord,
    /// The path, with the drive named.
    pub(super) path: DrivePath,
}

impl InDrive {
    /// The names on the way, checked.
    pub(super) fn names(&self) -> Result<Vec<FileName>, Refusal> {
        Host::checked_names(&self.path.names).map_err(|error| Refusal::about(&self.path, &error))
    }
}

impl Admin {
    /// A user whom somebody named.
    pub(super) fn account(&self, name: &str) -> Result<AccountRecord, Refusal> {
        let user = UserId::parse(name).map_err(|error| Refusal::invalid(error.to_string()))?;
        let found = self.host.accounts().get(&user)?;
        found.ok_or_else(|| {
            Refusal::not_found(format!("there is no user `{user}`; `lockhouse user list` shows who there is"))
        })
    }

    /// Whose drive a place is in.
    pub(super) fn drive(&self, place: &Place) -> Result<InDrive, Refusal> {
        let mut path = DrivePath::parse(&place.path)?;
        let named = path.drive.as_ref().map(|user| user.as_str().to_owned()).or_else(|| place.user.clone());
        let name = named.ok_or_else(|| {
            Refusal::invalid(format!("whose drive is `{}` in? Write NAME:/path, or name the user", place.path))
        })?;
        let account = self.account(&name)?;
        path.drive = Some(account.user.clone());
        Ok(InDrive { account, path })
    }

    /// What a place leads to.
    pub(super) fn find(&self, place: &Place) -> Result<Located, Refusal> {
        let InDrive { account, path } = self.drive(place)?;
        let (kind, id) = self.host.resolve(&path, None).map_err(|error| Refusal::about(&path, &error))?;
        // As it is spelled there, whatever the case of the letters that were typed.
        let path = self.host.path_of(&id).map_err(|error| Refusal::about(&path, &error))?;
        Ok(Located { kind, id, path: path.to_string(), owner: account.user })
    }

    /// The file that a place leads to.
    pub(super) fn find_file(&self, place: &Place) -> Result<Located, Refusal> {
        match self.find(place)? {
            found if found.kind == NodeKind::File => Ok(found),
            found => Err(Refusal::invalid(format!("`{}` is a folder; name a file", found.path))),
        }
    }

    /// What a person is told of a file or folder whose id is known.
    pub(super) fn located(&self, kind: NodeKind, id: &NodeId) -> Result<Located, HostError> {
        let path = self.host.path_of(id)?;
        let owner = match kind {
            NodeKind::File => self.host.head(id)?.owner,
            NodeKind::Container => self.host.container(id)?.owner,
        };
        Ok(Located { kind, id: id.clone(), path: path.to_string(), owner })
    }
}
