//! Settings for all commands: the file, the environment, the flags.

use std::path::Path;

use serde_json::json;

use super::{Outcome, args::Globals, failure::Failure, print};
use crate::{
    server::telemetry,
    settings::{FileChoice, Loaded, Log, Settings, Sources},
};

/// The variable that turns on the logs of a command; no setting, so that it does not change those of the server.
const LOG_VARIABLE: &str = "LOCKHOUSE_LOG";

/// Lays the flags over the environment over the file.
pub(super) fn load(globals: &Globals) -> Result<Loaded, Failure> {
    let mut sources = Sources::of_process();
    sources.environment.retain(|(name, _)| name != LOG_VARIABLE);
    if let Some(file) = &globals.config {
        sources.file = FileChoice::Named(file.clone());
    }
    let sources =
        sources.flag("data_dir", globals.data_dir.as_deref().map(Path::display)).flag("listen", globals.listen);
    Settings::load(&sources).map_err(|error| Failure::usage(error.to_string()))
}

/// Commands log only when they are asked to, to standard error.
pub(super) fn logs(globals: &Globals, loaded: &Loaded) -> Outcome {
    let log = match std::env::var(LOG_VARIABLE) {
        Ok(filter) if !filter.is_empty() => Log { filter, ..loaded.settings.log.clone() },
        _ if globals.verbose => loaded.settings.log.clone(),
        _ => return Ok(()),
    };
    telemetry::init(&log).map_err(|error| Failure::usage(format!("logs cannot be set up: {error}")))
}

/// `config show`.
pub(super) fn show(loaded: &Loaded, as_json: bool) -> Outcome {
    if as_json {
        let all = loaded.shown().into_iter().map(|shown| {
            let value: serde_json::Value = serde_json::from_str(&shown.value).unwrap_or(json!(shown.value));
            (shown.key, json!({ "value": value, "origin": shown.origin.to_string() }))
        });
        return print::json(&all.collect::<serde_json::Map<_, _>>());
    }
    print::line(&format!("# file: {}", loaded.file.as_deref().map_or("none".to_owned(), described)))?;
    loaded
        .shown()
        .iter()
        .try_for_each(|shown| print::line(&format!("{} = {}  # {}", shown.key, shown.value, shown.origin)))
}

fn described(file: &Path) -> String {
    file.display().to_string()
}
