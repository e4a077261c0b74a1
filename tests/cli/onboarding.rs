//! `onboarding`: the sheet, the test accounts, the icons.

use std::{fs, os::unix::fs::PermissionsExt as _};

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use serde_json::Value;

use crate::{
    House, Start, both,
    support::{Wopi, wopi::http_client},
};

both!(the_sheet_names_what_is_missing, test_accounts_are_made_once_and_reset_on_request);

/// All that an operator can set.
fn complete() -> Start {
    Start::default()
        .set("LOCKHOUSE_PUBLIC_URL", "https://docs.lumora.example")
        .set("LOCKHOUSE_OAUTH__PUBLIC_URL", "https://id.lumora.example")
        .set("LOCKHOUSE_OAUTH__REGIONS", "eu=https://eu.lumora.example/oauth/token")
        .set("LOCKHOUSE_OAUTH__ACCESS_LIFETIME", "2h")
        .set("LOCKHOUSE_OFFICE__PROVIDER_NAME", "Lumora")
        .set("LOCKHOUSE_OFFICE__DESCRIPTION", "Lumora keeps documents.")
        .set("LOCKHOUSE_OFFICE__SITE_URL", "https://www.lumora.example")
        .set("LOCKHOUSE_OFFICE__TRUSTED_DOMAINS", "cdn.lumora.example")
        .set("LOCKHOUSE_OFFICE__IOS_SCHEMES", "lumora,lumora-work")
        .set("LOCKHOUSE_SIGN_IN__PRIVACY_URL", "https://www.lumora.example/privacy")
}

fn missing(sheet: &Value) -> Vec<&str> {
    sheet["missing"].as_array().unwrap().iter().map(|gap| gap["what"].as_str().unwrap()).collect()
}

/// The JSON of a run that must end with this code.
fn sheet(house: &House, code: i32) -> Value {
    let run = house.run("onboarding --offline --json");
    assert_eq!(run.status.code(), Some(code), "{run:?}");
    run.json()
}

fn the_sheet_names_what_is_missing(house: &House) {
    house.add("anna");
    let told = sheet(house, 1);
    let all = [
        "public_url",
        "office.description",
        "office.site_url",
        "sign_in.privacy_url",
        "client `office`",
        "test accounts",
    ];
    assert_eq!(missing(&told), all);
    assert_eq!(told["complete"], false);
    assert_eq!(told["checks"], Value::Null);
    assert_eq!(told["later"][0]["what"], "office.provider_id");
    let run = house.run("onboarding --offline");
    assert_eq!(run.status.code(), Some(1));
    assert!(all.iter().all(|what| run.stdout.contains(what)), "{run:?}");
    assert!(run.stderr.contains("6 things"), "{run:?}");
}

#[test]
fn every_field_that_microsoft_asks_for_comes_from_the_settings() {
    let house = House::quiet_with(complete());
    house.add("anna");
    let told = sheet(&house, 1);
    let fields = told["fields"].as_object().unwrap();
    let icon = |side: u32| Value::from(format!("https://docs.lumora.example/icons/{side}.png"));
    assert_eq!(fields["IconLocations"], Value::from([16, 32, 48, 64, 80, 96].map(icon).to_vec()));
    for (name, value) in [
        ("LocalizedProviderName", "Lumora"),
        ("BootstrapperUri", "https://docs.lumora.example/wopibootstrapper"),
        ("EnglishDescription", "Lumora keeps documents."),
        ("ClientAppName", "Office"),
        ("RedirectUri", "https://localhost"),
        ("ProviderId", ""),
        ("Scope", "wopi"),
        ("SiteUrl", "https://www.lumora.example"),
    ] {
        assert_eq!(fields[name], value, "{name}");
    }
    assert_eq!(fields["SupportRefresh"], true);
    assert_eq!(
        fields["TrustedDomain"],
        Value::from(["docs", "id", "eu", "cdn"].map(|name| format!("{name}.lumora.example")).to_vec())
    );
    assert_eq!(fields.len(), 13);
    let also = &told["also"];
    assert_eq!(also["AuthorizationUri"], "https://id.lumora.example/oauth/authorize");
    assert_eq!(also["TokenIssuanceUri"], "https://id.lumora.example/oauth/token");
    assert_eq!((&also["AccessTokenLifetime"], &also["RefreshTokenLifetime"]), (&7200.into(), &7_776_000.into()));
    assert_eq!(also["RedirectUriChecked"], true);
    assert_eq!(also["Apps"]["iOS"], 2);
    assert_eq!(missing(&told), ["client `office`", "test accounts"]);
    house.ok("onboarding --test-accounts");
    assert_eq!(missing(&sheet(&house, 1)), ["client `office`"]);
    let added = house.json("client add office --json");
    let secret = added["secret"].as_str().unwrap();
    let told = sheet(&house, 0);
    assert_eq!((missing(&told).len(), &told["complete"]), (0, &true.into()));
    assert_eq!((&told["fields"]["ClientId"], &told["fields"]["ClientSecret"]["Valid"]), (&"office".into(), &1.into()));
    let text = house.ok("onboarding --offline");
    assert!(text.contains("rotate-secret office") && !text.contains("Missing"), "{text}");
    assert!(![told.to_string(), text].concat().contains(secret), "the client secret is told");
}

