//! How a section of the settings is written down once: its fields, their defaults, units and meaning.

/// One key, for the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The dotted key, such as `limits.body`.
    pub key: String,
    /// The kind of value.
    pub unit: &'static str,
    /// What it does, line by line.
    pub meaning: &'static [&'static str],
}

/// A structure of settings that can list its keys.
pub(super) trait Section {
    /// Adds its keys, each behind `prefix`.
    fn entries(prefix: &str, into: &mut Vec<Entry>);
}

/// Declares a section: documented fields with default and unit, then nested sections.
macro_rules! section {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[doc = $doc:literal])+ $(#[serde($($serde:tt)+)])? $field:ident : $type:ty = $default:expr, $unit:literal; )+
            $( nested { $( $(#[doc = $nested_doc:literal])+ $nested:ident : $nested_type:ty; )+ } )?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                #[doc = ""]
                #[doc = concat!("Default `", stringify!($default), "`; ", $unit, ".")]
                $(#[serde($($serde)+)])?
                pub $field: $type,
            )+
            $( $( $(#[doc = $nested_doc])+ pub $nested: $nested_type, )+ )?
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )+ $( $( $nested: <$nested_type>::default(), )+ )? }
            }
        }

        impl $crate::settings::section::Section for $name {
            fn entries(prefix: &str, into: &mut Vec<$crate::settings::section::Entry>) {
                $(
                    into.push($crate::settings::section::Entry {
                        key: format!("{prefix}{}", stringify!($field)),
                        unit: $unit,
                        meaning: &[$($doc),+],
                    });
                )+
                $( $( <$nested_type as $crate::settings::section::Section>::entries(&format!("{prefix}{}.", stringify!($nested)), into); )+ )?
            }
        }
    };
}

pub(super) use section;
