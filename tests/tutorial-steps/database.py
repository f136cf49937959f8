"""The tutorial's database: values, volumes, upgrade, rollback.

Sections chart实践 and 升级和回滚应用.
"""

import json
import re

LOCAL_CLASS = "nfs"  # the storage class of the tutorial's volume


def volume(reader, name, storage_class="", claim=None):
    """The tutorial's mysql-pv.yml, made with kubectl apply."""
    spec = {"capacity": {"storage": "8Gi"}, "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": f"/tmp/{reader.namespace}"}}
    if storage_class:
        spec["storageClassName"] = storage_class
    if claim:
        spec["claimRef"] = {"namespace": reader.namespace, "name": claim}
    reader.kubectl("apply", "--filename=-", stdin=json.dumps({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": f"{name}-{reader.stamp}", "labels": {"tutorial": reader.stamp}},
        "spec": spec}))


def take_volumes_away(reader):
    """They belong to no namespace, and others look for volumes, too."""
    reader.kubectl("delete", "persistentvolumes", f"--selector=tutorial={reader.stamp}",
                   "--wait=false")


def image(reader, release):
    return reader.field("deployment", f"{release}-mysql", "..containers[0].image")


def phase(reader, release):
    return reader.field("pvc", f"{release}-mysql", ".status.phase")


def available(reader, release):
    return reader.field("deployment", f"{release}-mysql", ".status.availableReplicas")


def revisions(reader, release):
    return [(it["revision"], it["status"]) for it in reader.helm_json("history", release)]


def values_and_volume(reader):
    """`inspect values > myvalues.yaml`, a volume of a class, `install --values`, `--set`."""
    reader.checks.chapter("chart实践: values, --set, the volume")
    storage_class = f"{LOCAL_CLASS}-{reader.stamp}"
    values = reader.do(*reader.words.show("values", reader.words.stable("mysql"))).out
    values = values.replace('imageTag: "5.7.30"', 'imageTag: "5.7.14"')
    values = values.replace('# storageClass: "-"', f"storageClass: {storage_class}")
    reader.write(values, "myvalues.yaml")
    volume(reader, "mysql-pv", f"other-{storage_class}")
    reader.do(*reader.words.install(
        "mydb", reader.words.stable("mysql"), "--values=myvalues.yaml",
        "--set", "mysqlRootPassword=abc123"))
    reader.checks.same("kubectl: the password is the one of --set",
                       reader.secret("mydb-mysql", "mysql-root-password"), "abc123")
    reader.checks.same("kubectl: the image is the one of myvalues.yaml", image(reader, "mydb"),
                       "mysql:5.7.14")
    reader.becomes("kubectl: with a volume of another class the claim stays Pending",
                   lambda: phase(reader, "mydb"), "Pending")
    if reader.is_helm:
        volume(reader, "mysql-pv-2", storage_class)
    else:
        follows(reader, storage_class)
    reader.becomes("kubectl: the claim is Bound", lambda: phase(reader, "mydb"), "Bound")
    reader.becomes("kubectl: the Deployment is available", lambda: available(reader, "mydb"), "1")
    shown = reader.do("status", "mydb").out
    lines = [line for line in shown.splitlines() if "mydb-mysql" in line]
    reader.checks.check("status shows the claim as Bound", any("Bound" in it for it in lines), shown)
    reader.checks.check("status shows the Deployment as available",
                        any(re.search(r"\b1/1\b", it) for it in lines), shown)
    pod = reader.kubectl("get", "pods", "--selector=app=mydb-mysql", "--output=name").strip()
    reader.checks.check("status shows the pod that kubectl sees",
                        pod.removeprefix("pod/") in shown, f"{pod}\n{shown}")


def follows(reader, storage_class):
    """status says why the claim waits; --watch sees it Bound once kubectl makes the volume."""
    shown = reader.do("status", "mydb").out
    reader.checks.check("status names the class that the claim asks for", storage_class in shown,
                        shown)
    watching = reader.begin("status", "mydb", "--watch")
    try:
        volume(reader, "mysql-pv-2", storage_class)
        said, _ = watching.communicate(timeout=60)
    finally:
        watching.kill()
    reader.checks.check("status --watch ends well", watching.returncode == 0, said)
    reader.checks.check("… having seen the claim Bound", "Bound" in said, said)


