"""What was checked, and how it came out."""

import sys


class Checks:
    """Counts checks and tells of each."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, holds, why=""):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(f"{'ok  ' if holds else 'FAIL'} {what}", flush=True)
        if not holds and str(why).strip():
            print("     " + str(why).strip().replace("\n", "\n     "), flush=True)
        return bool(holds)

    def same(self, what, found, wanted):
        """Checks that what was found is what an outside witness says."""
        return self.check(what, found == wanted, f"found  {found!r}\nwanted {wanted!r}")

    def chapter(self, name):
        print(f"\n── {name}", flush=True)

    def end(self, kind):
        print(f"\n{kind}: {self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(self.failed != 0)
