//! What must hold when many ask at once: F-69, F-70, F-90, and saves racing with locks.

use crate::support::{Shared, Wopi};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f69_of_many_locks_at_once_exactly_one_is_taken() {
    let doc = Shared::server().document(b"content");
    for round in 0..5 {
        let asked: Vec<_> = (0..24)
            .map(|n| {
                let file = doc.alice.reconnected();
                tokio::spawn(async move {
                    let id = format!("round-{round}-lock-{n}");
                    let reply = file.lock(&id).await;
                    (id, reply)
                })
            })
            .collect();
        let mut winners = Vec::new();
        let mut losers = Vec::new();
        for asked in asked {
            let (id, reply) = asked.await.expect("a task");
            match reply.status {
                200 => winners.push(id),
                409 => losers.push(reply.lock().expect("the lock in the way").to_owned()),
                _ => panic!("{reply}"),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert!(losers.iter().all(|seen| *seen == winners[0]), "{winners:?} but {losers:?}");
        assert_eq!(doc.alice.held_by().await, winners[0]);
        doc.alice.unlock(&winners[0]).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f70_while_a_lock_is_swapped_nobody_sees_the_file_unlocked() {
    let doc = Shared::server().document(b"content");
    doc.alice.lock("swap-0").await.expect(200);
    let done = Arc::new(AtomicBool::new(false));
    let watchers: Vec<_> = (0..4)
        .map(|n| {
            let (file, done) = (doc.alice.reconnected(), done.clone());
            tokio::spawn(async move {
                let mut looks = 0;
                while !done.load(Ordering::Relaxed) {
                    if n == 0 {
                        // A thief takes it at once if it is ever free.
                        let reply = file.lock("thief").await;
                        assert!(reply.status == 409 && reply.lock() != Some(""), "{reply}");
                    } else {
                        assert!(file.held_by().await.starts_with("swap-"));
                    }
                    looks += 1;
                }
                looks
            })
        })
        .collect();
    for round in 0..150 {
        doc.alice.relock(&format!("swap-{round}"), &format!("swap-{}", round + 1)).await.expect(200);
    }
    done.store(true, Ordering::Relaxed);
    for watcher in watchers {
        assert!(watcher.await.expect("a watcher") > 0);
    }
}

/// A body that shows which save it came from: its number, then one byte over and over.
fn tagged(tag: u32) -> Vec<u8> {
    let mut body = tag.to_le_bytes().to_vec();
    body.resize(40_000 + tag as usize % 7 * 30_000, tag.to_le_bytes()[0]);
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f90_readers_see_one_save_or_another_and_never_a_mixture() {
    let doc = Shared::server().document(&tagged(0));
    doc.alice.lock("A").await.expect(200);
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (file, done) = (doc.alice.reconnected(), done.clone());
            tokio::spawn(async move {
                let mut seen = Vec::new();
                while !done.load(Ordering::Relaxed) || seen.is_empty() {
                    seen.push(read_tag(&file).await);
                }
                seen
            })
        })
        .collect();
    // Two clients save under the same lock at once, as the sessions of one document may.
    let writers: Vec<_> = (0..2_u32)
        .map(|writer| {
            let file = doc.alice.reconnected();
            tokio::spawn(async move {
                let mut saved = Vec::new();
                for round in 0..25_u32 {
                    let tag = 1 + round * 2 + writer;
                    saved.push((file.put(Some("A"), tagged(tag)).await.expect(200).version(), tag));
                }
                saved
            })
        })
        .collect();
    let mut known = HashMap::new();
    for writer in writers {
        for (version, tag) in writer.await.expect("a writer") {
            assert_eq!(known.insert(version.clone(), tag), None, "{version} was given twice");
        }
    }
    done.store(true, Ordering::Relaxed);
    let mut reads = 0;
    for reader in readers {
        for (version, tag) in reader.await.expect("a reader") {
            let wanted = known.get(&version).copied().unwrap_or(0);
            assert_eq!(tag, wanted, "version {version} carries the bytes of another save");
            reads += 1;
        }
    }
    assert!(reads >= 4);
}

async fn read_tag(file: &Wopi) -> (String, u32) {
    let reply = file.get().await.expect(200);
    let tag = u32::from_le_bytes(reply.body[..4].try_into().expect("four bytes"));
    assert!(reply.body == tagged(tag), "a mixture under version {}", reply.version());
    (reply.version(), tag)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f90_file_info_is_never_half_old_and_half_new() {
    let doc = Shared::server().document(&tagged(0));
    doc.alice.lock("A").await.expect(200);
    let watcher = doc.alice.reconnected();
    let done = Arc::new(AtomicBool::new(false));
    let stop = done.clone();
    let watching = tokio::spawn(async move {
        let mut seen: HashMap<String, serde_json::Value> = HashMap::new();
        while !stop.load(Ordering::Relaxed) {
            let info = watcher.info().await.expect(200).json();
            let facts = serde_json::json!([info["Size"], info["SHA256"], info["LastModifiedTime"]]);
            let known = seen.entry(info["Version"].to_string()).or_insert_with(|| facts.clone());
            assert_eq!(*known, facts, "one version, two descriptions");
        }
        seen
    });
    let mut saved = HashMap::new();
    for tag in 1..40 {
        let version = doc.alice.put(Some("A"), tagged(tag)).await.expect(200).version();
        saved.insert(serde_json::json!(version).to_string(), tagged(tag));
    }
    done.store(true, Ordering::Relaxed);
    for (version, facts) in watching.await.expect("the watcher") {
        if let Some(body) = saved.get(&version) {
            assert_eq!((&facts[0], &facts[1]), (&body.len().into(), &crate::support::sha256(body).into()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_save_whose_lock_is_lost_while_its_body_travels_is_refused() {
    let doc = Shared::server().document(b"precious");
    doc.alice.lock("A").await.expect(200);
    let mut raw = crate::support::raw::Raw::to(&doc.alice);
    let headers = [("X-WOPI-Override", "PUT"), ("X-WOPI-Lock", "A"), ("Content-Length", "100000")];
    let head = crate::support::raw::Raw::head(&doc.alice, "POST", "/contents", &headers);
    assert!(raw.write(head) && raw.write(vec![b'x'; 50_000]));
    doc.alice.relock("A", "B").await.expect(200);
    let before = doc.alice.state().await;
    assert!(raw.write(vec![b'x'; 50_000]));
    raw.reply("a late save").expect("a reply").expect_conflict("B");
    assert_eq!(doc.alice.state().await, before);
    assert_eq!(doc.rescued().len(), 1, "the writer's bytes are kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_files_made_under_one_name_exactly_one_gets_it() {
    let doc = Shared::server().document(b"source");
    let asked: Vec<_> = (0..16)
        .map(|n| {
            let file = doc.alice.reconnected();
            tokio::spawn(async move { file.save_as("coveted.wopitest", None, format!("by {n}")).await })
        })
        .collect();
    let mut made = Vec::new();
    for asked in asked {
        let reply = asked.await.expect("a task").expect_one_of(&[200, 409]);
        made.extend((reply.status == 200).then_some(reply));
    }
    assert_eq!(made.len(), 1);
    let suggested: Vec<_> = (0..16)
        .map(|_| {
            let file = doc.alice.reconnected();
            tokio::spawn(async move { file.save_suggested("coveted.wopitest", "x").await.expect(200).text("Name") })
        })
        .collect();
    let mut names = std::collections::HashSet::from(["coveted.wopitest".to_owned()]);
    for suggested in suggested {
        let name = suggested.await.expect("a task").to_lowercase();
        assert!(names.insert(name.clone()), "{name} was given twice");
    }
}
