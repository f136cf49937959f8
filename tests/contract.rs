//! The sandbox's cluster answers as a real API server does: the same scripts of
//! writes, made from seeds, run on both, and each answer is compared.
//!
//! What a server fills in by itself (defaults, identity, times) is left out of the
//! comparison; managed fields, conflicts and refusals are not.

use std::fmt::Debug;

use applier::{
    Address, Apply, Cluster, ClusterError, Conflicts, Delete, Depth, Effect, FieldConflict,
    Freshness, Kind, MemoryCluster, Mistake, Propagation, Resource, Validation,
};
use serde_json::{Value, json};

use crate::support::{cluster, runtime};

const STEPS: usize = 25;
const SEEDS: u64 = 40;

/// A source of choices that gives the same ones for the same seed (xorshift64*).
struct Choices(u64);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % bound
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn some<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        items.iter().filter(|_| self.chance(2)).cloned().collect()
    }
}

/// One write of a script.
#[derive(Clone, Debug)]
enum Step {
    Create(Kind, Value),
    Apply(Kind, Value, &'static str, Conflicts, Effect),
    /// Reads the object, sets one field of it and puts it back.
    Edit(Kind, String, &'static str, Value),
    Delete(Kind, String, Identity),
}

/// Which UID a delete names.
#[derive(Clone, Copy, Debug)]
enum Identity {
    Right,
    Wrong,
    None,
}

impl Step {
    /// Returns the kind and name of what is written.
    fn subject(&self) -> (&str, &str) {
        match self {
            Self::Create(kind, object) | Self::Apply(kind, object, ..) => {
                (&kind.kind, object["metadata"]["name"].as_str().unwrap())
            }
            Self::Edit(kind, name, ..) | Self::Delete(kind, name, _) => (&kind.kind, name),
        }
    }
}

fn kinds() -> Vec<Kind> {
    vec![
        Kind::new("v1", "ConfigMap"),
        Kind::new("v1", "PodTemplate"),
        Kind::new("v1", "Service"),
        Kind::new("networking.k8s.io/v1", "Ingress"),
        Kind::new("batch/v1", "CronJob"),
    ]
}

fn script(seed: u64) -> Vec<Step> {
    let mut choices = Choices(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..STEPS).map(|_| step(&mut choices)).collect()
}

fn step(choices: &mut Choices) -> Step {
    let kind = choices.pick(&kinds()).clone();
    let name = (*choices.pick(&["a", "b"])).to_owned();
    match choices.below(10) {
        // Of what a server fills in at a POST the poster becomes the owner, so only what has no
        // defaults is created so.
        0 => Step::Create(Kind::new("v1", "ConfigMap"), config_map(choices, &name)),
        1 => {
            let identity = *choices.pick(&[Identity::Right, Identity::Wrong, Identity::None]);
            Step::Delete(kind, name, identity)
        }
        2 => {
            let value = json!({"edited": choices.pick(&["x", "y"])});
            Step::Edit(kind, name, "/metadata/annotations", value)
        }
        3 if kind.kind == "PodTemplate" => {
            let image = json!(choices.pick(&["web:1", "web:9"]));
            Step::Edit(kind, name, "/template/spec/containers/0/image", image)
        }
        _ => {
            let object = object(choices, &kind, &name);
            let manager = *choices.pick(&["helm", "helm", "other", "third"]);
            let conflicts =
                *choices.pick(&[Conflicts::Refuse, Conflicts::Refuse, Conflicts::Force]);
            let effect = if choices.chance(8) { Effect::DryRun } else { Effect::Persist };
            Step::Apply(kind, object, manager, conflicts, effect)
        }
    }
}

fn object(choices: &mut Choices, kind: &Kind, name: &str) -> Value {
    let mut object = match kind.kind.as_str() {
        "ConfigMap" => return config_map(choices, name),
        "PodTemplate" => json!({"template": pod(choices)}),
        "Service" => json!({"spec": service(choices)}),
        "Ingress" => json!({"spec": {"defaultBackend": {"service": {
            "name": choices.pick(&["web", "db"]), "port": {"number": 80}}}}}),
        _ => json!({"spec": {
            "schedule": choices.pick(&["* * * * *", "1 * * * *"]),
            "suspend": true,
            "jobTemplate": {"spec": {"template": {"spec": cron_pod(choices)}}}}}),
    };
    object["metadata"] = metadata(choices, name);
    object["apiVersion"] = json!(kind.api_version);
    object["kind"] = json!(kind.kind);
    object
}

fn metadata(choices: &mut Choices, name: &str) -> Value {
    let mut metadata = json!({"name": name});
    for label in choices.some(&["app", "tier", "env"]) {
        metadata["labels"][label] = json!(choices.pick(&["1", "2"]));
    }
    if choices.chance(3) {
        metadata["annotations"] = json!({"note": choices.pick(&["x", "y"])});
    }
    if choices.chance(6) {
        let all = ["example.com/one", "example.com/two"];
        metadata["finalizers"] = json!([choices.pick(&all)]);
    }
    metadata
}

fn config_map(choices: &mut Choices, name: &str) -> Value {
    let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap"});
    object["metadata"] = metadata(choices, name);
    for key in choices.some(&["a", "b", "c", "d"]) {
        object["data"][key] = json!(choices.pick(&["1", "2"]));
    }
    object
}

fn pod(choices: &mut Choices) -> Value {
    let mut containers = vec![container(choices, "web")];
    if choices.chance(2) {
        containers.push(container(choices, "side"));
    }
    if choices.chance(3) {
        containers.reverse();
    }
    let mut pod =
        json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}});
    if choices.chance(3) {
        pod["spec"]["nodeSelector"] = json!({"disk": choices.pick(&["ssd", "hdd"])});
    }
    if choices.chance(3) {
        pod["spec"]["tolerations"] =
            json!([{"key": choices.pick(&["a", "b"]), "operator": "Exists"}]);
    }
    pod
}

