//! The objects of a release as they are in the cluster, put into a release for its display.

use applier::resources::{self, Form, RELATED_PODS, Resources};
use serde_json::{Value, json};

use crate::{failure::Failure, release::Release, ui, work::Work};

/// Asks the cluster for a release's objects and puts them into the release, as `form` says: text
/// for [`ui::Report`], or values for Helm's JSON. Returns how the objects stand.
///
/// # Errors
///
/// A cluster that cannot be reached.
pub(crate) fn look(
    work: &mut Work,
    release: &mut Release,
    form: Form,
) -> Result<Resources, Failure> {
    let place = (release.manifest.as_str(), release.namespace.as_str());
    let seen = work.run(async |world| resources::read(world.cluster, place, form).await)?;
    match form {
        Form::Table => release.info.live = ui::resources(&seen),
        Form::Whole => release.info.resources = values(&seen).into_iter().collect(),
    }
    Ok(seen)
}

/// Returns the objects as Helm's JSON has them: lists by version and kind; pods come as they were
/// listed.
fn values(seen: &Resources) -> Vec<(String, Value)> {
    let group = |group: &resources::Group| {
        let rows = group.tables.iter().flat_map(|it| &it.rows);
        let objects: Vec<Value> = rows.map(|it| it.object.clone()).collect();
        let value = if group.title == RELATED_PODS {
            json!([{"apiVersion": "v1", "kind": "PodList", "items": objects,
                "metadata": {"resourceVersion": ""}}])
        } else {
            Value::Array(objects)
        };
        (group.title.clone(), value)
    };
    seen.groups.iter().map(group).collect()
}
