//! The JSON interface of the operator's own app, over HTTP without a network.

use std::sync::Arc;

use actix_web::{
    App,
    http::{StatusCode, header},
    test, web,
};
use bytes::Bytes;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::{
    clock::{ManualClock, Timestamp},
    host::{
        Host, HostOptions,
        accounts::NewAccount,
        oauth::{CodeUse, NewClient, NewCode},
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::{NodeId, UserId},
    launch::LaunchLink,
    licence::AccountKind,
    names::FileName,
    oauth::Identity,
    permission::Role,
    settings::Settings,
    store::records::AccountRecord,
    urls::Urls,
};

/// A host with Anna, her document, and Ben.
struct Scene {
    _directory: TempDir,
    identity: Identity,
    anna: AccountRecord,
    ben: AccountRecord,
    file: NodeId,
}

impl Scene {
    async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    async fn with(mut settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut options = HostOptions::new(directory.path().join("store"));
        options.store.free_space_floor = 0;
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_800_000_000_000)));
        let host = Host::open(options, clock).await.unwrap();
        let (anna, ben) = (user(&host, "anna").await, user(&host, "ben").await);
        let file = create(&host, &anna, "Budget notes.docx").await;
        let client = NewClient {
            id: "lumora".to_owned(),
            name: "Lumora".to_owned(),
            redirect_uris: vec!["https://localhost".to_owned()],
            scopes: vec!["wopi".to_owned(), "app".to_owned()],
            public: false,
        };
        host.clients().add(client).await.unwrap();
        settings.office.provider_id = "TPLUMORA".to_owned();
        settings.office.android_store_links = ["word=https://go.example/w"].into_iter().collect();
        let urls = Arc::new(Urls::new("https://docs.lumora.example".parse().unwrap()));
        let identity = Identity::new(host, urls, Arc::new(settings));
        Self { _directory: directory, identity, anna, ben, file }
    }

    /// An access token as the app has one.
    async fn token(&self, account: &AccountRecord, scope: &str) -> String {
        let host = &self.identity.host;
        let client = host.clients().get("lumora").unwrap().unwrap();
        let code = NewCode {
            client: client.id.clone(),
            redirect_uri: None,
            user: account.user.clone(),
            generation: account.generation,
            scopes: vec![scope.to_owned()],
            challenge: None,
        };
        let code = host.grants().issue_code(code).await.unwrap();
        let code_use = CodeUse { code: &code, redirect_uri: None, verifier: None };
        host.grants().redeem(&client, code_use).await.unwrap().access_token
    }

    /// Status, challenge and JSON.
    async fn get(&self, path: &str, token: Option<&str>) -> (StatusCode, String, Value) {
        let app = App::new().app_data(web::Data::new(self.identity.clone())).configure(routes);
        let app = test::init_service(app).await;
        let mut request = test::TestRequest::get().uri(path);
        if let Some(token) = token {
            request = request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
        }
        let response = test::call_service(&app, request.to_request()).await;
        let challenge = response.headers().get(header::WWW_AUTHENTICATE);
        let challenge = challenge.map_or_else(String::new, |value| value.to_str().unwrap().to_owned());
        let status = response.status();
        (status, challenge, serde_json::from_slice(&test::read_body(response).await).unwrap())
    }
}

async fn user(host: &Host, name: &str) -> AccountRecord {
    let new = NewAccount {
        user: UserId::parse(name).unwrap(),
        display_name: "",
        email: None,
        password: None,
        admin: false,
        kind: AccountKind::Consumer,
    };
    host.accounts().add(new).await.unwrap()
}

async fn create(host: &Host, account: &AccountRecord, name: &str) -> NodeId {
    let name = FileName::parse(name).unwrap();
    host.create_file(&account.user, &account.drive, &name, Bytes::from_static(b"x")).await.unwrap()
}

