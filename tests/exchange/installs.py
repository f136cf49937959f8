"""Installs: by Helm from our repository, by us from Helm's; the manifests are the same."""

import json
import re
import subprocess

from packages import stable
from sides import check, counts, said

#: What keeps a chart from being installed on a bare cluster, with defaults: not our business.
OPTIONS = ("--no-hooks", "--skip-crds", "--timeout", "60s")


def kubectl(*words):
    return subprocess.run(["kubectl", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)


def remove_kept(namespace):
    """Removes the namespace, and definitions that a chart wants to be kept."""
    listed = kubectl("get", "customresourcedefinitions", "--output=json").stdout
    own = [item["metadata"]["name"] for item in json.loads(listed or '{"items": []}')["items"]
           if item["metadata"].get("annotations", {}).get("meta.helm.sh/release-namespace")
           == namespace]
    if own:
        kubectl("delete", "customresourcedefinitions", *own)
    kubectl("delete", "namespace", namespace, "--wait=false")


def both(chart, ours, theirs, folders):
    """Installs a chart crosswise, each in a namespace of its own, and takes it away again."""
    manifests = {}
    answers = {}
    for number, (side, repository) in enumerate(((theirs, "rutter"), (ours, "helm"))):
        namespace = f"x{number}-{chart.name}"[:60].rstrip("-.").replace(".", "-").lower()
        answer = side.run("install", "r", f"{repository}/{chart.name}", "--version",
                          chart.version, "--namespace", namespace, "--create-namespace", *OPTIONS)
        answers[side.name] = answer
        if answer.returncode == 0:
            counts["installs", side.name] += 1
            manifest = theirs.run("get", "manifest", "r", "--namespace", namespace)
            text = manifest.stdout.replace(namespace, "NAMESPACE")
            # Checksums of what the namespace is a part of.
            manifests[side.name] = re.sub(r"\b[0-9a-f]{64}\b", "CHECKSUM", text)
        side.run("uninstall", "r", "--namespace", namespace, "--no-hooks")
        remove_kept(namespace)
    theirs_took, ours_took = (answers[name].returncode == 0 for name in ("helm", "rutter"))
    check(f"installs: {chart.name} is installed by both or by none", theirs_took == ours_took,
          f"helm {said(answers['helm'])[-500:]}\nrutter {said(answers['rutter'])[-500:]}")
    if theirs_took and ours_took and stable(chart, theirs, folders):
        check(f"installs: {chart.name} is the same by both",
              manifests["helm"] == manifests["rutter"], "the manifests differ")
