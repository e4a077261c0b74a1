//! Where settings come from, and how the sources are laid over each other.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use config::{Config, ConfigError, FileFormat};
use toml::de::{DeTable, DeValue};

use super::{
    catalogue::{self, VARIABLE_PREFIX, variable},
    nearest::nearest,
    sections::Settings,
};

/// Where a file is looked for when none is named, the first that exists.
pub const STANDARD_FILES: [&str; 2] = ["config/lockhouse.toml", "/etc/lockhouse/lockhouse.toml"];

/// The variable that names the file, as `--config` does.
pub const FILE_VARIABLE: &str = "LOCKHOUSE_CONFIG";

/// Variables that begin so are no settings: the tests' own switches.
const TEST_PREFIX: &str = "LOCKHOUSE_TEST_";

/// Which file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FileChoice {
    /// The first of [`STANDARD_FILES`] that exists, or none.
    #[default]
    Standard,
    /// This one; it must exist.
    Named(PathBuf),
    /// None.
    Nothing,
}

/// What settings are made of; later parts win over earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file.
    pub file: FileChoice,
    /// Environment variables; those that do not begin with `LOCKHOUSE_` are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags of the command line: a key such as `listen`, and its value as text.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The process's own environment and the standard file; [`FILE_VARIABLE`] names another.
    pub fn of_process() -> Self {
        let environment: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let named = environment.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
        let file = named.map_or(FileChoice::Standard, |(_, path)| FileChoice::Named(path.into()));
        Self { file, environment, flags: Vec::new() }
    }

    /// Adds a flag if it was given.
    #[must_use]
    pub fn flag(mut self, key: &str, value: Option<impl fmt::Display>) -> Self {
        self.flags.extend(value.map(|value| (key.to_owned(), value.to_string())));
        self
    }
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: the default.
    Default,
    /// In a file, on a line counted from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// By an environment variable.
    Variable(String),
    /// By a flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag --{}", name.replace(['_', '.'], "-")),
        }
    }
}

/// Why the settings cannot be used. The text is meant for people.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file cannot be read.
    #[error("cannot read the settings in {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is not TOML.
    #[error("the settings in {} are not valid TOML: {reason}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// There is no such setting.
    #[error("there is no setting `{key}` ({origin}){}", nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Unknown {
        /// What was given.
        key: String,
        /// Where.
        origin: Origin,
        /// The known name most like it.
        nearest: Option<String>,
    },
    /// A value does not fit its setting.
    #[error("the setting `{key}` ({origin}) cannot be used: {reason}")]
    Value {
        /// The setting.
        key: String,
        /// Where it was set.
        origin: Origin,
        /// What is wrong.
        reason: String,
    },
    /// Values that do not go together.
    #[error("the setting `{key}` cannot be used: {reason}")]
    Contradiction {
        /// The setting.
        key: String,
        /// What it should be.
        reason: String,
    },
}

/// Settings, and where each came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    origins: BTreeMap<String, Origin>,
}

/// One setting as `config show` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The dotted key.
    pub key: String,
    /// The value as it would stand in a file.
    pub value: String,
    /// Where it was set.
    pub origin: Origin,
}

impl Loaded {
    /// Every setting with its value and origin. No setting is a secret: passwords and keys lie in the store.
    pub fn shown(&self) -> Vec<Shown> {
        let with_origin = |(key, value): (String, String)| Shown { origin: self.origin(&key), key, value };
        catalogue::values(&self.settings).into_iter().map(with_origin).collect()
    }

    /// Where a setting was set.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }
}

