//! Tests of [`super`].

use super::*;
use crate::host::testing::House;

fn clients(house: &House) -> Clients {
    Clients::new(house.engine.clone(), house.clock.clone())
}

fn new(id: &str) -> NewClient {
    NewClient {
        id: id.to_owned(),
        name: " Office ".to_owned(),
        redirect_uris: vec!["https://localhost".to_owned()],
        scopes: vec!["wopi".to_owned(), "wopi".to_owned()],
        public: false,
    }
}

#[tokio::test]
async fn a_client_has_a_secret_of_which_only_a_hash_is_kept() {
    let house = House::new();
    let clients = clients(&house);
    let (record, secret) = clients.add(new("office-k4")).await.unwrap();
    let secret = secret.unwrap();
    assert_eq!((secret.len(), record.name.as_str(), record.scopes.len()), (43, "Office", 1));
    let stored = house.engine.get(&keys::client("office-k4")).unwrap().unwrap();
    assert!(!stored.value.escape_ascii().to_string().contains(&secret));
    assert!(!format!("{record:?}").contains(&record.secrets[0].hash));
    let known = clients.get("office-k4").unwrap().unwrap();
    assert!(Clients::secret_fits(&known, &secret));
    for wrong in ["", "x", &secret[1..], &known.secrets[0].hash, &secret.to_uppercase()] {
        assert!(!Clients::secret_fits(&known, wrong));
    }
    assert!(matches!(clients.add(new("office-k4")).await, Err(ClientError::Exists(_))));
    assert_eq!(clients.list().unwrap(), [known]);
}

#[tokio::test]
async fn two_secrets_live_at_a_time_and_the_oldest_goes_first() {
    let house = House::new();
    let clients = clients(&house);
    let (_, first) = clients.add(new("office")).await.unwrap();
    let first = first.unwrap();
    let (_, second) = clients.rotate_secret("office").await.unwrap();
    let fits = |secret: &str| Clients::secret_fits(&clients.get("office").unwrap().unwrap(), secret);
    assert!(fits(&first) && fits(&second));
    let (record, third) = clients.rotate_secret("office").await.unwrap();
    assert!(!fits(&first) && fits(&second) && fits(&third));
    assert_eq!(record.secrets.len(), 2);
    assert!(matches!(clients.rotate_secret("nobody").await, Err(ClientError::NoSuchClient(_))));
    clients.add(NewClient { public: true, ..new("app") }).await.unwrap();
    assert!(matches!(clients.rotate_secret("app").await, Err(ClientError::Invalid(_))));
    assert!(!Clients::secret_fits(&clients.get("app").unwrap().unwrap(), ""));
}

#[tokio::test]
async fn clients_that_cannot_be_are_refused() {
    let house = House::new();
    let clients = clients(&house);
    let long = "x".repeat(65);
    for id in ["", "a/b", "ä", "a b", &long] {
        assert!(matches!(clients.add(new(id)).await, Err(ClientError::Invalid(_))), "{id}");
        assert!(clients.get(id).unwrap().is_none() && !clients.remove(id).await.unwrap());
    }
    let none: [NewClient; 6] = [
        NewClient { name: " ".to_owned(), ..new("a") },
        NewClient { redirect_uris: Vec::new(), ..new("a") },
        NewClient { redirect_uris: vec!["http://localhost".to_owned()], ..new("a") },
        NewClient { redirect_uris: vec!["https://localhost".to_owned(); 9], ..new("a") },
        NewClient { scopes: Vec::new(), ..new("a") },
        NewClient { scopes: vec!["admin".to_owned()], ..new("a") },
    ];
    for wrong in none {
        assert!(matches!(clients.add(wrong).await, Err(ClientError::Invalid(_))));
    }
    assert!(clients.list().unwrap().is_empty());
}

#[tokio::test]
async fn the_largest_client_there_can_be_has_room_in_its_record() {
    let house = House::new();
    let uri = |n: usize| format!("https://localhost/{n}{}", "x".repeat(512 - 19));
    let largest = NewClient {
        id: "x".repeat(64),
        name: "n".repeat(256),
        redirect_uris: (0..8).map(uri).collect(),
        scopes: vec!["wopi".to_owned(), "app".to_owned()],
        public: false,
    };
    let clients = clients(&house);
    let (record, _) = clients.add(largest).await.unwrap();
    clients.rotate_secret(&record.id).await.unwrap();
}
