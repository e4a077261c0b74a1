//! The way from the public URL to this host, looked at from both ends: what was asked for, and what arrived.

use reqwest::StatusCode;
use url::Url;

use super::{
    Scene,
    ask::{Answer, Asker, Question},
    directives::{Kind, Topic},
    echo::{Arrived, PATH},
    finding::{Area, Check, Finding},
    net::{self, CertificatePlace},
};
use crate::{ids::NodeId, server::proxy::REFUSAL};

/// What an editor's request looks like: escapes in either case, an empty value, a sign that means two things.
const QUERY: &str = "access_token=a%2Fb%2bc%20d~e.f&access_token_ttl=0&x=%C3%A4+&empty=";

/// Who answered, and what arrived there.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub answer: Answer,
    pub arrived: Arrived,
}

/// Looks at name, certificate and way; what arrived, if anything did.
pub(super) async fn examine(scene: &Scene, asker: Option<&Asker>) -> (Vec<Finding>, Option<Reached>) {
    let Ok(url) = Url::parse(&scene.base()) else { return (Vec::new(), None) };
    let first = async {
        match asker {
            Some(asker) => Some(asker.ask(Question::get(QUERY)).await),
            None => None,
        }
    };
    let (name, certificate, first, direct) =
        tokio::join!(name(&url), certificate(scene, &url), first, answers_itself(scene));
    let mut findings = vec![name];
    findings.extend(certificate);
    findings.push(post_message_origin(scene));
    let (Some(asker), Some(first)) = (asker, first) else { return (findings, None) };
    let check = Check::new(Area::PublicUrl, "url.reached", "this host at its public URL");
    let answer = match first {
        Ok(answer) => answer,
        Err(why) => {
            findings.push(unreached(scene, &check, &why, direct));
            return (findings, None);
        }
    };
    let Some(arrived) = answer.arrived() else {
        findings.push(somebody_else(scene, &check, &answer));
        return (findings, None);
    };
    findings.push(check.ok(format!("{} is answered by this host in {} ms", scene.base(), answer.took.as_millis())));
    findings.push(wopi_src(scene, &arrived, Kind::of(&answer)));
    findings.push(proof(scene, asker, &arrived, Kind::of(&answer)));
    let clock = Check::new(Area::PublicUrl, "url.clock", "the clock of whoever answers there");
    let date = answer.header("date");
    findings.push(net::clock(
        &clock,
        date.as_deref(),
        scene.now(),
        answer.took,
        "the machine of the proxy, and this one",
    ));
    (findings, Some(Reached { answer, arrived }))
}

async fn name(url: &Url) -> Finding {
    let check = Check::new(Area::PublicUrl, "url.name", "the name of the public URL");
    let host = url.host_str().unwrap_or_default();
    match net::addresses(url).await {
        Ok(addresses) => {
            let told: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            check.ok(format!("{host} is {}", told.join(", ")))
        }
        Err(why) => check
            .fails(format!("{host} has no address here: {why}"))
            .mend("enter the name", "your DNS; for this machine and the editors' alone, /etc/hosts on each")
            .mend("or use a name that exists", "Lockhouse, setting `public_url`"),
    }
}

async fn certificate(scene: &Scene, url: &Url) -> Option<Finding> {
    if url.scheme() != "https" {
        return None;
    }
    let check = Check::new(Area::PublicUrl, "url.certificate", "the certificate of the public URL");
    let certificate = if scene.settings.tls.certificate.is_some() {
        "Lockhouse, settings `tls.certificate` and `tls.private_key` (then `systemctl reload lockhouse`), or the proxy in front"
    } else {
        "the proxy in front (in nginx: `ssl_certificate`)"
    };
    let place = CertificatePlace { certificate, url: "Lockhouse, setting `public_url`" };
    Some(net::certificate(&check, url, &place, scene.now()).await)
}

/// Whether this host answers at the address that it listens on, whatever lies in front.
async fn answers_itself(scene: &Scene) -> bool {
    let (Some(address), Some(mark)) = (scene.local(), &scene.mark) else { return false };
    match Asker::new(format!("{address}{PATH}"), mark.text()) {
        Ok(asker) => asker.ask(Question::get("")).await.is_ok_and(|answer| answer.arrived().is_some()),
        Err(_) => false,
    }
}

fn unreached(scene: &Scene, check: &Check, why: &str, direct: bool) -> Finding {
    let local = scene.local().unwrap_or_default();
    let base = scene.base();
    let hint =
        if direct { format!("; at {local} it answers, so the way there is what is wrong") } else { String::new() };
    check
        .fails(format!("{base} is not reached from this machine: {why}{hint}"))
        .mend(
            format!("let {base} lead to {local}"),
            "proxy, firewall, port forwarding or container port in front of this host",
        )
        .mend("or set the URL that does lead here", "Lockhouse, setting `public_url`")
        .mend(
            "if others reach it and only this machine does not, give the name an address that works from inside",
            "/etc/hosts of this machine, or your router (hairpin NAT)",
        )
}

