//! `rutter get metadata`: what is known of a release beside its content.

use std::{collections::BTreeMap, fmt::Write as _};

use render::Dependency;
use serde::Serialize;

use super::Wanted;
use crate::{
    failure::Failure,
    options::{Format, Output},
    release::Release,
    session::Session,
    ui::{json_line, yaml},
};

/// Print what is known of a release beside its content
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,

    #[command(flatten)]
    output: Output,
}

/// Helm's fields in Helm's order (`action.Metadata`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    name: String,
    chart: String,
    version: String,
    app_version: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<Dependency>,
    namespace: String,
    revision: u64,
    status: String,
    deployed_at: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    apply_method: String,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get metadata", session)?;
    let facts = Facts::of(release);
    let text = match args.output.format {
        Format::Json => json_line(&facts)?,
        Format::Yaml => yaml(&facts)?,
        Format::Table => facts.table(),
    };
    Ok(session.ui.print(&text)?)
}

impl Facts {
    fn of(release: Release) -> Self {
        let metadata = release.metadata().cloned().unwrap_or_default();
        Self {
            name: release.name,
            chart: metadata.name,
            version: metadata.version,
            app_version: metadata.app_version,
            annotations: metadata.annotations,
            labels: release.labels.into_iter().collect(),
            dependencies: metadata.dependencies,
            namespace: release.namespace,
            revision: release.revision,
            status: release.info.status,
            deployed_at: release.info.last_deployed.rfc3339(),
            apply_method: release.apply_method,
        }
    }

    fn table(&self) -> String {
        let mut dependencies: Vec<&str> =
            self.dependencies.iter().map(|it| it.name.as_str()).collect();
        dependencies.sort_unstable();
        let method = match self.apply_method.as_str() {
            "" => "client-side apply (defaulted)".to_owned(),
            "csa" => "client-side apply".to_owned(),
            "ssa" => "server-side apply".to_owned(),
            other => format!("unknown ({other:?})"),
        };
        let rows = [
            ("NAME", self.name.clone()),
            ("CHART", self.chart.clone()),
            ("VERSION", self.version.clone()),
            ("APP_VERSION", self.app_version.clone()),
            ("ANNOTATIONS", joined(&self.annotations)),
            ("LABELS", joined(&self.labels)),
            ("DEPENDENCIES", dependencies.join(",")),
            ("NAMESPACE", self.namespace.clone()),
            ("REVISION", self.revision.to_string()),
            ("STATUS", self.status.clone()),
            ("DEPLOYED_AT", self.deployed_at.clone()),
            ("APPLY_METHOD", method),
        ];
        let mut text = String::new();
        for (name, value) in rows {
            let _ = writeln!(text, "{name}: {value}");
        }
        text
    }
}

/// `a=1,b=2`, as Kubernetes prints labels.
fn joined(labels: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    parts.join(",")
}
