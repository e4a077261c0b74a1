//! TLS over real sockets.

use std::path::Path;

use lockhouse::server::tls::{TlsFiles, install_crypto_provider};
use reqwest::{Certificate, Client, Version};

use crate::host::{Host, options};

fn write_certificate(folder: &Path) -> Certificate {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("c.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("k.pem"), made.signing_key.serialize_pem()).unwrap();
    Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()
}

fn client(trusted: &Certificate) -> reqwest::ClientBuilder {
    install_crypto_provider();
    Client::builder().tls_certs_only([trusted.clone()]).no_proxy()
}

#[tokio::test]
async fn a_new_certificate_is_seen_by_new_connections() {
    let folder = tempfile::tempdir().unwrap();
    let first = write_certificate(folder.path());
    let mut options = options();
    options.tls = Some(TlsFiles { certificate: folder.path().join("c.pem"), private_key: folder.path().join("k.pem") });
    let host = Host::with(options);
    assert!(host.url.starts_with("https://"));
    let url = format!("https://localhost:{}/who", host.address.port());

    let answer = client(&first).build().unwrap().get(&url).send().await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    assert_eq!(answer.text().await.unwrap(), "127.0.0.1 true -");
    let old = client(&first).http1_only().build().unwrap();
    let answer = old.get(&url).send().await.unwrap();
    assert_eq!((answer.version(), answer.text().await.unwrap().as_str()), (Version::HTTP_11, "127.0.0.1 true -"));

    let second = write_certificate(folder.path());
    host.reloader.as_ref().unwrap().reload().unwrap();
    assert!(client(&first).build().unwrap().get(&url).send().await.is_err());
    assert_eq!(client(&second).build().unwrap().get(&url).send().await.unwrap().status(), 200);

    std::fs::write(folder.path().join("c.pem"), "nonsense").unwrap();
    assert!(host.reloader.as_ref().unwrap().reload().is_err());
    assert_eq!(client(&second).build().unwrap().get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_body_is_bounded_over_http_2_too() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = write_certificate(folder.path());
    let mut options = options();
    options.tls = Some(TlsFiles { certificate: folder.path().join("c.pem"), private_key: folder.path().join("k.pem") });
    let host = Host::with(options);
    let url = format!("https://localhost:{}/echo", host.address.port());
    let client = client(&trusted).build().unwrap();
    let answer = client.post(&url).body("b".repeat(1000)).send().await.unwrap();
    assert_eq!((answer.version(), answer.status().as_u16()), (Version::HTTP_2, 200));
    let pieces = futures::stream::iter((0..30).map(|_| Ok::<_, std::io::Error>("b".repeat(100))));
    let answer = client.post(&url).body(reqwest::Body::wrap_stream(pieces)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 413);
}

/// Signals reach the whole process, so this one test has both.
#[test]
fn sighup_reads_the_certificate_again_and_sigterm_ends_the_server() {
    use std::sync::{Arc, mpsc};

    use lockhouse::server::{Metrics, Server, Services};
    use rustix::process::{Signal, getpid, kill_process};

    let folder = tempfile::tempdir().unwrap();
    write_certificate(folder.path());
    let mut options = options();
    options.tls = Some(TlsFiles { certificate: folder.path().join("c.pem"), private_key: folder.path().join("k.pem") });
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let services = Services { metrics: Arc::new(Metrics::new()), readiness: Arc::new(|| Ok(())) };
        let bound = Server::bind(&options, &services, |_| {}).unwrap();
        let port = bound.address().port();
        let serving = bound.run_until_signalled(move || tell.send(port).unwrap());
        actix_web::rt::System::new().block_on(serving)
    });
    let url = format!("https://localhost:{}/healthz", told.recv().unwrap());
    let second = write_certificate(folder.path());
    kill_process(getpid(), Signal::HUP).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let seen = (0..500).any(|_| {
        runtime.block_on(async {
            let answer = client(&second).build().unwrap().get(&url).send().await;
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            answer.is_ok()
        })
    });
    assert!(seen, "the new certificate was not read");
    kill_process(getpid(), Signal::TERM).unwrap();
    thread.join().unwrap().unwrap();
}
