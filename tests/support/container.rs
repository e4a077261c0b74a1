//! Clients of containers and of the ecosystem beside [`Wopi`], which is a client of any WOPI URL.

use super::{Call, Reply, Wopi, utf7::utf7};
use reqwest::{Client, Method};
use serde_json::Value;
use std::ops::Deref;

/// The header of a name that the host may alter.
pub(crate) const SUGGESTED: &str = "X-WOPI-SuggestedTarget";
/// The header of a name that the host must take as it is.
pub(crate) const RELATIVE: &str = "X-WOPI-RelativeTarget";
/// The header of leave to overwrite.
pub(crate) const OVERWRITE: &str = "X-WOPI-OverwriteRelativeTarget";

impl Wopi {
    /// Opens a URL with a token that a reply handed out. It must be one that clients can take apart: C-4, C-7.
    #[track_caller]
    pub(crate) fn follow(&self, url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or_else(|| panic!("C-4: no query in {url}"));
        assert!(path.starts_with("http://") || path.starts_with("https://"), "C-4: not absolute: {url}");
        assert!(!url.contains('#') && !path.ends_with('/') && !query.contains('?'), "C-4: {url}");
        let token = query.split('&').find_map(|pair| pair.strip_prefix("access_token="));
        let token = token.unwrap_or_else(|| panic!("C-4: no access_token in {url}"));
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(!token.is_empty() && token.chars().all(is_safe), "C-7: a token that a query cannot hold: {url}");
        let segments: Vec<&str> = path.split('/').skip(3).collect();
        let place = segments.iter().position(|segment| segment.starts_with("wopi")).unwrap_or_else(|| panic!("{url}"));
        match segments[place + 1..] {
            ["files" | "containers", id] => assert!(!id.is_empty() && id.chars().all(is_safe), "C-2: {url}"),
            ["ecosystem"] => {}
            _ => panic!("C-1: {url}"),
        }
        self.opened_at(url)
    }

    /// `EnumerateAncestors`.
    pub(crate) async fn ancestry(&self) -> Reply {
        self.call(Method::GET, "/ancestry").send().await
    }

    /// The ancestors by name, root first, each opened with the token that came along.
    pub(crate) async fn ancestors(&self) -> Vec<(String, Container)> {
        let reply = self.ancestry().await.expect(200);
        let incomplete = reply.header("X-WOPI-EnumerationIncomplete");
        assert!(incomplete.is_none_or(|value| value == "true"), "section 4.6: only `true` is legal: {reply}");
        let list = reply.json()["AncestorsWithRootFirst"].clone();
        let list = list.as_array().unwrap_or_else(|| panic!("C-81: no list in {reply}"));
        list.iter().map(|entry| Container::pointed_at(self, entry)).collect()
    }

    /// The container in which this is.
    pub(crate) async fn parent(&self) -> Container {
        self.ancestors().await.pop().expect("C-82: at least one ancestor").1
    }

    /// `GetEcosystem`.
    pub(crate) async fn ecosystem_pointer(&self) -> Reply {
        self.call(Method::GET, "/ecosystem_pointer").send().await
    }

    /// The ecosystem that `GetEcosystem` leads to.
    pub(crate) async fn ecosystem(&self) -> Ecosystem {
        let reply = self.ecosystem_pointer().await.expect(200);
        Ecosystem(self.follow(&reply.text("Url")))
    }

    /// `GetShareUrl`, without the header for `None`.
    pub(crate) async fn share_url(&self, kind: Option<&str>) -> Reply {
        let call = self.post("GET_SHARE_URL");
        match kind {
            Some(kind) => call.header("X-WOPI-UrlType", kind),
            None => call,
        }
        .send()
        .await
    }
}

/// One container as one user's client sees it. Names go in as plain text and out as UTF-7.
#[derive(Clone, Debug)]
pub(crate) struct Container(Wopi);

impl Deref for Container {
    type Target = Wopi;

    fn deref(&self) -> &Wopi {
        &self.0
    }
}

impl Container {
    /// A client of any URL, as a container.
    pub(crate) fn new(wopi: Wopi) -> Self {
        Self(wopi)
    }

    /// From the object that `token --json` prints.
    #[track_caller]
    pub(crate) fn from_json(client: Client, token: &Value) -> Self {
        Self(Wopi::from_json(client, token))
    }

    /// The name and the container of a pointer: `Name` and `Url`, both there and not empty (C-38).
    #[track_caller]
    pub(crate) fn pointed_at(from: &Wopi, pointer: &Value) -> (String, Self) {
        let text = |name: &str| pointer[name].as_str().unwrap_or_else(|| panic!("C-38: no {name} in {pointer}"));
        assert!(!text("Name").is_empty(), "C-38: {pointer}");
        let opened = from.follow(text("Url"));
        assert!(opened.src().contains("/containers/"), "C-38: {pointer}");
        (text("Name").to_owned(), Self(opened))
    }

