//! Whether a request must be proven, and is (web-host.md rules W-58 to W-63, files.md section 5.3).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    Editors,
    editor::{Editor, Known},
};
use crate::{
    host::tokens::ClientKind,
    proof::{Matched, Signed, Unproven},
    settings::ProofMode,
};

/// How long a request that no known key proves waits for the newest ones. Nobody whose proof holds waits.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(super) struct Counters {
    refused: AtomicU64,
}

impl Counters {
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// An editor that may have sent a request, and what was known of it when that was looked at.
type Sender = (Arc<Editor>, Arc<Known>);

impl Editors {
    /// Checks the proof of a request whose token names this editor; a token that names none may come from any.
    ///
    /// A proof that no known key verifies is looked at once more with the newest keys, if they can be had within two
    /// seconds (files.md section 5.1).
    ///
    /// # Errors
    /// [`Unproven`]: the answer is 500 and nothing is done.
    pub async fn check(&self, client: ClientKind, signed: &Signed<'_>) -> Result<(), Unproven> {
        let (senders, mode) = self.senders(client);
        if senders.is_empty() {
            return Ok(());
        }
        let outcome = match self.judge(&senders, mode, signed) {
            Err(error) if error.may_be_mended_by_keys() && self.renewed(&senders).await => {
                let (senders, mode) = self.senders(client);
                self.judge(&senders, mode, signed)
            }
            outcome => outcome,
        };
        if outcome.is_err() {
            self.0.counters.refused.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    /// Whoever may have sent it, and how strictly that is looked at.
    fn senders(&self, client: ClientKind) -> (Vec<Sender>, ProofMode) {
        let is_of_kind = |editor: &&Arc<Editor>| client == ClientKind::Any || editor.kind == client;
        let of_kind = self.0.list.iter().filter(is_of_kind).filter(|editor| editor.entry.proof != ProofMode::Off);
        let senders: Vec<Sender> = of_kind.map(|editor| (Arc::clone(editor), editor.known())).collect();
        let strictest = senders.iter().map(|(editor, _)| editor.entry.proof).max().unwrap_or(ProofMode::Off);
        // Nothing can be required of a sender whom nobody knows.
        let mode = if client == ClientKind::Any { strictest.min(ProofMode::IfPresent) } else { strictest };
        (senders, mode)
    }

    fn judge(&self, senders: &[Sender], mode: ProofMode, signed: &Signed<'_>) -> Result<(), Unproven> {
        let keys = senders.iter().filter_map(|(_, known)| known.keys.as_deref());
        let has_keys = keys.clone().next().is_some();
        if mode != ProofMode::Require && (!signed.is_there() || !has_keys) {
            return Ok(());
        }
        if !signed.is_there() {
            return Err(Unproven::Missing);
        }
        let time = signed.time(self.0.clock.wall());
        let outcome = time.and_then(|ticks| if has_keys { signed.verify(ticks, &keys) } else { Err(Unproven::NoKeys) });
        if outcome.is_ok_and(|by| by != Matched::Current) || outcome.is_err_and(Unproven::may_be_mended_by_keys) {
            for (editor, _) in senders {
                editor.wanted.notify_one();
            }
        }
        // By an editor whose keys were never seen: nobody can tell whether it is right.
        let unknown = senders.iter().any(|(_, known)| known.discovery.is_none());
        match outcome {
            Err(_) if unknown && mode != ProofMode::Require => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// Whether anything newer is known of one of them, at once or after a short wait.
    async fn renewed(&self, senders: &[Sender]) -> bool {
        let Ok(_place) = self.0.waiting.try_acquire() else { return false };
        let waiting = senders.iter().map(|(editor, known)| async {
            let mut ended = editor.ended.subscribe();
            let is_newer = || !Arc::ptr_eq(&editor.known(), known);
            if !is_newer() && editor.may_learn_within(PATIENCE) {
                _ = tokio::time::timeout(PATIENCE, ended.changed()).await;
            }
            is_newer()
        });
        futures_util::future::join_all(waiting).await.contains(&true)
    }
}
