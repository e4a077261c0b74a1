//! Office, as it behaves: the device that browses, opens and saves, and Microsoft's service that holds the client
//! secret and redeems codes. Neither knows what the other knows.

use crate::net::{Net, parameter};
use crate::support::{PASSWORD, Reply, percent};
use crate::web_view::{Landing, WebView};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeMap;

/// What Office's service calls itself.
pub(crate) const SERVICE: &str = "Microsoft Office Identity Service";

/// The `WWW-Authenticate` header as Office reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) parameters: BTreeMap<String, String>,
}

impl Challenge {
    /// Reads it without any care: the scheme's name goes wherever it stands, then commas and equals signs cut.
    #[track_caller]
    pub(crate) fn read(reply: &Reply) -> Self {
        assert_eq!(reply.status, 401, "exactly 401 begins a sign-in: {reply}");
        let all: Vec<_> = reply.headers.get_all("WWW-Authenticate").iter().collect();
        assert_eq!(all.len(), 1, "B-26: one WWW-Authenticate: {reply}");
        let text = all[0].to_str().expect("ASCII").replace("Bearer", "");
        let mut parameters = BTreeMap::new();
        for part in text.split(',') {
            let pieces: Vec<&str> = part.split('=').collect();
            let [name, value] = pieces[..] else { panic!("B-27: {part:?} does not split at one `=`: {reply}") };
            let value = value.trim();
            assert!(value.len() >= 2 && value.starts_with('"') && value.ends_with('"'), "B-25: {part:?}: {reply}");
            let value = value.trim_matches('"').to_owned();
            assert!(parameters.insert(name.trim().to_owned(), value).is_none(), "{name} twice: {reply}");
        }
        Self { parameters }
    }

    #[track_caller]
    pub(crate) fn authorization(&self) -> &str {
        self.parameters.get("authorization_uri").expect("authorization_uri")
    }

    #[track_caller]
    pub(crate) fn tokens(&self) -> &str {
        self.parameters.get("tokenIssuance_uri").expect("tokenIssuance_uri")
    }

    /// `UrlSchemes`, decoded.
    pub(crate) fn schemes(&self) -> Option<Value> {
        let text = self.parameters.get("UrlSchemes")?;
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-_.~%".contains(c);
        assert!(text.chars().all(unreserved), "B-35: {text}");
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8");
        Some(serde_json::from_str(&decoded).unwrap_or_else(|error| panic!("UrlSchemes: {error}: {decoded}")))
    }
}

/// What stands at the stop URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Returned {
    pub(crate) code: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) error: Option<String>,
}

impl Returned {
    /// Reads `https://localhost?…`, which is recognised but never loaded (B-50).
    #[track_caller]
    pub(crate) fn read(stop: &str) -> Self {
        let known = stop.starts_with("https://localhost?") || stop.starts_with("https://localhost/?");
        assert!(known, "this is not the stop URL: {stop}");
        assert!(!stop.contains('#'), "B-49: no fragment: {stop}");
        let get = |name| parameter(stop, name);
        let error = get("error");
        if let Some(text) = get("error_description") {
            assert!(text.bytes().all(|b| (0x20..0x7F).contains(&b) && !b"\"\\".contains(&b)), "B-52: {text}");
        }
        assert!(get("code").is_some() != error.is_some(), "a code or an error: {stop}");
        Self { code: get("code"), token_url: get("tk"), context: get("sc"), state: get("state"), error }
    }

    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_else(|| panic!("no code: {self:?}"))
    }
}

/// The credentials of an OAuth client.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Microsoft's service: redeems codes and refresh tokens, and fetches the profile.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) net: Net,
    pub(crate) bootstrapper: String,
    pub(crate) client: Credentials,
}

impl Service {
    /// A call of the token endpoint with the client's credentials in the body.
    pub(crate) async fn ask(&self, url: &str, fields: &[(&str, &str)], context: Option<&str>) -> Reply {
        let mut all = vec![("client_id", self.client.id.as_str()), ("client_secret", self.client.secret.as_str())];
        all.extend_from_slice(fields);
        let mut headers = vec![("User-Agent", SERVICE)];
        headers.extend(context.map(|context| ("X-WOPI-SessionContext", context)));
        let reply = self.net.post_form(url, &all, &headers).await;
        check_token_answer(&reply);
        reply
    }

    pub(crate) async fn redeem(&self, url: &str, code: &str) -> Reply {
        let fields = [("code", code), ("grant_type", "authorization_code"), ("redirect_uri", "https://localhost")];
        self.ask(url, &fields, None).await
    }

    pub(crate) async fn refresh(&self, url: &str, token: &str) -> Reply {
        self.ask(url, &[("refresh_token", token), ("grant_type", "refresh_token")], None).await
    }

