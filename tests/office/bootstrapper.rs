//! The bootstrapper: E1 to E6, B-1 to B-35, B-75, B-105, B-109, B-110.

use crate::client::{Challenge, Item, Place, Returned, check_bootstrapper_answer};
use crate::desk::{Desk, settings};
use crate::net::count;
use crate::support::{Reply, Start, percent, tokens};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// A request of the bootstrapper with any header `Authorization`.
async fn bare(desk: &Desk, method: Method, authorization: Option<&str>) -> Reply {
    let headers: Vec<(&str, &str)> = authorization.map(|value| ("Authorization", value)).into_iter().collect();
    let reply = desk.net().send(method, &desk.bootstrapper(), &headers, None).await;
    check_bootstrapper_answer(&reply);
    reply
}

async fn someones_place(desk: &Desk) -> (String, Place) {
    let user = desk.someone(&[]);
    let place = desk.office().add_place(&user).await;
    (user, place)
}

#[tokio::test]
async fn e1_b6_b30_without_a_good_token_the_answer_is_always_the_same_401() {
    let desk = Desk::shared();
    let (user, place) = someones_place(desk).await;
    desk.binary().cli_ok(&["user", "disable", &user], "");
    let revoked = format!("Bearer {}", place.access);
    let first = bare(desk, Method::GET, None).await.expect(401);
    let long = format!("Bearer {}", "x".repeat(8000));
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer:",
        "Bearer   ",
        "",
        "Basic YWxpY2U6c2VjcmV0",
        "Bearer a.b.c",
        "Bearer ..",
        "nonsense",
        "Bearer \u{e9}\u{e8}",
        "Bearer two words",
        &long,
        &revoked,
    ] {
        for method in [Method::GET, Method::POST] {
            let reply = bare(desk, method, Some(value)).await.expect(401);
            assert_eq!(reply.header("WWW-Authenticate"), first.header("WWW-Authenticate"), "B-30: {value:.40}");
            assert_eq!(reply.body, first.body, "B-30: {value:.40}");
            assert!(reply.header("Location").is_none(), "{reply}");
        }
    }
    assert!(first.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json")), "{first}");
}

#[tokio::test]
async fn b25_b29_the_challenge_is_spelled_as_naive_parsers_need_it() {
    let desk = Desk::shared();
    let reply = desk.net().get(&desk.bootstrapper()).await;
    let text = reply.header("WWW-Authenticate").expect("the header");
    assert!(text.starts_with("Bearer authorization_uri=\""), "{text}");
    assert_eq!(text.matches("Bearer").count(), 1, "{text}");
    assert!(!text.trim_end().ends_with(','), "{text}");
    let challenge = Challenge::read(&reply);
    let names: Vec<&str> = challenge.parameters.keys().map(String::as_str).collect();
    assert_eq!(names, ["UrlSchemes", "authorization_uri", "providerId", "tokenIssuance_uri"], "B-29: nothing else");
    assert_eq!(challenge.parameters["providerId"], "TP_LUMORA");
    for url in [challenge.authorization(), challenge.tokens()] {
        assert!(desk.net().leads_here(url) && !url.contains(['=', ',', '"']), "B-27: {url}");
    }
    let expected = json!({
        "iOS": ["lumora", "lumora-work"],
        "Android": ["240000", "example.lumora.docs", "example.lumora.docs.SignInActivity"],
    });
    assert_eq!(challenge.schemes(), Some(expected), "B-32 to B-34: UWP has no app");
    let encoded = &challenge.parameters["UrlSchemes"];
    assert!(!encoded.contains("%20") && !encoded.contains("%0A"), "B-35: compact: {encoded}");
}

#[tokio::test]
async fn b28_b32_what_is_not_configured_is_left_out() {
    let desk = Desk::with(Start::default());
    let names: Vec<String> = desk.office().challenge().await.parameters.into_keys().collect();
    assert_eq!(names, ["authorization_uri", "tokenIssuance_uri"]);
    let all = settings()
        .set("LOCKHOUSE_OFFICE__UWP_SCHEMES", "lumora-uwp")
        .set("LOCKHOUSE_OFFICE__IOS_SCHEMES", "")
        .set("LOCKHOUSE_OFFICE__ANDROID_APPS", "1/a.b/a.b.C,2/d.e/d.e.F");
    let desk = Desk::with(all);
    let expected = json!({ "Android": ["1", "a.b", "a.b.C", "2", "d.e", "d.e.F"], "UWP": ["lumora-uwp"] });
    assert_eq!(desk.office().challenge().await.schemes(), Some(expected), "B-34: triples in a flat list");
}

