"""Folders of archives that are indexed and served, and hubs that are searched: others' bytes, too."""

import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import archives
from cases.archives_refused import bomb
from place import SECRET
from servers import flood, head, ok, raw, status
from trial import HONEST, case

FOLDER = "charts"


def folder_of_archives(trial):
    """A folder with one honest archive among such as nobody should unpack."""
    for name, content in {
            "x-0.1.0.tgz": HONEST,
            "bomb.tgz": archives.zeros_of(10),
            "many.tgz": archives.many_files(1 << 20),
            "swarm.tgz": archives.swarm(30, 24),
            "climbs.tgz": archives.chart("climbs", files=[("../../evil", "x")]),
            "aliases.tgz": archives.chart("aliases", more=f"annotations:\n{bomb('  ')}"),
            "path.tgz": archives.chart("../../path"),
            "html.tgz": b"<html>",
            "empty.tgz": b""}.items():
        trial.place.write(f"{FOLDER}/{name}", content)
    return os.path.join(trial.place.work, FOLDER)


@case("`repo index` of a folder with bombs lists the honest chart")
def _(trial):
    folder = folder_of_archives(trial)
    trial.may_write(f"a/b/work/{FOLDER}/index.yaml")
    trial.taken(trial.run("repo", "index", folder))
    with open(os.path.join(folder, "index.yaml")) as file:
        text = file.read()
    names = re.findall(r"^  (\S+):$", text, re.M)
    trial.expect(names == ["x"], f"lists {names}")


@case("`repo index` does not write through a link")
def _(trial):
    folder = os.path.dirname(trial.place.write(f"{FOLDER}/x-0.1.0.tgz", HONEST))
    os.symlink(os.path.join(trial.place.outside, "secret"), os.path.join(folder, "index.yaml"))
    trial.may_write(f"a/b/work/{FOLDER}/index.yaml")
    trial.harmless(trial.run("repo", "index", folder))


@case("`repo index --merge` of a hostile index is refused")
def _(trial):
    folder = os.path.dirname(trial.place.write(f"{FOLDER}/x-0.1.0.tgz", HONEST))
    for text in ("<html>", f"apiVersion: v1\n{bomb('')}entries: {{}}\n", "[" * 100_000):
        other = trial.lay("other.yaml", text)
        trial.refused(trial.run("repo", "index", folder, "--merge", other))