fn container(choices: &mut Choices, name: &str) -> Value {
    let mut container = json!({"name": name, "image": choices.pick(&["web:1", "web:2"])});
    let variables = choices.some(&["ONE", "TWO", "THREE"]);
    if !variables.is_empty() {
        let value = |name| json!({"name": name, "value": choices.pick(&["1", "2"])});
        container["env"] = variables.into_iter().map(value).collect();
    }
    let ports = choices.some(&[(80, "TCP"), (80, "UDP"), (443, "TCP")]);
    if !ports.is_empty() {
        let port = |(port, protocol)| {
            if choices.chance(2) && protocol == "TCP" {
                json!({"containerPort": port})
            } else {
                json!({"containerPort": port, "protocol": protocol})
            }
        };
        container["ports"] = ports.into_iter().map(port).collect();
    }
    if choices.chance(3) {
        container["args"] = json!([choices.pick(&["-a", "-b"])]);
    }
    container
}

fn cron_pod(choices: &mut Choices) -> Value {
    json!({"restartPolicy": "Never", "containers": [container(choices, "job")]})
}

fn service(choices: &mut Choices) -> Value {
    let mut ports = vec![json!({"name": "web", "port": 80})];
    if choices.chance(2) {
        let (name, protocol) = choices.pick(&[("dns-udp", "UDP"), ("dns-tcp", "TCP")]);
        ports.push(json!({"name": name, "port": 53, "protocol": protocol}));
    }
    json!({"selector": {"app": choices.pick(&["web", "db"])}, "ports": ports})
}

/// What a cluster answers, without what two servers cannot agree on.
#[derive(Debug, PartialEq)]
enum Said {
    Object(Value),
    Nothing,
    Refused { kind: String, message: String, fields: Vec<FieldConflict> },
}

async fn resource(cluster: &impl Cluster, kind: &Kind) -> Resource {
    let discovery = cluster.discover(Freshness::Cached).await.unwrap();
    discovery.find(kind).unwrap_or_else(|| panic!("{kind:?} is not served")).clone()
}

