//! Why something could not be fetched, in the words of Helm's client (Go's `net/http`), and what
//! to do about it.

use std::io;

use render::url::Url;
use rustls::{AlertDescription, CertificateError};
use ureq::{Timeout, http::StatusCode};

/// What was wrong with a connection, as far as a hint needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The URL cannot be asked for.
    Url,
    /// Nobody is there, or nobody by that name.
    Unreachable,
    /// It takes too long.
    Slow,
    /// The connection ended.
    Broken,
    /// The server's certificate is not to be believed.
    Untrusted,
    /// The server wants a client's certificate, or another one.
    Unproven,
    /// What answers speaks no TLS.
    Plain,
    /// A proxy refused.
    Proxy,
    /// Something else.
    Other,
}

/// Why something could not be fetched. The messages are Helm's; they show no user of a URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The text is no URL.
    #[error("invalid chart URL format: {reason}")]
    Url {
        /// Go's reason.
        reason: String,
    },
    /// Another status than 200.
    #[error("failed to fetch {url} : {status}")]
    Status {
        /// What was asked for, before any redirect.
        url: String,
        /// The number.
        code: u16,
        /// Number and words.
        status: String,
    },
    /// There was no answer.
    #[error("Get {url:?}: {reason}")]
    Transport {
        /// The hop that failed.
        url: String,
        /// Go's reason.
        reason: String,
        /// What kind of reason that is.
        trouble: Trouble,
    },
    /// A chain of redirects has no end.
    #[error("Get {url:?}: stopped after 10 redirects")]
    Redirects {
        /// Where the chain was.
        url: String,
    },
    /// The body ended early.
    #[error("unexpected EOF")]
    Cut {
        /// Who broke off.
        url: String,
        /// How many bytes came.
        got: u64,
        /// How many were announced.
        announced: Option<u64>,
    },
    /// The body did not end in time.
    #[error(
        "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
    )]
    Stalled {
        /// Who is stuck.
        url: String,
        /// How many bytes came.
        got: u64,
        /// How many were announced.
        announced: Option<u64>,
    },
    /// The body is larger than is taken.
    #[error("{url} is larger than the maximum size {limit}")]
    TooLarge {
        /// Whose body it is.
        url: String,
        /// The most that is taken, in bytes.
        limit: u64,
    },
    /// The files with certificates cannot be used.
    #[error("can't create TLS config for client: {0}")]
    Tls(String),
}

impl Error {
    /// Returns what to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Status { code: 401 | 407, .. } => Some(
                "the server wants to know who asks: give --username and --password (to `repo add` \
                 for a repository)"
                    .to_owned(),
            ),
            Self::Status { code: 403, .. } => {
                Some("the server knows who asks and refuses".to_owned())
            }
            Self::Status { code: 404, url, .. } if url.ends_with("/index.yaml") => Some(
                "a repository is the folder that has index.yaml in it, without the file's name"
                    .to_owned(),
            ),
            Self::Status { .. } | Self::Url { .. } | Self::Tls(_) => None,
            Self::Transport { trouble, .. } => trouble.hint().map(str::to_owned),
            Self::Redirects { .. } => {
                Some("the server sends us in circles; nothing was taken".to_owned())
            }
            Self::Cut { url, got, announced } => {
                Some(format!("{url} sent {}, then broke off", amount(*got, *announced)))
            }
            Self::Stalled { url, got, announced } => Some(format!(
                "{url} sent {}, then nothing more came in time; --timeout gives it longer",
                amount(*got, *announced)
            )),
            Self::TooLarge { .. } => Some("nothing was kept of it".to_owned()),
        }
    }
}

impl Trouble {
    fn hint(self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable => {
                "is the address right, and is there a proxy to go through (HTTPS_PROXY)?"
            }
            Self::Slow => "the server takes too long; --timeout gives it longer",
            Self::Broken => "the server broke the connection off; try again",
            Self::Untrusted => {
                "--ca-file names the certificate authority that it comes from; \
                 --insecure-skip-tls-verify believes anybody"
            }
            Self::Unproven => {
                "--cert-file and --key-file name the certificate that proves who asks"
            }
            Self::Plain => "the server speaks HTTP there: write http:// instead of https://",
            Self::Proxy => "the proxy in HTTPS_PROXY or HTTP_PROXY refused; NO_PROXY goes past it",
            Self::Url | Self::Other => return None,
        })
    }
}

fn amount(got: u64, announced: Option<u64>) -> String {
    match announced {
        Some(all) => format!("{got} of {all} bytes"),
        None => format!("{got} bytes"),
    }
}

/// A body that ended early.
pub(super) fn cut_off(url: &Url, got: u64, announced: Option<u64>) -> Error {
    Error::Cut { url: url.shown(), got, announced }
}

/// A body that does not end.
pub(super) fn stalled(url: &Url, got: u64, announced: Option<u64>) -> Error {
    Error::Stalled { url: url.shown(), got, announced }
}

/// `404 Not Found`.
pub(super) fn go_status(code: u16) -> String {
    let words = StatusCode::from_u16(code).ok().and_then(|it| it.canonical_reason());
    format!("{code} {}", words.unwrap_or_default()).trim_end().to_owned()
}

/// Says in Go's words why there was no answer.
pub(super) fn trouble(url: &Url, error: &ureq::Error) -> Error {
    let (reason, trouble) = reason(url, error);
    Error::Transport { url: url.shown(), reason, trouble }
}

