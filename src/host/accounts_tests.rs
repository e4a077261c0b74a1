//! Tests of [`super`].

use super::*;
use crate::{
    host::testing::{House, user},
    permission::Role,
};

fn new(name: &str) -> NewAccount<'_> {
    NewAccount {
        user: user(name),
        display_name: "",
        email: None,
        password: None,
        admin: false,
        kind: AccountKind::Consumer,
    }
}

#[tokio::test]
async fn a_new_user_has_a_drive_and_a_name_that_is_taken_in_any_case() {
    let house = House::new();
    let accounts = house.accounts();
    let anna = accounts.add(NewAccount { display_name: "  Anna Å. ", ..new("Anna") }).await.unwrap();
    assert_eq!((anna.display_name.as_str(), anna.generation), ("Anna Å.", 1));
    assert_eq!(accounts.get(&user("aNNa")).unwrap(), Some(anna.clone()));
    assert_eq!(accounts.find(" anna ").unwrap(), Some(anna.clone()));
    let (root, _) = load::<ContainerRecord>(&*house.engine, &keys::container(&anna.drive)).unwrap().unwrap();
    assert_eq!((root.parent, root.name.as_str(), root.owner), (None, "Anna", user("Anna")));
    assert!(house.engine.get(&keys::child_revision(&anna.drive)).unwrap().is_some());
    let refused = accounts.add(new("ANNA")).await;
    assert!(matches!(refused, Err(AccountError::Exists(taken)) if taken == user("Anna")));
    assert_eq!(accounts.find("an/na").unwrap(), None);
}

#[tokio::test]
async fn impossible_accounts_are_refused() {
    let accounts = House::new().accounts();
    let long = "x".repeat(257);
    for display_name in ["a\nb", &long] {
        let refused = accounts.add(NewAccount { display_name, ..new("a") }).await;
        assert!(matches!(refused, Err(AccountError::BadText { .. })), "{refused:?}");
    }
    let refused = accounts.add(NewAccount { password: Some("short"), ..new("a") }).await;
    assert!(matches!(refused, Err(AccountError::Password(PasswordError::TooShort))), "{refused:?}");
    let refused = accounts.add(new("Guest00112233445566778899aabbccddeeff")).await;
    assert!(matches!(refused, Err(AccountError::Reserved)), "{refused:?}");
    assert!(accounts.list(None, 10).unwrap().is_empty());
}

#[tokio::test]
async fn of_many_who_add_one_name_at_once_one_succeeds() {
    let accounts = House::new().accounts();
    let all = futures::future::join_all((0..8).map(|_| accounts.add(new("anna")))).await;
    assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(all.iter().all(|outcome| matches!(outcome, Ok(_) | Err(AccountError::Exists(_)))));
}

#[tokio::test]
async fn users_are_listed_page_by_page_without_the_removed() {
    let accounts = House::new().accounts();
    for name in ["Dora", "anna", "Cleo", "ben"] {
        accounts.add(new(name)).await.unwrap();
    }
    accounts.remove_empty(&user("cleo")).await.unwrap();
    let first = accounts.list(None, 2).unwrap();
    assert_eq!(first.iter().map(|account| account.user.as_str()).collect::<Vec<_>>(), ["anna", "ben"]);
    let rest = accounts.list(Some(&first[1].user), 9).unwrap();
    assert_eq!(rest.iter().map(|account| account.user.as_str()).collect::<Vec<_>>(), ["Dora"]);
}

