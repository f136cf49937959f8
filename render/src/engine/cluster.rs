//! `.Capabilities`: Helm's Go types, as far as templates can tell.

use std::rc::Rc;

use rutter_gotmpl::{Fault, Object, Type, Value};

use crate::{Capabilities, KubeVersion};

/// The build that `.Capabilities.HelmVersion` speaks of: the one we follow.
const HELM: [(&str, &str, &str); 5] = [
    ("Version", "version", "v4.3.1"),
    ("GitCommit", "git_commit", "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"),
    ("GitTreeState", "git_tree_state", "clean"),
    ("GoVersion", "go_version", "go1.27.2"),
    ("KubeClientVersion", "kube_client_version", "v1.37"),
];

/// Returns `.Capabilities`.
pub(super) fn value(capabilities: &Capabilities) -> Value {
    Value::Object(Rc::new(All {
        kube: Value::Object(Rc::new(Kube(capabilities.kube_version.clone()))),
        apis: Value::Object(Rc::new(Apis(capabilities.api_versions.clone()))),
        helm: Value::Object(Rc::new(Build)),
    }))
}

#[derive(Debug)]
struct All {
    kube: Value,
    apis: Value,
    helm: Value,
}

#[derive(Debug)]
struct Kube(KubeVersion);

#[derive(Debug)]
struct Apis(Vec<String>);

#[derive(Debug)]
struct Build;

impl Object for All {
    fn type_name(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "KubeVersion" => Some(self.kube.clone()),
            "APIVersions" => Some(self.apis.clone()),
            "HelmVersion" => Some(self.helm.clone()),
            _ => None,
        }
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![
            ("KubeVersion", self.kube.clone()),
            ("APIVersions", self.apis.clone()),
            ("HelmVersion", self.helm.clone()),
        ])
    }

    fn printed_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        self.members()
    }

    fn print(&self) -> String {
        let parts = [&self.kube, &self.apis, &self.helm].map(|part| match part {
            Value::Object(object) => object.print(),
            _ => String::new(),
        });
        format!("&{{{}}}", parts.join(" "))
    }

    /// An action prints what the pointer leads to.
    fn print_in_action(&self) -> String {
        let text = self.print();
        text.strip_prefix('&').map_or(text.clone(), str::to_owned)
    }
}

impl Object for Kube {
    fn type_name(&self) -> &'static str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(Value::from(self.0.version.as_str())),
            "Major" => Some(Value::from(self.0.major.as_str())),
            "Minor" => Some(Value::from(self.0.minor.as_str())),
            _ => None,
        }
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        matches!(name, "String" | "GitVersion").then_some((&[], None))
    }

    fn call(&self, name: &str, _: &[Value]) -> Option<Result<Value, Fault>> {
        match name {
            "String" => Some(Ok(Value::from(self.0.normalized.as_str()))),
            "GitVersion" => Some(Ok(Value::from(self.0.version.as_str()))),
            _ => None,
        }
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![
            ("Version", Value::from(self.0.version.as_str())),
            ("Major", Value::from(self.0.major.as_str())),
            ("Minor", Value::from(self.0.minor.as_str())),
        ])
    }

    fn printed_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let KubeVersion { version, normalized, major, minor } = &self.0;
        Some(vec![
            ("Version", Value::from(version.as_str())),
            ("normalizedVersion", Value::from(normalized.as_str())),
            ("Major", Value::from(major.as_str())),
            ("Minor", Value::from(minor.as_str())),
        ])
    }

    fn print(&self) -> String {
        let KubeVersion { version, normalized, major, minor } = &self.0;
        format!("{{{version} {normalized} {major} {minor}}}")
    }

    fn print_in_action(&self) -> String {
        self.0.normalized.clone()
    }
}

impl Object for Apis {
    fn type_name(&self) -> &'static str {
        "common.VersionSet"
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        (name == "Has").then_some((&[Type::String], None))
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        if name != "Has" {
            return None;
        }
        let has = matches!(arguments, [Value::String(wanted)]
            if self.0.iter().any(|known| *known == **wanted));
        Some(Ok(Value::Bool(has)))
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::strings(self.0.iter().map(String::as_str)))
    }

    fn print(&self) -> String {
        format!("[{}]", self.0.join(" "))
    }
}

impl Object for Build {
    fn type_name(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        let found = HELM.iter().find(|(field, _, _)| *field == name);
        found.map(|(_, _, value)| Value::from(*value))
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(HELM.iter().map(|(_, key, value)| (*key, Value::from(*value))).collect())
    }

    fn printed_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(HELM.iter().map(|(name, _, value)| (*name, Value::from(*value))).collect())
    }

    fn print(&self) -> String {
        format!("{{{}}}", HELM.map(|(_, _, value)| value).join(" "))
    }
}
