//! What must not let anybody in.

use crate::{
    browser::Browser,
    house::{ANNA, House, JOURNEY},
};

fn with(fault: &str) -> Vec<(&str, &str)> {
    [ANNA.as_slice(), &[("fault", fault)]].concat()
}

#[tokio::test]
async fn whatever_the_provider_says_wrongly_lets_nobody_in() {
    let house = House::open();
    for fault in [
        "nonce",
        "no_nonce",
        "audience",
        "audiences",
        "party",
        "issuer",
        "expired",
        "none",
        "shared",
        "forged",
        "changed",
        "unknown_key",
        "no_id_token",
        "subject",
        "long_subject",
        "token_refused",
        "token_text",
        "token_redirect",
    ] {
        let browser = house.browser();
        let page = house.sign_in(&browser, &with(fault)).await;
        assert_eq!(page.status, 403, "{fault}: {page:?}");
        assert!(page.text.contains("Signing in with Example ID did not work"), "{fault}: {}", page.text);
        assert_eq!(house.who(&browser).await, None, "{fault}");
        assert_eq!(browser.cookie(JOURNEY), None, "{fault}: a journey is made once");
    }
    assert!(house.users().iter().all(|user| user["subject"].is_null()), "nobody was made");
    // And the same person with nothing wrong gets in.
    house.sign_in(&house.browser(), &ANNA).await;
    assert_eq!(house.users().iter().filter(|user| user["subject"].is_string()).count(), 1);
}

#[tokio::test]
async fn a_way_back_counts_once_and_only_for_the_browser_that_began_it() {
    let house = House::open();
    let (anna, mallory) = (house.browser(), house.browser());
    let begun = house.begin(&anna, "").await;
    let back = house.way_back(&anna, &begun, &ANNA).await;

    // Mallory makes somebody follow her own way back, or follows another's.
    let stolen = mallory.get(&back).await;
    assert_eq!((stolen.status, house.who(&mallory).await), (403, None));
    house.begin(&mallory, "").await;
    let stolen = mallory.get(&back).await;
    assert_eq!((stolen.status, house.who(&mallory).await), (403, None));
    assert!(mallory.cookie(JOURNEY).is_some(), "a strange way back ends no journey");

    for changed in [back.replace("state=", "state=x"), back.replace("state=", "stat="), format!("{back}&state=x")] {
        let page = anna.get(&changed).await;
        assert_eq!((page.status, house.who(&anna).await), (403, None), "{changed}");
    }
    assert_eq!(anna.get(&back).await.status, 303);
    assert!(house.who(&anna).await.is_some());
    assert_eq!(anna.get(&back).await.status, 403, "a second time");
}

#[tokio::test]
async fn a_cookie_that_was_tampered_with_is_no_journey() {
    let house = House::open();
    let browser = house.browser();
    let begun = house.begin(&browser, "").await;
    let back = house.way_back(&browser, &begun, &ANNA).await;
    let cookie = browser.cookie(JOURNEY).unwrap();
    for bad in ["", "x", ".", "x.y", &cookie[1..], &format!("{cookie}A"), &"A".repeat(4000)] {
        browser.set_cookie(JOURNEY, bad);
        assert_eq!(browser.get(&back).await.status, 403, "{bad}");
    }
    browser.set_cookie(JOURNEY, &cookie);
    assert_eq!(browser.get(&back).await.status, 303);
}

#[tokio::test]
async fn another_site_cannot_begin_a_journey() {
    let house = House::open();
    let browser = house.browser();
    let form = browser.get("/sign-in").await.form("/sign-in/oidc/start");
    let page = browser.submit(&form, &[("form", "x")]).await;
    assert_eq!((page.status, browser.cookie(JOURNEY)), (403, None));
    let page = house.browser().submit(&form, &[]).await;
    assert_eq!(page.status, 403, "a mark of another browser");
    assert_eq!(browser.get("/sign-in/oidc/start").await.status, 405);
}

