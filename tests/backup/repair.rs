//! Damage is moved aside and the rest is kept.

use std::{
    fs,
    ops::{Bound, ControlFlow},
};

use lockhouse::{
    actors::messages::VersionChoice,
    host::oauth::{CodeUse, NewClient, NewCode},
    store::{
        check::{self, Action, Finding, Listeners, RepairError, Repaired, Severity},
        collect,
        engine::Batch,
        records::{MARK, SaveKind, SessionRecord, encode, keys},
    },
};

use crate::{
    check::{change, findings, head, is_part, spoil},
    house::{self, House, clock, house},
};

async fn repair(house: &House) -> (Result<Repaired, RepairError>, Vec<Action>, Vec<Finding>) {
    let (mut actions, mut found) = (Vec::new(), Vec::new());
    let mut listeners = Listeners {
        did: &mut |action| actions.push(action),
        found: &mut |finding| found.push(finding),
        progress: &mut |_| {},
    };
    let repaired = check::repair(&house.path, &house::store_options(), &*clock(), &mut listeners).await;
    (repaired, actions, found)
}

/// Repairs, and expects that a check then finds nothing.
pub(crate) async fn mends(house: &House) -> (Repaired, Vec<Action>) {
    let (repaired, actions, found) = repair(house).await;
    let repaired = repaired.unwrap();
    let damages: Vec<_> = found.iter().filter(|finding| finding.severity == Severity::Damage).collect();
    assert!(damages.is_empty(), "{damages:#?} after {actions:#?}");
    assert_eq!(repaired.actions, actions.len() as u64);
    let (report, found) = findings(house).await;
    assert!(report.is_sound(), "{found:#?} after {actions:#?}");
    (repaired, actions)
}

#[tokio::test]
async fn a_sound_store_is_left_alone() {
    let house = house().await;
    let (before, incarnation) = {
        let store = house::open_store(&house.path).await;
        let before = (house::records(&*store.engine), store.incarnation);
        house::close_store(store);
        before
    };
    let (repaired, actions) = mends(&house).await;
    assert_eq!((actions.len(), repaired.incarnation, repaired.aside), (0, None, None));
    let store = house::open_store(&house.path).await;
    assert_eq!(store.incarnation, incarnation);
    assert_eq!(house::records(&*store.engine), before);
    house::close_store(store);
}

#[tokio::test]
async fn a_store_in_use_or_absent_or_newer_is_not_touched() {
    let house = house().await;
    let store = house::open_store(&house.path).await;
    assert!(matches!(repair(&house).await.0, Err(RepairError::Directory(_))));
    house::close_store(store);
    change(&house, |_| Batch::new().set(keys::file(&house.notes), &b"\x07{}"[..])).await;
    assert!(matches!(repair(&house).await.0, Err(RepairError::Newer(_))));
    assert!(!house.path.join("damaged").exists());
    let nowhere = House { path: house.path.with_file_name("nowhere"), ..house };
    assert!(matches!(repair(&nowhere).await.0, Err(RepairError::NoData(_))));
    assert!(!nowhere.path.exists());
}

