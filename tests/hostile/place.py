"""A place of its own to run a tool in: what it left behind, how long it took, how much it held.

    outside/        what nobody may read or change
    home/, tmp/     HOME and TMPDIR
    a/b/work/       the working folder, deep enough for a few `..`
"""

import dataclasses
import hashlib
import os
import resource
import signal
import stat
import subprocess
import time

SECRET = "THE-SECRET-OUTSIDE"
ADDRESS_SPACE = 16 << 30  # bytes that a tool may reserve before the kernel stops it
OUTPUT = 1 << 20  # bytes of each stream that are looked at
HASHED = 1 << 27  # bytes up to which a file's content is compared


@dataclasses.dataclass
class Answer:
    """What a tool answered; `code` is None if it had to be killed."""

    line: str
    code: int
    out: str
    err: str
    seconds: float
    megabytes: float
    sizes: tuple


class Place:
    """The folders of one case."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.home = self.path("home")
        self.work = self.path("a", "b", "work")
        self.outside = self.path("outside")
        for folder in (self.home, self.work, self.outside, self.path("tmp"), self.path(".streams")):
            os.makedirs(folder)
        self.write(os.path.join(self.outside, "secret"), SECRET + "\n")

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, path, content):
        """Writes a file, by default in the working folder, and returns its path."""
        path = os.path.join(self.work, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return path

    @property
    def repositories(self):
        return os.path.join(self.home, ".config", "helm", "repositories.yaml")

    @property
    def cache(self):
        return os.path.join(self.home, ".cache", "helm", "repository")

    def run(self, command, seconds, environment=None):
        """Runs a command in the working folder; it is killed after so many seconds."""
        env = {"PATH": os.environ["PATH"], "HOME": self.home, "TMPDIR": self.path("tmp"),
               "KUBECONFIG": "/nonexistent", "LANG": "C.UTF-8", "RUST_BACKTRACE": "1",
               **(environment or {})}
        names = [self.path(".streams", name) for name in ("out", "err")]
        started = time.monotonic()
        with open(names[0], "wb") as out, open(names[1], "wb") as err:
            child = subprocess.Popen(command, cwd=self.work, env=env, stdin=subprocess.DEVNULL,
                                     stdout=out, stderr=err, process_group=0)
        resource.prlimit(child.pid, resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        status, usage = wait(child.pid, started + seconds)
        child.returncode = 0  # buried already
        code = None if status is None else os.waitstatus_to_exitcode(status)
        streams = [read(name) for name in names]
        return Answer(" ".join(command), code, *streams, time.monotonic() - started,
                      usage.ru_maxrss / 1024, tuple(map(os.path.getsize, names)))

    def snapshot(self):
        """What lies in the place: a path's kind, permissions and content."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            if folder == self.root:
                folders.remove(".streams")
            for name in [*folders, *files]:
                path = os.path.join(folder, name)
                found[os.path.relpath(path, self.root)] = describe(path)
        return found


def wait(pid, deadline):
    """Waits for a child; after the deadline it and its group are killed."""
    pause = 0.002
    while time.monotonic() < deadline:
        buried, status, usage = os.wait4(pid, os.WNOHANG)
        if buried:
            return status, usage
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.killpg(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    return None, usage


def read(path):
    with open(path, "rb") as file:
        return file.read(OUTPUT).decode(errors="surrogateescape")


def describe(path):
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        return f"link to {os.readlink(path)}"
    if not stat.S_ISREG(status.st_mode):
        return "folder" if stat.S_ISDIR(status.st_mode) else "neither file nor folder"
    if status.st_size > HASHED:
        return f"file {stat.S_IMODE(status.st_mode):o} of {status.st_size} bytes"
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return f"file {stat.S_IMODE(status.st_mode):o} {digest.hexdigest()}"


def changes(before, after):
    """Paths that came, went or changed, each with what happened to it."""
    found = {}
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            found[path] = "gone" if path not in after else \
                "changed" if path in before else after[path].split()[0]
    return found
