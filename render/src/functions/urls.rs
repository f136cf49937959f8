//! URLs in pieces (sprig's `url.go` on Go's `net/url`).

use std::fmt::Write;

use rutter_gotmpl::{Fault, Functions, Map, Value, quote};

use super::{
    print::kind_name,
    signature::{Define, Text},
};

pub(super) fn add(functions: &mut Functions) {
    functions.one("urlParse", |text: Text| {
        let url = Url::parse(&text.text())
            .map_err(|error| Fault::new(format!("unable to parse url: {error}")))?;
        Ok::<_, Fault>(url.into_map())
    });
    functions.one("urlJoin", |map: Map| join(&map));
}

/// Go's `url.URL`, its parts decoded where Go decodes them.
#[derive(Debug, Default)]
struct Url {
    scheme: String,
    opaque: String,
    user: Option<User>,
    host: String,
    path: String,
    /// The path as it was written, if that is not how Go would write it.
    raw_path: String,
    query: String,
    /// Whether there was a `?` with nothing after it.
    force_query: bool,
    fragment: String,
}

#[derive(Debug)]
struct User {
    name: String,
    password: Option<String>,
}

/// Where in a URL a text stands; each place escapes other characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

impl Url {
    fn parse(text: &str) -> Result<Self, String> {
        let failed = |error: String| format!("parse {}: {error}", quote(text.as_bytes()));
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut url = Self::without_fragment(before)
            .map_err(|error| format!("parse {}: {error}", quote(before.as_bytes())))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(failed)?;
        Ok(url)
    }

    fn without_fragment(text: &str) -> Result<Self, String> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Self::default();
        if text == "*" {
            "*".clone_into(&mut url.path);
            return Ok(url);
        }
        let (scheme, mut rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        if rest.ends_with('?') && rest.matches('?').count() == 1 {
            url.force_query = true;
            rest = rest.strip_suffix('?').unwrap_or(rest);
        } else if let Some((before, query)) = rest.split_once('?') {
            (rest, url.query) = (before, query.to_owned());
        }
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            let segment = rest.split('/').next().unwrap_or_default();
            if segment.contains(':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let has_authority = !url.scheme.is_empty() || !rest.starts_with("///");
        if has_authority && let Some(after) = rest.strip_prefix("//") {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at(end);
            url.set_authority(authority)?;
            rest = path;
        }
        url.set_path(rest)?;
        Ok(url)
    }

    fn set_path(&mut self, raw: &str) -> Result<(), String> {
        self.path = unescape(raw, Part::Path)?;
        if escape(&self.path, Part::Path) != raw {
            raw.clone_into(&mut self.raw_path);
        }
        Ok(())
    }

    fn set_authority(&mut self, authority: &str) -> Result<(), String> {
        let Some((info, host)) = authority.rsplit_once('@') else {
            self.host = host(authority)?;
            return Ok(());
        };
        self.host = self::host(host)?;
        self.user = Some(user(info)?);
        Ok(())
    }

    /// The host without its port and brackets.
    fn hostname(&self) -> &str {
        let host = match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.host,
        };
        match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(inner) => inner,
            None => host,
        }
    }

    fn into_map(self) -> Value {
        let hostname = self.hostname().to_owned();
        let info = self.user.as_ref().map(User::print).unwrap_or_default();
        Value::map(
            [
                ("scheme", self.scheme),
                ("host", self.host),
                ("hostname", hostname),
                ("path", self.path),
                ("query", self.query),
                ("opaque", self.opaque),
                ("fragment", self.fragment),
                ("userinfo", info),
            ]
            .map(|(name, part)| (name, Value::from(part))),
        )
    }

    fn print(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.push_str(&self.scheme);
            out.push(':');
        }
        if self.opaque.is_empty() {
            self.print_hierarchy(&mut out);
        } else {
            out.push_str(&self.opaque);
        }
        if self.force_query || !self.query.is_empty() {
            out.push('?');
            out.push_str(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push('#');
            out.push_str(&escape(&self.fragment, Part::Fragment));
        }
        out
    }

    fn print_hierarchy(&self, out: &mut String) {
        if !self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some() {
            if !self.host.is_empty() || !self.path.is_empty() || self.user.is_some() {
                out.push_str("//");
            }
            if let Some(user) = &self.user {
                out.push_str(&user.print());
                out.push('@');
            }
            out.push_str(&escape(&self.host, Part::Host));
        }
        let path =
            if self.path == "*" { self.path.clone() } else { escape(&self.path, Part::Path) };
        if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
            out.push('/');
        }
        if out.is_empty() {
            // RFC 3986, 4.2: else the first part would be read as a scheme.
            if path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                out.push_str("./");
            }
        }
        out.push_str(&path);
    }
}