#[tokio::test]
async fn b3_b4_b110_the_addresses_come_from_the_settings_alone() {
    let start = settings()
        .set("LOCKHOUSE_OAUTH__PUBLIC_URL", "https://id.lumora.example")
        .set("LOCKHOUSE_OFFICE__BOOTSTRAPPER", "/office/wopibootstrapper");
    let desk = Desk::behind_proxy(start, &["https://docs.lumora.example", "https://id.lumora.example"]);
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("a.docx", b"text")]);
    assert_eq!(desk.bootstrapper(), "https://docs.lumora.example/office/wopibootstrapper");
    let mut office = desk.office();
    let challenge = office.challenge().await;
    assert_eq!(challenge.authorization(), "https://id.lumora.example/oauth/authorize");
    assert_eq!(challenge.tokens(), "https://id.lumora.example/oauth/token");
    // B-108: what the request claims about the host changes nothing.
    let forged = [("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example;proto=http")];
    let reply = desk.net().send(Method::GET, &desk.bootstrapper(), &forged, None).await;
    assert_eq!(Challenge::read(&reply), challenge);
    // B-51: every hop is https, and what was given out works.
    let place = office.add_place(&user).await;
    for reply in &office.view.seen {
        let location = reply.header("Location").unwrap_or_default();
        assert!(!location.starts_with("http:"), "B-51: {reply}");
    }
    let file = place.find(&["a.docx"]).await;
    assert!(file.src.starts_with("https://docs.lumora.example/wopi/files/"), "{}", file.src);
    file.edit(b"new").await;
    // B-4: elsewhere there is no bootstrapper.
    desk.net().get("https://docs.lumora.example/wopibootstrapper").await.expect(404);
}

#[tokio::test]
async fn e2_b5_the_word_bearer_may_be_spelled_in_many_ways() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    for word in ["Bearer ", "Bearer: ", "bearer ", "BEARER   ", "bearer:  ", "Bearer:"] {
        bare(desk, Method::GET, Some(&format!("{word}{}", place.access))).await.expect(200);
    }
}

#[tokio::test]
async fn e3_b1_the_two_kinds_of_tokens_are_never_interchangeable() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    let root = place.root().await;
    let made = Item::at(&root.net, &root.create_file("X-WOPI-SuggestedTarget", ".docx").await.expect(200).text("Url"));
    let url = place.profile["Bootstrap"]["EcosystemUrl"].as_str().expect("a URL");
    let ecosystem = Item::at(&root.net, url);
    for item in [&root, &made, &ecosystem] {
        item.info().await;
        for token in [&item.token, &tokens::unsigned(&item.token)] {
            bare(desk, Method::GET, Some(&format!("Bearer {token}"))).await.expect(401);
            bare(desk, Method::POST, Some(&format!("Bearer {token}"))).await.expect(401);
        }
        Item { token: place.access.clone(), ..item.clone() }.try_info().await.expect(401);
        let bearer = format!("Bearer {}", place.access);
        desk.net().send(Method::GET, &item.src, &[("Authorization", &bearer)], None).await.expect(401);
        Item { token: place.refresh.clone(), ..item.clone() }.try_info().await.expect(401);
    }
    // A refresh token opens nothing either.
    bare(desk, Method::GET, Some(&format!("Bearer {}", place.refresh))).await.expect(401);
}

#[tokio::test]
async fn b75_a_token_in_the_query_is_no_token() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    let url = format!("{}?access_token={}", desk.bootstrapper(), percent(&place.access));
    Challenge::read(&desk.net().get(&url).await);
    Challenge::read(&desk.net().send(Method::POST, &url, &[], None).await);
}

#[tokio::test]
async fn e4_b9_what_is_not_a_known_shortcut_is_an_ordinary_bootstrap() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    let plain = place.bootstrap().await;
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&plain), ["Bootstrap"]);
    for operation in [None, Some("FOO"), Some(""), Some("get_root_container"), Some("GET_ROOT_CONTAINER2")] {
        let json = place.call(Method::POST, operation, &[]).await.expect(200).json();
        assert_eq!(keys(&json), ["Bootstrap"], "{operation:?}");
        for name in ["UserId", "SignInName"] {
            assert_eq!(json["Bootstrap"][name], plain["Bootstrap"][name]);
        }
    }
    // B-24: reserved; a plain Bootstrap is fine, and what is more has a URL.
    let more = [("X-WOPI-HostNativeFileName", "https://elsewhere.example/x")];
    let reply = place.call(Method::POST, Some("GET_WOPI_SRC_WITH_ACCESS_TOKEN"), &more).await;
    if reply.expect_one_of(&[200, 404]).status == 200 {
        place.bootstrap().await;
    }
}

