//! `serve`.

use crate::settings::Settings;

/// Serves until SIGTERM or SIGINT.
pub(super) fn run(_settings: &Settings) -> anyhow::Result<()> {
    anyhow::bail!("this build does not serve")
}
