//! What a proxy does to requests and answers: whom it names as the client, what it takes out, what it does not let through.

use std::time::Duration;

use super::{
    Scene,
    ask::{Asker, Question},
    body,
    directives::{Kind, Topic},
    echo::{ANSWERED, Arrived, LONGEST_WAIT},
    finding::{Area, Check, Finding},
    way::Reached,
};

/// An address for documentation (RFC 5737), which no client has.
const INVENTED: &str = "203.0.113.77";

/// Headers that WOPI clients send, some without a value.
const SENT: [(&str, &str); 13] = [
    ("Content-Length", "0"),
    ("X-WOPI-Lock", ""),
    ("X-WOPI-OldLock", ""),
    ("X-WOPI-Editors", ""),
    ("X-WOPI-Override", "LOCK"),
    ("X-WOPI-TimeStamp", "639000000000000000"),
    ("X-WOPI-Proof", "cHJvb2Y="),
    ("X-WOPI-ProofOld", "b2xk"),
    ("X-WOPI-SuggestedTarget", "+ZeVnLIqe-.docx"),
    ("X-WOPI-Size", "1"),
    ("X-WOPI-SessionContext", "context"),
    ("X-COOL-WOPI-Timestamp", "2026-01-01T00:00:00.0000000Z"),
    ("Authorization", "Bearer doctor"),
];

/// The query of a request with a long token.
const LONG: usize = 3000;

/// Whoever stands between.
#[derive(Clone, Debug)]
pub(super) struct Between {
    pub kind: Kind,
    pub is_there: bool,
    /// As it calls itself.
    name: Option<String>,
}

impl Between {
    fn of(scene: &Scene, reached: &Reached) -> Self {
        let Reached { answer, arrived } = reached;
        let name = answer.header("server").or_else(|| answer.header("via"));
        let forwards = FORWARDED.iter().any(|header| arrived.header(header).is_some());
        let other_port = scene.listening.is_some_and(|address| scene.port() != Some(address.port()));
        let ends_tls = scene.base().starts_with("https:") && scene.settings.tls.certificate.is_none();
        Self { kind: Kind::of(answer), is_there: name.is_some() || forwards || other_port || ends_tls, name }
    }
}

const FORWARDED: [&str; 5] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "via"];

pub(super) async fn examine(scene: &Scene, asker: &Asker, reached: &Reached) -> Vec<Finding> {
    let between = Between::of(scene, reached);
    let mut findings = vec![there(&between, &reached.arrived)];
    if between.is_there {
        findings.push(client(&between, &reached.arrived));
        findings.extend(scheme(scene, &between, &reached.arrived));
    }
    let (forged, bare, headers, long, bodies, waits) = tokio::join!(
        forged(asker, &between),
        bare_post(asker, &between),
        headers(asker, &between),
        long_urls(asker, &between),
        body::examine(scene, asker, &between),
        waits(scene, asker, &between),
    );
    findings.extend(forged);
    findings.extend(headers);
    findings.push(bare);
    findings.push(long);
    findings.extend(bodies);
    findings.push(waits);
    findings
}

fn there(between: &Between, arrived: &Arrived) -> Finding {
    let check = Check::new(Area::Proxy, "proxy.there", "what stands between clients and this host");
    let finding = match (&between.name, between.is_there) {
        (_, false) => check.ok("nothing, as far as can be seen"),
        (Some(name), true) => check.ok(name),
        (None, true) => check.ok("a proxy that does not say its name"),
    };
    let seen = FORWARDED.iter().filter_map(|name| Some((*name, arrived.header(name)?)));
    let finding = seen.fold(finding, |finding, (name, value)| finding.detail(name, value));
    finding.detail("host", arrived.header("host").unwrap_or_default()).detail("connection from", arrived.peer.clone())
}