#[tokio::test]
async fn b13_to_b16_the_profile_is_complete_and_its_ecosystem_works() {
    let desk = Desk::shared();
    let user = desk.someone(&["--display-name", "Ines Märlow", "--email", "ines@lumora.example"]);
    let place = desk.office().add_place(&user).await;
    let bootstrap = place.bootstrap().await["Bootstrap"].clone();
    assert_eq!(bootstrap["UserFriendlyName"], "Ines Märlow");
    assert_eq!(bootstrap["SignInName"], "ines@lumora.example", "2.1: mostly an e-mail address");
    let id = bootstrap["UserId"].as_str().expect("a string");
    assert!(!id.contains(|c: char| "\\/:*?\"<>|#{}^[]`%".contains(c) || c.is_control()), "B-14: {id}");
    let again = desk.office().add_place(&user).await;
    assert_eq!(again.user_id(), id, "B-14: unchanged over time");
    let ecosystem = Item::at(&desk.net(), bootstrap["EcosystemUrl"].as_str().expect("a URL"));
    assert_eq!(ecosystem.info().await["SupportsContainers"], true);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    assert!(tokens::expiry(&ecosystem.token).abs_diff(now + 36_000) < 120, "B-16: ten hours");
}

#[tokio::test]
async fn b14_a_user_who_gets_the_name_of_one_who_left_is_somebody_else() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let place = desk.office().add_place(&user).await;
    desk.binary().cli_ok(&["user", "rm", &user], "");
    place.call(Method::GET, None, &[]).await.expect(401);
    desk.binary().add_user(&user, &[]);
    place.call(Method::GET, None, &[]).await.expect(401);
    let successor = desk.office().add_place(&user).await;
    assert_ne!(successor.user_id(), place.user_id());
}

#[tokio::test]
async fn b17_b18_the_shortcut_to_the_root_is_what_the_ecosystem_says() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    let json = place.call(Method::POST, Some("GET_ROOT_CONTAINER"), &[]).await.expect(200).json();
    assert!(json["Bootstrap"].is_object(), "{json}");
    let shortcut = &json["RootContainerInfo"];
    let ecosystem = Item::at(&desk.net(), json["Bootstrap"]["EcosystemUrl"].as_str().expect("a URL"));
    let pointer = ecosystem.call("/root_container_pointer", None, &[], None).await.expect(200).json();
    let src = |value: &Value| Item::at(&desk.net(), value["ContainerPointer"]["Url"].as_str().expect("a URL")).src;
    assert_eq!(src(shortcut), src(&pointer));
    assert_eq!(shortcut["ContainerPointer"]["Name"], pointer["ContainerPointer"]["Name"]);
    assert_eq!(shortcut["ContainerInfo"], pointer["ContainerInfo"]);
    assert_eq!(shortcut["ContainerInfo"]["Name"], shortcut["ContainerPointer"]["Name"]);
    for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
        assert!(shortcut["ContainerInfo"][flag].is_boolean(), "{flag}: {shortcut}");
    }
}

#[tokio::test]
async fn e5_b20_a_new_token_is_only_for_what_the_user_can_reach_on_this_host() {
    let desk = Desk::shared();
    let (user, other) = (desk.someone(&[]), desk.someone(&[]));
    desk.binary().import(&user, &[("a.docx", b"text"), ("gone.docx", b"text")]);
    desk.binary().import(&other, &[("b.docx", b"text")]);
    let place = desk.office().add_place(&user).await;
    let file = place.find(&["a.docx"]).await;
    let gone = place.find(&["gone.docx"]).await;
    gone.call("", Some("DELETE"), &[], None).await.expect(200);
    let theirs = desk.binary().token(&other, "/b.docx")["wopisrc"].as_str().expect("a URL").to_owned();
    let src = file.src.as_str();
    let authority = src.split('/').nth(2).expect("an authority");
    let id = src.rsplit('/').next().expect("an id");
    let container = place.root().await.src.clone();
    for wrong in [
        String::new(),
        "nonsense".into(),
        src.replace(authority, "evil.example"),
        src.replace(authority, &format!("{authority}.evil.example")),
        src.replace("http://", "https://"),
        src.replace("http://", "ftp://"),
        format!("{src}/contents"),
        format!("{src}/"),
        src.replace("/wopi/files/", "/wopi/folders/"),
        src.replace("/wopi/files/", "/wopi/containers/"),
        src.replace("/wopi/files/", "/files/"),
        src.replace("/wopi/", "/api_wopi/"),
        src.replace(id, "AAAAAAAAAAAAAAAAAAAAAA"),
        src.replace(id, ""),
        src.replace(id, "%2e%2e"),
        container.replace("/wopi/containers/", "/wopi/files/"),
        theirs,
        gone.src.clone(),
        "\u{e9}".into(),
        format!("/wopi/files/{id}"),
        format!("{src}{}", "x".repeat(4000)),
    ] {
        let reply = place.try_new_token(&wrong).await;
        assert_eq!(reply.status, 404, "{wrong:.200}: {reply}");
    }
    place.call(Method::POST, Some("GET_NEW_ACCESS_TOKEN"), &[]).await.expect(404);
    // A query is dropped, a percent-encoded value is read.
    for right in [src.to_owned(), format!("{src}?access_token=old&x=y"), percent(src), percent(&format!("{src}?a=b"))] {
        let json = place.try_new_token(&right).await.expect(200).json();
        let token = json["AccessTokenInfo"]["AccessToken"].as_str().expect("a token").to_owned();
        Item { token, ..file.clone() }.info().await;
        assert!(json["Bootstrap"].is_object(), "{json}");
    }
}

