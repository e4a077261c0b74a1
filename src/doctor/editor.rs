//! An editor: whether its discovery is there, where it opens each kind of file, and whether browsers will let it.

use std::time::Duration;

use tokio::time::timeout;
use url::Url;

use super::{
    Scene, access, actions,
    finding::{Area, Check, Finding, Verdict},
    net::{self, CertificatePlace},
};
use crate::{
    discovery::{Capabilities, Discovery, Zone},
    editors::{FetchError, Fetcher},
    proof::Keys,
    settings::{EditorEntry, ProofMode},
};

/// How long all questions to one editor may take together.
const PATIENCE: Duration = Duration::from_secs(25);

/// An editor that is looked at.
pub(super) struct Subject<'a> {
    pub scene: &'a Scene,
    pub entry: &'a EditorEntry,
    pub url: &'a Url,
}

impl Subject<'_> {
    pub(super) fn check(&self, check: &'static str, what: &'static str) -> Check {
        Check::new(Area::Editor(self.entry.name.clone()), check, what)
    }

    pub(super) fn is(&self, family: &str) -> bool {
        self.entry.family() == family
    }

    /// Where its own settings are.
    pub(super) fn place(&self, collabora: &str, onlyoffice: &str) -> String {
        match self.entry.family() {
            "collabora" => format!("Collabora Online, {collabora}"),
            "onlyoffice" => format!("ONLYOFFICE, {onlyoffice}"),
            "office" => "Microsoft, as a Cloud Storage Partner".to_owned(),
            name => format!("the settings of {name}"),
        }
    }
}

/// Everything about one editor.
pub(super) async fn examine(scene: &Scene, entry: &EditorEntry) -> Vec<Finding> {
    let Ok(url) = Url::parse(&entry.url) else { return Vec::new() };
    let subject = Subject { scene, entry, url: &url };
    let late = subject.check("editor.discovery", "its discovery document");
    timeout(PATIENCE, look(&subject)).await.unwrap_or_else(|_| {
        let place = subject.place("its log", "its log");
        vec![late.fails(format!("{} takes too long over its answers", entry.url)).mend("look why it is slow", place)]
    })
}

async fn look(subject: &Subject<'_>) -> Vec<Finding> {
    let scene = subject.scene;
    let certificate = async {
        if subject.url.scheme() != "https" {
            return None;
        }
        let check = subject.check("editor.certificate", "its certificate");
        let certificate =
            subject.place("`ssl` in coolwsd.xml, or the proxy in front of it", "its nginx, or the proxy in front");
        let place = CertificatePlace { certificate: &certificate, url: "Lockhouse, setting `editors.discovery`" };
        Some(net::certificate(&check, subject.url, &place, scene.now()).await)
    };
    let document = async {
        let fetcher = Fetcher::new(&scene.settings.editors)?;
        let fetched = fetcher.document(&subject.entry.url).await?;
        Ok((fetcher, fetched))
    };
    let (certificate, document) = tokio::join!(certificate, document);
    let mut findings: Vec<Finding> = Vec::new();
    let check = subject.check("editor.discovery", "its discovery document");
    let outcome = document.and_then(|(fetcher, fetched)| Ok((Discovery::parse(&fetched.body)?, fetcher, fetched)));
    let (discovery, fetcher, fetched) = match outcome {
        Ok(had) => had,
        Err(error) => {
            findings.push(missing(subject, &check, &error));
            findings.extend(certificate);
            return findings;
        }
    };
    let length = fetched.body.len();
    findings.push(check.ok(format!("{}: {length} bytes in {} ms", subject.entry.url, fetched.took.as_millis())));
    findings.extend(certificate);
    let clock = subject.check("editor.clock", "its clock");
    let place = "the machines of the editor and of this host";
    findings.push(net::clock(&clock, fetched.date.as_deref(), scene.now(), fetched.took, place));
    findings.push(actions::examine(subject, &discovery));
    findings.push(frame(subject, &discovery));
    findings.extend(zone(subject, &discovery));
    findings.push(keys(subject, &discovery));
    if !subject.is("office") {
        let (capabilities, reaches) =
            tokio::join!(capabilities(subject, &fetcher, &discovery), access::examine(subject, &fetcher));
        findings.push(capabilities);
        findings.extend(reaches);
    }
    findings.extend(allow_lists(subject).await);
    findings
}

