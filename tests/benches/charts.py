"""Charts, archives and repositories, by rutter and by Helm: what needs no cluster.

`run` puts these rows into its table.
"""

import glob
import http.server
import os
import subprocess
import threading

ENTRIES, VERSIONS = 20_000, 20
ARCHIVES = 500
HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, "..", "conformance", "charts")


class Charts:
    """The benches; `tools` times commands in turn and adds rows."""

    def __init__(self, rutter, scratch, medians, row):
        self.rutter, self.scratch = rutter, scratch
        self.medians, self.row = medians, row
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.path("home")}
        os.makedirs(self.path("home"), exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.scratch, "charts", *parts)

    def run(self, *command):
        return subprocess.run(command, env=self.environment, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout

    def compare(self, what, words, bound, runs, note=""):
        commands = [[tool, *words] for tool in (self.rutter, "helm")]
        ours, theirs = self.medians(commands, runs, self.environment)
        self.row(what, ours, theirs, f"{bound} times", theirs / ours >= bound, note)

    def created(self):
        chart = self.path("created")
        if not os.path.exists(chart):
            self.run("helm", "create", chart)
        return chart

    def search(self):
        """An index of 20,000 versions, as Helm writes it; what is found must be the same."""
        home = self.path("home")
        cache = os.path.join(home, ".cache", "helm", "repository")
        for folder in (cache, os.path.join(home, ".config", "helm")):
            os.makedirs(folder, exist_ok=True)
        index = os.path.join(cache, "many-index.yaml")
        with open(index, "w") as file:
            file.writelines(many())
        with open(os.path.join(home, ".config", "helm", "repositories.yaml"), "w") as file:
            file.write("repositories:\n- name: many\n  url: http://127.0.0.1:9\n")
        words = ["search", "repo", "chart-07"]  # a hundred charts
        equal = self.run(self.rutter, *words) == self.run("helm", *words)
        note = f"{os.path.getsize(index) / 1e6:.0f} MB, {'equal' if equal else 'OTHER'} findings"
        self.compare(f"search repo, {ENTRIES:,} entries", words, 10, 5, note)
        self.compare("the same, --versions", [*words, "--versions"], 10, 3)

    def index(self):
        """Archives of real charts in many versions; Helm says what the index must be."""
        site = self.path("site")
        sources = self.path("sources")
        os.makedirs(sources)
        for archive in sorted(glob.glob(os.path.join(CORPUS, "*", "*.tgz"))):
            self.run("tar", "-xzf", archive, "-C", sources)
        charts = [os.path.join(sources, name) for name in sorted(os.listdir(sources))]
        for number in range(ARCHIVES):
            self.run(self.rutter, "package", charts[number % len(charts)], "--version",
                     f"1.{number}.0", "--destination", site)
        written = []
        for tool in (self.rutter, "helm"):
            self.run(tool, "repo", "index", site)
            with open(os.path.join(site, "index.yaml")) as file:
                written.append([line for line in file
                                if "created: " not in line and "generated: " not in line])
        note = f"{'equal' if written[0] == written[1] else 'OTHER'} index"
        self.compare(f"repo index, {ARCHIVES} archives", ["repo", "index", site], 5, 3, note)

    def package(self):
        self.compare("package, the created chart",
                     ["package", self.created(), "--destination", self.path("packed")], 5, 15)

    def lint(self):
        self.compare("lint, the created chart", ["lint", self.created()], 5, 15)

    def dependency_build(self):
        """Two dependencies from a repository on this machine, and a lock by Helm."""
        site, chart = self.path("dependencies"), self.path("parent")
        for name in ("one", "two"):
            self.run("helm", "create", self.path(name))
            self.run("helm", "package", self.path(name), "--destination", site)
        with served(site) as url:
            self.run("helm", "repo", "index", site, "--url", url)
            self.run("helm", "create", chart)
            with open(os.path.join(chart, "Chart.yaml"), "a") as file:
                file.write("dependencies:\n")
                for name in ("one", "two"):
                    file.write(f"- name: {name}\n  version: 0.1.x\n  repository: {url}\n")
            self.run("helm", "repo", "add", "bench", url)
            self.run("helm", "dependency", "update", chart)
            self.compare("dependency build, two", ["dependency", "build", chart], 5, 9)


def many():
    """An index in the form that Helm writes, a piece at a time."""
    yield "apiVersion: v1\nentries:\n"
    for chart in range(ENTRIES // VERSIONS):
        name = f"chart-{chart:04}"
        yield f"  {name}:\n"
        for version in range(VERSIONS, 0, -1):
            yield ENTRY.format(name=name, version=f"{chart % 7}.{version}.{chart % 3}",
                               digest=f"{chart * VERSIONS + version:064x}")
    yield 'generated: "2026-01-01T00:00:00Z"\n'


ENTRY = """\
  - annotations:
      category: Infrastructure
      licenses: Apache-2.0
    apiVersion: v2
    appVersion: {version}
    created: "2026-01-01T00:00:00.123456789Z"
    dependencies:
    - name: common
      repository: https://charts.example.com/common
      tags:
      - common
      version: 2.x.x
    description: {name} is one of a thousand charts, described by a sentence that is as long
      as such sentences are
    digest: {digest}
    home: https://example.com/{name}
    icon: https://example.com/{name}.png
    keywords:
    - database
    - {name}
    - cluster
    maintainers:
    - email: someone@example.com
      name: Someone
    name: {name}
    sources:
    - https://example.com/{name}/source
    type: application
    urls:
    - https://charts.example.com/{name}-{version}.tgz
    version: {version}
"""


class served:
    """A folder over HTTP on loopback."""

    def __init__(self, folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *rest):
                super().__init__(*rest, directory=folder)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()


BENCHES = ["search", "index", "package", "lint", "dependency_build"]
