//! Values that may be unset: an empty text, so that a variable or a later file can unset what an earlier one set.

#![allow(clippy::ref_option, reason = "serde calls these with a reference to the field")]

use std::{fmt::Display, str::FromStr};

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

pub(super) fn serialize<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_str(""),
    }
}

pub(super) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(D::Error::custom) }
}

/// The same for paths, which have no text form of their own.
pub(super) mod path {
    use std::path::PathBuf;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::settings) fn serialize<S: Serializer>(
        value: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = value.as_deref().map(|path| path.to_string_lossy().into_owned());
        serializer.serialize_str(text.as_deref().unwrap_or_default())
    }

    pub(in crate::settings) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok((!text.is_empty()).then(|| PathBuf::from(text)))
    }
}
