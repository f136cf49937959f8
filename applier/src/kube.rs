//! [`Cluster`] on a real API server: the only place that names the kube crate.
//!
//! kube brings the kubeconfig, credentials and TLS; requests, retries and the meaning of answers
//! are here, so that one deadline and one policy hold for all of them.

mod connection;
mod discovery;
mod discretion;
mod request;
mod send;
mod status;
mod table;
mod watch;

use std::{cell::RefCell, net::IpAddr, rc::Rc};

use http::Method;
use serde_json::{Value, json};

pub use self::{
    connection::{Connection, Verification},
    send::Patience,
};
use self::{
    request::{APPLY, Ask, JSON_PATCH, Resend},
    send::Wire,
};
use crate::cluster::{
    Address, Answer, Apply, Cluster, ClusterError, Conflicts, Delete, Depth, Discovery, Effect,
    Endpoint, Freshness, Kind, Listed, LogQuery, PatchStep, Propagation, Query, Resource, Run,
    Scope, ServerVersion, Sought, Subject, Table, Validation, Watch,
};

/// So many objects come in one page of a list.
const PAGE: u32 = 500;

/// A Kubernetes API server.
pub struct Kube {
    wire: Wire,
    endpoint: Endpoint,
    namespace: String,
    discovery: RefCell<Option<Rc<Discovery>>>,
}

impl Kube {
    /// Returns the server that a connection names. Sends nothing yet; must be called inside a tokio
    /// runtime.
    pub async fn connect(
        connection: &Connection,
        patience: Patience,
    ) -> Result<Self, ClusterError> {
        let mut config = connection.to_config().await?;
        // To pack an answer takes longer than to hand it to a neighbour.
        config.disable_compression |= is_loopback(config.cluster_url.host().unwrap_or_default());
        let authority = config.root_cert.as_ref().map(|certificates| certificates.concat());
        let endpoint = Endpoint { url: config.cluster_url.to_string(), authority };
        let server = endpoint.url.trim_end_matches('/').to_owned();
        let namespace = config.default_namespace.clone();
        let client = kube::Client::try_from(config)
            .map_err(|error| ClusterError::Unreachable { message: error.to_string() })?;
        Ok(Self {
            wire: Wire::new(client, server, patience),
            endpoint,
            namespace,
            discovery: RefCell::default(),
        })
    }

    /// Returns the namespace that commands work in unless told otherwise.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    async fn answer(&self, ask: &Ask) -> Result<Answer, ClusterError> {
        let reply = self.wire.exchange(ask).await;
        let reply = reply.map_err(|error| discretion::discreet(error, ask))?;
        Ok(Answer { object: parse(&reply.body)?, warnings: status::warnings(&reply.headers) })
    }

    async fn page(&self, query: &Query<'_>, token: &str) -> Result<Value, ClusterError> {
        let mut ask = Ask::list(query).with("limit", PAGE.to_string());
        if !token.is_empty() {
            ask = ask.with("continue", token);
        }
        parse(&self.wire.exchange(&ask).await?.body)
    }
}

impl Cluster for Kube {
    fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    fn set_operation(&self, operation: &str) {
        self.wire.set_operation(operation);
    }

    async fn server_version(&self) -> Result<ServerVersion, ClusterError> {
        let reply = self.wire.exchange(&Ask::get("/version")).await?;
        serde_json::from_slice(&reply.body).map_err(|error| unreadable(&error))
    }

    async fn discover(&self, freshness: Freshness) -> Result<Rc<Discovery>, ClusterError> {
        if freshness == Freshness::Cached
            && let Some(known) = self.discovery.borrow().as_ref()
        {
            return Ok(Rc::clone(known));
        }
        let found = Rc::new(discovery::discover(&self.wire).await?);
        *self.discovery.borrow_mut() = Some(Rc::clone(&found));
        Ok(found)
    }

