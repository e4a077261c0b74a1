use std::time::Duration;

use super::*;
use crate::{
    clock::{ManualClock, Timestamp},
    permission::Role,
    store::{
        engine::{EngineOptions, LocalEngine},
        memory::MemoryDatabase,
        records::{GrantRecord, ShareLinkRecord, encode},
    },
};

struct Wood {
    engine: Arc<LocalEngine>,
    tree: Tree,
    root: NodeId,
}

fn node(text: &str) -> NodeId {
    NodeId::parse(text).unwrap()
}

fn name(text: &str) -> FileName {
    FileName::parse(text).unwrap()
}

impl Wood {
    async fn new() -> Self {
        let engine = LocalEngine::open(MemoryDatabase::new().tree("records"), EngineOptions::default()).unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_000)));
        let system = Arc::new(ActorSystem::start(1).unwrap());
        let dynamic: Arc<dyn Engine> = engine.clone();
        let wood = Self { tree: Tree::start(dynamic, clock, system), engine, root: node("root") };
        let record = ContainerRecord {
            parent: None,
            name: "anna".to_owned(),
            owner: UserId::parse("anna").unwrap(),
            created: Timestamp::from_ticks(0),
        };
        wood.commit(Batch::new().set(keys::container(&wood.root), encode(&record))).await;
        wood
    }

    async fn commit(&self, batch: Batch) {
        self.engine.submit(batch).unwrap().wait().await.unwrap();
    }

    async fn create(&self, id: &str, parent: &NodeId, called: &str) -> Result<ContainerRecord, ActorError> {
        let operation = TreeOperation::Create { id: node(id), parent: parent.clone(), name: name(called) };
        self.tree.ask(operation).await
    }

    fn names(&self, parent: &NodeId) -> Vec<String> {
        let rows = scan_prefix(self.engine.as_ref(), &keys::names_in(parent), None, 100).unwrap();
        rows.iter().map(|(key, row)| records::decode::<NameRow>(key, &row.value).unwrap().name).collect()
    }
}

#[tokio::test]
async fn of_many_creations_under_one_name_exactly_one_happens() {
    let wood = Arc::new(Wood::new().await);
    let tasks: Vec<_> = (0..32)
        .map(|n| {
            let wood = Arc::clone(&wood);
            // The same name in other letters is the same name.
            let called = if n % 2 == 0 { "Plan" } else { "PLAN" };
            tokio::spawn(async move { wood.create(&format!("c{n}"), &wood.root, called).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error, ActorError::NameTaken),
        }
    }
    assert_eq!((made, wood.names(&wood.root).len()), (1, 1));
}

#[tokio::test]
async fn a_rename_that_races_a_removal_ends_in_one_of_the_two() {
    for round in 0..32 {
        let wood = Wood::new().await;
        wood.create("c", &wood.root, "Old").await.unwrap();
        let rename = wood.tree.ask(TreeOperation::Rename { id: node("c"), name: name("New") });
        let delete = wood.tree.ask(TreeOperation::Delete { id: node("c") });
        // Either may be asked first.
        let (renamed, deleted) = if round % 2 == 0 {
            futures::join!(rename, delete)
        } else {
            let (deleted, renamed) = futures::join!(delete, rename);
            (renamed, deleted)
        };
        deleted.unwrap();
        if let Err(error) = renamed {
            assert_eq!(error, ActorError::NotFound);
        }
        assert!(wood.names(&wood.root).is_empty(), "no name without a folder is left");
        assert!(wood.engine.get(&keys::container(&node("c"))).unwrap().is_none());
        wood.create("d", &wood.root, "Old").await.unwrap();
        wood.create("e", &wood.root, "New").await.unwrap();
    }
}

#[tokio::test]
async fn a_creation_that_races_the_removal_of_its_parent_leaves_no_orphan() {
    for _ in 0..32 {
        let wood = Wood::new().await;
        wood.create("c", &wood.root, "Parent").await.unwrap();
        let (parent, id) = (node("c"), node("c"));
        let (created, deleted) =
            futures::join!(wood.create("d", &parent, "Child"), wood.tree.ask(TreeOperation::Delete { id }));
        match (created, deleted) {
            (Ok(_), Err(ActorError::NotEmpty)) => assert_eq!(wood.names(&node("c")), ["Child"]),
            (Err(ActorError::NotFound), Ok(_)) => {
                assert!(wood.engine.get(&keys::container(&node("d"))).unwrap().is_none());
                assert!(wood.names(&node("c")).is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn two_moves_cannot_close_a_circle() {
    for _ in 0..32 {
        let wood = Wood::new().await;
        wood.create("a", &wood.root, "A").await.unwrap();
        wood.create("b", &wood.root, "B").await.unwrap();
        let move_to = |id: &str, parent: &str| TreeOperation::Move {
            id: node(id),
            from: None,
            parent: node(parent),
            name: Some(name(&id.to_uppercase())),
        };
        let (one, other) = futures::join!(wood.tree.ask(move_to("a", "b")), wood.tree.ask(move_to("b", "a")));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(one.err().or(other.err()), Some(ActorError::Misplaced));
        assert_eq!(wood.names(&wood.root).len(), 1);
    }
}

#[tokio::test]
async fn what_rests_on_a_folder_goes_with_it() {
    let wood = Wood::new().await;
    wood.create("c", &wood.root, "Shared").await.unwrap();
    let (id, link, ben) = (node("c"), node("link"), UserId::parse("ben").unwrap());
    let at = Timestamp::from_ticks(0);
    let grant = GrantRecord { user: ben.clone(), role: Role::Viewer, by: ben.clone(), at };
    let share = ShareLinkRecord { node: id.clone(), role: Role::Viewer, by: ben.clone(), at, expires: None };
    let traces = [keys::grant(&id, &ben), keys::granted(&ben, &id), keys::share_link(&link), keys::shared(&id, &link)];
    let batch = Batch::new().set(traces[0].clone(), encode(&grant)).set(traces[1].clone(), records::MARK);
    wood.commit(batch.set(traces[2].clone(), encode(&share)).set(traces[3].clone(), records::MARK)).await;
    wood.tree.ask(TreeOperation::Delete { id }).await.unwrap();
    for key in traces {
        assert!(wood.engine.get(&key).unwrap().is_none(), "{}", records::printable(&key));
    }
}

#[tokio::test]
async fn an_actor_that_died_is_replaced() {
    let wood = Wood::new().await;
    assert_eq!(wood.tree.ask(TreeOperation::Panic).await.unwrap_err(), ActorError::Crashed);
    let again = async {
        // The dying actor may still be connected for a moment.
        while wood.create("c", &wood.root, "Plan").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), again).await.unwrap();
    assert_eq!(wood.names(&wood.root), ["Plan"]);
}
