//! Who logs in, and which servers may know.

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use render::url::Url;

use crate::{options::Switch, settings::Secret};

/// How a server is entered. `Debug` shows no password.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// The URL whose server name and password are for: the repository's. Without it they are for
    /// the URL that is asked for.
    pub(crate) home: Option<String>,
    /// The user; nobody without a password, too, as in Helm.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: Secret,
    /// `--pass-credentials`: send them to whatever server the repository names, too. A redirect
    /// never counts.
    pub(crate) pass_credentials: Switch,
    /// The certificates that a server's must come from; the system's if there are none.
    pub(crate) ca_file: Option<PathBuf>,
    /// The client's certificate.
    pub(crate) cert_file: Option<PathBuf>,
    /// The client's key.
    pub(crate) key_file: Option<PathBuf>,
    /// Believe whoever answers.
    pub(crate) insecure: Switch,
    /// Ask by HTTP where HTTPS is written.
    pub(crate) plain_http: Switch,
}

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    pub(super) fn of(url: &Url) -> Self {
        let standard = if url.scheme() == "https" { 443 } else { 80 };
        Self {
            scheme: url.scheme().to_owned(),
            host: url.hostname().to_ascii_lowercase(),
            port: url.port().unwrap_or(standard),
        }
    }

    /// Whether `other` is here, or the same host's HTTPS instead of its HTTP.
    fn covers(&self, other: &Self) -> bool {
        let secured = |http: &Self, https: &Self| {
            (http.scheme.as_str(), http.port, https.scheme.as_str(), https.port)
                == ("http", 80, "https", 443)
        };
        self.host == other.host && (self == other || secured(self, other))
    }
}

/// What is carried along a chain of redirects, and to whom it may be shown.
#[derive(Clone)]
pub(super) struct Purse {
    /// `Authorization` headers, each with the servers that may see it.
    credentials: Vec<(Vec<Origin>, String)>,
    /// The servers that may see the client's certificate.
    trusted: Vec<Origin>,
    /// Where the chain is.
    here: Origin,
}

impl Purse {
    /// Begins at `url`, with Helm's rule (`httpgetter.go`): name and password go to the
    /// repository's own scheme, host and port, or to any with `--pass-credentials`; and so does the
    /// client's certificate, which Helm shows to anybody. What the URL itself says goes to its own
    /// server.
    pub(super) fn new(access: &Access, url: &Url) -> Self {
        let here = Origin::of(url);
        let home = access.home.as_deref().map(|home| Url::parse(home).map(|it| Origin::of(&it)));
        let home = match home {
            Some(Ok(home)) => Some(home),
            Some(Err(_)) => None,
            None => Some(here.clone()),
        };
        let mut trusted: Vec<Origin> = home.iter().cloned().collect();
        if access.pass_credentials.is_on() {
            trusted.push(here.clone());
        }
        let mut credentials = Vec::new();
        if !access.username.is_empty() && !access.password.0.is_empty() {
            credentials.push((trusted.clone(), basic(&access.username, &access.password.0)));
        }
        if let Some(user) = url.user() {
            let password = user.password.as_deref().unwrap_or_default();
            credentials.push((vec![here.clone()], basic(&user.name, password)));
        }
        Self { credentials, trusted, here }
    }

    /// Goes on to `url`, which a server named: it learns nothing that is not its own.
    pub(super) fn redirected(&mut self, url: &Url) {
        self.here = Origin::of(url);
    }

    /// Returns the header for `url`, if it may see one.
    pub(super) fn authorization(&self, url: &Url) -> Option<&str> {
        let origin = Origin::of(url);
        let mut fitting =
            self.credentials.iter().filter(|(whose, _)| whose.iter().any(|it| it.covers(&origin)));
        fitting.next().map(|(_, header)| header.as_str())
    }

    /// Whether the server where the chain is may see the client's certificate.
    pub(super) fn shows_certificate(&self) -> bool {
        self.trusted.iter().any(|it| it.covers(&self.here))
    }
}

/// RFC 7617.
fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn access() -> Access {
        Access {
            home: Some("https://charts.example/stable".to_owned()),
            username: "me".to_owned(),
            password: Secret("hunter2".to_owned()),
            ..Access::default()
        }
    }

    #[test]
    fn credentials_go_to_the_scheme_host_and_port_of_the_repository_only() {
        let sent = |to: &str| Purse::new(&access(), &url(to)).authorization(&url(to)).is_some();
        assert!(sent("https://charts.example/other/a.tgz"));
        assert!(sent("https://charts.example:443/a.tgz"));
        for foreign in [
            "http://charts.example/a.tgz",
            "https://charts.example:8443/a.tgz",
            "https://cdn.charts.example/a.tgz",
            "https://charts.example.evil.example/a.tgz",
        ] {
            assert!(!sent(foreign), "{foreign}");
        }
    }

    #[test]
    fn pass_credentials_sends_them_where_the_repository_points_but_not_where_a_redirect_does() {
        let access = Access { pass_credentials: Switch::On, ..access() };
        let cdn = url("https://cdn.example/a.tgz");
        let mut purse = Purse::new(&access, &cdn);
        // RFC 7617's form of me:hunter2.
        assert_eq!(purse.authorization(&cdn), Some("Basic bWU6aHVudGVyMg=="));
        let evil = url("https://evil.example/a.tgz");
        purse.redirected(&evil);
        assert_eq!(purse.authorization(&evil), None);
    }

    #[test]
    fn who_a_url_names_is_shown_to_its_server_and_to_its_https() {
        let start = url("http://me:hunter2@charts.example/index.yaml");
        let mut purse = Purse::new(&Access::default(), &start);
        assert!(purse.authorization(&start).is_some());
        for (next, seen) in [
            ("https://charts.example/index.yaml", true),
            ("http://charts.example:8080/index.yaml", false),
            ("https://charts.example:8443/index.yaml", false),
        ] {
            purse.redirected(&url(next));
            assert_eq!(purse.authorization(&url(next)).is_some(), seen, "{next}");
        }
    }

    #[test]
    fn a_foreign_server_does_not_see_the_clients_certificate() {
        let mut purse = Purse::new(&access(), &url("https://charts.example/index.yaml"));
        assert!(purse.shows_certificate());
        purse.redirected(&url("https://evil.example/index.yaml"));
        assert!(!purse.shows_certificate());
    }

    #[test]
    fn debug_shows_no_password() {
        assert!(!format!("{:?}", access()).contains("hunter2"));
    }
}
