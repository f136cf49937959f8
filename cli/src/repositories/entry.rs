//! One repository, as `repositories.yaml` has it.

use std::path::{Path, PathBuf};

use render::url::Url;
use serde_json::{Map, Value};

use crate::{fetch::Access, local, options::Switch, settings::Secret};

/// A repository: where it is, and how it is entered. `Debug` shows no password.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// What it is called by.
    pub(crate) name: String,
    /// The folder with `index.yaml`. It may name a user: show it by [`Entry::shown_url`].
    pub(crate) url: String,
    /// The user.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: Secret,
    /// The client's certificate.
    pub(crate) cert_file: String,
    /// The client's key.
    pub(crate) key_file: String,
    /// The certificates that the server's must come from.
    pub(crate) ca_file: String,
    /// Whether whoever answers is believed.
    pub(crate) insecure: Switch,
    /// Whether name and password go to other servers that the repository names, too.
    pub(crate) pass_credentials: Switch,
    /// Fields that we do not know.
    pub(crate) rest: Map<String, Value>,
}

impl Entry {
    /// Reads an entry; `Err` says in Go's words which field has the wrong kind.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        let Value::Object(mut map) = value else {
            return Err("cannot unmarshal into Go struct field File.repositories".to_owned());
        };
        let mut text = |key: &str| match map.remove(key) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text),
            Some(other) => render::yaml::text(&other).ok_or_else(|| wrong(key, "string")),
        };
        let mut entry = Self {
            name: text("name")?,
            url: text("url")?,
            username: text("username")?,
            password: Secret(text("password")?),
            cert_file: text("certFile")?,
            key_file: text("keyFile")?,
            ca_file: text("caFile")?,
            ..Self::default()
        };
        let mut switch = |key: &str| match map.remove(key) {
            None | Some(Value::Null | Value::Bool(false)) => Ok(Switch::Off),
            Some(Value::Bool(true)) => Ok(Switch::On),
            Some(_) => Err(wrong(key, "bool")),
        };
        entry.insecure = switch("insecure_skip_tls_verify")?;
        entry.pass_credentials = switch("pass_credentials_all")?;
        entry.rest = map;
        Ok(entry)
    }

    /// Returns the entry with all of Helm's fields, those that say nothing too, as Helm writes it.
    pub(super) fn to_value(&self) -> Value {
        let mut map = self.rest.clone();
        for (key, text) in [
            ("name", &self.name),
            ("url", &self.url),
            ("username", &self.username),
            ("password", &self.password.0),
            ("certFile", &self.cert_file),
            ("keyFile", &self.key_file),
            ("caFile", &self.ca_file),
        ] {
            map.insert(key.to_owned(), Value::String(text.clone()));
        }
        for (key, switch) in [
            ("insecure_skip_tls_verify", self.insecure),
            ("pass_credentials_all", self.pass_credentials),
        ] {
            map.insert(key.to_owned(), Value::Bool(switch.is_on()));
        }
        Value::Object(map)
    }

    /// Returns whether both say the same, as far as Helm knows.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let known = |it: &Self| Self { rest: Map::new(), ..it.clone() }.to_value();
        known(self) == known(other)
    }

    /// Returns the repository that is a folder of ours.
    pub(super) fn local(folder: &Path) -> Self {
        let url = format!("file://{}", folder.display());
        Self { name: local::NAME.to_owned(), url, ..Self::default() }
    }

    /// Returns whether the repository is at `url`; a slash at the end does not count.
    pub(crate) fn is_at(&self, url: &str) -> bool {
        self.url.trim_end_matches('/') == url.trim_end_matches('/')
    }

    /// The URL without who logs in.
    pub(crate) fn shown_url(&self) -> String {
        crate::fetch::shown(&self.url)
    }

    /// Returns how the repository is entered.
    pub(crate) fn access(&self) -> Access {
        let file = |path: &String| Some(PathBuf::from(path)).filter(|_| !path.is_empty());
        Access {
            home: Some(self.url.clone()),
            username: self.username.clone(),
            password: self.password.clone(),
            pass_credentials: self.pass_credentials,
            ca_file: file(&self.ca_file),
            cert_file: file(&self.cert_file),
            key_file: file(&self.key_file),
            insecure: self.insecure,
            plain_http: Switch::Off,
        }
    }

    /// Returns the absolute URL of what the index calls `reference`, which may name a user.
    ///
    /// # Errors
    ///
    /// Go's reason why one of the two is no URL.
    pub(crate) fn resolve(&self, reference: &str) -> Result<String, String> {
        resolved(&self.url, reference)
    }
}

/// Resolves what an index at `base` calls `reference` (Helm's `ResolveReferenceURL`).
///
/// # Errors
///
/// Go's reason why one of the two is no URL.
pub(crate) fn resolved(base: &str, reference: &str) -> Result<String, String> {
    let parsed = Url::parse(reference).map_err(|error| error.reason)?;
    if parsed.is_absolute() {
        return Ok(reference.to_owned());
    }
    let base = Url::parse(base).map_err(|error| error.reason)?;
    Ok(base.resolve_in_folder(&parsed).to_string())
}

fn wrong(key: &str, kind: &str) -> String {
    format!("cannot unmarshal into Go struct field Entry.repositories.{key} of type {kind}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The fields and their order are those of a file that helm 4.3.1 wrote.
    #[test]
    fn an_entry_is_written_with_every_field_of_helm() {
        let entry = Entry { name: "a".to_owned(), url: "http://x".to_owned(), ..Entry::default() };
        let expected = json!({
            "caFile": "", "certFile": "", "insecure_skip_tls_verify": false, "keyFile": "",
            "name": "a", "pass_credentials_all": false, "password": "", "url": "http://x",
            "username": ""
        });
        assert_eq!(entry.to_value(), expected);
    }

    #[test]
    fn a_field_that_nobody_knows_survives() {
        let value = json!({"name": "a", "url": "http://x", "team": ["web"]});
        let entry = Entry::read(value).unwrap();
        assert_eq!(entry.to_value().pointer("/team/0"), Some(&json!("web")));
    }

    #[test]
    fn debug_shows_no_password() {
        let entry = Entry::read(json!({"name": "a", "password": "hunter2"})).unwrap();
        assert!(!format!("{entry:?}").contains("hunter2"));
    }
}
