//! The command itself: with a server and without, for people and for scripts; and the address behind it, which strangers do
//! not find.

use std::io::{Read as _, Write as _};

use crate::{
    front::{Kind, Rules},
    house::{Fronted, ask, examine, examine_with},
    support::{Binary, Start},
};

#[test]
fn with_nothing_in_between_nothing_is_wrong() {
    let host = Binary::serve();
    let found = examine_with(&host, &[]);
    assert_eq!(found.with("failure"), Vec::<&str>::new());
    assert_eq!(found.0["both_ends"], true);
    found.says("host.public-url", "warning", &["unset", "public_url = "]);
    found.says("proxy.there", "ok", &["nothing"]);
    found.says("host.editors", "skipped", &["editors.discovery"]);
}

#[test]
fn without_a_server_one_end_is_looked_at_and_that_is_said() {
    let host = Binary::stopped_with(Start::default().set("LOCKHOUSE_PUBLIC_URL", "http://127.0.0.1:1"));
    host.add_user("anna", &[]);
    let found = examine(&host);
    assert_eq!(found.0["both_ends"], false);
    found.says("host.server", "skipped", &["only one end", "lockhouse serve"]);
    found.says("url.name", "ok", &["127.0.0.1"]);
}

#[test]
fn people_are_told_what_to_change_and_where() {
    let fronted = Fronted::new(Kind::Small, &Rules { takes: &["X-WOPI-Lock"], ..Rules::default() }, "");
    let run = ask(&fronted.host, &["--quick"]);
    assert_eq!(run.status.code(), Some(6), "{run:?}");
    for line in [
        "The proxy in front",
        "  FAILS    empty headers, there and back: do not arrive: X-WOPI-Lock",
        "           where:  the proxy in front of this host",
        "1 failure",
    ] {
        assert!(run.stdout.contains(line), "no `{line}` in {}", run.stdout);
    }
    assert!(!run.stdout.contains('\u{1b}'), "colours are for terminals");
    assert!(run.stderr.contains("1 failure"), "{run:?}");
}

#[test]
fn strangers_find_nothing_at_the_address_behind_it() {
    let host = Binary::serve();
    examine(&host);
    let ask = |request: &str| {
        let mut connection = std::net::TcpStream::connect(host.address()).unwrap();
        write!(connection, "{request}Host: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut said = String::new();
        connection.read_to_string(&mut said).unwrap();
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    };
    let nowhere = ask("GET /wopi/nowhere HTTP/1.1\r\n");
    assert_eq!(nowhere.0, "HTTP/1.1 404 Not Found");
    for request in [
        "GET /wopi/doctor HTTP/1.1\r\n",
        "GET /wopi/doctor?doctor= HTTP/1.1\r\n",
        "GET /wopi/doctor?doctor=00&wait=15 HTTP/1.1\r\n",
        "POST /wopi/doctor?count=true HTTP/1.1\r\nX-Lockhouse-Doctor: 0\r\n",
        "GET /a/b/wopi/doctor HTTP/1.1\r\n",
    ] {
        assert_eq!(ask(request), nowhere, "{request}");
    }
}
