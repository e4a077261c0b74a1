//! Languages as Office for the web numbers them in its messages (web-host.md section 3.2).

/// Tag and number (LCID) of every language that Office speaks, in the order of the alphabet.
const LANGUAGES: &[(&str, u32)] = &[
    ("af-ZA", 1078),
    ("am-ET", 1118),
    ("ar-SA", 1025),
    ("as-IN", 1101),
    ("az-Latn-AZ", 1068),
    ("be-BY", 1059),
    ("bg-BG", 1026),
    ("bn-BD", 2117),
    ("bn-IN", 1093),
    ("bs-Latn-BA", 5146),
    ("ca-ES", 1027),
    ("ca-ES-valencia", 2051),
    ("chr-Cher-US", 1116),
    ("cs-CZ", 1029),
    ("cy-GB", 1106),
    ("da-DK", 1030),
    ("de-DE", 1031),
    ("el-GR", 1032),
    ("en-GB", 2057),
    ("en-US", 1033),
    ("es-ES", 3082),
    ("es-MX", 2058),
    ("et-EE", 1061),
    ("eu-ES", 1069),
    ("fa-IR", 1065),
    ("fi-FI", 1035),
    ("fil-PH", 1124),
    ("fr-CA", 3084),
    ("fr-FR", 1036),
    ("ga-IE", 2108),
    ("gd-GB", 1084),
    ("gl-ES", 1110),
    ("gu-IN", 1095),
    ("ha-Latn-NG", 1128),
    ("he-IL", 1037),
    ("hi-IN", 1081),
    ("hr-HR", 1050),
    ("hu-HU", 1038),
    ("hy-AM", 1067),
    ("id-ID", 1057),
    ("is-IS", 1039),
    ("it-IT", 1040),
    ("ja-JP", 1041),
    ("ka-GE", 1079),
    ("kk-KZ", 1087),
    ("km-KH", 1107),
    ("kn-IN", 1099),
    ("kok-IN", 1111),
    ("ko-KR", 1042),
    ("ky-KG", 1088),
    ("lb-LU", 1134),
    ("lo-LA", 1108),
    ("lt-LT", 1063),
    ("lv-LV", 1062),
    ("mi-NZ", 1153),
    ("mk-MK", 1071),
    ("ml-IN", 1100),
    ("mn-MN", 1104),
    ("mr-IN", 1102),
    ("ms-MY", 1086),
    ("mt-MT", 1082),
    ("nb-NO", 1044),
    ("ne-NP", 1121),
    ("nl-NL", 1043),
    ("nn-NO", 2068),
    ("or-IN", 1096),
    ("pa-IN", 1094),
    ("pl-PL", 1045),
    ("prs-AF", 1164),
    ("pt-BR", 1046),
    ("pt-PT", 2070),
    ("quz-PE", 3179),
    ("ro-RO", 1048),
    ("ru-RU", 1049),
    ("sd-Arab-PK", 2137),
    ("si-LK", 1115),
    ("sk-SK", 1051),
    ("sl-SI", 1060),
    ("sq-AL", 1052),
    ("sr-Cyrl-BA", 7194),
    ("sr-Cyrl-RS", 10266),
    ("sr-Latn-RS", 9242),
    ("sv-SE", 1053),
    ("sw-KE", 1089),
    ("ta-IN", 1097),
    ("te-IN", 1098),
    ("th-TH", 1054),
    ("tk-TM", 1090),
    ("tr-TR", 1055),
    ("tt-RU", 1092),
    ("ug-CN", 1152),
    ("uk-UA", 1058),
    ("ur-PK", 1056),
    ("uz-Latn-UZ", 1091),
    ("vi-VN", 1066),
    ("zh-CN", 2052),
    ("zh-TW", 1028),
];

/// The number of a language, by its tag in any case; `None` when Office does not speak it.
pub fn number_of(tag: &str) -> Option<u32> {
    LANGUAGES.iter().find(|(own, _)| own.eq_ignore_ascii_case(tag)).map(|&(_, number)| number)
}

/// The tag of a language, from what a message gives as `ui-language`: Office its number, ONLYOFFICE the tag itself. A tag
/// that is not in the list is given back as it is, if it has the form of one; `None` for anything else.
pub fn tag_of(text: &str) -> Option<&str> {
    let text = text.trim();
    if let Ok(number) = text.parse::<u32>() {
        return LANGUAGES.iter().find(|(_, own)| *own == number).map(|(tag, _)| *tag);
    }
    if let Some((tag, _)) = LANGUAGES.iter().find(|(own, _)| own.eq_ignore_ascii_case(text)) {
        return Some(tag);
    }
    let mut parts = text.split('-');
    let language = parts.next().is_some_and(|part| (2..=8).contains(&part.len()) && is_letters(part));
    let others =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (language && others && text.len() <= 35).then_some(text)
}

fn is_letters(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphabetic())
}
