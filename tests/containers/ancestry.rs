//! `EnumerateAncestors`: C-80 to C-86, and the chains of those who were given something in the middle of
//! somebody's tree.

use crate::support::wopi::http_client;
use crate::support::{Binary, Container, Shared, Wopi};
use serde_json::json;

#[tokio::test]
async fn c80_c82_c83_ancestors_come_root_first_without_the_item_itself() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    let inner = top.new_container("inner").await;
    let deep = inner.new_container("deep").await;
    let file = deep.new_file("x.docx").await;
    let root = file.ecosystem().await.root().await;
    let root_name = root.info().await.expect(200).text("Name");
    let wanted = [&root_name, &doc.folder[1..], "inner", "deep"];
    let chain = file.ancestors().await;
    let names: Vec<&str> = chain.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, wanted);
    let ids: Vec<&str> = chain.iter().map(|(_, container)| container.id()).collect();
    assert_eq!(ids, [root.id(), top.id(), inner.id(), deep.id()], "C-107 for the first");
    for (position, (name, container)) in chain.iter().enumerate() {
        assert_eq!(container.info().await.expect(200).text("Name"), *name, "C-38");
        let above = container.ancestors().await;
        assert_eq!(above.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), wanted[..position]);
    }
    // Through the last one a client goes on.
    let parent = &chain.last().expect("a parent").1;
    assert_eq!(parent.names().await.1, ["x.docx"]);
    parent.new_file("beside.docx").await;
    parent.new_container("beside").await;
}

#[tokio::test]
async fn c81_the_root_has_no_ancestors() {
    let doc = Shared::server().document(b"content");
    for root in [doc.alice.ecosystem().await.root().await, Shared::server().container("alice", "alice:/")] {
        let reply = root.ancestry().await.expect(200);
        assert_eq!(reply.json()["AncestorsWithRootFirst"], json!([]));
    }
}

/// A server on which alice's tree has secrets above what she shares.
struct House {
    binary: Binary,
}

const SECRETS: [&str; 3] = ["topsecret", "codename", "acquisition"];

impl House {
    fn new() -> Self {
        let binary = Binary::serve();
        for user in ["alice", "bob", "carol"] {
            binary.add_user(user, &[]);
        }
        binary.import(
            "alice",
            &[
                ("topsecret/codename/project/inner/plan.docx", b"plan"),
                ("topsecret/codename/project/notes.docx", b"notes"),
                ("topsecret/acquisition.docx", b"private"),
                ("topsecret/codename/single.xlsx", b"single"),
            ],
        );
        binary.import("bob", &[("own/of bob.docx", b"bob")]);
        Self { binary }
    }

    fn grant(&self, role: &str, path: &str) {
        self.binary.cli_ok(&["grant", "bob", role, &format!("alice:/topsecret/codename/{path}")], "");
    }

    fn file(&self, path: &str) -> Wopi {
        Wopi::from_json(http_client(), &self.binary.token("bob", path))
    }

    fn shared_file(&self, path: &str) -> Wopi {
        self.file(&format!("alice:/topsecret/codename/{path}"))
    }

    fn own_root(&self) -> Container {
        Container::from_json(http_client(), &self.binary.token("bob", "bob:/"))
    }
}

/// Each ancestor lists the next one, or the item at the end, and has itself the ancestors that stand before it.
async fn check_chain(item: &Wopi) -> Vec<(String, Container)> {
    let chain = item.ancestors().await;
    for (position, (name, container)) in chain.iter().enumerate() {
        assert_eq!(container.info().await.expect(200).text("Name"), *name);
        let above: Vec<String> = container.ancestors().await.iter().map(|(_, c)| c.src().to_owned()).collect();
        let wanted: Vec<String> = chain[..position].iter().map(|(_, c)| c.src().to_owned()).collect();
        assert_eq!(above, wanted, "C-86: the chain of {name} is not the beginning of the chain below it");
        let next = chain.get(position + 1).map_or_else(|| item.src(), |(_, next)| next.src());
        let children = container.children().await.expect(200).json().to_string();
        assert!(children.contains(&format!("{next}?")), "{name} does not list {next}: {children}");
    }
    chain
}

fn check_no_secret(texts: &[(String, Container)]) {
    for (name, _) in texts {
        let lower = name.to_lowercase();
        assert!(SECRETS.iter().all(|secret| !lower.contains(secret)), "C-85: {name} is revealed");
    }
}

#[tokio::test]
async fn c85_a_chain_is_cut_where_the_right_ends_and_reveals_no_name_above() {
    let house = House::new();
    house.grant("editor", "project");
    let file = house.shared_file("project/inner/plan.docx");
    let chain = check_chain(&file).await;
    check_no_secret(&chain);
    let names: Vec<&str> = chain.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[names.len() - 2..], ["project", "inner"], "{names:?}");
    assert!(names.len() <= 4, "{names:?}");
    let project = &chain[chain.len() - 2].1;
    for reply in [file.ancestry().await, project.ancestry().await, project.children().await, file.info().await] {
        let text = String::from_utf8(reply.expect(200).body).expect("UTF-8");
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
    }
    // The editor can do what the flags promise in the chain's containers.
    project.new_file("by bob.docx").await;
    project.new_container("by bob").await;
    // The owner sees the whole chain.
    let alice = house.binary.token("alice", "/topsecret/codename/project/inner/plan.docx");
    let whole = Wopi::from_json(http_client(), &alice).ancestors().await;
    let names: Vec<&str> = whole.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[1..], ["topsecret", "codename", "project", "inner"]);
}

