"""Locks: the same digest by both, and each builds from the other's."""

import os
import shutil

from sides import check, said

MORE = [
    "",
    "  alias: other\n",
    "  condition: x.enabled\n",
    "  tags: [front, back]\n",
    "  import-values: [data]\n",
    "  import-values:\n  - child: a.b\n    parent: c\n",
    "  alias: other\n  condition: a.b,c.d\n  tags: [one]\n",
]


def ranges(version):
    """Ways to ask for a version, of which all lead to it."""
    core = version.split("+")[0].split("-")[0].lstrip("v").split(".")
    if len(core) < 3 or "-" in version:
        return [version]
    major, minor, _ = core
    return [version, f"~{major}.{minor}", f"^{major}.{minor}.0", f"{major}.x.x", ">= 0.0.0",
            f">={major}.{minor}.0, <{int(major) + 1}.0.0"]


def parent(folder, number, chart, url):
    """A chart that depends on that one; every third is of the old form."""
    asked = ranges(chart.version)
    entry = (f"dependencies:\n- name: {chart.name}\n  version: \"{asked[number % len(asked)]}\"\n"
             f"  repository: {url}\n{MORE[number % len(MORE)]}")
    old = number % 3 == 2
    os.makedirs(folder)
    with open(os.path.join(folder, "Chart.yaml"), "w") as file:
        file.write(f"apiVersion: {'v1' if old else 'v2'}\nname: parent\nversion: 0.1.0\n"
                   + ("" if old else entry))
    if old:
        with open(os.path.join(folder, "requirements.yaml"), "w") as file:
            file.write(entry)
    return os.path.join(folder, "requirements.lock" if old else "Chart.lock")


def exchange(number, chart, ours, theirs, url, scratch):
    """Both lock the same parent; then each builds from the lock that the other made."""
    locks, folders = {}, {}
    for side in (ours, theirs):
        folder = os.path.join(scratch, "locks", f"{number}-{side.name}", "parent")
        locks[side.name] = parent(folder, number, chart, url)
        folders[side.name] = folder
        answer = side.run("dependency", "update", folder, "--skip-refresh")
        if not check(f"locks: {side.name} locks a parent of {chart.name}",
                     answer.returncode == 0 and os.path.exists(locks[side.name]), said(answer)):
            return
    texts = {name: without_time(path) for name, path in locks.items()}
    check(f"locks: of {chart.name} are the same", texts["rutter"] == texts["helm"],
          f"ours\n{texts['rutter']}\nHelm's\n{texts['helm']}")
    for side in (ours, theirs):
        other = "helm" if side is ours else "rutter"
        wanted = sorted(os.listdir(os.path.join(folders[other], "charts")))
        folder = os.path.join(scratch, "locks", f"{number}-built-by-{side.name}", "parent")
        shutil.copytree(folders[other], folder)
        shutil.rmtree(os.path.join(folder, "charts"))
        answer = side.run("dependency", "build", folder, "--skip-refresh")
        built = os.path.join(folder, "charts")
        check(f"locks: {side.name} builds from {other}'s lock of {chart.name}",
              answer.returncode == 0 and os.path.isdir(built)
              and sorted(os.listdir(built)) == wanted, said(answer))
        listed = side.run("dependency", "list", folder)
        check(f"locks: {side.name} finds all in place for {chart.name}",
              listed.returncode == 0 and listed.stdout.rstrip().endswith("ok"), said(listed))


def without_time(path):
    with open(path) as file:
        return "".join(line for line in file if not line.startswith("generated:"))
