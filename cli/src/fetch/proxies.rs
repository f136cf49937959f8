//! Which proxy a request goes through: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, read as Go's
//! `httpproxy` reads them.

use std::{env, fmt, net::IpAddr};

use render::url::Url;

/// What the environment says of proxies. `Debug` does not show it: a proxy's URL may hold a
/// password.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    except: Vec<Exception>,
}

/// A word of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    /// `*`: everything.
    All,
    /// An address, perhaps with a port.
    Address(IpAddr, Option<u16>),
    /// A range of addresses: its base and how many bits count.
    Range(IpAddr, u8),
    /// A name and what is below it (`.name`: only that), perhaps with a port.
    Name { suffix: String, itself: bool, port: Option<u16> },
}

impl Proxies {
    /// Reads the environment. The lower-case names hold where the others are not set.
    pub(crate) fn read() -> Self {
        let text = |upper: &str, lower: &str| {
            let set = |name: &str| env::var(name).ok().filter(|it| !it.is_empty());
            set(upper).or_else(|| set(lower))
        };
        // A server's script gets a `Proxy:` header of its client's as HTTP_PROXY.
        let http = match env::var_os("REQUEST_METHOD") {
            Some(_) => None,
            None => text("HTTP_PROXY", "http_proxy"),
        };
        let https = text("HTTPS_PROXY", "https_proxy");
        Self::new(http, https, &text("NO_PROXY", "no_proxy").unwrap_or_default())
    }

    fn new(http: Option<String>, https: Option<String>, except: &str) -> Self {
        let except = except.split(',').filter_map(Exception::parse).collect();
        Self { http, https, except }
    }

    /// One proxy for everything.
    #[cfg(test)]
    pub(super) fn of_http(url: &str) -> Self {
        Self::new(Some(url.to_owned()), Some(url.to_owned()), "")
    }

    /// Returns the proxy's URL for a request. This machine itself is never asked through one.
    pub(super) fn of(&self, url: &Url) -> Option<&str> {
        let proxy = if url.scheme() == "https" { &self.https } else { &self.http };
        let proxy = proxy.as_deref()?;
        let host = url.hostname().to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        if host == "localhost" || address.is_some_and(|it| it.is_loopback()) {
            return None;
        }
        let port = url.port().unwrap_or(if url.scheme() == "https" { 443 } else { 80 });
        let excepted = self.except.iter().any(|it| it.covers(&host, address, port));
        (!excepted).then_some(proxy)
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies")
    }
}

impl Exception {
    fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        if word.is_empty() {
            return None;
        }
        if word == "*" {
            return Some(Self::All);
        }
        if let Some((base, bits)) = word.split_once('/')
            && let (Ok(base), Ok(bits)) = (base.parse(), bits.parse())
        {
            return Some(Self::Range(base, bits));
        }
        if let Ok(address) = word.trim_matches(['[', ']']).parse() {
            return Some(Self::Address(address, None));
        }
        let (name, port) = match word.rsplit_once(':') {
            Some((name, port)) => (name.to_owned(), Some(port.parse().ok()?)),
            None => (word, None),
        };
        if let Ok(address) = name.trim_matches(['[', ']']).parse() {
            return Some(Self::Address(address, port));
        }
        let name = name.strip_prefix('*').filter(|it| it.starts_with('.')).unwrap_or(&name);
        Some(match name.strip_prefix('.') {
            Some(_) => Self::Name { suffix: name.to_owned(), itself: false, port },
            None => Self::Name { suffix: format!(".{name}"), itself: true, port },
        })
    }

    fn covers(&self, host: &str, address: Option<IpAddr>, asked: u16) -> bool {
        let fits = |port: &Option<u16>| port.is_none_or(|port| port == asked);
        match self {
            Self::All => true,
            Self::Address(own, port) => address == Some(*own) && fits(port),
            Self::Range(base, bits) => address.is_some_and(|it| begins_alike(*base, it, *bits)),
            Self::Name { suffix, itself, port } => {
                let is_below = host.ends_with(suffix.as_str());
                let is_it = *itself && suffix.get(1..) == Some(host);
                (is_below || is_it) && fits(port)
            }
        }
    }
}

/// Whether two addresses of one kind have the same first bits.
fn begins_alike(one: IpAddr, other: IpAddr, bits: u8) -> bool {
    let wide = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, true),
        IpAddr::V6(address) => (address.to_bits(), false),
    };
    let ((one, short), (other, also_short)) = (wide(one), wide(other));
    let rest = 128_u32.saturating_sub(u32::from(bits));
    short == also_short && one.checked_shr(rest) == other.checked_shr(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_through(except: &str, url: &str) -> bool {
        let proxy = Some("http://proxy.example:3128".to_owned());
        Proxies::new(proxy.clone(), proxy, except).of(&Url::parse(url).unwrap()).is_some()
    }

    /// Expected: Go's own cases (`httpproxy`, `TestUseProxy`).
    #[test]
    fn exceptions_are_read_as_go_reads_them() {
        let except = "foobar.com, .barbaz.net, *.glob.example, 192.168.1.1, 192.168.1.2:81, \
                      10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, only.example:8080";
        for (url, through) in [
            ("http://localhost", false),
            ("http://127.0.0.1", false),
            ("http://127.0.0.2", false),
            ("http://[::1]", false),
            ("http://barbaz.net", true),
            ("http://www.barbaz.net", false),
            ("http://foobar.com", false),
            ("http://www.foobar.com", false),
            ("http://foofoobar.com", true),
            ("http://glob.example", true),
            ("http://a.glob.example", false),
            ("http://192.168.1.1", false),
            ("http://192.168.1.2", true),
            ("http://192.168.1.2:81", false),
            ("http://192.168.1.3", true),
            ("http://10.0.0.2", false),
            ("http://10.0.0.4", true),
            ("http://[2001:db8::52:0:1]", false),
            ("https://[2001:db8::52:0:2]", false),
            ("http://[2001:db8::52:0:2]", true),
            ("http://only.example:8080", false),
            ("http://only.example", true),
        ] {
            assert_eq!(goes_through(except, url), through, "{url}");
        }
        assert!(!goes_through("*", "http://anything.example"));
        assert!(goes_through("", "http://anything.example"));
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let proxies = Proxies::new(Some("http://h".to_owned()), None, "");
        assert_eq!(proxies.of(&Url::parse("http://a.example").unwrap()), Some("http://h"));
        assert_eq!(proxies.of(&Url::parse("https://a.example").unwrap()), None);
    }
}
