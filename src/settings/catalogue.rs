//! The list of all settings, from which the documentation in `config/` is written.

use std::fmt::Write as _;

use super::{section::Section, sections::Settings};

pub use super::section::Entry;

/// What every environment variable begins with.
pub const VARIABLE_PREFIX: &str = "LOCKHOUSE_";

/// Every key, in the order in which they are documented.
pub fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    Settings::entries("", &mut entries);
    entries
}

/// The environment variable of a key: `limits.body` is `LOCKHOUSE_LIMITS__BODY`.
pub fn variable(key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

/// The values of all keys as they would stand in a file; an unset one is `""`.
pub fn values(settings: &Settings) -> Vec<(String, String)> {
    let tree = serde_json::to_value(settings).unwrap_or_default();
    entries()
        .into_iter()
        .map(|entry| {
            let value = entry.key.split('.').try_fold(&tree, |node, part| node.get(part));
            let text = value.map_or_else(String::new, ToString::to_string);
            (entry.key, text)
        })
        .collect()
}

/// The default configuration file, commented.
pub fn default_file() -> String {
    let mut file = String::from(
        "# The settings of Lockhouse with their defaults: remove what you do not change.\n\
         # Above them stand environment variables (LOCKHOUSE_LIMITS__BODY), above those flags. See config/README.md.\n",
    );
    let defaults = values(&Settings::default());
    let mut section = "";
    let all = entries();
    for (entry, (_, value)) in all.iter().zip(&defaults) {
        let (prefix, name) = entry.key.rsplit_once('.').unwrap_or(("", &entry.key));
        file.push('\n');
        if prefix != section {
            let _ = writeln!(file, "[{prefix}]");
            section = prefix;
        }
        for line in entry.meaning {
            let _ = writeln!(file, "#{line}");
        }
        let _ = writeln!(file, "{name} = {value}");
    }
    file
}

/// The table of `config/README.md`.
pub fn table() -> String {
    let mut table = String::from("| key | variable | kind | default | meaning |\n|---|---|---|---|---|\n");
    let defaults = values(&Settings::default());
    for (entry, (_, value)) in entries().iter().zip(&defaults) {
        let value = match value.as_str() {
            "\"\"" => "unset".to_owned(),
            "[]" => "none".to_owned(),
            _ => format!("`{}`", value.trim_matches('"')),
        };
        let meaning: String = entry.meaning.concat();
        let _ =
            writeln!(table, "| `{}` | `{}` | {} | {value} |{meaning} |", entry.key, variable(&entry.key), entry.unit);
    }
    table
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Compares with the file in `config/`, or writes it when `LOCKHOUSE_TEST_BLESS` is set.
    fn matches(file: &str, expected: impl Fn(&str) -> String) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(file);
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        let expected = expected(&present);
        if std::env::var_os("LOCKHOUSE_TEST_BLESS").is_some() {
            std::fs::write(&path, expected).unwrap();
        } else {
            assert_eq!(present, expected, "config/{file} is behind; run this test with LOCKHOUSE_TEST_BLESS=1");
        }
    }

    #[test]
    fn the_default_file_says_what_the_defaults_are() {
        matches("lockhouse.toml", |_| default_file());
    }

    #[test]
    fn the_readme_lists_every_setting() {
        const BEGIN: &str = "<!-- settings: begin -->\n";
        const END: &str = "<!-- settings: end -->";
        matches("README.md", |present| {
            let (head, rest) = present.split_once(BEGIN).expect("the mark before the table");
            let (_, tail) = rest.split_once(END).expect("the mark behind the table");
            format!("{head}{BEGIN}{}{END}{tail}", table())
        });
    }

    #[test]
    fn every_key_of_the_structure_is_listed() {
        fn leaves(prefix: &str, value: &serde_json::Value, into: &mut Vec<String>) {
            match value.as_object() {
                Some(fields) => fields.iter().for_each(|(name, value)| {
                    let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    leaves(&key, value, into);
                }),
                None => into.push(prefix.to_owned()),
            }
        }
        let mut of_structure = Vec::new();
        leaves("", &serde_json::to_value(Settings::default()).unwrap(), &mut of_structure);
        let mut listed: Vec<String> = entries().into_iter().map(|entry| entry.key).collect();
        of_structure.sort();
        listed.sort();
        assert_eq!(of_structure, listed);
    }
}
