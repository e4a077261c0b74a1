//! The `lockhouse` program.

use std::process::ExitCode;

use lockhouse::settings::{Loaded, Settings, Sources};

fn main() -> ExitCode {
    let run = || -> anyhow::Result<()> {
        let loaded: Loaded = Settings::load(&Sources::of_process())?;
        lockhouse::cli::serve::run(&loaded.settings)
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