#[test]
fn addresses_that_nobody_outside_can_use_are_named() {
    let start = complete()
        .set("LOCKHOUSE_PUBLIC_URL", "https://localhost")
        .set("LOCKHOUSE_OAUTH__PUBLIC_URL", "http://id.lumora.example")
        .set("LOCKHOUSE_OFFICE__ICONS_URL", "https://192.0.2.7/icons/")
        .set("LOCKHOUSE_OFFICE__SITE_URL", "www.lumora.example");
    let house = House::quiet_with(start);
    house.add("anna");
    let told = sheet(&house, 1);
    assert_eq!(missing(&told)[..4], ["public_url", "oauth.public_url", "office.site_url", "office.icons_url"]);
    assert_eq!(told["fields"]["IconLocations"][0], "https://192.0.2.7/icons/16.png");
}

#[test]
fn the_addresses_are_asked_and_what_they_answer_is_told() {
    let house = House::serving();
    house.ok("client add office");
    let run = house.run("onboarding --json");
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    let told = run.json();
    let checks = told["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 9, "bootstrapper, two endpoints, six icons: {checks:?}");
    for check in checks {
        assert!(check["url"].as_str().unwrap().starts_with(house.binary().url()), "{check}");
        assert_eq!(check["ok"], true, "{check}");
    }
    house.ok("client rm office");
    let told = house.run("onboarding --json").json();
    assert_eq!(told["checks"][1]["ok"], false, "no page for a client that is not registered: {told}");
    let text = house.run("onboarding").stdout;
    assert!(text.contains("icon of 96 pixels") && text.contains("a PNG with a white border"), "{text}");
    assert!(text.contains("Is the redirect URI checked?"), "{text}");
}

#[test]
fn an_address_where_nobody_answers_fails_the_check() {
    let house = House::quiet();
    house.add("anna");
    let told = house.run("onboarding --json --listen 127.0.0.1:9").json();
    let checks = told["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["ok"] == false), "{checks:?}");
    assert!(checks[0]["found"].as_str().unwrap().contains("not reached"), "{checks:?}");
}

fn test_accounts_are_made_once_and_reset_on_request(house: &House) {
    house.add("anna");
    let made = house.json("onboarding --test-accounts --json");
    let made = made.as_array().unwrap();
    let kinds: Vec<_> = made.iter().map(|account| account["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["consumer", "consumer", "consumer", "business", "business", "business"]);
    assert!(made.iter().all(|account| account["password"].as_str().unwrap().len() >= 16 && account["state"] == "made"));

    let again = house.json("onboarding --test-accounts --json");
    assert!(again.as_array().unwrap().iter().all(|one| one["password"] == Value::Null && one["state"] == "kept"));
    let reset = house.json("onboarding --test-accounts --reset --json");
    assert_eq!(reset[0]["state"], "reset");
    assert_ne!(reset[0]["password"], made[0]["password"]);

    for account in made {
        let (user, folder) = (account["user"].as_str().unwrap(), account["folder"].as_str().unwrap());
        assert_eq!(folder, format!("{user}:/Office test documents"));
    }
    let listed = house.binary().cli_ok(&["ls", "officebusiness3:/Office test documents"], "").stdout;
    assert_eq!(
        listed.lines().collect::<Vec<_>>(),
        ["Budget.xlsx", "Introduction.pptx", "test.wopitest", "Welcome.docx"]
    );
    let told = sheet(house, 1);
    assert_eq!(told["also"]["ConsumerTestAccounts"].as_array().unwrap().len(), 3);
    let texts = [told.to_string(), house.run("onboarding --offline").text(), house.binary().log()].concat();
    assert!(
        made.iter().chain(reset.as_array().unwrap()).all(|one| !texts.contains(one["password"].as_str().unwrap())),
        "a password is told again"
    );
    house.refused("onboarding --reset", 2, &["--test-accounts"]);
}

#[test]
fn somebody_elses_account_stays_his_though_it_has_the_name_of_a_test_account() {
    let house = House::quiet();
    house.add("officeconsumer1");
    let run = house.run("onboarding --test-accounts --reset");
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert!(run.stdout.contains("left alone") && run.stderr.contains("officeconsumer1"), "{run:?}");
}

#[tokio::test]
async fn a_test_account_can_open_and_save_the_validators_file() {
    let house = House::serving();
    house.ok("onboarding --test-accounts");
    for (user, business) in [("officeconsumer1", false), ("officebusiness1", true)] {
        let token = house.binary().token(user, "/Office test documents/test.wopitest");
        let file = Wopi::from_json(http_client(), &token);
        let info = file.info().await.json();
        assert_eq!((&info["UserCanWrite"], &info["LicenseCheckForEditIsEnabled"]), (&true.into(), &business.into()));
        assert_eq!(info["BaseFileName"], "test.wopitest");
        assert!(!file.get().await.expect(200).body.is_empty());
    }
}

#[test]
fn six_icons_are_drawn_with_a_white_border_for_everybody_to_read() {
    let house = House::quiet();
    let scratch = house.binary().scratch();
    // Transparent on the left, wider than high.
    let picture = RgbaImage::from_fn(300, 120, |x, _| if x < 150 { Rgba([0; 4]) } else { Rgba([200, 0, 0, 255]) });
    DynamicImage::ImageRgba8(picture).save_with_format(scratch.join("p.png"), ImageFormat::Png).unwrap();
    let (picture, out) = (scratch.join("p.png"), scratch.join("out"));
    let (picture, out_text) = (picture.to_str().unwrap(), out.to_str().unwrap());
    let told = house.binary().cli_ok(&["onboarding", "--icons", picture, "--out", out_text], "").stdout;
    assert_eq!(told.lines().count(), 6);
    assert!(!house.binary().data_dir().exists(), "no data is needed for that");
    for side in [16, 32, 48, 64, 80, 96] {
        let path = out.join(format!("{side}.png"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        let icon =
            image::load_from_memory_with_format(&fs::read(&path).unwrap(), ImageFormat::Png).unwrap().into_rgba8();
        assert_eq!((icon.width(), icon.height()), (side, side));
        for at in 0..side {
            for (x, y) in [(at, 0), (at, side - 1), (0, at), (side - 1, at)] {
                assert_eq!(icon.get_pixel(x, y).0, [255; 4], "{side}: {x}, {y}");
            }
        }
        let middle = |x: u32| icon.get_pixel(x, side / 2).0;
        assert_eq!(middle(side / 4), [255; 4], "transparent becomes white");
        assert!(middle(side * 3 / 4)[0] > 150 && middle(side * 3 / 4)[1] < 80, "{side}: {:?}", middle(side * 3 / 4));
    }
}

#[test]
fn what_is_no_picture_is_refused_with_the_reason() {
    let house = House::quiet();
    let text = house.binary().scratch().join("text.png");
    crate::write(&text, b"no picture");
    let out = house.binary().scratch().join("out");
    let icons = |picture: &str| format!("onboarding --icons {picture} --out {}", out.display());
    house.refused(&icons(text.to_str().unwrap()), 2, &["text.png", "neither PNG nor JPEG"]);
    house.refused(&icons("/nowhere/at/all.png"), 2, &["/nowhere/at/all.png"]);
    house.refused("onboarding --icons x.png", 2, &["--out"]);
    assert!(!out.exists());
}

#[tokio::test]
async fn the_host_serves_the_icons_itself() {
    let house = House::serving();
    let client = http_client();
    let get = async |path: &str| client.get(format!("{}{path}", house.binary().url())).send().await.unwrap();
    for side in [16, 32, 48, 64, 80, 96] {
        let response = get(&format!("/icons/{side}.png")).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"image/png".parse().unwrap())
        );
        let icon = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
        assert_eq!((icon.width(), icon.height()), (side, side));
    }
    for path in ["/icons/17.png", "/icons/x.png", "/icons/", "/icons/16.jpg"] {
        assert_eq!(get(path).await.status().as_u16(), 404, "{path}");
    }
}
