//! What Helm takes for an e-mail address and for a URL of a maintainer: the rules of the library
//! that it asks, `govalidator` (of March 2023).

use std::sync::LazyLock;

use regex::Regex;

use crate::url::Url;

/// Returns whether a text is an address: local part, `@`, a domain of at least two parts.
pub(super) fn is_email(text: &str) -> bool {
    // The domain has no `@` of its own, and a quoted local part may have some.
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    is_local(local) && is_domain(domain)
}

fn is_local(local: &str) -> bool {
    if let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return is_quoted(inner);
    }
    let is_atom =
        |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_foreign(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

/// What may stand between quotes: nearly all, but a quote or a backslash only after a backslash.
fn is_quoted(inner: &str) -> bool {
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        let fits = match c {
            '\\' => {
                rest.next().is_some_and(|c| c.is_ascii() && c != '\n' && c != '\0' || is_foreign(c))
            }
            '"' | '\0' | '\n' | '\r' => false,
            c => c.is_ascii() || is_foreign(c),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// A dot stands between the last part, which begins and ends with a letter, and all before it.
fn is_domain(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Some((before, last)) = domain.rsplit_once('.') else { return false };
    let is_letter = |c: char| c.is_ascii_alphabetic() || is_foreign(c);
    let is_edge = |c: char| is_letter(c) || c.is_ascii_digit();
    let edges = |text: &str, fits: &dyn Fn(char) -> bool| {
        text.chars().next().is_some_and(fits) && text.chars().next_back().is_some_and(fits)
    };
    edges(last, &is_letter)
        && last.chars().all(|c| is_edge(c) || matches!(c, '-' | '_' | '~'))
        && edges(before, &is_edge)
        && before.chars().all(|c| is_edge(c) || matches!(c, '-' | '.' | '_' | '~'))
}

/// Letters beyond ASCII, as RFC 3987 has them in the basic plane.
const fn is_foreign(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{ffef}')
}

/// Returns whether Go's `url.ParseRequestURI` takes a text, and finds a scheme in it. A fragment
/// is no part of such a URL.
pub(super) fn is_request_url(text: &str) -> bool {
    let before = text.split('#').next().unwrap_or_default();
    Url::parse(before).is_ok_and(|url| url.is_absolute())
}

/// Returns whether a text is a URL, with or without a scheme.
pub(super) fn is_url(text: &str) -> bool {
    let length = text.chars().count();
    if length >= 2083 || text.len() <= 3 || text.starts_with('.') {
        return false;
    }
    let with_scheme = if text.contains(':') && !text.contains("://") {
        format!("http://{text}")
    } else {
        text.to_owned()
    };
    let Ok(url) = Url::parse(&with_scheme) else { return false };
    let (host, path) = (url.host(), url.path());
    if host.starts_with('.') || host.is_empty() && !path.is_empty() && !path.contains('.') {
        return false;
    }
    URL.as_ref().is_ok_and(|url| url.is_match(text))
}

/// The shape of a URL. Letters of host names may be foreign in their last two parts only.
static URL: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| {
    let plain = "[a-zA-Z0-9]";
    let wide = r"[a-zA-Z\x{a1}-\x{ffff}0-9]";
    let byte = r"([0-9]{1,2}|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
    let first = r"([1-9][0-9]?|1[0-9][0-9]|2[01][0-9]|22[0-3]|24[0-9]|25[0-5])";
    let last = r"([0-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
    let v4 = format!(r"{first}(\.{byte}){{2}}\.{last}");
    let v6 = r"\[[0-9a-fA-F:.%]+[0-9a-zA-Z]*\]";
    let labels = format!("{plain}([a-zA-Z0-9-_]+)?{plain}([-.]{plain}+)*");
    let below = format!(r"((www\.)|({plain}+([-_.]?{plain})*{plain}\.{plain}+))?");
    let name =
        format!(r"(({labels})|({below}))?(({wide}+-?-?)*{wide}+)(\.[a-zA-Z\x{{a1}}-\x{{ffff}}]+)?");
    let scheme = "((ftp|tcp|udp|wss?|https?)://)?";
    let space = r"\t\n\f\r ";
    let user = format!("([^{space}]+(:[^{space}]*)?@)?");
    let path = format!("([/?#][^{space}]*)?");
    Regex::new(&format!(r"^{scheme}{user}({v4}|{v6}|({name}))\.?(:[0-9]{{1,5}})?{path}$"))
});

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: what Helm 4.3.1 said of a chart with such maintainers.
    #[test]
    fn addresses_are_those_that_helm_takes() {
        for good in ["a@b.co", "a.b+c@x-y.example.org", "\"a b\"@x.org", "ü@x.org", "a@b..c.d"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["foo", "a@b", "a@b.c1", "@b.co", "a..b@c.co", "a@-b.co", "a b@c.co"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn urls_are_those_that_helm_takes() {
        for good in [
            "https://example.org",
            "example.org/x",
            "localhost:8080",
            "http://1.2.3.4/a?b#c",
            "https://user:pw@example.org:443/",
            "https://a_b.example.org",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in
            ["foo", "x", "mailto:a@b.org,", "https://", "http://exa mple.org", ".example.org"]
        {
            assert!(!is_url(bad), "{bad}");
        }
    }
}