/// An answer that does not come from this host's echo.
fn somebody_else(scene: &Scene, check: &Check, answer: &Answer) -> Finding {
    let base = scene.base();
    let status = answer.status;
    let text = String::from_utf8_lossy(&answer.body);
    let kind = Kind::of(answer);
    let local = scene.local().unwrap_or_default();
    let by = answer.header("server").map_or_else(String::new, |server| format!(" (by {server})"));
    if status == StatusCode::FORBIDDEN && text.contains(REFUSAL) {
        return check
            .fails("this host itself refuses: the request came by plain HTTP from a proxy that is not listed")
            .mend(
                "list the proxy's address; the refusal's log line (`client=…`) names it",
                "Lockhouse, setting `trusted_proxies`",
            );
    }
    if status.is_redirection() {
        let target = answer.header("location").unwrap_or_default();
        let target = target.split(['?', '#']).next().unwrap_or_default().to_owned();
        let place = if target.starts_with(&scene.urls.origin()) {
            "the proxy in front"
        } else {
            "Lockhouse, setting `public_url`"
        };
        return check
            .fails(format!("{base}{PATH} is redirected to {target}{by} ({status}); editors do not follow"))
            .mend("name the URL to which it is redirected, if that is this host's", place)
            .mend("let what is below `/wopi/` through without a sign-in of its own", "the proxy in front");
    }
    if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
        return check.fails(format!("something in front asks who it is or refuses{by}: {status}")).mend(
            "let what is below `/wopi/` through: editors bring tokens, and no password of the proxy's",
            "the proxy in front (in nginx: `auth_basic off; auth_request off;` in a `location` for it)",
        );
    }
    if matches!(status.as_u16(), 502..=504) {
        return check
            .fails(format!("a proxy answers{by} that it does not reach this host: {status}"))
            .mend_by([kind.remedy(&Topic::Path(local))])
            .mend(
                "see that the proxy's machine may connect to that address",
                "Lockhouse, setting `listen`, and the firewall",
            );
    }
    if status == StatusCode::NOT_FOUND && text.contains("there is nothing at this address") {
        return check
            .fails(
                "a Lockhouse answers, but not for this path, or not this one: path or query do not arrive as they are",
            )
            .mend_by([kind.remedy(&Topic::Path(local))])
            .mend("give it the path under which the proxy offers this host", "Lockhouse, setting `public_url`");
    }
    check
        .fails(format!("somebody else answers there{by}: {status}"))
        .mend_by([kind.remedy(&Topic::Path(local))])
        .mend("or set the URL that does lead here", "Lockhouse, setting `public_url`")
}

/// Scheme, host, port and prefix as editors see them, and whether what lies below arrives (rule W-12).
fn wopi_src(scene: &Scene, arrived: &Arrived, kind: Kind) -> Finding {
    let check = Check::new(Area::PublicUrl, "url.wopi-src", "WOPISrc as editors see it");
    let base = scene.base();
    let prefix = scene.prefix();
    let path = arrived.path_and_query.split('?').next().unwrap_or_default();
    let before = path.strip_suffix(PATH).unwrap_or(path);
    let sample = scene.urls.wopi_src(&sample());
    let finding = if before.is_empty() || before == prefix {
        check.ok(format!("{base}/wopi/files/…"))
    } else {
        check
            .fails(format!(
                "{base}{PATH} arrives as {path}, where this host has nothing: the proxy puts `{before}` in front"
            ))
            .mend_by([kind.remedy(&Topic::Path(scene.local().unwrap_or_default()))])
            .mend(
                format!("or end the public URL in `{before}`, if that is where the proxy offers it"),
                "Lockhouse, setting `public_url`",
            )
    };
    let finding = match Url::parse(&base) {
        Ok(url) => finding
            .detail("scheme", url.scheme())
            .detail("host", url.host_str().unwrap_or_default())
            .detail("port", url.port_or_known_default().map_or_else(String::new, |port| port.to_string()))
            .detail("prefix", if prefix.is_empty() { "none" } else { prefix }),
        Err(_) => finding,
    };
    finding.detail("of a file", sample)
}

/// A file's id, as an example.
pub(super) fn sample() -> NodeId {
    NodeId::from_random_bits([0x5a; 16])
}

/// The string that proofs are computed over: the whole URL in capitals, as the client asked for it (rules W-58 and W-61).
fn proof(scene: &Scene, asker: &Asker, arrived: &Arrived, kind: Kind) -> Finding {
    let check = Check::new(Area::PublicUrl, "url.proof", "the string that proofs are computed over");
    let asked = asker.url(&Question::get(QUERY));
    let finding = if asked.eq_ignore_ascii_case(&arrived.as_asked) {
        check.ok("is reckoned here as the client asked for it, to the letter")
    } else {
        check
            .fails("differs here from what the client asked for: no proof will hold, and requests be answered with 500")
            .mend_by([kind.remedy(&Topic::Path(scene.local().unwrap_or_default()))])
            .mend("name scheme, host, port and path as clients use them", "Lockhouse, setting `public_url`")
    };
    finding
        .detail("asked for", asked.to_ascii_uppercase())
        .detail("reckoned here", arrived.as_asked.to_ascii_uppercase())
        .detail("arrived", arrived.path_and_query.clone())
}

fn post_message_origin(scene: &Scene) -> Finding {
    let check = Check::new(Area::PublicUrl, "url.post-message-origin", "PostMessageOrigin, which editors talk to");
    let origin = scene.urls.origin();
    let is_so = Url::parse(&scene.base()).is_ok_and(|url| url.origin().ascii_serialization() == origin);
    if is_so {
        check.ok(format!("{origin}, from where pages come, too"))
    } else {
        check
            .fails(format!("`{origin}` is not the origin of {}", scene.base()))
            .mend("write scheme, host and port as browsers do", "Lockhouse, setting `public_url`")
    }
}
