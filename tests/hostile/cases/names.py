"""Names of repositories, and places on the disk that are taken already."""

import hashlib
import os

from cases.bodies import BODY
from servers import ok
from trial import HONEST, case, honest_entries, index

ROUTES = {path: ok(body) for path, body in BODY.items()}


@case("a repository whose name is a path is not added")
def _(trial):
    server = trial.serve(ROUTES)
    for name in ("../../evil", "a/b", "/evil", ".."):
        answer = trial.run("repo", "add", name, server.url)
        if name == "..":
            trial.may_write("home/.config/helm/*", "home/.cache/helm/repository/..-*")
        else:
            trial.refused(answer, "/")


@case("a repository whose name has control characters does not reach the terminal")
def _(trial):
    trial.may_write("home/.config/helm/*", "home/.cache/helm/repository/*")
    server = trial.serve(ROUTES)
    trial.run("repo", "add", "\x1b[2Jevil\x07", server.url)
    trial.run("repo", "list")


@case("a repository whose name is empty is refused, or stays among its own")
def _(trial):
    trial.may_write("home/.config/helm/*", "home/.cache/helm/repository/*")
    trial.harmless(trial.run("repo", "add", "", trial.serve(ROUTES).url))


@case("a known repository whose name is a path has no file outside removed or written")
def _(trial):
    server = trial.serve(ROUTES)
    trial.place.write(f"{trial.place.outside}/evil-index.yaml", "keep me")
    trial.place.write(f"{trial.place.outside}/evil-charts.txt", "keep me")
    trial.known("../../../../outside/evil", server.url)
    trial.run("repo", "update")
    trial.may_write("home/.config/helm/repositories.yaml")
    trial.run("repo", "remove", "../../../../outside/evil")


@case("a repository of another kind of URL is not added")
def _(trial):
    place = trial.place.outside
    trial.place.write(f"{place}/index.yaml", index(*honest_entries()))
    for url in (f"file://{place}", place, "oci://127.0.0.1:9/x", "ftp://127.0.0.1:9", "http://",
                "javascript:alert(1)", "http://[::1", "http://127.0.0.1:99999"):
        trial.refused(trial.run("repo", "add", "new", url))


def pulled(trial, *words):
    server = trial.serve(ROUTES)
    return trial.run("pull", "x", "--repo", server.url, *words)


@case("--untar does not write over a folder that is there")
def _(trial):
    trial.place.write("x/values.yaml", "mine: true\n")
    trial.refused(pulled(trial, "--untar"), "exists")


@case("--untar does not write over a file that is there")
def _(trial):
    trial.place.write("x", "mine\n")
    trial.refused(pulled(trial, "--untar"), "exists")


@case("--untar does not write through a link that is there")
def _(trial):
    os.symlink(trial.place.outside, os.path.join(trial.place.work, "x"))
    trial.refused(pulled(trial, "--untar"), "exists")


@case("--untar does not write through a link to nowhere")
def _(trial):
    os.symlink(trial.place.path("outside", "nowhere"), os.path.join(trial.place.work, "x"))
    trial.refused(pulled(trial, "--untar"))


@case("an archive is not written through a link of its name")
def _(trial):
    victim = os.path.join(trial.place.outside, "secret")
    os.symlink(victim, os.path.join(trial.place.work, "x-0.1.0.tgz"))
    trial.may_write("a/b/work/x-0.1.0.tgz")
    trial.harmless(pulled(trial))


@case("a folder of an archive's name is told as such")
def _(trial):
    os.mkdir(os.path.join(trial.place.work, "x-0.1.0.tgz"))
    trial.refused(pulled(trial))


@case("a destination that is not there is told as such")
def _(trial):
    trial.refused(pulled(trial, "--destination", "not/there"))


@case("a repositories.yaml that is no YAML is told as such and kept")
def _(trial):
    server = trial.serve(ROUTES)
    trial.place.write(trial.place.repositories, "repositories: [unclosed\n")
    trial.run("repo", "list")
    for words in (["repo", "update"], ["repo", "add", "new", server.url],
                  ["pull", "r/x"]):
        trial.refused(trial.run(*words))


@case("a chart in the cache that was tampered with is not used")
def _(trial):
    server = trial.serve(ROUTES)
    trial.known("r", server.url, index(*honest_entries()))
    digest = hashlib.sha256(HONEST).hexdigest()
    trial.place.write(os.path.join(trial.place.home, ".cache/helm/content", digest[:2],
                                   f"{digest}.chart"), b"tampered with")
    trial.may_write("home/.cache/helm/content/*")
    trial.harmless(trial.run("template", "r/x", "--generate-name"), "digest")
