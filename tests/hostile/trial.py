"""One case: servers, a place, a tool that is run there, and what is expected of it.

A case is a function that is decorated with `case`; its name is a true sentence.
"""

import contextlib
import fnmatch
import hashlib
import os
import re

import archives
from place import SECRET, Place, changes, describe
from servers import Server, ok

SECONDS = 30  # that a command may take
MEGABYTES = 300  # that it may hold
TALK = 16384  # bytes that an error may be long

#: What any command may leave: lock files, and folders on the way to what it may write.
ALWAYS = ["home/.config/helm/repositories.lock", "home/.local/share/rutter*", "home/.cache/rutter*"]

#: Archives by their digest.
CONTENT = "home/.cache/helm/content/*"

#: Waits shorter than the usual, for a server that says nothing.
IMPATIENT = {"RUTTER_FETCH_TIMEOUT": "2s"}

CRASHES = ("panicked at", "RUST_BACKTRACE", "goroutine ", "stack overflow", "stack backtrace")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")

CASES = []


def case(sentence):
    def keep(function):
        CASES.append((sentence, function))
        return function
    return keep


class Trial:
    """What a case works with; `faults` says what does not hold."""

    def __init__(self, tool, root, keys, patience=1):
        self.tool, self.keys, self.patience = tool, keys, patience
        self.place = Place(root)
        self.faults, self.answers = [], []
        self._allowed = list(ALWAYS)
        self._before = None
        self._closing = contextlib.ExitStack()

    # Before.

    def serve(self, routes, **options):
        server = Server(routes, **options)
        self._closing.callback(server.close)
        return server

    def repository(self, routes, entries=None, **options):
        """A server whose index lists the entries; `SELF` in a URL is its own address."""
        server = self.serve({}, **options)
        server.routes.update(routes)
        if entries is not None:
            server.routes["/index.yaml"] = ok(index(*entries).replace("SELF", server.url))
        return server

    def known(self, name, url, text=None, **fields):
        """Makes a repository known, and its index if that is given, as Helm would have left it."""
        entry = {"caFile": "", "certFile": "", "insecure_skip_tls_verify": "false", "keyFile": "",
                 "name": name, "pass_credentials_all": "false", "password": "", "url": url,
                 "username": "", **fields}
        lines = "\n  ".join(f"{key}: {value or quoted('')}" for key, value in entry.items())
        path, cache = self.place.repositories, self.place.cache
        old = ""
        if os.path.exists(path):
            with open(path) as file:
                old = file.read().partition("repositories:\n")[2]
        self.lay(path, "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\n"
                       f"repositories:\n{old}- {lines}\n")
        if text is not None:
            self.lay(os.path.join(cache, f"{name}-index.yaml"), text)
            self.lay(os.path.join(cache, f"{name}-charts.txt"), "x\n")

    def lay(self, path, content):
        """Writes a file, which is then among those that a tool is not to touch."""
        path = self.place.write(path, content)
        if self._before is not None:
            self._before[os.path.relpath(path, self.place.root)] = describe(path)
        return path

    def known_with_old_index(self, name, url, **fields):
        self.known(name, url, index(listed("old", url="http://127.0.0.1:9/old-0.1.0.tgz")),
                   **fields)

    # Doing.

    def may_write(self, *patterns):
        self._allowed += patterns

    def harmless(self, answer, *clauses):
        """Refused in one clear error, or taken: what is looked at comes after."""
        if answer.code == 0:
            return self.taken(answer)
        return self.refused(answer, *clauses)

    def run(self, *words, seconds=SECONDS, megabytes=MEGABYTES, **environment):
        seconds *= self.patience
        if self._before is None:
            self._before = self.place.snapshot()
        answer = self.place.run([self.tool, *words], seconds + 10, environment)
        self.answers.append(answer)
        self.expect(answer.code is not None, f"had to be killed after {answer.seconds:.0f} s")
        self.expect(answer.seconds <= seconds, f"took {answer.seconds:.1f} s")
        self.expect(answer.megabytes <= megabytes, f"held {answer.megabytes:.0f} MB")
        said = answer.out + answer.err
        self.expect(not any(word in said for word in CRASHES), "crashed")
        self.expect(answer.code in (None, 0, 1), f"exit code {answer.code}")
        self.expect(SECRET not in said, "told the secret outside")
        raw = CONTROL.search(said)
        self.expect(not raw, f"passed on {raw and raw[0]!r} raw")
        return answer

    def refused(self, answer, *clauses, talk=TALK):
        """One clear error that has one of the clauses (regular expressions)."""
        self.expect(answer.code == 1, f"exit code {answer.code}, not 1")
        errors = [line for line in answer.err.splitlines() if line.startswith("Error: ")]
        self.expect(len(errors) == 1, f"{len(errors)} lines begin with Error")
        self.expect(answer.sizes[1] <= talk, f"talked {answer.sizes[1]} bytes")
        wanted = "|".join(clauses)
        # `repo update` says what is wrong with each repository on standard output.
        self.expect(not clauses or re.search(wanted, answer.out + answer.err, re.I),
                    f"does not say {wanted!r}")
        return answer

    def taken(self, answer, *clauses):
        self.may_write(CONTENT)  # what was taken may be kept, by its digest
        self.expect(answer.code == 0, f"exit code {answer.code}, not 0")
        for clause in clauses:
            self.expect(re.search(clause, answer.out + answer.err, re.I),
                        f"does not say {clause!r}")
        return answer

    def expect(self, holds, fault):
        if not holds:
            self.faults.append(fault)

    # After.

    def never_saw(self, server, *words):
        """No request to the server has any of the words in its headers, nor a certificate."""
        for request in server.requests:
            text = f"{request.path} {request.headers}"
            for word in words:
                self.expect(word not in text, f"{server.address} was told {word!r}")
            self.expect("authorization" not in request.headers,
                        f"{server.address} got credentials: {request.path}")
            self.expect(not request.certificate, f"{server.address} got a certificate")

    def finish(self):
        self._closing.close()
        if self._before is None:
            return
        found = changes(self._before, self.place.snapshot())
        for path, what in found.items():
            allowed = any(fnmatch.fnmatch(path, pattern) for pattern in self._allowed)
            if not allowed and not (what == "folder" and is_a_way_to(path, self._allowed)):
                self.faults.append(f"{path}: {what}")


