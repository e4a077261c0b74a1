//! Who is asking, and how: forwarded headers count only from listed proxies.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::{FORWARDED, HeaderMap},
};

use crate::settings::{Networks, Settings};

/// What decides whom to believe and whom to answer over plain HTTP.
#[derive(Clone, Debug)]
pub struct ProxyPolicy {
    /// Whose forwarded headers count.
    pub trusted: Networks,
    /// Answer plain HTTP to anyone.
    pub allow_plain_http: bool,
    /// Whether this host itself speaks TLS.
    pub tls: bool,
}

/// The client of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The other end of the connection: the client itself or a proxy.
    pub peer: IpAddr,
    /// The client's address, as far as the proxies on the way can be believed.
    pub address: IpAddr,
    /// Whether the client came over TLS, to this host or to a listed proxy.
    pub https: bool,
    /// The host that the client asked a listed proxy for.
    pub forwarded_host: Option<String>,
    /// Whether the connection comes from a listed proxy.
    pub through_proxy: bool,
}

/// The address of whoever sent a request; unspecified when nothing let it in.
pub(crate) fn visitor_address(request: &HttpRequest) -> IpAddr {
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    request.extensions().get::<Visitor>().map_or(nobody, |visitor| visitor.address)
}

/// What is to be said when the host starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// TLS, or nobody but this machine can connect.
    Safe,
    /// Only this machine and listed proxies are answered.
    Guarded(&'static str),
    /// Tokens travel readable; to be said loudly.
    Exposed(&'static str),
}

const GUARDED: &str = "plain HTTP beyond this machine: only this machine and the proxies in `trusted_proxies` are answered; \
     set `tls` or `trusted_proxies` for others";
const EXPOSED: &str = "PLAIN HTTP FOR EVERYONE (`allow_plain_http`): access tokens and documents travel readable; \
     set `tls`, or put a proxy that ends TLS in front";

/// What a client is told that may not use plain HTTP.
pub const REFUSAL: &str = "this host answers plain HTTP only to its own machine and to listed proxies: use https";

impl ProxyPolicy {
    /// The policy that the settings describe.
    pub fn from_settings(settings: &Settings) -> Self {
        Self {
            trusted: settings.trusted_proxies.clone(),
            allow_plain_http: settings.allow_plain_http,
            tls: settings.tls.certificate.is_some(),
        }
    }

    /// Judges the address to listen on.
    pub fn at_start(&self, listen: SocketAddr) -> PlainHttp {
        if self.tls || listen.ip().to_canonical().is_loopback() {
            PlainHttp::Safe
        } else if self.allow_plain_http {
            PlainHttp::Exposed(EXPOSED)
        } else {
            PlainHttp::Guarded(GUARDED)
        }
    }

    /// Whether a request over the connection from `peer` may be answered at all.
    pub fn answers(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.tls || self.allow_plain_http || peer.is_loopback() || self.trusted.contain(peer)
    }

    /// Finds the client behind the connection.
    ///
    /// `X-Forwarded-*` win over `Forwarded`: a proxy that writes the former may pass the latter on as the client wrote
    /// it. The chain is read from its end; the first address that is no listed proxy is the client.
    pub fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> Visitor {
        let peer = peer.to_canonical();
        let direct = Visitor { peer, address: peer, https: self.tls, forwarded_host: None, through_proxy: false };
        if !self.trusted.contain(peer) {
            return direct;
        }
        let behind = Visitor { through_proxy: true, ..direct };
        let has = |name: &str| headers.contains_key(name);
        if has("x-forwarded-for") || has("x-forwarded-proto") || has("x-forwarded-host") {
            self.read_x_headers(headers, &behind)
        } else {
            self.read_forwarded(headers, &behind)
        }
    }

    fn read_x_headers(&self, headers: &HeaderMap, behind: &Visitor) -> Visitor {
        let chain = items(headers, "x-forwarded-for");
        // What the nearest proxy wrote comes last; what is before it may be the client's own invention.
        let last = |name| items(headers, name).pop();
        Visitor {
            address: self.client_of(chain.iter().map(String::as_str), behind.peer),
            https: last("x-forwarded-proto").map_or(behind.https, |scheme| scheme.eq_ignore_ascii_case("https")),
            forwarded_host: last("x-forwarded-host").filter(|host| is_host(host)),
            ..behind.clone()
        }
    }

    fn read_forwarded(&self, headers: &HeaderMap, behind: &Visitor) -> Visitor {
        let elements = items(headers, FORWARDED.as_str());
        let parameter = |element: &str, wanted: &str| {
            element.split(';').find_map(|pair| {
                let (name, value) = pair.trim().split_once('=')?;
                name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
            })
        };
        let chain: Vec<String> = elements.iter().map(|e| parameter(e, "for").unwrap_or_default()).collect();
        let Some(nearest) = elements.last() else { return behind.clone() };
        Visitor {
            address: self.client_of(chain.iter().map(String::as_str), behind.peer),
            https: parameter(nearest, "proto").map_or(behind.https, |scheme| scheme.eq_ignore_ascii_case("https")),
            forwarded_host: parameter(nearest, "host").filter(|host| is_host(host)),
            ..behind.clone()
        }
    }

    fn client_of<'a>(&self, chain: impl DoubleEndedIterator<Item = &'a str>, peer: IpAddr) -> IpAddr {
        let mut nearest = peer;
        for text in chain.rev() {
            // An unreadable entry ends what can be believed.
            let Some(address) = address_in(text) else { return nearest };
            nearest = address;
            if !self.trusted.contain(address) {
                return nearest;
            }
        }
        nearest
    }
}

