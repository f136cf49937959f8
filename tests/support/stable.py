"""A `stable` repository for the tutorial: real Helm packs it and writes its index.

It has both versions of the tutorial's MySQL chart, and small charts that a
search for `mysql` finds by their name, their description or their keywords, or
not at all.
"""

import os
import shutil
import subprocess
import tempfile

CHARTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tutorial-charts")

# name, version, appVersion, description, keywords
SMALL = [
    ("mysqldump", "2.6.2", "2.4.1", "Back MySQL databases up on a schedule", ["backup"]),
    ("mariadb", "7.3.14", "10.3.22", "A relational database that speaks the protocol of MySQL",
     ["database"]),
    ("percona", "1.2.3", "5.7.26", "A relational database with more of everything", ["mysql"]),
    ("redis", "10.5.7", "5.0.7", "A key-value store in memory", ["cache"]),
    ("nginx", "1.2.3", "1.25.0", "A web server", ["http"]),
]


def build(helm, folder, url):
    """Fills `folder` with the repository that is found at `url`."""
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        sources = [os.path.join(CHARTS, name) for name in ("mysql-0.3.0", "mysql-1.6.9")]
        for source in sources:  # Helm packs a folder only under the chart's name
            version = os.path.basename(source).removeprefix("mysql-")
            copy = os.path.join(scratch, version, "mysql")
            shutil.copytree(source, copy)
            run(helm, "package", copy, "--destination", folder)
        for chart in SMALL:
            run(helm, "package", write(scratch, *chart), "--destination", folder)
    run(helm, "repo", "index", folder, "--url", url)


def write(scratch, name, version, app_version, description, keywords):
    folder = os.path.join(scratch, name)
    os.makedirs(os.path.join(folder, "templates"))
    words = "".join(f"\n- {keyword}" for keyword in keywords)
    files = {
        "Chart.yaml": f"apiVersion: v1\nname: {name}\nversion: {version}\n"
                      f"appVersion: {app_version}\ndescription: {description}\nkeywords:{words}\n",
        "values.yaml": "size: 1\n",
        "templates/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n"
                                    "  name: {{ .Release.Name }}-" + name + "\n"
                                    "data:\n  size: {{ .Values.size | quote }}\n",
    }
    for path, text in files.items():
        with open(os.path.join(folder, path), "w") as file:
            file.write(text)
    return folder


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
