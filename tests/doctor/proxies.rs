//! Each mistake that people make in the configuration of a proxy, with the small proxy and with nginx.

use crate::{
    front::{Front, Kind, Nginx, Rules, free_port, kinds},
    house::{Fronted, behind, examine, examine_with, port_of},
    support::Binary,
};

#[test]
fn a_proxy_that_passes_everything_on_is_no_fault() {
    for kind in kinds() {
        let Fronted { host, public, .. } = &Fronted::new(kind, &Rules::default(), "");
        let found = examine_with(host, &[]);
        assert_eq!(found.with("failure"), Vec::<&str>::new(), "{kind:?}");
        for check in [
            "url.reached",
            "url.wopi-src",
            "url.proof",
            "url.clock",
            "url.post-message-origin",
            "proxy.client-address",
            "proxy.forged-address",
            "proxy.empty-headers",
            "proxy.request-headers",
            "proxy.answer-headers",
            "proxy.long-urls",
            "proxy.bare-post",
            "proxy.body-limit",
            "proxy.body",
            "proxy.waits",
        ] {
            found.says(check, "ok", &[]);
        }
        assert_eq!(found.0["public_url"], *public);
        if kind == Kind::Nginx {
            found.says("proxy.there", "ok", &["nginx"]);
        }
    }
}

#[test]
fn a_prefix_may_be_passed_on_or_cut_off_and_one_too_many_is_seen() {
    for kind in kinds() {
        let whole = Fronted::new(kind, &Rules::default(), "/office");
        let found = examine(&whole.host);
        assert_eq!(found.with("failure"), Vec::<&str>::new(), "{kind:?}");
        assert_eq!(found.detail("url.wopi-src", "prefix"), "/office");
        let asked = found.detail("url.proof", "reckoned here");
        assert!(asked.starts_with(&format!("{}/WOPI/", whole.public.to_uppercase())), "{asked}");

        let added = Fronted::new(kind, &Rules { puts_in_front: "/docs", ..Rules::default() }, "");
        let found = examine(&added.host);
        found.says(
            "url.wopi-src",
            "failure",
            &["/docs/wopi/doctor", "puts `/docs` in front", "public_url", "proxy_pass"],
        );
        assert!(found.with("failure").contains(&"url.proof"), "{kind:?}");
    }
}

#[test]
fn a_proxy_that_does_not_name_clients_is_seen_and_so_is_an_invented_address() {
    for kind in kinds() {
        let silent = Fronted::new(kind, &Rules { silent: true, ..Rules::default() }, "");
        let found = examine(&silent.host);
        found.says("proxy.client-address", "warning", &["do not arrive", "X-Forwarded-For"]);
        found.says("proxy.forged-address", "failure", &["anybody can evade", "$proxy_add_x_forwarded_for"]);
        let unlisted =
            Fronted::with(kind, &Rules::default(), "", |start| start.set("LOCKHOUSE_TRUSTED_PROXIES", "192.0.2.1"));
        let found = examine(&unlisted.host);
        found.says("proxy.client-address", "warning", &["not listed", "trusted_proxies = [\"127.0.0.1\"]"]);
    }
}

#[test]
fn a_limit_on_bodies_is_found_without_sending_one_that_large() {
    for kind in kinds() {
        let small = Fronted::new(kind, &Rules { largest_body: 1, ..Rules::default() }, "");
        let found = examine(&small.host);
        found.says(
            "proxy.body-limit",
            "failure",
            &["413", "1 MiB may be sent", "client_max_body_size 64m", "limits.body"],
        );
        let medium = Fronted::new(kind, &Rules { largest_body: 20, ..Rules::default() }, "");
        let found = examine(&medium.host);
        found.says("proxy.body-limit", "failure", &["16 MiB may be sent"]);
        found.says("proxy.body", "ok", &["2 MiB"]);
    }
}

#[test]
fn a_proxy_that_does_not_wait_for_answers_is_seen() {
    for kind in kinds() {
        let hasty = Fronted::new(kind, &Rules { patience: 1, ..Rules::default() }, "");
        let found = examine_with(&hasty.host, &[]);
        found.says("proxy.waits", "failure", &["gave up after 1 s with 504", "proxy_read_timeout"]);
        examine(&hasty.host).says("proxy.waits", "skipped", &[]);
    }
}

