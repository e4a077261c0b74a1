//! Tests of [`super`].

use std::time::Duration;

use super::*;
use crate::host::{
    links::is_guest_id,
    testing::{House, user},
    tokens::NewToken,
};

const HOUR: Duration = Duration::from_secs(3600);

/// Anna owns a file in a folder; Ben is there too.
struct Scene {
    house: House,
    access: AccessControl,
    anna: AccountRecord,
    ben: AccountRecord,
    folder: NodeId,
    file: NodeId,
}

impl Scene {
    async fn new() -> Self {
        let house = House::new();
        let (anna, ben) = (house.add("anna").await, house.add("ben").await);
        let access = house.access().await;
        let folder = house.folder(&anna.drive, "anna");
        let file = house.file(&folder, "anna");
        Self { house, access, anna, ben, folder, file }
    }

    fn resource(&self) -> Resource {
        Resource::File(self.file.clone())
    }

    fn token(&self, account: &AccountRecord, ceiling: Role) -> String {
        let new = NewToken::for_user(account, self.resource(), ceiling, ClientKind::Office);
        self.access.tokens().issue(&new, HOUR).unwrap().text
    }

    fn link_token(&self, link: &NodeId, resource: Resource) -> String {
        let new = NewToken::for_link(link.clone(), resource, Role::Owner, ClientKind::Any);
        self.access.tokens().issue(&new, HOUR).unwrap().text
    }

    fn role(&self, token: &str) -> Result<Role, AccessError> {
        self.access.authorize(token, &self.resource()).map(|access| access.role)
    }

    async fn grant(&self, role: Role) {
        self.house.rights().grant(&user("anna"), &user("ben"), &self.file, role).await.unwrap();
    }
}

#[tokio::test]
async fn the_owner_gets_in_and_a_stranger_finds_nothing() {
    let scene = Scene::new().await;
    let access = scene.access.authorize(&scene.token(&scene.anna, Role::Owner), &scene.resource()).unwrap();
    assert_eq!((access.role, access.user_id(), access.is_anonymous()), (Role::Owner, user("anna"), false));
    assert_eq!(access.client(), ClientKind::Office);
    assert_eq!(access.account().map(|account| account.user.clone()), Some(user("anna")));
    let refused = scene.role(&scene.token(&scene.ben, Role::Owner)).unwrap_err();
    assert!(matches!(refused, AccessError::NoRight));
    assert_eq!(refused.face(), Face::NotFound);
}

#[tokio::test]
async fn the_role_is_the_lower_one_of_the_tokens_and_the_grants_at_this_moment() {
    let scene = Scene::new().await;
    let (wide, narrow) = (scene.token(&scene.ben, Role::Owner), scene.token(&scene.ben, Role::Viewer));
    scene.grant(Role::Editor).await;
    assert_eq!(scene.role(&wide).unwrap(), Role::Editor);
    assert_eq!(scene.role(&narrow).unwrap(), Role::Viewer);
    scene.grant(Role::Viewer).await;
    assert_eq!(scene.role(&wide).unwrap(), Role::Viewer);
    scene.house.rights().revoke(&user("ben"), &scene.file).await.unwrap();
    assert!(matches!(scene.role(&wide), Err(AccessError::NoRight)));
    assert_eq!(scene.role(&scene.token(&scene.anna, Role::Viewer)).unwrap(), Role::Viewer);
}

#[tokio::test]
async fn an_administrator_has_no_rights_on_documents() {
    let scene = Scene::new().await;
    scene.house.accounts().set_admin(&user("ben"), true).await.unwrap();
    assert!(matches!(scene.role(&scene.token(&scene.ben, Role::Owner)), Err(AccessError::NoRight)));
}