    /// Steps 6 to 9 of "Add a place": from what the device saw at the stop URL to a listed place.
    pub(crate) async fn accept(&self, returned: &Returned, challenge: &Challenge) -> Place {
        let url = returned.token_url.clone().unwrap_or_else(|| challenge.tokens().to_owned());
        let fields =
            [("code", returned.code()), ("grant_type", "authorization_code"), ("redirect_uri", "https://localhost")];
        let reply = self.ask(&url, &fields, returned.context.as_deref()).await.expect(200);
        let mut place = Place {
            service: self.clone(),
            token_url: url,
            context: returned.context.clone(),
            access: String::new(),
            refresh: String::new(),
            profile: Value::Null,
        };
        place.take(&reply);
        // The service asks for the profile at once (B-77).
        place.profile = place.bootstrap().await;
        place
    }
}

/// Rules that hold for every answer of the token endpoint.
#[track_caller]
pub(crate) fn check_token_answer(reply: &Reply) {
    assert!(!(300..400).contains(&reply.status), "B-71: never a redirect: {reply}");
    assert_eq!(crate::net::count(reply, "set-cookie"), 0, "{reply}");
    if reply.status == 405 {
        return;
    }
    let kind = reply.header("Content-Type").unwrap_or_default();
    assert!(kind.starts_with("application/json"), "B-64, B-71: JSON: {reply}");
    assert!(reply.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "E15: {reply}");
    let json = reply.json();
    if reply.status == 200 {
        assert_eq!(reply.header("Pragma"), Some("no-cache"), "7.2: {reply}");
        let token = json["access_token"].as_str().unwrap_or_default();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        assert!(!token.is_empty() && token.chars().all(allowed), "7.2: b64token: {reply}");
        assert!(json["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")), "{reply}");
        assert!(json["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "B-65, B-66: {reply}");
        assert!(json["refresh_token"].as_str().is_some_and(|token| !token.is_empty()), "B-68: {reply}");
    } else if reply.status < 429 {
        assert!(json["error"].as_str().is_some_and(|error| !error.is_empty()), "7.3: {reply}");
    }
}

/// A place that was added: what the device and the service remember of it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) service: Service,
    pub(crate) token_url: String,
    pub(crate) context: Option<String>,
    pub(crate) access: String,
    pub(crate) refresh: String,
    /// The whole answer to the profile call.
    pub(crate) profile: Value,
}

impl Place {
    /// Overwrites the stored tokens with what an answer contains, whatever it contains.
    pub(crate) fn take(&mut self, reply: &Reply) {
        let json = reply.json();
        json["access_token"].as_str().unwrap_or_default().clone_into(&mut self.access);
        json["refresh_token"].as_str().unwrap_or_default().clone_into(&mut self.refresh);
    }

    /// Lets the service refresh.
    pub(crate) async fn refreshed(&mut self) -> Reply {
        let fields = [("refresh_token", self.refresh.as_str()), ("grant_type", "refresh_token")];
        let reply = self.service.ask(&self.token_url, &fields, self.context.as_deref()).await;
        if reply.status == 200 {
            self.take(&reply);
        }
        reply
    }

    /// Any call of the bootstrapper.
    pub(crate) async fn call(&self, method: Method, operation: Option<&str>, more: &[(&str, &str)]) -> Reply {
        let bearer = format!("Bearer {}", self.access);
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(operation.map(|operation| ("X-WOPI-EcosystemOperation", operation)));
        headers.extend(self.context.as_deref().map(|context| ("X-WOPI-SessionContext", context)));
        headers.extend_from_slice(more);
        let reply = self.service.net.send(method, &self.service.bootstrapper, &headers, None).await;
        check_bootstrapper_answer(&reply);
        reply
    }

    /// Bootstrap, the whole body.
    pub(crate) async fn bootstrap(&self) -> Value {
        self.call(Method::GET, None, &[]).await.expect(200).json()
    }

    #[track_caller]
    pub(crate) fn user_id(&self) -> &str {
        self.profile["Bootstrap"]["UserId"].as_str().expect("UserId")
    }

    /// The top of the tree: `GetRootContainer`.
    pub(crate) async fn root(&self) -> Item {
        let reply = self.call(Method::POST, Some("GET_ROOT_CONTAINER"), &[]).await.expect(200);
        let json = reply.json();
        let url = json["RootContainerInfo"]["ContainerPointer"]["Url"].as_str();
        Item::at(&self.service.net, url.unwrap_or_else(|| panic!("no root: {reply}")))
    }

    pub(crate) async fn try_new_token(&self, src: &str) -> Reply {
        self.call(Method::POST, Some("GET_NEW_ACCESS_TOKEN"), &[("X-WOPI-WopiSrc", src)]).await
    }