#[test]
fn a_proxy_that_speaks_http_1_0_to_the_host_loses_locks_without_a_body() {
    for kind in kinds() {
        let old = Fronted::new(kind, &Rules { old_http: true, ..Rules::default() }, "");
        let found = examine(&old.host);
        found.says("proxy.bare-post", "warning", &["400", "proxy_http_version 1.1"]);
        assert_eq!(found.with("failure"), Vec::<&str>::new(), "{kind:?}");
    }
}

#[test]
fn headers_that_are_lost_are_named_empty_ones_too() {
    for kind in kinds() {
        let rules =
            Rules { takes: &["X-WOPI-Lock", "X-WOPI-Override"], hides: &["X-WOPI-ItemVersion"], ..Rules::default() };
        let stripping = Fronted::new(kind, &rules, "");
        let found = examine(&stripping.host);
        found.says("proxy.empty-headers", "failure", &["do not arrive: X-WOPI-Lock", "proxy_set_header"]);
        found.says("proxy.request-headers", "failure", &["X-WOPI-Override"]);
        found.says("proxy.answer-headers", "failure", &["X-WOPI-ItemVersion", "proxy_hide_header"]);
        let hiding = Fronted::new(kind, &Rules { hides: &["X-WOPI-Lock"], ..Rules::default() }, "");
        let found = examine(&hiding.host);
        found.says("proxy.empty-headers", "failure", &["do not arrive: X-WOPI-Lock", "proxy_hide_header"]);
        found.says("proxy.request-headers", "ok", &[]);
    }
}

#[test]
fn somebody_who_answers_in_this_hosts_place_is_seen() {
    for kind in kinds() {
        for (answers, words) in [
            ((302, "https://sso.example/login"), &["redirected to https://sso.example/login", "/wopi/"][..]),
            ((401, "no"), &["asks who it is", "auth_basic off"]),
            ((404, "no"), &["somebody else", "404"]),
        ] {
            let rules = Rules { answers: Some(answers), ..Rules::default() };
            let found = examine(&Fronted::new(kind, &rules, "").host);
            found.says("url.reached", "failure", words);
            assert!(found.with("ok").iter().all(|check| !check.starts_with("proxy.")), "nothing was seen of it");
        }
        // A proxy that leads elsewhere, and a port at which nobody is.
        let (from, nobody) = (free_port(), free_port());
        let mut host = Binary::serve_with(behind(&format!("http://127.0.0.1:{from}")));
        examine(&host).says(
            "url.reached",
            "failure",
            &["not reached", "at http://127.0.0.1:", "it answers", "public_url"],
        );
        let front = Front::start(kind, &Rules::default(), from, nobody);
        examine(&host).says("url.reached", "failure", &["does not reach this host", "502"]);
        drop(front);
        let other = Binary::serve();
        let port = other.address().rsplit(':').next().unwrap().parse().unwrap();
        let _front = Front::start(kind, &Rules::default(), from, port);
        examine(&host).says("url.reached", "failure", &["a Lockhouse answers, but not for this path, or not this one"]);
        host.kill();
    }
}

#[test]
fn a_proxy_that_ends_tls_without_a_word_is_seen() {
    if !kinds().contains(&Kind::Nginx) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let from = free_port();
    let start = behind(&format!("https://localhost:{from}")).set("SSL_CERT_FILE", certificate.to_str().unwrap());
    let rules = Rules { silent: true, ..Rules::default() };
    let _front = Nginx::start(&rules, from, port_of(&start), Some((&certificate, &key)));
    let found = examine(&Binary::serve_with(start));
    found.says("url.certificate", "ok", &["localhost"]);
    found.says("proxy.scheme", "warning", &["plain HTTP", "X-Forwarded-Proto"]);
}

#[test]
fn plain_http_behind_a_public_url_with_https_is_seen() {
    for kind in kinds() {
        let from = free_port();
        let start = behind(&format!("https://127.0.0.1:{from}"));
        let _front = Front::start(kind, &Rules::default(), from, port_of(&start));
        let found = examine(&Binary::serve_with(start));
        found.says("url.certificate", "failure", &["no TLS connection", "ssl_certificate"]);
        found.says("url.reached", "failure", &["not reached"]);
    }
}
