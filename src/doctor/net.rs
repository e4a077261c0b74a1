//! Names, addresses and clocks, as they are told to people.

use std::{net::IpAddr, time::Duration};

use tokio::{net::lookup_host, time::timeout};
use url::{Host, Url};

use super::{
    finding::{Check, Finding},
    tls::{self, Fault, Shown, days_left},
};
use crate::clock::Timestamp;

/// How long a name may take to be resolved, and a handshake to be done.
const PATIENCE: Duration = Duration::from_secs(6);

/// A certificate that ends within so many days is to be renewed.
const SOON: i64 = 14;

/// A clock may differ by so much without a word.
const TOLERATED: Duration = Duration::from_secs(30);

/// A clock that differs by more makes proofs and tokens fail.
const HARMFUL: Duration = Duration::from_secs(4 * 60);

/// Whether a URL leads to the machine itself, whichever that is.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost") || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether an address is one of a private network.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// The addresses of a URL's host.
///
/// # Errors
/// Why there are none.
pub(super) async fn addresses(url: &Url) -> Result<Vec<IpAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    let found = timeout(PATIENCE, lookup_host((tls::bare_host(url), port))).await;
    let found = found.map_err(|_| format!("its name was not resolved within {} s", PATIENCE.as_secs()))?;
    let mut found: Vec<IpAddr> = found.map_err(|error| error.to_string())?.map(|address| address.ip()).collect();
    found.dedup();
    if found.is_empty() { Err("its name has no address".to_owned()) } else { Ok(found) }
}

/// Where the certificate of a server is to be changed.
pub(super) struct CertificatePlace<'a> {
    /// Where it is set.
    pub certificate: &'a str,
    /// Whose URL has to change when the name is wrong.
    pub url: &'a str,
}

/// Whose certificate a server shows, and whether it will do.
pub(super) async fn certificate(check: &Check, url: &Url, place: &CertificatePlace<'_>, now: Timestamp) -> Finding {
    let shown = match timeout(PATIENCE, tls::connect(url)).await {
        Ok(Ok((_, shown))) => shown,
        Ok(Err(error)) => {
            return check
                .fails(format!("no TLS connection comes about: {error}"))
                .mend("let the port speak TLS, with a certificate for this name", place.certificate);
        }
        Err(_) => {
            return check.fails("the TLS handshake does not end").mend("look who answers there", place.certificate);
        }
    };
    let finding = judge(check, url, &shown, place, now);
    shown.chain.iter().fold(finding, |finding, link| {
        let end = link.not_after.to_iso();
        finding.detail(&link.subject, format!("signed by {}, good until {}", link.issuer, day(&end)))
    })
}

fn day(iso: &str) -> &str {
    iso.split('T').next().unwrap_or(iso)
}

fn judge(check: &Check, url: &Url, shown: &Shown, place: &CertificatePlace<'_>, now: Timestamp) -> Finding {
    let host = tls::bare_host(url);
    let Some(own) = shown.chain.first() else {
        return check.fails("it cannot be read").mend("give another", place.certificate);
    };
    let end = own.not_after.to_iso();
    let (issuer, end) = (&own.issuer, day(&end));
    let fails = |seen: String, change: &str| check.fails(seen).mend(change, place.certificate);
    match &shown.fault {
        None if days_left(own.not_after, now) < SOON => check
            .warns(format!("signed by {issuer}; ends in {} days, on {end}", days_left(own.not_after, now)))
            .mend("renew it, and see that renewal runs by itself", place.certificate),
        None => check.ok(format!("for {host}, signed by {issuer}, good until {end}")),
        Some(Fault::Expired) => fails(format!("expired on {end}"), "renew it"),
        Some(Fault::NotYet) => fails("not good yet; is this machine's clock right?".to_owned(), "compare the clocks"),
        Some(Fault::WrongName(names)) => {
            let names = if names.is_empty() { own.subject.clone() } else { names.join(", ") };
            check
                .fails(format!("for other names, not for {host}: {names}"))
                .mend(format!("get one for {host}"), place.certificate)
                .mend("or use a name that it is for", place.url)
        }
        Some(Fault::SelfSigned) => fails(
            format!("signed by itself ({issuer}): nobody trusts it who was not told to"),
            "use one of a public authority; or make every editor's machine, every browser and this machine trust it",
        ),
        Some(Fault::Incomplete) => fails(
            format!("its issuer {issuer} is not known, and the certificates in between are not sent along"),
            "give the whole chain (`fullchain.pem`), the own certificate first",
        ),
        Some(Fault::UnknownIssuer) => fails(
            format!("signed in the end by somebody unknown here ({issuer})"),
            "use one of a public authority; or add yours to the system's (`update-ca-certificates`), also on the editor's \
             machine",
        ),
        Some(Fault::Other(reason)) => fails(format!("cannot be accepted: {reason}"), "give another"),
    }
}

