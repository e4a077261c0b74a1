//! What OAuth clients, browsers and apps send: queries and forms, Basic credentials, authorization requests, and where the
//! answer goes; URLs of this house that come back, the public one, links that open Office and its way back.

#![no_main]

use std::sync::{Arc, LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use libfuzzer_sys::fuzz_target;
use lockhouse::{
    clock::{ManualClock, Timestamp},
    fuzzing,
    host::{
        Host, HostOptions,
        oauth::{NewClient, is_challenge},
        tokens::Resource,
    },
    ids::NodeId,
    launch::{LaunchLink, PassBack},
    oauth::{
        Identity, Params,
        redirect::{self, ErrorCode, Hints},
        request::{AuthorizationRequest, Wrong, split_scopes},
    },
    settings::{PublicUrl, Settings},
    urls::{Named, Urls},
};
use url::{Url, form_urlencoded};

struct House {
    identity: Identity,
    _runtime: tokio::runtime::Runtime,
    _place: tempfile::TempDir,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_250)));
    let host = runtime.block_on(async {
        let host = Host::open(HostOptions::new(place.path()), clock).await.unwrap();
        for (id, uris, public) in [
            ("office", vec!["https://localhost"], false),
            ("app", vec!["example.app:/back", "https://app.example/back?x=1", "https://app.example"], true),
        ] {
            let redirect_uris = uris.into_iter().map(str::to_owned).collect();
            let scopes = if public { vec!["app".to_owned()] } else { vec!["wopi".to_owned(), "app".to_owned()] };
            let new = NewClient { id: id.to_owned(), name: id.to_owned(), redirect_uris, scopes, public };
            host.clients().add(new).await.unwrap();
        }
        host
    });
    let urls = Arc::new(Urls::new("https://docs.example/office".parse().unwrap()));
    let identity = Identity::new(host, urls, Arc::new(Settings::default()));
    House { identity, _runtime: runtime, _place: place }
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&what, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match what % 8 {
        0 => parameters(rest),
        1 => basic(rest, &text),
        2 => authorization(rest),
        3 => way_back(&text),
        _ => addresses(&text),
    }
});

fn parameters(bytes: &[u8]) {
    let params = Params::parse(bytes);
    let mut all: Vec<_> =
        form_urlencoded::parse(bytes).filter(|(name, value)| !(name.is_empty() && value.is_empty())).collect();
    let many = all.len() > 128;
    all.truncate(128);
    for (name, value) in &all {
        let first = all.iter().find(|(other, _)| other == name).map(|(_, value)| &**value);
        assert_eq!(params.raw(name), first);
        assert_eq!(params.get(name), first.filter(|value| !value.is_empty()));
        let twice = all.iter().filter(|(other, _)| other == name).count() > 1;
        assert_eq!(params.repeats(name), twice);
        assert!(params.is_repeated() || !twice, "{name}={value}");
    }
    assert!(params.is_repeated() || !many);
}

fn basic(bytes: &[u8], text: &str) {
    let _ = fuzzing::basic(text);
    if let Some((id, secret)) = fuzzing::basic(&STANDARD.encode(bytes)) {
        // What was understood can be said again (RFC 6749 section 2.3.1).
        let encoded = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
        let again = format!("{}:{}", encoded(&id), encoded(secret.as_deref().unwrap_or_default()));
        assert_eq!(fuzzing::basic(&STANDARD.encode(again)), Some((id, secret)));
    }
}

fn authorization(bytes: &[u8]) {
    let params = Params::parse(bytes);
    match AuthorizationRequest::read(&HOUSE.identity, &params) {
        Ok(request) => {
            assert!(request.client.redirect_uris.contains(&request.answer_to));
            assert!(
                !request.scopes.is_empty() && request.scopes.iter().all(|scope| request.client.scopes.contains(scope))
            );
            assert_eq!(request.state.as_deref(), params.raw("state"));
            assert!(request.challenge.as_deref().is_none_or(is_challenge));
            assert!(request.challenge.is_some() || !request.client.is_public());
            assert!(!params.is_repeated());
            arrives(
                &request.answer_to,
                &redirect::success(&request.answer_to, "code", request.state.as_deref(), &Hints::default()),
            );
        }
        Err(Wrong::Redirect { location, .. }) => {
            let client = HOUSE.identity.host.clients().get(params.get("client_id").unwrap()).unwrap().unwrap();
            let to = client.redirect_uris.iter().find(|uri| location.starts_with(uri.as_str()));
            arrives(to.expect("nobody is sent elsewhere"), &location);
        }
        Err(Wrong::Page(_)) => {}
        Err(Wrong::Trouble(trouble)) => panic!("{trouble}"),
    }
}

