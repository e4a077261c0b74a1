//! The first start with nothing configured: an administrator, and documents to try.

use bytes::Bytes;

use super::{Host, HostError, accounts::NewAccount, passwords};
use crate::{ids::UserId, names::FileName, store::records::AccountKind};

/// The administrator that a first start makes.
const ADMINISTRATOR: &str = "admin";

/// The folder of documents to try.
const SAMPLES: &str = "Sample documents";

/// What a first start made; the password is told once and stored as a hash.
#[derive(Clone)]
pub struct FirstStart {
    /// The administrator.
    pub user: UserId,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for FirstStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstStart").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Host {
    /// Makes an administrator and a folder with `samples`, if there is no user yet.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn first_start(&self, samples: &[(&str, &'static [u8])]) -> Result<Option<FirstStart>, HostError> {
        if !self.accounts().list(None, 1)?.is_empty() {
            return Ok(None);
        }
        let password = passwords::generate().map_err(|error| HostError::Failed(error.to_string().into()))?;
        let user = UserId::parse(ADMINISTRATOR).map_err(|error| HostError::Invalid(error.to_string()))?;
        let account = self
            .accounts()
            .add(NewAccount {
                user: user.clone(),
                display_name: "Administrator",
                email: None,
                password: Some(&password),
                admin: true,
                kind: AccountKind::Consumer,
            })
            .await?;
        let folder = self.make_container(&account.drive, &FileName::parse(SAMPLES)?).await?;
        for (name, bytes) in samples {
            self.create_file(&user, &folder, &FileName::parse(name)?, Bytes::from_static(bytes)).await?;
        }
        Ok(Some(FirstStart { user, password }))
    }
}