#[actix_web::test]
async fn the_app_gets_the_link_that_opens_a_file_for_its_user() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.anna, "app").await;
    let path = format!("/api/office/link/{}", scene.file);
    let (status, _, told) = scene.get(&path, Some(&token)).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let link: LaunchLink = told["link"].as_str().unwrap().parse().unwrap();
    assert_eq!(link.wopi_src, format!("https://docs.lumora.example/wopi/files/{}", scene.file));
    assert_eq!((link.service.as_deref(), link.user.as_str()), (Some("TPLUMORA"), "anna"));
    assert_eq!((&told["command"], &told["origin"], &told["opening"]), (&"ofe".into(), &"app".into(), &"edited".into()));
    assert_eq!((&told["ios_store"], &told["android_store"]), (&Value::Null, &"https://go.example/w".into()));

    let more = format!("{path}?mode=view&origin=web&pass_back=lumora&context=a%7Cb%20c");
    let (_, _, told) = scene.get(&more, Some(&token)).await;
    let link = told["link"].as_str().unwrap();
    assert!(link.starts_with("ms-word:ofv|") && link.ends_with("|a|Web|p|lumora|c|a%7Cb%20c"), "{link}");

    for wrong in ["mode=both", "pass_back=a%3Ab", "mode=edit&mode=view", "origin=desk"] {
        let (status, _, told) = scene.get(&format!("{path}?{wrong}"), Some(&token)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {told}");
    }
    scene.identity.host.close();
}

#[actix_web::test]
async fn the_link_names_the_user_as_the_bootstrapper_does() {
    let scene = Scene::new().await;
    let accounts = scene.identity.host.accounts();
    user(&scene.identity.host, "carla").await;
    accounts.remove_empty(&UserId::parse("carla").unwrap()).await.unwrap();
    let carla = user(&scene.identity.host, "carla").await;
    let file = create(&scene.identity.host, &carla, "Plan.docx").await;
    let token = scene.token(&carla, "app").await;
    let (_, _, told) = scene.get(&format!("/api/office/link/{file}"), Some(&token)).await;
    assert_eq!(told["user"].as_str(), Some(carla.wopi_id().as_str()));
    assert_ne!(carla.wopi_id(), &carla.user, "the id of the earlier one is not given again");
    scene.identity.host.close();
}

#[actix_web::test]
async fn a_file_that_is_not_for_the_user_is_one_that_is_not_there() {
    let scene = Scene::new().await;
    let host = &scene.identity.host;
    let token = scene.token(&scene.ben, "app").await;
    let path = format!("/api/office/link/{}", scene.file);
    let hidden = scene.get(&path, Some(&token)).await;
    let nowhere = scene.get("/api/office/link/nowhere", Some(&token)).await;
    assert_eq!(hidden.0, StatusCode::NOT_FOUND);
    assert_eq!(hidden, nowhere);
    assert_eq!(scene.get("/api/office/link/no%20id", Some(&token)).await, nowhere);

    host.rights().grant(&scene.anna.user, &scene.ben.user, &scene.file, Role::Viewer).await.unwrap();
    let (_, _, told) = scene.get(&format!("{path}?mode=edit"), Some(&token)).await;
    assert_eq!((&told["mode"], &told["user"]), (&"view".into(), &"ben".into()), "who cannot write gets `ofv`");
    host.bin_file(&scene.file, &scene.anna.user).await.unwrap();
    assert_eq!(scene.get(&path, Some(&token)).await, nowhere, "in the bin");

    let picture = create(host, &scene.ben, "holiday.jpg").await;
    let (status, _, told) = scene.get(&format!("/api/office/link/{picture}"), Some(&token)).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{told}");
    host.close();
}

#[actix_web::test]
async fn a_link_names_a_user_as_the_bootstrapper_does_also_the_second_one_of_that_name() {
    let scene = Scene::new().await;
    let host = &scene.identity.host;
    host.accounts().remove_empty(&scene.ben.user).await.unwrap();
    let ben = user(host, "ben").await;
    let file = create(host, &ben, "Plan.docx").await;
    let token = scene.token(&ben, "app").await;
    let (_, _, told) = scene.get(&format!("/api/office/link/{file}"), Some(&token)).await;
    let link: LaunchLink = told["link"].as_str().unwrap().parse().unwrap();
    assert_eq!(link.user, ben.wopi_id().as_str());
    assert_ne!(link.user, "ben", "that was somebody else");
    host.close();
}

