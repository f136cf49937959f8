"""Cases whose expected output is asked of the real Helm on the spot.

For charts that are not in this folder: the one that `helm create` makes, and
those that other tests install.
"""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))

# What is asked of the created chart: a name and the arguments.
CREATED = {
    "default": [],
    "ingress": ["--set", "ingress.enabled=true", "--set-string", "ingress.annotations.a=1"],
    "autoscaling": ["--set", "autoscaling.enabled=true",
                    "--set", "autoscaling.targetMemoryUtilizationPercentage=70"],
    "no-account": ["--set", "serviceAccount.create=false"],
    "names": ["--set", "nameOverride=short", "--set", "fullnameOverride=a-longer-name"],
    "volumes": ["--set-json", 'volumes=[{"name":"v","emptyDir":{}}]', "--set-json",
                'volumeMounts=[{"name":"v","mountPath":"/v"}]'],
    "only": ["--show-only", "templates/service.yaml"],
    "no-hooks": ["--no-hooks"],
    "upgrade": ["--is-upgrade"],
    "old-server": ["--kube-version", "1.18.0", "--set", "ingress.enabled=true"],
    "no-such-template": ["--show-only", "templates/nothing.yaml"],
    "nothing-to-range-over": ["--set", "ingress.enabled=true,ingress.hosts=5"],
    "no-map": ["--set", "image=text"],
}

SECRETS = ["--set", "mysqlRootPassword=root,mysqlPassword=mine"]  # random else
# What is asked of the charts in tests/tutorial-charts.
INSTALLED = {
    "mysql-0.3.0": {
        "default": SECRETS,
        "no-storage": [*SECRETS, "--set", "persistence.enabled=false"],
    },
    "mysql-1.6.9": {
        "default": SECRETS,
        "ssl": [*SECRETS, "--set", "ssl.enabled=true,ssl.secret=certificates"],
        "metrics": [*SECRETS, "--set", "metrics.enabled=true,metrics.serviceMonitor.enabled=true"],
        "files": [*SECRETS, "--set-string", "configurationFiles.mysql\\.cnf=[mysqld]"],
        "another-tag": [*SECRETS, "--set", "imageTag=5.7.15"],
        "no-tests": [*SECRETS, "--skip-tests"],
    },
}


def record(bench):
    """Makes the charts in the bench's folder and returns the cases, recorded there."""
    helm = os.path.join(oracle(), "helm")
    created = os.path.join("charts", "created", "app")
    for folder in ("created", "installed"):
        os.makedirs(os.path.join(bench.folder, "charts", folder))
    subprocess.run([helm, "create", created], cwd=bench.folder, env=bench.environment,
                   check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    asked = [(created, name, words) for name, words in CREATED.items()]
    for chart, questions in INSTALLED.items():
        folder = os.path.join("charts", "installed", chart)
        os.symlink(os.path.join(HERE, "..", "tutorial-charts", chart),
                   os.path.join(bench.folder, folder))
        asked += [(folder, name, words) for name, words in questions.items()]
    return [recorded(bench, helm, *question) for question in asked]


def recorded(bench, helm, chart, name, words):
    case = {"id": f"{chart.removeprefix('charts/')}--{name}", "chart": chart, "release": "rel",
            "namespace": "ns", "values": [], "args": words}
    code, out, err = bench.run(helm, case)
    case["exit"] = code
    if code == 0:
        case["stdout"] = os.path.join(bench.folder, case["id"].replace("/", "__") + ".yaml")
        with open(case["stdout"], "wb") as file:
            file.write(out)
    else:
        said = err.decode().strip().splitlines()[-1]
        case["error_clause"] = last_clause(said)
    return case


def last_clause(text):
    """Returns what stands after the last place in the text, its reason."""
    return text.removeprefix("Error: ").rpartition(">: ")[2]


def oracle():
    folder = os.environ.get("RUTTER_TEST_ORACLE")
    if folder:
        return folder
    done = subprocess.run([os.path.join(HERE, "..", "oracle", "fetch")],
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()