    /// `GetNewAccessToken`, and with it the item.
    pub(crate) async fn item(&self, src: &str) -> Item {
        let json = self.try_new_token(src).await.expect(200).json();
        let token = json["AccessTokenInfo"]["AccessToken"].as_str().expect("AccessToken");
        Item { net: self.service.net.clone(), src: src.to_owned(), token: token.to_owned() }
    }

    /// Walks from the root along names.
    pub(crate) async fn find(&self, path: &[&str]) -> Item {
        let mut item = self.root().await;
        for name in path {
            item = item.child(name).await;
        }
        item
    }
}

/// Rules that hold for every answer of the bootstrapper.
#[track_caller]
pub(crate) fn check_bootstrapper_answer(reply: &Reply) {
    assert!([200, 401, 404, 429, 500, 501, 503].contains(&reply.status), "B-8: {reply}");
    assert!(reply.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "B-11: {reply}");
    assert_eq!(crate::net::count(reply, "set-cookie"), 0, "B-12: {reply}");
    match reply.status {
        200 => {
            let kind = reply.header("Content-Type").unwrap_or_default();
            assert!(kind.starts_with("application/json"), "B-7: {reply}");
            let json = reply.json();
            let bootstrap = &json["Bootstrap"];
            for name in ["EcosystemUrl", "UserId", "SignInName"] {
                assert!(bootstrap[name].as_str().is_some_and(|text| !text.is_empty()), "B-15: {name}: {reply}");
                assert!(json.get(name).is_none(), "B-13: {name} stands outside: {reply}");
            }
            reply.check_common("", false);
        }
        401 => {
            Challenge::read(reply);
        }
        _ => assert_eq!(crate::net::count(reply, "www-authenticate"), 0, "{reply}"),
    }
}

/// A file, a container or the ecosystem, with a token for it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) net: Net,
    pub(crate) src: String,
    pub(crate) token: String,
}

impl Item {
    /// From a URL that the host handed out.
    #[track_caller]
    pub(crate) fn at(net: &Net, url: &str) -> Self {
        let token = parameter(url, "access_token").unwrap_or_else(|| panic!("no access_token in {url}"));
        assert!(net.leads_here(url), "{url} leads elsewhere");
        let src = url.split('?').next().expect("a path").to_owned();
        assert!(!src.ends_with('/') && !url.contains('#'), "C-4: {url}");
        Self { net: net.clone(), src, token }
    }

    /// A call with an override, or none for a GET.
    pub(crate) async fn call(
        &self,
        suffix: &str,
        operation: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        let url = format!("{}{suffix}?access_token={}", self.src, percent(&self.token));
        let mut all = headers.to_vec();
        all.extend(operation.map(|operation| ("X-WOPI-Override", operation)));
        let method = if operation.is_some() { Method::POST } else { Method::GET };
        let reply = self.net.send(method, &url, &all, body).await;
        reply.check_common(operation.unwrap_or_default(), suffix == "/contents" && operation.is_none());
        reply
    }

    /// `CheckFileInfo`, `CheckContainerInfo` or `CheckEcosystem`.
    pub(crate) async fn try_info(&self) -> Reply {
        self.call("", None, &[], None).await
    }

    pub(crate) async fn info(&self) -> Value {
        self.try_info().await.expect(200).json()
    }

    pub(crate) async fn children(&self) -> Value {
        self.call("/children", None, &[], None).await.expect(200).json()
    }

    pub(crate) async fn ancestry(&self) -> Vec<Value> {
        let json = self.call("/ancestry", None, &[], None).await.expect(200).json();
        json["AncestorsWithRootFirst"].as_array().expect("AncestorsWithRootFirst").clone()
    }

    /// A child by its name.
    pub(crate) async fn child(&self, name: &str) -> Item {
        let children = self.children().await;
        let both = ["ChildContainers", "ChildFiles"].map(|kind| children[kind].as_array().expect("an array").clone());
        let found = both.iter().flatten().find(|child| child["Name"] == name);
        let found = found.unwrap_or_else(|| panic!("no {name} in {children}"));
        Self::at(&self.net, found["Url"].as_str().expect("a URL"))
    }

    pub(crate) async fn bytes(&self) -> Vec<u8> {
        self.call("/contents", None, &[], None).await.expect(200).body
    }

    pub(crate) async fn lock(&self, id: &str) -> Reply {
        self.call("", Some("LOCK"), &[("X-WOPI-Lock", id)], None).await
    }

    pub(crate) async fn refresh_lock(&self, id: &str) -> Reply {
        self.call("", Some("REFRESH_LOCK"), &[("X-WOPI-Lock", id)], None).await
    }

