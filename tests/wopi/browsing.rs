//! The walk that Office makes from a file: up to its folders, down to its neighbours, a new file, a new folder.

use crate::support::wopi::http_client;
use crate::support::{Reply, Shared, Wopi};
use reqwest::Method;
use serde_json::Value;

async fn get(of: &Wopi, suffix: &str) -> Reply {
    of.call(Method::GET, suffix).send().await
}

/// The direct parent of a file.
async fn parent(of: &Wopi) -> Wopi {
    let ancestors = get(of, "/ancestry").await.expect(200).json();
    let url =
        ancestors["AncestorsWithRootFirst"].as_array().and_then(|list| list.last()).expect("a parent")["Url"].clone();
    of.opened_at(url.as_str().expect("a URL"))
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|it| it["Name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn from_a_file_to_its_folder_to_a_new_file_and_away_again() {
    let doc = Shared::server().document(b"content");
    let info = doc.alice.info().await.expect(200).json();
    for flag in ["SupportsContainers", "SupportsEcosystem", "SupportsGetFileWopiSrc"] {
        assert_eq!(info[flag], true, "{flag}");
    }
    let folder = parent(&doc.alice).await;
    let told = get(&folder, "").await.expect(200).json();
    assert_eq!(told["Name"], doc.folder[1..]);
    for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
        assert_eq!(told[flag], true, "{flag}");
    }
    let made = folder.post("CREATE_CHILD_FILE").header("X-WOPI-RelativeTarget", "madeup+AF8-name.wopitestx");
    let made = made.send().await.expect(200);
    assert_eq!(made.text("Name"), "madeup_name.wopitestx");
    let file = folder.opened_at(&made.text("Url"));
    file.put(None, "filled").await.expect(200);
    let again = || folder.post("CREATE_CHILD_FILE").header("X-WOPI-RelativeTarget", "madeup+AF8-name.wopitestx");
    let taken = again().send().await.expect(409);
    assert!(taken.header("X-WOPI-Lock").is_none() && taken.header("X-WOPI-ValidRelativeTarget").is_some(), "{taken}");
    file.lock("A").await.expect(200);
    let locked = again().header("X-WOPI-OverwriteRelativeTarget", "True").send().await.expect(409);
    assert_eq!(locked.header("X-WOPI-Lock"), Some("A"));
    file.unlock("A").await.expect(200);
    let over = again().header("X-WOPI-OverwriteRelativeTarget", "True").send().await.expect(200);
    assert_eq!(folder.opened_at(&over.text("Url")).id(), file.id());
    let both = again().header("X-WOPI-SuggestedTarget", ".docx");
    both.send().await.expect(501);
    let bad = folder.post("CREATE_CHILD_FILE").header("X-WOPI-RelativeTarget", "a/b.docx").send().await.expect(400);
    assert!(bad.header("X-WOPI-InvalidFileNameError").is_some(), "{bad}");

    let children = get(&folder, "/children").await.expect(200).json();
    assert_eq!(names(&children["ChildFiles"]), ["document.wopitest", "madeup_name.wopitestx"]);
    assert_eq!(children["ChildContainers"], serde_json::json!([]));
    for child in children["ChildFiles"].as_array().expect("files") {
        let info = folder.opened_at(child["Url"].as_str().expect("a URL")).info().await.expect(200).json();
        for (one, other) in [("Name", "BaseFileName"), ("Size", "Size"), ("Version", "Version")] {
            assert_eq!(child[one], info[other]);
        }
        assert_eq!(child["LastModifiedTime"], info["LastModifiedTime"]);
    }
    let filtered = folder.call(Method::GET, "/children").header("X-WOPI-FileExtensionFilterList", ".WOPITEST");
    assert_eq!(names(&filtered.send().await.expect(200).json()["ChildFiles"]), ["document.wopitest"]);
}

