//! What to write into the configuration of a proxy, in its own words.

use super::{ask::Answer, finding::Remedy};

/// A program that stands in front of web servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    Apache,
    Caddy,
    /// One that does not say its name.
    Unknown,
}

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// Bodies up to so many bytes.
    Body(u64),
    /// Answers that take so many seconds.
    Wait(u64),
    /// The client's address.
    ForwardedFor,
    /// The client's scheme.
    ForwardedProto,
    /// Request headers that do not arrive.
    RequestHeaders(String),
    /// Answer headers that do not arrive.
    AnswerHeaders(String),
    /// Paths and queries exactly as they are, to this address.
    Path(String),
    /// Long request lines.
    LongUrls,
    /// HTTP/1.1 on the way to this host, too.
    Http11,
}

impl Kind {
    /// By what an answer says of who sent it.
    pub(super) fn of(answer: &Answer) -> Self {
        let named =
            ["server", "via"].map(|name| answer.header(name).unwrap_or_default().to_ascii_lowercase()).join(" ");
        let kinds =
            [("nginx", Self::Nginx), ("openresty", Self::Nginx), ("apache", Self::Apache), ("caddy", Self::Caddy)];
        kinds.into_iter().find(|(name, _)| named.contains(name)).map_or(Self::Unknown, |(_, kind)| kind)
    }

    /// What to change, and where.
    pub(super) fn remedy(self, topic: &Topic) -> Remedy {
        let (change, place) = match self {
            Self::Nginx => (nginx(topic), "nginx, in the `server` or `location` of this host"),
            Self::Apache => (apache(topic), "Apache, in the `VirtualHost` of this host"),
            Self::Caddy => (caddy(topic), "the Caddyfile, in the `reverse_proxy` of this host"),
            Self::Unknown => (anywhere(topic), "the proxy in front of this host"),
        };
        let change = match self {
            // Most are of this kind, and others have something alike.
            Self::Unknown => format!("{change} (in nginx: {})", nginx(topic)),
            _ => change,
        };
        Remedy { change, place: place.to_owned() }
    }
}

const fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

fn nginx(topic: &Topic) -> String {
    match topic {
        Topic::Body(bytes) => format!("`client_max_body_size {}m;`", mebibytes(*bytes)),
        Topic::Wait(seconds) => format!("`proxy_read_timeout {seconds}s;` and `proxy_send_timeout {seconds}s;`"),
        Topic::ForwardedFor => "`proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`".to_owned(),
        Topic::ForwardedProto => "`proxy_set_header X-Forwarded-Proto $scheme;`".to_owned(),
        Topic::RequestHeaders(names) => format!("take out the `proxy_set_header` lines for {names}"),
        Topic::AnswerHeaders(names) => {
            format!("take out the `proxy_hide_header` and `more_clear_headers` lines for {names}")
        }
        Topic::Path(address) => {
            format!("`proxy_pass {address};` with nothing behind the port, and no `rewrite` for this host")
        }
        Topic::Http11 => "`proxy_http_version 1.1;`".to_owned(),
        Topic::LongUrls => "`large_client_header_buffers 4 32k;` (in `server`)".to_owned(),
    }
}

fn apache(topic: &Topic) -> String {
    match topic {
        Topic::Body(bytes) => format!("`LimitRequestBody {bytes}`"),
        Topic::Wait(seconds) => format!("`ProxyTimeout {seconds}`"),
        Topic::ForwardedFor => "`ProxyAddHeaders On` and `RequestHeader unset X-Forwarded-For early`".to_owned(),
        Topic::ForwardedProto => "`RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}`".to_owned(),
        Topic::RequestHeaders(names) => format!("take out the `RequestHeader` lines for {names}"),
        Topic::AnswerHeaders(names) => format!("take out the `Header unset` lines for {names}"),
        Topic::Path(address) => {
            format!("`ProxyPass / {address}/ nocanon` with `AllowEncodedSlashes NoDecode`, and no `RewriteRule`")
        }
        Topic::Http11 => "take out `SetEnv force-proxy-request-1.0`".to_owned(),
        Topic::LongUrls => "`LimitRequestLine 32768`".to_owned(),
    }
}

fn caddy(topic: &Topic) -> String {
    match topic {
        Topic::Body(bytes) => format!("`request_body {{ max_size {}MiB }}`", mebibytes(*bytes)),
        Topic::Wait(seconds) => format!("`transport http {{ read_timeout {seconds}s }}`"),
        Topic::ForwardedFor => {
            "take out `header_up X-Forwarded-For`, and list in `trusted_proxies` only real ones".to_owned()
        }
        Topic::ForwardedProto => "take out `header_up X-Forwarded-Proto`".to_owned(),
        Topic::RequestHeaders(names) => format!("take out the `header_up` lines for {names}"),
        Topic::AnswerHeaders(names) => format!("take out the `header_down` lines for {names}"),
        Topic::Path(address) => format!("`reverse_proxy {address}` without `rewrite`, `uri` or `handle_path`"),
        Topic::Http11 => "take out `versions` of `transport http`".to_owned(),
        Topic::LongUrls => "`servers { max_header_size 32KB }`".to_owned(),
    }
}

fn anywhere(topic: &Topic) -> String {
    match topic {
        Topic::Body(bytes) => format!("allow bodies of {} MiB", mebibytes(*bytes)),
        Topic::Wait(seconds) => format!("wait {seconds} s for an answer"),
        Topic::ForwardedFor => "append the client's address to `X-Forwarded-For`".to_owned(),
        Topic::ForwardedProto => "set `X-Forwarded-Proto` to the scheme that the client used".to_owned(),
        Topic::RequestHeaders(names) => format!("pass on the request headers {names}, empty ones too"),
        Topic::AnswerHeaders(names) => format!("pass on the answer headers {names}, empty ones too"),
        Topic::Path(address) => format!("pass paths and queries on to {address} exactly as they come"),
        Topic::Http11 => "speak HTTP/1.1 to this host".to_owned(),
        Topic::LongUrls => "take request lines of 32 KiB".to_owned(),
    }
}
