//! A list of texts: in a file a list, in the environment and in flags one text with commas.

use std::{convert::Infallible, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// Some texts, without blanks around them, none of them empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Texts(Vec<String>);

impl Texts {
    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Texts {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.split(',').collect())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let texts = texts.into_iter().map(|text| text.as_ref().trim().to_owned());
        Self(texts.filter(|text| !text.is_empty()).collect())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Texts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(text.split(',').collect())
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
                let mut texts: Vec<String> = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(texts.into_iter().collect())
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn one_text_with_commas_is_a_list_too() {
        let texts: Texts = serde_json::from_str(r#"" a,,b ,""#).unwrap();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(serde_json::from_str::<Texts>(r#"["a", "b"]"#).unwrap(), texts);
    }
}
