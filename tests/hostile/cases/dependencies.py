"""Dependencies: where a chart says that its charts are, and under which names."""

import os

from archives import chart
from cases.bodies import BODY
from servers import ok
from trial import CONTENT, HONEST, case, honest_entries, index, listed


def parent(trial, *dependencies, lock=None):
    lines = "".join(f"- {{name: '{name}', version: '{version}', repository: '{where}'{more}}}\n"
                    for name, version, where, more in dependencies)
    trial.lay("p/Chart.yaml",
              f"apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n{lines}")
    # A chart that was there before stays when an update fails.
    trial.lay("p/charts/old-0.1.0.tgz", chart("old"))
    if lock:
        trial.lay("p/Chart.lock", lock)


def updates(trial, *clauses, words=("update",)):
    # Indexes of repositories without a name, and whole archives of the digest that was promised.
    trial.may_write("home/.cache/helm/repository/helm-manager-*", CONTENT)
    for word in words:
        trial.refused(trial.run("dependency", word, "p"), *clauses)


def one(name="x", version="0.1.0", where="http://127.0.0.1:9", more=""):
    return name, version, where, more


def honest(trial, routes=None, entries=None):
    return trial.repository({**{path: ok(body) for path, body in BODY.items()}, **(routes or {})},
                            entries)


def from_file(sentence, where, *clauses):
    @case(sentence)
    def _(trial):
        parent(trial, one(where=where.replace("OUTSIDE", trial.place.outside)))
        updates(trial, *clauses)


from_file("a dependency on file:///etc is refused", "file:///etc", "Chart.yaml", "chart",
          "directory")
from_file("a dependency on a file that is no chart is refused", "file://OUTSIDE/secret",
          "gzip", "chart", "directory")
from_file("a dependency on a folder that is not there is refused", "file://../../../nowhere",
          "not found", "no such")
from_file("a dependency on a repository of an unknown kind is refused", "gopher://x/y", "protocol",
          "scheme", "unsupported", "could not")
from_file("a dependency on a repository that nobody knows is refused", "@nobody", "no repository",
          "nobody")


@case("a dependency whose name is a path is refused")
def _(trial):
    # An index entry of an honest name, which may be found by the other one.
    for name in ("../../evil", "a/b", "..", "/evil"):
        server = honest(trial, entries=[listed(key=name, archive=HONEST)])
        parent(trial, one(name=name, where=server.url))
        updates(trial)


@case("a dependency of a file whose chart has a path for a name is refused")
def _(trial):
    trial.place.write("d/Chart.yaml", "apiVersion: v2\nname: ../../../evil\nversion: 0.1.0\n")
    trial.place.write("d/templates/a.yaml", "")
    parent(trial, one(name="../../../evil", where="file://../d"))
    updates(trial)


@case("a dependency whose version is a path is refused")
def _(trial):
    server = honest(trial)
    parent(trial, one(version="../../evil", where=server.url))
    updates(trial, "version", "constraint")


@case("a dependency whose alias is a path is refused")
def _(trial):
    server = honest(trial)
    parent(trial, one(where=server.url, more=", alias: '../../evil'"))
    updates(trial, "alias", "characters")


@case("a dependency of a wrong digest is refused, and the old charts stay")
def _(trial):
    server = honest(trial, entries=[listed(digest="0" * 64)])
    parent(trial, one(where=server.url))
    updates(trial, "digest")


@case("a dependency that is no chart is refused, and the old charts stay")
def _(trial):
    server = honest(trial, {"/x-0.1.0.tgz": ok(b"<html>")}, [listed(archive=b"<html>")])
    parent(trial, one(where=server.url))
    updates(trial)


@case("a dependency that is cut short is refused, and the old charts stay")
def _(trial):
    server = honest(trial, {"/x-0.1.0.tgz": ok(HONEST[:100])}, [listed(archive=HONEST)])
    parent(trial, one(where=server.url))
    updates(trial)


@case("one dependency of two that cannot be had leaves all as it was")
def _(trial):
    server = honest(trial, {"/z-0.1.0.tgz": ok(HONEST)},
                    [*honest_entries(), listed("z", url="z-0.1.0.tgz", digest="0" * 64)])
    parent(trial, one(where=server.url), one(name="z", where=server.url))
    updates(trial)


@case("a dependency of another name than the entry's is refused")
def _(trial):
    other = chart("other")
    server = honest(trial, {"/x-0.1.0.tgz": ok(other)}, [listed(archive=other)])
    parent(trial, one(where=server.url))
    if trial.harmless(trial.run("dependency", "update", "p")).code == 0:
        trial.may_write("home/*", "a/b/work/p/*")


@case("a dependency's repository that redirects to a file is refused")
def _(trial):
    parent(trial, one(where=f"file://{trial.place.outside}"))
    updates(trial)


@case("a lock whose digest is not the chart's is refused")
def _(trial):
    server = honest(trial)
    parent(trial, one(where=server.url), lock=(
        f"dependencies:\n- {{name: x, repository: '{server.url}', version: 0.1.0}}\n"
        f"digest: sha256:{'0' * 64}\ngenerated: \"2024-01-01T00:00:00Z\"\n"))
    updates(trial, "out of sync", words=("build",))


@case("a lock that names a path is refused")
def _(trial):
    server = honest(trial)
    parent(trial, one(where=server.url), lock=(
        "dependencies:\n- {name: ../../../evil, repository: '" + server.url + "', "
        f"version: 0.1.0}}\ndigest: sha256:{'0' * 64}\ngenerated: \"2024-01-01T00:00:00Z\"\n"))
    updates(trial, words=("build",))


@case("a charts/ that is a link leads nowhere")
def _(trial):
    server = honest(trial)
    parent(trial, one(where=server.url))
    charts = os.path.join(trial.place.work, "p", "charts")
    os.remove(os.path.join(charts, "old-0.1.0.tgz"))
    os.rmdir(charts)
    os.symlink(trial.place.outside, charts)
    trial.may_write("home/*", "a/b/work/p/*")
    trial.harmless(trial.run("dependency", "update", "p"))


@case("a folder of another's that waits for the download is not used")
def _(trial):
    server = honest(trial)
    parent(trial, one(where=server.url))
    os.symlink(trial.place.outside, os.path.join(trial.place.work, "p", "tmpcharts"))
    trial.may_write("home/*", "a/b/work/p/*")
    trial.taken(trial.run("dependency", "update", "p"))


@case("a repository that a dependency names by alias is not guessed")
def _(trial):
    server = honest(trial)
    trial.known("good", server.url, index(*honest_entries()))
    parent(trial, one(where="alias:goo"))
    updates(trial, "repositor", "protocol")
