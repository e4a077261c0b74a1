//! Damage and misuse of the data directory, and what the command line promises to scripts.

use crate::support::{Binary, PASSWORD, Start, Wopi, noise, sha256, wopi::http_client};
use std::path::{Path, PathBuf};

fn open(server: &Binary, path: &str) -> Wopi {
    Wopi::from_json(http_client(), &server.token("alice", path))
}

fn with_alice() -> Binary {
    let server = Binary::serve();
    server.add_user("alice", &[]);
    server
}

#[tokio::test]
async fn serve_prints_its_url_and_ends_with_0_when_asked() {
    let mut server = Binary::serve();
    let reply = http_client().get(format!("{}/healthz", server.url())).send().await.expect("a reply");
    assert_eq!(reply.status(), 200);
    let reply = http_client().get(format!("{}/readyz", server.url())).send().await.expect("a reply");
    assert_eq!(reply.status(), 200);
    let status = server.terminate();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn commands_work_while_the_server_runs_and_while_it_does_not() {
    let mut server = Binary::stopped_with(Start::default());
    server.add_user("alice", &["--admin"]);
    server.import("alice", &[("before.docx", b"before"), ("deep/er/still.docx", b"deep")]);
    let listed = server.cli_ok(&["user", "list"], "").stdout;
    assert!(listed.contains("alice"), "{listed}");
    server.launch();
    server.import("alice", &[("after.docx", b"after")]);
    server.add_user("bob", &["--kind", "education"]);
    for (path, bytes) in [("/before.docx", &b"before"[..]), ("/after.docx", b"after"), ("/deep/er/still.docx", b"deep")]
    {
        let file = open(&server, path);
        assert!(file.src().starts_with(server.url()), "{}", file.src());
        assert_eq!(file.get().await.expect(200).body, bytes);
    }
    let before = server.token("alice", "/after.docx");
    let address = server.address();
    assert!(server.terminate().success());
    let offline =
        server.cli_ok(&["token", "--user", "alice", "/after.docx", "--json", "--listen", &address], "").json();
    assert_eq!(offline["wopisrc"], before["wopisrc"]);
    assert!(server.cli_ok(&["user", "list"], "").stdout.contains("bob"));
    server.launch();
    assert_eq!(Wopi::from_json(http_client(), &offline).get().await.expect(200).body, b"after");
}

#[tokio::test]
async fn commands_fail_with_a_reason_and_a_status() {
    let server = with_alice();
    for (arguments, stdin) in [
        (vec!["token", "--user", "nobody", "/x.docx", "--json"], ""),
        (vec!["token", "--user", "alice", "/not there.docx", "--json"], ""),
        (vec!["user", "add", "alice", "--password-stdin"], PASSWORD),
        (vec!["user", "add", "no spaces!", "--password-stdin"], PASSWORD),
        (vec!["user", "add", "empty", "--password-stdin"], ""),
        (vec!["user", "add", "odd", "--password-stdin", "--kind", "unheard-of"], PASSWORD),
        (vec!["import", "/not/there/at/all", "--owner", "alice"], ""),
        (vec!["grant", "alice", "emperor", "alice:/"], ""),
        (vec!["unheard-of"], ""),
    ] {
        let run = server.cli(&arguments, stdin);
        assert!(run.status.code().is_some_and(|code| code != 0 && code != 101), "{arguments:?}: {run:?}");
        assert!(run.stderr.trim().contains(' ') && !run.stderr.contains("panicked"), "{arguments:?}: {run:?}");
    }
}

#[tokio::test]
async fn an_import_keeps_names_and_can_be_repeated() {
    let server = with_alice();
    let files: [(&str, &[u8]); 3] = [("Füße/Ärger – 日本.docx", b"one"), ("UPPER.XLSX", b"two"), ("empty.pptx", b"")];
    server.import("alice", &files);
    server.import("alice", &files);
    for (path, bytes) in files {
        let file = open(&server, &format!("/{path}"));
        assert_eq!(file.get().await.expect(200).body, bytes);
        assert_eq!(file.info().await.text("BaseFileName"), path.rsplit('/').next().expect("a name"));
    }
    let out = server.scratch().join("exported");
    server.cli_ok(&["export", out.to_str().expect("a plain path"), "--owner", "alice"], "");
    for (path, bytes) in files {
        assert_eq!(std::fs::read(out.join(path)).expect(path), bytes);
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_directory_is_refused_and_the_first_goes_on() {
    let server = with_alice();
    server.import("alice", &[("document.docx", b"content")]);
    let file = open(&server, "/document.docx");
    file.lock("A").await.expect(200);
    let second = server.cli(&["serve", "--listen", "127.0.0.1:0"], "");
    assert!(second.status.code().is_some_and(|code| code != 0 && code != 101), "{second:?}");
    assert!(second.stderr.contains("use") || second.stderr.contains("lock"), "it says why: {second:?}");
    assert_eq!(file.held_by().await, "A");
    assert_eq!(file.get().await.expect(200).body, b"content");
}

#[tokio::test]
async fn an_unknown_setting_is_refused_with_the_nearest_known_name() {
    let mut server = Binary::stopped_with(Start::default().set("LOCKHOUSE_LIMITS__BODDY", "1 MiB"));
    let said = server.try_launch().expect_err("an unknown setting");
    assert!(said.to_lowercase().contains("boddy") && said.to_lowercase().contains("limits__body`"), "{said}");
}

fn files_under(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files_under(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}

/// Turns bits in every place under the data directory where `needle` lies; gives how many there were.
fn damage(dir: &Path, needle: &[u8]) -> usize {
    let mut hits = 0;
    for path in files_under(dir) {
        let Ok(mut bytes) = std::fs::read(&path) else { continue };
        let mut from = 0;
        let before = hits;
        while let Some(at) = bytes[from..].windows(needle.len()).position(|window| window == needle) {
            bytes[from + at] ^= 0x55;
            from += at + needle.len();
            hits += 1;
        }
        if hits > before {
            std::fs::write(&path, bytes).expect("the damage is done");
        }
    }
    hits
}

#[tokio::test]
async fn a_damaged_chunk_is_never_served_and_check_tells_which_file() {
    let mut server = with_alice();
    let (hurt, sound) = (noise(1, 60_000), noise(2, 60_000));
    // A database keeps some chunks together in a page, and one damaged byte takes the whole page.
    server.import("alice", &[("hurt.docx", &hurt)]);
    server.import("alice", &[("between.bin", &noise(4, 2 << 20))]);
    server.import("alice", &[("sound.docx", &sound)]);
    // The newest part of a database's log is read when it is opened, and damage there keeps it from opening: what is to be
    // hurt must lie further back.
    server.import("alice", &[("filler.bin", &noise(3, 24 << 20))]);
    let (file, other) = (open(&server, "/hurt.docx"), open(&server, "/sound.docx"));
    assert!(server.terminate().success());
    assert!(server.cli(&["check"], "").status.success(), "before the damage all is well");
    let hits = damage(&server.data_dir(), &hurt[30_000..30_032]);
    assert!(hits > 0, "the chunk was not found in the data directory");
    server.launch();
    let (file, other) = (file.reconnected(), other.reconnected());
    // 500, or a connection that breaks before the announced end: never 200 with other bytes.
    let reply = file.call(reqwest::Method::GET, "/contents").try_send().await;
    if let Ok(reply) = reply {
        assert!(reply.status == 500, "damaged bytes were served: {}", reply.status);
        reply.expect_message();
    }
    assert!(other.get().await.expect(200).body == sound, "other files are unharmed");
    file.lock("A").await.expect(200);
    file.put(Some("A"), hurt.clone()).await.expect(200);
    assert!(server.terminate().success());
    let checked = server.cli(&["check"], "");
    assert!(!checked.status.success() && checked.text().contains("hurt.docx"), "{checked:?}");
}

#[tokio::test]
async fn a_backup_taken_while_serving_brings_everything_back() {
    let server = with_alice();
    let body = noise(5, 300_000);
    server.import("alice", &[("document.docx", &body)]);
    let file = open(&server, "/document.docx");
    file.lock("A").await.expect(200);
    let backup = server.scratch().join("all.backup").to_str().expect("a plain path").to_owned();
    server.cli_ok(&["backup", &backup], "");
    let old = file.put(Some("A"), "after the backup").await.expect(200).version();
    let mut other = Binary::stopped_with(Start::default());
    other.cli_ok(&["restore-backup", &backup], "");
    other.launch();
    let back = open(&other, "/document.docx");
    assert!(back.get().await.expect(200).body == body);
    assert_eq!(back.id(), file.id());
    assert_eq!(back.info().await.text("SHA256"), sha256(&body));
    // The incarnation is new: the next version is not one that clients of the first host have seen.
    let held = back.held_by().await;
    if held.is_empty() {
        back.lock("A").await.expect(200);
    }
    assert_ne!(back.put(Some("A"), "another history").await.expect(200).version(), old);
}

#[tokio::test]
async fn a_damaged_backup_is_refused() {
    let server = with_alice();
    server.import("alice", &[("document.docx", &noise(6, 100_000))]);
    let backup = server.scratch().join("all.backup");
    let path = backup.to_str().expect("a plain path");
    server.cli_ok(&["backup", path], "");
    let whole = std::fs::read(&backup).expect("the backup");
    let mut bent = whole.clone();
    let middle = bent.len() / 2;
    bent[middle] ^= 1;
    for bytes in [&bent[..], &whole[..whole.len() - 1], &whole[..whole.len() / 3], b""] {
        std::fs::write(&backup, bytes).expect("a damaged backup");
        let other = Binary::stopped_with(Start::default());
        let run = other.cli(&["restore-backup", path], "");
        assert!(run.status.code().is_some_and(|code| code != 0 && code != 101), "{run:?}");
    }
}

#[tokio::test]
async fn a_store_that_is_not_one_is_refused_with_a_reason() {
    let mut server = Binary::stopped_with(Start::default());
    std::fs::create_dir_all(server.data_dir()).expect("a directory");
    for name in ["meta", "content"] {
        std::fs::write(server.data_dir().join(name), "not a directory").expect("a file");
    }
    let said = server.try_launch().expect_err("nonsense in the data directory");
    assert!(said.contains(' ') && !said.contains("panicked at"), "{said}");
}

#[tokio::test]
async fn a_directory_written_by_a_newer_version_is_refused_and_left_as_it_is() {
    let mut server = with_alice();
    server.import("alice", &[("document.docx", b"content")]);
    assert!(server.terminate().success());
    // The directory says in a file of its own which version of the format it has.
    let marker = server.data_dir().join("format");
    let now = std::fs::read_to_string(&marker).expect("the file `format` in the data directory");
    std::fs::write(&marker, "{\"format\":999999}\n").expect("a newer format");
    let said = server.try_launch().expect_err("a newer format");
    assert!(said.contains("newer") || said.contains("999999"), "it says why: {said}");
    std::fs::write(&marker, now).expect("the old format");
    server.launch();
    assert_eq!(open(&server, "/document.docx").get().await.expect(200).body, b"content");
}
