//! What holds for every page.

use crate::person::{Person, between, house, html, location};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let mut stranger = Person::stranger(house().binary());
    let reply = stranger.get("/account").await.expect(303);
    assert_eq!(location(&reply), "/sign-in?return_to=%2Faccount");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_loads_only_files_of_this_house_and_says_so() {
    let mut person = Person::new("framefiles").await;
    let page = person.get("/account").await.expect(200);
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    let sheet = between(&html(&page), "rel=\"stylesheet\" href=\"./", "\"").unwrap();
    let sheet = person.get(&format!("/{sheet}")).await.expect(200);
    assert_eq!(sheet.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(sheet.header("Content-Type"), Some("text/css; charset=utf-8"));
}