#[tokio::test]
async fn folders_are_made_renamed_shared_and_removed() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let folder = parent(&doc.alice).await;
    let made = folder.post("CREATE_CHILD_CONTAINER").header("X-WOPI-SuggestedTarget", "a/b").send().await.expect(200);
    let made = made.json();
    let inner = folder.opened_at(made["ContainerPointer"]["Url"].as_str().expect("a URL"));
    assert_eq!(get(&inner, "").await.expect(200).json(), made["ContainerInfo"]);
    let rename = |name: &str| inner.post("RENAME_CONTAINER").header("X-WOPI-RequestedName", name);
    assert_eq!(rename("Q3+AF8-plan").send().await.expect(200).text("Name"), "Q3_plan");
    assert_eq!(get(&inner, "").await.expect(200).text("Name"), "Q3_plan");
    rename("document.wopitest").send().await.expect(409);
    let bad = rename("a:b").send().await.expect(400);
    assert!(bad.header("X-WOPI-InvalidContainerNameError").is_some(), "{bad}");
    let share = async |of: &Wopi| of.post("GET_SHARE_URL").header("X-WOPI-UrlType", "ReadOnly").send().await;
    let link = share(&folder).await.expect(200).text("ShareUrl");
    assert_eq!(share(&folder).await.expect(200).text("ShareUrl"), link);
    folder.post("GET_SHARE_URL").send().await.expect(501);
    folder.post("DELETE_CONTAINER").send().await.expect(409);
    folder.call(Method::POST, "").send().await.expect(501);

    // The page behind the link: the file can be had, the folder in it looked into, and nothing around it.
    let page = |url: String| {
        let client = http_client();
        async move {
            let reply = client.get(url).send().await.expect("a reply");
            (reply.status().as_u16(), reply.text().await.expect("a text"))
        }
    };
    let (status, text) = page(link.clone()).await;
    assert!(status == 200 && text.contains("document.wopitest") && text.contains("Q3_plan"), "{text}");
    let bytes = text.split('"').find(|part| part.contains("/download?file=")).expect("a download");
    let bytes = url::Url::parse(&link).unwrap().join(&bytes.replace("&#38;", "&")).unwrap();
    assert_eq!(page(bytes.into()).await, (200, "content".to_owned()));
    assert_eq!(page(format!("{link}?folder={}", inner.id())).await.0, 200);
    let root = get(&folder, "/ancestry").await.json()["AncestorsWithRootFirst"][0]["Url"].clone();
    let root = folder.opened_at(root.as_str().expect("a URL"));
    assert_eq!(page(format!("{link}?folder={}", root.id())).await.0, 404);

    inner.post("DELETE_CONTAINER").body("nobody reads this").send().await.expect(200);
    get(&inner, "").await.expect(404);
    root.post("DELETE_CONTAINER").send().await.expect(501);
    get(&folder.with_token("wrong"), "").await.expect(401);
    get(&folder.with_src(root.src()), "").await.expect(401);
    folder.call(Method::PUT, "").send().await.expect(405);
}

#[tokio::test]
async fn the_ecosystem_leads_to_the_root_and_knows_the_hosts_own_urls() {
    let server = Shared::server();
    let doc = server.document(b"content");
    let pointer = get(&doc.alice, "/ecosystem_pointer").await.expect(200).text("Url");
    let ecosystem = doc.alice.opened_at(&pointer);
    assert_eq!(get(&ecosystem, "").await.expect(200).json()["SupportsContainers"], true);
    let root = get(&ecosystem, "/root_container_pointer").await.expect(200).json();
    assert_eq!(root["ContainerInfo"]["UserCanDelete"], false);
    let root = ecosystem.opened_at(root["ContainerPointer"]["Url"].as_str().expect("a URL"));
    let first = get(&doc.alice, "/ancestry").await.json()["AncestorsWithRootFirst"][0]["Url"].clone();
    assert_eq!(root.id(), ecosystem.opened_at(first.as_str().expect("a URL")).id());
    assert_eq!(get(&root, "/ancestry").await.expect(200).json()["AncestorsWithRootFirst"], serde_json::json!([]));

    let resolve = |text: String| {
        let ecosystem = ecosystem.clone();
        async move {
            let call = ecosystem.post("GET_WOPI_SRC_WITH_ACCESS_TOKEN").header("X-WOPI-HostNativeFileName", &text);
            call.send().await
        }
    };
    let info = doc.alice.info().await.expect(200);
    let share = doc.alice.post("GET_SHARE_URL").header("X-WOPI-UrlType", "ReadOnly").send().await.text("ShareUrl");
    for url in [info.text("HostEditUrl"), info.text("HostViewUrl"), share] {
        let found = resolve(url).await.expect(200).text("Url");
        assert!(found.contains("&access_token_ttl="), "{found}");
        assert_eq!(ecosystem.opened_at(&found).info().await.expect(200).text("BaseFileName"), "document.wopitest");
    }
    let folder = get(&root, "").await.expect(200).text("HostUrl");
    let found = resolve(folder).await.expect(200).text("Url");
    assert_eq!(ecosystem.opened_at(&found).id(), root.id());
    for text in ["", "https://elsewhere.example/view/x", "file:///etc/passwd", "x"] {
        resolve(text.to_owned()).await.expect(404);
    }
    ecosystem.post("").send().await.expect(501);
    let folders = root.with_src(&root.src().replace("/containers/", "/folders/"));
    get(&folders, "").await.expect(501);
    get(&folders, "/children").await.expect(501);
}

