#!/usr/bin/env python3
"""The suite's own eyes: a tool that does wrong is seen to."""

import os
import sys
import tempfile
import textwrap
import unittest
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import archives  # noqa: E402: found through the line above
import trial  # noqa: E402
from servers import FOREIGN, ok, redirect  # noqa: E402

REFUSES = "print('Error: no', file=sys.stderr); sys.exit(1)"


class Eyes(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = scratch.name

    def faults(self, program, before=lambda run: None, seconds=5):
        """What is found wrong with a program that was to refuse something."""
        tool = os.path.join(self.scratch, "tool")
        with open(tool, "w") as file:
            file.write(f"#!{sys.executable}\nimport os, sys, time\n{textwrap.dedent(program)}\n")
        os.chmod(tool, 0o755)
        run = trial.Trial(tool, os.path.join(self.scratch, "place"), None)
        before(run)
        run.refused(run.run("pull", seconds=seconds), "no")
        run.finish()
        return " | ".join(run.faults)

    def test_who_refuses_as_it_should_has_no_faults(self):
        self.assertEqual(self.faults(REFUSES), "")

    def test_a_file_outside_is_seen(self):
        found = self.faults(f"open('../../../outside/evil', 'w').close(); {REFUSES}")
        self.assertIn("outside/evil: file", found)

    def test_a_changed_cache_is_seen(self):
        program = f"""
            cache = os.path.expanduser('~/.cache/helm/repository/known-index.yaml')
            open(cache, 'a').write('#')
            {REFUSES}"""
        found = self.faults(program, lambda run: run.known_with_old_index("known", "http://x"))
        self.assertIn("known-index.yaml: changed", found)

    def test_what_stays_in_the_temporary_folder_is_seen(self):
        found = self.faults(f"open(os.environ['TMPDIR'] + '/rest', 'w').close(); {REFUSES}")
        self.assertIn("tmp/rest", found)

    def test_success_where_refusal_was_due_is_seen(self):
        self.assertIn("exit code 0", self.faults("print('done')"))

    def test_an_error_that_does_not_say_why_is_seen(self):
        program = "print('Error: something', file=sys.stderr); sys.exit(1)"
        self.assertIn("does not say", self.faults(program))

    def test_no_end_is_seen(self):
        self.assertIn("had to be killed", self.faults("time.sleep(60)", seconds=-9.5))

    def test_much_memory_is_seen(self):
        self.assertIn("held", self.faults(f"x = bytearray(400 << 20); {REFUSES}"))

    def test_an_escape_sequence_is_seen(self):
        program = r"print('Error: no \x1b[2J', file=sys.stderr); sys.exit(1)"
        self.assertIn("raw", self.faults(program))

    def test_a_crash_is_seen(self):
        program = "print('Error: no\\nthread main panicked at x', file=sys.stderr); sys.exit(101)"
        self.assertIn("crashed", self.faults(program))

    def test_credentials_that_go_along_are_seen(self):
        run = trial.Trial("/bin/true", os.path.join(self.scratch, "place"), None)
        thief = run.serve({"*": ok(b"")}, host=FOREIGN)
        server = run.serve({"*": redirect(f"{thief.url}/index.yaml")})
        request = urllib.request.Request(server.url, headers={"Authorization": "Basic eHg="})
        urllib.request.urlopen(request).read()  # Python takes headers along
        run.never_saw(thief, "eHg=")
        run.finish()
        self.assertIn("got credentials", " ".join(run.faults))


class Archives(unittest.TestCase):
    def test_a_bomb_is_small_and_large(self):
        bomb = archives.zeros_of(1)
        self.assertLess(len(bomb), 2 << 20)

    def test_a_pax_record_counts_its_own_length(self):
        for length in (1, 88, 89, 90, 91, 986, 987, 988):
            made = archives.record("path", b"x" * length)
            self.assertEqual(int(made.split(b" ")[0]), len(made))


if __name__ == "__main__":
    unittest.main()
