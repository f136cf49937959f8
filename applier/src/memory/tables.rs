//! The sandbox's tables: the columns that people look at, as kube-apiserver names them
//! (`pkg/printers/internalversion/printers.go`). Whatever has none here is shown by name and age.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    cluster::{Kind, Row, Table, age},
    object,
    readiness::{count, number, text},
};

/// What the cells between name and age are made of.
type Cells = fn(&Value) -> Vec<Value>;

/// Returns objects of a kind as a table.
pub(super) fn table(kind: &Kind, objects: Vec<Value>, now: Timestamp) -> Table {
    let Some((between, cells)) = columns(kind) else { return Table::bare(objects, now) };
    let mut table = Table::with_columns(&[&["Name"], between, &["Age"]].concat());
    table.rows.extend(objects.into_iter().map(|object| {
        let mut row = vec![json!(object::name(&object))];
        row.extend(cells(&object));
        row.push(json!(age(&object, now)));
        Row { cells: row, object }
    }));
    table
}

fn columns(kind: &Kind) -> Option<(&'static [&'static str], Cells)> {
    Some(match (kind.group(), kind.kind.as_str()) {
        ("", "Pod") => (&["Ready", "Status", "Restarts"], pod),
        ("", "ConfigMap") => (&["Data"], |it| vec![entries(it)]),
        ("", "Secret") => {
            (&["Type", "Data"], |it| vec![json!(or(text(it, "/type"), "Opaque")), entries(it)])
        }
        ("", "Service") => (&["Type", "Cluster-IP", "External-IP", "Port(s)"], service),
        ("", "PersistentVolumeClaim") => {
            (&["Status", "Volume", "Capacity", "Access Modes", "StorageClass"], claim)
        }
        ("", "Namespace") => (&["Status"], |it| vec![json!(text(it, "/status/phase"))]),
        ("apps", "Deployment") => (&["Ready", "Up-to-date", "Available"], |it| {
            let updated = count(it, "/status/updatedReplicas");
            vec![ready(it), json!(updated), json!(count(it, "/status/availableReplicas"))]
        }),
        ("apps", "StatefulSet") => (&["Ready"], |it| vec![ready(it)]),
        _ => return None,
    })
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

fn entries(object: &Value) -> Value {
    let of = |member: &str| {
        object.get(member).and_then(Value::as_object).map_or(0, serde_json::Map::len)
    };
    json!(of("data") + of("binaryData"))
}

fn ready(object: &Value) -> Value {
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    json!(format!("{}/{wanted}", count(object, "/status/readyReplicas")))
}

fn pod(object: &Value) -> Vec<Value> {
    let phase = text(object, "/status/phase");
    let containers = object.pointer("/spec/containers").and_then(Value::as_array);
    let containers = containers.map_or(0, Vec::len);
    let ready = if phase == "Running" { containers } else { 0 };
    let status = if phase == "Succeeded" { "Completed" } else { phase };
    vec![json!(format!("{ready}/{containers}")), json!(status), json!(0)]
}

fn service(object: &Value) -> Vec<Value> {
    let ports = object.pointer("/spec/ports").and_then(Value::as_array);
    let ports = ports.into_iter().flatten().map(|port| {
        let protocol = or(text(port, "/protocol"), "TCP");
        format!("{}/{protocol}", count(port, "/port"))
    });
    let address = or(text(object, "/spec/clusterIP"), "<none>");
    let kind = or(text(object, "/spec/type"), "ClusterIP");
    let ports = ports.collect::<Vec<_>>().join(",");
    vec![json!(kind), json!(address), json!("<none>"), json!(or(&ports, "<none>"))]
}

fn claim(object: &Value) -> Vec<Value> {
    let words = |pointer: &str| {
        let list = object.pointer(pointer).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(short)
            .collect::<Vec<_>>()
            .join(",")
    };
    let class = text(object, "/spec/storageClassName");
    vec![
        json!(text(object, "/status/phase")),
        json!(text(object, "/spec/volumeName")),
        json!(text(object, "/status/capacity/storage")),
        json!(words("/status/accessModes")),
        json!(class),
    ]
}

fn short(mode: &str) -> &str {
    match mode {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        other => other,
    }
}
