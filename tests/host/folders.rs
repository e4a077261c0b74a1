//! Folders as a client walks them: the way up and the way down agree, nobody sees what he may not, and of what happens at
//! once under one name exactly one thing happens.

use std::{collections::HashSet, time::Duration};

use bytes::Bytes;
use futures::future::join_all;
use lockhouse::{
    host::{
        Ancestor, ContainerTarget, HostError, Listed, NewFile, RelativeTarget, Unless,
        access::{Access, AccessError},
        shared_with_me,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::{NodeId, UserId},
    lock::Command,
    names::FileName,
    permission::Role,
    store::{
        engine::{Batch, Engine as _},
        records::{NodeKind, keys},
    },
};

use super::house::{House, anna, id};

const BEN: &str = "ben";

fn name(text: &str) -> FileName {
    FileName::parse(text).unwrap()
}

fn exactly(text: &str, overwrite: bool) -> RelativeTarget {
    RelativeTarget::Specific { name: name(text), overwrite }
}

impl House {
    fn drive(&self, user: &str) -> NodeId {
        self.host.accounts().get(&UserId::parse(user).unwrap()).unwrap().unwrap().drive
    }

    /// What a token of this user is worth on a resource now.
    fn at(&self, user: &str, resource: &Resource) -> Result<Access, AccessError> {
        let account = self.host.accounts().get(&UserId::parse(user).unwrap()).unwrap().unwrap();
        let new = NewToken::for_user(&account, resource.clone(), Role::Owner, ClientKind::Any);
        let token = self.host.tokens().issue(&new, Duration::from_secs(36_000)).unwrap();
        self.host.access_control().authorize(&token.text, resource)
    }

    fn in_folder(&self, user: &str, folder: &NodeId) -> Access {
        self.at(user, &Resource::Container(folder.clone())).unwrap()
    }

    async fn folder(&self, parent: &NodeId, called: &str) -> NodeId {
        self.host.make_container(parent, &name(called)).await.unwrap()
    }

    async fn file_in(&self, folder: &NodeId, called: &str) -> NodeId {
        self.host.create_file(&anna(), folder, &name(called), Bytes::from_static(b"text")).await.unwrap()
    }

    async fn grant(&self, node: &NodeId, role: Role) {
        self.host.rights().grant(&anna(), &UserId::parse(BEN).unwrap(), node, role).await.unwrap();
    }

    fn children(&self, user: &str, folder: &NodeId) -> Vec<Listed> {
        let access = self.in_folder(user, folder);
        let mut all = Vec::new();
        for kind in [NodeKind::Container, NodeKind::File] {
            let mut listing = self.host.listing(&access, kind).unwrap();
            while let Some(page) = listing.next_page().unwrap() {
                all.extend(page);
            }
        }
        all
    }

    /// Every file that a user comes to from his root, with the ids on the way to it.
    fn walk(&self, user: &str) -> Vec<(NodeId, Vec<NodeId>)> {
        let mut found = Vec::new();
        let mut ways = vec![vec![self.drive(user)]];
        while let Some(way) = ways.pop() {
            for child in self.children(user, way.last().unwrap()) {
                match child {
                    Listed::Container { id, .. } => ways.push([way.clone(), vec![id]].concat()),
                    Listed::File { id, .. } => found.push((id, way.clone())),
                }
            }
        }
        found
    }

    fn ancestors(&self, user: &str, resource: &Resource) -> Vec<Ancestor> {
        self.host.ancestors(&self.at(user, resource).unwrap()).unwrap()
    }

    fn names_above(&self, user: &str, resource: &Resource) -> Vec<String> {
        self.ancestors(user, resource).into_iter().map(|ancestor| ancestor.name).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_sees_the_whole_way_and_nothing_above_his_root() {
    let house = House::new().await;
    let outer = house.folder(&house.drive("anna"), "Projects").await;
    let inner = house.folder(&outer, "Dam").await;
    let file = house.file_in(&inner, "a.docx").await;
    assert_eq!(house.names_above("anna", &Resource::File(file)), ["anna", "Projects", "Dam"]);
    assert_eq!(house.names_above("anna", &Resource::Container(inner)), ["anna", "Projects"]);
    let root = house.drive("anna");
    assert!(house.ancestors("anna", &Resource::Container(root.clone())).is_empty());
    assert_eq!(house.ancestors("anna", &Resource::Container(outer))[0].id, root);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_granted_the_middle_of_a_tree_learns_nothing_of_what_is_above() {
    let house = House::new().await;
    house.add_user(BEN).await;
    let secret = house.folder(&house.drive("anna"), "Secret").await;
    let outer = house.folder(&secret, "Outer").await;
    let inner = house.folder(&outer, "Inner").await;
    let file = house.file_in(&inner, "a.docx").await;
    house.grant(&inner, Role::Editor).await;
    let resource = || Resource::File(file.clone());
    assert_eq!(house.names_above(BEN, &resource()), [BEN, "Shared with me", "Inner"]);
    assert_eq!(house.names_above(BEN, &Resource::Container(inner.clone())), [BEN, "Shared with me"]);
    // The topmost of several grants is where the way begins.
    house.grant(&outer, Role::Viewer).await;
    assert_eq!(house.names_above(BEN, &resource()), [BEN, "Shared with me", "Outer", "Inner"]);
    house.host.rights().revoke(&UserId::parse(BEN).unwrap(), &outer).await.unwrap();
    house.host.rights().revoke(&UserId::parse(BEN).unwrap(), &inner).await.unwrap();
    house.grant(&file, Role::Viewer).await;
    assert_eq!(house.names_above(BEN, &resource()), [BEN, "Shared with me"]);
    assert!(house.at(BEN, &Resource::Container(inner)).is_err());
    // A right that was lost between the token and the question.
    let access = house.at(BEN, &resource()).unwrap();
    house.host.rights().revoke(&UserId::parse(BEN).unwrap(), &file).await.unwrap();
    assert!(matches!(house.host.ancestors(&access), Err(HostError::NotFound)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn walking_down_comes_to_every_file_by_the_way_that_its_ancestry_tells() {
    let house = House::new().await;
    house.add_user(BEN).await;
    let outer = house.folder(&house.drive("anna"), "Outer").await;
    let inner = house.folder(&outer, "Inner").await;
    let mut files = HashSet::new();
    for (folder, called) in [(&outer, "one.docx"), (&inner, "two.docx"), (&inner, "three.docx")] {
        files.insert(house.file_in(folder, called).await);
    }
    let alone = house.file_in(&house.drive("anna"), "alone.docx").await;
    house.file_in(&house.drive("anna"), "not for ben.docx").await;
    house.grant(&outer, Role::Viewer).await;
    house.grant(&alone, Role::Editor).await;
    files.insert(alone);
    let walked = house.walk(BEN);
    assert_eq!(walked.iter().map(|(file, _)| file.clone()).collect::<HashSet<_>>(), files);
    for (file, way) in walked {
        let above: Vec<_> = house.ancestors(BEN, &Resource::File(file)).into_iter().map(|it| it.id).collect();
        assert_eq!(above, way);
    }
    assert_eq!(house.walk("anna").len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_with_me_is_there_when_something_is_shared_and_is_nobody_elses() {
    let house = House::new().await;
    house.add_user(BEN).await;
    let root = house.drive(BEN);
    assert!(house.children(BEN, &root).is_empty());
    let file = house.file("a.docx", b"text").await;
    house.grant(&file, Role::Viewer).await;
    let [Listed::Container { id, name: called }] = &house.children(BEN, &root)[..] else { panic!("one container") };
    assert_eq!(called, "Shared with me");
    assert_eq!(Some(id.clone()), shared_with_me::id_for(&root));
    assert_eq!(house.names_above(BEN, &Resource::Container(id.clone())), [BEN]);
    assert!(matches!(house.at("anna", &Resource::Container(id.clone())), Err(AccessError::NoSuchNode)));
    let facts = house.host.container_facts(&house.in_folder(BEN, id), id).unwrap();
    assert!(!(facts.may_create || facts.may_delete || facts.may_rename || facts.may_share));
    let access = house.in_folder(BEN, id);
    let refused = house.host.create_child_file(&access, exactly("b.docx", false)).await;
    assert!(matches!(refused, Err(HostError::NoRight)), "{refused:?}");
    assert!(matches!(house.host.delete_container(&access).await, Err(HostError::NoRight)));
    // A folder of that name of his own keeps it.
    house.folder(&root, "shared WITH me").await;
    assert_eq!(house.host.container_facts(&access, id).unwrap().name, "Shared with me (2)");
    // What is in the bin is not shared.
    let access = house.access("anna", &file);
    assert_eq!(house.host.delete(&access).await.unwrap(), Unless::Done(()));
    assert_eq!(house.children(BEN, &root).len(), 1, "only his own folder");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_names_each_child_once_with_what_the_file_says_of_itself() {
    let house = House::new().await;
    let folder = house.folder(&house.drive("anna"), "Many").await;
    let access = house.in_folder("anna", &folder);
    let calls = (0..600).map(|n| {
        let target = exactly(&format!("{n}.{}", if n % 3 == 0 { "DOCX" } else { "xlsx" }), false);
        house.host.create_child_file(&access, target)
    });
    assert!(join_all(calls).await.into_iter().all(|made| matches!(made, Ok(NewFile::Made(..)))));
    house.folder(&folder, "inner.docx").await;
    let children = house.children("anna", &folder);
    let ids: HashSet<_> = children
        .iter()
        .map(|child| match child {
            Listed::Container { id, .. } => id.clone(),
            Listed::File { id, head } => {
                assert_eq!(**head, house.host.head(id).unwrap());
                id.clone()
            }
        })
        .collect();
    assert_eq!((children.len(), ids.len()), (601, 601));
    let wanted = [".docx".to_owned()];
    let mut listing = house.host.listing(&access, NodeKind::File).unwrap().with_extensions(&wanted);
    let mut count = 0;
    while let Some(page) = listing.next_page().unwrap() {
        count += page.len();
    }
    assert_eq!(count, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_creations_under_one_exact_name_one_makes_the_file() {
    let house = House::new().await;
    let folder = house.folder(&house.drive("anna"), "Race").await;
    let access = house.in_folder("anna", &folder);
    let calls = (0..24).map(|_| house.host.create_child_file(&access, exactly("a.docx", false)));
    let made = join_all(calls).await.into_iter().map(Result::unwrap);
    assert_eq!(made.filter(|outcome| matches!(outcome, NewFile::Made(..))).count(), 1);
    // With leave to overwrite all succeed, and it stays one file.
    let calls = (0..24).map(|_| house.host.create_child_file(&access, exactly("A.docx", true)));
    let ids: HashSet<_> = join_all(calls)
        .await
        .into_iter()
        .map(|outcome| match outcome.unwrap() {
            NewFile::Made(id, head) => {
                assert_eq!((head.name.as_str(), head.content.size), ("A.docx", 0));
                id
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((ids.len(), house.children("anna", &folder).len()), (1, 1));
    // Suggestions never clash.
    let calls = (0..24).map(|_| house.host.create_child_file(&access, RelativeTarget::Suggested(name("a.docx"))));
    assert!(join_all(calls).await.into_iter().all(|made| matches!(made, Ok(NewFile::Made(..)))));
    assert_eq!(house.children("anna", &folder).len(), 25);
    let calls = (0..24).map(|_| house.host.create_child_container(&access, &SUGGESTED));
    let ids: HashSet<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids.len(), 24);
}

static SUGGESTED: std::sync::LazyLock<ContainerTarget> =
    std::sync::LazyLock::new(|| ContainerTarget::Suggested(name("Inner")));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_replaced_keeps_id_history_and_lock() {
    let house = House::new().await;
    let folder = house.folder(&house.drive("anna"), "Replace").await;
    let file = house.file_in(&folder, "Plan.docx").await;
    let access = house.in_folder("anna", &folder);
    let before = house.host.head(&file).unwrap();
    house.lock(&file, Command::Lock(Some(id("A")))).await;
    let outcome = house.host.create_child_file(&access, exactly("plan.docx", true)).await.unwrap();
    assert!(matches!(outcome, NewFile::Locked(Some(holder)) if holder == id("A")));
    assert_eq!(house.bytes(&file).await, b"text");
    house.lock(&file, Command::Unlock(Some(id("A")))).await;
    let outcome = house.host.create_child_file(&access, exactly("plan.docx", true)).await.unwrap();
    let NewFile::Made(made, head) = outcome else { panic!("{outcome:?}") };
    assert_eq!((&made, head.name.as_str()), (&file, "plan.docx"));
    assert_eq!(house.bytes(&file).await, b"");
    assert!(head.version.sequence > before.version.sequence && head.modified > before.modified);
    assert_eq!(house.host.history(&file).unwrap().len(), 2, "the bytes until now are kept");
    let house = house.restart().await;
    let (kind, found) = house.host.resolve(&"anna:/Replace/PLAN.docx".parse_path(), None).unwrap();
    assert_eq!((kind, found), (NodeKind::File, file));
    // A folder of that name is not replaced.
    house.folder(&folder, "Notes.docx").await;
    let access = house.in_folder("anna", &folder);
    let outcome = house.host.create_child_file(&access, exactly("notes.docx", true)).await.unwrap();
    assert!(matches!(outcome, NewFile::Taken));
}

trait ParsePath {
    fn parse_path(&self) -> lockhouse::host::DrivePath;
}

impl ParsePath for str {
    fn parse_path(&self) -> lockhouse::host::DrivePath {
        lockhouse::host::DrivePath::parse(self).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacing_a_name_never_empties_a_file_that_has_given_the_name_up() {
    let house = House::new().await;
    for round in 0..24 {
        let folder = house.folder(&house.drive("anna"), &format!("Round {round}")).await;
        let file = house.file_in(&folder, "a.docx").await;
        let (access, token) = (house.in_folder("anna", &folder), house.access("anna", &file));
        let (renamed, replaced) = futures::join!(
            house.host.rename(&token, None, "b"),
            house.host.create_child_file(&access, exactly("a.docx", true)),
        );
        assert!(matches!(renamed, Ok(Unless::Done(_))), "{renamed:?}");
        let NewFile::Made(made, _) = replaced.unwrap() else { panic!("it was made") };
        let head = house.host.head(&file).unwrap();
        assert_eq!(head.name, "b.docx");
        // Emptied while it was `a.docx`, or not at all.
        assert_eq!(head.content.size == 0, made == file);
        assert_eq!(house.children("anna", &folder).len(), if made == file { 1 } else { 2 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_never_goes_away_under_a_file() {
    let house = House::new().await;
    for round in 0..24 {
        let folder = house.folder(&house.drive("anna"), &format!("Round {round}")).await;
        let access = house.in_folder("anna", &folder);
        let (made, deleted) = futures::join!(
            house.host.create_child_file(&access, exactly("a.docx", false)),
            house.host.delete_container(&access),
        );
        match (made, deleted) {
            (Ok(NewFile::Made(file, _)), Err(HostError::Misplaced(_))) => {
                assert_eq!(house.host.head(&file).unwrap().parent, folder);
                house.host.container(&folder).unwrap();
            }
            (Err(HostError::NotFound), Ok(())) => {
                assert!(matches!(house.host.container(&folder), Err(HostError::NotFound)));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_the_bin_does_not_hold_a_folder_and_a_root_stays() {
    let house = House::new().await;
    let folder = house.folder(&house.drive("anna"), "Old").await;
    let file = house.file_in(&folder, "a.docx").await;
    let access = house.in_folder("anna", &folder);
    assert!(matches!(house.host.delete_container(&access).await, Err(HostError::Misplaced(_))));
    assert_eq!(house.host.delete(&house.access("anna", &file)).await.unwrap(), Unless::Done(()));
    house.host.delete_container(&access).await.unwrap();
    assert!(matches!(house.at("anna", &Resource::Container(folder)), Err(AccessError::NoSuchNode)));
    let root = house.in_folder("anna", &house.drive("anna"));
    assert!(matches!(house.host.delete_container(&root).await, Err(HostError::SwitchedOff)));
    assert!(matches!(house.host.rename_container(&root, &name("x")).await, Err(HostError::NoRight)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_editor_of_a_folder_may_fill_it_but_not_take_it_from_its_place() {
    let house = House::new().await;
    house.add_user(BEN).await;
    let outer = house.folder(&house.drive("anna"), "Outer").await;
    let inner = house.folder(&outer, "Inner").await;
    house.grant(&inner, Role::Editor).await;
    let access = house.in_folder(BEN, &inner);
    let facts = house.host.container_facts(&access, &inner).unwrap();
    assert!(facts.may_create && facts.may_rename && !facts.may_delete);
    assert!(matches!(house.host.delete_container(&access).await, Err(HostError::NoRight)));
    house.grant(&outer, Role::Editor).await;
    house.host.delete_container(&access).await.unwrap();
    house.grant(&outer, Role::Viewer).await;
    let facts = house.host.container_facts(&house.in_folder(BEN, &outer), &outer).unwrap();
    assert!(!(facts.may_create || facts.may_rename || facts.may_delete || facts.may_share));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_record_hides_its_file_and_not_the_folder() {
    let house = House::new().await;
    let folder = house.folder(&house.drive("anna"), "Projects").await;
    let damaged = house.file_in(&folder, "a.docx").await;
    let whole = house.file_in(&folder, "b.docx").await;
    let batch = Batch::new().set(keys::file(&damaged), &b"\x01{no head"[..]);
    house.host.store().engine.submit(batch).unwrap().wait().await.unwrap();
    let listed = house.children("anna", &folder);
    assert!(matches!(&listed[..], [Listed::File { id, .. }] if *id == whole), "{listed:?}");
}

/// What somebody decided on a moment ago, and what has happened since.
struct Stale {
    house: House,
    team: NodeId,
    own: NodeId,
    file: NodeId,
    seen: Access,
}

impl Stale {
    /// Ben, an editor of the folder, has looked at the file; then its owner put it where it is nobody's but hers.
    async fn new() -> Self {
        let house = House::new().await;
        house.add_user(BEN).await;
        let root = house.drive("anna");
        let (team, own) = (house.folder(&root, "Team").await, house.folder(&root, "Own").await);
        let file = house.file_in(&team, "a.docx").await;
        house.grant(&team, Role::Editor).await;
        let seen = house.at(BEN, &Resource::File(file.clone())).unwrap();
        house.host.move_file(&file, &own, &name("b.docx")).await.unwrap();
        Self { house, team, own, file, seen }
    }

    fn is_at(&self, folder: &NodeId, called: &str) -> bool {
        let head = self.house.host.head(&self.file).unwrap();
        head.parent == *folder && head.name == called
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_name_that_races_a_move_leaves_the_file_where_it_was_put() {
    let it = Stale::new().await;
    let host = &it.house.host;
    assert_eq!(host.rename_exactly(&it.seen, &name("c.docx")).await.unwrap(), Unless::Done(()));
    assert!(it.is_at(&it.own, "c.docx"));
    let other = it.house.file_in(&it.own, "d.docx").await;
    let taken = host.rename_exactly(&it.seen, &name("d.docx")).await;
    assert!(matches!(taken, Err(HostError::NameTaken)), "{taken:?}");
    it.house.lock(&it.file, Command::Lock(Some(id("A")))).await;
    assert_eq!(host.rename_exactly(&it.seen, &name("e.docx")).await.unwrap(), Unless::Locked(Some(id("A"))));
    assert!(it.is_at(&it.own, "c.docx") && host.head(&other).unwrap().name == "d.docx");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_carried_only_from_where_its_carrier_had_the_right_and_under_the_name_that_it_has() {
    let it = Stale::new().await;
    let (house, host) = (&it.house, &it.house.host);
    let shelf = house.folder(&it.team, "Shelf").await;
    let gone = host.carry(&it.seen, &shelf).await;
    assert!(matches!(gone, Err(HostError::NotFound)), "{gone:?}");
    assert!(it.is_at(&it.own, "b.docx"));

    // The owner's own: renamed since he looked, it goes under its new name, locked or not.
    host.move_file(&it.file, &it.team, &name("b.docx")).await.unwrap();
    let his = house.access("anna", &it.file);
    host.rename_exactly(&his, &name("c.docx")).await.unwrap();
    house.lock(&it.file, Command::Lock(Some(id("A")))).await;
    assert_eq!(host.carry(&his, &shelf).await.unwrap(), Unless::Done(()));
    assert!(it.is_at(&shelf, "c.docx"));

    // Into another drive goes only what is one's own; what one may look at stays.
    let seen = house.at(BEN, &Resource::File(it.file.clone())).unwrap();
    assert!(matches!(host.carry(&seen, &house.drive(BEN)).await, Err(HostError::Access(_))));
    assert_eq!(host.carry(&seen, &it.team).await.unwrap(), Unless::Done(()));
    house.grant(&it.team, Role::Viewer).await;
    for target in [&shelf, &it.own] {
        let refused = host.carry(&seen, target).await;
        assert!(matches!(refused, Err(HostError::NoRight | HostError::NotFound)), "{refused:?}");
    }
    assert!(it.is_at(&it.team, "c.docx"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_is_carried_only_within_its_drive_and_by_whoever_may_take_it_away() {
    let house = House::new().await;
    house.add_user(BEN).await;
    let root = house.drive("anna");
    let (team, own) = (house.folder(&root, "Team").await, house.folder(&root, "Own").await);
    let plans = house.folder(&team, "Plans").await;
    house.grant(&team, Role::Editor).await;
    let seen = house.in_folder(BEN, &plans);
    let refused = house.host.carry(&seen, &own).await;
    assert!(matches!(refused, Err(HostError::NoRight)), "{refused:?}");
    let refused = house.host.carry(&seen, &house.drive(BEN)).await;
    assert!(matches!(refused, Err(HostError::Misplaced(_))), "{refused:?}");
    let shelf = house.folder(&team, "Shelf").await;
    house.host.move_container(&plans, &team, &name("Plans 2")).await.unwrap();
    assert_eq!(house.host.carry(&seen, &shelf).await.unwrap(), Unless::Done(()));
    let record = house.host.container(&plans).unwrap();
    assert_eq!((record.parent, record.name.as_str()), (Some(shelf), "Plans 2"));
    // Whoever may write in it and not around it leaves it where it is.
    house.host.rights().revoke(&UserId::parse(BEN).unwrap(), &team).await.unwrap();
    house.grant(&plans, Role::Editor).await;
    let refused = house.host.carry(&house.in_folder(BEN, &plans), &team).await;
    assert!(matches!(refused, Err(HostError::NoRight)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_asks_for_the_right_again_before_it_becomes_a_file() {
    let house = House::new().await;
    house.add_user(BEN).await;
    let root = house.drive("anna");
    let team = house.folder(&root, "Team").await;
    let file = house.file_in(&team, "a.docx").await;
    house.grant(&team, Role::Editor).await;
    let (ben, own) = (UserId::parse(BEN).unwrap(), house.drive(BEN));
    let seen = house.at(BEN, &Resource::File(file)).unwrap();
    let (copy, head) = house.host.begin_copy(&seen, &team).await.unwrap().finish().await.unwrap();
    assert_eq!((head.name.as_str(), house.bytes(&copy).await), ("a (2).docx", b"text".to_vec()));
    let under_way = house.host.begin_copy(&seen, &team).await.unwrap();
    house.grant(&team, Role::Viewer).await;
    let refused = under_way.finish().await;
    assert!(matches!(refused, Err(HostError::NoRight)), "{refused:?}");
    assert!(matches!(house.host.begin_copy(&seen, &team).await, Err(HostError::NoRight)));
    // What he may no longer read does not come to his own files either.
    let under_way = house.host.begin_copy(&seen, &own).await.unwrap();
    house.host.rights().revoke(&ben, &team).await.unwrap();
    let refused = under_way.finish().await;
    assert!(matches!(refused, Err(HostError::Access(_))), "{refused:?}");
    assert_eq!(house.host.children(&team, None, 9).unwrap().len(), 2);
    assert!(house.host.children(&own, None, 9).unwrap().is_empty());
}
