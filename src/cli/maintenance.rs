//! `backup`, `restore-backup`.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use bytes::{Buf as _, Bytes};
use tokio::sync::mpsc;

use super::{
    Outcome,
    args::{BackupArgs, RestoreBackupArgs},
    failure::{Code, Failure},
    print,
    session::Session,
    transfer,
};
use crate::{
    api::{calls::BackupMade, maintenance::BACKUP},
    clock::{Clock as _, SystemClock},
    host::audit::Note,
    settings::Loaded,
    store::{
        backup::{self, NewFile, ReadError, RestoreError, RestoreOptions, Summary},
        records::AuditEvent,
    },
};

/// How many pieces may wait for the disk.
const WAITING: usize = 8;

/// Stores what the host sends, and proves it on the way: the file appears when the whole of it has arrived.
pub(super) async fn backup(session: &mut Session, arguments: &BackupArgs) -> Outcome {
    let path = arguments.file.clone();
    if path.symlink_metadata().is_ok() {
        let message = format!("{} exists already: name a file that does not", path.display());
        return Err(Failure::new(Code::Refused, message));
    }
    let cannot = |path: &Path, error: &io::Error| Failure::failed(format!("cannot write {}: {error}", path.display()));
    let mut file = NewFile::create(&path).map_err(|error| cannot(&path, &error))?;
    let url = Session::transfer_url(BACKUP, &())?;
    let mut response = session.send(|client| Ok(client.get(&url))).await?;
    let (pieces, received) = mpsc::channel(WAITING);
    let bar = transfer::bar(None)?;
    let storing = tokio::task::spawn_blocking(move || {
        let mut input = bar.wrap_read(Received { pieces: received, rest: Bytes::new() });
        let stored = backup::copy(&mut input, &mut file, &mut |_| {});
        bar.finish_and_clear();
        stored.map(|summary| (summary, file))
    });
    let torn = loop {
        match response.chunk().await {
            // When it is not taken, the disk or the bytes were no good: that is said below.
            Ok(Some(piece)) => {
                if pieces.send(piece).await.is_err() {
                    break None;
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    drop(pieces);
    let stored = storing.await.map_err(|error| Failure::failed(error.to_string()))?;
    let (summary, file) = match (stored, torn) {
        (Ok(stored), _) => stored,
        (Err(ReadError::Truncated { .. }), Some(_)) => {
            let message = "the host could not finish the backup: its log says why. Nothing was written";
            return Err(Failure::new(Code::Store, message));
        }
        (Err(error), _) => return Err(Failure::failed(format!("{error}. Nothing was written"))),
    };
    file.keep().map_err(|error| cannot(&path, &error))?;
    remember(session, &path, &summary).await;
    print::line(&format!("{}: {}", path.display(), described(&summary)))?;
    complain(&summary)
}

/// Works on a data directory that nobody uses.
pub(super) fn restore_backup(loaded: &Loaded, arguments: &RestoreBackupArgs) -> Outcome {
    let settings = &loaded.settings;
    let from_pipe = arguments.file == Path::new("-");
    let name = if from_pipe { "standard input".to_owned() } else { shown(&arguments.file) };
    let note = Note::by_command(AuditEvent::BackupRestored).detail(&name);
    let options = RestoreOptions {
        force: arguments.force,
        told: Some(note.into_record(SystemClock.wall())),
        meta_cache: settings.storage.meta_cache.get(),
        content_cache: settings.storage.content_cache.get(),
    };
    let into = &settings.data_dir;
    let restored = if from_pipe {
        let bar = transfer::bar(None)?;
        backup::restore(&mut bar.wrap_read(io::stdin().lock()), into, &options, &SystemClock, &mut |_| {})
    } else {
        let unreadable =
            |error: io::Error| Failure::failed(format!("cannot read {}: {error}", arguments.file.display()));
        let file = File::open(&arguments.file).map_err(unreadable)?;
        let bar = transfer::bar(Some(file.metadata().map_err(unreadable)?.len()))?;
        backup::restore(&mut bar.wrap_read(file), into, &options, &SystemClock, &mut |_| {})
    };
    let restored = restored.map_err(|error| {
        let code = match &error {
            RestoreError::NotEmpty { .. } | RestoreError::Directory(_) => Code::Refused,
            RestoreError::Backup(_) => Code::Failed,
            _ => Code::Store,
        };
        Failure::new(code, error.to_string())
    })?;
    if let Some(aside) = &restored.moved_aside {
        print::line(&format!("what was in {} is in {} now", into.display(), aside.display()))?;
    }
    print::line(&format!("{}: restored {}", into.display(), described(&restored.summary)))?;
    complain(&restored.summary)
}

/// Tells the host, so that its pages and metrics can say when the last backup was. The backup stands without that.
async fn remember(session: &mut Session, path: &Path, summary: &Summary) {
    let call = BackupMade {
        at: summary.time.to_iso(),
        file: shown(path),
        records: summary.records,
        bytes: summary.chunk_bytes,
        unreadable: summary.unreadable,
    };
    if let Err(failure) = session.call(&call).await {
        print::complaint(&format!("the backup stands, but the host does not know of it: {failure}"));
    }
}

/// A file of this machine as the audit trail names it.
fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn described(summary: &Summary) -> String {
    format!(
        "{}, {} of contents, as of {}",
        print::count(summary.records, "record"),
        print::bytes(summary.chunk_bytes),
        summary.time
    )
}

/// What is not whole is told, and makes the command fail: whoever runs it at night must hear of it.
fn complain(summary: &Summary) -> Outcome {
    if summary.unreadable == 0 {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the backup is complete but for {} that could not be read: some versions were damaged before it was made. \
         `lockhouse check` says which",
        print::count(summary.unreadable, "piece of contents")
    )))
}

/// Bytes as they arrive.
struct Received {
    pieces: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.rest = piece,
                None => return Ok(0),
            }
        }
        let taken = buffer.len().min(self.rest.len());
        self.rest.copy_to_slice(&mut buffer[..taken]);
        Ok(taken)
    }
}