def is_a_way_to(path, patterns):
    """Whether a folder is one of those that Helm makes before it writes."""
    return path.startswith(("home/.config", "home/.cache", "home/.local")) or \
        any(pattern.startswith(path + "/") for pattern in patterns)


# Indexes.

def index(*entries):
    """An index file of (name, text of a version) pairs."""
    grouped = {}
    for name, text in entries:
        grouped.setdefault(name, []).append(text)
    lines = [f"  {quoted(name)}:\n" + "".join(texts) for name, texts in grouped.items()]
    return ("apiVersion: v1\nentries:\n" if lines else "apiVersion: v1\nentries: {}\n") \
        + "".join(lines) + "generated: \"2024-01-01T00:00:00Z\"\n"


def listed(name="x", version="0.1.0", url="x-0.1.0.tgz", archive=None, digest=None, key=None,
           urls=None, more=""):
    """A chart's version as an index has it; the digest is the archive's if that is given."""
    if digest is None and archive is not None:
        digest = hashlib.sha256(archive).hexdigest()
    urls = [url] if urls is None else urls
    text = f"  - apiVersion: v2\n    name: {quoted(name)}\n    version: {quoted(version)}\n{more}" \
        f"    urls: [{', '.join(map(quoted, urls))}]\n    created: \"2024-01-01T00:00:00Z\"\n"
    if digest:
        text += f"    digest: {quoted(digest)}\n"
    return key or name, text


def quoted(text):
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\u{ord(c):04x}"
                         for c in text) + '"'


HONEST = archives.chart()


def honest_entries(url="x-0.1.0.tgz"):
    return [listed(url=url, archive=HONEST)]