#[tokio::test]
async fn whoever_was_granted_one_file_has_a_way_to_it() {
    let doc = Shared::server().document(b"content");
    let bob = doc.shared_with("bob", "viewer");
    assert_eq!(bob.info().await.expect(200).json()["SupportsContainers"], true);
    let above = get(&bob, "/ancestry").await.expect(200).json()["AncestorsWithRootFirst"].clone();
    assert_eq!(names(&above), ["bob", "Shared with me"]);
    let [root, shared] = [0, 1].map(|n| bob.opened_at(above[n]["Url"].as_str().expect("a URL")));
    assert!(
        names(&get(&root, "/children").await.expect(200).json()["ChildContainers"]).contains(&"Shared with me".into())
    );
    let inside = get(&shared, "/children").await.expect(200).json();
    let found = inside["ChildFiles"]
        .as_array()
        .expect("files")
        .iter()
        .any(|child| bob.opened_at(child["Url"].as_str().expect("a URL")).id() == bob.id());
    assert!(found, "{inside}");
    shared.post("CREATE_CHILD_FILE").header("X-WOPI-SuggestedTarget", ".docx").send().await.expect(404);
}

#[tokio::test]
async fn a_large_folder_comes_whole_and_page_by_page_behind_its_link() {
    const COUNT: usize = 450;
    let server = Shared::server();
    let doc = server.document(b"content");
    let paths: Vec<String> = (0..COUNT).map(|n| format!("{}/R&D '{n:03}'.docx", &doc.folder[1..])).collect();
    let files: Vec<(&str, &[u8])> = paths.iter().map(|path| (path.as_str(), &b"x"[..])).collect();
    server.binary().import("alice", &files);
    let folder = parent(&doc.alice).await;
    let children = get(&folder, "/children").await.expect(200);
    assert!(
        children.body.len() > 100_000 && children.header("Content-Length").is_none(),
        "it was not written in pieces"
    );
    let listed = names(&children.json()["ChildFiles"]);
    assert_eq!(listed.len(), COUNT + 1);
    assert!(listed.is_sorted_by_key(|name| name.to_lowercase()), "not by name, whatever the case of its letters");
    let none = folder.call(Method::GET, "/children").header("X-WOPI-FileExtensionFilterList", "docx,* .docx");
    assert_eq!(names(&none.send().await.expect(200).json()["ChildFiles"]).len(), 0);

    let share = folder.post("GET_SHARE_URL").header("X-WOPI-UrlType", "ReadWrite").send().await.expect(200);
    let (client, mut url, mut seen) = (http_client(), share.text("ShareUrl"), 0);
    for page in 1.. {
        let text = client.get(&url).send().await.expect("a reply").text().await.expect("a text");
        assert!(!text.contains("R&D"), "a name that is not escaped");
        let rows = text.matches("/download?file=").count();
        assert!(rows <= 200 && page <= 3, "{rows} rows on page {page}");
        seen += rows;
        let Some(end) = text.find(">More<") else { break };
        let start = text[..end].rfind("href=\"").expect("a link") + 6;
        let more = text[start..].split('"').next().expect("a URL").replace("&#38;", "&");
        url = url::Url::parse(&url).unwrap().join(&more).unwrap().into();
    }
    assert_eq!(seen, COUNT + 1);
    // A mark that is none begins at the start, and none leads out of the folder.
    for mark in ["AAAA", "%00", "..", "Yi8uLi8uLi9j"] {
        let url = format!("{}?after={mark}", share.text("ShareUrl"));
        assert_eq!(client.get(url).send().await.expect("a reply").status(), 200, "{mark}");
    }
}
