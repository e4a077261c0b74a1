//! The plumbing over real sockets: limits, cut bodies, proxies, TLS, stopping.

mod answers;
mod bodies;
mod heads;
mod host;
mod peers;
mod secure;