def upgrade_and_rollback(reader):
    """5.7.14 → 5.7.15 → 5.7.14."""
    reader.checks.chapter("升级和回滚应用")
    reader.do("upgrade", "--set", "imageTag=5.7.15", "mydb", reader.words.stable("mysql"),
              "--values=myvalues.yaml")
    reader.checks.same("kubectl: the image is 5.7.15", image(reader, "mydb"), "mysql:5.7.15")
    reader.becomes("kubectl: the Deployment is available again", lambda: available(reader, "mydb"),
                   "1")
    history(reader, "mydb", [(1, "superseded"), (2, "deployed")])
    reader.do("rollback", "mydb", "1")
    reader.checks.same("kubectl: the image is 5.7.14 again", image(reader, "mydb"), "mysql:5.7.14")
    reader.checks.same("kubectl: and the password is abc123",
                       reader.secret("mydb-mysql", "mysql-root-password"), "abc123")
    history(reader, "mydb", [(1, "superseded"), (2, "superseded"), (3, "deployed")])
    reader.do("rollback", "mydb", "2")
    reader.checks.same("kubectl: any revision: 5.7.15", image(reader, "mydb"), "mysql:5.7.15")


def history(reader, release, wanted):
    reader.checks.same(f"real Helm's history of {release}", revisions(reader, release), wanted)
    shown = reader.do("history", release).out
    rows = [tuple(part.strip() for part in line.split("\t"))
            for line in shown.splitlines()[1:] if line.strip()]
    found = [(int(row[0]), row[2].lower()) for row in rows]
    reader.checks.same("history shows the same", found, wanted)


def random_password(reader):
    """What was random comes back with a rollback."""
    reader.checks.chapter("the random password, and a rollback")
    first = reader.secret("my-mysql", "mysql-root-password")
    reader.do("upgrade", "my", reader.words.stable("mysql"), "--set", "imageTag=5.7.15")
    second = reader.secret("my-mysql", "mysql-root-password")
    reader.checks.check("kubectl: an upgrade draws a new one", second != first)
    reader.do("rollback", "my", "1")
    reader.checks.same("kubectl: a rollback brings the first one back",
                       reader.secret("my-mysql", "mysql-root-password"), first)
    return first


def waits(reader):
    """An install that waits ends once the volume is there."""
    reader.checks.chapter("install --wait, and the volume comes")
    words = reader.words.install("patient", reader.words.stable("mysql"), "--wait",
                                 reader.words.seconds(60))
    waiting = reader.begin(*words)
    try:
        reader.becomes("kubectl: the claim is Pending", lambda: phase(reader, "patient"), "Pending")
        reader.checks.check("it waits", waiting.poll() is None)
        volume(reader, "patient-pv", claim="patient-mysql")
        said, _ = waiting.communicate(timeout=60)
    finally:
        waiting.kill()
    reader.checks.check("it ends well", waiting.returncode == 0, said)
    reader.checks.same("kubectl: the claim is Bound", phase(reader, "patient"), "Bound")
    reader.checks.same("kubectl: the Deployment is available", available(reader, "patient"), "1")
    reader.do(*reader.words.purge("patient"))
    reader.is_gone("patient")


def after_delete(reader, password):
    """`del`, and back again: what Helm 2's `del` without --purge allowed, and Helm 4 does not."""
    reader.checks.chapter("del, and a rollback after it")
    for name in ("my", "mydb"):
        reader.do(*reader.words.delete(name))
        reader.is_gone(f"{name}-")
        reader.checks.check(f"real Helm no longer lists {name}", name not in reader.releases())
    if reader.is_helm:
        return
    reader.do("rollback", "my", "1")
    reader.checks.same("kubectl: the password is the first one",
                       reader.secret("my-mysql", "mysql-root-password"), password)
    reader.checks.same("real Helm lists it as deployed", reader.releases()["my"][0], "deployed")
    reader.do(*reader.words.purge("my"))
    reader.is_gone("my-")


def removed_kind(reader):
    """The very chart of the tutorial, whose Deployment no server has served since 1.16."""
    reader.checks.chapter("mysql-0.3.0: extensions/v1beta1")
    before = reader.names()
    answer = reader.type(*reader.words.install("old", reader.words.stable("mysql"),
                                               "--version", "0.3.0"))
    reader.checks.check("it is refused", answer.code == 1, answer)
    reader.checks.check("the error names kind and apiVersion",
                        'kind "Deployment" in version "extensions/v1beta1"' in answer.err, answer)
    reader.checks.same("kubectl: nothing was written", reader.names(), before)
    if not reader.is_helm:
        reader.checks.check("real Helm knows of no such release",
                            not reader.helm("history", "old").good)
