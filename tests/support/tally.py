"""Counts what test programs say of themselves, and runs them.

A row is a kind of test: how many passed, failed and were left out, and how long
that took.
"""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

# Closing lines: cargo's, unittest's, and the plain one of our own programs.
CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;")
UNITTEST = re.compile(r"^Ran (\d+) tests? in ")
UNITTEST_VERDICT = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?$")
PLAIN = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


@dataclasses.dataclass
class Row:
    kind: str
    passed: int = 0
    failed: int = 0
    ignored: int = 0
    seconds: float = 0.0
    note: str = ""

    @property
    def good(self):
        return self.failed == 0 and self.ignored == 0


class Tally:
    """The rows of one run of the tests."""

    def __init__(self, rows=()):
        self.rows = list(rows)

    def run(self, kind, command, seconds=1800, **options):
        """Runs a program, shows what it prints, and adds a row of what it counted.

        A program that counts nothing is one test, which its exit code decides;
        one that counts no failure and yet fails has one more.
        """
        print(f"\n── {kind}: {' '.join(map(str, command))}", flush=True)
        started = time.monotonic()
        counter = Counter()
        code = stream(command, seconds, counter.read, **options)
        row = Row(kind, counter.passed, counter.failed, counter.ignored, time.monotonic() - started)
        if not counter.counted:
            row.passed, row.failed = (1, 0) if code == 0 else (0, 1)
        elif code != 0 and row.failed == 0:
            row.failed = 1
        if code != 0:
            row.note = f"exit code {code}"
        self.rows.append(row)
        return row

    def check(self, kind, holds, note):
        """Adds a row for one thing that holds or does not."""
        self.rows.append(Row(kind, passed=int(holds), failed=int(not holds), note=note))

    def total(self):
        return Row("total", *(sum(getattr(row, name) for row in self.rows)
                              for name in ("passed", "failed", "ignored", "seconds")))

    def table(self):
        lines = [f"{'kind':24} {'passed':>7} {'failed':>7} {'ignored':>7} {'seconds':>8}"]
        for row in [*self.rows, self.total()]:
            line = f"{row.kind:24} {row.passed:7} {row.failed:7} {row.ignored:7} {row.seconds:8.1f}"
            lines.append(f"{line}  {row.note}".rstrip())
        return "\n".join(lines)

    def save(self, path):
        with open(path, "w") as file:
            json.dump([dataclasses.asdict(row) for row in self.rows], file)

    @classmethod
    def load(cls, path):
        with open(path) as file:
            return cls(Row(**row) for row in json.load(file))


class Counter:
    """Adds up the closing lines of one program's output."""

    def __init__(self):
        self.passed = self.failed = self.ignored = 0
        self.counted = False
        self._ran = 0

    def read(self, line):
        if found := CARGO.match(line) or PLAIN.match(line):
            self._add(*(int(number or 0) for number in found.groups()))
        elif found := UNITTEST.match(line):
            self._ran = int(found[1])
        elif self._ran and (found := UNITTEST_VERDICT.match(line)):
            said = dict(part.split("=") for part in (found[1] or "").split(", ") if "=" in part)
            failed = int(said.get("failures", 0)) + int(said.get("errors", 0))
            skipped = int(said.get("skipped", 0))
            self._add(max(0, self._ran - failed - skipped), failed, skipped)
            self._ran = 0

    def _add(self, passed, failed, ignored):
        self.passed += passed
        self.failed += failed
        self.ignored += ignored
        self.counted = True


def stream(command, seconds, read, **options):
    """Runs a program, hands each line of its output to `read`, and returns its exit code."""
    with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", process_group=0, **options) as child:

        def end():
            print(f"no end after {seconds} s: killed", file=sys.stderr, flush=True)
            os.killpg(child.pid, signal.SIGKILL)

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            for line in child.stdout:
                print(line, end="", flush=True)
                read(line.rstrip("\n"))
            return child.wait()
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            raise
        finally:
            timer.cancel()
