//! A web server of a test's own: a folder over HTTP or HTTPS on loopback, that remembers what it
//! was asked.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};

/// A server that runs until the test ends.
pub(crate) struct Web {
    address: String,
    scheme: &'static str,
    site: Arc<Mutex<Site>>,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What a server does.
#[derive(Default)]
pub(crate) struct Site {
    /// Where its files are.
    pub(crate) folder: PathBuf,
    /// The only `Authorization` that is let in.
    pub(crate) login: Option<String>,
    /// Where a tunnel ends, whoever is asked for: it is a proxy then.
    pub(crate) tunnel: Option<String>,
    /// What is answered in place of a file, as it is sent: path to bytes.
    pub(crate) answers: BTreeMap<String, Vec<u8>>,
}

/// The certificates of a small world: one authority, a server's and a client's.
pub(crate) struct Authority {
    /// The authority's, as PEM.
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
    der: CertificateDer<'static>,
    key_der: PrivateKeyDer<'static>,
}

impl Web {
    /// Serves a folder.
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self::start(folder.into(), None)
    }

    /// Serves a folder by HTTPS; clients must come from `clients`, if it is there.
    pub(crate) fn with_tls(
        folder: impl Into<PathBuf>,
        identity: &Identity,
        clients: Option<&Authority>,
    ) -> Self {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                let pem = authority.pem.as_bytes();
                let der = rustls::pki_types::pem::PemObject::from_pem_slice(pem).unwrap();
                roots.add(der).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let chain = vec![identity.der.clone()];
        let config = builder.with_single_cert(chain, identity.key_der.clone_key()).unwrap();
        Self::start(folder.into(), Some(Arc::new(config)))
    }

    fn start(folder: PathBuf, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let site = Arc::new(Mutex::new(Site { folder, ..Site::default() }));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (sites, heard) = (Arc::clone(&site), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (site, asked, tls) = (Arc::clone(&sites), Arc::clone(&heard), tls.clone());
                thread::spawn(move || serve(stream, tls, &site, &asked));
            }
        });
        Self { address, scheme, site, asked }
    }

    /// The URL of a path that begins with `/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// Its address and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Changes what it does.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Site)) {
        change(&mut self.site.lock().unwrap());
    }

    /// What was asked since the last look: heads of requests.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// `Authorization` of RFC 7617.
pub(crate) fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let word = format!("{user}:{password}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(word))
}

fn serve(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    site: &Mutex<Site>,
    asked: &Mutex<Vec<String>>,
) {
    let tunnel = site.lock().unwrap().tunnel.clone();
    match tls {
        None if tunnel.is_some() => connect(stream, &tunnel.unwrap(), asked),
        None => answer(stream, site, asked),
        Some(config) => {
            let connection = ServerConnection::new(config).unwrap();
            answer(StreamOwned::new(connection, stream), site, asked);
        }
    }
}

/// Answers one request and closes the connection. A client that leaves is no failure of ours.
fn answer(mut stream: impl Read + Write, site: &Mutex<Site>, asked: &Mutex<Vec<String>>) {
    let Some(head) = head(&mut stream) else { return };
    let reply = reply(&head, &site.lock().unwrap());
    asked.lock().unwrap().push(head);
    let _ = stream.write_all(&reply);
    let _ = stream.flush();
}

/// Reads the head of a request, unless the client leaves.
fn head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8(head).unwrap())
}

/// Answers `CONNECT` with a tunnel.
fn connect(mut client: TcpStream, to: &str, asked: &Mutex<Vec<String>>) {
    let Some(head) = head(&mut client) else { return };
    asked.lock().unwrap().push(head);
    let mut server = TcpStream::connect(to).unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let (mut from, mut back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Write);
    });
    let _ = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(std::net::Shutdown::Both);
}

fn reply(head: &str, site: &Site) -> Vec<u8> {
    let header = |name: &str| {
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let target = head.split(' ').nth(1).unwrap_or_default();
    let path = target.strip_prefix("http://").map_or(target, |rest| {
        // A proxy is asked for whole URLs.
        rest.find('/').map_or("/", |at| &rest[at..])
    });
    let status = |line: &str, extra: &str| {
        format!("HTTP/1.1 {line}\r\nConnection: close\r\nContent-Length: 0\r\n{extra}\r\n")
            .into_bytes()
    };
    if site.login.is_some() && header("authorization") != site.login {
        return status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"charts\"\r\n");
    }
    if let Some(answer) = site.answers.get(path) {
        return answer.clone();
    }
    let Ok(body) = fs::read(site.folder.join(path.trim_start_matches('/'))) else {
        return status("404 Not Found", "");
    };
    // Any word that changes with the content will do.
    let sum = body.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
    let tag = format!("\"{sum:x}\"");
    if header("if-none-match").is_some_and(|known| known == tag) {
        return status("304 Not Modified", &format!("ETag: {tag}\r\n"));
    }
    let length = body.len();
    let mut reply = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: {tag}\r\nContent-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    reply.extend(body);
    reply
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "an authority of a test");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Makes a certificate for a name or an address.
    pub(crate) fn identity(&self, name: &str) -> Identity {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(&certificate, &key)
    }
}

impl Identity {
    /// A certificate that nobody vouches for, marked as an authority, as `openssl req -x509` makes
    /// it.
    pub(crate) fn self_signed(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self::new(&params.self_signed(&key).unwrap(), &key)
    }

    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
            key_der: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

/// All files below a folder with their content.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}
