//! The first start with nothing configured: an administrator, and documents to try.
//!
//! The administrator's password is told once, and kept as a hash alone. Until it was told, a row says so: a start that was
//! cut off in between is followed by one that sets another password and tells that.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{
    Host, HostError,
    accounts::{AccountError, NewAccount},
    audit::Note,
    passwords,
    trouble::{Trouble, commit, load},
};
use crate::{
    ids::{NodeId, UserId},
    names::FileName,
    store::{
        engine::{Batch, Key},
        records::{AccountKind, AccountRecord, AuditEvent, encode, keys},
    },
};

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

/// Who can administer the host.
#[derive(Clone, Debug)]
pub enum Administrator {
    /// Somebody who has a password already.
    Known,
    /// The one whose password must be told now; [`Host::first_start_told`] says that it was.
    New(FirstStart),
    /// Nobody: the name that a first start takes belongs to somebody who may not, or who is shut out.
    Missing,
}

/// `s/first-start`: an administrator whose password nobody was told yet.
#[derive(Serialize, Deserialize)]
struct Untold {
    user: UserId,
    /// The account's generation at that password: whoever changed it since knows a later one.
    generation: u64,
}

fn untold_key() -> Key {
    keys::system("first-start")
}

fn with_untold(batch: Batch, account: &AccountRecord) -> Batch {
    let untold = Untold { user: account.user.clone(), generation: account.generation };
    batch.set(untold_key(), encode(&untold))
}

impl Host {
    /// Makes an administrator and a folder with `samples`, if nobody can administer the host; gives the one of an earlier
    /// start another password, if his was never told. A sample that cannot be stored is logged.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn first_start(&self, samples: &[(&str, &'static [u8])]) -> Result<Administrator, HostError> {
        let password = || passwords::generate().map_err(|error| HostError::Failed(error.to_string().into()));
        if let Some((untold, _)) = load::<Untold>(self.engine(), &untold_key())? {
            let account = self.accounts().get(&untold.user)?;
            if let Some(account) = account.filter(|account| account.generation == untold.generation) {
                let password = password()?;
                self.accounts().set_password_with(&account.user, &password, with_untold).await?;
                self.audit().note(Note::by_host(AuditEvent::PasswordChanged).about(&account.user)).await;
                self.store_samples(&account, samples).await;
                return Ok(Administrator::New(FirstStart { user: account.user, password }));
            }
            self.first_start_told().await?;
        }
        if self.accounts().administrator()?.is_some() {
            return Ok(Administrator::Known);
        }
        let password = password()?;
        let new = NewAccount {
            user: UserId::parse(ADMINISTRATOR).map_err(|error| HostError::Invalid(error.to_string()))?,
            display_name: "Administrator",
            email: None,
            password: Some(&password),
            admin: true,
            kind: AccountKind::Consumer,
        };
        let account = match self.accounts().add_with(new, with_untold).await {
            Ok(account) => account,
            Err(AccountError::Exists(_)) => return Ok(Administrator::Missing),
            Err(error) => return Err(error.into()),
        };
        self.audit().note(Note::by_host(AuditEvent::UserAdded).about(&account.user).detail("administrator")).await;
        self.store_samples(&account, samples).await;
        Ok(Administrator::New(FirstStart { user: account.user, password }))
    }

    /// The password of a first start was told: the next start sets no other.
    ///
    /// # Errors
    /// What the store says; the next start sets another password then.
    pub async fn first_start_told(&self) -> Result<(), HostError> {
        if !commit(self.engine(), Batch::new().clear(untold_key())).await? {
            return Err(Trouble::Contended.into());
        }
        Ok(())
    }

    /// Only into an empty drive, and never a reason not to start.
    async fn store_samples(&self, account: &AccountRecord, samples: &[(&str, &'static [u8])]) {
        let outcome = async {
            if !self.children(&account.drive, None, 1)?.is_empty() {
                return Ok(());
            }
            let folder = self.make_container(&account.drive, &FileName::parse(SAMPLES)?).await?;
            for (name, bytes) in samples {
                if let Err(error) = self.store_sample(account, &folder, name, bytes).await {
                    tracing::warn!(name, %error, "a sample document could not be stored");
                }
            }
            Ok::<_, HostError>(())
        };
        if let Err(error) = outcome.await {
            tracing::warn!(%error, "the sample documents could not be stored");
        }
    }

    async fn store_sample(
        &self,
        account: &AccountRecord,
        folder: &NodeId,
        name: &str,
        bytes: &'static [u8],
    ) -> Result<(), HostError> {
        self.create_file(&account.user, folder, &FileName::parse(name)?, Bytes::from_static(bytes)).await?;
        Ok(())
    }
}
