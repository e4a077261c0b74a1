//! A connection, encrypted or not, and where it leads.

use std::{io, sync::Arc};

use rustls::{ClientConfig, pki_types::ServerName};
use rustls_platform_verifier::ConfigVerifierExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Url;

/// Where a host is reached.
#[derive(Clone)]
pub struct Address {
    name: String,
    port: u16,
    authority: String,
    tls: Option<TlsConnector>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("authority", &self.authority)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

impl Address {
    /// Of a URL.
    ///
    /// # Errors
    /// When it is neither http nor https, or the system's certificates cannot be read.
    pub fn of(url: &Url) -> Result<Self, String> {
        let name = url.host_str().ok_or("the URL names no host")?.to_owned();
        let port = url.port_or_known_default().ok_or("the URL names no port")?;
        let tls = match url.scheme() {
            "http" => None,
            "https" => {
                crate::server::tls::install_crypto_provider();
                let mut config = ClientConfig::with_platform_verifier().map_err(|error| error.to_string())?;
                config.alpn_protocols = vec![b"http/1.1".to_vec()];
                Some(TlsConnector::from(Arc::new(config)))
            }
            other => return Err(format!("`{other}` is neither http nor https")),
        };
        let authority = url.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}"));
        Ok(Self { name, port, authority, tls })
    }

    /// `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether connections are encrypted.
    pub const fn encrypted(&self) -> bool {
        self.tls.is_some()
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.authority == other.authority && self.encrypted() == other.encrypted()
    }
}

#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(super) async fn open(address: &Address) -> io::Result<Self> {
        let name = address.name.trim_start_matches('[').trim_end_matches(']');
        let plain = TcpStream::connect((name, address.port)).await?;
        plain.set_nodelay(true)?;
        let Some(tls) = &address.tls else { return Ok(Self::Plain(plain)) };
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(tls.connect(name, plain).await?)))
    }

    pub(super) async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Tls(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// Reads what there is, to the end of `buffer`; none at the end of the stream.
    pub(super) async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read_buf(buffer).await,
            Self::Tls(stream) => stream.read_buf(buffer).await,
        }
    }

    /// Ends the sending.
    pub(super) async fn shut_down(&mut self) {
        // Whoever is gone already need not be told.
        _ = match self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.shutdown().await,
        };
    }
}
