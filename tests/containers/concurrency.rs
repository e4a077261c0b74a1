//! What must hold when many ask at once: C-67, and that the tree is whole whatever races.

use crate::support::{Container, Reply, Shared, Wopi};
use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Asking = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// Sends all requests at once, each on a connection of its own, and gives the replies in their order.
async fn at_once(requests: Vec<Asking>) -> Vec<Reply> {
    let start = Arc::new(tokio::sync::Barrier::new(requests.len()));
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                request.await
            })
        })
        .collect();
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.expect("a client"));
    }
    replies
}

/// A client that is connected already, so that the race is about the operation.
async fn ready(container: &Container) -> Container {
    let other = container.reconnected();
    other.info().await.expect_one_of(&[200, 404]);
    other
}

async fn ready_file(file: &Wopi) -> Wopi {
    let other = file.reconnected();
    other.info().await.expect(200);
    other
}

fn folder() -> Container {
    Shared::server().document(b"content").container()
}

#[track_caller]
fn exactly_one_wins(replies: &[Reply], otherwise: u16) -> usize {
    let winners: Vec<usize> = (0..replies.len()).filter(|n| replies[*n].status == 200).collect();
    assert!(winners.len() == 1, "{} of {} win: {replies:#?}", winners.len(), replies.len());
    assert!(replies.iter().all(|reply| [200, otherwise].contains(&reply.status)), "{replies:#?}");
    winners[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c67_of_eight_who_make_one_file_exactly_one_does() {
    let top = folder();
    for round in 0..6 {
        let mut requests: Vec<Asking> = Vec::new();
        for n in 0..8 {
            let client = ready(&top).await;
            // The same name in other letters, and leave to overwrite does not matter as long as it is not given.
            let name = if n < 4 { format!("Coveted {round}.docx") } else { format!("COVETED {round}.docx") };
            let overwrite = (n == 3).then_some("False");
            requests.push(Box::pin(async move { client.create_file(&name, overwrite).await }));
        }
        let replies = at_once(requests).await;
        let winner = exactly_one_wins(&replies, 409);
        let made = top.made_file(&replies[winner]);
        let name = replies[winner].text("Name");
        assert_eq!(top.child_file(&name).await.src(), made.src());
        assert_eq!(top.names().await.1.len(), 2 + round);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_who_make_one_container_exactly_one_does() {
    let top = folder();
    for round in 0..6 {
        let mut requests: Vec<Asking> = Vec::new();
        for _ in 0..8 {
            let (client, name) = (ready(&top).await, format!("coveted {round}"));
            requests.push(Box::pin(async move { client.create_container(&name).await }));
        }
        let replies = at_once(requests).await;
        let winner = exactly_one_wins(&replies, 409);
        let made = top.made_container(&replies[winner]);
        assert_eq!(top.child_container(&format!("coveted {round}")).await.src(), made.src());
        assert_eq!(top.names().await.0.len(), 1 + round);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_who_suggest_one_name_get_eight() {
    let top = folder();
    for what in ["file", "container"] {
        let mut requests: Vec<Asking> = Vec::new();
        for _ in 0..8 {
            let client = ready(&top).await;
            requests.push(if what == "file" {
                Box::pin(async move { client.suggest_file("wanted.docx").await })
            } else {
                Box::pin(async move { client.suggest_container("wanted").await })
            });
        }
        let mut ids = HashSet::new();
        for reply in at_once(requests).await {
            let reply = reply.expect(200);
            let id = if what == "file" {
                top.made_file(&reply).src().to_owned()
            } else {
                top.made_container(&reply).src().to_owned()
            };
            assert!(ids.insert(id));
        }
    }
    let (containers, files) = top.names().await;
    assert_eq!((containers.len(), files.len()), (8, 9));
    let distinct: HashSet<String> = files.iter().chain(&containers).map(|name| name.to_lowercase()).collect();
    assert_eq!(distinct.len(), 17);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_renames_to_one_name_and_a_create_exactly_one_wins() {
    let top = folder();
    for round in 0..6 {
        let wanted = format!("wanted {round}");
        let mut requests: Vec<Asking> = Vec::new();
        let mut before = Vec::new();
        for n in 0..4 {
            let client = top.new_container(&format!("from {round} {n}")).await;
            before.push(client.clone());
            let (client, wanted) = (ready(&client).await, wanted.clone());
            requests.push(Box::pin(async move { client.rename_to(&wanted).await }));
        }
        let (client, name) = (ready(&top).await, wanted.clone());
        requests.push(Box::pin(async move { client.create_container(&name).await }));
        let replies = at_once(requests).await;
        let winner = exactly_one_wins(&replies, 409);
        for (n, container) in before.iter().enumerate() {
            let name = if n == winner { wanted.clone() } else { format!("from {round} {n}") };
            assert_eq!(container.info().await.expect(200).text("Name"), name);
        }
        let listed = top.child_container(&wanted).await;
        let expected = before.get(winner).map_or_else(|| top.made_container(&replies[4]), Container::clone);
        assert_eq!(listed.src(), expected.src());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rename_that_races_a_delete_comes_before_it_or_finds_nothing() {
    let top = folder();
    for round in 0..12 {
        let container = top.new_container("old").await;
        let file = top.new_file("old.docx").await;
        let (one, two) = (ready(&container).await, ready(&container).await);
        let (three, four) = (ready_file(&file).await, ready_file(&file).await);
        let replies = at_once(vec![
            Box::pin(async move { one.rename_to("new").await }),
            Box::pin(async move { two.remove().await }),
            Box::pin(async move { three.rename("new", None).await }),
            Box::pin(async move { four.delete().await }),
        ])
        .await;
        for pair in replies.chunks(2) {
            assert!([200, 404].contains(&pair[0].status) && pair[1].status == 200, "round {round}: {pair:#?}");
        }
        container.info().await.expect(404);
        file.info().await.expect(404);
        // Neither name is left over.
        assert_eq!(top.names().await, (vec![], vec!["document.wopitest".to_owned()]), "round {round}");
        for name in ["old", "new"] {
            top.new_container(name).await.remove().await.expect(200);
            top.new_file(&format!("{name}.docx")).await.delete().await.expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c71_a_container_is_never_gone_with_something_in_it() {
    let top = folder();
    let mut deleted = 0;
    for round in 0..24 {
        let container = top.new_container(&format!("contested {round}")).await;
        let clients = [ready(&container).await, ready(&container).await, ready(&container).await];
        let remover = ready(&container).await;
        let [one, two, three] = clients;
        let removing: Asking = Box::pin(async move {
            if round % 3 == 0 {
                tokio::task::yield_now().await;
            }
            remover.remove().await
        });
        let creating: [Asking; 3] = [
            Box::pin(async move { one.create_file("file.docx", None).await }),
            Box::pin(async move { two.suggest_file(".docx").await }),
            Box::pin(async move { three.create_container("inner").await }),
        ];
        let mut requests = vec![removing];
        requests.extend(creating.into_iter().take(1 + round % 3));
        let replies = at_once(requests).await;
        let made: Vec<&Reply> = replies[1..].iter().filter(|reply| reply.status == 200).collect();
        match replies[0].status {
            200 => {
                deleted += 1;
                assert!(made.is_empty(), "round {round}: it is gone with something in it: {replies:#?}");
                assert!(replies[1..].iter().all(|reply| reply.status == 404), "round {round}: {replies:#?}");
                container.info().await.expect(404);
            }
            409 => {
                assert!(!made.is_empty(), "round {round}: what was in it? {replies:#?}");
                let (containers, files) = container.names().await;
                assert_eq!(containers.len() + files.len(), made.len(), "round {round}");
            }
            _ => panic!("round {round}: {replies:#?}"),
        }
        for reply in made {
            if reply.json()["Url"].is_string() {
                let file = top.made_file(reply);
                file.info().await.expect(200);
                assert_eq!(file.parent().await.src(), container.src());
            } else {
                assert_eq!(top.made_container(reply).parent().await.src(), container.src());
            }
        }
    }
    eprintln!("{deleted} of 24 containers were deleted before anything came into them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_is_never_gone_with_a_locked_file_in_it() {
    let top = folder();
    for round in 0..12 {
        let container = top.new_container(&format!("contested {round}")).await;
        let file = container.new_file("file.docx").await;
        let (deleter, locker, remover) = (ready_file(&file).await, ready_file(&file).await, ready(&container).await);
        let replies = at_once(vec![
            Box::pin(async move { deleter.delete().await }),
            Box::pin(async move { locker.lock("held").await }),
            Box::pin(async move { remover.remove().await }),
        ])
        .await;
        let [deleted, locked, removed] = [0, 1, 2].map(|n| replies[n].status);
        if removed == 200 {
            assert_eq!(deleted, 200, "round {round}: {replies:#?}");
            container.info().await.expect(404);
        } else {
            assert_eq!(removed, 409, "round {round}: {replies:#?}");
            container.info().await.expect(200);
        }
        if deleted == 200 {
            assert!([200, 404].contains(&locked), "round {round}: {replies:#?}");
            file.info().await.expect(404);
        } else {
            assert_eq!((deleted, locked), (409, 200), "round {round}: {replies:#?}");
            assert_eq!(file.held_by().await, "held");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c67_a_create_that_overwrites_comes_before_a_lock_or_is_refused_by_it() {
    let top = folder();
    let file = top.new_file("taken.docx").await;
    file.put(None, "precious 0").await.expect(200);
    for round in 0..16 {
        let (writer, locker) = (ready(&top).await, ready_file(&file).await);
        let mut replies = at_once(vec![
            Box::pin(async move { writer.create_file("taken.docx", Some("true")).await }),
            Box::pin(async move { locker.lock("held").await }),
        ])
        .await;
        let lock = replies.pop().expect("the lock's").expect(200);
        let create = replies.pop().expect("the create's").expect_one_of(&[200, 409]);
        if create.status == 409 {
            create.expect_conflict("held");
            assert_eq!(file.get().await.expect(200).body, format!("precious {round}").as_bytes());
        } else {
            assert_eq!(file.get().await.expect(200).body, b"", "round {round}");
        }
        assert_eq!(file.held_by().await, "held");
        let version = file.info().await.expect(200).text("Version");
        assert_eq!(version, lock.version(), "round {round}: the file was changed under the lock");
        file.put(Some("held"), format!("precious {}", round + 1)).await.expect(200);
        file.unlock("held").await.expect(200);
    }
    assert_eq!(top.names().await.1.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c67_a_create_that_overwrites_and_a_rename_happen_one_after_the_other() {
    let top = folder();
    for round in 0..16 {
        let (old_name, new_name) = (format!("old {round}.docx"), format!("new {round}"));
        let file = top.new_file(&old_name).await;
        file.put(None, "precious").await.expect(200);
        let (writer, renamer) = (ready(&top).await, ready_file(&file).await);
        let (name, wanted) = (old_name.clone(), new_name.clone());
        let replies = at_once(vec![
            Box::pin(async move { writer.create_file(&name, Some("true")).await }),
            Box::pin(async move { renamer.rename(&wanted, None).await }),
        ])
        .await;
        assert!(replies.iter().all(|reply| reply.status == 200), "round {round}: {replies:#?}");
        assert_eq!(file.info().await.expect(200).text("BaseFileName"), format!("{new_name}.docx"));
        let made = top.made_file(&replies[0]);
        let bytes = file.get().await.expect(200).body;
        let listed = top.names().await.1.contains(&old_name);
        if made.src() == file.src() {
            assert!(bytes.is_empty() && !listed, "round {round}: emptied, then renamed: {listed} {replies:#?}");
        } else {
            assert!(bytes == b"precious" && listed, "round {round}: renamed, then another made: {listed} {replies:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_lists_sees_a_renamed_container_under_one_name_or_the_other() {
    let top = folder();
    let container = top.new_container("even").await;
    let file = container.new_file("x.docx").await;
    let done = Arc::new(AtomicBool::new(false));
    let watchers: Vec<_> = (0..3)
        .map(|n| {
            let (top, file, done) = (top.reconnected(), file.reconnected(), done.clone());
            tokio::spawn(async move {
                let mut looks = 0;
                while !done.load(Ordering::Relaxed) {
                    let name = if n == 0 {
                        file.ancestors().await.pop().expect("a parent").0
                    } else {
                        let mut names = top.names().await.0;
                        assert_eq!(names.len(), 1, "{names:?}");
                        names.remove(0)
                    };
                    assert!(["even", "odd"].contains(&&*name), "{name}");
                    looks += 1;
                }
                looks
            })
        })
        .collect();
    for round in 0..60 {
        container.rename_to(["odd", "even"][round % 2]).await.expect(200);
    }
    done.store(true, Ordering::Relaxed);
    for watcher in watchers {
        assert!(watcher.await.expect("a watcher") > 0);
    }
}