fn missing(subject: &Subject<'_>, check: &Check, error: &FetchError) -> Finding {
    let kept = subject.scene.editors.known(&subject.entry.name).and_then(|known| known.fetched);
    let kept = kept.map_or_else(String::new, |at| format!("; until then the copy from {} counts", at.to_iso()));
    let finding = check.fails(format!("{} cannot be had: {error}{kept}", subject.entry.url));
    let url = "Lockhouse, setting `editors.discovery`";
    match error {
        FetchError::Network(_) | FetchError::TimedOut(_) => finding
            .mend("see that it runs, and that this machine may connect to it", "the editor's machine, firewall, DNS")
            .mend("or name the URL under which it is reached from here", url),
        FetchError::Redirected(_) => finding.mend("name the URL to which it is redirected", url),
        FetchError::TooLarge(_) => finding.mend("allow larger ones", "Lockhouse, setting `editors.size`"),
        FetchError::Status(_) | FetchError::Document(_) if subject.is("onlyoffice") => finding.mend(
            "switch WOPI on: `\"wopi\": { \"enable\": true }`, and restart it",
            "ONLYOFFICE, /etc/onlyoffice/documentserver/local.json (as a container: `WOPI_ENABLED=true`)",
        ),
        FetchError::Status(403) if subject.is("collabora") => finding.mend(
            "allow this machine's address",
            "Collabora Online, coolwsd.xml `net.post_allow` and the proxy in front of it",
        ),
        FetchError::Status(_) | FetchError::Document(_) => finding
            .mend("name its discovery document; the usual path is `/hosting/discovery`", url)
            .mend("see that its proxy passes `/hosting/` on", "the proxy in front of the editor"),
        FetchError::Stopping => finding.mend("try again", "Lockhouse"),
    }
}

/// Whether a browser that shows this host's page will load the editor into it.
fn frame(subject: &Subject<'_>, discovery: &Discovery) -> Finding {
    let check = subject.check("editor.frame", "where its frames come from");
    let origins = discovery.origins();
    let told = origins.iter().cloned().collect::<Vec<_>>().join(", ");
    let Some(first) = origins.first() else {
        return check.fails("its document names no usable action URL").mend(
            "give it its public name",
            subject.place("`server_name` in coolwsd.xml", "its proxy's `Host` header"),
        );
    };
    let base = Url::parse(&subject.scene.base()).ok();
    let parsed: Vec<Url> = origins.iter().filter_map(|origin| Url::parse(origin).ok()).collect();
    let secure = base.as_ref().is_some_and(|base| base.scheme() == "https");
    if secure && parsed.iter().any(|origin| origin.scheme() == "http") {
        return check
            .fails(format!("{told} is plain HTTP, and this host's pages are https: browsers load no such frame"))
            .mend(
                "let it name https in its discovery document",
                subject.place(
                    "`ssl.enable=false` and `ssl.termination=true` in coolwsd.xml, behind a proxy that ends TLS",
                    "the proxy in front of it: `proxy_set_header X-Forwarded-Proto $scheme;`",
                ),
            );
    }
    let ours_is_local = base.as_ref().is_none_or(net::is_this_machine);
    if !ours_is_local && parsed.iter().any(net::is_this_machine) {
        return check.fails(format!("{told} leads each browser to its own machine")).mend(
            "give it its public name",
            subject.place(
                "`server_name` in coolwsd.xml",
                "the proxy in front: `proxy_set_header X-Forwarded-Host $host;`",
            ),
        );
    }
    let internal = parsed.iter().find(|origin| !origin.host_str().unwrap_or_default().contains(['.', ':']));
    match internal.filter(|_| !ours_is_local) {
        Some(origin) => {
            check.warns(format!("{origin} has a name without a domain, which browsers outside hardly know")).mend(
                "give it its public name",
                subject.place(
                    "`server_name` in coolwsd.xml",
                    "the proxy in front: `proxy_set_header X-Forwarded-Host $host;`",
                ),
            )
        }
        None if origins.len() == 1 => check.ok(first),
        None => check.ok(told),
    }
}

fn zone(subject: &Subject<'_>, discovery: &Discovery) -> Option<Finding> {
    let check = subject.check("editor.zone", "the zone whose actions count");
    let name = discovery.zone().name();
    match discovery.zone() {
        Zone::InternalHttp | Zone::InternalHttps => Some(
            check
                .warns(format!("`{name}`: the document has none for people outside"))
                .mend("let it offer `external-https`", subject.place("coolwsd.xml", "its settings")),
        ),
        // The names of the other two editors' zones say nothing.
        _ => subject.is("office").then(|| check.ok(format!("`{name}`"))),
    }
}

