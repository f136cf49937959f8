//! What rendering makes: documents, hooks, notes, CRDs, and their order.

use std::{cell::OnceCell, fmt};

use serde::{Deserialize, Serialize};

use crate::{Chart, Values, tape::Recording};

pub(crate) use sorting::{crds, sort};

mod sorting;

/// What a chart and values make.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The chart as rendered: its dependencies switched by the values and
    /// renamed by their aliases, its defaults with what they import. This is the
    /// chart that Helm's release record holds.
    pub chart: Chart,
    /// The documents, in the order in which they are installed.
    pub documents: Vec<Document>,
    /// The hooks, in the order in which `helm template` prints them; for running
    /// them see [`Hook::weight`].
    pub hooks: Vec<Hook>,
    /// The content of NOTES.txt, as rendered.
    pub notes: String,
    /// The files under `crds/`, subcharts' after their parent's.
    pub crds: Vec<Crd>,
    /// What the user gave.
    pub user_values: Values,
    /// What the top chart's templates saw as `.Values`.
    pub coalesced_values: Values,
    /// What was random, looked up or read from the clock: with it, the same
    /// chart and values render to the same bytes.
    pub tape: Recording,
    /// What Helm logs meanwhile, a line each.
    pub warnings: Vec<String>,
}

/// A Kubernetes object that a template made.
#[derive(Clone)]
pub struct Document {
    /// The template, e.g. `web/templates/service.yaml`.
    pub source: String,
    /// The document as the template wrote it, without its `---`.
    pub text: String,
    /// `apiVersion`, empty if there is none.
    pub api_version: String,
    /// `kind`, empty if there is none.
    pub kind: String,
    /// `metadata.name`, empty if there is none.
    pub name: String,
    /// `metadata.namespace`, if the document names one.
    pub namespace: Option<String>,
    /// The object, once [`Document::object`] was asked for it.
    pub read: OnceCell<serde_json::Value>,
}

/// A Kubernetes object that is created at a point of a release's life.
#[derive(Clone)]
pub struct Hook {
    /// The object. Its `source` is the hook's `path` in Helm's record, its
    /// `text` the `manifest`.
    pub document: Document,
    /// When it runs, in the order of the annotation.
    pub events: Vec<HookEvent>,
    /// Hooks run by weight, then by name; where both are equal, in the order of
    /// [`Rendered::hooks`].
    pub weight: i64,
    /// When the object is deleted; none given means before a new one is created.
    pub delete_policies: Vec<DeletePolicy>,
    /// When its containers' output is shown.
    pub log_policies: Vec<LogPolicy>,
}

/// A file under `crds/`.
#[derive(Clone)]
pub struct Crd {
    /// The path in its own chart, e.g. `crds/backup.yaml`.
    pub name: String,
    /// The path from the top chart, e.g. `web/charts/db/crds/backup.yaml`.
    pub source: String,
    /// The file as it is; it may hold several documents.
    pub text: String,
}

/// A point in a release's life at which hooks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookEvent {
    /// Before the objects of an install.
    PreInstall,
    /// After the objects of an install.
    PostInstall,
    /// Before an uninstall.
    PreDelete,
    /// After an uninstall.
    PostDelete,
    /// Before the objects of an upgrade.
    PreUpgrade,
    /// After the objects of an upgrade.
    PostUpgrade,
    /// Before the objects of a rollback.
    PreRollback,
    /// After the objects of a rollback.
    PostRollback,
    /// On `helm test` only.
    Test,
}

/// When the object of a hook is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum DeletePolicy {
    /// Before a new one is created.
    BeforeCreation,
    /// Once the hook has succeeded.
    Succeeded,
    /// Once the hook has failed.
    Failed,
    /// A word that means nothing; Helm keeps it in its record.
    Other(String),
}