#[tokio::test]
async fn c85_a_file_that_was_shared_alone_has_a_chain_or_no_containers() {
    let house = House::new();
    house.grant("editor", "single.xlsx");
    let file = house.shared_file("single.xlsx");
    let info = file.info().await.expect(200).json();
    if info["SupportsContainers"] == true {
        let chain = check_chain(&file).await;
        assert!(!chain.is_empty(), "C-85");
        check_no_secret(&chain);
        // It is the virtual container, and there is nothing to be made in it.
        let (_, parent) = chain.last().expect("a parent");
        let info = parent.info().await.expect(200).json();
        for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
            assert_eq!(info[flag], false, "{flag}: {info}");
        }
        let listed = parent.children().await.expect(200).json().to_string();
        assert!(!listed.contains("acquisition") && !listed.contains("project"), "C-93: {listed}");
    } else {
        file.ancestry().await.expect_one_of(&[200, 501]);
    }
}

#[tokio::test]
async fn c93_c107_c108_what_was_shared_is_reached_from_the_root_through_a_virtual_container() {
    let house = House::new();
    house.grant("viewer", "project");
    house.grant("editor", "single.xlsx");
    let own = house.file("bob:/own/of bob.docx");
    let root = own.ecosystem().await.root().await;
    assert_eq!(root.src(), house.own_root().src());
    assert_eq!(own.ancestors().await[0].1.src(), root.src(), "C-107");
    let children = root.children().await.expect(200).json();
    let listed = children["ChildContainers"].as_array().expect("a list");
    let containers: Vec<(String, Container)> = listed.iter().map(|c| Container::pointed_at(&root, c)).collect();
    let shared = containers.iter().filter(|(_, c)| c.id().starts_with("shared-")).collect::<Vec<_>>();
    assert_eq!(shared.len(), 1, "{children}");
    let (name, shared) = shared[0];
    assert_eq!(containers.len(), 2, "his own folder and the virtual one: {children}");
    let info = shared.info().await.expect(200).json();
    assert_eq!(info["Name"], name.as_str());
    for flag in ["UserCanCreateChildContainer", "UserCanCreateChildFile", "UserCanDelete", "UserCanRename"] {
        assert_eq!(info[flag], false, "{flag}: {info}");
    }
    for flag in ["IsEduUser", "LicenseCheckForEditIsEnabled", "IsAnonymousUser"] {
        assert_eq!(info[flag], false, "C-43: {flag}: {info}");
    }
    assert_eq!(shared.names().await, (vec!["project".to_owned()], vec!["single.xlsx".to_owned()]));

    // It is a container like any other in what it answers.
    let above: Vec<String> = shared.ancestors().await.iter().map(|(_, c)| c.src().to_owned()).collect();
    assert_eq!(above, [root.src()]);
    assert_eq!(shared.ecosystem().await.root().await.src(), root.src());
    let only = shared.children_with(".xlsx").await.expect(200).json();
    assert_eq!(
        (only["ChildFiles"].as_array().unwrap().len(), only["ChildContainers"].as_array().unwrap().len()),
        (1, 1)
    );
    assert_eq!(shared.children_with(".docx").await.expect(200).json()["ChildFiles"], json!([]));

    // Nothing can be done to it.
    shared.create_file("x.docx", None).await.expect(404);
    shared.suggest_container("x").await.expect(404);
    shared.rename_to("mine").await.expect(404);
    shared.remove().await.expect_one_of(&[404, 501]);
    shared.share_url(Some("ReadOnly")).await.expect(501);

    // What it lists opens with the rights that were given, from there on as from anywhere else.
    let single = shared.child_file("single.xlsx").await;
    assert_eq!(single.src(), house.shared_file("single.xlsx").src());
    single.lock("A").await.expect(200);
    single.put(Some("A"), "edited by bob").await.expect(200);
    single.unlock("A").await.expect(200);
    let project = shared.child_container("project").await;
    assert_eq!(project.info().await.expect(200).json()["UserCanCreateChildFile"], false);
    let plan = project.child_container("inner").await.child_file("plan.docx").await;
    assert_eq!(plan.info().await.expect(200).json()["UserCanWrite"], false);
    for item in [&single, &plan, &*project] {
        check_no_secret(&check_chain(item).await);
    }
    // Renamed by its owner, it shows its new name here.
    let alice = house.binary.token("alice", "/topsecret/codename/project");
    Container::from_json(http_client(), &alice).rename_to("renamed").await.expect(200);
    assert_eq!(shared.names().await.0, ["renamed"]);
    // Taken back, it is gone from the list.
    house.binary.cli_ok(&["revoke", "bob", "alice:/topsecret/codename/renamed"], "");
    assert_eq!(shared.names().await, (vec![], vec!["single.xlsx".to_owned()]));
    project.info().await.expect(404);
}

