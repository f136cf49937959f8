//! What the server serves, in two requests (aggregated discovery, KEP-3352), or in one for each
//! group where the server is older than 1.30.

use serde_json::Value;

use super::{request::Ask, send::Wire};
use crate::cluster::{ClusterError, Discovery, Kind, Resource, Scope};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// Everything found so far.
#[derive(Default)]
struct Found {
    resources: Vec<Resource>,
    subresource_kinds: Vec<Kind>,
    stale_groups: Vec<String>,
}

/// Asks the server what it serves.
pub(super) async fn discover(wire: &Wire) -> Result<Discovery, ClusterError> {
    let mut found = Found::default();
    let (core, groups) = tokio::join!(read(wire, "/api"), read(wire, "/apis"));
    for (answer, root) in [(core?, "/api"), (groups?, "/apis")] {
        if text(&answer, "kind") == "APIGroupDiscoveryList" {
            found.aggregated(&answer);
        } else {
            found.one_by_one(wire, root, &answer).await?;
        }
    }
    let mut discovery = Discovery::new(found.resources, found.subresource_kinds);
    discovery.stale_groups = found.stale_groups;
    Ok(discovery)
}

async fn read(wire: &Wire, path: &str) -> Result<Value, ClusterError> {
    let mut ask = Ask::get(path);
    ask.accept = AGGREGATED;
    super::parse(&wire.exchange(&ask).await?.body)
}

impl Found {
    fn aggregated(&mut self, list: &Value) {
        for group in array(list, "items") {
            let name = group.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            for version in array(group, "versions") {
                self.aggregated_version(name, version);
            }
        }
    }

    fn aggregated_version(&mut self, group: &str, version: &Value) {
        if text(version, "freshness") == "Stale" {
            self.stale_groups.push(group.to_owned());
        }
        let api_version = api_version(group, text(version, "version"));
        for resource in array(version, "resources") {
            self.aggregated_resource(&api_version, resource);
        }
    }

    fn aggregated_resource(&mut self, api_version: &str, resource: &Value) {
        if let Some(kind) = response_kind(api_version, resource) {
            self.resources.push(Resource {
                kind,
                plural: text(resource, "resource").to_owned(),
                scope: match text(resource, "scope") {
                    "Namespaced" => Scope::Namespaced,
                    _ => Scope::Cluster,
                },
                verbs: verbs(resource),
            });
        }
        let subresources = array(resource, "subresources");
        self.subresource_kinds.extend(subresources.filter_map(|it| response_kind(api_version, it)));
    }

    /// Reads the answer of a server without aggregation: group versions first, then each.
    async fn one_by_one(
        &mut self,
        wire: &Wire,
        root: &str,
        answer: &Value,
    ) -> Result<(), ClusterError> {
        let core = array(answer, "versions").filter_map(Value::as_str).map(str::to_owned);
        let others = array(answer, "groups")
            .flat_map(|group| array(group, "versions"))
            .map(|version| text(version, "groupVersion").to_owned());
        let versions: Vec<String> = if root == "/api" { core.collect() } else { others.collect() };
        for api_version in versions {
            match wire.exchange(&Ask::get(format!("{root}/{api_version}"))).await {
                Ok(reply) => self.listed(&api_version, &super::parse(&reply.body)?),
                // A group whose own server is down must not hide all others (Helm warns and goes on).
                Err(ClusterError::Unauthorized { message }) => {
                    return Err(ClusterError::Unauthorized { message });
                }
                Err(_) => self.stale_groups.push(Kind::new(api_version, "").group().to_owned()),
            }
        }
        Ok(())
    }

    fn listed(&mut self, api_version: &str, list: &Value) {
        for resource in array(list, "resources") {
            let kind = Kind::new(api_version, text(resource, "kind"));
            if text(resource, "name").contains('/') {
                self.subresource_kinds.push(kind);
                continue;
            }
            self.resources.push(Resource {
                kind,
                plural: text(resource, "name").to_owned(),
                scope: match resource.get("namespaced") {
                    Some(Value::Bool(true)) => Scope::Namespaced,
                    _ => Scope::Cluster,
                },
                verbs: verbs(resource),
            });
        }
    }
}

fn response_kind(api_version: &str, resource: &Value) -> Option<Kind> {
    let kind = resource.pointer("/responseKind/kind")?.as_str()?;
    // Helm takes the kind under the version that lists it, whatever version it answers in.
    (!kind.is_empty()).then(|| Kind::new(api_version, kind))
}

fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

fn verbs(resource: &Value) -> Vec<String> {
    array(resource, "verbs").filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn array<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aggregated_discovery_tells_kinds_scopes_and_dead_groups() {
        let mut found = Found::default();
        found.aggregated(&json!({"kind": "APIGroupDiscoveryList", "items": [
            {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "freshness": "Current",
                "resources": [{"resource": "deployments", "scope": "Namespaced", "verbs": ["get"],
                    "responseKind": {"group": "apps", "version": "v1", "kind": "Deployment"},
                    "subresources": [{"subresource": "scale", "responseKind":
                        {"group": "autoscaling", "version": "v1", "kind": "Scale"}}]}]}]},
            {"metadata": {"name": "metrics.k8s.io"}, "versions":
                [{"version": "v1beta1", "freshness": "Stale"}]}]}));
        let discovery = Discovery::new(found.resources, found.subresource_kinds);
        let deployment = discovery.find(&Kind::new("apps/v1", "Deployment")).unwrap();
        assert_eq!(deployment.plural, "deployments");
        assert_eq!(deployment.scope, Scope::Namespaced);
        assert_eq!(found.stale_groups, ["metrics.k8s.io"]);
        assert_eq!(discovery.api_versions(), ["apps/v1", "apps/v1/Deployment", "apps/v1/Scale"]);
    }
}
