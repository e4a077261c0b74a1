//! Clearing away what is over: codes and families of which nothing can be good any more.

use std::time::Duration;

use super::grants::{GrantError, Grants};
use crate::{
    clock::Timestamp,
    host::trouble::{PAGE, Trouble, commit},
    ids::UserId,
    store::{
        engine::{Batch, Expect, Key, Record, scan_prefix},
        records::{CodeRecord, GrantFamilyRecord, decode, keys},
    },
};

/// For how long a code that was used is remembered after its end, so that a second use is noticed (rule B-47).
const SPENT_CODE: Duration = Duration::from_secs(24 * 3600);

impl Grants {
    /// Clears what is over, a page of records at a time, until `stopped` says so. To be called now and then; hourly is
    /// plenty. Records that cannot be understood are left for `lockhouse check`. Returns how many were cleared.
    ///
    /// # Errors
    /// [`Trouble`]; what was cleared before stays cleared.
    pub async fn collect(&self, stopped: &(dyn Fn() -> bool + Sync)) -> Result<u64, Trouble> {
        let codes = self.collect_under(keys::prefix::CODES, stopped, Self::code_traces).await?;
        Ok(codes + self.collect_under(keys::prefix::FAMILIES, stopped, Self::family_traces).await?)
    }

    async fn collect_under(
        &self,
        prefix: &[u8],
        stopped: &(dyn Fn() -> bool + Sync),
        over: impl Fn(&Self, &[u8], &Record) -> Result<Vec<Key>, Trouble>,
    ) -> Result<u64, Trouble> {
        let (mut cleared, mut after): (u64, Option<Key>) = (0, None);
        while !stopped() {
            let page = scan_prefix(&*self.engine, prefix, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            let mut batch = Batch::new();
            for (key, record) in &page {
                let gone = over(self, key, record)?;
                if !gone.is_empty() {
                    // Should it be used just now, it is left for the next time, and with it those of this page.
                    batch = batch.require(key.clone(), Expect::Revision(record.revision));
                    batch.clear.extend(gone);
                }
            }
            let count = batch.require.len() as u64;
            if count > 0 && commit(&*self.engine, batch).await? {
                cleared += count;
            }
        }
        Ok(cleared)
    }

    /// What to clear of a code; nothing while it is needed.
    #[expect(clippy::unnecessary_wraps, reason = "the same form as for families")]
    fn code_traces(&self, key: &[u8], record: &Record) -> Result<Vec<Key>, Trouble> {
        let Ok(code) = decode::<CodeRecord>(key, &record.value) else { return Ok(Vec::new()) };
        let kept = if code.redeemed.is_some() { code.expires.plus(SPENT_CODE) } else { code.expires };
        Ok(if self.clock.wall() >= kept { vec![key.to_owned()] } else { Vec::new() })
    }

    /// What to clear of a family; nothing while it is needed.
    fn family_traces(&self, key: &[u8], record: &Record) -> Result<Vec<Key>, Trouble> {
        let Ok(family) = decode::<GrantFamilyRecord>(key, &record.value) else { return Ok(Vec::new()) };
        let Some(id) = keys::node_of(key) else { return Ok(Vec::new()) };
        let over = self.clock.wall() >= self.kept(&family)
            || self.is_void(&family.user, family.generation)?
            || self.engine.get(&keys::client(&family.client))?.is_none();
        Ok(if over { vec![key.to_owned(), keys::family_of(&family.user, &id)] } else { Vec::new() })
    }

    /// Until when the record of a family is needed: as long as anything that was issued by it may be good. The last that can
    /// be is a WOPI token fetched by an access token in its last moment, issued in the refresh token's last moment.
    fn kept(&self, family: &GrantFamilyRecord) -> Timestamp {
        family.expires.plus(self.options.access).plus(self.tokens.keys().longest_token())
    }

    /// Whether the account does not stand any more as it did when it granted something. One that is disabled may have been
    /// since: its generation says so.
    fn is_void(&self, user: &UserId, generation: u64) -> Result<bool, Trouble> {
        match self.live_account(user, generation) {
            Ok(_) => Ok(false),
            Err(GrantError::Trouble(trouble)) => Err(trouble),
            Err(_) => Ok(true),
        }
    }
}