    async fn whoami(&self) -> Result<Subject, ClusterError> {
        let kind = Kind::new("authentication.k8s.io/v1", "SelfSubjectReview");
        let body = json!({"apiVersion": kind.api_version, "kind": kind.kind});
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews".to_owned();
        let review = self.answer(&Ask::write(Method::POST, path, &kind, &body)).await?.object;
        let info = review.pointer("/status/userInfo").cloned().unwrap_or_default();
        let groups = info.get("groups").and_then(Value::as_array).into_iter().flatten();
        Ok(Subject {
            user: info.get("username").and_then(Value::as_str).unwrap_or_default().to_owned(),
            groups: groups.filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }

    async fn list(&self, query: &Query<'_>) -> Result<Listed, ClusterError> {
        let mut listed = Listed { items: Vec::new(), resource_version: String::new() };
        let mut token = String::new();
        loop {
            let mut page = match self.page(query, &token).await {
                // The rest of the pages is gone: what was read so far is of another moment.
                Err(ClusterError::Expired { .. }) if !token.is_empty() => {
                    token.clear();
                    listed.items.clear();
                    continue;
                }
                other => other?,
            };
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                listed.items.extend(items.into_iter().map(|it| with_kind(it, query.resource)));
            }
            let meta = |member| {
                let pointer = format!("/metadata/{member}");
                page.pointer(&pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            listed.resource_version = meta("resourceVersion");
            token = meta("continue");
            if token.is_empty() {
                return Ok(listed);
            }
        }
    }

    async fn table(&self, sought: &Sought<'_>) -> Result<Table, ClusterError> {
        let (ask, resource) = match sought {
            Sought::All(query) => (Ask::list(query).in_table(query.depth), query.resource),
            Sought::One(address, depth) => {
                (Ask::object(address, *depth).in_table(*depth), address.resource)
            }
        };
        let mut table = Table::default();
        let mut token = String::new();
        loop {
            let mut page = ask.clone().with("limit", PAGE.to_string());
            if !token.is_empty() {
                page = page.with("continue", token.clone());
            }
            let page = match self.wire.exchange(&page).await {
                Err(ClusterError::Expired { .. }) if !token.is_empty() => {
                    token.clear();
                    table = Table::default();
                    continue;
                }
                other => parse(&other?.body)?,
            };
            table::add(&mut table, &page, resource);
            token = table::next(&page);
            if token.is_empty() {
                return Ok(table);
            }
        }
    }

    async fn get(&self, address: &Address<'_>, depth: Depth) -> Result<Value, ClusterError> {
        let answer = self.answer(&Ask::object(address, depth)).await?;
        Ok(with_kind(answer.object, address.resource))
    }

    async fn create(
        &self,
        resource: &Resource,
        object: &Value,
        effect: Effect,
    ) -> Result<Answer, ClusterError> {
        let path = request::collection(resource, namespace_of(object));
        let mut ask = Ask::write(Method::POST, path, &resource.kind, object)
            .with("fieldManager", crate::cluster::FIELD_MANAGER)
            .with("fieldValidation", "Strict");
        ask.resend = Resend::Never;
        if effect == Effect::DryRun {
            ask = ask.with("dryRun", "All");
        }
        self.answer(&ask).await
    }

    async fn apply(
        &self,
        resource: &Resource,
        object: &Value,
        options: &Apply,
    ) -> Result<Answer, ClusterError> {
        let path = request::item(&own_address(resource, object));
        let force = (options.conflicts == Conflicts::Force).to_string();
        let mut ask = Ask::write(Method::PATCH, path, &resource.kind, object)
            .with("fieldManager", options.manager)
            .with("fieldValidation", word(options.validation))
            .with("force", force);
        ask.content_type = APPLY;
        if options.effect == Effect::DryRun {
            ask = ask.with("dryRun", "All");
        }
        self.answer(&ask).await
    }

    async fn replace(&self, resource: &Resource, object: &Value) -> Result<Answer, ClusterError> {
        let path = request::item(&own_address(resource, object));
        let mut ask = Ask::write(Method::PUT, path, &resource.kind, object)
            .with("fieldManager", crate::cluster::FIELD_MANAGER);
        ask.resend = Resend::Never;
        self.answer(&ask).await
    }

    async fn patch(
        &self,
        address: &Address<'_>,
        steps: &[PatchStep],
    ) -> Result<Answer, ClusterError> {
        let body = serde_json::to_value(steps).map_err(|error| unreadable(&error))?;
        let path = request::item(address);
        let mut ask = Ask::write(Method::PATCH, path, &address.resource.kind, &body)
            .with("fieldManager", crate::cluster::FIELD_MANAGER);
        ask.content_type = JSON_PATCH;
        ask.resend = Resend::Never;
        self.answer(&ask).await
    }

    async fn delete(
        &self,
        address: &Address<'_>,
        options: &Delete<'_>,
    ) -> Result<Option<Value>, ClusterError> {
        let mut body = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": match options.propagation {
                Propagation::Background => "Background",
                Propagation::Foreground => "Foreground",
                Propagation::Orphan => "Orphan",
            },
        });
        if let (Some(uid), Some(map)) = (options.uid, body.as_object_mut()) {
            map.insert("preconditions".to_owned(), json!({"uid": uid}));
        }
        if let (Effect::DryRun, Some(map)) = (options.effect, body.as_object_mut()) {
            map.insert("dryRun".to_owned(), json!(["All"]));
        }
        let path = request::item(address);
        let ask = Ask::write(Method::DELETE, path, &address.resource.kind, &body);
        let answer = self.answer(&ask).await?.object;
        // An object that is gone at once is answered by a `Status`, of some kinds (Service) by its
        // last state; one that lives on says since when it is being deleted.
        let lives_on = answer.pointer("/metadata/deletionTimestamp").is_some();
        Ok(lives_on.then_some(answer))
    }