/// The way leads where it was registered to lead.
fn arrives(to: &str, location: &str) {
    let (to, there) = (Url::parse(to).unwrap(), Url::parse(location).unwrap());
    assert_eq!(
        (to.scheme(), to.host_str(), to.port(), to.path()),
        (there.scheme(), there.host_str(), there.port(), there.path())
    );
    assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
}

/// Any state, context and registered address: what is sent is what arrives.
fn way_back(text: &str) {
    let mut lines = text.splitn(3, '\n');
    let (uri, state, context) = (lines.next().unwrap_or(""), lines.next(), lines.next());
    let public = uri.len() % 2 == 0;
    assert!(split_scopes(text).iter().all(|scope| !scope.is_empty() && !scope.contains([' ', ','])));
    if fuzzing::redirect_uri(uri, public).is_err() {
        return;
    }
    let url = Url::parse(uri).unwrap();
    assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none());
    assert!(url.scheme() == "https" || public);
    let hints = Hints { token_endpoint: None, session_context: context.map(str::to_owned) };
    let location = redirect::success(uri, "a.b-c_d", state, &hints);
    arrives(uri, &location);
    let there = Url::parse(&location).unwrap();
    let last =
        |name: &str| there.query_pairs().filter(|(known, _)| known == name).last().map(|(_, value)| value.into_owned());
    assert_eq!(last("code").as_deref(), Some("a.b-c_d"));
    if state.is_some() {
        assert_eq!(last("state").as_deref(), state);
    }
    if context.is_some() {
        assert_eq!(last("sc").as_deref(), context);
    }
    arrives(uri, &redirect::failure(uri, ErrorCode::AccessDenied, text, state));
}

static URLS: LazyLock<Urls> = LazyLock::new(|| Urls::new("https://docs.example/office".parse().unwrap()));

fn addresses(text: &str) {
    resource(&URLS, text);
    resource(&URLS, &format!("https://docs.example/office/{text}"));
    public(text);
    after_signing_in(text);
    launch(text);
    if let Ok(back) = text.parse::<PassBack>() {
        assert!(!back.wopi_src.is_empty());
        assert!(text.starts_with(back.scheme.as_str()));
    }
}

fn resource(urls: &Urls, text: &str) {
    if let Some(resource) = urls.resource_at(text) {
        let ours = match &resource {
            Resource::File(node) => urls.wopi_src(node),
            Resource::Container(node) => urls.wopi_container(node),
            Resource::Ecosystem => unreachable!("it has no id"),
        };
        let (ours, theirs) = (Url::parse(&ours).unwrap(), Url::parse(text).unwrap());
        assert_eq!((ours.origin(), ours.path()), (theirs.origin(), theirs.path()));
        assert_eq!((theirs.username(), theirs.password()), ("", None));
    }
    match urls.named_by(text) {
        Some(Named::Node(node)) => assert!(text.contains(node.as_str())),
        Some(Named::Link(code)) => assert!(!code.is_empty() && !code.contains(['/', '?', '#'])),
        None => {}
    }
}

/// What is taken for the public URL makes good URLs, as browsers and clients read them.
fn public(text: &str) {
    let Ok(url) = text.parse::<PublicUrl>() else { return };
    assert_eq!(url.as_str().parse::<PublicUrl>().as_ref(), Ok(&url));
    assert_eq!(format!("{}{}", url.origin(), url.path()), url.as_str());
    let read = Url::parse(url.as_str()).expect("what is handed out is a URL");
    assert_eq!(read.origin().ascii_serialization(), url.origin(), "what browsers send as Origin");
    assert_eq!(read.path().trim_end_matches('/'), url.path());
    assert_eq!(url.is_https(), read.scheme() == "https");
    let (urls, node) = (Urls::new(url), NodeId::from_random_bits([7; 16]));
    assert_eq!(urls.resource_at(&urls.wopi_src_with_token(&node, "a.b")), Some(Resource::File(node.clone())));
    assert_eq!(urls.named_by(&urls.view(&node)), Some(Named::Node(node)));
}

/// Nobody is led to another host after signing in (rule B-108).
fn after_signing_in(text: &str) {
    let Some((path, reference)) = fuzzing::return_to(text) else { return };
    assert_eq!(path, text);
    for base in ["https://docs.example/sign-in", "https://docs.example/office/sign-in"] {
        let there = Url::parse(base).unwrap().join(&reference).expect("a reference");
        assert_eq!((there.scheme(), there.host_str(), there.port()), ("https", Some("docs.example"), None), "{text}");
    }
}

fn launch(text: &str) {
    let Ok(link) = text.parse::<LaunchLink>() else { return };
    let written = link.to_string();
    assert!(written.bytes().all(|byte| byte.is_ascii_graphic()), "{written}");
    if written.len() <= lockhouse::launch::LONGEST_LINK {
        assert_eq!(written.parse::<LaunchLink>().as_ref(), Ok(&link));
    }
}