#[tokio::test]
async fn e6_b19_b21_a_new_token_is_for_one_item_and_tells_its_end_in_milliseconds() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("folder/a.docx", b"text"), ("other/b.docx", b"text")]);
    let place = desk.office().add_place(&user).await;
    let folder = place.find(&["folder"]).await;
    let other = place.find(&["other"]).await;
    let json = place.try_new_token(&folder.src).await.expect(200).json();
    let info = &json["AccessTokenInfo"];
    let expiry = info["AccessTokenExpiry"].as_u64().unwrap_or_else(|| panic!("an integer: {json}"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let now = u64::try_from(now).expect("milliseconds");
    assert!(expiry > now + 35_900_000 && expiry <= now + 36_000_000 + 1000, "B-19: {expiry} at {now}");
    let token = info["AccessToken"].as_str().expect("a token").to_owned();
    assert!(tokens::expiry(&token).abs_diff(expiry / 1000) <= 1, "{json}");
    Item { token: token.clone(), ..folder.clone() }.info().await;
    Item { token: token.clone(), ..other.clone() }.try_info().await.expect(401);
    Item { token, ..folder.child("a.docx").await }.try_info().await.expect(401);
    // B-21: the tokens before stay good.
    folder.info().await;
}

#[tokio::test]
async fn b10_b105_headers_from_outside_change_nothing_and_cannot_forge_log_lines() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    let long = "y".repeat(6000);
    for value in ["tenant:42", "\u{1b}[31mred", &long, "\u{e9}\u{fffd}", "a\tb"] {
        let more = [
            ("X-WOPI-SessionContext", value),
            ("X-WOPI-CorrelationId", value),
            ("X-WOPI-SessionId", value),
            ("X-WOPI-ClientVersion", value),
        ];
        let value = value.chars().all(|c| !c.is_control() || c == '\t');
        if value {
            place.call(Method::GET, None, &more).await.expect(200);
        }
    }
    assert!(!desk.binary().log().contains("yyyyyyyyyy".repeat(100).as_str()), "B-105: bounded in the log");
}

#[tokio::test]
async fn b109_proof_headers_are_never_demanded_at_the_bootstrapper() {
    let desk = Desk::shared();
    let (_, place) = someones_place(desk).await;
    let more = [("X-WOPI-Proof", "bm9uc2Vuc2U="), ("X-WOPI-ProofOld", "bm9uc2Vuc2U="), ("X-WOPI-TimeStamp", "1")];
    place.call(Method::GET, None, &more).await.expect(200);
    place.call(Method::POST, Some("GET_ROOT_CONTAINER"), &more).await.expect(200);
}

#[tokio::test]
async fn b6_other_methods_and_a_session_cookie_do_not_open_the_bootstrapper() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    office.add_place(&user).await;
    // B-12: the web view's cookies are not a token.
    let reply = office.view.ask(Method::GET, &desk.bootstrapper(), None, "").await;
    Challenge::read(&reply);
    let reply = desk.net().send(Method::PUT, &desk.bootstrapper(), &[], None).await;
    assert!([401, 404, 405].contains(&reply.status), "{reply}");
    assert_eq!(count(&reply, "set-cookie"), 0);
}

#[tokio::test]
async fn b22_a_file_keeps_its_address_through_renaming_and_moving() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("folder/a.docx", b"text")]);
    let place = desk.office().add_place(&user).await;
    let file = place.find(&["folder", "a.docx"]).await;
    desk.binary().cli_ok(&["mv", "/folder/a.docx", "/b.docx", "--owner", &user], "");
    let again = place.item(&file.src).await;
    assert_eq!(again.info().await["BaseFileName"], "b.docx");
    assert_eq!(place.find(&["b.docx"]).await.src, file.src);
}

#[tokio::test]
async fn b77_a_token_is_good_everywhere_before_its_answer_leaves() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let mut place = office.add_place(&user).await;
    for _ in 0..10 {
        place.refreshed().await.expect(200);
        place.bootstrap().await;
        let stop = office.walk(&user, &[]).await;
        let challenge = office.challenge().await;
        office.service.accept(&Returned::read(&stop), &challenge).await.root().await;
    }
}