async fn run(cluster: &impl Cluster, namespace: &str, step: &Step) -> Said {
    let placed = |object: &Value| {
        let mut object = object.clone();
        object["metadata"]["namespace"] = json!(namespace);
        object
    };
    let result = match step {
        Step::Create(kind, object) => {
            let resource = resource(cluster, kind).await;
            cluster
                .create(&resource, &placed(object), Effect::Persist)
                .await
                .map(|it| Some(it.object))
        }
        Step::Apply(kind, object, manager, conflicts, effect) => {
            let resource = resource(cluster, kind).await;
            let options = Apply {
                manager,
                conflicts: *conflicts,
                effect: *effect,
                validation: Validation::Strict,
            };
            cluster.apply(&resource, &placed(object), &options).await.map(|it| Some(it.object))
        }
        Step::Edit(kind, name, pointer, value) => {
            let resource = resource(cluster, kind).await;
            edit(cluster, &resource, (namespace, name), (pointer, value)).await.map(Some)
        }
        Step::Delete(kind, name, identity) => {
            let resource = resource(cluster, kind).await;
            delete(cluster, &resource, (namespace, name), *identity).await
        }
    };
    match result {
        Ok(Some(object)) => Said::Object(object),
        Ok(None) => Said::Nothing,
        Err(error) => refused(&error, namespace),
    }
}

async fn edit(
    cluster: &impl Cluster,
    resource: &Resource,
    (namespace, name): (&str, &str),
    (pointer, value): (&str, &Value),
) -> Result<Value, ClusterError> {
    let address = Address { resource, namespace: Some(namespace), name };
    let mut object = cluster.get(&address, Depth::Whole).await?;
    match object.pointer_mut(pointer) {
        Some(place) => *place = value.clone(),
        None => object["metadata"]["annotations"] = value.clone(),
    }
    cluster.replace(resource, &object).await.map(|answer| answer.object)
}

async fn delete(
    cluster: &impl Cluster,
    resource: &Resource,
    (namespace, name): (&str, &str),
    identity: Identity,
) -> Result<Option<Value>, ClusterError> {
    let address = Address { resource, namespace: Some(namespace), name };
    let uid = match identity {
        Identity::None => None,
        Identity::Wrong => Some("00000000-0000-4000-8000-000000000000".to_owned()),
        Identity::Right => {
            let object = cluster.get(&address, Depth::Metadata).await?;
            object.pointer("/metadata/uid").and_then(Value::as_str).map(str::to_owned)
        }
    };
    let options = Delete {
        uid: uid.as_deref(),
        propagation: Propagation::Background,
        effect: Effect::Persist,
    };
    cluster.delete(&address, &options).await
}

fn refused(error: &ClusterError, namespace: &str) -> Said {
    let kind = format!("{error:?}").split([' ', '{']).next().unwrap().to_owned();
    let mut fields = match error {
        ClusterError::Conflict { fields, .. } => fields.clone(),
        _ => Vec::new(),
    };
    fields.sort_by_key(|it| (it.manager.clone(), it.field.clone()));
    // The order in which Go walks its managers is not fixed, and identities differ.
    let message = match fields.len() {
        0 => error.to_string().replace(namespace, "NAMESPACE"),
        _ => String::new(),
    };
    let message = message.split(" the UID in record").next().unwrap().to_owned();
    Said::Refused { kind, message, fields }
}

/// Takes out of an object what only one server can know.
fn comparable(object: &Value) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove("status");
    let metadata = object["metadata"].as_object_mut().unwrap();
    for name in
        ["uid", "resourceVersion", "creationTimestamp", "namespace", "deletionGracePeriodSeconds"]
    {
        metadata.remove(name);
    }
    if metadata.contains_key("deletionTimestamp") {
        metadata.insert("deletionTimestamp".to_owned(), json!("T"));
    }
    if let Some(entries) = metadata.get_mut("managedFields").and_then(Value::as_array_mut) {
        for entry in entries.iter_mut() {
            entry.as_object_mut().unwrap().remove("time");
        }
        entries.sort_by_key(Value::to_string);
    }
    object
}

/// Returns of `theirs` what `ours` has too: the rest is what the server filled in. Who owns what
/// is not filled in, so managed fields are compared whole.
fn projected(theirs: &Value, ours: &Value) -> Value {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => theirs
            .iter()
            .filter_map(|(name, value)| match ours.get(name) {
                _ if name == "managedFields" => Some((name.clone(), value.clone())),
                Some(ours) => Some((name.clone(), projected(value, ours))),
                None => None,
            })
            .collect(),
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            theirs.iter().zip(ours).map(|(theirs, ours)| projected(theirs, ours)).collect()
        }
        _ => theirs.clone(),
    }
}

