"""Somebody who follows the tutorial, and who looks over the shoulder.

What the reader types goes to the tool under test. Whether it did what it says
is asked of others: kubectl, curl, and the real Helm, which shares the reader's
home and so the tool's files.
"""

import base64
import json
import os
import shutil
import subprocess
import time

PATIENCE = 60  # seconds that a command or a state may take
EVERYTHING = "deployments,services,persistentvolumeclaims,secrets,configmaps,serviceaccounts,pods"


class Answer:
    """What a command said, and how it ended."""

    def __init__(self, ended):
        self.code, self.out, self.err = ended.returncode, ended.stdout, ended.stderr
        self.words = " ".join(map(str, ended.args))

    @property
    def good(self):
        return self.code == 0

    def __str__(self):
        return f"$ {self.words}\nexit code {self.code}\n{self.out}{self.err}"


class Reader:
    """One run through the tutorial: tool, spelling, home, namespace, working folder."""

    def __init__(self, checks, tool, words, folder, stamp):
        self.checks, self.words, self.stamp = checks, words, stamp
        self.is_helm = tool == "helm"
        self.home = os.path.join(folder, "home")
        self.desk = os.path.join(folder, "desk")  # where the reader works
        self.namespace = f"tutorial-{stamp}"
        for made in (self.home, self.desk):
            os.makedirs(made)
        self.oracle = os.environ["RUTTER_TEST_ORACLE"]
        self.tool = tool if self.is_helm else installed(tool, folder, words)
        self.environment = clean_environment(self.home, self.oracle)
        self.kubeconfig = self.config_for("RUTTER_TEST_KUBECONFIG", folder, "admin")
        self.nobody = self.config_for("RUTTER_TEST_KUBECONFIG_NOBODY", folder, "nobody")
        self.environment["KUBECONFIG"] = self.kubeconfig
        self.kubectl("create", "namespace", self.namespace)

    def config_for(self, variable, folder, user):
        """A kubeconfig of that user whose namespace is ours, as the tutorial's is `default`."""
        path = os.path.join(folder, f"{user}.kubeconfig")
        shutil.copyfile(os.environ[variable], path)
        os.chmod(path, 0o600)
        done = subprocess.run(
            [os.path.join(self.oracle, "kubectl"), "--kubeconfig", path, "config", "set-context",
             "--current", "--namespace", self.namespace], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return path

    # What the reader does.

    def type(self, *words, stdin=None, **environment):
        """Types a command, whatever comes of it."""
        return self._run([self.tool, *words], stdin, environment)

    def do(self, *words, stdin=None, **environment):
        """Types a command that must succeed."""
        answer = self.type(*words, stdin=stdin, **environment)
        shown = " ".join(words)
        self.checks.check(f"$ {shown if len(shown) < 90 else shown[:87] + '…'}", answer.good, answer)
        return answer

    def begin(self, *words):
        """Types a command and does not wait for its end."""
        return subprocess.Popen([self.tool, *words], cwd=self.desk, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def _run(self, command, stdin, environment):
        return Answer(subprocess.run(
            command, cwd=self.desk, env={**self.environment, **environment}, input=stdin or "",
            capture_output=True, text=True, timeout=3 * PATIENCE))

    def file(self, *parts):
        return os.path.join(self.desk, *parts)

    def read(self, *parts):
        with open(self.file(*parts), newline="") as file:
            return file.read()

    def write(self, text, *parts):
        os.makedirs(os.path.dirname(self.file(*parts)), exist_ok=True)
        with open(self.file(*parts), "w") as file:
            file.write(text)

    # Who looks over the shoulder.

    def kubectl(self, *words, stdin=None):
        """What kubectl says; nothing, and a failure, where it cannot do it."""
        return self._outside([os.path.join(self.oracle, "kubectl"), *words], stdin)

    def _outside(self, command, stdin=None):
        answer = self._run(command, stdin, {})
        if not answer.good:
            self.checks.check(f"{os.path.basename(command[0])} {' '.join(command[1:3])} …", False,
                              answer)
        return answer.out

    def helm(self, *words):
        """Real Helm, which may fail."""
        return self._run([os.path.join(self.oracle, "helm"), *words], None, {})

    def helm_json(self, *words):
        answer = self.helm(*words, "--output=json")
        return json.loads(answer.out) if answer.good else str(answer)

    def curl(self, *words):
        return self._outside(["curl", "--silent", "--show-error", "--fail", *words])

    def run_plain(self, *command):
        return self._run(command, None, {})

    def names(self, kinds=EVERYTHING):
        """`kind/name` of all objects in the namespace but Helm's records and what is always there."""
        listed = json.loads(self.kubectl("get", kinds, "--output=json"))["items"]
        return {f"{item['kind']}/{item['metadata']['name']}" for item in listed
                if item.get("type") != "helm.sh/release.v1"
                and item["metadata"]["name"] not in ("kube-root-ca.crt", "default")}

    def field(self, kind, name, path):
        """One field of an object as kubectl prints it; nothing where the object is not there."""
        answer = self._run([os.path.join(self.oracle, "kubectl"), "get", kind, name,
                            f"--output=jsonpath={{{path}}}"], None, {})
        return answer.out if answer.good else ""

    def can_nobody(self, *words):
        """What kubectl says of the rights of the user who has none of their own."""
        command = [os.path.join(self.oracle, "kubectl"), "auth", "can-i", *words]
        return self._run(command, None, {"KUBECONFIG": self.nobody}).out.strip()

    def secret(self, name, key):
        return base64.b64decode(self.field("secret", name, f".data.{key}")).decode()

    def releases(self):
        """name → status, chart and revision, as real Helm lists them."""
        return {it["name"]: (it["status"], it["chart"], it["revision"])
                for it in self.helm_json("list", "--all-namespaces")
                if it["namespace"] == self.namespace}

    def becomes(self, what, ask, wanted):
        """Checks that a state comes true before long."""
        deadline = time.monotonic() + PATIENCE
        while (found := ask()) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.checks.same(what, found, wanted)

    def is_gone(self, name):
        """Checks with kubectl that no object of a release is left."""
        def left():
            return sorted(it for it in self.names() if it.split("/")[1].startswith(name))
        return self.becomes(f"kubectl: nothing is left of {name}", left, [])


def installed(tool, folder, words):
    """The tool under the name that the spelling calls it by: Helm 2's users type `helm`."""
    home = os.path.join(folder, "bin")
    os.makedirs(home)
    link = os.path.join(home, "helm" if words.guesses else "rutter")
    os.symlink(os.path.abspath(tool), link)
    return link


def clean_environment(home, oracle):
    """An environment in which neither a kubeconfig nor somebody's settings are seen."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("HELM_", "KUBE", "RUTTER_", "XDG_"))}
    return {**kept, "HOME": home, "PATH": oracle + os.pathsep + kept["PATH"], "LC_ALL": "C.UTF-8"}
