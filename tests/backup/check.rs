//! Every kind of damage is found, and nothing else.

use std::ops::ControlFlow;

use bytes::Bytes;
use lockhouse::{
    ids::NodeId,
    store::{
        backing::Backing,
        check::{self, CheckOptions, Finding, Report, Severity, What},
        engine::{Batch, Engine, scan_prefix},
        records::{FileHead, decode, encode, keys},
    },
};

use crate::house::{self, House, house, records};

pub(crate) async fn findings(house: &House) -> (Report, Vec<Finding>) {
    let store = house::open_store(&house.path).await;
    let mut findings = Vec::new();
    let report = check::check(&store, CheckOptions::default(), &mut |finding| findings.push(finding), &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap();
    house::close_store(store);
    (report, findings)
}

pub(crate) async fn change(house: &House, change: impl FnOnce(&dyn Engine) -> Batch) {
    let store = house::open_store(&house.path).await;
    let batch = change(store.engine.as_ref());
    store.engine.submit(batch).unwrap().wait().await.unwrap();
    house::close_store(store);
}

pub(crate) fn head(engine: &dyn Engine, node: &NodeId) -> FileHead {
    let key = keys::file(node);
    decode(&key, &engine.get(&key).unwrap().unwrap().value).unwrap()
}

#[tokio::test]
async fn a_sound_store_with_history_rescued_versions_bin_grants_and_links_has_nothing_to_find() {
    let house = house().await;
    let (report, found) = findings(&house).await;
    assert_eq!(found, []);
    assert!(report.is_sound());
    assert_eq!((report.files, report.contents), (4, 4 + 1 + 1 + 1 + 1));
    assert_eq!(report.unused_chunks, 0);
    assert!(report.bytes > 850_000, "{report:?}");
}

/// Plants one damage by a batch and expects one kind of finding.
async fn convicts(what: What, plant: impl FnOnce(&House, &dyn Engine) -> Batch) -> Vec<Finding> {
    let house = house().await;
    change(&house, |engine| plant(&house, engine)).await;
    let (report, found) = findings(&house).await;
    let damages: Vec<_> = found.into_iter().filter(|finding| finding.severity == Severity::Damage).collect();
    assert_eq!(report.damages, damages.len() as u64);
    assert!(damages.iter().any(|finding| finding.what == what), "{what:?} not in {damages:#?}");
    damages
}

#[tokio::test]
async fn records_that_make_no_sense_are_damage_and_newer_ones_are_called_newer() {
    let house = house().await;
    let all = {
        let store = house::open_store(&house.path).await;
        let all = records(&*store.engine);
        house::close_store(store);
        all
    };
    let kinds = [b"a/", b"b/", b"c/", b"f/", b"g/", b"i/", b"k/", b"l/", b"m/", b"n/", b"q/", b"r/", b"s/", b"v/"];
    let victims: Vec<Vec<u8>> = kinds
        .iter()
        .map(|kind| all.keys().find(|key| key.starts_with(*kind)).unwrap_or_else(|| panic!("{kind:?}")).clone())
        .filter(|key| !key.starts_with(b"s/"))
        .collect();
    change(&house, |_| victims.iter().fold(Batch::new(), |batch, key| batch.set(key.clone(), &b"\x01{\"broken"[..])))
        .await;
    let (_, found) = findings(&house).await;
    for key in &victims {
        let key = key.escape_ascii().to_string();
        let convicted = found.iter().any(|finding| finding.what == What::Record && finding.key == key);
        assert!(convicted, "{key} not in {found:#?}");
    }
    let newer = convicts(What::Newer, |house, _| Batch::new().set(keys::file(&house.notes), &b"\x02{}"[..])).await;
    assert!(newer.iter().any(|finding| finding.advice.contains("newer program")));
}

#[tokio::test]
async fn a_stored_record_too_short_to_be_one_is_found_and_the_rest_is_still_looked_at() {
    let house = house().await;
    house::raw(&house.path, "records", |records| {
        records.insert(b"f/short", b"abc").unwrap();
        records.insert(&keys::bin_row(&house::user("anna"), &house.notes), b"").unwrap();
    });
    let (_, found) = findings(&house).await;
    for key in ["f/short".to_owned(), format!("b/anna/{}", house.notes)] {
        assert!(found.iter().any(|finding| finding.key == key && finding.what == What::Record), "{found:#?}");
    }
}

#[tokio::test]
async fn what_does_not_fit_together_is_damage_with_the_path_if_that_is_known() {
    let found = convicts(What::Place, |house, engine| {
        let head = head(engine, &house.report);
        Batch::new().clear(keys::name(&head.parent, "report.docx"))
    })
    .await;
    assert_eq!(found[0].path.as_deref(), Some("anna:/Reports/report.docx"));
    assert_eq!(found.len(), 1);

    let found = convicts(What::Place, |house, _| Batch::new().clear(keys::container(&house.folder))).await;
    assert!(found.iter().any(|finding| finding.key == format!("f/{}", house_key(&found, "f/"))));

    convicts(What::Place, |house, engine| {
        let head = head(engine, &house.notes);
        let moved = FileHead { name: "other.txt".to_owned(), ..head };
        Batch::new().set(keys::file(&house.notes), encode(&moved))
    })
    .await;
    convicts(What::History, |house, engine| {
        Batch::new().clear(keys::version(&house.report, head(engine, &house.report).version.sequence))
    })
    .await;
    convicts(What::Bin, |house, _| Batch::new().clear(keys::bin_row(&house::user("anna"), &house.old))).await;
    convicts(What::Bin, |house, engine| {
        let row = engine.get(&keys::bin_row(&house::user("anna"), &house.old)).unwrap().unwrap().value;
        Batch::new().set(keys::bin_row(&house::user("anna"), &house.notes), row)
    })
    .await;
    convicts(What::Share, |house, _| Batch::new().clear(keys::grant(&house.report, &house::user("ben")))).await;
    convicts(What::Share, |house, _| Batch::new().clear(keys::granted(&house::user("ben"), &house.report))).await;
    convicts(What::Account, |_, _| Batch::new().clear(keys::account(&house::user("anna")))).await;
    convicts(What::Usage, |_, _| Batch::new().add(keys::usage_bytes(&house::user("anna")), 1)).await;
    convicts(What::Usage, |_, _| Batch::new().clear(keys::usage_files(&house::user("anna")))).await;
}

fn house_key(found: &[Finding], prefix: &str) -> String {
    found.iter().find_map(|finding| finding.key.strip_prefix(prefix)).unwrap_or("none").to_owned()
}

#[tokio::test]
async fn what_is_left_over_is_a_notice_and_no_damage() {
    let house = house().await;
    change(&house, |engine| {
        let nowhere = NodeId::parse("nowhere").unwrap();
        let row = engine.get(&keys::version(&house.notes, 1)).unwrap().unwrap().value;
        Batch::new()
            .set(keys::version(&nowhere, 1), row)
            .set(keys::activity(&nowhere, 1), Bytes::from_static(b"x"))
            .set(&b"~/strange"[..], Bytes::from_static(b"x"))
    })
    .await;
    let (report, found) = findings(&house).await;
    assert!(report.is_sound(), "{found:#?}");
    assert_eq!((report.notices, found.len()), (3, 3));
    assert!(found.iter().all(|finding| finding.what == What::Leftover && finding.severity == Severity::Notice));
}

/// Format, checksum and hash stand before a chunk's bytes.
const CHUNK_HEADER: usize = 1 + 4 + 16;

/// The chunk numbers of the file's current content, by what the content's own check says of them.
pub(crate) fn spoil(chunks: &dyn Backing, which: impl Fn(&[u8]) -> bool, how: impl Fn(&mut Vec<u8>) -> bool) -> usize {
    use std::ops::Bound::Unbounded;
    let mut spoiled = 0;
    for (key, value) in chunks.scan(Unbounded, Unbounded, usize::MAX).unwrap() {
        if which(&value[CHUNK_HEADER..]) {
            let mut value = value.to_vec();
            if how(&mut value) {
                chunks.insert(&key, &value).unwrap();
            } else {
                chunks.remove(&key).unwrap();
            }
            spoiled += 1;
        }
    }
    spoiled
}

pub(crate) fn is_part(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_chunk_altered_lost_or_exchanged_is_damage_of_every_version_that_needs_it() {
    for how in [
        (|value: &mut Vec<u8>| {
            value[20] ^= 1;
            true
        }) as fn(&mut Vec<u8>) -> bool,
        |_| false,
        |value| {
            value.truncate(3);
            true
        },
    ] {
        let house = house().await;
        house::raw(&house.path, "chunks", |chunks| {
            let spoiled = spoil(chunks, |bytes| is_part(&house.notes_bytes, bytes), how);
            assert!(spoiled > 1);
        });
        let (report, found) = findings(&house).await;
        let contents: Vec<_> = found.iter().filter(|finding| finding.what == What::Content).collect();
        assert_eq!((contents.len(), report.damages), (2, 2), "the version and the head: {found:#?}");
        assert!(contents.iter().all(|finding| finding.path.as_deref() == Some("anna:/notes.txt")));
    }
}

#[tokio::test]
async fn a_manifest_page_lost_or_of_other_bytes_is_damage() {
    for lost in [true, false] {
        let house = house().await;
        change(&house, |engine| {
            let pages = |node| {
                scan_prefix(engine, &keys::manifest_pages(node, head(engine, node).content.manifest.unwrap()), None, 9)
            };
            let victim = pages(&house.notes).unwrap().remove(0);
            let other = pages(&house.report).unwrap().remove(0);
            if lost { Batch::new().clear(victim.0) } else { Batch::new().set(victim.0, other.1.value) }
        })
        .await;
        let (_, found) = findings(&house).await;
        assert!(found.iter().any(|finding| finding.what == What::Content), "{found:#?}");
    }
}
