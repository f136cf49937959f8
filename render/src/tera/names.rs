//! The filters and functions that Tera's templates may call beside Tera's own.

use ::tera::{Kwargs, State, Tera, TeraResult, Value as Theirs};
use rutter_gotmpl::Value;

use super::{
    bridge::{self, Row},
    own,
    value::to_tera,
};

const fn row(name: &'static str, go: &'static str, arguments: &'static [&'static str]) -> Row {
    Row { name, go, arguments }
}

/// What a value is piped into.
const FILTERS: [Row; 36] = [
    row("abbrev", "abbrev", &["n"]),
    row("adler32sum", "adler32sum", &[]),
    row("b32dec", "b32dec", &[]),
    row("b32enc", "b32enc", &[]),
    row("b64dec", "b64dec", &[]),
    row("b64enc", "b64enc", &[]),
    row("camel_case", "camelcase", &[]),
    row("cat", "cat", &["before"]),
    row("default", "default", &["value"]),
    row("from_json", "fromJson", &[]),
    row("from_json_array", "fromJsonArray", &[]),
    row("from_toml", "fromToml", &[]),
    row("from_yaml", "fromYaml", &[]),
    row("from_yaml_array", "fromYamlArray", &[]),
    row("indent", "indent", &["n"]),
    row("kebab_case", "kebabcase", &[]),
    row("nindent", "nindent", &["n"]),
    row("quote", "quote", &[]),
    row("regex_match", "regexMatch", &["pattern"]),
    row("repeat", "repeat", &["n"]),
    row("required", "required", &["message"]),
    row("semver_compare", "semverCompare", &["constraint"]),
    row("sha1sum", "sha1sum", &[]),
    row("sha256sum", "sha256sum", &[]),
    row("sha512sum", "sha512sum", &[]),
    row("snake_case", "snakecase", &[]),
    row("squote", "squote", &[]),
    row("to_json", "toJson", &[]),
    row("to_pretty_json", "toPrettyJson", &[]),
    row("to_string", "toString", &[]),
    row("to_toml", "toToml", &[]),
    row("to_yaml", "toYaml", &[]),
    row("to_yaml_pretty", "toYamlPretty", &[]),
    row("trim_prefix", "trimPrefix", &["prefix"]),
    row("trim_suffix", "trimSuffix", &["suffix"]),
    row("trunc", "trunc", &["n"]),
];

/// What is called by its name.
const FUNCTIONS: [Row; 15] = [
    row("bcrypt", "bcrypt", &["password"]),
    row("derive_password", "derivePassword", &["counter", "template", "password", "user", "site"]),
    row("fail", "fail", &["message"]),
    row("gen_ca", "genCA", &["name", "days"]),
    row("gen_private_key", "genPrivateKey", &["kind"]),
    row("gen_self_signed_cert", "genSelfSignedCert", &["name", "ips", "hosts", "days"]),
    row("get_host_by_name", "getHostByName", &["name"]),
    row("htpasswd", "htpasswd", &["user", "password"]),
    row("lookup", "lookup", &["api_version", "kind", "namespace", "name"]),
    row("rand_alpha", "randAlpha", &["n"]),
    row("rand_alpha_num", "randAlphaNum", &["n"]),
    row("rand_ascii", "randAscii", &["n"]),
    row("rand_int", "randInt", &["min", "max"]),
    row("rand_numeric", "randNumeric", &["n"]),
    row("uuidv4", "uuidv4", &[]),
];

/// Methods of the chart's files: the name, the argument, and what is called one after the other.
const FILES: [(&str, &str, &[&str]); 4] = [
    ("files_get", "path", &["Get"]),
    ("files_lines", "path", &["Lines"]),
    ("files_as_config", "pattern", &["Glob", "AsConfig"]),
    ("files_as_secrets", "pattern", &["Glob", "AsSecrets"]),
];

/// Tera's own names, for those who misspell one.
const TERAS: [&str; 38] = [
    "abs",
    "capitalize",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "get",
    "group_by",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "range",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "throw",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
    "now",
];

/// Adds all of them.
pub(super) fn register(engine: &mut Tera) {
    own::register(engine);
    for row in FILTERS {
        engine.register_filter(row.name, move |value: Theirs, given: Kwargs, _: &State<'_>| {
            bridge::call(row, Some(&value), &given)
        });
    }
    for row in FUNCTIONS {
        engine.register_function(row.name, move |given: Kwargs, _: &State<'_>| {
            bridge::call(row, None, &given)
        });
    }
    for (name, argument, methods) in FILES {
        engine.register_function(name, move |given: Kwargs, _: &State<'_>| {
            let argument = given.must_get::<&str>(argument)?;
            bridge::files(methods, argument).map(|value| to_tera(&value))
        });
    }
    engine.register_function("now", |given: Kwargs, _: &State<'_>| now(&given));
}

/// Returns the time in Go's format, RFC 3339 if none is named.
fn now(given: &Kwargs) -> TeraResult<Theirs> {
    let format = given.get::<&str>("format")?.unwrap_or("2006-01-02T15:04:05Z07:00");
    let time = bridge::call_go("now", Vec::new())?;
    let text = bridge::call_go("date", vec![Value::from(format), time])?;
    Ok(to_tera(&text))
}

/// Returns all names of filters and functions.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let ours = FILTERS.iter().chain(&FUNCTIONS).map(|row| row.name);
    ours.chain(FILES.iter().map(|(name, _, _)| *name)).chain(TERAS)
}
