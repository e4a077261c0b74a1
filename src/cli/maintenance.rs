//! `backup`, `restore-backup`, `check`.

use super::{
    Outcome,
    args::{BackupArgs, CheckArgs, RestoreBackupArgs},
    failure::Failure,
    session::Session,
};
use crate::settings::Loaded;

#[expect(clippy::unused_async, reason = "it will ask the host")]
pub(super) async fn backup(_session: &mut Session, arguments: &BackupArgs) -> Outcome {
    Err(Failure::failed(format!("nothing was written to {}: this build makes no backups", arguments.file.display())))
}

/// Works on a data directory that nobody uses.
pub(super) fn restore_backup(_loaded: &Loaded, arguments: &RestoreBackupArgs) -> Outcome {
    Err(Failure::failed(format!("nothing was read from {}: this build makes no backups", arguments.file.display())))
}

/// Works on a data directory that nobody uses.
pub(super) fn check(_loaded: &Loaded, _arguments: &CheckArgs) -> Outcome {
    Err(Failure::failed("nothing was checked: this build cannot"))
}
