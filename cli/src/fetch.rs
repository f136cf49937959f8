//! Files from HTTP and HTTPS servers: indexes and archives, within limits, with a few chosen
//! credentials, and errors that begin as Helm's do.
//!
//! Redirects are followed here and not by the HTTP crate, so that each hop is asked whether it may
//! see credentials: they belong to one scheme, host and port (see [`Access`]). No error, log line or
//! `Debug` shows them, nor the user of a URL.

mod access;
mod body;
mod dial;
mod error;
mod forward;
mod proxies;
mod tls;

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use render::url::Url;
use ureq::{
    Agent,
    http::{HeaderValue, header},
};

pub(crate) use self::{
    access::Access,
    error::{Error, Trouble},
    proxies::Proxies,
};
use self::{
    access::Purse,
    dial::Route,
    error::{go_status, trouble},
};
use crate::options::Switch;

/// How many requests a chain of redirects may take, as in Go.
const LONGEST_CHAIN: usize = 10;

/// How long a connection may take to come up, names and TLS included.
const TO_CONNECT: Duration = Duration::from_secs(30);

/// How long a server may be silent before it counts as stuck.
const TO_STALL: Duration = Duration::from_secs(30);

/// How long everything may take: Helm's default of `--timeout`.
pub(crate) const TO_FINISH: Duration = Duration::from_secs(120);

/// The largest index that is taken, in bytes: what is read of one.
pub(crate) const LARGEST_INDEX: u64 = render::index::LIMIT as u64;

/// The largest archive that is taken, in bytes: no more than a chart may unpack to.
pub(crate) const LARGEST_ARCHIVE: u64 = 100 * 1024 * 1024;

/// What is asked of a server.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    /// The place.
    pub(crate) url: &'a str,
    /// The most bytes that are taken.
    pub(crate) limit: u64,
    /// The value of `Accept`.
    pub(crate) accept: Option<&'a str>,
    /// What is known of the place already: if it still holds, the answer is
    /// [`Answer::Unchanged`].
    pub(crate) known: Option<&'a Version>,
    /// How progress is called on a terminal; none is shown without it.
    pub(crate) label: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Asks for an index.
    pub(crate) fn index(url: &'a str) -> Self {
        Self { url, limit: LARGEST_INDEX, accept: None, known: None, label: None }
    }

    /// Asks for an archive.
    pub(crate) fn archive(url: &'a str) -> Self {
        let accept = Some("application/gzip,application/octet-stream");
        Self { url, limit: LARGEST_ARCHIVE, accept, known: None, label: None }
    }
}

/// Which version of a place one has (RFC 9110, 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Version {
    /// The `ETag`, quotes included.
    pub(crate) etag: Option<String>,
    /// `Last-Modified` as it was written.
    pub(crate) modified: Option<String>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The content.
    Content(Content),
    /// What was known still holds.
    Unchanged,
}

/// The content of a place.
#[derive(Debug)]
pub(crate) struct Content {
    /// All of it.
    pub(crate) bytes: Vec<u8>,
    /// Which version it is, as far as the server says.
    pub(crate) version: Version,
    /// Whether the server said how much it is.
    pub(crate) length: Length,
}

/// Whether the end of a body could be told from a connection that broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// All of it came.
    Known,
    /// It ended with the connection.
    Unknown,
}

/// A client of one repository, or of one URL.
pub(crate) struct Client {
    access: Access,
    proxies: Rc<Proxies>,
    /// One for each way that was gone, so that certificates are read once.
    agents: RefCell<Vec<(Route, Agent)>>,
    timeout: Duration,
}

impl Client {
    /// Opens nothing.
    pub(crate) fn new(access: Access, proxies: &Proxies) -> Self {
        let proxies = Rc::new(proxies.clone());
        Self { access, proxies, agents: RefCell::default(), timeout: TO_FINISH }
    }

    /// Gives everything `timeout` to end; zero is no limit, as in Go.
    #[must_use]
    pub(crate) fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Asks for a place whatever is known of it.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub(crate) fn content(&self, request: &Request<'_>) -> Result<Content, Error> {
        match self.get(&Request { known: None, ..request.clone() })? {
            Answer::Content(content) => Ok(content),
            // Nothing was said to be known, so no server may say this.
            Answer::Unchanged => {
                Err(Error::Status { url: shown(request.url), code: 304, status: go_status(304) })
            }
        }
    }