class Serving:
    """`rutter serve`, as long as it is used."""

    def __init__(self, trial, folder):
        trial.run("version")  # so that there is something to compare the place with
        log = open(trial.place.path(".streams", "serve"), "w+b")
        command = [trial.tool, "serve", "--address", "127.0.0.1:0", "--repo-path", folder]
        self.process = subprocess.Popen(
            command, cwd=trial.place.work, stdout=log, stderr=log,
            env={"PATH": os.environ["PATH"], "HOME": trial.place.home,
                 "TMPDIR": trial.place.path("tmp")})
        self.port = 0
        for _ in range(600):
            log.seek(0)
            found = re.search(rb"on 127\.0\.0\.1:(\d+)", log.read())
            if found or self.process.poll() is not None:
                self.port = int(found[1]) if found else 0
                break
            time.sleep(0.05)

    def get(self, target):
        """The answer to a request target that is sent as it is."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                               .encode("latin-1"))
            answer = b""
            while block := connection.recv(65536):
                answer += block
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@case("`serve` gives out nothing but its archives")
def _(trial):
    folder = os.path.dirname(trial.place.write(f"{FOLDER}/x-0.1.0.tgz", HONEST))
    trial.place.write(f"{FOLDER}/private.txt", SECRET)
    trial.may_write(f"a/b/work/{FOLDER}/index.yaml")
    with Serving(trial, folder) as serving:
        trial.expect(serving.port, "does not serve")
        if not serving.port:
            return
        trial.expect(HONEST in serving.get("/x-0.1.0.tgz"), "the archive does not come")
        way = "../" * 6 + "outside/secret"
        for target in (f"/{way}", f"/x/{way}", "/" + way.replace("/", "%2f"),
                       "/" + way.replace(".", "%2e"), "/..\\..\\..\\..\\outside\\secret",
                       f"/{trial.place.outside}/secret", f"//{trial.place.outside}/secret",
                       f"http://x/{way}", "/private.txt", "/./private.txt", "/private.txt%00.tgz",
                       "/x-0.1.0.tgz/../private.txt", "/charts/../private.txt", "*", "/%", "/%zz"):
            answer = serving.get(target)
            trial.expect(SECRET.encode() not in answer, f"{target} gives the secret out")
            trial.expect(b" 200 " not in answer.split(b"\r\n")[0], f"{target} gives something out")
        trial.expect(serving.process.poll() is None, "ended")


@case("`serve` outlives clients that say nothing, too much or nonsense")
def _(trial):
    folder = os.path.dirname(trial.place.write(f"{FOLDER}/x-0.1.0.tgz", HONEST))
    trial.may_write(f"a/b/work/{FOLDER}/index.yaml")
    with Serving(trial, folder) as serving:
        trial.expect(serving.port, "does not serve")
        if not serving.port:
            return
        idle = [socket.create_connection(("127.0.0.1", serving.port)) for _ in range(100)]
        for noise in (b"GET / HTTP/1.1\r\nX: " + b"x" * (1 << 20), b"\0" * 4096, b"\x16\x03\x01",
                      b"GET " + b"/" * (1 << 20) + b" HTTP/1.1\r\n\r\n",
                      b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", serving.port)) as connection:
                try:
                    connection.sendall(noise)
                except OSError:
                    pass  # it hung up on us, as it may
        started = time.monotonic()
        url = f"http://127.0.0.1:{serving.port}/index.yaml"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                trial.expect(b"apiVersion" in answer.read(), "gives no index any more")
        except (urllib.error.URLError, OSError) as error:
            trial.expect(False, f"does not answer any more: {error}")
        trial.expect(time.monotonic() - started < 30, "answers late")
        for connection in idle:
            connection.close()


def hub(sentence, script, *clauses):
    @case(sentence)
    def _(trial):
        server = trial.serve({"*": script})
        answer = trial.run("search", "hub", "x", "--endpoint", server.url, **SOON)
        trial.refused(answer, *clauses)


SOON = {"RUTTER_FETCH_TIMEOUT": "5s"}

hub("a hub that answers with HTML is refused", ok("<html>"), "invalid", "json", "character",
    "expected")
hub("a hub that fails is told as such", status(500, b"no"), "500")
hub("a hub that ends early is refused", raw(head(200, "Content-Length: 500") + b'{"data": ['),
    "EOF", "ended", "cut", "short", "closed")
hub("a hub without end is given up", flood(head(200, "Connection: close"), b" " * 65536, 20_000),
    "large", "limit", "bytes", "time", "EOF", "most", "MiB")
hub("a hub nested without end is given up",
    flood(head(200, "Connection: close"), b'{"data":' * 8192, 64), "depth", "recursion", "nest",
    "large", "limit", "most", "time", "json")


@case("a hub's escape sequences do not reach the terminal")
def _(trial):
    evil = "\\u001b[2J\\u0007\\u009b31m"
    chart = (f'{{"id": "e/x", "type": "chart", "artifactHub": {{"packageUrl": "{evil}"}}, '
             f'"attributes": {{"description": "{evil}", "repo": {{"name": "{evil}", '
             f'"url": "{evil}"}}}}, "relationships": {{"latestChartVersion": {{"data": '
             f'{{"version": "{evil}", "app_version": "{evil}"}}}}}}}}')
    server = trial.serve({"*": ok(f'{{"data": [{chart}]}}')})
    for form in ([], ["--output=json"]):
        trial.run("search", "hub", "x", "--endpoint", server.url, *form)
