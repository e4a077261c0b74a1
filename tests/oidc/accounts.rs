//! Whose account it is.

use crate::{
    browser::Browser,
    house::{ANNA, House},
    support::PASSWORD,
};

async fn with_password(browser: &Browser, page: &str, name: &str) -> u16 {
    let page = browser.get(page).await;
    let form = page.form("/sign-in");
    browser.submit(&form, &[("name", name), ("password", PASSWORD)]).await.status
}

#[tokio::test]
async fn nobody_gets_an_account_by_being_called_like_its_owner() {
    let house = House::open();
    house.binary.add_user("annabrandt", &["--email", "anna@example.org", "--admin", "--display-name", "The real Anna"]);
    let browser = house.browser();
    house.sign_in(&browser, &ANNA).await;
    assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt2"));
    let real = house.user("annabrandt").unwrap();
    assert_eq!((&real["display_name"], &real["subject"]), (&"The real Anna".into(), &serde_json::Value::Null));
    assert_eq!(house.user("annabrandt2").unwrap()["admin"], false);
    assert_eq!(with_password(&house.browser(), "/sign-in", "annabrandt").await, 303, "the password is hers still");
    assert_eq!(with_password(&house.browser(), "/sign-in", "annabrandt2").await, 403, "and there is no other");
}

#[tokio::test]
async fn an_administrator_links_an_account_and_ends_it_again() {
    let house = House::open();
    house.binary.add_user("anna", &[]);
    let done = house.binary.cli_ok(&["user", "link", "anna", "--subject", "10"], "");
    assert!(done.stdout.contains("anna"), "{done:?}");
    let browser = house.browser();
    house.sign_in(&browser, &ANNA).await;
    assert_eq!(house.who(&browser).await.as_deref(), Some("anna"));
    assert_eq!(house.user("anna").unwrap()["display_name"], "Anna Brandt");

    house.binary.add_user("bert", &[]);
    let taken = house.binary.cli(&["user", "link", "bert", "--subject", "10"], "");
    assert!(!taken.status.success() && taken.stderr.contains("`anna`"), "{taken:?}");

    house.binary.cli_ok(&["user", "link", "anna", "--none"], "");
    assert_eq!(house.who(&browser).await, None, "signed out");
    house.sign_in(&browser, &ANNA).await;
    assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt"), "somebody new to the house");
    house.records();
}

#[tokio::test]
async fn without_new_users_a_page_says_that_there_is_no_account_and_what_to_tell_whom() {
    let house = House::with(&[("LOCKHOUSE_OIDC__CREATE_USERS", "false")]);
    let before = house.users().len();
    let browser = house.browser();
    let page = house.sign_in(&browser, &ANNA).await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.text.contains("Please ask"), "{}", page.text);
    assert!(page.text.contains(&format!("{} 10", house.provider.issuer)), "whom to link: {}", page.text);
    assert_eq!((house.who(&browser).await, house.users().len()), (None, before));
    house.binary.add_user("anna", &[]);
    house.binary.cli_ok(&["user", "link", "anna", "--subject", "10"], "");
    house.sign_in(&browser, &ANNA).await;
    assert_eq!(house.who(&browser).await.as_deref(), Some("anna"));
}

#[tokio::test]
async fn a_disabled_user_hears_the_same_as_somebody_without_an_account() {
    let house = House::with(&[("LOCKHOUSE_OIDC__CREATE_USERS", "false")]);
    house.binary.add_user("anna", &[]);
    house.binary.cli_ok(&["user", "link", "anna", "--subject", "10"], "");
    let browser = house.browser();
    let stranger =
        house.sign_in(&browser, &ANNA.map(|(name, value)| (name, if name == "sub" { "11" } else { value }))).await;
    house.sign_in(&browser, &ANNA).await;
    house.binary.cli_ok(&["user", "disable", "anna"], "");
    assert_eq!(house.who(&browser).await, None);
    let page = house.sign_in(&browser, &ANNA).await;
    assert_eq!((page.status, house.who(&browser).await), (stranger.status, None));
    assert_eq!(page.text, stranger.text.replace(" 11<", " 10<"));
}

#[tokio::test]
async fn first_sign_ins_at_once_make_one_account() {
    let house = House::open();
    let before = house.users().len();
    let visits = (0..8).map(|_| async {
        let browser = house.browser();
        house.sign_in(&browser, &ANNA).await;
        house.who(&browser).await
    });
    let names = futures::future::join_all(visits).await;
    assert!(names.iter().all(|name| name.as_deref() == Some("annabrandt")), "{names:?}");
    assert_eq!(house.users().len(), before + 1);
    house.records();
}

#[tokio::test]
async fn a_removed_user_comes_back_as_somebody_new() {
    let house = House::open();
    house.sign_in(&house.browser(), &ANNA).await;
    house.binary.cli_ok(&["user", "rm", "annabrandt"], "");
    house.records();
    let browser = house.browser();
    house.sign_in(&browser, &ANNA).await;
    assert_eq!(house.who(&browser).await.as_deref(), Some("annabrandt2"));
}

#[tokio::test]
async fn without_passwords_only_administrators_may_use_theirs_at_a_page_of_its_own() {
    let house = House::with(&[("LOCKHOUSE_OIDC__PASSWORDS", "false")]);
    house.binary.add_user("anna", &[]);
    house.binary.add_user("boss", &["--admin"]);
    let page = house.browser().get("/sign-in").await;
    assert!(page.find_form("/sign-in").is_none() && page.find_form("/sign-in/oidc/start").is_some(), "{}", page.text);
    assert!(!page.text.contains("type=\"password\""));

    let browser = house.browser();
    assert_eq!(with_password(&browser, "/sign-in?password", "anna").await, 403);
    assert_eq!(house.who(&browser).await, None);
    assert_eq!(with_password(&browser, "/sign-in?password", "boss").await, 303);
    assert_eq!(house.who(&browser).await.as_deref(), Some("boss"));

    // A wrong password, and a right one of somebody else, give the same page, on which another attempt can be made.
    let browser = house.browser();
    let form = browser.get("/sign-in?password").await.form("/sign-in");
    let wrong = browser.submit(&form, &[("name", "boss"), ("password", "wrong")]).await;
    let other = browser.submit(&form, &[("name", "anna"), ("password", PASSWORD)]).await;
    assert_eq!((wrong.status, other.status), (403, 403));
    assert_eq!(wrong.text.replace("boss", "anna"), other.text);
    let again = browser.submit(&other.form("/sign-in"), &[("name", "boss"), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 303);
}
