//! What is wrong with a certificate: each kind is told from the others.

use std::path::Path;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::{
    front::free_port,
    house::{Found, examine},
    support::{Binary, Start},
};

fn named(name: &str, common: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

/// An authority, and one below it.
struct Authorities {
    root: Certificate,
    middle: Certificate,
    signs: Issuer<'static, KeyPair>,
}

impl Authorities {
    fn new(name: &str) -> Self {
        let authority = |common: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, common);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
        };
        let (root_key, middle_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let root_params = authority(&format!("{name} Root"));
        let root = root_params.self_signed(&root_key).unwrap();
        let signs = Issuer::new(root_params, root_key);
        let middle_params = authority(&format!("{name} Middle"));
        let middle = middle_params.signed_by(&middle_key, &signs).unwrap();
        Self { root, middle, signs: Issuer::new(middle_params, middle_key) }
    }

    fn sign(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.signs).unwrap().pem(), key.serialize_pem())
    }
}

/// What is said of a host with this chain, where this is trusted.
fn examined(chain: &str, key: &str, trusted: &str) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |path: &Path, text: &str| std::fs::write(path, text).unwrap();
    write(&path("chain.pem"), chain);
    write(&path("key.pem"), key);
    write(&path("trusted.pem"), trusted);
    let port = free_port();
    let mut start = Start::default()
        .set("LOCKHOUSE_PUBLIC_URL", &format!("https://localhost:{port}"))
        .set("LOCKHOUSE_TLS__CERTIFICATE", path("chain.pem").to_str().unwrap())
        .set("LOCKHOUSE_TLS__PRIVATE_KEY", path("key.pem").to_str().unwrap())
        .set("SSL_CERT_FILE", path("trusted.pem").to_str().unwrap());
    start.listen = format!("127.0.0.1:{port}");
    examine(&Binary::serve_with(start))
}

#[test]
fn each_fault_of_a_certificate_has_a_name_and_a_remedy() {
    let authorities = Authorities::new("Example");
    let (root, middle) = (authorities.root.pem(), authorities.middle.pem());
    let whole = |params: &CertificateParams| {
        let (own, key) = authorities.sign(params);
        (format!("{own}{middle}"), key)
    };

    let (chain, key) = whole(&named("localhost", "localhost"));
    let found = examined(&chain, &key, &root);
    found.says("url.certificate", "ok", &["for localhost, signed by Example Middle, good until 4096-01-01"]);
    assert!(found.detail("url.certificate", "Example Middle").contains("Example Root"));
    assert_eq!(found.with("failure"), Vec::<&str>::new());

    let own_alone = chain.split_inclusive("-----END CERTIFICATE-----\n").next().unwrap();
    let own_alone =
        if own_alone.len() < chain.len() { own_alone } else { chain.split_once("\r\n-----BEGIN").unwrap().0 };
    examined(own_alone, &key, &root).says("url.certificate", "failure", &["in between are not sent", "fullchain.pem"]);

    let other = Authorities::new("Other").root.pem();
    let found = examined(&chain, &key, &other);
    found.says("url.certificate", "failure", &["unknown here (Example Middle)", "update-ca-certificates"]);
    // What else is wrong is to be seen at once, too.
    found.says("url.reached", "ok", &[]);

    let mut old = named("localhost", "localhost");
    old.not_before = rcgen::date_time_ymd(2001, 1, 1);
    old.not_after = rcgen::date_time_ymd(2002, 1, 1);
    let (chain, key) = whole(&old);
    examined(&chain, &key, &root).says("url.certificate", "failure", &["expired on 2002-01-01", "renew"]);

    let (chain, key) = whole(&named("other.example", "other.example"));
    examined(&chain, &key, &root).says(
        "url.certificate",
        "failure",
        &["not for localhost", "other.example", "public_url"],
    );

    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    examined(&chain, &key, &root).says("url.certificate", "failure", &["signed by itself", "tls.certificate"]);
}
