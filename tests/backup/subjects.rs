//! The row by which an outside provider's subject leads to an account.

use lockhouse::{
    host::accounts::outside::Subject,
    ids::UserId,
    store::{
        check::{Severity, What},
        engine::Batch,
        records::{AccountRecord, decode, encode, keys},
    },
};

use crate::{
    check::{change, findings},
    house::{self, House, clock, house, user},
    repair::mends,
};

fn subject() -> Subject {
    Subject::new("https://id.example", "10").unwrap()
}

fn row() -> Vec<u8> {
    keys::subject(subject().as_str())
}

async fn linked() -> House {
    let house = house().await;
    let host = house::open_host(&house.path, clock()).await;
    host.accounts().link(&user("ben"), Some(&subject())).await.unwrap();
    house::close_host(host, &house.path).await;
    house
}

/// Whom the subject leads to after a repair.
async fn after_repair(house: &House) -> Option<UserId> {
    mends(house).await;
    let host = house::open_host(&house.path, clock()).await;
    let found = host.accounts().by_subject(&subject()).unwrap().map(|account| account.user);
    house::close_host(host, &house.path).await;
    found
}

#[tokio::test]
async fn a_user_whom_the_provider_signs_in_is_nothing_to_find() {
    assert_eq!(findings(&linked().await).await.1, []);
}

#[tokio::test]
async fn a_lost_row_is_damage_and_is_made_again() {
    let house = linked().await;
    change(&house, |_| Batch::new().clear(row())).await;
    let (_, found) = findings(&house).await;
    assert_eq!(found.iter().map(|finding| finding.what).collect::<Vec<_>>(), [What::Account]);
    assert_eq!(after_repair(&house).await, Some(user("ben")));

    change(&house, |_| Batch::new().set(row(), &b"\x01{\"broken"[..])).await;
    assert_eq!(after_repair(&house).await, Some(user("ben")));
}

#[tokio::test]
async fn of_two_users_with_one_subject_the_one_keeps_it_to_whom_it_leads() {
    let house = linked().await;
    change(&house, |engine| {
        let key = keys::account(&user("anna"));
        let anna: AccountRecord = decode(&key, &engine.get(&key).unwrap().unwrap().value).unwrap();
        Batch::new().set(key, encode(&AccountRecord { subject: Some(subject().as_str().to_owned()), ..anna }))
    })
    .await;
    assert_eq!(findings(&house).await.0.damages, 1);
    assert_eq!(after_repair(&house).await, Some(user("ben")));
}

#[tokio::test]
async fn a_row_that_leads_to_nobody_is_a_notice_and_keeps_nobody_out() {
    let house = house().await;
    change(&house, |_| Batch::new().set(row(), encode(&user("ben")))).await;
    let (report, found) = findings(&house).await;
    assert!(report.is_sound());
    assert_eq!((found[0].what, found[0].severity), (What::Leftover, Severity::Notice));
    let host = house::open_host(&house.path, clock()).await;
    assert!(host.accounts().by_subject(&subject()).unwrap().is_none());
    host.accounts().link(&user("anna"), Some(&subject())).await.unwrap();
    assert_eq!(host.accounts().by_subject(&subject()).unwrap().unwrap().user, user("anna"));
    house::close_host(host, &house.path).await;
}
