//! Acknowledged changes of the tree survive SIGKILL: several clients make, rename and delete, each in a container of
//! its own, while the server dies under them; afterwards each container holds what its client was told, or that and
//! the one change whose reply never came.

use crate::support::container::{OVERWRITE, RELATIVE};
use crate::support::wopi::http_client;
use crate::support::{Binary, Call, Container, Wopi};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: u64 = 6;

/// The number of kills: `LOCKHOUSE_TEST_KILLS`, or fewer than in the test program `crash`.
fn kills() -> u64 {
    std::env::var("LOCKHOUSE_TEST_KILLS").map_or(8, |text| text.parse().expect("a number"))
}

/// A file or a container by its name.
type Tree = BTreeMap<String, Wopi>;

/// A change whose reply has not come.
#[derive(Clone, Debug)]
enum Pending {
    Nothing,
    Add(String),
    Rename { from: String, to: String },
    Remove(String),
}

/// The only client that changes one container.
struct Client {
    place: Container,
    known: Tree,
    pending: Pending,
    random: u64,
    next: u64,
    acknowledged: Arc<AtomicU64>,
}

impl Client {
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    fn fresh(&mut self, is_file: bool) -> String {
        self.next += 1;
        format!("name {}{}", self.next, if is_file { ".docx" } else { "" })
    }

    fn any(&mut self) -> Option<String> {
        let count = u64::try_from(self.known.len()).expect("few");
        let position = if count == 0 { return None } else { self.below(count) };
        self.known.keys().nth(usize::try_from(position).expect("few")).cloned()
    }

    /// Works until the server is gone.
    async fn run(mut self) -> Self {
        self.place = self.place.reconnected();
        while self.step().await {}
        self
    }

    /// One change; `false` when the connection broke.
    async fn step(&mut self) -> bool {
        let dice = self.below(10);
        let place = self.place.clone();
        if dice < 4 || self.known.len() < 3 {
            let is_file = dice & 1 == 0;
            let name = self.fresh(is_file);
            let call = if is_file { place.file_call() } else { place.container_call() };
            self.sends(Pending::Add(name.clone()));
            let Some(reply) = outcome(call.header(RELATIVE, &name)).await else { return false };
            let reply = reply.expect(200);
            let made = if is_file { place.made_file(&reply) } else { (*place.made_container(&reply)).clone() };
            self.known.insert(name, made);
        } else {
            let name = self.any().expect("not empty");
            let item = self.known[&name].clone().reconnected_to(&place);
            let is_file = item.src().contains("/files/");
            match dice {
                4..7 => {
                    let to = self.fresh(is_file);
                    let wanted = to.strip_suffix(".docx").unwrap_or(&to);
                    let operation = if is_file { "RENAME_FILE" } else { "RENAME_CONTAINER" };
                    self.sends(Pending::Rename { from: name.clone(), to: to.clone() });
                    let call = item.post(operation).header("X-WOPI-RequestedName", wanted);
                    let Some(reply) = outcome(call).await else { return false };
                    assert_eq!(reply.expect(200).text("Name"), wanted);
                    let moved = self.known.remove(&name).expect("known");
                    self.known.insert(to, moved);
                }
                7 if is_file => {
                    self.sends(Pending::Nothing);
                    let call = place.file_call().header(RELATIVE, &name).header(OVERWRITE, "true");
                    let Some(reply) = outcome(call).await else { return false };
                    assert_eq!(place.made_file(&reply.expect(200)).src(), item.src());
                }
                _ => {
                    let operation = if is_file { "DELETE" } else { "DELETE_CONTAINER" };
                    self.sends(Pending::Remove(name.clone()));
                    let Some(reply) = outcome(item.post(operation)).await else { return false };
                    reply.expect(200);
                    self.known.remove(&name);
                }
            }
        }
        self.sends(Pending::Nothing);
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        true
    }

    fn sends(&mut self, pending: Pending) {
        self.pending = pending;
    }

    /// Holds the container against what is known, and takes over what turned out to have happened.
    async fn settle(&mut self, when: &str) {
        self.place = self.place.reconnected();
        let json = self.place.children().await.expect(200).json();
        let mut found = Tree::new();
        for list in ["ChildContainers", "ChildFiles"] {
            for entry in json[list].as_array().expect("a list") {
                let (name, url) = (entry["Name"].as_str().expect("a name"), entry["Url"].as_str().expect("a Url"));
                assert!(found.insert(name.to_owned(), self.place.follow(url)).is_none(), "{when}: two of {name}");
            }
        }
        let ids = |tree: &Tree| -> BTreeMap<String, String> {
            tree.iter().map(|(name, item)| (name.clone(), item.src().to_owned())).collect()
        };
        let mut before = ids(&self.known);
        let seen = ids(&found);
        if before != seen {
            match &self.pending {
                Pending::Add(name) => {
                    let made = seen.get(name).cloned().unwrap_or_default();
                    before.insert(name.clone(), made);
                }
                Pending::Rename { from, to } => {
                    let item = before.remove(from).expect("known");
                    before.insert(to.clone(), item);
                }
                Pending::Remove(name) => {
                    before.remove(name);
                }
                Pending::Nothing => {}
            }
            assert_eq!(before, seen, "{when}: neither before nor after {:?}", self.pending);
        }
        for (name, item) in &found {
            let info = item.info().await.expect(200);
            let reported = if item.src().contains("/files/") { "BaseFileName" } else { "Name" };
            assert_eq!(info.text(reported), *name, "{when}");
            assert_eq!(item.parent().await.src(), self.place.src(), "{when}: {name}");
        }
        // What was acknowledged as gone is gone, and the name of a change that never came about is free.
        self.known = found;
        self.pending = Pending::Nothing;
    }
}

