//! The way to the provider and back.

use crate::{
    browser::Browser,
    house::{ANNA, House, JOURNEY},
};

#[tokio::test]
async fn the_first_sign_in_makes_a_user_and_the_second_finds_him() {
    let house = House::open();
    let browser = house.browser();
    let page = house.sign_in(&browser, &ANNA).await;
    assert_eq!((page.status, page.location().path()), (303, "/"), "{page:?}");
    assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt"));
    assert_eq!(browser.cookie(JOURNEY), None, "the journey is over");
    let user = house.user("annabrandt").unwrap();
    assert_eq!((&user["display_name"], &user["email"]), (&"Anna Brandt".into(), &"anna@example.org".into()));
    assert_eq!((&user["kind"], &user["admin"]), (&"business".into(), &false.into()));
    assert_eq!(user["subject"], format!("{} 10", house.provider.issuer));

    let elsewhere = house.browser();
    house.sign_in(&elsewhere, &ANNA).await;
    assert_eq!(house.who(&elsewhere).await.as_deref(), Some("annabrandt"));
    assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt"), "the other browser stays signed in");
    assert_eq!(house.users().iter().filter(|user| user["subject"].is_string()).count(), 1);
    house.records();
}

#[tokio::test]
async fn somebody_who_is_renamed_at_the_provider_keeps_his_account() {
    let house = House::open();
    let browser = house.browser();
    house.sign_in(&browser, &ANNA).await;
    let renamed =
        [("sub", "10"), ("preferred_username", "anna.falk"), ("name", "Anna Falk"), ("email", "falk@example.org")];
    house.sign_in(&house.browser(), &renamed).await;
    let user = house.user("annabrandt").unwrap();
    assert_eq!((&user["display_name"], &user["email"]), (&"Anna Falk".into(), &"falk@example.org".into()));
    assert_eq!(house.user("annafalk"), None);
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for() {
    let house = House::open();
    let sparse = [ANNA.as_slice(), &[("sparse", "yes")]].concat();
    house.sign_in(&house.browser(), &sparse).await;
    let user = house.user("annabrandt").unwrap();
    assert_eq!((&user["display_name"], &user["email"]), (&"Anna Brandt".into(), &"anna@example.org".into()));

    // Where that fails, people get in all the same.
    for (sub, fault) in [("11", "info_500"), ("12", "info_other"), ("13", "access_token")] {
        let browser = house.browser();
        let person =
            [("sub", sub), ("name", "Somebody"), ("preferred_username", "some"), ("sparse", "yes"), ("fault", fault)];
        house.sign_in(&browser, &person).await;
        let name = house.who(&browser).await.unwrap();
        assert!(name.starts_with("user"), "{fault}: {name}");
        assert_eq!(house.user(&name).unwrap()["display_name"], name, "{fault}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_verified_is_not_taken_over() {
    let house = House::open();
    house.sign_in(&house.browser(), &[ANNA.as_slice(), &[("email_verified", "false")]].concat()).await;
    assert!(house.user("annabrandt").unwrap()["email"].is_null());
}

#[tokio::test]
async fn people_go_where_they_came_from_and_nowhere_else() {
    let house = House::open();
    let browser = house.browser();
    let begun = house.begin(&browser, "/sign-in?from=here&there=%2F").await;
    let page = house.vouch(&browser, &begun, &ANNA).await;
    assert_eq!(page.location().as_str(), format!("{}/sign-in?from=here&there=%2F", house.binary.url()));
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let browser = house.browser();
        let begun = house.begin(&browser, elsewhere).await;
        let page = house.vouch(&browser, &begun, &ANNA).await;
        assert_eq!(page.location().as_str(), format!("{}/", house.binary.url()), "{elsewhere}");
    }
}

#[tokio::test]
async fn whoever_comes_from_office_goes_back_to_it_with_a_code() {
    let mut house = House::open();
    house.know_office();
    let browser = house.browser();
    let asked = "/oauth/authorize?client_id=office&response_type=code&scope=&redirect_uri=https%3A%2F%2Flocalhost&state=s%2B1&rs=fr-FR";
    let page = browser.get(asked).await;
    let begun = browser.submit(&page.form("/sign-in/oidc/start"), &[]).await;
    assert!(begun.location().query().unwrap().contains("ui_locales=fr"), "Office's language goes along");
    let back = house.vouch(&browser, &begun, &ANNA).await;
    assert_eq!((back.status, back.location().path()), (303, "/oauth/authorize"), "{back:?}");
    let consent = browser.get(back.location().as_str()).await;
    assert!(consent.text.contains("Anna Brandt"), "{}", consent.text);
    let done = browser.submit(&consent.form("/oauth/consent"), &[("decision", "allow")]).await;
    let location = done.location();
    assert_eq!((location.scheme(), location.host_str(), location.path()), ("https", Some("localhost"), "/"));
    let has = |name: &str| location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert!(!has("code").unwrap().is_empty());
    assert_eq!(has("state").as_deref(), Some("s+1"));
}

#[tokio::test]
async fn the_request_to_the_provider_says_no_more_than_it_must() {
    let house = House::open();
    let browser = Browser::speaking(house.binary.url(), "de");
    let begun = house.begin(&browser, "/sign-in?a=secret").await;
    let url = begun.location();
    let has = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert_eq!(has("redirect_uri").unwrap(), format!("{}/sign-in/oidc", house.binary.url()));
    assert_eq!(has("scope").unwrap(), "openid profile email");
    assert_eq!(has("code_challenge_method").unwrap(), "S256");
    assert_eq!(has("ui_locales").unwrap(), "de");
    assert!(has("state").unwrap().len() >= 22 && has("nonce").unwrap().len() >= 22);
    let cookie = browser.cookie(JOURNEY).unwrap();
    for secret in [has("state").unwrap(), has("nonce").unwrap(), "secret".to_owned()] {
        assert!(!cookie.contains(&secret), "the cookie is sealed");
    }
    assert!(!url.as_str().contains("secret"), "{url}");
    assert_eq!(begun.headers["referrer-policy"], "no-referrer");
    assert_eq!(begun.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn new_keys_of_the_provider_are_fetched_once_and_not_for_every_odd_token() {
    let house = House::open();
    house.sign_in(&house.browser(), &ANNA).await;
    let before = house.provider.keys_asked().await;
    house.provider.rotate().await;
    let browser = house.browser();
    house.sign_in(&browser, &ANNA).await;
    assert!(house.who(&browser).await.is_some());
    assert_eq!(house.provider.keys_asked().await, before + 1);
    for _ in 0..5 {
        let browser = house.browser();
        house.sign_in(&browser, &[ANNA.as_slice(), &[("fault", "unknown_key")]].concat()).await;
        assert_eq!(house.who(&browser).await, None);
    }
    assert!(house.provider.keys_asked().await <= before + 2, "strangers cannot make the house ask again and again");
}

#[tokio::test]
async fn a_journey_outlives_a_restart_of_the_house() {
    let mut house = House::open();
    let browser = house.browser();
    let begun = house.begin(&browser, "").await;
    house.binary.crash_and_restart();
    house.vouch(&browser, &begun, &ANNA).await;
    assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt"));
}

#[tokio::test]
async fn visitors_who_begin_journeys_leave_nothing_in_the_store() {
    let house = House::open();
    house.sign_in(&house.browser(), &ANNA).await;
    let before = house.records();
    for _ in 0..20 {
        let browser = house.browser();
        let begun = house.begin(&browser, "/").await;
        let denied = house.vouch(&browser, &begun, &[("fault", "error:access_denied")]).await;
        assert_eq!(denied.status, 403);
    }
    assert_eq!(house.records(), before);
}