    async fn watch<'a>(
        &'a self,
        query: &Query<'_>,
        resource_version: &str,
    ) -> Result<Watch<'a>, ClusterError> {
        watch::watch(&self.wire, query, resource_version).await
    }

    async fn logs(&self, query: &LogQuery<'_>) -> Result<String, ClusterError> {
        let pods = Resource {
            kind: Kind::new("v1", "Pod"),
            plural: "pods".to_owned(),
            scope: Scope::Namespaced,
            verbs: Vec::new(),
        };
        let address =
            Address { resource: &pods, namespace: Some(query.namespace), name: query.pod };
        let mut ask = Ask::get(request::item(&address) + "/log");
        if let Some(container) = query.container {
            ask = ask.with("container", container);
        }
        if let Some(lines) = query.tail_lines {
            ask = ask.with("tailLines", lines.to_string());
        }
        if query.run == Run::Previous {
            ask = ask.with("previous", "true");
        }
        let reply = self.wire.exchange(&ask).await?;
        Ok(String::from_utf8_lossy(&reply.body).into_owned())
    }
}

/// Returns the kind's own place for an object that says its name and namespace.
fn own_address<'a>(resource: &'a Resource, object: &'a Value) -> Address<'a> {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    Address { resource, namespace: namespace_of(object), name }
}

fn namespace_of(object: &Value) -> Option<&str> {
    object.pointer("/metadata/namespace").and_then(Value::as_str)
}

fn word(validation: Validation) -> &'static str {
    match validation {
        Validation::Strict => "Strict",
        Validation::Warn => "Warn",
        Validation::Ignore => "Ignore",
    }
}

/// Returns the object with the kind that was asked for: items of lists come without one, and
/// metadata-only answers with another.
fn with_kind(mut object: Value, resource: &Resource) -> Value {
    if let Some(map) = object.as_object_mut() {
        map.insert("apiVersion".to_owned(), resource.kind.api_version.clone().into());
        map.insert("kind".to_owned(), resource.kind.kind.clone().into());
    }
    object
}

fn parse(body: &[u8]) -> Result<Value, ClusterError> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> ClusterError {
    ClusterError::Unknown { message: format!("the server's answer is not readable: {error}") }
}

/// Returns whether a host, as it stands in a URL, is this machine itself.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_addresses_only() {
        for host in ["127.0.0.1", "127.1.2.3", "[::1]", "localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["10.0.0.1", "[fd00::1]", "localhost.example", "127.0.0.1.example", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
