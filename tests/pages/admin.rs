//! `/admin`: the pages of administrators.

use crate::{
    person::{Person, between, house, html, location},
    support::{Binary, PASSWORD, Reply, Start, Wopi, wopi::http_client},
};

const PAGES: [&str; 7] =
    ["/admin", "/admin/users", "/admin/editors", "/admin/store", "/admin/locks", "/admin/audit", "/admin/doctor"];

/// The password that a page shows.
#[track_caller]
fn shown_password(page: &Reply) -> String {
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    between(&html(page), "<code id=\"password\">", "</code>").expect("a password")
}

async fn can_sign_in(binary: &Binary, name: &str, password: &str) -> bool {
    let mut stranger = Person::stranger(binary);
    let page = stranger.get("/sign-in").await.expect(200);
    let form = between(&html(&page), "name=\"form\" value=\"", "\"").unwrap();
    let fields = [("form", form.as_str()), ("return_to", "/"), ("name", name), ("password", password)];
    stranger.post("/sign-in", &fields).await.status == 303
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn for_others_there_is_nothing_and_strangers_sign_in_first() {
    let mut person = Person::new("adminnobody").await;
    let own = person.get("/account").await.expect(200);
    let mut stranger = Person::stranger(house().binary());
    for path in PAGES.into_iter().chain(["/admin/users/admin"]) {
        person.get(path).await.expect(404);
        assert!(location(&stranger.get(path).await.expect(303)).starts_with("/sign-in?return_to="));
        if !["/admin", "/admin/audit"].contains(&path) {
            person.submit(&own, path, &[("do", "disable"), ("user", "intruder")]).await.expect(404);
        }
    }
    assert!(!html(&own).contains("href=\"./admin\""), "nothing leads there either");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_has_its_heading_and_the_way_to_the_others() {
    let mut admin = Person::admin("adminpages").await;
    for path in PAGES {
        let page = html(&admin.get(path).await.expect(200));
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        assert_eq!(page.matches("aria-current=\"page\"").count(), 2, "{path}: the section and the page");
        assert!(!page.contains("<script>") && !page.contains(" style=") && !page.contains("onclick"), "{path}");
        for language in ["de", "ja"] {
            let page = html(&admin.get(&format!("{path}?rs={language}")).await.expect(200));
            assert!(page.contains(&format!("<html lang=\"{language}\">")) && !page.contains("{n}"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_no_administrator_any_more_loses_the_pages_at_once() {
    let (mut admin, mut other) = (Person::admin("adminleft").await, Person::admin("adminright").await);
    let page = admin.get("/admin/users/adminright").await.expect(200);
    other.get("/admin").await.expect(200);
    let before = other.get("/admin/users/adminleft").await.expect(200);
    admin.submit(&page, "/admin/users/adminright", &[("do", "no-admin")]).await.expect(303);
    other.get("/admin").await.expect(404);
    other.submit(&before, "/admin/users/adminleft", &[("do", "disable")]).await.expect(404);
    admin.get("/admin").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_is_added_with_a_password_that_is_shown_once() {
    let mut admin = Person::admin("adminadds").await;
    let page = admin.get("/admin/users").await.expect(200);
    let fields = [("user", "addedone"), ("name", "Grace <i>Hopper</i>"), ("email", "grace@example.org")];
    let answer = admin.submit(&page, "/admin/users", &fields).await.expect(200);
    let password = shown_password(&answer);
    assert!(can_sign_in(house().binary(), "addedone", &password).await);
    let page = html(&admin.get("/admin/users?q=HOPPER").await.expect(200));
    assert!(page.contains("Grace &#60;i&#62;Hopper") && page.contains("grace@example.org"), "{page}");
    assert!(!page.contains(&password));
    let user = html(&admin.get("/admin/users/addedone").await.expect(200));
    assert!(user.contains("Can sign in") && !user.contains(&password));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_cannot_be_are_refused_and_what_was_typed_stays() {
    let mut admin = Person::admin("adminrefuses").await;
    let page = admin.get("/admin/users").await.expect(200);
    for (user, status, words) in [("adminrefuses", 409, "already"), ("not a name", 422, "letters and digits")] {
        let fields = [("user", user), ("name", "Typed before"), ("email", "")];
        let answer = html(&admin.submit(&page, "/admin/users", &fields).await.expect(status));
        assert!(answer.contains(words) && answer.contains("Typed before") && answer.contains("role=\"alert\""));
    }
    assert!(html(&admin.get("/admin/users?q=nobodyiscalledthis").await.expect(200)).contains("Nobody was found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_is_given_a_password_shut_out_let_in_and_signed_out() {
    let mut admin = Person::admin("adminacts").await;
    let mut user = Person::new("actedon").await;
    let path = "/admin/users/actedon";
    let page = admin.get(path).await.expect(200);
    admin.submit(&page, path, &[("do", "sign-out")]).await.expect(303);
    user.get("/account").await.expect(303);
    let password = shown_password(&admin.submit(&page, path, &[("do", "password")]).await.expect(200));
    assert!(!can_sign_in(house().binary(), "actedon", PASSWORD).await);
    assert!(can_sign_in(house().binary(), "actedon", &password).await);
    let reply = admin.submit(&page, path, &[("do", "disable")]).await.expect(303);
    assert_eq!(location(&reply), "/admin/users/actedon?said=done");
    assert!(html(&admin.get(path).await.expect(200)).contains("Let in again"));
    assert!(!can_sign_in(house().binary(), "actedon", &password).await);
    admin.submit(&page, path, &[("do", "enable")]).await.expect(303);
    assert!(can_sign_in(house().binary(), "actedon", &password).await);
    admin.submit(&page, path, &[("do", "admin")]).await.expect(303);
    assert!(html(&admin.get(path).await.expect(200)).contains("Administrator"));
    admin.submit(&page, path, &[("do", "nonsense")]).await.expect(404);
    admin.post(path, &[("do", "disable")]).await.expect(403);
    admin.get("/admin/users/nobodyiscalledthis").await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_does_not_lock_himself_out_nor_the_last_one_all() {
    let binary = Binary::serve();
    binary.add_user("anna", &["--admin"]);
    binary.cli_ok(&["user", "disable", "admin"], "");
    binary.add_user("ben", &["--admin"]);
    let (mut anna, mut ben) = (Person::of(&binary, "anna").await, Person::of(&binary, "ben").await);
    let own = anna.get("/admin/users/anna").await.expect(200);
    assert!(html(&own).contains("This is you") && !html(&own).contains("name=\"do\""));
    for action in ["disable", "no-admin", "password"] {
        anna.submit(&own, "/admin/users/anna", &[("do", action)]).await.expect(404);
    }
    let at_ben = ben.get("/admin/users/anna").await.expect(200);
    anna.submit(&own, "/admin/users/ben", &[("do", "no-admin")]).await.expect(303);
    ben.submit(&at_ben, "/admin/users/anna", &[("do", "no-admin")]).await.expect(404);
    anna.get("/admin").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_users_are_told_page_by_page() {
    let binary = Binary::serve();
    binary.add_user("anna", &["--admin"]);
    let mut anna = Person::of(&binary, "anna").await;
    let page = anna.get("/admin/users").await.expect(200);
    for n in 0..60 {
        anna.submit(&page, "/admin/users", &[("user", &format!("many{n:02}")), ("name", "")]).await.expect(200);
    }
    let (mut path, mut seen, mut pages) = ("/admin/users?q=many".to_owned(), std::collections::BTreeSet::new(), 0);
    loop {
        let page = html(&anna.get(&path).await.expect(200));
        seen.extend(page.split("href=\"users/").skip(1).map(|rest| rest[..6].to_owned()));
        pages += 1;
        match between(&page, "class=\"button\" href=\"users?", "\"") {
            Some(next) => path = format!("/admin/users?{}", next.replace("&#38;", "&")),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (60, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_is_listed_and_ended_and_the_trail_says_by_whom() {
    let mut admin = Person::admin("adminlocks").await;
    house().binary().add_user("lockowner", &[]);
    house().binary().import("lockowner", &[("held.docx", b"text")]);
    let file = Wopi::from_json(http_client(), &house().binary().token("lockowner", "/held.docx"));
    file.lock("cool-lock12345678").await.expect(200);
    let page = admin.get("/admin/locks").await.expect(200);
    let text = html(&page);
    assert!(text.contains("lockowner:/held.docx") && text.contains("Held by Collabora Online"), "{text}");
    let at = text.find("lockowner:/held.docx").unwrap();
    let id = between(&text[at..], "name=\"file\" value=\"", "\"").unwrap();
    let held = between(&text[at..], "name=\"held\" value=\"", "\"").expect("what holds it");
    // Only the lock that was shown: meanwhile it may be somebody else's.
    file.relock("cool-lock12345678", "second").await.expect(200);
    for held in [held.as_str(), ""] {
        let reply = admin.submit(&page, "/admin/locks", &[("file", &id), ("held", held)]).await.expect(303);
        let said = html(&admin.get(&location(&reply)).await.expect(200));
        assert!(said.contains("meanwhile the lock had changed"), "{said}");
    }
    assert_eq!(file.held_by().await, "second");
    let text = html(&admin.get("/admin/locks").await.expect(200));
    let at = text.find("lockowner:/held.docx").unwrap();
    let held = between(&text[at..], "name=\"held\" value=\"", "\"").expect("what holds it");
    admin.submit(&page, "/admin/locks", &[("file", &id), ("held", &held)]).await.expect(303);
    assert!(!html(&admin.get("/admin/locks").await.expect(200)).contains("lockowner:/held.docx"));
    let trail = html(&admin.get("/admin/audit?user=adminlocks&event=lock-broken").await.expect(200));
    assert!(trail.contains("lockowner:/held.docx") && trail.contains("Lock ended"), "{trail}");
    admin.submit(&page, "/admin/locks", &[("file", "../x")]).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trail_tells_sign_ins_and_never_what_was_typed_instead_of_a_name() {
    let mut admin = Person::admin("admintrail").await;
    let mut person = Person::new("trailed").await;
    assert!(!can_sign_in(house().binary(), "trailed", "a wrong password").await);
    assert!(!can_sign_in(house().binary(), "hunter2ofmine", "x").await);
    let page = person.get("/account").await.expect(200);
    person.submit(&page, "/sign-out", &[]).await.expect(303);
    let trail = html(&admin.get("/admin/audit?user=TRAILED").await.expect(200));
    for words in ["Signed in", "Sign-in failed", "Signed out", "User added", "127.0.0.1"] {
        assert!(trail.contains(words), "{words}: {trail}");
    }
    let all = html(&admin.get("/admin/audit").await.expect(200));
    assert!(all.contains("Sign-in failed") && !all.contains("hunter2") && !all.contains("wrong password"));
    let entries = house().binary().cli_ok(&["audit", "--json"], "").stdout;
    assert!(!entries.contains("hunter2") && !entries.contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trail_is_told_page_by_page_and_odd_marks_lead_to_its_beginning() {
    let binary = Binary::serve();
    binary.add_user("anna", &["--admin"]);
    let mut anna = Person::of(&binary, "anna").await;
    let page = anna.get("/admin/users").await.expect(200);
    for n in 0..55 {
        anna.submit(&page, "/admin/users", &[("user", &format!("paged{n:02}")), ("name", "")]).await.expect(200);
    }
    let first = html(&anna.get("/admin/audit?event=user-added").await.expect(200));
    let next = between(&first, "class=\"button\" href=\"audit?", "\"").unwrap().replace("&#38;", "&");
    let second = html(&anna.get(&format!("/admin/audit?{next}")).await.expect(200));
    let count = |page: &str| page.matches("href=\"users/paged").count();
    assert_eq!((count(&first), count(&second)), (50, 5));
    assert!(first.contains("href=\"users/paged54\""), "the latest comes first");
    for odd in ["after=!", "after=AAAA", "user=%00%FF", "event=nonsense", "after="] {
        anna.get(&format!("/admin/audit?{odd}")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_backup_and_check_are_told_there_and_in_the_metrics() {
    let binary = Binary::serve();
    binary.add_user("anna", &["--admin"]);
    let mut anna = Person::of(&binary, "anna").await;
    assert!(html(&anna.get("/admin").await.expect(200)).contains("No backup was made yet"));
    let metric = |text: String| -> f64 {
        let line = text.lines().find(|line| line.starts_with("lockhouse_last_backup_timestamp_seconds ")).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(metric(html(&anna.get("/metrics").await.expect(200))).abs() < 0.5);
    let file = binary.scratch().join("nightly.backup");
    binary.cli_ok(&["backup", file.to_str().unwrap()], "");
    binary.cli_ok(&["check"], "");
    let store = html(&anna.get("/admin/store").await.expect(200));
    assert!(store.contains("nightly.backup") && store.contains("Damage found"), "{store}");
    assert!(html(&anna.get("/admin").await.expect(200)).contains("The last backup was made"));
    assert!(metric(html(&anna.get("/metrics").await.expect(200))) > 1.7e9);
    let page = anna.get("/admin/store").await.expect(200);
    anna.submit(&page, "/admin/store", &[("do", "collect")]).await.expect(303);
    anna.submit(&page, "/admin/store", &[("do", "other")]).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_editor_that_does_not_answer_is_told_with_the_reason_and_can_be_asked_again() {
    // A port on which nobody listens.
    let start = Start::default()
        .set("LOCKHOUSE_EDITORS__DISCOVERY", "collabora=http://127.0.0.1:9/hosting/discovery")
        .set("LOCKHOUSE_EDITORS__EARLY_REFRESH", "100ms");
    let binary = Binary::serve_with(start);
    binary.add_user("anna", &["--admin"]);
    let mut anna = Person::of(&binary, "anna").await;
    let page = anna.get("/admin/editors").await.expect(200);
    assert!(html(&page).contains("http://127.0.0.1:9/hosting/discovery") && html(&page).contains("Could never be"));
    let reply = anna.submit(&page, "/admin/editors", &[("editor", "collabora")]).await.expect(303);
    assert_eq!(location(&reply), "/admin/editors?said=asked");
    let after = html(&anna.get("/admin/editors").await.expect(200));
    assert!(after.contains("Why it failed"), "{after}");
    anna.submit(&page, "/admin/editors", &[("editor", "nobody")]).await.expect(404);
    let findings = html(&anna.submit(&page, "/admin/doctor", &[]).await.expect(200));
    assert!(findings.contains("The editor collabora does not answer"), "{findings}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trail_tells_what_people_do_in_their_pages() {
    let mut admin = Person::admin("admindeeds").await;
    let mut owner = Person::new("deedsowner").await;
    house().binary().add_user("deedsfriend", &[]);
    house().binary().import("deedsowner", &[("deeds.docx", b"text")]);
    let file = house().binary().token("deedsowner", "/deeds.docx")["wopisrc"].as_str().unwrap().to_owned();
    let file = file.rsplit('/').next().unwrap().to_owned();
    let share = format!("/share/{file}");
    let page = owner.get(&share).await.expect(200);
    owner.submit(&page, &share, &[("deed", "add"), ("who", "deedsfriend"), ("role", "viewer")]).await.expect(303);
    owner.submit(&page, &share, &[("deed", "link"), ("role", "viewer"), ("ends", "week")]).await.expect(303);
    let root = owner.get("/").await.expect(303);
    let root = location(&root);
    owner.submit(&page, &format!("{root}/items"), &[(&format!("i{file}"), "on"), ("act", "bin")]).await.expect(303);
    let bin = owner.get("/bin").await.expect(200);
    owner.submit(&bin, "/bin", &[("deed", "purge"), ("file", &file)]).await.expect(303);
    for event in ["role-given", "link-made", "deleted", "purged"] {
        let trail = html(&admin.get(&format!("/admin/audit?user=deedsowner&event={event}")).await.expect(200));
        assert!(trail.contains("deeds.docx"), "{event}: {trail}");
    }
}
