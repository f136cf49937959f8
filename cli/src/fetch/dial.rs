//! How a server is reached: directly, by a tunnel through a proxy, or by asking a proxy to ask it.

use render::url::Url;
use ureq::{
    Agent, Proxy,
    config::Config,
    unversioned::{
        resolver::DefaultResolver,
        transport::{Connector as _, DefaultConnector},
    },
};

use super::{
    TO_CONNECT, TO_STALL,
    access::{Access, Purse},
    error::{Error, Trouble},
    forward::{Forward, ToProxy},
    tls::Tls,
};

/// A way to a server, with or without the client's certificate.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Route {
    way: Way,
    certificate: Certificate,
}

#[derive(Clone, PartialEq, Eq)]
enum Way {
    Direct,
    /// `CONNECT` (RFC 9110, 9.3.6), or SOCKS.
    Tunnel(Proxy),
    /// The proxy is sent the whole URL (RFC 9112, 3.2.2), as Go does for HTTP.
    Forwarded(Proxy),
}

/// Whether the client shows who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Certificate {
    Shown,
    Hidden,
}

impl Route {
    /// Chooses the way.
    ///
    /// # Errors
    ///
    /// Fails on a proxy that is none.
    pub(super) fn to(url: &Url, proxies: &super::Proxies, purse: &Purse) -> Result<Self, Error> {
        let certificate =
            if purse.shows_certificate() { Certificate::Shown } else { Certificate::Hidden };
        let Some(text) = proxies.of(url) else {
            return Ok(Self { way: Way::Direct, certificate });
        };
        let wrong = |_| Error::Transport {
            url: url.shown(),
            reason: format!("proxyconnect tcp: invalid proxy address {:?}", super::shown(text)),
            trouble: Trouble::Proxy,
        };
        let proxy = Proxy::new(text).map_err(wrong)?;
        let speaks_http = proxy.protocol() == ureq::ProxyProtocol::Http;
        let way = if url.scheme() == "http" && speaks_http {
            Way::Forwarded(proxy)
        } else {
            Way::Tunnel(proxy)
        };
        Ok(Self { way, certificate })
    }

    /// Returns an agent that goes this way.
    ///
    /// # Errors
    ///
    /// Fails on certificates that cannot be used.
    pub(super) fn agent(&self, access: &Access) -> Result<Agent, Error> {
        let proxy = match &self.way {
            Way::Tunnel(proxy) => Some(proxy.clone()),
            Way::Direct | Way::Forwarded(_) => None,
        };
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("rutter/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(TO_CONNECT))
            .timeout_per_read(Some(TO_STALL))
            // A server may close a connection that was kept just as it is used again.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .proxy(proxy)
            .build();
        let tls = Tls::new(access, self.certificate)?;
        Ok(match &self.way {
            Way::Forwarded(proxy) => Agent::with_parts(
                config,
                DefaultConnector::new().chain(Forward::new(proxy)),
                ToProxy::new(proxy),
            ),
            Way::Direct | Way::Tunnel(_) => Agent::with_parts(
                config,
                DefaultConnector::new().chain(tls),
                DefaultResolver::default(),
            ),
        })
    }
}