/// Whether the addresses of clients arrive: attempts to sign in are counted by them.
fn client(between: &Between, arrived: &Arrived) -> Finding {
    let check = Check::new(Area::Proxy, "proxy.client-address", "the addresses of clients");
    let told = arrived.header("x-forwarded-for").or_else(|| arrived.header("forwarded"));
    let harm = "everybody looks like one client, whom failed sign-ins lock out for all";
    let list = format!("`trusted_proxies = [\"{}\"]`", arrived.peer);
    match (told, arrived.through_proxy) {
        (Some(_), true) => check.ok(format!("arrive; this one counts as {}", arrived.client)),
        (Some(_), false) => check
            .warns(format!("arrive, but {} is not listed as a proxy, so they are not believed: {harm}", arrived.peer))
            .mend(list, "Lockhouse, setting `trusted_proxies`"),
        (None, listed) => {
            let finding =
                check.warns(format!("do not arrive: {harm}")).mend_by([between.kind.remedy(&Topic::ForwardedFor)]);
            if listed { finding } else { finding.mend(list, "Lockhouse, setting `trusted_proxies`") }
        }
    }
}

fn scheme(scene: &Scene, between: &Between, arrived: &Arrived) -> Option<Finding> {
    if !scene.base().starts_with("https:") || scene.settings.tls.certificate.is_some() || !arrived.through_proxy {
        return None;
    }
    let check = Check::new(Area::Proxy, "proxy.scheme", "that clients come by https");
    Some(if arrived.https {
        check.ok("arrives")
    } else {
        check
            .warns("does not arrive: to this host all seem to come by plain HTTP")
            .mend_by([between.kind.remedy(&Topic::ForwardedProto)])
    })
}

/// Whether a client can give itself an address.
async fn forged(asker: &Asker, between: &Between) -> Option<Finding> {
    if !between.is_there {
        return None;
    }
    let check = Check::new(Area::Proxy, "proxy.forged-address", "an address that a client invents for itself");
    let question = Question::get("").with("X-Forwarded-For", INVENTED).with("X-Forwarded-Proto", "gopher");
    let Ok(answer) = asker.ask(question).await else { return Some(check.skipped("the request was not answered")) };
    let Some(arrived) = answer.arrived() else {
        return Some(check.skipped(format!("answered with {}", answer.status)));
    };
    let told = arrived.header("x-forwarded-for").unwrap_or_default();
    let believed = told.rsplit(',').next().is_some_and(|last| last.trim() == INVENTED);
    Some(match (believed, arrived.through_proxy) {
        (true, true) => check
            .fails("is passed on, and this host believes it: anybody can evade the limits on signing in, and read `/metrics`")
            .mend_by([between.kind.remedy(&Topic::ForwardedFor)]),
        (true, false) => check
            .warns("is passed on; this host does not believe it, since the proxy is not listed")
            .mend_by([between.kind.remedy(&Topic::ForwardedFor)]),
        (false, _) => check.ok("is not taken for the client's"),
    })
}

/// A POST without body and length, as some clients send LOCK. In HTTP/1.0, which nginx speaks to those behind it unless it is
/// told otherwise, there is no such thing (RFC 1945 section 7.2.2), and it is refused.
async fn bare_post(asker: &Asker, between: &Between) -> Finding {
    let check = Check::new(Area::Proxy, "proxy.bare-post", "a POST without a body");
    let seen = match asker.ask(Question::post("", Vec::new())).await {
        Ok(answer) if answer.arrived().is_some() => return check.ok("arrives"),
        Ok(answer) => format!("is answered with {}", answer.status),
        Err(why) => format!("is not answered: {why}"),
    };
    check
        .warns(format!("{seen} when it names no `Content-Length` either, as some clients do"))
        .mend_by([between.kind.remedy(&Topic::Http11)])
}