#[tokio::test]
async fn signing_in_says_the_same_to_everybody_it_refuses() {
    let accounts = House::new().accounts();
    accounts.add(NewAccount { password: Some("correct horse"), ..new("anna") }).await.unwrap();
    accounts.add(new("machine")).await.unwrap();
    assert_eq!(accounts.authenticate("ANNA", "correct horse").await.unwrap().user, user("anna"));
    accounts.add(NewAccount { password: Some("correct horse"), ..new("ben") }).await.unwrap();
    accounts.disable(&user("ben"), true).await.unwrap();
    let mut words = Vec::new();
    for (name, password, why) in [
        ("anna", "wrong horse", SignInRefused::WrongPassword),
        ("nobody", "correct horse", SignInRefused::NoSuchUser),
        ("", "", SignInRefused::NoSuchUser),
        ("machine", "", SignInRefused::NoPassword),
        ("ben", "wrong horse", SignInRefused::WrongPassword),
        ("ben", "correct horse", SignInRefused::Disabled),
    ] {
        let refused = accounts.authenticate(name, password).await.unwrap_err();
        words.push(refused.to_string());
        assert!(matches!(refused, SignInError::Refused(reason) if reason == why), "{name}: {refused:?}");
    }
    words.dedup();
    assert_eq!(words.len(), 1);
}