#[tokio::test]
async fn a_token_is_good_for_its_own_resource_only() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.anna, Role::Owner);
    let other = scene.house.file(&scene.folder, "anna");
    for resource in [Resource::File(other), Resource::Container(scene.file.clone()), Resource::Ecosystem] {
        let refused = scene.access.authorize(&token, &resource).unwrap_err();
        assert!(matches!(refused, AccessError::WrongResource), "{refused:?}");
        assert_eq!(refused.face(), Face::NotAuthenticated);
    }
    let of_a_folder = Resource::Container(scene.folder.clone());
    let new = NewToken::for_user(&scene.anna, of_a_folder.clone(), Role::Editor, ClientKind::Any);
    let token = scene.access.tokens().issue(&new, HOUR).unwrap().text;
    assert_eq!(scene.access.authorize(&token, &of_a_folder).unwrap().role, Role::Editor);
    assert!(matches!(scene.role(&token), Err(AccessError::WrongResource)));
    let new = NewToken::for_user(&scene.anna, Resource::File(scene.folder.clone()), Role::Editor, ClientKind::Any);
    let token = scene.access.tokens().issue(&new, HOUR).unwrap().text;
    let refused = scene.access.authorize(&token, &Resource::File(scene.folder.clone()));
    assert!(matches!(refused, Err(AccessError::NoSuchNode)), "a folder is no file: {refused:?}");
}

#[tokio::test]
async fn the_ecosystem_is_for_users_only() {
    let scene = Scene::new().await;
    let new = NewToken::for_user(&scene.ben, Resource::Ecosystem, Role::Viewer, ClientKind::Any);
    let token = scene.access.tokens().issue(&new, HOUR).unwrap().text;
    assert_eq!(scene.access.authorize(&token, &Resource::Ecosystem).unwrap().role, Role::Viewer);
    let link = scene.house.links().create_or_reuse(&scene.file, Role::Viewer, &user("anna"), None).await.unwrap();
    let token = scene.link_token(&link, Resource::Ecosystem);
    assert!(matches!(scene.access.authorize(&token, &Resource::Ecosystem), Err(AccessError::NoRight)));
}

#[tokio::test]
async fn a_new_password_disabling_and_removal_kill_the_tokens_for_good() {
    let scene = Scene::new().await;
    let (accounts, ben) = (scene.house.accounts(), user("ben"));
    scene.grant(Role::Editor).await;
    let first = scene.token(&scene.ben, Role::Owner);
    assert!(scene.role(&first).is_ok());
    let second = scene.token(&accounts.set_password(&ben, "correct horse").await.unwrap(), Role::Owner);
    assert!(matches!(scene.role(&first), Err(AccessError::EarlierGeneration)));
    assert!(scene.role(&second).is_ok());
    accounts.disable(&ben, true).await.unwrap();
    assert!(matches!(scene.role(&second), Err(AccessError::Disabled)));
    let third = scene.token(&accounts.disable(&ben, false).await.unwrap(), Role::Owner);
    assert!(matches!(scene.role(&second), Err(AccessError::EarlierGeneration)));
    assert!(scene.role(&third).is_ok());
    accounts.remove_empty(&ben).await.unwrap();
    assert!(matches!(scene.role(&third), Err(AccessError::PrincipalGone)));
    scene.house.add("ben").await;
    scene.grant(Role::Editor).await;
    for dead in [&first, &second, &third] {
        let refused = scene.role(dead).unwrap_err();
        assert!(matches!(refused, AccessError::EarlierGeneration), "{refused:?}");
        assert_eq!(refused.face(), Face::NotAuthenticated);
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_found() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.anna, Role::Owner);
    scene.house.remove_node(&scene.file);
    let refused = scene.role(&token).unwrap_err();
    assert!(matches!(refused, AccessError::NoSuchNode));
    assert_eq!(refused.face(), Face::NotFound);
}

#[tokio::test]
async fn a_guest_has_the_links_role_on_its_node_and_in_it() {
    let scene = Scene::new().await;
    let links = scene.house.links();
    let link = links.create_or_reuse(&scene.folder, Role::Editor, &user("anna"), None).await.unwrap();
    let access = scene.access.authorize(&scene.link_token(&link, scene.resource()), &scene.resource()).unwrap();
    assert_eq!((access.role, access.is_anonymous()), (Role::Editor, true));
    assert!(access.account().is_none() && is_guest_id(&access.user_id()));
    assert!(!format!("{access:?}").contains(link.as_str()));
    let outside = Resource::File(scene.house.file(&scene.anna.drive, "anna"));
    let refused = scene.access.authorize(&scene.link_token(&link, outside.clone()), &outside);
    assert!(matches!(refused, Err(AccessError::NoRight)), "{refused:?}");
    links.revoke(&link).await.unwrap();
    let refused = scene.role(&scene.link_token(&link, scene.resource()));
    assert!(matches!(refused, Err(AccessError::PrincipalGone)), "{refused:?}");
}