/// Says where two answers differ, if they do.
fn difference(ours: &Said, theirs: &Said) -> Option<String> {
    let (ours, theirs) = match (ours, theirs) {
        (Said::Object(ours), Said::Object(theirs)) => {
            let (ours, theirs) = (comparable(ours), comparable(theirs));
            let theirs = projected(&theirs, &ours);
            (Said::Object(ours), Said::Object(theirs))
        }
        _ => return (ours != theirs).then(|| format!("sandbox: {ours:#?}\nserver: {theirs:#?}")),
    };
    (ours != theirs).then(|| {
        let (Said::Object(ours), Said::Object(theirs)) = (&ours, &theirs) else { unreachable!() };
        let mut paths = Vec::new();
        differing("", ours, theirs, &mut paths);
        paths.join("\n")
    })
}

fn differing(path: &str, ours: &Value, theirs: &Value, paths: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(left), Value::Object(right)) => {
            for name in left.keys().chain(right.keys().filter(|name| !left.contains_key(*name))) {
                let (ours, theirs) = (&ours[name], &theirs[name]);
                differing(&format!("{path}/{name}"), ours, theirs, paths);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (ours, theirs)) in left.iter().zip(right).enumerate() {
                differing(&format!("{path}/{index}"), ours, theirs, paths);
            }
        }
        _ if ours != theirs => paths.push(format!("{path}: sandbox {ours}, server {theirs}")),
        _ => {}
    }
}

/// What the real server said to each step of each script.
async fn ask_the_server() -> Vec<(u64, Vec<(Step, Said)>)> {
    let kube = cluster::connect().await;
    let mut all = Vec::new();
    for seed in 0..SEEDS {
        let namespace = cluster::Namespace::new("contract");
        let mut answers = Vec::new();
        for step in script(seed) {
            let said = run(&kube, namespace.name(), &step).await;
            answers.push((step, said));
        }
        all.push((seed, answers));
    }
    all
}

/// Returns the first step to which the sandbox answers otherwise.
async fn first_difference(answers: &[(u64, Vec<(Step, Said)>)]) -> Option<String> {
    for (seed, answers) in answers {
        let sandbox = MemoryCluster::in_memory();
        for (number, (step, theirs)) in answers.iter().enumerate() {
            let ours = run(&sandbox, "default", step).await;
            if let Some(difference) = difference(&ours, theirs) {
                let before = answers[..number].iter().rev();
                let before = before.filter(|(other, _)| other.subject() == step.subject()).take(3);
                let before: Vec<_> = before.map(|(step, _)| format!("{step:?}")).collect();
                let before = before.join("\nafter ");
                return Some(format!(
                    "seed {seed}, step {number}: {step:?}\nafter {before}\n{difference}"
                ));
            }
        }
    }
    None
}

#[test]
#[expect(clippy::print_stdout, reason = "the count belongs to the result")]
fn the_sandbox_answers_as_the_server_does_and_would_be_caught_if_not() {
    runtime().block_on(async {
        let answers = ask_the_server().await;
        let steps: usize = answers.iter().map(|(_, answers)| answers.len()).sum();
        let refusals = answers.iter().flat_map(|(_, answers)| answers);
        let refusals = refusals.filter(|(_, said)| matches!(said, Said::Refused { .. })).count();
        println!("contract: {steps} writes from {SEEDS} seeds, {refusals} of them refused");
        assert!(refusals > steps / 20 && refusals < steps / 2, "the scripts say too little");
        if let Some(difference) = first_difference(&answers).await {
            panic!("{difference}");
        }
        for mistake in Mistake::ALL {
            let found = mistake
                .during(|| futures_util::FutureExt::now_or_never(first_difference(&answers)));
            let found = found.expect("memory never waits");
            assert!(found.is_some(), "nothing noticed that the sandbox {mistake:?}");
        }
    });
}
