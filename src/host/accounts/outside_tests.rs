use super::*;
use crate::{
    host::testing::{House, user},
    store::engine::scan_prefix,
};

fn subject(sub: &str) -> Subject {
    Subject::new("https://id.example", sub).unwrap()
}

fn outsider(sub: &str, name: &str) -> Outsider {
    Outsider { subject: subject(sub), user_name: Some(name.to_owned()), display_name: None, email: None }
}

const KIND: Option<AccountKind> = Some(AccountKind::Business);

#[tokio::test]
async fn somebody_new_gets_an_account_and_keeps_it_whatever_he_is_called_later() {
    let accounts = House::new().accounts();
    let mut who = outsider("1", "Anna.Brandt@example.org");
    who.display_name = Some("Anna Brandt".to_owned());
    who.email = Some("anna.brandt@example.org".to_owned());
    let first = accounts.enter(&who, KIND).await.unwrap();
    assert_eq!(first.user, user("AnnaBrandt"));
    assert_eq!((first.display_name.as_str(), first.kind), ("Anna Brandt", AccountKind::Business));
    assert!(first.password.is_none() && !first.admin);

    who.user_name = Some("anna.falk".to_owned());
    who.display_name = Some("Anna Falk".to_owned());
    who.email = None;
    let second = accounts.enter(&who, None).await.unwrap();
    assert_eq!((second.user.clone(), second.drive), (first.user, first.drive));
    assert_eq!(second.display_name, "Anna Falk");
    assert_eq!(second.email.as_deref(), Some("anna.brandt@example.org"), "what is not told stays");
    assert_eq!(second.generation, 1, "sessions go on");
    assert_eq!(accounts.list(None, 10).unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_that_is_there_gets_a_number_and_its_owner_stays_who_he_is() {
    let house = House::new();
    let accounts = house.accounts();
    let local = house.add("anna").await;
    let entered = accounts.enter(&outsider("1", "ANNA"), KIND).await.unwrap();
    assert_eq!(entered.user, user("ANNA2"));
    assert_ne!(entered.drive, local.drive);
    assert_eq!(accounts.get(&user("anna")).unwrap(), Some(local));
    assert_eq!(accounts.enter(&outsider("2", "anna"), KIND).await.unwrap().user, user("anna3"));
}

#[tokio::test]
async fn a_name_that_somebody_had_is_not_given_to_another() {
    let house = House::new();
    let accounts = house.accounts();
    house.add("anna").await;
    accounts.remove_empty(&user("anna")).await.unwrap();
    assert_eq!(accounts.enter(&outsider("1", "anna"), KIND).await.unwrap().user, user("anna2"));
}

#[tokio::test]
async fn without_newcomers_only_those_are_let_in_who_have_an_account() {
    let house = House::new();
    let accounts = house.accounts();
    house.add("anna").await;
    let refused = accounts.enter(&outsider("1", "anna"), None).await;
    assert!(matches!(refused, Err(EnterError::NoAccount)), "{refused:?}");
    accounts.link(&user("anna"), Some(&subject("1"))).await.unwrap();
    assert_eq!(accounts.enter(&outsider("1", "who"), None).await.unwrap().user, user("anna"));
}

#[tokio::test]
async fn a_disabled_user_is_not_let_in_and_nothing_of_him_changes() {
    let accounts = House::new().accounts();
    let made = accounts.enter(&outsider("1", "anna"), KIND).await.unwrap();
    let disabled = accounts.disable(&made.user, true).await.unwrap();
    let mut who = outsider("1", "anna");
    who.display_name = Some("Somebody".to_owned());
    assert!(matches!(accounts.enter(&who, KIND).await, Err(EnterError::Disabled(_))));
    assert_eq!(accounts.get(&made.user).unwrap(), Some(disabled));
}

#[tokio::test]
async fn a_subject_leads_to_one_user_and_unlinking_signs_him_out() {
    let house = House::new();
    let accounts = house.accounts();
    house.add("anna").await;
    house.add("bert").await;
    let linked = accounts.link(&user("anna"), Some(&subject("1"))).await.unwrap();
    assert_eq!(linked.generation, 1, "a further way to sign in ends nothing");
    let taken = accounts.link(&user("bert"), Some(&subject("1"))).await;
    assert!(matches!(taken, Err(AccountError::SubjectTaken(holder)) if holder == user("anna")));

    let moved = accounts.link(&user("anna"), Some(&subject("2"))).await.unwrap();
    assert_eq!(moved.generation, 2);
    assert!(accounts.by_subject(&subject("1")).unwrap().is_none());
    accounts.link(&user("bert"), Some(&subject("1"))).await.unwrap();
    let free = accounts.link(&user("anna"), None).await.unwrap();
    assert_eq!((free.subject, free.generation), (None, 3));
    assert!(accounts.by_subject(&subject("2")).unwrap().is_none());
    assert_eq!(accounts.by_subject(&subject("1")).unwrap().unwrap().user, user("bert"));
}

#[tokio::test]
async fn removing_a_user_takes_his_subject_away() {
    let house = House::new();
    let accounts = house.accounts();
    let made = accounts.enter(&outsider("1", "anna"), KIND).await.unwrap();
    accounts.remove_empty(&made.user).await.unwrap();
    assert!(accounts.by_subject(&subject("1")).unwrap().is_none());
    assert!(scan_prefix(&*house.engine, keys::prefix::SUBJECTS, None, 10).unwrap().is_empty());
    let again = accounts.enter(&outsider("1", "anna"), KIND).await.unwrap();
    assert_eq!(again.user, user("anna2"), "a new person to the house");
}

#[tokio::test]
async fn first_sign_ins_at_once_make_one_account_and_people_of_one_name_get_one_each() {
    let house = House::new();
    let accounts = house.accounts();
    let same_person = futures::future::join_all((0..16).map(|_| {
        let accounts = accounts.clone();
        tokio::spawn(async move { accounts.enter(&outsider("1", "anna"), KIND).await.unwrap().user })
    }));
    let names: Vec<UserId> = same_person.await.into_iter().map(Result::unwrap).collect();
    assert!(names.iter().all(|name| *name == user("anna")), "{names:?}");
    assert_eq!(accounts.list(None, 10).unwrap().len(), 1);
    let others = futures::future::join_all((2..6).map(|n: u32| {
        let accounts = accounts.clone();
        tokio::spawn(async move { accounts.enter(&outsider(&n.to_string(), "anna"), KIND).await.unwrap().user })
    }));
    let mut names: Vec<String> = others.await.into_iter().map(|name| name.unwrap().to_string()).collect();
    names.sort();
    assert_eq!(names, ["anna2", "anna3", "anna4", "anna5"]);
}

#[test]
fn a_name_is_made_of_letters_and_digits_of_what_somebody_is_called() {
    let base = |name: Option<&str>, email: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        base_name(&Outsider { subject: subject("1"), user_name: owned(name), display_name: None, email: owned(email) })
    };
    assert_eq!(base(Some("zoë.Müller"), None), "zoeMuller");
    assert_eq!(base(Some("CORP\\anna"), None), "anna");
    assert_eq!(base(Some("山田"), Some("yamada@example.jp")), "yamada");
    assert_eq!(base(None, None), "user");
    assert_eq!(base(Some("@"), Some("@")), "user");
    assert_eq!(base(Some(&format!("anna{}", "0f".repeat(10))), None), "ann", "no id of a removed user's successor");
    assert_eq!(base(Some("6f1ed002ab5595859014ebf0951522d9"), Some("anna@example.org")), "anna");
    assert_eq!(base(Some(&"x".repeat(500)), None).len(), LONGEST_BASE);
}

#[tokio::test]
async fn nobody_gets_the_name_of_a_share_link() {
    let accounts = House::new().accounts();
    let guest = format!("guest{}", "0".repeat(32));
    let entered = accounts.enter(&outsider("1", &guest), KIND).await.unwrap();
    assert!(!is_guest_id(&entered.user), "{}", entered.user);
}

#[test]
fn a_subject_is_what_a_provider_may_say_and_no_two_read_the_same() {
    assert!(Subject::new("https://id.example", &"x".repeat(255)).is_ok());
    for (issuer, sub) in [
        ("https://id.example", String::new()),
        ("https://id.example", "x".repeat(256)),
        ("https://id.example", "a\nb".to_owned()),
        ("https://id.example", "ä".to_owned()),
        ("https://id.example x", "1".to_owned()),
        ("", "1".to_owned()),
    ] {
        assert!(Subject::new(issuer, &sub).is_err(), "{issuer} {sub}");
    }
}

#[test]
fn names_and_addresses_are_cut_and_cleaned() {
    assert_eq!(clean(" Anna\r\nFalk\u{7} ").as_deref(), Some("AnnaFalk"));
    assert_eq!(clean("\u{0}"), None);
    assert_eq!(clean(&"ä".repeat(500)).unwrap().len(), LONGEST_NAME);
}
