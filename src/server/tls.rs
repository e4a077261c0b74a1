//! TLS by rustls, with a certificate that can be exchanged while the host runs.

use std::{
    fmt,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

/// Why the certificate cannot be used. The text is meant for people.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or is no PEM.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The certificate file holds none.
    #[error("{} holds no certificate", .0.display())]
    NoCertificate(PathBuf),
    /// The key is of no known kind, or does not belong to the certificate.
    #[error("the key in {} cannot be used with the certificate in {}: {reason}", key.display(), certificate.display())]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        reason: rustls::Error,
    },
    /// rustls refused its own settings.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// Makes aws-lc the process's cryptography; to be called before anything uses TLS. Further calls change nothing.
pub fn install_crypto_provider() {
    let _already_there = aws_lc_rs::default_provider().install_default();
}

/// Where certificate and key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub private_key: PathBuf,
}

/// Hands new connections the current certificate.
#[derive(Debug)]
struct CurrentCertificate(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Reads the files again.
#[derive(Clone)]
pub struct TlsReloader {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: Arc<CurrentCertificate>,
}

impl fmt::Debug for TlsReloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsReloader").field("files", &self.files).finish_non_exhaustive()
    }
}

impl TlsReloader {
    /// Reads certificate and key again; new connections get the new certificate, open ones go on with theirs.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate in use stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = Arc::new(load(&self.files, &self.provider)?);
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

/// Makes the server's side of TLS 1.2 and 1.3. HTTP/2 and HTTP/1.1 are offered by the listener (ALPN).
///
/// # Errors
/// [`TlsError`] when the files cannot be used.
pub fn server_config(files: TlsFiles) -> Result<(ServerConfig, TlsReloader), TlsError> {
    install_crypto_provider();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let current = Arc::new(CurrentCertificate(RwLock::new(Arc::new(load(&files, &provider)?))));
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
    Ok((config, TlsReloader { files, provider, current }))
}

fn load(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error: rustls::pki_types::pem::Error| TlsError::Unreadable { path, reason: error.to_string() }
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable(&files.certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(files.certificate.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.private_key).map_err(unreadable(&files.private_key))?;
    warn_if_open(&files.private_key);
    CertifiedKey::from_der(chain, key, provider).map_err(|reason| TlsError::Unusable {
        certificate: files.certificate.clone(),
        key: files.private_key.clone(),
        reason,
    })
}

/// Says so when others on this machine may read the key; refusing would stop hosts whose tools write it so.
fn warn_if_open(key: &Path) {
    let open = std::fs::metadata(key).is_ok_and(|found| found.permissions().mode() & 0o007 != 0);
    if open {
        tracing::warn!(file = %key.display(), "everyone on this machine may read the private key; chmod it to 600");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str) -> TlsFiles {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let files = TlsFiles { certificate: folder.join("c.pem"), private_key: folder.join("k.pem") };
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.private_key, made.signing_key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn a_reload_takes_new_files_and_keeps_the_old_certificate_when_they_are_bad() {
        let folder = tempfile::tempdir().unwrap();
        let files = write(folder.path(), "a.example");
        let (_, reloader) = server_config(files.clone()).unwrap();
        let certificate = || reloader.current.0.read().unwrap().cert[0].clone();
        let first = certificate();
        write(folder.path(), "b.example");
        reloader.reload().unwrap();
        let second = certificate();
        assert_ne!(first, second);
        std::fs::write(&files.certificate, "nonsense").unwrap();
        assert!(matches!(reloader.reload(), Err(TlsError::NoCertificate(_))));
        assert_eq!(certificate(), second);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (left, right) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut files = write(left.path(), "a.example");
        files.private_key = write(right.path(), "a.example").private_key;
        assert!(matches!(server_config(files.clone()), Err(TlsError::Unusable { .. })));
        files.private_key = left.path().join("absent.pem");
        let error = server_config(files).unwrap_err().to_string();
        assert!(error.contains("absent.pem"), "{error}");
    }
}