#[tokio::test]
async fn a_damaged_current_version_gives_way_to_the_newest_whole_one() {
    let house = house().await;
    let newest = house.report_versions.last().unwrap();
    house::raw(&house.path, "chunks", |chunks| {
        let only_newest = |bytes: &[u8]| {
            is_part(newest, bytes) && !house.report_versions[..3].iter().any(|version| is_part(version, bytes))
        };
        assert!(
            spoil(chunks, only_newest, |value| {
                value[9] ^= 4;
                true
            }) > 0
        );
    });
    let (repaired, actions) = mends(&house).await;
    let aside = repaired.aside.unwrap();
    let exported: Vec<_> = fs::read_dir(aside.join("files")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(exported.len(), 1, "{actions:#?}");
    let exported = fs::read(&exported[0]).unwrap();
    assert!(exported[..80_000] == newest[..80_000], "what can be read is in its place");
    assert!(fs::read_dir(aside.join("records")).unwrap().count() >= 2);

    let host = house::open_host(&house.path, clock()).await;
    assert!(house::read(&host, &house.report).await == house.report_versions[2]);
    let head = host.head(&house.report).unwrap();
    assert_eq!((head.version.sequence, Some(head.version.incarnation)), (5, repaired.incarnation));
    let history = host.history(&house.report).unwrap();
    assert!(history.iter().any(|entry| entry.current && entry.row.kind == SaveKind::Restored));
    for (sequence, bytes) in (1..).zip(&house.report_versions[..3]) {
        assert!(house::read_version(&host, &house.report, VersionChoice::Version(sequence)).await == *bytes);
    }
    assert!(house::read(&host, &house.notes).await == house.notes_bytes);
    assert!(host.lock_of(&house.report).await.unwrap().is_some());
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn a_file_without_a_whole_version_goes_to_the_bin_and_what_can_be_read_is_kept_aside() {
    let house = house().await;
    let last = house.notes_bytes[house.notes_bytes.len() - 8..].to_vec();
    house::raw(&house.path, "chunks", |chunks| {
        let spoiled = spoil(chunks, |bytes| bytes.ends_with(&last), |_| false);
        assert_eq!(spoiled, 1);
    });
    let (repaired, _) = mends(&house).await;
    let host = house::open_host(&house.path, clock()).await;
    let bin = host.bin(&house::user("anna")).unwrap();
    assert!(bin.iter().any(|entry| entry.node == house.notes && entry.head.content.size == 0));
    let aside = repaired.aside.unwrap().join("files");
    let exported = fs::read(fs::read_dir(aside).unwrap().next().unwrap().unwrap().path()).unwrap();
    assert!(!exported.is_empty() && house.notes_bytes.starts_with(&exported));
    host.undelete(&house.notes).await.unwrap();
    house::write(&host, &house.notes, b"again").await;
    assert_eq!(house::read(&host, &house.notes).await, b"again");
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn lost_records_are_made_anew_from_what_the_others_tell() {
    let house = house().await;
    let anna = house::user("anna");
    change(&house, |engine| {
        let report = head(engine, &house.report);
        let broken = &b"\x01nonsense"[..];
        Batch::new()
            .set(keys::file(&house.report), broken)
            .set(keys::container(&house.folder), broken)
            .set(keys::account(&anna), broken)
            .set(keys::usage_files(&anna), broken)
            .clear(keys::bin_row(&anna, &house.old))
            .clear(keys::granted(&house::user("ben"), &house.report))
            .clear(keys::name(&head(engine, &house.notes).parent, "notes.txt"))
            .set(keys::name(&report.parent, "ghost.docx"), broken)
    })
    .await;
    let (repaired, _) = mends(&house).await;
    assert!(repaired.incarnation.is_some() && repaired.aside.is_some());
    let host = house::open_host(&house.path, clock()).await;
    assert_eq!(host.path_of(&house.report).unwrap().to_string(), "anna:/Reports/report.docx");
    assert!(house::read(&host, &house.report).await == *house.report_versions.last().unwrap());
    assert!(house::read(&host, &house.notes).await == house.notes_bytes);
    let account = host.accounts().get(&anna).unwrap().unwrap();
    assert!(account.disabled);
    assert_eq!(host.accounts().holdings(&account).unwrap(), 4);
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn sign_ins_that_are_half_lost_are_completed_or_taken_off_their_lists() {
    let house = house().await;
    let host = house::open_host(&house.path, clock()).await;
    let anna = house::user("anna");
    let client = NewClient {
        id: "office".to_owned(),
        name: "Office".to_owned(),
        redirect_uris: vec!["https://localhost".to_owned()],
        scopes: vec!["wopi".to_owned()],
        public: false,
    };
    let (client, _) = host.clients().add(client).await.unwrap();
    let account = host.accounts().get(&anna).unwrap().unwrap();
    let new = NewCode {
        client: client.id.clone(),
        redirect_uri: None,
        user: anna.clone(),
        generation: account.generation,
        scopes: client.scopes.clone(),
        challenge: None,
    };
    let mut families = Vec::new();
    for _ in 0..3 {
        let code = host.grants().issue_code(new.clone()).await.unwrap();
        let wanted = CodeUse { code: &code, redirect_uri: None, verifier: None };
        families.push(host.grants().redeem(&client, wanted).await.unwrap());
    }
    host.grants().allow(&anna, "office", &client.scopes).await.unwrap();
    house::close_host(host, &house.path).await;
    assert!(findings(&house).await.0.is_sound());
    let session = SessionRecord {
        user: anna.clone(),
        generation: account.generation,
        created: account.created,
        expires: account.created,
        agent: "a browser".to_owned(),
    };
    change(&house, |_| {
        Batch::new()
            .clear(keys::family_of(&anna, &families[0].family))
            .clear(keys::family(&families[1].family))
            .set(keys::family(&families[2].family), &b"\x01nonsense"[..])
            .set(keys::session("lost"), encode(&session))
            .set(keys::session_of(&anna, "nothing"), MARK)
            .set(keys::consent(&anna, "nobody"), &b"\x01nonsense"[..])
            .set(keys::code("hash"), &b"\x01nonsense"[..])
    })
    .await;
    let (report, _) = findings(&house).await;
    assert!(!report.is_sound());
    mends(&house).await;
    let host = house::open_host(&house.path, clock()).await;
    let left = host.grants().of_user(&anna).unwrap();
    assert_eq!(left.iter().map(|(id, _)| id).collect::<Vec<_>>(), [&families[0].family]);
    assert!(host.grants().authorize(&families[0].access_token).is_ok());
    assert!(host.grants().authorize(&families[2].access_token).is_err());
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn files_whose_folder_is_gone_are_in_the_bin_and_come_back_to_the_drive() {
    let house = house().await;
    change(&house, |_| Batch::new().clear(keys::container(&house.folder))).await;
    mends(&house).await;
    let host = house::open_host(&house.path, clock()).await;
    host.undelete(&house.report).await.unwrap();
    assert_eq!(host.path_of(&house.report).unwrap().to_string(), "anna:/report.docx");
    assert!(house::read(&host, &house.report).await == *house.report_versions.last().unwrap());
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn what_keeps_the_engine_from_opening_is_moved_aside() {
    let house = house().await;
    house::raw(&house.path, "records", |records| {
        records.insert(b"f/short", b"abc").unwrap();
        records.insert(b"\0r", b"?").unwrap();
        records.insert(b"\0dnonsense", b"?").unwrap();
        let mut own = 7_u64.to_be_bytes().to_vec();
        own.extend_from_slice(b"\x01nonsense");
        records.insert(&keys::system("store"), &own).unwrap();
    });
    house::raw(&house.path, "index", |index| index.insert(b"state", b"?").unwrap());
    house::raw(&house.path, "chunks", |chunks| chunks.insert(b"\xFF no number", b"?").unwrap());
    let (repaired, actions) = mends(&house).await;
    assert!(actions.len() >= 6, "{actions:#?}");
    assert!(repaired.incarnation.is_some());
    let host = house::open_host(&house.path, clock()).await;
    assert!(house::read(&host, &house.notes).await == house.notes_bytes);
    house::write(&host, &house.notes, b"more").await;
    house::close_host(host, &house.path).await;
}

/// The keys in the index, those of chunks only.
fn index_rows(house: &House) -> Vec<Vec<u8>> {
    let mut rows = Vec::new();
    house::raw(&house.path, "index", |index| {
        let all = index.scan(Bound::Unbounded, Bound::Unbounded, usize::MAX).unwrap();
        rows.extend(all.into_iter().map(|(key, _)| key).filter(|key| key.len() == 24));
    });
    rows
}

#[tokio::test]
async fn an_index_that_cannot_be_opened_or_has_lost_its_state_or_rows_is_made_anew_from_the_chunks() {
    let house = house().await;
    let rows = index_rows(&house);
    assert!(rows.len() > 40);
    for how in ["database", "state", "rows", "all"] {
        match how {
            "database" => fs::write(house.path.join("index").join("conf"), b"this is no configuration").unwrap(),
            "state" => house::raw(&house.path, "index", |index| index.insert(b"state", b"?").unwrap()),
            _ => house::raw(&house.path, "index", |index| {
                let lost = if how == "all" { &rows[..] } else { &rows[7..20] };
                for key in lost {
                    index.remove(key).unwrap();
                }
            }),
        }
        if how == "rows" {
            let (report, found) = findings(&house).await;
            assert!(report.is_sound() && (1..=13).contains(&report.unlisted_chunks), "{report:?}");
            assert!(found.iter().any(|finding| finding.severity == Severity::Notice && finding.key == "index"));
        }
        let (_, actions) = mends(&house).await;
        assert_eq!(index_rows(&house), rows, "{how}");
        let told = actions.iter().any(|action| action.key == "index" && action.done.contains("chunks"));
        assert_eq!(told, ["rows", "all"].contains(&how), "{how}: {actions:#?}");
        assert!(!actions.is_empty());
        let (report, found) = findings(&house).await;
        assert_eq!((report.unlisted_chunks, found), (0, vec![]));
    }
    // What is stored again is found again, and a collection takes nothing that is in use.
    let store = house::open_store(&house.path).await;
    let written = store.content.stats().bytes_written;
    let mut upload = store.content.begin_upload(&house.notes, None).unwrap();
    upload.write(&house.notes_bytes).unwrap();
    drop(upload.finish().unwrap());
    assert_eq!(store.content.stats().bytes_written, written);
    let collected = collect::collect(&store.content, &mut || ControlFlow::Continue(())).unwrap();
    assert_eq!((collected.ending, collected.chunks_removed), (collect::Ending::Complete, 0));
    house::close_store(store);
    let host = house::open_host(&house.path, clock()).await;
    assert!(house::read(&host, &house.notes).await == house.notes_bytes);
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn a_lost_index_is_built_anew_and_nothing_else_changes() {
    let house = house().await;
    fs::write(house.path.join("index/conf"), b"this is no configuration of any database").unwrap();
    let (repaired, actions) = mends(&house).await;
    assert_eq!(actions.len(), 1, "{actions:#?}");
    assert!(repaired.aside.unwrap().join("index/db").exists());
    let host = house::open_host(&house.path, clock()).await;
    house::write(&host, &house.notes, &house.notes_bytes).await;
    assert_eq!(host.store().content.stats().chunks_new, 0, "every chunk is found again");
    house::close_host(host, &house.path).await;
}

#[tokio::test]
async fn a_database_of_contents_that_cannot_be_opened_is_moved_aside_and_one_of_records_is_left() {
    let house = house().await;
    let spoil = |part: &str| {
        let file = house.path.join(part).join("conf");
        fs::write(file, b"this is no configuration of any database").unwrap();
    };
    spoil("content");
    let (repaired, _) = mends(&house).await;
    assert!(repaired.aside.unwrap().join("content").join("db").exists());
    let host = house::open_host(&house.path, clock()).await;
    assert_eq!(host.bin(&house::user("anna")).unwrap().len(), 3, "all but the empty file");
    house::close_host(host, &house.path).await;
    spoil("meta");
    let (refused, _, _) = repair(&house).await;
    let refused = refused.unwrap_err();
    assert!(matches!(refused, RepairError::Records { .. }), "{refused}");
    assert!(refused.to_string().contains("restore-backup"), "{refused}");
}
