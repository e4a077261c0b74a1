//! Accounts for those who try the host before it is offered in Office: three of private persons and three of business users,
//! each with documents (bootstrapper-oauth.md section 13).

use bytes::Bytes;

use super::{Host, HostError, accounts::NewAccount, passwords};
use crate::{
    ids::{NodeId, UserId},
    licence::AccountKind,
    names::FileName,
    store::records::AccountRecord,
};

/// The folder of documents. Not the drive's root: what the validator makes beside its file and renames around it must lie in
/// an ordinary folder (containers-ecosystem.md rule C-123).
const FOLDER: &str = "Office test documents";

/// Accounts of each kind, as many as Microsoft asks for.
const OF_EACH: usize = 3;

/// What became of a test account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestAccountState {
    /// It was made now.
    Made,
    /// It was there and has a new password.
    Reset,
    /// It was there and is as it was.
    Kept,
    /// Somebody else's account has the name; it was left alone.
    Foreign,
}

/// A test account; a new password is told once and stored as a hash.
#[derive(Clone)]
pub struct TestAccount {
    /// The name by which one signs in.
    pub user: UserId,
    /// Consumer or business.
    pub kind: AccountKind,
    /// What became of it.
    pub state: TestAccountState,
    /// The password, if it is new.
    pub password: Option<String>,
}

impl std::fmt::Debug for TestAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestAccount").field("user", &self.user).field("state", &self.state).finish_non_exhaustive()
    }
}

/// An account to be: name, what others see, kind.
fn wanted() -> Result<Vec<(UserId, String, AccountKind)>, HostError> {
    let kinds = [(AccountKind::Consumer, "consumer"), (AccountKind::Business, "business")];
    let all = kinds.into_iter().flat_map(|(kind, name)| (1..=OF_EACH).map(move |number| (kind, name, number)));
    all.map(|(kind, name, number)| {
        let user = UserId::parse(&format!("office{name}{number}"));
        let user = user.map_err(|error| HostError::Invalid(error.to_string()))?;
        Ok((user, format!("Office test, {name} {number}"), kind))
    })
    .collect()
}

/// Whether an account is one that this module made, and nobody made something else of.
fn is_ours(account: &AccountRecord, display_name: &str, kind: AccountKind) -> bool {
    account.display_name == display_name && account.kind == kind && !account.admin
}

impl Host {
    /// The test accounts that can be used.
    ///
    /// # Errors
    /// What the store says.
    pub fn test_accounts(&self) -> Result<Vec<AccountRecord>, HostError> {
        let mut found = Vec::new();
        for (user, display_name, kind) in wanted()? {
            let account = self.accounts().get(&user)?;
            found.extend(account.filter(|account| is_ours(account, &display_name, kind) && !account.disabled));
        }
        Ok(found)
    }

