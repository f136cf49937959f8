//! Formats of texts, in the library's words.

use std::net::Ipv6Addr;

use crate::functions::regexes;

/// Returns why `text` is not of a format; unknown formats take anything.
pub(super) fn check(format: &str, text: &str) -> Result<(), String> {
    match format {
        "ipv4" => ipv4(text),
        "ipv6" => ipv6(text),
        "hostname" => hostname(text),
        "email" => email(text),
        "uri" | "iri" => uri(text),
        "uuid" => uuid(text),
        "date" => date(text),
        "date-time" => match text.split_once(['T', 't']) {
            Some((day, time)) => date(day).and_then(|()| clock(time)),
            None => Err("missing T between date and time".to_owned()),
        },
        "time" => clock(text),
        "regex" => regexes::compile(text).map(drop).map_err(|fault| fault.message),
        _ => Ok(()),
    }
}

fn ipv4(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return Err("expected four decimals".to_owned());
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return Err("leading zeros".to_owned());
        }
        let number: i64 = group
            .parse()
            .map_err(|_| format!("strconv.Atoi: parsing {group:?}: invalid syntax"))?;
        if !(0..=255).contains(&number) {
            return Err("decimal must be between 0 and 255".to_owned());
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return Err("missing colon".to_owned());
    }
    if text.contains('%') {
        return Err("zone id is not a part of ipv6 address".to_owned());
    }
    let parsed: Result<Ipv6Addr, _> = text.parse();
    parsed.map(drop).map_err(|_| format!("ParseAddr({text:?}): unable to parse IP"))
}

fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return Err("more than 253 characters long".to_owned());
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return Err("label must be 1 to 63 characters long".to_owned());
        }
        if label.starts_with('-') {
            return Err("label starts with hyphen".to_owned());
        }
        if label.ends_with('-') {
            return Err("label ends with hyphen".to_owned());
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return Err(format!("invalid character {c:?}"));
        }
    }
    Ok(())
}

fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return Err("more than 255 characters long".to_owned());
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err("missing @".to_owned());
    };
    if local.len() > 64 {
        return Err("local part more than 64 characters long".to_owned());
    }
    if !(local.len() > 1 && local.starts_with('"')) {
        if local.starts_with('.') {
            return Err("starts with dot".to_owned());
        }
        if local.ends_with('.') {
            return Err("ends with dot".to_owned());
        }
        if local.contains("..") {
            return Err("consecutive dots".to_owned());
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(*c);
        if let Some(c) = local.chars().find(|c| !allowed(c)) {
            return Err(format!("invalid character {c:?}"));
        }
    }
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match literal.map(|literal| (literal, literal.strip_prefix("IPv6:"))) {
        Some((_, Some(address))) => {
            ipv6(address).map_err(|reason| format!("invalid ipv6 address: {reason}"))
        }
        Some((address, None)) => {
            ipv4(address).map_err(|reason| format!("invalid ipv4 address: {reason}"))
        }
        None => hostname(domain).map_err(|reason| format!("invalid domain: {reason}")),
    }
}

fn uri(text: &str) -> Result<(), String> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    match scheme {
        Some(scheme) if is_scheme(scheme) => Ok(()),
        _ => Err("relative url".to_owned()),
    }
}

fn uuid(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != 5 {
        return Err("must have 5 elements".to_owned());
    }
    for (index, (group, length)) in groups.iter().zip([8, 4, 4, 4, 12]).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", index + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {c:?}"));
        }
    }
    Ok(())
}

fn date(text: &str) -> Result<(), String> {
    let parsed: Result<jiff::civil::Date, _> = text.parse();
    if text.len() == 10 && parsed.is_ok() { Ok(()) } else { Err(format!("{text:?} is no date")) }
}

fn clock(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return Err("less than 9 characters long".to_owned());
    }
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = text.as_bytes() else {
        return Err("missing colon in correct place".to_owned());
    };
    let two = |a: &u8, b: &u8| {
        let both = [*a, *b];
        both.iter().all(u8::is_ascii_digit).then(|| (both[0] - b'0') * 10 + (both[1] - b'0'))
    };
    let parts = (two(h1, h2), two(m1, m2), two(s1, s2));
    let (Some(hour), Some(minute), Some(second)) = parts else {
        return Err("invalid hour/min/sec".to_owned());
    };
    if hour > 23 || minute > 59 || second > 60 {
        return Err("hour/min/sec out of range".to_owned());
    }
    match rest.last() {
        Some(b'Z' | b'z') => Ok(()),
        _ if rest.iter().any(|byte| matches!(byte, b'+' | b'-')) => Ok(()),
        _ => Err("missing timezone".to_owned()),
    }
}
