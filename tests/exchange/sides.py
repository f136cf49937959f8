"""The two tools, each with a home of its own, and what is counted of them."""

import collections
import functools
import http.server
import os
import subprocess
import threading

SECONDS = 120

counts = collections.Counter()
printing = threading.Lock()


def check(what, holds, why=""):
    with printing:
        counts["passed" if holds else "failed"] += 1
        counts[what.partition(":")[0], bool(holds)] += 1
        if not holds:
            text = str(why).strip()[:1500].replace("\n", "\n     ")
            print(f"FAIL {what}\n     {text}", flush=True)
    return bool(holds)


class Side:
    """A tool and its home."""

    def __init__(self, name, tool, home):
        self.name, self.tool, self.home = name, tool, home
        os.makedirs(home, exist_ok=True)

    def run(self, *words, folder=None):
        environment = {"PATH": os.environ["PATH"], "HOME": self.home, "TZ": "UTC",
                       "LANG": "C.UTF-8",
                       "KUBECONFIG": os.environ.get("RUTTER_TEST_KUBECONFIG", "/nonexistent")}
        try:
            return subprocess.run([self.tool, *words], cwd=folder or self.home, env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, errors="replace",
                                  timeout=SECONDS)
        except subprocess.TimeoutExpired as late:
            return subprocess.CompletedProcess(late.cmd, 124, "", f"no end after {SECONDS} s")

    def must(self, *words, folder=None):
        answer = self.run(*words, folder=folder)
        if answer.returncode != 0:
            raise SystemExit(f"{self.name} {' '.join(words)}: {answer.stdout}{answer.stderr}")
        return answer.stdout

    def at(self, home):
        """The same tool in another home."""
        return Side(self.name, self.tool, home)


def said(answer):
    return f"{answer.returncode}: {answer.stdout}{answer.stderr}"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    """Serves a folder on loopback and returns its URL."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
