"""Sees to it that nothing outlives the process that started it.

A small process of its own waits for its parent's end, however that comes (also
by SIGKILL), and then kills the process groups and removes the folders that it
was told of.
"""

import contextlib
import os
import shutil
import signal
import time


class Guard:
    """The guard's end in the parent. Must be made before threads are."""

    def __init__(self):
        reading, self._pipe = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.close(self._pipe)
                watch(reading)
            finally:
                os._exit(0)
        os.close(reading)

    def kills(self, group):
        """Has the process group killed at the end."""
        os.write(self._pipe, f"group {group}\n".encode())

    def removes(self, folder):
        """Has the folder removed at the end."""
        os.write(self._pipe, f"folder {folder}\n".encode())

    def finish(self):
        """Has it all done now, and waits for that."""
        os.close(self._pipe)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def watch(reading):
    # A session of its own: neither the terminal's signals nor those for the
    # parent's group end it. Whoever waits for our output must not wait for it.
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.chdir("/")
    groups, folders = [], []
    with os.fdopen(reading) as lines:
        for line in lines:
            kind, _, value = line.rstrip("\n").partition(" ")
            if kind == "group":
                groups.append(int(value))
            else:
                folders.append(value)
    sweep(groups, folders)


def sweep(groups, folders):
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(map(alive, groups)) and time.monotonic() < deadline:
        time.sleep(0.01)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def alive(group):
    """Returns whether a process of the group still runs; one that is only unburied does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                # pid (name) state parent group …; the name may hold anything.
                state, _, member = file.read().rpartition(")")[2].split()[:3]
                if int(member) == group and state not in "ZX":
                    return True
    return False
