//! Whose certificate a server shows, and what is wrong with it: expired, for another name, signed by nobody known, or without
//! the certificates in between.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Url;

use super::certificate::Certificate;
use crate::clock::Timestamp;

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ended then.
    Expired,
    /// It is not good yet.
    NotYet,
    /// It is for other names.
    WrongName(Vec<String>),
    /// It is signed by itself.
    SelfSigned,
    /// The certificate that signed it is not sent along, and not known here.
    Incomplete,
    /// Whoever signed it is not known here.
    UnknownIssuer,
    /// Anything else.
    Other(String),
}

/// What was seen of a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// The chain that it sent, its own certificate first.
    pub chain: Vec<Certificate>,
    /// What is wrong, if anything is.
    pub fault: Option<Fault>,
}

/// Decides as the system does, and keeps what it saw; it lets everybody through, since nothing is said to them.
#[derive(Debug)]
struct Witness {
    judge: Verifier,
    seen: Mutex<Option<Shown>>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let chain: Vec<Certificate> =
            std::iter::once(end_entity).chain(intermediates).filter_map(|der| Certificate::parse(der)).collect();
        let fault = verdict.err().map(|error| fault(error, &chain));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shown { chain, fault });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

fn fault(error: Error, chain: &[Certificate]) -> Fault {
    let Error::InvalidCertificate(error) = error else { return Fault::Other(error.to_string()) };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Fault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Fault::NotYet,
        CertificateError::NotValidForName => Fault::WrongName(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => Fault::WrongName(presented),
        CertificateError::UnknownIssuer => match chain {
            [own, ..] if own.own_issuer => Fault::SelfSigned,
            [_] => Fault::Incomplete,
            _ => Fault::UnknownIssuer,
        },
        error => Fault::Other(error.to_string()),
    }
}

/// A connection over which anything may be asked whatever the certificate, with what was seen of that.
pub(super) async fn connect(url: &Url) -> io::Result<(TlsStream<TcpStream>, Shown)> {
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    let judge = Verifier::new(Arc::clone(&provider)).map_err(io::Error::other)?;
    let witness = Arc::new(Witness { judge, seen: Mutex::new(None) });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A session that is resumed shows no certificate.
    config.resumption = rustls::client::Resumption::disabled();
    let name = bare_host(url);
    let stream = super::ask::connect(url).await?;
    let server = ServerName::try_from(name).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(server, stream).await?;
    let seen = witness.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let seen = seen.ok_or_else(|| io::Error::other("the server showed no certificate"))?;
    Ok((stream, seen))
}

/// The host without the brackets of an IPv6 address.
pub(super) fn bare_host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// The day on which something ends, and in how many days that is; negative when it is over.
pub(super) fn days_left(end: Timestamp, now: Timestamp) -> i64 {
    (end.unix_seconds() - now.unix_seconds()).div_euclid(24 * 3600)
}
