//! TLS as Helm's client has it: the system's authorities or a file's, a certificate of one's own,
//! or belief in whoever answers.
//!
//! Written on rustls itself: the HTTP crate would panic on a key that does not fit its certificate,
//! and take no server whose own certificate is the one in `--ca-file`, which is how people begin.

use std::{
    fmt, fs,
    io::{Read as _, Write as _},
    path::Path,
    sync::Arc,
};

use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme, StreamOwned,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};
use x509_cert::der::Decode as _;

use super::{access::Access, dial::Certificate, error::Error};
use crate::charts::reason;

/// Wraps connections for HTTPS. The configuration is made by the first.
pub(super) struct Tls {
    ours: Files,
    certificate: Certificate,
    trust: Trust,
}

/// Certificates from files, read before anything is asked: Helm complains of them first.
#[derive(Default)]
struct Files {
    chain: Vec<CertificateDer<'static>>,
    key: Option<PrivateKeyDer<'static>>,
}

/// Whom we believe.
enum Trust {
    /// The authorities that the system believes; `SSL_CERT_FILE` and `SSL_CERT_DIR` count.
    System,
    /// Those of a file.
    File(Vec<CertificateDer<'static>>),
    /// Anybody.
    Anybody,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// Helm's messages (`tlsutil/tls.go`). As in Helm a certificate without a key is not looked at,
    /// unless there is something else to configure.
    pub(super) fn new(access: &Access, certificate: Certificate) -> Result<Self, Error> {
        let trust = match (access.insecure.is_on(), &access.ca_file) {
            (true, _) => Trust::Anybody,
            (false, Some(file)) => Trust::File(authorities(file)?),
            (false, None) => Trust::System,
        };
        let has_pair = access.cert_file.is_some() && access.key_file.is_some();
        let ours = match (&access.cert_file, &access.key_file) {
            (None, None) => Files::default(),
            _ if !has_pair && matches!(trust, Trust::System) => Files::default(),
            (cert, key) => pair(cert.as_deref(), key.as_deref())?,
        };
        let tls = Self { ours, certificate, trust };
        if tls.ours.key.is_some() {
            // A pair that does not fit is told now.
            tls.config()?;
        }
        Ok(tls)
    }

    fn config(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let failed = |error: &dyn fmt::Display| Error::Tls(error.to_string());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        match (&self.ours.key, self.certificate) {
            (Some(key), Certificate::Shown) => {
                builder.with_client_auth_cert(self.ours.chain.clone(), key.clone_key()).map_err(
                    |error| failed(&format_args!("unable to load cert from key pair: {error}")),
                )
            }
            _ => Ok(builder.with_no_client_auth()),
        }
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<Verifier>, Error> {
        let pinned = match &self.trust {
            Trust::File(certificates) => certificates.clone(),
            Trust::System | Trust::Anybody => Vec::new(),
        };
        let mut roots = RootCertStore::empty();
        match &self.trust {
            Trust::System => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Trust::File(certificates) => {
                roots.add_parsable_certificates(certificates.iter().cloned());
            }
            Trust::Anybody => {}
        }
        let inner = match &self.trust {
            Trust::Anybody => None,
            Trust::System | Trust::File(_) if roots.is_empty() => None,
            _ => Some(
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                    .build()
                    .map_err(|error| Error::Tls(error.to_string()))?,
            ),
        };
        let believing = matches!(self.trust, Trust::Anybody);
        let belief = if believing { Belief::Blind } else { Belief::Proof };
        Ok(Arc::new(Verifier { provider: Arc::clone(provider), inner, pinned, belief }))
    }
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let bytes = fs::read(file).map_err(|error| {
        let (file, reason) = (file.display(), reason(&error));
        Error::Tls(format!("can't read CA file: {:?}: open {file}: {reason}", file.to_string()))
    })?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
    if found.is_empty() {
        return Err(Error::Tls("failed to append certificates from pem block".to_owned()));
    }
    Ok(found)
}

fn pair(cert: Option<&Path>, key: Option<&Path>) -> Result<Files, Error> {
    let read = |kind: &str, file: Option<&Path>| {
        let file = file.unwrap_or(Path::new(""));
        fs::read(file).map_err(|error| {
            let (shown, reason) = (file.display(), reason(&error));
            Error::Tls(format!(
                "unable to read {kind} file: {:?}: open {shown}: {reason}",
                shown.to_string()
            ))
        })
    };
    let (cert, key) = (read("cert", cert)?, read("key", key)?);
    let failed = |why: &str| Error::Tls(format!("unable to load cert from key pair: tls: {why}"));
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&cert).filter_map(Result::ok).collect();
    if chain.is_empty() {
        return Err(failed("failed to find any PEM data in certificate input"));
    }
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| failed("failed to find any PEM data in key input"))?;
    Ok(Files { chain, key: Some(key) })
}

/// Whether a server has to prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belief {
    Proof,
    Blind,
}

/// Go's rule (`x509.Certificate.Verify`): a chain to an authority, or the very certificate that
/// stands among the authorities.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    inner: Option<Arc<WebPkiServerVerifier>>,
    pinned: Vec<CertificateDer<'static>>,
    belief: Belief,
}

impl Verifier {
    fn is_pinned(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
        self.pinned.iter().any(|it| it.as_ref() == certificate.as_ref())
            && is_valid(certificate, now)
    }
}

/// Whether the time of the certificate has come and not gone.
fn is_valid(certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
    let Ok(parsed) = x509_cert::Certificate::from_der(certificate.as_ref()) else { return false };
    let validity = parsed.tbs_certificate().validity();
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
    (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&now.as_secs())
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.belief == Belief::Blind {
            return Ok(ServerCertVerified::assertion());
        }
        if self.is_pinned(end_entity, now) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        match &self.inner {
            Some(inner) => {
                inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

impl<In: Transport> Connector<In> for Tls {
    type Out = Either<In, Secured>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let other = |error: rustls::Error| ureq::Error::Other(Box::new(error));
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host)
            .map_err(|_| ureq::Error::Tls("the host is no name that a certificate could bear"))?;
        let config = self.config().map_err(|error| ureq::Error::Other(Box::new(error)))?;
        let mut connection = ClientConnection::new(Arc::new(config), name).map_err(other)?;
        let mut socket = TransportAdapter::new(transport.boxed(), details.current_time.clone());
        socket.set_timeout(details.timeout);
        connection.complete_io(&mut socket)?;
        let config = details.config;
        Ok(Some(Either::B(Secured {
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            stream: StreamOwned::new(connection, socket),
        })))
    }
}

/// A connection with TLS.
pub(super) struct Secured {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for Secured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secured")
    }
}

impl Transport for Secured {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = self.buffers.output();
        Ok(self.stream.write_all(output.get(..amount).unwrap_or_default())?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let count = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