impl Settings {
    /// Lays the sources over the defaults, in the order file, environment, flags, and checks the result.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting and the place where it stands.
    pub fn load(sources: &Sources) -> Result<Loaded, SettingsError> {
        let known: Vec<String> = catalogue::entries().into_iter().map(|entry| entry.key).collect();
        let mut origins = BTreeMap::new();
        let mut layers = Config::builder();
        let file = chosen_file(&sources.file);
        if let Some(path) = &file {
            let text = read(path)?;
            for (key, line) in keys_of(path, &text)? {
                let origin = Origin::File { path: path.clone(), line };
                accept(&known, &mut origins, key, origin)?;
            }
            layers = layers.add_source(config::File::from_str(&text, FileFormat::Toml));
        }
        let mut overlays = Vec::new();
        for (name, value) in &sources.environment {
            if let Some(key) = key_of_variable(name, &known)? {
                origins.insert(key.clone(), Origin::Variable(name.clone()));
                overlays.push((key, value));
            }
        }
        for (key, value) in &sources.flags {
            accept(&known, &mut origins, key.clone(), Origin::Flag(key.clone()))?;
            overlays.push((key.clone(), value));
        }
        for (key, value) in overlays {
            layers = layers.set_override(&key, value.as_str()).map_err(|error| misfit(&error, &origins))?;
        }
        let merged = layers.build().map_err(|error| misfit(&error, &origins))?;
        let settings: Settings = merged.try_deserialize().map_err(|error| misfit(&error, &origins))?;
        settings.validate().map_err(|error| located(error, &origins))?;
        Ok(Loaded { settings, file, origins })
    }
}

fn chosen_file(choice: &FileChoice) -> Option<PathBuf> {
    match choice {
        FileChoice::Named(path) => Some(path.clone()),
        FileChoice::Standard => STANDARD_FILES.iter().map(PathBuf::from).find(|path| path.is_file()),
        FileChoice::Nothing => None,
    }
}

fn read(path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })
}

/// Remembers where a key was set, if there is such a key.
fn accept(
    known: &[String],
    origins: &mut BTreeMap<String, Origin>,
    key: String,
    origin: Origin,
) -> Result<(), SettingsError> {
    if !known.contains(&key) {
        let nearest = nearest(&key, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(SettingsError::Unknown { key, origin, nearest });
    }
    origins.insert(key, origin);
    Ok(())
}

/// The key that a variable sets; `None` if it is no variable of ours.
fn key_of_variable(name: &str, known: &[String]) -> Result<Option<String>, SettingsError> {
    let Some(rest) = name.strip_prefix(VARIABLE_PREFIX) else { return Ok(None) };
    if name == FILE_VARIABLE || name.starts_with(TEST_PREFIX) {
        return Ok(None);
    }
    let key = rest.replace("__", ".").to_ascii_lowercase();
    if known.contains(&key) && variable(&key) == name {
        return Ok(Some(key));
    }
    let nearest = nearest(&key, known.iter().map(String::as_str)).map(variable);
    Err(SettingsError::Unknown { key: name.to_owned(), origin: Origin::Variable(name.to_owned()), nearest })
}

/// The dotted keys of a file, each with its line.
fn keys_of(path: &Path, text: &str) -> Result<Vec<(String, usize)>, SettingsError> {
    fn walk(prefix: &str, table: &DeTable<'_>, keys: &mut Vec<(String, usize)>) {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => walk(&format!("{key}."), inner, keys),
                _ => keys.push((key, name.span().start)),
            }
        }
    }
    let table = DeTable::parse(text)
        .map_err(|error| SettingsError::NotToml { path: path.to_owned(), reason: error.to_string() })?;
    let mut keys = Vec::new();
    walk("", table.get_ref(), &mut keys);
    let line_of = |offset: usize| text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1;
    let mut keys: Vec<_> = keys.into_iter().map(|(key, offset)| (key, line_of(offset))).collect();
    keys.sort_by_key(|(_, line)| *line);
    Ok(keys)
}

/// Says in which setting, and where, a value does not fit.
fn misfit(error: &ConfigError, origins: &BTreeMap<String, Origin>) -> SettingsError {
    let (key, reason) = match error {
        ConfigError::At { error, key, .. } => (key.clone(), error.to_string()),
        ConfigError::Type { key, unexpected, expected, .. } => {
            (key.clone(), format!("it is {unexpected}, and should be {expected}"))
        }
        other => (None, other.to_string()),
    };
    let key = key.unwrap_or_default();
    let setting = key.split('[').next().unwrap_or(&key);
    let origin = origins.get(setting).cloned().unwrap_or(Origin::Default);
    SettingsError::Value { origin, key, reason }
}

/// Adds to a contradiction where its setting was set.
fn located(error: SettingsError, origins: &BTreeMap<String, Origin>) -> SettingsError {
    match error {
        SettingsError::Contradiction { key, reason } => match origins.get(&key) {
            Some(origin) => SettingsError::Value { origin: origin.clone(), key, reason },
            None => SettingsError::Contradiction { key, reason },
        },
        other => other,
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
