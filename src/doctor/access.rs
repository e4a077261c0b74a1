//! Whether the editor reaches this host: Collabora Online can be asked to try (rule W-65), and comes to the near end.

use serde_json::{Value, json};
use url::Url;

use super::{
    echo::{Arrived, PATH},
    editor::{Subject, beside},
    finding::{Check, Finding},
};
use crate::editors::{FetchError, Fetcher};

pub(super) async fn examine(subject: &Subject<'_>, fetcher: &Fetcher) -> Option<Finding> {
    let check = subject.check("editor.reaches", "whether the editor reaches this host");
    if !subject.is("collabora") {
        let why = "it cannot be asked to try; open a document, and look for its requests in this host's log";
        return Some(check.skipped(why));
    }
    let Some(mark) = subject.scene.new_mark() else {
        return Some(check.skipped("no server runs that it could reach"));
    };
    let ask = beside(subject.url, "wopiAccessCheck")?;
    let callback = format!("{}{PATH}?doctor={}", subject.scene.base(), mark.text());
    let answer = fetcher.post(&ask, &json!({ "callbackUrl": callback })).await;
    Some(match answer {
        Ok(answer) => {
            let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let status = answer.get("status").and_then(Value::as_str).unwrap_or_default();
            judge(subject, &check, status, &callback, mark.arrived().first())
        }
        Err(FetchError::Status(403)) => not_allowed(subject, &check),
        Err(FetchError::Status(404 | 405 | 501)) => {
            check.skipped("this version cannot be asked to try (`/hosting/wopiAccessCheck`)")
        }
        Err(error) => check
            .warns(format!("it could not be asked to try: {error}"))
            .mend("see that its proxy passes `/hosting/wopiAccessCheck` on", "the proxy in front of the editor"),
    })
}

/// What its word and the visit at this end say together.
fn judge(subject: &Subject<'_>, check: &Check, status: &str, callback: &str, arrived: Option<&Arrived>) -> Finding {
    let scene = subject.scene;
    let host = Url::parse(&scene.base()).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let base = scene.base();
    let machine = "the editor's machine";
    let url = "Lockhouse, setting `public_url`";
    let says = |why: &str| format!("the editor says `{status}`: {why}");
    let trust = "Collabora Online, coolwsd.xml `ssl.ca_file_path`, and the system's certificates there";
    match (status.to_ascii_lowercase().as_str(), arrived) {
        ("ok", Some(arrived)) if callback.eq_ignore_ascii_case(&arrived.as_asked) => {
            check.ok(format!("it came from {}, and its URL arrived as it was asked", arrived.client))
        }
        ("ok", Some(arrived)) => check
            .fails(format!(
                "it came, but its URL arrives as {}: no proof will hold",
                arrived.as_asked.split('?').next().unwrap_or_default()
            ))
            .mend("pass paths on as they are", "the proxy in front of this host"),
        ("ok", None) => check
            .fails(format!("it reached somebody at {base}, but not this host"))
            .mend("see where that name leads from there", format!("DNS and /etc/hosts of {machine}"))
            .mend("or name a URL that leads here from everywhere", url),
        ("wopihostnotallowed", _) => not_allowed(subject, check),
        ("hostnotfound", _) => check.fails(says("it does not know the name")).mend(
            format!("make `{host}` known there"),
            format!("DNS or /etc/hosts of {machine} (in a container: `extra_hosts`)"),
        ),
        ("hostunreachable" | "timeout" | "connectionaborted", _) => check
            .fails(says("no connection comes about"))
            .mend(format!("let it connect to {base}"), format!("firewall and network of {machine}, and of this one"))
            .mend("or name a URL that leads here from everywhere", url),
        ("selfsignedcertificate" | "certificatevalidation" | "expiredcertificate" | "sslhandshakefail", _) => check
            .fails(says("it does not accept the certificate of this host"))
            .mend("give this host a certificate of a public authority, with its whole chain", "see `url.certificate`")
            .mend("or make the editor trust its authority", trust),
        ("missingssl" | "nothttps" | "noscheme", _) => {
            check.fails(says("it wants https")).mend("begin it with https", url)
        }
        ("nothttpsuccess", _) => check.fails(says("it got an answer, but not the right one")).mend(
            "let what is below `/wopi/` through, as it is, for its address too",
            "the proxy in front of this host",
        ),
        ("", _) => check.skipped("its answer cannot be read"),
        _ => check.warns(says("that is not a word known here")).mend("look there what it means", "the editor's log"),
    }
}

fn not_allowed(subject: &Subject<'_>, check: &Check) -> Finding {
    let origin = subject.scene.urls.origin();
    let with_port = match Url::parse(&origin) {
        Ok(url) => format!(
            "{}://{}:{}",
            url.scheme(),
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or(443)
        ),
        Err(_) => origin,
    };
    check.fails("the editor does not allow this host").mend(
        format!("`<group><host desc=\"lockhouse\" allow=\"true\">{with_port}</host></group>`, then restart it"),
        "Collabora Online, coolwsd.xml `storage.wopi.alias_groups` with mode `groups` (as a container: `aliasgroup1`)",
    )
}