#[tokio::test]
async fn a_new_password_and_shutting_out_raise_the_generation() {
    let accounts = House::new().accounts();
    let anna = user("anna");
    accounts.add(NewAccount { password: Some("correct horse"), ..new("anna") }).await.unwrap();
    assert_eq!(accounts.set_password(&anna, "battery staple").await.unwrap().generation, 2);
    assert!(accounts.authenticate("anna", "correct horse").await.is_err());
    assert!(accounts.authenticate("anna", "battery staple").await.is_ok());
    assert_eq!(accounts.disable(&anna, true).await.unwrap().generation, 3);
    assert_eq!(accounts.disable(&anna, true).await.unwrap().generation, 3);
    assert_eq!(accounts.disable(&anna, false).await.unwrap().generation, 3);
    let educated = accounts.set_kind(&anna, AccountKind::Education).await.unwrap();
    assert_eq!((educated.kind, educated.generation), (AccountKind::Education, 3));
    assert!(matches!(accounts.set_password(&anna, "short").await, Err(AccountError::Password(_))));
    let refused = accounts.set_password(&user("nobody"), "battery staple").await;
    assert!(matches!(refused, Err(AccountError::NoSuchUser(_))), "{refused:?}");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let accounts = House::new().accounts();
    let (anna, ben) = (user("anna"), user("ben"));
    accounts.add(NewAccount { admin: true, ..new("anna") }).await.unwrap();
    accounts.add(NewAccount { admin: true, ..new("ben") }).await.unwrap();
    accounts.disable(&ben, true).await.unwrap();
    for refused in [
        accounts.disable(&anna, true).await.map(drop),
        accounts.set_admin(&anna, false).await.map(drop),
        accounts.remove_empty(&anna).await,
    ] {
        assert!(matches!(refused, Err(AccountError::LastAdmin(_))), "{refused:?}");
    }
    accounts.disable(&ben, false).await.unwrap();
    let (one, two) = futures::future::join(accounts.set_admin(&anna, false), accounts.remove_empty(&ben)).await;
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

#[tokio::test]
async fn an_administrator_without_a_way_to_sign_in_does_not_stand_in_for_one_who_has() {
    let accounts = House::new().accounts();
    let (anna, machine, outside) = (user("anna"), user("machine"), user("outside"));
    accounts.add(NewAccount { admin: true, password: Some("correct horse"), ..new("anna") }).await.unwrap();
    accounts.add(NewAccount { admin: true, ..new("machine") }).await.unwrap();
    for refused in [
        accounts.disable(&anna, true).await.map(drop),
        accounts.set_admin(&anna, false).await.map(drop),
        accounts.remove_empty(&anna).await,
    ] {
        assert!(matches!(refused, Err(AccountError::LastAdmin(_))), "{refused:?}");
    }
    // Whom a provider signs in can rule, and the last of them keeps that.
    accounts.add(NewAccount { admin: true, ..new("outside") }).await.unwrap();
    let subject = outside::Subject::new("https://id.example", "4711").unwrap();
    accounts.link(&outside, Some(&subject)).await.unwrap();
    accounts.disable(&anna, true).await.unwrap();
    let refused = accounts.link(&outside, None).await;
    assert!(matches!(refused, Err(AccountError::LastAdmin(_))), "{refused:?}");
    accounts.set_password(&machine, "battery staple").await.unwrap();
    accounts.link(&outside, None).await.unwrap();
    // He who cannot sign in is no loss while somebody can; the last of all stays one all the same.
    accounts.set_admin(&outside, false).await.unwrap();
    let refused = accounts.disable(&machine, true).await;
    assert!(matches!(refused, Err(AccountError::LastAdmin(_))), "{refused:?}");
}

#[tokio::test]
async fn a_user_who_owns_something_is_not_removed() {
    let house = House::new();
    let accounts = house.accounts();
    let anna = accounts.add(new("anna")).await.unwrap();
    house.named(&anna.drive, "report.docx");
    let refused = accounts.remove_empty(&user("anna")).await;
    assert!(matches!(refused, Err(AccountError::OwnsFiles { count: 1, .. })), "{refused:?}");
    accounts.add(new("ben")).await.unwrap();
    house.commit(Batch::new().add(keys::usage_files(&user("ben")), 7)).await;
    let refused = accounts.remove_empty(&user("ben")).await;
    assert!(matches!(refused, Err(AccountError::OwnsFiles { count: 7, .. })), "{refused:?}");
    accounts.add(new("cleo")).await.unwrap();
    house.commit(Batch::new().set(keys::bin_row(&user("cleo"), &anna.drive), MARK)).await;
    assert!(accounts.remove_empty(&user("cleo")).await.is_err());
}

#[tokio::test]
async fn a_name_given_again_inherits_nothing() {
    let house = House::new();
    let (accounts, rights, links) = (house.accounts(), house.rights(), house.links());
    let (anna, ben) = (user("anna"), user("ben"));
    let owner = accounts.add(new("anna")).await.unwrap();
    let first = accounts.add(NewAccount { password: Some("correct horse"), ..new("ben") }).await.unwrap();
    let file = house.file(&owner.drive, "anna");
    rights.grant(&anna, &ben, &file, Role::Editor).await.unwrap();
    rights.grant(&ben, &anna, &first.drive, Role::Viewer).await.unwrap();
    let link = links.create_or_reuse(&file, Role::Viewer, &ben, None).await.unwrap();
    accounts.set_user_info(&ben, "opaque").await.unwrap();

    accounts.remove_empty(&ben).await.unwrap();
    assert_eq!(accounts.get(&ben).unwrap(), None);
    assert!(rights.traces_of(&file).unwrap().is_empty(), "removal itself clears grants and links");
    assert!(matches!(accounts.remove_empty(&ben).await, Err(AccountError::NoSuchUser(_))));
    assert!(accounts.authenticate("ben", "correct horse").await.is_err());
    assert!(accounts.set_user_info(&ben, "x").await.is_err());

    let second = accounts.add(new("Ben")).await.unwrap();
    assert!(second.generation > first.generation + 1);
    assert_ne!(second.drive, first.drive);
    assert_eq!(rights.role_on(&ben, &file).unwrap(), None);
    assert_eq!(links.get(&link).unwrap(), None);
    assert_eq!(accounts.user_info(&ben).unwrap(), None);
    assert!(rights.granted_to(&anna, None, 9).unwrap().is_empty());
    assert!(rights.node(&first.drive).unwrap().is_none());
}

#[tokio::test]
async fn a_removal_that_was_cut_off_is_finished_before_the_name_is_given_again() {
    let house = House::new();
    let (accounts, rights, links) = (house.accounts(), house.rights(), house.links());
    let (owner, ben) = (accounts.add(new("anna")).await.unwrap(), user("ben"));
    let first = accounts.add(new("ben")).await.unwrap();
    let file = house.file(&owner.drive, "anna");
    rights.grant(&owner.user, &ben, &file, Role::Editor).await.unwrap();
    let link = links.create_or_reuse(&file, Role::Viewer, &ben, None).await.unwrap();
    house.commit(Batch::new().set(keys::account(&ben), encode(&tombstone(&first)))).await;
    accounts.add(new("ben")).await.unwrap();
    assert_eq!(rights.role_on(&ben, &file).unwrap(), None);
    assert_eq!(links.get(&link).unwrap(), None);
}

#[tokio::test]
async fn a_grant_that_races_with_a_removal_leaves_no_trace() {
    let house = House::new();
    let (accounts, rights) = (house.accounts(), house.rights());
    let (anna, ben) = (user("anna"), user("ben"));
    let owner = accounts.add(new("anna")).await.unwrap();
    let file = house.file(&owner.drive, "anna");
    for _ in 0..20 {
        accounts.add(new("ben")).await.unwrap();
        let (grant, removal) =
            futures::future::join(rights.grant(&anna, &ben, &file, Role::Editor), accounts.remove_empty(&ben)).await;
        removal.unwrap();
        assert!(rights.traces_of(&file).unwrap().is_empty(), "{grant:?}");
    }
}

#[tokio::test]
async fn user_info_comes_back_exactly_and_stops_at_1024_characters() {
    let house = House::new();
    let accounts = house.accounts();
    accounts.add(new("anna")).await.unwrap();
    let (anna, longest) = (user("anna"), "\"\\\u{1}~".repeat(256));
    assert_eq!(accounts.user_info(&anna).unwrap(), None);
    accounts.set_user_info(&anna, &longest).await.unwrap();
    for bad in [format!("{longest}x"), "ä".to_owned()] {
        assert!(matches!(accounts.set_user_info(&anna, &bad).await, Err(AccountError::BadUserInfo)));
    }
    assert_eq!(accounts.user_info(&anna).unwrap(), Some(longest));
    accounts.set_user_info(&anna, "").await.unwrap();
    assert_eq!(accounts.user_info(&anna).unwrap(), None);
}

#[test]
fn no_debug_form_shows_a_password() {
    let shown = format!("{:?}", NewAccount { password: Some("correct horse"), ..new("anna") });
    assert!(!shown.contains("horse"), "{shown}");
}

#[tokio::test]
async fn the_id_that_clients_know_a_user_by_is_never_given_again() {
    let house = House::new();
    let accounts = house.accounts();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let anna = accounts.add(new("anna")).await.unwrap();
        assert!(!seen.contains(anna.wopi_id()), "{seen:?}");
        seen.push(anna.wopi_id().clone());
        let later = accounts.set_password(&anna.user, "correct horse battery").await.unwrap();
        assert_eq!(later.wopi_id(), anna.wopi_id(), "it is steady");
        accounts.remove_empty(&anna.user).await.unwrap();
    }
    assert_eq!(seen[0], user("anna"));
    let long = "x".repeat(64);
    accounts.add(new(&long)).await.unwrap();
    accounts.remove_empty(&user(&long)).await.unwrap();
    let again = accounts.add(new(&long)).await.unwrap();
    assert_ne!(again.wopi_id(), &again.user);
}

#[tokio::test]
async fn a_region_is_a_plain_word() {
    let accounts = House::new().accounts();
    let anna = accounts.add(new("anna")).await.unwrap().user;
    assert_eq!(accounts.set_region(&anna, Some(" eu-1 ")).await.unwrap().region.as_deref(), Some("eu-1"));
    for bad in ["a b", "ä", "a\r\nb", &"x".repeat(65)] {
        assert!(matches!(accounts.set_region(&anna, Some(bad)).await, Err(AccountError::BadRegion)), "{bad}");
    }
    assert_eq!(accounts.set_region(&anna, None).await.unwrap().region, None);
}
