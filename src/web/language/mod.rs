//! The languages of the pages, and which of them somebody is shown.

mod account;
mod admin;
mod audit;
mod bin;
mod de;
mod desk;
mod documents;
mod editor;
mod en;
mod es;
mod folders;
mod fr;
mod ja;
mod share_links;
mod sharing;
mod table;
mod texts;
mod versions;
mod zh;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

pub(crate) use account::AccountTexts;
pub(crate) use admin::AdminTexts;
pub(crate) use audit::AuditTexts;
pub(crate) use bin::BinTexts;
pub(crate) use desk::DeskTexts;
pub(crate) use documents::DocumentTexts;
pub(crate) use editor::EditorTexts;
pub(crate) use folders::FolderTexts;
pub(crate) use share_links::ShareLinkTexts;
pub(crate) use sharing::SharingTexts;
#[cfg(test)]
pub(crate) use table::places;
pub(crate) use texts::Texts;
pub(crate) use versions::VersionTexts;

/// All languages, as `/account` offers them; the first is for those who can be shown none of the others.
pub(crate) const ALL: [&Texts; 6] = [&en::TEXTS, &de::TEXTS, &fr::TEXTS, &es::TEXTS, &ja::TEXTS, &zh::TEXTS];

/// Preferences of an `Accept-Language` that are looked at.
const MOST_PREFERENCES: usize = 32;

/// Chooses: what Office asks for (`rs`, rule B-36), else what the browser prefers, else what the settings say.
pub(crate) fn choose(asked: Option<&str>, headers: &HeaderMap, otherwise: &str) -> &'static Texts {
    asked
        .and_then(of_culture)
        .or_else(|| headers.get(ACCEPT_LANGUAGE).and_then(|list| preferred(list.to_str().ok()?)))
        .or_else(|| of_culture(otherwise))
        .unwrap_or(ALL[0])
}

/// `de`, `de-DE`, `de_DE` and `deDE` alike.
pub(crate) fn of_culture(culture: &str) -> Option<&'static Texts> {
    let first = culture.trim().split(['-', '_']).next()?;
    // Without a hyphen: two letters of the language, two of the country.
    let language = if first.len() == 4 && first.is_ascii() { &first[..2] } else { first };
    ALL.into_iter().find(|texts| texts.language.eq_ignore_ascii_case(language))
}

/// The language of the list with the highest weight that there is; of equal ones the first.
fn preferred(list: &str) -> Option<&'static Texts> {
    let mut best: Option<(f32, &'static Texts)> = None;
    for item in list.split(',').take(MOST_PREFERENCES) {
        let (range, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = match parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q=")) {
            None => 1.0,
            Some(weight) => weight.trim().parse::<f32>().unwrap_or(0.0),
        };
        let Some(texts) = of_culture(range) else { continue };
        if weight > 0.0 && weight <= 1.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, texts));
        }
    }
    best.map(|(_, texts)| texts)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn chosen(asked: Option<&str>, accepted: &str, otherwise: &str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).unwrap());
        choose(asked, &headers, otherwise).language
    }

    #[test]
    fn the_culture_that_office_names_comes_first_with_and_without_its_hyphen() {
        for (culture, language) in [
            ("de-DE", "de"),
            ("deDE", "de"),
            ("DEDE", "de"),
            ("fr_CA", "fr"),
            ("ja", "ja"),
            ("zh-Hans-CN", "zh"),
            ("enUS", "en"),
        ] {
            assert_eq!(chosen(Some(culture), "es", "es"), language, "{culture}");
        }
    }

    #[test]
    fn a_culture_that_is_none_of_ours_leaves_it_to_the_browser() {
        for odd in ["", "it-IT", "xx", "deu", "ééé", "日本語日", "-", "d"] {
            assert_eq!(chosen(Some(odd), "fr;q=0.5", "es"), "fr", "{odd}");
        }
    }

    #[test]
    fn the_browsers_weights_count() {
        for (list, language) in [
            ("it, fr;q=0.3, de;q=0.7", "de"),
            ("es;q=0.8,ja;q=0.8", "es"),
            ("de;q=0, zh-TW;q=0.1", "zh"),
            ("de;q=7, fr;q=0.1", "fr"),
            ("de; q=0.1, ja ;q=0.2", "ja"),
            ("it", "es"),
            ("*", "es"),
            (";;;,,q=1", "es"),
        ] {
            assert_eq!(chosen(None, list, "es"), language, "{list}");
        }
    }

    #[test]
    fn whoever_names_nothing_gets_the_houses_language() {
        assert_eq!(choose(None, &HeaderMap::new(), "fr").language, "fr");
        assert_eq!(choose(None, &HeaderMap::new(), "klingon").language, "en");
    }

    #[test]
    fn every_language_keeps_the_places_of_the_texts() {
        for texts in ALL {
            for (ours, english) in texts.all().iter().zip(ALL[0].all()) {
                assert!(!ours.trim().is_empty(), "{}: {english}", texts.language);
                for place in ["{app}", "{place}", "{wait}", "{n}", "{provider}"] {
                    assert_eq!(
                        ours.matches(place).count(),
                        english.matches(place).count(),
                        "{}: {ours}",
                        texts.language
                    );
                }
            }
        }
    }

    #[test]
    fn a_wait_is_told_in_seconds_and_then_in_minutes_rounded_up() {
        let english = ALL[0];
        for (seconds, words) in
            [(0, "2 seconds"), (59, "59 seconds"), (60, "one minute"), (61, "2 minutes"), (3600, "60 minutes")]
        {
            assert_eq!(english.wait(seconds), words);
        }
    }
}