    /// The same container with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self(self.0.with_token(token))
    }

    /// The same user's client on another connection.
    pub(crate) fn reconnected(&self) -> Self {
        Self(self.0.reconnected())
    }

    /// `EnumerateChildren`.
    pub(crate) async fn children(&self) -> Reply {
        self.call(Method::GET, "/children").send().await
    }

    /// `EnumerateChildren` with a filter of extensions.
    pub(crate) async fn children_with(&self, filter: &str) -> Reply {
        self.call(Method::GET, "/children").header("X-WOPI-FileExtensionFilterList", filter).send().await
    }

    /// The names of the child containers and of the child files, each sorted.
    pub(crate) async fn names(&self) -> (Vec<String>, Vec<String>) {
        let json = self.children().await.expect(200).json();
        (names_in(&json["ChildContainers"]), names_in(&json["ChildFiles"]))
    }

    /// A child file by its reported name.
    pub(crate) async fn child_file(&self, name: &str) -> Wopi {
        let json = self.children().await.expect(200).json();
        let entry = entry_of(&json["ChildFiles"], name);
        self.follow(entry["Url"].as_str().expect("a Url"))
    }

    /// A child container by its reported name.
    pub(crate) async fn child_container(&self, name: &str) -> Self {
        let json = self.children().await.expect(200).json();
        Self::pointed_at(self, &entry_of(&json["ChildContainers"], name)).1
    }

    /// `CreateChildContainer` under construction.
    pub(crate) fn container_call(&self) -> Call<'_> {
        self.post("CREATE_CHILD_CONTAINER")
    }

    /// `CreateChildFile` under construction.
    pub(crate) fn file_call(&self) -> Call<'_> {
        self.post("CREATE_CHILD_FILE")
    }

    /// `CreateChildContainer` in specific mode.
    pub(crate) async fn create_container(&self, name: &str) -> Reply {
        self.container_call().header(RELATIVE, &utf7(name)).send().await
    }

    /// `CreateChildContainer` in suggested mode.
    pub(crate) async fn suggest_container(&self, name: &str) -> Reply {
        self.container_call().header(SUGGESTED, &utf7(name)).send().await
    }

    /// `CreateChildFile` in specific mode; `overwrite` is the header's text.
    pub(crate) async fn create_file(&self, name: &str, overwrite: Option<&str>) -> Reply {
        let call = self.file_call().header(RELATIVE, &utf7(name));
        match overwrite {
            Some(value) => call.header(OVERWRITE, value),
            None => call,
        }
        .send()
        .await
    }

    /// `CreateChildFile` in suggested mode.
    pub(crate) async fn suggest_file(&self, name: &str) -> Reply {
        self.file_call().header(SUGGESTED, &utf7(name)).send().await
    }

    /// A new container in this one with exactly this name.
    pub(crate) async fn new_container(&self, name: &str) -> Self {
        let reply = self.create_container(name).await.expect(200);
        self.made_container(&reply)
    }

    /// A new, empty file in this container with exactly this name.
    pub(crate) async fn new_file(&self, name: &str) -> Wopi {
        let reply = self.create_file(name, None).await.expect(200);
        self.made_file(&reply)
    }

    /// The container that a successful `CreateChildContainer` answers.
    #[track_caller]
    pub(crate) fn made_container(&self, reply: &Reply) -> Self {
        Self::pointed_at(self, &reply.json()["ContainerPointer"]).1
    }

    /// The file that a successful `CreateChildFile` answers.
    #[track_caller]
    pub(crate) fn made_file(&self, reply: &Reply) -> Wopi {
        let opened = self.follow(&reply.text("Url"));
        assert!(opened.src().contains("/files/"), "{reply}");
        opened
    }

    /// `RenameContainer`.
    pub(crate) async fn rename_to(&self, name: &str) -> Reply {
        self.post("RENAME_CONTAINER").header("X-WOPI-RequestedName", &utf7(name)).send().await
    }

    /// `DeleteContainer`.
    pub(crate) async fn remove(&self) -> Reply {
        self.post("DELETE_CONTAINER").send().await
    }
}

/// A user's ecosystem.
#[derive(Clone, Debug)]
pub(crate) struct Ecosystem(Wopi);

impl Deref for Ecosystem {
    type Target = Wopi;

    fn deref(&self) -> &Wopi {
        &self.0
    }
}

impl Ecosystem {
    /// `CheckEcosystem`.
    pub(crate) async fn check(&self) -> Reply {
        self.info().await
    }

    /// `GetRootContainer`.
    pub(crate) async fn root_pointer(&self) -> Reply {
        self.call(Method::GET, "/root_container_pointer").send().await
    }

    /// The root container that `GetRootContainer` leads to.
    pub(crate) async fn root(&self) -> Container {
        let reply = self.root_pointer().await.expect(200);
        Container::pointed_at(self, &reply.json()["ContainerPointer"]).1
    }

    /// `GetFileWopiSrc` for a text of the host's own.
    pub(crate) async fn wopi_src(&self, native_name: &[u8]) -> Reply {
        let call = self.post("GET_WOPI_SRC_WITH_ACCESS_TOKEN");
        call.header_bytes("X-WOPI-HostNativeFileName", native_name).send().await
    }

    /// The same ecosystem with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self(self.0.with_token(token))
    }
}

/// The sorted names of a list of children.
#[track_caller]
pub(crate) fn names_in(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("C-88: not a list: {list}"));
    let mut names: Vec<String> =
        list.iter().map(|entry| entry["Name"].as_str().expect("C-89: a name").to_owned()).collect();
    names.sort();
    names
}

/// The entry of a list of children with this name.
#[track_caller]
pub(crate) fn entry_of(list: &Value, name: &str) -> Value {
    let entries = list.as_array().unwrap_or_else(|| panic!("C-88: not a list: {list}"));
    let found: Vec<&Value> = entries.iter().filter(|entry| entry["Name"] == name).collect();
    assert!(found.len() == 1, "{} entries called {name:?} in {list}", found.len());
    found[0].clone()
}
