//! URLs as Go's `net/url` reads, resolves and prints them: what Helm writes into indexes, and what
//! it fetches.

mod escape;

use std::fmt::{self, Write};

use rutter_gotmpl::quote;

use self::escape::{Part, escape, must_escape, unescape};

/// Go's `url.URL`, its parts decoded where Go decodes them. `Debug` and [`Url::shown`] leave out
/// who logs in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Url {
    pub(crate) scheme: String,
    pub(crate) opaque: String,
    pub(crate) user: Option<User>,
    pub(crate) host: String,
    pub(crate) path: String,
    /// The path as it was written, if that is not how Go would write it.
    raw_path: String,
    pub(crate) query: String,
    /// Whether there was a `?` with nothing after it.
    force_query: bool,
    pub(crate) fragment: String,
}

/// Who logs in, where a URL says so.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The password, if there is one.
    pub password: Option<String>,
}

/// Why a text is no URL, in Go's words. It quotes the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse {}: {reason}", quote(.text.as_bytes()))]
pub struct NotUrl {
    text: String,
    /// Go's reason, which quotes a few characters at most.
    pub reason: String,
}

impl Url {
    /// Reads a URL or a reference (`url.Parse`).
    ///
    /// # Errors
    ///
    /// Go's reasons.
    pub fn parse(text: &str) -> Result<Self, NotUrl> {
        let failed = |text: &str| {
            let text = text.to_owned();
            move |reason| NotUrl { text, reason }
        };
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut url = Self::without_fragment(before).map_err(failed(before))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(failed(text))?;
        Ok(url)
    }

    /// Whether it has a scheme (`URL.IsAbs`).
    pub fn is_absolute(&self) -> bool {
        !self.scheme.is_empty()
    }

    /// The scheme in lower case; empty for a reference.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Host and port as they are written.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Who logs in.
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// The path, decoded.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last part of the path (`path.Base`).
    pub fn file_name(&self) -> &str {
        let path = self.path.trim_end_matches('/');
        path.rsplit('/').next().unwrap_or(path)
    }

    /// The port, where one is written.
    pub fn port(&self) -> Option<u16> {
        let (_, port) = self.host.rsplit_once(':')?;
        port.parse().ok()
    }

    /// What follows the host in a request: path and query, escaped.
    pub fn target(&self) -> String {
        let path = self.escaped_path();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mut target = format!("{slash}{path}");
        if !self.query.is_empty() {
            target.push('?');
        }
        for byte in self.query.bytes() {
            // What is written stays as it is, unless it cannot stand in a request.
            if byte.is_ascii_graphic() && !b"\"<>`".contains(&byte) {
                target.push(char::from(byte));
            } else {
                let _ = write!(target, "%{byte:02X}");
            }
        }
        target
    }

    /// The same place by another scheme.
    #[must_use]
    pub fn with_scheme(&self, scheme: &str) -> Self {
        Self { scheme: scheme.to_owned(), ..self.clone() }
    }

    /// The same place, without who logs in and without a fragment.
    #[must_use]
    pub fn without_user(&self) -> Self {
        Self { user: None, fragment: String::new(), ..self.clone() }
    }

    /// The URL as it may be shown: without who logs in.
    pub fn shown(&self) -> String {
        Self { user: None, ..self.clone() }.to_string()
    }

    /// Resolves a reference against this URL (`URL.ResolveReference`, RFC 3986).
    #[must_use]
    pub fn resolve(&self, reference: &Self) -> Self {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme.clone_from(&self.scheme);
        }
        if reference.is_absolute() || !reference.host.is_empty() || reference.user.is_some() {
            url.set_resolved(&reference.escaped_path(), "");
            return url;
        }
        if !reference.opaque.is_empty() {
            return url;
        }
        if reference.path.is_empty() && !reference.force_query && reference.query.is_empty() {
            url.query.clone_from(&self.query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
            }
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        url.set_resolved(&self.escaped_path(), &reference.escaped_path());
        url
    }

    fn set_resolved(&mut self, base: &str, reference: &str) {
        let path = resolved_path(base, reference);
        // Both were paths of URLs that were read, so they unescape.
        if self.set_path(&path).is_err() {
            self.path = path;
        }
    }

    /// Resolves what an index says of a chart against the URL of its repository, whose path is a
    /// folder and whose query goes along (Helm's `ResolveReferenceURL`).
    #[must_use]
    pub fn resolve_in_folder(&self, reference: &Self) -> Self {
        let mut base = self.clone();
        let path = self.escaped_path();
        let path = format!("{}/", path.strip_suffix('/').unwrap_or(&path));
        if base.set_path(&path).is_err() {
            base.path = path;
        }
        let mut url = base.resolve(reference);
        url.query.clone_from(&self.query);
        url
    }