#[tokio::test]
async fn whoever_cancels_at_the_provider_is_back_at_the_sign_in_page_in_his_language() {
    let house = House::open();
    for (language, said) in [
        ("en", "Signing in with Example ID was cancelled."),
        ("de", "Die Anmeldung mit Example ID wurde abgebrochen."),
        ("ja", "Example ID でのサインインはキャンセルされました。"),
    ] {
        let browser = Browser::speaking(house.binary.url(), language);
        let begun = house.begin(&browser, "/sign-in?x=1").await;
        let page = house.vouch(&browser, &begun, &[("fault", "error:access_denied")]).await;
        assert_eq!(page.status, 403);
        assert!(page.text.contains(said), "{}", page.text);
        let form = page.form("/sign-in/oidc/start");
        assert!(form.fields.contains(&("return_to".to_owned(), "/sign-in?x=1".to_owned())), "{form:?}");
        assert_eq!(form.action.as_str(), format!("{}/sign-in/oidc/start", house.binary.url()));
        let again = browser.submit(&form, &[]).await;
        assert_eq!(house.vouch(&browser, &again, &ANNA).await.status, 303, "he thinks better of it");
    }
}

#[tokio::test]
async fn other_errors_of_the_provider_lead_back_without_its_words() {
    let house = House::open();
    for (error, status, said) in [
        ("error:temporarily_unavailable", 503, "cannot be reached"),
        ("error:server_error", 503, "cannot be reached"),
        ("error:unauthorized_client", 403, "did not work"),
        ("error:<script>alert(1)</script>", 403, "did not work"),
    ] {
        let browser = house.browser();
        let page = house.sign_in(&browser, &[("fault", error)]).await;
        assert_eq!(page.status, status, "{error}: {page:?}");
        assert!(page.text.contains(said) && !page.text.contains("<script>"), "{error}: {}", page.text);
        assert_eq!(house.who(&browser).await, None);
    }
}

#[tokio::test]
async fn a_way_back_that_is_no_answer_is_answered_politely() {
    let house = House::open();
    let browser = house.browser();
    let begun = house.begin(&browser, "").await;
    let state = begun.location().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for query in [
        String::new(),
        "code=x".to_owned(),
        "code=x&state=%00".to_owned(),
        "%%%&&&===".to_owned(),
        format!("state={state}&state={state}&code=x"),
    ] {
        let page = browser.get(&format!("/sign-in/oidc?{query}")).await;
        assert_eq!(page.status, 403, "{query}: {page:?}");
    }
    let long = "x".repeat(20_000);
    let page = browser.get(&format!("/sign-in/oidc?state={state}&code={long}")).await;
    assert_eq!(page.status, 403);
    assert_eq!(browser.cookie(JOURNEY), None, "that was the journey's end");

    let begun = house.begin(&browser, "").await;
    let state = begun.location().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let page = browser.get(&format!("/sign-in/oidc?state={state}&code=x&iss=https://other.example")).await;
    assert_eq!(page.status, 403, "an answer of another provider (RFC 9207)");
}

#[tokio::test]
async fn whoever_makes_codes_up_has_to_wait_and_others_do_not() {
    let house = House::with(&[("LOCKHOUSE_SIGN_IN__ATTEMPTS", "1")]);
    let browser = Browser::speaking(house.binary.url(), "de");
    let made_up = || async {
        let begun = house.begin(&browser, "").await;
        let state = begun.location().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        browser.get(&format!("/sign-in/oidc?code=made-up&state={state}")).await
    };
    let mut asked = 0;
    let waits = loop {
        let page = made_up().await;
        if page.status == 429 {
            break page;
        }
        assert_eq!(page.status, 403, "{page:?}");
        asked += 1;
        assert!(asked < 100, "it goes on without end");
    };
    assert!(asked >= 20, "a whole company may be behind one address: {asked}");
    assert!(waits.headers.contains_key("retry-after"));
    assert!(waits.text.contains("fehlgeschlagene Versuche"), "in the language of the browser: {}", waits.text);
    assert!(waits.find_form("/sign-in").is_some(), "passwords are left");
}

#[tokio::test]
async fn where_each_consent_demands_a_sign_in_one_that_the_provider_remembers_is_none() {
    let asks = |begun: &crate::browser::Page| {
        let url = begun.location();
        let has = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        (has("prompt"), has("max_age"))
    };
    let house = House::open();
    assert_eq!(asks(&house.begin(&house.browser(), "").await), (None, None));
    let house = House::with(&[("LOCKHOUSE_OAUTH__REUSE_SESSION", "false")]);
    for (fault, who) in [("signed_in_before", None), ("signed_in_now", Some("annabrandt")), ("", Some("annabrandt"))] {
        let browser = house.browser();
        let begun = house.begin(&browser, "").await;
        assert_eq!(asks(&begun), (Some("login".to_owned()), Some("0".to_owned())));
        house.vouch(&browser, &begun, &with(fault)).await;
        assert_eq!(house.who(&browser).await.as_deref(), who, "{fault}");
    }
}
