//! `serve`: what a start makes, what it refuses, and what it leaves closed to others.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::Path,
    sync::Arc,
};

use lockhouse::{
    clock::SystemClock,
    host::{Administrator, Host, HostOptions},
};

use crate::{
    House,
    support::{eventually, noise},
};

/// The words by which a start tells a password, and the password.
fn told_password(log: &str) -> Option<String> {
    let (_, rest) = log.split_once("the administrator is `admin` with the password ")?;
    Some(rest.split_whitespace().next()?.to_owned())
}

/// The host on a house in which nothing runs.
async fn open(house: &House) -> Host {
    let mut options = HostOptions::new(house.binary().data_dir());
    options.store.free_space_floor = 0;
    Host::open(options, Arc::new(SystemClock)).await.unwrap()
}

#[test]
fn a_start_that_fails_keeps_the_first_password_for_the_next_one() {
    let mut house = House::quiet();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = house.run(&format!("serve --listen {address}"));
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert_eq!(run.stderr.matches("in use").count(), 1, "the reason stands there once: {run:?}");
    assert!(run.stderr.contains(&address), "{run:?}");
    house.0.launch();
    eventually("the password is told", std::time::Duration::from_secs(20), || told_password(&house.binary().log()));
    let log = house.binary().log();
    let (_, rest) = log.split_once("sign in with it in a browser at ").expect("where to sign in");
    assert!(rest.starts_with("http://") && rest.lines().next().unwrap().ends_with('/'), "{log}");
    assert!(house.0.terminate().success());
    let before = house.binary().log().len();
    house.0.launch();
    assert!(house.0.terminate().success());
    assert_eq!(told_password(&house.binary().log()[before..]), None, "once is enough");
}

#[tokio::test]
async fn a_password_that_was_never_told_is_followed_by_one_that_is() {
    let mut house = House::quiet();
    let host = open(&house).await;
    let Administrator::New(lost) = host.first_start(&[("bad/name", b"")]).await.unwrap() else {
        panic!("a new house has no administrator")
    };
    tokio::task::spawn_blocking(move || host.close()).await.unwrap();
    house.0.launch();
    let log = house.binary().log();
    let password = told_password(&log).unwrap_or_else(|| panic!("no password in {log}"));
    assert_ne!(password, lost.password);
    assert!(house.0.terminate().success());
    let host = open(&house).await;
    host.accounts().authenticate("admin", &password).await.unwrap();
    host.accounts().authenticate("admin", &lost.password).await.unwrap_err();
    tokio::task::spawn_blocking(move || host.close()).await.unwrap();
}

#[test]
fn a_house_with_users_but_no_administrator_gets_one() {
    let mut house = House::quiet();
    house.add("zoe");
    house.0.launch();
    assert!(told_password(&house.binary().log()).is_some());
    let users = house.json("user list --json");
    assert!(users.as_array().unwrap().iter().any(|user| user["user"] == "admin" && user["admin"] == true), "{users}");
    let samples = house.binary().cli_ok(&["ls", "admin:/Sample documents"], "").stdout;
    assert_eq!(samples.lines().count(), 3, "{samples}");

    let mut house = House::quiet();
    house.add("admin");
    house.0.launch();
    let said = || house.binary().log().contains("lockhouse user add NAME --admin").then_some(());
    eventually("it says how to make an administrator", std::time::Duration::from_secs(20), said);

    let mut house = House::quiet();
    house.binary().add_user("zoe", &["--admin"]);
    house.0.launch();
    assert_eq!(house.json("user list --json").as_array().unwrap().len(), 1);
}

#[test]
fn a_start_ends_with_the_code_of_its_reason() {
    let house = House::serving();
    house.refused("serve --listen 127.0.0.1:0", 4, &["in use by", "--data-dir"]);
    house.refused("serve --listen 192.0.2.1:1", 4, &["in use by"]);

    let house = House::quiet();
    house.refused("serve --listen 192.0.2.1:1", 2, &["192.0.2.1:1"]);
    fs::write(house.binary().data_dir().join("format"), r#"{"format":99}"#).unwrap();
    house.refused("serve --listen 127.0.0.1:0", 5, &["newer Lockhouse"]);
}

fn open_to_others(path: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(path).unwrap().map(Result::unwrap) {
        let meta = entry.metadata().unwrap();
        if meta.permissions().mode() & 0o077 != 0 {
            found.push(format!("{:o} {}", meta.permissions().mode(), entry.path().display()));
        }
        if meta.is_dir() {
            open_to_others(&entry.path(), found);
        }
    }
}

#[test]
fn a_data_directory_that_was_there_before_is_closed_to_others() {
    let house = House::quiet();
    let path = house.binary().data_dir();
    fs::DirBuilder::new().mode(0o755).create(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    house.add("anna");
    house.binary().import("anna", &[("a.docx", b"a")]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let mut found = Vec::new();
    open_to_others(&path, &mut found);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_directory_with_other_things_in_it_is_left_as_it_is_and_that_is_told() {
    let house = House::quiet();
    let path = house.binary().data_dir();
    crate::write(&path.join("something else"), b"");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let run = house.binary().cli(&["user", "add", "anna", "--password-stdin"], crate::PASSWORD);
    assert!(run.status.success() && run.stderr.contains("warning: other users"), "{run:?}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
    fs::remove_file(path.join("something else")).unwrap();
    let run = house.run("user list");
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_limit_on_the_size_of_files_does_not_end_the_server() {
    let mut house = House::quiet();
    house.add("anna");
    let limit = "ulimit -f 24576 || exit 97; exec \"$@\"";
    house.0.start_mut().wrapper = ["sh", "-c", limit, "sh"].map(Into::into).to_vec();
    house.0.launch();
    let large: Vec<_> = (0..24).map(|n| (format!("f{n}"), noise(n, 2 << 20))).collect();
    let files: Vec<_> = large.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = house.folder("in", &files);
    let run = house.import("anna", &folder);
    assert_eq!(run.status.code(), Some(5), "48 MiB do not fit into files of 12: {run:?}");
    assert!(house.ok("user list").contains("anna"), "the same server answers");
    house.0.signal(rustix::process::Signal::TERM);
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&house.0.wait()), None);
}

#[test]
fn a_monitor_reads_each_number_once_and_as_what_it_is() {
    let house = House::serving();
    house.add("anna");
    house.binary().import("anna", &[("a.docx", b"a")]);
    let mut client = std::net::TcpStream::connect(house.binary().address()).unwrap();
    std::io::Write::write_all(&mut client, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut client, &mut text).unwrap();
    for name in ["chunks_new", "chunks_reused", "rescued_versions"] {
        let types: Vec<_> =
            text.lines().filter(|line| line.starts_with(&format!("# TYPE lockhouse_{name} "))).collect();
        assert_eq!(types, [format!("# TYPE lockhouse_{name} counter")]);
    }
    let new = text.lines().find_map(|line| line.strip_prefix("lockhouse_chunks_new_total "));
    assert!(new.is_some_and(|number| number.parse::<u64>().unwrap() > 0), "{text}");
}

#[test]
fn a_head_that_is_none_leaves_no_error_in_the_log() {
    let house = House::serving();
    for nonsense in ["\u{16}\u{3}\u{1}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        let mut client = std::net::TcpStream::connect(house.binary().address()).unwrap();
        std::io::Write::write_all(&mut client, nonsense.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // The server may close the connection before it has read everything.
        _ = std::io::Read::read_to_end(&mut client, &mut answer);
    }
    house.ok("user list");
    let log = house.binary().log();
    assert!(!log.contains("ERROR"), "{log}");
}