    pub(crate) async fn unlock(&self, id: &str) -> Reply {
        self.call("", Some("UNLOCK"), &[("X-WOPI-Lock", id)], None).await
    }

    pub(crate) async fn put(&self, lock: &str, bytes: &[u8]) -> Reply {
        self.call("/contents", Some("PUT"), &[("X-WOPI-Lock", lock)], Some(bytes.to_vec())).await
    }

    pub(crate) async fn create_file(&self, header: &str, name: &str) -> Reply {
        self.call("", Some("CREATE_CHILD_FILE"), &[(header, name)], None).await
    }

    /// Who holds the file, as Office finds out before it locks; "" for nobody.
    pub(crate) async fn probe(&self) -> String {
        let info = self.info().await;
        if info["SupportsGetLock"] == true {
            let reply = self.call("", Some("GET_LOCK"), &[], None).await.expect(200);
            return reply.lock().unwrap_or_else(|| panic!("B-91: no X-WOPI-Lock: {reply}")).to_owned();
        }
        let reply = self.refresh_lock("an id that nobody has").await.expect(409);
        reply.lock().unwrap_or_else(|| panic!("no X-WOPI-Lock: {reply}")).to_owned()
    }

    /// Opens, saves and closes as Office does; returns the item version of each step.
    pub(crate) async fn edit(&self, bytes: &[u8]) -> Vec<String> {
        const LOCK: &str = "{\"S\":\"2b5b0d3a-77a9-4a8e-b7b2-a0c3\",\"F\":4}";
        assert_eq!(self.probe().await, "", "nobody holds the file");
        let mut versions = vec![self.lock(LOCK).await.expect(200).version()];
        self.bytes().await;
        versions.push(self.put(LOCK, bytes).await.expect(200).version());
        self.refresh_lock(LOCK).await.expect(200);
        versions.push(self.unlock(LOCK).await.expect(200).version());
        versions
    }
}

/// The whole of Office on one fresh device.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    pub(crate) service: Service,
    pub(crate) view: WebView,
}

impl Office {
    /// Steps 1 and 2: what an unauthenticated Bootstrap says.
    pub(crate) async fn challenge(&self) -> Challenge {
        let reply = self.service.net.get(&self.service.bootstrapper).await;
        check_bootstrapper_answer(&reply);
        Challenge::read(&reply)
    }

    /// The address that the web view loads; `more` replaces or adds parameters.
    pub(crate) fn authorize_url(&self, challenge: &Challenge, more: &[(&str, &str)]) -> String {
        let mut all = vec![
            ("client_id", self.service.client.id.as_str()),
            ("redirect_uri", "https://localhost"),
            ("response_type", "code"),
            ("scope", ""),
            ("rs", "en-US"),
            ("build", "16.1.1234"),
            ("platform", "iOS"),
        ];
        all.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        all.extend_from_slice(more);
        format!("{}?{}", challenge.authorization(), crate::net::form(&all))
    }

    /// Steps 3 to 5 with given parameters; returns the stop URL.
    pub(crate) async fn walk(&mut self, user: &str, more: &[(&str, &str)]) -> String {
        let challenge = self.challenge().await;
        let url = self.authorize_url(&challenge, more);
        let landing = self.view.open(&url).await;
        self.view.consent(landing, user, PASSWORD).await
    }

    /// The page that the web view shows first.
    pub(crate) async fn first_page(&mut self, more: &[(&str, &str)]) -> Landing {
        let url = self.authorize_url(&self.challenge().await, more);
        self.view.open(&url).await
    }

    /// Steps 2 to 5.
    pub(crate) async fn code(&mut self, user: &str) -> String {
        Returned::read(&self.walk(user, &[]).await).code().to_owned()
    }

    /// SIGN-IN: steps 2 to 9 of "Add a place".
    pub(crate) async fn add_place(&mut self, user: &str) -> Place {
        self.add_place_with(user, PASSWORD).await
    }

    pub(crate) async fn add_place_with(&mut self, user: &str, password: &str) -> Place {
        let challenge = self.challenge().await;
        let url = self.authorize_url(&challenge, &[]);
        let landing = self.view.open(&url).await;
        let stop = self.view.consent(landing, user, password).await;
        self.service.accept(&Returned::read(&stop), &challenge).await
    }

    /// The token endpoint that the host names.
    pub(crate) async fn token_url(&self) -> String {
        self.challenge().await.tokens().to_owned()
    }
}

impl Service {
    /// RFC 7009.
    pub(crate) async fn ask_revocation(&self, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("client_id", self.client.id.as_str()), ("client_secret", self.client.secret.as_str())];
        all.extend_from_slice(fields);
        self.net.post_form(&self.net.at("/oauth/revoke"), &all, &[("User-Agent", SERVICE)]).await
    }
}
