//! Folders as a person looks at them, and uploads that lie still.

use std::time::Duration;

use bytes::Bytes;
use lockhouse::{
    host::{
        BegunUpload, Browse, Cut, HostError, IfTaken, LOOKED_AT, Next, Order, UploadRequest, Uploaded,
        access::Access,
        tokens::{ClientKind, Resource},
    },
    ids::NodeId,
    names::FileName,
    permission::Role,
    store::{
        engine::{Batch, Engine as _},
        records::{NameRow, NodeKind, encode, keys},
    },
};

use crate::house::{House, anna};

fn root(house: &House) -> (NodeId, Access) {
    let account = house.host.accounts().get(&anna()).unwrap().unwrap();
    let resource = Resource::Container(account.drive.clone());
    let access = house.host.access_control().for_account(&account, resource, Role::Owner, ClientKind::Any).unwrap();
    (account.drive, access)
}

fn request(name: &str, size: u64) -> UploadRequest {
    let name = FileName::parse(name).unwrap();
    UploadRequest { path: Vec::new(), name, size, if_taken: IfTaken::Ask }
}

async fn begin(house: &House, access: &Access, name: &str, size: u64) -> NodeId {
    match house.host.begin_upload(access, request(name, size)).await.unwrap() {
        BegunUpload::Begun(id) => id,
        taken @ BegunUpload::Taken { .. } => panic!("{taken:?}"),
    }
}

#[tokio::test]
async fn a_folder_of_any_size_is_walked_by_name_and_another_order_says_how_far_it_looked() {
    let house = House::new().await;
    let (folder, access) = root(&house);
    let many = LOOKED_AT + 50;
    for part in (0..many).collect::<Vec<_>>().chunks(500) {
        let mut batch = Batch::new();
        for n in part {
            let mut bits = [1; 16];
            bits[..8].copy_from_slice(&(*n as u64).to_le_bytes());
            let name = format!("folder {n:05}");
            let row = NameRow { kind: NodeKind::Container, node: NodeId::from_random_bits(bits), name: name.clone() };
            batch = batch.set(keys::name(&folder, &name), encode(&row));
        }
        house.host.store().engine.submit(batch).unwrap().wait().await.unwrap();
    }
    let (mut wish, mut seen) = (Browse { rows: 1000, ..Browse::default() }, 0);
    loop {
        let shown = house.host.browse(&access, &wish).unwrap();
        assert_eq!((shown.cut, shown.total), (None, None));
        assert_eq!(shown.items[0].name, format!("folder {seen:05}"));
        seen += shown.items.len();
        let Some(Next::After(name)) = shown.next else { break };
        wish.after = Some(FileName::parse(&name).unwrap());
    }
    assert_eq!(seen, many);
    let turned = Browse { descending: true, rows: 1, ..Browse::default() };
    let shown = house.host.browse(&access, &turned).unwrap();
    assert_eq!(shown.cut, Some(Cut::Sorting));
    assert_eq!(shown.items[0].name, format!("folder {:05}", LOOKED_AT - 1));
}

#[tokio::test]
async fn folders_come_first_and_the_order_turns_round_below_them() {
    let house = House::new().await;
    let (folder, access) = root(&house);
    for (name, bytes) in [("b.txt", &b"1"[..]), ("A.txt", b"333"), ("c.txt", b"22")] {
        house.file(name, bytes).await;
    }
    house.host.make_container(&folder, &FileName::parse("z").unwrap()).await.unwrap();
    for (order, descending, expected) in [
        (Order::Name, false, ["z", "A.txt", "b.txt", "c.txt"]),
        (Order::Name, true, ["z", "c.txt", "b.txt", "A.txt"]),
        (Order::Size, true, ["z", "A.txt", "c.txt", "b.txt"]),
    ] {
        let wish = Browse { order, descending, rows: 10, ..Browse::default() };
        let shown = house.host.browse(&access, &wish).unwrap();
        assert_eq!(shown.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), expected);
        assert_eq!(shown.total, Some(4));
    }
}

#[tokio::test]
async fn an_upload_that_lies_still_is_let_go_and_gives_way_to_others() {
    let house = House::new().await;
    let (_, access) = root(&house);
    let first = begin(&house, &access, "first.txt", 10).await;
    let state = house.host.append_upload(&anna(), &first, 0, Bytes::from_static(b"12345")).await.unwrap();
    assert_eq!(state.offset, 5);
    for n in 0..7 {
        begin(&house, &access, &format!("{n}.txt"), 1).await;
    }
    let refused = house.host.begin_upload(&access, request("one too many.txt", 1)).await;
    assert!(matches!(refused, Err(HostError::Overloaded)), "{refused:?}");
    house.clock.advance(Duration::from_secs(59));
    let state = house.host.append_upload(&anna(), &first, 5, Bytes::from_static(b"67890")).await.unwrap();
    assert_eq!(state.offset, 10);
    house.clock.advance(Duration::from_secs(2));
    begin(&house, &access, "instead.txt", 1).await;
    let done = house.host.finish_upload(&anna(), &first).await.unwrap();
    assert!(matches!(done, Uploaded::Made(..)), "what moved did not give way: {done:?}");
    assert_eq!(house.host.finish_upload(&anna(), &first).await.unwrap(), done);
    house.clock.advance(Duration::from_secs(15 * 60));
    begin(&house, &access, "later.txt", 1).await;
    assert!(matches!(house.host.upload_state(&anna(), &first).await, Err(HostError::NotFound)));
}
