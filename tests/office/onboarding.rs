//! What the operator hands to Microsoft: section 13, B-110.

use crate::desk::{Desk, settings};
use serde_json::Value;

/// Whether any text of a JSON value fits.
fn any(value: &Value, fits: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => fits(text),
        Value::Array(items) => items.iter().any(|item| any(item, fits)),
        Value::Object(members) => members.values().any(|member| any(member, fits)),
        _ => false,
    }
}

#[tokio::test]
async fn the_onboarding_sheet_is_that_of_the_settings_in_force() {
    let start = settings()
        .set("LOCKHOUSE_OFFICE__ICONS_URL", "https://docs.lumora.example/icons")
        .set("LOCKHOUSE_OFFICE__SITE_URL", "https://www.lumora.example")
        .set("LOCKHOUSE_OFFICE__DESCRIPTION", "Documents of the Lumora kind")
        .set("LOCKHOUSE_OFFICE__TRUSTED_DOMAINS", "cdn.lumora.example");
    let desk = Desk::behind_proxy(start, &["https://docs.lumora.example"]);
    let run = desk.binary().cli(&["onboarding", "--json"], "");
    let sheet = run.json();
    for expected in [
        "https://docs.lumora.example/wopibootstrapper",
        "https://localhost",
        "office",
        "TP_LUMORA",
        "Lumora Docs",
        "https://www.lumora.example",
        "Documents of the Lumora kind",
    ] {
        assert!(any(&sheet, &|text| text == expected), "{expected} is missing in {sheet:#}");
    }
    for domain in ["docs.lumora.example", "cdn.lumora.example"] {
        assert!(any(&sheet, &|text| text.contains(domain)), "{domain} is missing in {sheet:#}");
    }
    for size in ["16", "32", "48", "64", "80", "96"] {
        let icon = |text: &str| text.starts_with("https://docs.lumora.example/icons/") && text.contains(size);
        assert!(any(&sheet, &icon), "no icon of {size} in {sheet:#}");
    }
    let text = desk.binary().cli(&["onboarding"], "").stdout;
    assert!(text.contains("https://docs.lumora.example/wopibootstrapper"), "{text}");
    for told in [&run.text(), &text] {
        assert!(!told.contains(&desk.client.secret), "the secret is told once, when it is made");
    }
}

#[tokio::test]
async fn the_onboarding_sheet_names_what_is_missing_and_what_is_not_https() {
    let desk = Desk::with(crate::support::Start::default());
    let run = desk.binary().cli(&["onboarding"], "");
    let text = run.text().to_lowercase();
    for word in ["https", "privacy", "provider", "icon"] {
        assert!(text.contains(word), "{word} is not named: {text}");
    }
}
