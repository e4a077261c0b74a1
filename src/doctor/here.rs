//! What can be told from the settings alone.

use super::{
    Scene,
    finding::{Area, Check, Finding},
};
use crate::server::proxy::{PlainHttp, ProxyPolicy};

pub(super) fn examine(scene: &Scene) -> Vec<Finding> {
    vec![server(scene), public_url(scene), plain_http(scene)]
}

fn server(scene: &Scene) -> Finding {
    let check = Check::new(Area::Host, "host.server", "the server");
    match scene.listening {
        Some(address) => check.ok(format!("runs and listens on {address}")),
        None => check
            .skipped("does not run, so only one end can be looked at: what arrives here of a request stays unknown")
            .mend("start it, and run this again", "`systemctl start lockhouse`, or `lockhouse serve`"),
    }
}

fn public_url(scene: &Scene) -> Finding {
    let check = Check::new(Area::Host, "host.public-url", "the setting `public_url`");
    let example = "set `public_url = \"https://docs.example.org\"`: the URL that browsers and editors use";
    let Some(url) = &scene.settings.public_url else {
        return check
            .warns(format!("is unset, so that URLs begin with {}, which only this machine may reach", scene.base()))
            .mend(example, "Lockhouse, setting `public_url`");
    };
    let parsed = url::Url::parse(url.as_str()).ok();
    let is_local = parsed.as_ref().is_some_and(super::net::is_this_machine);
    if url.is_https() || is_local {
        return check.ok(url.as_str());
    }
    check.warns(format!("{url} is plain HTTP: passwords, tokens and documents travel readable")).mend(
        "begin it with https, with a certificate here or at a proxy",
        "Lockhouse, settings `public_url` and `tls.certificate`",
    )
}

fn plain_http(scene: &Scene) -> Finding {
    let check = Check::new(Area::Host, "host.listen", "the address that Lockhouse listens on");
    let settings = &scene.settings;
    let listen = scene.listening.unwrap_or(settings.listen);
    match ProxyPolicy::from_settings(settings).at_start(listen) {
        PlainHttp::Safe if settings.tls.certificate.is_some() => check.ok(format!("{listen}, by TLS")),
        PlainHttp::Safe => check.ok(format!("{listen}, for this machine alone")),
        PlainHttp::Guarded(_) if !settings.trusted_proxies.is_empty() => {
            check.ok(format!("{listen}, plain HTTP for this machine and listed proxies"))
        }
        PlainHttp::Guarded(_) => check
            .warns(format!("{listen} is plain HTTP and no proxy is listed: everybody else is refused with 403"))
            .mend(
                "list the proxy's address, or give certificate and key",
                "Lockhouse, setting `trusted_proxies`, or `tls.certificate` and `tls.private_key`",
            ),
        PlainHttp::Exposed(_) => {
            check.warns(format!("{listen} answers plain HTTP to everyone: tokens and documents travel readable")).mend(
                "take it out, and list the proxy instead",
                "Lockhouse, settings `allow_plain_http` and `trusted_proxies`",
            )
        }
    }
}