/// The items of a list header, over all its lines; the last 64, since what a proxy wrote comes behind what it was sent.
fn items(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(name).filter_map(|value| value.to_str().ok());
    let all: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    all[all.len().saturating_sub(64)..].iter().map(|item| item.trim().to_owned()).collect()
}

/// `192.0.2.7`, `192.0.2.7:80`, `2001:db8::1` or `[2001:db8::1]:80`.
fn address_in(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(address, _)| address);
    let address = bare.unwrap_or(text).parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|s| s.ip()));
    address.map(|address| address.to_canonical())
}

fn is_host(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !text.is_empty() && text.len() <= 255 && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn policy(trusted: &str) -> ProxyPolicy {
        ProxyPolicy { trusted: trusted.parse().unwrap(), allow_plain_http: false, tls: false }
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn headers_from_anyone_but_a_listed_proxy_are_ignored() {
        let forged =
            headers(&[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"), ("forwarded", "for=1.2.3.4")]);
        let visitor = policy("10.0.0.1").visitor(ip("203.0.113.9"), &forged);
        assert_eq!((visitor.address, visitor.https, visitor.through_proxy), (ip("203.0.113.9"), false, false));
    }

    #[test]
    fn no_number_of_invented_addresses_hides_the_one_that_the_proxy_wrote() {
        let policy = policy("10.0.0.1");
        for invented in [1, 63, 64, 65, 1000] {
            let chain = format!("{}203.0.113.9", "6.6.6.6, ".repeat(invented));
            let elements = format!("{}for=203.0.113.9;proto=http", "for=6.6.6.6;proto=https, ".repeat(invented));
            let protocols = format!("{}http", "https,".repeat(invented));
            let x = headers(&[("x-forwarded-for", &*chain), ("x-forwarded-proto", &*protocols)]);
            for map in [x, headers(&[("forwarded", &*elements)])] {
                let visitor = policy.visitor(ip("10.0.0.1"), &map);
                assert_eq!((visitor.address, visitor.https), (ip("203.0.113.9"), false), "{invented}");
            }
        }
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_listed_proxy() {
        let policy = policy("10.0.0.0/8");
        let chain = headers(&[
            ("x-forwarded-for", "6.6.6.6, 203.0.113.9"),
            ("x-forwarded-for", "10.0.0.2"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "docs.example.org"),
            ("forwarded", "for=6.6.6.6;proto=http"),
        ]);
        let visitor = policy.visitor(ip("10.0.0.1"), &chain);
        assert_eq!((visitor.address, visitor.https, visitor.through_proxy), (ip("203.0.113.9"), true, true));
        assert_eq!(visitor.forwarded_host.as_deref(), Some("docs.example.org"));
        let unreadable = headers(&[("x-forwarded-for", "203.0.113.9, unknown, 10.0.0.3")]);
        assert_eq!(policy.visitor(ip("10.0.0.1"), &unreadable).address, ip("10.0.0.3"));
    }

    #[test]
    fn the_standard_header_is_read_when_the_other_is_absent() {
        let standard =
            headers(&[("forwarded", "for=6.6.6.6, for=\"[2001:db8::1]:99\";proto=https;host=\"d.example:8443\"")]);
        let visitor = policy("10.0.0.1").visitor(ip("::ffff:10.0.0.1"), &standard);
        assert_eq!((visitor.address, visitor.https), (ip("2001:db8::1"), true));
        assert_eq!(visitor.forwarded_host.as_deref(), Some("d.example:8443"));
    }

    #[test]
    fn a_forwarded_host_that_is_none_is_dropped() {
        let odd = headers(&[("x-forwarded-host", "evil/path?x"), ("x-forwarded-proto", "https")]);
        assert_eq!(policy("10.0.0.1").visitor(ip("10.0.0.1"), &odd).forwarded_host, None);
    }

    #[test]
    fn plain_http_is_for_this_machine_and_listed_proxies() {
        let guarded = policy("10.0.0.1");
        for (peer, answered) in
            [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", true), ("10.0.0.2", false)]
        {
            assert_eq!(guarded.answers(ip(peer)), answered, "{peer}");
        }
        assert!(ProxyPolicy { allow_plain_http: true, ..guarded.clone() }.answers(ip("203.0.113.9")));
        assert!(ProxyPolicy { tls: true, ..guarded }.answers(ip("203.0.113.9")));
    }

    #[test]
    fn the_start_says_what_plain_http_means() {
        let open: SocketAddr = "0.0.0.0:80".parse().unwrap();
        assert_eq!(policy("").at_start("127.0.0.1:80".parse().unwrap()), PlainHttp::Safe);
        assert!(matches!(policy("").at_start(open), PlainHttp::Guarded(_)));
        assert!(matches!(ProxyPolicy { allow_plain_http: true, ..policy("") }.at_start(open), PlainHttp::Exposed(_)));
        assert_eq!(ProxyPolicy { tls: true, ..policy("") }.at_start(open), PlainHttp::Safe);
    }
}
