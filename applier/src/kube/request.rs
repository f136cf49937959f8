//! One request to the API server as a value: method, path, query, body.
//!
//! Pure: it sends nothing.

use std::fmt::Write as _;

use http::{Method, Request, header};
use kube::client::Body;
use serde_json::Value;

use crate::cluster::{Address, ClusterError, Depth, Kind, Query, Resource, Scope};

/// The content type of a server-side apply whose body is JSON.
pub(super) const APPLY: &str = "application/apply-patch+yaml";
/// The content type of a JSON patch.
pub(super) const JSON_PATCH: &str = "application/json-patch+json";
const JSON: &str = "application/json";
/// Helm's and kubectl's: a server that has no tables of a kind answers with the objects.
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// What is sent with every request beside its own content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp<'a> {
    /// The operation; empty outside one.
    pub(super) operation: &'a str,
    /// The request's number in this process.
    pub(super) number: u64,
}

/// Whether a request may be sent again when its answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resend {
    /// Twice is the same as once.
    Harmless,
    /// Twice may be twice.
    Never,
}

/// A request before it is sent, any number of times.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) accept: &'static str,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) resend: Resend,
    /// The kind that is asked for, to name it where it is not served.
    pub(super) kind: Option<Kind>,
}

impl Ask {
    /// Returns a read of a path.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            accept: JSON,
            content_type: JSON,
            body: Vec::new(),
            resend: Resend::Harmless,
            kind: None,
        }
    }

    /// Returns a write.
    pub(super) fn write(method: Method, path: String, kind: &Kind, body: &Value) -> Self {
        let mut ask = Self::get(path);
        ask.method = method;
        ask.body = body.to_string().into_bytes();
        ask.kind = Some(kind.clone());
        ask
    }

    /// Returns the list, or the watch, of what a query names.
    pub(super) fn list(query: &Query<'_>) -> Self {
        let mut ask = Self::get(collection(query.resource, query.namespace));
        ask.kind = Some(query.resource.kind.clone());
        if query.depth == Depth::Metadata {
            ask.accept = METADATA_LIST;
        }
        if !query.labels.is_empty() {
            ask.query.push(("labelSelector", query.labels.to_owned()));
        }
        if !query.fields.is_empty() {
            ask.query.push(("fieldSelector", query.fields.to_owned()));
        }
        ask
    }

    /// Returns the read of one object.
    pub(super) fn object(address: &Address<'_>, depth: Depth) -> Self {
        let mut ask = Self::get(item(address));
        ask.kind = Some(address.resource.kind.clone());
        if depth == Depth::Metadata {
            ask.accept = METADATA;
        }
        ask
    }

    /// Asks for what is read as a table, with its objects or their metadata.
    pub(super) fn in_table(mut self, depth: Depth) -> Self {
        self.accept = TABLE;
        let objects = if depth == Depth::Metadata { "Metadata" } else { "Object" };
        self.with("includeObject", objects)
    }

    /// Adds a parameter.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Returns the HTTP request.
    pub(super) fn to_request(&self, stamp: Stamp<'_>) -> Result<Request<Body>, ClusterError> {
        let mut target = self.path.clone();
        if !self.query.is_empty() {
            let mut encoded = form_urlencoded::Serializer::new(String::new());
            encoded.extend_pairs(&self.query);
            target.push('?');
            target.push_str(&encoded.finish());
        }
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(target)
            .header(header::ACCEPT, self.accept)
            .header(header::USER_AGENT, concat!("rutter/", env!("CARGO_PKG_VERSION")));
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, self.content_type);
        }
        if !stamp.operation.is_empty() {
            request = request.header("audit-id", format!("{}-{}", stamp.operation, stamp.number));
        }
        request.body(Body::from(self.body.clone())).map_err(|error| ClusterError::Refused {
            code: 0,
            message: format!("`{}` is no path that can be asked for: {error}", self.path),
        })
    }
}

/// Returns the path of all objects of a kind.
pub(super) fn collection(resource: &Resource, namespace: Option<&str>) -> String {
    let api_version = &resource.kind.api_version;
    let root = if api_version.contains('/') { "apis" } else { "api" };
    let mut path = format!("/{root}/{api_version}");
    if let (Scope::Namespaced, Some(namespace)) = (resource.scope, namespace) {
        path.push_str("/namespaces/");
        push_segment(&mut path, namespace);
    }
    path.push('/');
    path.push_str(&resource.plural);
    path
}

/// Returns the path of one object.
pub(super) fn item(address: &Address<'_>) -> String {
    let mut path = collection(address.resource, address.namespace);
    path.push('/');
    push_segment(&mut path, address.name);
    path
}

/// Appends a part of a path; RBAC names such as `system:node` and worse must arrive whole.
pub(super) fn push_segment(path: &mut String, segment: &str) {
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(api_version: &str, kind: &str, plural: &str, scope: Scope) -> Resource {
        Resource {
            kind: Kind::new(api_version, kind),
            plural: plural.into(),
            scope,
            verbs: Vec::new(),
        }
    }

    #[test]
    fn core_kinds_live_under_api_and_others_under_apis() {
        let pods = resource("v1", "Pod", "pods", Scope::Namespaced);
        let deployments = resource("apps/v1", "Deployment", "deployments", Scope::Namespaced);
        let address = Address { resource: &deployments, namespace: Some("prod"), name: "web" };
        assert_eq!(collection(&pods, Some("prod")), "/api/v1/namespaces/prod/pods");
        assert_eq!(collection(&pods, None), "/api/v1/pods");
        assert_eq!(item(&address), "/apis/apps/v1/namespaces/prod/deployments/web");
    }

    #[test]
    fn a_cluster_wide_kind_has_no_namespace_in_its_path() {
        let roles =
            resource("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", Scope::Cluster);
        let address = Address { resource: &roles, namespace: Some("prod"), name: "a b/c:d" };
        assert_eq!(item(&address), "/apis/rbac.authorization.k8s.io/v1/clusterroles/a%20b%2Fc:d");
    }

    #[test]
    fn requests_of_an_operation_carry_its_audit_id() {
        let ask = Ask::get("/version").with("labelSelector", "owner=helm,name in (a)");
        let request = ask.to_request(Stamp { operation: "0f", number: 7 }).unwrap();
        assert_eq!(request.headers()["audit-id"], "0f-7");
        assert_eq!(request.headers()["user-agent"], "rutter/0.1.0");
        assert_eq!(
            request.uri().to_string(),
            "/version?labelSelector=owner%3Dhelm%2Cname+in+%28a%29"
        );
    }
}