/// When the output of a hook's containers is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum LogPolicy {
    /// Once the hook has succeeded.
    Succeeded,
    /// Once the hook has failed.
    Failed,
    /// A word that means nothing; Helm keeps it in its record.
    Other(String),
}

/// Helm's order of kinds for installing (its `kind_sorter.go`).
const INSTALL: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Helm's order of kinds for uninstalling (its `kind_sorter.go`).
const UNINSTALL: [&str; 38] = [
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
];

/// Returns the place of `kind` in Helm's install order; unknown kinds share the
/// last place, and are then ordered by their names.
pub fn install_rank(kind: &str) -> usize {
    rank(&INSTALL, kind)
}

/// Returns the place of `kind` in Helm's uninstall order; unknown kinds share
/// the last place, and are then ordered by their names.
pub fn uninstall_rank(kind: &str) -> usize {
    rank(&UNINSTALL, kind)
}

fn rank(order: &[&str], kind: &str) -> usize {
    order.iter().position(|known| *known == kind).unwrap_or(order.len())
}

impl Rendered {
    /// Returns the documents as one text: what Helm's record and
    /// `get manifest` hold.
    pub fn manifest(&self) -> String {
        let mut text = String::new();
        for document in &self.documents {
            text.push_str("---\n# Source: ");
            text.push_str(&document.source);
            text.push('\n');
            text.push_str(&document.text);
            text.push('\n');
        }
        text
    }
}

impl HookEvent {
    /// Returns the word in the annotation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreInstall => "pre-install",
            Self::PostInstall => "post-install",
            Self::PreDelete => "pre-delete",
            Self::PostDelete => "post-delete",
            Self::PreUpgrade => "pre-upgrade",
            Self::PostUpgrade => "post-upgrade",
            Self::PreRollback => "pre-rollback",
            Self::PostRollback => "post-rollback",
            Self::Test => "test",
        }
    }

    /// Reads a word of the annotation; Helm 2's `test-success` is `test`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "pre-install" => Self::PreInstall,
            "post-install" => Self::PostInstall,
            "pre-delete" => Self::PreDelete,
            "post-delete" => Self::PostDelete,
            "pre-upgrade" => Self::PreUpgrade,
            "post-upgrade" => Self::PostUpgrade,
            "pre-rollback" => Self::PreRollback,
            "post-rollback" => Self::PostRollback,
            "test" | "test-success" => Self::Test,
            _ => return None,
        })
    }
}

impl From<String> for DeletePolicy {
    fn from(word: String) -> Self {
        match word.as_str() {
            "before-hook-creation" => Self::BeforeCreation,
            "hook-succeeded" => Self::Succeeded,
            "hook-failed" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}

impl From<DeletePolicy> for String {
    fn from(policy: DeletePolicy) -> Self {
        match policy {
            DeletePolicy::BeforeCreation => "before-hook-creation".to_owned(),
            DeletePolicy::Succeeded => "hook-succeeded".to_owned(),
            DeletePolicy::Failed => "hook-failed".to_owned(),
            DeletePolicy::Other(word) => word,
        }
    }
}

impl From<String> for LogPolicy {
    fn from(word: String) -> Self {
        match word.as_str() {
            "hook-succeeded" => Self::Succeeded,
            "hook-failed" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}

impl From<LogPolicy> for String {
    fn from(policy: LogPolicy) -> Self {
        match policy {
            LogPolicy::Succeeded => "hook-succeeded".to_owned(),
            LogPolicy::Failed => "hook-failed".to_owned(),
            LogPolicy::Other(word) => word,
        }
    }
}

impl Document {
    /// Returns the object itself; `null` where the document holds comments only. It is
    /// read at the first question: what is only printed needs none, and objects take many
    /// times the room of their text.
    pub fn object(&self) -> &serde_json::Value {
        self.read.get_or_init(|| crate::yaml::read_json(&self.text).unwrap_or_default())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.kind, self.name, self.source)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.document, self.events)
    }
}

impl fmt::Debug for Crd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