fn reason(url: &Url, error: &ureq::Error) -> (String, Trouble) {
    let standard = if url.scheme() == "https" { 443 } else { 80 };
    let place = format!("{}:{}", url.hostname(), url.port().unwrap_or(standard));
    match error {
        ureq::Error::Io(error) => from_io(url, &place, error),
        ureq::Error::HostNotFound => {
            (format!("dial tcp: lookup {}: no such host", url.hostname()), Trouble::Unreachable)
        }
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            (format!("dial tcp {place}: i/o timeout"), Trouble::Slow)
        }
        ureq::Error::Timeout(_) => (
            "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned(),
            Trouble::Slow,
        ),
        ureq::Error::ConnectProxyFailed(reason) => {
            (format!("proxyconnect tcp: {reason}"), Trouble::Proxy)
        }
        ureq::Error::LargeResponseHeader(..) => (
            "net/http: server response headers exceeded the limit; aborted".to_owned(),
            Trouble::Other,
        ),
        ureq::Error::Protocol(error) => {
            (format!("net/http: malformed HTTP response: {error}"), Trouble::Other)
        }
        ureq::Error::Other(inner) => match inner.downcast_ref::<rustls::Error>() {
            Some(error) => from_tls(url, error),
            None => (inner.to_string(), Trouble::Other),
        },
        error => (error.to_string(), Trouble::Other),
    }
}

fn from_io(url: &Url, place: &str, error: &io::Error) -> (String, Trouble) {
    let inner = error.get_ref();
    if let Some(error) = inner.and_then(|it| it.downcast_ref::<rustls::Error>()) {
        return from_tls(url, error);
    }
    if let Some(error) = inner.and_then(|it| it.downcast_ref::<ureq::Error>()) {
        return reason(url, error);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            (format!("dial tcp {place}: connect: connection refused"), Trouble::Unreachable)
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            (format!("dial tcp {place}: connect: no route to host"), Trouble::Unreachable)
        }
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            (format!("dial tcp {place}: i/o timeout"), Trouble::Slow)
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            ("read: connection reset by peer".to_owned(), Trouble::Broken)
        }
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionAborted => {
            ("EOF".to_owned(), Trouble::Broken)
        }
        _ if error.to_string().contains("failed to lookup address") => {
            (format!("dial tcp: lookup {}: no such host", url.hostname()), Trouble::Unreachable)
        }
        _ => (error.to_string(), Trouble::Other),
    }
}

fn from_tls(url: &Url, error: &rustls::Error) -> (String, Trouble) {
    let untrusted =
        |why: &str| (format!("tls: failed to verify certificate: x509: {why}"), Trouble::Untrusted);
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::UnknownIssuer => untrusted("certificate signed by unknown authority"),
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => {
                untrusted("certificate has expired or is not yet valid")
            }
            CertificateError::NotValidForName => {
                untrusted(&format!("certificate is not valid for {}", url.hostname()))
            }
            CertificateError::NotValidForNameContext { presented, .. } => {
                untrusted(&wrong_name(url.hostname(), presented))
            }
            error => untrusted(&error.to_string()),
        },
        rustls::Error::AlertReceived(alert) => {
            let trouble = match alert {
                AlertDescription::CertificateRequired
                | AlertDescription::BadCertificate
                | AlertDescription::UnknownCA
                | AlertDescription::CertificateUnknown
                | AlertDescription::HandshakeFailure
                | AlertDescription::AccessDenied => Trouble::Unproven,
                _ => Trouble::Other,
            };
            (format!("remote error: tls: {}", alert_words(*alert)), trouble)
        }
        rustls::Error::InvalidMessage(_) => {
            ("http: server gave HTTP response to HTTPS client".to_owned(), Trouble::Plain)
        }
        error => (format!("tls: {error}"), Trouble::Other),
    }
}

/// Go's words for a certificate of somebody else, from `DnsName("a")`s.
fn wrong_name(host: &str, presented: &[String]) -> String {
    let names: Vec<&str> =
        presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name)).collect();
    match names.as_slice() {
        [] => format!("certificate is not valid for any names, but wanted to match {host}"),
        names => format!("certificate is valid for {}, not {host}", names.join(", ")),
    }
}

/// Go's words for an alert (`crypto/tls/alert.go`): rustls' name of it, in lower case.
fn alert_words(alert: AlertDescription) -> String {
    if alert == AlertDescription::UnknownCA {
        return "unknown certificate authority".to_owned();
    }
    if alert == AlertDescription::CertificateUnknown {
        return "unknown certificate".to_owned();
    }
    let mut words = String::new();
    for char in format!("{alert:?}").chars() {
        if char.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(char.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: Go's `alertText`.
    #[test]
    fn an_alert_is_told_in_the_words_of_go() {
        assert_eq!(alert_words(AlertDescription::CertificateRequired), "certificate required");
        assert_eq!(alert_words(AlertDescription::HandshakeFailure), "handshake failure");
        assert_eq!(alert_words(AlertDescription::UnknownCA), "unknown certificate authority");
    }

    /// Expected: what helm 4.3.1 says of a server that is not there.
    #[test]
    fn a_refused_connection_is_told_in_the_words_of_helm() {
        let url = Url::parse("http://me:pw@127.0.0.1:1/index.yaml").unwrap();
        let error = ureq::Error::Io(io::ErrorKind::ConnectionRefused.into());
        assert_eq!(
            trouble(&url, &error).to_string(),
            "Get \"http://127.0.0.1:1/index.yaml\": dial tcp 127.0.0.1:1: connect: connection refused"
        );
    }

    #[test]
    fn a_certificate_for_another_name_is_told_in_the_words_of_go() {
        let presented =
            vec!["DnsName(\"a.example\")".to_owned(), "DnsName(\"b.example\")".to_owned()];
        assert_eq!(
            wrong_name("c.example", &presented),
            "certificate is valid for a.example, b.example, not c.example"
        );
    }
}
