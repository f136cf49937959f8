//! Sending a request until it is answered: one deadline, full jitter, a bounded number in flight.
//!
//! Knows when a second try is harmless; knows nothing of what is asked.

use std::{
    cell::{Cell, RefCell},
    error::Error as StdError,
    io,
    net::ToSocketAddrs as _,
    time::Duration,
};

use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use kube::{Client, client::Body};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout},
};

use super::{
    request::{Ask, Resend, Stamp},
    status,
};
use crate::cluster::ClusterError;

/// How patient the client is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For how long one operation of [`crate::Cluster`] is tried.
    pub deadline: Duration,
    /// How long one answer may take. An admission webhook may take 30 s by itself.
    pub answer: Duration,
    /// At most so many requests are under way at the same time.
    pub in_flight: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(60), answer: Duration::from_secs(35), in_flight: 16 }
    }
}

/// The first wait is somewhere between nothing and this.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// No wait is longer than this unless the server asks for it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The answer to a request, whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// The way to the server.
pub(super) struct Wire {
    client: Client,
    /// The server's URL, for messages.
    server: String,
    patience: Patience,
    permits: Semaphore,
    operation: RefCell<String>,
    number: Cell<u64>,
    /// Whether the server has answered yet: only then is a refused connection worth a second try.
    answered: Cell<bool>,
}

impl Wire {
    /// Returns a way through this client.
    pub(super) fn new(client: Client, server: String, patience: Patience) -> Self {
        Self {
            client,
            server,
            patience,
            permits: Semaphore::new(patience.in_flight),
            operation: RefCell::default(),
            number: Cell::new(0),
            answered: Cell::new(false),
        }
    }

    /// Names the operation that later requests belong to.
    pub(super) fn set_operation(&self, operation: &str) {
        operation.clone_into(&mut self.operation.borrow_mut());
        self.number.set(0);
    }

    /// Sends a request and reads its answer, again where that is harmless and may help.
    pub(super) async fn exchange(&self, ask: &Ask) -> Result<Reply, ClusterError> {
        let started = Instant::now();
        let mut ceiling = FIRST_WAIT;
        loop {
            let error = match self.attempt(ask).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if !self.is_worth_another(&error, ask.resend) {
                return Err(error);
            }
            let wait = match &error {
                ClusterError::Retryable { after: Some(asked), .. } => *asked + jitter(FIRST_WAIT),
                _ => jitter(ceiling),
            };
            if started.elapsed() + wait >= self.patience.deadline {
                return Err(error);
            }
            sleep(wait).await;
            ceiling = (ceiling * 2).min(LONGEST_WAIT);
        }
    }

    /// Returns whether to try again: nothing was done, or doing it twice is harmless.
    fn is_worth_another(&self, error: &ClusterError, resend: Resend) -> bool {
        match error {
            ClusterError::Retryable { .. } => true,
            ClusterError::Unreachable { .. } => self.answered.get(),
            ClusterError::Unknown { .. } => resend == Resend::Harmless && self.answered.get(),
            _ => false,
        }
    }

    async fn attempt(&self, ask: &Ask) -> Result<Reply, ClusterError> {
        let _permit = self.permits.acquire().await;
        let answer = async {
            let (parts, body) = self.open(ask).await?.into_parts();
            let body = body.collect().await.map_err(|error| cut_off(&error))?;
            Ok(Reply { headers: parts.headers, body: body.to_bytes().to_vec() })
        };
        let waited = timeout(self.patience.answer, answer).await;
        waited.unwrap_or_else(|_| {
            Err(ClusterError::Unknown {
                message: format!("no answer within {} s", self.patience.answer.as_secs()),
            })
        })
    }

    /// Sends a request once and returns its answer before the body is read.
    pub(super) async fn open(&self, ask: &Ask) -> Result<Response<Body>, ClusterError> {
        let number = self.number.get() + 1;
        self.number.set(number);
        let operation = self.operation.borrow().clone();
        let request = ask.to_request(Stamp { operation: &operation, number })?;
        let sent = self.client.send(request).await;
        let response = sent.map_err(|error| transport(&error, ask, &self.server))?;
        self.answered.set(true);
        let code = response.status().as_u16();
        if code < 400 {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = response.into_body().collect().await.map_err(|error| cut_off(&error))?;
        Err(status::error_of(code, &body.to_bytes(), &headers, ask.kind.as_ref()))
    }
}

/// Returns an error for an answer that broke off in the middle.
pub(super) fn cut_off(error: &(dyn StdError + 'static)) -> ClusterError {
    ClusterError::Unknown { message: innermost(error) }
}

/// Sorts out what happened to a connection: before anything was sent, or after.
fn transport(error: &kube::Error, ask: &Ask, server: &str) -> ClusterError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(link) = cause {
        let refused = link
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect);
        if refused {
            return ClusterError::Unreachable { message: unreachable(link, ask, server) };
        }
        cause = link.source();
    }
    match error {
        // The token, certificate or plugin of the kubeconfig failed: nothing was sent.
        kube::Error::Auth(auth) => ClusterError::Unreachable { message: auth.to_string() },
        error => ClusterError::Unknown { message: innermost(error) },
    }
}

/// Says that no connection came about as Go's HTTP client says it.
fn unreachable(error: &(dyn StdError + 'static), ask: &Ask, server: &str) -> String {
    let uri = server.parse::<http::Uri>().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    let port = uri.port_u16().unwrap_or(usual);
    let found = (host, port).to_socket_addrs().ok().and_then(|mut it| it.next());
    let address = found.map_or_else(|| format!("{host}:{port}"), |it| it.to_string());
    let mut kind = None;
    let mut cause = Some(error);
    while let Some(link) = cause {
        kind = link.downcast_ref::<io::Error>().map(io::Error::kind).or(kind);
        cause = link.source();
    }
    let why = innermost(error);
    let why = match kind {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("dial tcp {address}: connect: connection refused")
        }
        _ if why.starts_with("failed to lookup address") => {
            format!("dial tcp: lookup {host}: no such host")
        }
        _ if why.ends_with("UnknownIssuer") => {
            "tls: failed to verify certificate: x509: certificate signed by unknown authority"
                .to_owned()
        }
        // The client's own deadline for a connection.
        _ if why == "deadline has elapsed" => format!("dial tcp {address}: i/o timeout"),
        _ => why,
    };
    let verb = match ask.method.as_str() {
        "GET" => "Get",
        "POST" => "Post",
        "PUT" => "Put",
        "PATCH" => "Patch",
        _ => "Delete",
    };
    format!("{verb} \"{server}{}\": {why}", ask.path)
}

/// Returns the last link of a chain of errors: the one that says what happened.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Returns a random time below a ceiling ("full jitter"): clients that failed together come back
/// apart.
fn jitter(ceiling: Duration) -> Duration {
    let mut bytes = [0; 4];
    // Without randomness all that is lost is the spread.
    if getrandom::getrandom(&mut bytes).is_err() {
        return ceiling / 2;
    }
    ceiling.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}
