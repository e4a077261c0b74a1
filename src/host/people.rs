//! Finding the person whom somebody means.

use super::{Host, HostError};
use crate::store::records::AccountRecord;

/// Accounts looked at in one go.
const PAGE: usize = 256;

/// Who is meant.
#[derive(Clone, Debug)]
pub enum Found {
    /// This one.
    One(Box<AccountRecord>),
    /// Nobody.
    Nobody,
    /// More than one: the words are not enough.
    Several,
}

impl Host {
    /// The user whom somebody means who types a user name, an e-mail address, or a name as others see it. The first of these
    /// that fits anybody decides. A user name is found at once; for the others all accounts are looked at, which may wait
    /// for the disk.
    ///
    /// # Errors
    /// What the store says.
    pub fn find_person(&self, typed: &str) -> Result<Found, HostError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(Found::Nobody);
        }
        if let Some(account) = self.accounts().find(typed)? {
            return Ok(Found::One(Box::new(account)));
        }
        let wanted = typed.to_lowercase();
        let (mut by_address, mut by_name) = (Found::Nobody, Found::Nobody);
        let mut after = None;
        loop {
            let page = self.accounts().list(after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.user.clone());
            for account in page {
                if account.email.as_ref().is_some_and(|email| email.trim().to_lowercase() == wanted) {
                    by_address = by_address.and(account);
                } else if account.display_name.trim().to_lowercase() == wanted {
                    by_name = by_name.and(account);
                }
            }
        }
        Ok(if matches!(by_address, Found::Nobody) { by_name } else { by_address })
    }
}

impl Found {
    fn and(self, another: AccountRecord) -> Self {
        match self {
            Self::Nobody => Self::One(Box::new(another)),
            Self::One(_) | Self::Several => Self::Several,
        }
    }
}