/// Whether headers arrive, there and back. An empty `X-WOPI-Lock` says "unlocked"; one that is missing says nothing.
async fn headers(asker: &Asker, between: &Between) -> Vec<Finding> {
    let requests = Check::new(Area::Proxy, "proxy.request-headers", "headers of requests");
    let empty = Check::new(Area::Proxy, "proxy.empty-headers", "empty headers, there and back");
    let answers = Check::new(Area::Proxy, "proxy.answer-headers", "headers of answers");
    let question =
        SENT.iter().fold(Question::post("", Vec::new()), |question, (name, value)| question.with(name, *value));
    let answer = asker.ask(question).await;
    let arrived = answer.as_ref().ok().and_then(|answer| Some((answer.clone(), answer.arrived()?)));
    let Some((answer, arrived)) = arrived else {
        let why = answer.map_or_else(|why| why, |answer| format!("answered with {}", answer.status));
        return vec![
            requests
                .fails(format!("a POST with the headers of WOPI does not come through: {why}"))
                .mend("allow the method POST and headers that begin with `X-WOPI-`", "the proxy or firewall in front"),
        ];
    };
    let lost = |empty: bool| -> Vec<&str> {
        let sent = SENT.iter().filter(|(_, value)| value.is_empty() == empty);
        sent.filter(|(name, value)| arrived.header(name).as_deref() != Some(*value)).map(|(name, _)| *name).collect()
    };
    let unanswered = |empty: bool| -> Vec<&str> {
        let sent = ANSWERED.iter().filter(|(_, value)| value.is_empty() == empty);
        sent.filter(|(name, value)| answer.header(name).as_deref() != Some(*value)).map(|(name, _)| *name).collect()
    };
    let there = report(&requests, &lost(false), "arrive as they were sent", |names| {
        between.kind.remedy(&Topic::RequestHeaders(names))
    });
    let back = report(&answers, &unanswered(false), "arrive as they were sent", |names| {
        between.kind.remedy(&Topic::AnswerHeaders(names))
    });
    let (lost, unanswered) = (lost(true), unanswered(true));
    let bare = if lost.is_empty() {
        report(&empty, &unanswered, "are kept", |names| between.kind.remedy(&Topic::AnswerHeaders(names)))
    } else {
        let finding = report(&empty, &lost, "", |names| between.kind.remedy(&Topic::RequestHeaders(names)));
        if unanswered.is_empty() {
            finding
        } else {
            finding.mend_by([between.kind.remedy(&Topic::AnswerHeaders(unanswered.join(", ")))])
        }
    };
    vec![bare, there, back]
}

fn report(check: &Check, lost: &[&str], well: &str, remedy: impl FnOnce(String) -> super::finding::Remedy) -> Finding {
    if lost.is_empty() {
        return check.ok(well);
    }
    let names = lost.join(", ");
    check.fails(format!("do not arrive: {names}")).mend_by([remedy(names)])
}

async fn long_urls(asker: &Asker, between: &Between) -> Finding {
    let check = Check::new(Area::Proxy, "proxy.long-urls", "URLs with long tokens");
    let question = Question::get(format!("access_token={}", "a".repeat(LONG)));
    let wrong = match asker.ask(question).await {
        Ok(answer) => match answer.arrived() {
            Some(arrived) if arrived.path_and_query.len() > LONG => return check.ok(format!("of {LONG} bytes arrive")),
            Some(_) => "arrive cut off".to_owned(),
            None => format!("are answered with {}", answer.status),
        },
        Err(why) => why,
    };
    check.fails(format!("of {LONG} bytes: {wrong}")).mend_by([between.kind.remedy(&Topic::LongUrls)])
}

/// Whether an answer may take as long as this host needs when its disk is slow.
async fn waits(scene: &Scene, asker: &Asker, between: &Between) -> Finding {
    let check = Check::new(Area::Proxy, "proxy.waits", "answers that take long");
    let needed = scene.settings.storage.flush_limit.get() + Duration::from_secs(2);
    let seconds = needed.min(LONGEST_WAIT).as_secs();
    if scene.quick {
        return check.skipped("not tried");
    }
    let mut question = Question::get(format!("wait={seconds}"));
    question.patience = Duration::from_secs(seconds + 3);
    let began = tokio::time::Instant::now();
    let seen = match asker.ask(question).await {
        Ok(answer) if answer.arrived().is_some() => {
            return check.ok(format!("of {seconds} s (`storage.flush_limit` and a little) are waited for"));
        }
        Ok(answer) => format!("the proxy gave up after {} s with {}", began.elapsed().as_secs(), answer.status),
        Err(why) => format!("the connection ended after {} s: {why}", began.elapsed().as_secs()),
    };
    check
        .fails(format!("{seen}; an answer may take {seconds} s when the disk is slow, and a large document longer"))
        .mend_by([between.kind.remedy(&Topic::Wait(300.max(seconds)))])
}
