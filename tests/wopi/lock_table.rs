//! The state transition table of section 2.5, row by row, over HTTP. The column of the expired lock needs
//! time to move and is tested inside the program.

use crate::support::{Reply, Shared, Wopi, raw::Raw};
use reqwest::Method;
use std::pin::Pin;

/// The state in which a request meets the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    NeverLocked,
    Unlocked,
    LockedA,
}

/// `X-WOPI-Lock` of the reply.
#[derive(Clone, Copy, Debug)]
enum Header {
    Absent,
    Is(&'static str),
    /// The 400 of a missing id, which may tell the current one.
    Free,
}

/// What a row promises in one state.
#[derive(Clone, Copy, Debug)]
struct Then {
    status: u16,
    header: Header,
    /// Who holds the file afterwards; `None` when the file is gone.
    held: Option<&'static str>,
    /// Whether content and version are new afterwards.
    written: bool,
}

const fn then(status: u16, header: Header, held: &'static str) -> Then {
    Then { status, header, held: Some(held), written: false }
}

const fn wrote(held: &'static str) -> Then {
    Then { status: 200, header: Header::Absent, held: Some(held), written: true }
}

const OK_U: Then = then(200, Header::Absent, "");
const OK_A: Then = then(200, Header::Absent, "A");
const OK_B: Then = then(200, Header::Absent, "B");
const CONFLICT_U: Then = then(409, Header::Is(""), "");
const CONFLICT_A: Then = then(409, Header::Is("A"), "A");
const BAD_U: Then = then(400, Header::Free, "");
const BAD_A: Then = then(400, Header::Free, "A");
const DENIED_U: Then = then(401, Header::Absent, "");
const DENIED_A: Then = then(401, Header::Absent, "A");
const GONE: Then = Then { status: 200, header: Header::Absent, held: None, written: false };

type Asked<'a> = Pin<Box<dyn Future<Output = Reply> + 'a>>;

struct Row {
    number: &'static str,
    /// The content that the file begins with.
    content: &'static [u8],
    ask: for<'a> fn(&'a Wopi, &'a Wopi) -> Asked<'a>,
    unlocked: Then,
    locked: Then,
}

const NEW: &str = "new content";

/// `row!(number, request, outcome unlocked, outcome locked)`; `file` is the file, `other` one beside it.
macro_rules! row {
    ($number:literal, empty, |$file:ident, $other:ident| $ask:expr, $unlocked:expr, $locked:expr) => {
        row!(@ $number, b"", $file, $other, $ask, $unlocked, $locked)
    };
    ($number:literal, |$file:ident, $other:ident| $ask:expr, $unlocked:expr, $locked:expr) => {
        row!(@ $number, b"old content", $file, $other, $ask, $unlocked, $locked)
    };
    (@ $number:literal, $content:expr, $file:ident, $other:ident, $ask:expr, $unlocked:expr, $locked:expr) => {
        Row {
            number: $number,
            content: $content,
            ask: |$file, $other| { let _ = $other; Box::pin(async move { $ask.await }) },
            unlocked: $unlocked,
            locked: $locked,
        }
    };
}

fn rows() -> Vec<Row> {
    let mut rows = lock_rows();
    rows.extend(content_rows());
    rows.extend(other_rows());
    rows
}

fn lock_rows() -> Vec<Row> {
    vec![
        row!("1", |f, o| f.lock("A"), OK_A, OK_A),
        row!("2", |f, o| f.lock("B"), OK_B, CONFLICT_A),
        row!("3 missing", |f, o| f.post("LOCK").send(), BAD_U, BAD_A),
        row!("3 empty", |f, o| f.lock(""), BAD_U, BAD_A),
        row!("4", |f, o| f.refresh("A"), CONFLICT_U, OK_A),
        row!("5", |f, o| f.refresh("B"), CONFLICT_U, CONFLICT_A),
        row!("6 missing", |f, o| f.post("REFRESH_LOCK").send(), BAD_U, BAD_A),
        row!("6 empty", |f, o| f.refresh(""), BAD_U, BAD_A),
        row!("7", |f, o| f.unlock("A"), CONFLICT_U, OK_U),
        row!("8", |f, o| f.unlock("B"), CONFLICT_U, CONFLICT_A),
        row!("9 missing", |f, o| f.post("UNLOCK").send(), BAD_U, BAD_A),
        row!("9 empty", |f, o| f.unlock(""), BAD_U, BAD_A),
        row!("10", |f, o| f.relock("A", "B"), CONFLICT_U, OK_B),
        row!("11", |f, o| f.relock("A", "A"), CONFLICT_U, OK_A),
        row!("12", |f, o| f.relock("B", "C"), CONFLICT_U, CONFLICT_A),
        row!("13", |f, o| f.relock("B", "A"), CONFLICT_U, CONFLICT_A),
        row!("14 missing", |f, o| f.post("LOCK").header("X-WOPI-OldLock", "A").send(), BAD_U, BAD_A),
        row!("14 empty", |f, o| f.relock("A", ""), BAD_U, BAD_A),
        row!("15", |f, o| f.get_lock(), then(200, Header::Is(""), ""), then(200, Header::Is("A"), "A")),
        row!(
            "15 with an id",
            |f, o| f.post("GET_LOCK").header("X-WOPI-Lock", "B").send(),
            then(200, Header::Is(""), ""),
            then(200, Header::Is("A"), "A")
        ),
    ]
}

fn content_rows() -> Vec<Row> {
    vec![
        row!("16", |f, o| f.put(Some("A"), NEW), CONFLICT_U, wrote("A")),
        row!("17", |f, o| f.put(Some("B"), NEW), CONFLICT_U, CONFLICT_A),
        row!("18", |f, o| f.put(None, NEW), CONFLICT_U, CONFLICT_A),
        row!("18 empty header", |f, o| f.put(Some(""), NEW), CONFLICT_U, CONFLICT_A),
        row!("19", empty, |f, o| f.put(None, NEW), wrote(""), CONFLICT_A),
        row!("19 empty header", empty, |f, o| f.put(Some(""), NEW), wrote(""), CONFLICT_A),
        row!("20", empty, |f, o| f.put(Some("A"), NEW), wrote(""), wrote("A")),
        row!("21", empty, |f, o| f.put(Some("B"), NEW), wrote(""), CONFLICT_A),
    ]
}

fn other_rows() -> Vec<Row> {
    vec![
        row!("22", |f, o| f.rename("renamed", Some("A")), OK_U, OK_A),
        row!("23", |f, o| f.rename("renamed", Some("B")), OK_U, CONFLICT_A),
        row!("24 missing", |f, o| f.rename("renamed", None), OK_U, CONFLICT_A),
        row!("24 empty", |f, o| f.rename("renamed", Some("")), OK_U, CONFLICT_A),
        row!("25", |f, o| f.delete(), GONE, CONFLICT_A),
        row!("25 with the id", |f, o| f.post("DELETE").header("X-WOPI-Lock", "A").send(), GONE, CONFLICT_A),
        row!("26", |f, o| f.save_suggested(".wopitest", NEW), OK_U, OK_A),
        row!("27", |f, o| async { o.save_as(&name(f).await, Some("true"), NEW).await }, wrote(""), CONFLICT_A),
        row!("28 absent", |f, o| async { o.save_as(&name(f).await, None, NEW).await }, CONFLICT_U, CONFLICT_A),
        row!("28 false", |f, o| async { o.save_as(&name(f).await, Some("false"), NEW).await }, CONFLICT_U, CONFLICT_A),
        row!("29 CheckFileInfo", |f, o| f.info(), OK_U, OK_A),
        row!("29 GetFile", |f, o| f.get(), OK_U, OK_A),
        row!("29 GetShareUrl", |f, o| f.post("GET_SHARE_URL").header("X-WOPI-UrlType", "ReadOnly").send(), OK_U, OK_A),
        row!("29 PutUserInfo", |f, o| f.post("PUT_USER_INFO").body("table").send(), OK_U, OK_A),
        row!("29 AddActivities", |f, o| f.post("ADD_ACTIVITIES").body(r#"{"Activities":[]}"#).send(), OK_U, OK_A),
        row!("30 Lock", |f, o| async { f.with_token("wrong").lock("A").await }, DENIED_U, DENIED_A),
        row!("30 Unlock", |f, o| async { f.with_token("wrong").unlock("A").await }, DENIED_U, DENIED_A),
        row!("30 PutFile", |f, o| async { f.with_token("wrong").put(Some("A"), NEW).await }, DENIED_U, DENIED_A),
        row!("30 DeleteFile", |f, o| async { f.with_token("wrong").delete().await }, DENIED_U, DENIED_A),
    ]
}

async fn name(file: &Wopi) -> String {
    file.info().await.expect(200).text("BaseFileName")
}

#[tokio::test]
async fn every_row_of_the_lock_table_holds_over_http() {
    let doc = Shared::server().document(b"the other file");
    let mut wrong = Vec::new();
    for (place, row) in rows().iter().enumerate() {
        for (variant, before) in [Before::NeverLocked, Before::Unlocked, Before::LockedA].into_iter().enumerate() {
            let file = doc.alice.sibling(&format!("row-{place}-{variant}.wopitest"), row.content).await;
            if before != Before::NeverLocked {
                file.lock("A").await.expect(200);
            }
            if before == Before::Unlocked {
                file.unlock("A").await.expect(200);
            }
            let expected = if before == Before::LockedA { row.locked } else { row.unlocked };
            let old = file.state().await;
            let reply = (row.ask)(&file, &doc.alice).await;
            if let Err(what) = compare(&file, &reply, expected, row.content, &old.version).await {
                wrong.push(format!("row {} when {before:?}: {what}; the reply was {reply}", row.number));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));
}

async fn compare(file: &Wopi, reply: &Reply, then: Then, content: &[u8], version: &str) -> Result<(), String> {
    let same = |what: &str, found: &dyn std::fmt::Debug, wanted: &dyn std::fmt::Debug| {
        let (found, wanted) = (format!("{found:?}"), format!("{wanted:?}"));
        if found == wanted { Ok(()) } else { Err(format!("{what} is {found}, not {wanted}")) }
    };
    same("the status", &reply.status, &then.status)?;
    match then.header {
        Header::Absent => same("X-WOPI-Lock", &reply.lock(), &None::<&str>)?,
        Header::Is(id) => same("X-WOPI-Lock", &reply.lock(), &Some(id))?,
        Header::Free => {}
    }
    let Some(held) = then.held else {
        return same("the file afterwards", &file.info().await.status, &404);
    };
    let after = file.state().await;
    same("the lock afterwards", &after.lock, &held)?;
    same("whether the version is new", &(after.version != version), &then.written)?;
    same("the content afterwards", &after.bytes.as_slice(), &if then.written { NEW.as_bytes() } else { content })
}

#[tokio::test]
async fn row_30_an_upload_with_an_invalid_token_does_not_have_to_be_sent_whole_to_be_refused() {
    let doc = Shared::server().document(b"content");
    let mut raw = Raw::to(&doc.alice);
    let head = Raw::head(
        &doc.alice.with_token("wrong"),
        "POST",
        "/contents",
        &[("X-WOPI-Override", "PUT"), ("Content-Length", "100000000")],
    );
    assert!(raw.write(head) && raw.write(vec![b'x'; 1000]));
    raw.reply("an endless upload").expect("a reply before the body's end").expect(401);
    doc.alice.call(Method::GET, "").send().await.expect(200);
}
