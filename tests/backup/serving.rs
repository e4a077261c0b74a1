//! Backups and checks while others work.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lockhouse::{
    host::Host,
    names::FileName,
    store::{
        backup::{self, RestoreOptions},
        check::{self, CheckOptions},
        collect,
        engine::{Batch, Engine, scan_prefix},
        records::{FileHead, VersionRow, decode, keys, keys::prefix},
    },
};

use crate::house::{self, clock, noise, user};

/// Two counters that are always changed together, and by each other's side a file that always changes.
async fn work(host: Host, stop: Arc<AtomicBool>, rounds: Arc<AtomicU64>) {
    let drive = host.accounts().get(&user("ben")).unwrap().unwrap().drive;
    let file = host
        .create_file(&user("ben"), &drive, &FileName::parse("busy.bin").unwrap(), noise(100, 60_000).into())
        .await
        .unwrap();
    for round in 0.. {
        if stop.load(SeqCst) {
            break;
        }
        // Far from each other in the order of keys.
        let batch = Batch::new().add(&b"s/a-first"[..], 1).add(&b"s/z-second"[..], 1);
        host.store().engine.submit(batch).unwrap().wait().await.unwrap();
        house::write(&host, &file, &noise(200 + round, 60_000)).await;
        if round % 3 == 0 {
            let to = FileName::parse(&format!("busy {round}.bin")).unwrap();
            host.rename(&access(&host, &file), None, to.stem()).await.unwrap();
            let temporary = FileName::parse(&format!("temporary {round}.bin")).unwrap();
            let temporary =
                host.create_file(&user("ben"), &drive, &temporary, noise(round, 9_000).into()).await.unwrap();
            host.delete(&access(&host, &temporary)).await.unwrap();
            host.purge(&temporary).await.unwrap();
        }
        rounds.fetch_add(1, SeqCst);
    }
}

fn access(host: &Host, file: &lockhouse::ids::NodeId) -> lockhouse::host::access::Access {
    use lockhouse::{
        host::tokens::{ClientKind, NewToken, Resource},
        permission::Role,
    };
    let ben = host.accounts().get(&user("ben")).unwrap().unwrap();
    let new = NewToken::for_user(&ben, Resource::File(file.clone()), Role::Owner, ClientKind::Any);
    let token = host.tokens().issue(&new, std::time::Duration::from_secs(3600)).unwrap();
    host.access_control().authorize(&token.text, &Resource::File(file.clone())).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_others_write_is_a_state_that_was_and_a_check_then_finds_no_damage() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("data");
    let clock = clock();
    let host = house::open_host(&path, clock.clone()).await;
    house::furnish(&host, &clock).await;
    let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let worker = tokio::spawn(work(host.clone(), Arc::clone(&stop), Arc::clone(&rounds)));
    let looker = host.clone();
    let (backups, started) = (3, Arc::clone(&rounds));
    let made = tokio::task::spawn_blocking(move || {
        let mut made = Vec::new();
        while made.len() < backups {
            // Some work lies between one backup and the next.
            let before = started.load(SeqCst);
            while started.load(SeqCst) < before + 2 {
                std::thread::yield_now();
            }
            let mut bytes = Vec::new();
            let mut during = 0;
            let store = looker.store();
            backup::write(store, &*house::clock(), &mut bytes, &mut |_| {
                if during == 0 {
                    // The worker gets on while the backup is being made, and collection tries to.
                    let before = started.load(SeqCst);
                    while started.load(SeqCst) < before + 2 {
                        std::thread::yield_now();
                    }
                    let collected = collect::collect(&store.content, &mut || ControlFlow::Continue(()));
                    assert_eq!(collected.unwrap().ending, collect::Ending::Held);
                }
                during += 1;
            })
            .unwrap();
            made.push(bytes);
            let mut findings = Vec::new();
            let report =
                check::check(store, CheckOptions::default(), &mut |finding| findings.push(finding), &mut |_| {
                    ControlFlow::Continue(())
                })
                .unwrap();
            assert!(report.is_sound(), "{findings:#?}");
        }
        made
    });
    let made = made.await.unwrap();
    stop.store(true, SeqCst);
    worker.await.unwrap();
    house::close_host(host, &path).await;

    for (number, bytes) in made.iter().enumerate() {
        let into = home.path().join(format!("restored {number}"));
        backup::restore(&mut bytes.as_slice(), &into, &RestoreOptions::default(), &*house::clock(), &mut |_| {})
            .unwrap();
        let store = house::open_store(&into).await;
        let counter = |key: &[u8]| {
            let record = store.engine.get(key).unwrap().unwrap();
            i64::from_le_bytes(record.value.as_ref().try_into().unwrap())
        };
        let (first, second) = (counter(b"s/a-first"), counter(b"s/z-second"));
        assert_eq!(first, second, "changed together, so backed up together");
        assert!(first > 0);
        every_version_is_whole(&store);
        let mut findings = Vec::new();
        let report = check::check(&store, CheckOptions::default(), &mut |finding| findings.push(finding), &mut |_| {
            ControlFlow::Continue(())
        })
        .unwrap();
        assert!(report.is_sound(), "{findings:#?}");
        house::close_store(store);
    }
}

fn every_version_is_whole(store: &lockhouse::store::Store) {
    let engine: &dyn Engine = store.engine.as_ref();
    let mut seen = 0;
    for (key, record) in scan_prefix(engine, prefix::FILES, None, usize::MAX).unwrap() {
        let node = keys::node_of(&key).unwrap();
        let head: FileHead = decode(&key, &record.value).unwrap();
        let rows = scan_prefix(engine, &keys::versions_of(&node), None, usize::MAX).unwrap();
        let rows = rows.into_iter().map(|(key, record)| decode::<VersionRow>(&key, &record.value).unwrap().content);
        for content in rows.chain([head.content]) {
            let Some(manifest) = content.manifest else { continue };
            let mut reader = store.content.reader(store.content.pin(&node, manifest).unwrap(), content.size);
            let mut whole = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
            while let Some(bytes) = reader.next(1 << 16).unwrap() {
                whole.update(&bytes);
            }
            assert_eq!(STANDARD.encode(whole.finish()), content.sha256);
            seen += 1;
        }
    }
    assert!(seen > 5);
}

#[tokio::test]
async fn a_second_backup_at_the_same_time_is_told_to_wait() {
    let house = house::house().await;
    let store = house::open_store(&house.path).await;
    let mut asked = false;
    let mut bytes = Vec::new();
    backup::write(&store, &*clock(), &mut bytes, &mut |progress| {
        if matches!(progress, backup::Progress::Records { .. }) && !asked {
            asked = true;
            let second = backup::write(&store, &*clock(), &mut Vec::new(), &mut |_| {});
            assert!(matches!(second, Err(backup::BackupError::Busy)), "{second:?}");
        }
    })
    .unwrap();
    assert!(asked);
    house::close_store(store);
}
