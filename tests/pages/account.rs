//! `/account`: language, password, browsers, apps.

use crate::{
    person::{Person, between, field, house, html, location},
    support::{PASSWORD, Start},
};

const NEW: &str = "a quite different password";

async fn change(person: &mut Person, old: &str, new: &str, again: &str) -> crate::support::Reply {
    let page = person.get("/account").await.expect(200);
    let fields = [("do", "password"), ("old", old), ("new", new), ("again", again)];
    person.submit(&page, "/account", &fields).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_who_one_is_and_what_one_stores() {
    let more = ["--display-name", "Ada <b>Lovelace</b>", "--email", "ada@example.org"];
    house().binary().add_user("accountwho", &more);
    house().binary().import("accountwho", &[("a.docx", &[7; 4096])]);
    let mut ada = Person::of(house().binary(), "accountwho").await;
    let page = html(&ada.get("/account").await.expect(200));
    assert!(page.contains("Ada &#60;b&#62;Lovelace&#60;/b&#62;"), "{page}");
    assert!(page.contains("ada@example.org") && page.contains("4\u{a0}KB") && page.contains("1 file"), "{page}");
    assert!(!page.contains("<script>") && !page.contains("style=\""), "nothing inline");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_is_kept_and_can_be_left_to_the_browser_again() {
    let mut person = Person::new("accountlanguage").await;
    person.headers.push(("Accept-Language", "fr".to_owned()));
    let page = person.get("/account").await.expect(200);
    assert!(html(&page).contains("<html lang=\"fr\">"));
    let reply = person.submit(&page, "/account", &[("do", "language"), ("language", "ja")]).await.expect(303);
    assert_eq!(location(&reply), "/account?said=language");
    let page = person.get("/account?said=language").await.expect(200);
    assert!(html(&page).contains("<html lang=\"ja\">") && html(&page).contains("role=\"status\""));
    person.submit(&page, "/account", &[("do", "language"), ("language", "")]).await.expect(303);
    let page = person.get("/account").await.expect(200);
    assert!(html(&page).contains("<html lang=\"fr\">"));
    person.submit(&page, "/account", &[("do", "language"), ("language", "klingon")]).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_ends_all_other_sessions_and_this_one_goes_on() {
    let mut here = Person::new("accountpassword").await;
    let mut there = Person::of(house().binary(), "accountpassword").await;
    let before = here.cookies["lockhouse"].clone();
    let reply = change(&mut here, PASSWORD, NEW, NEW).await.expect(303);
    assert_eq!(location(&reply), "/account?said=password");
    assert_ne!(here.cookies["lockhouse"], before, "the session got another secret");
    here.get("/account").await.expect(200);
    there.get("/account").await.expect(303);
    let mut stranger = Person::stranger(house().binary());
    let page = stranger.get("/sign-in").await.expect(200);
    let fields = |password| [("name", "accountpassword"), ("password", password), ("return_to", "/")];
    let form = field(&page, "form");
    let all: Vec<_> = fields(PASSWORD).into_iter().chain([("form", &*form)]).collect();
    stranger.post("/sign-in", &all).await.expect(403);
    let all: Vec<_> = fields(NEW).into_iter().chain([("form", &*form)]).collect();
    stranger.post("/sign-in", &all).await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_not_changed_without_the_old_one_nor_to_one_that_breaks_the_rules() {
    let mut person = Person::new("accountrules").await;
    for (old, new, again, status, words) in [
        ("wrong password", NEW, NEW, 403, "current password is not correct"),
        (PASSWORD, NEW, "another", 422, "not the same"),
        (PASSWORD, "short", "short", 422, "too short"),
        (PASSWORD, &*"x".repeat(1025), &*"x".repeat(1025), 422, "too long"),
    ] {
        let reply = change(&mut person, old, new, again).await.expect(status);
        assert!(html(&reply).contains(words) && html(&reply).contains("role=\"alert\""), "{words}");
        assert!(!html(&reply).contains(old) || old.is_empty(), "what was typed is not shown again");
    }
    person.get("/account").await.expect(200);
    Person::of(house().binary(), "accountrules").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_a_session_cannot_guess_the_password_with_it() {
    let binary = crate::support::Binary::serve_with(Start::default().set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "3"));
    binary.add_user("guessed", &[]);
    let mut person = Person::of(&binary, "guessed").await;
    for _ in 0..3 {
        change(&mut person, "a wrong guess", NEW, NEW).await.expect(403);
    }
    let reply = change(&mut person, PASSWORD, NEW, NEW).await.expect(429);
    assert!(reply.header("Retry-After").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browsers_are_listed_and_signed_out_one_by_one_or_all_but_this() {
    let mut here = Person::new("accountsessions").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(Person::of(house().binary(), "accountsessions").await);
    }
    let page = here.get("/account").await.expect(200);
    assert_eq!(html(&page).matches("This browser").count(), 1);
    assert!(!html(&page).contains(&here.cookies["lockhouse"]), "the page tells no secret");
    let one = between(&html(&page), "name=\"session\" value=\"", "\"").unwrap();
    here.submit(&page, "/account", &[("do", "session"), ("session", &one)]).await.expect(303);
    let mut left = 0;
    for other in &mut others {
        left += usize::from(other.get("/account").await.status == 200);
    }
    assert_eq!(left, 2);
    let page = here.get("/account").await.expect(200);
    here.submit(&page, "/account", &[("do", "sessions")]).await.expect(303);
    for other in &mut others {
        other.get("/account").await.expect(303);
    }
    here.get("/account").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_ends_the_session_of_another_or_his_own_by_mistake() {
    let (mut one, mut two) = (Person::new("accountone").await, Person::new("accounttwo").await);
    Person::of(house().binary(), "accounttwo").await;
    let seen = html(&two.get("/account").await.expect(200));
    let other = between(&seen, "name=\"session\" value=\"", "\"").unwrap();
    let page = one.get("/account").await.expect(200);
    one.submit(&page, "/account", &[("do", "session"), ("session", &other)]).await.expect(303);
    let after = html(&two.get("/account").await.expect(200));
    assert!(after.contains(&other), "the session of another is there still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_without_the_mark_changes_nothing() {
    let mut person = Person::new("accountmark").await;
    for fields in [vec![("do", "sessions")], vec![("do", "language"), ("language", "de"), ("form", "forged")]] {
        person.post("/account", &fields).await.expect(403);
    }
    let mut stranger = Person::stranger(house().binary());
    stranger.post("/account", &[("do", "sessions")]).await.expect(303);
}
