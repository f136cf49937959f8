"""A repository of one's own: package, index, upload, add, search, install, update.

Section 将chart添加到从仓库. The web server is a real nginx; the upload is curl's.
"""

import hashlib
import os
import re


def publish(reader, server):
    """The chart `mycrt`, packed, indexed and uploaded."""
    reader.checks.chapter("将chart添加到仓库: package, repo index, upload")
    place = f"{server}/charts"
    reader.do("create", "mycrt")
    reader.do("package", "mycrt")
    os.makedirs(reader.file("myrepo"))
    os.rename(reader.file("mycrt-0.1.0.tgz"), reader.file("myrepo", "mycrt-0.1.0.tgz"))
    reader.do("repo", "index", "myrepo", "--url", place)
    index = reader.read("myrepo", "index.yaml")
    with open(reader.file("myrepo", "mycrt-0.1.0.tgz"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    reader.checks.same("index.yaml has the archive's digest", re.findall(r"digest: (\w+)", index),
                       [digest])
    reader.checks.same("… and where it will lie", re.findall(r"- (http\S+\.tgz)", index),
                       [f"{place}/mycrt-0.1.0.tgz"])
    upload(reader, place, "mycrt-0.1.0.tgz", "index.yaml")
    return place


def upload(reader, place, *files):
    for file in files:
        reader.curl("--upload-file", reader.file("myrepo", file), f"{place}/{file}")
        reader.curl("--output", reader.file("downloaded"), f"{place}/{file}")
        with open(reader.file("myrepo", file), "rb") as one, open(reader.file("downloaded"), "rb") as other:
            reader.checks.check(f"curl: nginx has {file}", one.read() == other.read())


def use(reader, place):
    """repo add, search, install."""
    reader.checks.chapter("repo add newrepo, search, install newrepo/mycrt")
    reader.do("repo", "add", "newrepo", place)
    theirs = {it["name"]: it["url"] for it in reader.helm_json("repo", "list")}
    reader.checks.same("real Helm has the repository", theirs.get("newrepo"), place)
    for words in reader.words.searches("mycrt"):
        found(reader, words, "newrepo/mycrt", "0.1.0")
    theirs = [(it["name"], it["version"]) for it in reader.helm_json("search", "repo", "mycrt")]
    reader.checks.same("real Helm finds it there, too", theirs, [("newrepo/mycrt", "0.1.0")])
    os.makedirs(reader.file("by-helm"))
    theirs = reader.helm("pull", "newrepo/mycrt", "--destination", "by-helm")
    reader.checks.check("real Helm pulls it", theirs.good, theirs)
    reader.do(*reader.words.install("web", "newrepo/mycrt"))
    reader.curl("--output", reader.file("downloaded-mycrt.tgz"), f"{place}/mycrt-0.1.0.tgz")
    deployed(reader, "mycrt-0.1.0", "1", "1")
    source(reader, place)


def source(reader, place):
    """Where the chart came from is known later."""
    if reader.is_helm:
        return
    with open(reader.file("downloaded-mycrt.tgz"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    shown = reader.do("history", "web", "--details").out
    reader.checks.check("the history names the repository", place in shown, shown)
    reader.checks.check("… and the digest of the archive that curl gets", digest in shown, shown)


def found(reader, words, name, version):
    rows = [[part.strip() for part in line.split("\t")]
            for line in reader.do(*words).out.splitlines()]
    reader.checks.check(f"`{' '.join(words)}` finds {name} {version}",
                        any(row[:2] == [name, version] for row in rows), rows)


def deployed(reader, chart, revision, replicas):
    reader.checks.same(f"real Helm lists web as {chart}", reader.releases().get("web"),
                       ("deployed", chart, revision))
    reader.checks.same(f"kubectl: {replicas} replicas",
                       reader.field("deployment", "web-mycrt", ".spec.replicas"), replicas)


def new_version(reader, server, place):
    """A second version; only after `repo update` is it seen; then upgrade, history, rollback."""
    reader.checks.chapter("a new version: repo update, upgrade, history, rollback, delete")
    edit(reader, "Chart.yaml", r"^version: .*$", "version: 0.2.0")
    edit(reader, "values.yaml", r"^replicaCount: .*$", "replicaCount: 2")
    reader.do("package", "mycrt", "--destination", "myrepo")
    reader.do("repo", "index", "myrepo", "--url", place)
    upload(reader, place, "mycrt-0.2.0.tgz", "index.yaml")
    for words in reader.words.searches("mycrt"):
        found(reader, words, "newrepo/mycrt", "0.1.0")
    asked = len(index_requests(server))
    reader.do("repo", "update")
    reader.checks.check("nginx: the index was asked for", len(index_requests(server)) > asked,
                        server.requests())
    for words in reader.words.searches("mycrt"):
        found(reader, words, "newrepo/mycrt", "0.2.0")
    theirs = [it["version"] for it in reader.helm_json("search", "repo", "newrepo/mycrt", "--versions")]
    reader.checks.same("real Helm finds both versions in the same cache", theirs, ["0.2.0", "0.1.0"])
    reader.do("upgrade", "web", "newrepo/mycrt")
    deployed(reader, "mycrt-0.2.0", "2", "2")
    reader.do("upgrade", "web", "newrepo/mycrt", "--version", "0.1.0")
    deployed(reader, "mycrt-0.1.0", "3", "1")
    theirs = [(it["revision"], it["status"], it["chart"]) for it in reader.helm_json("history", "web")]
    reader.checks.same("real Helm's history", theirs, [
        (1, "superseded", "mycrt-0.1.0"), (2, "superseded", "mycrt-0.2.0"),
        (3, "deployed", "mycrt-0.1.0")])
    without_the_repository(reader, server)


def without_the_repository(reader, server):
    """A rollback needs neither the repository nor the chart."""
    os.rename(os.path.join(server.www, "charts"), os.path.join(server.www, "moved"))
    reader.do("rollback", "web", "2")
    deployed(reader, "mycrt-0.2.0", "4", "2")
    os.rename(os.path.join(server.www, "moved"), os.path.join(server.www, "charts"))
    reader.do(*reader.words.delete("web"))
    reader.is_gone("web-")
    reader.checks.check("real Helm no longer lists it", "web" not in reader.releases())


def index_requests(server):
    return [line for line in server.requests() if line.startswith("GET /charts/index.yaml ")]


def edit(reader, file, pattern, line):
    text = reader.read("mycrt", file)
    reader.write(re.sub(pattern, line, text, count=1, flags=re.M), "mycrt", file)


def saved_locally(reader):
    """After `init`, `package` saves the chart into `local`, and it is installed from there."""
    if not reader.words.guesses:
        return
    reader.checks.chapter("the repository `local`")
    for words in reader.words.searches("mycrt"):
        found(reader, words, "local/mycrt", "0.2.0")
    reader.do(*reader.words.install("from-local", "local/mycrt"))
    reader.checks.same("real Helm lists it", reader.releases().get("from-local"),
                       ("deployed", "mycrt-0.2.0", "1"))
    reader.do(*reader.words.delete("from-local"))
    reader.is_gone("from-local")


def serve(reader, port):
    """`serve`: Helm 2's own web server, and real Helm as its client."""
    if reader.is_helm:
        return
    reader.checks.chapter("serve")
    address = f"127.0.0.1:{port}"
    serving = reader.begin("serve", "--repo-path", "myrepo", "--address", address)
    try:
        reader.curl("--retry", "20", "--retry-connrefused", "--retry-delay", "1",
                    "--output", reader.file("served"), f"http://{address}/index.yaml")
        served = re.findall(r"^ +version: (\S+)", reader.read("served"), re.M)
        reader.checks.same("curl: the index has both versions", served, ["0.2.0", "0.1.0"])
        theirs = reader.helm("pull", "mycrt", "--repo", f"http://{address}", "--destination",
                             "by-helm")
        reader.checks.check("real Helm pulls from it", theirs.good, theirs)
    finally:
        serving.terminate()
        serving.communicate(timeout=10)


def remove(reader):
    reader.do("repo", "remove", "newrepo")
    theirs = [it["name"] for it in reader.helm_json("repo", "list")]
    reader.checks.same("real Helm has one repository less", theirs, ["stable"])