    /// Makes the test accounts that are missing, and a folder with `samples` in each; with `reset` those that were there get
    /// new passwords. Called again, it ends what an interrupted run began.
    ///
    /// # Errors
    /// [`HostError`].
    pub async fn make_test_accounts(
        &self,
        samples: &[(&str, &'static [u8])],
        reset: bool,
    ) -> Result<Vec<TestAccount>, HostError> {
        let mut accounts = Vec::new();
        for (user, display_name, kind) in wanted()? {
            accounts.push(self.make_test_account(user, &display_name, kind, samples, reset).await?);
        }
        Ok(accounts)
    }

    async fn make_test_account(
        &self,
        user: UserId,
        display_name: &str,
        kind: AccountKind,
        samples: &[(&str, &'static [u8])],
        reset: bool,
    ) -> Result<TestAccount, HostError> {
        let generated = || passwords::generate().map_err(|error| HostError::Failed(error.to_string().into()));
        let (account, state, password) = match self.accounts().get(&user)? {
            Some(account) if !is_ours(&account, display_name, kind) => {
                return Ok(TestAccount { user, kind, state: TestAccountState::Foreign, password: None });
            }
            Some(account) if reset => {
                let password = generated()?;
                let account = self.accounts().set_password(&account.user, &password).await?;
                (account, TestAccountState::Reset, Some(password))
            }
            Some(account) => (account, TestAccountState::Kept, None),
            None => {
                let password = generated()?;
                let new = NewAccount { user, display_name, email: None, password: Some(&password), admin: false, kind };
                (self.accounts().add(new).await?, TestAccountState::Made, Some(password))
            }
        };
        self.store_test_documents(&account, samples).await?;
        Ok(TestAccount { user: account.user, kind, state, password })
    }

    async fn store_test_documents(
        &self,
        account: &AccountRecord,
        samples: &[(&str, &'static [u8])],
    ) -> Result<(), HostError> {
        let folder: NodeId = self.make_path(&account.drive, &[FileName::parse(FOLDER)?]).await?;
        for (name, bytes) in samples {
            let name = FileName::parse(name)?;
            if self.lookup(&folder, &name)?.is_some() {
                continue;
            }
            match self.create_file(&account.user, &folder, &name, Bytes::from_static(bytes)).await {
                // Somebody else made it meanwhile.
                Ok(_) | Err(HostError::NameTaken) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Where the documents of a test account are: `officeconsumer1:/Office test documents`.
    pub fn test_folder(user: &UserId) -> String {
        format!("{user}:/{FOLDER}")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        clock::{ManualClock, Timestamp},
        host::HostOptions,
        store::records::NodeKind,
    };

    const SAMPLES: &[(&str, &[u8])] = &[("a.docx", b"a"), ("test.wopitest", b"t")];

    #[tokio::test]
    async fn six_accounts_are_made_once_and_only_a_reset_changes_a_password() {
        let directory = tempfile::tempdir().unwrap();
        let host = Host::open(
            HostOptions::new(directory.path().join("store")),
            Arc::new(ManualClock::new(Timestamp::from_unix_ms(0))),
        )
        .await
        .unwrap();
        let theirs = UserId::parse("OfficeBusiness2").unwrap();
        let new = NewAccount {
            user: theirs.clone(),
            display_name: "Bea",
            email: None,
            password: Some("her own password"),
            admin: false,
            kind: AccountKind::Business,
        };
        host.accounts().add(new).await.unwrap();
        let made = host.make_test_accounts(SAMPLES, false).await.unwrap();
        let kinds = |kind| made.iter().filter(|account| account.kind == kind).count();
        assert_eq!((kinds(AccountKind::Consumer), kinds(AccountKind::Business)), (3, 3));
        assert_eq!(made[4].state, TestAccountState::Foreign);
        assert!(made.iter().enumerate().all(|(at, account)| account.password.is_some() == (at != 4)));
        assert_eq!(host.test_accounts().unwrap().len(), 5);
        let first = made[0].password.clone().unwrap();
        host.accounts().authenticate("officeconsumer1", &first).await.unwrap();

        let again = host.make_test_accounts(SAMPLES, false).await.unwrap();
        assert!(again.iter().all(|account| account.password.is_none()));
        host.accounts().authenticate("officeconsumer1", &first).await.unwrap();

        let reset = host.make_test_accounts(SAMPLES, true).await.unwrap();
        assert_eq!(reset[0].state, TestAccountState::Reset);
        assert!(host.accounts().authenticate("officeconsumer1", &first).await.is_err());
        host.accounts().authenticate("officeconsumer1", reset[0].password.as_ref().unwrap()).await.unwrap();
        host.accounts().authenticate("officebusiness2", "her own password").await.unwrap();

        let drive = host.accounts().get(&made[0].user).unwrap().unwrap().drive;
        let root = host.children(&drive, None, 9).unwrap();
        assert_eq!((root.len(), root[0].1.kind), (1, NodeKind::Container));
        let names: Vec<_> =
            host.children(&root[0].1.node, None, 9).unwrap().into_iter().map(|(_, it)| it.name).collect();
        assert_eq!(names, ["a.docx", "test.wopitest"]);
        host.close();
    }
}