    /// The path as it is sent (`URL.EscapedPath`): as it was written, if that is a valid way.
    fn escaped_path(&self) -> String {
        let plain =
            |byte: u8| b"!$&'()*+,;=:@[]%".contains(&byte) || !must_escape(byte, Part::Path);
        if !self.raw_path.is_empty() && self.raw_path.bytes().all(plain) {
            return self.raw_path.clone();
        }
        if self.path == "*" { self.path.clone() } else { escape(&self.path, Part::Path) }
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
        self.raw_path = String::new();
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
    pub fn hostname(&self) -> &str {
        let host = match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.host,
        };
        match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(inner) => inner,
            None => host,
        }
    }

    /// The URL from its decoded parts, whatever was written.
    pub(crate) fn print(&self) -> String {
        Self { raw_path: String::new(), ..self.clone() }.to_string()
    }

    fn text(&self) -> String {
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
        let path = self.escaped_path();
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

impl fmt::Display for Url {
    /// Writes all of it, who logs in included (`URL.String`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("User")
    }
}

/// Joins two paths and takes `.` and `..` out (Go's `resolvePath`).
fn resolved_path(base: &str, reference: &str) -> String {
    let full = match reference {
        "" => base.to_owned(),
        absolute if absolute.starts_with('/') => absolute.to_owned(),
        relative => {
            let folder = base.rfind('/').and_then(|at| base.get(..=at)).unwrap_or_default();
            format!("{folder}{relative}")
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in full.strip_prefix('/').unwrap_or(&full).split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut path = format!("/{}", parts.join("/"));
    if (full.ends_with("/.") || full.ends_with("/..")) && !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// Joins paths to a base URL (Helm's `urlutil.URLJoin`, on Go's `path.Join`).
///
/// # Errors
///
/// Go's reason why `base` is no URL.
pub fn join(base: &str, paths: &[&str]) -> Result<String, NotUrl> {
    let mut url = Url::parse(base)?;
    let own = url.path.clone();
    let joined: Vec<&str> = std::iter::once(own.as_str())
        .chain(paths.iter().copied())
        .filter(|it| !it.is_empty())
        .collect();
    url.path = cleaned(&joined.join("/"));
    Ok(url.print())
}

/// Go's `path.Clean`, but empty for an empty path.
fn cleaned(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", None) if is_rooted => {}
            ("..", Some(last)) if *last != ".." => drop(parts.pop()),
            (part, _) => parts.push(part),
        }
    }
    format!("{}{}", if is_rooted { "/" } else { "" }, parts.join("/"))
}

impl User {
    pub(crate) fn print(&self) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(base: &str, reference: &str) -> String {
        Url::parse(base).unwrap().resolve_in_folder(&Url::parse(reference).unwrap()).to_string()
    }

    /// Expected: Helm's own cases (`TestResolveReferenceURL`).
    #[test]
    fn a_reference_is_resolved_as_helm_resolves_it() {
        for (base, reference, expected) in [
            ("http://localhost:8123/", "/nginx-0.2.0.tgz", "http://localhost:8123/nginx-0.2.0.tgz"),
            (
                "http://localhost:8123/charts/",
                "nginx-0.2.0.tgz",
                "http://localhost:8123/charts/nginx-0.2.0.tgz",
            ),
            (
                "http://localhost:8123/charts",
                "nginx-0.2.0.tgz",
                "http://localhost:8123/charts/nginx-0.2.0.tgz",
            ),
            (
                "http://localhost:8123",
                "https://charts.helm.sh/stable/nginx-0.2.0.tgz",
                "https://charts.helm.sh/stable/nginx-0.2.0.tgz",
            ),
            (
                "http://localhost:8123/charts%2fwith%2fescaped%2fslash",
                "nginx-0.2.0.tgz",
                "http://localhost:8123/charts%2fwith%2fescaped%2fslash/nginx-0.2.0.tgz",
            ),
            (
                "http://localhost:8123/charts?with=queryparameter",
                "nginx-0.2.0.tgz",
                "http://localhost:8123/charts/nginx-0.2.0.tgz?with=queryparameter",
            ),
        ] {
            if reference.contains("://") {
                let url = Url::parse(base).unwrap().resolve(&Url::parse(reference).unwrap());
                assert_eq!(url.to_string(), expected);
            } else {
                assert_eq!(resolved(base, reference), expected);
            }
        }
    }

    /// Expected: RFC 3986, 5.4.
    #[test]
    fn dots_are_taken_out_of_a_path() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
        ] {
            let url = base.resolve(&Url::parse(reference).unwrap());
            assert_eq!(url.to_string(), expected, "{reference}");
        }
    }

    /// Expected: Helm's own cases (`TestURLJoin`).
    #[test]
    fn paths_are_joined_as_helm_joins_them() {
        for (base, paths, expected) in [
            ("http://example.com", &["hello"][..], "http://example.com/hello"),
            ("http://example.com", &["hello", "world"], "http://example.com/hello/world"),
            ("http://example.com/", &["hello/", "world/"], "http://example.com/hello/world"),
            ("http://example.com", &["hello?"], "http://example.com/hello%3F"),
            ("/foo", &["/bar"], "/foo/bar"),
        ] {
            assert_eq!(join(base, paths).unwrap(), expected);
        }
    }

    #[test]
    fn a_password_is_shown_by_nothing_but_display() {
        let url = Url::parse("https://me:hunter2@charts.example/a").unwrap();
        assert_eq!(url.shown(), "https://charts.example/a");
        assert!(!format!("{url:?}").contains("hunter2"));
        assert!(!format!("{:?}", url.user()).contains("hunter2"));
    }
}
