//! URLs in pieces (sprig's `url.go` on Go's `net/url`).

use rutter_gotmpl::{Fault, Functions, Map, Value};

use super::{
    print::kind_name,
    signature::{Define, Text},
};
use crate::url::{Url, User};

pub(super) fn add(functions: &mut Functions) {
    functions.one("urlParse", |text: Text| {
        let url = Url::parse(&text.text())
            .map_err(|error| Fault::new(format!("unable to parse url: {error}")))?;
        Ok::<_, Fault>(into_map(url))
    });
    functions.one("urlJoin", |map: Map| join(&map));
}

fn into_map(url: Url) -> Value {
    let hostname = url.hostname().to_owned();
    let info = url.user.as_ref().map(User::print).unwrap_or_default();
    Value::map(
        [
            ("scheme", url.scheme),
            ("host", url.host),
            ("hostname", hostname),
            ("path", url.path),
            ("query", url.query),
            ("opaque", url.opaque),
            ("fragment", url.fragment),
            ("userinfo", info),
        ]
        .map(|(name, part)| (name, Value::from(part))),
    )
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
    let mut url = Url::default();
    url.scheme = part("scheme")?;
    url.host = part("host")?;
    url.path = part("path")?;
    url.query = part("query")?;
    url.opaque = part("opaque")?;
    url.fragment = part("fragment")?;
    let info = part("userinfo")?;
    if !info.is_empty() {
        let parsed = Url::parse(&format!("proto://{info}@host"))
            .map_err(|error| Fault::new(format!("unable to parse userinfo in dict: {error}")))?;
        url.user = parsed.user;
    }
    Ok(url.print())
}