#[tokio::test]
async fn c86_a_right_given_again_further_down_leaves_one_chain() {
    let house = House::new();
    house.grant("viewer", "project");
    house.grant("editor", "project/inner");
    let inner =
        Container::from_json(http_client(), &house.binary.token("bob", "alice:/topsecret/codename/project/inner"));
    let plan = inner.child_file("plan.docx").await;
    for item in [&plan, &*inner] {
        let chain = check_chain(item).await;
        check_no_secret(&chain);
        assert!(chain.iter().any(|(name, _)| name == "project"), "{chain:?}");
    }
    assert_eq!(plan.info().await.expect(200).json()["UserCanWrite"], true);
    let project = inner.parent().await;
    assert_eq!(project.info().await.expect(200).json()["UserCanCreateChildFile"], false);
    // The same from above: each token has the right of its own resource.
    let below = project.child_container("inner").await;
    assert_eq!(below.info().await.expect(200).json()["UserCanCreateChildFile"], true);
    below.new_file("by bob.docx").await;
    assert_eq!(project.child_file("notes.docx").await.info().await.json()["UserCanWrite"], false);
}

#[tokio::test]
async fn c44_somebodys_whole_drive_can_be_shared_and_stays_a_root() {
    let house = House::new();
    house.binary.cli_ok(&["grant", "bob", "editor", "alice:/"], "");
    let drive = Container::from_json(http_client(), &house.binary.token("bob", "alice:/"));
    let info = drive.info().await.expect(200).json();
    assert_eq!((&info["UserCanDelete"], &info["UserCanRename"]), (&json!(false), &json!(false)), "{info}");
    assert_eq!(info["UserCanCreateChildFile"], true, "{info}");
    drive.remove().await.expect_one_of(&[404, 501]);
    drive.rename_to("mine").await.expect_one_of(&[404, 501]);
    let file = drive.new_file("by bob.docx").await;
    let chain = check_chain(&file).await;
    assert_eq!(chain.last().expect("a parent").1.src(), drive.src());
    // His own root is another one, and the drive is not its direct child.
    let root = file.ecosystem().await.root().await;
    assert_eq!(root.src(), house.own_root().src());
    assert_ne!(root.src(), drive.src());
    assert!(!drive.names().await.0.iter().any(|name| name == "own"), "alice's drive holds nothing of bob's");
    // What is virtual in alice's drive is alice's alone.
    let listed = drive.children().await.expect(200).json().to_string();
    assert!(!listed.contains("/containers/shared-"), "{listed}");
}

#[tokio::test]
async fn the_virtual_container_is_the_users_own_and_nobody_elses() {
    let house = House::new();
    house.grant("viewer", "project");
    let root = house.own_root();
    let shared = root.children().await.expect(200).json();
    let shared = shared["ChildContainers"].as_array().expect("a list").iter().map(|c| Container::pointed_at(&root, c));
    let shared = shared.map(|(_, c)| c).find(|c| c.id().starts_with("shared-")).expect("the virtual container");
    for (user, path) in [("carol", "carol:/"), ("alice", "alice:/"), ("bob", "bob:/")] {
        let other = Container::from_json(http_client(), &house.binary.token(user, path));
        shared.with_token(other.token()).info().await.expect(401);
        shared.with_token(other.token()).children().await.expect(401);
    }
    root.with_token(shared.token()).info().await.expect(401);
    // A name of the virtual container is taken in the root, or the two live side by side; nothing breaks.
    let name = shared.info().await.expect(200).text("Name");
    root.create_container(&name).await.expect_one_of(&[200, 409]);
    root.children().await.expect(200);
    house.own_root().names().await;
}

#[tokio::test]
async fn two_things_of_one_name_from_two_people_are_both_listed() {
    let house = House::new();
    house.grant("viewer", "single.xlsx");
    house.binary.import("carol", &[("x/single.xlsx", b"of carol")]);
    house.binary.cli_ok(&["grant", "bob", "viewer", "carol:/x/single.xlsx"], "");
    let root = house.own_root();
    let children = root.children().await.expect(200).json();
    let shared =
        children["ChildContainers"].as_array().expect("a list").iter().map(|c| Container::pointed_at(&root, c));
    let shared = shared.map(|(_, c)| c).find(|c| c.id().starts_with("shared-")).expect("the virtual container");
    let files = shared.children().await.expect(200).json()["ChildFiles"].clone();
    let files: Vec<Wopi> =
        files.as_array().unwrap().iter().map(|f| shared.follow(f["Url"].as_str().unwrap())).collect();
    assert_eq!(files.len(), 2);
    let mut bytes = Vec::new();
    for file in files {
        bytes.push(file.get().await.expect(200).body);
    }
    bytes.sort();
    assert_eq!(bytes, [b"of carol".to_vec(), b"single".to_vec()]);
}
