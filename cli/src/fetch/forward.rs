//! HTTP through an HTTP proxy: the proxy is sent the whole URL (RFC 9112, 3.2.2). The HTTP crate
//! knows tunnels only, which many proxies refuse for HTTP.

use std::{
    fmt,
    io::{Read as _, Write as _},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ureq::{
    Error, Proxy,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{
            Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
            TransportAdapter,
        },
    },
};

/// Finds the proxy's address, whoever is asked for.
#[derive(Debug)]
pub(super) struct ToProxy {
    proxy: Uri,
    inner: DefaultResolver,
}

impl ToProxy {
    pub(super) fn new(proxy: &Proxy) -> Self {
        Self { proxy: proxy.uri().clone(), inner: DefaultResolver::default() }
    }
}

impl Resolver for ToProxy {
    fn resolve(
        &self,
        _uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.inner.resolve(&self.proxy, config, timeout)
    }
}

/// Makes connections on which requests name their server.
pub(super) struct Forward {
    /// The proxy's `Proxy-Authorization`, as a line.
    login: String,
}

impl Forward {
    pub(super) fn new(proxy: &Proxy) -> Self {
        let login = match (proxy.username(), proxy.password()) {
            (None, None) => String::new(),
            (user, password) => {
                let (user, password) = (user.unwrap_or_default(), password.unwrap_or_default());
                let word = STANDARD.encode(format!("{user}:{password}"));
                format!("Proxy-Authorization: Basic {word}\r\n")
            }
        };
        Self { login }
    }
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forward")
    }
}

impl<In: Transport> Connector<In> for Forward {
    type Out = Forwarding;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Forwarding>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        let authority = details.uri.authority().map(ToString::to_string).unwrap_or_default();
        let config = details.config;
        Ok(Some(Forwarding {
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            stream: TransportAdapter::new(transport.boxed(), details.current_time.clone()),
            server: format!("http://{authority}"),
            login: self.login.clone(),
        }))
    }
}

/// A connection to a proxy.
pub(super) struct Forwarding {
    buffers: LazyBuffers,
    stream: TransportAdapter,
    server: String,
    login: String,
}

impl fmt::Debug for Forwarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarding").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Transport for Forwarding {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.set_timeout(timeout);
        let output = self.buffers.output();
        let output = output.get(..amount).unwrap_or_default();
        // We send requests without bodies, so what begins so is the beginning of a request.
        let line_end = output.windows(2).position(|pair| pair == b"\r\n");
        match (output.strip_prefix(b"GET "), line_end) {
            (Some(_), Some(end)) => {
                let (line, rest) = output.split_at(end + 2);
                let target = line.get(4..).unwrap_or_default();
                let head = [b"GET ", self.server.as_bytes(), target, self.login.as_bytes()];
                self.stream.write_all(&head.concat())?;
                self.stream.write_all(rest)?;
            }
            _ => self.stream.write_all(output)?,
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.set_timeout(timeout);
        let count = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().is_open()
    }
}
