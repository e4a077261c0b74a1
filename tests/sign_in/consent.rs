//! Saying yes and no.

use crate::{
    house::House,
    support::Start,
    visitor::{Visitor, answer, field, parameter, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_leaves_after_yes_and_with_it_what_belongs_to_it() {
    let start = Start::default().set("LOCKHOUSE_OAUTH__SESSION_CONTEXT", "tenant:42%");
    let house = House::open_with(start);
    let mut visitor = Visitor::of(&house);
    let page = visitor.sign_in_at(&House::authorize("&state=x%20y"), "ines").await.expect(200);
    let said = text(&page);
    for part in ["Allow Office", "Ines Marlow", ">ines<", "files and folders"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let reply = visitor.decide(&page, "allow").await.expect(303);
    let told = answer(&reply);
    assert!(parameter(&told, "code").is_some_and(|code| code.len() >= 22), "{reply}");
    assert_eq!(parameter(&told, "state").as_deref(), Some("x y"));
    assert_eq!(parameter(&told, "sc").as_deref(), Some("tenant:42%"));
    assert_eq!(parameter(&told, "tk"), None);
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));

    // The second time it is asked in other words, and still asked.
    let again = visitor.get(&House::authorize("&state=")).await.expect(200);
    assert!(text(&again).contains("Continue to Office?") && text(&again).contains("Ines Marlow"));
    let told = answer(&visitor.decide(&again, "allow").await.expect(303));
    assert_eq!(parameter(&told, "state").as_deref(), Some(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_is_told_to_the_app_before_and_after_signing_in() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let sign_in = visitor.get(&House::authorize("&state=s")).await.expect(200);
    let consent = visitor.sign_in_at(&House::authorize("&state=s"), "ines").await.expect(200);
    for page in [&sign_in, &consent] {
        let told = answer(&visitor.decide(page, "cancel").await.expect(303));
        assert_eq!(parameter(&told, "error").as_deref(), Some("access_denied"));
        assert_eq!((parameter(&told, "state").as_deref(), parameter(&told, "code")), (Some("s"), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_say_yes() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let sign_in = visitor.get(&House::authorize("")).await.expect(200);
    let request = field(&sign_in, "request");
    let consent = visitor.sign_in_at(&House::authorize(""), "ines").await.expect(200);
    // The mark of the sign-in page is made for nobody in particular, and can only cancel.
    for (form, decision) in [
        (field(&sign_in, "form"), "allow"),
        (field(&sign_in, "form"), "other"),
        (String::new(), "allow"),
        (String::new(), "cancel"),
    ] {
        let fields = [("form", &*form), ("request", &*request), ("decision", decision)];
        let reply = visitor.post("/oauth/consent", &fields).await.expect(403);
        assert_eq!(reply.header("Location"), None, "{reply}");
    }
    visitor.headers = vec![("Sec-Fetch-Site", "cross-site".to_owned())];
    visitor.decide(&consent, "allow").await.expect(403);
    visitor.headers.clear();
    // What was shown to one account is not allowed by another.
    let mut other = Visitor::of(&house);
    other.cookies.insert("lockhouse-form".to_owned(), visitor.cookies["lockhouse-form"].clone());
    other.sign_in_at(&House::authorize(""), "berta").await.expect(200);
    other.decide(&consent, "allow").await.expect(403);
    answer(&visitor.decide(&consent, "allow").await.expect(303));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_can_be_used() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let page = visitor.sign_in_at(&House::authorize("&rs=en"), "ines").await.expect(200);
    let reply = visitor.decide(&page, "other").await.expect(303);
    let to = reply.header("Location").unwrap().strip_prefix("./authorize").unwrap().to_owned();
    let sign_in = visitor.get(&format!("/oauth/authorize{to}")).await.expect(200);
    assert!(text(&sign_in).contains("name=\"password\"") && !text(&sign_in).contains("Ines"));
    let page = visitor.sign_in_at(&House::authorize("&rs=en"), "berta").await.expect(200);
    assert!(text(&page).contains("Berta Quist"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_operator_wants_it_each_consent_costs_a_password() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_OAUTH__REUSE_SESSION", "false"));
    let mut visitor = Visitor::of(&house);
    for _ in 0..2 {
        let page = visitor.sign_in_at(&House::authorize(""), "ines").await.expect(200);
        answer(&visitor.decide(&page, "allow").await.expect(303));
        let page = visitor.get(&House::authorize("")).await.expect(200);
        assert!(text(&page).contains("name=\"password\""), "the session alone does not do");
    }
    // Nor does what was made for another session.
    let page = visitor.sign_in_at(&House::authorize(""), "ines").await.expect(200);
    let fresh = visitor.cookies["lockhouse-fresh"].clone();
    visitor.decide(&page, "other").await.expect(303);
    visitor.cookies.remove("lockhouse-fresh");
    visitor.sign_in_at("/sign-in", "berta").await.expect(303);
    visitor.cookies.insert("lockhouse-fresh".to_owned(), fresh);
    assert!(text(&visitor.get(&House::authorize("")).await).contains("name=\"password\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_work_below_a_path() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_PUBLIC_URL", "http://127.0.0.1:9/docs"));
    let house = &house;
    for prefix in ["", "/docs"] {
        let mut visitor = Visitor::of(house);
        visitor.at = prefix;
        let page = visitor.sign_in_at(&House::authorize(""), "ines").await.expect(200);
        answer(&visitor.decide(&page, "allow").await.expect(303));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_opens_what_was_allowed_and_no_more() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let query = "client_id=phone&response_type=code&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
                 &code_challenge_method=S256";
    let page = visitor.sign_in_at(&format!("/oauth/authorize?{query}"), "berta").await.expect(200);
    assert!(text(&page).contains("Allow Lumora") && text(&page).contains("connect other apps"), "{}", text(&page));
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(policy.contains("form-action 'self' com.example.lumora:;"), "{policy}");
    let reply = visitor.decide(&page, "allow").await.expect(303);
    let query = reply.header("Location").unwrap().strip_prefix("com.example.lumora:/back?").expect("the app's address");
    let told: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let code = parameter(&told, "code").unwrap();
    let redeem = [
        ("grant_type", "authorization_code"),
        ("client_id", "phone"),
        ("code", &*code),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ];
    // Whoever redeems it is another than the browser.
    let mut app = Visitor::of(&house);
    let tokens = app.post("/oauth/token", &redeem).await.expect(200);
    app.headers.push(("Authorization", format!("Bearer {}", tokens.text("access_token"))));
    let refused = app.post("/api/office/code", &[]).await.expect(400);
    assert_eq!(refused.text("error"), "invalid_request", "the token is good, the request is not");
    app.headers.clear();
    assert_eq!(app.post("/oauth/token", &redeem).await.expect(400).text("error"), "invalid_grant");
}
