//! Revisions as callers see them, from the ledger's entries or from Helm's records.

use serde_json::Value;

use ledger::{Description, Ledger, Life, ObjectId, Release, RevisionEntry, Status, Store};

use crate::{
    claim::time,
    content::{self, Content},
    error::Error,
    object,
    record::{self, Headline, Record},
    request::Target,
    situation::{KnownBy, Summary},
};

/// Returns what a list says of a revision that the ledger knows.
pub(crate) async fn summary<S: Store>(
    ledger: &Ledger<S>,
    release: &Release,
    entry: &RevisionEntry,
    known: KnownBy,
) -> Result<Summary, Error> {
    let chart = entry.chart.clone();
    let word = |pick: fn(&ledger::Chart) -> &String| {
        chart.as_ref().map(|it| pick(it).clone()).unwrap_or_default()
    };
    let event = match entry.origin {
        ledger::Origin::Own { started, .. } => started,
        ledger::Origin::Imported { event } => event,
    };
    Ok(Summary {
        target: Target { namespace: release.key.namespace.clone(), name: release.key.name.clone() },
        revision: entry.number,
        updated_ns: entry.started_ns,
        status: entry.status,
        chart: word(|it| &it.name),
        chart_version: word(|it| &it.version),
        app_version: word(|it| &it.app_version),
        source: chart.as_ref().and_then(|it| it.source),
        description: description(ledger, entry.description).await?,
        rollback_revision: entry.rollback_revision,
        labels: content::load_labels(ledger, release, entry).await?,
        known,
        event: Some(event),
    })
}

/// Returns what a list says of a record; nothing of one that cannot be read, as Helm.
pub(crate) fn summary_of_secret(secret: &Value) -> Option<Summary> {
    let mut headline = Headline::from_secret(secret).ok()?;
    let target =
        Target { namespace: headline.namespace.parse().ok()?, name: headline.name.parse().ok()? };
    let info = std::mem::take(&mut headline.info);
    let labels = std::mem::take(&mut headline.labels);
    let revision = ledger::Revision(headline.version);
    let [chart, chart_version, app_version] = headline.into_chart_words();
    Some(Summary {
        target,
        revision,
        updated_ns: info.last_deployed.map_or(0, nanoseconds),
        status: record::status_of(&info.status),
        chart,
        chart_version,
        app_version,
        source: None,
        description: info.description,
        rollback_revision: info.rollback_revision.map(ledger::Revision),
        labels,
        known: KnownBy::Cluster,
        event: None,
    })
}

/// Returns a revision that the ledger knows as Helm's record would have it.
pub(crate) async fn record<S: Store>(
    ledger: &Ledger<S>,
    (release, life): (&Release, &Life),
    entry: &RevisionEntry,
) -> Result<Record, Error> {
    let mut record = Content::load(ledger, release, entry).await?.to_record();
    release.key.name.as_str().clone_into(&mut record.name);
    release.key.namespace.as_str().clone_into(&mut record.namespace);
    record.version = entry.number.0;
    record.source = entry.chart.as_ref().and_then(|it| it.source);
    let info = &mut record.info;
    info.first_deployed = life.first_deployed_ns().map(time);
    info.last_deployed = Some(time(entry.started_ns));
    info.deleted = match (entry.status, life.ended) {
        (Status::Uninstalled, Some(ended)) => Some(time(ended.at_ns)),
        _ => None,
    };
    info.description = description(ledger, entry.description).await?;
    entry.status.as_str().clone_into(&mut info.status);
    info.rollback_revision = entry.rollback_revision.map(|it| it.0);
    Ok(record)
}

/// Returns Helm's sentence, wherever it is kept.
pub(crate) async fn description<S: Store>(
    ledger: &Ledger<S>,
    description: Description,
) -> Result<String, Error> {
    match description {
        Description::Text(id) => text(ledger, id).await,
        fixed => Ok(fixed.fixed().unwrap_or_default()),
    }
}

async fn text<S: Store>(ledger: &Ledger<S>, id: ObjectId) -> Result<String, Error> {
    let bytes = ledger.get(id).await?;
    // Of a record that could not be read the whole Secret stands here.
    Ok(if bytes.first() == Some(&b'{') && bytes.len() > 1024 {
        "the record cannot be read".to_owned()
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Returns nanoseconds since 1970.
pub(crate) fn nanoseconds(time: jiff::Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX)
}

/// What the labels of a record say, without its body.
pub(crate) struct Label {
    /// The revision.
    pub(crate) revision: u32,
    /// Its state.
    pub(crate) status: Status,
}

/// Reads a record's labels.
pub(crate) fn labels(secret: &Value) -> Option<Label> {
    let revision = object::label(secret, "version")?.parse().ok()?;
    let status = record::status_of(object::label(secret, "status").unwrap_or_default());
    Some(Label { revision, status })
}
