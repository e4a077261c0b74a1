//! The operator's own app, to which Office has handed the sign-in (section 8).

use serde_json::{Value, json};

use crate::{
    house::House,
    support::{Reply, Start, wopi::http_client},
};

async fn ask(house: &House, token: &str, body: &Value) -> Reply {
    let request = http_client().post(format!("{}/api/office/code", house.origin())).json(body);
    let response = request.header("Authorization", format!("Bearer {token}")).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Reply { asked: body.to_string(), status, headers, body: response.bytes().await.unwrap().to_vec() }
}

fn word_on_ios() -> Value {
    json!({"client_id": "office-k4", "scope": "wopi", "app": "word", "platform": "iOS", "action": "0b7d3c56-8d0c", "rs": "enUS"})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_gets_a_code_in_the_forms_that_office_reads() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_OAUTH__SESSION_CONTEXT", "tenant:42"));
    let reply = ask(&house, &house.app_token, &word_on_ios()).await.expect(200);
    let code = reply.text("code");
    assert_eq!(reply.text("return_url"), format!("ms-word-tp:code={code}&sc=tenant%3A42&action=0b7d3c56-8d0c"));
    assert_eq!((reply.text("sc").as_str(), reply.text("user_id").as_str()), ("tenant:42", "ines"));
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    assert!(!reply.text("code").contains(&house.app_token));
    let android = json!({"client_id": "office-k4", "platform": "android", "app": "word", "user_id": "ines"});
    let reply = ask(&house, &house.app_token, &android).await.expect(200);
    assert_eq!(reply.text("response_params"), format!("code={}&sc=tenant%3A42", reply.text("code")));
    assert!(reply.json().get("return_url").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_comes_in_the_forms_that_office_reads() {
    let house = House::open();
    let mut wanted = word_on_ios();
    wanted["scope"] = json!("everything");
    let reply = ask(&house, &house.app_token, &wanted).await.expect(400);
    assert_eq!(reply.text("error"), "invalid_scope");
    let url = reply.text("return_url");
    assert!(
        url.starts_with("ms-word-tp:error=invalid_scope&error_description=") && url.ends_with("&action=0b7d3c56-8d0c"),
        "{url}"
    );

    let android = json!({"client_id": "office-k4", "platform": "android", "user_id": "berta"});
    let reply = ask(&house, &house.app_token, &android).await.expect(403);
    let params = reply.text("response_params");
    assert!(params.starts_with("error=access_denied&error_description=\"") && params.ends_with('"'), "{params}");
    for (wanted, error) in [
        (json!({"client_id": "nobody"}), "invalid_request"),
        (json!({"client_id": "office-k4", "redirect_uri": "https://evil.example"}), "invalid_request"),
        (json!([]), "invalid_request"),
        (json!({"client_id": 7}), "invalid_request"),
    ] {
        assert_eq!(ask(&house, &house.app_token, &wanted).await.expect(400).text("error"), error, "{wanted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_of_the_app_gets_a_code() {
    let house = House::open();
    for (token, status) in [("", 401), ("x", 401), (&*house.office_token, 403)] {
        let reply = ask(&house, token, &word_on_ios()).await.expect(status);
        assert!(reply.header("WWW-Authenticate").unwrap().starts_with("Bearer error="), "{reply}");
        assert!(reply.json().get("code").is_none());
    }
    house.binary.cli_ok(&["user", "disable", "ines"], "");
    ask(&house, &house.app_token, &word_on_ios()).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_asks_too_often_has_to_wait() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_OAUTH__BOOTSTRAPPER_RATE", "2"));
    for _ in 0..2 {
        ask(&house, &house.app_token, &word_on_ios()).await.expect(200);
    }
    let reply = ask(&house, &house.app_token, &word_on_ios()).await.expect(429);
    assert!(reply.header("Retry-After").is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|seconds| seconds > 0)));
}