/// How far a clock differs by the `Date` that a server sent; `None` when it sent none that can be read.
pub(super) fn clock(check: &Check, date: Option<&str>, now: Timestamp, took: Duration, place: &str) -> Finding {
    let Some(theirs) = date.and_then(parse_date) else { return check.skipped("the answer carries no `Date`") };
    // The date was written somewhere between question and answer, and counts whole seconds.
    let slack = i64::try_from(took.as_millis()).unwrap_or(i64::MAX).saturating_add(1000);
    let difference = theirs.unix_ms().saturating_sub(now.unix_ms());
    let beyond = Duration::from_millis(difference.unsigned_abs().saturating_sub(slack.unsigned_abs()));
    let told = format!(
        "{} s {} this machine's",
        difference.unsigned_abs() / 1000,
        if difference < 0 { "behind" } else { "ahead of" }
    );
    let change = "set both clocks by NTP: proofs and tokens carry times (`timedatectl set-ntp true`)";
    if beyond > HARMFUL {
        check.fails(told).mend(change, place)
    } else if beyond > TOLERATED {
        check.warns(told).mend(change, place)
    } else {
        check.ok(if difference.unsigned_abs() < 2000 { "as this machine's".to_owned() } else { told })
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
fn parse_date(text: &str) -> Option<Timestamp> {
    let form = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let seconds = time::PrimitiveDateTime::parse(text.trim(), &form).ok()?.assume_utc().unix_timestamp();
    Some(Timestamp::from_unix_ms(seconds.checked_mul(1000)?))
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Area, Verdict};
    use super::*;

    #[test]
    fn clocks_are_held_against_the_date_of_an_answer() {
        let check = Check::new(Area::Host, "x", "x");
        let now = parse_date("Mon, 23 Nov 2026 12:00:00 GMT").unwrap();
        for (date, verdict) in [
            ("Mon, 23 Nov 2026 12:00:01 GMT", Verdict::Ok),
            ("Mon, 23 Nov 2026 11:59:20 GMT", Verdict::Warning),
            ("Mon, 23 Nov 2026 12:10:00 GMT", Verdict::Failure),
            ("Mon, 23 Nov 2026 11:50:00 GMT", Verdict::Failure),
            ("yesterday", Verdict::Skipped),
        ] {
            let finding = clock(&check, Some(date), now, Duration::ZERO, "x");
            assert_eq!(finding.verdict, verdict, "{date}: {}", finding.seen);
        }
        // Nobody's clock is to blame for an answer that took long.
        let slow = clock(&check, Some("Mon, 23 Nov 2026 11:59:20 GMT"), now, Duration::from_secs(60), "x");
        assert_eq!(slow.verdict, Verdict::Ok);
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for (address, private) in [
            ("10.1.2.3", true),
            ("127.0.0.1", true),
            ("fd00::1", true),
            ("::ffff:192.168.1.1", true),
            ("9.9.9.9", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }
}