impl User {
    fn print(&self) -> String {
        let name = escape(&self.name, Part::User);
        match &self.password {
            Some(password) => format!("{name}:{}", escape(password, Part::User)),
            None => name,
        }
    }
}

/// Cuts off what stands before the first colon, if it can be a scheme.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, char) in text.char_indices() {
        match char {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => {
                let (scheme, rest) = text.split_at(at);
                return Ok((scheme, rest.strip_prefix(':').unwrap_or(rest)));
            }
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn user(info: &str) -> Result<User, String> {
    let fits = |char: char| char.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(char);
    if !info.chars().all(fits) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = match info.split_once(':') {
        Some((name, password)) => (name, Some(unescape(password, Part::User)?)),
        None => (info, None),
    };
    Ok(User { name: unescape(name, Part::User)?, password })
}

fn host(text: &str) -> Result<String, String> {
    let port = match text.find('[') {
        Some(0) => {
            let Some((_, port)) = text.rsplit_once(']') else {
                return Err("missing ']' in host".to_owned());
            };
            port
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => text.rfind(':').and_then(|colon| text.get(colon..)).unwrap_or_default(),
    };
    let digits = port.strip_prefix(':').unwrap_or(if port.is_empty() { "" } else { "x" });
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("invalid port {} after host", quote(port.as_bytes())));
    }
    if let Some((address, rest)) = text.split_once("%25")
        && text.starts_with('[')
    {
        let zone = unescape(rest, Part::Zone)?;
        return Ok(format!("{}%{zone}", unescape(address, Part::Host)?));
    }
    unescape(text, Part::Host)
}

fn unescape(text: &str, part: Part) -> Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut left = text.as_bytes();
    while let Some((first, rest)) = left.split_first() {
        let hex = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (byte, after) = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                // Hosts may escape only what is not ASCII.
                if part == Part::Host && high < 8 {
                    let written = left.get(..3).unwrap_or(left);
                    return Err(bad_escape(written));
                }
                (byte, rest.get(2..).unwrap_or_default())
            }
            (b'%', ..) => return Err(bad_escape(left.get(..3).unwrap_or(left))),
            (byte, ..) => {
                let is_wrong = byte.is_ascii() && must_escape(*byte, part);
                if matches!(part, Part::Host | Part::Zone) && is_wrong {
                    let char = quote(&[*byte]);
                    return Err(format!("invalid character {char} in host name"));
                }
                (*byte, rest)
            }
        };
        out.push(byte);
        left = after;
    }
    Ok(String::from_utf8(out)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn bad_escape(written: &[u8]) -> String {
    format!("invalid URL escape {}", quote(written))
}

fn escape(text: &str, part: Part) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if must_escape(byte, part) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

/// Go's `shouldEscape`.
fn must_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    let allowed: &[u8] = match part {
        Part::Host | Part::Zone => b"!$&'()*+,;=:[]<>\"",
        Part::Path => b"$&+,/:;=@",
        Part::User => b"$&+,;=",
        Part::Fragment => b"$&+,/:;=?@!()*",
    };
    !allowed.contains(&byte)
}

fn join(map: &Map) -> Result<String, Fault> {
    let part = |name: &str| match map.entries.borrow().get(name) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.to_string()),
        Some(Value::Nil) => Err(Fault::new(super::lists::NIL_POINTER)),
        Some(other) => Err(Fault::new(format!(
            "unable to parse {name} key, must be of type string, but {} found",
            kind_name(other)
        ))),
    };
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        ..Url::default()
    };
    let info = part("userinfo")?;
    if !info.is_empty() {
        let parsed = Url::parse(&format!("proto://{info}@host"))
            .map_err(|error| Fault::new(format!("unable to parse userinfo in dict: {error}")))?;
        url.user = parsed.user;
    }
    Ok(url.print())
}