#[actix_web::test]
async fn only_an_oauth_token_with_the_scope_of_the_app_is_taken() {
    let scene = Scene::new().await;
    let host = &scene.identity.host;
    let link = format!("/api/office/link/{}", scene.file);
    let resource = Resource::File(scene.file.clone());
    let wopi = NewToken::for_user(&scene.anna, resource, Role::Owner, ClientKind::Any);
    let wopi = host.tokens().issue(&wopi, host.options().token_lifetime).unwrap().text;
    let office = scene.token(&scene.anna, "wopi").await;
    let late = scene.token(&scene.anna, "app").await;
    assert_eq!(scene.get("/api/office/apps", Some(&late)).await.0, StatusCode::OK);
    host.accounts().disable(&scene.anna.user, true).await.unwrap();
    host.accounts().disable(&scene.anna.user, false).await.unwrap();
    for path in [link.as_str(), "/api/office/apps"] {
        let (status, challenge, told) = scene.get(path, None).await;
        assert_eq!((status, challenge.as_str()), (StatusCode::UNAUTHORIZED, "Bearer"));
        assert_eq!(told["status"], 401);
        for token in ["junk", &wopi, &late] {
            let (status, challenge, _) = scene.get(path, Some(token)).await;
            assert_eq!((status, challenge.as_str()), (StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""));
        }
    }
    assert!(scene.get(&link, Some(&office)).await.0.is_client_error());
    let ben = scene.token(&scene.ben, "wopi").await;
    let (status, challenge, _) = scene.get("/api/office/apps", Some(&ben)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    host.close();
}

#[actix_web::test]
async fn an_app_that_asks_too_often_has_to_wait_and_others_do_not() {
    let mut settings = Settings::default();
    settings.oauth.bootstrapper_rate = 2;
    let scene = Scene::with(settings).await;
    let (anna, ben) = (scene.token(&scene.anna, "app").await, scene.token(&scene.ben, "app").await);
    let link = format!("/api/office/link/{}", scene.file);
    assert_eq!(scene.get(&link, Some(&anna)).await.0, StatusCode::OK);
    assert_eq!(scene.get("/api/office/apps", Some(&anna)).await.0, StatusCode::OK);
    for path in [link.as_str(), "/api/office/apps"] {
        let (status, _, told) = scene.get(path, Some(&anna)).await;
        assert_eq!((status, &told["status"]), (StatusCode::TOO_MANY_REQUESTS, &429.into()), "{told}");
    }
    assert_eq!(scene.get("/api/office/apps", Some(&ben)).await.0, StatusCode::OK);
    scene.identity.host.close();
}

#[actix_web::test]
async fn what_an_app_must_know_of_office_is_told_as_data() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.anna, "app").await;
    let (status, _, told) = scene.get("/api/office/apps", Some(&token)).await;
    assert_eq!(status, StatusCode::OK);
    let word = &told["apps"][0];
    assert_eq!(word["app"], "word");
    assert_eq!(word["edited"], serde_json::json!(["docx", "docm", "dotm", "dotx"]));
    assert_eq!(word["ios"]["installed_check"], "ms-word:");
    assert_eq!(word["ios"]["version_check"], "ms-word-wopi-support-1605:");
    assert_eq!(word["ios"]["store"], Value::Null);
    assert_eq!(word["android"]["package"], "com.microsoft.office.word");
    assert_eq!(word["android"]["store"], "https://go.example/w");
    assert_eq!(word["android"]["pages"].as_array().unwrap().len(), 8);
    assert_eq!(told["apps"].as_array().unwrap().len(), 3);
    let stores = told["android_stores"].as_array().unwrap();
    assert_eq!(stores.len(), 11);
    assert_eq!(stores[0]["intent"], "market://details?id={package}&referrer={referrer}");
    scene.identity.host.close();
}

#[actix_web::test]
async fn the_sheet_knows_that_containers_are_offered_only_together_with_deleting() {
    let scene = Scene::new().await;
    let Identity { host, urls, settings, .. } = &scene.identity;
    let mut settings = (**settings).clone();
    let gaps = |settings: &Settings| {
        let gaps = sheet::sheet(host, urls, settings).unwrap().missing.into_iter().map(|gap| gap.what);
        gaps.filter(|what| what.starts_with("supports.")).collect::<Vec<_>>()
    };
    assert!(gaps(&settings).is_empty());
    settings.supports.delete = false;
    assert_eq!(gaps(&settings), ["supports.delete"]);
    host.close();
}
