//! The provider fails, or was never set up well.

use std::time::{Duration, Instant};

use crate::{
    browser::{Browser, Page},
    house::{ANNA, House, start, write_secret},
    provider::Provider,
    support::{Binary, PASSWORD, Start},
};

const UNREACHABLE: &str = "Example ID cannot be reached at the moment.";

#[track_caller]
fn tells_of_the_outage(page: &Page) {
    assert_eq!(page.status, 503, "{page:?}");
    assert!(page.text.contains(UNREACHABLE), "{}", page.text);
    assert!(page.headers.contains_key("retry-after"));
}

/// Signs in with the form of a page that tells of an outage.
async fn password_works(house: &House, browser: &Browser, page: &Page) {
    let form = page.form("/sign-in");
    let signed_in = browser.submit(&form, &[("name", "local"), ("password", PASSWORD)]).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    assert_eq!(house.who(browser).await.as_deref(), Some("local"));
}

#[tokio::test]
async fn while_the_provider_is_down_the_page_says_so_and_passwords_work() {
    let mut house = House::open();
    house.binary.add_user("local", &[]);
    house.provider.stop();
    let browser = house.browser();
    let page = house.begin(&browser, "/sign-in?x=1").await;
    tells_of_the_outage(&page);
    password_works(&house, &browser, &page).await;

    // It comes back, and nothing needs to be done here.
    house.provider = Provider::start_at(house.provider.port());
    let back = Instant::now();
    loop {
        let browser = house.browser();
        let page = house.begin(&browser, "").await;
        if page.status == 303 {
            house.vouch(&browser, &page, &ANNA).await;
            assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt"));
            break;
        }
        tells_of_the_outage(&page);
        assert!(back.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_provider_that_goes_down_in_the_middle_of_a_journey_lets_nobody_in() {
    let mut house = House::open();
    house.binary.add_user("local", &[]);
    let browser = house.browser();
    let begun = house.begin(&browser, "").await;
    let back = house.way_back(&browser, &begun, &ANNA).await;
    house.provider.stop();
    let page = browser.get(&back).await;
    tells_of_the_outage(&page);
    password_works(&house, &browser, &page).await;
}

#[tokio::test]
async fn a_broken_slow_or_endless_provider_is_one_that_cannot_be_reached() {
    for fault in [
        "discovery_500",
        "discovery_slow",
        "discovery_huge",
        "discovery_issuer",
        "discovery_redirect",
        "discovery_text",
        "discovery_http",
    ] {
        let house = House::open();
        house.provider.misbehave(fault).await;
        let begun = Instant::now();
        let page = house.begin(&house.browser(), "").await;
        tells_of_the_outage(&page);
        assert!(begun.elapsed() < Duration::from_secs(20), "{fault}: it took {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_broken_slow_or_endless_token_endpoint_lets_nobody_in() {
    let house = House::open();
    for fault in ["token_500", "token_slow", "token_huge"] {
        let browser = house.browser();
        let page = house.sign_in(&browser, &[ANNA.as_slice(), &[("fault", fault)]].concat()).await;
        tells_of_the_outage(&page);
        assert_eq!(house.who(&browser).await, None, "{fault}");
    }
}

#[tokio::test]
async fn many_who_wait_for_a_slow_provider_do_not_wait_for_each_other() {
    let house = House::open();
    house.provider.misbehave("discovery_slow").await;
    let begun = Instant::now();
    let visits = (0..12).map(|_| async {
        let browser = house.browser();
        tells_of_the_outage(&house.begin(&browser, "").await);
    });
    futures::future::join_all(visits).await;
    assert!(begun.elapsed() < Duration::from_secs(12), "it took {:?}", begun.elapsed());
}

#[tokio::test]
async fn what_was_learnt_of_the_provider_is_enough_to_go_on() {
    let house = House::open();
    house.sign_in(&house.browser(), &ANNA).await;
    house.provider.misbehave("discovery_500").await;
    let browser = house.browser();
    house.sign_in(&browser, &ANNA).await;
    assert!(house.who(&browser).await.is_some());
}

#[test]
fn settings_that_cannot_work_are_told_at_the_start() {
    let said = |start: Start, secret: bool| {
        let mut binary = Binary::stopped_with(start);
        if secret {
            write_secret(&binary);
        }
        binary.try_launch().expect_err("it must not start")
    };
    let issuer = "https://id.example";
    let text = said(start("http://id.example"), true);
    assert!(text.contains("oidc.issuer") && text.contains("https"), "{text}");
    let text = said(start(issuer).set("LOCKHOUSE_OIDC__CLIENT_ID", ""), true);
    assert!(text.contains("oidc.client_id"), "{text}");
    let text = said(start(issuer), false);
    assert!(text.contains("oidc.client_secret_file") && text.contains("No such file"), "{text}");
    let text = said(Start::default().set("LOCKHOUSE_OIDC__PASSWORDS", "false"), true);
    assert!(text.contains("oidc.passwords"), "{text}");
}

#[test]
fn the_house_starts_while_the_provider_is_down() {
    let mut binary = Binary::stopped_with(start("http://127.0.0.1:1"));
    write_secret(&binary);
    binary.launch();
}
