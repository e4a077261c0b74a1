//! A disk that is full, made with a limit on the size of the files that the server may write.

use crate::support::{Binary, Wopi, noise, wopi::http_client};
use std::ffi::OsString;
use std::path::Path;

fn largest_file(dir: &Path) -> u64 {
    let mut largest = 0;
    for entry in std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry")) {
        let about = entry.metadata().expect("what is known of a file");
        largest = largest.max(if about.is_dir() { largest_file(&entry.path()) } else { about.len() });
    }
    largest
}

/// A shell that limits the size of files and lets writes beyond it fail instead of ending the process.
fn limited_to(bytes: u64) -> Vec<OsString> {
    let script = format!("trap '' XFSZ; ulimit -f {} || exit 97; exec \"$@\"", bytes.div_ceil(512));
    vec!["sh".into(), "-c".into(), script.into(), "sh".into()]
}

fn limits_work() -> bool {
    let wrapper = limited_to(1 << 20);
    let mut command = std::process::Command::new(&wrapper[0]);
    command.args(&wrapper[1..]).arg("true").status().is_ok_and(|status| status.success())
}

#[tokio::test]
async fn on_a_full_disk_writes_fail_reads_go_on_and_nothing_acknowledged_is_lost() {
    if !limits_work() {
        eprintln!("\n*** SKIPPED: this machine cannot limit the size of files, so NO FULL DISK WAS TESTED ***\n");
        return;
    }
    let mut server = Binary::serve();
    server.add_user("alice", &[]);
    server.import("alice", &[("fills.docx", b"the beginning"), ("other.docx", b"other")]);
    assert!(server.terminate().success());
    let limit = largest_file(&server.data_dir()) + (12 << 20);
    let unlimited = std::mem::replace(&mut server.start_mut().wrapper, limited_to(limit));
    server.launch();
    let open = |server: &Binary, path: &str| Wopi::from_json(http_client(), &server.token("alice", path));
    let (file, other) = (open(&server, "/fills.docx"), open(&server, "/other.docx"));
    file.lock("A").await.expect(200);

    let mut stored = b"the beginning".to_vec();
    let mut version = file.info().await.text("Version");
    let mut refused = None;
    for round in 0..200 {
        let bytes = noise(1000 + round, 1 << 20);
        let reply = file.put(Some("A"), bytes.clone()).await;
        if reply.status != 200 {
            refused = Some(reply);
            break;
        }
        (stored, version) = (bytes, reply.version());
    }
    let refused = refused.expect("200 MiB fitted into files of a few MiB");
    refused.expect(500).expect_message();

    // Reads go on, writes say that they fail, and the server says that it is not ready.
    assert!(file.get().await.expect(200).body == stored);
    assert_eq!(file.get().await.expect(200).version(), version);
    assert_eq!(other.get().await.expect(200).body, b"other");
    assert_eq!(file.held_by().await, "A");
    file.put(Some("A"), "small").await.expect(500).expect_message();
    other.lock("B").await.expect(500).expect_message();
    let status = |path: &str| {
        let request = http_client().get(format!("{}{path}", server.url())).send();
        async move { request.await.expect("a reply").status().as_u16() }
    };
    assert_eq!(status("/healthz").await, 200);
    assert_eq!(status("/readyz").await, 503);

    // With room again, all that was acknowledged is there and work goes on.
    server.kill();
    server.start_mut().wrapper = unlimited;
    server.launch();
    let (file, other) = (file.reconnected(), other.reconnected());
    assert!(file.get().await.expect(200).body == stored);
    assert_eq!(file.get().await.expect(200).version(), version);
    assert_eq!(file.held_by().await, "A");
    assert_eq!(other.held_by().await, "");
    let after = file.put(Some("A"), "after").await.expect(200).version();
    assert_ne!(after, version);
    assert!(server.terminate().success());
    server.cli_ok(&["check"], "");
}
