//! Tables of texts, a table for each subject, with all languages of a text side by side: whoever changes one sees the others.

/// Makes a table: a structure with a field for each text, and `of`, which finds the table in the language of a visit.
///
/// ```text
/// texts! {
///     /// What the page of a bin says.
///     pub(crate) struct BinTexts;
///     /// Its heading.
///     title { en: "Bin", de: "Papierkorb", fr: "Corbeille", es: "Papelera", ja: "ごみ箱", zh: "回收站" }
/// }
/// ```
macro_rules! texts {
    (
        $(#[$about:meta])* pub(crate) struct $name:ident;
        $($(#[$meaning:meta])* $field:ident { en: $en:literal, de: $de:literal, fr: $fr:literal, es: $es:literal, ja: $ja:literal, zh: $zh:literal })*
    ) => {
        $(#[$about])*
        #[derive(Debug)]
        pub(crate) struct $name { $($(#[$meaning])* pub(crate) $field: &'static str,)* }

        impl $name {
            /// The table in the language of these texts.
            pub(crate) fn of(texts: &$crate::web::language::Texts) -> &'static Self {
                static EN: $name = $name { $($field: $en,)* };
                static DE: $name = $name { $($field: $de,)* };
                static FR: $name = $name { $($field: $fr,)* };
                static ES: $name = $name { $($field: $es,)* };
                static JA: $name = $name { $($field: $ja,)* };
                static ZH: $name = $name { $($field: $zh,)* };
                match texts.language {
                    "de" => &DE,
                    "fr" => &FR,
                    "es" => &ES,
                    "ja" => &JA,
                    "zh" => &ZH,
                    _ => &EN,
                }
            }
        }

        #[cfg(test)]
        mod table_tests {
            #[test]
            fn every_language_says_something_and_keeps_the_places_of_the_texts() {
                for (name, [english, others @ ..]) in [$((stringify!($field), [$en, $de, $fr, $es, $ja, $zh]),)*] {
                    let english = $crate::web::language::places(english);
                    for other in others {
                        assert!(!other.trim().is_empty(), "{name}");
                        assert_eq!($crate::web::language::places(other), english, "{name}: {other}");
                    }
                }
            }
        }
    };
}

pub(crate) use texts;

/// What is filled in: all that stands in braces, sorted.
#[cfg(test)]
pub(crate) fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    found.sort_unstable();
    found
}
