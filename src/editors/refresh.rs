//! When documents are fetched (web-host.md rule W-1).

use std::sync::Arc;

use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, sleep_until},
};

use super::{
    Editors,
    editor::{Editor, Known},
    fetch::{FetchError, Fetcher},
};

/// The pause after a first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// The longest pause between failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// The tasks that fetch; they end when this is dropped.
#[derive(Debug)]
#[must_use = "nothing is fetched any more when this is dropped"]
pub struct Refreshing(Vec<JoinHandle<()>>);

impl Drop for Refreshing {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl Editors {
    /// Begins to fetch, at once and from then on. To be called within a tokio runtime, which has to go on running.
    pub fn start(&self) -> Refreshing {
        let tasks = self.0.list.iter().map(|editor| {
            let (editors, editor) = (self.clone(), Arc::clone(editor));
            tokio::spawn(async move { editors.keep_fresh(&editor).await })
        });
        Refreshing(tasks.collect())
    }

    /// Asks an editor for its document again, and waits for the outcome for at most `patience`: whether there was one by then.
    /// Nobody is asked twice within `editors.early_refresh`; what is wanted in that time is done at its end. `None` when there
    /// is no editor of that name.
    pub async fn ask_again(&self, name: &str, patience: Duration) -> Option<bool> {
        let editor = self.0.list.iter().find(|editor| editor.entry.name == name)?;
        let mut ended = editor.ended.subscribe();
        editor.wanted.notify_one();
        Some(tokio::time::timeout(patience, ended.changed()).await.is_ok())
    }

    async fn keep_fresh(&self, editor: &Editor) {
        // Made here, since it reads the system's certificates: they may be mended while this host runs.
        let mut fetcher = None;
        loop {
            let began = Instant::now();
            editor.progress(|progress| (progress.began, progress.under_way) = (Some(began), true));
            if fetcher.is_none() {
                fetcher = Some(Fetcher::new(&self.0.settings));
            }
            let outcome = match &fetcher {
                Some(Ok(fetcher)) => self.fetch(editor, fetcher).await,
                Some(Err(error)) => Err(error.clone()),
                None => Err(FetchError::Stopping),
            };
            if let Some(Err(_)) = fetcher {
                fetcher = None;
            }
            let failures = self.note(editor, outcome);
            let pause = if failures == 0 { self.0.settings.refresh.get() } else { pause_after(failures) };
            self.wait(editor, began + pause).await;
        }
    }

    /// Waits until `due`, or until newer keys are wanted and may be fetched.
    async fn wait(&self, editor: &Editor, due: Instant) {
        tokio::select! {
            () = sleep_until(due) => {}
            () = editor.wanted.notified() => {
                let earliest = editor.earliest().unwrap_or(due);
                sleep_until(earliest.min(due)).await;
            }
        }
    }

    async fn fetch(&self, editor: &Editor, fetcher: &Fetcher) -> Result<(), FetchError> {
        let (document, discovery) = fetcher.discovery(&editor.entry.url).await?;
        let fetched = self.0.clock.wall();
        let capabilities = discovery.capabilities_url().map(str::to_owned);
        let before = editor.known();
        let mut known = Known::from_document(discovery, fetched);
        if known.keys != before.keys && before.discovery.is_some() {
            tracing::info!(editor = editor.entry.name, keys = ?known.keys, "the editor has changed its keys");
        }
        if let Some(error) = known.key_error {
            tracing::warn!(editor = editor.entry.name, %error, "the editor's proof key cannot be used");
        }
        // What the editor tells of itself follows later, and is kept till then.
        known.capabilities.clone_from(&before.capabilities);
        editor.learn(known);
        let (copies, entry) = (editor.copies.clone(), editor.entry.clone());
        let kept = tokio::task::spawn_blocking(move || copies.write(&entry, &document, fetched)).await;
        if let Ok(Err(error)) = kept {
            let name = &editor.entry.name;
            tracing::warn!(editor = name, %error, "the discovery document cannot be kept for the next start");
        }
        if let Some(url) = capabilities {
            editor.tell(fetcher.capabilities(&url).await);
        }
        Ok(())
    }

    /// Writes down how an attempt ended; how many have failed in a row.
    fn note(&self, editor: &Editor, outcome: Result<(), FetchError>) -> u32 {
        let now = self.0.clock.wall();
        let name = &editor.entry.name;
        let failures = editor.progress(|progress| {
            progress.under_way = false;
            progress.attempted = Some(now);
            progress.failures = if outcome.is_ok() { 0 } else { progress.failures.saturating_add(1) };
            progress.error = outcome.as_ref().err().cloned();
            progress.failures
        });
        match outcome {
            Ok(()) => tracing::info!(editor = name, "fetched the editor's discovery document"),
            Err(error) => {
                let url = &editor.entry.url;
                let kept = editor.known().fetched;
                tracing::warn!(editor = name, url, %error, kept = ?kept, "the editor's discovery document cannot be had");
            }
        }
        editor.ended.send_modify(|count| *count += 1);
        failures
    }
}

fn pause_after(failures: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_between_failures_grow_up_to_ten_minutes() {
        let pauses: Vec<u64> = [1, 2, 3, 6, 7, 8, 40, u32::MAX].map(|n| pause_after(n).as_secs()).to_vec();
        assert_eq!(pauses, [10, 20, 40, 320, 600, 600, 600, 600]);
    }
}