#[tokio::test]
async fn a_link_ends_at_its_end_although_the_token_lives() {
    let scene = Scene::new().await;
    let end = scene.house.clock.wall().plus(HOUR / 2);
    let by = user("anna");
    let link = scene.house.links().create_or_reuse(&scene.file, Role::Viewer, &by, Some(end)).await.unwrap();
    let token = scene.link_token(&link, scene.resource());
    scene.house.clock.set_wall(Timestamp::from_ticks(end.ticks() - 1));
    assert_eq!(scene.role(&token).unwrap(), Role::Viewer);
    scene.house.clock.set_wall(end);
    assert!(matches!(scene.role(&token), Err(AccessError::PrincipalGone)));
}

#[tokio::test]
async fn a_link_gives_no_more_than_its_maker_still_has() {
    let scene = Scene::new().await;
    scene.grant(Role::Editor).await;
    let link = scene.house.links().create_or_reuse(&scene.file, Role::Editor, &user("ben"), None).await.unwrap();
    let token = scene.link_token(&link, scene.resource());
    assert_eq!(scene.role(&token).unwrap(), Role::Editor);
    scene.grant(Role::Viewer).await;
    assert!(matches!(scene.role(&token), Err(AccessError::NoRight)));
    scene.grant(Role::Editor).await;
    assert_eq!(scene.role(&token).unwrap(), Role::Editor);
    scene.house.accounts().disable(&user("ben"), true).await.unwrap();
    assert!(matches!(scene.role(&token), Err(AccessError::NoRight)));
}

#[tokio::test]
async fn a_download_follows_the_right_of_whoever_asked_for_it() {
    let scene = Scene::new().await;
    scene.grant(Role::Editor).await;
    let access = scene.access.authorize(&scene.token(&scene.ben, Role::Owner), &scene.resource()).unwrap();
    let download = scene.access.tokens().issue_download(&access.claims, &scene.file).unwrap().text;
    let read = scene.access.authorize_download(&download).unwrap();
    assert_eq!((read.role, read.resource()), (Role::Viewer, &scene.resource()));
    assert!(matches!(scene.role(&download), Err(AccessError::WrongKind)));
    assert!(scene.access.authorize_download(&scene.token(&scene.ben, Role::Owner)).is_err());
    scene.house.rights().revoke(&user("ben"), &scene.file).await.unwrap();
    assert!(matches!(scene.access.authorize_download(&download), Err(AccessError::NoRight)));
}

#[tokio::test]
async fn what_a_token_admits_does_not_carry_the_passwords_hash() {
    let scene = Scene::new().await;
    let account = scene.house.accounts().set_password(&user("anna"), "correct horse").await.unwrap();
    let access = scene.access.authorize(&scene.token(&account, Role::Owner), &scene.resource()).unwrap();
    assert_eq!(access.account().unwrap().password, None);
    assert!(!format!("{access:?}").contains("argon2"));
}

#[tokio::test]
async fn a_key_retired_while_its_token_is_looked_at_admits_nobody_afterwards() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.anna, Role::Owner);
    let held = scene.access.tokens().keys();
    let kid = held.current().kid().to_owned();
    // The store has it retired, and memory hears of it a moment later.
    assert!(scene.house.key_ring().await.retire(&kid).await.unwrap());
    assert_eq!(scene.role(&token).unwrap(), Role::Owner, "the moment between");
    assert!(held.retire(&kid).await.unwrap());
    assert!(matches!(scene.role(&token), Err(AccessError::RetiredKey)));
}
