"""The chart that the crash tests install and upgrade: 20 objects, a hook Job, and one
object whose name the server makes. The upgrade adds, changes and deletes."""

import json
import os

JOB = {
    "apiVersion": "batch/v1", "kind": "Job",
    "metadata": {"name": "{{ .Release.Name }}-hook", "annotations": {
        "helm.sh/hook": "post-install,post-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation"}},
    "spec": {"backoffLimit": 0, "template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "hook", "image": "hook:1"}]}}},
}
GENERATED = {
    "apiVersion": "v1", "kind": "ConfigMap",
    "metadata": {"generateName": "{{ .Release.Name }}-generated-"}, "data": {"a": "1"},
}


def named(api_version, kind, name, **rest):
    metadata = {"name": f"{{{{ .Release.Name }}}}-{name}", "labels": {"app": "crash"}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def deployment(name, image):
    labels = {"app": name}
    return named("apps/v1", "Deployment", name, spec={
        "replicas": 1, "selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "web", "image": image}]}}})


def objects(version):
    """20 objects of version 1; of version 2: three fewer, three more, five changed."""
    new = version > 1
    numbers = range(3, 9) if new else range(6)
    for number in numbers:
        yield named("v1", "ConfigMap", f"config-{number}",
                    data={"value": "2" if new and number in (3, 4) else "1"})
    for number in range(4):
        value = "new" if new and number == 0 else "old"
        yield named("v1", "Secret", f"secret-{number}", stringData={"value": value})
    for number in range(4):
        port = 8080 if new and number == 1 else 80
        yield named("v1", "Service", f"service-{number}", spec={
            "selector": {"app": f"web-{number}"}, "ports": [{"port": port}]})
    for number in range(3):
        yield named("v1", "ServiceAccount", f"account-{number}")
    for number in range(3):
        yield deployment(f"web-{number}", "web:2" if new and number == 2 else "web:1")


def write(folder, version, generated=True):
    """Writes a version of the chart and returns its folder."""
    chart = os.path.join(folder, f"crash-{version}")
    os.makedirs(os.path.join(chart, "templates"))
    with open(os.path.join(chart, "Chart.yaml"), "w") as file:
        json.dump({"apiVersion": "v2", "name": "crash", "version": f"{version}.0.0"}, file)
    documents = [*objects(version), JOB, *([GENERATED] if generated else [])]
    for index, document in enumerate(documents):
        with open(os.path.join(chart, "templates", f"{index:02}.yaml"), "w") as file:
            json.dump(document, file, indent=1)
    return chart