/// Whether its requests can be proven (rules W-58 to W-63).
fn keys(subject: &Subject<'_>, discovery: &Discovery) -> Finding {
    let check = subject.check("editor.proof", "the keys that prove its requests");
    let mode = subject.entry.proof;
    let setting = "Lockhouse, setting `editors.proof`";
    let own = subject.place(
        "`coolconfig generate-proof-key`, then restart it",
        "`wopi.publicKey`, `wopi.privateKey` and their like in local.json",
    );
    let refused = subject.scene.editors.refused();
    match (Keys::parse(&discovery.keys.0, &discovery.keys.1), mode) {
        (_, ProofMode::Off) => check
            .warns("are not looked at (`off`): whoever has a token may use it from anywhere")
            .mend(format!("`\"{}=if-present\"` or `require`", subject.entry.name), setting),
        (Err(error), _) => check.fails(format!("cannot be used: {error}")).mend("make new ones", own),
        (Ok(None), ProofMode::Require) => check
            .fails("are not there, and `require` refuses requests without a proof: every one gets 500")
            .mend("make them", own)
            .mend(format!("or `\"{}=if-present\"`", subject.entry.name), setting),
        (Ok(None), _) => {
            check.warns("are not there: nothing proves that its requests are its own").mend("make them", own)
        }
        (Ok(Some(keys)), mode) if refused == 0 => {
            let shared = if subject.is("onlyoffice") { "; those that it comes with everybody has" } else { "" };
            let finding =
                check.ok(format!("{} bits, {}, `{mode}`{shared}", keys.current.bits(), keys.current.fingerprint()));
            if shared.is_empty() { finding } else { finding.mend("make keys of its own, if that is not done", own) }
        }
        (Ok(Some(_)), _) => check
            .warns(format!("are there, yet {refused} requests were refused since the start because no key proved them"))
            .mend(
                "compare `url.proof` above with the URL that the editor calls, and the clocks",
                "Lockhouse, setting `public_url`",
            ),
    }
}

async fn capabilities(subject: &Subject<'_>, fetcher: &Fetcher, discovery: &Discovery) -> Finding {
    let check = subject.check("editor.capabilities", "what it can do beside editing");
    let own = beside(subject.url, "capabilities");
    let url = own.or_else(|| discovery.capabilities_url().map(str::to_owned));
    let told: Option<Capabilities> = match &url {
        Some(url) => fetcher.capabilities(url).await,
        None => None,
    };
    let Some(told) = told else {
        return check
            .is(Verdict::Skipped, "it does not tell (`/hosting/capabilities`)")
            .mend("see that its proxy passes `/hosting/capabilities` on", "the proxy in front of the editor");
    };
    let name = format!("{} {}", told.product_name, told.product_version);
    let name = if name.trim().is_empty() { "it" } else { name.trim() };
    if told.convert_to.available {
        return check.ok(format!("{name} converts documents for this machine"));
    }
    check
        .warns(format!("{name} converts no documents for this machine (`convert-to.available` is false)"))
        .mend("allow this machine's address", subject.place("`net.post_allow` in coolwsd.xml", "its settings"))
}

/// A document beside the discovery document, at the editor that the settings name.
pub(super) fn beside(discovery: &Url, name: &str) -> Option<String> {
    let path = discovery.path().strip_suffix("/discovery")?;
    let mut url = discovery.clone();
    url.set_path(&format!("{path}/{name}"));
    url.set_query(None);
    Some(url.to_string())
}

/// Lists of hosts that an editor works with, as far as it cannot be asked for them.
async fn allow_lists(subject: &Subject<'_>) -> Vec<Finding> {
    let check = subject.check("editor.allow-list", "whether it accepts this host");
    let base = subject.scene.base();
    let Ok(url) = Url::parse(&base) else { return Vec::new() };
    let host = url.host_str().unwrap_or_default().to_owned();
    if subject.is("office") {
        let list = check.skipped("cannot be asked from here: Microsoft keeps the list").mend(
            format!("have `{host}` (or a domain above it) put on the WOPI allow list; that takes 3 to 4 weeks"),
            "Microsoft, as a Cloud Storage Partner",
        );
        let check = subject.check("editor.production", "what Office for the web demands of the URL");
        let good = url.scheme() == "https" && url.port_or_known_default() == Some(443) && !net::is_this_machine(&url);
        let production = if good {
            check.ok(format!("{host}, by https on port 443"))
        } else {
            check
                .fails(format!(
                    "{base} is not https on port 443 of a public name: Office for the web does not come there"
                ))
                .mend("use `https://` with a public name of its own and no port", "Lockhouse, setting `public_url`")
        };
        return vec![list, production];
    }
    let elsewhere = !net::is_this_machine(subject.url);
    if net::is_this_machine(&url) && elsewhere {
        let finding = check
            .fails(format!("{base} leads the editor to its own machine, not to this one"))
            .mend("use a name that both browsers and the editor know", "Lockhouse, setting `public_url`");
        return vec![finding];
    }
    if !subject.is("onlyoffice") {
        return Vec::new();
    }
    let private = elsewhere && net::addresses(&url).await.is_ok_and(|found| found.into_iter().any(net::is_private));
    let place = "ONLYOFFICE, /etc/onlyoffice/documentserver/local.json";
    vec![if private {
        check
            .warns(format!("{host} has a private address, and ONLYOFFICE asks none unless it is told to"))
            .mend("`services.CoAuthoring.request-filtering-agent.allowPrivateIPAddress: true`", place)
            .mend(format!("and, if `ipfilter` is used, a rule that allows `{host}`"), place)
    } else {
        check
            .skipped("cannot be asked from here; open a document to see")
            .mend(format!("if it refuses: allow `{host}` in `services.CoAuthoring.ipfilter.rules`"), place)
    }]
}