/// A container that one client removes while another puts a file into it, over and over.
struct Contested {
    place: Container,
    /// A file whose making was acknowledged and whose removal was not asked for, and where it is.
    standing: Option<(Wopi, Container)>,
    next: u64,
    races: [u64; 2],
}

impl Contested {
    /// Works until the server is gone.
    async fn run(mut self) -> Self {
        self.place = self.place.reconnected();
        while self.race().await.is_some() {}
        self
    }

    /// One race; `None` when the connection broke.
    async fn race(&mut self) -> Option<()> {
        self.next += 1;
        let name = format!("contested {}", self.next);
        let nest =
            self.place.made_container(&outcome(self.place.container_call().header(RELATIVE, &name)).await?.expect(200));
        let (one, two) = (nest.reconnected(), nest.clone());
        let (made, removed) = tokio::join!(
            outcome(one.file_call().header(RELATIVE, "file.docx")),
            outcome(two.post("DELETE_CONTAINER")),
        );
        // A reply that came counts, whatever became of the other.
        let made = made.map(|reply| reply.expect_one_of(&[200, 404]));
        if let Some(reply) = made.as_ref().filter(|reply| reply.status == 200) {
            self.standing = Some((self.place.made_file(reply), nest.clone()));
            assert!(removed.as_ref().is_none_or(|reply| reply.status == 409), "{removed:?}");
        }
        let (made, removed) = (made?, removed?.expect_one_of(&[200, 409]));
        assert_eq!(made.status == 200, removed.status == 409, "{made} {removed}");
        self.races[usize::from(made.status == 200)] += 1;
        if let Some((file, nest)) = self.standing.take() {
            outcome(file.post("DELETE")).await?.expect(200);
            outcome(nest.post("DELETE_CONTAINER")).await?.expect(200);
        }
        Some(())
    }

    async fn settle(&mut self, when: &str) {
        self.place = self.place.reconnected();
        if let Some((file, nest)) = self.standing.take() {
            let (file, nest) = (file.reconnected_to(&self.place), Container::new(nest.reconnected_to(&self.place)));
            file.info().await.expect(200);
            assert_eq!(file.parent().await.src(), nest.src(), "{when}");
            assert_eq!(nest.names().await.1, ["file.docx"], "{when}: an acknowledged file is not in its container");
        }
        // Whatever is listed opens and can be cleared away.
        for name in self.place.names().await.0 {
            let nest = self.place.child_container(&name).await;
            for file in nest.names().await.1 {
                nest.child_file(&file).await.delete().await.expect(200);
            }
            nest.remove().await.expect(200);
        }
    }
}

trait Reconnected {
    fn reconnected_to(&self, place: &Container) -> Wopi;
}

impl Reconnected for Wopi {
    /// The same item over the connections of another client.
    fn reconnected_to(&self, place: &Container) -> Wopi {
        place.with_src(self.src()).with_token(self.token())
    }
}

/// The reply; `None` if the connection broke and nobody knows whether the request took effect.
async fn outcome(call: Call<'_>) -> Option<crate::support::Reply> {
    call.try_send().await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_of_the_tree_survives_kills_at_random_moments() {
    let mut server = Binary::serve();
    server.add_user("alice", &[]);
    let root = Container::from_json(http_client(), &server.token("alice", "alice:/"));
    let acknowledged = Arc::new(AtomicU64::new(0));
    let mut clients = Vec::new();
    for n in 0..CLIENTS {
        clients.push(Client {
            place: root.new_container(&format!("client {n}")).await,
            known: Tree::new(),
            pending: Pending::Nothing,
            random: 0x9E37_79B9_7F4A_7C15 ^ (n + 1),
            next: 0,
            acknowledged: acknowledged.clone(),
        });
    }
    let place = root.new_container("contested").await;
    let mut contested = Contested { place, standing: None, next: 0, races: [0; 2] };
    let mut moment = 0x2545_F491_u64;
    for kill in 0..kills() {
        let before = acknowledged.load(Ordering::SeqCst);
        let running: Vec<_> = clients.drain(..).map(|client| tokio::spawn(client.run())).collect();
        let racing = tokio::spawn(contested.run());
        let begun = Instant::now();
        while acknowledged.load(Ordering::SeqCst) < before + 20 {
            assert!(running.iter().all(|task| !task.is_finished()), "a client ended before the server was killed");
            assert!(begun.elapsed() < Duration::from_secs(30), "nothing was acknowledged for 30 s");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis((moment >> 33) % 250)).await;
        server.kill();
        for task in running {
            let ended = tokio::time::timeout(Duration::from_secs(30), task).await;
            clients.push(ended.expect("a client hangs though the server is gone").expect("a client"));
        }
        let ended = tokio::time::timeout(Duration::from_secs(30), racing).await;
        contested = ended.expect("a client hangs though the server is gone").expect("the racing clients");
        server.launch();
        contested.settle(&format!("after kill {kill}")).await;
        for (n, client) in clients.iter_mut().enumerate() {
            client.settle(&format!("after kill {kill}, client {n}")).await;
        }
    }
    let [removed, made] = contested.races;
    eprintln!("{} changes acknowledged", acknowledged.load(Ordering::SeqCst));
    eprintln!("of the contested containers {removed} went and {made} got a file");
    // What is there can still be taken away: no name and no count is left over.
    for client in &clients {
        for item in client.known.values().map(|item| item.reconnected_to(&client.place)) {
            let operation = if item.src().contains("/files/") { "DELETE" } else { "DELETE_CONTAINER" };
            item.post(operation).send().await.expect(200);
        }
        client.place.remove().await.expect(200);
    }
    assert!(server.terminate().success());
    server.cli_ok(&["check"], "");
}