    /// Asks for a place, following redirects.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub(crate) fn get(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let deadline = (!self.timeout.is_zero()).then(|| Instant::now() + self.timeout);
        let mut url = self.parsed(request.url)?;
        let mut purse = Purse::new(&self.access, &url);
        for _ in 0..LONGEST_CHAIN {
            let mut response = self.send(&url, &purse, request, deadline)?;
            let code = response.status().as_u16();
            match code {
                200 => {
                    let bytes = body::read(&mut response, &url, request)?;
                    let (version, length) = (version(&response), length(&response));
                    return Ok(Answer::Content(Content { bytes, version, length }));
                }
                304 if request.known.is_some() => return Ok(Answer::Unchanged),
                _ => {}
            }
            let location = response.headers().get(header::LOCATION).map(HeaderValue::as_bytes);
            let Some(location) = location.filter(|_| matches!(code, 301..=303 | 307 | 308)) else {
                return Err(Error::Status {
                    url: shown(request.url),
                    code,
                    status: go_status(code),
                });
            };
            let next = String::from_utf8_lossy(location).into_owned();
            url = followed(&url, &next)?;
            purse.redirected(&url);
        }
        Err(Error::Redirects { url: url.shown() })
    }

    /// Reads a URL, with Go's complaints about what is none.
    fn parsed(&self, text: &str) -> Result<Url, Error> {
        let url = Url::parse(text).map_err(|error| Error::Url { reason: error.reason })?;
        known_scheme(&url)?;
        Ok(match (self.access.plain_http, url.scheme()) {
            (Switch::On, "https") => url.with_scheme("http"),
            _ => url,
        })
    }

    fn send(
        &self,
        url: &Url,
        purse: &Purse,
        request: &Request<'_>,
        deadline: Option<Instant>,
    ) -> Result<ureq::http::Response<ureq::Body>, Error> {
        let failed = |error: &ureq::Error| trouble(url, error);
        let agent = self.agent(url, purse)?;
        let bare = format!("{}://{}{}", url.scheme(), url.host(), url.target());
        let mut call = agent.get(bare).config().timeout_global(left(url, deadline)?).build();
        if let Some(accept) = request.accept {
            call = call.header(header::ACCEPT, accept);
        }
        if let Some(authorization) = purse.authorization(url) {
            call = call.header(header::AUTHORIZATION, authorization);
        }
        if let Some(known) = request.known {
            if let Some(etag) = &known.etag {
                call = call.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(modified) = &known.modified {
                call = call.header(header::IF_MODIFIED_SINCE, modified);
            }
        }
        call.call().map_err(|error| failed(&error))
    }

    /// Returns an agent for the way to `url`, made once.
    fn agent(&self, url: &Url, purse: &Purse) -> Result<Agent, Error> {
        let route = Route::to(url, &self.proxies, purse)?;
        let mut agents = self.agents.borrow_mut();
        if let Some((_, agent)) = agents.iter().find(|(it, _)| *it == route) {
            return Ok(agent.clone());
        }
        let agent = route.agent(&self.access)?;
        agents.push((route, agent.clone()));
        Ok(agent)
    }
}

/// Refuses files with certificates that cannot be used.
///
/// # Errors
///
/// [`Error::Tls`].
pub(crate) fn check_files(access: &Access) -> Result<(), Error> {
    tls::Tls::new(access, dial::Certificate::Shown).map(|_| ())
}

/// The URL without who logs in, for messages; a text that is none loses what stands before `@`.
pub(crate) fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) if parsed.user().is_none() => url.to_owned(),
        Ok(parsed) => parsed.shown(),
        Err(_) => match (url.split_once("://"), url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
            _ => url.to_owned(),
        },
    }
}

fn known_scheme(url: &Url) -> Result<(), Error> {
    match url.scheme() {
        "http" | "https" if !url.host().is_empty() => Ok(()),
        "http" | "https" => Err(Error::Transport {
            url: url.shown(),
            reason: "http: no Host in request URL".to_owned(),
            trouble: Trouble::Url,
        }),
        scheme => Err(Error::Transport {
            url: url.shown(),
            reason: format!("unsupported protocol scheme {scheme:?}"),
            trouble: Trouble::Url,
        }),
    }
}

/// Returns where a redirect leads.
fn followed(from: &Url, location: &str) -> Result<Url, Error> {
    let target = Url::parse(location).map_err(|error| Error::Transport {
        url: from.shown(),
        reason: format!("failed to parse Location header: {}", error.reason),
        trouble: Trouble::Url,
    })?;
    let url = from.resolve(&target);
    known_scheme(&url)?;
    Ok(url)
}

/// Returns how much of the time is left.
fn left(url: &Url, deadline: Option<Instant>) -> Result<Option<Duration>, Error> {
    let Some(deadline) = deadline else { return Ok(None) };
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(trouble(url, &ureq::Error::Timeout(ureq::Timeout::Global)));
    }
    Ok(Some(left))
}

fn length(response: &ureq::http::Response<ureq::Body>) -> Length {
    let says = |name| response.headers().contains_key(name);
    // A body in chunks has an end of its own.
    let known = says(header::CONTENT_LENGTH) || says(header::TRANSFER_ENCODING);
    if known { Length::Known } else { Length::Unknown }
}

fn version(response: &ureq::http::Response<ureq::Body>) -> Version {
    let text = |name| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    Version { etag: text(header::ETAG), modified: text(header::LAST_MODIFIED) }
}

#[cfg(test)]
mod tests;
