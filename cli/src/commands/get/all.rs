//! `rutter get all`: everything about a release.

use render::Vocabulary;
use serde_json::{Value, json};

use super::Wanted;
use crate::{
    failure::Failure,
    release::Release,
    session::Session,
    ui::{Content, Detail, Report},
};

/// Print everything about a release
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,

    /// Print by this template of Go's, e.g. "{{.Release.Name}}"
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get all", session)?;
    if let Some(template) = args.template.as_deref().filter(|it| !it.is_empty()) {
        let data = json!({"Release": fields(&release)});
        let text = render::run_alone("_", template, &data, Vocabulary::Go);
        let text = text.map_err(|error| Failure::from_error(&error))?;
        return Ok(session.ui.print(&text)?);
    }
    let report = Report {
        release: &release,
        chart: Detail::Shown,
        content: Content::Full { computed: release.computed_values() },
        notes: Detail::Shown,
    };
    let text = report.to_text(session.ui.style())?;
    Ok(session.ui.print(&text)?)
}

/// A release as Helm's templates see it: by the names of Go's fields.
fn fields(release: &Release) -> Value {
    let info = &release.info;
    let metadata = release.metadata().map(|it| {
        json!({
            "Name": it.name, "Home": it.home, "Sources": it.sources, "Version": it.version,
            "Description": it.description, "Keywords": it.keywords, "Icon": it.icon,
            "APIVersion": it.api_version, "Condition": it.condition, "Tags": it.tags,
            "AppVersion": it.app_version, "Deprecated": it.deprecated,
            "Annotations": it.annotations, "KubeVersion": it.kube_version, "Type": it.kind,
        })
    });
    let hooks: Vec<Value> = release
        .hooks
        .iter()
        .map(|it| {
            json!({
                "Name": it.name, "Kind": it.kind, "Path": it.path, "Manifest": it.manifest,
                "Events": it.events, "Weight": it.weight, "DeletePolicies": it.delete_policies,
            })
        })
        .collect();
    json!({
        "Name": release.name,
        "Info": {
            "FirstDeployed": info.first_deployed.string(),
            "LastDeployed": info.last_deployed.string(),
            "Deleted": info.deleted.string(),
            "Description": info.description,
            "Status": info.status,
            "RollbackRevision": info.rollback_revision,
            "Notes": info.notes,
        },
        "Chart": {
            "Metadata": metadata,
            "Values": release.chart.as_ref().and_then(|it| it.values.clone()),
        },
        "Config": release.config,
        "Manifest": release.manifest,
        "Hooks": hooks,
        "Version": release.revision,
        "Namespace": release.namespace,
        "ApplyMethod": release.apply_method,
    })
}
